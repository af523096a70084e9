//! Answers as typed, each under its key; and why one is not valid.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::decimal::NumberError;
use crate::id::RecordId;

/// Names one answer of a record: section, block (the instrument) in repeated sections, field. Written `section/field`
/// or `section/row/field`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AnswerKey {
    /// The section's id.
    pub section: String,
    /// The block's instrument.
    pub row: Option<String>,
    /// The field's id.
    pub field: String,
}

/// Why a text is not an answer's key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not `section/field` or `section/row/field`")]
pub struct AnswerKeyError(String);

impl AnswerKey {
    /// The key of a field.
    pub fn new(section: &str, row: Option<&str>, field: &str) -> Self {
        Self { section: section.to_owned(), row: row.map(str::to_owned), field: field.to_owned() }
    }
    /// The key of another field of the same block.
    pub fn sibling(&self, field: &str) -> Self {
        Self { field: field.to_owned(), ..self.clone() }
    }
}

impl std::fmt::Display for AnswerKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.row {
            Some(row) => write!(f, "{}/{row}/{}", self.section, self.field),
            None => write!(f, "{}/{}", self.section, self.field),
        }
    }
}
impl std::str::FromStr for AnswerKey {
    type Err = AnswerKeyError;
    fn from_str(text: &str) -> Result<Self, AnswerKeyError> {
        let parts: Vec<&str> = text.split('/').collect();
        match parts[..] {
            _ if parts.iter().any(|part| part.is_empty()) || text.len() > 256 => {
                Err(AnswerKeyError(text.to_owned()))
            }
            [section, field] => Ok(Self::new(section, None, field)),
            [section, row, field] => Ok(Self::new(section, Some(row), field)),
            _ => Err(AnswerKeyError(text.to_owned())),
        }
    }
}
impl TryFrom<String> for AnswerKey {
    type Error = AnswerKeyError;
    fn try_from(text: String) -> Result<Self, AnswerKeyError> {
        text.parse()
    }
}
impl From<AnswerKey> for String {
    fn from(key: AnswerKey) -> String {
        key.to_string()
    }
}

/// One answer: the text as it stands in its field, valid or not yet, and where it came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// As it stands in the field. Numbers are decimals in text.
    pub text: String,
    /// Where it came from.
    pub origin: Origin,
    /// Set if a prefilled value was replaced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced: Option<Override>,
}

/// Where an answer came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum Origin {
    /// A person typed it.
    Typed,
    /// The register.
    Register,
    /// The last record of the same instrument.
    Last {
        /// That record.
        record: RecordId,
    },
    /// The form's own default, or the clock.
    Default,
}

/// A prefilled value that a person replaced, and why. Marked for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// What stood there.
    pub original: String,
    /// Why it was replaced.
    pub reason: String,
}

impl Answer {
    /// An answer that a person typed.
    pub fn typed(text: impl Into<String>) -> Self {
        Self { text: text.into(), origin: Origin::Typed, replaced: None }
    }
}

/// All answers of a record.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Answers(pub BTreeMap<AnswerKey, Answer>);

impl Answers {
    /// The text of an answer; nothing if it is empty.
    pub fn text(&self, key: &AnswerKey) -> Option<&str> {
        self.0.get(key).map(|answer| answer.text.trim()).filter(|text| !text.is_empty())
    }
    /// The number of an answer; nothing if it is empty or not one.
    pub fn number(&self, key: &AnswerKey) -> Option<rust_decimal::Decimal> {
        crate::decimal::parse(self.text(key)?).ok()
    }
}

/// Why an answer is not valid; the words for people are the screen's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum AnswerError {
    /// It must be answered.
    #[error("missing")]
    Missing,
    /// Not a number.
    #[error(transparent)]
    Number {
        /// What is wrong with it.
        #[from]
        why: NumberError,
    },
    /// Outside what the field allows.
    #[error("outside {low} to {high}")]
    OutOfBounds {
        /// Least value.
        low: String,
        /// Greatest value.
        high: String,
    },
    /// A range whose upper end is not above its lower end.
    #[error("the upper end of a range lies above its lower end")]
    EmptyRange,
    /// Not `2026-11-23`.
    #[error("not a date")]
    NotADate,
    /// Not `2026-11-23 14:05`.
    #[error("not a date and time")]
    NotATime,
    /// Ends before it starts.
    #[error("before its start")]
    BeforeStart,
    /// Lies in the future.
    #[error("in the future")]
    InTheFuture,
    /// None of the field's choices.
    #[error("not one of the choices")]
    NotAChoice,
    /// No bottle of the point has this number.
    #[error("no such bottle at this point")]
    UnknownBottle,
    /// Control characters.
    #[error("a control character")]
    ControlCharacter,
    /// Longer than any answer needs.
    #[error("too long")]
    TooLong,
    /// The form has no such field here.
    #[error("no such field")]
    NoSuchField,
    /// A computed field cannot be typed.
    #[error("computed, not typed")]
    Computed,
    /// A prefilled value is only replaced with a reason.
    #[error("a reason is missing")]
    ReasonMissing,
    /// Fewer blocks than the form asks for.
    #[error("no block is filled")]
    NoBlock,
    /// A photo that the form asks for.
    #[error("a photo is missing")]
    PhotoMissing,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_back_as_written() {
        for text in ["header/cal_date", "analyser/DA001-SO2/zero.before"] {
            assert_eq!(text.parse::<AnswerKey>().unwrap().to_string(), text);
        }
        for bad in ["", "header", "a//b", "a/b/c/d", "/a"] {
            assert!(bad.parse::<AnswerKey>().is_err(), "{bad}");
        }
    }
}
