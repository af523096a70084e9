//! Waiting that takes no time, and what is measured meanwhile.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use stackside_device::Patience;

/// So long a pause says that nothing is due: it lasts until someone asks.
const NOTHING_DUE: Duration = Duration::from_secs(300);

/// Pauses pass at once and are added up; a silent server is given up soon.
#[derive(Debug)]
pub struct Hurry {
    silence: Duration,
    waited: Mutex<Duration>,
}

impl Hurry {
    /// Gives a server up that says nothing for `silence`.
    pub fn new(silence: Duration) -> Arc<Self> {
        Arc::new(Self { silence, waited: Mutex::default() })
    }
    /// How long it would have waited.
    pub fn waited(&self) -> Duration {
        *self.waited.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Patience for Hurry {
    fn pause(&self, pause: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async move {
            if pause >= NOTHING_DUE {
                return std::future::pending().await;
            }
            *self.waited.lock().unwrap_or_else(PoisonError::into_inner) += pause;
            tokio::task::yield_now().await;
        })
    }
    fn silence(&self) -> Duration {
        self.silence
    }
}

/// Bytes of memory that a process holds now and held at most; `self` is this one.
pub fn memory_bytes(process: &str) -> crate::Result<(u64, u64)> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let bytes = |name: &str| -> Option<u64> {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
    };
    bytes("VmRSS:").zip(bytes("VmHWM:")).ok_or_else(|| "no memory in /proc".into())
}
