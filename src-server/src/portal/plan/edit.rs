//! Lines of the plan are added and removed; the tablets hear of it with their next contact.

use std::fmt::Write;

use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use rusqlite::Transaction;
use stackside_core::plan::PlanItem;
use stackside_core::register::Person;
use stackside_core::rulebook::Every;

use super::may_plan;
use crate::App;
use crate::access::{PersonCaller, is_same_origin};
use crate::portal::{failed, message, not_found};
use crate::register::{self, Table};
use crate::store::StoreError;

/// The longest interval that a plan may name, in its unit.
const MOST: u32 = 400;

/// What a page sent, names and values in order: a name may stand there more than once.
type Given = Result<Form<Vec<(String, String)>>, FormRejection>;

fn value<'a>(given: &'a [(String, String)], name: &str) -> &'a str {
    given.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
}

fn values<T: std::str::FromStr>(given: &[(String, String)], name: &str) -> Option<Vec<T>> {
    given.iter().filter(|(key, _)| key == name).map(|(_, value)| value.parse().ok()).collect()
}

/// A line of the plan as a page gave it; nothing if something is missing or cannot be.
fn item(given: &[(String, String)]) -> Option<PlanItem> {
    let count: u32 = value(given, "every").parse().ok().filter(|count| (1..=MOST).contains(count))?;
    let persons = values(given, "person").filter(|persons| !persons.is_empty())?;
    Some(PlanItem {
        id: format!("plan-{}", uuid::Uuid::now_v7()).parse().ok()?,
        point: value(given, "point").parse().ok()?,
        persons,
        instruments: values(given, "instrument")?,
        form: value(given, "form").parse().ok()?,
        every: if value(given, "unit") == "months" { Every::Months(count) } else { Every::Days(count) },
        from: value(given, "from").parse().ok()?,
    })
}

pub(super) async fn add(
    State(app): State<App>,
    Extension(caller): Extension<PersonCaller>,
    headers: HeaderMap,
    given: Given,
) -> Response {
    let given = match allowed(&caller, &headers, given) {
        Ok(given) => given,
        Err(refusal) => return *refusal,
    };
    let Some(item) = item(&given) else {
        return message(StatusCode::BAD_REQUEST, &headers, |words| words.plan_incomplete());
    };
    let point = item.point.to_string();
    let kept = app.store().write(move |tx| {
        if !fits(tx, &caller, &item)? {
            return Ok(false);
        }
        register::keep(tx, Table::Plan, item.id.as_str(), &serde_json::to_string(&item)?)?;
        register::announce(tx, &caller.organisation)?;
        Ok::<_, StoreError>(true)
    });
    answer(kept.await, &point, &headers)
}

pub(super) async fn remove(
    State(app): State<App>,
    Extension(caller): Extension<PersonCaller>,
    headers: HeaderMap,
    given: Given,
) -> Response {
    let given = match allowed(&caller, &headers, given) {
        Ok(given) => given,
        Err(refusal) => return *refusal,
    };
    let (line, point) = (value(&given, "line").to_owned(), value(&given, "point").to_owned());
    let at = point.clone();
    let gone = app.store().write(move |tx| {
        if !is_own(tx, &caller, &at)? {
            return Ok(false);
        }
        let held = register::row(tx, Table::Plan, &line)?;
        let held: Option<PlanItem> = held.map(|row| serde_json::from_str(&row)).transpose()?;
        if held.is_some_and(|held| held.point.as_str() == at) {
            register::remove(tx, Table::Plan, &line)?;
            register::announce(tx, &caller.organisation)?;
        }
        Ok::<_, StoreError>(true)
    });
    answer(gone.await, &point, &headers)
}

/// What was given, if the page is ours and the person plans.
fn allowed(
    caller: &PersonCaller,
    headers: &HeaderMap,
    given: Given,
) -> Result<Vec<(String, String)>, Box<Response>> {
    if !is_same_origin(headers) {
        return Err(Box::new(message(StatusCode::FORBIDDEN, headers, |words| words.wrong_origin)));
    }
    match (may_plan(caller.role), given) {
        (true, Ok(Form(given))) => Ok(given),
        (true, Err(_)) => {
            Err(Box::new(message(StatusCode::BAD_REQUEST, headers, |words| words.plan_incomplete())))
        }
        (false, _) => Err(Box::new(not_found(headers))),
    }
}

fn answer(done: Result<bool, StoreError>, point: &str, headers: &HeaderMap) -> Response {
    match done {
        Ok(true) => {
            let mut address = "/plan?point=".to_owned();
            for byte in point.bytes() {
                // A text takes whatever is written.
                let _ = write!(address, "%{byte:02X}");
            }
            Redirect::to(&address).into_response()
        }
        Ok(false) => not_found(headers),
        Err(error) => failed(&error, headers),
    }
}

fn is_own(tx: &Transaction<'_>, caller: &PersonCaller, point: &str) -> Result<bool, StoreError> {
    Ok(register::point(tx, point)?.is_some_and(|point| point.operator.as_str() == caller.organisation))
}

/// True if a line names only what is the operator's.
fn fits(tx: &Transaction<'_>, caller: &PersonCaller, item: &PlanItem) -> Result<bool, StoreError> {
    if !is_own(tx, caller, item.point.as_str())? {
        return Ok(false);
    }
    for person in &item.persons {
        let row = register::row(tx, Table::Person, person.as_str())?;
        let person: Option<Person> = row.map(|row| serde_json::from_str(&row)).transpose()?;
        if person.is_none_or(|person| person.operator.as_str() != caller.organisation) {
            return Ok(false);
        }
    }
    let here = register::instruments_of(tx, item.point.as_str())?;
    Ok(item.instruments.iter().all(|id| here.iter().any(|one| one.id == *id)))
}
