//! The walk over an export: entry by entry first, so that what was changed is named at its place; then the statements
//! about the whole, receipt and manifest.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;

use super::{Failure, Fault, Place, Received, Report};
use crate::act::{Act, EntryRef, FileRef};
use crate::canonical;
use crate::confirmation::PortalConfirmation;
use crate::evidence::{EntryError, Header, PublicKey, Tip};
use crate::export::{EXPORT_VERSION, Export, Manifest};
use crate::hash::Hash;
use crate::trust::{Certificate, Receipt, Signed, Statement, TrustError};

pub(super) struct Walk<'e> {
    export: &'e Export,
    trust: Option<&'e PublicKey>,
    pub report: Report,
    /// Files that bodies name, by the first entry that does.
    named: BTreeMap<Hash, u64>,
}

/// What entry 1 says of the log.
struct Origin {
    key: PublicKey,
    valid_until: DateTime<Utc>,
    tip: Tip,
}

impl<'e> Walk<'e> {
    pub fn new(export: &'e Export, trust: Option<&'e PublicKey>) -> Self {
        Self { export, trust, report: Report::new(), named: BTreeMap::new() }
    }

    pub fn run(&mut self) -> Result<(), Failure> {
        let mut origin = self.origin()?;
        let count = self.export.headers.len().max(self.export.signatures.len());
        for index in 0..count {
            self.entry(index, &mut origin)?;
        }
        self.receipt(&origin.tip)?;
        let manifest = self.manifest(&origin)?;
        self.all_is_there(&manifest)?;
        self.confirmations(&manifest)?;
        self.report.visit = manifest.visit;
        self.report.absent = manifest.absent;
        self.report.also_in = manifest.also_in;
        Ok(())
    }

    /// The key of the log, from the certificate in entry 1.
    fn origin(&mut self) -> Result<Origin, Failure> {
        let first = |fault| at_entry(1, fault);
        let header = self.export.headers.first().ok_or_else(|| first(Fault::Missing))?;
        let header = Header::read(header).map_err(|error| first(unreadable(&error)))?;
        let body = self.export.bodies.get(&1).ok_or_else(|| first(Fault::BodyMissing))?;
        if !header.is_over(body) {
            return Err(first(Fault::Body));
        }
        let refused = |what: &str| first(Fault::Certificate { what: what.to_owned() });
        // Read apart from the act: the first entry of a newer app names its certificate too.
        let signed: Signed<Certificate> = canonical::from_text::<Value>(body)
            .ok()
            .and_then(|body| serde_json::from_value(body.get("certificate")?.clone()).ok())
            .ok_or_else(|| refused("there is none"))?;
        let certificate = statement(&signed, self.trust).map_err(|error| match error {
            TrustError::Key(key_id) => first(Fault::Key { key_id }),
            other => refused(&other.to_string()),
        })?;
        if certificate.device != header.device {
            return Err(refused("it is another device's"));
        }
        certificate.public_key.check().map_err(|error| refused(&error.to_string()))?;
        self.report.device = Some(header.device);
        self.report.log = Some(header.log);
        self.report.operator = Some(certificate.operator);
        self.report.server_key = Some(signed.key_id);
        Ok(Origin {
            key: certificate.public_key,
            valid_until: certificate.valid_until,
            tip: Tip::new(header.device, header.log),
        })
    }

    fn entry(&mut self, index: usize, origin: &mut Origin) -> Result<(), Failure> {
        let seq = index as u64 + 1;
        let failed = |fault| at_entry(seq, fault);
        let text = self.export.headers.get(index).ok_or_else(|| failed(Fault::Missing))?;
        let signature = self.export.signatures.get(index).ok_or_else(|| failed(Fault::Signature))?;
        let header = Header::read(text).map_err(|error| failed(unreadable(&error)))?;
        origin.tip.follow(&header, Hash::of(text.as_bytes())).map_err(|_| failed(Fault::Chain))?;
        signature.verify(text.as_bytes(), &origin.key).map_err(|_| failed(Fault::Signature))?;
        self.report.entries = seq;
        if header.clocks.best_time().0 > origin.valid_until {
            self.report.after_validity += 1;
        }
        match self.export.bodies.get(&seq) {
            Some(body) => self.body(&header, body),
            None => Ok(()),
        }
    }

