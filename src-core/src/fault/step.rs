//! One step of a fault, as a person notes it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::hash::Hash;
use crate::id::{FaultId, InstrumentId, PersonId, PointId, RecordId, VisitId};

/// Something that happened in the course of a fault: the body of its entry in the evidence log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultStep {
    /// The fault.
    pub fault: FaultId,
    /// Where.
    pub point: PointId,
    /// Who notes it.
    pub technician: PersonId,
    /// The visit in which it is noted, if it is noted in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit: Option<VisitId>,
    /// When it happened, as the technician says.
    pub at: DateTime<Utc>,
    /// What happened; of a report, to whom.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
    /// What happened, for the rules.
    pub step: Step,
    /// The record that shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<RecordId>,
    /// The entry of the step that was wrong, whose place this one takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<Hash>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Step {
    /// 发现: seen, or told of.
    Noticed {
        /// The part of the system.
        part: FaultPart,
        /// The instrument; nothing where no single one is concerned.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        instrument: Option<InstrumentId>,
    },
    /// 报告: told to the authority.
    Reported,
    /// 到场.
    Arrived,
    /// 修复.
    Repaired,
    /// 验证: a calibration or comparison showed that it measures rightly.
    Proved,
    /// 恢复: in normal use again.
    BackInService,
    /// 人工监测: a sample by hand while down.
    ManualMonitoring,
    /// A part, range, parameter or instrument was changed.
    Changed {
        /// What.
        change: ChangeKind,
    },
    /// 调试 after a change.
    Commissioned,
    /// 验收 after a change.
    Accepted,
    /// 备案 after a change.
    Filed,
    /// Noted by mistake: the step that this one replaces, otherwise the whole fault.
    Withdrawn,
}

/// [`Step`] without what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// 发现.
    Noticed,
    /// 报告.
    Reported,
    /// 到场.
    Arrived,
    /// 修复.
    Repaired,
    /// 验证.
    Proved,
    /// 恢复.
    BackInService,
    /// 人工监测.
    ManualMonitoring,
    /// A change.
    Changed,
    /// 调试.
    Commissioned,
    /// 验收.
    Accepted,
    /// 备案.
    Filed,
    /// Noted by mistake.
    Withdrawn,
}

/// The part of the system that failed: the choices of the written report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultPart {
    /// 采样系统.
    Sampling,
    /// 监测仪器.
    Instrument,
    /// 数采仪.
    Logger,
    /// 网络通信.
    Network,
    /// 供电.
    Power,
    /// 站房及辅助设备.
    Station,
    /// 其他.
    Other,
}

/// A change that has duties of its own (requirements.md F8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// 核心部件: replaced or moved.
    CorePart,
    /// 量程.
    Range,
    /// 参数.
    Parameter,
    /// 监测仪器: replaced.
    Instrument,
    /// 数采仪: replaced.
    DataLogger,
}

impl Step {
    /// Without what it says.
    pub fn kind(&self) -> StepKind {
        match self {
            Self::Noticed { .. } => StepKind::Noticed,
            Self::Reported => StepKind::Reported,
            Self::Arrived => StepKind::Arrived,
            Self::Repaired => StepKind::Repaired,
            Self::Proved => StepKind::Proved,
            Self::BackInService => StepKind::BackInService,
            Self::ManualMonitoring => StepKind::ManualMonitoring,
            Self::Changed { .. } => StepKind::Changed,
            Self::Commissioned => StepKind::Commissioned,
            Self::Accepted => StepKind::Accepted,
            Self::Filed => StepKind::Filed,
            Self::Withdrawn => StepKind::Withdrawn,
        }
    }
}

impl StepKind {
    /// The one line of a fault: 发现 → 报告 → 到场 → 修复 → 验证 → 恢复.
    pub const LINE: [Self; 6] =
        [Self::Noticed, Self::Reported, Self::Arrived, Self::Repaired, Self::Proved, Self::BackInService];

    /// True for what happens once, so that a second one corrects the first.
    pub fn is_single(self) -> bool {
        !matches!(self, Self::ManualMonitoring | Self::Changed | Self::Withdrawn)
    }

    /// True where a step says nothing without words.
    pub fn needs_words(self) -> bool {
        matches!(self, Self::Noticed | Self::Reported | Self::Changed | Self::Withdrawn)
    }

    /// True if this cannot happen after that.
    pub(super) fn comes_before(self, that: Self) -> bool {
        use StepKind::{Arrived, BackInService, Noticed, Proved, Repaired};
        match self {
            Noticed => that != Noticed,
            Arrived => matches!(that, Repaired | Proved | BackInService),
            Repaired => matches!(that, Proved | BackInService),
            _ => false,
        }
    }
}

impl FaultPart {
    /// All of them, as the report lists them.
    pub const ALL: [Self; 7] = [
        Self::Sampling,
        Self::Instrument,
        Self::Logger,
        Self::Network,
        Self::Power,
        Self::Station,
        Self::Other,
    ];

    /// Its name in the report's choices.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sampling => "sampling",
            Self::Instrument => "instrument",
            Self::Logger => "logger",
            Self::Network => "network",
            Self::Power => "power",
            Self::Station => "station",
            Self::Other => "other",
        }
    }
}

impl ChangeKind {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::CorePart, Self::Range, Self::Parameter, Self::Instrument, Self::DataLogger];
}
