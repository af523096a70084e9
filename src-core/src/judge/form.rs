//! A form's judges: which fields a function takes and fills, and all verdicts over a record.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{
    Args, ComputeError, Filled, Function, Judged, Outcome, Quantity, Rules, Shape, Verdict, place_of,
};
use crate::decimal::{rounded, signed_against};
use crate::form::{
    Answer, AnswerKey, Answers, Block, Field, FieldType, Form, Origin, Problem, Section, blocks,
};
use crate::register::Instrument;
use crate::rulebook::Rulebook;

/// Decimals of a computed figure whose field names none.
const DECIMALS: u32 = 2;

/// What a group's answers are judged by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judge {
    /// The function.
    pub function: Function,
    /// The group that shows the verdict.
    pub group: String,
    /// The field or column, or several with commas between, of each parameter that it takes or fills.
    #[serde(flatten)]
    pub places: BTreeMap<String, String>,
}

/// All verdicts over a record, and what they fill.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judgement {
    /// One for each judged group of a block that was worked on.
    pub verdicts: Vec<Verdict>,
    /// The computed answers.
    pub computed: Vec<(AnswerKey, Answer)>,
}

impl Judgement {
    /// Writes what was computed into `answers`, and takes out what no longer is.
    pub fn fill(self, form: &Form, answers: &mut Answers) -> Vec<Verdict> {
        let is_computed = |key: &AnswerKey| {
            let section = form.section(&key.section);
            let field = section.and_then(|s| s.field(&key.field).or_else(|| s.column(&key.field)));
            field.is_some_and(|field| field.kind == FieldType::Computed)
        };
        answers.0.retain(|key, _| !is_computed(key));
        answers.0.extend(self.computed);
        self.verdicts
    }
}

/// Judges all that a form judges. Blocks that were not worked on yield nothing.
pub fn judge(form: &Form, answers: &Answers, instruments: &[Instrument], rulebook: &Rulebook) -> Judgement {
    let mut judgement = Judgement::default();
    for block in blocks(form, instruments) {
        if !block.is_worked_on(answers) {
            continue;
        }
        for judge in block.section.judges.iter().filter(|judge| block.has_group(&judge.group)) {
            judge.apply(&block, answers, rulebook, &mut judgement);
        }
    }
    judgement
}

impl Judge {
    /// The fields or columns of a parameter.
    pub fn fields_of(&self, param: &str) -> impl Iterator<Item = &str> {
        self.places.get(param).into_iter().flat_map(|place| place.split(',')).map(str::trim)
    }

    /// True if a column is taken or filled line by line.
    pub(super) fn is_column(&self, field: &str) -> bool {
        let is_list = |shape| matches!(shape, Shape::Numbers | Shape::Words);
        self.function.signature().takes.iter().any(|param| {
            is_list(param.shape) && self.places.get(param.name).is_some_and(|place| place == field)
        })
    }

    /// What is wrong with it in its section.
    pub(crate) fn check(&self, section: &Section) -> Result<(), String> {
        let wrong = |message: String| Err(format!("judge of `{}`: {message}", self.group));
        let signature = self.function.signature();
        if signature.judges.is_none() {
            return wrong(format!("`{}` gives no verdict", self.function.name()));
        }
        if section.group(&self.group).is_none() {
            return wrong("no such group".into());
        }
        let is_known = |name: &str| {
            signature.takes.iter().any(|param| param.name == name)
                || signature.fills.iter().any(|(fill, _)| *fill == name)
        };
        if let Some(unknown) = self.places.keys().find(|name| !is_known(name)) {
            return wrong(format!("`{}` has no `{unknown}`", self.function.name()));
        }
        for param in signature.takes {
            let is_list = matches!(param.shape, Shape::Numbers | Shape::Words);
            let Some(place) = self.places.get(param.name) else {
                if param.optional {
                    continue;
                }
                return wrong(format!("`{}` needs `{}`", self.function.name(), param.name));
            };
            for name in place.split(',').map(str::trim) {
                let is_there = section.field(name).is_some() || (is_list && section.column(name).is_some());
                if !is_there {
                    return wrong(format!("no such field `{name}`"));
                }
            }
            let count = place.split(',').count();
            if (count > 1 && (!is_list || place.split(',').any(|name| section.field(name.trim()).is_none())))
                || count == 0
            {
                return wrong(format!(
                    "`{}` takes one field, or a list of fields outside the table",
                    param.name
                ));
            }
        }
        for (name, is_list) in signature.fills {
            let Some(place) = self.places.get(*name) else { continue };
            let field = if *is_list { section.column(place) } else { section.field(place) };
            if field.is_none_or(|field| field.kind != FieldType::Computed) {
                return wrong(format!("no such field `{place}` that is computed"));
            }
        }
        Ok(())
    }

