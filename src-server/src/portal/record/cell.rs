//! One answer as people expect it: a mark, a word of a choice, a number with its unit, a file, a drawing.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use rusqlite::Transaction;
use stackside_core::act::RecordSigned;
use stackside_core::form::{Answer, AnswerKey, Check, Field, FieldType, Override, Section, Unit};
use stackside_core::hash::Hash;
use stackside_core::register::Instrument;

use super::verdict::text;
use crate::api::Files;
use crate::portal::kept::{self, Gallery, Photo};
use crate::register;
use crate::store::StoreError;
use crate::words::Words;

/// What an answer is shown as.
pub(super) enum Cell {
    /// Words, lines kept.
    Text(String),
    /// Numbers and times, never broken.
    Figure(String),
    /// An inspected item: tone, mark, remark.
    Mark(&'static str, &'static str, String),
    /// A document, by the name that its maker gave it.
    File { sha256: String, name: String, is_held: bool },
    /// A drawing; nothing while it has not arrived.
    Signature(Option<String>),
    /// Photos of this place.
    Photos(Gallery),
    /// Nothing, and that is worth a word.
    Blank(&'static str),
}

/// An answer with its unit, and what it replaced.
#[derive(Template)]
#[template(path = "value.html")]
pub(super) struct Value {
    pub(super) words: &'static Words,
    pub(super) cell: Cell,
    pub(super) unit: String,
    pub(super) replaced: Option<Override>,
}

/// A place of the form: its answer, and what a reviewer said of it.
pub(super) struct Slot {
    pub(super) key: String,
    /// Nothing for a column that a line leaves out.
    pub(super) value: Option<Value>,
    pub(super) comment: Option<String>,
}

/// A record, and where to look up what its answers name.
pub(super) struct Reader<'a> {
    pub(super) tx: &'a Transaction<'a>,
    pub(super) files: &'a Files,
    pub(super) words: &'static Words,
    pub(super) content: &'a RecordSigned,
    pub(super) operator: &'a str,
    /// Those of the point, as they stand in the register now.
    pub(super) instruments: Vec<Instrument>,
    pub(super) photos: Vec<Photo>,
    /// What a reviewer said of single answers.
    pub(super) comments: BTreeMap<AnswerKey, String>,
    /// The slots of photos that a field has shown.
    pub(super) shown_slots: RefCell<BTreeSet<String>>,
}

