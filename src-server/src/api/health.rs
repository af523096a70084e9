//! The server is there, and it is ours.

use axum::Json;
use axum::extract::State;
use axum::http::Method;
use axum::routing::get;
use stackside_core::wire::{Health, SERVICE};

use super::OLDEST_APP;
use crate::App;
use crate::route::{Access, Route};

pub(super) fn routes() -> Vec<Route> {
    vec![Route::new(Method::GET, "/api/v1/health", Access::Public, get(health))]
}

/// Is this the server, and does it still take this app?
#[utoipa::path(get, path = "/api/v1/health", responses((status = 200, description = "It is", body = Health)))]
pub(super) async fn health(State(app): State<App>) -> Json<Health> {
    Json(Health {
        service: SERVICE.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        time: app.now(),
        oldest_app: OLDEST_APP.to_owned(),
        history: app.history(),
    })
}
