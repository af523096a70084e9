//! What a form definition says, and that it says nothing impossible.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::prefill::Prefill;
use crate::id::{FormCode, Jurisdiction};
use crate::register::{InstrumentKind, Medium};

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// 中文.
    pub zh: String,
    /// English.
    pub en: String,
}

/// What a form or a rule rests on, from the marks in the standards' pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Seen in a source.
    Source,
    /// Recalled, and a source agrees with a part.
    Mixed,
    /// Recalled only.
    Memory,
    /// Sources disagree.
    Unclear,
    /// Drawn up here; no standard lists it.
    Proposal,
}

impl Basis {
    /// True if a verdict has to show 依据待核 beside its clause.
    pub fn to_be_checked(self) -> bool {
        matches!(self, Self::Memory | Self::Unclear)
    }
}

/// Where a form is filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Serves {
    /// One record for the point.
    Point,
    /// One record for an instrument.
    Instrument,
    /// One record for the operator.
    Operator,
}

/// A form definition: one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Its code.
    pub code: FormCode,
    /// A record is shown with the version that it was filled with, for ever.
    pub version: u32,
    /// Where it holds.
    pub jurisdiction: Jurisdiction,
    /// First day on which it may be filled.
    pub valid_from: NaiveDate,
    /// Gas or water.
    pub medium: Medium,
    /// What one record is about.
    pub serves: Serves,
    /// True if it can only be filled during a visit.
    pub needs_visit: bool,
    /// What its fields rest on.
    pub basis: Basis,
    /// The table that it stands for.
    pub standard: Label,
    /// Its title.
    pub title: Label,
    /// Its parts, in order.
    #[serde(rename = "section")]
    pub sections: Vec<Section>,
    /// The photos it asks for.
    #[serde(rename = "photo", default)]
    pub photos: Vec<PhotoSlot>,
}

/// A part of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Stable id.
    pub id: String,
    /// Its caption; `{name}` stands for the instrument in repeated sections.
    pub label: Label,
    /// Set if the section stands once for each instrument.
    #[serde(default)]
    pub repeat: Option<Repeat>,
    /// Rows of the section's table; fields name theirs.
    #[serde(rename = "group", default)]
    pub groups: Vec<Group>,
    /// Its fields, in the order in which they are filled.
    #[serde(rename = "field")]
    pub fields: Vec<Field>,
    /// What is judged.
    #[serde(rename = "judge", default)]
    pub judges: Vec<Judge>,
}

/// A section that stands once for each instrument of the point. A block without a typed answer was not worked on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repeat {
    /// The kinds of instrument that get a block.
    pub kinds: Vec<InstrumentKind>,
    /// How many blocks must be filled.
    pub at_least: usize,
}

/// A row of a section's table, such as 零点.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Stable id.
    pub id: String,
    /// Its name.
    pub label: Label,
    /// Which instruments have it.
    #[serde(default)]
    pub visible: Option<Condition>,
}

/// Which instruments a part is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Only these kinds; empty for all.
    #[serde(default)]
    pub kinds: Vec<InstrumentKind>,
    /// None of these kinds.
    #[serde(default)]
    pub not_kinds: Vec<InstrumentKind>,
}

impl Condition {
    /// True if an instrument of `kind` has the part.
    pub fn holds(&self, kind: Option<InstrumentKind>) -> bool {
        let Some(kind) = kind else { return true };
        (self.kinds.is_empty() || self.kinds.contains(&kind)) && !self.not_kinds.contains(&kind)
    }
}

/// One answer that the form asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Stable id within the section, such as `zero.before`.
    pub id: String,
    /// The row that it stands in.
    #[serde(default)]
    pub group: Option<String>,
    /// Its name as the table prints it.
    pub label: Label,
    /// What an answer is.
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// The unit of a number.
    #[serde(default)]
    pub unit: Option<Unit>,
    /// True if it must be answered once its section is worked on.
    #[serde(default)]
    pub required: bool,
    /// Where its value comes from before anyone types.
    #[serde(default)]
    pub prefill: Option<Prefill>,
    /// What a number may be.
    #[serde(default)]
    pub bounds: Option<Bounds>,
    /// What a choice may be.
    #[serde(rename = "choice", default)]
    pub choices: Vec<Choice>,
    /// Which instruments have it.
    #[serde(default)]
    pub visible: Option<Condition>,
    /// Decimals of a computed figure.
    #[serde(default)]
    pub decimals: Option<u32>,
}

/// One answer of a choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// What is stored.
    pub value: String,
    /// What is shown.
    pub label: Label,
}

/// The types of fields. A file with any other is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    /// One line.
    Text,
    /// Several lines.
    LongText,
    /// A decimal number.
    Decimal,
    /// `2026-11-23`.
    Date,
    /// `2026-11-23 14:05`, Asia/Shanghai.
    DateTime,
    /// One of the field's choices.
    Choice,
    /// A gas bottle of the point, by its number.
    Bottle,
    /// Made by a function; never typed.
    Computed,
}

/// The unit of a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Unit {
    /// Always the same.
    Fixed(String),
    /// What another field of the block says.
    Field(String),
}

/// What a number may be; both ends belong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Bounds {
    /// Between two numbers.
    Between(rust_decimal::Decimal, rust_decimal::Decimal),
    /// From −10 % to 110 % of the range that two fields of the block give (design.md §3).
    OfRange {
        /// Field with the lower end.
        low: String,
        /// Field with the upper end.
        high: String,
    },
    /// Above another field: the upper end of a range.
    Above(String),
    /// Not earlier than another field of the form, as `section/field`: an end after its start.
    NotBefore(String),
}

