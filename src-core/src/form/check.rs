//! What a valid answer is, the same on screen, device and server.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{
    AnswerError, AnswerKey, Answers, Block, Bounds, Check, Field, FieldType, Form, LastDone, blocks, is_due,
    item_of,
};
use crate::clock::shown_time;
use crate::decimal;
use crate::hash::Hash;
use crate::register::{Bottle, Instrument};

const MAX_CHARS: usize = 4_000;

/// What a record is checked against besides its form.
#[derive(Debug, Clone, Copy)]
pub struct Site<'a> {
    /// The point's instruments.
    pub instruments: &'a [Instrument],
    /// The point's gas bottles and standard solutions.
    pub bottles: &'a [Bottle],
    /// When the form's items were last done here, before this record.
    pub last_done: &'a LastDone,
    /// The Shanghai date on which the record was begun: which items are due.
    pub begun_on: NaiveDate,
    /// The slots that have a photo.
    pub photo_slots: &'a [String],
    /// The moment.
    pub now: DateTime<Utc>,
}

/// An answer that stands in the way of signing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Which; for [`AnswerError::PhotoMissing`] `photo/SLOT` or the field, for [`AnswerError::NoBlock`] the section's
    /// first field, for [`AnswerError::TooFewLines`] the first column of the first empty line.
    pub key: AnswerKey,
    /// What is wrong.
    pub error: AnswerError,
}

/// All that stands in the way of signing a record.
pub fn check(form: &Form, answers: &Answers, site: &Site<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let blocks = blocks(form, site.instruments);
    for section in &form.sections {
        let mine = || blocks.iter().filter(|block| block.section.id == section.id);
        let worked_on = mine().filter(|block| block.is_worked_on(answers)).count();
        let first = section.fields.first().or(section.columns.first());
        if let (Some(repeat), Some(field)) = (&section.repeat, first)
            && worked_on < repeat.at_least.min(mine().count().max(1))
        {
            let key = AnswerKey::new(&section.id, None, &field.id);
            problems.push(Problem { key, error: AnswerError::NoBlock });
        }
        for block in mine().filter(|block| block.is_worked_on(answers)) {
            check_block(block, answers, site, &mut problems);
        }
    }
    let is_filled = |block: &&Block<'_>| {
        form.one_of.contains(&block.section.id)
            && answers.of_block(&block.section.id, block.row()).any(|(_, answer)| answer.is_by_hand())
    };
    let is_there = |id: &&String| blocks.iter().any(|block| block.section.id == **id);
    let first = form.one_of.iter().find(is_there).or(form.one_of.first());
    if let Some(section) = first.and_then(|id| form.section(id))
        && !blocks.iter().any(|block| is_filled(&block))
        && let Some(field) = section.fields.first().or(section.columns.first())
    {
        let key = AnswerKey::new(&section.id, None, &field.id);
        problems.push(Problem { key, error: AnswerError::NoBlock });
    }
    for slot in form.photos.iter().filter(|slot| slot.required && !site.photo_slots.contains(&slot.id)) {
        let key = AnswerKey::new("photo", None, &slot.id);
        problems.push(Problem { key, error: AnswerError::PhotoMissing });
    }
    problems
}

fn check_block(block: &Block<'_>, answers: &Answers, site: &Site<'_>, problems: &mut Vec<Problem>) {
    let is_used = |line| block.is_line_used(answers, line);
    for (key, field) in block.asked(answers) {
        if key.line.is_some_and(|line| !is_used(line)) {
            continue;
        }
        if let Err(error) = check_answer(field, &key, answers, site) {
            problems.push(Problem { key, error });
        }
    }
    let (Some(lines), Some(column)) =
        (&block.section.lines, block.columns().find(|c| c.kind != FieldType::Computed))
    else {
        return;
    };
    let count = block.lines(answers);
    let have = u16::try_from((1..=count).filter(|line| is_used(*line)).count()).unwrap_or(u16::MAX);
    if have < lines.at_least {
        let empty = (1..=count).find(|line| !is_used(*line)).unwrap_or(count.saturating_add(1));
        let key = block.key(&column.id).in_line(empty);
        problems.push(Problem { key, error: AnswerError::TooFewLines { have, least: lines.at_least } });
    }
}

