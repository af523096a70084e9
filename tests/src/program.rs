//! The real programs as child processes. They end with their owner, whatever happens.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};

use crate::Result;
use crate::wait::PATIENCE;

/// What builds the programs that journeys start.
const BUILD: [&str; 11] = [
    "build",
    "--quiet",
    "-p",
    "stackside-tests",
    "-p",
    "stackside-server",
    "-p",
    "stackside-device",
    "--features",
    "stackside-device/host",
    "--bins",
];

/// The path of a program that was built beside this one.
pub fn bin(name: &str) -> Result<PathBuf> {
    let me = std::env::current_exe()?;
    let mut folder = me.parent().ok_or("this program has no folder")?;
    if folder.ends_with("deps") {
        folder = folder.parent().ok_or("this program has no folder")?;
    }
    let path = folder.join(name).with_extension(std::env::consts::EXE_EXTENSION);
    if path.exists() {
        return Ok(path);
    }
    Err(format!("{} is not built; build it with: cargo {}", path.display(), BUILD.join(" ")).into())
}

/// Builds the programs, where cargo runs this one: `cargo run` does not build the programs of other packages.
pub fn build() -> Result<()> {
    let Some(cargo) = std::env::var_os("CARGO") else { return Ok(()) };
    let status = Command::new(cargo).args(BUILD).current_dir(crate::city::root()).status()?;
    if status.success() { Ok(()) } else { Err("the programs could not be built: see above".into()) }
}

/// Runs a program to its end; its standard output without the line's end.
pub fn output(program: &Path, args: &[&str], input: Option<&str>) -> Result<String> {
    let mut child = Command::new(program)
        .args(args)
        .stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() })
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    if let (Some(input), Some(mut stdin)) = (input, child.stdin.take()) {
        stdin.write_all(input.as_bytes())?;
    }
    let done = child.wait_with_output()?;
    if done.status.success() {
        return Ok(String::from_utf8_lossy(&done.stdout).trim().to_owned());
    }
    let story = String::from_utf8_lossy(&done.stderr);
    Err(format!("{} {}: {}", program.display(), args.join(" "), story.trim()).into())
}

/// Ends a program from any thread, as a dead battery would.
#[derive(Clone)]
pub struct Killer(
    // Whoever kills against whoever waits for the end.
    Arc<Mutex<Child>>,
);

impl Killer {
    /// SIGTERM; returns when the program is gone.
    pub fn terminate(&self) -> Result<()> {
        let mut child = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Command::new("kill").args(["-TERM", &child.id().to_string()]).status()?;
        child.wait()?;
        Ok(())
    }
    /// SIGKILL, at once; returns when the program is gone. Twice is harmless.
    pub fn kill(&self) -> Result<()> {
        let mut child = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        child.kill()?;
        child.wait()?;
        Ok(())
    }
}

/// A program that runs until it is dropped.
pub struct Process {
    name: String,
    killer: Killer,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
}

impl Process {
    /// Starts a program. What it says on standard error goes where `STACKSIDE_TEST_LOG` allows: nowhere by default.
    pub fn start(program: &Path, args: &[&str]) -> Result<Self> {
        let log = std::env::var_os("STACKSIDE_TEST_LOG").is_some();
        let mut child = Command::new(program)
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(if log { Stdio::inherit() } else { Stdio::null() })
            .spawn()
            .map_err(|error| format!("{}: {error}", program.display()))?;
        let stdout = child.stdout.take().ok_or("no standard output")?;
        let (line, lines) = channel();
        // Goes on reading until the end, so that the child never waits for a reader.
        std::thread::spawn(move || {
            BufReader::new(stdout)
                .lines()
                .map_while(std::io::Result::ok)
                .for_each(|text| drop(line.send(text)));
        });
        let name = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let stdin = child.stdin.take();
        Ok(Self { name, stdin, killer: Killer(Arc::new(Mutex::new(child))), lines })
    }
    /// Waits for a line of which `find` makes something.
    pub fn line<T>(&self, what: &str, find: impl Fn(&str) -> Option<T>) -> Result<T> {
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(text) => {
                    if let Some(found) = find(&text) {
                        return Ok(found);
                    }
                }
                Err(RecvTimeoutError::Timeout) => return Err(format!("{} says no {what}", self.name).into()),
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(format!("{} ended before it said its {what}", self.name).into());
                }
            }
        }
    }
    /// Waits for the line with its address.
    pub fn address(&self) -> Result<String> {
        self.line("address", |line| {
            let (_, rest) = line.split_once("http://")?;
            let end =
                rest.find(|c: char| !(c.is_ascii_alphanumeric() || ".:[]".contains(c))).unwrap_or(rest.len());
            Some(format!("http://{}", &rest[..end]))
        })
    }
    /// Writes a line to its standard input.
    pub fn tell(&mut self, text: &str) -> Result<()> {
        let stdin = self.stdin.as_mut().ok_or("no standard input")?;
        writeln!(stdin, "{text}")?;
        Ok(stdin.flush()?)
    }
    /// Ends it as a dead battery would: SIGKILL, at once.
    pub fn kill(&mut self) -> Result<()> {
        self.killer.kill()
    }
    /// Asks it to end, as systemd does, and waits until it has.
    pub fn terminate(&mut self) -> Result<()> {
        self.killer.terminate()
    }
    /// SIGHUP: asks it to read its files anew.
    pub fn hang_up(&self) -> Result<()> {
        let status = Command::new("kill").args(["-HUP", &self.id().to_string()]).status()?;
        if status.success() { Ok(()) } else { Err(format!("{} is gone", self.name).into()) }
    }
    /// The process's number.
    pub fn id(&self) -> u32 {
        self.killer.0.lock().unwrap_or_else(PoisonError::into_inner).id()
    }
    /// What ends it from another thread.
    pub fn killer(&self) -> Killer {
        self.killer.clone()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}
