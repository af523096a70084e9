//! `stackside-server`: the command line over [`stackside_server::App`].

use std::fmt::Display;
use std::io::{BufRead, IsTerminal};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use stackside_core::id::{OperatorId, PersonId};
use stackside_server::access::Role;
use stackside_server::backup::{self, BackupError};
use stackside_server::import::{ImportError, ImportReport};
use stackside_server::recovery::{self, RecoveryError};
use stackside_server::{App, Config, OpenError, Tls};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// The supervision system of Stackside (运维随行): takes evidence from tablets, keeps it, shows it.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Data folder: key, database, files.
    #[arg(long, value_name = "DIR", global = true, env = "STACKSIDE_DATA", default_value = "stackside-data")]
    data: PathBuf,
    /// `serve` if left out.
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Keys of this server.
    Keys {
        #[command(subcommand)]
        command: KeysCommand,
    },
    /// Reads the register, forms and rulebooks from TOML files: all of it, or with errors nothing.
    Import {
        /// Folder with operator.toml, discharger.toml, person.toml, point.toml, instrument.toml, bottle.toml, and the
        /// folders form and rulebook (docs/forms.md).
        folder: PathBuf,
        /// Only say what would change.
        #[arg(long)]
        dry_run: bool,
    },
    /// People of the portal.
    User {
        #[command(subcommand)]
        command: UserCommand,
    },
    /// One-time codes.
    Code {
        #[command(subcommand)]
        command: CodeCommand,
    },
    /// Copies database and files to a folder while the server runs; again into the same folder only what is new.
    Backup {
        /// The folder that holds the copy.
        to: PathBuf,
    },
    /// Sets up the empty data folder from a backup; tablets then send again what it lacks.
    Restore {
        /// A folder that `backup` wrote.
        from: PathBuf,
    },
    /// Prints the description of the device API, OpenAPI 3.1.
    Openapi,
    /// Serves tablets and people until it is told to end.
    Serve(ServeArguments),
}

// A parser of its own, too, for when nobody types `serve`.
#[derive(Parser)]
struct ServeArguments {
    /// Address and port. Beyond this machine only with --tls-cert and --tls-key, or behind a proxy that speaks TLS.
    #[arg(long, default_value = LISTEN)]
    listen: SocketAddr,
    /// Chain of certificates, PEM. SIGHUP (`systemctl reload`) reads certificate and key anew.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Private key, PEM.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Only with this token may machines read /metrics, from wherever; without one only this machine may.
    #[arg(long, env = "STACKSIDE_METRICS_TOKEN", hide_env_values = true)]
    metrics_token: Option<String>,
}

#[derive(Subcommand)]
enum KeysCommand {
    /// Makes the key that signs certificates and receipts, never replacing one, and a recovery key.
    New,
    /// Prints the public half, by which anyone can check receipts and exports: `stackside verify --trust`.
    Show,
    /// The recovery key: opens what tablets seal to their operator, copies of their keys and exports of unsent work.
    Recovery {
        #[command(subcommand)]
        command: RecoveryCommand,
    },
}

#[derive(Subcommand)]
enum RecoveryCommand {
    /// Makes one; never replaces one.
    New,
    /// Prints the recipient, the public half to which tablets seal.
    Show,
    /// Writes the copies of tablets' keys into a folder: `stackside recover --key` opens a tablet's database with one.
    Copies {
        /// The folder.
        folder: PathBuf,
    },
    /// Names a recipient whose secret half is kept elsewhere, in place of the one before.
    Use {
        /// Made by `age-keygen`, `age1…`.
        recipient: String,
    },
}

#[derive(Subcommand)]
enum UserCommand {
    /// Adds a person.
    Add {
        #[arg(long)]
        login: String,
        /// operator_admin, supervisor, discharger, patrol_inspector or regulator.
        #[arg(long)]
        role: Role,
        /// Operator, discharger (role discharger) or jurisdiction (roles patrol_inspector, regulator).
        #[arg(long)]
        org: String,
        /// The password is the first line of standard input.
        #[arg(long, required = true)]
        password_stdin: bool,
    },
}

#[derive(Subcommand)]
enum CodeCommand {
    /// Prints a code that takes one tablet in within 15 minutes.
    Enrol {
        #[arg(long)]
        operator: OperatorId,
    },
    /// Prints a personal code by which a person sets or resets the PIN.
    Person {
        /// The person's id.
        person: PersonId,
    },
}

