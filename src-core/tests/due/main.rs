//! What is due, against a slow computation that walks the calendar day by day: month ends, leap days, shutdowns, clocks
//! that run ahead, records that arrive late, local overlays and the plan.
#![expect(clippy::unwrap_used, reason = "what helps a test is a test")]

use std::sync::LazyLock;

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc, Weekday};
use proptest::prelude::*;
use stackside_core::calendar::WorkDays;
use stackside_core::clock::{from_shanghai, shanghai_date};
use stackside_core::definition::Definitions;
use stackside_core::due::{Done, Due, Place, Urgency, due};
use stackside_core::id::InstrumentId;
use stackside_core::pause::Pause;
use stackside_core::plan::PlanItem;
use stackside_core::register::Instrument;
use stackside_core::rulebook::{Every, InShutdown, PeriodRule, Rulebook, in_force};

static ALL: LazyLock<Definitions> = LazyLock::new(|| Definitions::built_in().unwrap());
const FORM: &str = "HJ75-G4";

type Time = DateTime<Utc>;

/// Minutes from the begin of 2027-09 in Asia/Shanghai: half a year around the leap day of 2028.
fn moment(minutes: i64) -> Time {
    let begin = NaiveDate::from_ymd_opt(2027, 9, 1).unwrap().and_hms_opt(0, 0, 0).unwrap();
    from_shanghai(begin + TimeDelta::minutes(minutes))
}

const HALF_YEAR: i64 = 200 * 24 * 60;

fn moments() -> impl Strategy<Value = Time> {
    // Half of them at the first and the last minute of a day.
    prop_oneof![
        0..HALF_YEAR,
        (0_i64..200).prop_map(|day| day * 24 * 60),
        (1_i64..200).prop_map(|day| day * 24 * 60 - 1),
    ]
    .prop_map(moment)
}

fn lengths() -> impl Strategy<Value = Every> {
    prop_oneof![
        (1_u32..400).prop_map(Every::Hours),
        (1_u32..120).prop_map(Every::Days),
        (1_u32..7).prop_map(Every::Months),
        Just(Every::Quarter),
    ]
}

fn shutdowns() -> impl Strategy<Value = InShutdown> {
    prop_oneof![
        Just(InShutdown::Rests),
        Just(InShutdown::GoesOn),
        (1_u32..4).prop_map(InShutdown::GoesOnForMonths),
    ]
}

/// Of an instrument out of service, or of the whole source; one after another.
fn pauses() -> impl Strategy<Value = Vec<(bool, Time, Option<Time>)>> {
    prop::collection::vec((any::<bool>(), moments(), prop::option::of(1_i64..150 * 24 * 60)), 0..4).prop_map(
        |all| {
            let until = |(of_point, since, length): (bool, Time, Option<i64>)| {
                (of_point, since, length.map(|minutes| since + TimeDelta::minutes(minutes)))
            };
            all.into_iter().map(until).collect()
        },
    )
}

fn instrument() -> Instrument {
    let text = r#"{"id": "I", "point": "P", "kind": "gas", "factor": "SO2", "sampling": "extractive", "brand": "",
        "model": "", "manufacturer": "", "serial_no": "", "principle": "", "construction_state": ""}"#;
    serde_json::from_str(text).unwrap()
}

fn rule(every: Every, in_shutdown: InShutdown) -> PeriodRule {
    let plain = ALL.rulebooks[0].periods.iter().find(|rule| rule.form.as_str() == FORM).unwrap();
    let (mut hours, mut days, mut months, mut quarterly) = (None, None, None, false);
    match every {
        Every::Hours(count) => hours = Some(count),
        Every::Days(count) => days = Some(count),
        Every::Months(count) => months = Some(count),
        _ => quarterly = true,
    }
    PeriodRule {
        hours,
        days,
        months,
        quarterly,
        in_shutdown,
        kinds: vec![instrument().kind],
        auto_calibration: None,
        ..plain.clone()
    }
}

