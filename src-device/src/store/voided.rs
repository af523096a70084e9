//! What counts no more, and what that leaves of the next records' baselines.

use rusqlite::{Connection, OptionalExtension, named_params};
use stackside_core::definition::Definitions;
use stackside_core::id::{FormCode, LogId, PointId, RecordId};

use super::{done, last, number, parsed, record, sql};
use crate::error::Error;

/// Notes that a record or a visit counts no more; it was said before at most.
pub fn put(connection: &Connection, subject: &str, log: LogId, seq: u64) -> Result<(), Error> {
    connection.execute(
        "INSERT INTO voided (subject, log, seq) VALUES (:subject, :log, :seq) ON CONFLICT DO NOTHING",
        named_params! {":subject": subject, ":log": log.to_string(), ":seq": sql(seq)},
    )?;
    Ok(())
}

/// The entry that voided a record or a visit.
pub fn entry(connection: &Connection, subject: &str) -> Result<Option<(LogId, u64)>, Error> {
    let text = "SELECT log, seq FROM voided WHERE subject = :subject";
    let read = |row: &rusqlite::Row<'_>| Ok((parsed(row, "log")?, number(row, "seq")?));
    Ok(connection.query_row(text, named_params! {":subject": subject}, read).optional()?)
}

/// True if a record counts no more, by itself or with its visit.
pub fn is_void(connection: &Connection, record: RecordId) -> Result<bool, Error> {
    Ok(entry(connection, &record.to_string())?.is_some())
}

/// Notes anew what the records of a form at a point leave for the next ones, after one of them was corrected or voided.
pub fn recount(
    connection: &Connection,
    definitions: &Definitions,
    changed: RecordId,
    point: &PointId,
    form: &FormCode,
) -> Result<(), Error> {
    for table in ["point_last", "instrument_last", "item_done", "bottle_recorded"] {
        let text = format!("DELETE FROM {table} WHERE record = :record");
        connection.execute(&text, named_params! {":record": changed.to_string()})?;
    }
    let mut counted = connection.prepare_cached(
        "SELECT record, at FROM listed WHERE point = :point AND form = :form AND drafter IS NULL
             AND record NOT IN (SELECT subject FROM voided)
         ORDER BY number",
    )?;
    let counted = counted
        .query_map(named_params! {":point": point.as_str(), ":form": form.as_str()}, |row| {
            Ok((parsed::<RecordId>(row, "record")?, parsed(row, "at")?))
        })?;
    for row in counted {
        let (id, signed_at) = row?;
        let Some(answers) = last::answers(connection, id)? else { continue };
        last::note(connection, id, point, form, signed_at, &answers)?;
        let own = record::find(connection, id)?.map(|record| record.form);
        let elsewhere = match &own {
            Some(_) => None,
            None => last::elsewhere(connection, id)?
                .and_then(|row| definitions.form(form.as_str(), Some(row.content.form_version))),
        };
        if let Some(form) = own.as_ref().or(elsewhere) {
            done::note(connection, id, point, form, &answers, signed_at)?;
        }
    }
    Ok(())
}
