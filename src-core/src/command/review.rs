//! What comes back about reviews.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{RecordLine, StampLine};
use crate::form::AnswerKey;
use crate::review::{ReviewVerdict, Reviewer};

/// What a supervisor said of a version of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewLine {
    /// What came of it.
    pub verdict: ReviewVerdict,
    /// Who said it.
    pub reviewer: Reviewer,
    /// When.
    pub at: DateTime<Utc>,
    /// Of the record as a whole.
    pub general: Option<String>,
    /// Of single answers.
    pub comments: BTreeMap<AnswerKey, String>,
    /// The answer that was commented first, in the order of the form.
    pub first: Option<AnswerKey>,
    /// What was said against it.
    pub appeal: Option<AppealLine>,
    /// True if this person has to answer it, here.
    pub asks_me: bool,
}

/// Why a returned record stands as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppealLine {
    /// In the technician's words.
    pub reason: String,
    /// Who, when.
    pub stamp: StampLine,
}

/// A record that was returned to the person at the tablet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReturnedLine {
    /// The record.
    pub line: RecordLine,
    /// What was said. It cannot be answered here if it was signed on another tablet.
    pub review: ReviewLine,
}
