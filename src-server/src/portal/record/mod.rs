//! A signed record: as a card of its visit's page, or on a page of its own.

mod cell;
mod form;
mod review;
mod verdict;
mod versions;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::http::Method;
use axum::routing::post;
use rusqlite::{OptionalExtension, Row, Transaction, named_params};
use stackside_core::act::{RecordSigned, Voided};
use stackside_core::clock::{TimeProof, shown_time};
use stackside_core::definition::Definitions;
use stackside_core::form::Form;
use stackside_core::id::RecordId;
use stackside_core::judge::Outcome;
use stackside_core::record::{History, Stamp, Version};
use stackside_core::register::in_table_order;
use stackside_core::review::Standing;

use self::cell::Reader;
use self::form::{Part, parts};
use self::review::{Asked, Said};
use self::verdict::text;
use super::kept::{self, Evidence, Gallery, Photo};
use super::{Frame, Language, page_of, shown_ms};
use crate::access::PersonCaller;
use crate::api::Files;
use crate::history::HeldRecord;
use crate::route::{Access, Route};
use crate::store::{StoreError, integer};
use crate::words::{ReviewWords, Words};
use crate::{App, register, review as reviews};

pub(super) fn routes() -> Vec<Route> {
    let newest = page_of(|tx, app, caller, language, id| load(tx, app, caller, language, id, None));
    let version =
        page_of(|tx, app, caller, language, (id, number)| load(tx, app, caller, language, id, Some(number)));
    vec![
        Route::new(Method::GET, "/records/{id}", Access::Person, newest),
        Route::new(Method::POST, "/records/{id}/review", Access::Person, post(review::review)),
        Route::new(Method::GET, "/records/{id}/versions", Access::Person, page_of(versions::load)),
        Route::new(Method::GET, "/records/{id}/versions/{number}", Access::Person, version),
    ]
}

/// A record as a card.
#[derive(Template)]
#[template(path = "record_card.html")]
pub(super) struct Card {
    words: &'static Words,
    id: String,
    title: String,
    /// What was done with the record later: tone and word.
    marks: Vec<(&'static str, &'static str)>,
    /// Who voided it when, and why.
    void: Option<String>,
    /// True for a version that was corrected since.
    is_old: bool,
    /// Why the version before was corrected.
    reason: Option<String>,
    standard: String,
    version: u32,
    rulebook: String,
    technician: String,
    signed_at: String,
    proof: &'static str,
    /// The gravest of its verdicts: tone and word.
    outcome: Option<(&'static str, &'static str)>,
    /// Inspected items that were found bad.
    bad_items: usize,
    parts: Vec<Part>,
    signature: Option<String>,
    gallery: Gallery,
    evidence: Evidence,
    rw: &'static ReviewWords,
    /// What reviewers said of this version, and what was said against it.
    said: Vec<Said>,
    /// Set where the reader may review it here.
    asked: Option<Asked>,
}

/// What a page needs to show records.
pub(super) struct Library {
    pub(super) files: Files,
    pub(super) definitions: Arc<Definitions>,
    pub(super) words: &'static Words,
}

impl Library {
    /// Of one moment of the database.
    pub(super) fn open(app: &App, tx: &Transaction<'_>, words: &'static Words) -> Result<Self, StoreError> {
        Ok(Self { files: app.files().clone(), definitions: app.shelf().all(tx)?, words })
    }

    /// The form of a record, in the very version that it was filled with.
    pub(super) fn form(&self, code: &str, version: u32) -> Option<&Form> {
        self.definitions.form(code, Some(version))
    }

    /// The title of a form in words; its code if nobody knows it.
    pub(super) fn title(&self, code: &str, version: u32) -> String {
        self.form(code, version).map_or(code, |form| text(&form.title, self.words)).to_owned()
    }
}

/// Whose record it is, where and when.
struct Drawn {
    id: String,
    operator: String,
    technician: String,
    point: String,
    visit: Option<String>,
    day: String,
    signed_ms: i64,
    proof: TimeProof,
}

const COLUMNS: &str =
    "work.id, work.operator, work.technician, work.point, work.visit, work.day, work.signed_ms, work.proof";

fn drawn(row: &Row<'_>) -> rusqlite::Result<Drawn> {
    Ok(Drawn {
        id: row.get(0)?,
        operator: row.get(1)?,
        technician: row.get(2)?,
        point: row.get(3)?,
        visit: row.get(4)?,
        day: row.get(5)?,
        signed_ms: row.get(6)?,
        proof: TimeProof::named(&row.get::<_, String>(7)?),
    })
}

