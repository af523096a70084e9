//! What would be pointed out in a visit, with the words that a screen needs.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::form::Label;
use crate::plausible::Finding;

/// A finding, and what it is about in words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FindingLine {
    /// What was found.
    pub finding: Finding,
    /// What about.
    pub about: FindingSubject,
}

/// What a finding is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum FindingSubject {
    /// The visit itself.
    Visit,
    /// The visit, held against another of the technician's.
    OtherVisit {
        /// Where that was.
        point_name: String,
        /// And when it began.
        signed_in_at: DateTime<Utc>,
    },
    /// One of its records.
    Record {
        /// The form's title.
        title: Label,
        /// The factor of the instrument whose block it is.
        factor: Option<String>,
        /// The field; nothing for the record as a whole.
        field: Option<Label>,
        /// False while it can still be changed.
        is_signed: bool,
    },
    /// An instrument of the point.
    Instrument {
        /// What it measures.
        factor: String,
    },
}
