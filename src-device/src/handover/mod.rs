//! Hands over what no server holds yet: a tablet that cannot send writes it to one sealed file, and another tablet of the
//! operator sends it (DECISIONS.md). Nothing is taken off the first tablet, and the server takes everything once.

mod file;

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use stackside_core::clock::shanghai_time;
use stackside_core::command::{CommandError, Event, HandoverGiven, HandoverTaken, HandoverTrouble};
use stackside_core::evidence::{Entry, Header};
use stackside_core::hash::Hash;
use stackside_core::photo::MAX_BYTES;

use self::file::{Contents, HandedFile, HandedLog, STATEMENT, VERSION};
use crate::device::{Device, Inner};
use crate::error::Error;
use crate::seal::{self, Identity, Recipient, SealError};
use crate::store::setting::{self, Enrolled};
use crate::store::{entry, file as files};
pub use file::Code;

impl Device {
    /// Writes what no server holds yet to a file that is not there yet, sealed to the operator and to the code that is
    /// told.
    pub fn give_over(&self, path: &Path) -> Result<HandoverGiven, Error> {
        self.0.give_over(path)
    }

    /// Takes over what another tablet of the operator wrote; the next contact sends it.
    pub fn take_over(&self, path: &Path, identity: &Identity) -> Result<HandoverTaken, Error> {
        self.0.take_over(path, identity)
    }
}

impl Inner {
    /// A new file's name under `exports/`, by the wall clock.
    pub fn new_handover(&self) -> io::Result<PathBuf> {
        let folder = self.files.exports();
        fs::create_dir_all(&folder)?;
        let now = shanghai_time(self.clock.wall().to_utc());
        Ok(folder.join(format!("unsent-{}.age", now.format("%Y%m%d-%H%M%S"))))
    }

