//! Evidence comes in: authentic, in order, once. What is well-formed and authentic is always accepted (design.md §6).

use axum::body::Body;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::routing::post;
use axum::{Extension, Json};
use chrono::{DateTime, SubsecRound, Utc};
use rusqlite::{OptionalExtension, ToSql, Transaction, named_params};
use serde_json::Value;
use stackside_core::evidence::{Entry, Header, PublicKey};
use stackside_core::hash::Hash;
use stackside_core::id::{DeviceId, LogId, OperatorId};
use stackside_core::trust::{Certificate, Receipt, Signed, Statement};
use stackside_core::wire::{EntriesReply, EntriesRequest, WireErrorCode};

use super::{ApiError, OLDEST_APP, projection, read_json_of, settle};
use crate::App;
use crate::access::DeviceCaller;
use crate::route::{Access, Route};
use crate::store::{aside, integer};

/// The most entries of one batch: what fits a body anyway.
const MAX_ENTRIES: usize = 10_000;

pub(super) fn routes() -> Vec<Route> {
    vec![Route::new(Method::POST, "/api/v1/entries", Access::Device, post(entries))]
}

/// Takes entries of one log in order, in one transaction; an empty batch asks for the receipt of the log written last.
#[utoipa::path(post, path = "/api/v1/entries", request_body = EntriesRequest, responses(
    (status = 200, description = "Held: the server's word for it", body = EntriesReply),
    (status = 404, description = "`not_found`: an empty batch of a device of which no entry is held"),
    (status = 409, description = "`gap`: the message names the number expected. `fork`: another entry is held under the \
        number"),
    (status = 426, description = "`too_old`: the app is to be updated"),
))]
pub(super) async fn entries(
    State(app): State<App>,
    Extension(caller): Extension<DeviceCaller>,
    body: Body,
) -> Result<Json<EntriesReply>, ApiError> {
    let (request, length): (EntriesRequest, _) = read_json_of(body).await?;
    if is_too_old(&request.app_version) {
        let message = format!("the oldest app whose entries are taken is {OLDEST_APP}");
        return Err(ApiError::new(StatusCode::UPGRADE_REQUIRED, WireErrorCode::TooOld, message));
    }
    if request.entries.len() > MAX_ENTRIES {
        return Err(ApiError::too_large(format!("a batch has {MAX_ENTRIES} entries or fewer")));
    }
    aside(move || {
        let place = match batch_log(&request.entries)? {
            Some(place) => place,
            None => latest_log(&app, &caller)?,
        };
        let (key, operator) = signer(&app, place, request.entries.first())?;
        let batch = authentic(&request.entries, &key)?;
        let now = app.now();
        let taken = app.store().write_now(|tx| take(tx, place, &batch, &key, &operator, &caller, now))?;
        // A fork is an answer and a row to keep: its transaction is committed before it is refused.
        let (seq, hash, new) = taken.inspect_err(|_| app.metrics().forks.add(1))?;
        let metrics = app.metrics();
        metrics.batches.add(1);
        metrics.entries.add(new);
        metrics.batch_bytes.add(length);
        let receipt = Receipt {
            statement: Receipt::NAME.to_owned(),
            device: place.0,
            log: place.1,
            seq,
            hash,
            server_time: now.trunc_subsecs(3),
        };
        let receipt = Signed::make(&receipt, app.public_key(), app.key())
            .map_err(|error| ApiError::internal(&error))?;
        Ok(Json(EntriesReply { receipt }))
    })
    .await
}

type Place = (DeviceId, LogId);

struct Authentic<'r> {
    entry: &'r Entry,
    header: Header,
    hash: Hash,
}

/// The one log that a batch is of; nothing for an empty batch.
fn batch_log(entries: &[Entry]) -> Result<Option<Place>, ApiError> {
    let mut place = None;
    for entry in entries {
        let header = entry.read_header().map_err(refused)?;
        let here = (header.device, header.log);
        if place.is_some_and(|place| place != here) {
            return Err(ApiError::refused("a batch is of one log"));
        }
        place = Some(here);
    }
    Ok(place)
}

