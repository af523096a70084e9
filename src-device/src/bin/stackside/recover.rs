//! `stackside recover`.

use std::path::PathBuf;

use stackside_device::key_copy::{FILE_NAME, RecoverError, recover};
use stackside_device::seal::{Identity, SealError};

/// What is opened with what.
#[derive(clap::Args)]
pub struct Recovery {
    /// The operator's recovery key, as `stackside-server keys new` wrote it.
    #[arg(long, value_name = "FILE")]
    identity: PathBuf,
    /// The data folder of the tablet, or a copy of it; it is only read. The app must not be running on it.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The copy of its key, where it is not in the folder: `stackside-server keys recovery copies`.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// The folder to write, with a key store of its own; it must not be there yet.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

impl Recovery {
    /// Recovers, and says what there is and what to do with it.
    pub fn run(self) -> Result<String, String> {
        let identity = Identity::read(&self.identity)
            .map_err(|error| format!("{}: {error}", self.identity.display()))?;
        let copy = self.key.unwrap_or_else(|| self.data.join(FILE_NAME));
        let found = recover(&identity, &self.data, &copy, &self.out).map_err(|error| advice(&error))?;
        let out = self.out.display();
        let mut text = format!(
            "{out}: {} records, {} entries, {} of them not received by the server\n",
            found.records, found.entries, found.unsent
        );
        if found.unsent > 0 {
            text.push_str(&format!(
                "to send them: stackside enrol --data {out} --server https://… --code CODE, then open the app on it\n"
            ));
        }
        Ok(text)
    }
}

fn advice(error: &RecoverError) -> String {
    let way_out = match error {
        RecoverError::Copy { source: SealError::OtherRecipient, .. } => {
            "; use the recovery key that was in use when the copy was made"
        }
        RecoverError::Copy { source: SealError::Io(_), .. } => {
            "; get it from the server with `stackside-server keys recovery copies FOLDER` and name it with --key"
        }
        RecoverError::Exists(_) => "; name a folder that is not there yet",
        _ => "",
    };
    format!("{error}{way_out}")
}
