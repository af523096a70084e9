//! What a form definition says.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::field::Field;
use super::{AnswerKey, Answers, Check};
use crate::id::{FormCode, Jurisdiction};
use crate::judge::Judge;
use crate::register::{Instrument, InstrumentKind, Medium, Sampling, is_factor};

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

/// What a form is filled for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// 巡检, 检查.
    Inspection,
    /// 校准, 核查, 比对.
    Calibration,
    /// 更换, 维修.
    Replacement,
    /// 报告 and all else.
    #[default]
    Report,
}

/// A form definition: one file, or a national one with a local overlay laid over it.
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
    /// Gas or water; nothing for both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub medium: Option<Medium>,
    /// What one record is about.
    pub serves: Serves,
    /// What it is filled for: how lists of forms are grouped.
    #[serde(default)]
    pub purpose: Purpose,
    /// True if it can only be filled during a visit.
    pub needs_visit: bool,
    /// What its fields rest on.
    pub basis: Basis,
    /// The table that it stands for.
    pub standard: Label,
    /// Its title.
    pub title: Label,
    /// What some one instrument of the point has to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs: Option<Condition>,
    /// Sections of which at least one has to be filled.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub one_of: Vec<String>,
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
    /// Set if it has a table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<Lines>,
    /// Where it is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visible: Option<Condition>,
    /// Rows or boxes of the section; fields name theirs.
    #[serde(rename = "group", default)]
    pub groups: Vec<Group>,
    /// Its fields, in the order in which they are filled.
    #[serde(rename = "field", default)]
    pub fields: Vec<Field>,
    /// The columns of its table.
    #[serde(rename = "column", default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<Field>,
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
    /// Only instruments for these factors; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub factors: Vec<String>,
    /// How many blocks must be filled.
    pub at_least: usize,
}

impl Repeat {
    /// True for an instrument that gets a block.
    pub fn takes(&self, instrument: &Instrument) -> bool {
        self.kinds.contains(&instrument.kind) && is_factor(&self.factors, &instrument.factor)
    }
}

/// The lines of a section's table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lines {
    /// How many must be filled.
    pub at_least: u16,
    /// How many there may be.
    pub at_most: u16,
    /// How many are there from the start.
    pub shown: u16,
    /// The column for which the screen can make a series of times.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// The usual step of that series, minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step_min: Option<u32>,
}

/// A row or box of a section, such as 零点.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Stable id.
    pub id: String,
    /// Its name.
    pub label: Label,
    /// Where it is asked.
    #[serde(default)]
    pub visible: Option<Condition>,
}

/// When a part is asked or must be answered: all that it names has to hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// The block's instrument, or without a block some one of the point's, is of these kinds; empty for all.
    #[serde(default)]
    pub kinds: Vec<InstrumentKind>,
    /// The block's instrument is none of these.
    #[serde(default)]
    pub not_kinds: Vec<InstrumentKind>,
    /// It measures one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub factors: Vec<String>,
    /// It samples in one of these ways.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sampling: Vec<Sampling>,
    /// Another field of the same line or block …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// … has one of these answers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub is: Vec<String>,
}

impl Condition {
    /// True if an instrument is one that the condition names.
    pub fn fits(&self, instrument: &Instrument) -> bool {
        (self.kinds.is_empty() || self.kinds.contains(&instrument.kind))
            && !self.not_kinds.contains(&instrument.kind)
            && is_factor(&self.factors, &instrument.factor)
            && (self.sampling.is_empty() || instrument.sampling.is_some_and(|s| self.sampling.contains(&s)))
    }

    /// True if it holds for the block's instrument, or without a block for some one of the point's.
    pub fn holds_at(&self, block: Option<&Instrument>, point: &[Instrument]) -> bool {
        match block {
            Some(instrument) => self.fits(instrument),
            None if self.kinds.is_empty() && self.factors.is_empty() && self.sampling.is_empty() => true,
            None => point.iter().any(|instrument| self.fits(instrument)),
        }
    }

    /// True if the other field that it names has one of the answers; `key` is the answer it is about.
    pub fn holds_in(&self, answers: &Answers, key: &AnswerKey) -> bool {
        let Some(field) = &self.field else { return true };
        let text = answers.text(&key.sibling(field)).or_else(|| answers.text(&key.of_block(field)));
        text.is_some_and(|text| {
            let state = Check::read(text).map(Check::state);
            self.is.iter().any(|one| one == text || state == Some(one))
        })
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

impl Form {
    /// A section by its id.
    pub fn section(&self, id: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.id == id)
    }

    /// The field, or in a line the column, that an answer's key names, whether it is asked or not.
    pub fn field_of(&self, key: &AnswerKey) -> Option<&Field> {
        let section = self.section(&key.section)?;
        if key.line.is_some() { section.column(&key.field) } else { section.field(&key.field) }
    }

    /// True if it can be filled at a point with these instruments.
    pub fn fits(&self, medium: Medium, instruments: &[Instrument]) -> bool {
        self.medium.is_none_or(|mine| mine == medium)
            && self.needs.as_ref().is_none_or(|needs| needs.holds_at(None, instruments))
    }
}

impl Section {
    /// A field by its id.
    pub fn field(&self, id: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.id == id)
    }

    /// A column of its table by its id.
    pub fn column(&self, id: &str) -> Option<&Field> {
        self.columns.iter().find(|column| column.id == id)
    }

    /// A row or box by its id.
    pub fn group(&self, id: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.id == id)
    }
}