/// True if a field that is asked must be answered now.
pub fn is_required(field: &Field, key: &AnswerKey, answers: &Answers, site: &Site<'_>) -> bool {
    field.required
        || field.required_when.as_ref().is_some_and(|condition| condition.holds_in(answers, key))
        || field
            .every_days
            .is_some_and(|days| is_due(days, site.last_done.get(&item_of(key)).copied(), site.begun_on))
}

/// Refuses an answer that is missing or not valid as it stands.
pub fn check_answer(
    field: &Field,
    key: &AnswerKey,
    answers: &Answers,
    site: &Site<'_>,
) -> Result<(), AnswerError> {
    if field.kind == FieldType::Photo {
        let is_there = site.photo_slots.contains(&key.to_string());
        let is_missing = !is_there && is_required(field, key, answers, site);
        return if is_missing { Err(AnswerError::PhotoMissing) } else { Ok(()) };
    }
    let Some(text) = answers.text(key) else {
        let is_missing = field.kind != FieldType::Computed && is_required(field, key, answers, site);
        return if is_missing { Err(AnswerError::Missing) } else { Ok(()) };
    };
    check_text(field.kind, text)?;
    match field.kind {
        FieldType::Text
        | FieldType::LongText
        | FieldType::Person
        | FieldType::Computed
        | FieldType::Photo => Ok(()),
        FieldType::Decimal | FieldType::Integer => check_number(field, text, key, answers),
        FieldType::Date | FieldType::Time | FieldType::DateTime => {
            check_time(field, text, key, answers, site.now)
        }
        FieldType::YesNo => one_of(["yes", "no"].contains(&text), AnswerError::NotAChoice),
        FieldType::Check => match Check::read(text) {
            None => Err(AnswerError::NotACheck),
            Some(Check::Bad("") | Check::Impossible("")) => Err(AnswerError::RemarkMissing),
            Some(_) => Ok(()),
        },
        FieldType::Choice => one_of(is_choice(field, text), AnswerError::NotAChoice),
        FieldType::Choices => {
            one_of(text.split('|').all(|one| is_choice(field, one)), AnswerError::NotAChoice)
        }
        FieldType::Instrument => one_of(
            site.instruments.iter().any(|instrument| instrument.id.as_str() == text),
            AnswerError::UnknownInstrument,
        ),
        FieldType::Bottle => {
            one_of(site.bottles.iter().any(|bottle| bottle.id.as_str() == text), AnswerError::UnknownBottle)
        }
        FieldType::File | FieldType::Signature => one_of(kept_file(text).is_some(), AnswerError::NotAFile),
    }
}

/// Refuses what no answer may hold: control characters, and more than anyone writes.
pub fn check_text(kind: FieldType, text: &str) -> Result<(), AnswerError> {
    let multi_line = matches!(kind, FieldType::LongText | FieldType::Check);
    if text.chars().any(|c| c.is_control() && !(multi_line && c == '\n')) {
        return Err(AnswerError::ControlCharacter);
    }
    if text.chars().count() > MAX_CHARS { Err(AnswerError::TooLong) } else { Ok(()) }
}