    fn apply(&self, block: &Block<'_>, answers: &Answers, book: &Rulebook, judgement: &mut Judgement) {
        let args = self.args(block, answers);
        let rules = Rules {
            book: Some(book),
            kind: block.instrument.map(|instrument| instrument.kind),
            factor: block.instrument.map(|instrument| instrument.factor.as_str()),
            unit: answers
                .text(&block.key("unit"))
                .or(block.instrument.map(|instrument| instrument.unit.as_str())),
            group: &self.group,
        };
        let (judged, error) = match self.function.run(&args, &rules) {
            Ok(judged) => {
                let trouble = judged.trouble.clone();
                (judged, trouble)
            }
            Err(error) => {
                let is_open = matches!(error, ComputeError::Missing(_)) && !self.is_asked(block, answers);
                let outcome = if is_open { Outcome::NotJudged } else { Outcome::Incomplete };
                (Judged { outcome, ..Judged::computed(vec![]) }, Some(error))
            }
        };
        for (name, filled) in &judged.fills {
            if let Some(place) = self.places.get(*name) {
                judgement.computed.extend(self.answers_of(block, place, filled, &judged, *name == "figure"));
            }
        }
        let trouble = error.and_then(|error| {
            Some(Problem { key: place_of(&error, self, &block.key(""), &args)?, error: error.at_field()? })
        });
        // A definition whose function judges nothing is refused.
        let quantity = judged.quantity.or(self.function.signature().judges).unwrap_or(Quantity::Zero);
        judgement.verdicts.push(Verdict {
            section: block.section.id.clone(),
            row: block.row().map(str::to_owned),
            group: self.group.clone(),
            quantity: if self.group == "span" && quantity == Quantity::Zero {
                Quantity::Span
            } else {
                quantity
            },
            outcome: judged.outcome,
            figures: judged.figures,
            rule: judged.rule,
            baseline: self.baseline(block, answers),
            trouble,
        });
    }

    /// True if values that it takes have to be there, or some are there already.
    fn is_asked(&self, block: &Block<'_>, answers: &Answers) -> bool {
        let takes = self.function.signature().takes;
        takes.iter().flat_map(|param| self.fields_of(param.name)).any(|name| {
            match block.section.column(name) {
                Some(_) => {
                    block.section.lines.as_ref().is_some_and(|lines| lines.at_least > 0)
                        || (1..=block.lines(answers)).any(|line| block.is_line_used(answers, line))
                }
                None => {
                    let by_hand = answers.0.get(&block.key(name)).is_some_and(Answer::is_by_hand);
                    by_hand
                        || block
                            .section
                            .field(name)
                            .is_some_and(|field| field.required && field.prefill.is_none())
                }
            }
        })
    }

    /// The record that the last reading came from; nothing if a person typed it.
    fn baseline(&self, block: &Block<'_>, answers: &Answers) -> Option<crate::id::RecordId> {
        match &answers.0.get(&block.key(self.places.get("last")?))?.origin {
            Origin::Last { record } => Some(*record),
            _ => None,
        }
    }

    fn args(&self, block: &Block<'_>, answers: &Answers) -> Args {
        let mut args = Args::default();
        for param in self.function.signature().takes {
            let Some(place) = self.places.get(param.name) else { continue };
            let keys = keys_of(block, place, answers);
            match param.shape {
                Shape::Number => {
                    if let Some(number) = answers.number(&block.key(place)) {
                        args.numbers.insert(param.name, number);
                    }
                }
                Shape::Numbers => {
                    args.lists.insert(param.name, keys.iter().map(|key| answers.number(key)).collect());
                }
                Shape::Words => {
                    let word = |key| answers.text(key).map(str::to_owned);
                    args.word_lists.insert(param.name, keys.iter().map(word).collect());
                }
                Shape::Word => {
                    if let Some(word) = answers.text(&block.key(place)) {
                        args.words.insert(param.name, word.to_owned());
                    }
                }
            }
        }
        args
    }

