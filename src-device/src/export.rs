//! Exports a visit or a whole log so that anyone can check it without this device and without the server
//! (docs/evidence.md), and reads such an export.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufWriter, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use serde_json::Value;
use stackside_core::confirmation::PortalConfirmation;
use stackside_core::evidence::{Entry, MakeError, PublicKey};
use stackside_core::export::{EXPORT_VERSION, Export, Item, Manifest};
use stackside_core::hash::Hash;
use stackside_core::id::{LogId, VisitId};
use stackside_core::trust::{Certificate, Signed, Statement};
use stackside_core::verify::{Report, Verdict, file_refs, verify};
use stackside_core::wire::ConfirmationElsewhere;

use crate::archive::{self, ReadError, WriteError, Writer};
use crate::device::{Device, Inner};
use crate::error::Error;
use crate::files::is_damage;
use crate::keys::{DeviceKey, KeyError};
use crate::store::confirmation::{self, Kept};
use crate::store::entry::{self, Log};
use crate::store::file;

/// What is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selection {
    /// A visit: all headers of its log, the bodies that are about it.
    Visit {
        /// Which.
        visit: VisitId,
        /// In which log; the one with the visit's first entry where none is named.
        log: Option<LogId>,
    },
    /// A whole log; the current one where none is named.
    Log(Option<LogId>),
}

/// What was exported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// What the device says of it.
    pub manifest: Manifest,
    /// How many files are in it.
    pub files: usize,
}

