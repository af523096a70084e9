//! What representatives of dischargers answered.

use rusqlite::{Connection, OptionalExtension, Row, named_params};
use stackside_core::confirmation::Representative;
use stackside_core::evidence::{Entry, Header};
use stackside_core::hash::Hash;
use stackside_core::id::{DischargerId, LogId, VisitId};
use stackside_core::wire::ConfirmationElsewhere;

use super::{json, json_or_null, number, parsed, parsed_or_null, sql};
use crate::error::Error;

/// An answer as it is kept.
#[derive(Debug, Clone)]
pub enum Kept {
    /// By an entry of this tablet.
    Own(LogId, u64),
    /// As it came from the server.
    Elsewhere(ConfirmationElsewhere),
}

/// Notes an answer that was given here.
pub fn add(connection: &Connection, visit: VisitId, hash: Hash, entry: &Header) -> Result<(), Error> {
    connection.execute(
        "INSERT INTO confirmation (id, visit, log, seq) VALUES (:id, :visit, :log, :seq)",
        named_params! {
            ":id": hash.to_string(), ":visit": visit.to_string(), ":log": entry.log.to_string(),
            ":seq": sql(entry.seq),
        },
    )?;
    Ok(())
}

/// Takes one that came from the server; one that is known stays as it is.
pub fn take(connection: &Connection, visit: VisitId, row: &ConfirmationElsewhere) -> Result<(), Error> {
    connection.execute(
        "INSERT INTO confirmation (id, visit, row) VALUES (:id, :visit, :row) ON CONFLICT DO NOTHING",
        named_params! {
            ":id": row.id().to_string(), ":visit": visit.to_string(), ":row": serde_json::to_string(row)?,
        },
    )?;
    Ok(())
}

/// The answers about a visit, in the order in which they became known.
pub fn of_visit(connection: &Connection, visit: VisitId) -> Result<Vec<Kept>, Error> {
    let mut statement = connection
        .prepare_cached("SELECT log, seq, row FROM confirmation WHERE visit = :visit ORDER BY rowid")?;
    let read = |row: &Row<'_>| {
        Ok(match parsed_or_null(row, "log")? {
            Some(log) => Kept::Own(log, number(row, "seq")?),
            None => Kept::Elsewhere(json(row, "row")?),
        })
    };
    let rows = statement.query_map(named_params! {":visit": visit.to_string()}, read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Who signed last on this tablet for a discharger.
pub fn last_representative(
    connection: &Connection,
    discharger: &DischargerId,
) -> Result<Option<Representative>, Error> {
    let text = "SELECT entry.body -> '$.by' AS who FROM confirmation
         JOIN visit ON visit.id = confirmation.visit
         JOIN entry ON entry.log = confirmation.log AND entry.seq = confirmation.seq
         WHERE visit.point_row ->> '$.discharger' = :discharger ORDER BY confirmation.rowid DESC LIMIT 1";
    let read = |row: &Row<'_>| json_or_null(row, "who");
    let found =
        connection.query_row(text, named_params! {":discharger": discharger.as_str()}, read).optional()?;
    Ok(found.flatten())
}

/// The entry of a visit's sign-in; nothing where a mended log has lost it.
pub fn sign_in(connection: &Connection, visit: VisitId) -> Result<Option<Entry>, Error> {
    let place = connection
        .query_row(
            "SELECT log, seq FROM visit WHERE id = :id",
            named_params! {":id": visit.to_string()},
            |row| Ok((parsed(row, "log")?, number(row, "seq")?)),
        )
        .optional()?;
    match place {
        Some((log, seq)) => super::entry::at(connection, log, seq),
        None => Ok(None),
    }
}
