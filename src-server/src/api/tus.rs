//! Files come up by tus 1.0 (core, creation, termination before completion). How far an upload came is the length of
//! its partial file; the SHA-256 of the whole file decides at the end.

use std::path::Path;
use std::time::Duration;

use axum::Extension;
use axum::body::Body;
use axum::extract::{self, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, head, options, patch, post};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{OptionalExtension, Transaction, named_params};
use stackside_core::hash::Hash;
use stackside_core::photo::MAX_BYTES;
use stackside_core::wire::WireErrorCode;
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

use super::{ApiError, next_bytes};
use crate::App;
use crate::access::DeviceCaller;
use crate::backup::hash_of;
use crate::route::{Access, Route};
use crate::store::{aside, integer};

const VERSION: &str = "1.0.0";
/// A line that says nothing for so long is dead; what arrived is kept.
const SILENCE: Duration = Duration::from_secs(60);
/// An upload that nobody went on with for so long is given up; what was sent of it is sent again.
const ABANDONED: TimeDelta = TimeDelta::days(7);
/// The longest media type that is kept.
const MAX_TYPE: usize = 100;

pub(super) fn routes() -> Vec<Route> {
    const FILES: &str = "/api/v1/files";
    const UPLOAD: &str = "/api/v1/files/uploads/{id}";
    vec![
        Route::new(Method::OPTIONS, FILES, Access::Device, options(capabilities)),
        Route::new(Method::POST, FILES, Access::Device, post(create)),
        Route::new(Method::HEAD, UPLOAD, Access::Device, head(how_far)),
        Route::new(Method::PATCH, UPLOAD, Access::Device, patch(append)),
        Route::new(Method::DELETE, UPLOAD, Access::Device, delete(end)),
    ]
}

#[derive(Debug, Clone)]
struct Upload {
    id: Uuid,
    operator: String,
    sha256: Hash,
    size_bytes: u64,
    media_type: String,
}

async fn capabilities() -> Response {
    let headers = [
        ("tus-version", VERSION.to_owned()),
        ("tus-extension", "creation,termination".to_owned()),
        ("tus-max-size", MAX_BYTES.to_string()),
    ];
    tus(Ok((StatusCode::NO_CONTENT, headers).into_response()))
}

async fn create(
    State(app): State<App>,
    Extension(caller): Extension<DeviceCaller>,
    headers: HeaderMap,
) -> Response {
    tus(create_or_resume(&app, caller, &headers).await)
}

async fn create_or_resume(
    app: &App,
    caller: DeviceCaller,
    headers: &HeaderMap,
) -> Result<Response, ApiError> {
    check_version(headers)?;
    let size_bytes =
        number(headers, "upload-length").ok_or_else(|| ApiError::refused("Upload-Length is missing"))?;
    if size_bytes > MAX_BYTES {
        return Err(ApiError::too_large(format!("a file has {MAX_BYTES} bytes or less")));
    }
    if size_bytes == 0 {
        return Err(ApiError::refused("an empty file"));
    }
    let (sha256, media_type) = metadata(headers)?;
    let wanted = Upload {
        id: Uuid::now_v7(),
        operator: caller.operator.to_string(),
        sha256,
        size_bytes,
        media_type: media_type.unwrap_or_else(|| "application/octet-stream".to_owned()),
    };
    let upload = keep(app, &caller, wanted.clone()).await?;
    let (upload, offset) = match offset(app, &upload).await {
        Ok(offset) => (upload, offset),
        // What lay there was whole and wrong: it is gone now, and the upload starts afresh.
        Err(error) if error.status == wrong_hash().status => (keep(app, &caller, wanted).await?, 0),
        Err(error) => return Err(error),
    };
    let location = format!("/api/v1/files/uploads/{}", upload.id);
    let headers = [("location", location), ("upload-offset", offset.to_string())];
    Ok((StatusCode::CREATED, headers).into_response())
}

