//! The duties that one form fulfils at a point. Of all periods that bind, the earlier end holds.

use std::collections::BTreeMap;

use chrono::{DateTime, Months, NaiveDate, NaiveDateTime, NaiveTime, Utc};

use super::{Due, Place, Urgency, urgency};
use crate::clock::{from_shanghai, shanghai_time};
use crate::form::{AnswerKey, Field, Form, Label, blocks, item_of};
use crate::id::{InstrumentId, PersonId};
use crate::pause::Pause;
use crate::plan::PlanItem;
use crate::register::Instrument;
use crate::rulebook::{Every, InShutdown, Mode, PeriodRule};

type Time = DateTime<Utc>;

/// What binds: a period or a line of the plan, with the moment from which it counts.
struct Bond<'a> {
    every: Every,
    /// In Asia/Shanghai; nothing if it was never done.
    from: Option<NaiveDateTime>,
    clause: Label,
    to_be_checked: bool,
    in_shutdown: InShutdown,
    /// The line of the plan.
    item: Option<&'a PlanItem>,
}

/// A form at a place, now.
struct Duties<'a> {
    place: &'a Place<'a>,
    form: &'a Form,
    now: Time,
    /// The rules that speak of the form.
    rules: Vec<&'a PeriodRule>,
    /// The lines of the plan that do, at this point.
    plan: Vec<&'a PlanItem>,
}

/// All duties of a form, each of one instrument or of the whole point.
pub(super) fn of_form(place: &Place<'_>, form: &Form, now: Time) -> Vec<Due> {
    let rules: Vec<_> = place.rules.periods.iter().filter(|rule| rule.form == form.code).collect();
    let is_mine = |item: &&PlanItem| item.form == form.code && item.point == *place.point;
    let plan: Vec<_> = place.plan.iter().filter(is_mine).collect();
    let duties = Duties { place, form, now, rules, plan };
    let mut all: Vec<Due> = place.instruments.iter().flat_map(|one| duties.of(Some(one))).collect();
    all.extend(duties.of(None));
    all.extend(duties.of_items());
    all
}

impl<'a> Duties<'a> {
    /// The duty of an instrument, or for nothing of the whole point; and what a machine does there.
    fn of(&self, instrument: Option<&Instrument>) -> Vec<Due> {
        let rules: Vec<&PeriodRule> =
            self.rules.iter().copied().filter(|rule| self.holds(rule, instrument)).collect();
        let by_hand = rules.iter().filter(|rule| rule.mode == Mode::Manual);
        let id = instrument.map(|instrument| &instrument.id);
        let in_shutdown = rules.first().map(|rule| rule.in_shutdown).unwrap_or_default();
        let bonds = by_hand.filter_map(|rule| self.bond_of_rule(rule, id));
        let bonds: Vec<Bond<'_>> = bonds.chain(self.bonds_of_plan(id, in_shutdown)).collect();
        let nearest = bonds.iter().map(|bond| self.due(bond, id)).min_by_key(|due| {
            // What was never done comes before an end that is still ahead.
            let rank = match due.urgency {
                Urgency::Overdue | Urgency::Today => 0,
                Urgency::NeverDone => 1,
                _ => 2,
            };
            (rank, due.due, due.every.days_about())
        });
        let machines = rules.iter().filter(|rule| rule.mode != Mode::Manual);
        nearest.into_iter().chain(machines.map(|rule| self.attested(rule, id))).collect()
    }

    fn holds(&self, rule: &PeriodRule, instrument: Option<&Instrument>) -> bool {
        match instrument {
            Some(instrument) => rule.is_of_instruments() && rule.fits(instrument),
            None => rule.holds_at(self.place.instruments),
        }
    }

    /// A clock that ran ahead must not lengthen a period: what is dated after now was done now.
    fn last(&self, id: Option<&InstrumentId>) -> Option<Time> {
        self.place.done.last(&self.form.code, id).map(|at| at.min(self.now))
    }