/// The last moment of a period, one day after the other.
fn slow_end(every: Every, from: Time) -> Time {
    if let Every::Hours(hours) = every {
        return (0..hours * 60).fold(from, |at, _| at + TimeDelta::minutes(1));
    }
    let first = shanghai_date(from);
    let is_last_of_month = |day: NaiveDate| day.succ_opt().unwrap().day() == 1;
    let mut day = first;
    let mut seen = 0;
    loop {
        let done = match every {
            Every::Days(days) => seen == days,
            Every::Months(months) => seen == months,
            // The last day of the next quarter is the second end of a quarter from the first day on.
            _ => seen == 2,
        };
        if done {
            break;
        }
        let is_quarters_end = |day: NaiveDate| is_last_of_month(day) && day.month().is_multiple_of(3);
        if let Every::Quarter = every
            && is_quarters_end(day)
        {
            seen += 1;
            if seen == 2 {
                break;
            }
        }
        day = day.succ_opt().unwrap();
        match every {
            Every::Days(_) => seen += 1,
            Every::Months(_) => {
                let is_clipped = is_last_of_month(day) && day.day() < first.day();
                seen += u32::from(day.day() == first.day() || is_clipped);
            }
            _ => {}
        }
    }
    last_second(day)
}

fn last_second(day: NaiveDate) -> Time {
    from_shanghai(day.and_hms_opt(23, 59, 59).unwrap())
}

/// From when on a pause makes a duty rest.
fn slow_rest(of_point: bool, since: Time, in_shutdown: InShutdown) -> Option<Time> {
    match (of_point, in_shutdown) {
        (false, _) | (true, InShutdown::Rests) => Some(since),
        (true, InShutdown::GoesOn) => None,
        (true, InShutdown::GoesOnForMonths(months)) => {
            let day = shanghai_date(slow_end(Every::Months(months), since));
            Some(since + (day - shanghai_date(since)))
        }
    }
}

/// End and urgency as the words of the rules say it.
fn slow(
    rules: &[(Every, InShutdown)],
    plan: Option<(Every, NaiveDate)>,
    records: &[(Time, bool)],
    pauses: &[(bool, Time, Option<Time>)],
    now: Time,
) -> (Option<Time>, Urgency) {
    let last = records.iter().filter(|(_, is_void)| !is_void).map(|(at, _)| (*at).min(now)).max();
    let mut bonds: Vec<(Every, InShutdown, Option<Time>)> =
        rules.iter().map(|(every, in_shutdown)| (*every, *in_shutdown, last)).collect();
    if let Some((every, from)) = plan {
        let begun = from_shanghai(from.and_hms_opt(0, 0, 0).unwrap());
        bonds.push((every, rules[0].1, Some(last.map_or(begun, |last| last.max(begun)))));
    }
    let judged = bonds.into_iter().map(|(every, in_shutdown, from)| {
        let mut rests: Vec<(Time, Option<Time>)> = pauses
            .iter()
            .filter_map(|(of_point, since, until)| Some((slow_rest(*of_point, *since, in_shutdown)?, *until)))
            .filter(|(since, until)| until.is_none_or(|until| until > *since))
            .collect();
        rests.sort();
        let mut end = from.map(|from| slow_end(every, from));
        // As long as it ends in a pause, it moves to the day after that pause.
        while let Some((_, until)) = rests
            .iter()
            .filter_map(|(since, until)| Some((*since, (*until)?)))
            .find(|(since, until)| end.is_some_and(|end| *since <= end && end < *until))
        {
            end = Some(last_second(shanghai_date(until)));
        }
        let rests_now =
            rests.iter().any(|(since, until)| *since <= now && until.is_none_or(|until| now < until));
        let soon_days = i64::from((every.days_about() / 3).clamp(1, 7));
        let urgency = match end {
            _ if rests_now => Urgency::Paused,
            None => Urgency::NeverDone,
            Some(end) if now.timestamp() > end.timestamp() => Urgency::Overdue,
            Some(end) if shanghai_date(end) == shanghai_date(now) => Urgency::Today,
            Some(end) if shanghai_date(end) <= shanghai_date(now) + TimeDelta::days(soon_days) => {
                Urgency::Soon
            }
            Some(_) => Urgency::Later,
        };
        (end, urgency, every.days_about())
    });
    let rank = |urgency: Urgency| match urgency {
        Urgency::Overdue | Urgency::Today => 0,
        Urgency::NeverDone => 1,
        _ => 2,
    };
    let nearest = judged.min_by_key(|(end, urgency, about)| (rank(*urgency), *end, *about)).unwrap();
    (nearest.0, nearest.1)
}

