//! Periods: the longest intervals of duties, and for which instruments or points they hold.

use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime, TimeDelta};
use serde::{Deserialize, Serialize};

use crate::calendar::WorkDays;
use crate::form::{Basis, Label};
use crate::id::FormCode;
use crate::register::{Instrument, InstrumentKind, Sampling, is_factor};

/// The longest interval of a duty, in one of its units; or, with `after`, how soon it follows other work.
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
    /// True for once in each quarter of the calendar.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub quarterly: bool,
    /// Once in each quarter of the calendar, within so many of its working days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quarter_working_days: Option<u32>,
    /// So many working days, with `after`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub working_days: Option<u32>,
    /// Not a period: it is due so long after a record of one of these forms, once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<FormCode>,
    /// Who does it.
    #[serde(default)]
    pub mode: Mode,
    /// What a shutdown of the source does to it.
    #[serde(default, skip_serializing_if = "InShutdown::is_default")]
    pub in_shutdown: InShutdown,
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
        let units = [
            self.hours.map(Every::Hours),
            self.days.map(Every::Days),
            self.months.map(Every::Months),
            self.working_days.map(Every::WorkingDays),
            self.quarter_working_days.map(Every::QuarterWorkingDays),
        ];
        units.into_iter().flatten().next().unwrap_or(Every::Quarter)
    }

    /// What is wrong with it.
    pub(super) fn check(&self) -> Result<(), &'static str> {
        let lengths = [self.hours, self.days, self.months, self.working_days, self.quarter_working_days];
        let units = lengths.iter().flatten().count() + usize::from(self.quarterly);
        if units != 1 || lengths.iter().flatten().any(|length| *length == 0) {
            return Err(
                "a period has one of `hours`, `days`, `months`, `quarterly`, `quarter_working_days` and \
                        `working_days`, above zero",
            );
        }
        match self.working_days.is_some() && self.after.is_empty() {
            true => Err("`working_days` count from other work: `after` is missing"),
            false => Ok(()),
        }
    }

    /// True if it is a duty of each of some instruments, not of the whole point.
    pub fn is_of_instruments(&self) -> bool {
        !self.kinds.is_empty()
    }

    /// True for a duty of the whole point that holds at one with these instruments.
    pub fn holds_at(&self, instruments: &[Instrument]) -> bool {
        let names_any = !self.factors.is_empty() || !self.sampling.is_empty();
        !self.is_of_instruments() && (!names_any || instruments.iter().any(|one| self.fits(one)))
    }

    /// True if an instrument is one of those that it speaks of.
    pub fn fits(&self, instrument: &Instrument) -> bool {
        (self.kinds.is_empty() || self.kinds.contains(&instrument.kind))
            && self.auto_calibration.is_none_or(|wanted| wanted == instrument.auto_calibration)
            && is_factor(&self.factors, &instrument.factor)
            && (self.sampling.is_empty() || instrument.sampling.is_some_and(|s| self.sampling.contains(&s)))
    }
}

/// What a shutdown of the source does to a duty.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InShutdown {
    /// It rests.
    #[default]
    Rests,
    /// It goes on.
    GoesOn,
    /// It goes on while the shutdown has lasted less than so many months.
    GoesOnForMonths(u32),
}

impl InShutdown {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// The length of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Every {
    /// Counted exactly.
    Hours(u32),
    /// Ends with the last of them.
    Days(u32),
    /// By the calendar, clipped to the month's end; ends with the last day.
    Months(u32),
    /// Ends with the last day of the next quarter of the calendar.
    Quarter,
    /// Ends with this working day of the next quarter of the calendar.
    QuarterWorkingDays(u32),
    /// Ends with the last of them.
    WorkingDays(u32),
}

impl Every {
    /// The end of a period that began at `from`, both Asia/Shanghai.
    pub fn end(self, from: NaiveDateTime, work: &WorkDays) -> Option<NaiveDateTime> {
        let day = from.date();
        let date = match self {
            Self::Hours(hours) => return from.checked_add_signed(TimeDelta::hours(hours.into())),
            Self::Days(days) => day.checked_add_days(Days::new(days.into())),
            Self::Months(months) => day.checked_add_months(Months::new(months)),
            Self::Quarter => quarter_after(quarter_after(day)?)?.pred_opt(),
            Self::QuarterWorkingDays(days) => work.after(quarter_after(day)?.pred_opt()?, days),
            Self::WorkingDays(days) => work.after(day, days),
        };
        date?.and_hms_opt(23, 59, 59)
    }

    /// True if it counts working days.
    pub fn counts_work(self) -> bool {
        matches!(self, Self::QuarterWorkingDays(_) | Self::WorkingDays(_))
    }

    /// Its length in days, to compare periods with; a month counts as its shortest.
    pub fn days_about(self) -> u32 {
        match self {
            Self::Hours(hours) => hours / 24,
            Self::Days(days) | Self::WorkingDays(days) => days,
            Self::Months(months) => months.saturating_mul(28),
            Self::Quarter | Self::QuarterWorkingDays(_) => 90,
        }
    }
}

/// The first day of the next quarter.
fn quarter_after(day: NaiveDate) -> Option<NaiveDate> {
    let first = NaiveDate::from_ymd_opt(day.year(), day.month0() / 3 * 3 + 1, 1)?;
    first.checked_add_months(Months::new(3))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quarters_end_with_the_calendars_and_a_review_with_the_first_working_days_of_the_next() {
        let work = WorkDays::built_in().unwrap();
        for (every, from, want) in [
            (Every::Quarter, "2026-01-01", "2026-06-30"),
            (Every::Quarter, "2026-03-31", "2026-06-30"),
            (Every::Quarter, "2026-11-23", "2027-03-31"),
            // 1 to 7 October are free, Saturday the 10th is not.
            (Every::QuarterWorkingDays(5), "2026-09-30", "2026-10-13"),
            (Every::QuarterWorkingDays(5), "2026-10-13", "2027-01-07"),
        ] {
            let end = every.end(format!("{from}T12:00:00").parse().unwrap(), &work);
            assert_eq!(end, Some(format!("{want}T23:59:59").parse().unwrap()), "{every:?} from {from}");
        }
    }
}
