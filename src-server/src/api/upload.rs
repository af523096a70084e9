//! What is known of files that are coming up: a row and a partial file for each, until the whole one has its name.

use std::path::Path;

use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{OptionalExtension, Transaction, named_params};
use stackside_core::hash::Hash;
use stackside_core::wire::WireErrorCode;
use uuid::Uuid;

use super::ApiError;
use crate::App;
use crate::access::DeviceCaller;
use crate::store::{aside, integer};

/// An upload that nobody went on with for so long is given up; what was sent of it is sent again.
const ABANDONED: TimeDelta = TimeDelta::days(7);

/// The most uploads that a device has open at once.
const MOST_OPEN: u32 = 200;

#[derive(Debug, Clone)]
pub(super) struct Upload {
    pub id: Uuid,
    pub operator: String,
    pub sha256: Hash,
    pub size_bytes: u64,
    pub media_type: String,
}

/// The upload of this device for the same bytes, or a new one.
pub(super) async fn keep(app: &App, caller: &DeviceCaller, wanted: Upload) -> Result<Upload, ApiError> {
    let (app, device) = (app.clone(), caller.device.to_string());
    let files = app.files().clone();
    let now = app.now().timestamp_millis();
    app.store()
        .write(move |tx| {
            let sha256 = wanted.sha256.to_string();
            let there: Option<(String, i64)> = tx
                .query_row(
                    "SELECT id, size_bytes FROM upload WHERE device = :device AND sha256 = :sha256",
                    named_params! { ":device": device, ":sha256": sha256 },
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )
                .optional()?;
            match there.and_then(|(id, size)| Some((id.parse::<Uuid>().ok()?, size))) {
                Some((id, size)) if size == integer(wanted.size_bytes) => return Ok(Upload { id, ..wanted }),
                // Another length for the same hash: one of the two was wrong, and the newer is tried.
                Some((id, _)) => drop_upload(tx, id, &files.part(id))?,
                None => {}
            }
            refuse_hoarding(tx, &device)?;
            tx.execute(
                "INSERT INTO upload (id, device, operator, sha256, size_bytes, media_type, created_ms)
                 VALUES (:id, :device, :operator, :sha256, :size_bytes, :media_type, :now)",
                named_params! {
                    ":id": wanted.id.to_string(),
                    ":device": device,
                    ":operator": wanted.operator,
                    ":sha256": sha256,
                    ":size_bytes": integer(wanted.size_bytes),
                    ":media_type": wanted.media_type,
                    ":now": now,
                },
            )?;
            Ok(wanted)
        })
        .await
}

/// Uploads that are begun and not finished take space for seven days: a tablet has only so many at a time.
fn refuse_hoarding(tx: &Transaction<'_>, device: &str) -> Result<(), ApiError> {
    let open: u32 = tx.query_row(
        "SELECT COUNT(*) FROM upload WHERE device = :device AND NOT EXISTS (
             SELECT 1 FROM file WHERE file.sha256 = upload.sha256 AND file.operator = upload.operator)",
        named_params! { ":device": device },
        |row| row.get(0),
    )?;
    if open < MOST_OPEN {
        return Ok(());
    }
    Err(ApiError::wait(
        TimeDelta::minutes(5),
        format!("{MOST_OPEN} uploads are open: finish or end one first"),
    ))
}

/// An upload of this device.
pub(super) async fn find(app: &App, caller: &DeviceCaller, id: &str) -> Result<Upload, ApiError> {
    let unknown = || ApiError::not_found("no such upload of this device");
    let id: Uuid = id.parse().map_err(|_| unknown())?;
    let device = caller.device.to_string();
    let row = app.store().read(move |tx| {
        let row = tx
            .query_row(
                "SELECT operator, sha256, size_bytes, media_type FROM upload WHERE id = :id AND device = :device",
                named_params! { ":id": id.to_string(), ":device": device },
                |row| {
                    Ok((row.get(0)?, row.get::<_, String>(1)?, row.get::<_, i64>(2)?.unsigned_abs(), row.get(3)?))
                },
            )
            .optional()?;
        Ok::<_, ApiError>(row)
    });
    let (operator, sha256, size_bytes, media_type) = row.await?.ok_or_else(unknown)?;
    let sha256 = sha256.parse().map_err(|error| ApiError::internal(&error))?;
    Ok(Upload { id, operator, sha256, size_bytes, media_type })
}

