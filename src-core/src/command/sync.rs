//! What comes back about sync: what is where, and what is in the way.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::form::Label;
use crate::hash::Hash;
use crate::id::PhotoId;
use crate::photo::SendState;
use crate::review::ReviewState;
use crate::sync::SyncTrouble;

/// The sync line of every screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncLine {
    /// Entries not yet in a receipt.
    pub entries_waiting: u64,
    /// Files not yet held by the server.
    pub files_waiting: u64,
    /// Last contact with our server.
    pub last_contact: Option<DateTime<Utc>>,
    /// True while something is under way.
    pub running: bool,
    /// What is in the way.
    pub trouble: SyncTrouble,
}

/// What is where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SyncView {
    /// The sync line.
    pub line: SyncLine,
    /// Items not yet received, then the last received ones; at most 50.
    pub items: Vec<SyncItem>,
    /// Entries in receipts.
    pub entries_held: u64,
    /// Records that a supervisor accepted.
    pub accepted: u64,
    /// Records that wait for an answer to a review.
    pub returned: u64,
    /// Bytes of the photos on their way: sent so far.
    pub sent_bytes: u64,
    /// And in all.
    pub total_bytes: u64,
    /// Bytes that went out since the start of the day.
    pub sent_today_bytes: u64,
    /// And since the start of the month.
    pub sent_month_bytes: u64,
    /// Bytes a second that get through, while files go out.
    pub rate_bytes_s: Option<u64>,
    /// Seconds until all files are there, at that rate.
    pub left_s: Option<u64>,
    /// Photos wait for Wi-Fi.
    pub waits_for_wifi: bool,
}

/// One item on its way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SyncItem {
    /// What it is.
    pub what: SyncSubject,
    /// How far it got.
    pub send: SendState,
    /// When it was made.
    pub at: DateTime<Utc>,
    /// Bytes sent so far (files).
    pub sent_bytes: u64,
    /// Bytes in all.
    pub total_bytes: u64,
    /// The point's name, where it has one.
    pub point_name: Option<String>,
    /// When the server's receipt came.
    pub held_at: Option<DateTime<Utc>>,
    /// A photo's original gave way here, and the server lost it since.
    pub is_lost: bool,
    /// The file, where it is one.
    pub file: Option<Hash>,
    /// A person lets it wait.
    pub paused: bool,
    /// Why it was refused.
    pub reason: Option<FileTrouble>,
    /// Where the record stands, of the entry that signed its newest version.
    pub review: Option<ReviewState>,
}

/// Why a file does not get through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum FileTrouble {
    /// Its bytes are gone from this tablet, or fewer than they were.
    Gone,
    /// It is larger than the server takes.
    TooLarge,
    /// The server does not take it.
    Refused {
        /// Its reason.
        reason: String,
    },
}

/// What an item is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum SyncSubject {
    /// An entry of the log.
    Entry {
        /// Its number.
        seq: u64,
        /// Its kind, as in the header.
        kind: String,
        /// The record's title.
        title: Option<Label>,
    },
    /// A photo.
    Photo {
        /// Which; nothing if it is another tablet's.
        photo: Option<PhotoId>,
    },
    /// The strokes of a signature.
    Signature,
}
