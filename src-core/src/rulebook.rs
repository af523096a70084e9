//! Rulebooks as data: limits and periods with clause and basis, valid from a date, for a jurisdiction (design.md §3).

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::form::{Basis, Label};
use crate::id::{FormCode, Jurisdiction, RulebookId};
use crate::register::{Instrument, InstrumentKind, Sampling};

/// The rulebooks that ship with this version: file name and text.
const BUILT_IN: &[(&str, &str)] = &[("cn.toml", include_str!("../rulebooks/cn.toml"))];

/// Limits and periods of a jurisdiction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rulebook {
    /// Its id.
    pub id: RulebookId,
    /// Its version.
    pub version: u32,
    /// Where it holds.
    pub jurisdiction: Jurisdiction,
    /// First day on which it judges.
    pub valid_from: NaiveDate,
    /// Limits of drift.
    #[serde(rename = "drift", default)]
    pub drifts: Vec<DriftRule>,
    /// Longest intervals.
    #[serde(rename = "period", default)]
    pub periods: Vec<PeriodRule>,
}

/// Limits of zero or span drift for some kinds of instrument.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DriftRule {
    /// Stable id; a local rule of the same id replaces the national one.
    pub id: String,
    /// Which instruments.
    pub kinds: Vec<InstrumentKind>,
    /// `zero` or `span`.
    pub quantity: DriftQuantity,
    /// Limits in % F.S.
    pub percent: Limits,
    /// Limits of the absolute error in the instrument's unit: pass if either holds, out of control only if both are
    /// exceeded.
    #[serde(default)]
    pub absolute: Option<Limits>,
    /// Where it is written.
    pub clause: Label,
    /// False until a person has compared the rule with the printed standard.
    pub checked: bool,
}

/// What drifts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DriftQuantity {
    /// 零点漂移.
    Zero,
    /// 量程漂移.
    Span,
}

/// Two limits of the same figure: |x| ≤ pass, |x| > out of control.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Up to here it passes.
    pub pass: Limit,
    /// Beyond here it is 失控.
    pub out_of_control: Limit,
}

/// One limit with what it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// The limit.
    pub value: Decimal,
    /// What it rests on.
    pub basis: Basis,
}

/// The longest interval of a duty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeriodRule {
    /// Stable id.
    pub id: String,
    /// Which instruments.
    pub kinds: Vec<InstrumentKind>,
    /// How they sample; empty for all.
    #[serde(default)]
    pub sampling: Vec<Sampling>,
    /// The form whose record fulfils it.
    pub form: FormCode,
    /// Days; the period ends with the last of them (design.md §3).
    pub days: u32,
    /// Where it is written.
    pub clause: Label,
    /// What it rests on.
    pub basis: Basis,
    /// False until a person has compared the rule with the printed standard.
    pub checked: bool,
}

/// Why a file is not a rulebook. Refused whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RulebookError {
    /// Not TOML, or not of this shape: `message` names line and field.
    #[error("{file}: {message}")]
    Shape {
        /// The file's name.
        file: String,
        /// What the reader says.
        message: String,
    },
    /// A limit beyond which it is out of control lies below the one up to which it passes, or is below zero.
    #[error("{file}: rule `{rule}`: limits out of order")]
    Limits {
        /// The file's name.
        file: String,
        /// The rule's id.
        rule: String,
    },
    /// No national rulebook holds on the day.
    #[error("no rulebook holds on {date}")]
    NoneHolds {
        /// The day of the work.
        date: NaiveDate,
    },
}

impl Rulebook {
    /// Reads a rulebook; a broken one is refused whole.
    pub fn from_toml(file: &str, text: &str) -> Result<Self, RulebookError> {
        let book: Self = toml::from_str(text)
            .map_err(|error| RulebookError::Shape { file: file.to_owned(), message: error.to_string() })?;
        for rule in &book.drifts {
            let ordered = |limits: &Limits| {
                limits.pass.value >= Decimal::ZERO && limits.out_of_control.value >= limits.pass.value
            };
            if !ordered(&rule.percent) || !rule.absolute.as_ref().is_none_or(ordered) {
                return Err(RulebookError::Limits { file: file.to_owned(), rule: rule.id.clone() });
            }
        }
        Ok(book)
    }

    /// The limits of a drift; nothing where the rulebook has none for such an instrument.
    pub fn drift(&self, kind: InstrumentKind, quantity: DriftQuantity) -> Option<&DriftRule> {
        self.drifts.iter().find(|rule| rule.quantity == quantity && rule.kinds.contains(&kind))
    }