/// What a group's answers are judged by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "function", rename_all = "snake_case", deny_unknown_fields)]
pub enum Judge {
    /// HJ 75 formula 4.1: zero or span drift since the last adjustment.
    Drift {
        /// The group it judges; `zero` or `span` for the rule.
        group: String,
        /// Reading just after the last adjustment.
        last: String,
        /// Reading now, before adjustment.
        before: String,
        /// Lower end of the range.
        low: String,
        /// Upper end of the range.
        high: String,
        /// The computed field that shows the drift.
        figure: String,
        /// The computed field that says 是 or 否.
        normal: String,
    },
}

impl Judge {
    /// The group that is judged.
    pub fn group(&self) -> &str {
        match self {
            Self::Drift { group, .. } => group,
        }
    }
    fn fields(&self) -> [&str; 6] {
        match self {
            Self::Drift { last, before, low, high, figure, normal, .. } => {
                [last, before, low, high, figure, normal]
            }
        }
    }
}

/// A photo that a form asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhotoSlot {
    /// Stable id.
    pub id: String,
    /// What it shows.
    pub label: Label,
    /// True if the record cannot be signed without it.
    #[serde(default)]
    pub required: bool,
}

/// Why a file is not a form definition. Refused whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// Not TOML, or not of this shape: `message` names line, column and field.
    #[error("{file}: {message}")]
    Shape {
        /// The file's name.
        file: String,
        /// What the reader says, with line and column.
        message: String,
    },
    /// It contradicts itself.
    #[error("{file}: section `{section}`: {message}")]
    Meaning {
        /// The file's name.
        file: String,
        /// The section's id.
        section: String,
        /// What is wrong.
        message: String,
    },
}

impl Form {
    /// Reads a definition and checks that all it names exists; a broken one is refused whole.
    pub fn from_toml(file: &str, text: &str) -> Result<Self, FormError> {
        let form: Self = toml::from_str(text)
            .map_err(|error| FormError::Shape { file: file.to_owned(), message: error.to_string() })?;
        let mut seen = BTreeSet::new();
        for section in &form.sections {
            let wrong = |message: String| FormError::Meaning {
                file: file.to_owned(),
                section: section.id.clone(),
                message,
            };
            if !is_plain_id(&section.id) || !seen.insert(&section.id) {
                return Err(wrong("the id is empty, not plain or used twice".into()));
            }
            section.check().map_err(wrong)?;
        }
        Ok(form)
    }

    /// A section by its id.
    pub fn section(&self, id: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.id == id)
    }
}

impl Section {
    /// A field by its id.
    pub fn field(&self, id: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.id == id)
    }

    /// True if `field` is there for an instrument of `kind`: neither it nor its group is hidden.
    pub fn shows(&self, field: &Field, kind: Option<InstrumentKind>) -> bool {
        let group = field.group.as_ref().and_then(|id| self.groups.iter().find(|group| group.id == *id));
        let holds = |condition: &Option<Condition>| condition.as_ref().is_none_or(|c| c.holds(kind));
        holds(&field.visible) && group.is_none_or(|group| holds(&group.visible))
    }

    fn check(&self) -> Result<(), String> {
        let mut seen = BTreeSet::new();
        for field in &self.fields {
            if !is_plain_id(&field.id) || !seen.insert(&field.id) {
                return Err(format!("field `{}`: the id is empty, not plain or used twice", field.id));
            }
            if field.group.as_ref().is_some_and(|id| !self.groups.iter().any(|group| group.id == *id)) {
                return Err(format!("field `{}`: no such group", field.id));
            }
            if (field.kind == FieldType::Choice) == field.choices.is_empty() {
                return Err(format!(
                    "field `{}`: a choice needs choices, and only a choice has them",
                    field.id
                ));
            }
            let named = match (&field.bounds, &field.unit) {
                (Some(Bounds::OfRange { low, high }), _) => vec![low, high],
                (Some(Bounds::Above(other)), _) | (None, Some(Unit::Field(other))) => vec![other],
                _ => vec![],
            };
            if let Some(missing) = named.into_iter().find(|name| self.field(name).is_none()) {
                return Err(format!("field `{}`: no such field `{missing}`", field.id));
            }
        }
        for judge in &self.judges {
            if let Some(missing) = judge.fields().into_iter().find(|name| self.field(name).is_none()) {
                return Err(format!("judge of `{}`: no such field `{missing}`", judge.group()));
            }
        }
        Ok(())
    }
}

fn is_plain_id(id: &str) -> bool {
    !id.is_empty() && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "._".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::BUILT_IN;

    #[test]
    fn every_form_that_ships_is_read() {
        for (file, text) in BUILT_IN {
            let form = Form::from_toml(file, text).unwrap();
            assert!(form.sections.iter().all(|section| !section.fields.is_empty()), "{file}");
        }
    }

    #[test]
    fn a_broken_definition_is_refused_with_place_and_reason() {
        let (file, text) = BUILT_IN[0];
        for (from, to, reason) in [
            (r#"type = "date_time""#, r#"type = "weekday""#, "unknown variant `weekday`"),
            (r#"last = "zero.last_after""#, r#"last = "zero.gone""#, "no such field `zero.gone`"),
            (r#"group = "zero""#, r#"group = "nought""#, "no such group"),
            ("needs_visit", "wants_visit", "unknown field `wants_visit`"),
            ("version = 1", "version = \"one\"", "invalid type"),
        ] {
            assert!(text.contains(from), "{from}");
            let error = Form::from_toml(file, &text.replacen(from, to, 1)).unwrap_err().to_string();
            assert!(error.starts_with(file) && error.contains(reason), "{error}");
        }
    }
}
