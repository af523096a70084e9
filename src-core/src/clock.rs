//! Three clocks and the day of Asia/Shanghai: what a time in the evidence is worth.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// A wall clock that moves against the boot clock by more than this has jumped (design.md §4).
pub const JUMP: TimeDelta = TimeDelta::seconds(30);

/// What the device's clocks said at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clocks {
    /// The wall clock with its zone.
    pub wall: DateTime<FixedOffset>,
    /// Milliseconds of CLOCK_BOOTTIME: since the start of the machine, suspend included.
    pub boot_ms: u64,
    /// Which start of the machine `boot_ms` counts from.
    pub boot_id: String,
    /// Satellite time of the last fix, if there was one in this boot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub satellite: Option<HeardTime>,
    /// The server's time in the last receipt that came in this boot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<HeardTime>,
}

/// A time that came from outside the machine, and when on the boot clock it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeardTime {
    /// What was said.
    pub time: DateTime<Utc>,
    /// The boot clock at that moment, in milliseconds.
    pub boot_ms: u64,
}

/// How well a time is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeProof {
    /// Satellite time plus the boot clock of the same boot.
    Satellite,
    /// A receipt's time plus the boot clock of the same boot.
    Receipt,
    /// The wall clock alone: 时间未经证实.
    Unproven,
}

impl TimeProof {
    /// Its name in JSON and SQL.
    pub fn name(self) -> &'static str {
        match self {
            Self::Satellite => "satellite",
            Self::Receipt => "receipt",
            Self::Unproven => "unproven",
        }
    }
    /// The proof of a name; what nobody knows proves nothing.
    pub fn named(name: &str) -> Self {
        [Self::Satellite, Self::Receipt].into_iter().find(|one| one.name() == name).unwrap_or(Self::Unproven)
    }
}

impl HeardTime {
    /// When the boot clock stood at zero.
    pub fn boot_began(&self) -> Option<DateTime<Utc>> {
        self.time.checked_sub_signed(boot_time(self.boot_ms)?)
    }
}

/// A reading of the boot clock.
pub(crate) fn boot_time(boot_ms: u64) -> Option<TimeDelta> {
    TimeDelta::try_milliseconds(i64::try_from(boot_ms).ok()?)
}

impl Clocks {
    /// The time that the tablet goes by: satellite time plus boot clock, otherwise the wall clock that everyone at it sees. A
    /// server's clock never moves it; what a time is worth as evidence is [`crate::proven`]'s to say.
    pub fn best_time(&self) -> (DateTime<Utc>, TimeProof) {
        match self.satellite.and_then(|heard| self.since(&heard)) {
            Some(time) => (time, TimeProof::Satellite),
            None => (self.wall.to_utc(), TimeProof::Unproven),
        }
    }

    /// What was heard before in this boot, plus the boot clock.
    fn since(&self, heard: &HeardTime) -> Option<DateTime<Utc>> {
        heard.time.checked_add_signed(boot_time(self.boot_ms.checked_sub(heard.boot_ms)?)?)
    }

    /// True on another day of Asia/Shanghai by the wall clock, or 24 hours later by the boot clock.
    pub fn is_another_day_than(&self, earlier: &Self) -> bool {
        let passed = self.boot_ms.saturating_sub(earlier.boot_ms);
        shanghai_date(self.wall.to_utc()) != shanghai_date(earlier.wall.to_utc())
            || (self.boot_id == earlier.boot_id && passed >= 24 * 3_600_000)
    }

    /// The zone of the wall clock, in minutes ahead of UTC.
    pub fn zone_minutes(&self) -> i32 {
        self.wall.offset().local_minus_utc() / 60
    }

    /// How far the wall clock moved against the boot clock since `earlier`; nothing across a reboot.
    pub fn jump_since(&self, earlier: &Self) -> Option<TimeDelta> {
        if self.boot_id != earlier.boot_id {
            return None;
        }
        let boot = i64::try_from(self.boot_ms).ok()?.checked_sub(i64::try_from(earlier.boot_ms).ok()?)?;
        let moved = (self.wall - earlier.wall) - TimeDelta::try_milliseconds(boot)?;
        (moved.abs() > JUMP).then_some(moved)
    }
}

/// Hours that the civil time of every deadline lies before UTC: Asia/Shanghai, without summer time since 1991.
const SHANGHAI_AHEAD: TimeDelta = TimeDelta::hours(8);

