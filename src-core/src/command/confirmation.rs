//! What comes back about the discharger's confirmation of a visit.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::confirmation::{Answer, Content, Representative, Standing};
use crate::hash::Hash;
use crate::id::VisitId;
use crate::photo::SendState;

/// What the representative is shown, and where the confirmation stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConfirmationView {
    /// What is shown and signed.
    pub content: Content,
    /// Its hash: what the answer names.
    pub content_hash: Hash,
    /// Where it stands.
    pub line: ConfirmationLine,
    /// Who signed here last for this discharger.
    pub last: Option<Representative>,
}

/// Where the confirmation of a visit stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConfirmationLine {
    /// Its state and its day.
    pub standing: Standing,
    /// Minutes left of that day; below zero once it is over.
    pub left_minutes: i64,
    /// All answers, the newest first.
    pub given: Vec<GivenLine>,
}

/// An answer that was given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GivenLine {
    /// What was said.
    pub answer: Answer,
    /// By whom.
    pub by: Representative,
    /// When, by the best clock.
    pub at: DateTime<Utc>,
    /// True if that is proven.
    pub is_proven: bool,
    /// In the portal, not on a tablet.
    pub is_in_portal: bool,
    /// About what stands now.
    pub is_current: bool,
    /// How far it got.
    pub send: SendState,
}

/// A visit whose confirmation is awaited.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AwaitedLine {
    /// Which.
    pub visit: VisitId,
    /// Where it was.
    pub point_name: String,
    /// The discharger's name.
    pub discharger_name: String,
    /// Where it stands.
    pub standing: Standing,
    /// Minutes left of its day.
    pub left_minutes: i64,
}
