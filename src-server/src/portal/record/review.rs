//! 审核 on a record's page: what was said of it, and the form in which a reviewer accepts or returns it.

use std::collections::BTreeMap;

use axum::Extension;
use axum::extract::rejection::{FormRejection, PathRejection};
use axum::extract::{Form, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use rusqlite::Transaction;
use stackside_core::clock::shown_time;
use stackside_core::form::AnswerKey;
use stackside_core::id::{RecordId, ReviewId};
use stackside_core::record::{History, Version};
use stackside_core::review::{LONGEST_COMMENT, Review, ReviewVerdict, Reviewer, Standing};
use stackside_core::trust::{Signed, Statement};

use super::{Library, stamp_line, visible};
use crate::App;
use crate::access::{PersonCaller, is_same_origin};
use crate::history::HeldRecord;
use crate::portal::{failed, message, not_found};
use crate::review;
use crate::store::StoreError;
use crate::words::{Words, ZH};

/// What a comment's field is called: this, and the answer's key.
const AT: &str = "at:";

/// What somebody said of a version.
pub(super) struct Said {
    pub(super) verdict: (&'static str, &'static str),
    /// Who, as what, when.
    pub(super) line: String,
    pub(super) general: Option<String>,
    /// What was said against it: the reason; who and when.
    pub(super) appeals: Vec<(String, String)>,
}

/// What a reviewer's form has to bring back, to tell that nothing changed since the page was opened.
pub(super) struct Asked {
    pub(super) version: String,
    pub(super) seen: String,
}

impl Asked {
    /// Of a record in its newest version; nothing for who may not review it, and for what counts no more.
    pub(super) fn of(caller: &PersonCaller, history: &History, reviews: &[Review]) -> Option<Self> {
        (caller.may_review() && history.voided().is_none()).then(|| Self::seen_in(history, reviews))
    }

    fn seen_in(history: &History, reviews: &[Review]) -> Self {
        let seen = reviews.last().map(|review| review.id.to_string()).unwrap_or_default();
        Self { version: history.newest().stamp.entry.hash.to_string(), seen }
    }
}

/// All that was said of a version, oldest first.
pub(super) fn said(
    tx: &Transaction<'_>,
    words: &'static Words,
    operator: &str,
    version: &Version,
    reviews: &[Review],
) -> Result<Vec<Said>, StoreError> {
    let mut all = vec![];
    for review in reviews.iter().filter(|review| review.version == version.stamp.entry) {
        let Reviewer { name, role } = &review.reviewer;
        let mut appeals = vec![];
        for (stamp, appeal) in version.appeals.iter().filter(|(_, appeal)| appeal.review == review.id) {
            appeals.push((appeal.reason.clone(), stamp_line(tx, words, operator, stamp)?));
        }
        all.push(Said {
            verdict: words.review_verdict(review.verdict),
            line: format!("{name} · {} · {}", words.role(role), shown_time(review.at)),
            general: review.general.clone(),
            appeals,
        });
    }
    Ok(all)
}

/// What the last word on the newest version says of single answers.
pub(super) fn comments(history: &History, reviews: &[Review]) -> BTreeMap<AnswerKey, String> {
    Standing::of(history, reviews).review.map(|review| review.comments.clone()).unwrap_or_default()
}

/// What a reviewer sent.
struct Given {
    version: String,
    seen: String,
    verdict: ReviewVerdict,
    general: Option<String>,
    comments: BTreeMap<AnswerKey, String>,
}

/// Why nothing was written.
enum Refusal {
    NotFound,
    Stale,
    Empty,
    TooLong,
    Store(StoreError),
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Given {
    fn read(fields: Vec<(String, String)>) -> Result<Self, Refusal> {
        let text = |name: &str| {
            let found = fields.iter().find(|(key, _)| key == name);
            found.map(|(_, text)| text.trim().to_owned()).unwrap_or_default()
        };
        let verdict = match text("verdict").as_str() {
            "accepted" => ReviewVerdict::Accepted,
            "returned" => ReviewVerdict::Returned,
            _ => return Err(Refusal::NotFound),
        };
        let mut comments = BTreeMap::new();
        for (name, comment) in &fields {
            let comment = comment.trim();
            if let (Some(key), false) = (name.strip_prefix(AT), comment.is_empty()) {
                comments.insert(key.parse().map_err(|_| Refusal::TooLong)?, comment.to_owned());
            }
        }
        let general = Some(text("general")).filter(|general| !general.is_empty());
        let is_long = |comment: &String| comment.chars().count() > LONGEST_COMMENT;
        if comments.values().chain(&general).any(is_long) {
            return Err(Refusal::TooLong);
        }
        if verdict == ReviewVerdict::Returned && general.is_none() && comments.is_empty() {
            return Err(Refusal::Empty);
        }
        Ok(Self { version: text("version"), seen: text("seen"), verdict, general, comments })
    }

    /// True if this very thing was said last: the same form, sent twice.
    fn is_said(&self, caller: &PersonCaller, last: Option<&Review>) -> bool {
        last.is_some_and(|last| {
            last.version.hash.to_string() == self.version
                && last.reviewer.name == caller.login
                && (last.verdict, &last.general, &last.comments)
                    == (self.verdict, &self.general, &self.comments)
        })
    }
}

/// Accepts or returns the newest version of a record.
pub(super) async fn review(
    State(app): State<App>,
    Extension(caller): Extension<PersonCaller>,
    headers: HeaderMap,
    id: Result<Path<RecordId>, PathRejection>,
    form: Result<Form<Vec<(String, String)>>, FormRejection>,
) -> Response {
    if !is_same_origin(&headers) {
        return message(StatusCode::FORBIDDEN, &headers, |words| words.wrong_origin);
    }
    let (Ok(Path(id)), Ok(Form(fields)), true) = (id, form, caller.may_review()) else {
        return not_found(&headers);
    };
    let work = match Given::read(fields) {
        Ok(given) => {
            let from = app.clone();
            app.store().write(move |tx| take(tx, &from, &caller, id, given)).await
        }
        Err(refusal) => Err(refusal),
    };
    let say = |status, text| message(status, &headers, text);
    match work {
        Ok(()) => Redirect::to(&format!("/records/{id}")).into_response(),
        Err(Refusal::NotFound) => not_found(&headers),
        Err(Refusal::Stale) => say(StatusCode::CONFLICT, |words| words.of_review().stale),
        Err(Refusal::Empty) => say(StatusCode::BAD_REQUEST, |words| words.of_review().empty),
        Err(Refusal::TooLong) => say(StatusCode::BAD_REQUEST, |words| words.of_review().too_long),
        Err(Refusal::Store(error)) => failed(&error, &headers),
    }
}

fn take(
    tx: &Transaction<'_>,
    app: &App,
    caller: &PersonCaller,
    id: RecordId,
    given: Given,
) -> Result<(), Refusal> {
    let drawn = visible(tx, caller, id)?.ok_or(Refusal::NotFound)?;
    let history = HeldRecord::read(tx, &drawn.id)?.and_then(|held| held.history());
    let history = history.ok_or(Refusal::NotFound)?;
    let reviews = review::of_record(tx, &drawn.id)?;
    if given.is_said(caller, reviews.last()) {
        return Ok(());
    }
    let now = Asked::seen_in(&history, &reviews);
    if history.voided().is_some() || (now.version, now.seen) != (given.version, given.seen) {
        return Err(Refusal::Stale);
    }
    let content = &history.newest().content;
    let library = Library::open(app, tx, &ZH)?;
    let form = library.form(content.form.as_str(), content.form_version);
    let is_known = |key: &AnswerKey| {
        content.answers.0.contains_key(key) || form.is_some_and(|form| form.field_of(key).is_some())
    };
    if !given.comments.keys().all(is_known) {
        return Err(Refusal::TooLong);
    }
    let review = Review {
        statement: Review::NAME.to_owned(),
        id: ReviewId::new(uuid::Uuid::now_v7()),
        record: id,
        version: history.newest().stamp.entry.clone(),
        verdict: given.verdict,
        comments: given.comments,
        general: given.general,
        reviewer: Reviewer { name: caller.login.clone(), role: caller.role.as_str().to_owned() },
        at: app.now(),
    };
    let signed = Signed::make(&review, app.public_key(), app.key()).map_err(StoreError::odd)?;
    review::keep(tx, &review, &signed, &history, &drawn.operator)?;
    tracing::info!(record = %id, verdict = ?review.verdict, "a record was reviewed");
    Ok(())
}
