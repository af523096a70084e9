//! What is due at the points of an operator, by the same rules as on its tablets.

use chrono::{DateTime, Utc};
use rusqlite::{Row, Transaction, named_params};
use serde::de::DeserializeOwned;
use stackside_core::clock::shanghai_date;
use stackside_core::definition::Definitions;
use stackside_core::due::{Done, Due, Place, due};
use stackside_core::form::Form;
use stackside_core::id::InstrumentId;
use stackside_core::pause::{Pause, pauses};
use stackside_core::plan::PlanItem;
use stackside_core::register::{Instrument, Point};
use stackside_core::rulebook::in_force;

use crate::register;
use crate::store::StoreError;

/// A point with all that its plan page needs.
pub(crate) struct Planned {
    pub(crate) point: Point,
    pub(crate) instruments: Vec<Instrument>,
    pub(crate) plan: Vec<PlanItem>,
    /// What rests now.
    pub(crate) pauses: Vec<Pause>,
    /// What hurts most first.
    pub(crate) due: Vec<Due>,
    /// The forms that can be begun there.
    pub(crate) forms: Vec<Form>,
}

/// What is planned and due at a point.
pub(crate) fn planned(
    tx: &Transaction<'_>,
    definitions: &Definitions,
    point: Point,
    now: DateTime<Utc>,
) -> Result<Planned, StoreError> {
    let date = shanghai_date(now);
    let id = point.id.as_str();
    let instruments = register::instruments_of(tx, id)?;
    let plan: Vec<PlanItem> = rows(tx, "SELECT row FROM plan WHERE point = :point ORDER BY id", id)?;
    let said = rows(
        tx,
        "SELECT row FROM halt WHERE point = :point AND operator = (
                             SELECT operator FROM point WHERE id = :point)",
        id,
    )?;
    let pauses = pauses(&said);
    let done = done(tx, id)?;
    let forms = definitions.forms_at(&point.jurisdiction, point.medium, &instruments, date);
    // Before the first rulebook nothing was due.
    let due = match in_force(&definitions.rulebooks, &point.jurisdiction, date) {
        Ok(rules) => due(
            &Place {
                point: &point.id,
                instruments: &instruments,
                forms: &forms,
                rules: &rules,
                plan: &plan,
                pauses: &pauses,
                done: &done,
                work: &definitions.work,
            },
            now,
        ),
        Err(_) => vec![],
    };
    let forms = forms.into_iter().cloned().collect();
    let pauses = pauses.into_iter().filter(|pause| pause.until.is_none()).collect();
    Ok(Planned { due, forms, instruments, plan, pauses, point })
}

fn rows<T: DeserializeOwned>(tx: &Transaction<'_>, sql: &str, point: &str) -> Result<Vec<T>, StoreError> {
    let mut query = tx.prepare(sql)?;
    let rows = query.query_map(named_params! { ":point": point }, |row| row.get::<_, String>(0))?;
    rows.map(|row| Ok(serde_json::from_str(&row?)?)).collect()
}

/// What was done at a point by its operator's records that count.
fn done(tx: &Transaction<'_>, point: &str) -> Result<Done, StoreError> {
    const COUNTED: &str = "JOIN record ON record.id = one.record AND record.own_point
         WHERE one.point = :point AND one.record NOT IN (SELECT record FROM void_record)";
    let mut done = Done::default();
    let at = |row: &Row<'_>| -> rusqlite::Result<Option<DateTime<Utc>>> {
        Ok(DateTime::from_timestamp_millis(row.get("at")?))
    };
    let mut forms = tx.prepare(&format!(
        "SELECT one.form AS form, one.instrument AS instrument, MAX(one.signed_ms) AS at
         FROM record_instrument AS one {COUNTED} GROUP BY one.form, one.instrument"
    ))?;
    let mut rows = forms.query(named_params! { ":point": point })?;
    while let Some(row) = rows.next()? {
        let (form, of): (String, String) = (row.get("form")?, row.get("instrument")?);
        let instrument: Option<InstrumentId> = of.parse().ok();
        if let (Ok(form), Some(at)) = (form.parse(), at(row)?)
            && (instrument.is_some() || of.is_empty())
        {
            done.note(form, instrument, at);
        }
    }
    let mut items = tx.prepare(&format!(
        "SELECT one.form AS form, one.item AS item, MAX(one.signed_ms) AS at
         FROM record_item AS one {COUNTED} GROUP BY one.form, one.item"
    ))?;
    let mut rows = items.query(named_params! { ":point": point })?;
    while let Some(row) = rows.next()? {
        if let (Ok(form), Some(at)) = (row.get::<_, String>("form")?.parse(), at(row)?) {
            done.note_item(form, row.get("item")?, shanghai_date(at));
        }
    }
    Ok(done)
}
