//! 排污单位确认: who still has to answer, what is shown to them, their answer, and the link by which others may give one.

mod answer;
mod link;

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::{Transaction, named_params};
use stackside_core::clock::shown_time;
use stackside_core::confirmation::{Answer, Line, RecordWords, State as Stands, left_minutes};
use stackside_core::id::VisitId;

use self::answer::Asked;
use super::{Frame, Language, failed, page, page_of};
use crate::App;
use crate::access::{PersonCaller, Role};
use crate::confirmation::{HeldVisit, Known};
use crate::route::{Access, Route};
use crate::store::StoreError;
use crate::words::Words;

/// So many lines at most: those that are awaited come first.
const MOST_LINES: u32 = 200;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, "/confirmations", Access::Person, get(list)),
        Route::new(Method::GET, "/confirmations/{id}", Access::Person, page_of(load)),
        Route::new(Method::POST, "/confirmations/{id}", Access::Person, post(answer::by_account)),
        Route::new(Method::POST, "/confirmations/{id}/link", Access::Person, post(link::make)),
        Route::new(Method::GET, "/confirm/{token}", Access::Public, get(link::show)),
        Route::new(Method::POST, "/confirm/{token}", Access::Public, post(link::answer)),
    ]
}

#[derive(Template)]
#[template(path = "confirmations.html")]
struct ListPage {
    frame: Frame,
    lines: Vec<ListLine>,
}

struct ListLine {
    visit: String,
    day: String,
    point: String,
    discharger: String,
    technician: String,
    tone: &'static str,
    state: &'static str,
    left: Option<String>,
    is_late: bool,
}

/// A visit as it is shown to whoever confirms.
struct Sheet {
    tone: &'static str,
    state: &'static str,
    left: Option<String>,
    hash: String,
    visit: Vec<Shown>,
    records: Vec<ShownRecord>,
    given: Vec<GivenLine>,
}

struct Shown {
    name: String,
    says: String,
}

struct ShownRecord {
    title: String,
    lines: Vec<Shown>,
}

struct GivenLine {
    answer: String,
    by: String,
    at: String,
    way: &'static str,
    is_old: bool,
}

#[derive(Template)]
#[template(path = "confirmation.html")]
struct SheetPage {
    frame: Frame,
    sheet: Sheet,
    /// Where the forms go.
    action: String,
    complaint: Option<&'static str>,
    /// What was typed so far, for those who may answer.
    asked: Option<Asked>,
    is_by_link: bool,
    may_link: bool,
}

async fn list(
    State(app): State<App>,
    Extension(caller): Extension<PersonCaller>,
    language: Language,
    headers: HeaderMap,
) -> Response {
    let (words, now) = (language.words, app.now());
    let frame = Frame::new(language, words.confirm().title, Some(&caller), "/confirmations");
    match app.store().read(move |tx| lines(tx, &caller, words, now)).await {
        Ok(lines) => page(StatusCode::OK, language, &ListPage { frame, lines }),
        Err(error) => failed(&error, &headers),
    }
}

