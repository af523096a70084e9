//! The plan of an operator: who does what at a point, how often, and how the tasks stand there.

mod edit;

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::Response;
use axum::routing::{get, post};
use rusqlite::{Transaction, named_params};
use serde::Deserialize;
use stackside_core::clock::{shanghai_date, shown_time};
use stackside_core::id::{InstrumentId, PersonId};
use stackside_core::plan::{PlanItem, overloads};
use stackside_core::register::{Instrument, Medium, Person, Point};
use stackside_core::rulebook::{LoadRule, in_force};

use super::{Frame, Language, failed, kept, not_found, page};
use crate::App;
use crate::access::{PersonCaller, Role};
use crate::plan::{Planned, planned};
use crate::route::{Access, Route};
use crate::store::StoreError;
use crate::words::Words;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, "/plan", Access::Person, get(show)),
        Route::new(Method::POST, "/plan/add", Access::Person, post(edit::add)),
        Route::new(Method::POST, "/plan/remove", Access::Person, post(edit::remove)),
    ]
}

#[derive(Deserialize)]
struct Which {
    /// One point; all of them without it.
    point: Option<String>,
}

#[derive(Template)]
#[template(path = "plan.html")]
struct PlanPage {
    frame: Frame,
    /// Who looks after too much, in words.
    warnings: Vec<String>,
    points: Vec<PointPlan>,
    people: Vec<(String, String)>,
    /// True if there is one point, which can be edited.
    is_one: bool,
    today: String,
}

struct PointPlan {
    id: String,
    name: String,
    discharger: String,
    persons: String,
    /// Tone, word and how many, of what hurts most.
    worst: Option<(&'static str, &'static str, usize)>,
    stopped: Vec<String>,
    tasks: Vec<TaskLine>,
    lines: Vec<PlanLine>,
    forms: Vec<(String, String)>,
    instruments: Vec<(String, String)>,
}

struct TaskLine {
    what: String,
    every: String,
    clause: String,
    to_be_checked: bool,
    tone: &'static str,
    state: &'static str,
    due: String,
    last: String,
}

struct PlanLine {
    id: String,
    what: String,
    every: String,
    from: String,
    persons: String,
}

/// True for those who plan.
pub(super) fn may_plan(role: Role) -> bool {
    matches!(role, Role::OperatorAdmin | Role::Supervisor)
}

async fn show(
    State(app): State<App>,
    Extension(caller): Extension<PersonCaller>,
    language: Language,
    headers: HeaderMap,
    uri: Uri,
    Query(Which { point }): Query<Which>,
) -> Response {
    if !may_plan(caller.role) {
        return not_found(&headers);
    }
    // As it was asked for: an id may hold signs that an address does not.
    let asked = uri.query().and_then(|query| query.split('&').find(|part| part.starts_with("point=")));
    let here = asked.map_or_else(|| "/plan".to_owned(), |asked| format!("/plan?{asked}"));
    let frame = Frame::new(language, language.words.plan(), Some(&caller), &here);
    let is_one = point.is_some();
    let from = app.clone();
    match app.store().read(move |tx| draw(tx, &from, &caller, frame, point.as_deref())).await {
        Ok(drawn) if is_one && drawn.points.is_empty() => not_found(&headers),
        Ok(drawn) => page(StatusCode::OK, language, &drawn),
        Err(error) => failed(&error, &headers),
    }
}

fn draw(
    tx: &Transaction<'_>,
    app: &App,
    caller: &PersonCaller,
    frame: Frame,
    only: Option<&str>,
) -> Result<PlanPage, StoreError> {
    let (words, now) = (frame.words, app.now());
    let definitions = app.shelf().all(tx)?;
    let people: Vec<Person> =
        of_operator(tx, "SELECT row FROM person WHERE operator = :operator ORDER BY id", caller)?;
    let all: Vec<Point> = of_operator(
        tx,
        "SELECT row FROM point WHERE operator = :operator ORDER BY discharger, row ->> '$.number', id",
        caller,
    )?;
    let mut rules: BTreeMap<String, LoadRule> = BTreeMap::new();
    for point in &all {
        if let Ok(book) = in_force(&definitions.rulebooks, &point.jurisdiction, shanghai_date(now)) {
            rules.extend(book.loads.into_iter().map(|rule| (rule.id.clone(), rule)));
        }
    }
    let warnings = warnings(tx, caller, &people, &all, rules.into_values().collect(), words)?;
    let mut points = vec![];
    for point in all.into_iter().filter(|point| only.is_none_or(|only| only == point.id.as_str())) {
        let discharger = kept::discharger(tx, point.discharger.as_str())?;
        points.push(point_plan(planned(tx, &definitions, point, now)?, discharger, &people, words));
    }
    let people = people.into_iter().map(|person| (person.id.to_string(), person.name)).collect();
    let (is_one, today) = (only.is_some(), shanghai_date(now).to_string());
    Ok(PlanPage { frame, warnings, points, people, is_one, today })
}

