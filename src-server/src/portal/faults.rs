//! Faults: the open ones first, with their deadlines; and one with all its steps.

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use axum::routing::get;
use chrono::{DateTime, Utc};
use rusqlite::{Transaction, named_params};
use stackside_core::clock::shown_time;
use stackside_core::definition::Definitions;
use stackside_core::fault::{ClockState, Fault, FaultClock, Noted, Step, StepKind};
use stackside_core::id::FaultId;
use stackside_core::register::Medium;

use super::kept::{self, Evidence};
use super::{Frame, Language, failed, page, page_of};
use crate::access::PersonCaller;
use crate::route::{Access, Route};
use crate::store::{StoreError, integer};
use crate::words::Words;
use crate::{App, faults, register};

/// The most faults of the list.
const MOST: usize = 200;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, "/faults", Access::Person, get(list)),
        Route::new(Method::GET, "/faults/{id}", Access::Person, page_of(load)),
    ]
}

#[derive(Template)]
#[template(path = "faults.html")]
struct FaultsPage {
    frame: Frame,
    faults: Vec<Line>,
}

#[derive(Template)]
#[template(path = "fault.html")]
struct FaultPage {
    frame: Frame,
    line: Line,
    steps: Vec<StepLine>,
}

struct Line {
    id: String,
    point: String,
    discharger: String,
    noticed: String,
    part: &'static str,
    words: String,
    is_open: bool,
    is_withdrawn: bool,
    next: Vec<&'static str>,
    clocks: Vec<Clock>,
}

struct Clock {
    event: &'static str,
    tone: &'static str,
    state: &'static str,
    /// Until when; of one that runs, how long that still is.
    text: String,
    clause: String,
    to_be_checked: bool,
    /// Intervals of manual monitoring that were missed before.
    missed: u32,
}

struct StepLine {
    at: String,
    kind: &'static str,
    words: String,
    technician: String,
    noted: String,
    record: Option<String>,
    stands: bool,
    evidence: Option<Evidence>,
}

/// A fault that a person may see.
struct Held {
    fault: Fault,
    operator: String,
    point: String,
    discharger: String,
}

/// All that a page of faults is drawn with.
struct Context<'c> {
    tx: &'c Transaction<'c>,
    definitions: &'c Definitions,
    words: &'static Words,
    now: DateTime<Utc>,
}

fn held(tx: &Transaction<'_>, caller: &PersonCaller, id: Option<FaultId>) -> Result<Vec<Held>, StoreError> {
    let mut query = tx.prepare(&format!(
        "SELECT work.id, work.operator, work.point, COALESCE(point.row ->> '$.name', work.point),
             COALESCE(discharger.name, '') FROM fault AS work
         LEFT JOIN point ON point.id = work.point LEFT JOIN discharger ON discharger.id = point.discharger
         WHERE (:id IS NULL OR work.id = :id) AND {} ORDER BY work.is_ended, work.newest DESC LIMIT {MOST}",
        caller.visible()
    ))?;
    let values = named_params! { ":id": id.map(|id| id.to_string()), ":organisation": caller.organisation };
    let rows = query.query_map(values, |row| {
        Ok((row.get::<_, String>(0)?, row.get(1)?, row.get::<_, String>(2)?, row.get(3)?, row.get(4)?))
    })?;
    let mut found = vec![];
    for row in rows {
        let (id, operator, point_id, point, discharger): (String, String, String, String, String) = row?;
        let entries = faults::entries(tx, (&id, &operator, &point_id))?;
        let fault = id.parse().ok().and_then(|id| Fault::of(id, &entries));
        found.extend(fault.map(|fault| Held { fault, operator, point, discharger }));
    }
    Ok(found)
}

