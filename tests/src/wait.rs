//! Waiting for a condition with a deadline, and for the network from code that blocks.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;

use crate::Result;

/// How long a condition may take on a busy machine before a test gives up.
pub const PATIENCE: Duration = Duration::from_secs(90);

const PAUSE: Duration = Duration::from_millis(40);

#[expect(clippy::expect_used, reason = "nothing runs without a runtime")]
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime")
});

/// The runtime that servers and proxies of this process live on.
pub fn runtime() -> &'static Runtime {
    &RUNTIME
}

/// Asks again and again until there is something; the error names what did not come.
pub fn until<T>(what: &str, mut ask: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let start = Instant::now();
    loop {
        if let Some(found) = ask()? {
            return Ok(found);
        }
        if start.elapsed() > PATIENCE {
            return Err(format!("after {} s there is still no {what}", PATIENCE.as_secs()).into());
        }
        std::thread::sleep(PAUSE);
    }
}