/// Why nothing was exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// No entry is about such a visit.
    #[error("there is no visit {0} on this device")]
    NoVisit(VisitId),
    /// There is no such log.
    #[error("there is no log{} on this device", .0.map(|log| format!(" {log}")).unwrap_or_default())]
    NoLog(Option<LogId>),
    /// The log's first entry names no certificate.
    #[error("entry 1 of log {0} names no certificate")]
    NoCertificate(LogId),
    /// The device's key signs an export; it is lost or does not sign.
    #[error("an export is signed with the device's key: {0}")]
    Key(#[from] KeyError),
    /// The archive.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The store, or a file of it.
    #[error(transparent)]
    Store(#[from] Error),
}

impl From<io::Error> for ExportError {
    fn from(error: io::Error) -> Self {
        Self::Write(error.into())
    }
}

/// A file of an export: where it lies, and what the archive says of its plain bytes.
struct Lying {
    path: PathBuf,
    crc: u32,
    size_bytes: u64,
}

/// What an export needs of the store.
struct Found {
    log: Log,
    visit: Option<VisitId>,
    entries: Vec<(u64, Entry)>,
    /// Numbers of those whose bodies go out.
    bodies: BTreeSet<u64>,
    also_in: Vec<LogId>,
    /// The server's words for confirmations of the visit in the portal.
    confirmations: BTreeMap<Hash, Signed<PortalConfirmation>>,
}

impl Device {
    /// Writes an export; the same state gives the same bytes.
    pub fn export(&self, selection: Selection, to: impl Write) -> Result<Exported, ExportError> {
        self.0.export(selection, to)
    }

    /// Writes an export to a file that is not there yet; what failed leaves none.
    pub fn export_to(&self, selection: Selection, path: &Path) -> Result<Exported, ExportError> {
        let file = File::create_new(path)?;
        let exported = self.export(selection, BufWriter::new(&file));
        let done = exported.and_then(|exported| Ok(file.sync_all().map(|()| exported)?));
        if done.is_err() {
            // Half an export proves nothing, and a name that is taken stands in the way of the next try.
            let _ = std::fs::remove_file(path);
        }
        done
    }
}

impl Inner {
    fn export(&self, selection: Selection, to: impl Write) -> Result<Exported, ExportError> {
        let found = self.store.read(|c| Ok(find(c, selection)))??;
        let public = public_key(&found)?;
        let mut bodies = BTreeMap::new();
        let mut files = BTreeMap::new();
        for (seq, entry) in found.entries.iter().filter(|(seq, _)| found.bodies.contains(seq)) {
            for file in file_refs(&body(entry)) {
                files.insert(file.sha256, self.lying(file.sha256)?);
            }
            bodies.insert(*seq, entry.body.clone());
        }
        let receipt = found.log.receipt.clone();
        let manifest = Manifest {
            statement: Manifest::NAME.to_owned(),
            v: EXPORT_VERSION,
            device: found.log.device,
            log: found.log.id,
            visit: found.visit,
            last_seq: found.entries.len() as u64,
            last_hash: found.entries.last().map_or(Hash::of(&[]), |(_, entry)| entry.hash()),
            receipt: receipt.as_ref().map(|receipt| Hash::of(receipt.text.as_bytes())),
            bodies: bodies.keys().copied().collect(),
            absent: files.iter().filter(|(_, found)| found.is_none()).map(|(sha256, _)| *sha256).collect(),
            also_in: found.also_in,
            confirmations: found.confirmations.keys().copied().collect(),
        };
        let signed = self.sign_manifest(&manifest, &public)?;
        let (headers, signatures) =
            found.entries.into_iter().map(|(_, entry)| (entry.header, entry.signature)).unzip();
        let confirmations = found.confirmations;
        let files_come_apart = BTreeMap::new();
        let export = Export {
            manifest: signed,
            receipt,
            headers,
            signatures,
            bodies,
            confirmations,
            files: files_come_apart,
        };
        let files: BTreeMap<Hash, Lying> =
            files.into_iter().filter_map(|(sha256, found)| Some((sha256, found?))).collect();
        self.write_export(&export, &files, to)?;
        Ok(Exported { manifest, files: files.len() })
    }

    fn write_export(
        &self,
        export: &Export,
        files: &BTreeMap<Hash, Lying>,
        to: impl Write,
    ) -> Result<(), ExportError> {
        let mut writer = Writer::new(to);
        for (item, bytes) in export.texts().map_err(Error::broken)? {
            writer.add(&item, &bytes)?;
        }
        for (sha256, Lying { path, crc, size_bytes }) in files {
            writer.add_from(&Item::File(*sha256), *crc, *size_bytes, self.files.reader(path)?)?;
        }
        writer.finish()?;
        Ok(())
    }

    /// Where a file lies that an entry names; nothing if it is not here any more, or so damaged that it does not open.
    /// Whether it is still the same file is not the exporter's to judge: who checks the export is told.
    fn lying(&self, sha256: Hash) -> Result<Option<Lying>, Error> {
        let Some(file) = self.store.read(|c| file::find(c, sha256))? else { return Ok(None) };
        let path = self.files.path(file.kind, sha256);
        match self.files.reader(&path).and_then(checksum) {
            Ok((crc, size_bytes)) => Ok(Some(Lying { path, crc, size_bytes })),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) if is_damage(&error) => {
                tracing::error!(sha256 = %sha256.short(), "a file does not open: it is left out of the export");
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    fn sign_manifest(
        &self,
        manifest: &Manifest,
        public: &PublicKey,
    ) -> Result<Signed<Manifest>, ExportError> {
        let key = DeviceKey { keys: self.keys.as_ref(), device: manifest.device };
        Signed::make(manifest, public, &key).map_err(|error| match error {
            MakeError::Key(error) => error.into(),
            other => Error::broken(other).into(),
        })
    }
}

fn checksum(mut file: impl Read) -> io::Result<(u32, u64)> {
    let (mut crc, mut size, mut piece) = (crc32fast::Hasher::new(), 0, vec![0; 64 * 1024]);
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            return Ok((crc.finalize(), size));
        }
        crc.update(&piece[..read]);
        size += read as u64;
    }
}

fn find(connection: &Connection, selection: Selection) -> Result<Found, ExportError> {
    let logs = entry::logs(connection)?;
    let all_of = |log: &Log| entry::from_seq(connection, log.id, 1, u32::MAX);
    match selection {
        Selection::Log(id) => {
            let log = logs.into_iter().rev().find(|log| id.is_none_or(|id| log.id == id));
            let log = log.ok_or(ExportError::NoLog(id))?;
            let entries = all_of(&log)?;
            let bodies = entries.iter().map(|(seq, _)| *seq).collect();
            Ok(Found { log, visit: None, entries, bodies, also_in: vec![], confirmations: BTreeMap::new() })
        }
        Selection::Visit { visit, log } => {
            if log.is_some_and(|id| logs.iter().all(|log| log.id != id)) {
                return Err(ExportError::NoLog(log));
            }
            let mut parts = vec![];
            for log in logs {
                let entries = all_of(&log)?;
                parts.push((log, entries));
            }
            let matter = Matter::of(visit, parts.iter().flat_map(|(_, entries)| entries));
            let mut parts: Vec<_> = parts
                .into_iter()
                .map(|(log, entries)| (matter.among(&entries), log, entries))
                .filter(|(bodies, ..)| !bodies.is_empty())
                .collect();
            let at = parts.iter().position(|(_, part, _)| log.is_none_or(|id| part.id == id));
            let (mut bodies, log, mut entries) = parts.remove(at.ok_or(ExportError::NoVisit(visit))?);
            // Up to the receipt; what came after it and is another visit's is nobody's business here.
            let last = bodies.last().copied().unwrap_or_default().max(log.receipt_seq);
            entries.retain(|(seq, _)| *seq <= last);
            // The certificate.
            bodies.insert(1);
            let also_in = parts.into_iter().map(|(_, part, _)| part.id).collect();
            let confirmations = portal_confirmations(connection, visit)?;
            Ok(Found { log, visit: Some(visit), entries, bodies, also_in, confirmations })
        }
    }
}

fn portal_confirmations(
    connection: &Connection,
    visit: VisitId,
) -> Result<BTreeMap<Hash, Signed<PortalConfirmation>>, Error> {
    let mut confirmations = BTreeMap::new();
    for kept in confirmation::of_visit(connection, visit)? {
        if let Kept::Elsewhere(ConfirmationElsewhere::Portal(signed)) = kept {
            confirmations.insert(Hash::of(signed.text.as_bytes()), signed);
        }
    }
    Ok(confirmations)
}

/// What belongs to a visit: what names it, what names one of its records, and the photo of its sign-in. Read apart from
/// the acts, so that kinds of a newer app are found too.
struct Matter {
    visit: String,
    records: BTreeSet<String>,
    photos: BTreeSet<String>,
}

impl Matter {
    fn of<'e>(visit: VisitId, entries: impl Iterator<Item = &'e (u64, Entry)>) -> Self {
        let mut matter = Self { visit: visit.to_string(), records: BTreeSet::new(), photos: BTreeSet::new() };
        for (_, entry) in entries {
            let body = body(entry);
            if text(&body["visit"]) == Some(&matter.visit) {
                matter.records.extend(text(&body["record"]).map(str::to_owned));
                matter.photos.extend(text(&body["photo"]["sha256"]).map(str::to_owned));
            }
        }
        matter
    }

    fn among(&self, entries: &[(u64, Entry)]) -> BTreeSet<u64> {
        let goes_out = |entry: &Entry| self.has(&body(entry)) || was_changed(entry);
        entries.iter().filter(|(_, entry)| goes_out(entry)).map(|(seq, _)| *seq).collect()
    }

    fn has(&self, body: &Value) -> bool {
        let named = |value, names: &BTreeSet<String>| text(value).is_some_and(|name| names.contains(name));
        match text(&body["visit"]) {
            Some(visit) => visit == self.visit,
            None => named(&body["record"], &self.records) || named(&body["file"]["sha256"], &self.photos),
        }
    }
}

