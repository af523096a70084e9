//! What is due as far as known: from the rulebook's periods and the last record of each instrument.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::clock::{from_shanghai, shanghai_date, shanghai_time};
use crate::form::Label;
use crate::id::{FormCode, InstrumentId, PointId};
use crate::register::Instrument;
use crate::rulebook::{Every, PeriodRule, Rulebook};

/// How soon a duty's end asks for attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// 逾期.
    Overdue,
    /// No record of it is known here.
    NeverDone,
    /// Ends today.
    Today,
    /// Ends within seven days.
    Soon,
    /// Later.
    Later,
}

/// A duty of some instruments of a point, with its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// Where.
    pub point: PointId,
    /// The form whose record fulfils it.
    pub form: FormCode,
    /// For which instruments, all with the same end; empty for a duty of the whole point.
    pub instruments: Vec<InstrumentId>,
    /// When it was last done.
    pub last_done: Option<DateTime<Utc>>,
    /// The last moment; nothing if it was never done.
    pub due: Option<DateTime<Utc>>,
    /// How soon.
    pub urgency: Urgency,
    /// The longest interval.
    pub every: Every,
    /// Where it is written.
    pub clause: Label,
    /// True if the period rests on memory or is unclear: 依据待核.
    pub to_be_checked: bool,
}

/// The duties of `form` at a point, the most urgent first. `last_done` tells when an instrument's was last fulfilled, and
/// for nothing that of the whole point.
pub fn due(
    form: &FormCode,
    point: &PointId,
    instruments: &[Instrument],
    last_done: impl Fn(Option<&InstrumentId>) -> Option<DateTime<Utc>>,
    rulebook: &Rulebook,
    now: DateTime<Utc>,
) -> Vec<Due> {
    let duty = |rule: &PeriodRule, of: Option<&InstrumentId>| {
        let (every, last) = (rule.every(), last_done(of));
        let end = last.and_then(|last| every.end(shanghai_time(last))).map(from_shanghai);
        Due {
            point: point.clone(),
            form: form.clone(),
            instruments: of.into_iter().cloned().collect(),
            last_done: last,
            due: end,
            urgency: urgency(end, now),
            every,
            clause: rule.clause.clone(),
            to_be_checked: rule.basis.to_be_checked(),
        }
    };
    let mut duties: Vec<Due> = Vec::new();
    for instrument in instruments.iter().filter(|instrument| instrument.point == *point) {
        let Some(rule) = rulebook.period(form, instrument) else { continue };
        let mine = duty(rule, Some(&instrument.id));
        match duties.iter_mut().find(|other| other.due == mine.due && other.every == mine.every) {
            Some(same) => same.instruments.push(instrument.id.clone()),
            None => duties.push(mine),
        }
    }
    duties.extend(rulebook.period_of_point(form, instruments).map(|rule| duty(rule, None)));
    sort(&mut duties, |duty| duty);
    duties
}

/// Puts the most urgent first, then the earlier end.
pub fn sort<T>(items: &mut [T], duty: impl Fn(&T) -> &Due) {
    items.sort_by_key(|item| (duty(item).urgency, duty(item).due));
}

fn urgency(end: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Urgency {
    let Some(end) = end else { return Urgency::NeverDone };
    let days = (shanghai_date(end) - shanghai_date(now)).num_days();
    match days {
        // The last second is whole: a day's end is its last second.
        _ if now.timestamp() > end.timestamp() => Urgency::Overdue,
        0 => Urgency::Today,
        1..=7 => Urgency::Soon,
        _ => Urgency::Later,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_of_days_ends_with_its_last_day_in_shanghai() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let end = Some(at("2026-11-23T15:59:59Z"));
        for (now, want) in [
            ("2026-11-15T00:00:00Z", Urgency::Later),
            ("2026-11-16T00:00:00Z", Urgency::Soon),
            ("2026-11-22T15:59:59Z", Urgency::Soon),
            ("2026-11-22T16:00:00Z", Urgency::Today),
            ("2026-11-23T15:59:59Z", Urgency::Today),
            ("2026-11-23T15:59:59.999Z", Urgency::Today),
            ("2026-11-23T16:00:00Z", Urgency::Overdue),
        ] {
            assert_eq!(urgency(end, at(now)), want, "{now}");
        }
        assert_eq!(urgency(None, at("2026-11-23T16:00:00Z")), Urgency::NeverDone);
    }

    #[test]
    fn case_14_a_visit_on_the_first_or_last_day_of_a_cycle_counts_for_that_whole_day() {
        let shanghai = |text: &str| text.parse::<chrono::NaiveDateTime>().unwrap();
        for (every, first, last) in [
            (Every::Days(7), "2026-11-16", "2026-11-23"),
            (Every::Days(90), "2026-11-30", "2027-02-28"),
            (Every::Months(1), "2026-01-31", "2026-02-28"),
            (Every::Months(3), "2027-11-29", "2028-02-29"),
            (Every::Months(12), "2028-02-29", "2029-02-28"),
        ] {
            let ends = ["00:00:00", "12:34:56", "23:59:59"]
                .map(|time| every.end(shanghai(&format!("{first}T{time}"))));
            let end = Some(shanghai(&format!("{last}T23:59:59")));
            assert_eq!(ends, [end; 3], "{every:?} from any time of {first}");
            let end = end.map(from_shanghai);
            for (time, want) in [("00:00:00", Urgency::Today), ("23:59:59.999", Urgency::Today)] {
                let now = from_shanghai(shanghai(&format!("{last}T{time}")));
                assert_eq!(urgency(end, now), want, "{every:?} on {last} at {time}");
            }
            let next = end.unwrap() + chrono::TimeDelta::seconds(1);
            assert_eq!(urgency(Some(end.unwrap()), next), Urgency::Overdue, "the day after {last}");
        }
    }
}