    /// The shortest manual period of `form` for an instrument; nothing for one that does the duty by itself.
    pub fn period(&self, form: &FormCode, instrument: &Instrument) -> Option<&PeriodRule> {
        if instrument.auto_calibration {
            return None;
        }
        let fits = |rule: &&PeriodRule| {
            rule.form == *form
                && rule.kinds.contains(&instrument.kind)
                && (rule.sampling.is_empty()
                    || instrument.sampling.is_some_and(|s| rule.sampling.contains(&s)))
        };
        self.periods.iter().filter(fits).min_by_key(|rule| rule.days)
    }

    /// This rulebook with the rules of a narrower jurisdiction laid over it, rule by rule; of two periods the shorter
    /// holds.
    fn overlaid(mut self, local: &Self) -> Self {
        for rule in &local.drifts {
            self.drifts.retain(|mine| mine.id != rule.id);
            self.drifts.push(rule.clone());
        }
        for rule in &local.periods {
            if self.periods.iter().all(|mine| mine.id != rule.id || mine.days > rule.days) {
                self.periods.retain(|mine| mine.id != rule.id);
                self.periods.push(rule.clone());
            }
        }
        (self.id, self.version, self.jurisdiction) =
            (local.id.clone(), local.version, local.jurisdiction.clone());
        self
    }
}

/// Reads the rulebooks that ship with this version.
pub fn built_in() -> Result<Vec<Rulebook>, RulebookError> {
    BUILT_IN.iter().map(|(file, text)| Rulebook::from_toml(file, text)).collect()
}

/// The rules at a place on the day of the work: the nation's, overlaid by each narrower jurisdiction's newest version.
pub fn in_force(
    books: &[Rulebook],
    place: &Jurisdiction,
    date: NaiveDate,
) -> Result<Rulebook, RulebookError> {
    let mut holding: Vec<&Rulebook> =
        books.iter().filter(|book| book.valid_from <= date && book.jurisdiction.covers(place)).collect();
    holding.sort_by_key(|book| (book.jurisdiction.as_str().len(), book.version));
    let newest =
        |book: &&Rulebook| !holding.iter().any(|other| other.id == book.id && other.version > book.version);
    let layers: Vec<&Rulebook> = holding.iter().copied().filter(newest).collect();
    let (nation, local) = layers.split_first().ok_or(RulebookError::NoneHolds { date })?;
    Ok(local.iter().fold((*nation).clone(), |book, layer| book.overlaid(layer)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn every_rulebook_that_ships_is_read_and_nobody_has_checked_it_yet() {
        for book in built_in().unwrap() {
            assert!(!book.drifts.is_empty() && !book.periods.is_empty());
            assert!(
                book.drifts.iter().all(|rule| !rule.checked) && book.periods.iter().all(|rule| !rule.checked)
            );
        }
    }

    #[test]
    fn a_local_rule_replaces_the_national_one_and_the_shorter_period_holds() {
        let (_, text) = BUILT_IN[0];
        let nation = Rulebook::from_toml("cn.toml", text).unwrap();
        let mut city = Rulebook {
            id: "CN-31".parse().unwrap(),
            jurisdiction: "CN-31".parse().unwrap(),
            valid_from: date("2024-01-01"),
            ..nation.clone()
        };
        city.drifts.truncate(1);
        city.drifts[0].percent.pass.value = Decimal::ONE;
        city.periods.truncate(2);
        city.periods[0].days = 3;
        city.periods[1].days = 400;
        let books = [nation.clone(), city.clone()];
        let here = "CN-31".parse().unwrap();
        let rules = in_force(&books, &here, date("2026-11-23")).unwrap();
        assert_eq!(rules.id.as_str(), "CN-31");
        let (kind, quantity) = (city.drifts[0].kinds[0], city.drifts[0].quantity);
        assert_eq!(rules.drift(kind, quantity).unwrap().percent.pass.value, Decimal::ONE);
        let days = |id: &str| rules.periods.iter().find(|rule| rule.id == id).unwrap().days;
        assert_eq!(days(&city.periods[0].id), 3);
        assert_eq!(days(&city.periods[1].id), nation.periods[1].days);
        assert_eq!(in_force(&books, &here, date("2023-12-31")).unwrap(), nation);
        assert_eq!(in_force(&books, &"CN-42".parse().unwrap(), date("2026-11-23")).unwrap(), nation);
        assert!(in_force(&books, &here, date("2017-01-01")).is_err());
    }

    #[test]
    fn limits_out_of_order_are_refused() {
        let (file, text) = BUILT_IN[0];
        let text =
            text.replacen(r#"out_of_control = { value = "5.0""#, r#"out_of_control = { value = "0.5""#, 1);
        assert!(matches!(Rulebook::from_toml(file, &text), Err(RulebookError::Limits { .. })));
    }
}