/// The records that an operator's tablets made during a visit.
pub(super) fn of_visit(
    tx: &Transaction<'_>,
    library: &Library,
    visit: &str,
    operator: &str,
) -> Result<Vec<Card>, StoreError> {
    let query = format!(
        "SELECT {COLUMNS} FROM record AS work WHERE work.visit = :visit AND work.operator = :operator
         ORDER BY work.signed_ms, work.id"
    );
    let mut query = tx.prepare(&query)?;
    let rows = query.query_map(named_params! { ":visit": visit, ":operator": operator }, drawn)?;
    let mut cards = vec![];
    for row in rows {
        cards.extend(card(tx, library, None, &row?, None)?);
    }
    Ok(cards)
}

/// A record in its newest version, or in another by its number; for `reviewer` with the form to review it.
fn card(
    tx: &Transaction<'_>,
    library: &Library,
    reviewer: Option<&PersonCaller>,
    drawn: &Drawn,
    number: Option<u32>,
) -> Result<Option<Card>, StoreError> {
    let Some(history) = HeldRecord::read(tx, &drawn.id)?.and_then(|held| held.history()) else {
        return Ok(None);
    };
    let newest = history.corrections() + 1;
    let Some(version) = history.version(number.unwrap_or(newest)) else { return Ok(None) };
    let content = &version.content;
    let Some(evidence) = evidence_of(tx, &version.stamp)? else { return Ok(None) };
    let (words, operator) = (library.words, drawn.operator.as_str());
    let form = library.form(content.form.as_str(), content.form_version);
    let mut photos = kept::photos_of_record(tx, &library.files, &drawn.id, operator)?;
    let is_old = number.is_some_and(|number| number < newest);
    let said_of = reviews::of_record(tx, &drawn.id)?;
    if is_old {
        // What came with a correction is not of the version before.
        photos.retain(|photo| content.photos.iter().any(|mine| mine.sha256.to_string() == photo.sha256));
    }
    let reader = Reader {
        tx,
        files: &library.files,
        words,
        content,
        operator,
        instruments: in_table_order(register::instruments_of(tx, content.point.as_str())?),
        photos,
        comments: if is_old { BTreeMap::new() } else { review::comments(&history, &said_of) },
        shown_slots: RefCell::default(),
    };
    let parts = parts(&reader, form)?;
    // The day's time of the first version is settled by what came after it.
    let (signed_at, proof) = match version.reason {
        None => (shown_ms(drawn.signed_ms), drawn.proof),
        Some(_) => (shown_time(version.stamp.at), version.stamp.proof),
    };
    let void = history.voided().map(|voided| void_line(tx, words, operator, voided)).transpose()?;
    let state = Standing::of(&history, &said_of).state;
    let state = (!is_old && history.voided().is_none()).then(|| words.review_state(state));
    Ok(Some(Card {
        words,
        id: drawn.id.clone(),
        marks: marks(&history, version, words).into_iter().chain(state).collect(),
        void,
        is_old,
        reason: version.reason.clone(),
        title: library.title(content.form.as_str(), content.form_version),
        standard: form.map(|form| text(&form.standard, words).to_owned()).unwrap_or_default(),
        version: content.form_version,
        rulebook: format!("{} v{}", content.rulebook, content.rulebook_version),
        technician: kept::technician(tx, &drawn.technician, operator)?,
        signed_at,
        proof: words.proof(proof),
        outcome: gravest(content).map(|outcome| words.outcome(outcome)),
        bad_items: parts.iter().map(Part::bad_items).sum(),
        parts,
        signature: kept::signature(tx, &library.files, &content.signature.sha256, operator)?,
        gallery: Gallery { words, photos: other_photos(reader, form) },
        evidence,
        rw: words.of_review(),
        said: review::said(tx, words, operator, version, &said_of)?,
        asked: reviewer.filter(|_| !is_old).and_then(|caller| Asked::of(caller, &history, &said_of)),
    }))
}

/// Where the entry of an act stands.
fn evidence_of(tx: &Transaction<'_>, stamp: &Stamp) -> Result<Option<Evidence>, StoreError> {
    let place = (stamp.entry.device.to_string(), stamp.entry.log.to_string());
    kept::evidence(tx, (&place.0, &place.1), integer(stamp.entry.seq))
}

