//! Reads definitions, lays local ones over the national ones, and refuses what says something impossible.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::Deserialize;

use super::definition::{Basis, Condition, Form, Group, Label, Lines, PhotoSlot, Repeat, Section};
use super::field::{Bounds, Field, FieldType, Unit};
use crate::definition::{complaint, key_line};
use crate::id::{FormCode, Jurisdiction};
use crate::judge::Judge;

const MOST_LINES: u16 = 100;

/// Why a file is not a form definition. Refused whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// Not TOML, or not of this shape.
    #[error("{file}: line {line}: {message}")]
    Shape {
        /// The file's name.
        file: String,
        /// Where.
        line: usize,
        /// What the reader says.
        message: String,
    },
    /// It contradicts itself.
    #[error("{file}: line {line}: section `{section}`: {message}")]
    Meaning {
        /// The file's name.
        file: String,
        /// The line where the section begins.
        line: usize,
        /// The section's id.
        section: String,
        /// What is wrong.
        message: String,
    },
    /// The form that it extends is not there.
    #[error("{file}: line {line}: extends `{code}` version {version}, which is not there")]
    NoBase {
        /// The file's name.
        file: String,
        /// Where it says so.
        line: usize,
        /// The code of the form.
        code: FormCode,
        /// Its version.
        version: u32,
    },
    /// It has code and version of another form.
    #[error("{file}: line {line}: `{code}` version {version} is there already")]
    Twice {
        /// The file's name.
        file: String,
        /// Where the version stands.
        line: usize,
        /// The code of the form.
        code: FormCode,
        /// Its version.
        version: u32,
    },
}

/// A file that holds only what is new in a jurisdiction.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Overlay {
    extends: FormCode,
    extends_version: u32,
    version: u32,
    jurisdiction: Jurisdiction,
    valid_from: NaiveDate,
    basis: Basis,
    standard: Option<Label>,
    title: Option<Label>,
    #[serde(rename = "section", default)]
    sections: Vec<SectionOverlay>,
    #[serde(rename = "photo", default)]
    photos: Vec<PhotoSlot>,
}

/// What is new in a section; with an id of its own a new section.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SectionOverlay {
    id: String,
    label: Option<Label>,
    repeat: Option<Repeat>,
    lines: Option<Lines>,
    visible: Option<Condition>,
    #[serde(rename = "group", default)]
    groups: Vec<Group>,
    #[serde(rename = "field", default)]
    fields: Vec<Field>,
    #[serde(rename = "column", default)]
    columns: Vec<Field>,
    #[serde(rename = "judge", default)]
    judges: Vec<Judge>,
}

/// Reads definitions in the order in which they come: an overlay names a form before it. The first broken one is told.
pub fn read_all<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Vec<Form>, FormError> {
    let mut forms = Vec::new();
    for (file, text) in files {
        let form = Form::read(file, text, &forms)?;
        forms.push(form);
    }
    Ok(forms)
}

impl Form {
    /// Reads a definition that stands for itself.
    pub fn from_toml(file: &str, text: &str) -> Result<Self, FormError> {
        Self::read(file, text, &[])
    }

    /// Reads a definition, or an overlay of one of `known`, and checks that all it names exists; a broken one is refused
    /// whole.
    pub fn read(file: &str, text: &str, known: &[Self]) -> Result<Self, FormError> {
        let shape = |error: toml::de::Error| {
            let (line, message) = complaint(text, &error);
            FormError::Shape { file: file.to_owned(), line, message }
        };
        let form: Self = if let Some(line) = key_line(text, "extends") {
            toml::from_str::<Overlay>(text).map_err(shape)?.over(file, line, known)?
        } else {
            toml::from_str(text).map_err(shape)?
        };
        if known.iter().any(|other| other.code == form.code && other.version == form.version) {
            let line = key_line(text, "version").unwrap_or(1);
            return Err(FormError::Twice {
                file: file.to_owned(),
                line,
                code: form.code,
                version: form.version,
            });
        }
        form.check().map_err(|(section, message)| FormError::Meaning {
            file: file.to_owned(),
            line: line_of(text, &section),
            section,
            message,
        })?;
        Ok(form)
    }

    /// The section that is wrong, and how.
    fn check(&self) -> Result<(), (String, String)> {
        let mut seen = BTreeSet::new();
        for section in &self.sections {
            let wrong = |message: String| (section.id.clone(), message);
            if !is_plain_id(&section.id) || !seen.insert(&section.id) || section.id == "photo" {
                return Err(wrong("the id is empty, not plain, reserved or used twice".into()));
            }
            section.check().map_err(wrong)?;
            for field in section.fields.iter().chain(&section.columns) {
                self.check_start(section, field).map_err(wrong)?;
            }
        }
        if let Some(missing) = self.one_of.iter().find(|id| self.section(id).is_none()) {
            return Err((missing.clone(), "`one_of` names a section that is not there".into()));
        }
        let mut slots = BTreeSet::new();
        match self.photos.iter().find(|slot| !is_plain_id(&slot.id) || !slots.insert(&slot.id)) {
            Some(slot) => {
                Err(("photo".into(), format!("slot `{}`: the id is empty, not plain or used twice", slot.id)))
            }
            None if self.sections.is_empty() => Err((String::new(), "no sections".into())),
            None => Ok(()),
        }
    }