/// The upload of this device for the same bytes, or a new one.
async fn keep(app: &App, caller: &DeviceCaller, wanted: Upload) -> Result<Upload, ApiError> {
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

async fn how_far(
    State(app): State<App>,
    Extension(caller): Extension<DeviceCaller>,
    extract::Path(id): extract::Path<String>,
    headers: HeaderMap,
) -> Response {
    let answer = async {
        check_version(&headers)?;
        let upload = find(&app, &caller, &id).await?;
        let offset = offset(&app, &upload).await?;
        let headers =
            [("upload-offset", offset.to_string()), ("upload-length", upload.size_bytes.to_string())];
        Ok((StatusCode::OK, headers).into_response())
    };
    tus(answer.await)
}

async fn append(
    State(app): State<App>,
    Extension(caller): Extension<DeviceCaller>,
    extract::Path(id): extract::Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    // A task of its own: when the line is cut, this handler is dropped, and what arrived must still reach the disk.
    let task = tokio::spawn(async move {
        check_version(&headers)?;
        if headers.get(header::CONTENT_TYPE).is_none_or(|value| value != "application/offset+octet-stream") {
            let message = "a PATCH carries application/offset+octet-stream";
            return Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, WireErrorCode::Refused, message));
        }
        let from =
            number(&headers, "upload-offset").ok_or_else(|| ApiError::refused("Upload-Offset is missing"))?;
        let upload = find(&app, &caller, &id).await?;
        let Some(_busy) = app.files().claim(upload.id) else { return Err(busy()) };
        let here = match held(&app, &upload).await? {
            true => upload.size_bytes,
            false => part_length(&app.files().part(upload.id))?,
        };
        if from != here {
            let message = format!("the upload stands at {here}");
            return Err(ApiError::new(StatusCode::CONFLICT, WireErrorCode::Refused, message));
        }
        if here == upload.size_bytes && held(&app, &upload).await? {
            return Ok(here);
        }
        let there = receive(&app.files().part(upload.id), here, upload.size_bytes, body).await?;
        if there == upload.size_bytes {
            finish(&app, &upload).await?;
        }
        Ok(there)
    });
    let done = match task.await {
        Ok(done) => done,
        Err(error) => Err(ApiError::internal(&error)),
    };
    tus(done.map(|offset| (StatusCode::NO_CONTENT, [("upload-offset", offset.to_string())]).into_response()))
}

/// Appends a body to a partial file and tells its new length. Bytes of a body that broke off are kept.
async fn receive(part: &Path, here: u64, size_bytes: u64, mut body: Body) -> Result<u64, ApiError> {
    let mut file = tokio::fs::OpenOptions::new().create(true).append(true).open(part).await?;
    let mut there = here;
    let mut broken = None;
    loop {
        let bytes = match tokio::time::timeout(SILENCE, next_bytes(&mut body)).await {
            Ok(None) => break,
            Ok(Some(Ok(bytes))) => bytes,
            Ok(Some(Err(error))) => {
                broken = Some(error.to_string());
                break;
            }
            Err(_) => {
                broken = Some("silence".to_owned());
                break;
            }
        };
        if there + bytes.len() as u64 > size_bytes {
            file.flush().await?;
            file.set_len(here).await?;
            file.sync_data().await?;
            return Err(ApiError::too_large("more bytes than Upload-Length says"));
        }
        file.write_all(&bytes).await?;
        there += bytes.len() as u64;
    }
    file.flush().await?;
    file.sync_data().await?;
    match broken {
        // A whole file is whole, however the line ended.
        Some(_) if there == size_bytes => Ok(there),
        Some(why) => Err(ApiError::refused(format!("the body broke off at {there}: {why}"))),
        None => Ok(there),
    }
}

async fn end(
    State(app): State<App>,
    Extension(caller): Extension<DeviceCaller>,
    extract::Path(id): extract::Path<String>,
    headers: HeaderMap,
) -> Response {
    let answer = async {
        check_version(&headers)?;
        let upload = find(&app, &caller, &id).await?;
        if held(&app, &upload).await? {
            let message = "the file is held whole: evidence is not deleted";
            return Err(ApiError::new(StatusCode::FORBIDDEN, WireErrorCode::Refused, message));
        }
        let Some(_busy) = app.files().claim(upload.id) else { return Err(busy()) };
        let part = app.files().part(upload.id);
        app.store().write(move |tx| drop_upload(tx, upload.id, &part)).await?;
        Ok(StatusCode::NO_CONTENT.into_response())
    };
    tus(answer.await)
}