fn text(value: &Value) -> Option<&str> {
    value.as_str()
}

/// Nothing of a body that was changed into something unreadable: who checks the export is told.
fn body(entry: &Entry) -> Value {
    serde_json::from_str(&entry.body).unwrap_or_default()
}

/// Nobody can say what an entry was about whose body is not the signed one: it goes out with every visit, and is named
/// by who checks it.
fn was_changed(entry: &Entry) -> bool {
    !entry.read_header().is_ok_and(|header| header.is_over(&entry.body))
}

/// The key that the log's certificate names.
fn public_key(found: &Found) -> Result<PublicKey, ExportError> {
    let none = || ExportError::NoCertificate(found.log.id);
    let (_, first) = found.entries.first().ok_or_else(none)?;
    let signed: Signed<Certificate> =
        serde_json::from_value(body(first)["certificate"].take()).map_err(|_| none())?;
    Ok(signed.read_unverified().map_err(|_| none())?.public_key)
}

/// Judges an exported file. What does not hold is in the report; an error means that the file could not be read.
pub fn check(from: impl Read, trust: Option<&PublicKey>) -> io::Result<Report> {
    let contents = match archive::read(from) {
        Ok(contents) => contents,
        Err(ReadError::Broken(failure)) => return Ok(Report::broken(failure)),
        Err(ReadError::Io(error)) => return Err(error),
    };
    let mut report = match Export::read(contents.texts, contents.files) {
        Ok(export) => verify(&export, trust),
        Err(failure) => Report::broken(failure),
    };
    // The entry that was changed says more than the archive's checksum.
    if report.failure.is_none() && contents.damaged.is_some() {
        report.verdict = Verdict::Broken;
        report.failure = contents.damaged;
    }
    Ok(report)
}
