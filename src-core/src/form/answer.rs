//! Answers as typed, each under its key; and why one is not valid.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::decimal::NumberError;
use crate::id::RecordId;

/// Names one answer of a record: section, block (the instrument) in repeated sections, line in tables, field. Written
/// `section[/row][/@line]/field`, such as `analyser/DA001-SO2/zero.before` or `pairs/DA001-SO2/@3/rm`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AnswerKey {
    /// The section's id.
    pub section: String,
    /// The block's instrument.
    pub row: Option<String>,
    /// The line of the section's table, from 1.
    pub line: Option<u16>,
    /// The field's or column's id.
    pub field: String,
}

/// Why a text is not an answer's key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not `section/field`, `section/row/field` or these with `@line` before the field")]
pub struct AnswerKeyError(String);

impl AnswerKey {
    /// The key of a field.
    pub fn new(section: &str, row: Option<&str>, field: &str) -> Self {
        Self { section: section.to_owned(), row: row.map(str::to_owned), line: None, field: field.to_owned() }
    }
    /// The key of another field of the same block and line.
    pub fn sibling(&self, field: &str) -> Self {
        Self { field: field.to_owned(), ..self.clone() }
    }
    /// The same field in a line of the table.
    pub fn in_line(self, line: u16) -> Self {
        Self { line: Some(line), ..self }
    }
    /// The key of a field of the same block that stands outside the table.
    pub fn of_block(&self, field: &str) -> Self {
        Self { line: None, ..self.sibling(field) }
    }
}

impl std::fmt::Display for AnswerKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.section)?;
        if let Some(row) = &self.row {
            write!(f, "/{row}")?;
        }
        if let Some(line) = self.line {
            write!(f, "/@{line}")?;
        }
        write!(f, "/{}", self.field)
    }
}
impl std::str::FromStr for AnswerKey {
    type Err = AnswerKeyError;
    fn from_str(text: &str) -> Result<Self, AnswerKeyError> {
        let wrong = || AnswerKeyError(text.to_owned());
        let mut parts: Vec<&str> = text.split('/').collect();
        if parts.iter().any(|part| part.is_empty()) || text.len() > 256 {
            return Err(wrong());
        }
        let field = parts.pop().ok_or_else(wrong)?;
        let line = match parts.last().and_then(|part| part.strip_prefix('@')) {
            Some(digits) => {
                parts.pop();
                // One way to write each line: no leading zeros or signs.
                let line = digits.parse::<u16>().ok().filter(|line| *line > 0 && line.to_string() == digits);
                Some(line.ok_or_else(wrong)?)
            }
            None => None,
        };
        let (section, row) = match parts[..] {
            [section] => (section, None),
            [section, row] => (section, Some(row)),
            _ => return Err(wrong()),
        };
        if [Some(section), row, Some(field)].iter().flatten().any(|part| part.starts_with('@')) {
            return Err(wrong());
        }
        Ok(Self { line, ..Self::new(section, row, field) })
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
    /// An answer that no person gave.
    pub fn given(text: impl Into<String>, origin: Origin) -> Self {
        Self { text: text.into(), origin, replaced: None }
    }
    /// True if a person gave it: typed, or in place of a prefilled value.
    pub fn is_by_hand(&self) -> bool {
        self.replaced.is_some() || self.origin == Origin::Typed && !self.text.trim().is_empty()
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
    /// The answers of a section's block, in and outside its table.
    pub fn of_block<'a>(
        &'a self,
        section: &'a str,
        row: Option<&'a str>,
    ) -> impl Iterator<Item = (&'a AnswerKey, &'a Answer)> {
        let first = AnswerKey::new(section, row, "");
        self.0.range(first..).take_while(move |(key, _)| key.section == section && key.row.as_deref() == row)
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
    /// Not `14:05`.
    #[error("not a time of day")]
    NotAClock,
    /// A number with decimals where a whole one is asked for.
    #[error("not a whole number")]
    NotWhole,
    /// A × or 无法检查 without a word on it.
    #[error("a remark is missing")]
    RemarkMissing,
    /// None of √, × and 无法检查.
    #[error("not a state of an inspected item")]
    NotACheck,
    /// No instrument of the point has this id.
    #[error("no such instrument at this point")]
    UnknownInstrument,
    /// Not the reference of a kept file.
    #[error("not a kept file")]
    NotAFile,
    /// A reference of zero, where it is divided by.
    #[error("the reference is zero")]
    ZeroReference,
    /// Fewer lines of a table than the form asks for.
    #[error("{have} of {least} lines are filled")]
    TooFewLines {
        /// Filled so far.
        have: u16,
        /// Asked for.
        least: u16,
    },
    /// More lines than the table has.
    #[error("no such line: at most {most}")]
    TooManyLines {
        /// The table's last line.
        most: u16,
    },
    /// Ends before it starts.
    #[error("before its start")]
    BeforeStart,
    /// After what followed it.
    #[error("after what followed it")]
    AfterNext,
    /// No phone number.
    #[error("not a phone number")]
    NotAPhone,
    /// Lies in the future.
    #[error("in the future")]
    InTheFuture,
    /// None of the field's choices.
    #[error("not one of the choices")]
    NotAChoice,
    /// No bottle of the point has this number.
    #[error("no such bottle at this point")]
    UnknownBottle,
    /// A new bottle has the number of one that is known here.
    #[error("a bottle of this number is known here already")]
    KnownBottle,
    /// A new bottle is out of date.
    #[error("out of date")]
    Expired,
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
        for text in
            ["header/cal_date", "analyser/DA001-SO2/zero.before", "rows/@12/name", "pairs/DA001-SO2/@3/rm"]
        {
            assert_eq!(text.parse::<AnswerKey>().unwrap().to_string(), text);
        }
        for bad in [
            "",
            "header",
            "a//b",
            "a/b/c/d",
            "/a",
            "a/@0/b",
            "a/@01/b",
            "a/@x/b",
            "a/@1",
            "@1/b",
            "a/@70000/b",
            "a/@1/b/c",
        ] {
            assert!(bad.parse::<AnswerKey>().is_err(), "{bad}");
        }
    }
}
