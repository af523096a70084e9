//! The router: every route with its guard, and what is around all of them.

use std::time::Duration;

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::{Router, http::Method};
use stackside_core::wire::WireErrorCode;
use tower_http::decompression::RequestDecompressionLayer;
use tower_http::timeout::TimeoutLayer;

use crate::App;
use crate::access::{require_device, require_person};
use crate::api::{self, ApiError};
use crate::portal;
use crate::route::{Access, Route};
use crate::watch::{self, require_machine};

/// No request but an upload takes longer.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn all() -> Vec<Route> {
    [api::routes(), portal::routes(), watch::routes()].into_iter().flatten().collect()
}

pub(crate) fn router(app: &App) -> Router {
    let mut router = Router::new();
    for route in all() {
        let handler = match route.access {
            Access::Public => route.handler,
            Access::Machine => {
                route.handler.layer(middleware::from_fn_with_state(app.clone(), require_machine))
            }
            Access::Device => {
                route.handler.layer(middleware::from_fn_with_state(app.clone(), require_device))
            }
            Access::Person => {
                route.handler.layer(middleware::from_fn_with_state(app.clone(), require_person))
            }
        };
        // A photo over a poor line takes what it takes; it has a limit of its own for silence.
        let handler = match route.method {
            Method::PATCH => handler,
            _ => handler.layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, PATIENCE)),
        };
        router = router.route(route.path, handler);
    }
    router
        .fallback(nothing_here)
        .layer(RequestDecompressionLayer::new())
        .layer(middleware::from_fn(explain))
        .layer(middleware::from_fn(harden))
        .layer(middleware::from_fn_with_state(app.clone(), watch::watch))
        .with_state(app.clone())
}

async fn nothing_here(request: Request) -> Response {
    if request.uri().path().starts_with("/api/") {
        return StatusCode::NOT_FOUND.into_response();
    }
    portal::not_found(request.headers())
}

/// Each failure of the device API carries a [`WireError`](stackside_core::wire::WireError), also what no handler answers: an
/// unknown path or method, a time-out, an encoding or a range that is not there.
async fn explain(request: Request, next: Next) -> Response {
    let is_api = request.uri().path().starts_with("/api/");
    let (mut answer, body) = next.run(request).await.into_parts();
    let status = answer.status;
    let is_failure = status.is_client_error() || status.is_server_error();
    if !is_api || !is_failure || answer.headers.contains_key(header::CONTENT_TYPE) {
        return Response::from_parts(answer, body);
    }
    let code = match status {
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => WireErrorCode::NotFound,
        StatusCode::REQUEST_TIMEOUT => WireErrorCode::Internal,
        _ => WireErrorCode::Refused,
    };
    let error = ApiError::new(status, code, status.canonical_reason().unwrap_or_default());
    let (error, body) = error.into_response().into_parts();
    answer.headers.remove(header::CONTENT_LENGTH);
    answer.headers.extend(error.headers);
    Response::from_parts(answer, body)
}

/// Headers that every answer carries.
async fn harden(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Not `no-referrer`: with that, browsers send `Origin: null` with a form, and the Origin is what is checked.
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
