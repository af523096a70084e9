//! Working days: a file for each year names its holidays and make-up days. A year without one is counted from Monday to
//! Friday, and what rests on it is provisional.

use chrono::{Datelike, NaiveDate, Weekday};
use serde::Deserialize;

use crate::definition::complaint;
use crate::form::{Basis, Label};

/// The years that ship with this version: file name and text.
pub const BUILT_IN: &[(&str, &str)] = &[("2026.toml", include_str!("../calendars/2026.toml"))];

/// The working days of one year.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Year {
    /// Which.
    pub year: i32,
    /// Where it is written.
    pub clause: Label,
    /// What it rests on.
    pub basis: Basis,
    /// False until a person has compared it with the notice.
    pub checked: bool,
    /// First and last day of each holiday.
    pub holidays: Vec<(NaiveDate, NaiveDate)>,
    /// Saturdays and Sundays on which people work.
    pub make_up: Vec<NaiveDate>,
}

/// The working days of all years that are known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkDays(Vec<Year>);

/// Why a file is not a year's calendar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: line {line}: {message}")]
pub struct CalendarError {
    /// The file's name.
    pub file: String,
    /// Where.
    pub line: usize,
    /// What the reader says.
    pub message: String,
}

impl WorkDays {
    /// Those that ship with this version.
    pub fn built_in() -> Result<Self, CalendarError> {
        BUILT_IN.iter().map(|(file, text)| Year::from_toml(file, text)).collect::<Result<_, _>>().map(Self)
    }

    /// True if people work on a day.
    pub fn is_working(&self, day: NaiveDate) -> bool {
        let is_weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        let Some(year) = self.year(day) else { return !is_weekend };
        let is_holiday = year.holidays.iter().any(|(first, last)| (*first..=*last).contains(&day));
        !is_holiday && (!is_weekend || year.make_up.contains(&day))
    }

    /// The `count`th working day after a day.
    pub fn after(&self, day: NaiveDate, count: u32) -> Option<NaiveDate> {
        let later = day.iter_days().skip(1).filter(|day| self.is_working(*day));
        match count.checked_sub(1) {
            Some(skipped) => later.skip(usize::try_from(skipped).ok()?).take(1).next(),
            None => Some(day),
        }
    }

    /// True if a day's year is known; otherwise what rests on it is provisional.
    pub fn knows(&self, day: NaiveDate) -> bool {
        self.year(day).is_some()
    }

    fn year(&self, day: NaiveDate) -> Option<&Year> {
        self.0.iter().find(|year| year.year == day.year())
    }
}

impl Year {
    fn from_toml(file: &str, text: &str) -> Result<Self, CalendarError> {
        toml::from_str(text).map_err(|error| {
            let (line, message) = complaint(text, &error);
            CalendarError { file: file.to_owned(), line, message }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn working_days_pass_over_holidays_and_count_make_up_days() {
        let known = WorkDays::built_in().unwrap();
        for (from, count, want) in [
            // Thursday before the National Day: 8, 9 and 10 October (a Saturday) are worked, 11 is not.
            ("2026-09-30", 1, "2026-10-08"),
            ("2026-09-30", 3, "2026-10-10"),
            ("2026-09-30", 4, "2026-10-12"),
            // The Sunday before the Mid-Autumn Festival is worked.
            ("2026-09-18", 5, "2026-09-24"),
            ("2026-11-23", 5, "2026-11-30"),
            ("2026-11-23", 0, "2026-11-23"),
            // A year without a file: Monday to Friday.
            ("2027-10-01", 5, "2027-10-08"),
            ("2026-12-31", 1, "2027-01-01"),
        ] {
            assert_eq!(known.after(day(from), count), Some(day(want)), "{count} after {from}");
        }
        assert!(known.knows(day("2026-12-31")) && !known.knows(day("2027-01-01")));
    }

    #[test]
    fn the_year_that_ships_has_holidays_in_order_and_make_up_days_at_weekends() {
        for year in &WorkDays::built_in().unwrap().0 {
            assert!(year.holidays.iter().all(|(first, last)| first <= last && first.year() == year.year));
            assert!(year.holidays.windows(2).all(|pair| pair[0].1 < pair[1].0), "{}", year.year);
            let weekend = |day: &NaiveDate| matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
            assert!(year.make_up.iter().all(weekend), "{}", year.year);
            assert!(!year.checked, "{}", year.year);
        }
    }
}
