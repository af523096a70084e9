//! The loop that joins store, network and the decisions of `stackside_core::sync`: it reads, calls and writes.

mod changes;
mod contact;
mod enrol;
mod entries;
mod files;
mod key_copy;
mod patience;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use stackside_core::command::Event;
use stackside_core::hash::Hash;
use stackside_core::sync::{NextStep, Portion, SendFailure, SyncTrouble, next_step};
use tokio::sync::Notify;

use crate::device::Inner;
use crate::store::entry;
pub(crate) use enrol::enrol;
pub(crate) use entries::go_on_in_a_new_log;
pub use patience::Patience;
pub(crate) use patience::RealTime;

/// Without anything to do, contact at most this often.
const IDLE: Duration = Duration::from_secs(300);
/// Without contact, how often to look for it while something waits.
const NO_CONTACT: Duration = Duration::from_secs(30);

/// What the thread and the handlers share.
pub(crate) struct Sync {
    shared: Arc<Shared>,
    patience: Arc<dyn Patience>,
    // Taken by whoever waits for the thread's end.
    thread: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Default)]
struct Shared {
    wake: Notify,
    stop: Notify,
    stopping: AtomicBool,
    // Written by the thread, read by the screen.
    progress: Mutex<Progress>,
    // What got through so far; only the thread reads and writes it.
    portions: Mutex<Portions>,
    // Who waits for the end of a round that begins after they asked.
    waiting: Mutex<Vec<mpsc::Sender<()>>>,
}

/// How much goes out in one request.
#[derive(Clone, Copy)]
struct Portions {
    entries: Portion,
    files: Portion,
}

impl Default for Portions {
    fn default() -> Self {
        Self {
            entries: Portion::between(16 * 1024, 1024 * 1024),
            files: Portion::between(64 * 1024, 512 * 1024),
        }
    }
}

/// What is under way.
#[derive(Debug, Clone, Default)]
pub(crate) struct Progress {
    pub running: bool,
    pub trouble: SyncTrouble,
    /// Entries are on their way.
    pub entries: bool,
    /// A file is on its way, and how much of it went out.
    pub sending: Option<(Hash, u64)>,
    /// Since when files go out in this round (boot clock), and how many bytes of them got through.
    pub moved: Option<(u64, u64)>,
}

impl Progress {
    /// Bytes a second that get through.
    pub fn rate_bytes_s(&self, boot_ms: u64) -> Option<u64> {
        let (since_ms, bytes) = self.moved?;
        // Less says nothing yet.
        let took_ms = boot_ms.checked_sub(since_ms).filter(|took| *took >= 500)?;
        Some(bytes.saturating_mul(1000) / took_ms).filter(|rate| *rate > 0)
    }
}

impl Sync {
    pub fn new(patience: Arc<dyn Patience>) -> Self {
        Self { shared: Arc::default(), patience, thread: Mutex::default() }
    }
    /// Asks for contact now.
    pub fn wake(&self) {
        self.shared.wake.notify_one();
    }
    pub fn progress(&self) -> Progress {
        lock(&self.shared.progress).clone()
    }
    pub fn sends_entries(&self) -> bool {
        self.progress().entries
    }
    pub fn sending(&self) -> Option<(Hash, u64)> {
        self.progress().sending
    }
    fn portions(&self) -> Portions {
        *lock(&self.shared.portions)
    }
    /// Notes how a portion of entries or of a file went.
    fn learn(&self, which: fn(&mut Portions) -> &mut Portion, got_through: bool) {
        let mut portions = lock(&self.shared.portions);
        which(&mut portions).learn(got_through);
    }
    fn set(&self, change: impl FnOnce(&mut Progress)) {
        change(&mut lock(&self.shared.progress));
    }
    /// Asks for a round and waits for its end, or for `longest`.
    pub fn round(&self, longest: Duration) {
        let (done, wait) = mpsc::channel();
        lock(&self.shared.waiting).push(done);
        self.wake();
        // Too late or stopped: what the round would have brought comes with a later one.
        let _ = wait.recv_timeout(longest);
    }
    pub fn tell_to_stop(&self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        self.shared.stop.notify_one();
    }
    /// Stops the thread and waits for its end. What is under way is cut; the next start goes on from there.
    pub fn stop(&self) {
        self.tell_to_stop();
        if let Some(thread) = lock(&self.thread).take()
            && thread.thread().id() != std::thread::current().id()
        {
            let _ = thread.join();
        }
    }
}

