//! The link by which a representative without an account answers: for one visit, one answer, until the end of the day.

use askama::Template;
use axum::Extension;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{OptionalExtension, Transaction, named_params};
use serde::Deserialize;
use stackside_core::clock::shanghai_date;
use stackside_core::confirmation::{KnownBy, Representative, left_minutes};
use stackside_core::id::VisitId;

use super::super::{Frame, Language, failed, login, message, not_found, page, plates};
use super::answer::{Asked, give};
use super::{Sheet, SheetPage, visible};
use crate::App;
use crate::access::{PersonCaller, Role, is_same_origin};
use crate::confirmation::HeldVisit;
use crate::guard::Address;
use crate::secret;
use crate::serve::Peer;
use crate::store::StoreError;

#[derive(Deserialize)]
pub(super) struct Whom {
    name: String,
    phone: String,
}

#[derive(Template)]
#[template(path = "confirm_link.html")]
struct LinkPage {
    frame: Frame,
    words: String,
    link: String,
    picture: String,
    back: String,
}

/// Makes a link; its secret is shown this once and kept as a hash.
pub(super) async fn make(
    State(app): State<App>,
    Extension(caller): Extension<PersonCaller>,
    peer: Option<Extension<Peer>>,
    language: Language,
    headers: HeaderMap,
    Path(id): Path<String>,
    form: Result<Form<Whom>, FormRejection>,
) -> Response {
    if !is_same_origin(&headers) {
        return message(StatusCode::FORBIDDEN, &headers, |words| words.wrong_origin);
    }
    let (Ok(id), Ok(Form(whom)), Role::OperatorAdmin) = (id.parse::<VisitId>(), form, caller.role) else {
        return not_found(&headers);
    };
    // The post is asked of the person themselves.
    let whom = match Representative::of(&whom.name, "-", &whom.phone) {
        Ok(whom) => whom,
        Err(("name", _)) => {
            return message(StatusCode::BAD_REQUEST, &headers, |words| words.confirm().name_wrong);
        }
        Err(_) => return message(StatusCode::BAD_REQUEST, &headers, |words| words.confirm().phone_wrong),
    };
    let Ok(token) = secret::token() else {
        return message(StatusCode::INTERNAL_SERVER_ERROR, &headers, |words| words.failed);
    };
    let back = format!("/confirmations/{id}");
    let frame = Frame::new(language, language.words.confirm().link_title, Some(&caller), &back);
    let (hash, now, to) = (secret::token_hash(&token), app.now(), whom.clone());
    let made = app.store().write(move |tx| {
        let held = visible(tx, &caller, id)?;
        if held.is_none_or(|held| !held.standing.state.is_awaited()) {
            return Ok::<_, StoreError>(false);
        }
        tx.execute(
            "INSERT INTO confirmation_link (token_hash, visit, name, phone, made_by, expires_ms)
             VALUES (:hash, :visit, :name, :phone, :by, :expires)",
            named_params! {
                ":hash": hash, ":visit": id.to_string(), ":name": to.name, ":phone": to.phone,
                ":by": caller.login, ":expires": end_of_day(now).timestamp_millis(),
            },
        )?;
        Ok(true)
    });
    match made.await {
        Ok(true) => {
            let is_secure = peer.is_some_and(|Extension(peer)| login::is_secure(peer, &headers));
            let scheme = if is_secure { "https" } else { "http" };
            let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
            let link = format!("{scheme}://{host}/confirm/{token}");
            let words = language.words.confirm().link_for.replace("{name}", &whom.name);
            let words = words.replace("{phone}", &whom.phone);
            let picture = plates::drawn(&link);
            page(StatusCode::OK, language, &LinkPage { frame, words, link, picture, back })
        }
        Ok(false) => not_found(&headers),
        Err(error) => failed(&error, &headers),
    }
}

/// The end of a moment's day in Asia/Shanghai.
fn end_of_day(now: DateTime<Utc>) -> DateTime<Utc> {
    now + TimeDelta::minutes(left_minutes(shanghai_date(now), now))
}

/// A link that can still be used.
struct Open {
    held: HeldVisit,
    name: String,
    phone: String,
    made_by: String,
}

