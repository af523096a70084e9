//! What devices call: src-core's `wire.rs`, one file per resource.

mod changes;
mod document;
mod enrol;
mod entries;
mod files;
mod health;
mod key_copy;
mod projection;
mod settle;
mod tus;
mod upload;

use std::future::poll_fn;
use std::pin::Pin;

use axum::Json;
use axum::body::{Body, Bytes, HttpBody};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;
use serde::de::DeserializeOwned;
use stackside_core::wire::{WireError, WireErrorCode};

pub use document::document;
pub(crate) use files::{FILES, FileAnswer, Files};
pub(crate) use projection::{PLATE, redraw};
pub(crate) use settle::times_of_visit;
pub(crate) use upload::drop_abandoned;

use crate::route::Route;
use crate::secret::SecretError;
use crate::store::StoreError;

/// The oldest app whose entries are taken.
pub(crate) const OLDEST_APP: &str = "0.1.0";
/// The longest JSON body, unpacked.
const MAX_BODY_BYTES: usize = 8 * 1024 * 1024;

pub(crate) fn routes() -> Vec<Route> {
    [
        health::routes(),
        document::routes(),
        enrol::routes(),
        entries::routes(),
        files::routes(),
        tus::routes(),
        changes::routes(),
        key_copy::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Why a call failed: a status for proxies, a [`WireError`] for the app.
#[derive(Debug, thiserror::Error)]
#[error("{status}: {error}")]
pub(crate) struct ApiError {
    status: StatusCode,
    error: WireError,
    retry_after: Option<TimeDelta>,
}

impl ApiError {
    pub(crate) fn new(status: StatusCode, code: WireErrorCode, message: impl Into<String>) -> Self {
        Self { status, error: WireError { code, message: message.into() }, retry_after: None }
    }
    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, WireErrorCode::Refused, message)
    }
    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, WireErrorCode::NotFound, message)
    }
    pub(crate) fn too_large(message: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, WireErrorCode::TooLarge, message)
    }
    /// Too much at once: the caller is to come back later.
    pub(crate) fn wait(retry_after: TimeDelta, message: impl Into<String>) -> Self {
        let error = Self::new(StatusCode::TOO_MANY_REQUESTS, WireErrorCode::Internal, message);
        Self { retry_after: Some(retry_after), ..error }
    }
    /// The server's own fault: the story goes to the log, not to the caller.
    pub(crate) fn internal(story: &dyn std::error::Error) -> Self {
        tracing::error!(error = %story, "a call failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, WireErrorCode::Internal, "internal error")
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let wait = self.retry_after.map(|wait| [(header::RETRY_AFTER, whole_seconds(wait).to_string())]);
        (self.status, wait, Json(self.error)).into_response()
    }
}
/// Rounded up: whoever comes back after them does not come too soon.
pub(crate) fn whole_seconds(wait: TimeDelta) -> i64 {
    (wait + TimeDelta::milliseconds(999)).num_seconds().max(1)
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        Self::internal(&error)
    }
}
impl From<rusqlite::Error> for ApiError {
    fn from(error: rusqlite::Error) -> Self {
        Self::internal(&error)
    }
}
impl From<serde_json::Error> for ApiError {
    fn from(error: serde_json::Error) -> Self {
        Self::internal(&error)
    }
}
impl From<SecretError> for ApiError {
    fn from(error: SecretError) -> Self {
        Self::internal(&error)
    }
}
impl From<std::io::Error> for ApiError {
    fn from(error: std::io::Error) -> Self {
        Self::internal(&error)
    }
}

/// The next bytes of a body; nothing at its end.
pub(crate) async fn next_bytes(body: &mut Body) -> Option<Result<Bytes, axum::Error>> {
    loop {
        match poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await? {
            Ok(frame) => match frame.into_data() {
                Ok(bytes) => return Some(Ok(bytes)),
                Err(_trailers) => {}
            },
            Err(error) => return Some(Err(error)),
        }
    }
}

/// Reads a whole body, but no more than `max` bytes.
pub(crate) async fn read_bytes(mut body: Body, max: usize) -> Result<Vec<u8>, ApiError> {
    let mut all = Vec::new();
    while let Some(bytes) = next_bytes(&mut body).await {
        let bytes = bytes.map_err(|error| ApiError::refused(format!("the body broke off: {error}")))?;
        if all.len() + bytes.len() > max {
            return Err(ApiError::too_large(format!("a body has {max} bytes or less: send fewer at a time")));
        }
        all.extend_from_slice(&bytes);
    }
    Ok(all)
}

/// Reads a JSON body of any media type.
async fn read_json<T: DeserializeOwned>(body: Body) -> Result<T, ApiError> {
    Ok(read_json_of(body).await?.0)
}

/// As [`read_json`], with the body's length.
async fn read_json_of<T: DeserializeOwned>(body: Body) -> Result<(T, u64), ApiError> {
    let bytes = read_bytes(body, MAX_BODY_BYTES).await?;
    let read = serde_json::from_slice(&bytes);
    let read = read.map_err(|error| ApiError::refused(format!("the body: {}", without_content(&error))))?;
    Ok((read, bytes.len() as u64))
}

/// Where a body is wrong and how, but none of what stands there.
fn without_content(error: &serde_json::Error) -> String {
    let what = match error.classify() {
        serde_json::error::Category::Data => "not what is expected",
        serde_json::error::Category::Eof => "it ends early",
        _ => "no JSON",
    };
    format!("{what} at line {} column {}", error.line(), error.column())
}
