//! Rulebooks as data: limits and periods with clause and basis, valid from a date, for a jurisdiction (design.md §3).

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

mod fault;
mod limit;
mod period;

use crate::definition::complaint;
use crate::form::{Basis, Label};
use crate::id::{Jurisdiction, RulebookId};
use crate::judge::Quantity;
use crate::register::{InstrumentKind, Medium, is_factor};

pub use fault::{DeadlineRule, FaultEvent, FollowUpRule};
pub use limit::{Band, BandBy, LimitRule};
pub use period::{Every, InShutdown, Mode, PeriodRule};

/// The rulebooks that ship with this version: file name and text.
pub const BUILT_IN: &[(&str, &str)] = &[
    ("cn.toml", include_str!("../../rulebooks/cn.toml")),
    ("cn-31.toml", include_str!("../../rulebooks/cn-31.toml")),
    ("cn-1402.toml", include_str!("../../rulebooks/cn-1402.toml")),
    ("cn-42.toml", include_str!("../../rulebooks/cn-42.toml")),
    ("cn-62.toml", include_str!("../../rulebooks/cn-62.toml")),
];

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
    /// Limits of all else that is judged.
    #[serde(rename = "limit", default)]
    pub limits: Vec<LimitRule>,
    /// Longest intervals.
    #[serde(rename = "period", default)]
    pub periods: Vec<PeriodRule>,
    /// Clocks of a fault.
    #[serde(rename = "deadline", default)]
    pub deadlines: Vec<DeadlineRule>,
    /// What changes ask for.
    #[serde(rename = "follow_up", default)]
    pub follow_ups: Vec<FollowUpRule>,
    /// How much one person may look after.
    #[serde(rename = "load", default, skip_serializing_if = "Vec::is_empty")]
    pub loads: Vec<LoadRule>,
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
    pub quantity: Quantity,
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

/// The most that one person looks after in a medium.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoadRule {
    /// Stable id.
    pub id: String,
    /// Gas or water.
    pub medium: Medium,
    /// Points.
    pub points: u32,
    /// Instruments of these points.
    pub instruments: u32,
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
    /// A rule contradicts itself.
    #[error("{file}: line {line}: rule `{rule}`: {message}")]
    Meaning {
        /// The file's name.
        file: String,
        /// Where the rule stands.
        line: usize,
        /// The rule's id.
        rule: String,
        /// What is wrong.
        message: String,
    },
    /// It has id and version of another rulebook.
    #[error("{file}: line {line}: `{id}` version {version} is there already")]
    Twice {
        /// The file's name.
        file: String,
        /// Where the version stands.
        line: usize,
        /// The rulebook's id.
        id: RulebookId,
        /// Its version.
        version: u32,
    },
    /// No national rulebook holds on the day.
    #[error("no rulebook holds on {date}")]
    NoneHolds {
        /// The day of the work.
        date: NaiveDate,
    },
}

impl Rulebook {
    /// One that says nothing.
    pub fn empty(valid_from: NaiveDate) -> Self {
        Self {
            id: RulebookId::nation(),
            version: 0,
            jurisdiction: Jurisdiction::nation(),
            valid_from,
            drifts: vec![],
            limits: vec![],
            periods: vec![],
            deadlines: vec![],
            follow_ups: vec![],
            loads: vec![],
        }
    }

    /// Reads a rulebook; a broken one is refused whole.
    pub fn from_toml(file: &str, text: &str) -> Result<Self, RulebookError> {
        let book: Self = toml::from_str(text).map_err(|error| {
            let (line, message) = complaint(text, &error);
            RulebookError::Shape { file: file.to_owned(), line, message }
        })?;
        book.check().map_err(|(rule, message)| RulebookError::Meaning {
            file: file.to_owned(),
            line: text
                .lines()
                .position(|line| line.trim() == format!("id = \"{rule}\""))
                .map_or(1, |at| at + 1),
            rule: rule.to_owned(),
            message: message.to_owned(),
        })?;
        Ok(book)
    }

    /// The rule that is wrong, and how.
    fn check(&self) -> Result<(), (&str, &'static str)> {
        let mut seen = std::collections::BTreeSet::new();
        let ids = (self.drifts.iter().map(|rule| &rule.id))
            .chain(self.limits.iter().map(|rule| &rule.id))
            .chain(self.periods.iter().map(|rule| &rule.id))
            .chain(self.deadlines.iter().map(|rule| &rule.id))
            .chain(self.follow_ups.iter().map(|rule| &rule.id))
            .chain(self.loads.iter().map(|rule| &rule.id));
        for id in ids {
            if !seen.insert(id) {
                return Err((id, "the id is used twice"));
            }
        }
        for rule in &self.drifts {
            let ordered = |limits: &Limits| {
                limits.pass.value >= Decimal::ZERO && limits.out_of_control.value >= limits.pass.value
            };
            if !ordered(&rule.percent) || !rule.absolute.as_ref().is_none_or(ordered) {
                return Err((&rule.id, "limits out of order"));
            }
        }
        for rule in &self.limits {
            rule.check().map_err(|message| (rule.id.as_str(), message))?;
        }
        for rule in &self.follow_ups {
            rule.check().map_err(|message| (rule.id.as_str(), message))?;
        }
        for rule in &self.periods {
            rule.check().map_err(|message| (rule.id.as_str(), message))?;
        }
        Ok(())
    }

    /// The limits of a drift; nothing where the rulebook has none for such an instrument.
    pub fn drift(&self, kind: InstrumentKind, quantity: Quantity) -> Option<&DriftRule> {
        self.drifts.iter().find(|rule| rule.quantity == quantity && rule.kinds.contains(&kind))
    }

