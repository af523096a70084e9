//! Proven time and the day of a visit (design.md §4): what entries, satellites and receipts together say of when.
//!
//! The boot clock alone runs on whatever anyone sets. So one time that comes from outside, with the boot clock's reading
//! beside it, tells when that boot began, and with it when each entry of the boot was made, those before it too.
//!
//! A receipt says two things. Where the tablet notes when on its boot clock it came, in the entries that follow, it is such a time:
//! early by what the answer was under way, a minute at most. And everyone who holds the receipt knows that the entry it
//! names, and all before it, were made no later. An entry may wait for days until a server has it: alone that refutes
//! a wall clock that is ahead and proves none that is behind.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use crate::clock::{Clocks, JUMP, TimeProof, boot_time, shanghai_date};

/// When something was, and how well that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProvenTime {
    /// The moment.
    pub at: DateTime<Utc>,
    /// What it rests on.
    pub proof: TimeProof,
}

/// What is known of the starts of one machine. The order in which it learns hardly matters: that of the log is the best.
#[derive(Debug, Clone, Default)]
pub struct Boots(BTreeMap<String, Boot>);

/// When a boot clock stood at zero.
#[derive(Debug, Clone, Copy, Default)]
struct Boot {
    /// By the first satellite time.
    satellite: Option<DateTime<Utc>>,
    /// By the first receipt that came.
    receipt: Option<DateTime<Utc>>,
    /// It was no later, by the receipts that name its entries.
    latest: Option<DateTime<Utc>>,
}

impl Boots {
    /// Takes the times that an entry's clocks had heard of.
    pub fn learn(&mut self, clocks: &Clocks) {
        let boot = self.of(clocks);
        let began = |heard: &crate::clock::HeardTime| heard.boot_began();
        boot.satellite = boot.satellite.or_else(|| clocks.satellite.as_ref().and_then(began));
        boot.receipt = boot.receipt.or_else(|| clocks.receipt.as_ref().and_then(began));
    }

    /// A server held the entry with these clocks at `server_time`.
    pub fn received(&mut self, clocks: &Clocks, server_time: DateTime<Utc>) {
        let boot = self.of(clocks);
        let began = boot_time(clocks.boot_ms).and_then(|passed| server_time.checked_sub_signed(passed));
        boot.latest = boot.latest.into_iter().chain(began).min();
    }

    fn of(&mut self, clocks: &Clocks) -> &mut Boot {
        self.0.entry(clocks.boot_id.clone()).or_default()
    }

    /// True if more can be learnt of the boot of these clocks: nothing from outside was heard in it yet.
    pub fn is_open(&self, clocks: &Clocks) -> bool {
        self.0.get(&clocks.boot_id).is_none_or(|boot| boot.satellite.or(boot.receipt).is_none())
    }

    /// When the entry with these clocks was made. What it had heard itself comes before what others of its boot had;
    /// satellites before receipts: a server's clock may be wrong. A wall clock that nothing proves stands, unless it is
    /// ahead of the receipt that came after it.
    pub fn time_of(&self, clocks: &Clocks) -> ProvenTime {
        let boot = self.0.get(&clocks.boot_id).copied().unwrap_or_default();
        let passed = boot_time(clocks.boot_ms);
        let after = |began: Option<DateTime<Utc>>| began?.checked_add_signed(passed?);
        let own = |heard: Option<crate::clock::HeardTime>| heard.and_then(|heard| heard.boot_began());
        if let Some(at) = after(own(clocks.satellite).or(boot.satellite)) {
            return ProvenTime { at, proof: TimeProof::Satellite };
        }
        let said = match after(own(clocks.receipt).or(boot.receipt)) {
            Some(at) => ProvenTime { at, proof: TimeProof::Receipt },
            None => ProvenTime { at: clocks.wall.to_utc(), proof: TimeProof::Unproven },
        };
        let is_ahead = |latest: &DateTime<Utc>| said.at.signed_duration_since(*latest) > JUMP;
        match after(boot.latest).filter(is_ahead) {
            Some(at) => ProvenTime { at, proof: TimeProof::Receipt },
            None => said,
        }
    }
}

