//! The visits of a day.

use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use axum::routing::get;
use chrono::{Days, NaiveDate};
use rusqlite::named_params;
use serde::Deserialize;
use stackside_core::clock::shanghai_date;

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
    match app.store().read(move |tx| lines(tx, &caller, date, words)).await {
        Ok(visits) => {
            let before = date.checked_sub_days(Days::new(1)).unwrap_or(date);
            let after = date.checked_add_days(Days::new(1)).unwrap_or(date);
            page(StatusCode::OK, language, &VisitsPage { frame, date, before, after, visits })
        }
        Err(error) => failed(&error, &headers),
    }
}

fn lines(
    tx: &rusqlite::Transaction<'_>,
    caller: &PersonCaller,
    date: NaiveDate,
    words: &Words,
) -> Result<Vec<Line>, StoreError> {
    // Only files and records of the visit's own operator belong to it, whatever another's entries name.
    let mut query = tx.prepare(&format!(
        "SELECT visit.id, visit.signed_in_ms, visit.signed_out_ms,
             COALESCE(point.row ->> '$.name', visit.point), COALESCE(discharger.name, ''),
             COALESCE(person.name, visit.technician), visit.presence,
             (SELECT COUNT(*) FROM record WHERE record.visit = visit.id AND record.operator = visit.operator),
             (SELECT COUNT(DISTINCT photo.sha256) FROM file_reference AS photo
              WHERE photo.visit = visit.id AND photo.operator = visit.operator AND photo.role <> 'signature'),
             (SELECT COUNT(DISTINCT photo.sha256) FROM file_reference AS photo
              WHERE photo.visit = visit.id AND photo.operator = visit.operator AND photo.role <> 'signature'
                  AND NOT EXISTS (SELECT 1 FROM file
                                  WHERE file.sha256 = photo.sha256 AND file.operator = photo.operator))
         FROM visit
         LEFT JOIN point ON point.id = visit.point
         LEFT JOIN discharger ON discharger.id = point.discharger
         LEFT JOIN person ON person.id = visit.technician AND person.operator = visit.operator
         WHERE visit.day = :day AND {} ORDER BY visit.signed_in_ms, visit.id",
        caller.visible()
    ))?;
    let rows = query.query_map(
        named_params! { ":day": date.to_string(), ":organisation": caller.organisation },
        |row| {
            let (tone, presence) = presence_pill(words, &row.get::<_, String>(6)?);
            let out: Option<i64> = row.get(2)?;
            let clock = |ms: i64| shown_ms(ms).split(' ').nth(1).unwrap_or_default().to_owned();
            let out = out.map_or_else(|| words.still_there.to_owned(), clock);
            Ok(Line {
                id: row.get(0)?,
                time: format!("{} – {out}", clock(row.get(1)?)),
                point: row.get(3)?,
                discharger: row.get(4)?,
                technician: row.get(5)?,
                tone,
                presence,
                records: row.get(7)?,
                photos: row.get(8)?,
                missing: row.get(9)?,
            })
        },
    )?;
    Ok(rows.collect::<Result<_, _>>()?)
}
