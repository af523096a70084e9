//! What came in or changed elsewhere goes down to an operator's tablets, page by page.

use axum::extract::{Query, State};
use axum::http::Method;
use axum::routing::get;
use axum::{Extension, Json};
use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Transaction, named_params};
use serde::Deserialize;
use stackside_core::act::{Act, RecordSigned};
use stackside_core::clock::TimeProof;
use stackside_core::evidence::{Entry, Header};
use stackside_core::wire::{BEFORE_NAMED, Change, ChangesReply, RecordElsewhere};

use super::ApiError;
use crate::App;
use crate::access::DeviceCaller;
use crate::confirmation;
use crate::definition;
use crate::faults;
use crate::history::HeldRecord;
use crate::register::{self, Table};
use crate::review;
use crate::route::{Access, Route};
use crate::store::{StoreError, integer};

/// The most rows of a page.
const PAGE_ROWS: usize = 200;
/// A page ends early once its records and definitions have this many bytes.
const PAGE_BYTES: usize = 4 * 1024 * 1024;
/// Records of this long are all sent; of older ones the last of each form and point, instrument and inspected item.
const RECORDS_OF: TimeDelta = TimeDelta::days(90);

const PAGE: &str = "
    SELECT change.seq, change.kind, change.id, change.hash FROM change
    LEFT JOIN record ON change.kind = 'record' AND record.id = change.id
    WHERE change.operator = :operator AND change.seq > :since AND (
        change.kind <> 'record'
        OR EXISTS (SELECT 1 FROM point WHERE point.id = record.point AND point.operator = :operator)
        AND (record.signed_ms >= :recent OR EXISTS (
            SELECT 1 FROM record_instrument AS mine
            WHERE mine.record = record.id AND NOT EXISTS (
                SELECT 1 FROM record_instrument AS later
                WHERE later.point = mine.point AND later.form = mine.form
                    AND later.instrument = mine.instrument AND later.signed_ms > mine.signed_ms
                    AND NOT EXISTS (SELECT 1 FROM void_record WHERE void_record.record = later.record)))
            OR EXISTS (
            SELECT 1 FROM record_item AS mine
            WHERE mine.record = record.id AND NOT EXISTS (
                SELECT 1 FROM record_item AS later
                WHERE later.point = mine.point AND later.form = mine.form
                    AND later.item = mine.item AND later.signed_ms > mine.signed_ms
                    AND NOT EXISTS (SELECT 1 FROM void_record WHERE void_record.record = later.record)))))
    ORDER BY change.seq LIMIT :rows";

pub(super) fn routes() -> Vec<Route> {
    vec![Route::new(Method::GET, "/api/v1/changes", Access::Device, get(changes))]
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Since {
    /// The cursor of the page before; 0 at first.
    #[serde(default)]
    since: u64,
    /// The newest wire version that the app knows: what came later is left out. A newer app begins again at 0.
    #[serde(default = "before_named")]
    wire: u32,
}

fn before_named() -> u32 {
    BEFORE_NAMED
}

/// What changed for the device's operator since a cursor, page by page until `more` is false.
#[utoipa::path(get, path = "/api/v1/changes", params(Since), responses(
    (status = 200, description = "A page", body = ChangesReply),
    (status = 400, description = "`refused`: not a cursor"),
))]
pub(super) async fn changes(
    State(app): State<App>,
    Extension(caller): Extension<DeviceCaller>,
    query: Result<Query<Since>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<ChangesReply>, ApiError> {
    let Query(Since { since, wire }) = query.map_err(|error| ApiError::refused(error.to_string()))?;
    let since = i64::try_from(since).map_err(|_| ApiError::refused("not a cursor"))?;
    let now = app.now();
    let recovery = app.recovery();
    let mut page = app.store().read(move |tx| page(tx, &caller, since, now)).await?;
    page.changes.retain(|change| change.since() <= wire);
    Ok(Json(ChangesReply { recovery, ..page }))
}

fn page(
    tx: &Transaction<'_>,
    caller: &DeviceCaller,
    since: i64,
    now: DateTime<Utc>,
) -> Result<ChangesReply, ApiError> {
    let last: i64 = tx.query_row("SELECT COALESCE(MAX(seq), 0) FROM change", [], |row| row.get(0))?;
    // A cursor from the future is of a server that was restored from a backup: everything goes down again.
    let since = if since > last { 0 } else { since };
    let recent = (now - RECORDS_OF).timestamp_millis();
    let mut rows = tx.prepare(PAGE)?;
    let rows = rows.query_map(
        named_params! {
            ":operator": caller.operator.as_str(),
            ":since": since,
            ":recent": recent,
            ":rows": integer(PAGE_ROWS as u64 + 1),
        },
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
    )?;
    let rows = rows.collect::<Result<Vec<(i64, String, String, String)>, _>>()?;
    let mut reply =
        ChangesReply { changes: vec![], cursor: since.unsigned_abs(), more: false, recovery: None };
    let mut bytes = 0;
    for (seq, kind, id, hash) in rows {
        if reply.changes.len() == PAGE_ROWS || bytes > PAGE_BYTES {
            reply.more = true;
            return Ok(reply);
        }
        match Table::ALL.into_iter().find(|table| table.name() == kind) {
            Some(table) => reply.changes.extend(register::change(tx, table, &id, hash.is_empty())?),
            None if kind == register::CONFIRMATION => {
                let found = confirmation::find(tx, &id)?;
                reply.changes.extend(found.map(|row| Change::Confirmation(Box::new(row))));
            }
            None if kind == register::DEFINITION => {
                if let Some(held) = definition::find(tx, &id)? {
                    bytes += held.definition.text.len();
                    reply.changes.push(Change::Definition(held.definition));
                }
            }
            None if kind == register::REVIEW => {
                let found = review::find(tx, &id)?;
                reply.changes.extend(found.map(|review| Change::Review(Box::new(review))));
            }
            None if kind == faults::FAULT => {
                if let Some((fault, length)) = faults::elsewhere(tx, caller.operator.as_str(), &id, recent)? {
                    bytes += length;
                    reply.changes.push(Change::Fault(fault));
                }
            }
            None if kind == register::HALT => {
                reply.changes.extend(register::halt(tx, &id)?.map(Change::Halt))
            }
            None => {
                if let Some((record, length)) = record(tx, &id)? {
                    bytes += length;
                    reply.changes.push(Change::Record(Box::new(record)));
                }
            }
        }
        reply.cursor = seq.unsigned_abs();
    }
    reply.cursor = last.unsigned_abs();
    Ok(reply)
}

/// A record as its device signed it with what was done later, and how long the bodies are.
fn record(tx: &Transaction<'_>, id: &str) -> Result<Option<(RecordElsewhere, usize)>, StoreError> {
    let Some(HeldRecord { first, later, .. }) = HeldRecord::read(tx, id)? else { return Ok(None) };
    let length = later.iter().chain([&first]).map(|entry| entry.body.len()).sum();
    Ok(content(&first).map(|(header, content)| {
        let (signed_at, proof) = header.clocks.best_time();
        let record = RecordElsewhere {
            device: header.device,
            log: header.log,
            seq: header.seq,
            hash: first.hash(),
            signed_at,
            is_proven: proof == TimeProof::Satellite,
            content,
            later,
        };
        (record, length)
    }))
}

fn content(entry: &Entry) -> Option<(Header, RecordSigned)> {
    match (entry.read_header().ok()?, entry.read_act().ok()?) {
        (header, Act::RecordSigned(record)) => Some((header, *record)),
        _ => None,
    }
}