fn of_operator<T: serde::de::DeserializeOwned>(
    tx: &Transaction<'_>,
    sql: &str,
    caller: &PersonCaller,
) -> Result<Vec<T>, StoreError> {
    let mut query = tx.prepare(sql)?;
    let rows =
        query.query_map(named_params! { ":operator": caller.organisation }, |row| row.get::<_, String>(0))?;
    rows.map(|row| Ok(serde_json::from_str(&row?)?)).collect()
}

/// Who looks after more than the rules of any of the operator's points allow.
fn warnings(
    tx: &Transaction<'_>,
    caller: &PersonCaller,
    people: &[Person],
    points: &[Point],
    rules: Vec<LoadRule>,
    words: &Words,
) -> Result<Vec<String>, StoreError> {
    const PLAN: &str =
        "SELECT row FROM plan WHERE point IN (SELECT id FROM point WHERE operator = :operator)";
    const INSTRUMENTS: &str =
        "SELECT row FROM instrument WHERE point IN (SELECT id FROM point WHERE operator = :operator)";
    let plan: Vec<PlanItem> = of_operator(tx, PLAN, caller)?;
    let instruments: Vec<Instrument> = of_operator(tx, INSTRUMENTS, caller)?;
    let line = |person: &Person| {
        let loads = overloads(&person.id, &plan, points, &instruments, &rules);
        let said = loads.into_iter().map(|load| {
            let medium = match load.medium {
                Medium::Gas => words.pick("废气", "gas"),
                Medium::Water => words.pick("废水", "water"),
            };
            let clause = words.pick(&load.rule.clause.zh, &load.rule.clause.en);
            words
                .pick(
                    "{name}：{medium} {points} 个点位、{instruments} 台仪器，上限 {most} 个、{most_instruments} 台（{clause}）",
                    "{name}: {points} points and {instruments} instruments of {medium}; at most {most} and {most_instruments} ({clause})",
                )
                .replace("{name}", &person.name)
                .replace("{medium}", medium)
                .replace("{points}", &load.points.to_string())
                .replace("{instruments}", &load.instruments.to_string())
                .replace("{most}", &load.rule.points.to_string())
                .replace("{most_instruments}", &load.rule.instruments.to_string())
                .replace("{clause}", clause)
        });
        said.collect::<Vec<_>>()
    };
    Ok(people.iter().flat_map(line).collect())
}

fn point_plan(planned: Planned, discharger: String, people: &[Person], words: &Words) -> PointPlan {
    let Planned { point, instruments, plan, pauses, due, forms } = planned;
    let title = |code: &str| {
        let form = forms.iter().find(|form| form.code.as_str() == code);
        form.map_or(code, |form| words.pick(&form.title.zh, &form.title.en)).to_owned()
    };
    let factors = |ids: &[InstrumentId]| -> Vec<String> {
        let mine = instruments.iter().filter(|one| ids.contains(&one.id));
        mine.map(|one| words.factor(&one.factor)).collect()
    };
    let what = |code: &str, ids: &[InstrumentId]| {
        let parts: Vec<String> = std::iter::once(title(code)).chain(factors(ids)).collect();
        parts.join(" · ")
    };
    let names = |ids: &BTreeSet<&PersonId>| -> String {
        let mine = people.iter().filter(|person| ids.contains(&person.id));
        mine.map(|person| person.name.as_str()).collect::<Vec<_>>().join(words.list_comma)
    };
    let worst = due.first().map(|first| {
        let (tone, word) = words.urgency(first.urgency);
        (tone, word, due.iter().filter(|one| one.urgency == first.urgency).count())
    });
    let task = |one: &stackside_core::due::Due| {
        let (tone, state) = words.urgency(one.urgency);
        let items = one.items_days.map(|days| format!(" · {days} {}", words.days_unit()));
        TaskLine {
            what: what(one.form.as_str(), &one.instruments) + &items.unwrap_or_default(),
            every: words.every(one.every),
            clause: words.pick(&one.clause.zh, &one.clause.en).to_owned(),
            to_be_checked: one.to_be_checked,
            tone,
            state,
            due: one.due.map(|end| shanghai_date(end).to_string()).unwrap_or_default(),
            last: one.last_done.map(shown_time).unwrap_or_default(),
        }
    };
    let line = |item: &PlanItem| PlanLine {
        id: item.id.to_string(),
        what: what(item.form.as_str(), &item.instruments),
        every: words.every(item.every),
        from: item.from.to_string(),
        persons: names(&item.persons.iter().collect()),
    };
    let stopped = pauses.iter().map(|pause| {
        let of = pause.instrument.as_ref().map(|id| factors(std::slice::from_ref(id)).join(" "));
        let parts = [of, Some(shown_time(pause.since)), Some(pause.reason.clone())];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    });
    PointPlan {
        persons: names(&plan.iter().flat_map(|item| &item.persons).collect()),
        worst,
        stopped: stopped.collect(),
        tasks: due.iter().map(task).collect(),
        lines: plan.iter().map(line).collect(),
        forms: forms.iter().map(|form| (form.code.to_string(), title(form.code.as_str()))).collect(),
        instruments: instruments
            .iter()
            .map(|one| (one.id.to_string(), format!("{} · {}", words.factor(&one.factor), one.id)))
            .collect(),
        id: point.id.to_string(),
        name: point.name,
        discharger,
    }
}
