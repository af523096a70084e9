//! What is said of a field: unit, range, last value, its options, and how an answer is read.

use leptos::prelude::*;
use stackside_core::form::{AnswerKey, Field, FieldType, Unit};
use stackside_core::judge::Function;
use stackside_core::register::{Bottle, Instrument, same_factor};

use super::draft::{Draft, Part, Spot};
use super::is_pad_type;
use crate::components::pad::PadKeys;
use crate::texts;

impl Draft {
    /// True for a number that is typed.
    pub fn is_number(self, key: &AnswerKey) -> bool {
        self.field(key, |_, field| is_pad_type(field.kind)) == Some(true) && !self.is_given(key)
    }
    /// True if a part has numbers to type.
    pub fn has_numbers(self, part: Part) -> bool {
        let Part::Block(index) = part else { return false };
        let is_typed = |field: &Field| is_pad_type(field.kind);
        self.block(index, |block| {
            block.columns().any(is_typed)
                || block.fields().any(|field| is_typed(field) && !self.is_given(&block.key(&field.id)))
        }) == Some(true)
    }
    /// The unit of a number; tracks.
    pub fn unit(self, key: &AnswerKey) -> Option<String> {
        let unit = self.field(key, |_, field| field.unit.clone())??;
        let unit = match unit {
            Unit::Fixed(unit) => unit,
            Unit::Field(other) => match self.text(&key.sibling(&other)) {
                text if text.is_empty() => self.text(&key.of_block(&other)),
                text => text,
            },
        };
        Some(unit).filter(|unit| !unit.is_empty())
    }
    /// Group or line, field and unit in one line; tracks.
    pub fn pad_title(self, key: &AnswerKey) -> String {
        [self.name(key)].into_iter().chain(self.unit(key)).collect::<Vec<_>>().join(" · ")
    }
    /// Group or line, and field.
    pub fn name(self, key: &AnswerKey) -> String {
        let names = self.field(key, |block, field| {
            let group = field.group.as_ref().and_then(|id| block.section.group(id));
            let group = group.map(|group| texts::label(&group.label).to_owned());
            (key.line.map(texts::line_number).or(group), texts::label(&field.label).to_owned())
        });
        let (place, name) = names.unwrap_or_default();
        place.into_iter().chain([name]).collect::<Vec<_>>().join(" · ")
    }
    /// What a number may be; tracks.
    pub fn allowed(self, key: &AnswerKey) -> Option<String> {
        let bounds = self.field(key, |_, field| field.bounds.clone())??;
        let (low, high) = self.paper.answers.with(|answers| bounds.ends(key, answers))?;
        Some(texts::allowed(low, high))
    }
    /// Which keys the pad has for a number.
    pub fn pad_keys(self, key: &AnswerKey) -> PadKeys {
        let keys = self.field(key, |_, field| PadKeys {
            has_point: field.kind == FieldType::Decimal,
            has_less: field.less_than,
        });
        keys.unwrap_or_default()
    }
    /// The previous value: of a drift the reading after the last adjustment, of other fields what the last record says.
    /// Tracks.
    pub fn last_value(self, key: &AnswerKey) -> Option<String> {
        let baseline = self.field(key, |block, field| {
            let group = field.group.as_deref()?;
            let of_group = |function| {
                block
                    .section
                    .judges
                    .iter()
                    .find(move |judge| judge.group == group && judge.function == function)
            };
            let last = of_group(Function::Drift)?.fields_of("last").next()?.to_owned();
            (last != field.id).then_some(last)
        });
        let text = match baseline.flatten() {
            Some(last) => self.text(&key.sibling(&last)),
            None => self.with_view(|view| view.previous.get(key).cloned()).unwrap_or_default(),
        };
        Some(text).filter(|text| !text.trim().is_empty())
    }

    /// The bottles of the point with what they hold and until when, those with the instrument's gas first; tracks.
    pub fn bottle_options(self, key: &AnswerKey) -> Vec<(String, String)> {
        let instrument = self.instrument_of(key);
        self.bottles.with(|bottles| {
            let mut bottles: Vec<&Bottle> = bottles.iter().collect();
            bottles.sort_by_key(|bottle| {
                !instrument.as_ref().is_some_and(|mine| same_factor(&bottle.substance, &mine.factor))
            });
            bottles.into_iter().map(|bottle| (bottle.id.to_string(), texts::bottle_line(bottle))).collect()
        })
    }
    /// The instrument of a key's block.
    pub fn instrument_of(self, key: &AnswerKey) -> Option<Instrument> {
        let row = key.row.as_deref()?;
        self.with_view(|view| view.instruments.iter().find(|one| one.id.as_str() == row).cloned())
    }
    /// The instruments of the point.
    pub fn instrument_options(self) -> Vec<(String, String)> {
        self.with_view(|view| {
            view.instruments.iter().map(|one| (one.id.to_string(), texts::instrument_line(one))).collect()
        })
    }

    /// An answer as people read it.
    pub fn shown(self, field: &Field, text: &str) -> String {
        self.with_view(|view| texts::answer(field, text, &view.instruments))
    }

    /// The answer of a field as people read it; tracks.
    pub fn shown_text(self, spot: &Spot) -> String {
        self.shown(&spot.field, self.text(&spot.key).trim())
    }
}

/// What is chosen from.
pub fn choice_options(field: &Field) -> Vec<(String, String)> {
    if field.kind == FieldType::YesNo {
        return ["yes", "no"].map(|word| (word.to_owned(), texts::yes_or_no(word).to_owned())).into();
    }
    let option = |choice: &stackside_core::form::Choice| {
        (choice.value.clone(), texts::label(&choice.label).to_owned())
    };
    field.choices.iter().map(option).collect()
}
