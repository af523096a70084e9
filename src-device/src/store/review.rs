//! 审核: what supervisors said of records, as it came down, and where each record stands after it.

use rusqlite::{Connection, OptionalExtension, named_params};
use stackside_core::id::RecordId;
use stackside_core::record::History;
use stackside_core::review::{Review, ReviewState, Standing};
use stackside_core::trust::Signed;

use super::{json, parsed};
use crate::error::Error;

/// Keeps a review; it may have come before.
pub fn put(connection: &Connection, signed: &Signed<Review>, review: &Review) -> Result<(), Error> {
    connection.execute(
        "INSERT INTO review (id, record, row) VALUES (:id, :record, :row) ON CONFLICT DO NOTHING",
        named_params! {
            ":id": review.id.to_string(), ":record": review.record.to_string(),
            ":row": serde_json::to_string(signed)?,
        },
    )?;
    Ok(())
}

/// What was said of a record, oldest first.
pub fn of_record(connection: &Connection, record: RecordId) -> Result<Vec<Review>, Error> {
    let mut statement =
        connection.prepare_cached("SELECT row FROM review WHERE record = :record ORDER BY id")?;
    let rows = statement.query_map(named_params! {":record": record.to_string()}, |row| json(row, "row"))?;
    // Verified when it came.
    rows.map(|row: rusqlite::Result<Signed<Review>>| row?.read_unverified().map_err(Error::broken)).collect()
}

/// Notes where a record stands now.
pub fn draw(connection: &Connection, record: RecordId, history: &History) -> Result<(), Error> {
    let reviews = of_record(connection, record)?;
    // Most records were never returned nor accepted: of those there is no row.
    if reviews.is_empty() {
        return Ok(());
    }
    connection.execute(
        "INSERT INTO review_state (record, state) VALUES (:record, :state)
         ON CONFLICT (record) DO UPDATE SET state = excluded.state",
        named_params! {
            ":record": record.to_string(), ":state": Standing::of(history, &reviews).state.name(),
        },
    )?;
    Ok(())
}

/// Where a record stands.
pub fn state(connection: &Connection, record: RecordId) -> Result<ReviewState, Error> {
    let mut statement = connection.prepare_cached("SELECT state FROM review_state WHERE record = :record")?;
    let found: Option<String> =
        statement.query_row(named_params! {":record": record.to_string()}, |row| row.get(0)).optional()?;
    Ok(found.and_then(|name| ReviewState::named(&name)).unwrap_or_default())
}

/// The records that stand so, newest first, and how many there are in all.
pub fn standing(
    connection: &Connection,
    state: ReviewState,
    limit: u32,
) -> Result<(Vec<RecordId>, u64), Error> {
    let state = named_params! {":state": state.name()};
    let mut rows = connection.prepare_cached(&format!(
        "SELECT record FROM review_state JOIN listed USING (record) WHERE state = :state
         ORDER BY number DESC LIMIT {limit}"
    ))?;
    let rows = rows.query_map(state, |row| parsed(row, "record"))?.collect::<Result<_, _>>()?;
    let total: i64 = connection
        .prepare_cached("SELECT COUNT(*) FROM review_state WHERE state = :state")?
        .query_row(state, |row| row.get(0))?;
    Ok((rows, u64::try_from(total).unwrap_or(0)))
}
