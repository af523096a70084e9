//! Fields and columns: what one answer of a form may be.

use serde::{Deserialize, Serialize};

use super::definition::{Condition, Label};
use super::prefill::Prefill;
use crate::id::FormCode;

/// One answer that the form asks for, once or in each line of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Stable id within the section, such as `zero.before`.
    pub id: String,
    /// The row or box that it stands in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Its name as the table prints it.
    pub label: Label,
    /// What an answer is.
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// The unit of a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    /// True if it must be answered once its section or line is worked on.
    #[serde(default)]
    pub required: bool,
    /// When it must be answered besides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required_when: Option<Condition>,
    /// Where its value comes from before anyone types.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefill: Option<Prefill>,
    /// What a number or a time may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bounds: Option<Bounds>,
    /// What a choice may be, and how a computed word is shown.
    #[serde(rename = "choice", default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
    /// What is usually written.
    #[serde(rename = "suggestion", default, skip_serializing_if = "Vec::is_empty")]
    pub suggestions: Vec<Suggestion>,
    /// Where it is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visible: Option<Condition>,
    /// Decimals of a computed figure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decimals: Option<u32>,
    /// The longest interval of an inspected item, days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every_days: Option<u32>,
    /// True if `<0.5` is an answer.
    #[serde(default, skip_serializing_if = "is_false")]
    pub less_than: bool,
    /// The form that a replaced bottle is recorded in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replace_form: Option<FormCode>,
    /// A short word on how to fill it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<Label>,
}

fn is_false(value: &bool) -> bool {
    !value
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

/// What is usually written into a text, such as the name of a consumable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suggestion {
    /// The words.
    pub value: String,
    /// The usual cycle, days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every_days: Option<u32>,
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
    /// A whole number.
    Integer,
    /// `2026-11-23`.
    Date,
    /// `14:05`.
    Time,
    /// `2026-11-23 14:05`, Asia/Shanghai.
    DateTime,
    /// `yes` or `no`.
    YesNo,
    /// √, × with a remark, or not possible with a reason: [`Check`].
    Check,
    /// One of the field's choices.
    Choice,
    /// Several of them, joined by `|`.
    Choices,
    /// An instrument of the point, by its id.
    Instrument,
    /// A person's name, of the operator or any other.
    Person,
    /// A gas bottle or standard solution of the point, by its number.
    Bottle,
    /// Photos, kept under the slot `section/field`.
    Photo,
    /// One PDF: `SHA256 BYTES NAME`.
    File,
    /// A second signer's strokes: `SHA256 BYTES`.
    Signature,
    /// Made by a function; never typed.
    Computed,
}

impl FieldType {
    /// True for types whose answers are one of the field's choices.
    pub fn has_choices(self) -> bool {
        matches!(self, Self::Choice | Self::Choices)
    }
    /// True for numbers.
    pub fn is_number(self) -> bool {
        matches!(self, Self::Decimal | Self::Integer)
    }
}

/// How an inspected item was found; written `ok`, `bad REMARK` or `impossible REMARK`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check<'a> {
    /// √.
    Ok,
    /// ×, and what was found and done.
    Bad(&'a str),
    /// 无法检查, and why.
    Impossible(&'a str),
}

impl<'a> Check<'a> {
    /// Reads an answer.
    pub fn read(text: &'a str) -> Option<Self> {
        let (state, remark) = text.split_once(' ').unwrap_or((text, ""));
        match state {
            "ok" if remark.trim().is_empty() => Some(Self::Ok),
            "bad" => Some(Self::Bad(remark.trim())),
            "impossible" => Some(Self::Impossible(remark.trim())),
            _ => None,
        }
    }
    /// The state without its remark.
    pub fn state(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Bad(_) => "bad",
            Self::Impossible(_) => "impossible",
        }
    }
    /// The remark.
    pub fn remark(self) -> &'a str {
        match self {
            Self::Ok => "",
            Self::Bad(remark) | Self::Impossible(remark) => remark,
        }
    }
}

impl std::fmt::Display for Check<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.remark() {
            "" => f.write_str(self.state()),
            remark => write!(f, "{} {remark}", self.state()),
        }
    }
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

/// What a number or a time may be; both ends belong.
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
    /// Not earlier than another field of the form, as `section/field`, or of the same block, as `field`.
    NotBefore(String),
}
