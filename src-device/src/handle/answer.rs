//! Answers of a draft: typed ones, and the lines of its tables.

use rusqlite::Connection;
use stackside_core::command::{AddLine, CommandError, Event, RemoveLine, SaveAnswer};
use stackside_core::decimal;
use stackside_core::form::{
    Answer, AnswerError, AnswerKey, Answers, Block, Field, FieldType, Form, Origin, Override, Prefill,
    RegisterValue, blocks, check_text, prefill_line,
};
use stackside_core::id::RecordId;
use stackside_core::register::{Bottle, Instrument, Person};

use super::known::{Known, own_draft};
use super::standing::{instruments_of, site_of};
use super::visit::{LONGEST_REASON, check_words};
use crate::device::{Device, Handle, Inner};
use crate::error::Error;
use crate::store::record::{self, Record};

impl Inner {
    /// True if other answers changed with it.
    fn save_answer(&self, person: &Person, command: SaveAnswer) -> Result<(Answer, bool), Error> {
        let SaveAnswer { record, key, text, reason } = command;
        let reason = reason.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        if let Some(reason) = &reason {
            check_words("reason", reason, LONGEST_REASON)?;
        }
        // What is typed is kept, whatever becomes of the clocks: the next act looks again.
        if let Err(error) = self.look_at_clocks() {
            tracing::error!(%error, "the clocks are not in the log");
        }
        self.store.write(|t| {
            let record = own_draft(t, record, &person.id)?;
            let instruments = instruments_of(t, &record)?;
            let field = field_of(&record.form, &instruments, &key)
                .ok_or_else(|| Error::invalid(&key, AnswerError::NoSuchField))?;
            let text = as_stored(field, text).map_err(|why| Error::invalid(&key, why))?;
            let before = record::answer(t, record.id, &key)?;
            let (answer, original_origin) =
                replaced(field, before, text, reason).map_err(|why| Error::invalid(&key, why))?;
            record::put_answer(t, record.id, &key, &answer, original_origin.as_ref())?;
            let mut others = false;
            if field.kind == FieldType::Bottle {
                let bottles = site_of(t, &record)?.bottles;
                if let Some(bottle) = bottles.iter().find(|bottle| bottle.id.as_str() == answer.text.trim()) {
                    others = take_bottle(t, &record, &instruments, &key, bottle)?;
                }
            }
            Ok((answer, others))
        })
    }

    fn add_line(&self, person: &Person, command: &AddLine) -> Result<(), Error> {
        let AddLine { record, key, line } = command;
        let now = self.now()?;
        self.store.write(|t| {
            let record = own_draft(t, *record, &person.id)?;
            let known = Known::of_draft(t, &record, person, now)?;
            let answers = record::answers(t, record.id)?;
            let blocks = blocks(&record.form, &known.instruments);
            let (block, lines) = table(&blocks, key)?;
            let (have, most) = (block.lines(&answers), lines.at_most);
            if *line > most {
                return Err(Error::invalid(key, AnswerError::TooManyLines { most }));
            }
            // One after the other; one that is there already keeps what it says.
            if (1..=have).contains(line) {
                return Ok(());
            }
            if *line != have.saturating_add(1) {
                return Err(Error::invalid(key, AnswerError::NoSuchField));
            }
            let new = known.lend(|source| prefill_line(block, *line, source));
            open_line(t, record.id, block, *line, &new)
        })
    }

    fn remove_line(&self, person: &Person, command: &RemoveLine) -> Result<(), Error> {
        let RemoveLine { record, key } = command;
        let now = self.now()?;
        self.store.write(|t| {
            let record = own_draft(t, *record, &person.id)?;
            let known = Known::of_draft(t, &record, person, now)?;
            let answers = record::answers(t, record.id)?;
            let blocks = blocks(&record.form, &known.instruments);
            let (block, lines) = table(&blocks, key)?;
            let have = block.lines(&answers);
            let gone = key.line.filter(|line| (1..=have).contains(line));
            let gone = gone.ok_or_else(|| Error::invalid(key, AnswerError::NoSuchField))?;
            record::remove_line(t, record.id, &block.key(""), gone)?;
            if have > lines.shown {
                return Ok(());
            }
            // Lines that are there from the start stay, with what is known.
            let new = known.lend(|source| prefill_line(block, have, source));
            open_line(t, record.id, block, have, &new)
        })
    }
}

/// The block of a key, if it has a table.
fn table<'a, 'b>(
    blocks: &'b [Block<'a>],
    key: &AnswerKey,
) -> Result<(&'b Block<'a>, &'a stackside_core::form::Lines), Error> {
    let block = blocks.iter().find(|block| block.holds(key));
    let found = block.and_then(|block| Some((block, block.section.lines.as_ref()?)));
    found.ok_or_else(|| Error::invalid(key, AnswerError::NoSuchField))
}

/// Writes a new line. A line without any prefilled value is there by an empty answer.
pub(super) fn open_line(
    c: &Connection,
    record: RecordId,
    block: &Block<'_>,
    line: u16,
    new: &Answers,
) -> Result<(), Error> {
    for (key, answer) in &new.0 {
        record::put_answer(c, record, key, answer, None)?;
    }
    if new.0.is_empty()
        && let Some(column) = block.columns().find(|column| column.kind != FieldType::Computed)
    {
        let key = block.key(&column.id).in_line(line);
        record::put_answer(c, record, &key, &Answer::given("", Origin::Default), None)?;
    }
    Ok(())
}

