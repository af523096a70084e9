//! What comes back about a record's versions.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{RecordLine, ReviewLine};
use crate::act::EntryRef;
use crate::form::{Answers, Difference, Form, Label};
use crate::id::RecordId;
use crate::judge::Outcome;
use crate::photo::SendState;
use crate::record::Role;
use crate::register::Instrument;
use crate::review::ReviewState;

/// What was done with a record after it was signed, for lists. A draft has version 1 of 0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks {
    /// Which version this is, from 1.
    pub version: u32,
    /// How many signed ones there are.
    pub versions: u32,
    /// A second person signed this version.
    pub is_countersigned: bool,
    /// It counts no more.
    pub is_void: bool,
    /// The person's draft of a correction.
    pub correction: Option<RecordId>,
    /// Where it stands with its reviewers; of the newest version only.
    pub review: ReviewState,
}

impl Marks {
    /// Of a draft that is no correction.
    pub fn of_draft() -> Self {
        Self {
            version: 1,
            versions: 0,
            is_countersigned: false,
            is_void: false,
            correction: None,
            review: ReviewState::NotReviewed,
        }
    }
}

/// What a draft is that corrects a signed record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Correction {
    /// The record.
    pub of: RecordId,
    /// Why, as far as it is written.
    pub reason: String,
    /// The answers of the version that it starts from.
    pub signed: Answers,
}

/// Who did something when, and whether that has arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StampLine {
    /// When, by the best clock.
    pub at: DateTime<Utc>,
    /// True if that is the satellites' time.
    pub is_proven: bool,
    /// Who was at the tablet.
    pub person_name: String,
    /// The entry of the evidence log.
    pub entry: EntryRef,
    /// How far it got.
    pub send: SendState,
}

/// One signed version of a record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VersionLine {
    /// Its number, from 1.
    pub number: u32,
    /// Who signed it when.
    pub stamp: StampLine,
    /// Why the one before was corrected.
    pub reason: Option<String>,
    /// The worst verdict in it.
    pub verdict: Option<Outcome>,
    /// What it says differently from the one before.
    pub differences: Vec<Difference>,
    /// Photos that it has and the one before had not.
    pub photos_added: u32,
    /// Who signed it besides.
    pub countersignatures: Vec<CountersignatureLine>,
    /// What reviewers said of it, oldest first.
    pub reviews: Vec<ReviewLine>,
}

/// A second signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountersignatureLine {
    /// As what.
    pub role: Label,
    /// Who signed, as written.
    pub name: String,
    /// True if they were at the tablet by their own PIN.
    pub is_by_pin: bool,
    /// When, and at whose tablet.
    pub stamp: StampLine,
}

/// Who voided a record or a visit, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoidLine {
    /// Who, when.
    pub stamp: StampLine,
    /// Why.
    pub reason: String,
    /// True if the whole visit is void.
    pub is_of_visit: bool,
}

/// A signed record with its versions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HistoryView {
    /// Its line in lists.
    pub line: RecordLine,
    /// Its form, for the words of the differences; nothing if this app does not know it.
    pub form: Option<Form>,
    /// The point's instruments, for the names of blocks.
    pub instruments: Vec<Instrument>,
    /// All versions, the newest first.
    pub versions: Vec<VersionLine>,
    /// Set once it counts no more.
    pub voided: Option<VoidLine>,
    /// True if this person can correct and void it here: whoever signed it, on the tablet that it was signed on.
    pub is_own: bool,
    /// As what a second person can sign the newest version now.
    pub roles: Vec<Role>,
    /// Names of the operator's people.
    pub people: Vec<String>,
    /// Who is at the tablet.
    pub me: String,
}
