//! Visits.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use stackside_core::act::EntryRef;
use stackside_core::evidence::Header;
use stackside_core::geofence::PresenceVerdict;
use stackside_core::id::{PersonId, PointId, VisitId};
use stackside_core::register::Point;
use stackside_core::visit::VisitState;

use super::{json, number, parsed, parsed_or_null, sql, time_text};
use crate::error::Error;

/// One visit.
#[derive(Debug, Clone)]
pub struct Visit {
    /// Which.
    pub id: VisitId,
    /// Whose.
    pub person: PersonId,
    /// The point as it stood at sign-in.
    pub point: Point,
    /// Its discharger's name.
    pub discharger_name: String,
    /// Open or closed.
    pub state: VisitState,
    /// Sign-in.
    pub signed_in_at: DateTime<Utc>,
    /// Sign-out.
    pub signed_out_at: Option<DateTime<Utc>>,
    /// Presence at sign-in.
    pub presence: PresenceVerdict,
}

const COLUMNS: &str =
    "SELECT id, person, point_row, discharger_name, state, signed_in_at, signed_out_at, presence FROM visit";

fn read(row: &Row<'_>) -> rusqlite::Result<Visit> {
    let state: String = row.get("state")?;
    Ok(Visit {
        id: parsed(row, "id")?,
        person: parsed(row, "person")?,
        point: json(row, "point_row")?,
        discharger_name: row.get("discharger_name")?,
        state: if state == "open" { VisitState::Open } else { VisitState::Closed },
        signed_in_at: parsed(row, "signed_in_at")?,
        signed_out_at: parsed_or_null(row, "signed_out_at")?,
        presence: json(row, "presence")?,
    })
}

/// Adds a visit with the entry of its sign-in.
pub fn add(connection: &Connection, visit: &Visit, entry: &Header) -> Result<(), Error> {
    connection.execute(
        "INSERT INTO visit (id, person, point, point_row, discharger_name, state, signed_in_at, presence, log, seq)
         VALUES (:id, :person, :point, :point_row, :discharger, 'open', :at, :presence, :log, :seq)",
        named_params! {
            ":id": visit.id.to_string(), ":person": visit.person.as_str(), ":point": visit.point.id.as_str(),
            ":point_row": serde_json::to_string(&visit.point)?, ":discharger": visit.discharger_name,
            ":at": time_text(visit.signed_in_at), ":presence": serde_json::to_string(&visit.presence)?,
            ":log": entry.log.to_string(), ":seq": sql(entry.seq),
        },
    )?;
    Ok(())
}

/// A visit, if it is that person's: drafts are kept apart.
pub fn of_person(connection: &Connection, id: VisitId, person: &PersonId) -> Result<Visit, Error> {
    let sql = format!("{COLUMNS} WHERE id = :id AND person = :person");
    let params = named_params! {":id": id.to_string(), ":person": person.as_str()};
    connection.query_row(&sql, params, read).optional()?.ok_or_else(|| Error::not_found("visit"))
}

/// The person's visits nearest to one of theirs by the order in which they were begun, which no clock changes.
pub fn around(connection: &Connection, visit: &Visit) -> Result<Vec<Visit>, Error> {
    let sql = format!(
        "{COLUMNS} WHERE person = :person AND id <> :id
         ORDER BY abs(rowid - (SELECT mine.rowid FROM visit AS mine WHERE mine.id = :id)) LIMIT 20"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let params = named_params! {":person": visit.person.as_str(), ":id": visit.id.to_string()};
    let rows = statement.query_map(params, read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The person's visits that began at or after a moment and are over.
pub fn closed_since(
    connection: &Connection,
    person: &PersonId,
    since: DateTime<Utc>,
) -> Result<Vec<Visit>, Error> {
    let sql = format!(
        "{COLUMNS} WHERE person = :person AND state = 'closed' AND signed_in_at >= :since ORDER BY rowid"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let params = named_params! {":person": person.as_str(), ":since": time_text(since)};
    let rows = statement.query_map(params, read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The person's open visit.
pub fn open(connection: &Connection, person: &PersonId) -> Result<Option<Visit>, Error> {
    let sql = format!("{COLUMNS} WHERE person = :person AND state = 'open'");
    Ok(connection.query_row(&sql, named_params! {":person": person.as_str()}, read).optional()?)
}

/// The person's open visit at a point.
pub fn open_at(
    connection: &Connection,
    person: &PersonId,
    point: &PointId,
) -> Result<Option<VisitId>, Error> {
    Ok(open(connection, person)?.filter(|visit| visit.point.id == *point).map(|visit| visit.id))
}

/// The entry of a visit's sign-in.
pub fn sign_in_entry(connection: &Connection, id: VisitId) -> Result<EntryRef, Error> {
    let (log, seq) = connection.query_row(
        "SELECT log, seq FROM visit WHERE id = :id",
        named_params! {":id": id.to_string()},
        |row| Ok((parsed(row, "log")?, number(row, "seq")?)),
    )?;
    super::entry::reference(connection, log, seq)
}

/// Closes a visit.
pub fn close(connection: &Connection, id: VisitId, at: DateTime<Utc>) -> Result<(), Error> {
    connection.execute(
        "UPDATE visit SET state = 'closed', signed_out_at = :at WHERE id = :id AND state = 'open'",
        named_params! {":id": id.to_string(), ":at": time_text(at)},
    )?;
    Ok(())
}