fn place_of(book: &Rulebook, plan: &[PlanItem], pauses: &[Pause], done: &Done, now: Time) -> Vec<Due> {
    let instruments = [instrument()];
    let form = ALL.form(FORM, None).unwrap();
    let place = Place {
        point: &"P".parse().unwrap(),
        instruments: &instruments,
        forms: &[form],
        rules: book,
        plan,
        pauses,
        done,
        work: &ALL.work,
    };
    due(&place, now)
}

proptest! {
    #[test]
    fn the_due_list_is_what_one_finds_by_walking_the_calendar(
        rules in prop::collection::vec((lengths(), shutdowns()), 1..3),
        plan in prop::option::of((lengths(), 0_i64..200)),
        records in prop::collection::vec((moments(), any::<bool>()), 0..5),
        pauses in pauses(),
        now in moments(),
    ) {
        let id: InstrumentId = "I".parse().unwrap();
        let nation = Rulebook {
            periods: vec![rule(rules[0].0, rules[0].1)],
            valid_from: "2020-01-01".parse().unwrap(),
            ..ALL.rulebooks[0].clone()
        };
        // A second rule is that of the city.
        let city = rules.get(1).map(|(every, in_shutdown)| Rulebook {
            id: "CN-31".parse().unwrap(),
            jurisdiction: "CN-31".parse().unwrap(),
            periods: vec![rule(*every, *in_shutdown)],
            ..nation.clone()
        });
        let books: Vec<Rulebook> = [nation].into_iter().chain(city).collect();
        let book = in_force(&books, &"CN-31".parse().unwrap(), "2027-09-01".parse().unwrap()).unwrap();
        let plan = plan.map(|(every, day)| (every, shanghai_date(moment(day * 24 * 60))));
        let items: Vec<PlanItem> = plan.iter().map(|(every, from)| PlanItem {
            id: "L1".parse().unwrap(),
            point: "P".parse().unwrap(),
            persons: vec!["Z".parse().unwrap()],
            instruments: vec![id.clone()],
            form: FORM.parse().unwrap(),
            every: *every,
            from: *from,
        }).collect();
        let known: Vec<Pause> = pauses.iter().map(|(of_point, since, until)| Pause {
            instrument: (!of_point).then(|| id.clone()),
            since: *since,
            until: *until,
            reason: String::new(),
        }).collect();
        // However late a record arrives, and from whichever tablet, the list is the same.
        let heard = |backwards: bool| {
            let mut done = Done::default();
            let mut note = |(at, is_void): &(Time, bool)| {
                if !is_void {
                    done.note(FORM.parse().unwrap(), Some(id.clone()), *at);
                }
            };
            match backwards {
                true => records.iter().rev().for_each(&mut note),
                false => records.iter().for_each(&mut note),
            }
            place_of(&book, &items, &known, &done, now)
        };
        let (list, other) = (heard(false), heard(true));
        prop_assert_eq!(&list, &other);
        let (end, urgency) = slow(&rules, plan, &records, &pauses, now);
        prop_assert_eq!(list.iter().map(|due| (due.due, due.urgency)).collect::<Vec<_>>(), [(end, urgency)]);
        prop_assert_eq!(list[0].paused_since.is_some(), urgency == Urgency::Paused);
        prop_assert!(list[0].last_done.is_none_or(|last| last <= now));
    }

    #[test]
    fn working_days_are_what_one_counts_on_the_wall_calendar(day in 0_i64..800, count in 0_u32..30) {
        let work = WorkDays::built_in().unwrap();
        let from = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap() + TimeDelta::days(day);
        let mut at = from;
        for _ in 0..count {
            at = at.succ_opt().unwrap();
            while !work.is_working(at) {
                at = at.succ_opt().unwrap();
            }
        }
        prop_assert_eq!(work.after(from, count), Some(at));
        if !work.knows(at) {
            prop_assert!(count == 0 || !matches!(at.weekday(), Weekday::Sat | Weekday::Sun));
        }
    }
}

mod duties;
