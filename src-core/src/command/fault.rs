//! What comes back about faults.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{FormLine, RecordLine, StampLine};
use crate::fault::{FaultClock, FaultPart, Step, StepKind};
use crate::form::Label;
use crate::hash::Hash;
use crate::id::{FaultId, PointId, RecordId, VisitId};
use crate::register::Instrument;

/// A fault in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FaultLine {
    /// Which.
    pub id: FaultId,
    /// Where.
    pub point: PointId,
    /// The point's name.
    pub point_name: String,
    /// The discharger's name.
    pub discharger_name: String,
    /// When it was noticed; nothing while the tablet that noticed has not told.
    pub noticed_at: Option<DateTime<Utc>>,
    /// The part of the system.
    pub part: Option<FaultPart>,
    /// What the instrument concerned measures.
    pub factor: Option<String>,
    /// What was noticed.
    pub words: String,
    /// What is left to do, in order; nothing once it is over.
    pub asks: Vec<StepKind>,
    /// What was done of [`StepKind::LINE`].
    pub done: Vec<StepKind>,
    /// Its deadlines, those that need attention first.
    pub clocks: Vec<FaultClock>,
    /// True if it was noticed by mistake.
    pub is_withdrawn: bool,
}

/// A fault with its steps and what can be done now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FaultView {
    /// Its line.
    pub line: FaultLine,
    /// Its steps in the order in which they happened, those that were wrong too.
    pub steps: Vec<FaultStepLine>,
    /// The person's open visit at the point.
    pub visit: Option<VisitId>,
    /// The point's instruments.
    pub instruments: Vec<Instrument>,
    /// Records of the point since then, which may show that a step was taken.
    pub records: Vec<RecordLine>,
    /// Forms that take over what the fault knows: report and repair.
    pub forms: Vec<FormLine>,
}

/// One step of a fault.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FaultStepLine {
    /// Its entry: what a step names that takes its place.
    pub hash: Hash,
    /// What.
    pub step: Step,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// In the technician's words.
    pub words: String,
    /// The record that shows it, with its form's title where it is known here.
    pub record: Option<(RecordId, Option<Label>)>,
    /// Who noted it, and when.
    pub stamp: StampLine,
    /// False once it was replaced or withdrawn.
    pub stands: bool,
    /// True if it withdraws one step, not the fault.
    pub is_of_step: bool,
}
