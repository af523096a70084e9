//! What is due at a point, over all duties at once: from the rulebook's periods, the operator's plan, the items of
//! inspections, and all records that are known, from whichever tablet. Device, server and screens ask the same.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

mod done;
mod duty;

use crate::calendar::WorkDays;
use crate::clock::shanghai_date;
use crate::form::{Form, Label};
use crate::id::{FormCode, InstrumentId, PersonId, PointId};
use crate::pause::Pause;
use crate::plan::PlanItem;
use crate::register::Instrument;
use crate::rulebook::{Every, Rulebook};

pub use done::Done;

/// How soon a duty's end asks for attention, in the order in which it hurts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// 逾期.
    Overdue,
    /// Ends today.
    Today,
    /// No record of it is known here.
    NeverDone,
    /// Ends within a week; of short periods within their last third.
    Soon,
    /// Done, and its end is not near.
    Later,
    /// It rests: the source is shut down, or the instrument is out of service.
    Paused,
    /// A machine does it; it is attested at the weekly visit and never nags.
    Attested,
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
    /// Only the items of the form that have this longest interval; nothing for the whole form.
    pub items_days: Option<u32>,
    /// When it was last done.
    pub last_done: Option<DateTime<Utc>>,
    /// The last moment; nothing if it was never done, or a machine does it.
    pub due: Option<DateTime<Utc>>,
    /// How soon.
    pub urgency: Urgency,
    /// Since when it rests.
    pub paused_since: Option<DateTime<Utc>>,
    /// The longest interval, or how soon it follows other work.
    pub every: Every,
    /// Where it is written.
    pub clause: Label,
    /// True if the period rests on memory or is unclear: 依据待核.
    pub to_be_checked: bool,
    /// True if working days were counted in a year whose calendar is not known.
    pub is_provisional: bool,
    /// Who does it by the plan, or looks after the point; empty where nobody is named.
    pub persons: Vec<PersonId>,
}

/// All that is known of a point when its duties are asked for.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// Which.
    pub point: &'a PointId,
    /// Its instruments.
    pub instruments: &'a [Instrument],
    /// The forms that can be begun there.
    pub forms: &'a [&'a Form],
    /// The rules that hold there.
    pub rules: &'a Rulebook,
    /// Lines of the plan; those of other points say nothing here.
    pub plan: &'a [PlanItem],
    /// Its pauses.
    pub pauses: &'a [Pause],
    /// What was done there.
    pub done: &'a Done,
    /// The working days.
    pub work: &'a WorkDays,
}

/// The duties of a point, what hurts most first.
pub fn due(place: &Place<'_>, now: DateTime<Utc>) -> Vec<Due> {
    let mut all: Vec<Due> = Vec::new();
    for form in place.forms {
        for mine in duty::of_form(place, form, now) {
            match all.iter_mut().find(|other| is_same_but_instruments(other, &mine)) {
                Some(same) => same.instruments.extend(mine.instruments),
                None => all.push(mine),
            }
        }
    }
    sort(&mut all, |duty| duty);
    all
}

fn is_same_but_instruments(one: &Due, other: &Due) -> bool {
    // A duty of the whole point is not one of its instruments.
    one.instruments.is_empty() == other.instruments.is_empty()
        && (&one.form, one.due, one.every, one.urgency, one.items_days, one.paused_since)
            == (&other.form, other.due, other.every, other.urgency, other.items_days, other.paused_since)
}

/// Puts what hurts most first, then the earlier end.
pub fn sort<T>(items: &mut [T], duty: impl Fn(&T) -> &Due) {
    items.sort_by_key(|item| (duty(item).urgency, duty(item).due));
}

/// How soon a period's end asks for attention.
fn urgency(end: Option<DateTime<Utc>>, every: Every, now: DateTime<Utc>) -> Urgency {
    let Some(end) = end else { return Urgency::NeverDone };
    let days = (shanghai_date(end) - shanghai_date(now)).num_days();
    let soon = i64::from((every.days_about() / 3).clamp(1, 7));
    match days {
        // The last second is whole: a day's end is its last second.
        _ if now.timestamp() > end.timestamp() => Urgency::Overdue,
        0 => Urgency::Today,
        _ if days <= soon => Urgency::Soon,
        _ => Urgency::Later,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::from_shanghai;

    #[test]
    fn a_period_of_days_ends_with_its_last_day_in_shanghai() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let end = Some(at("2026-11-23T15:59:59Z"));
        let monthly = Every::Months(1);
        for (every, now, want) in [
            (monthly, "2026-11-15T00:00:00Z", Urgency::Later),
            (monthly, "2026-11-16T00:00:00Z", Urgency::Soon),
            (Every::Days(7), "2026-11-20T00:00:00Z", Urgency::Later),
            (Every::Days(7), "2026-11-21T00:00:00Z", Urgency::Soon),
            (monthly, "2026-11-22T15:59:59Z", Urgency::Soon),
            (monthly, "2026-11-22T16:00:00Z", Urgency::Today),
            (monthly, "2026-11-23T15:59:59Z", Urgency::Today),
            (monthly, "2026-11-23T15:59:59.999Z", Urgency::Today),
            (monthly, "2026-11-23T16:00:00Z", Urgency::Overdue),
        ] {
            assert_eq!(urgency(end, every, at(now)), want, "{every:?} {now}");
        }
        assert_eq!(urgency(None, monthly, at("2026-11-23T16:00:00Z")), Urgency::NeverDone);
    }

    #[test]
    fn case_14_a_visit_on_the_first_or_last_day_of_a_cycle_counts_for_that_whole_day() {
        let shanghai = |text: &str| text.parse::<chrono::NaiveDateTime>().unwrap();
        let work = WorkDays::default();
        for (every, first, last) in [
            (Every::Days(7), "2026-11-16", "2026-11-23"),
            (Every::Days(90), "2026-11-30", "2027-02-28"),
            (Every::Months(1), "2026-01-31", "2026-02-28"),
            (Every::Months(3), "2027-11-29", "2028-02-29"),
            (Every::Months(12), "2028-02-29", "2029-02-28"),
        ] {
            let ends = ["00:00:00", "12:34:56", "23:59:59"]
                .map(|time| every.end(shanghai(&format!("{first}T{time}")), &work));
            let end = Some(shanghai(&format!("{last}T23:59:59")));
            assert_eq!(ends, [end; 3], "{every:?} from any time of {first}");
            let end = end.map(from_shanghai);
            for (time, want) in [("00:00:00", Urgency::Today), ("23:59:59.999", Urgency::Today)] {
                let now = from_shanghai(shanghai(&format!("{last}T{time}")));
                assert_eq!(urgency(end, every, now), want, "{every:?} on {last} at {time}");
            }
            let next = end.unwrap() + chrono::TimeDelta::seconds(1);
            assert_eq!(urgency(Some(end.unwrap()), every, next), Urgency::Overdue, "the day after {last}");
        }
    }
}
