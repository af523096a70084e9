//! The records that wait for a review, for an answer to one, or for a word on an appeal.

use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use axum::routing::get;
use chrono::NaiveDate;
use rusqlite::{Transaction, named_params};
use serde::Deserialize;
use stackside_core::review::ReviewState;

use super::record::Library;
use super::{Frame, Language, failed, page, shown_ms};
use crate::App;
use crate::access::PersonCaller;
use crate::route::{Access, Route};
use crate::store::{StoreError, integer};
use crate::words::ReviewWords;

const PAGE_ROWS: usize = 50;
/// What waits for somebody.
const OPEN: [ReviewState; 4] =
    [ReviewState::NotReviewed, ReviewState::Corrected, ReviewState::Returned, ReviewState::Appealed];

pub(super) fn routes() -> Vec<Route> {
    vec![Route::new(Method::GET, "/reviews", Access::Person, get(show))]
}

/// What is looked for; nothing of what is empty.
#[derive(Deserialize)]
#[serde(default)]
struct Filter {
    state: String,
    point: String,
    form: String,
    from: String,
    until: String,
    page: u32,
}

impl Default for Filter {
    fn default() -> Self {
        let nothing = String::new;
        Self {
            state: nothing(),
            point: nothing(),
            form: nothing(),
            from: nothing(),
            until: nothing(),
            page: 0,
        }
    }
}

impl Filter {
    fn states(&self) -> Vec<&'static str> {
        match ReviewState::named(&self.state) {
            Some(one) => vec![one.name()],
            None => OPEN.map(ReviewState::name).to_vec(),
        }
    }

    /// The address of a page of it.
    fn address(&self, page: u32) -> String {
        let Self { state, point, form, from, until, .. } = self;
        let point: String = point.bytes().map(encoded).collect();
        format!("/reviews?state={state}&point={point}&form={form}&from={from}&until={until}&page={page}")
    }
}

/// A byte as it may stand in an address.
fn encoded(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
}

#[derive(Template)]
#[template(path = "reviews.html")]
struct ReviewsPage {
    frame: Frame,
    rw: &'static ReviewWords,
    /// Value, word, and whether it is chosen.
    states: Vec<(String, String, bool)>,
    points: Vec<(String, String, bool)>,
    forms: Vec<(String, String, bool)>,
    filter: Filter,
    records: Vec<Line>,
    newer: Option<String>,
    older: Option<String>,
}

struct Line {
    id: String,
    time: String,
    title: String,
    point: String,
    discharger: String,
    technician: String,
    state: (&'static str, &'static str),
}

async fn show(
    State(app): State<App>,
    Extension(caller): Extension<PersonCaller>,
    language: Language,
    headers: HeaderMap,
    Query(filter): Query<Filter>,
) -> Response {
    let filter = Filter {
        // Nothing but what these can be goes into an address again.
        from: day(&filter.from),
        until: day(&filter.until),
        form: filter
            .form
            .parse()
            .map(|form: stackside_core::id::FormCode| form.to_string())
            .unwrap_or_default(),
        state: ReviewState::named(&filter.state).map(ReviewState::name).unwrap_or_default().to_owned(),
        ..filter
    };
    let from = app.clone();
    match app.store().read(move |tx| load(tx, &from, &caller, language, filter)).await {
        Ok(found) => page(StatusCode::OK, language, &found),
        Err(error) => failed(&error, &headers),
    }
}

fn day(text: &str) -> String {
    text.parse::<NaiveDate>().map(|day| day.to_string()).unwrap_or_default()
}

fn load(
    tx: &Transaction<'_>,
    app: &App,
    caller: &PersonCaller,
    language: Language,
    filter: Filter,
) -> Result<ReviewsPage, StoreError> {
    let (words, rw) = (language.words, language.words.of_review());
    let library = Library::open(app, tx, words)?;
    let mut records = if caller.may_review() { records(tx, &library, caller, &filter)? } else { vec![] };
    let has_more = records.len() > PAGE_ROWS;
    records.truncate(PAGE_ROWS);
    let states = ReviewState::ALL.map(|state| {
        (state.name().to_owned(), words.review_state(state).1.to_owned(), filter.state == state.name())
    });
    let points = points(tx, caller)?.into_iter();
    let mut forms: Vec<(String, String)> = vec![];
    for form in library.definitions.forms.iter().rev() {
        if forms.iter().all(|(code, _)| code != form.code.as_str()) {
            forms.push((form.code.to_string(), library.title(form.code.as_str(), form.version)));
        }
    }
    let forms = forms.into_iter().rev();
    Ok(ReviewsPage {
        frame: Frame::new(language, rw.reviews, Some(caller), &filter.address(filter.page)),
        rw,
        states: states.to_vec(),
        points: points.map(|(id, name)| (id.clone(), name, id == filter.point)).collect(),
        forms: forms.map(|(code, title)| (code.clone(), title, code == filter.form)).collect(),
        records,
        newer: filter.page.checked_sub(1).map(|page| filter.address(page)),
        older: has_more.then(|| filter.address(filter.page.saturating_add(1))),
        filter,
    })
}

fn records(
    tx: &Transaction<'_>,
    library: &Library,
    caller: &PersonCaller,
    filter: &Filter,
) -> Result<Vec<Line>, StoreError> {
    let mut query = tx.prepare(&format!(
        "SELECT work.id, work.signed_ms, work.form, work.form_version, work.review,
             COALESCE(point.row ->> '$.name', work.point), COALESCE(discharger.name, ''),
             COALESCE(person.name, work.technician)
         FROM record AS work LEFT JOIN point ON point.id = work.point
         LEFT JOIN discharger ON discharger.id = point.discharger
         LEFT JOIN person ON person.id = work.technician AND person.operator = work.operator
         WHERE work.review IN (SELECT value FROM json_each(:states)) AND {}
             AND (:point = '' OR work.point = :point) AND (:form = '' OR work.form = :form)
             AND (:from = '' OR work.day >= :from) AND (:until = '' OR work.day <= :until)
             AND NOT EXISTS (SELECT 1 FROM void_record WHERE void_record.record = work.id)
         ORDER BY work.signed_ms DESC, work.id DESC LIMIT :rows OFFSET :skip",
        caller.visible()
    ))?;
    let rows = query.query_map(
        named_params! {
            ":organisation": caller.organisation, ":states": serde_json::to_string(&filter.states())?,
            ":point": filter.point, ":form": filter.form, ":from": filter.from, ":until": filter.until,
            ":rows": integer(PAGE_ROWS as u64 + 1), ":skip": i64::from(filter.page) * integer(PAGE_ROWS as u64),
        },
        |row| {
            let state = ReviewState::named(&row.get::<_, String>(4)?).unwrap_or_default();
            Ok(Line {
                id: row.get(0)?,
                time: shown_ms(row.get(1)?),
                title: library.title(&row.get::<_, String>(2)?, row.get(3)?),
                state: library.words.review_state(state),
                point: row.get(5)?,
                discharger: row.get(6)?,
                technician: row.get(7)?,
            })
        },
    )?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The points with records that the person may review.
fn points(tx: &Transaction<'_>, caller: &PersonCaller) -> Result<Vec<(String, String)>, StoreError> {
    if !caller.may_review() {
        return Ok(vec![]);
    }
    let mut query = tx.prepare(&format!(
        "SELECT point.id, point.row ->> '$.name' FROM point
         WHERE EXISTS (SELECT 1 FROM record AS work WHERE work.point = point.id AND {}) ORDER BY 2, 1",
        caller.visible()
    ))?;
    let rows = query.query_map(named_params! { ":organisation": caller.organisation }, |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