impl Context<'_> {
    fn line(&self, held: &Held) -> Result<Line, StoreError> {
        let (fault, words) = (&held.fault, self.words);
        let point = register::point(self.tx, fault.point.as_str())?;
        let rules = fault.rules(&self.definitions.rulebooks, point.as_ref());
        let medium = point.map_or(Medium::Gas, |point| point.medium);
        let clocks = fault.clocks(&rules, medium, self.now);
        let noticed = fault.standing(StepKind::Noticed).next();
        let asks = fault.asks(&rules);
        Ok(Line {
            id: fault.id.to_string(),
            point: held.point.clone(),
            discharger: held.discharger.clone(),
            noticed: noticed.map(|one| shown_time(one.step.at)).unwrap_or_default(),
            part: fault.part().map_or("", |part| words.fault_part(part)),
            words: noticed.map(|one| one.step.words.clone()).unwrap_or_default(),
            is_open: !asks.is_empty(),
            is_withdrawn: fault.withdrawn().is_some(),
            next: asks.into_iter().map(|kind| words.fault_step(kind)).collect(),
            clocks: clocks.into_iter().map(|clock| self.clock(clock)).collect(),
        })
    }

    fn clock(&self, clock: FaultClock) -> Clock {
        let (words, state) = (self.words, clock.state(self.now));
        let (tone, word) = words.fault_clock(state);
        let text = match (clock.done, state) {
            (Some(done), _) => format!("{} / {}", shown_time(done), shown_time(clock.end)),
            (None, ClockState::Met | ClockState::Running | ClockState::Missed) => {
                format!("{} · {}", shown_time(clock.end), words.fault_left(clock.left(self.now)))
            }
        };
        Clock {
            event: words.fault_event(clock.event),
            tone,
            state: word,
            text,
            clause: words.pick(&clock.clause.zh, &clock.clause.en).to_owned(),
            to_be_checked: clock.to_be_checked,
            missed: clock.missed,
        }
    }

    fn step(&self, held: &Held, one: &Noted) -> Result<StepLine, StoreError> {
        let (words, entry) = (self.words, &one.stamp.entry);
        let kind = match &one.step.step {
            Step::Changed { change } => words.fault_change(*change),
            other => words.fault_step(other.kind()),
        };
        let place = (&*entry.device.to_string(), &*entry.log.to_string());
        let technician = self.tx.query_row(
            "SELECT COALESCE((SELECT name FROM person WHERE id = :id AND operator = :operator), :id)",
            named_params! { ":id": one.step.technician.as_str(), ":operator": held.operator },
            |row| row.get(0),
        )?;
        Ok(StepLine {
            at: shown_time(one.step.at),
            kind,
            words: one.step.words.clone(),
            technician,
            noted: shown_time(one.stamp.at),
            record: one.step.record.map(|record| record.to_string()),
            stands: one.stands,
            evidence: kept::evidence(self.tx, place, integer(entry.seq))?,
        })
    }
}

async fn list(
    State(app): State<App>,
    Extension(caller): Extension<PersonCaller>,
    language: Language,
    headers: HeaderMap,
) -> Response {
    let words = language.words;
    let frame = Frame::new(language, words.faults(), Some(&caller), "/faults");
    let (from, now) = (app.clone(), app.now());
    let read = app.store().read(move |tx| {
        let definitions = from.shelf().all(tx)?;
        let context = Context { tx, definitions: &definitions, words, now };
        let lines =
            held(tx, &caller, None)?.iter().map(|held| context.line(held)).collect::<Result<Vec<_>, _>>()?;
        let (open, over): (Vec<_>, Vec<_>) = lines.into_iter().partition(|line| line.is_open);
        Ok::<_, StoreError>([open, over].into_iter().flatten().collect())
    });
    match read.await {
        Ok(faults) => page(StatusCode::OK, language, &FaultsPage { frame, faults }),
        Err(error) => failed(&error, &headers),
    }
}

fn load(
    tx: &Transaction<'_>,
    app: &App,
    caller: &PersonCaller,
    language: Language,
    id: FaultId,
) -> Result<Option<FaultPage>, StoreError> {
    let Some(held) = held(tx, caller, Some(id))?.into_iter().next() else { return Ok(None) };
    let definitions = app.shelf().all(tx)?;
    let context = Context { tx, definitions: &definitions, words: language.words, now: app.now() };
    let line = context.line(&held)?;
    let steps = held.fault.steps().iter().map(|one| context.step(&held, one));
    Ok(Some(FaultPage {
        frame: Frame::new(language, line.point.clone(), Some(caller), &format!("/faults/{id}")),
        steps: steps.collect::<Result<_, _>>()?,
        line,
    }))
}