    /// The limits of another quantity: of those that fit the rule that names most.
    pub fn limit(
        &self,
        quantity: Quantity,
        kind: Option<InstrumentKind>,
        factor: Option<&str>,
        unit: Option<&str>,
    ) -> Option<&LimitRule> {
        // Where rules name the factor, those that do not are for others: SO2 in an odd unit is not any other gas.
        let names = |rule: &&LimitRule| {
            factor.is_some_and(|f| !rule.factors.is_empty() && is_factor(&rule.factors, f))
        };
        let mine = || self.limits.iter().filter(|rule| rule.judges == quantity);
        let is_named = mine().any(|rule| names(&rule));
        let fitting = mine().filter(|rule| !is_named || names(rule));
        let fitting = fitting.filter_map(|rule| Some((rule.fits(kind, factor, unit)?, rule)));
        fitting.max_by_key(|(fit, _)| *fit).map(|(_, rule)| rule)
    }

    /// This rulebook with the rules of a narrower jurisdiction laid over it, rule by rule. Its periods stand beside the
    /// others, because the earlier end holds: of 30 days and a month that is now this one, now that.
    fn overlaid(mut self, local: &Self) -> Self {
        replace(&mut self.drifts, &local.drifts, |rule| &rule.id);
        replace(&mut self.limits, &local.limits, |rule| &rule.id);
        self.periods.extend(local.periods.iter().cloned());
        replace(&mut self.deadlines, &local.deadlines, |rule| &rule.id);
        replace(&mut self.loads, &local.loads, |rule| &rule.id);
        replace(&mut self.follow_ups, &local.follow_ups, |rule| &rule.id);
        (self.id, self.version, self.jurisdiction) =
            (local.id.clone(), local.version, local.jurisdiction.clone());
        self
    }
}

/// A new rule takes the place of the one with its id.
fn replace<T: Clone>(rules: &mut Vec<T>, new: &[T], id: impl Fn(&T) -> &String) {
    for rule in new {
        match rules.iter_mut().find(|old| id(old) == id(rule)) {
            Some(old) => *old = rule.clone(),
            None => rules.push(rule.clone()),
        }
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
        let books = built_in().unwrap();
        assert_eq!(books.len(), BUILT_IN.len());
        let (nation, local) = books.split_first().unwrap();
        assert!(!nation.drifts.is_empty() && !nation.limits.is_empty() && !nation.periods.is_empty());
        assert!(local.iter().all(|book| !book.deadlines.is_empty() || !book.periods.is_empty()));
        for book in &books {
            assert!(book.drifts.iter().all(|rule| !rule.checked), "{}", book.id);
            assert!(book.limits.iter().all(|rule| !rule.checked), "{}", book.id);
            assert!(book.periods.iter().all(|rule| !rule.checked), "{}", book.id);
            assert!(book.deadlines.iter().all(|rule| !rule.checked), "{}", book.id);
            assert!(book.follow_ups.iter().all(|rule| !rule.checked), "{}", book.id);
            assert!(book.loads.iter().all(|rule| !rule.checked), "{}", book.id);
        }
    }

    #[test]
    fn a_rule_that_names_the_factor_comes_first_and_an_odd_unit_is_not_judged_as_another_gas() {
        let nation = built_in().unwrap().swap_remove(0);
        let rule = |factor, unit| {
            let rule = nation.limit(Quantity::Accuracy, Some(InstrumentKind::Gas), Some(factor), Some(unit));
            rule.map(|rule| rule.id.as_str())
        };
        assert_eq!(rule("SO2", "μmol/mol"), rule("SO2", "umol/mol"));
        assert_ne!(rule("SO2", "μmol/mol"), rule("SO2", "mg/m³"));
        assert_eq!(rule("SO2", "ppm"), None);
        assert_eq!(rule("HCl", "mg/m³"), rule("CO", "mg/m³"));
        assert!(rule("HCl", "mg/m³").is_some());
    }

    #[test]
    fn a_local_rule_replaces_the_national_one_and_its_periods_stand_beside_the_nations() {
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
        city.periods[0].days = Some(3);
        city.periods[1].days = Some(400);
        let books = [nation.clone(), city.clone()];
        let here = "CN-31".parse().unwrap();
        let rules = in_force(&books, &here, date("2026-11-23")).unwrap();
        assert_eq!(rules.id.as_str(), "CN-31");
        let (kind, quantity) = (city.drifts[0].kinds[0], city.drifts[0].quantity);
        assert_eq!(rules.drift(kind, quantity).unwrap().percent.pass.value, Decimal::ONE);
        let days = |id: &str| -> Vec<_> {
            rules.periods.iter().filter(|rule| rule.id == id).map(|rule| rule.days).collect()
        };
        assert_eq!(days(&city.periods[0].id), [nation.periods[0].days, Some(3)]);
        assert_eq!(days(&city.periods[1].id), [nation.periods[1].days, Some(400)]);
        assert_eq!(in_force(&books, &here, date("2023-12-31")).unwrap(), nation);
        assert_eq!(in_force(&books, &"CN-42".parse().unwrap(), date("2026-11-23")).unwrap(), nation);
        assert!(in_force(&books, &here, date("2017-01-01")).is_err());
    }

    #[test]
    fn limits_out_of_order_are_refused() {
        let (file, text) = BUILT_IN[0];
        let text =
            text.replacen(r#"out_of_control = { value = "5.0""#, r#"out_of_control = { value = "0.5""#, 1);
        let error = Rulebook::from_toml(file, &text).unwrap_err().to_string();
        assert!(error.starts_with("cn.toml: line ") && error.contains("limits out of order"), "{error}");
    }
}
