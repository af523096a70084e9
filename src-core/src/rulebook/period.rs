//! Periods: the longest intervals of duties, and for which instruments or points they hold.

use chrono::{Days, Months, NaiveDateTime, TimeDelta};
use serde::{Deserialize, Serialize};

use super::Rulebook;
use crate::form::{Basis, Label};
use crate::id::FormCode;
use crate::register::{Instrument, InstrumentKind, Sampling, is_factor};

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

    fn fits(&self, instrument: &Instrument) -> bool {
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

impl Rulebook {
    /// The shortest manual period of `form` for an instrument.
    pub fn period(&self, form: &FormCode, instrument: &Instrument) -> Option<&PeriodRule> {
        self.shortest(form, |rule| !rule.kinds.is_empty() && rule.fits(instrument))
    }

    /// The shortest manual period of `form` for a whole point with these instruments.
    pub fn period_of_point(&self, form: &FormCode, instruments: &[Instrument]) -> Option<&PeriodRule> {
        let is_there = |rule: &PeriodRule| {
            let names_any = !rule.factors.is_empty() || !rule.sampling.is_empty();
            !names_any || instruments.iter().any(|instrument| rule.fits(instrument))
        };
        self.shortest(form, |rule| rule.kinds.is_empty() && is_there(rule))
    }

    fn shortest(&self, form: &FormCode, holds: impl Fn(&PeriodRule) -> bool) -> Option<&PeriodRule> {
        let mine = |rule: &&PeriodRule| rule.form == *form && rule.mode == Mode::Manual && holds(rule);
        self.periods.iter().filter(mine).min_by_key(|rule| rule.every().days_about())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rulebook::built_in;

    #[test]
    fn calibrating_itself_lifts_the_manual_calibration_only_and_halves_the_verifications() {
        let nation = built_in().unwrap().swap_remove(0);
        let text = r#"{"id": "I", "point": "P", "kind": "gas", "factor": "SO2", "sampling": "extractive", "brand": "",
            "model": "", "manufacturer": "", "serial_no": "", "principle": "", "construction_state": ""}"#;
        let by_hand: Instrument = serde_json::from_str(text).unwrap();
        let by_itself = Instrument { auto_calibration: true, ..by_hand.clone() };
        let water = Instrument { kind: InstrumentKind::WaterAnalyser, sampling: None, ..by_itself.clone() };
        for (instrument, form, want) in [
            (&by_hand, "HJ75-G4", Some(Every::Days(7))),
            (&by_itself, "HJ75-G4", None),
            (&by_hand, "HJ75-T2", Some(Every::Months(3))),
            (&by_itself, "HJ75-T2", Some(Every::Months(3))),
            (&by_hand, "HJ75-G5", Some(Every::Months(3))),
            (&by_itself, "HJ75-G5", Some(Every::Months(6))),
            (&water, "HJ355-H", Some(Every::Months(1))),
            // Machines do it each day and each week: nobody is nagged.
            (&water, "HJ355-D", None),
            // A duty of the whole point is none of one instrument.
            (&by_hand, "HJ75-G1", None),
        ] {
            let every = nation.period(&form.parse().unwrap(), instrument).map(PeriodRule::every);
            assert_eq!(every, want, "{form} {}", instrument.auto_calibration);
        }
        let of_point = |form: &str, instrument: &Instrument| {
            let instruments = std::slice::from_ref(instrument);
            nation.period_of_point(&form.parse().unwrap(), instruments).map(PeriodRule::every)
        };
        assert_eq!(of_point("HJ75-G1", &by_itself), Some(Every::Days(7)));
        assert_eq!(of_point("HJ75-G2", &by_itself), None);
        assert_eq!(of_point("HJ355-B", &water), Some(Every::Days(7)));
    }
}
