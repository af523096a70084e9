//! The machine's clocks: wall clock with zone, boot clock, which boot it is.

use chrono::{DateTime, FixedOffset, Local, TimeDelta};
use rustix::time::{ClockId, clock_gettime};

/// Where times come from.
pub trait Clock: Send + Sync {
    /// The wall clock with its zone.
    fn wall(&self) -> DateTime<FixedOffset>;
    /// Milliseconds since the start of the machine, suspend included.
    fn boot_ms(&self) -> u64;
    /// Which start of the machine that is.
    fn boot_id(&self) -> String;
}

/// The clocks of this machine.
#[derive(Debug)]
pub struct SystemClock {
    boot_id: String,
}

impl SystemClock {
    /// Reads once which boot this is.
    pub fn new() -> std::io::Result<Self> {
        let boot_id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id")?;
        Ok(Self { boot_id: boot_id.trim().to_owned() })
    }
}

impl Clock for SystemClock {
    fn wall(&self) -> DateTime<FixedOffset> {
        Local::now().fixed_offset()
    }
    /// CLOCK_BOOTTIME: Rust's `Instant` stops while the machine sleeps.
    fn boot_ms(&self) -> u64 {
        let time = clock_gettime(ClockId::Boottime);
        let millis = time.tv_sec * 1000 + time.tv_nsec / 1_000_000;
        u64::try_from(millis).unwrap_or_default()
    }
    fn boot_id(&self) -> String {
        self.boot_id.clone()
    }
}

/// The clocks of a machine that has slept some minutes longer than this one: the development host's, to see deadlines pass.
#[derive(Debug)]
pub struct Ahead {
    system: SystemClock,
    minutes: u32,
}

impl Ahead {
    /// Ahead of the machine's own clocks.
    pub fn of(system: SystemClock, minutes: u32) -> Self {
        Self { system, minutes }
    }
}

impl Clock for Ahead {
    fn wall(&self) -> DateTime<FixedOffset> {
        self.system.wall() + TimeDelta::minutes(i64::from(self.minutes))
    }
    fn boot_ms(&self) -> u64 {
        self.system.boot_ms() + u64::from(self.minutes) * 60_000
    }
    fn boot_id(&self) -> String {
        self.system.boot_id()
    }
}
