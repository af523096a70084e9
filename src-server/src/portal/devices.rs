//! An operator's tablets: when each was last seen, and striking one off.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Extension, Form};
use rusqlite::{OptionalExtension, Row, Transaction, named_params};
use serde::Deserialize;
use stackside_core::id::DeviceId;

use super::{Frame, Language, failed, message, not_found, page, page_of, shown_ms};
use crate::App;
use crate::access::{PersonCaller, Role, is_same_origin};
use crate::route::{Access, Route};
use crate::store::StoreError;

/// The longest reason that is kept.
const MAX_REASON: usize = 500;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, "/devices", Access::Person, get(list)),
        Route::new(Method::GET, "/devices/{id}", Access::Person, page_of(load)),
        Route::new(Method::POST, "/devices/{id}/revoke", Access::Person, post(revoke)),
    ]
}

#[derive(Template)]
#[template(path = "devices.html")]
struct DevicesPage {
    frame: Frame,
    devices: Vec<Line>,
}

#[derive(Template)]
#[template(path = "device.html")]
struct DevicePage {
    frame: Frame,
    device: Line,
    may_revoke: bool,
}

struct Line {
    id: String,
    model: String,
    app_version: String,
    enrolled: String,
    /// Empty if there was none since this was noted.
    last_contact: String,
    /// When, by whom and why it was struck off.
    revoked: Option<(String, String, String)>,
}

const COLUMNS: &str =
    "SELECT id, model, app_version, enrolled_ms, contact_ms, revoked_ms, revoked_by, revoked_why
    FROM device WHERE operator = :organisation";

fn line(row: &Row<'_>) -> rusqlite::Result<Line> {
    let text = |index| row.get::<_, Option<String>>(index).map(Option::unwrap_or_default);
    let revoked: Option<i64> = row.get(5)?;
    Ok(Line {
        id: row.get(0)?,
        model: row.get(1)?,
        app_version: row.get(2)?,
        enrolled: shown_ms(row.get(3)?),
        last_contact: row.get::<_, Option<i64>>(4)?.map(shown_ms).unwrap_or_default(),
        revoked: match revoked {
            Some(at) => Some((shown_ms(at), text(6)?, text(7)?)),
            None => None,
        },
    })
}

/// Only an operator's own people see its tablets.
fn is_of_operator(caller: &PersonCaller) -> bool {
    matches!(caller.role, Role::OperatorAdmin | Role::Supervisor)
}

fn devices(tx: &Transaction<'_>, caller: &PersonCaller) -> Result<Vec<Line>, StoreError> {
    if !is_of_operator(caller) {
        return Ok(vec![]);
    }
    let mut query =
        tx.prepare(&format!("{COLUMNS} ORDER BY revoked_ms IS NOT NULL, enrolled_ms DESC, id"))?;
    let rows = query.query_map(named_params! { ":organisation": caller.organisation }, line)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn device(tx: &Transaction<'_>, caller: &PersonCaller, id: DeviceId) -> Result<Option<Line>, StoreError> {
    if !is_of_operator(caller) {
        return Ok(None);
    }
    let query = format!("{COLUMNS} AND id = :id");
    let values = named_params! { ":organisation": caller.organisation, ":id": id.to_string() };
    Ok(tx.query_row(&query, values, line).optional()?)
}

async fn list(
    State(app): State<App>,
    Extension(caller): Extension<PersonCaller>,
    language: Language,
    headers: HeaderMap,
) -> Response {
    let frame = Frame::new(language, language.words.devices, Some(&caller), "/devices");
    match app.store().read(move |tx| devices(tx, &caller)).await {
        Ok(devices) => page(StatusCode::OK, language, &DevicesPage { frame, devices }),
        Err(error) => failed(&error, &headers),
    }
}

fn load(
    tx: &Transaction<'_>,
    _: &App,
    caller: &PersonCaller,
    language: Language,
    id: DeviceId,
) -> Result<Option<DevicePage>, StoreError> {
    Ok(device(tx, caller, id)?.map(|device| DevicePage {
        frame: Frame::new(language, language.words.device_page, Some(caller), &format!("/devices/{id}")),
        may_revoke: caller.role == Role::OperatorAdmin && device.revoked.is_none(),
        device,
    }))
}

#[derive(Deserialize)]
struct Revocation {
    reason: String,
    /// The tick that says: I know what this does.
    confirmed: Option<String>,
}

async fn revoke(
    State(app): State<App>,
    Extension(caller): Extension<PersonCaller>,
    headers: HeaderMap,
    Path(id): Path<String>,
    form: Result<Form<Revocation>, axum::extract::rejection::FormRejection>,
) -> Response {
    if !is_same_origin(&headers) {
        return message(StatusCode::FORBIDDEN, &headers, |words| words.wrong_origin);
    }
    let (Ok(id), Role::OperatorAdmin) = (id.parse::<DeviceId>(), caller.role) else {
        return not_found(&headers);
    };
    let given = form.ok().filter(|Form(form)| form.confirmed.is_some());
    let reason = given.map(|Form(form)| form.reason.trim().to_owned());
    let Some(reason) = reason.filter(|reason| !reason.is_empty() && reason.len() <= MAX_REASON) else {
        return message(StatusCode::BAD_REQUEST, &headers, |words| words.revoke_incomplete);
    };
    let now = app.now();
    let struck = app.store().write(move |tx| {
        let struck = tx.execute(
            "UPDATE device SET revoked_ms = :now, revoked_by = :login, revoked_why = :reason
             WHERE id = :id AND operator = :organisation AND revoked_ms IS NULL",
            named_params! {
                ":now": now.timestamp_millis(), ":login": caller.login, ":reason": reason,
                ":id": id.to_string(), ":organisation": caller.organisation,
            },
        )?;
        Ok::<_, StoreError>((struck, device(tx, &caller, id)?.is_some()))
    });
    match struck.await {
        Ok((1, _)) => {
            tracing::info!(device = %id, "a tablet was struck off");
            Redirect::to(&format!("/devices/{id}")).into_response()
        }
        // Struck off already, perhaps by the same form sent twice.
        Ok((_, true)) => Redirect::to(&format!("/devices/{id}")).into_response(),
        Ok(_) => not_found(&headers),
        Err(error) => failed(&error, &headers),
    }
}
