//! A form as it stands at a point: blocks, their fields, the lines of their tables.

use super::{AnswerKey, Answers, Field, Form, Prefill, Section};
use crate::register::Instrument;

/// A section as it stands in a record: once, or once for each instrument.
#[derive(Debug, Clone, Copy)]
pub struct Block<'a> {
    /// The section.
    pub section: &'a Section,
    /// The instrument of a repeated section.
    pub instrument: Option<&'a Instrument>,
    /// All instruments of the point.
    point: &'a [Instrument],
}

/// The blocks of a form at a point, in order; without the sections that are not asked there.
pub fn blocks<'a>(form: &'a Form, instruments: &'a [Instrument]) -> Vec<Block<'a>> {
    let holds = |section: &&Section| {
        section.visible.as_ref().is_none_or(|visible| visible.holds_at(None, instruments))
    };
    let mut blocks = Vec::new();
    for section in form.sections.iter().filter(holds) {
        let block = |instrument| Block { section, instrument, point: instruments };
        match &section.repeat {
            None => blocks.push(block(None)),
            Some(repeat) => {
                blocks.extend(instruments.iter().filter(|i| repeat.takes(i)).map(|i| block(Some(i))));
            }
        }
    }
    blocks
}

impl<'a> Block<'a> {
    /// The instrument's id in a repeated section.
    pub fn row(&self) -> Option<&'a str> {
        self.instrument.map(|instrument| instrument.id.as_str())
    }

    /// The key of one of its fields.
    pub fn key(&self, field: &str) -> AnswerKey {
        AnswerKey::new(&self.section.id, self.row(), field)
    }

    /// True if an answer belongs to it, in or outside its table.
    pub fn holds(&self, key: &AnswerKey) -> bool {
        key.section == self.section.id && key.row.as_deref() == self.row()
    }

    /// The fields that it has here, whatever the answers are.
    pub fn fields(&self) -> impl Iterator<Item = &'a Field> + use<'a> {
        self.those_here(&self.section.fields)
    }

    /// The columns of its table here.
    pub fn columns(&self) -> impl Iterator<Item = &'a Field> + use<'a> {
        self.those_here(&self.section.columns)
    }

    fn those_here(&self, fields: &'a [Field]) -> impl Iterator<Item = &'a Field> + use<'a> {
        let (section, instrument, point) = (self.section, self.instrument, self.point);
        fields.iter().filter(move |field| {
            let group = field.group.as_ref().and_then(|id| section.group(id));
            let conditions = [field.visible.as_ref(), group.and_then(|group| group.visible.as_ref())];
            conditions.into_iter().flatten().all(|condition| condition.holds_at(instrument, point))
        })
    }

    /// True if a group is there for the block's instrument.
    pub fn has_group(&self, id: &str) -> bool {
        let visible = self.section.group(id).and_then(|group| group.visible.as_ref());
        visible.is_none_or(|condition| condition.holds_at(self.instrument, self.point))
    }

    /// The lines of its table: those that have answers, and those that are there from the start.
    pub fn lines(&self, answers: &Answers) -> u16 {
        let Some(lines) = &self.section.lines else { return 0 };
        let used = answers.of_block(&self.section.id, self.row()).filter_map(|(key, _)| key.line).max();
        used.unwrap_or(0).max(lines.shown).min(lines.at_most)
    }

    /// True for a line that a person wrote something into, or that records a replaced bottle.
    pub fn is_line_used(&self, answers: &Answers, line: u16) -> bool {
        self.columns().any(|column| {
            let key = self.key(&column.id).in_line(line);
            let is_of_bottle = matches!(column.prefill, Some(Prefill::Bottle(_)));
            answers
                .0
                .get(&key)
                .is_some_and(|answer| answer.is_by_hand() || is_of_bottle && !answer.text.trim().is_empty())
        })
    }

    /// A field or column by the key of an answer, if it is there and asked as the answers stand.
    pub fn field_of(&self, key: &AnswerKey) -> Option<&'a Field> {
        if !self.holds(key) {
            return None;
        }
        match key.line {
            None => self.fields().find(|field| field.id == key.field),
            Some(line) => {
                let most = self.section.lines.as_ref()?.at_most;
                self.columns().find(|column| line <= most && column.id == key.field)
            }
        }
    }

    /// Every answer that the block asks for now, in the order in which it is filled: fields, then the table by lines.
    pub fn asked(&self, answers: &Answers) -> Vec<(AnswerKey, &'a Field)> {
        let mut asked: Vec<_> = self.fields().map(|field| (self.key(&field.id), field)).collect();
        for line in 1..=self.lines(answers) {
            asked.extend(self.columns().map(|column| (self.key(&column.id).in_line(line), column)));
        }
        asked.retain(|(key, field)| is_asked(field, key, answers));
        asked
    }

    /// True for a part that stands once, and for a block with an answer that a person gave.
    pub fn is_worked_on(&self, answers: &Answers) -> bool {
        self.section.repeat.is_none()
            || answers.of_block(&self.section.id, self.row()).any(|(_, answer)| answer.is_by_hand())
    }
}

/// True if a field is asked as the other answers stand.
pub fn is_asked(field: &Field, key: &AnswerKey, answers: &Answers) -> bool {
    field.visible.as_ref().is_none_or(|condition| condition.holds_in(answers, key))
}
