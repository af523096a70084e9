//! What a device does for itself while nobody asks: the daily backup, the sealing of older files, room for photos, the copies
//! of a photo.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use stackside_core::id::PhotoId;

use crate::device::Inner;
use crate::error::Error;
use crate::store::setting::{self, LastBackup};

/// How often it looks whether something is due.
const PAUSE: Duration = Duration::from_secs(3600);

/// What it is asked for.
enum Chore {
    /// To look now what is due.
    Look,
    /// To make the copies of a photo that was kept.
    Develop(PhotoId),
}

/// The thread that does it.
#[derive(Default)]
pub(crate) struct Care {
    thread: Mutex<Option<(Sender<Chore>, JoinHandle<()>)>>,
    // A long chore looks at it between two steps.
    stopping: AtomicBool,
    // No file of an older release is left as it was.
    has_sealed: AtomicBool,
}

impl Care {
    /// Starts the thread. It does not keep the device alive.
    pub fn start(device: &Arc<Inner>) -> std::io::Result<()> {
        let weak = Arc::downgrade(device);
        let (wake, woken) = channel();
        let work = move || {
            let mut chore = Chore::Look;
            while let Some(device) = weak.upgrade() {
                match chore {
                    Chore::Look => device.take_care(),
                    Chore::Develop(photo) => device.develop_later(photo),
                }
                drop(device);
                chore = match woken.recv_timeout(PAUSE) {
                    Ok(chore) => chore,
                    Err(RecvTimeoutError::Timeout) => Chore::Look,
                    Err(RecvTimeoutError::Disconnected) => return,
                };
            }
        };
        let thread = std::thread::Builder::new().name("care".into()).spawn(work)?;
        *device.care.lock() = Some((wake, thread));
        Ok(())
    }

    /// Lets it look now.
    pub fn wake(&self) {
        self.ask(Chore::Look);
    }

    /// Lets it make the copies of a photo.
    pub fn develop(&self, photo: PhotoId) {
        self.ask(Chore::Develop(photo));
    }

    fn ask(&self, chore: Chore) {
        if let Some((wake, _)) = self.lock().as_ref() {
            // Stopped meanwhile: the next start looks first of all, and copies are made when they are asked for.
            let _ = wake.send(chore);
        }
    }

    /// Stops the thread and waits for the end of what it is at.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
        let Some((wake, thread)) = self.lock().take() else { return };
        drop(wake);
        // The thread itself may be the last to hold the device.
        if thread.thread().id() != std::thread::current().id() {
            let _ = thread.join();
        }
    }

    fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<(Sender<Chore>, JoinHandle<()>)>> {
        self.thread.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn take_care(&self) {
        match self.back_up_if_due() {
            Ok(()) => {}
            Err(error) if error.is_disk_full() => tracing::warn!("the disk is full: no backup today"),
            Err(error) => tracing::error!(%error, "no backup"),
        }
        match self.seal_older_files() {
            Ok(()) => {}
            Err(error) if error.is_disk_full() => {
                tracing::warn!("the disk is full: files of an older release stay plain")
            }
            Err(error) => tracing::error!(%error, "files of an older release stay plain"),
        }
        if let Err(error) = self.make_room() {
            tracing::error!(%error, "no room was made for photos");
        }
    }

    /// Files of releases that did not seal them; looked for once in each run.
    pub fn seal_older_files(&self) -> Result<(), Error> {
        if self.care.has_sealed.load(Ordering::SeqCst) {
            return Ok(());
        }
        let done = self.files.seal_older(|| self.care.is_stopping())?;
        if done.sealed > 0 {
            tracing::info!(files = done.sealed, "files of an older release were sealed");
        }
        self.care.has_sealed.store(done.is_whole, Ordering::SeqCst);
        Ok(())
    }

    /// Once a day, and as soon as the tablet is someone's.
    fn back_up_if_due(&self) -> Result<(), Error> {
        let Some(enrolled) = self.enrolment()? else { return Ok(()) };
        let now = LastBackup { device: enrolled.device, clocks: self.clocks()? };
        let last: Option<LastBackup> = self.store.read(|c| setting::get(c, setting::BACKUP))?;
        let is_fresh =
            |last: &LastBackup| last.device == now.device && !now.clocks.is_another_day_than(&last.clocks);
        if last.as_ref().is_some_and(is_fresh) {
            return Ok(());
        }
        self.store.back_up()?;
        self.store.write(|t| setting::put(t, setting::BACKUP, &now))
    }
}
