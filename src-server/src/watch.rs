//! What is told of each request: a line in the log, a count. Neither holds what was asked or answered.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use stackside_core::id::DeviceId;

use crate::metrics::Totals;
use crate::route::{Access, Route};
use crate::serve::Peer;
use crate::{App, portal};

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::new(Method::GET, "/metrics", Access::Machine, get(metrics))]
}

async fn metrics(State(app): State<App>) -> Response {
    match app.store().read(Totals::count).await {
        Ok(totals) => {
            let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
            (kind, app.metrics().page(&totals)).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "no metrics");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Lets a request on if it has the token for machines; where there is none, if it comes from this machine itself.
pub(crate) async fn require_machine(State(app): State<App>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    // What a proxy on this machine hands on is not of this machine; only a token does not rest on what the proxy says.
    let is_of_here = || {
        let is_here = request.extensions().get::<Peer>().is_some_and(|peer| peer.address.is_loopback());
        is_here && !headers.contains_key("x-forwarded-for") && !headers.contains_key("forwarded")
    };
    if app.is_machine_token(bearer(headers)).unwrap_or_else(is_of_here) {
        next.run(request).await
    } else {
        portal::not_found(headers)
    }
}

/// The token that a request carries.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

/// One line for each request, and its count. The path is the route's, without ids; queries and bodies stay out.
pub(crate) async fn watch(State(app): State<App>, request: Request, next: Next) -> Response {
    let start = Instant::now();
    let method = request.method().clone();
    let path = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    let status = response.status();
    app.metrics().answered(status);
    let took_ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
    let path = path.as_ref().map_or("-", MatchedPath::as_str);
    let device = response.extensions().get::<DeviceId>().map(DeviceId::to_string).unwrap_or_default();
    tracing::info!(%method, path, status = status.as_u16(), took_ms, device, "answered");
    response
}
