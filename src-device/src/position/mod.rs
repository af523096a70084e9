//! Positions: read only while someone asked for it, kept in memory until a sign-in, photo or sign-out takes them.

mod replay;

use std::sync::{Arc, Mutex, PoisonError};

use stackside_core::clock::HeardTime;
use stackside_core::geofence::Fix;

use crate::clock::Clock;
pub use replay::{Replay, TrackError};

/// Takes the samples of a source.
pub type Sink = Arc<dyn Fn(Fix) + Send + Sync>;

/// Something that reads positions: satellites, or a track.
pub trait PositionSource: Send + Sync {
    /// Starts reading; every sample goes to `sink`, from any thread.
    fn start(&self, sink: Sink);
    /// Stops reading.
    fn stop(&self);
}

/// The most samples that are held: ten minutes at one a second.
const MOST: usize = 600;

/// The samples since reading started.
#[derive(Debug, Clone, Default)]
pub struct Samples {
    /// True while positions are read.
    pub running: bool,
    /// Boot clock when reading started.
    pub started_ms: Option<u64>,
    /// In order.
    pub fixes: Vec<Fix>,
    /// Satellite time of the last fix that had one.
    pub satellite: Option<HeardTime>,
}

/// Source and samples of this device.
pub struct Tracker {
    source: Option<Box<dyn PositionSource>>,
    clock: Arc<dyn Clock>,
    // Source thread against handlers.
    samples: Arc<Mutex<Samples>>,
}

impl Tracker {
    /// A tracker that is not reading yet; without a source it never will.
    pub fn new(source: Option<Box<dyn PositionSource>>, clock: Arc<dyn Clock>) -> Self {
        Self { source, clock, samples: Arc::default() }
    }
    /// Starts afresh, unless it is reading already. False without a source.
    pub fn start(&self, told: impl Fn() + Send + Sync + 'static) -> bool {
        let Some(source) = &self.source else { return false };
        {
            let mut samples = lock(&self.samples);
            if samples.running {
                return true;
            }
            let satellite = samples.satellite;
            *samples =
                Samples { running: true, started_ms: Some(self.clock.boot_ms()), fixes: vec![], satellite };
        }
        let samples = Arc::clone(&self.samples);
        source.start(Arc::new(move |fix| {
            take(&mut lock(&samples), fix);
            told();
        }));
        true
    }
    /// Stops reading; the samples stay for what they were read for.
    pub fn stop(&self) {
        if let Some(source) = &self.source {
            source.stop();
        }
        lock(&self.samples).running = false;
    }
    /// The samples so far.
    pub fn samples(&self) -> Samples {
        lock(&self.samples).clone()
    }
}

fn take(samples: &mut Samples, fix: Fix) {
    if !samples.running {
        return;
    }
    if let Some(time) = fix.satellite_time.filter(|_| !fix.mocked) {
        samples.satellite = Some(HeardTime { time, boot_ms: fix.boot_ms });
    }
    if samples.fixes.len() == MOST {
        samples.fixes.remove(0);
    }
    samples.fixes.push(fix);
}

fn lock(samples: &Mutex<Samples>) -> std::sync::MutexGuard<'_, Samples> {
    samples.lock().unwrap_or_else(PoisonError::into_inner)
}
