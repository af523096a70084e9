//! The device: opened once, asked by commands.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use stackside_core::command::{self, Command, CommandError, Event, Settings};
use stackside_core::id::PersonId;
use stackside_core::register::Person;
use tokio::sync::broadcast;

use crate::care::Care;
use crate::clock::{Clock, SystemClock};
use crate::definitions::Known;
use crate::error::Error;
use crate::files::Files;
use crate::keys::{FileKeys, Keys, Purpose};
use crate::network::{Network, NotTold};
use crate::position::{PositionSource, Replay, TrackError, Tracker};
use crate::space::{self, FreeBytes};
use crate::store::setting::Enrolled;
use crate::store::{self, Store, StoreError, register, setting};
use crate::sync::{Patience, RealTime, Sync};

/// What a device needs to be opened.
#[derive(Debug, Clone)]
pub struct Config {
    /// The data folder; made if it is not there.
    pub data: PathBuf,
    /// Where positions come from.
    pub positions: Positions,
    /// Model and system, for people and the log.
    pub model: String,
}

/// The source of positions. There is no silent default position.
#[derive(Debug, Clone)]
pub enum Positions {
    /// None on this machine.
    None,
    /// A recorded track, played back.
    Gpx {
        /// The track.
        file: PathBuf,
        /// How many times faster than it was recorded.
        speed: f64,
    },
}

/// What differs between machines: tests script it, Android has its own. What is not given is the desktop's.
#[derive(Default)]
pub struct Parts {
    /// The clocks.
    pub clock: Option<Arc<dyn Clock>>,
    /// The source of positions, instead of the one that [`Config::positions`] names.
    pub positions: Option<Box<dyn PositionSource>>,
    /// The key store.
    pub keys: Option<Box<dyn Keys>>,
    /// What kind of network there is.
    pub network: Option<Box<dyn Network>>,
    /// How sync waits.
    pub patience: Option<Arc<dyn Patience>>,
    /// How many pages of 4 KiB there are for the database, instead of as many as the disk has.
    pub most_pages: Option<u32>,
    /// What is free on the disk.
    pub free_bytes: Option<FreeBytes>,
    /// The VFS below the database, by the name under which SQLite knows it.
    pub vfs: Option<String>,
}

/// Why a device could not be opened; each is one clear sentence.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another program has it open.
    #[error("{} is in use by another Stackside", data.display())]
    InUse {
        /// The data folder.
        data: PathBuf,
    },
    /// It is no folder, or may not be written.
    #[error("{} cannot be used as data folder: {source}", data.display())]
    Folder {
        /// The data folder.
        data: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The database.
    #[error("{}: {source}", data.display())]
    Store {
        /// The data folder.
        data: PathBuf,
        /// What is wrong with it.
        source: StoreError,
    },
    /// The GPX track.
    #[error("{}: {source}", file.display())]
    Track {
        /// The track.
        file: PathBuf,
        /// What is wrong with it.
        source: TrackError,
    },
    /// The machine's clocks.
    #[error("this machine's boot clock cannot be read: {0}")]
    Clock(std::io::Error),
    /// A form or rulebook that ships with the app is broken, or what is stored cannot be read.
    #[error("the app cannot start: {0}")]
    Broken(String),
}

/// Does what a command asks.
pub trait Handle<C: Command> {
    /// Blocks until it is done.
    fn handle(&self, command: C) -> Result<C::Reply, CommandError>;
}

/// All of a device. Handlers are written on it; [`Device`] is the door.
#[derive(Clone)]
pub struct Device(pub(crate) Arc<Inner>);

struct Session {
    person: PersonId,
    /// Of the boot clock, which goes on while the tablet sleeps and which nobody sets.
    touched_ms: u64,
}

pub(crate) struct Inner {
    pub model: String,
    pub store: Store,
    pub files: Files,
    pub keys: Box<dyn Keys>,
    pub clock: Arc<dyn Clock>,
    pub tracker: Tracker,
    pub known: Known,
    pub sync: Sync,
    pub network: Box<dyn Network>,
    pub care: Care,
    // Copies of one photo are made at a time.
    pub darkroom: Mutex<()>,
    pub free_bytes: FreeBytes,
    // Who is at the tablet: set by Unlock and Lock, read by every handler.
    session: Mutex<Option<Session>>,
    // Between reading the log's tip and writing the entry that follows it, no other entry may be made.
    pub log_turn: Mutex<()>,
    events: broadcast::Sender<Event>,
    // Held as long as the folder is in use; given back by `close`.
    folder_lock: Mutex<Option<File>>,
}