/// How far an upload came. One that has all its bytes but was not finished (a crash) is finished now.
pub(super) async fn offset(app: &App, upload: &Upload) -> Result<u64, ApiError> {
    if held(app, upload).await? {
        return Ok(upload.size_bytes);
    }
    let length = part_length(&app.files().part(upload.id))?;
    if length >= upload.size_bytes
        && let Some(_busy) = app.files().claim(upload.id)
    {
        finish(app, upload).await?;
    }
    Ok(length)
}

pub(super) async fn held(app: &App, upload: &Upload) -> Result<bool, ApiError> {
    let (files, upload) = (app.files().clone(), upload.clone());
    let held =
        app.store().read(move |tx| Ok::<_, ApiError>(files.held(tx, &upload.sha256, &upload.operator)?));
    Ok(held.await?.is_some())
}

/// Checks the whole file and names it by what it holds: file first, then its row.
pub(super) async fn finish(app: &App, upload: &Upload) -> Result<(), ApiError> {
    let (app, upload) = (app.clone(), upload.clone());
    aside(move || {
        let part = app.files().part(upload.id);
        if Hash::of_all(std::fs::File::open(&part)?)?.1 != upload.sha256 {
            app.store().write_now(|tx| drop_upload(tx, upload.id, &part))?;
            return Err(wrong_hash());
        }
        let whole = app.files().whole(&upload.sha256);
        let folder = whole.parent().ok_or_else(wrong_hash)?;
        std::fs::create_dir_all(folder)?;
        std::fs::File::open(&part)?.sync_all()?;
        std::fs::rename(&part, &whole)?;
        for folder in [Some(folder), folder.parent()].into_iter().flatten() {
            std::fs::File::open(folder)?.sync_all()?;
        }
        app.store().write_now(|tx| {
            tx.execute(
                "INSERT INTO file (sha256, operator, size_bytes, media_type, received_ms)
                 VALUES (:sha256, :operator, :size_bytes, :media_type, :now)
                 ON CONFLICT (sha256, operator) DO UPDATE SET size_bytes = excluded.size_bytes",
                named_params! {
                    ":sha256": upload.sha256.to_string(),
                    ":operator": upload.operator,
                    ":size_bytes": integer(upload.size_bytes),
                    ":media_type": upload.media_type,
                    ":now": app.now().timestamp_millis(),
                },
            )?;
            Ok(())
        })
    })
    .await
}

/// Lets go of uploads that are whole or that nobody goes on with; tells how many.
pub(crate) fn drop_abandoned(app: &App) -> Result<u64, ApiError> {
    let before = app.now() - ABANDONED;
    let old: Vec<Uuid> = app.store().read_now(|tx| {
        let mut statement = tx.prepare("SELECT id FROM upload WHERE created_ms < :before")?;
        let rows = statement.query_map(named_params! { ":before": before.timestamp_millis() }, |row| {
            row.get::<_, String>(0)
        })?;
        let ids: Vec<String> = rows.collect::<Result<_, _>>()?;
        Ok::<_, ApiError>(ids.iter().filter_map(|id| id.parse().ok()).collect())
    })?;
    let mut dropped = 0;
    for id in old {
        let part = app.files().part(id);
        let Some(_busy) = app.files().claim(id) else { continue };
        if touched(&part)?.is_none_or(|at| at < before) {
            app.store().write_now(|tx| drop_upload(tx, id, &part))?;
            dropped += 1;
        }
    }
    Ok(dropped)
}

/// When a partial file was last written to; nothing if there is none.
fn touched(part: &Path) -> Result<Option<DateTime<Utc>>, ApiError> {
    match std::fs::metadata(part).and_then(|file| file.modified()) {
        Ok(at) => Ok(Some(at.into())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

pub(super) fn drop_upload(tx: &Transaction<'_>, id: Uuid, part: &Path) -> Result<(), ApiError> {
    tx.execute("DELETE FROM upload WHERE id = :id", named_params! { ":id": id.to_string() })?;
    match std::fs::remove_file(part) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

pub(super) fn part_length(part: &Path) -> Result<u64, ApiError> {
    match std::fs::metadata(part) {
        Ok(file) => Ok(file.len()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(error.into()),
    }
}

pub(super) fn wrong_hash() -> ApiError {
    let status = StatusCode::from_u16(460).unwrap_or(StatusCode::BAD_REQUEST);
    ApiError::new(
        status,
        WireErrorCode::Refused,
        "the bytes are not those of the hash; the upload was dropped",
    )
}
