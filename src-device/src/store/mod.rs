//! The SQLite database: opening it, bringing it to this version, one writer and two readers.

pub mod definition;
pub mod done;
pub mod entry;
pub mod file;
pub mod last;
pub mod photo;
pub mod pin;
pub mod record;
pub mod register;
pub mod setting;
pub mod visit;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, SecondsFormat, Utc};
use rusqlite::types::{FromSqlError, Type};
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use serde::de::DeserializeOwned;

use crate::error::Error;

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
    /// SQLite found damage.
    #[error("the database is damaged: {0}")]
    Damaged(String),
    /// SQLite.
    #[error("the database cannot be opened: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// A step failed; none was taken.
    #[error("the database cannot be brought to this version: {0}")]
    Migration(#[from] Box<refinery::Error>),
}

/// The database of a device.
pub struct Store {
    // SQLite takes one writer at a time; waiting here is orderly, SQLITE_BUSY is not.
    writer: Mutex<Connection>,
    readers: [Mutex<Connection>; 2],
    next: AtomicUsize,
}

impl Store {
    /// Opens or makes the database and brings it to this version; a newer one is refused untouched.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::open_within(path, None)
    }

    /// As [`Store::open`]. The database grows to `most_pages` at most: to SQLite the disk is full then.
    pub fn open_within(path: &Path, most_pages: Option<u32>) -> Result<Self, StoreError> {
        refuse_newer(path)?;
        let mut writer = Connection::open(path)?;
        settle(&writer)?;
        writer.pragma_update(None, "journal_mode", "WAL")?;
        migrate(&mut writer)?;
        if let Some(most_pages) = most_pages {
            writer.pragma_update(None, "max_page_count", most_pages)?;
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let reader = || -> Result<Mutex<Connection>, StoreError> {
            let connection = Connection::open_with_flags(path, flags)?;
            settle(&connection)?;
            Ok(Mutex::new(connection))
        };
        Ok(Self { writer: Mutex::new(writer), readers: [reader()?, reader()?], next: AtomicUsize::new(0) })
    }

    /// Looks for damage: after an unclean end.
    pub fn check(&self) -> Result<(), StoreError> {
        let found: String = lock(&self.writer).query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if found == "ok" { Ok(()) } else { Err(StoreError::Damaged(found)) }
    }

    /// One act of the person: all of it is committed when this returns, or none.
    pub fn write<T>(&self, act: impl FnOnce(&Transaction<'_>) -> Result<T, Error>) -> Result<T, Error> {
        let mut connection = lock(&self.writer);
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = act(&transaction)?;
        transaction.commit()?;
        Ok(done)
    }

    /// Reads one state of the database.
    pub fn read<T>(&self, act: impl FnOnce(&Connection) -> Result<T, Error>) -> Result<T, Error> {
        let turn = self.next.fetch_add(1, Ordering::Relaxed) % self.readers.len();
        let connection = lock(&self.readers[turn]);
        let transaction = connection.unchecked_transaction()?;
        act(&transaction)
    }
}

fn lock(connection: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}

fn refuse_newer(path: &Path) -> Result<(), StoreError> {
    if !path.exists() {
        return Ok(());
    }
    // Plain read-only would still make -wal and -shm files beside a database that must stay untouched.
    let has_wal = wal_of(path).metadata().is_ok_and(|wal| wal.len() > 0);
    let uri = format!("file:{}?mode=ro{}", encoded(path), if has_wal { "" } else { "&immutable=1" });
    let connection =
        Connection::open_with_flags(uri, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI)?;
    let tables: i64 = connection.query_row(
        "SELECT COUNT(*) FROM sqlite_schema WHERE name = 'refinery_schema_history'",
        [],
        |row| row.get(0),
    )?;
    if tables == 0 {
        return Ok(());
    }
    let found: Option<i64> =
        connection.query_row("SELECT MAX(version) FROM refinery_schema_history", [], |row| row.get(0))?;
    match found {
        Some(found) if found > latest() => Err(StoreError::Newer { found, known: latest() }),
        _ => Ok(()),
    }
}

fn wal_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

fn encoded(path: &Path) -> String {
    path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23")
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
    Ok(())
}

fn settle(connection: &Connection) -> Result<(), rusqlite::Error> {
    connection.execute_batch(
        "PRAGMA busy_timeout = 5000;
         PRAGMA synchronous = FULL; -- what the screen calls saved survives a dead battery
         PRAGMA foreign_keys = ON;
         PRAGMA wal_autocheckpoint = 1000;
         PRAGMA trusted_schema = OFF;
         PRAGMA cell_size_check = ON;",
    )
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
