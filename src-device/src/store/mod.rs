//! The SQLite database: opening it, bringing it to this version, one writer and two readers.

mod backup;
pub mod confirmation;
mod database;
pub mod definition;
pub mod done;
pub mod due;
mod encrypt;
pub mod entry;
pub mod fault;
pub mod file;
pub mod halt;
pub mod last;
pub mod listed;
mod mend;
pub mod photo;
pub mod pin;
pub mod record;
pub mod register;
mod rescue;
pub mod review;
pub mod setting;
mod vault;
pub mod version;
pub mod visit;
pub mod voided;

use std::error::Error as _;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, SecondsFormat, Utc};
use rusqlite::types::{FromSqlError, Type};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use serde::de::DeserializeOwned;

use crate::error::Error;
use crate::keys::KeyError;
pub use backup::{BackupError, KEPT as BACKUPS_KEPT};
pub use database::Database;
pub use vault::{FILE_NAME, database_of, key_id};

mod migrations {
    refinery::embed_migrations!("../migrations/device");
}

/// Why the database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A newer app wrote it.
    #[error("the database has version {found}, this app knows up to {known}: install the newer app")]
    Newer {
        /// The database's version.
        found: i64,
        /// The newest version that this app knows.
        known: i64,
    },
    /// What is there is encrypted, and the key is not there any more. Nothing was touched.
    #[error(
        "the database's key is gone. Nothing was changed. Put the key back, or let the operator open a copy of this \
         folder with `stackside recover`"
    )]
    KeyMissing,
    /// The key belongs to another database. Nothing was touched.
    #[error(
        "the database is encrypted with another key than the one here. Nothing was changed. Put its key back, or let \
         the operator open a copy of this folder with `stackside recover`"
    )]
    WrongKey,
    /// The key store.
    #[error("the key store: {0}")]
    Key(#[from] KeyError),
    /// SQLite found damage.
    #[error("the database is damaged: {0}")]
    Damaged(String),
    /// SQLite.
    #[error("the database cannot be opened: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// A file beside the database.
    #[error("the database's folder cannot be used: {0}")]
    Io(#[from] std::io::Error),
    /// A step failed; none was taken.
    #[error("the database cannot be brought to this version: {0}")]
    Migration(#[from] Box<refinery::Error>),
}

impl StoreError {
    /// True if the file is damaged or no database at all.
    pub fn is_damage(&self) -> bool {
        match self {
            Self::Damaged(_) => true,
            Self::Sqlite(error) => is_damage(error),
            Self::Migration(error) => {
                let mut source = error.source();
                while let Some(inner) = source {
                    if inner.downcast_ref().is_some_and(is_damage) {
                        return true;
                    }
                    source = inner.source();
                }
                false
            }
            Self::Newer { .. } | Self::KeyMissing | Self::WrongKey | Self::Key(_) | Self::Io(_) => false,
        }
    }

    fn of(error: Error) -> Self {
        match error {
            Error::Store(error) => Self::Sqlite(error),
            // What this program wrote, it reads.
            other => Self::Damaged(other.to_string()),
        }
    }
}

fn is_damage(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error_code();
    matches!(code, Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase))
}

/// The database of a device.
pub struct Store {
    database: Database,
    // SQLite takes one writer at a time; waiting here is orderly, SQLITE_BUSY is not.
    writer: Slot,
    readers: [Slot; 2],
    next: AtomicUsize,
    most_pages: Option<u32>,
    // SQLite met damage: the end is not a clean one, so that the next start looks and mends.
    met_damage: AtomicBool,
}

impl Store {
    /// Opens or makes the database and brings it to this version; a newer one is refused untouched. One of an older
    /// release is encrypted. It grows to `most_pages` at most: to SQLite the disk is full then.
    pub fn open(database: Database, most_pages: Option<u32>) -> Result<Self, StoreError> {
        let version = refuse_newer(&database)?;
        match encrypt::encrypt(&database) {
            // On a full disk, or whatever else is in the way, work goes on with it as it is: a later start encrypts.
            Err(error) if !error.is_damage() => tracing::error!(%error, "the database is not encrypted yet"),
            done => done?,
        }
        let mut writer = database.connect(database.file())?;
        writer.pragma_update(None, "journal_mode", "WAL")?;
        if (1..latest()).contains(&version)
            && let Err(error) = backup::make(&database)
        {
            // The steps are all or none, so a full disk must not keep anyone from the new version.
            tracing::warn!(%error, "no backup before the database is brought to this version");
        }
        migrate(&mut writer)?;
        limit(&writer, most_pages)?;
        let reader = || Ok::<_, StoreError>(Mutex::new(Some(database.connect_to_read(database.file())?)));
        let readers = [reader()?, reader()?];
        Ok(Self {
            database,
            writer: Mutex::new(Some(writer)),
            readers,
            next: AtomicUsize::new(0),
            most_pages,
            met_damage: AtomicBool::new(false),
        })
    }

    /// As [`Store::open`], after a look at how the last use ended: after an unclean end for damage. What is
    /// damaged is put aside, and the newest sound backup takes its place.
    pub fn open_sound(
        database: Database,
        most_pages: Option<u32>,
        now: DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        mend::finish(&database)?;
        match Self::open_checked(&database, most_pages) {
            Err(error) if error.is_damage() => {
                tracing::error!(%error, "the database is put aside");
                mend::mend(&database, now)?;
                Self::open_checked(&database, most_pages)
            }
            opened => opened,
        }
    }

    fn open_checked(database: &Database, most_pages: Option<u32>) -> Result<Self, StoreError> {
        let store = Self::open(database.clone(), most_pages)?;
        let clean: Option<bool> =
            store.read(|c| setting::get(c, setting::CLEAN_END)).map_err(StoreError::of)?;
        if clean == Some(false) {
            store.check()?;
        }
        Ok(store)
    }

    /// Notes that the use of the database begins: until [`Store::close`] its end is not a clean one.
    pub fn begin_use(&self) -> Result<(), Error> {
        self.write(|t| setting::put(t, setting::CLEAN_END, &false))
    }

    /// Waits for what is under way, marks the end as clean, if no damage was met, and closes all connections; whoever comes
    /// later is refused. When a process ends, SQLCipher wipes its keys under whoever still uses them: a page written then
    /// would be damage.
    pub fn close(&self) -> Result<(), Error> {
        for reader in &self.readers {
            drop(lock(reader).take());
        }
        let Some(mut writer) = lock(&self.writer).take() else { return Ok(()) };
        let is_clean = !self.met_damage.load(Ordering::Relaxed);
        transact(&mut writer, |t| setting::put(t, setting::CLEAN_END, &is_clean))
    }

    /// How long the database is, with what is still beside it.
    pub fn size_bytes(&self) -> std::io::Result<u64> {
        let beside = self.database.beside().into_iter().filter_map(|file| file.metadata().ok());
        let beside: u64 = beside.map(|file| file.len()).sum();
        Ok(self.database.file().metadata()?.len() + beside)
    }

    /// Copies the database into `backups/`, while others read and write it.
    pub fn back_up(&self) -> Result<(), BackupError> {
        backup::make(&self.database).map(drop)
    }

    /// Looks for damage: after an unclean end.
    pub fn check(&self) -> Result<(), StoreError> {
        let writer = lock(&self.writer);
        match writer.as_ref().map(database::damage).transpose()?.flatten() {
            Some(found) => Err(StoreError::Damaged(found)),
            None => Ok(()),
        }
    }

    /// One act of the person: all of it is committed when this returns, or none.
    pub fn write<T>(&self, act: impl FnOnce(&Transaction<'_>) -> Result<T, Error>) -> Result<T, Error> {
        let mut slot = lock(&self.writer);
        let connection = slot.as_mut().ok_or_else(closed)?;
        let done = transact(connection, act);
        self.after(&done, connection, || {
            let anew = self.database.connect(self.database.file())?;
            limit(&anew, self.most_pages)?;
            Ok(anew)
        });
        done
    }

    /// Reads one state of the database.
    pub fn read<T>(&self, act: impl FnOnce(&Connection) -> Result<T, Error>) -> Result<T, Error> {
        let turn = self.next.fetch_add(1, Ordering::Relaxed) % self.readers.len();
        let mut slot = lock(&self.readers[turn]);
        let connection = slot.as_mut().ok_or_else(closed)?;
        let done = connection.unchecked_transaction().map_err(Error::from).and_then(|state| act(&state));
        self.after(&done, connection, || self.database.connect_to_read(self.database.file()));
        done
    }

    /// After damage a connection to an encrypted database answers nothing any more, with "out of memory": another takes
    /// its place, so that what is not damaged goes on being read and saved.
    fn after<T>(
        &self,
        done: &Result<T, Error>,
        connection: &mut Connection,
        anew: impl FnOnce() -> Result<Connection, rusqlite::Error>,
    ) {
        let Err(Error::Store(error)) = done else { return };
        let is_damage = is_damage(error);
        if is_damage {
            self.met_damage.store(true, Ordering::Relaxed);
        }
        if is_damage || error.sqlite_error_code() == Some(rusqlite::ErrorCode::OutOfMemory) {
            match anew() {
                Ok(anew) => *connection = anew,
                Err(error) => tracing::error!(%error, "the database cannot be opened again"),
            }
        }
    }
}

fn transact<T>(
    connection: &mut Connection,
    act: impl FnOnce(&Transaction<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = act(&transaction)?;
    transaction.commit()?;
    Ok(done)
}

fn limit(connection: &Connection, most_pages: Option<u32>) -> Result<(), rusqlite::Error> {
    most_pages.map_or(Ok(()), |most| connection.pragma_update(None, "max_page_count", most))
}

/// A connection, until the store is closed.
type Slot = Mutex<Option<Connection>>;

fn lock(slot: &Slot) -> MutexGuard<'_, Option<Connection>> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}

fn closed() -> Error {
    Error::broken("the store is closed")
}

fn refuse_newer(database: &Database) -> Result<i64, StoreError> {
    if !database.file().exists() {
        return Ok(0);
    }
    let connection = database.connect_to_look()?;
    if !connection.table_exists(None, "refinery_schema_history")? {
        return Ok(0);
    }
    let found: Option<i64> =
        connection.query_row("SELECT MAX(version) FROM refinery_schema_history", [], |row| row.get(0))?;
    match found.unwrap_or(0) {
        found if found > latest() => Err(StoreError::Newer { found, known: latest() }),
        found => Ok(found),
    }
}

/// The newest version of the schema.
pub fn latest() -> i64 {
    migrations::migrations::runner()
        .get_migrations()
        .iter()
        .map(|step| i64::from(step.version()))
        .max()
        .unwrap_or(0)
}

/// Runs the missing steps, all or none.
pub fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    migrations::migrations::runner().set_grouped(true).run(connection).map_err(Box::new)?;
    listed::fill(connection).map_err(StoreError::of)
}

/// A moment as it is stored: UTC with milliseconds, so that texts sort as times do.
pub fn time_text(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Reads a column that holds a value's text.
pub fn parsed<T: std::str::FromStr>(row: &rusqlite::Row<'_>, column: &str) -> rusqlite::Result<T>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    let text: String = row.get(column)?;
    text.parse().map_err(|error| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(error)))
}

/// As [`parsed`]; nothing for NULL.
pub fn parsed_or_null<T: std::str::FromStr>(
    row: &rusqlite::Row<'_>,
    column: &str,
) -> rusqlite::Result<Option<T>>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    match row.get_ref(column)?.as_str_or_null() {
        Ok(None) => Ok(None),
        Ok(Some(_)) => parsed(row, column).map(Some),
        Err(error) => Err(rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(error))),
    }
}

/// Reads a column that holds JSON.
pub fn json<T: DeserializeOwned>(row: &rusqlite::Row<'_>, column: &str) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(error)))
}

/// As [`json`]; nothing for NULL.
pub fn json_or_null<T: DeserializeOwned>(
    row: &rusqlite::Row<'_>,
    column: &str,
) -> rusqlite::Result<Option<T>> {
    match row.get_ref(column)?.as_str_or_null() {
        Ok(None) => Ok(None),
        Ok(Some(_)) => json(row, column).map(Some),
        Err(error) => Err(rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(error))),
    }
}

/// Number columns: SQLite's integers are signed.
pub fn number(row: &rusqlite::Row<'_>, column: &str) -> rusqlite::Result<u64> {
    let value: i64 = row.get(column)?;
    u64::try_from(value).map_err(|_| {
        rusqlite::Error::FromSqlConversionFailure(0, Type::Integer, Box::new(FromSqlError::OutOfRange(value)))
    })
}

/// A number as SQLite takes it.
pub fn sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