/// An upload of this device.
async fn find(app: &App, caller: &DeviceCaller, id: &str) -> Result<Upload, ApiError> {
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
async fn offset(app: &App, upload: &Upload) -> Result<u64, ApiError> {
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

async fn held(app: &App, upload: &Upload) -> Result<bool, ApiError> {
    let (files, upload) = (app.files().clone(), upload.clone());
    let held =
        app.store().read(move |tx| Ok::<_, ApiError>(files.held(tx, &upload.sha256, &upload.operator)?));
    Ok(held.await?.is_some())
}

/// Checks the whole file and names it by what it holds: file first, then its row.
async fn finish(app: &App, upload: &Upload) -> Result<(), ApiError> {
    let (app, upload) = (app.clone(), upload.clone());
    aside(move || {
        let part = app.files().part(upload.id);
        if hash_of(&part)? != upload.sha256 {
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

fn drop_upload(tx: &Transaction<'_>, id: Uuid, part: &Path) -> Result<(), ApiError> {
    tx.execute("DELETE FROM upload WHERE id = :id", named_params! { ":id": id.to_string() })?;
    match std::fs::remove_file(part) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

fn part_length(part: &Path) -> Result<u64, ApiError> {
    match std::fs::metadata(part) {
        Ok(file) => Ok(file.len()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(error.into()),
    }
}

/// `sha256` as hex digits or bytes, and `type`.
fn metadata(headers: &HeaderMap) -> Result<(Hash, Option<String>), ApiError> {
    let text = headers.get("upload-metadata").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let value = |name: &str| {
        let pair =
            text.split(',').map(str::trim).find_map(|pair| pair.strip_prefix(name)?.strip_prefix(' '))?;
        STANDARD.decode(pair.trim()).ok()
    };
    let sha256 = value("sha256").and_then(|bytes| match <[u8; 32]>::try_from(bytes.as_slice()) {
        Ok(bytes) => Some(Hash::from(bytes)),
        Err(_) => String::from_utf8(bytes).ok()?.parse().ok(),
    });
    let sha256 = sha256.ok_or_else(|| ApiError::refused("Upload-Metadata names no sha256"))?;
    let media_type = value("type").and_then(|bytes| String::from_utf8(bytes).ok());
    Ok((sha256, media_type.filter(|text| text.len() <= MAX_TYPE)))
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok()?.parse().ok()
}

fn check_version(headers: &HeaderMap) -> Result<(), ApiError> {
    if headers.get("tus-resumable").is_some_and(|version| version == VERSION) {
        return Ok(());
    }
    let message = format!("Tus-Resumable: {VERSION} is what this server speaks");
    Err(ApiError::new(StatusCode::PRECONDITION_FAILED, WireErrorCode::Refused, message))
}

fn busy() -> ApiError {
    ApiError::new(StatusCode::LOCKED, WireErrorCode::Internal, "another request is at this upload")
}

fn wrong_hash() -> ApiError {
    let status = StatusCode::from_u16(460).unwrap_or(StatusCode::BAD_REQUEST);
    ApiError::new(
        status,
        WireErrorCode::Refused,
        "the bytes are not those of the hash; the upload was dropped",
    )
}

/// Every answer of the protocol names its version.
fn tus(answer: Result<Response, ApiError>) -> Response {
    let mut response = answer.into_response();
    let is_wrong_version = response.status() == StatusCode::PRECONDITION_FAILED;
    let headers = response.headers_mut();
    headers.insert("tus-resumable", HeaderValue::from_static(VERSION));
    if is_wrong_version {
        headers.insert("tus-version", HeaderValue::from_static(VERSION));
    }
    response
}
