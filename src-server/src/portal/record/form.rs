//! A record's answers in the order of its form: sections, blocks, groups, tables, with the verdicts beside them.

use std::collections::BTreeSet;

use stackside_core::form::{AnswerKey, Block, Field, FieldType, Form, Section, Unit, blocks};

use super::cell::{Cell, Reader, Slot};
use super::verdict::{Judged, judged, text};
use crate::store::StoreError;

/// A section as it stands in a record: once, or once for each instrument.
pub(super) struct Part {
    pub(super) caption: String,
    /// Verdicts that belong to no group.
    pub(super) verdicts: Vec<Judged>,
    pub(super) before: Vec<Group>,
    pub(super) table: Option<Table>,
    /// Groups that were computed from the table.
    pub(super) after: Vec<Group>,
}

impl Part {
    /// How many inspected items were found bad.
    pub(super) fn bad_items(&self) -> usize {
        let groups = self.before.iter().chain(&self.after);
        let rows = groups.flat_map(|group| &group.rows).map(|row| &row.slot);
        let lines = self.table.iter().flat_map(|table| &table.lines).flat_map(|line| &line.slots);
        let values = rows.chain(lines).filter_map(|slot| slot.value.as_ref());
        values.filter(|value| matches!(value.cell, Cell::Mark("bad", ..))).count()
    }
}

/// A row or box of a section.
pub(super) struct Group {
    pub(super) caption: String,
    pub(super) verdicts: Vec<Judged>,
    pub(super) rows: Vec<Row>,
}

/// A field with its answer.
pub(super) struct Row {
    pub(super) label: String,
    pub(super) slot: Slot,
}

/// The lines of a section.
pub(super) struct Table {
    pub(super) heads: Vec<String>,
    pub(super) lines: Vec<Line>,
}

/// A line of a table, by its number.
pub(super) struct Line {
    pub(super) number: u16,
    pub(super) slots: Vec<Slot>,
}

/// A section, the block of it, and the keys that were shown so far.
struct Place<'a> {
    section: &'a Section,
    row: Option<&'a str>,
    /// As the point is equipped now; nothing for an instrument that is gone.
    block: Option<Block<'a>>,
}

/// The parts of a record in the order of its form; without the form, as they came.
pub(super) fn parts(reader: &Reader<'_>, form: Option<&Form>) -> Result<Vec<Part>, StoreError> {
    let Some(form) = form else {
        return Ok(vec![rest(reader, reader.words.unknown_form, &BTreeSet::new())]);
    };
    let here = blocks(form, &reader.instruments);
    let (mut parts, mut shown) = (vec![], BTreeSet::new());
    for section in &form.sections {
        for row in rows_of(reader, section, &here) {
            let row = row.as_deref();
            let keys = reader.content.answers.of_block(&section.id, row).map(|(key, _)| key.clone());
            shown.extend(keys.filter(|key| is_known(section, key)));
            let is_it = |block: &&Block<'_>| block.section.id == section.id && block.row() == row;
            let place = Place { section, row, block: here.iter().find(is_it).copied() };
            // What only the register filled was not worked on.
            if place.is_worked_on(reader) {
                parts.extend(place.part(reader)?);
            }
        }
    }
    let is_left = reader
        .content
        .answers
        .0
        .iter()
        .any(|(key, answer)| !shown.contains(key) && !answer.text.trim().is_empty());
    if is_left {
        parts.push(rest(reader, reader.words.other_answers, &shown));
    }
    Ok(parts)
}

/// The blocks of a section that have answers or photos, in the order of the official table; once for one that does not repeat.
fn rows_of(reader: &Reader<'_>, section: &Section, here: &[Block<'_>]) -> Vec<Option<String>> {
    if section.repeat.is_none() {
        return vec![None];
    }
    let order: Vec<Option<&str>> =
        here.iter().filter(|block| block.section.id == section.id).map(Block::row).collect();
    let photos: Vec<AnswerKey> = reader.photo_keys().collect();
    let keys = reader.content.answers.0.keys().chain(&photos);
    let rows: BTreeSet<Option<&str>> =
        keys.filter(|key| key.section == section.id).map(|key| key.row.as_deref()).collect();
    let mut rows: Vec<Option<String>> = rows.into_iter().map(|row| row.map(str::to_owned)).collect();
    rows.sort_by_key(|row| order.iter().position(|one| *one == row.as_deref()).unwrap_or(usize::MAX));
    rows
}

fn is_known(section: &Section, key: &AnswerKey) -> bool {
    match key.line {
        Some(_) => section.column(&key.field).is_some(),
        None => section.field(&key.field).is_some(),
    }
}

/// Answers under their keys: all of an unknown form, or those that its form does not know.
fn rest(reader: &Reader<'_>, caption: &str, shown: &BTreeSet<AnswerKey>) -> Part {
    let left = reader
        .content
        .answers
        .0
        .iter()
        .filter(|(key, answer)| !shown.contains(*key) && !answer.text.trim().is_empty());
    let row = |(key, answer): (&AnswerKey, _)| Row {
        label: key.to_string(),
        slot: reader.slot(key, Some(reader.raw(answer))),
    };
    let rows = left.map(row).collect();
    // Without a form nothing else shows the verdicts.
    let verdicts = if shown.is_empty() { reader.content.verdicts.as_slice() } else { &[] };
    let verdicts = verdicts.iter().map(|verdict| judged(verdict, reader.words)).collect();
    let group = Group { caption: String::new(), verdicts: vec![], rows };
    Part { caption: caption.to_owned(), verdicts, before: vec![group], table: None, after: vec![] }
}

