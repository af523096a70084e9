//! What a valid answer is, the same on screen, device and server.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{AnswerError, AnswerKey, Answers, Bounds, Field, FieldType, Form, Origin, Section};
use crate::clock::shown_time;
use crate::decimal;
use crate::register::{Bottle, Instrument};

const MAX_CHARS: usize = 4_000;

/// A section as it stands in a record: once, or once for each instrument.
#[derive(Debug, Clone, Copy)]
pub struct Block<'a> {
    /// The section.
    pub section: &'a Section,
    /// The instrument of a repeated section.
    pub instrument: Option<&'a Instrument>,
}

impl<'a> Block<'a> {
    /// The key of one of its fields.
    pub fn key(&self, field: &str) -> AnswerKey {
        AnswerKey::new(&self.section.id, self.instrument.map(|i| i.id.as_str()), field)
    }
    /// The fields that it has.
    pub fn fields(&self) -> impl Iterator<Item = &'a Field> + use<'a> {
        let (section, kind) = (self.section, self.instrument.map(|instrument| instrument.kind));
        section.fields.iter().filter(move |field| section.shows(field, kind))
    }
    /// True for a part that stands once, and for a block with an answer that a person gave.
    pub fn is_worked_on(&self, answers: &Answers) -> bool {
        self.section.repeat.is_none()
            || self.fields().any(|field| {
                answers.0.get(&self.key(&field.id)).is_some_and(|answer| {
                    answer.origin == Origin::Typed && !answer.text.trim().is_empty()
                        || answer.replaced.is_some()
                })
            })
    }
}

/// The blocks of a form at a point, in order.
pub fn blocks<'a>(form: &'a Form, instruments: &'a [Instrument]) -> Vec<Block<'a>> {
    form.sections
        .iter()
        .flat_map(|section| match &section.repeat {
            None => vec![Block { section, instrument: None }],
            Some(repeat) => instruments
                .iter()
                .filter(|instrument| repeat.kinds.contains(&instrument.kind))
                .map(|instrument| Block { section, instrument: Some(instrument) })
                .collect(),
        })
        .collect()
}

/// An answer that stands in the way of signing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Which; for [`AnswerError::PhotoMissing`] `photo/SLOT`, for [`AnswerError::NoBlock`] the section's first field.
    pub key: AnswerKey,
    /// What is wrong.
    pub error: AnswerError,
}

/// All that stands in the way of signing a record. `photo_slots` are the slots that have a photo.
pub fn check(
    form: &Form,
    answers: &Answers,
    instruments: &[Instrument],
    bottles: &[Bottle],
    photo_slots: &[String],
    now: DateTime<Utc>,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    let blocks = blocks(form, instruments);
    for section in &form.sections {
        let mine = || blocks.iter().filter(|block| block.section.id == section.id);
        let worked_on = mine().filter(|block| block.is_worked_on(answers)).count();
        if let (Some(repeat), Some(field)) = (&section.repeat, section.fields.first())
            && worked_on < repeat.at_least
        {
            problems.push(Problem {
                key: AnswerKey::new(&section.id, None, &field.id),
                error: AnswerError::NoBlock,
            });
        }
        for block in mine().filter(|block| block.is_worked_on(answers)) {
            for field in block.fields() {
                let key = block.key(&field.id);
                if let Err(error) = check_answer(field, &key, answers, bottles, now) {
                    problems.push(Problem { key, error });
                }
            }
        }
    }
    for slot in form.photos.iter().filter(|slot| slot.required && !photo_slots.contains(&slot.id)) {
        let key = AnswerKey::new("photo", None, &slot.id);
        problems.push(Problem { key, error: AnswerError::PhotoMissing });
    }
    problems
}

/// Refuses an answer that is missing or not valid as it stands.
pub fn check_answer(
    field: &Field,
    key: &AnswerKey,
    answers: &Answers,
    bottles: &[Bottle],
    now: DateTime<Utc>,
) -> Result<(), AnswerError> {
    let Some(text) = answers.text(key) else {
        return if field.required { Err(AnswerError::Missing) } else { Ok(()) };
    };
    let multi_line = field.kind == FieldType::LongText;
    if text.chars().any(|c| c.is_control() && !(multi_line && c == '\n')) {
        return Err(AnswerError::ControlCharacter);
    }
    if text.chars().count() > MAX_CHARS {
        return Err(AnswerError::TooLong);
    }
    match field.kind {
        FieldType::Text | FieldType::LongText | FieldType::Computed => Ok(()),
        FieldType::Decimal => {
            let value = decimal::parse(text)?;
            field.bounds.as_ref().map_or(Ok(()), |bounds| check_bounds(bounds, value, key, answers))
        }
        FieldType::Date => text.parse::<NaiveDate>().map(drop).map_err(|_| AnswerError::NotADate),
        FieldType::DateTime => {
            let time = read_time(text).ok_or(AnswerError::NotATime)?;
            if let Some(Bounds::NotBefore(start)) = &field.bounds
                && start
                    .parse()
                    .ok()
                    .and_then(|key| read_time(answers.text(&key)?))
                    .is_some_and(|start| time < start)
            {
                return Err(AnswerError::BeforeStart);
            }
            let in_the_future = read_time(&shown_time(now)).is_some_and(|now| time > now);
            if in_the_future { Err(AnswerError::InTheFuture) } else { Ok(()) }
        }
        FieldType::Choice if field.choices.iter().any(|choice| choice.value == text) => Ok(()),
        FieldType::Choice => Err(AnswerError::NotAChoice),
        FieldType::Bottle if bottles.iter().any(|bottle| bottle.id.as_str() == text) => Ok(()),
        FieldType::Bottle => Err(AnswerError::UnknownBottle),
    }
}

fn check_bounds(
    bounds: &Bounds,
    value: Decimal,
    key: &AnswerKey,
    answers: &Answers,
) -> Result<(), AnswerError> {
    let (low, high) = match bounds {
        Bounds::Above(other) => {
            return match answers.number(&key.sibling(other)) {
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
                of_range(answers.number(&key.sibling(low))?, answers.number(&key.sibling(high))?)
            }
            Self::Above(_) | Self::NotBefore(_) => None,
        }
    }
}

fn read_time(text: &str) -> Option<NaiveDateTime> {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").ok()
}
