//! The SQLite database: one writer, readers beside it, never on a thread that serves requests.

mod migration;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use stackside_core::id::Jurisdiction;

/// The database's name in the data folder.
pub const FILE_NAME: &str = "stackside-server.db";
/// SQLite's own field for a number of the application's.
const HISTORY: &str = "user_version";
/// Idle read-only connections that are kept.
const READERS: usize = 4;

/// Why the database did not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite said no.
    #[error("the database: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// A newer server wrote it.
    #[error("the database has version {found}, this server knows up to {known}")]
    Newer {
        /// The database's version.
        found: i64,
        /// The newest version that this server knows.
        known: i64,
    },
    /// A migration did not run.
    #[error("the database cannot be brought to this version: {0}")]
    Migration(#[from] Box<refinery::Error>),
    /// What stands in a row is not what this version writes.
    #[error("a row of the database: {0}")]
    Row(#[from] serde_json::Error),
    /// What stands in a row, or should stand there, cannot be.
    #[error("a row of the database: {0}")]
    Odd(String),
    /// A copy is not what was copied.
    #[error("the copy of the database: {0}")]
    Copy(String),
    /// The work was ended before it was done: shutdown.
    #[error("the work was cancelled")]
    Cancelled,
}

impl StoreError {
    /// Something that this version does not write.
    pub(crate) fn odd(what: impl std::fmt::Display) -> Self {
        Self::Odd(what.to_string())
    }
}

/// The database of one data folder.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    path: PathBuf,
    // Prevents two transactions of this process from meeting in SQLITE_BUSY; never held across an await.
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
}

impl Store {
    /// Opens the database of `folder` and brings it to this version; a newer one is refused untouched.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join(FILE_NAME);
        migration::refuse_newer(&path)?;
        let mut writer = Connection::open(&path)?;
        set_pragmas(&writer)?;
        writer.pragma_update(None, "journal_mode", "WAL")?;
        migration::run(&mut writer)?;
        Ok(Self(Arc::new(Inner { path, writer: Mutex::new(writer), readers: Mutex::default() })))
    }

    /// Runs `work` in one write transaction: all of it, or on an error nothing.
    pub fn write_now<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let sqlite = |error| E::from(StoreError::Sqlite(error));
        let mut writer = self.0.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate).map_err(sqlite)?;
        let done = work(&transaction)?;
        transaction.commit().map_err(sqlite)?;
        Ok(done)
    }

    /// Runs `work` over one moment of the database.
    pub fn read_now<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let sqlite = |error| E::from(StoreError::Sqlite(error));
        let idle = self.0.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut reader = match idle {
            Some(reader) => reader,
            None => self.reader().map_err(E::from)?,
        };
        let transaction = reader.transaction().map_err(sqlite)?;
        let done = work(&transaction);
        transaction.finish().map_err(sqlite)?;
        let mut readers = self.0.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.len() < READERS {
            readers.push(reader);
        }
        done
    }

    /// [`Store::write_now`] off the threads that serve requests.
    pub async fn write<T, E>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let store = self.clone();
        aside(move || store.write_now(work)).await
    }

    /// [`Store::read_now`] off the threads that serve requests.
    pub async fn read<T, E>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let store = self.clone();
        aside(move || store.read_now(work)).await
    }

    /// Which history the database is of: another number since it was restored from a backup.
    pub fn history(&self) -> Result<u32, StoreError> {
        let reader = self.reader()?;
        Ok(reader.pragma_query_value(None, HISTORY, |row| row.get(0))?)
    }

    fn reader(&self) -> Result<Connection, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let reader = Connection::open_with_flags(&self.0.path, flags)?;
        set_pragmas(&reader)?;
        Ok(reader)
    }
}

/// Copies a database to a new file while others write to it: one moment of it, checked.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<(), StoreError> {
    match std::fs::remove_file(to) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(StoreError::Copy(error.to_string()));
        }
        _ => {}
    }
    let source = Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    source.busy_timeout(Duration::from_secs(5))?;
    let mut copy = Connection::open(to)?;
    // In one step: between two a busy server would make it begin again for ever.
    match Backup::new(&source, &mut copy)?.step(-1)? {
        StepResult::Done => {}
        other => return Err(StoreError::Copy(format!("nothing was copied: {other:?}"))),
    }
    let found: String = copy.pragma_query_value(None, "quick_check", |row| row.get(0))?;
    copy.pragma_update(None, "journal_mode", "DELETE")?;
    if found == "ok" { Ok(()) } else { Err(StoreError::Copy(found)) }
}

/// Gives a copied database a history of its own.
pub(crate) fn begin_new_history(path: &Path) -> Result<(), StoreError> {
    // By chance, not by counting: the same backup may be restored twice. SQLite keeps 31 bits.
    let new = uuid::Uuid::now_v7().as_u128() as u32 >> 1;
    Ok(Connection::open(path)?.pragma_update(None, HISTORY, new)?)
}

/// Runs blocking work on a thread that may block.
pub async fn aside<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, E>
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(_) => Err(E::from(StoreError::Cancelled)),
    }
}

/// A count as SQLite keeps it; one beyond what it counts can only be nonsense of a sender's.
pub fn integer(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn set_pragmas(connection: &Connection) -> Result<(), StoreError> {
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.execute_batch(
        "PRAGMA synchronous = FULL; -- what a receipt names survives a power cut
         PRAGMA foreign_keys = ON;
         PRAGMA wal_autocheckpoint = 1000;
         PRAGMA trusted_schema = OFF;
         PRAGMA cell_size_check = ON;",
    )?;
    // The domain's own rule of who sees which place, so that SQL has no second one.
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("covers", 2, flags, |context| {
        let jurisdiction = |index| context.get::<String>(index).map(|text| text.parse::<Jurisdiction>());
        Ok(matches!((jurisdiction(0)?, jurisdiction(1)?), (Ok(wide), Ok(narrow)) if wide.covers(&narrow)))
    })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_bundled_sqlite_is_without_the_wal_reset_bug() {
        assert!(rusqlite::version_number() >= 3_051_003);
    }
}