/// An empty batch asks after the log that this device wrote last.
fn latest_log(app: &App, caller: &DeviceCaller) -> Result<Place, ApiError> {
    let device = caller.device;
    app.store().read_now(|tx| {
        let log: Option<String> = tx
            .query_row(
                "SELECT log FROM entry WHERE device = :device ORDER BY received_ms DESC, rowid DESC LIMIT 1",
                named_params! { ":device": device.to_string() },
                |row| row.get(0),
            )
            .optional()?;
        let log = log.and_then(|log| log.parse().ok());
        log.map(|log| (device, log)).ok_or_else(|| ApiError::not_found("no entry of this device is held"))
    })
}

/// The key that a log holds under and whose device it is: as its first entry's certificate says.
fn signer(
    app: &App,
    (device, log): Place,
    first: Option<&Entry>,
) -> Result<(PublicKey, OperatorId), ApiError> {
    let known = app.store().read_now(|tx| {
        let row = tx
            .query_row(
                "SELECT public_key, operator FROM log WHERE device = :device AND log = :log",
                named_params! { ":device": device.to_string(), ":log": log.to_string() },
                |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)),
            )
            .optional()?;
        Ok::<_, ApiError>(row)
    })?;
    if let Some((key, operator)) = known {
        let key = serde_json::from_value(Value::String(key))?;
        return Ok((key, operator.parse().map_err(|error| ApiError::internal(&error))?));
    }
    let Some(first) = first else { return Err(ApiError::not_found("no entry of this log is held")) };
    let header = first.read_header().map_err(refused)?;
    if header.seq != 1 {
        return Err(gap(1));
    }
    // Read apart from the act: the first entry of a newer app names its certificate too.
    let body: Value =
        serde_json::from_str(&first.body).map_err(|error| ApiError::refused(error.to_string()))?;
    let unsigned =
        || ApiError::refused("the first entry of a log names a certificate that this server signed");
    let signed: Signed<Certificate> = body
        .get("certificate")
        .cloned()
        .and_then(|value| serde_json::from_value(value).ok())
        .ok_or_else(unsigned)?;
    let certificate = signed.verify(app.public_key()).map_err(|_| unsigned())?;
    if certificate.device != device {
        return Err(ApiError::refused("the certificate is another device's"));
    }
    Ok((certificate.public_key, certificate.operator))
}

fn authentic<'r>(entries: &'r [Entry], key: &PublicKey) -> Result<Vec<Authentic<'r>>, ApiError> {
    entries
        .iter()
        .map(|entry| {
            let header = entry.verify(key).map_err(refused)?;
            let is_first = header.seq == 1;
            if header.seq == 0 || is_first != header.prev.is_none() {
                return Err(ApiError::refused("only the first entry, number 1, has nothing before it"));
            }
            Ok(Authentic { entry, header, hash: entry.hash() })
        })
        .collect()
}

/// Takes a batch and tells the highest entry held, and how many were new. The inner error is a fork, which is kept.
fn take(
    tx: &Transaction<'_>,
    place: Place,
    batch: &[Authentic<'_>],
    key: &PublicKey,
    operator: &OperatorId,
    caller: &DeviceCaller,
    now: DateTime<Utc>,
) -> Result<Result<(u64, Hash, u64), ApiError>, ApiError> {
    let mut new = 0;
    let mut tip = held_tip(tx, place)?;
    if tip.is_none() {
        open_log(tx, place, key, operator)?;
    }
    let first_new = tip.as_ref().map_or(1, |(last, _)| last + 1);
    let mut fork = None;
    for item in batch {
        let seq = item.header.seq;
        let next = tip.as_ref().map_or(1, |(last, _)| last + 1);
        if seq < next {
            if held_hash(tx, &item.header)? == Some(item.hash) {
                continue;
            }
        } else if seq > next {
            return Err(gap(next));
        } else if item.header.prev == tip.map(|(_, hash)| hash) {
            keep(tx, item, "entry", caller, now)?;
            projection::project(tx, &item.header, item.entry, item.hash, operator)?;
            tip = Some((seq, item.hash));
            new += 1;
            continue;
        }
        keep(tx, item, "fork", caller, now)?;
        tracing::warn!(device = %item.header.device, log = %item.header.log, seq, "a fork");
        let message = format!("entry {seq} contradicts the log that is held");
        fork = Some(ApiError::new(StatusCode::CONFLICT, WireErrorCode::Fork, message));
        break;
    }
    if tip.as_ref().is_some_and(|(last, _)| *last >= first_new) {
        settle::settle(tx, place, first_new)?;
    }
    if let Some(fork) = fork {
        return Ok(Err(fork));
    }
    let (seq, hash) = tip.ok_or_else(|| ApiError::not_found("no entry of this log is held"))?;
    Ok(Ok((seq, hash, new)))
}

fn held_tip(tx: &Transaction<'_>, (device, log): Place) -> Result<Option<(u64, Hash)>, ApiError> {
    let row = tx
        .query_row(
            "SELECT seq, hash FROM entry WHERE device = :device AND log = :log ORDER BY seq DESC LIMIT 1",
            named_params! { ":device": device.to_string(), ":log": log.to_string() },
            |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)),
        )
        .optional()?;
    row.map(|(seq, hash)| Ok((seq.unsigned_abs(), hash.parse().map_err(|error| ApiError::internal(&error))?)))
        .transpose()
}

