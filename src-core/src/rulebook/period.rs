//! Periods and deadlines: how often a duty falls due, and how long a step of a fault may take.

use chrono::{Days, Months, NaiveDateTime, TimeDelta};
use serde::{Deserialize, Serialize};

use crate::form::{Basis, Label};
use crate::id::FormCode;
use crate::register::{Instrument, InstrumentKind, Medium, Sampling, is_factor};

/// The longest interval of a duty: one of `hours`, `days` and `months`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeriodRule {
    /// Stable id.
    pub id: String,
    /// Which instruments; empty for a duty of the whole point.
    pub kinds: Vec<InstrumentKind>,
    /// For which factors; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub factors: Vec<String>,
    /// How they sample; empty for all.
    #[serde(default)]
    pub sampling: Vec<Sampling>,
    /// True if it holds only for instruments that calibrate themselves, false if only for the others; nothing for both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto_calibration: Option<bool>,
    /// The form whose record fulfils it.
    pub form: FormCode,
    /// Hours, counted exactly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<u32>,
    /// Days; the period ends with the last of them (design.md §3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
    /// Months by the calendar, clipped to the month's end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub months: Option<u32>,
    /// Who does it.
    #[serde(default)]
    pub mode: Mode,
    /// Where it is written.
    pub clause: Label,
    /// What it rests on.
    pub basis: Basis,
    /// False until a person has compared the rule with the printed standard.
    pub checked: bool,
}

impl PeriodRule {
    /// Its length.
    pub fn every(&self) -> Every {
        match (self.hours, self.days, self.months) {
            (Some(hours), ..) => Every::Hours(hours),
            (_, Some(days), _) => Every::Days(days),
            (.., months) => Every::Months(months.unwrap_or(1)),
        }
    }

    pub(super) fn fits(&self, instrument: &Instrument) -> bool {
        (self.kinds.is_empty() || self.kinds.contains(&instrument.kind))
            && self.auto_calibration.is_none_or(|wanted| wanted == instrument.auto_calibration)
            && is_factor(&self.factors, &instrument.factor)
            && (self.sampling.is_empty() || instrument.sampling.is_some_and(|s| self.sampling.contains(&s)))
    }
}

/// The length of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Every {
    /// Counted exactly.
    Hours(u32),
    /// Ends with the last of them.
    Days(u32),
    /// By the calendar, clipped to the month's end; ends with the last day.
    Months(u32),
}

impl Every {
    /// The end of a period that began at `from`, both Asia/Shanghai.
    pub fn end(self, from: NaiveDateTime) -> Option<NaiveDateTime> {
        let date = match self {
            Self::Hours(hours) => return from.checked_add_signed(TimeDelta::hours(hours.into())),
            Self::Days(days) => from.date().checked_add_days(Days::new(days.into())),
            Self::Months(months) => from.date().checked_add_months(Months::new(months)),
        };
        date?.and_hms_opt(23, 59, 59)
    }

    /// Its length in days, to compare periods with; a month counts as its shortest.
    pub fn days_about(self) -> u32 {
        match self {
            Self::Hours(hours) => hours / 24,
            Self::Days(days) => days,
            Self::Months(months) => months.saturating_mul(28),
        }
    }
}

/// Who does a duty (design.md §3).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// A technician.
    #[default]
    Manual,
    /// A machine; it never nags.
    Auto,
    /// Someone who looks from afar.
    Remote,
}

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
    /// Hours, counted exactly.
    pub hours: u32,
    /// Where it is written.
    pub clause: Label,
    /// What it rests on.
    pub basis: Basis,
    /// False until a person has compared the rule with the printed standard.
    pub checked: bool,
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
