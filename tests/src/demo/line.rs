//! The bad line as a program of its own: `demo proxy`, told what to do on its standard input.

use std::io::{BufRead, Write};
use std::net::SocketAddr;

use crate::Result;
use crate::program::Process;
use crate::proxy::{CutProxy, Traffic};

/// Runs the proxy until its standard input ends: with its owner.
pub fn run(to: SocketAddr) -> Result<()> {
    let proxy = CutProxy::start(to)?;
    let mut out = std::io::stdout();
    writeln!(out, "{}", proxy.url())?;
    for order in std::io::stdin().lock().lines() {
        let order = order?;
        match order.split_once(' ') {
            Some(("cut-after", bytes)) => proxy.cut_after(bytes.parse()?),
            _ if order == "down" => proxy.down(),
            _ if order == "up" => proxy.up(),
            _ if order == "traffic" => writeln!(out, "{}", serde_json::to_string(&proxy.traffic())?)?,
            _ => return Err(format!("no such order: {order}").into()),
        }
    }
    Ok(())
}

/// The program, from its owner's side.
pub struct Line {
    process: Process,
    url: String,
}

impl Line {
    /// Starts it in front of a server.
    pub fn start(server: &str) -> Result<Self> {
        let to = server.trim_start_matches("http://");
        let process = Process::start(&std::env::current_exe()?, &["proxy", "--to", to])?;
        let url = process.address()?;
        Ok(Self { process, url })
    }
    /// As `http://…`.
    pub fn url(&self) -> &str {
        &self.url
    }
    /// No network from now on.
    pub fn down(&mut self) -> Result<()> {
        self.process.tell("down")
    }
    /// Network again.
    pub fn up(&mut self) -> Result<()> {
        self.process.tell("up")
    }
    /// Network again, until so many more bytes went up.
    pub fn cut_after(&mut self, bytes: u64) -> Result<()> {
        self.process.tell(&format!("cut-after {bytes}"))
    }
    /// What went through so far.
    pub fn traffic(&mut self) -> Result<Traffic> {
        self.process.tell("traffic")?;
        self.process.line("count", |line| serde_json::from_str(line).ok())
    }
}
