//! What signed records leave for the next ones: when items were last done, and bottles that were put in place.

use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::{Connection, named_params};
use stackside_core::clock::shanghai_date;
use stackside_core::form::{Answers, Form, LastDone, done_items, recorded_bottles};
use stackside_core::id::{FormCode, PointId, RecordId};
use stackside_core::register::Bottle;

use super::{json, parsed, time_text};
use crate::error::Error;

/// Notes what a signed record did, its own or one from elsewhere; a later one that is known already stays.
pub fn note(
    connection: &Connection,
    record: RecordId,
    point: &PointId,
    form: &Form,
    answers: &Answers,
    signed_at: DateTime<Utc>,
) -> Result<(), Error> {
    let mut item = connection.prepare_cached(
        "INSERT INTO item_done (point, form, item, done_on, record) VALUES (:point, :form, :item, :done, :record)
         ON CONFLICT (point, form, item) DO UPDATE SET done_on = excluded.done_on, record = excluded.record
         WHERE excluded.done_on >= done_on",
    )?;
    for name in done_items(form, answers) {
        item.execute(named_params! {
            ":point": point.as_str(), ":form": form.code.as_str(), ":item": name,
            ":done": shanghai_date(signed_at).to_string(), ":record": record.to_string(),
        })?;
    }
    let mut bottle = connection.prepare_cached(
        "INSERT INTO bottle_recorded (point, id, record, signed_at, row) VALUES (:point, :id, :record, :at, :row)
         ON CONFLICT (point, id) DO UPDATE SET record = excluded.record, signed_at = excluded.signed_at,
             row = excluded.row
         WHERE excluded.signed_at >= signed_at",
    )?;
    for new in recorded_bottles(form, answers, point) {
        bottle.execute(named_params! {
            ":point": point.as_str(), ":id": new.id.as_str(), ":record": record.to_string(),
            ":at": time_text(signed_at), ":row": serde_json::to_string(&new)?,
        })?;
    }
    Ok(())
}

/// When items of a form were last done at a point, by other records than `except`; until a day, if one is given.
pub fn last(
    connection: &Connection,
    point: &PointId,
    form: &FormCode,
    except: RecordId,
    until: Option<NaiveDate>,
) -> Result<LastDone, Error> {
    let mut statement = connection.prepare_cached(
        "SELECT item, done_on FROM item_done
         WHERE point = :point AND form = :form AND record <> :except AND (:until IS NULL OR done_on <= :until)",
    )?;
    let params = named_params! {
        ":point": point.as_str(), ":form": form.as_str(), ":except": except.to_string(),
        ":until": until.map(|day| day.to_string()),
    };
    let rows = statement.query_map(params, |row| Ok((row.get("item")?, parsed(row, "done_on")?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The bottles of a point that signed records put in place.
pub fn bottles(connection: &Connection, point: &PointId) -> Result<Vec<Bottle>, Error> {
    let sql = "SELECT row FROM bottle_recorded WHERE point = :point ORDER BY id";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(named_params! {":point": point.as_str()}, |row| json(row, "row"))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
