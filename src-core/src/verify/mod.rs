//! Judges an export without its server (design.md §4): chain, certificate, signatures, receipt, bodies, files. Names the
//! first thing that does not hold.

mod walk;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::evidence::PublicKey;
use crate::export::Export;
use crate::hash::Hash;
use crate::id::{DeviceId, LogId, OperatorId, VisitId};

pub use walk::file_refs;

/// What an export is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// All of it holds under the trusted server key.
    Trusted,
    /// As `Trusted`, but the last entries are not yet received by a server.
    NotReceived,
    /// It is consistent in itself; without a trusted key nobody knows whose it is.
    SignerUnknown,
    /// Something does not hold.
    Broken,
}

/// Where something does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "part", rename_all = "snake_case")]
pub enum Place {
    /// The archive around the items.
    Archive {
        /// The item at which it shows.
        item: Option<String>,
    },
    /// The device's word for the export.
    Manifest,
    /// The server's receipt.
    Receipt,
    /// An entry, counted from 1 as it should stand.
    Entry {
        /// Its number.
        seq: u64,
    },
    /// The server's word for a confirmation in the portal.
    Confirmation {
        /// The hash that it is named by.
        sha256: Hash,
    },
    /// A photo's original or a signature's strokes.
    File {
        /// The hash that it is named by.
        sha256: Hash,
        /// The entry that names it first.
        seq: Option<u64>,
    },
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Archive { item: None } => f.write_str("the archive"),
            Self::Archive { item: Some(item) } => write!(f, "the archive at `{item}`"),
            Self::Manifest => f.write_str("the manifest"),
            Self::Receipt => f.write_str("the receipt"),
            Self::Entry { seq } => write!(f, "entry {seq}"),
            Self::Confirmation { sha256 } => write!(f, "confirmation {sha256}"),
            Self::File { sha256, seq: Some(seq) } => write!(f, "entry {seq}, file {sha256}"),
            Self::File { sha256, seq: None } => write!(f, "file {sha256}"),
        }
    }
}

/// What does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Fault {
    /// Bytes that the one canonical layout does not have there.
    #[error("not in the canonical layout: {what}")]
    Layout {
        /// Which.
        what: String,
    },
    /// The archive's checksum is of other bytes.
    #[error("the bytes are not those of the checksum")]
    Checksum,
    /// Not canonical JSON of the right shape.
    #[error("{what}")]
    Form {
        /// What is wrong with it.
        what: String,
    },
    /// A version that this program does not know.
    #[error("version {v} is not known: use a newer program")]
    Version {
        /// The version.
        v: u32,
    },
    /// It is not there.
    #[error("is missing")]
    Missing,
    /// It is there, and the device's word does not name it.
    #[error("is not part of what the device exported")]
    Unlisted,
    /// It does not follow the entry before.
    #[error("does not follow the entry before")]
    Chain,
    /// The signature does not hold.
    #[error("the signature does not hold")]
    Signature,
    /// Signed by another key than the expected one.
    #[error("signed by the key {key_id}, which is not the expected one")]
    Key {
        /// That key's id.
        key_id: String,
    },
    /// The first entry names no certificate for its device's key.
    #[error("the certificate does not hold: {what}")]
    Certificate {
        /// Why.
        what: String,
    },
    /// The body is not the signed one.
    #[error("the body is not the signed one")]
    Body,
    /// The body is not there.
    #[error("the body is missing")]
    BodyMissing,
    /// Header and body name two kinds of acts.
    #[error("header and body are of different kinds")]
    Kind,
    /// The bytes or the length are not those that the entry names.
    #[error("is not the file that the entry names")]
    File,
    /// Of another device or log.
    #[error("is for another device or log")]
    Log,
    /// A correction, countersignature or void names an entry that is not the one here, or not what it is about.
    #[error("names entry {seq} as what it is about, and that is another one")]
    About {
        /// The number that it names.
        seq: u64,
    },
    /// A confirmation is not bound to the content that it shows.
    #[error("is not bound to the content that it shows")]
    Content,
    /// The statement names another hash than the one here.
    #[error("is not the one that the {statement} names")]
    Hash {
        /// Receipt or manifest.
        statement: &'static str,
    },
}

impl Fault {
    /// Something of the wrong form.
    pub fn form(what: impl std::fmt::Display) -> Self {
        Self::Form { what: what.to_string() }
    }
}

/// The first thing that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{place}: {fault}")]
pub struct Failure {
    /// Where.
    pub place: Place,
    /// What.
    pub fault: Fault,
}

/// The server's word for a part of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Received {
    /// Up to this entry.
    pub seq: u64,
    /// By the server's clock.
    pub server_time: DateTime<Utc>,
}

/// What an export holds and what it is worth. When something does not hold, the counts tell how far it did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// What it is worth.
    pub verdict: Verdict,
    /// The first thing that does not hold.
    pub failure: Option<Failure>,
    /// The device.
    pub device: Option<DeviceId>,
    /// Whose device it is.
    pub operator: Option<OperatorId>,
    /// The log.
    pub log: Option<LogId>,
    /// The visit; nothing for a whole log.
    pub visit: Option<VisitId>,
    /// The id of the server key that signed the certificate.
    pub server_key: Option<String>,
    /// Entries whose headers and signatures hold.
    pub entries: u64,
    /// Bodies that hold.
    pub bodies: u64,
    /// Files that hold.
    pub files: u64,
    /// Confirmations in the portal that hold.
    pub confirmations: u64,
    /// How far a server received the log.
    pub received: Option<Received>,
    /// Entries after that.
    pub not_received: u64,
    /// Bodies that this program does not understand, counted by kind: they are authentic, and nothing is made of them.
    pub not_understood: BTreeMap<String, u64>,
    /// Entries whose own clock is past the certificate's end.
    pub after_validity: u64,
    /// Files that the device no longer held.
    pub absent: Vec<Hash>,
    /// Further logs that the visit has entries in.
    pub also_in: Vec<LogId>,
}

impl Report {
    /// Nothing is known yet.
    fn new() -> Self {
        Self {
            verdict: Verdict::Broken,
            failure: None,
            device: None,
            operator: None,
            log: None,
            visit: None,
            server_key: None,
            entries: 0,
            bodies: 0,
            files: 0,
            confirmations: 0,
            received: None,
            not_received: 0,
            not_understood: BTreeMap::new(),
            after_validity: 0,
            absent: vec![],
            also_in: vec![],
        }
    }

    /// The report on something that could not even be read.
    pub fn broken(failure: Failure) -> Self {
        Self { failure: Some(failure), ..Self::new() }
    }
}

/// Judges an export. With `trust`, the certificate and the receipt have to be signed by that server key; without it the
/// best verdict is [`Verdict::SignerUnknown`], and the server's signatures are not checked.
pub fn verify(export: &Export, trust: Option<&PublicKey>) -> Report {
    let mut walk = walk::Walk::new(export, trust);
    let walked = walk.run();
    let mut report = walk.report;
    match walked {
        Err(failure) => report.failure = Some(failure),
        Ok(()) if trust.is_none() => report.verdict = Verdict::SignerUnknown,
        Ok(()) if report.not_received > 0 => report.verdict = Verdict::NotReceived,
        Ok(()) => report.verdict = Verdict::Trusted,
    }
    report
}
