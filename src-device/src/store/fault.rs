//! Faults: which there are, and the entries that each is made from.

use rusqlite::{Connection, OptionalExtension, named_params};
use stackside_core::evidence::Entry;
use stackside_core::fault::Fault;
use stackside_core::id::{FaultId, PointId};

use super::{json, parsed, time_text};
use crate::error::Error;

/// A fault from all entries that are known here; nothing if none is.
pub fn find(connection: &Connection, id: FaultId) -> Result<Option<Fault>, Error> {
    let mut entries = elsewhere(connection, id)?;
    let mut own = connection.prepare_cached(
        "SELECT header, signature, body FROM entry WHERE kind = 'fault_step' AND body ->> '$.fault' = :fault",
    )?;
    let own = own.query_map(named_params! {":fault": id.to_string()}, |row| {
        let signature: String = row.get("signature")?;
        Ok(Entry { header: row.get("header")?, signature: signature.into(), body: row.get("body")? })
    })?;
    for entry in own {
        entries.push(entry?);
    }
    Ok(Fault::of(id, &entries))
}

fn elsewhere(connection: &Connection, id: FaultId) -> Result<Vec<Entry>, Error> {
    let text = "SELECT elsewhere FROM fault WHERE id = :id";
    let found =
        connection.query_row(text, named_params! {":id": id.to_string()}, |row| json(row, "elsewhere"));
    Ok(found.optional()?.unwrap_or_default())
}

/// Keeps the entries that the server sent.
pub fn put_elsewhere(connection: &Connection, fault: &Fault, entries: &[Entry]) -> Result<(), Error> {
    put(connection, fault, true)?;
    connection.execute(
        "UPDATE fault SET elsewhere = :entries WHERE id = :id",
        named_params! {":entries": serde_json::to_string(entries)?, ":id": fault.id.to_string()},
    )?;
    Ok(())
}

/// Notes where a fault stands.
pub fn put(connection: &Connection, fault: &Fault, is_open: bool) -> Result<(), Error> {
    let began = fault.steps().first().ok_or_else(|| Error::broken("a fault without a step"))?;
    connection.execute(
        "INSERT INTO fault (id, point, began_at, is_open, elsewhere) VALUES (:id, :point, :began, :open, '[]')
         ON CONFLICT (id) DO UPDATE SET began_at = excluded.began_at, is_open = excluded.is_open",
        named_params! {
            ":id": fault.id.to_string(), ":point": fault.point.as_str(), ":began": time_text(began.step.at),
            ":open": is_open,
        },
    )?;
    Ok(())
}

/// The open ones of all points, or the last ones of one; the newest first.
pub fn list(connection: &Connection, point: Option<&PointId>) -> Result<Vec<FaultId>, Error> {
    let mut statement = connection.prepare_cached(match point {
        None => "SELECT id FROM fault WHERE is_open ORDER BY began_at DESC",
        Some(_) => "SELECT id FROM fault WHERE point = :point ORDER BY is_open DESC, began_at DESC LIMIT 20",
    })?;
    let read = |row: &rusqlite::Row<'_>| parsed(row, "id");
    let rows = match point {
        None => statement.query_map([], read)?,
        Some(point) => statement.query_map(named_params! {":point": point.as_str()}, read)?,
    };
    Ok(rows.collect::<Result<_, _>>()?)
}