/// The civil time in Asia/Shanghai at a moment.
pub fn shanghai_time(time: DateTime<Utc>) -> NaiveDateTime {
    let utc = time.naive_utc();
    // Of the last eight hours that chrono counts, which only a forged clock names, there is no other.
    utc.checked_add_signed(SHANGHAI_AHEAD).unwrap_or(utc)
}

/// The moment of a civil time in Asia/Shanghai.
pub fn from_shanghai(time: NaiveDateTime) -> DateTime<Utc> {
    (time - SHANGHAI_AHEAD).and_utc()
}

/// The date in Asia/Shanghai at a moment.
pub fn shanghai_date(time: DateTime<Utc>) -> NaiveDate {
    shanghai_time(time).date()
}

/// `2026-11-23 14:05`, in Asia/Shanghai: how a time is shown.
pub fn shown_time(time: DateTime<Utc>) -> String {
    shanghai_time(time).format("%Y-%m-%d %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clocks(wall: &str, boot_ms: u64, boot_id: &str) -> Clocks {
        Clocks {
            wall: DateTime::parse_from_rfc3339(wall).unwrap(),
            boot_ms,
            boot_id: boot_id.into(),
            satellite: None,
            receipt: None,
        }
    }

    #[test]
    fn a_day_ends_at_midnight_in_shanghai() {
        let date = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        let end = from_shanghai(date.and_hms_opt(23, 59, 59).unwrap());
        assert_eq!(end.to_rfc3339(), "2026-11-23T15:59:59+00:00");
        assert_eq!(shanghai_date(end), date);
        assert_eq!(shanghai_date(end + TimeDelta::seconds(1)), date.succ_opt().unwrap());
        assert_eq!(shown_time(end), "2026-11-23 23:59");
    }

    #[test]
    fn a_wall_clock_set_back_is_a_jump_and_a_suspend_is_none() {
        let before = clocks("2026-11-23T10:00:00+08:00", 1_000, "a");
        for (name, now, jumped) in [
            ("an hour asleep", clocks("2026-11-23T11:00:00+08:00", 3_601_000, "a"), false),
            ("a day back", clocks("2026-11-22T10:00:01+08:00", 2_000, "a"), true),
            ("30 s ahead", clocks("2026-11-23T10:00:31+08:00", 2_000, "a"), false),
            ("31 s ahead", clocks("2026-11-23T10:00:32+08:00", 2_000, "a"), true),
            ("another zone, same moment", clocks("2026-11-23T02:00:01+00:00", 2_000, "a"), false),
            ("another boot", clocks("2026-11-20T10:00:00+08:00", 5, "b"), false),
        ] {
            assert_eq!(now.jump_since(&before).is_some(), jumped, "{name}");
        }
    }

    #[test]
    fn another_day_is_another_date_or_24_hours_of_one_boot() {
        let earlier = clocks("2026-11-23T10:00:00+08:00", 1_000, "a");
        for (name, now, another) in [
            ("the same evening", clocks("2026-11-23T23:59:59+08:00", 50_400_000, "a"), false),
            ("midnight", clocks("2026-11-24T00:00:00+08:00", 50_401_000, "a"), true),
            ("the wall clock stands still", clocks("2026-11-23T10:00:00+08:00", 86_401_000, "a"), true),
            ("a second less", clocks("2026-11-23T10:00:00+08:00", 86_400_000, "a"), false),
            ("set back by days", clocks("2026-11-20T10:00:00+08:00", 2_000, "a"), true),
            ("restarted, the same day", clocks("2026-11-23T11:00:00+08:00", 90_000_000, "b"), false),
        ] {
            assert_eq!(now.is_another_day_than(&earlier), another, "{name}");
        }
    }

    #[test]
    fn satellite_time_of_the_same_boot_proves_a_time() {
        let mut now = clocks("2020-01-01T00:00:00+08:00", 61_000, "a");
        assert_eq!(now.best_time().1, TimeProof::Unproven);
        let time = "2026-11-23T06:00:00Z".parse().unwrap();
        now.receipt = Some(HeardTime { time: time + TimeDelta::hours(1), boot_ms: 1_000 });
        assert_eq!(now.best_time().1, TimeProof::Unproven, "a server moves no tablet's time");
        now.satellite = Some(HeardTime { time, boot_ms: 1_000 });
        assert_eq!(now.best_time(), (time + TimeDelta::seconds(60), TimeProof::Satellite));
    }
}