    fn answers_of(
        &self,
        block: &Block<'_>,
        place: &str,
        filled: &Filled,
        judged: &Judged,
        is_figure: bool,
    ) -> Vec<(AnswerKey, Answer)> {
        let section = block.section;
        let field = section.field(place).or_else(|| section.column(place));
        let shown = |value: Decimal| shown(value, field);
        let by_line = |texts: Vec<Option<String>>| {
            let lines = (1_u16..).zip(texts);
            let answer = |(line, text): (u16, Option<String>)| {
                Some((block.key(place).in_line(line), Answer::given(text?, Origin::Default)))
            };
            lines.filter_map(answer).collect()
        };
        let once = |text: String| vec![(block.key(place), Answer::given(text, Origin::Default))];
        match filled {
            Filled::Number(_) if is_figure && !judged.figures.is_empty() => {
                once(judged.figures[0].shown.clone())
            }
            Filled::Number(value) => once(shown(*value)),
            Filled::Word(word) => once(word.clone()),
            Filled::Numbers(values) => by_line(values.iter().map(|value| value.map(shown)).collect()),
            Filled::Against(values) => by_line(
                values
                    .iter()
                    .map(|value| value.map(|(value, limit)| signed_against(value, &[limit], decimals(field))))
                    .collect(),
            ),
            Filled::Words(words) => by_line(words.iter().map(|word| word.map(str::to_owned)).collect()),
        }
    }
}

/// The keys of a list: a column's lines, or several fields.
fn keys_of(block: &Block<'_>, place: &str, answers: &Answers) -> Vec<AnswerKey> {
    if block.section.column(place).is_some() {
        return (1..=block.lines(answers)).map(|line| block.key(place).in_line(line)).collect();
    }
    place.split(',').map(|field| block.key(field.trim())).collect()
}

fn decimals(field: Option<&Field>) -> u32 {
    field.and_then(|field| field.decimals).unwrap_or(DECIMALS)
}

fn shown(value: Decimal, field: Option<&Field>) -> String {
    let is_whole_count =
        field.and_then(|field| field.decimals).is_none() && value.fract().is_zero() && value.scale() == 0;
    if is_whole_count {
        return value.to_string().replace('-', "\u{2212}");
    }
    rounded(value, decimals(field)).replace('-', "\u{2212}")
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;
    use crate::judge::{drift, drift_outcome};
    use crate::register::InstrumentKind;
    use crate::rulebook::{DriftRule, built_in};
    use proptest::prelude::*;

    static BOOKS: LazyLock<Vec<Rulebook>> = LazyLock::new(|| built_in().unwrap());

    fn rule(kind: InstrumentKind) -> &'static DriftRule {
        BOOKS[0].drift(kind, Quantity::Zero).unwrap()
    }

    #[test]
    fn a_range_without_width_has_no_drift() {
        let number = |text: &str| Decimal::from_str_exact(text).unwrap();
        assert_eq!(drift(number("0"), number("1"), number("0"), number("0")), Err(ComputeError::EmptyRange));
        assert_eq!(drift(number("0"), number("1"), number("5"), number("-5")), Err(ComputeError::EmptyRange));
        assert_eq!(drift(Decimal::MIN, Decimal::MAX, number("0"), number("1")), Err(ComputeError::Overflow));
    }

    proptest! {
        #[test]
        fn drift_keeps_its_size_when_signs_or_units_change(
            last in -9_999_i64..9_999, before in -9_999_i64..9_999, high in 1_i64..9_999, scale in 1_i64..1_000,
        ) {
            let of = |x: i64| Decimal::new(x, 2);
            let there = drift(of(last), of(before), Decimal::ZERO, of(high)).unwrap();
            let back = drift(of(before), of(last), Decimal::ZERO, of(high)).unwrap();
            prop_assert_eq!(there, -back);
            let scaled = drift(of(last * scale), of(before * scale), Decimal::ZERO, of(high * scale)).unwrap();
            prop_assert_eq!(there.round_dp(20), scaled.round_dp(20));
        }

        #[test]
        fn a_larger_drift_is_never_judged_better(a in 0_i64..2_000, b in 0_i64..2_000) {
            let (small, large) = (Decimal::new(a.min(b), 2), Decimal::new(a.max(b), 2));
            for kind in [InstrumentKind::Gas, InstrumentKind::Particulate, InstrumentKind::Velocity] {
                let of = |x: Decimal| drift_outcome(rule(kind), x, x);
                prop_assert!(of(small) <= of(large), "{kind:?} {small} {large}");
                prop_assert_eq!(of(large), of(-large));
            }
        }

        #[test]
        fn every_reference_value_lies_in_exactly_one_band(value in -1_000_i64..100_000, scale in 0_u32..4) {
            let value = Decimal::new(value, scale);
            for rule in BOOKS.iter().flat_map(|book| &book.limits) {
                prop_assert_eq!(rule.bands.iter().filter(|band| band.holds(value)).count(), 1, "{}", &rule.id);
            }
        }
    }
}