impl Device {
    /// Opens the data folder, mends what an unclean end left, starts sync.
    pub fn open(config: Config) -> Result<Self, OpenError> {
        Self::open_with(config, Parts::default())
    }

    /// As [`Device::open`], with parts of one's own.
    pub fn open_with(config: Config, parts: Parts) -> Result<Self, OpenError> {
        let Config { data, positions, model } = config;
        let in_folder = |source| OpenError::Folder { data: data.clone(), source };
        let in_store = |source| OpenError::Store { data: data.clone(), source };
        std::fs::create_dir_all(&data).map_err(in_folder)?;
        let folder_lock = take_folder(&data)?;
        let clock: Arc<dyn Clock> = match parts.clock {
            Some(clock) => clock,
            None => Arc::new(SystemClock::new().map_err(OpenError::Clock)?),
        };
        let source = match (parts.positions, positions) {
            (Some(source), _) => Some(source),
            (None, Positions::None) => None,
            (None, Positions::Gpx { file, speed }) => {
                let track = Replay::open(&file, speed, Arc::clone(&clock));
                Some(Box::new(track.map_err(|source| OpenError::Track { file, source })?)
                    as Box<dyn PositionSource>)
            }
        };
        let keys = match parts.keys {
            Some(keys) => keys,
            None => Box::new(FileKeys::of(&data).map_err(in_folder)?),
        };
        let broken = |error: &dyn std::fmt::Display| OpenError::Broken(error.to_string());
        let database = store::database_of(&data, keys.as_ref()).map_err(in_store)?.through(parts.vfs);
        let store = Store::open_sound(database, parts.most_pages, clock.wall().to_utc()).map_err(in_store)?;
        let files = files_of(&data, keys.as_ref()).map_err(|error| broken(&error))?;
        let begun = store.begin_use();
        let device = Self(Arc::new(Inner {
            model,
            files,
            keys,
            tracker: Tracker::new(source, Arc::clone(&clock)),
            clock,
            known: Known::read(&store).map_err(|error| broken(&error))?,
            store,
            sync: Sync::new(parts.patience.unwrap_or_else(|| Arc::new(RealTime))),
            network: parts.network.unwrap_or_else(|| Box::new(NotTold)),
            care: Care::default(),
            darkroom: Mutex::default(),
            free_bytes: parts.free_bytes.unwrap_or_else(|| space::free_in(&data)),
            session: Mutex::default(),
            log_turn: Mutex::default(),
            events: broadcast::channel(64).0,
            folder_lock: Mutex::new(Some(folder_lock)),
        }));
        let inner = &device.0;
        // Nothing may follow in a log that another database has gone on with.
        inner.tell_of_mending().map_err(|error| broken(&error))?;
        match begun.and_then(|()| inner.reconcile()) {
            // It opens all the same: to show what there is, and to send it. A later start mends.
            Err(error) if error.is_disk_full() => tracing::warn!("the disk is full: nothing is mended now"),
            done => done.map_err(|error| broken(&error))?,
        }
        crate::sync::start(inner).map_err(in_folder)?;
        Care::start(inner).map_err(in_folder)?;
        Ok(device)
    }

    /// What the device tells without being asked.
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.0.events.subscribe()
    }

    /// Hands a command on by its name. A name or arguments that are not known: screen and shell do not fit.
    pub fn dispatch(&self, name: &str, args: serde_json::Value) -> Result<serde_json::Value, CommandError> {
        macro_rules! hand_on {
            ($($name:ident: $type:ident,)+) => { match name {
                $(stringify!($name) => {
                    let command: command::$type = serde_json::from_value(args).map_err(|_| CommandError::Version)?;
                    serde_json::to_value(self.handle(command)?).map_err(|_| CommandError::Internal)
                })+
                _ => Err(CommandError::Version),
            } };
        }
        stackside_core::for_each_command!(hand_on)
    }

    /// Seals files that an older release left plain, as the device does by itself at its start.
    pub fn seal_older_files(&self) -> Result<(), Error> {
        self.0.seal_older_files()
    }

    /// Lets sent originals go where a visit's photos do not fit, as the device does by itself within an hour.
    pub fn make_room(&self) -> Result<(), Error> {
        self.0.make_room()
    }

    /// Stops reading positions and syncing, marks the end as clean, gives the data folder back.
    pub fn close(&self) {
        self.0.tracker.stop();
        self.0.sync.stop();
        self.0.care.stop();
        if let Err(error) = self.0.store.close() {
            tracing::warn!(%error, "the end is not marked as clean");
        }
        drop(self.0.folder_lock.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.tracker.stop();
        self.sync.tell_to_stop();
        self.care.stop();
    }
}

