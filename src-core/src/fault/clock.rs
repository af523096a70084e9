//! The deadlines of a fault: when each began, when it ends, whether it was kept. Hours count exactly.

use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{Fault, StepKind};
use crate::clock::{from_shanghai, shanghai_date};
use crate::form::Label;
use crate::register::Medium;
use crate::rulebook::{DeadlineRule, FaultEvent, Rulebook};

/// One deadline of a fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultClock {
    /// What has to be done.
    pub event: FaultEvent,
    /// When it began to run. Of manual monitoring: the last sample.
    pub from: DateTime<Utc>,
    /// The last moment.
    pub end: DateTime<Utc>,
    /// When it was done.
    pub done: Option<DateTime<Utc>>,
    /// Of manual monitoring: intervals and whole days before this one that had too few samples.
    pub missed: u32,
    /// Of manual monitoring: the samples of today, and how many a day needs.
    pub today: Option<(u32, u32)>,
    /// Hours from beginning to end.
    pub hours: u32,
    /// Where it is written.
    pub clause: Label,
    /// True if it rests on memory or is unclear: 依据待核.
    pub to_be_checked: bool,
}

/// Where a deadline stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockState {
    /// Done too late, or not done and the time is over.
    Missed,
    /// Not done, and there is time left.
    Running,
    /// Done in time.
    Met,
}

impl FaultClock {
    /// Where it stands at a moment. The last moment itself is in time.
    pub fn state(&self, now: DateTime<Utc>) -> ClockState {
        match self.done {
            _ if self.done.unwrap_or(now) > self.end => ClockState::Missed,
            Some(_) if self.missed > 0 => ClockState::Missed,
            Some(_) => ClockState::Met,
            None => ClockState::Running,
        }
    }

    /// Time left until the end; below zero once it is over.
    pub fn left(&self, now: DateTime<Utc>) -> TimeDelta {
        self.end - now
    }

    fn of(rule: &DeadlineRule, from: DateTime<Utc>, done: Option<DateTime<Utc>>) -> Option<Self> {
        Some(Self {
            event: rule.event,
            from,
            end: from.checked_add_signed(length(rule))?,
            done,
            missed: 0,
            today: None,
            hours: rule.hours,
            clause: rule.clause.clone(),
            to_be_checked: rule.basis.to_be_checked(),
        })
    }
}

fn length(rule: &DeadlineRule) -> TimeDelta {
    TimeDelta::hours(i64::from(rule.hours))
}

impl Fault {
    /// The deadlines that have begun, those that need attention first.
    pub fn clocks(&self, rules: &Rulebook, medium: Medium, now: DateTime<Utc>) -> Vec<FaultClock> {
        let (Some(noticed), Some(part), None) = (self.at(StepKind::Noticed), self.part(), self.withdrawn())
        else {
            return vec![];
        };
        let holding = rules.deadlines.iter().filter(|rule| rule.holds(medium, part));
        let clocks = holding.filter_map(|rule| match rule.event {
            FaultEvent::ManualMonitoring => self.monitoring(rule, noticed, now),
            event => FaultClock::of(rule, self.at(rule.from)?, self.done(event)),
        });
        let mut clocks: Vec<FaultClock> = clocks.collect();
        clocks.sort_by_key(|clock| (clock.done.is_some(), clock.end));
        clocks
    }

    fn done(&self, event: FaultEvent) -> Option<DateTime<Utc>> {
        let first = |kinds: &[StepKind]| kinds.iter().find_map(|kind| self.at(*kind));
        use StepKind::{Arrived, BackInService, Repaired, Reported};
        match event {
            FaultEvent::Report => first(&[Reported]),
            // Repaired from afar: nobody had to go there.
            FaultEvent::Arrive => first(&[Arrived, Repaired, BackInService]),
            FaultEvent::Repair => first(&[Repaired, BackInService]),
            FaultEvent::Back | FaultEvent::ManualMonitoring => first(&[BackInService]),
        }
    }

    fn monitoring(
        &self,
        rule: &DeadlineRule,
        noticed: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Option<FaultClock> {
        let (back, interval) = (self.done(rule.event), length(rule));
        let end = back.unwrap_or(now);
        let samples = self.standing(StepKind::ManualMonitoring).map(|one| one.step.at);
        let samples: Vec<DateTime<Utc>> = samples.filter(|at| *at >= noticed && *at <= end).collect();
        let starts = std::iter::once(noticed).chain(samples.iter().copied());
        let gaps = starts.zip(&samples).filter(|(from, to)| **to - *from > interval).count();
        let last = samples.last().copied().unwrap_or(noticed);
        let mut clock = FaultClock::of(rule, last, back)?;
        let short = rule.per_day.map_or(0, |least| days_short(&samples, noticed, end, least));
        clock.missed = u32::try_from(gaps + short).unwrap_or(u32::MAX);
        clock.today = rule
            .per_day
            .filter(|_| back.is_none())
            .map(|least| (of_day(&samples, shanghai_date(now)), least));
        Some(clock)
    }
}

/// How many days that it was down from midnight to midnight have fewer samples than `least`.
fn days_short(samples: &[DateTime<Utc>], noticed: DateTime<Utc>, end: DateTime<Utc>, least: u32) -> usize {
    let begins_within = from_shanghai(shanghai_date(noticed).and_time(NaiveTime::MIN)) == noticed;
    let first = if begins_within { Some(shanghai_date(noticed)) } else { shanghai_date(noticed).succ_opt() };
    let last = shanghai_date(end);
    let days = std::iter::successors(first, |day| day.checked_add_days(Days::new(1)));
    days.take_while(|day| *day < last).filter(|day| of_day(samples, *day) < least).count()
}

fn of_day(samples: &[DateTime<Utc>], day: chrono::NaiveDate) -> u32 {
    let count = samples.iter().filter(|at| shanghai_date(**at) == day).count();
    u32::try_from(count).unwrap_or(u32::MAX)
}