    fn body(&mut self, header: &Header, body: &str) -> Result<(), Failure> {
        let failed = |fault| at_entry(header.seq, fault);
        if !header.is_over(body) {
            return Err(failed(Fault::Body));
        }
        let value: Value = canonical::from_text(body).map_err(|error| failed(Fault::form(error)))?;
        if value.get("kind").and_then(Value::as_str) != Some(&header.kind) {
            return Err(failed(Fault::Kind));
        }
        for file in file_refs(&value) {
            let sha256 = file.sha256;
            let seq = *self.named.entry(sha256).or_insert(header.seq);
            // Whether a file may be missing is the manifest's matter, which comes later.
            let Some(found) = self.export.files.get(&sha256) else { continue };
            if (found.sha256, found.size_bytes) != (sha256, file.size_bytes) {
                return Err(Failure { place: Place::File { sha256, seq: Some(seq) }, fault: Fault::File });
            }
            if seq == header.seq {
                self.report.files += 1;
            }
        }
        match serde_json::from_value::<Act>(value) {
            Ok(act) => self.about(header, &act)?,
            Err(_) => *self.report.not_understood.entry(header.kind.clone()).or_default() += 1,
        }
        self.report.bodies += 1;
        Ok(())
    }

    /// What an act names is the entry that stands there, before it. One of another log is checked with that log's export.
    fn about(&self, header: &Header, act: &Act) -> Result<(), Failure> {
        if matches!(act, Act::Confirmed(act) if !act.is_bound()) {
            return Err(at_entry(header.seq, Fault::Content));
        }
        act.earlier().into_iter().try_for_each(|version| self.names(header, act, version))
    }

    fn names(&self, header: &Header, act: &Act, version: &EntryRef) -> Result<(), Failure> {
        if (version.device, version.log) != (header.device, header.log) {
            return Ok(());
        }
        let body = self.export.bodies.get(&version.seq);
        let named: Option<Act> = body.and_then(|body| serde_json::from_str(body).ok());
        let holds = version.seq < header.seq
            && self.hash(version.seq) == Some(version.hash)
            && named.is_none_or(|named| act.is_about(&named));
        if holds { Ok(()) } else { Err(at_entry(header.seq, Fault::About { seq: version.seq })) }
    }

    fn receipt(&mut self, tip: &Tip) -> Result<(), Failure> {
        let last = tip.last.as_ref().map_or(0, |(seq, _)| *seq);
        self.report.not_received = last;
        let Some(signed) = &self.export.receipt else { return Ok(()) };
        let failed = |fault| Failure { place: Place::Receipt, fault };
        if Some(&signed.key_id) != self.report.server_key.as_ref() {
            return Err(failed(Fault::Key { key_id: signed.key_id.clone() }));
        }
        let receipt: Receipt = statement(signed, self.trust).map_err(|error| failed(broken(error)))?;
        if (receipt.device, receipt.log) != (tip.device, tip.log) {
            return Err(failed(Fault::Log));
        }
        if receipt.seq > last {
            return Err(at_entry(last + 1, Fault::Missing));
        }
        if self.hash(receipt.seq) != Some(receipt.hash) {
            return Err(at_entry(receipt.seq, Fault::Hash { statement: Receipt::NAME }));
        }
        self.report.not_received = last - receipt.seq;
        self.report.received = Some(Received { seq: receipt.seq, server_time: receipt.server_time });
        Ok(())
    }

    /// The server's words for confirmations: all that the device named, each signed by the server, of this visit, and about the
    /// entries that stand here.
    fn confirmations(&mut self, manifest: &Manifest) -> Result<(), Failure> {
        let at = |sha256, fault| Failure { place: Place::Confirmation { sha256 }, fault };
        let there = &self.export.confirmations;
        if let Some(sha256) = manifest.confirmations.iter().find(|sha256| !there.contains_key(sha256)) {
            return Err(at(*sha256, Fault::Missing));
        }
        for (sha256, signed) in there {
            let failed = |fault| at(*sha256, fault);
            if !manifest.confirmations.contains(sha256) {
                return Err(failed(Fault::Unlisted));
            }
            if Hash::of(signed.text.as_bytes()) != *sha256 {
                return Err(failed(Fault::Hash { statement: Manifest::NAME }));
            }
            if Some(&signed.key_id) != self.report.server_key.as_ref() {
                return Err(failed(Fault::Key { key_id: signed.key_id.clone() }));
            }
            let confirmation: PortalConfirmation =
                statement(signed, self.trust).map_err(|error| failed(broken(error)))?;
            let is_of_visit = manifest.visit.is_none_or(|visit| visit == confirmation.visit);
            if !is_of_visit || !confirmation.is_bound() {
                return Err(failed(Fault::Content));
            }
            let mut own = confirmation.content.entries().filter(|one| {
                (one.device, one.log) == (manifest.device, manifest.log) && one.seq <= self.report.entries
            });
            if let Some(other) = own.find(|one| self.hash(one.seq) != Some(one.hash)) {
                return Err(failed(Fault::About { seq: other.seq }));
            }
            self.report.confirmations += 1;
        }
        Ok(())
    }

