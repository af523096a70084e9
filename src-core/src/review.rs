//! 审核: what a supervisor says of one version of a record, field by field, and where the record stands after it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::act::{Appealed, EntryRef};
use crate::form::{AnswerKey, Form};
use crate::id::{RecordId, ReviewId};
use crate::record::{History, Stamp, Version};
use crate::trust::Statement;

/// The longest comment, in characters.
pub const LONGEST_COMMENT: usize = 500;

/// The server's word for what a person said of one version of a record. The newest one of a version counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Review {
    /// Always `review`.
    pub statement: String,
    /// Sorts by the time it was made at.
    pub id: ReviewId,
    /// The record.
    pub record: RecordId,
    /// Exactly the version that was seen.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub version: EntryRef,
    /// What came of it.
    pub verdict: ReviewVerdict,
    /// What is to be looked at again, by the answer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub comments: BTreeMap<AnswerKey, String>,
    /// What is said of the record as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub general: Option<String>,
    /// Who said it.
    pub reviewer: Reviewer,
    /// When, by the server's clock.
    pub at: DateTime<Utc>,
}

/// What came of a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReviewVerdict {
    /// 审核通过.
    Accepted,
    /// 退回.
    Returned,
}

/// Who reviewed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reviewer {
    /// As they log in.
    pub name: String,
    /// As what: `operator_admin`, `supervisor`, `regulator`.
    pub role: String,
}

impl Statement for Review {
    const NAME: &'static str = "review";
    fn name(&self) -> &str {
        &self.statement
    }
}

impl Review {
    /// The reviewer's words in one line, cut after `most` characters: the reason that a correction begins with.
    pub fn as_reason(&self, most: usize) -> String {
        let all: Vec<&str> = self.general.iter().chain(self.comments.values()).map(String::as_str).collect();
        // One line: what stands in its place may be typed on.
        let text = all.join("；").replace(|c: char| c.is_control(), " ");
        text.chars().take(most).collect()
    }

    /// The answer that was commented first, in the order of the form.
    pub fn first_comment(&self, form: &Form) -> Option<&AnswerKey> {
        self.comments.keys().min_by_key(|key| {
            let at = form.sections.iter().position(|section| section.id == key.section);
            let section = at.and_then(|at| form.sections.get(at));
            let place = section.and_then(|section| {
                let all = if key.line.is_some() { &section.columns } else { &section.fields };
                all.iter().position(|field| field.id == key.field)
            });
            // What the form does not know comes last.
            (at.unwrap_or(usize::MAX), &key.row, key.line, place.unwrap_or(usize::MAX))
        })
    }
}

/// Where a record stands with those who review it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewState {
    /// 未审核: nobody said anything of its newest version.
    #[default]
    NotReviewed,
    /// 已更正: it was returned, and there is a newer version since, which nobody looked at yet.
    Corrected,
    /// 已退回: it waits for whoever signed it.
    Returned,
    /// 已申诉: whoever signed it stands by it; it waits for the supervisor.
    Appealed,
    /// 已审核.
    Accepted,
}

impl ReviewState {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::NotReviewed, Self::Corrected, Self::Returned, Self::Appealed, Self::Accepted];

    /// As it is stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotReviewed => "not_reviewed",
            Self::Corrected => "corrected",
            Self::Returned => "returned",
            Self::Appealed => "appealed",
            Self::Accepted => "accepted",
        }
    }

    /// The state of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// Where a record stands, and by whose word.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Standing<'a> {
    /// Where it stands.
    pub state: ReviewState,
    /// The review that counts for its newest version.
    pub review: Option<&'a Review>,
    /// What was said against that review.
    pub appeal: Option<&'a (Stamp, Appealed)>,
}

impl<'a> Standing<'a> {
    /// Of a record with all that was said of it, in whatever order. What counts no more asks for nothing.
    pub fn of(history: &'a History, reviews: &'a [Review]) -> Self {
        if history.voided().is_some() {
            return Self::default();
        }
        let Some(review) = newest_of(history.newest(), reviews) else {
            let before = history.versions().rev().skip(1).find_map(|version| newest_of(version, reviews));
            let is_answer = before.is_some_and(|review| review.verdict == ReviewVerdict::Returned);
            let state = if is_answer { ReviewState::Corrected } else { ReviewState::NotReviewed };
            return Self { state, ..Self::default() };
        };
        let appeal = history.newest().appeals.iter().find(|(_, appeal)| appeal.review == review.id);
        let state = match (review.verdict, appeal) {
            (ReviewVerdict::Accepted, _) => ReviewState::Accepted,
            (ReviewVerdict::Returned, None) => ReviewState::Returned,
            (ReviewVerdict::Returned, Some(_)) => ReviewState::Appealed,
        };
        Self { state, review: Some(review), appeal }
    }
}

/// The last word on a version.
fn newest_of<'a>(version: &Version, reviews: &'a [Review]) -> Option<&'a Review> {
    let of_it = reviews.iter().filter(|review| review.version == version.stamp.entry);
    of_it.max_by_key(|review| review.id)
}
