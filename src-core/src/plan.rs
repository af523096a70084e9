//! The operator's plan (运维计划, requirements.md V5): who does what at a point, how often, from when; and how much one
//! person may look after (M5).

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::id::{FormCode, InstrumentId, PersonId, PlanId, PointId};
use crate::register::{Instrument, Medium, Point};
use crate::rulebook::{Every, LoadRule};

/// One line of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlanItem {
    /// Its id in the register.
    pub id: PlanId,
    /// Where.
    pub point: PointId,
    /// Who; the first is the one in charge.
    pub persons: Vec<PersonId>,
    /// For which instruments; empty for the whole point.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instruments: Vec<InstrumentId>,
    /// What: the form whose record fulfils it.
    pub form: FormCode,
    /// How often: hours, days or months.
    pub every: Every,
    /// The day from which it counts, as if it had been done then.
    pub from: NaiveDate,
}

/// How much a person looks after in one medium, and how much is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Load<'a> {
    /// In which medium.
    pub medium: Medium,
    /// Points with a line of the plan.
    pub points: usize,
    /// All instruments of these points that measure.
    pub instruments: usize,
    /// The limit that is exceeded.
    pub rule: &'a LoadRule,
}

/// Where a person looks after more than one of the limits allows. `rules` are those of the person's points.
pub fn overloads<'a>(
    person: &PersonId,
    plan: &[PlanItem],
    points: &[Point],
    instruments: &[Instrument],
    rules: &'a [LoadRule],
) -> Vec<Load<'a>> {
    let mine: BTreeSet<&PointId> =
        plan.iter().filter(|item| item.persons.contains(person)).map(|item| &item.point).collect();
    let load = |rule: &'a LoadRule| {
        let here: BTreeSet<&PointId> = points
            .iter()
            .filter(|point| point.medium == rule.medium && mine.contains(&point.id))
            .map(|point| &point.id)
            .collect();
        let instruments = instruments.iter().filter(|one| here.contains(&one.point)).count();
        Load { medium: rule.medium, points: here.len(), instruments, rule }
    };
    let is_over = |load: &Load<'_>| {
        load.points > load.rule.points as usize || load.instruments > load.rule.instruments as usize
    };
    rules.iter().map(load).filter(is_over).collect()
}