fn held_hash(tx: &Transaction<'_>, header: &Header) -> Result<Option<Hash>, ApiError> {
    let hash: Option<String> = tx
        .query_row(
            "SELECT hash FROM entry WHERE device = :device AND log = :log AND seq = :seq",
            named_params! {
                ":device": header.device.to_string(), ":log": header.log.to_string(), ":seq": integer(header.seq),
            },
            |row| row.get(0),
        )
        .optional()?;
    Ok(hash.and_then(|hash| hash.parse().ok()))
}

fn open_log(
    tx: &Transaction<'_>,
    (device, log): Place,
    key: &PublicKey,
    operator: &OperatorId,
) -> Result<(), ApiError> {
    tx.execute(
        "INSERT INTO log (device, log, operator, public_key) VALUES (:device, :log, :operator, :key)",
        named_params! {
            ":device": device.to_string(),
            ":log": log.to_string(),
            ":operator": operator.as_str(),
            ":key": key.as_str(),
        },
    )?;
    Ok(())
}

/// Keeps an entry in `entry` or `fork`.
fn keep(
    tx: &Transaction<'_>,
    Authentic { entry, header, hash }: &Authentic<'_>,
    table: &'static str,
    caller: &DeviceCaller,
    now: DateTime<Utc>,
) -> Result<(), ApiError> {
    let signature = serde_json::to_value(&entry.signature)?;
    let (kind, kind_value) = if table == "entry" { (", kind", ", :kind") } else { ("", "") };
    let mut insert = tx.prepare_cached(&format!(
        "INSERT INTO {table} (device, log, seq, hash, header, signature, body, received_ms, sent_by{kind})
         VALUES (:device, :log, :seq, :hash, :header, :signature, :body, :now, :sent_by{kind_value})
         ON CONFLICT DO NOTHING"
    ))?;
    let (device, log, now, sent_by) = (
        header.device.to_string(),
        header.log.to_string(),
        now.timestamp_millis(),
        caller.device.to_string(),
    );
    let seq = integer(header.seq);
    let hash = hash.to_string();
    let signature = signature.as_str().unwrap_or_default();
    let mut values: Vec<(&str, &dyn ToSql)> = vec![
        (":device", &device),
        (":log", &log),
        (":seq", &seq),
        (":hash", &hash),
        (":header", &entry.header),
        (":signature", &signature),
        (":body", &entry.body),
        (":now", &now),
        (":sent_by", &sent_by),
    ];
    if table == "entry" {
        values.push((":kind", &header.kind));
    }
    insert.execute(values.as_slice())?;
    Ok(())
}

fn refused(error: impl std::error::Error) -> ApiError {
    ApiError::refused(error.to_string())
}

fn gap(expected: u64) -> ApiError {
    ApiError::new(StatusCode::CONFLICT, WireErrorCode::Gap, format!("the next entry is number {expected}"))
}

/// True for a version below [`OLDEST_APP`]. What is not a version is let through: evidence is not lost over a label.
fn is_too_old(version: &str) -> bool {
    let read = |text: &str| -> Option<Vec<u64>> {
        let numbers = text.split(['-', '+']).next().unwrap_or_default();
        numbers.split('.').map(|part| part.parse().ok()).collect()
    };
    read(version).zip(read(OLDEST_APP)).is_some_and(|(app, oldest)| app < oldest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_version_that_is_plainly_older_is_too_old() {
        for (version, want) in
            [("0.0.9", true), ("0.1.0", false), ("0.1.0-dev", false), ("1.0", false), ("?", false)]
        {
            assert_eq!(is_too_old(version), want, "{version}");
        }
    }
}
