//! An answer in the portal: read, checked, signed by the server over exactly what was shown.

use axum::Extension;
use axum::Form;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, Utc};
use rusqlite::Transaction;
use serde::Deserialize;
use stackside_core::confirmation::{Answer, KnownBy, PortalConfirmation, Representative, check_answer};
use stackside_core::id::VisitId;
use stackside_core::trust::{Signed, Statement};

use super::super::{Language, failed, message, not_found, page};
use super::{sheet_page, visible};
use crate::App;
use crate::access::{PersonCaller, Role, is_same_origin};
use crate::confirmation::{HeldVisit, keep};
use crate::store::StoreError;
use crate::words::Words;

/// What was typed.
#[derive(Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    pub(super) content_hash: String,
    #[serde(default)]
    pub(super) answer: String,
    #[serde(default)]
    pub(super) reason: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) post: String,
    #[serde(default)]
    pub(super) phone: String,
}

impl Asked {
    /// What is said and by whom, or what is wrong with it.
    fn read(&self, words: &Words) -> Result<(Answer, Representative), &'static str> {
        let texts = words.confirm();
        let complaint = |field| match field {
            "name" => texts.name_wrong,
            "post" => texts.post_wrong,
            "phone" => texts.phone_wrong,
            _ => texts.reason_wrong,
        };
        let answer = match self.answer.as_str() {
            "confirms" => Answer::Confirms,
            "objects" => Answer::Objects { reason: self.reason.clone() },
            _ => return Err(texts.choose),
        };
        let answer = check_answer(&answer).map_err(|(field, _)| complaint(field))?;
        let by = Representative::of(&self.name, &self.post, &self.phone);
        Ok((answer, by.map_err(|(field, _)| complaint(field))?))
    }
}

/// Signs an answer and keeps it, or says why not.
pub(super) fn give(
    tx: &Transaction<'_>,
    app: &App,
    words: &Words,
    held: &HeldVisit,
    asked: &Asked,
    known_by: KnownBy,
    now: DateTime<Utc>,
) -> Result<Result<(), &'static str>, StoreError> {
    let (answer, by) = match asked.read(words) {
        Ok(said) => said,
        Err(complaint) => return Ok(Err(complaint)),
    };
    let content_hash = held.content.hash().map_err(|error| StoreError::Odd(error.to_string()))?;
    if content_hash.to_string() != asked.content_hash {
        return Ok(Err(words.confirm().has_changed));
    }
    let word = PortalConfirmation {
        statement: PortalConfirmation::NAME.to_owned(),
        visit: held.content.visit,
        point: held.content.point.clone(),
        content: held.content.clone(),
        content_hash,
        answer,
        by,
        known_by,
        server_time: now,
    };
    let signed = Signed::make(&word, app.public_key(), app.key())
        .map_err(|error| StoreError::Odd(error.to_string()))?;
    keep(tx, &held.operator, &word, &signed)?;
    Ok(Ok(()))
}

/// By someone of the discharger's who is logged in.
pub(super) async fn by_account(
    State(app): State<App>,
    Extension(caller): Extension<PersonCaller>,
    language: Language,
    headers: HeaderMap,
    Path(id): Path<String>,
    form: Result<Form<Asked>, FormRejection>,
) -> Response {
    if !is_same_origin(&headers) {
        return message(StatusCode::FORBIDDEN, &headers, |words| words.wrong_origin);
    }
    let (Ok(id), Ok(Form(asked)), Role::Discharger) = (id.parse::<VisitId>(), form, caller.role) else {
        return not_found(&headers);
    };
    let (from, words) = (app.clone(), language.words);
    let given = app.store().write(move |tx| {
        let held = visible(tx, &caller, id)?.filter(|held| held.standing.state.is_awaited());
        let Some(held) = held else { return Ok::<_, StoreError>(None) };
        let Ok(discharger) = caller.organisation.parse() else { return Ok(None) };
        let known_by = KnownBy::Account { login: caller.login.clone(), discharger };
        let said = give(tx, &from, words, &held, &asked, known_by, from.now())?;
        Ok(Some(said.map_err(|complaint| {
            sheet_page(&from, language, &caller, id, &held, Some(asked), Some(complaint))
        })))
    });
    match given.await {
        Ok(Some(Ok(()))) => Redirect::to(&format!("/confirmations/{id}")).into_response(),
        Ok(Some(Err(again))) => page(StatusCode::BAD_REQUEST, language, &again),
        Ok(None) => not_found(&headers),
        Err(error) => failed(&error, &headers),
    }
}