    fn hash(&self, seq: u64) -> Option<Hash> {
        let index = usize::try_from(seq.checked_sub(1)?).ok()?;
        self.export.headers.get(index).map(|header| Hash::of(header.as_bytes()))
    }

    /// The device's word for the export, if it is about this log and receipt.
    fn manifest(&self, origin: &Origin) -> Result<Manifest, Failure> {
        let failed = |fault| Failure { place: Place::Manifest, fault };
        let manifest: Manifest =
            self.export.manifest.verify(&origin.key).map_err(|error| failed(broken(error)))?;
        if manifest.v != EXPORT_VERSION {
            return Err(failed(Fault::Version { v: manifest.v }));
        }
        if (manifest.device, manifest.log) != (origin.tip.device, origin.tip.log) {
            return Err(failed(Fault::Log));
        }
        let receipt = self.export.receipt.as_ref().map(|receipt| Hash::of(receipt.text.as_bytes()));
        if receipt != manifest.receipt {
            let fault = match receipt {
                None => Fault::Missing,
                Some(_) => Fault::Hash { statement: Manifest::NAME },
            };
            return Err(Failure { place: Place::Receipt, fault });
        }
        Ok(manifest)
    }

    /// Nothing was left out and nothing was put in since the device exported it.
    fn all_is_there(&self, manifest: &Manifest) -> Result<(), Failure> {
        let last = self.report.entries;
        if last < manifest.last_seq {
            return Err(at_entry(last + 1, Fault::Missing));
        }
        if last > manifest.last_seq {
            return Err(at_entry(manifest.last_seq + 1, Fault::Unlisted));
        }
        if self.hash(last) != Some(manifest.last_hash) {
            return Err(at_entry(last, Fault::Hash { statement: Manifest::NAME }));
        }
        let whole = manifest.visit.is_none().then_some(1..=last).into_iter().flatten();
        let mut wanted = manifest.bodies.iter().copied().chain(whole);
        if let Some(seq) = wanted.find(|seq| !self.export.bodies.contains_key(seq)) {
            return Err(at_entry(seq, Fault::BodyMissing));
        }
        let unlisted = |seq: &&u64| **seq == 0 || **seq > last || manifest.bodies.binary_search(seq).is_err();
        if let Some(seq) = self.export.bodies.keys().find(unlisted) {
            return Err(at_entry(*seq, Fault::Unlisted));
        }
        let at_file = |sha256, seq, fault| Failure { place: Place::File { sha256, seq }, fault };
        for (sha256, seq) in &self.named {
            let is_absent = manifest.absent.contains(sha256);
            match (self.export.files.contains_key(sha256), is_absent) {
                (false, false) => return Err(at_file(*sha256, Some(*seq), Fault::Missing)),
                (true, true) => return Err(at_file(*sha256, Some(*seq), Fault::Unlisted)),
                _ => {}
            }
        }
        match self.export.files.keys().find(|sha256| !self.named.contains_key(sha256)) {
            Some(sha256) => Err(at_file(*sha256, None, Fault::Unlisted)),
            None => Ok(()),
        }
    }
}

fn at_entry(seq: u64, fault: Fault) -> Failure {
    Failure { place: Place::Entry { seq }, fault }
}

/// A server's statement: signed by the trusted key or, without one, at least of the right form.
fn statement<T: Statement>(signed: &Signed<T>, trust: Option<&PublicKey>) -> Result<T, TrustError> {
    match trust {
        Some(key) => signed.verify(key),
        None => signed.read_unverified(),
    }
}

fn broken(error: TrustError) -> Fault {
    match error {
        TrustError::Key(key_id) => Fault::Key { key_id },
        TrustError::Signature => Fault::Signature,
        other => Fault::form(other),
    }
}

fn unreadable(error: &EntryError) -> Fault {
    match error {
        EntryError::Unknown { v, .. } => Fault::Version { v: *v },
        other => Fault::form(other),
    }
}

/// The files that a body names, wherever they stand in it: so those of kinds that are not known yet are found too.
pub fn file_refs(value: &Value) -> Vec<FileRef> {
    let mut found = vec![];
    collect(value, &mut found);
    found
}

fn collect(value: &Value, found: &mut Vec<FileRef>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        Value::Object(members) => {
            match members.get("sha256").and_then(|_| FileRef::deserialize(value).ok()) {
                Some(file) => found.push(file),
                None => members.values().for_each(|item| collect(item, found)),
            }
        }
        _ => {}
    }
}
