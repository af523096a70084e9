//! Signed records from any tablet: what came from elsewhere, the last one of each instrument, the list of all.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, named_params};
use stackside_core::form::Answers;
use stackside_core::id::{FormCode, InstrumentId, PersonId, PointId, RecordId};
use stackside_core::wire::RecordElsewhere;

use super::{json, parsed, time_text};
use crate::error::Error;

/// The instruments that a record worked on: those with an answer that a person gave.
pub fn worked_on(answers: &Answers) -> BTreeSet<&str> {
    let by_hand = answers.0.iter().filter(|(_, answer)| answer.is_by_hand());
    by_hand.filter_map(|(key, _)| key.row.as_deref()).collect()
}

/// Notes a signed record as the last one of its instruments, unless a later one is known.
pub fn note(
    connection: &Connection,
    record: RecordId,
    form: &FormCode,
    signed_at: DateTime<Utc>,
    answers: &Answers,
) -> Result<(), Error> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO instrument_last (instrument, form, record, signed_at)
         VALUES (:instrument, :form, :record, :at)
         ON CONFLICT (instrument, form) DO UPDATE SET record = excluded.record, signed_at = excluded.signed_at
         WHERE excluded.signed_at >= signed_at",
    )?;
    for instrument in worked_on(answers) {
        statement.execute(named_params! {
            ":instrument": instrument, ":form": form.as_str(), ":record": record.to_string(),
            ":at": time_text(signed_at),
        })?;
    }
    Ok(())
}

/// The last record of a form that worked on an instrument.
pub fn of_instrument(
    connection: &Connection,
    instrument: &InstrumentId,
    form: &FormCode,
) -> Result<Option<(RecordId, DateTime<Utc>)>, Error> {
    let sql = "SELECT record, signed_at FROM instrument_last WHERE instrument = :instrument AND form = :form";
    let params = named_params! {":instrument": instrument.as_str(), ":form": form.as_str()};
    let read = |row: &rusqlite::Row<'_>| Ok((parsed(row, "record")?, parsed(row, "signed_at")?));
    Ok(connection.query_row(sql, params, read).optional()?)
}

/// The last signed record of a form at a point, own or from elsewhere; not `except`.
pub fn of_point(
    connection: &Connection,
    point: &PointId,
    form: &FormCode,
    except: Option<RecordId>,
) -> Result<Option<(RecordId, DateTime<Utc>)>, Error> {
    let sql = "SELECT record, signed_at FROM (
             SELECT id AS record, signed_at FROM record WHERE point = :point AND form = :form AND state = 'signed'
             UNION ALL SELECT record, signed_at FROM record_elsewhere WHERE point = :point AND form = :form)
         WHERE record IS NOT :except ORDER BY signed_at DESC, record DESC LIMIT 1";
    let params = named_params! {
        ":point": point.as_str(), ":form": form.as_str(), ":except": except.map(|id| id.to_string()),
    };
    let read = |row: &rusqlite::Row<'_>| Ok((parsed(row, "record")?, parsed(row, "signed_at")?));
    Ok(connection.query_row(sql, params, read).optional()?)
}

/// The answers of a signed record, own or from elsewhere.
pub fn answers(connection: &Connection, record: RecordId) -> Result<Option<Answers>, Error> {
    if let Some(found) = elsewhere(connection, record)? {
        return Ok(Some(found.content.answers));
    }
    let own = super::record::answers(connection, record)?;
    Ok((!own.0.is_empty()).then_some(own))
}

/// Takes a record from elsewhere.
pub fn put_elsewhere(connection: &Connection, row: &RecordElsewhere, words: &str) -> Result<(), Error> {
    let content = &row.content;
    connection.execute(
        "INSERT INTO record_elsewhere (record, point, form, signed_at, words, row)
         VALUES (:record, :point, :form, :at, :words, :row)
         ON CONFLICT (record) DO UPDATE SET point = excluded.point, form = excluded.form,
             signed_at = excluded.signed_at, words = excluded.words, row = excluded.row",
        named_params! {
            ":record": content.record.to_string(), ":point": content.point.as_str(),
            ":form": content.form.as_str(), ":at": time_text(row.signed_at), ":words": words,
            ":row": serde_json::to_string(row)?,
        },
    )?;
    note(connection, content.record, &content.form, row.signed_at, &content.answers)
}

/// A record from elsewhere.
pub fn elsewhere(connection: &Connection, record: RecordId) -> Result<Option<RecordElsewhere>, Error> {
    let sql = "SELECT row FROM record_elsewhere WHERE record = :record";
    Ok(connection
        .query_row(sql, named_params! {":record": record.to_string()}, |row| json(row, "row"))
        .optional()?)
}

/// A record's place in the list of all.
#[derive(Debug, Clone, Copy)]
pub struct Listed {
    /// Which.
    pub record: RecordId,
    /// True if it came from another tablet.
    pub elsewhere: bool,
}

/// What the list of all is narrowed to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Filter<'a> {
    /// Part of a name, lower case; empty for all.
    pub words: &'a str,
    /// One point.
    pub point: Option<&'a PointId>,
}

/// Signed records and the person's own drafts, newest first, and how many there are in all.
pub fn list(
    connection: &Connection,
    person: &PersonId,
    filter: Filter<'_>,
    offset: u32,
    limit: u32,
) -> Result<(Vec<Listed>, u64), Error> {
    let all = "SELECT id AS record, COALESCE(signed_at, begun_at) AS at, 0 AS elsewhere FROM record
         WHERE (state = 'signed' OR person = :person)
           AND (:words = '' OR instr(words, :words) > 0) AND (:point IS NULL OR point = :point)
         UNION ALL
         SELECT record, signed_at, 1 FROM record_elsewhere
         WHERE record NOT IN (SELECT id FROM record)
           AND (:words = '' OR instr(words, :words) > 0) AND (:point IS NULL OR point = :point)";
    let params = named_params! {
        ":person": person.as_str(), ":words": filter.words,
        ":point": filter.point.map(PointId::as_str),
    };
    let total: i64 =
        connection.query_row(&format!("SELECT COUNT(*) FROM ({all})"), params, |row| row.get(0))?;
    let sql = format!("{all} ORDER BY at DESC, record DESC LIMIT {limit} OFFSET {offset}");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(params, |row| {
        Ok(Listed { record: parsed(row, "record")?, elsewhere: row.get("elsewhere")? })
    })?;
    Ok((rows.collect::<Result<_, _>>()?, u64::try_from(total).unwrap_or(0)))
}

/// When someone last signed a record at a point.
pub fn at_point(connection: &Connection, point: &PointId) -> Result<Option<DateTime<Utc>>, Error> {
    let sql = "SELECT MAX(at) AS at FROM (
             SELECT signed_at AS at FROM record WHERE point = :point AND state = 'signed'
             UNION ALL SELECT signed_at FROM record_elsewhere WHERE point = :point)";
    let params = named_params! {":point": point.as_str()};
    Ok(connection.query_row(sql, params, |row| super::parsed_or_null(row, "at"))?)
}