/// Sealed by the database's secret, so that whoever recovers that has both.
fn files_of(data: &Path, keys: &dyn Keys) -> Result<Files, Error> {
    let secret =
        keys.secret(Purpose::Database)?.ok_or_else(|| Error::broken("the data folder has no secret"))?;
    Files::open(data, &secret)
}

fn take_folder(data: &Path) -> Result<File, OpenError> {
    let in_folder = |source| OpenError::Folder { data: data.to_owned(), source };
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(data.join("lock"))
        .map_err(in_folder)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse { data: data.to_owned() }),
        Err(TryLockError::Error(source)) => Err(in_folder(source)),
    }
}

impl Inner {
    /// Tells the screen to look again.
    pub fn tell(&self, event: Event) {
        // Nobody listening is fine.
        let _ = self.events.send(event);
    }

    /// Where events go, for threads of their own.
    pub fn teller(&self) -> broadcast::Sender<Event> {
        self.events.clone()
    }

    /// Whose tablet it is; `Err` until it is someone's, and after its key was lost.
    pub fn enrolled(&self) -> Result<Enrolled, Error> {
        self.enrolment()?.ok_or_else(|| CommandError::NotEnrolled.into())
    }

    /// As [`Inner::enrolled`], nothing where that fails.
    pub fn enrolment(&self) -> Result<Option<Enrolled>, Error> {
        let found: Option<Enrolled> = self.store.read(|c| setting::get(c, setting::ENROLMENT))?;
        Ok(found.filter(|enrolled| self.keys.has(enrolled.device)))
    }

    /// Who is at the tablet; nobody any more where it was not touched for as long as the settings say.
    pub fn person(&self) -> Result<Person, Error> {
        let enrolled = self.enrolled()?;
        let id = self.who_is_here()?.ok_or(CommandError::Locked)?;
        let found = self.store.read(|c| register::person(c, &id))?;
        let found = found.filter(|person| person.operator == enrolled.operator);
        found.ok_or_else(|| CommandError::Locked.into())
    }

    fn who_is_here(&self) -> Result<Option<PersonId>, Error> {
        Ok(self.unlocked()?.as_ref().map(|session| session.person.clone()))
    }

    /// The session, locked first where it is time. Looking and locking are one step, so that nobody who comes meanwhile is
    /// sent away.
    fn unlocked(&self) -> Result<MutexGuard<'_, Option<Session>>, Error> {
        let lock_after_ms = self.settings()?.lock_after.ms();
        let mut session = self.session();
        let idle_ms = |session: &Session| self.clock.boot_ms().saturating_sub(session.touched_ms);
        if session.as_ref().is_some_and(|session| idle_ms(session) >= lock_after_ms) {
            *session = None;
            self.has_left();
        }
        Ok(session)
    }

    /// Whoever is at the tablet touched it; where nobody is, nothing opens.
    pub fn touch_again(&self) -> Result<(), Error> {
        if let Some(session) = &mut *self.unlocked()? {
            session.touched_ms = self.clock.boot_ms();
        }
        Ok(())
    }

    /// Language, theme, lock, sending.
    pub fn settings(&self) -> Result<Settings, Error> {
        Ok(self.store.read(|c| setting::get(c, setting::SCREEN))?.unwrap_or_default())
    }

    /// A person is at the tablet.
    pub fn touch(&self, person: PersonId) {
        *self.session() = Some(Session { person, touched_ms: self.clock.boot_ms() });
    }

    /// Nobody is at the tablet any more.
    pub fn leave(&self) {
        *self.session() = None;
        self.has_left();
    }

    fn has_left(&self) {
        self.tracker.stop();
        self.tell(Event::Store);
    }

    fn session(&self) -> MutexGuard<'_, Option<Session>> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The best time that the clocks give.
    pub fn now(&self) -> Result<chrono::DateTime<chrono::Utc>, Error> {
        Ok(self.clocks()?.best_time().0)
    }
}

/// Refused: the record or visit is closed already.
pub(crate) fn closed() -> Error {
    CommandError::Closed.into()
}

/// A new id: sorts by the time it was made at.
pub(crate) fn new_id() -> uuid::Uuid {
    uuid::Uuid::now_v7()
}
