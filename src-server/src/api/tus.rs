//! Files come up by tus 1.0 (core, creation, termination before completion). How far an upload came is the length of
//! its partial file; the SHA-256 of the whole file decides at the end.

use std::path::Path;

use axum::Extension;
use axum::body::Body;
use axum::extract::{self, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, head, options, patch, post};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use stackside_core::hash::Hash;
use stackside_core::photo::MAX_BYTES;
use stackside_core::wire::WireErrorCode;
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

use super::files::Claim;
use super::upload::{self, Upload, drop_upload, find, held, offset, part_length};
use super::{ApiError, document, next_bytes};
use crate::App;
use crate::access::DeviceCaller;
use crate::route::{Access, Route};

const VERSION: &str = "1.0.0";
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

/// The version of tus that a request speaks.
#[derive(utoipa::ToSchema)]
enum Tus {
    #[schema(rename = "1.0.0")]
    _V1,
}

/// What of tus this server speaks.
#[utoipa::path(options, path = "/api/v1/files", responses((status = 204, description = "This", headers(
    ("Tus-Version" = String), ("Tus-Extension" = String), ("Tus-Max-Size" = u64),
))))]
pub(super) async fn capabilities() -> Response {
    let headers = [
        ("tus-version", VERSION.to_owned()),
        ("tus-extension", "creation,termination".to_owned()),
        ("tus-max-size", MAX_BYTES.to_string()),
    ];
    tus(Ok((StatusCode::NO_CONTENT, headers).into_response()))
}

/// Begins an upload (tus creation). The same device, hash and length give the same upload again.
#[utoipa::path(post, path = "/api/v1/files", params(
    ("Tus-Resumable" = inline(Tus), Header, description = "The protocol's version"),
    ("Upload-Length" = u64, Header, minimum = 1, maximum = 41_943_040, description = "The file's length"),
    ("Upload-Metadata" = String, Header, format = "tus-metadata",
        pattern = "(^|,) *sha256 ([A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{86}==) *(,|$)",
        example = "sha256 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=,type aW1hZ2UvanBlZw==",
        description = "`sha256`: the file's hash as 32 bytes or as hex digits; `type`: its media type, 100 bytes or less; \
            each in base64"),
), responses(
    (status = 201, description = "Where it is, and how many bytes of it lie on the server's disk",
        headers(("Location" = String), ("Upload-Offset" = u64))),
    (status = 400, description = "`refused`: a header is missing, or is none"),
    (status = 412, description = "Another version of tus"),
    (status = 413, description = "`too_large`: more bytes than a file may have"),
    (status = 429, description = "200 uploads are open", headers(("Retry-After" = u64, description = "Seconds to wait"))),
))]
pub(super) async fn create(
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
        return Err(ApiError::too_large(format!(
            "a file has {MAX_BYTES} bytes or less: take the photo with fewer pixels"
        )));
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
    let kept = upload::keep(app, &caller, wanted.clone()).await?;
    let (kept, offset) = match offset(app, &kept).await {
        Ok(offset) => (kept, offset),
        // What lay there was whole and wrong: it is gone now, and the upload starts afresh.
        Err(error) if error.status == upload::wrong_hash().status => {
            (upload::keep(app, &caller, wanted).await?, 0)
        }
        Err(error) => return Err(error),
    };
    let location = format!("/api/v1/files/uploads/{}", kept.id);
    let headers = [("location", location), ("upload-offset", offset.to_string())];
    Ok((StatusCode::CREATED, headers).into_response())
}