const LISTEN: &str = "127.0.0.1:8790";

/// What is left to do once there is another recipient.
const RELOAD: &str = "a running server hears of it at: systemctl reload stackside-server";

/// What went wrong, and what to do about it.
struct Failure {
    what: String,
    advice: Option<String>,
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        Self { what: error.to_string(), advice: error.advice().map(str::to_owned) }
    }
}

impl From<BackupError> for Failure {
    fn from(error: BackupError) -> Self {
        Self { what: error.to_string(), advice: error.advice().map(str::to_owned) }
    }
}

impl From<RecoveryError> for Failure {
    fn from(error: RecoveryError) -> Self {
        Self { what: error.to_string(), advice: error.advice().map(str::to_owned) }
    }
}

fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info,refinery_core=warn"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match std::env::var("STACKSIDE_LOG").as_deref() {
        Ok("json") => log.json().init(),
        _ => log.with_ansi(std::io::stderr().is_terminal()).init(),
    }
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure { what, advice }) => {
            let advice = advice.map(|advice| format!("; {advice}")).unwrap_or_default();
            eprintln!("stackside-server: {what}{advice}");
            ExitCode::FAILURE
        }
    }
}

fn run(Arguments { data, command }: Arguments) -> Result<(), Failure> {
    let config = Config { data };
    match command.unwrap_or_else(|| Command::Serve(ServeArguments::parse_from(["serve"]))) {
        Command::Keys { command: KeysCommand::New } => {
            let key = App::new_key(&config)?;
            say(format!("made the server key {} in {}", key.id(), config.data.display()));
            say("keep a copy of it in a safe place: certificates and receipts hold only under it");
            say_recovery(&config)?;
        }
        Command::Keys { command: KeysCommand::Show } => say(App::server_key(&config)?.as_str()),
        Command::Keys { command: KeysCommand::Recovery { command } } => match command {
            RecoveryCommand::New => {
                recovery::create(&config.data)?;
                say_recovery(&config)?;
                say(RELOAD);
            }
            RecoveryCommand::Show => {
                say(recovery::recipient(&config.data)?.ok_or(RecoveryError::Missing)?);
            }
            RecoveryCommand::Copies { folder } => {
                let count = App::open(&config)?.write_key_copies(&folder)?;
                say(format!("{}: {count} copies of keys, named by device, time and hash", folder.display()));
            }
            RecoveryCommand::Use { recipient } => {
                recovery::adopt(&config.data, &recipient)?;
                say(RELOAD);
            }
        },
        Command::Import { folder, dry_run } => {
            let report = App::open(&config)?.import(&folder, dry_run).map_err(import_failed)?;
            tell(&report, dry_run);
        }
        Command::User { command: UserCommand::Add { login, role, org, password_stdin: _ } } => {
            let mut password = String::new();
            std::io::stdin()
                .lock()
                .read_line(&mut password)
                .map_err(|error| Failure { what: format!("the password: {error}"), advice: None })?;
            App::open(&config)?.add_user(&login, role, &org, password.trim_end_matches(['\r', '\n']))?;
            say(format!("added {login}"));
        }
        Command::Code { command: CodeCommand::Enrol { operator } } => {
            say(App::open(&config)?.enrol_code(&operator)?);
        }
        Command::Code { command: CodeCommand::Person { person } } => {
            say(App::open(&config)?.person_code(&person)?);
        }
        Command::Backup { to } => {
            let copied = backup::backup(&config.data, &to)?;
            say(format!(
                "{} holds the database and {} files, {} of them new",
                to.display(),
                copied.files,
                copied.new_files
            ));
            say("the server's key is not in it: keep its copy elsewhere");
        }
        Command::Restore { from } => {
            let copied = backup::restore(&from, &config.data)?;
            say(format!("restored the database and {} files", copied.files));
            if App::server_key(&config).is_err() {
                say("put the server's key back into the data folder before it serves");
            }
        }
        Command::Openapi => {
            let document = stackside_server::openapi();
            say(document.map_err(|error| Failure { what: error.to_string(), advice: None })?);
        }
        Command::Serve(arguments) => serve(&config, arguments)?,
    }
    Ok(())
}