    /// Nothing for what follows other work, while that was not done or was followed already.
    fn bond_of_rule(&self, rule: &'a PeriodRule, id: Option<&InstrumentId>) -> Option<Bond<'a>> {
        let last = self.last(id);
        let from = if rule.after.is_empty() {
            last
        } else {
            let cause = rule.after.iter().filter_map(|form| self.place.done.last(form, id)).max()?;
            if last.is_some_and(|last| last >= cause) {
                return None;
            }
            Some(cause.min(self.now))
        };
        let from = from.map(shanghai_time);
        Some(Bond {
            every: rule.every(),
            from,
            clause: rule.clause.clone(),
            to_be_checked: rule.basis.to_be_checked(),
            in_shutdown: rule.in_shutdown,
            item: None,
        })
    }

    fn bonds_of_plan(&self, id: Option<&InstrumentId>, in_shutdown: InShutdown) -> Vec<Bond<'a>> {
        let is_mine = |item: &&&PlanItem| match id {
            Some(id) => item.instruments.contains(id),
            None => item.instruments.is_empty(),
        };
        let bond = |item: &&'a PlanItem| {
            // As if it had been done on the plan's first day.
            let begun = item.from.and_time(NaiveTime::MIN);
            Bond {
                every: item.every,
                from: Some(self.last(id).map_or(begun, |last| shanghai_time(last).max(begun))),
                clause: Label { zh: "运维计划".to_owned(), en: "O&M plan".to_owned() },
                to_be_checked: false,
                in_shutdown,
                item: Some(item),
            }
        };
        self.plan.iter().filter(is_mine).map(bond).collect()
    }

    fn due(&self, bond: &Bond<'_>, id: Option<&InstrumentId>) -> Due {
        let work = self.place.work;
        let end = bond.from.and_then(|from| bond.every.end(from, work));
        let pauses = self.pauses(bond.in_shutdown, id);
        let end = end.map(|end| postponed(from_shanghai(end), &pauses));
        let paused_since = pauses.iter().find(|pause| pause.holds(self.now)).map(|pause| pause.since);
        let urgency = match paused_since {
            Some(_) => Urgency::Paused,
            None => urgency(end, bond.every, self.now),
        };
        let is_provisional =
            bond.every.counts_work() && end.is_some_and(|end| !work.knows(shanghai_time(end).date()));
        Due {
            point: self.place.point.clone(),
            form: self.form.code.clone(),
            instruments: id.into_iter().cloned().collect(),
            items_days: None,
            last_done: self.last(id),
            due: end,
            urgency,
            paused_since,
            every: bond.every,
            clause: bond.clause.clone(),
            to_be_checked: bond.to_be_checked,
            is_provisional,
            persons: self.persons(bond.item),
        }
    }

    fn attested(&self, rule: &'a PeriodRule, id: Option<&InstrumentId>) -> Due {
        let bond = Bond {
            every: rule.every(),
            from: None,
            clause: rule.clause.clone(),
            to_be_checked: rule.basis.to_be_checked(),
            in_shutdown: rule.in_shutdown,
            item: None,
        };
        let due = self.due(&bond, id);
        let urgency = if due.urgency == Urgency::Paused { Urgency::Paused } else { Urgency::Attested };
        Due { urgency, ..due }
    }

    /// Those that the line of the plan names; otherwise who does the form by the plan, or anything at the point.
    fn persons(&self, item: Option<&PlanItem>) -> Vec<PersonId> {
        if let Some(item) = item {
            return item.persons.clone();
        }
        let of_point = self.place.plan.iter().filter(|item| item.point == *self.place.point);
        let all: Vec<&PlanItem> = if self.plan.is_empty() { of_point.collect() } else { self.plan.clone() };
        let mut persons: Vec<PersonId> = all.iter().flat_map(|item| item.persons.iter().cloned()).collect();
        persons.sort();
        persons.dedup();
        persons
    }

    /// The times in which a duty rests, in order.
    fn pauses(&self, in_shutdown: InShutdown, id: Option<&InstrumentId>) -> Vec<Rest> {
        let rest = |pause: &Pause| {
            let since = match (&pause.instrument, in_shutdown) {
                (Some(out), _) if Some(out) != id => return None,
                (Some(_), _) | (None, InShutdown::Rests) => pause.since,
                (None, InShutdown::GoesOn) => return None,
                (None, InShutdown::GoesOnForMonths(months)) => {
                    let full = shanghai_time(pause.since).checked_add_months(Months::new(months))?;
                    from_shanghai(full)
                }
            };
            pause.until.is_none_or(|until| until > since).then_some(Rest { since, until: pause.until })
        };
        let mut rests: Vec<Rest> = self.place.pauses.iter().filter_map(rest).collect();
        rests.sort_by_key(|rest| rest.since);
        rests
    }

    /// The items of an inspection that come round less often than the inspection, by their longest interval. An inspection
    /// that was never done says so itself.
    fn of_items(&self) -> Vec<Due> {
        let own = self.rules.iter().filter(|rule| rule.holds_at(self.place.instruments));
        let Some(own) = own.min_by_key(|rule| rule.every().days_about()) else { return vec![] };
        if self.last(None).is_none() {
            return vec![];
        }
        // One that was never done is not asked here, or the next inspection asks for it again.
        let mut firsts: BTreeMap<u32, NaiveDate> = BTreeMap::new();
        for (key, days) in self.items(own.every().days_about()) {
            let Some(on) = self.place.done.last_item(&self.form.code, &item_of(&key)) else { continue };
            let first = firsts.entry(days).or_insert(on);
            *first = on.min(*first);
        }
        firsts.into_iter().map(|(days, on)| self.of_interval(own, days, on)).collect()
    }

    /// The items that have to be done every so many days, of which the longest ago was done on `on`.
    fn of_interval(&self, own: &PeriodRule, days: u32, on: NaiveDate) -> Due {
        let bond = Bond {
            every: Every::Days(days),
            from: Some(on.min(shanghai_time(self.now).date()).and_time(NaiveTime::MIN)),
            clause: self.form.standard.clone(),
            to_be_checked: self.form.basis.to_be_checked(),
            in_shutdown: own.in_shutdown,
            item: None,
        };
        let last_done = bond.from.map(from_shanghai);
        Due { items_days: Some(days), last_done, ..self.due(&bond, None) }
    }

    fn items(&self, longer_than_days: u32) -> Vec<(AnswerKey, u32)> {
        let blocks = blocks(self.form, self.place.instruments);
        let of_block = blocks.iter().flat_map(|block| {
            let item = |field: &Field| Some((block.key(&field.id), field.every_days?));
            block.fields().filter_map(item).collect::<Vec<_>>()
        });
        of_block.filter(|(_, days)| *days > longer_than_days).collect()
    }
}

/// A time in which one duty rests.
struct Rest {
    since: Time,
    until: Option<Time>,
}

impl Rest {
    fn holds(&self, now: Time) -> bool {
        self.since <= now && self.until.is_none_or(|until| until > now)
    }
}

/// What ends while it rests is due on the day on which work goes on; what ended before stays late, what ends later is not
/// lengthened.
fn postponed(end: Time, rests: &[Rest]) -> Time {
    let day_end = |at: Time| {
        let local = shanghai_time(at);
        local.date().and_hms_opt(23, 59, 59).map_or(at, from_shanghai)
    };
    rests.iter().fold(end, |end, rest| match rest.until {
        Some(until) if rest.since <= end && end < until => day_end(until),
        _ => end,
    })
}
