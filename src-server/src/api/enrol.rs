//! A tablet is taken in: one-time code against certificate and token.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::routing::post;
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use rusqlite::{OptionalExtension, Transaction, named_params};
use stackside_core::id::{DeviceId, OperatorId};
use stackside_core::register::Operator;
use stackside_core::trust::{Certificate, Signed, Statement};
use stackside_core::wire::{EnrolReply, EnrolRequest, WireErrorCode};

use super::{ApiError, read_json};
use crate::guard::Address;
use crate::route::{Access, Route};
use crate::store::aside;
use crate::{App, register, secret};

/// How long a device's certificate holds: two years.
const CERTIFICATE_HOLDS: TimeDelta = TimeDelta::days(730);
/// The longest model or version that is kept.
const MAX_TEXT: usize = 200;

pub(super) fn routes() -> Vec<Route> {
    vec![Route::new(Method::POST, "/api/v1/enrol", Access::Public, post(enrol))]
}

/// Takes a tablet in: a one-time code against a certificate and a token.
#[utoipa::path(post, path = "/api/v1/enrol", request_body = EnrolRequest, responses(
    (status = 200, description = "It is taken in", body = EnrolReply),
    (status = 403, description = "`code`: the code is unknown, used or out of date"),
    (status = 429, description = "Too many wrong codes from this address, or in this minute from anywhere",
        headers(("Retry-After" = u64, description = "Seconds to wait"))),
))]
pub(super) async fn enrol(
    State(app): State<App>,
    address: Address,
    body: Body,
) -> Result<Json<EnrolReply>, ApiError> {
    let request: EnrolRequest = read_json(body).await?;
    let now = app.now().trunc_subsecs(0);
    if request.public_key.check().is_err() {
        return Err(ApiError::refused("not a public key"));
    }
    if [&request.model, &request.app_version].iter().any(|text| text.chars().count() > MAX_TEXT) {
        return Err(ApiError::refused("model or app_version is too long"));
    }
    if let Some(wait) = app.guard().try_code(address, now) {
        return Err(ApiError::wait(wait, "too many wrong codes"));
    }
    aside(move || {
        let reply = enrolled(&app, &request, now);
        // Here, and not by the handler: that is dropped where the line is cut.
        if !reply.as_ref().is_err_and(|error| error.error.code == WireErrorCode::Code) {
            app.guard().was_no_guess(address, now);
        }
        reply.map(Json)
    })
    .await
}

fn enrolled(app: &App, request: &EnrolRequest, now: DateTime<Utc>) -> Result<EnrolReply, ApiError> {
    let token = secret::token()?;
    app.store().write_now(|tx| {
        let operator = take_code(tx, app, &request.code, now)?;
        let certificate = Certificate {
            statement: Certificate::NAME.to_owned(),
            device: request.device,
            public_key: request.public_key.clone(),
            operator: operator.id.clone(),
            valid_from: now,
            valid_until: now + CERTIFICATE_HOLDS,
        };
        keep(tx, request, &operator.id, &token, now)?;
        let certificate = Signed::make(&certificate, app.public_key(), app.key())
            .map_err(|error| ApiError::internal(&error))?;
        let (server_key, recovery) = (app.public_key().clone(), app.recovery());
        Ok(EnrolReply { certificate, server_key, token, operator, recovery })
    })
}

/// Uses a code up and tells whose it is.
fn take_code(tx: &Transaction<'_>, app: &App, code: &str, now: DateTime<Utc>) -> Result<Operator, ApiError> {
    let operator: Option<String> = tx
        .query_row(
            "UPDATE enrol_code SET used_ms = :now
             WHERE code_hash = :hash AND used_ms IS NULL AND expires_ms > :now RETURNING operator",
            named_params! { ":now": now.timestamp_millis(), ":hash": app.key().code_hash(code.trim()) },
            |row| row.get(0),
        )
        .optional()?;
    let operator = match operator.and_then(|id| id.parse::<OperatorId>().ok()) {
        Some(id) => register::operator(tx, &id)?,
        None => None,
    };
    let unknown = "the code is unknown, used or out of date";
    operator.ok_or_else(|| ApiError::new(StatusCode::FORBIDDEN, WireErrorCode::Code, unknown))
}

/// Keeps the device. One that comes again (new key, new token) keeps its id, but never moves to another operator.
fn keep(
    tx: &Transaction<'_>,
    request: &EnrolRequest,
    operator: &OperatorId,
    token: &str,
    now: DateTime<Utc>,
) -> Result<(), ApiError> {
    let kept = tx.execute(
        "INSERT INTO device (id, operator, public_key, model, app_version, token_hash, enrolled_ms)
         VALUES (:id, :operator, :public_key, :model, :app_version, :token_hash, :now)
         ON CONFLICT (id) DO UPDATE SET public_key = excluded.public_key, model = excluded.model,
             app_version = excluded.app_version, token_hash = excluded.token_hash,
             enrolled_ms = excluded.enrolled_ms, revoked_ms = NULL, revoked_by = NULL, revoked_why = NULL
         WHERE operator = excluded.operator",
        named_params! {
            ":id": DeviceId::to_string(&request.device),
            ":operator": operator.as_str(),
            ":public_key": request.public_key.as_str(),
            ":model": request.model,
            ":app_version": request.app_version,
            ":token_hash": secret::token_hash(token),
            ":now": now.timestamp_millis(),
        },
    )?;
    if kept == 0 {
        return Err(ApiError::refused("the device belongs to another operator"));
    }
    Ok(())
}
