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
        .method_not_allowed_fallback(wrong_method)
        .layer(RequestDecompressionLayer::new())
        .layer(middleware::from_fn(harden))
        .layer(middleware::from_fn_with_state(app.clone(), watch::watch))
        .with_state(app.clone())
}

async fn nothing_here(request: Request) -> Response {
    if request.uri().path().starts_with("/api/") {
        return ApiError::not_found("no such path").into_response();
    }
    portal::not_found(request.headers())
}

async fn wrong_method(request: Request) -> Response {
    if request.uri().path().starts_with("/api/") {
        return ApiError::new(StatusCode::METHOD_NOT_ALLOWED, WireErrorCode::NotFound, "no such method here")
            .into_response();
    }
    StatusCode::METHOD_NOT_ALLOWED.into_response()
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
