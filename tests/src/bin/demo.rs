//! `make demo`: one visit from sign-in to the server on real programs, without a person and without a browser.

use std::io::Write;
use std::net::SocketAddr;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use stackside_tests::{Result, demo};

/// One visit from sign-in to the server; the last line is one JSON object. Exit 0 only if both sides agree.
#[derive(Parser)]
struct Args {
    /// Turns over one byte of the photo on the server's disk before it is read back: must fail.
    #[arg(long)]
    tamper: bool,
    #[command(subcommand)]
    part: Option<Part>,
}

#[derive(Subcommand)]
enum Part {
    /// The network as a program of its own; takes orders on its standard input.
    Proxy {
        /// The server.
        #[arg(long)]
        to: SocketAddr,
    },
}

fn main() -> ExitCode {
    let args = Args::parse();
    let done = match args.part {
        Some(Part::Proxy { to }) => demo::run_proxy(to).map(|()| true),
        None => run(args.tamper),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("demo: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(tamper: bool) -> Result<bool> {
    let report = demo::run(tamper)?;
    for disagreement in &report.disagreements {
        eprintln!("demo: {disagreement}");
    }
    writeln!(std::io::stdout(), "{}", serde_json::to_string(&report)?)?;
    Ok(report.disagreements.is_empty())
}