impl Reader<'_> {
    /// An answer, or the photos of a field; nothing if there is nothing to show.
    pub(super) fn value(
        &self,
        section: &Section,
        field: &Field,
        key: &AnswerKey,
    ) -> Result<Option<Value>, StoreError> {
        if field.kind == FieldType::Photo {
            let slot = key.to_string();
            let is_mine = |photo: &&Photo| photo.slot.as_ref() == Some(&slot);
            let photos = self.photos.iter().filter(is_mine).cloned().collect();
            let gallery = Gallery { words: self.words, photos };
            self.shown_slots.borrow_mut().insert(slot);
            return Ok((!gallery.photos.is_empty()).then(|| self.bare(Cell::Photos(gallery))));
        }
        let Some(answer) = self.content.answers.0.get(key).filter(|answer| !answer.text.trim().is_empty())
        else {
            return Ok(None);
        };
        let said = self.said(section, field, key, answer.text.trim())?;
        Ok(Some(Value { replaced: answer.replaced.clone(), ..said }))
    }

    /// A text as the answer of a field.
    pub(super) fn said(
        &self,
        section: &Section,
        field: &Field,
        key: &AnswerKey,
        text: &str,
    ) -> Result<Value, StoreError> {
        let cell = self.cell(field, text)?;
        let unit = match &field.unit {
            Some(_) if field.kind.is_number() => self.unit(section, field, key),
            _ => String::new(),
        };
        Ok(Value { unit, ..self.bare(cell) })
    }

    /// The keys that photos of fields are kept under.
    pub(super) fn photo_keys(&self) -> impl Iterator<Item = AnswerKey> {
        self.photos.iter().filter_map(|photo| photo.slot.as_ref()?.parse().ok())
    }

    /// An answer as it came.
    pub(super) fn raw(&self, answer: &Answer) -> Value {
        Value { replaced: answer.replaced.clone(), ..self.bare(Cell::Text(answer.text.clone())) }
    }

    /// A place of the form with what stands there.
    pub(super) fn slot(&self, key: &AnswerKey, value: Option<Value>) -> Slot {
        Slot { key: key.to_string(), value, comment: self.comments.get(key).cloned() }
    }

    /// Something that is no answer.
    pub(super) fn bare(&self, cell: Cell) -> Value {
        Value { words: self.words, cell, unit: String::new(), replaced: None }
    }

    fn cell(&self, field: &Field, text: &str) -> Result<Cell, StoreError> {
        let words = self.words;
        Ok(match field.kind {
            FieldType::Check => match Check::read(text) {
                Some(Check::Ok) => Cell::Mark("ok", "√", String::new()),
                Some(Check::Bad(remark)) => Cell::Mark("bad", "×", remark.to_owned()),
                Some(Check::Impossible(reason)) => Cell::Mark("warn", words.impossible, reason.to_owned()),
                None => Cell::Text(text.to_owned()),
            },
            FieldType::Choices => {
                let chosen: Vec<&str> = text.split('|').map(|one| self.word(field, one)).collect();
                Cell::Text(chosen.join(words.list_comma))
            }
            FieldType::YesNo | FieldType::Choice | FieldType::Computed => {
                Cell::Text(self.word(field, text).to_owned())
            }
            FieldType::Decimal
            | FieldType::Integer
            | FieldType::Date
            | FieldType::Time
            | FieldType::DateTime => Cell::Figure(text.to_owned()),
            FieldType::Instrument => Cell::Text(self.instrument(text)?),
            FieldType::File => self.file(text)?,
            FieldType::Signature => match text.split(' ').next().and_then(|hash| hash.parse::<Hash>().ok()) {
                Some(hash) => Cell::Signature(kept::signature(self.tx, self.files, &hash, self.operator)?),
                None => Cell::Text(text.to_owned()),
            },
            _ => Cell::Text(text.to_owned()),
        })
    }

    /// The word for a choice, for yes and for no.
    fn word<'t>(&self, field: &'t Field, value: &'t str) -> &'t str {
        let choice = field.choices.iter().find(|choice| choice.value == value);
        match (choice, value) {
            (Some(choice), _) => text(&choice.label, self.words),
            (None, "yes") if !field.kind.has_choices() => self.words.yes,
            (None, "no") if !field.kind.has_choices() => self.words.no,
            (None, _) => value,
        }
    }

    /// An instrument of the point, else of the register, else its id.
    fn instrument(&self, id: &str) -> Result<String, StoreError> {
        if let Some(mine) = self.instruments.iter().find(|one| one.id.as_str() == id) {
            return Ok(self.words.instrument(mine));
        }
        let other = register::instrument(self.tx, id)?;
        Ok(other.map_or_else(|| id.to_owned(), |instrument| self.words.instrument(&instrument)))
    }

    /// The name of a block: what its instrument measures; the id of one that nobody knows.
    pub(super) fn block_name(&self, id: &str) -> Result<String, StoreError> {
        if let Some(mine) = self.instruments.iter().find(|one| one.id.as_str() == id) {
            let is_like = |one: &&Instrument| one.factor == mine.factor && one.kind == mine.kind;
            let name = self.words.factor(&mine.factor);
            let is_only = self.instruments.iter().filter(is_like).count() == 1;
            return Ok(if is_only {
                name
            } else {
                format!("{name}{}", self.words.bracketed(&mine.serial_no))
            });
        }
        let other = register::instrument(self.tx, id)?;
        Ok(other.map_or_else(|| id.to_owned(), |instrument| self.words.factor(&instrument.factor)))
    }

    fn file(&self, text: &str) -> Result<Cell, StoreError> {
        let mut parts = text.splitn(3, ' ');
        let Some(hash) = parts.next().and_then(|hash| hash.parse::<Hash>().ok()) else {
            return Ok(Cell::Text(text.to_owned()));
        };
        let name = parts.nth(1).map_or_else(|| format!("{}.pdf", hash.short()), str::to_owned);
        let is_held = self.files.held(self.tx, &hash, self.operator)?.is_some();
        Ok(Cell::File { sha256: hash.to_string(), name, is_held })
    }

    /// The unit of a number, in words; empty for what has none.
    pub(super) fn unit(&self, section: &Section, field: &Field, key: &AnswerKey) -> String {
        let Some(unit) = &field.unit else { return String::new() };
        let unit = match unit {
            Unit::Fixed(unit) => unit,
            Unit::Field(other) => {
                let answers = &self.content.answers;
                let beside = answers.text(&key.sibling(other)).or_else(|| answers.text(&key.of_block(other)));
                let unit = beside.unwrap_or_default();
                let named = section.field(other).or_else(|| section.column(other));
                let choice = named.and_then(|field| field.choices.iter().find(|choice| choice.value == unit));
                choice
                    .filter(|_| !self.words.unit(unit).is_empty())
                    .map_or(unit, |c| text(&c.label, self.words))
            }
        };
        self.words.unit(unit).to_owned()
    }
}
