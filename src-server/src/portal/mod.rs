//! Pages for people: server-rendered, without scripts, in the language that they read.

mod confirmations;
mod devices;
mod faults;
mod file;
mod findings;
mod kept;
mod login;
mod plan;
mod plates;
mod record;
mod reviews;
mod sketch;
mod visit;
mod visits;

use std::convert::Infallible;

use askama::Template;
use axum::Extension;
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{MethodRouter, get};
use rusqlite::Transaction;
use serde::de::DeserializeOwned;

use crate::App;
use crate::access::{PersonCaller, cookie};
use crate::route::{Access, Route};
use crate::store::StoreError;
use crate::words::{EN, Words, ZH};

const LANGUAGE: &str = "stackside_lang";

pub(crate) fn routes() -> Vec<Route> {
    let own = vec![
        Route::new(Method::GET, "/", Access::Person, get(async || Redirect::to("/visits"))),
        Route::new(Method::GET, "/static/portal.css", Access::Public, get(style)),
    ];
    let pages = [
        login::routes(),
        visits::routes(),
        visit::routes(),
        record::routes(),
        reviews::routes(),
        devices::routes(),
        faults::routes(),
        plates::routes(),
        confirmations::routes(),
        plan::routes(),
        file::routes(),
    ];
    std::iter::once(own).chain(pages).flatten().collect()
}

async fn style() -> Response {
    let headers =
        [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "max-age=3600")];
    (headers, include_str!("../../static/portal.css")).into_response()
}

/// The language that a person reads: as chosen by `?lang=`, then remembered, then as the browser says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Language {
    words: &'static Words,
    is_chosen: bool,
}

impl Language {
    fn of(headers: &HeaderMap, query: &str) -> Self {
        let read = |code: &str| if code.starts_with("en") { &EN } else { &ZH };
        if let Some(code) = query.split('&').find_map(|pair| pair.strip_prefix("lang=")) {
            return Self { words: read(code), is_chosen: true };
        }
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let first = accepted.and_then(|all| {
            all.split(',').map(str::trim).find(|l| l.starts_with("en") || l.starts_with("zh"))
        });
        Self { words: read(cookie(headers, LANGUAGE).or(first).unwrap_or("zh")), is_chosen: false }
    }
}

impl<S: Sync> FromRequestParts<S> for Language {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers, parts.uri.query().unwrap_or_default()))
    }
}

/// What every page needs.
struct Frame {
    words: &'static Words,
    title: String,
    /// Who is logged in, if anyone.
    login: Option<String>,
    may_review: bool,
    /// True if that person plans.
    may_plan: bool,
    /// This page's address, up to the language.
    here: String,
}

impl Frame {
    fn new(language: Language, title: impl Into<String>, caller: Option<&PersonCaller>, here: &str) -> Self {
        let here = format!("{here}{}lang=", if here.contains('?') { '&' } else { '?' });
        let may_plan = caller.is_some_and(|caller| plan::may_plan(caller.role));
        Self {
            words: language.words,
            title: title.into(),
            login: caller.map(|c| c.login.clone()),
            may_review: caller.is_some_and(PersonCaller::may_review),
            may_plan,
            here,
        }
    }
}

/// Draws the page of one thing by its id; nothing for what is not there or not this person's to see.
type Load<I, P> = fn(&Transaction<'_>, &App, &PersonCaller, Language, I) -> Result<Option<P>, StoreError>;

/// Answers with the page of the thing that the address names.
fn page_of<I, P>(load: Load<I, P>) -> MethodRouter<App>
where
    I: DeserializeOwned + Send + 'static,
    P: Template + Send + 'static,
{
    get(
        move |State(app): State<App>,
              Extension(caller): Extension<PersonCaller>,
              language: Language,
              headers: HeaderMap,
              id: Result<Path<I>, PathRejection>| async move {
            let Ok(Path(id)) = id else { return not_found(&headers) };
            let from = app.clone();
            match app.store().read(move |tx| load(tx, &from, &caller, language, id)).await {
                Ok(Some(found)) => page(StatusCode::OK, language, &found),
                Ok(None) => not_found(&headers),
                Err(error) => failed(&error, &headers),
            }
        },
    )
}

/// Answers with a page, and remembers a language that was chosen.
fn page(status: StatusCode, language: Language, template: &impl Template) -> Response {
    let html = match template.render() {
        Ok(html) => html,
        Err(error) => {
            tracing::error!(%error, "a page failed");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let mut response = (status, Html(html)).into_response();
    if language.is_chosen {
        let code = if language.words.code == EN.code { "en" } else { "zh" };
        let value = format!("{LANGUAGE}={code}; Path=/; Max-Age=31536000; SameSite=Lax");
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
    response
}

#[derive(Template)]
#[template(path = "message.html")]
struct Message {
    frame: Frame,
    text: &'static str,
}

fn message(status: StatusCode, headers: &HeaderMap, text: fn(&Words) -> &'static str) -> Response {
    let language = Language::of(headers, "");
    let text = text(language.words);
    page(status, language, &Message { frame: Frame::new(language, text, None, "/visits"), text })
}

/// A page that is not there, or not for this person.
pub(crate) fn not_found(headers: &HeaderMap) -> Response {
    message(StatusCode::NOT_FOUND, headers, |words| words.nothing_here)
}

/// The server's own fault: the story goes to the log.
pub(crate) fn failed(error: &StoreError, headers: &HeaderMap) -> Response {
    tracing::error!(%error, "a page failed");
    message(StatusCode::INTERNAL_SERVER_ERROR, headers, |words| words.failed)
}

/// `2026-11-23 14:05` in Asia/Shanghai, of a row's milliseconds.
fn shown_ms(ms: i64) -> String {
    chrono::DateTime::from_timestamp_millis(ms).map(stackside_core::clock::shown_time).unwrap_or_default()
}

/// A presence as a pill: tone and word.
fn presence_pill(words: &Words, presence: &str) -> (&'static str, &'static str) {
    match presence {
        "inside" => ("ok", words.inside),
        "outside" => ("bad", words.outside),
        _ => ("warn", words.unsure),
    }
}
