//! `stackside import`.

use std::path::PathBuf;

use stackside_device::Device;
use stackside_device::handover::Code;
use stackside_device::seal::Identity;

use crate::enrol::config;

/// What is taken over, and what opens it.
#[derive(clap::Args)]
pub struct Import {
    /// A file that `stackside export --unsent` or a tablet wrote.
    file: PathBuf,
    /// The data folder of an enrolled tablet of the same operator. The app must not be running on it.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    #[command(flatten)]
    key: Key,
}

#[derive(clap::Args)]
#[group(required = true, multiple = false)]
struct Key {
    /// The code that was told when it was written.
    #[arg(long)]
    code: Option<String>,
    /// A file with the operator's recovery key, where the code is lost.
    #[arg(long, value_name = "FILE")]
    identity: Option<PathBuf>,
}

impl Import {
    /// Takes it over, and says what was new. The app sends it at its next contact.
    pub fn run(self) -> Result<String, String> {
        if !self.data.join("stackside.sqlite").is_file() {
            return Err(format!("{}: not a data folder of a device", self.data.display()));
        }
        let identity = match (&self.key.code, &self.key.identity) {
            (_, Some(file)) => {
                Identity::read(file).map_err(|error| format!("{}: {error}", file.display()))?
            }
            (code, None) => {
                let code = code.as_deref().and_then(Code::read).ok_or("a code has 16 letters and digits")?;
                code.identity().map_err(|error| error.to_string())?
            }
        };
        let device = Device::open(config(self.data)).map_err(|error| error.to_string())?;
        let taken = device.take_over(&self.file, &identity);
        device.close();
        let taken = taken.map_err(|error| format!("{}: {error}", self.file.display()))?;
        Ok(format!("{}: {} new entries, {} files\n", self.file.display(), taken.entries, taken.files))
    }
}
