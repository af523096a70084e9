//! Recovery copies of tablets' keys come in, sealed to a recipient whose secret half this server does not need. None
//! is ever replaced: whoever had a tablet's token could take the good one away.

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::routing::post;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rusqlite::named_params;
use stackside_core::hash::Hash;
use stackside_core::wire::KeyCopy;

use super::{ApiError, read_json};
use crate::App;
use crate::access::DeviceCaller;
use crate::route::{Access, Route};
use crate::store::aside;

/// A sealed key has some 300 bytes.
const MAX_BYTES: usize = 16 * 1024;
/// A tablet sends another one when its key or the recipient changes.
const MAX_COPIES: i64 = 100;
/// What every file of age begins with.
const AGE: &[u8] = b"age-encryption.org/v1\n";

pub(super) fn routes() -> Vec<Route> {
    vec![Route::new(Method::POST, "/api/v1/key-copy", Access::Device, post(keep))]
}

/// Keeps a copy of the key of a tablet's database, which this server cannot open.
#[utoipa::path(post, path = "/api/v1/key-copy", operation_id = "key_copy", request_body = KeyCopy, responses(
    (status = 204, description = "It is kept"),
))]
pub(super) async fn keep(
    State(app): State<App>,
    Extension(caller): Extension<DeviceCaller>,
    body: Body,
) -> Result<StatusCode, ApiError> {
    let copy: KeyCopy = read_json(body).await?;
    let sealed = STANDARD.decode(&copy.sealed).unwrap_or_default();
    if sealed.len() > MAX_BYTES || !sealed.starts_with(AGE) || copy.recipient.chars().count() > 200 {
        return Err(ApiError::refused("not a sealed key"));
    }
    let now = app.now().timestamp_millis();
    aside(move || {
        app.store().write_now(|tx| {
            let new = tx.execute(
                "INSERT INTO key_copy (device, sha256, recipient, sealed, received_ms)
                 VALUES (:device, :sha256, :recipient, :sealed, :now) ON CONFLICT DO NOTHING",
                named_params! {
                    ":device": caller.device.to_string(),
                    ":sha256": Hash::of(&sealed).to_string(),
                    ":recipient": copy.recipient,
                    ":sealed": sealed,
                    ":now": now,
                },
            )?;
            let held: i64 = tx.query_row(
                "SELECT COUNT(*) FROM key_copy WHERE device = :device",
                named_params! { ":device": caller.device.to_string() },
                |row| row.get(0),
            )?;
            // One that is held already may come again and again.
            if new > 0 && held > MAX_COPIES {
                return Err(ApiError::refused("too many copies of this device's key"));
            }
            Ok(StatusCode::NO_CONTENT)
        })
    })
    .await
}
