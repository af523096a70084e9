//! `stackside export`.

use std::path::PathBuf;

use stackside_core::id::{LogId, VisitId};
use stackside_device::Device;
use stackside_device::export::Selection;

use crate::enrol::config;

/// What is written where.
#[derive(clap::Args)]
pub struct Exportation {
    #[command(flatten)]
    what: What,
    /// The data folder. The app must not be running on it.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The file to write; it must not be there yet.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(clap::Args)]
#[group(required = true, multiple = true)]
struct What {
    /// A visit: its entries with their photos, and the headers of the log around them.
    #[arg(long, value_name = "ID")]
    visit: Option<VisitId>,
    /// All that the server does not hold yet, sealed to the operator and to a code that is printed: `stackside import` or
    /// another tablet of the operator takes it over and sends it.
    #[arg(long, conflicts_with_all = ["visit", "log"])]
    unsent: bool,
    /// A whole log, the current one if none is named; with --visit, the visit's entries in that log.
    #[arg(long, value_name = "LOG", num_args = 0..=1)]
    log: Option<Option<LogId>>,
}

impl Exportation {
    /// Writes it, and says what is in it.
    pub fn run(self) -> Result<String, String> {
        if !self.data.join("stackside.sqlite").is_file() {
            return Err(format!("{}: not a data folder of a device", self.data.display()));
        }
        let device = Device::open(config(self.data)).map_err(|error| error.to_string())?;
        let selection = match self.what {
            What { unsent: true, .. } => {
                let given = device.give_over(&self.out);
                device.close();
                let given = given.map_err(|error| format!("{}: {error}", self.out.display()))?;
                return Ok(format!(
                    "{}: {} entries, {} files, {} bytes\ncode {}\n",
                    given.file, given.entries, given.files, given.bytes, given.code
                ));
            }
            What { visit: Some(visit), log, .. } => Selection::Visit { visit, log: log.flatten() },
            What { visit: None, log, .. } => Selection::Log(log.flatten()),
        };
        let exported = device.export_to(selection, &self.out);
        device.close();
        let exported = exported.map_err(|error| format!("{}: {error}", self.out.display()))?;
        let manifest = exported.manifest;
        let mut text = format!(
            "{}: log {}, {} entries, {} bodies, {} files\n",
            self.out.display(),
            manifest.log,
            manifest.last_seq,
            manifest.bodies.len(),
            exported.files
        );
        for sha256 in manifest.absent {
            text.push_str(&format!("not on this device any more: file {sha256}\n"));
        }
        for log in manifest.also_in {
            text.push_str(&format!("the visit goes on in log {log}: export that too, with --log {log}\n"));
        }
        Ok(text)
    }
}