/// The field of a key, if the form has it at these instruments.
pub(super) fn field_of<'a>(
    form: &'a Form,
    instruments: &'a [Instrument],
    key: &AnswerKey,
) -> Option<&'a Field> {
    blocks(form, instruments).iter().find_map(|block| block.field_of(key))
}

/// The text as it is kept; numbers without the typist's full-width digits and spaces. What is not valid yet stays as
/// typed.
fn as_stored(field: &Field, text: String) -> Result<String, AnswerError> {
    match field.kind {
        FieldType::Computed => return Err(AnswerError::Computed),
        // They are given by other commands.
        FieldType::File | FieldType::Signature | FieldType::Photo => return Err(AnswerError::NotAFile),
        _ => {}
    }
    let text = text.replace("\r\n", "\n");
    check_text(field.kind, &text)?;
    Ok(match field.kind {
        FieldType::Decimal | FieldType::Integer => number_as_stored(field, text),
        FieldType::Choices => in_order(field, text),
        _ => text,
    })
}

fn number_as_stored(field: &Field, text: String) -> String {
    let plain = decimal::normalised(&text);
    let digits = plain.strip_prefix('<').filter(|_| field.less_than).unwrap_or(&plain);
    if decimal::parse(digits).is_ok() { plain } else { text }
}

/// Choices stand in the order of the definition, each once; what is none of them stays where it is, at the end.
fn in_order(field: &Field, text: String) -> String {
    let chosen: Vec<&str> = text.split('|').map(str::trim).filter(|one| !one.is_empty()).collect();
    let known = field.choices.iter().map(|choice| choice.value.as_str()).filter(|one| chosen.contains(one));
    let unknown =
        chosen.iter().copied().filter(|one| field.choices.iter().all(|choice| choice.value != *one));
    known.chain(unknown).collect::<Vec<_>>().join("|")
}

/// The answer after `text` took the place of what was there; and where the replaced value came from.
fn replaced(
    field: &Field,
    before: Option<(Answer, Option<Origin>)>,
    text: String,
    reason: Option<String>,
) -> Result<(Answer, Option<Origin>), AnswerError> {
    let Some((before, original_origin)) = before else { return Ok((Answer::typed(text), None)) };
    let same = |a: &str, b: &str| {
        let number = |text: &str| decimal::parse(text).ok().filter(|_| field.kind.is_number());
        a == b || number(a).is_some_and(|a| number(b) == Some(a))
    };
    // What stood there before anyone typed, and where that came from.
    let prefilled = match (&before.replaced, &before.origin) {
        (Some(replaced), _) => Some((replaced.original.clone(), original_origin.unwrap_or(Origin::Register))),
        (None, origin @ (Origin::Register | Origin::Last { .. })) => {
            Some((before.text.clone(), origin.clone()))
        }
        (None, Origin::Default) if before.text == text => return Ok((before, None)),
        (None, Origin::Default | Origin::Typed) => None,
    };
    let Some((original, origin)) = prefilled else { return Ok((Answer::typed(text), None)) };
    if same(&original, &text) {
        return Ok((Answer::given(original, origin), None));
    }
    let reason =
        reason.or(before.replaced.map(|replaced| replaced.reason)).ok_or(AnswerError::ReasonMissing)?;
    let answer = Answer { text, origin: Origin::Typed, replaced: Some(Override { original, reason }) };
    Ok((answer, Some(origin)))
}

/// Another bottle was chosen: its concentration takes the place of the one before, unless that was typed.
pub(super) fn take_bottle(
    c: &Connection,
    record: &Record,
    instruments: &[Instrument],
    key: &AnswerKey,
    bottle: &Bottle,
) -> Result<bool, Error> {
    let mut changed = false;
    let blocks = blocks(&record.form, instruments);
    let Some(block) = blocks.iter().find(|block| block.holds(key)) else { return Ok(false) };
    let from_bottle = Some(Prefill::Register(RegisterValue::BottleConcentration));
    for field in block.fields().filter(|field| field.prefill == from_bottle) {
        let key = block.key(&field.id);
        if record::answer(c, record.id, &key)?.is_some_and(|(answer, _)| answer.is_by_hand()) {
            continue;
        }
        let answer = Answer::given(bottle.concentration.to_string(), Origin::Register);
        record::put_answer(c, record.id, &key, &answer, None)?;
        changed = true;
    }
    Ok(changed)
}

impl Handle<SaveAnswer> for Device {
    fn handle(&self, command: SaveAnswer) -> Result<Answer, CommandError> {
        let person = self.0.person()?;
        let (answer, others) = self.0.save_answer(&person, command)?;
        // While someone types, a screen that reads everything anew at each answer would stutter.
        if others {
            self.0.tell(Event::Store);
        }
        Ok(answer)
    }
}

impl Handle<AddLine> for Device {
    fn handle(&self, command: AddLine) -> Result<(), CommandError> {
        let person = self.0.person()?;
        self.0.add_line(&person, &command)?;
        self.0.tell(Event::Store);
        Ok(())
    }
}

impl Handle<RemoveLine> for Device {
    fn handle(&self, command: RemoveLine) -> Result<(), CommandError> {
        let person = self.0.person()?;
        self.0.remove_line(&person, &command)?;
        self.0.tell(Event::Store);
        Ok(())
    }
}
