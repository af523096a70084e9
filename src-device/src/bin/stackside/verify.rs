//! `stackside verify`.

use std::fs::File;
use std::io::{BufReader, ErrorKind};
use std::path::{Path, PathBuf};

use stackside_core::clock::shown_time;
use stackside_core::evidence::PublicKey;
use stackside_core::verify::{Report as Finding, Verdict};
use stackside_device::export::check;

use crate::{Report, input, show};

/// An export that is checked.
#[derive(clap::Args)]
pub struct Verification {
    /// The exported file.
    file: PathBuf,
    /// A file with the server's public key, as `stackside-server keys show` prints it; without one, nobody knows whose
    /// the export is.
    #[arg(long, value_name = "KEY")]
    trust: Option<PathBuf>,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

impl Verification {
    /// Checks it. Exits with 0 if it holds under the trusted key, 1 if something does not hold, 2 if a file cannot be
    /// read, 3 if it is consistent and its signer unknown, 4 if it holds and a server has not received all of it.
    pub fn run(self) -> Result<Report, String> {
        let unreadable = |line| Report { code: Some(2), ..Report::complaint(line) };
        let trust = match self.trust.as_deref().map(read_key).transpose() {
            Ok(trust) => trust,
            Err(line) => return Ok(unreadable(line)),
        };
        let name = input::name(&self.file);
        // A folder opens, and cannot be read.
        let found = File::open(&self.file).and_then(|file| check(BufReader::new(file), trust.as_ref()));
        let found = match found {
            Ok(found) => found,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Ok(unreadable(format!("{name}: there is no such file")));
            }
            Err(error) => return Ok(unreadable(format!("{name}: {}", error.to_string().to_lowercase()))),
        };
        let text = if self.json { show::json(&found)? } else { in_words(&found) };
        let complaints = found.failure.iter().map(|failure| format!("{name}: {failure}")).collect();
        Ok(Report { text, complaints, code: Some(code(found.verdict)) })
    }
}

fn code(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Trusted => 0,
        Verdict::Broken => 1,
        Verdict::SignerUnknown => 3,
        Verdict::NotReceived => 4,
    }
}

fn read_key(path: &Path) -> Result<PublicKey, String> {
    let text = input::read(path)?;
    text.trim().parse().map_err(|_| {
        format!("{}: not a public key: 66 hex digits, see `stackside-server keys show`", input::name(path))
    })
}

fn in_words(found: &Finding) -> String {
    let verdict = match found.verdict {
        Verdict::Trusted => "holds, under the trusted server key",
        Verdict::NotReceived => {
            "holds, under the trusted server key; the end is not yet received by a server"
        }
        Verdict::SignerUnknown => "consistent, signer unknown: name the server's key with --trust",
        Verdict::Broken => "DOES NOT HOLD",
    };
    let mut rows = vec![vec!["verdict".to_owned(), verdict.to_owned()]];
    let mut row = |name: &str, text: Option<String>| {
        rows.extend(text.map(|text| vec![name.to_owned(), text]));
    };
    row("failure", found.failure.as_ref().map(ToString::to_string));
    row("device", found.device.map(|device| device.to_string()));
    row("operator", found.operator.as_ref().map(ToString::to_string));
    row("server key", found.server_key.clone());
    row("log", found.log.map(|log| log.to_string()));
    row("visit", found.visit.map(|visit| visit.to_string()));
    let counts = format!("{}, {} bodies, {} files", found.entries, found.bodies, found.files);
    row("entries", Some(counts));
    let confirmations = format!("{} by the server's word", found.confirmations);
    row("confirmations", (found.confirmations > 0).then_some(confirmations));
    row(
        "received",
        found.received.as_ref().map(|received| {
            format!("up to entry {}, {} (Asia/Shanghai)", received.seq, shown_time(received.server_time))
        }),
    );
    let waiting = match (found.not_received, found.entries) {
        (0, _) => None,
        (1, last) => Some(format!("entry {last}")),
        (count, last) => Some(format!("entries {} to {last}", last + 1 - count)),
    };
    row("not received", waiting);
    let kinds: Vec<String> =
        found.not_understood.iter().map(|(kind, count)| format!("{kind} ({count})")).collect();
    row("not understood", (!kinds.is_empty()).then(|| kinds.join(", ")));
    let late = format!("{} entries after the certificate's end", found.after_validity);
    row("late", (found.after_validity > 0).then_some(late));
    found.absent.iter().for_each(|sha256| row("not on the device", Some(format!("file {sha256}"))));
    found.also_in.iter().for_each(|log| row("goes on in", Some(format!("log {log}: export it with --log"))));
    show::table(&rows)
}
