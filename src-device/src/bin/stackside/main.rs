//! Command line of a device: enrols it, exports what it witnessed; without one: shows, checks and applies forms and
//! rules, and verifies exports.

mod answers;
mod compute;
mod enrol;
mod export;
mod forms;
mod import;
mod input;
mod judge;
mod recover;
mod rules;
mod show;
mod verify;

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Stackside (运维随行): the device, and the forms and rules that it works by.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Make a data folder a tablet of an operator.
    Enrol(enrol::Enrolment),
    /// Form definitions and rulebooks.
    #[command(subcommand)]
    Forms(forms::Action),
    /// Judge the answers of a form; exits with 1 if some are not valid, each named with its reason.
    Judge(judge::Judgement),
    /// Compute one function, and judge it where a rule has a limit.
    Compute(compute::Computation),
    /// Write a visit or a log to one file that anyone can check: see docs/evidence.md.
    Export(export::Exportation),
    /// Take over what another tablet could not send; the app sends it.
    Import(import::Import),
    /// Read a tablet's data folder whose key is gone, with the operator's recovery key: see docs/security.md.
    Recover(recover::Recovery),
    /// Check an exported file without server and device. Exits with 0 if it holds, 1 if something does not, 2 if a file
    /// cannot be read, 3 if it is consistent and its signer unknown, 4 if it holds and its end was not yet received.
    Verify(verify::Verification),
}

/// What a command has to say.
#[derive(Default)]
struct Report {
    /// For standard output.
    text: String,
    /// For standard error, one line each; any of them makes the command fail.
    complaints: Vec<String>,
    /// The exit code, where it is not just success or failure.
    code: Option<u8>,
}

impl Report {
    fn text(text: String) -> Self {
        Self { text, ..Self::default() }
    }
    fn complaint(line: impl Into<String>) -> Self {
        Self { complaints: vec![line.into()], ..Self::default() }
    }
}

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("STACKSIDE_LOG").unwrap_or_else(|_| "warn".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    let Report { text, complaints, code } = match Arguments::parse().action {
        Action::Enrol(enrolment) => enrolment.run().map(Report::text),
        Action::Forms(action) => action.run(),
        Action::Judge(judgement) => judgement.run(),
        Action::Compute(computation) => computation.run(),
        Action::Export(exportation) => exportation.run().map(Report::text),
        Action::Import(import) => import.run().map(Report::text),
        Action::Recover(recovery) => recovery.run().map(Report::text),
        Action::Verify(verification) => verification.run(),
    }
    .unwrap_or_else(Report::complaint);
    let mut said = text.trim_end().to_owned();
    if !said.is_empty() {
        said.push('\n');
    }
    // A reader that has seen enough closes the pipe: no reason to panic.
    let is_written = std::io::stdout().write_all(said.as_bytes()).is_ok();
    for line in show::first(&complaints) {
        eprintln!("stackside: {line}");
    }
    match code {
        Some(code) => ExitCode::from(code),
        None if complaints.is_empty() && is_written => ExitCode::SUCCESS,
        None => ExitCode::FAILURE,
    }
}