/// The day of a visit (V3, 同日): that of its last signed record; of its sign-in while nothing is signed. `signed` is when its records
/// were signed, in the order of the log, which no clock can change. Corrections are not among them: each opens a day of its own.
pub fn day_of_visit(
    signed_in: ProvenTime,
    signed: impl IntoIterator<Item = ProvenTime>,
) -> (NaiveDate, TimeProof) {
    let last = signed.into_iter().last().unwrap_or(signed_in);
    (shanghai_date(last.at), last.proof)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::HeardTime;
    use TimeProof::{Receipt, Satellite, Unproven};
    use chrono::TimeDelta;

    fn utc(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    /// Clocks of boot `a`, so many minutes after it began at 08:00 of 2026-11-23; `wall` is what was set.
    fn at(minutes: u64, wall: &str) -> Clocks {
        Clocks {
            wall: DateTime::parse_from_rfc3339(wall).unwrap(),
            boot_ms: minutes * 60_000,
            boot_id: "a".into(),
            satellite: None,
            receipt: None,
        }
    }
    fn heard(time: &str, minutes: u64) -> Option<HeardTime> {
        Some(HeardTime { time: utc(time), boot_ms: minutes * 60_000 })
    }

    #[test]
    fn a_time_is_proven_by_what_was_heard_in_the_same_boot_before_or_after_it() {
        const RIGHT: &str = "2026-11-23T09:00:00+08:00";
        const DAY_BACK: &str = "2026-11-22T09:00:00+08:00";
        const DAY_AHEAD: &str = "2026-11-24T09:00:00+08:00";
        let nothing = || vec![at(0, RIGHT)];
        let fix = || vec![Clocks { satellite: heard("2026-11-23T08:10:00+08:00", 10), ..at(10, RIGHT) }];
        let later_fix =
            || vec![Clocks { satellite: heard("2026-11-23T12:00:00+08:00", 240), ..at(250, RIGHT) }];
        let receipt = || vec![Clocks { receipt: heard("2026-11-23T12:00:00+08:00", 240), ..at(250, RIGHT) }];
        let slow = || vec![Clocks { receipt: heard("2026-11-23T11:51:00+08:00", 240), ..at(250, RIGHT) }];
        let both = || [slow(), later_fix()].concat();
        let other_boot = || {
            let other = Clocks { boot_id: "b".into(), ..later_fix().remove(0) };
            vec![other]
        };
        let cases = [
            ("nobody said anything", DAY_BACK, nothing(), DAY_BACK, Unproven),
            ("satellites before it", DAY_BACK, fix(), RIGHT, Satellite),
            ("satellites after it", DAY_AHEAD, later_fix(), RIGHT, Satellite),
            ("a receipt after it", DAY_BACK, receipt(), RIGHT, Receipt),
            ("a server nine minutes slow", RIGHT, slow(), "2026-11-23T08:51:00+08:00", Receipt),
            ("the same, and satellites", RIGHT, both(), RIGHT, Satellite),
            ("another boot", DAY_BACK, other_boot(), DAY_BACK, Unproven),
        ];
        for (name, wall, others, want, proof) in cases {
            let mut boots = Boots::default();
            others.iter().for_each(|clocks| boots.learn(clocks));
            let time = boots.time_of(&at(60, wall));
            assert_eq!(time, ProvenTime { at: utc(want), proof }, "{name}");
        }
    }

    #[test]
    fn a_receipt_that_names_an_entry_is_the_latest_that_it_can_have_been_made() {
        let cases = [
            ("right", "2026-11-23T09:00:00+08:00", "2026-11-23T09:00:00+08:00", Unproven),
            ("as much ahead as a jump", "2026-11-23T09:01:30+08:00", "2026-11-23T09:01:30+08:00", Unproven),
            ("further ahead", "2026-11-23T09:01:31+08:00", "2026-11-23T09:01:00+08:00", Receipt),
            ("a day ahead", "2026-11-24T09:00:00+08:00", "2026-11-23T09:01:00+08:00", Receipt),
            (
                "a day back, which an old entry would be",
                "2026-11-22T09:00:00+08:00",
                "2026-11-22T09:00:00+08:00",
                Unproven,
            ),
        ];
        for (name, wall, want, proof) in cases {
            let mut boots = Boots::default();
            // Two receipts over later entries of the boot: that which came sooner after its entry says more.
            for (minutes, server_time) in
                [(120, "2026-11-23T10:30:00+08:00"), (180, "2026-11-23T11:01:00+08:00")]
            {
                boots.received(&at(minutes, wall), utc(server_time));
            }
            assert_eq!(boots.time_of(&at(60, wall)), ProvenTime { at: utc(want), proof }, "{name}");
        }
    }

    #[test]
    fn a_receipt_that_the_server_cannot_have_given_yet_proves_nothing() {
        let forged =
            Clocks { receipt: heard("2026-11-25T09:00:00+08:00", 59), ..at(60, "2026-11-25T09:01:00+08:00") };
        let mut boots = Boots::default();
        boots.learn(&forged);
        boots.received(&forged, utc("2026-11-23T09:00:20+08:00"));
        let want = ProvenTime { at: utc("2026-11-23T09:00:20+08:00"), proof: Receipt };
        assert_eq!(boots.time_of(&forged), want);
    }

    #[test]
    fn clocks_beyond_all_calendars_are_no_reason_to_fail() {
        let mut clocks = at(0, "2026-11-23T09:00:00+08:00");
        clocks.boot_ms = u64::MAX;
        clocks.satellite = Some(HeardTime { time: DateTime::<Utc>::MAX_UTC, boot_ms: 0 });
        clocks.receipt = Some(HeardTime { time: DateTime::<Utc>::MIN_UTC, boot_ms: 1 << 52 });
        let mut boots = Boots::default();
        boots.learn(&clocks);
        boots.received(&clocks, DateTime::<Utc>::MIN_UTC);
        let time = boots.time_of(&clocks);
        assert_eq!(time, ProvenTime { at: clocks.wall.to_utc(), proof: Unproven });
        let end = ProvenTime { at: DateTime::<Utc>::MAX_UTC, proof: Unproven };
        assert_eq!(day_of_visit(end, []).1, Unproven);
    }

    #[test]
    fn the_day_of_a_visit_is_that_of_its_last_record_whatever_came_before() {
        let late = ProvenTime { at: utc("2026-11-23T23:50:00+08:00"), proof: Unproven };
        let past_midnight = ProvenTime { at: late.at + TimeDelta::minutes(11), proof: Satellite };
        let day = |day| NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
        for (name, signed, want) in [
            ("nothing signed", vec![], (day(23), Unproven)),
            ("signed at 23:50", vec![late], (day(23), Unproven)),
            ("and once more at 00:01", vec![late, past_midnight], (day(24), Satellite)),
            ("the last by the log, not by a clock", vec![past_midnight, late], (day(23), Unproven)),
        ] {
            assert_eq!(day_of_visit(late, signed), want, "{name}");
        }
    }
}