fn lock<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Starts the thread. It does not keep the device alive.
pub(crate) fn start(device: &Arc<Inner>) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (weak, shared) = (Arc::downgrade(device), Arc::clone(&device.sync.shared));
    let patience = Arc::clone(&device.sync.patience);
    let run = move || runtime.block_on(rounds(&weak, &shared, &*patience));
    let thread = std::thread::Builder::new().name("sync".into()).spawn(run)?;
    *lock(&device.sync.thread) = Some(thread);
    Ok(())
}

async fn rounds(device: &Weak<Inner>, shared: &Shared, patience: &dyn Patience) {
    let mut attempts = 0;
    let mut pause = Duration::ZERO;
    loop {
        tokio::select! {
            () = patience.pause(pause) => {}
            () = shared.wake.notified() => {}
            () = shared.stop.notified() => {}
        }
        if shared.stopping.load(Ordering::SeqCst) {
            return;
        }
        let Some(device) = device.upgrade() else { return };
        let asked = std::mem::take(&mut *lock(&shared.waiting));
        let result = tokio::select! {
            result = round(&device) => result,
            () = shared.stop.notified() => return,
        };
        pause = after(&device, result, &mut attempts);
        for waiting in asked {
            let _ = waiting.send(());
        }
    }
}

/// One contact: entries, files, changes, the copy of the key. Each write is its own transaction, so a cut leaves nothing half done.
async fn round(device: &Inner) -> Result<(), SendFailure> {
    let Some(server) = contact::Server::of(device)? else { return Ok(()) };
    device.sync.set(|progress| progress.running = true);
    device.tell(Event::Sync);
    // Before the contact, which is the next thing that clocks are compared with.
    device.look_at_clocks().map_err(contact::broken)?;
    server.greet(device).await?;
    entries::send(device, &server).await?;
    files::send(device, &server).await?;
    changes::take(device, &server).await?;
    key_copy::send(device, &server).await
}

/// Notes how a round went and says when the next one is due.
fn after(device: &Inner, result: Result<(), SendFailure>, attempts: &mut u32) -> Duration {
    let (trouble, pause) = match &result {
        Ok(()) => {
            *attempts = 0;
            (SyncTrouble::None, IDLE)
        }
        Err(failure) => {
            tracing::info!(?failure, "sync did not get through");
            let has_work = device.has_something_to_do();
            let pause = match next_step(failure, *attempts, jitter()) {
                NextStep::WaitForNetwork if has_work => NO_CONTACT,
                // Nobody waits for it: a tablet that lies idle does not ask the sooner.
                NextStep::RetryIn(pause) if !has_work => pause.max(IDLE),
                NextStep::RetryIn(pause) => {
                    *attempts += 1;
                    pause
                }
                NextStep::NewLog => {
                    match go_on_in_a_new_log(device, |t, old| entry::stop_log(t, old, "fork")) {
                        Ok(()) => Duration::ZERO,
                        Err(error) => {
                            tracing::error!(%error, "no new log");
                            IDLE
                        }
                    }
                }
                NextStep::WaitForNetwork | NextStep::ShowToUser => IDLE,
            };
            (SyncTrouble::from(failure), pause)
        }
    };
    device.sync.set(|progress| {
        // That a log forked stays on the screen over the rounds that cure it, until a person asks again.
        let forked = progress.trouble == SyncTrouble::Forked && trouble == SyncTrouble::None;
        let trouble = if forked { SyncTrouble::Forked } else { trouble };
        *progress = Progress { trouble, ..Progress::default() };
    });
    device.tell(Event::Sync);
    pause
}

/// 0.0 to 1.0: the random end of a fresh id.
fn jitter() -> f64 {
    let id = uuid::Uuid::now_v7();
    f64::from(id.as_bytes()[15]) / 255.0
}

impl Sync {
    /// A person looked: the fork is no news any more.
    pub fn clear_fork(&self) {
        self.set(|progress| {
            if progress.trouble == SyncTrouble::Forked {
                progress.trouble = SyncTrouble::None;
            }
        });
    }
}