    fn check_start(&self, section: &Section, field: &Field) -> Result<(), String> {
        let Some(Bounds::NotBefore(start)) = &field.bounds else { return Ok(()) };
        let other = match start.split_once('/') {
            Some((other, start)) => self.section(other).and_then(|other| other.field(start)),
            None => section.field(start).or_else(|| section.column(start)),
        };
        let is_time = |kind| matches!(kind, FieldType::Date | FieldType::DateTime | FieldType::Time);
        match other {
            None => Err(format!("field `{}`: no such field `{start}`", field.id)),
            Some(other) if other.kind != field.kind || !is_time(field.kind) => {
                Err(format!("field `{}`: `not_before` compares times of one type", field.id))
            }
            Some(_) => Ok(()),
        }
    }
}

impl Overlay {
    fn over(self, file: &str, line: usize, known: &[Form]) -> Result<Form, FormError> {
        let base =
            known.iter().find(|form| form.code == self.extends && form.version == self.extends_version);
        let Some(base) = base else {
            let (code, version) = (self.extends, self.extends_version);
            return Err(FormError::NoBase { file: file.to_owned(), line, code, version });
        };
        let mut form = Form {
            version: self.version,
            jurisdiction: self.jurisdiction,
            valid_from: self.valid_from,
            basis: self.basis,
            ..base.clone()
        };
        form.standard = self.standard.unwrap_or(form.standard);
        form.title = self.title.unwrap_or(form.title);
        for overlay in self.sections {
            match form.sections.iter_mut().find(|section| section.id == overlay.id) {
                Some(section) => overlay.lay_over(section),
                None => form.sections.push(overlay.alone()),
            }
        }
        lay_over(&mut form.photos, self.photos, |slot| &slot.id);
        Ok(form)
    }
}

impl SectionOverlay {
    fn alone(self) -> Section {
        let label = self.label.unwrap_or_else(|| Label { zh: self.id.clone(), en: self.id.clone() });
        Section {
            id: self.id,
            label,
            repeat: self.repeat,
            lines: self.lines,
            visible: self.visible,
            groups: self.groups,
            fields: self.fields,
            columns: self.columns,
            judges: self.judges,
        }
    }

    fn lay_over(self, section: &mut Section) {
        if let Some(label) = self.label {
            section.label = label;
        }
        section.repeat = self.repeat.or(section.repeat.take());
        section.lines = self.lines.or(section.lines.take());
        section.visible = self.visible.or(section.visible.take());
        lay_over(&mut section.groups, self.groups, |group| &group.id);
        lay_over(&mut section.fields, self.fields, |field| &field.id);
        lay_over(&mut section.columns, self.columns, |column| &column.id);
        section.judges.extend(self.judges);
    }
}

/// What has the id of one that is there takes its place; the rest comes behind.
fn lay_over<T>(there: &mut Vec<T>, new: Vec<T>, id: impl Fn(&T) -> &String) {
    for item in new {
        match there.iter_mut().find(|old| id(old) == id(&item)) {
            Some(old) => *old = item,
            None => there.push(item),
        }
    }
}

impl Section {
    fn check(&self) -> Result<(), String> {
        if self.lines.is_none() != self.columns.is_empty() {
            return Err("columns need `lines`, and `lines` need columns".into());
        }
        if let Some(lines) = &self.lines {
            let is_ordered = lines.at_least <= lines.at_most && lines.shown <= lines.at_most;
            if !is_ordered || lines.at_most == 0 || lines.at_most > MOST_LINES {
                return Err(format!(
                    "at most {MOST_LINES} lines, and no more shown or needed than there may be"
                ));
            }
            if let Some(time) = &lines.time
                && self.column(time).is_none_or(|column| column.kind != FieldType::DateTime)
            {
                return Err(format!("`{time}` is no date-time column"));
            }
        }
        let mut groups = BTreeSet::new();
        if let Some(group) = self.groups.iter().find(|group| !groups.insert(&group.id)) {
            return Err(format!("group `{}`: the id is used twice", group.id));
        }
        let mut seen = BTreeSet::new();
        for field in self.fields.iter().chain(&self.columns) {
            if !is_plain_id(&field.id) || !seen.insert(&field.id) {
                return Err(format!("field `{}`: the id is empty, not plain or used twice", field.id));
            }
            self.check_field(field).map_err(|why| format!("field `{}`: {why}", field.id))?;
        }
        if self.fields.is_empty() && self.columns.is_empty() {
            return Err("no fields".into());
        }
        self.judges.iter().try_for_each(|judge| judge.check(self))
    }

