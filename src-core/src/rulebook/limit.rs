//! Limits in bands: what a function's figure may be, by what was measured.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::form::{Basis, Label};
use crate::judge::{Measure, Quantity};
use crate::register::{InstrumentKind, is_factor, same_unit};

/// The limits of one judged quantity for some instruments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitRule {
    /// Stable id; a local rule of the same id replaces the national one.
    pub id: String,
    /// What it judges.
    pub judges: Quantity,
    /// Which instruments; empty for all.
    #[serde(default)]
    pub kinds: Vec<InstrumentKind>,
    /// For which factors; empty for all.
    #[serde(default)]
    pub factors: Vec<String>,
    /// In which units; empty for all.
    #[serde(default)]
    pub units: Vec<String>,
    /// The fewest pairs, readings or runs.
    #[serde(default)]
    pub least: Option<u32>,
    /// Of so many pairs so many have to pass; the last one holds for more.
    #[serde(default)]
    pub need: Vec<(u32, u32)>,
    /// What chooses the band of a set of pairs.
    #[serde(default)]
    pub band_by: BandBy,
    /// The limits. Every value lies in exactly one band.
    pub bands: Vec<Band>,
    /// Where it is written.
    pub clause: Label,
    /// What it rests on.
    pub basis: Basis,
    /// False until a person has compared the rule with the printed standard.
    pub checked: bool,
}

/// What chooses the band of a set of pairs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BandBy {
    /// Each pair's own reference value.
    #[default]
    Pair,
    /// The mean of all reference values.
    Set,
}

/// One band: from `ge` or above `gt`, to `le` or below `lt`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// From here on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ge: Option<Decimal>,
    /// Above this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gt: Option<Decimal>,
    /// Up to here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub le: Option<Decimal>,
    /// Below this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lt: Option<Decimal>,
    /// Which figure is judged.
    pub by: Measure,
    /// Its limit, which still passes.
    pub limit: Decimal,
    /// The lower limit of a figure that lies between two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<Decimal>,
    /// Concentrations of the standard that stands in for the sample.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub substitute: Option<(Decimal, Decimal)>,
    /// What the band rests on, where it differs from its rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<Basis>,
}

impl Band {
    /// True if a value lies in it.
    pub fn holds(&self, value: Decimal) -> bool {
        self.ge.is_none_or(|end| value >= end)
            && self.gt.is_none_or(|end| value > end)
            && self.le.is_none_or(|end| value <= end)
            && self.lt.is_none_or(|end| value < end)
    }

    /// True if a figure keeps the limit.
    pub fn passes(&self, figure: Decimal) -> bool {
        match self.by {
            Measure::AtMost => figure <= self.limit,
            Measure::AtLeast => figure >= self.limit,
            Measure::Between => figure <= self.limit && self.low.is_none_or(|low| figure >= low),
            _ => figure.abs() <= self.limit,
        }
    }

    /// Its lower end and whether that belongs to it; its upper end and whether that belongs to it.
    fn ends(&self) -> Option<(Edge, Edge)> {
        let edge = |inclusive: Option<Decimal>, exclusive: Option<Decimal>| match (inclusive, exclusive) {
            (None, None) => Some(None),
            (Some(at), None) => Some(Some((at, true))),
            (None, Some(at)) => Some(Some((at, false))),
            (Some(_), Some(_)) => None,
        };
        Some((edge(self.ge, self.gt)?, edge(self.le, self.lt)?))
    }
}

type Edge = Option<(Decimal, bool)>;

impl LimitRule {
    /// The band of a value.
    pub fn band(&self, value: Decimal) -> Option<&Band> {
        self.bands.iter().find(|band| band.holds(value))
    }

    /// What a verdict by this band rests on.
    pub fn basis_of(&self, band: &Band) -> Basis {
        band.basis.unwrap_or(self.basis)
    }

    /// How many of `pairs` have to pass.
    pub fn need_of(&self, pairs: u32) -> Option<u32> {
        let fits = |(of, _): &&(u32, u32)| *of <= pairs;
        self.need.iter().filter(fits).max_by_key(|(of, _)| *of).map(|(_, need)| *need)
    }

    /// How well it fits an instrument: nothing if not at all, more for a rule that names more.
    pub(super) fn fits(
        &self,
        kind: Option<InstrumentKind>,
        factor: Option<&str>,
        unit: Option<&str>,
    ) -> Option<u32> {
        let names_kind = !self.kinds.is_empty();
        let names_factor = !self.factors.is_empty();
        let names_unit = !self.units.is_empty();
        let fits = (!names_kind || kind.is_some_and(|kind| self.kinds.contains(&kind)))
            && (!names_factor || factor.is_some_and(|factor| is_factor(&self.factors, factor)))
            && (!names_unit || unit.is_some_and(|unit| self.units.iter().any(|one| same_unit(one, unit))));
        fits.then(|| 4 * u32::from(names_factor) + 2 * u32::from(names_kind) + u32::from(names_unit))
    }

    /// What is wrong with it.
    pub(super) fn check(&self) -> Result<(), &'static str> {
        let is_wrong = |band: &Band| {
            (band.by != Measure::Between && band.limit < Decimal::ZERO)
                || (band.by == Measure::Between) != band.low.is_some()
                || band.low.is_some_and(|low| low > band.limit)
                || band.substitute.is_some_and(|(low, high)| low > high)
        };
        if self.bands.iter().any(is_wrong) {
            return Err("limits out of order");
        }
        let Some(mut ends) = self.bands.iter().map(Band::ends).collect::<Option<Vec<_>>>() else {
            return Err("a band has two ends on one side");
        };
        ends.sort_by_key(|(low, _)| low.map(|(at, belongs)| (at, !belongs)));
        let is_covered = ends.first().is_some_and(|(low, _)| low.is_none())
            && ends.last().is_some_and(|(_, high)| high.is_none())
            && ends.windows(2).all(|pair| match (pair[0].1, pair[1].0) {
                (Some((high, in_lower)), Some((low, in_upper))) => high == low && in_lower != in_upper,
                _ => false,
            });
        if !is_covered {
            return Err("not every value lies in exactly one band");
        }
        let is_rising = |pair: &[(u32, u32)]| pair[0].0 < pair[1].0 && pair[0].1 <= pair[1].1;
        if !self.need.windows(2).all(is_rising) || self.need.iter().any(|(of, need)| need > of) {
            return Err("pairs needed out of order");
        }
        Ok(())
    }
}
