//! In and out.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Extension, Form};
use chrono::TimeDelta;
use rusqlite::{OptionalExtension, named_params};
use serde::Deserialize;

use super::{Frame, Language, failed, message, page};
use crate::App;
use crate::access::{SESSION, cookie, is_same_origin};
use crate::api::whole_seconds;
use crate::guard::Address;
use crate::route::{Access, Route};
use crate::secret::{self, SecretError};
use crate::serve::Peer;
use crate::store::{StoreError, aside};

/// How long a login holds.
const SESSION_HOLDS: TimeDelta = TimeDelta::hours(12);
/// A password hash that no password has: unknown logins take as long as known ones.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c3RhY2tzaWRlLW5vYm9keQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, "/login", Access::Public, get(show)),
        Route::new(Method::POST, "/login", Access::Public, post(log_in)),
        Route::new(Method::POST, "/logout", Access::Public, post(log_out)),
    ]
}

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    frame: Frame,
    complaint: Option<String>,
    login: String,
}

#[derive(Deserialize)]
struct Credentials {
    login: String,
    password: String,
}

enum Entered {
    As(String),
    Wrong,
}

fn form(status: StatusCode, language: Language, complaint: Option<String>, login: String) -> Response {
    let frame = Frame::new(language, language.words.login, None, "/login");
    page(status, language, &LoginPage { frame, complaint, login })
}

async fn show(language: Language) -> Response {
    form(StatusCode::OK, language, None, String::new())
}

async fn log_in(
    State(app): State<App>,
    language: Language,
    address: Address,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    Form(Credentials { login, password }): Form<Credentials>,
) -> Response {
    if !is_same_origin(&headers) {
        return message(StatusCode::FORBIDDEN, &headers, |words| words.wrong_origin);
    }
    let now = app.now();
    if let Some(wait) = app.guard().wait(&login, address, now) {
        let seconds = whole_seconds(wait).to_string();
        let complaint = language.words.wait.replace("{s}", &seconds);
        let page = form(StatusCode::TOO_MANY_REQUESTS, language, Some(complaint), login);
        return ([(header::RETRY_AFTER, seconds)], page).into_response();
    }
    // Counted before the answer is known, so that guesses at the same time do not slip past.
    app.guard().failed(&login, address, now);
    let (store, name) = (app.store().clone(), login.clone());
    let entered = aside(move || {
        let hash: Option<String> = store.read_now::<_, StoreError>(|tx| {
            let query = "SELECT password_hash FROM account WHERE login = :login";
            Ok(tx.query_row(query, named_params! { ":login": name }, |row| row.get(0)).optional()?)
        })?;
        let holds = secret::password_holds(&password, hash.as_deref().unwrap_or(NOBODY));
        if !holds || hash.is_none() {
            return Ok(Entered::Wrong);
        }
        let token = secret::token()?;
        store.write_now::<_, StoreError>(|tx| {
            tx.execute(
                "DELETE FROM session WHERE expires_ms <= :now",
                named_params! { ":now": now.timestamp_millis() },
            )?;
            tx.execute(
                "INSERT INTO session (token_hash, login, expires_ms) VALUES (:hash, :login, :expires)",
                named_params! {
                    ":hash": secret::token_hash(&token),
                    ":login": name,
                    ":expires": (now + SESSION_HOLDS).timestamp_millis(),
                },
            )?;
            Ok(())
        })?;
        Ok::<_, LoginError>(Entered::As(token))
    });
    match entered.await {
        Ok(Entered::As(token)) => {
            app.guard().succeeded(&login, address);
            let is_secure = peer.is_some_and(|Extension(peer)| is_secure(peer, &headers));
            let secure = if is_secure { "; Secure" } else { "" };
            let age = SESSION_HOLDS.num_seconds();
            let value = format!("{SESSION}={token}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}");
            with_cookie(Redirect::to("/visits").into_response(), &value)
        }
        Ok(Entered::Wrong) => {
            form(StatusCode::UNAUTHORIZED, language, Some(language.words.wrong_login.to_owned()), login)
        }
        Err(LoginError::Store(error)) => failed(&error, &headers),
        Err(LoginError::Secret(error)) => {
            tracing::error!(%error, "no session");
            message(StatusCode::INTERNAL_SERVER_ERROR, &headers, |words| words.failed)
        }
    }
}

/// True if the browser speaks TLS: with this server, or with a proxy on this machine, which says so.
pub(super) fn is_secure(peer: Peer, headers: &HeaderMap) -> bool {
    let says_so = || headers.get("x-forwarded-proto").is_some_and(|proto| proto == "https");
    peer.is_tls || (peer.address.is_loopback() && says_so())
}

async fn log_out(State(app): State<App>, headers: HeaderMap) -> Response {
    if !is_same_origin(&headers) {
        return message(StatusCode::FORBIDDEN, &headers, |words| words.wrong_origin);
    }
    if let Some(hash) = cookie(&headers, SESSION).map(secret::token_hash) {
        let gone = app.store().write(move |tx| {
            tx.execute("DELETE FROM session WHERE token_hash = :hash", named_params! { ":hash": hash })?;
            Ok::<_, StoreError>(())
        });
        if let Err(error) = gone.await {
            return failed(&error, &headers);
        }
    }
    with_cookie(
        Redirect::to("/login").into_response(),
        &format!("{SESSION}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"),
    )
}

fn with_cookie(mut response: Response, value: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

#[derive(Debug, thiserror::Error)]
enum LoginError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Secret(#[from] SecretError),
}