    pub fn give_over(&self, path: &Path) -> Result<HandoverGiven, Error> {
        let (contents, operator) = self.store.read(|c| {
            // Not by `enrolled`: what was signed before the device's key was lost gets away too (`stackside export`).
            let enrolled: Enrolled = setting::get(c, setting::ENROLMENT)?.ok_or(CommandError::NotEnrolled)?;
            let operator: Option<Recipient> = setting::get(c, setting::RECIPIENT)?;
            Ok((contents(c, &enrolled)?, operator))
        })?;
        let (contents, paths) = self.with_paths(contents);
        let entries: u64 = contents.logs.iter().map(HandedLog::new_entries).sum();
        if entries == 0 && paths.is_empty() {
            return Err(HandoverTrouble::NothingUnsent.into());
        }
        let code = Code::random();
        let recipients: Vec<Recipient> = operator.into_iter().chain([code.recipient()?]).collect();
        // Elsewhere, on a stick, it is the way out of a tablet that is full.
        if path.starts_with(self.files.exports()) {
            self.require_room_for(contents.files.iter().map(|handed| handed.file.size_bytes).sum())?;
        }
        // Outside of what is undone: a file that is there already is another handover.
        let to = File::create_new(path)?;
        let written = self.write(&contents, &paths, &recipients, &to).and_then(|()| {
            to.sync_all()?;
            // Its code is shown once: the name has to be there after a power cut too.
            Ok(File::open(path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")))?
                .sync_all()?)
        });
        if let Err(error) = written {
            // Half a handover is worth nothing, and its name is in the way.
            let _ = fs::remove_file(path);
            return Err(error);
        }
        let bytes = fs::metadata(path)?.len();
        let (file, code) = (path.display().to_string(), code.to_string());
        Ok(HandoverGiven { file, code, entries, files: paths.len() as u64, bytes })
    }

    /// Leaves out files that are not here: what is damaged here must not keep the rest from getting away.
    fn with_paths(&self, mut contents: Contents) -> (Contents, Vec<PathBuf>) {
        let path = |handed: &HandedFile| self.files.path(handed.kind, handed.file.sha256);
        contents.files.retain(|handed| {
            let wanted = (handed.file.size_bytes, handed.file.sha256);
            let is_whole = self.files.measure(&path(handed)).is_ok_and(|measured| measured == wanted);
            if !is_whole {
                tracing::error!(sha256 = %handed.file.sha256.short(), "a file is not handed over: it is not whole");
            }
            is_whole
        });
        let paths = contents.files.iter().map(path).collect();
        (contents, paths)
    }

    fn write(
        &self,
        contents: &Contents,
        paths: &[PathBuf],
        recipients: &[Recipient],
        to: &File,
    ) -> Result<(), Error> {
        let mut sealed = seal::sealing_to_all(recipients, BufWriter::new(to))?;
        file::write(contents, &mut sealed)?;
        for (handed, path) in contents.files.iter().zip(paths) {
            if io::copy(&mut self.files.reader(path)?, &mut sealed)? != handed.file.size_bytes {
                return Err(Error::broken("a file changed meanwhile"));
            }
        }
        Ok(sealed.finish()?.flush()?)
    }

    pub fn take_over(&self, path: &Path, identity: &Identity) -> Result<HandoverTaken, Error> {
        let enrolled = self.enrolled()?;
        let mut from = seal::opening(identity, BufReader::new(File::open(path)?)).map_err(trouble)?;
        let damaged = |_| Error::from(HandoverTrouble::Damaged);
        let contents = file::read(&mut from).map_err(damaged)?.ok_or(HandoverTrouble::Damaged)?;
        if contents.operator != enrolled.operator {
            return Err(HandoverTrouble::OtherOperator.into());
        }
        let logs = contents.logs.into_iter().map(|log| checked(log, &enrolled));
        let logs = logs.collect::<Result<Vec<_>, _>>()?;
        let _turn = self.files.turn();
        for handed in &contents.files {
            let bytes = bytes_of(handed, &mut from)?;
            self.files.write(&self.files.path(handed.kind, handed.file.sha256), &bytes)?;
        }
        if from.read(&mut [0]).map_err(damaged)? != 0 {
            return Err(HandoverTrouble::Damaged.into());
        }
        let at = self.clock.wall().to_utc();
        let entries = self.store.write(|t| {
            let mut new = 0;
            for log in &logs {
                new += carry(t, log, at)?;
            }
            for HandedFile { file, kind, made_at, log, seq } in &contents.files {
                files::add(t, file, *kind, *made_at, *log, *seq)?;
            }
            Ok(new)
        })?;
        self.tell(Event::Store);
        self.sync.wake();
        Ok(HandoverTaken { entries, files: contents.files.len() as u64 })
    }
}

impl HandedLog {
    /// How many entries no server holds: behind a receipt the first one goes along for its certificate alone.
    fn new_entries(&self) -> u64 {
        (self.entries.len() as u64).saturating_sub(u64::from(self.receipt.is_some()))
    }
}

fn trouble(error: SealError) -> Error {
    match error {
        SealError::OtherRecipient => HandoverTrouble::WrongCode.into(),
        SealError::Damaged => HandoverTrouble::Damaged.into(),
        other => other.into(),
    }
}

/// Everything of one moment, without the bytes of the files.
fn contents(c: &Connection, enrolled: &Enrolled) -> Result<Contents, Error> {
    let unheld = files::unheld(c)?;
    let mut logs = vec![];
    for log in entry::logs_and_carried(c)? {
        let mut entries = entry::from_seq(c, log.id, log.receipt_seq + 1, u32::MAX)?;
        if entries.is_empty() && unheld.iter().all(|file| file.log != log.id) {
            continue;
        }
        if log.receipt_seq > 0 {
            entries.splice(0..0, entry::at(c, log.id, 1)?.map(|first| (1, first)));
        }
        // Without the entry that names the certificate nobody can check a log: the others still get away.
        if entries.first().is_none_or(|(seq, _)| *seq != 1) {
            tracing::error!(log = %log.id, "the first entry is lost: the log is not handed over");
            continue;
        }
        let entries = entries.into_iter().map(|(_, entry)| entry).collect();
        let receipt = log.receipt.filter(|_| log.receipt_seq > 0);
        logs.push(HandedLog { device: log.device, log: log.id, receipt, entries });
    }
    let is_of_a_log = |file: &files::Sendable| logs.iter().any(|log: &HandedLog| log.log == file.log);
    let files = unheld.into_iter().filter(is_of_a_log).map(HandedFile::from).collect();
    Ok(Contents {
        statement: STATEMENT.to_owned(),
        v: VERSION,
        operator: enrolled.operator.clone(),
        logs,
        files,
    })
}

/// A log as it was found to be: signed by a device of our server and operator.
struct Checked {
    log: HandedLog,
    headers: Vec<Header>,
    /// Number and hash of the last entry that a server holds.
    held: Option<(u64, Hash)>,
}

/// Nothing that another did not sign comes into our database: the server would refuse it, for ever.
fn checked(log: HandedLog, enrolled: &Enrolled) -> Result<Checked, Error> {
    let stranger = || Error::from(HandoverTrouble::OtherServer);
    let first = log.entries.first().ok_or(HandoverTrouble::Damaged)?;
    let act = first.read_act().map_err(|_| stranger())?;
    let certificate = act.certificate().ok_or_else(stranger)?;
    let certificate = certificate.verify(&enrolled.server_key).map_err(|_| stranger())?;
    if certificate.device != log.device || certificate.operator != enrolled.operator {
        return Err(HandoverTrouble::OtherOperator.into());
    }
    let check = |entry: &Entry| match entry.verify(&certificate.public_key) {
        Ok(header) if (header.device, header.log) == (log.device, log.log) => Ok(header),
        _ => Err(Error::from(HandoverTrouble::Damaged)),
    };
    let headers = log.entries.iter().map(check).collect::<Result<Vec<_>, _>>()?;
    let held = match &log.receipt {
        None => None,
        Some(signed) => {
            let receipt = signed.verify(&enrolled.server_key).map_err(|_| stranger())?;
            if (receipt.device, receipt.log) != (log.device, log.log) {
                return Err(HandoverTrouble::Damaged.into());
            }
            Some((receipt.seq, receipt.hash))
        }
    };
    Ok(Checked { log, headers, held })
}

/// Puts a log beside our own ones, and says how many entries of it were not here.
fn carry(t: &Connection, checked: &Checked, at: chrono::DateTime<chrono::Utc>) -> Result<u64, Error> {
    let Checked { log, headers, held } = checked;
    // Of two entries under one number nobody here can say which is right: both stay where they are.
    let contradicts = |ours: Option<Hash>, theirs| ours.is_some_and(|ours| ours != theirs);
    entry::carry_log(t, log.log, log.device)?;
    if let (Some(receipt), Some((seq, hash))) = (&log.receipt, held) {
        if contradicts(entry::hash(t, log.log, *seq)?, *hash) {
            return Err(HandoverTrouble::Damaged.into());
        }
        entry::set_receipt(t, log.log, *seq, receipt, at)?;
    }
    let mut new = 0;
    for (entry, header) in log.entries.iter().zip(headers) {
        let ours = entry::hash(t, log.log, header.seq)?;
        if contradicts(ours, entry.hash()) {
            return Err(HandoverTrouble::Damaged.into());
        }
        if ours.is_none() {
            entry::add(t, entry, header, &entry::Subject::default())?;
            new += u64::from(held.is_none_or(|(seq, _)| header.seq > seq));
        }
    }
    if new > 0 {
        entry::start_carried_log(t, log.log)?;
    }
    Ok(new)
}

fn bytes_of(handed: &HandedFile, from: &mut impl Read) -> Result<Vec<u8>, Error> {
    let size_bytes = handed.file.size_bytes;
    let mut bytes = vec![];
    if size_bytes <= MAX_BYTES {
        from.take(size_bytes).read_to_end(&mut bytes).map_err(|_| HandoverTrouble::Damaged)?;
    }
    if bytes.len() as u64 == size_bytes && Hash::of(&bytes) == handed.file.sha256 {
        Ok(bytes)
    } else {
        Err(HandoverTrouble::Damaged.into())
    }
}
