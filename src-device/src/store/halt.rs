//! Where work rests or goes on, said on any tablet.

use rusqlite::{Connection, named_params};
use stackside_core::id::PointId;
use stackside_core::pause::{KnownHalt, Pause, pauses};

use super::json;
use crate::error::Error;

/// Takes what was said; the same is taken once, and one that was made here stays so.
pub fn put(connection: &Connection, said: &KnownHalt, elsewhere: bool) -> Result<(), Error> {
    connection.execute(
        "INSERT INTO halt (entry, point, row, elsewhere) VALUES (:entry, :point, :row, :elsewhere)
         ON CONFLICT (entry) DO NOTHING",
        named_params! {
            ":entry": said.entry.to_string(), ":point": said.halt.point.as_str(),
            ":row": serde_json::to_string(said)?, ":elsewhere": elsewhere,
        },
    )?;
    Ok(())
}

/// All that was said of all points, or of one.
pub fn all(connection: &Connection, point: Option<&PointId>) -> Result<Vec<KnownHalt>, Error> {
    let sql = "SELECT row FROM halt WHERE :point IS NULL OR point = :point";
    let mut statement = connection.prepare_cached(sql)?;
    let rows =
        statement.query_map(named_params! {":point": point.map(PointId::as_str)}, |row| json(row, "row"))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The pauses of a point.
pub fn of_point(connection: &Connection, point: &PointId) -> Result<Vec<Pause>, Error> {
    Ok(pauses(&all(connection, Some(point))?))
}