fn open(tx: &Transaction<'_>, token: &str, now: DateTime<Utc>) -> Result<Option<Open>, StoreError> {
    let row = tx
        .query_row(
            "SELECT visit, name, phone, made_by FROM confirmation_link
             WHERE token_hash = :hash AND used_ms IS NULL AND expires_ms > :now
                 AND NOT EXISTS (SELECT 1 FROM void_visit WHERE void_visit.visit = confirmation_link.visit)",
            named_params! { ":hash": secret::token_hash(token), ":now": now.timestamp_millis() },
            |row| Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
        )
        .optional()?;
    let Some((visit, name, phone, made_by)) = row else { return Ok(None) };
    let held = HeldVisit::read(tx, &visit)?.filter(|held| held.standing.state.is_awaited());
    Ok(held.map(|held| Open { held, name, phone, made_by }))
}

/// What the link leads to.
pub(super) async fn show(
    State(app): State<App>,
    language: Language,
    address: Address,
    headers: HeaderMap,
    Path(token): Path<String>,
) -> Response {
    let now = app.now();
    if app.guard().try_code(address, now).is_some() {
        return message(StatusCode::TOO_MANY_REQUESTS, &headers, |words| words.confirm().link_wait);
    }
    let secret = token.clone();
    match app.store().read(move |tx| open(tx, &secret, now)).await {
        Ok(Some(open)) => {
            app.guard().was_no_guess(address, now);
            let asked = Asked { name: open.name, phone: open.phone, ..Asked::default() };
            page(StatusCode::OK, language, &sheet(language, &open.held, &token, asked, None, now))
        }
        Ok(None) => message(StatusCode::NOT_FOUND, &headers, |words| words.confirm().link_gone),
        Err(error) => failed(&error, &headers),
    }
}

fn sheet(
    language: Language,
    held: &HeldVisit,
    token: &str,
    asked: Asked,
    complaint: Option<&'static str>,
    now: DateTime<Utc>,
) -> SheetPage {
    let action = format!("/confirm/{token}");
    SheetPage {
        frame: Frame::new(language, language.words.confirm().title, None, &action),
        sheet: Sheet::of(language.words, held, now),
        action,
        complaint,
        asked: Some(asked),
        is_by_link: true,
        may_link: false,
    }
}

/// The one answer of a link; after it the link is used up.
pub(super) async fn answer(
    State(app): State<App>,
    language: Language,
    address: Address,
    headers: HeaderMap,
    Path(token): Path<String>,
    form: Result<Form<Asked>, FormRejection>,
) -> Response {
    if !is_same_origin(&headers) {
        return message(StatusCode::FORBIDDEN, &headers, |words| words.wrong_origin);
    }
    let Ok(Form(asked)) = form else { return not_found(&headers) };
    let now = app.now();
    if app.guard().try_code(address, now).is_some() {
        return message(StatusCode::TOO_MANY_REQUESTS, &headers, |words| words.confirm().link_wait);
    }
    let from = app.clone();
    let given = app.store().write(move |tx| {
        let Some(Open { held, name, phone, made_by }) = open(tx, &token, now)? else {
            return Ok::<_, StoreError>(None);
        };
        // The number is the one that the link was given to, whatever a form says.
        let asked = Asked { phone: phone.clone(), ..asked };
        let known_by = KnownBy::Link { name, phone, made_by };
        let said = give(tx, &from, language.words, &held, &asked, known_by, now)?;
        if said.is_ok() {
            tx.execute(
                "UPDATE confirmation_link SET used_ms = :now WHERE token_hash = :hash",
                named_params! { ":now": now.timestamp_millis(), ":hash": secret::token_hash(&token) },
            )?;
        }
        Ok(Some(said.map_err(|complaint| sheet(language, &held, &token, asked, Some(complaint), now))))
    });
    let given = given.await;
    if matches!(given, Ok(Some(_))) {
        app.guard().was_no_guess(address, now);
    }
    match given {
        Ok(Some(Ok(()))) => message(StatusCode::OK, &headers, |words| words.confirm().thanks),
        Ok(Some(Err(again))) => page(StatusCode::BAD_REQUEST, language, &again),
        Ok(None) => message(StatusCode::NOT_FOUND, &headers, |words| words.confirm().link_gone),
        Err(error) => failed(&error, &headers),
    }
}
