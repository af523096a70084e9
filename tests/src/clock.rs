//! Time as a test says: what time it really is, and clocks that tell it rightly or not.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use stackside_device::clock::Clock;

/// The true time: it stands still until a test lets it pass.
#[derive(Clone)]
pub struct TrueTime(Arc<Mutex<DateTime<Utc>>>);

impl TrueTime {
    /// Begins at a moment.
    pub fn at(moment: DateTime<Utc>) -> Self {
        Self(Arc::new(Mutex::new(moment)))
    }
    /// Now.
    pub fn now(&self) -> DateTime<Utc> {
        *lock(&self.0)
    }
    /// Lets time pass: awake or asleep, a boot clock counts both.
    pub fn pass(&self, time: TimeDelta) {
        *lock(&self.0) += time;
    }
}

/// The clocks of a tablet.
pub struct SetClock {
    time: TrueTime,
    set: Mutex<Set>,
}

struct Set {
    ahead: TimeDelta,
    zone: FixedOffset,
    began: DateTime<Utc>,
    starts: u32,
}

impl SetClock {
    /// Right, in UTC, an hour after its machine started.
    pub fn right(time: &TrueTime) -> Arc<Self> {
        let began = time.now() - TimeDelta::hours(1);
        let zone = Utc::now().fixed_offset().timezone();
        let set = Set { ahead: TimeDelta::zero(), zone, began, starts: 1 };
        Arc::new(Self { time: time.clone(), set: Mutex::new(set) })
    }
    /// Sets the wall clock to so much ahead of the true time; behind it where negative.
    pub fn set_ahead(&self, ahead: TimeDelta) {
        lock(&self.set).ahead = ahead;
    }
    /// Sets another zone, which is no other moment.
    pub fn set_zone(&self, zone: FixedOffset) {
        lock(&self.set).zone = zone;
    }
    /// The machine starts anew.
    pub fn restart(&self) {
        let mut set = lock(&self.set);
        (set.began, set.starts) = (self.time.now(), set.starts + 1);
    }
}

impl Clock for SetClock {
    fn wall(&self) -> DateTime<FixedOffset> {
        let set = lock(&self.set);
        (self.time.now() + set.ahead).with_timezone(&set.zone)
    }
    fn boot_ms(&self) -> u64 {
        let passed = self.time.now() - lock(&self.set).began;
        u64::try_from(passed.num_milliseconds()).unwrap_or_default()
    }
    fn boot_id(&self) -> String {
        format!("start {}", lock(&self.set).starts)
    }
}

fn lock<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}