impl Place<'_> {
    fn is_worked_on(&self, reader: &Reader<'_>) -> bool {
        let answers = &reader.content.answers;
        self.row.is_none()
            || reader.content.verdicts.iter().any(|verdict| self.is_of(verdict))
            || answers.of_block(&self.section.id, self.row).any(|(_, answer)| answer.is_by_hand())
            || reader.photo_keys().any(|key| key.section == self.section.id && key.row.as_deref() == self.row)
    }

    fn is_of(&self, verdict: &stackside_core::judge::Verdict) -> bool {
        verdict.section == self.section.id && verdict.row.as_deref() == self.row
    }

    fn key(&self, field: &Field) -> AnswerKey {
        AnswerKey::new(&self.section.id, self.row, &field.id)
    }

    fn part(&self, reader: &Reader<'_>) -> Result<Option<Part>, StoreError> {
        let name = self.row.map(|row| reader.block_name(row)).transpose()?.unwrap_or_default();
        let caption = text(&self.section.label, reader.words).replace("{name}", &name);
        let table = self.table(reader)?;
        let mut verdicts = vec![];
        let mut groups = self.groups(reader)?;
        for verdict in reader.content.verdicts.iter().filter(|verdict| self.is_of(verdict)) {
            let shown = judged(verdict, reader.words);
            match groups.iter_mut().find(|(id, _)| *id == Some(verdict.group.as_str())) {
                Some((_, group)) => group.verdicts.push(shown),
                None => verdicts.push(shown),
            }
        }
        groups.retain(|(_, group)| !group.rows.is_empty() || !group.verdicts.is_empty());
        if groups.is_empty() && table.is_none() && verdicts.is_empty() {
            return Ok(None);
        }
        let (after, before): (Vec<_>, Vec<_>) =
            groups.into_iter().partition(|(id, _)| table.is_some() && self.is_computed(*id));
        let bare = |groups: Vec<(Option<&str>, Group)>| groups.into_iter().map(|(_, group)| group).collect();
        Ok(Some(Part { caption, verdicts, before: bare(before), table, after: bare(after) }))
    }

    /// True for a group that a person types nothing into.
    fn is_computed(&self, group: Option<&str>) -> bool {
        let mut fields = self.section.fields.iter().filter(|field| field.group.as_deref() == group);
        group.is_some() && fields.all(|field| field.kind == FieldType::Computed)
    }

    /// The groups in the order in which they come first, each with its answered fields.
    fn groups(&self, reader: &Reader<'_>) -> Result<Vec<(Option<&str>, Group)>, StoreError> {
        let mut groups: Vec<(Option<&str>, Group)> = vec![];
        let caption = |id: Option<&str>| {
            let group = id.and_then(|id| self.section.group(id));
            group.map(|group| text(&group.label, reader.words).to_owned()).unwrap_or_default()
        };
        let new = |id| (id, Group { caption: caption(id), verdicts: vec![], rows: vec![] });
        for field in &self.section.fields {
            let id = field.group.as_deref();
            let at = groups.iter().position(|(other, _)| *other == id).unwrap_or_else(|| {
                groups.push(new(id));
                groups.len() - 1
            });
            let key = self.key(field);
            let value = match reader.value(self.section, field, &key)? {
                None if self.is_open_item(field) => reader.bare(Cell::Blank(reader.words.not_inspected)),
                None => continue,
                Some(value) => value,
            };
            let label = text(&field.label, reader.words).to_owned();
            groups[at].1.rows.push(Row { label, slot: reader.slot(&key, Some(value)) });
        }
        Ok(groups)
    }

    /// True for an item of an inspection that is there and was left blank: worth a word, as on paper.
    fn is_open_item(&self, field: &Field) -> bool {
        let is_here = |block: &Block<'_>| block.fields().any(|one| one.id == field.id);
        field.kind == FieldType::Check && self.block.as_ref().is_some_and(is_here)
    }

    fn table(&self, reader: &Reader<'_>) -> Result<Option<Table>, StoreError> {
        let answers = &reader.content.answers;
        let in_lines =
            answers.of_block(&self.section.id, self.row).filter(|(_, answer)| !answer.text.trim().is_empty());
        let filled: BTreeSet<(u16, &str)> =
            in_lines.filter_map(|(key, _)| Some((key.line?, key.field.as_str()))).collect();
        let numbers: BTreeSet<u16> = filled.iter().map(|(line, _)| *line).collect();
        if numbers.is_empty() {
            return Ok(None);
        }
        let is_shown =
            |column: &&Field| column.visible.is_none() || filled.iter().any(|(_, field)| *field == column.id);
        let columns: Vec<&Field> = self.section.columns.iter().filter(is_shown).collect();
        let mut lines = vec![];
        for number in numbers {
            let mut slots = vec![];
            for column in &columns {
                let key = self.key(column).in_line(number);
                let mut value = reader.value(self.section, column, &key)?;
                if let Some(value) = value.as_mut().filter(|_| self.has_one_unit(column)) {
                    value.unit = String::new();
                }
                slots.push(reader.slot(&key, value));
            }
            lines.push(Line { number, slots });
        }
        let heads = columns.iter().map(|column| self.head(reader, column)).collect();
        Ok(Some(Table { heads, lines }))
    }

    /// True if all lines of a column have one unit, which then stands in its head.
    fn has_one_unit(&self, column: &Field) -> bool {
        !matches!(&column.unit, Some(Unit::Field(other)) if self.section.column(other).is_some())
    }

    fn head(&self, reader: &Reader<'_>, column: &Field) -> String {
        let label = text(&column.label, reader.words);
        let unit = if self.has_one_unit(column) && column.kind.is_number() {
            reader.unit(self.section, column, &self.key(column))
        } else {
            String::new()
        };
        if unit.is_empty() { label.to_owned() } else { format!("{label}{}", reader.words.bracketed(&unit)) }
    }
}
