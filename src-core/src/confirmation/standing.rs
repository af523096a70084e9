//! Where the confirmation of a visit stands: open, given, objected to, or outdated; in time or late (V3: the same day).

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Answer, Content};
use crate::clock::{from_shanghai, shanghai_date};
use crate::proven::ProvenTime;

/// Where a confirmation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nothing is signed that could be confirmed.
    Nothing,
    /// Nobody answered yet.
    Open,
    /// The representative objects: it has to be corrected, and shown again.
    Objected,
    /// What was confirmed is no longer what stands: it has to be shown again.
    Outdated,
    /// Confirmed as it stands.
    Confirmed,
}

impl State {
    /// Its name in JSON and SQL.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Open => "open",
            Self::Objected => "objected",
            Self::Outdated => "outdated",
            Self::Confirmed => "confirmed",
        }
    }

    /// True if someone still has to answer.
    pub const fn is_awaited(self) -> bool {
        matches!(self, Self::Open | Self::Objected | Self::Outdated)
    }
}

/// An answer that was given.
#[derive(Debug, Clone)]
pub struct Given<'a> {
    /// What was shown.
    pub content: &'a Content,
    /// What was said.
    pub answer: &'a Answer,
    /// When.
    pub at: ProvenTime,
}

/// Where the confirmation of a visit stands, and until when it is to be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The state.
    pub state: State,
    /// The day on which it is to be given: the Shanghai date on which the visit's content last changed.
    pub day: NaiveDate,
    /// The answer that counts came after its day.
    pub is_late: bool,
}

/// Folds the answers that are known, in the order in which they were given. `last_change` is when the content that stands was last
/// changed: the visit's last signed record or a correction, which opens a day of its own; the sign-in as long as nothing is signed.
pub fn standing(now: &Content, last_change: ProvenTime, given: &[Given<'_>]) -> Standing {
    let day = shanghai_date(last_change.at);
    let of_now = given.iter().rfind(|one| one.content.is_same_work(now));
    let state = match (now.records.is_empty(), of_now, given.is_empty()) {
        (true, _, _) => State::Nothing,
        (false, Some(Given { answer: Answer::Confirms, .. }), _) => State::Confirmed,
        (false, Some(Given { answer: Answer::Objects { .. }, .. }), _) => State::Objected,
        (false, None, true) => State::Open,
        (false, None, false) => State::Outdated,
    };
    let is_late = of_now.is_some_and(|one| shanghai_date(one.at.at) > day);
    Standing { state, day, is_late }
}

/// Minutes that are left of a day in Asia/Shanghai; below zero once it is over.
pub fn left_minutes(day: NaiveDate, now: DateTime<Utc>) -> i64 {
    let next = day.checked_add_days(Days::new(1)).unwrap_or(day);
    (from_shanghai(next.and_time(NaiveTime::MIN)) - now).num_seconds().div_euclid(60)
}