/// Who was at the tablet, and when.
fn stamp_line(
    tx: &Transaction<'_>,
    words: &'static Words,
    operator: &str,
    stamp: &Stamp,
) -> Result<String, StoreError> {
    let who = match &stamp.technician {
        Some(technician) => kept::technician(tx, technician.as_str(), operator)?,
        None => String::new(),
    };
    Ok(format!("{who} · {}{}", shown_time(stamp.at), words.bracketed(words.proof(stamp.proof))))
}

/// Who voided a record when, and why.
pub(super) fn void_line(
    tx: &Transaction<'_>,
    words: &'static Words,
    operator: &str,
    (stamp, act): &(Stamp, Voided),
) -> Result<String, StoreError> {
    let stamp = stamp_line(tx, words, operator, stamp)?;
    Ok(format!("{} · {}{}{} · {stamp}", words.voided, words.why_void, words.colon, act.reason))
}

fn marks(history: &History, version: &Version, words: &'static Words) -> Vec<(&'static str, &'static str)> {
    let marks = [
        (history.voided().is_some(), ("bad", words.voided)),
        (version.reason.is_some(), ("idle", words.corrected)),
        (!version.countersigned.is_empty(), ("ok", words.countersigned)),
    ];
    marks.into_iter().filter(|(is_set, _)| *is_set).map(|(_, mark)| mark).collect()
}

fn gravest(content: &RecordSigned) -> Option<Outcome> {
    content.verdicts.iter().map(|verdict| verdict.outcome).max()
}

/// The photos that no field has shown, with the words of their slots.
fn other_photos(reader: Reader<'_>, form: Option<&Form>) -> Vec<Photo> {
    let shown = reader.shown_slots.into_inner();
    let is_left = |photo: &Photo| photo.slot.as_ref().is_none_or(|slot| !shown.contains(slot));
    let mut left: Vec<Photo> = reader.photos.into_iter().filter(is_left).collect();
    let slots = form.map(|form| form.photos.as_slice()).unwrap_or_default();
    for photo in &mut left {
        let slot = slots.iter().find(|slot| photo.slot.as_ref() == Some(&slot.id));
        photo.caption = slot.map(|slot| text(&slot.label, reader.words).to_owned()).unwrap_or_default();
    }
    left
}

/// The visit of a record that is no desk work.
struct Visit {
    id: String,
    /// False while its sign-in was not received.
    is_held: bool,
}

#[derive(Template)]
#[template(path = "record.html")]
struct RecordPage {
    frame: Frame,
    day: String,
    visit: Option<Visit>,
    discharger: String,
    point: String,
    number: String,
    card: Card,
}

/// A record, if it is this person's to see.
fn visible(tx: &Transaction<'_>, caller: &PersonCaller, id: RecordId) -> Result<Option<Drawn>, StoreError> {
    let query = format!(
        "SELECT {COLUMNS} FROM record AS work LEFT JOIN point ON point.id = work.point
         WHERE work.id = :id AND {}",
        caller.visible()
    );
    let parameters = named_params! { ":id": id.to_string(), ":organisation": caller.organisation };
    Ok(tx.query_row(&query, parameters, drawn).optional()?)
}

fn load(
    tx: &Transaction<'_>,
    app: &App,
    caller: &PersonCaller,
    language: Language,
    id: RecordId,
    number: Option<u32>,
) -> Result<Option<RecordPage>, StoreError> {
    let Some(drawn) = visible(tx, caller, id)? else { return Ok(None) };
    let library = Library::open(app, tx, language.words)?;
    let Some(card) = card(tx, &library, Some(caller), &drawn, number)? else { return Ok(None) };
    let is_held = tx.query_row(
        "SELECT EXISTS (SELECT 1 FROM visit WHERE id = :visit AND operator = :operator)",
        named_params! { ":visit": drawn.visit, ":operator": drawn.operator },
        |row| row.get(0),
    )?;
    let point = register::point(tx, &drawn.point)?;
    let discharger = match &point {
        Some(point) => kept::discharger(tx, point.discharger.as_str())?,
        None => String::new(),
    };
    let here = match number {
        Some(number) => format!("/records/{}/versions/{number}", drawn.id),
        None => format!("/records/{}", drawn.id),
    };
    let number = point.as_ref().map(|point| point.number.clone()).unwrap_or_default();
    let point = point.map_or(drawn.point, |point| point.name);
    let frame = Frame::new(language, card.title.clone(), Some(caller), &here);
    let visit = drawn.visit.map(|id| Visit { id, is_held });
    Ok(Some(RecordPage { frame, day: drawn.day, visit, discharger, point, number, card }))
}
