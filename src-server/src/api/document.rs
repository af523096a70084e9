//! The device API as OpenAPI 3.1, made from the code: each handler says what it takes and answers, the routes say who may
//! call, and this file what stands around all of them.

use std::sync::LazyLock;

use axum::http::{Method, header};
use axum::response::IntoResponse;
use axum::routing::get;
use serde::ser::Error as _;
use serde_json::{Value, json};
use stackside_core::trust::{Certificate, Receipt, Recovery};
use stackside_core::wire::WireError;
use utoipa::{OpenApi, ToSchema};

use super::{ApiError, changes, enrol, entries, files, health, key_copy, tus};
use crate::route::{Access, Route};

const PATH: &str = "/api/v1/openapi.json";

/// What all handlers say of themselves.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Stackside: the device API",
        description = "\
        What a tablet and a server say to each other. In words: docs/sync.md; what an entry and a signed statement are: \
        docs/evidence.md. A JSON body may be gzip (`Content-Encoding: gzip`) and has 8 MiB or less, unpacked. Readers pass \
        over members that they do not know."
    ),
    paths(
        health::health,
        read,
        enrol::enrol,
        entries::entries,
        files::missing,
        files::read,
        tus::capabilities,
        tus::create,
        tus::how_far,
        tus::append,
        tus::end,
        changes::changes,
        key_copy::keep,
    ),
    components(schemas(WireError, Certificate, Receipt, Recovery))
)]
struct Handlers;

/// Bytes as they are.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
pub(super) struct Bytes(());

pub(super) fn routes() -> Vec<Route> {
    vec![Route::new(Method::GET, PATH, Access::Public, get(read))]
}

/// This document.
#[utoipa::path(get, path = "/api/v1/openapi.json", operation_id = "openapi", responses(
    (status = 200, description = "This document", body = Object),
))]
async fn read() -> Result<impl IntoResponse, ApiError> {
    static DOCUMENT: LazyLock<Result<String, serde_json::Error>> = LazyLock::new(document);
    let text = DOCUMENT.as_ref().map_err(|error| ApiError::internal(error))?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text.as_str()))
}

/// The document; refused where it leaves a route out.
pub fn document() -> Result<String, serde_json::Error> {
    let mut document = serde_json::to_value(Handlers::openapi())?;
    document["components"]["securitySchemes"] = json!({
        "token": { "type": "http", "scheme": "bearer", "description": "As enrolment gave it" },
    });
    for route in super::routes() {
        let method = route.method.as_str().to_ascii_lowercase();
        let operation = document["paths"].get_mut(route.path).and_then(|path| path.get_mut(&method));
        let missing = || serde_json::Error::custom(format!("{method} {} is not described", route.path));
        surround(&route, operation.ok_or_else(missing)?);
    }
    serde_json::to_string_pretty(&document)
}

/// Adds what the handler itself does not answer, and to each failure what it looks like.
fn surround(route: &Route, operation: &mut Value) {
    let is_device = route.access == Access::Device;
    let takes_json = !operation["requestBody"]["content"]["application/json"].is_null();
    for (is_answered, status, description) in [
        (takes_json, "400", "`refused`: not such a body, or not authentic"),
        (is_device, "401", "`revoked`: no such device, or struck off"),
        (route.method != Method::PATCH, "408", "`internal`: it took too long"),
        (takes_json, "413", "`too_large`: fewer at a time"),
        (true, "415", "`refused`: another `Content-Encoding` than gzip"),
        (is_device, "429", "`internal`: more than 16 requests of this device at once"),
        (true, "500", "`internal`: the server's own fault"),
    ] {
        if is_answered && operation["responses"][status].is_null() {
            operation["responses"][status] = json!({ "description": description });
        }
    }
    if is_device {
        operation["security"] = json!([{ "token": [] }]);
    }
    let Some(answers) = operation["responses"].as_object_mut() else { return };
    for (_, answer) in answers.iter_mut().filter(|(status, _)| status.as_str() >= "400") {
        if route.method != Method::HEAD {
            let schema = json!({ "$ref": "#/components/schemas/WireError" });
            answer["content"] = json!({ "application/json": { "schema": schema } });
        }
    }
}
