//! `stackside enrol`.

use std::path::PathBuf;

use stackside_core::command::{CommandError, Enrol};
use stackside_device::{Config, Device, Handle, Positions};

/// What an enrolment takes.
#[derive(clap::Args)]
pub struct Enrolment {
    /// The data folder.
    #[arg(long)]
    data: PathBuf,
    /// The server's address, https://… (plain http on this machine only).
    #[arg(long)]
    server: String,
    /// The one-time code.
    #[arg(long)]
    code: String,
}

impl Enrolment {
    /// Enrols, and says as whom.
    pub fn run(self) -> Result<String, String> {
        let device = Device::open(config(self.data)).map_err(|error| error.to_string())?;
        let enrolled = device.handle(Enrol { server: self.server, code: self.code });
        device.close();
        let state = enrolled.map_err(|error| advice(&error))?;
        let enrolment = state.enrolment.ok_or("the tablet is not enrolled")?;
        Ok(format!(
            "enrolled for {} as {}, {} people",
            enrolment.operator,
            enrolment.device,
            state.people.len()
        ))
    }
}

fn advice(error: &CommandError) -> String {
    match error {
        CommandError::EnrolCode => format!("{error}: make a new one with `stackside-server`"),
        CommandError::Address => format!("{error}: plain http is for this machine only"),
        other => other.to_string(),
    }
}

/// A tablet without a position: nobody signs in on the command line.
pub fn config(data: PathBuf) -> Config {
    let model = format!("{} {}", std::env::consts::OS, std::env::consts::ARCH);
    Config { data, positions: Positions::None, model }
}
