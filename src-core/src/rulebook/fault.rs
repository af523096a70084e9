//! The rules of a fault: how long its steps may take, and what a change asks for.

use serde::{Deserialize, Serialize};

use crate::fault::{ChangeKind, FaultPart, StepKind};
use crate::form::{Basis, Label};
use crate::register::Medium;

/// How long a step of a fault may take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeadlineRule {
    /// Stable id.
    pub id: String,
    /// Which step.
    pub event: FaultEvent,
    /// Gas or water; nothing for both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub medium: Option<Medium>,
    /// The parts of the system for whose faults it holds; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<FaultPart>,
    /// The step from which the hours count.
    #[serde(default = "noticed")]
    pub from: StepKind,
    /// Hours, counted exactly.
    pub hours: u32,
    /// Of manual monitoring: the least number of samples of a whole day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_day: Option<u32>,
    /// Where it is written.
    pub clause: Label,
    /// What it rests on.
    pub basis: Basis,
    /// False until a person has compared the rule with the printed standard.
    pub checked: bool,
}

fn noticed() -> StepKind {
    StepKind::Noticed
}

impl DeadlineRule {
    /// True if it holds for a fault of that part of the system.
    pub fn holds(&self, medium: Medium, part: FaultPart) -> bool {
        self.medium.is_none_or(|mine| mine == medium) && (self.parts.is_empty() || self.parts.contains(&part))
    }
}

/// The steps of a fault that have a deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultEvent {
    /// On site.
    Arrive,
    /// Written report to the authority.
    Report,
    /// Repaired.
    Repair,
    /// Back in operation.
    Back,
    /// The longest interval of manual monitoring while down.
    ManualMonitoring,
}

/// What a change asks for before a fault is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FollowUpRule {
    /// Stable id.
    pub id: String,
    /// After which changes.
    pub changes: Vec<ChangeKind>,
    /// What has to be done.
    pub steps: Vec<StepKind>,
    /// Where it is written.
    pub clause: Label,
    /// What it rests on.
    pub basis: Basis,
    /// False until a person has compared the rule with the printed standard.
    pub checked: bool,
}

impl FollowUpRule {
    pub(super) fn check(&self) -> Result<(), &'static str> {
        use StepKind::{Accepted, Commissioned, Filed};
        let is_known = |step: &StepKind| matches!(step, Commissioned | Accepted | Filed);
        if self.steps.iter().all(is_known) {
            Ok(())
        } else {
            Err("a change asks for `commissioned`, `accepted` and `filed`")
        }
    }
}
