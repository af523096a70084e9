//! How sync waits.

use std::pin::Pin;
use std::time::Duration;

/// How sync waits for a while; tests bring one in which that takes no time.
pub trait Patience: Send + Sync {
    /// Ends when the pause is over.
    fn pause(&self, pause: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
    /// For how long a server may say nothing before a call counts as cut.
    fn silence(&self) -> Duration {
        Duration::from_secs(30)
    }
}

/// By this machine's clock.
#[derive(Debug)]
pub(crate) struct RealTime;

impl Patience for RealTime {
    fn pause(&self, pause: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(tokio::time::sleep(pause))
    }
}
