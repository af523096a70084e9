//! The development host: a browser runs the screens over the very handlers that the shell hands on to. Loopback only;
//! never compiled for Android.

use std::net::SocketAddr;
use std::path::PathBuf;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::sse::{self, KeepAlive, Sse};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::Value;
use stackside_core::command::{CommandError, Event};
use tokio::sync::broadcast::error::RecvError;
use tower_http::services::{ServeDir, ServeFile};

use crate::Door;

/// The header that carries the token.
pub const TOKEN_HEADER: &str = "x-stackside-token";
/// A piece of a photo in base64, and some more.
const LONGEST_BODY: usize = 2 * 1024 * 1024;

#[derive(Clone)]
struct Host {
    door: Door,
    token: String,
    address: SocketAddr,
}

/// Serves the screens from `ui`, `POST /ipc/{command}` and `GET /events` at `address`, for whoever has the token.
pub fn router(door: Door, ui: PathBuf, token: String, address: SocketAddr) -> Router {
    let screens = ServeDir::new(&ui).fallback(ServeFile::new(ui.join("index.html")));
    let host = Host { door, token, address };
    Router::new()
        .route("/ipc/{command}", post(hand_on))
        .route("/events", get(events))
        .fallback_service(screens)
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .layer(middleware::from_fn_with_state(host.clone(), only_here))
        .with_state(host)
}

/// A random text that nobody guesses.
pub fn token() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}

/// Refuses pages of other origins, and names that only lead here (DNS rebinding).
async fn only_here(State(host): State<Host>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let is_ours = |text: &str| {
        let port = host.address.port();
        text == host.address.to_string() || text == format!("localhost:{port}")
    };
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let host_fits = text(header::HOST).is_some_and(is_ours);
    let origin_fits =
        text(header::ORIGIN).is_none_or(|origin| origin.strip_prefix("http://").is_some_and(is_ours));
    if host_fits && origin_fits { next.run(request).await } else { StatusCode::FORBIDDEN.into_response() }
}

impl Host {
    /// Compares all bytes, however early one differs.
    fn knows(&self, token: Option<&str>) -> bool {
        token.is_some_and(|token| {
            token.len() == self.token.len()
                && token.bytes().zip(self.token.bytes()).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
        })
    }
}

async fn hand_on(
    State(host): State<Host>,
    Path(command): Path<String>,
    headers: HeaderMap,
    Json(args): Json<Value>,
) -> Response {
    if !host.knows(headers.get(TOKEN_HEADER).and_then(|value| value.to_str().ok())) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let door = host.door.clone();
    // Handlers block.
    let done = tokio::task::spawn_blocking(move || door.device()?.dispatch(&command, args)).await;
    match done.unwrap_or(Err(CommandError::Internal)) {
        Ok(reply) => Json(reply).into_response(),
        Err(error) => (StatusCode::UNPROCESSABLE_ENTITY, Json(error)).into_response(),
    }
}

#[derive(Deserialize)]
struct EventsQuery {
    token: Option<String>,
}

async fn events(State(host): State<Host>, Query(query): Query<EventsQuery>) -> Response {
    if !host.knows(query.token.as_deref()) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let opened = tokio::task::spawn_blocking(move || host.door.device()).await;
    // A browser asks again by itself.
    let Ok(Ok(device)) = opened else {
        return ([(header::CONTENT_TYPE, "text/event-stream")], "").into_response();
    };
    let mut events = device.events();
    let stream = async_stream::stream! {
        loop {
            let event = match events.recv().await {
                Ok(event) => event,
                // Some were missed: looking again once is all that any of them asks for.
                Err(RecvError::Lagged(_)) => Event::Store,
                Err(RecvError::Closed) => return,
            };
            yield sse::Event::default().json_data(event);
        }
    };
    Sse::new(stream).keep_alive(KeepAlive::default()).into_response()
}