fn lines(
    tx: &Transaction<'_>,
    caller: &PersonCaller,
    words: &'static Words,
    now: DateTime<Utc>,
) -> Result<Vec<ListLine>, StoreError> {
    let mut query = tx.prepare(&format!(
        "SELECT work.id, stands.day, stands.state, stands.is_late, COALESCE(point.row ->> '$.name', work.point),
             COALESCE(discharger.name, ''), COALESCE(person.name, work.technician)
         FROM confirmation_standing AS stands JOIN visit AS work ON work.id = stands.visit
         LEFT JOIN point ON point.id = work.point
         LEFT JOIN discharger ON discharger.id = point.discharger
         LEFT JOIN person ON person.id = work.technician AND person.operator = work.operator
         WHERE stands.state <> 'nothing' AND {}
             AND NOT EXISTS (SELECT 1 FROM void_visit WHERE void_visit.visit = work.id)
         ORDER BY stands.state = 'confirmed', stands.day DESC, work.signed_in_ms DESC LIMIT {MOST_LINES}",
        caller.visible()
    ))?;
    let rows = query.query_map(named_params! { ":organisation": caller.organisation }, |row| {
        let (day, state): (String, String) = (row.get(1)?, row.get(2)?);
        let (tone, word) = state_pill(words, &state);
        let is_awaited = state != Stands::Confirmed.name();
        let left = day.parse::<NaiveDate>().ok().filter(|_| is_awaited);
        Ok(ListLine {
            visit: row.get(0)?,
            left: left.map(|day| left_words(words, day, now)),
            day,
            tone,
            state: word,
            is_late: row.get(3)?,
            point: row.get(4)?,
            discharger: row.get(5)?,
            technician: row.get(6)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Where a confirmation stands, as tone and word.
pub(super) fn state_pill(words: &Words, state: &str) -> (&'static str, &'static str) {
    let words = words.confirm();
    match state {
        "confirmed" => ("ok", words.confirmed),
        "objected" => ("bad", words.objected),
        "outdated" => ("warn", words.outdated),
        "nothing" => ("warn", words.nothing),
        _ => ("warn", words.open),
    }
}

fn left_words(words: &Words, day: NaiveDate, now: DateTime<Utc>) -> String {
    match left_minutes(day, now) {
        ..0 => words.confirm().day_over.to_owned(),
        left => {
            let text = words.confirm().hours_left.replace("{h}", &(left / 60).to_string());
            text.replace("{m}", &(left % 60).to_string())
        }
    }
}

fn load(
    tx: &Transaction<'_>,
    app: &App,
    caller: &PersonCaller,
    language: Language,
    id: VisitId,
) -> Result<Option<SheetPage>, StoreError> {
    let Some(held) = visible(tx, caller, id)? else { return Ok(None) };
    let is_open = held.standing.state.is_awaited();
    let asked = (caller.role == Role::Discharger && is_open).then(Asked::default);
    Ok(Some(sheet_page(app, language, caller, id, &held, asked, None)))
}

fn sheet_page(
    app: &App,
    language: Language,
    caller: &PersonCaller,
    id: VisitId,
    held: &HeldVisit,
    asked: Option<Asked>,
    complaint: Option<&'static str>,
) -> SheetPage {
    let action = format!("/confirmations/{id}");
    SheetPage {
        frame: Frame::new(language, language.words.confirm().title, Some(caller), &action),
        sheet: Sheet::of(language.words, held, app.now()),
        action,
        complaint,
        asked,
        is_by_link: false,
        may_link: caller.role == Role::OperatorAdmin && held.standing.state.is_awaited(),
    }
}

/// The visit, if this person may see it and it counts.
fn visible(
    tx: &Transaction<'_>,
    caller: &PersonCaller,
    id: VisitId,
) -> Result<Option<HeldVisit>, StoreError> {
    let query = format!(
        "SELECT EXISTS (SELECT 1 FROM visit AS work LEFT JOIN point ON point.id = work.point
             WHERE work.id = :id AND {} AND NOT EXISTS (SELECT 1 FROM void_visit WHERE void_visit.visit = work.id))",
        caller.visible()
    );
    let values = named_params! { ":id": id.to_string(), ":organisation": caller.organisation };
    match tx.query_row(&query, values, |row| row.get(0))? {
        true => HeldVisit::read(tx, &id.to_string()),
        false => Ok(None),
    }
}

impl Sheet {
    fn of(words: &'static Words, held: &HeldVisit, now: DateTime<Utc>) -> Self {
        let shown = |line: &Line| Shown {
            name: words.pick(&line.name.zh, &line.name.en).to_owned(),
            says: words.pick(&line.says.zh, &line.says.en).to_owned(),
        };
        let record = |record: &RecordWords| ShownRecord {
            title: words.pick(&record.title.zh, &record.title.en).to_owned(),
            lines: record.lines.iter().map(shown).collect(),
        };
        let (tone, state) = state_pill(words, held.standing.state.name());
        let is_awaited = held.standing.state.is_awaited();
        Self {
            tone,
            state,
            left: is_awaited.then(|| left_words(words, held.standing.day, now)),
            hash: held.content.hash().map(|hash| hash.to_string()).unwrap_or_default(),
            visit: held.content.words.visit.iter().map(shown).collect(),
            records: held.content.words.records.iter().map(record).collect(),
            given: held.known.iter().rev().map(|known| given(words, held, known)).collect(),
        }
    }
}

fn given(words: &'static Words, held: &HeldVisit, known: &Known) -> GivenLine {
    let by = &known.by;
    let texts = words.confirm();
    GivenLine {
        answer: match &known.answer {
            Answer::Confirms => texts.confirmed.to_owned(),
            Answer::Objects { reason } => format!("{}{}{reason}", texts.objects, words.colon),
        },
        by: format!("{} · {} · {}", by.name, by.post, by.phone),
        at: shown_time(known.at.at),
        way: if known.is_in_portal { texts.in_portal } else { texts.on_tablet },
        is_old: !known.content.is_same_work(&held.content),
    }
}
