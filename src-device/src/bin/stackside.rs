//! Command line of a device.
#![expect(clippy::print_stdout, reason = "a command line prints")]

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use stackside_core::command::{CommandError, Enrol};
use stackside_device::{Config, Device, Handle, Positions};

/// Stackside (运维随行), the device.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Make this data folder a tablet of an operator.
    Enrol {
        /// The data folder.
        #[arg(long)]
        data: PathBuf,
        /// The server's address, https://… (plain http on this machine only).
        #[arg(long)]
        server: String,
        /// The one-time code.
        #[arg(long)]
        code: String,
    },
}

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("STACKSIDE_LOG").unwrap_or_else(|_| "warn".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    match run(Arguments::parse()) {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(line) => {
            eprintln!("stackside: {line}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<String, String> {
    let Action::Enrol { data, server, code } = arguments.action;
    let config = Config { data, positions: Positions::None, model: model() };
    let device = Device::open(config).map_err(|error| error.to_string())?;
    let enrolled = device.handle(Enrol { server, code });
    device.close();
    let state = enrolled.map_err(|error| advice(&error))?;
    let enrolment = state.enrolment.ok_or("the tablet is not enrolled")?;
    Ok(format!("enrolled for {} as {}, {} people", enrolment.operator, enrolment.device, state.people.len()))
}

fn advice(error: &CommandError) -> String {
    match error {
        CommandError::EnrolCode => format!("{error}: make a new one with `stackside-server`"),
        CommandError::Address => format!("{error}: plain http is for this machine only"),
        other => other.to_string(),
    }
}

fn model() -> String {
    format!("{} {}", std::env::consts::OS, std::env::consts::ARCH)
}