    fn check_field(&self, field: &Field) -> Result<(), String> {
        if field.group.as_ref().is_some_and(|id| self.group(id).is_none()) {
            return Err("no such group".into());
        }
        if field.kind.has_choices() == field.choices.is_empty() && field.kind != FieldType::Computed {
            return Err("a choice needs choices, and only a choice has them".into());
        }
        if field.choices.iter().any(|choice| choice.value.is_empty() || choice.value.contains('|')) {
            return Err("a choice's value is empty or holds `|`".into());
        }
        if field.every_days.is_some() && field.kind != FieldType::Check {
            return Err("only an inspected item has `every_days`".into());
        }
        if !field.suggestions.is_empty() && field.kind != FieldType::Text {
            return Err("only a text has suggestions".into());
        }
        if field.less_than && field.kind != FieldType::Decimal {
            return Err("only a decimal number may be `less_than`".into());
        }
        if field.replace_form.is_some() && field.kind != FieldType::Bottle {
            return Err("only a bottle has a `replace_form`".into());
        }
        let conditions = [&field.visible, &field.required_when];
        let mut named: Vec<&String> =
            conditions.into_iter().flatten().filter_map(|condition| condition.field.as_ref()).collect();
        match &field.bounds {
            Some(Bounds::OfRange { low, high }) => named.extend([low, high]),
            Some(Bounds::Above(other)) => named.push(other),
            Some(Bounds::Between(low, high)) if low > high => return Err("bounds out of order".into()),
            Some(Bounds::Between(..) | Bounds::NotBefore(_)) | None => {}
        }
        if let Some(Unit::Field(other)) = &field.unit {
            named.push(other);
        }
        match named.into_iter().find(|name| self.field(name).is_none() && self.column(name).is_none()) {
            Some(missing) => Err(format!("no such field `{missing}`")),
            None => Ok(()),
        }
    }
}

fn is_plain_id(id: &str) -> bool {
    !id.is_empty() && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "._".contains(c))
}

/// Where a section begins in its file, from 1.
fn line_of(text: &str, section: &str) -> usize {
    let id = format!("id = \"{section}\"");
    let mut is_section = false;
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with('[') {
            is_section = line == "[[section]]";
        } else if is_section && line.starts_with(&id) {
            return number + 1;
        }
    }
    1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::{BUILT_IN, built_in};

    const CITY: &str = include_str!("../../../demo/form/hj355-b-datong.toml");

    #[test]
    fn every_form_that_ships_is_read() {
        let forms = built_in().unwrap();
        assert_eq!(forms.len(), BUILT_IN.len());
        for form in &forms {
            for label in form.sections.iter().flat_map(|section| {
                let fields = section.fields.iter().chain(&section.columns);
                fields.map(|field| &field.label).chain([&section.label])
            }) {
                assert!(!label.zh.is_empty() && !label.en.is_empty(), "{} {label:?}", form.code);
                assert!(!label.en.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "{label:?}");
            }
        }
    }

    #[test]
    fn a_city_adds_two_items_to_the_national_inspection() {
        let forms = built_in().unwrap();
        let national = forms.iter().find(|form| form.code.as_str() == "HJ355-B").unwrap();
        let city = Form::read("city.toml", CITY, &forms).unwrap();
        assert_eq!((city.version, city.jurisdiction.as_str()), (101, "CN-1402"));
        assert_eq!(city.title, national.title);
        let count = |form: &Form| form.sections.iter().map(|section| section.fields.len()).sum::<usize>();
        assert_eq!(count(&city), count(national) + 2);
        assert!(city.section("sampling").unwrap().field("flume").is_some());
        assert!(matches!(Form::read("city.toml", CITY, &[]), Err(FormError::NoBase { .. })));
        let same = CITY.replace("version = 101", "version = 1");
        assert!(matches!(Form::read("city.toml", &same, &forms), Err(FormError::Twice { .. })));
    }

    #[test]
    fn a_broken_definition_is_refused_with_place_and_reason() {
        let (file, text) = BUILT_IN.iter().find(|(file, _)| *file == "hj75-g4.toml").unwrap();
        for (from, to, reason) in [
            (r#"type = "date_time""#, r#"type = "weekday""#, "unknown variant `weekday`"),
            (r#"last = "zero.last_after""#, r#"last = "zero.gone""#, "no such field `zero.gone`"),
            (r#"last = "zero.last_after""#, r#"lost = "zero.last_after""#, "`lost`"),
            (r#"function = "drift""#, r#"function = "drifts""#, "unknown variant `drifts`"),
            (r#"group = "zero""#, r#"group = "nought""#, "no such group"),
            (r#"bounds = { above = "range.low" }"#, "every_days = 7", "only an inspected item"),
            (
                r#"not_before = "header/cal_start""#,
                r#"not_before = "header/start""#,
                "no such field `header/start`",
            ),
            ("needs_visit", "wants_visit", "unknown field `wants_visit`"),
            ("version = 1", "version = \"one\"", "invalid type"),
        ] {
            assert!(text.contains(from), "{from}");
            let error = Form::from_toml(file, &text.replacen(from, to, 1)).unwrap_err().to_string();
            assert!(error.starts_with(file) && error.contains(reason) && error.contains("line "), "{error}");
        }
    }
}
