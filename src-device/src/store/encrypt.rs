//! A database that an older release left behind is encrypted once, and its backups with it.
//!
//! What is encrypted is made beside it, checked, and then takes its place in one step. So at each moment one of the two is
//! there whole: after a kill the plain one is encrypted again from the beginning.

use std::fs::File;
use std::io;
use std::path::Path;

use rusqlite::Connection;

use super::database::{Database, damage, is_plain, remove, rename, with_end};
use super::{StoreError, backup};

const PART: &str = ".encrypting";

/// Nothing to do where all is encrypted. A backup that cannot be read stays as it is.
pub(super) fn encrypt(database: &Database) -> Result<(), StoreError> {
    let file = database.file();
    if is_plain(file) {
        take_in_wal(database)?;
        replace(database, file)?;
        tracing::info!("the database is encrypted now");
    }
    for copy in backup::all(database)?.iter().filter(|copy| is_plain(copy)) {
        match replace(database, copy) {
            Err(error) if error.is_damage() => {
                tracing::error!(%error, copy = %copy.display(), "a backup cannot be encrypted");
            }
            done => done?,
        }
    }
    // What a kill left behind.
    Ok(remove(&with_end(file, PART))?)
}

/// The last writes into the file itself: a WAL must never meet another database.
fn take_in_wal(database: &Database) -> Result<(), StoreError> {
    let connection = database.connect(database.file())?;
    let mode: String =
        connection.pragma_update_and_check(None, "journal_mode", "DELETE", |row| row.get(0))?;
    drop(connection);
    let [wal, _] = database.beside();
    if mode != "delete" || wal.exists() {
        return Err(io::Error::from(io::ErrorKind::ResourceBusy).into());
    }
    Ok(())
}

fn replace(database: &Database, plain: &Path) -> Result<(), StoreError> {
    let part = with_end(plain, PART);
    for left in [part.clone(), with_end(&part, "-journal")] {
        remove(&left)?;
    }
    let done = make(database, plain, &part).and_then(|()| Ok(rename(&part, plain)?));
    if done.is_err() {
        // A disk that is full gets its space back.
        let _ = remove(&part);
    }
    done
}

fn make(database: &Database, plain: &Path, part: &Path) -> Result<(), StoreError> {
    let copy = database.copy(plain, part)?;
    let old = database.connect_to_read(plain)?;
    if contents(&old)? != contents(&copy)? {
        return Err(io::Error::other("the encrypted copy is not the same").into());
    }
    if let Some(found) = damage(&copy)? {
        // Of the copy, not of what was read.
        return Err(io::Error::other(found).into());
    }
    drop((old, copy));
    let part = File::options().write(true).open(part)?;
    // A backup is as old as it was.
    part.set_modified(plain.metadata()?.modified()?)?;
    Ok(part.sync_all()?)
}

/// What the schema says, and how many rows each table has.
fn contents(connection: &Connection) -> Result<Vec<(String, String, i64)>, rusqlite::Error> {
    let mut schema = connection.prepare(
        "SELECT name, COALESCE(sql, ''), type = 'table' AND rootpage > 0 FROM sqlite_schema ORDER BY name",
    )?;
    let items = schema.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let items = items.collect::<Result<Vec<(String, String, bool)>, _>>()?;
    let count = |(name, sql, is_table): (String, String, bool)| {
        let rows = match is_table {
            true => {
                let sql = format!("SELECT COUNT(*) FROM \"{name}\"");
                connection.query_row(&sql, [], |row| row.get(0))?
            }
            false => 0,
        };
        Ok((name, sql, rows))
    };
    items.into_iter().map(count).collect()
}
