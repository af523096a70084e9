//! The versions of a record: what changed, who, when and why, who signed each besides.

use std::cell::RefCell;
use std::collections::BTreeMap;

use askama::Template;
use rusqlite::Transaction;
use stackside_core::form::{Change, Difference, Form};
use stackside_core::id::RecordId;
use stackside_core::record::Version;
use stackside_core::register::in_table_order;

use super::cell::{Cell, Reader, Value};
use super::review::{Said, said};
use super::verdict::text;
use super::{Drawn, Library, evidence_of, gravest, marks, stamp_line, visible, void_line};
use crate::access::PersonCaller;
use crate::history::HeldRecord;
use crate::portal::kept::{self, Evidence};
use crate::portal::{Frame, Language};
use crate::store::StoreError;
use crate::words::ReviewWords;
use crate::{App, register, review};

#[derive(Template)]
#[template(path = "versions.html")]
pub(super) struct VersionsPage {
    frame: Frame,
    rw: &'static ReviewWords,
    id: String,
    point: String,
    void: Option<String>,
    /// The newest first.
    versions: Vec<Line>,
}

/// One version.
struct Line {
    number: u32,
    name: String,
    is_newest: bool,
    marks: Vec<(&'static str, &'static str)>,
    outcome: Option<(&'static str, &'static str)>,
    stamp: String,
    reason: Option<String>,
    changes: Vec<Changed>,
    photos_added: usize,
    /// Role, name, and at whose tablet when; the drawing.
    countersigned: Vec<(String, Option<String>)>,
    evidence: Option<Evidence>,
    /// What reviewers said of it.
    said: Vec<Said>,
}

/// One place where a version differs from the one before.
struct Changed {
    place: String,
    label: String,
    old: Option<Value>,
    new: Option<Value>,
}

pub(super) fn load(
    tx: &Transaction<'_>,
    app: &App,
    caller: &PersonCaller,
    language: Language,
    id: RecordId,
) -> Result<Option<VersionsPage>, StoreError> {
    let Some(drawn) = visible(tx, caller, id)? else { return Ok(None) };
    let library = Library::open(app, tx, language.words)?;
    let words = library.words;
    let Some(history) = HeldRecord::read(tx, &drawn.id)?.and_then(|held| held.history()) else {
        return Ok(None);
    };
    let reviews = review::of_record(tx, &drawn.id)?;
    let mut versions = vec![];
    let mut before: Option<&Version> = None;
    for (version, number) in history.versions().zip(1..) {
        let stamp = stamp_line(tx, words, &drawn.operator, &version.stamp)?;
        versions.push(Line {
            number,
            name: words.version.replace("{n}", &number.to_string()),
            is_newest: number == history.corrections() + 1,
            marks: marks(&history, version, words),
            outcome: gravest(&version.content).map(|outcome| words.outcome(outcome)),
            stamp,
            reason: version.reason.clone(),
            changes: before
                .map(|old| changes(tx, &library, &drawn, old, version))
                .transpose()?
                .unwrap_or_default(),
            photos_added: before.map_or(0, |old| photos_added(old, version)),
            countersigned: countersigned(tx, &library, &drawn, version)?,
            evidence: evidence_of(tx, &version.stamp)?,
            said: said(tx, words, &drawn.operator, version, &reviews)?,
        });
        before = Some(version);
    }
    versions.reverse();
    let void = history.voided().map(|voided| void_line(tx, words, &drawn.operator, voided)).transpose()?;
    let content = &history.newest().content;
    let title = library.title(content.form.as_str(), content.form_version);
    let frame = Frame::new(language, title, Some(caller), &format!("/records/{}/versions", drawn.id));
    let point = register::point(tx, &drawn.point)?.map_or(drawn.point, |point| point.name);
    Ok(Some(VersionsPage { frame, rw: words.of_review(), id: drawn.id, point, void, versions }))
}

fn photos_added(old: &Version, new: &Version) -> usize {
    new.content.photos.iter().filter(|photo| !old.content.photos.contains(photo)).count()
}

fn countersigned(
    tx: &Transaction<'_>,
    library: &Library,
    drawn: &Drawn,
    version: &Version,
) -> Result<Vec<(String, Option<String>)>, StoreError> {
    let words = library.words;
    let mut all = vec![];
    for (stamp, act) in &version.countersigned {
        let at = stamp_line(tx, words, &drawn.operator, stamp)?;
        let at = match act.person {
            Some(_) => at,
            None => format!("{}{}{at}", words.on_tablet_of, words.colon),
        };
        let drawing = kept::signature(tx, &library.files, &act.signature.sha256, &drawn.operator)?;
        all.push((format!("{} · {} · {at}", text(&act.role, words), act.name), drawing));
    }
    Ok(all)
}

fn changes<'a>(
    tx: &'a Transaction<'a>,
    library: &'a Library,
    drawn: &'a Drawn,
    old: &'a Version,
    new: &'a Version,
) -> Result<Vec<Changed>, StoreError> {
    let content = &new.content;
    let form = library.form(content.form.as_str(), content.form_version);
    let instruments = in_table_order(register::instruments_of(tx, content.point.as_str())?);
    let reader = |version: &'a Version| Reader {
        tx,
        files: &library.files,
        words: library.words,
        content: &version.content,
        operator: &drawn.operator,
        instruments: instruments.clone(),
        photos: vec![],
        comments: BTreeMap::new(),
        shown_slots: RefCell::default(),
    };
    let (before, after) = (reader(old), reader(new));
    let found = stackside_core::form::differences(form, &old.content.answers, &content.answers);
    found.into_iter().map(|found| changed(&before, &after, form, found)).collect()
}

fn changed(
    before: &Reader<'_>,
    after: &Reader<'_>,
    form: Option<&Form>,
    found: Difference,
) -> Result<Changed, StoreError> {
    let words = after.words;
    let section = form.and_then(|form| form.section(&found.key.section));
    let field = form.and_then(|form| form.field_of(&found.key));
    let (Some(section), Some(field)) = (section, field) else {
        let bare = |reader: &Reader<'_>, text: Option<String>| text.map(|text| reader.bare(Cell::Text(text)));
        let (old, new) = (bare(before, found.old), bare(after, found.new));
        return Ok(Changed { place: String::new(), label: found.key.to_string(), old, new });
    };
    let block = found.key.row.as_deref().map(|row| after.block_name(row)).transpose()?.unwrap_or_default();
    let mut place = vec![text(&section.label, words).replace("{name}", &block)];
    place.extend(match (found.change, found.key.line) {
        (Change::Answer, Some(line)) => Some(format!("{} {line}", words.line)),
        (Change::LineAdded, Some(line)) => Some(format!("{} {line}", words.line_added)),
        (Change::LineRemoved, Some(line)) => Some(format!("{} {line}", words.line_removed)),
        _ => None,
    });
    let group = field.group.as_ref().and_then(|id| section.group(id)).map(|group| text(&group.label, words));
    let label: Vec<&str> = group.into_iter().chain([text(&field.label, words)]).collect();
    // The line of an answer has another number in the version before, if lines above it came or went: it is read by what
    // it said.
    let value = |reader: &Reader<'_>, text: Option<String>| match text {
        Some(text) => reader.said(section, field, &found.key, &text).map(Some),
        None => Ok(None),
    };
    Ok(Changed {
        place: place.join(" · "),
        label: label.join(" · "),
        old: value(before, found.old)?,
        new: value(after, found.new)?,
    })
}
