//! A record with all that was done with it later, from the entries of its operator's tablets.

use rusqlite::{OptionalExtension, Row, Transaction, named_params};
use stackside_core::evidence::Entry;
use stackside_core::record::History;

use crate::store::StoreError;

/// An entry as it was received, from `header`, `signature` and `body` as the first columns.
pub(crate) fn read_entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    Ok(Entry { header: row.get(0)?, signature: row.get::<_, String>(1)?.into(), body: row.get(2)? })
}

/// A record as it is held: the entry that signed it first, and what was done later.
pub(crate) struct HeldRecord {
    pub(crate) operator: String,
    pub(crate) first: Entry,
    pub(crate) later: Vec<Entry>,
}

impl HeldRecord {
    /// Nothing for a record that is not held.
    pub(crate) fn read(tx: &Transaction<'_>, record: &str) -> Result<Option<Self>, StoreError> {
        let first = tx
            .prepare_cached(
                "SELECT entry.header, entry.signature, entry.body, record.operator FROM record
                 JOIN entry ON entry.device = record.device AND entry.log = record.log AND entry.seq = record.seq
                 WHERE record.id = :record",
            )?
            .query_row(named_params! { ":record": record }, |row| Ok((read_entry(row)?, row.get(3)?)))
            .optional()?;
        let Some((first, operator)) = first else { return Ok(None) };
        let mut later = tx.prepare_cached(
            "SELECT entry.header, entry.signature, entry.body FROM record
             JOIN later_act ON later_act.subject IN (record.id, record.visit)
                 AND later_act.operator = record.operator
             JOIN entry ON entry.device = later_act.device AND entry.log = later_act.log
                 AND entry.seq = later_act.seq
             WHERE record.id = :record ORDER BY entry.rowid",
        )?;
        let later = later.query_map(named_params! { ":record": record }, read_entry)?;
        Ok(Some(Self { operator, first, later: later.collect::<Result<_, _>>()? }))
    }

    /// Nothing for an entry of a newer app that this version does not read.
    pub(crate) fn history(&self) -> Option<History> {
        Some(History::begin(&self.first)?.go_on(&self.later))
    }
}
