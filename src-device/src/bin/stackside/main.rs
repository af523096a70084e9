//! Command line of a device: enrols it, and shows, checks and applies forms and rules without one.

mod answers;
mod compute;
mod enrol;
mod forms;
mod input;
mod judge;
mod rules;
mod show;

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
}

/// What a command has to say.
#[derive(Default)]
struct Report {
    /// For standard output.
    text: String,
    /// For standard error, one line each; any of them makes the command fail.
    complaints: Vec<String>,
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
    let Report { text, complaints } = match Arguments::parse().action {
        Action::Enrol(enrolment) => enrolment.run().map(Report::text),
        Action::Forms(action) => action.run(),
        Action::Judge(judgement) => judgement.run(),
        Action::Compute(computation) => computation.run(),
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
    if complaints.is_empty() && is_written { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
