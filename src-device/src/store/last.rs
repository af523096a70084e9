//! Signed records from any tablet: what came from elsewhere, the last one of each instrument.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, named_params};
use stackside_core::form::Answers;
use stackside_core::id::{FormCode, InstrumentId, PointId, RecordId};
use stackside_core::wire::RecordElsewhere;

use super::{json, parsed, time_text};
use crate::error::Error;

/// The instruments that a record worked on: those with an answer that a person gave.
pub fn worked_on(answers: &Answers) -> BTreeSet<&str> {
    let by_hand = answers.0.iter().filter(|(_, answer)| answer.is_by_hand());
    by_hand.filter_map(|(key, _)| key.row.as_deref()).collect()
}

/// Notes a signed record as the last one of its point and of its instruments, unless a later one is known.
pub fn note(
    connection: &Connection,
    record: RecordId,
    point: &PointId,
    form: &FormCode,
    signed_at: DateTime<Utc>,
    answers: &Answers,
) -> Result<(), Error> {
    let mut of_point = connection.prepare_cached(
        "INSERT INTO point_last (point, form, record, signed_at) VALUES (:point, :form, :record, :at)
         ON CONFLICT (point, form) DO UPDATE SET record = excluded.record, signed_at = excluded.signed_at
         WHERE excluded.signed_at >= signed_at",
    )?;
    of_point.execute(named_params! {
        ":point": point.as_str(), ":form": form.as_str(), ":record": record.to_string(),
        ":at": time_text(signed_at),
    })?;
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

/// The answers of a signed record in its newest version, own or from elsewhere.
pub fn answers(connection: &Connection, record: RecordId) -> Result<Option<Answers>, Error> {
    if let Some(own) = super::version::newest(connection, record)? {
        return super::record::answers(connection, own.id).map(Some);
    }
    let elsewhere = elsewhere(connection, record)?;
    Ok(elsewhere.map(|row| row.history().newest().content.answers.clone()))
}

/// Takes a record from elsewhere; what it leaves for the next ones is noted apart.
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
    Ok(())
}

/// A record from elsewhere.
pub fn elsewhere(connection: &Connection, record: RecordId) -> Result<Option<RecordElsewhere>, Error> {
    let sql = "SELECT row FROM record_elsewhere WHERE record = :record";
    Ok(connection
        .query_row(sql, named_params! {":record": record.to_string()}, |row| json(row, "row"))
        .optional()?)
}