/// Hash and length of a kept file or signature.
pub fn kept_file(text: &str) -> Option<(Hash, u64)> {
    let mut parts = text.splitn(3, ' ');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

fn one_of(is_one: bool, otherwise: AnswerError) -> Result<(), AnswerError> {
    if is_one { Ok(()) } else { Err(otherwise) }
}

fn is_choice(field: &Field, text: &str) -> bool {
    field.choices.iter().any(|choice| choice.value == text)
}

fn check_number(field: &Field, text: &str, key: &AnswerKey, answers: &Answers) -> Result<(), AnswerError> {
    let digits = decimal::normalised(text);
    let value = decimal::parse(match digits.strip_prefix('<') {
        Some(digits) if field.less_than => digits,
        _ => &digits,
    })?;
    if field.kind == FieldType::Integer && !value.fract().is_zero() {
        return Err(AnswerError::NotWhole);
    }
    field.bounds.as_ref().map_or(Ok(()), |bounds| check_bounds(bounds, value, key, answers))
}

fn check_bounds(
    bounds: &Bounds,
    value: Decimal,
    key: &AnswerKey,
    answers: &Answers,
) -> Result<(), AnswerError> {
    let (low, high) = match bounds {
        Bounds::Above(other) => {
            return match number_beside(answers, key, other) {
                Some(low) if value <= low => Err(AnswerError::EmptyRange),
                _ => Ok(()),
            };
        }
        // A range that is none is refused at its own field.
        _ => match bounds.ends(key, answers) {
            Some(ends) => ends,
            None => return Ok(()),
        },
    };
    if (low..=high).contains(&value) {
        return Ok(());
    }
    Err(AnswerError::OutOfBounds { low: low.normalize().to_string(), high: high.normalize().to_string() })
}

fn number_beside(answers: &Answers, key: &AnswerKey, field: &str) -> Option<Decimal> {
    answers.number(&key.sibling(field)).or_else(|| answers.number(&key.of_block(field)))
}

/// From −10 % to 110 % of a range (design.md §3); nothing for a range that is none.
fn of_range(low: Decimal, high: Decimal) -> Option<(Decimal, Decimal)> {
    let width = high.checked_sub(low).filter(|width| *width > Decimal::ZERO)?;
    let margin = width / Decimal::TEN;
    Some((low.checked_sub(margin)?, high.checked_add(margin)?))
}

impl Bounds {
    /// The least and greatest value that a field of `key`'s block may have now, for the pad.
    pub fn ends(&self, key: &AnswerKey, answers: &Answers) -> Option<(Decimal, Decimal)> {
        match self {
            Self::Between(low, high) => Some((*low, *high)),
            Self::OfRange { low, high } => {
                of_range(number_beside(answers, key, low)?, number_beside(answers, key, high)?)
            }
            Self::Above(_) | Self::NotBefore(_) => None,
        }
    }
}

fn check_time(
    field: &Field,
    text: &str,
    key: &AnswerKey,
    answers: &Answers,
    now: DateTime<Utc>,
) -> Result<(), AnswerError> {
    let read = |text: &str| read_time(field.kind, text);
    let time = read(text).ok_or(match field.kind {
        FieldType::Date => AnswerError::NotADate,
        FieldType::Time => AnswerError::NotAClock,
        _ => AnswerError::NotATime,
    })?;
    if let Some(Bounds::NotBefore(start)) = &field.bounds {
        let beside = answers.text(&key.sibling(start)).or_else(|| answers.text(&key.of_block(start)));
        let start = match start.split_once('/') {
            Some((section, start)) => answers.text(&AnswerKey::new(section, None, start)),
            None => beside,
        };
        if start.and_then(read).is_some_and(|start| time < start) {
            return Err(AnswerError::BeforeStart);
        }
    }
    let is_moment = field.kind == FieldType::DateTime;
    let is_future = is_moment && read(&shown_time(now)).is_some_and(|now| time > now);
    if is_future { Err(AnswerError::InTheFuture) } else { Ok(()) }
}

fn read_time(kind: FieldType, text: &str) -> Option<NaiveDateTime> {
    match kind {
        FieldType::Date => text.parse::<NaiveDate>().ok().map(|date| date.and_time(NaiveTime::MIN)),
        FieldType::Time => {
            NaiveTime::parse_from_str(text, "%H:%M").ok().map(|time| NaiveDate::default().and_time(time))
        }
        _ => NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").ok(),
    }
}
