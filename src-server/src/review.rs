//! 审核: what people said of versions of records, kept as the server signed it.

use rusqlite::{OptionalExtension, Transaction, named_params};
use stackside_core::record::History;
use stackside_core::review::{Review, Standing};
use stackside_core::trust::Signed;

use crate::register;
use crate::store::StoreError;

/// Keeps a review, draws where its record stands now, and tells the tablets of the operator that made the record.
pub(crate) fn keep(
    tx: &Transaction<'_>,
    review: &Review,
    signed: &Signed<Review>,
    history: &History,
    operator: &str,
) -> Result<(), StoreError> {
    let (id, record) = (review.id.to_string(), review.record.to_string());
    tx.execute(
        "INSERT INTO review (id, record, row) VALUES (:id, :record, :row)",
        named_params! { ":id": id, ":record": record, ":row": serde_json::to_string(signed)? },
    )?;
    draw(tx, &record, history)?;
    register::announce_review(tx, operator, &id)
}

/// Notes where a record stands with its reviewers.
pub(crate) fn draw(tx: &Transaction<'_>, record: &str, history: &History) -> Result<(), StoreError> {
    let reviews = of_record(tx, record)?;
    tx.prepare_cached("UPDATE record SET review = :state WHERE id = :id AND review <> :state")?
        .execute(named_params! { ":state": Standing::of(history, &reviews).state.name(), ":id": record })?;
    Ok(())
}

/// What was said of a record, oldest first.
pub(crate) fn of_record(tx: &Transaction<'_>, record: &str) -> Result<Vec<Review>, StoreError> {
    let mut query = tx.prepare_cached("SELECT row FROM review WHERE record = :record ORDER BY id")?;
    let rows = query.query_map(named_params! { ":record": record }, |row| row.get::<_, String>(0))?;
    rows.map(|row| read(&row?)?.read_unverified().map_err(StoreError::odd)).collect()
}

/// A review as it goes down to tablets.
pub(crate) fn find(tx: &Transaction<'_>, id: &str) -> Result<Option<Signed<Review>>, StoreError> {
    let row: Option<String> = tx
        .query_row("SELECT row FROM review WHERE id = :id", named_params! { ":id": id }, |row| row.get(0))
        .optional()?;
    row.map(|row| read(&row)).transpose()
}

fn read(row: &str) -> Result<Signed<Review>, StoreError> {
    Ok(serde_json::from_str(row)?)
}
