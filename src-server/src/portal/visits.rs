//! The visits of a day, and the records that were made at a desk.

use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use axum::routing::get;
use chrono::{Days, NaiveDate};
use rusqlite::{Transaction, named_params};
use serde::Deserialize;
use stackside_core::clock::shanghai_date;

use super::plates::may_print;
use super::record::Library;
use super::{Frame, Language, failed, page, presence_pill, shown_ms};
use crate::App;
use crate::access::PersonCaller;
use crate::route::{Access, Route};
use crate::store::StoreError;
use crate::words::Words;

pub(super) fn routes() -> Vec<Route> {
    vec![Route::new(Method::GET, "/visits", Access::Person, get(show))]
}

#[derive(Deserialize)]
struct Day {
    date: Option<String>,
}

#[derive(Template)]
#[template(path = "visits.html")]
struct VisitsPage {
    frame: Frame,
    date: NaiveDate,
    before: NaiveDate,
    after: NaiveDate,
    visits: Vec<Line>,
    desk_records: Vec<DeskLine>,
    /// True for those who put plates up.
    may_print: bool,
}

struct Line {
    id: String,
    time: String,
    point: String,
    discharger: String,
    technician: String,
    tone: &'static str,
    presence: &'static str,
    records: i64,
    photos: i64,
    missing: i64,
    is_void: bool,
}

struct DeskLine {
    id: String,
    time: String,
    title: String,
    point: String,
    discharger: String,
    technician: String,
    /// False for one of a visit that was not received.
    is_desk_work: bool,
    is_void: bool,
}

async fn show(
    State(app): State<App>,
    Extension(caller): Extension<PersonCaller>,
    language: Language,
    headers: HeaderMap,
    Query(Day { date }): Query<Day>,
) -> Response {
    let today = shanghai_date(app.now());
    let date: NaiveDate = date.and_then(|date| date.parse().ok()).unwrap_or(today);
    let words = language.words;
    let frame = Frame::new(language, words.visits, Some(&caller), &format!("/visits?date={date}"));
    let (from, may_print) = (app.clone(), may_print(caller.role));
    let read = app.store().read(move |tx| {
        let library = Library::open(&from, tx, words)?;
        let desk_records = desk_records(tx, &library, &caller, date)?;
        Ok((visits(tx, &caller, date, words)?, desk_records))
    });
    match read.await {
        Ok((visits, desk_records)) => {
            let before = date.checked_sub_days(Days::new(1)).unwrap_or(date);
            let after = date.checked_add_days(Days::new(1)).unwrap_or(date);
            page(
                StatusCode::OK,
                language,
                &VisitsPage { frame, date, before, after, visits, desk_records, may_print },
            )
        }
        Err(error) => failed(&error, &headers),
    }
}

/// Who made what where: of a visit, and of a record that belongs to none that is held.
const WHO: &str = "COALESCE(point.row ->> '$.name', work.point), COALESCE(discharger.name, ''),
    COALESCE(person.name, work.technician)";
const JOINS: &str = "LEFT JOIN point ON point.id = work.point
    LEFT JOIN discharger ON discharger.id = point.discharger
    LEFT JOIN person ON person.id = work.technician AND person.operator = work.operator";

fn visits(
    tx: &Transaction<'_>,
    caller: &PersonCaller,
    date: NaiveDate,
    words: &Words,
) -> Result<Vec<Line>, StoreError> {
    // Only files and records of the visit's own operator belong to it, whatever another's entries name.
    let photos = "FROM file_reference AS photo WHERE photo.visit = work.id AND photo.operator = work.operator
         AND photo.role IN ('photo', 'sign_in', 'record') AND photo.media_type <> 'application/pdf'";
    let mut query = tx.prepare(&format!(
        "SELECT {WHO}, work.id, work.signed_in_ms, work.signed_out_ms, work.presence,
             (SELECT COUNT(*) FROM record WHERE record.visit = work.id AND record.operator = work.operator),
             (SELECT COUNT(DISTINCT photo.sha256) {photos}),
             (SELECT COUNT(DISTINCT photo.sha256) {photos} AND NOT EXISTS (
                  SELECT 1 FROM file WHERE file.sha256 = photo.sha256 AND file.operator = photo.operator)),
             EXISTS (SELECT 1 FROM void_visit WHERE void_visit.visit = work.id)
         FROM visit AS work {JOINS}
         WHERE work.day = :day AND {} ORDER BY work.signed_in_ms, work.id",
        caller.visible()
    ))?;
    let rows = query.query_map(
        named_params! { ":day": date.to_string(), ":organisation": caller.organisation },
        |row| {
            let (tone, presence) = presence_pill(words, &row.get::<_, String>(6)?);
            let out: Option<i64> = row.get(5)?;
            let out = out.map_or_else(|| words.still_there.to_owned(), clock);
            Ok(Line {
                point: row.get(0)?,
                discharger: row.get(1)?,
                technician: row.get(2)?,
                id: row.get(3)?,
                time: format!("{} – {out}", clock(row.get(4)?)),
                tone,
                presence,
                records: row.get(7)?,
                photos: row.get(8)?,
                missing: row.get(9)?,
                is_void: row.get(10)?,
            })
        },
    )?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Records of desk work, and those whose visit was not received: nothing that came stays out of sight.
fn desk_records(
    tx: &Transaction<'_>,
    library: &Library,
    caller: &PersonCaller,
    date: NaiveDate,
) -> Result<Vec<DeskLine>, StoreError> {
    let mut query = tx.prepare(&format!(
        "SELECT {WHO}, work.id, work.signed_ms, work.form, work.form_version, work.visit IS NULL,
             EXISTS (SELECT 1 FROM void_record WHERE void_record.record = work.id)
         FROM record AS work {JOINS}
         WHERE work.day = :day AND {} AND NOT EXISTS (
             SELECT 1 FROM visit WHERE visit.id = work.visit AND visit.operator = work.operator)
         ORDER BY work.signed_ms, work.id",
        caller.visible()
    ))?;
    let rows = query.query_map(
        named_params! { ":day": date.to_string(), ":organisation": caller.organisation },
        |row| {
            Ok(DeskLine {
                point: row.get(0)?,
                discharger: row.get(1)?,
                technician: row.get(2)?,
                id: row.get(3)?,
                time: clock(row.get(4)?),
                title: library.title(&row.get::<_, String>(5)?, row.get(6)?),
                is_desk_work: row.get(7)?,
                is_void: row.get(8)?,
            })
        },
    )?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// `14:05` in Asia/Shanghai.
fn clock(ms: i64) -> String {
    shown_ms(ms).split(' ').nth(1).unwrap_or_default().to_owned()
}