fn serve(config: &Config, arguments: ServeArguments) -> Result<(), Failure> {
    let ServeArguments { listen, tls_cert, tls_key, metrics_token } = arguments;
    let app = App::open(config)?;
    if app.recovery().is_none() {
        let error = RecoveryError::Missing;
        tracing::warn!(advice = error.advice(), "{error}: tablets leave no copy of their keys");
    }
    if let Some(token) = metrics_token {
        app.allow_machines(&token);
    }
    let tls = match tls_cert.zip(tls_key) {
        Some((certificate, key)) => Some(Tls::open(&certificate, &key).map_err(|error| Failure {
            what: error.to_string(),
            advice: Some("name PEM files that belong together and that this user may read".to_owned()),
        })?),
        None => None,
    };
    if tls.is_none() && !listen.ip().is_loopback() {
        let advice = "name --tls-cert and --tls-key, or listen on loopback behind a proxy that speaks TLS";
        tracing::warn!(advice, "passwords and tokens cross the network in the clear");
    }
    let failed = |what: String, advice: Option<&str>| Failure { what, advice: advice.map(str::to_owned) };
    let runtime = tokio::runtime::Runtime::new().map_err(|error| failed(error.to_string(), None))?;
    runtime.block_on(async {
        // Before anyone is told that it runs: until it is heard, the signal would end the program.
        let hang_ups = signal(SignalKind::hangup()).map_err(|error| failed(error.to_string(), None))?;
        let listener = TcpListener::bind(listen).await.map_err(|error| {
            let advice = "end what listens there, or name another port with serve --listen";
            failed(format!("cannot listen on {listen}: {error}"), Some(advice))
        })?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let address = listener.local_addr().map_err(|error| failed(error.to_string(), None))?;
        say(format!("stackside-server {} listens on {scheme}://{address}/", env!("CARGO_PKG_VERSION")));
        tokio::spawn(reload_when_asked(hang_ups, app.clone(), tls.clone()));
        stackside_server::serve(&app, listener, tls, asked_to_stop())
            .await
            .map_err(|error| failed(error.to_string(), None))
    })
}

fn say_recovery(config: &Config) -> Result<(), RecoveryError> {
    let file = config.data.join(recovery::IDENTITY_FILE);
    if let Some(recipient) = recovery::recipient(&config.data)?.filter(|_| file.exists()) {
        say(format!("made the recovery key of {recipient} in {}", file.display()));
        say(
            "move it to a safe place that is not this machine: it opens every tablet, and the server never needs it",
        );
    }
    Ok(())
}

/// Reads the recovery key's recipient, and with TLS certificate and key, anew at each SIGHUP.
async fn reload_when_asked(mut hang_ups: Signal, app: App, tls: Option<Tls>) {
    while hang_ups.recv().await.is_some() {
        match app.reload_recovery() {
            Ok(()) => tracing::info!("the recovery key's recipient was read anew"),
            Err(error) => tracing::error!(%error, "the recovery key's recipient stays as it was"),
        }
        match tls.as_ref().map(Tls::reload) {
            None => {}
            Some(Ok(())) => tracing::info!("certificate and key were read anew"),
            Some(Err(error)) => tracing::error!(%error, "certificate and key stay as they were"),
        }
    }
}

/// Done at ctrl-c or SIGTERM.
async fn asked_to_stop() {
    let interrupted = tokio::signal::ctrl_c();
    let Ok(mut ended) = signal(SignalKind::terminate()) else {
        let _ = interrupted.await;
        return;
    };
    tokio::select! {
        _ = interrupted => {}
        _ = ended.recv() => {}
    }
}

fn tell(report: &ImportReport, dry_run: bool) {
    for warning in &report.warnings {
        eprintln!("stackside-server: warning: {warning}");
    }
    for (sign, rows) in [("+", &report.added), ("~", &report.changed)] {
        for (table, id) in rows {
            say(format!("{sign} {table} {id}"));
        }
    }
    let verb = if dry_run { "would be " } else { "" };
    let (added, changed) = (report.added.len(), report.changed.len());
    say(format!("{added} {verb}added, {changed} {verb}changed, {} as they were", report.unchanged));
}

fn import_failed(error: ImportError) -> Failure {
    let mut lines = vec![];
    if let ImportError::Files(complaints) = &error {
        lines.extend(complaints.iter().map(|complaint| format!("\n  {complaint}")));
    }
    let advice = (!lines.is_empty()).then(|| format!("nothing was imported{}", lines.concat()));
    Failure { what: error.to_string(), advice }
}

/// Says something to the person, or to the script, at the terminal.
#[expect(clippy::print_stdout, reason = "the one place that speaks to the terminal")]
fn say(text: impl Display) {
    println!("{text}");
}