/// How far an upload came. A PATCH that still runs on an old line is ended first.
#[utoipa::path(head, path = "/api/v1/files/uploads/{id}", params(
    ("Tus-Resumable" = inline(Tus), Header, description = "The protocol's version"),
    ("id" = Uuid, Path, description = "As `Location` named it"),
), responses(
    (status = 200, description = "How many of its bytes lie on the server's disk",
        headers(("Upload-Offset" = u64), ("Upload-Length" = u64))),
    (status = 404, description = "`not_found`: the upload is not known, or not any more: begin again"),
    (status = 412, description = "Another version of tus"),
    (status = 423, description = "Another request is at this upload: later"),
    (status = 460, description = "The bytes are not those of the hash; the upload is gone: begin again"),
))]
pub(super) async fn how_far(
    State(app): State<App>,
    Extension(caller): Extension<DeviceCaller>,
    extract::Path(id): extract::Path<String>,
    headers: HeaderMap,
) -> Response {
    let answer = async {
        check_version(&headers)?;
        let upload = find(&app, &caller, &id).await?;
        // An upload that still writes elsewhere has no offset yet that one could go on from.
        drop(app.files().take_over(upload.id).await.ok_or_else(busy)?);
        let offset = offset(&app, &upload).await?;
        let headers =
            [("upload-offset", offset.to_string()), ("upload-length", upload.size_bytes.to_string())];
        Ok((StatusCode::OK, headers).into_response())
    };
    tus(answer.await)
}

/// Goes on with an upload. Bytes of a body that broke off are kept; with the last byte the whole is hashed.
#[utoipa::path(patch, path = "/api/v1/files/uploads/{id}", params(
    ("Tus-Resumable" = inline(Tus), Header, description = "The protocol's version"),
    ("id" = Uuid, Path, description = "As `Location` named it"),
    ("Upload-Offset" = u64, Header, description = "Where these bytes begin"),
), request_body(content = document::Bytes, content_type = "application/offset+octet-stream"), responses(
    (status = 204, description = "How many of its bytes lie on the server's disk", headers(("Upload-Offset" = u64))),
    (status = 400, description = "`refused`: `Upload-Offset` is missing, or the body broke off"),
    (status = 404, description = "`not_found`: the upload is not known, or not any more: begin again"),
    (status = 409, description = "Another offset: ask with HEAD"),
    (status = 412, description = "Another version of tus"),
    (status = 413, description = "`too_large`: more bytes than were announced"),
    (status = 415, description = "Another `Content-Type`, or a `Content-Encoding` that is not gzip"),
    (status = 423, description = "Another request is at this upload: later"),
    (status = 460, description = "The bytes are not those of the hash; the upload is gone: begin again"),
))]
pub(super) async fn append(
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
        let claim = app.files().take_over(upload.id).await.ok_or_else(busy)?;
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
        let received = receive(&claim, &app.files().part(upload.id), here, upload.size_bytes, body).await;
        let now = part_length(&app.files().part(upload.id))?;
        app.metrics().upload_bytes.add(now.saturating_sub(here));
        let there = received?;
        if there == upload.size_bytes {
            upload::finish(&app, &upload).await?;
            app.metrics().uploads.add(1);
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
async fn receive(
    claim: &Claim,
    part: &Path,
    here: u64,
    size_bytes: u64,
    mut body: Body,
) -> Result<u64, ApiError> {
    let mut file = tokio::fs::OpenOptions::new().create(true).append(true).open(part).await?;
    let mut there = here;
    let mut broken = None;
    loop {
        let next = tokio::select! {
            biased;
            next = next_bytes(&mut body) => next,
            () = claim.silence() => {
                broken = Some("silence".to_owned());
                break;
            }
        };
        let bytes = match next {
            None => break,
            Some(Ok(bytes)) => bytes,
            Some(Err(error)) => {
                broken = Some(error.to_string());
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

/// Lets go of an upload that is not whole (tus termination).
#[utoipa::path(delete, path = "/api/v1/files/uploads/{id}", params(
    ("Tus-Resumable" = inline(Tus), Header, description = "The protocol's version"),
    ("id" = Uuid, Path, description = "As `Location` named it"),
), responses(
    (status = 204, description = "It is gone"),
    (status = 403, description = "The file is held whole: evidence is not deleted"),
    (status = 404, description = "`not_found`: the upload is not known, or not any more: begin again"),
    (status = 412, description = "Another version of tus"),
    (status = 423, description = "Another request is at this upload: later"),
))]
pub(super) async fn end(
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
        let _claim = app.files().take_over(upload.id).await.ok_or_else(busy)?;
        let part = app.files().part(upload.id);
        app.store().write(move |tx| drop_upload(tx, upload.id, &part)).await?;
        Ok(StatusCode::NO_CONTENT.into_response())
    };
    tus(answer.await)
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
