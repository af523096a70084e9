//! What comes back about space on the tablet, and about handing over what could not be sent.

use serde::{Deserialize, Serialize};

use crate::storage::Storage;

/// What was handed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoverGiven {
    /// Where the sealed file lies.
    pub file: String,
    /// What opens it, beside the operator's recovery key. It is nowhere else.
    pub code: String,
    /// Entries in it.
    pub entries: u64,
    /// Photos, documents and signatures in it.
    pub files: u64,
    /// Its length.
    pub bytes: u64,
}

/// What was taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoverTaken {
    /// Entries that were not here yet.
    pub entries: u64,
    /// Photos, documents and signatures in it.
    pub files: u64,
}

/// How much space there is, and what takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorageView {
    /// What there is.
    pub storage: Storage,
    /// Originals on this tablet.
    pub here: FileCount,
    /// Of these, not yet held by the server: they stay in any case.
    pub unsent: FileCount,
    /// Sent originals that gave way; the server has them.
    pub gone: FileCount,
}

/// Files, and their bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileCount {
    /// How many.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}
