//! Faults as they are held: the entries that each is folded from, and what of them goes down to tablets.

use rusqlite::{Transaction, named_params};
use stackside_core::evidence::{Entry, Header};
use stackside_core::fault::{FaultStep, StepKind};
use stackside_core::id::{FaultId, OperatorId};
use stackside_core::wire::FaultElsewhere;

use crate::history::read_entry;
use crate::register;
use crate::store::{StoreError, integer};

/// The kind of a fault in `change`.
pub(crate) const FAULT: &str = "fault";

/// Notes which fault an entry is about, and tells the tablets.
pub(crate) fn draw(
    tx: &Transaction<'_>,
    header: &Header,
    operator: &OperatorId,
    step: &FaultStep,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO fault_step (device, log, seq, fault, operator, point, ends)
         VALUES (:device, :log, :seq, :fault, :operator, :point, :ends) ON CONFLICT DO NOTHING",
        named_params! {
            ":device": header.device.to_string(),
            ":log": header.log.to_string(),
            ":seq": integer(header.seq),
            ":fault": step.fault.to_string(),
            ":operator": operator.as_str(),
            ":point": step.point.as_str(),
            ":ends": matches!(step.step.kind(), StepKind::BackInService | StepKind::Withdrawn),
        },
    )?;
    announce(tx, operator.as_str(), Some(step.fault))
}

/// Queues a fault, or all of them, for the tablets of the operator whose point it is.
pub(crate) fn announce(
    tx: &Transaction<'_>,
    operator: &str,
    fault: Option<FaultId>,
) -> Result<(), StoreError> {
    let mut query = tx.prepare_cached(
        "SELECT fault.id, entry.hash FROM fault JOIN entry ON entry.rowid = fault.newest
         JOIN point ON point.id = fault.point AND point.operator = fault.operator
         WHERE fault.operator = :operator AND (:fault IS NULL OR fault.id = :fault) ORDER BY fault.newest",
    )?;
    let values = named_params! { ":operator": operator, ":fault": fault.map(|id| id.to_string()) };
    let rows = query.query_map(values, |row| Ok((row.get(0)?, row.get(1)?)))?;
    for (id, hash) in rows.collect::<Result<Vec<(String, String)>, _>>()? {
        register::tell(tx, operator, FAULT, &id, &hash)?;
    }
    Ok(())
}

/// The entries of a fault, in the order in which they came.
pub(crate) fn entries(
    tx: &Transaction<'_>,
    (id, operator, point): (&str, &str, &str),
) -> Result<Vec<Entry>, StoreError> {
    let mut query = tx.prepare_cached(
        "SELECT entry.header, entry.signature, entry.body FROM fault_step JOIN entry USING (device, log, seq)
         WHERE fault = :id AND operator = :operator AND point = :point ORDER BY entry.rowid",
    )?;
    let rows =
        query.query_map(named_params! { ":id": id, ":operator": operator, ":point": point }, read_entry)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A fault for the tablets of an operator, with how long its bodies are: one at a point of theirs that has not ended, or of
/// which something was heard since `since_ms`.
pub(crate) fn elsewhere(
    tx: &Transaction<'_>,
    operator: &str,
    id: &str,
    since_ms: i64,
) -> Result<Option<(FaultElsewhere, usize)>, StoreError> {
    let mut query = tx.prepare_cached(
        "SELECT fault.point FROM fault JOIN point ON point.id = fault.point AND point.operator = fault.operator
         WHERE fault.id = :id AND fault.operator = :operator AND (NOT is_ended OR heard_ms >= :since) LIMIT 1",
    )?;
    let values = named_params! { ":id": id, ":operator": operator, ":since": since_ms };
    let point = query.query_map(values, |row| row.get::<_, String>(0))?.next().transpose()?;
    let (Some(point), Ok(fault)) = (point, id.parse()) else { return Ok(None) };
    let steps = entries(tx, (id, operator, &point))?;
    let length = steps.iter().map(|entry| entry.body.len()).sum();
    Ok(Some((FaultElsewhere { fault, steps }, length)))
}
