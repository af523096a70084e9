//! The versions of a record: signed ones, and the draft of a correction.

use rusqlite::{Connection, OptionalExtension, named_params};
use stackside_core::id::{PersonId, RecordId};

use super::parsed;
use super::record::{self, Record};
use crate::error::Error;

/// The signed version of a record that counts; nothing for a record that is not signed here.
pub fn newest(connection: &Connection, record: RecordId) -> Result<Option<Record>, Error> {
    one(connection, record, "ORDER BY version DESC LIMIT 1")
}

/// A signed version of a record by its number.
pub fn numbered(connection: &Connection, record: RecordId, number: u32) -> Result<Option<Record>, Error> {
    one(connection, record, &format!("AND version = {number}"))
}

fn one(connection: &Connection, record: RecordId, which: &str) -> Result<Option<Record>, Error> {
    let sql =
        format!("SELECT id FROM record WHERE (id = :id OR original = :id) AND state = 'signed' {which}");
    let found = connection
        .query_row(&sql, named_params! {":id": record.to_string()}, |row| parsed(row, "id"))
        .optional()?;
    match found {
        Some(id) => record::find(connection, id),
        None => Ok(None),
    }
}

/// The draft that corrects a record, if it is this person's.
pub fn correction(
    connection: &Connection,
    record: RecordId,
    person: &PersonId,
) -> Result<Option<RecordId>, Error> {
    let sql = "SELECT id FROM record WHERE original = :id AND state = 'draft' AND person = :person";
    let params = named_params! {":id": record.to_string(), ":person": person.as_str()};
    Ok(connection.query_row(sql, params, |row| parsed(row, "id")).optional()?)
}

/// Begins a correction of a signed version: a draft with its answers and photos, of the same point, form and rulebook.
pub fn begin(
    connection: &Connection,
    signed: &Record,
    draft: RecordId,
    photo_id: impl Fn() -> String,
) -> Result<(), Error> {
    // It is filled for the day of the work: what is due, and what a time may be, is as it was.
    connection.execute(
        "INSERT INTO record (id, visit, point, person, person_name, form, form_version, definition, rulebook, state,
                             begun_at, instruments, bottles, last_done, words, original, version)
         SELECT :draft, visit, point, person, person_name, form, form_version, definition, rulebook, 'draft',
                begun_at, instruments, bottles, last_done, words, :original, version + 1
         FROM record WHERE id = :signed",
        named_params! {
            ":draft": draft.to_string(), ":original": signed.root().to_string(), ":signed": signed.id.to_string(),
        },
    )?;
    let both = named_params! {":draft": draft.to_string(), ":signed": signed.id.to_string()};
    connection.execute(
        "INSERT INTO answer (record, key, text, origin, original, original_origin, reason)
         SELECT :draft, key, text, origin, original, original_origin, reason FROM answer WHERE record = :signed",
        both,
    )?;
    // The same photos in the same slots, which may move with the lines of a table. The visit shows each once.
    for photo in super::photo::of_record(connection, signed.id)? {
        connection.execute(
            "INSERT INTO photo (id, record, slot, source, name, person, state, begun_at, sha256, size_bytes, media_type,
                                taken_at)
             SELECT :id, :draft, slot, source, name, person, state, begun_at, sha256, size_bytes, media_type, taken_at
             FROM photo WHERE id = :photo",
            named_params! {":id": photo_id(), ":draft": draft.to_string(), ":photo": photo.id.to_string()},
        )?;
    }
    Ok(())
}

/// Writes why a draft corrects.
pub fn set_reason(connection: &Connection, draft: RecordId, reason: &str) -> Result<(), Error> {
    connection.execute(
        "UPDATE record SET reason = :reason WHERE id = :id AND state = 'draft' AND original IS NOT NULL",
        named_params! {":id": draft.to_string(), ":reason": reason},
    )?;
    Ok(())
}

/// Drops the draft of a correction. Photos that were taken for it stay in the log, and in no record.
pub fn discard(connection: &Connection, draft: &Record) -> Result<(), Error> {
    let Some(original) = draft.original else { return Err(Error::not_found("record")) };
    let params = named_params! {":draft": draft.id.to_string()};
    connection.execute("DELETE FROM answer WHERE record = :draft", params)?;
    connection.execute(
        "DELETE FROM photo WHERE record = :draft AND sha256 IN (
             SELECT sha256 FROM photo WHERE record IN (
                 SELECT id FROM record WHERE (id = :original OR original = :original) AND state = 'signed'))",
        named_params! {":draft": draft.id.to_string(), ":original": original.to_string()},
    )?;
    connection.execute("UPDATE photo SET record = NULL, slot = NULL WHERE record = :draft", params)?;
    connection.execute("DELETE FROM record WHERE id = :draft AND state = 'draft'", params)?;
    Ok(())
}
