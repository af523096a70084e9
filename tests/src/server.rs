//! The real server: in this process for tests, as a program of its own for the demo.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use chrono::{DateTime, Utc};
use stackside_core::hash::Hash;
use stackside_server::secret::KEY_FILE;
use stackside_server::{App, Config, Tls};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::program::{Process, bin, output};
use crate::shell::Shell;
use crate::technician::{enrol, first_unlock, sync_until_known};
use crate::wait::{runtime, until};
use crate::{Result, city, http};

/// The server in this process, on a free port, with the demo city.
pub struct Server {
    /// The server without its socket.
    pub app: App,
    address: SocketAddr,
    task: JoinHandle<()>,
    folder: TempDir,
}

impl Server {
    /// Starts one in a folder of its own.
    pub fn start() -> Result<Self> {
        Self::with_clock(Utc::now)
    }
    /// As [`Server::start`], with a clock of the test's.
    pub fn with_clock(clock: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let config = Config { data: folder.path().to_owned() };
        App::new_key(&config)?;
        let app = App::open_with_clock(&config, Arc::new(clock))?;
        app.import(&city::root().join("demo"), false)?;
        Self::with_tls(folder, app, None)
    }
    /// Serves as the program does, with TLS or without.
    pub fn with_tls(folder: TempDir, app: App, tls: Option<Tls>) -> Result<Self> {
        let listener = runtime().block_on(TcpListener::bind(("127.0.0.1", 0)))?;
        let address = listener.local_addr()?;
        let served = app.clone();
        let serve = async move {
            drop(stackside_server::serve(&served, listener, tls, std::future::pending()).await);
        };
        Ok(Self { app, address, task: runtime().spawn(serve), folder })
    }
    /// Another machine with the key of `lost`, set up from a backup of it.
    pub fn restored(lost: &Self, backup: &Path) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        stackside_server::backup::restore(backup, folder.path())?;
        std::fs::copy(lost.folder().join(KEY_FILE), folder.path().join(KEY_FILE))?;
        let app = App::open(&Config { data: folder.path().to_owned() })?;
        let router = app.router();
        Self::serve(folder, app, router)
    }
    /// Serves an app of one's own with what stands around its router.
    pub fn serve(folder: TempDir, app: App, router: Router) -> Result<Self> {
        let listener = runtime().block_on(TcpListener::bind(("127.0.0.1", 0)))?;
        let address = listener.local_addr()?;
        let task = runtime().spawn(async move { drop(axum::serve(listener, router).await) });
        Ok(Self { app, address, task, folder })
    }
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
    /// As `http://…`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
    /// A one-time code for a tablet of the demo's operator.
    pub fn enrol_code(&self) -> Result<String> {
        Ok(self.app.enrol_code(&city::OPERATOR.parse()?)?)
    }
    /// A one-time code for a person.
    pub fn person_code(&self, person: &str) -> Result<String> {
        Ok(self.app.person_code(&person.parse()?)?)
    }
    /// Enrols a tablet of the demo's operator through `url` and lets `person` set a PIN by the personal code, which is returned.
    pub fn take_in(&self, shell: &impl Shell, url: &str, person: &str) -> Result<String> {
        let code = self.person_code(person)?;
        enrol(shell, url, &self.enrol_code()?)?;
        sync_until_known(shell, person)?;
        first_unlock(shell, person, &code)?;
        Ok(code)
    }
    /// Its data folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The server as a program.
pub struct ServerProgram {
    program: PathBuf,
    data: PathBuf,
    url: String,
    process: Process,
}

impl ServerProgram {
    /// Makes keys, reads the demo city and serves it on a free port.
    pub fn start(data: &Path) -> Result<Self> {
        let program = bin("stackside-server")?;
        let folder = data.to_str().ok_or("a folder with an odd name")?;
        output(&program, &["--data", folder, "keys", "new"], None)?;
        let demo = city::root().join("demo");
        output(&program, &["--data", folder, "import", &demo.to_string_lossy()], None)?;
        // A port that is free now; the server says where it listens, in whatever words.
        let port = std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let listen = format!("127.0.0.1:{port}");
        let process = Process::start(&program, &["--data", folder, "serve", "--listen", &listen])?;
        let url = format!("http://{listen}");
        let health = http::client()?.get(format!("{url}/api/v1/health"));
        until("answer of the server", || {
            let request = health.try_clone().ok_or("a request without a body")?;
            Ok(http::send(request).ok().filter(|answer| answer.status.is_success()))
        })?;
        Ok(Self { program, data: data.to_owned(), url, process })
    }
    /// As `http://…`.
    pub fn url(&self) -> &str {
        &self.url
    }
    /// The process's number.
    pub fn id(&self) -> u32 {
        self.process.id()
    }
    /// Asks it to read its files anew, as `systemctl reload` does.
    pub fn reload(&self) -> Result<()> {
        self.process.hang_up()
    }
    /// Asks it to end and waits until it has.
    pub fn terminate(&mut self) -> Result<()> {
        self.process.terminate()
    }
    /// A subcommand on the same data folder.
    pub fn run(&self, args: &[&str], input: Option<&str>) -> Result<String> {
        let data = self.data.to_string_lossy();
        output(&self.program, &[&["--data", data.as_ref()], args].concat(), input)
    }
    /// A one-time code for a tablet of the demo's operator.
    pub fn enrol_code(&self) -> Result<String> {
        last_word(&self.run(&["code", "enrol", "--operator", city::OPERATOR], None)?)
    }
    /// A one-time code for a person.
    pub fn person_code(&self, person: &str) -> Result<String> {
        last_word(&self.run(&["code", "person", person], None)?)
    }
    /// The file that holds some bytes.
    pub fn file(&self, sha256: Hash) -> Result<PathBuf> {
        let name = sha256.to_string();
        find(&self.data, &name)?.ok_or_else(|| format!("no file {name} in the server's folder").into())
    }
}

/// The code stands last, whatever words go before.
fn last_word(text: &str) -> Result<String> {
    Ok(text.split_whitespace().last().ok_or("no code was printed")?.to_owned())
}

fn find(folder: &Path, name: &str) -> std::io::Result<Option<PathBuf>> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            if let Some(found) = find(&path, name)? {
                return Ok(Some(found));
            }
        } else if path.file_stem().is_some_and(|stem| stem == name) {
            return Ok(Some(path));
        }
    }
    Ok(None)
}
