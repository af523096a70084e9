//! Where the database and its copies lie, and the one way in which connections to any of them are opened.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

/// The file of a database.
#[derive(Debug, Clone)]
pub struct Database {
    file: PathBuf,
}

impl Database {
    /// The database in this file, which need not be there yet.
    pub fn new(file: &Path) -> Self {
        Self { file: file.to_owned() }
    }

    /// Its file.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The files that SQLite keeps beside it, which are part of it until they are gone.
    pub(super) fn beside(&self) -> [PathBuf; 2] {
        ["-wal", "-shm"].map(|end| with_end(&self.file, end))
    }

    /// A folder beside it.
    pub(super) fn folder(&self, name: &str) -> PathBuf {
        self.file.parent().unwrap_or(Path::new("")).join(name)
    }

    /// Opens the database, or a copy of it in another file, for reading and writing; made if it is not there.
    pub(super) fn connect(&self, file: &Path) -> Result<Connection, rusqlite::Error> {
        Self::settled(Connection::open(file)?)
    }

    /// As [`Database::connect`], for reading only.
    pub(super) fn connect_to_read(&self, file: &Path) -> Result<Connection, rusqlite::Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Self::settled(Connection::open_with_flags(file, flags)?)
    }

    /// As [`Database::connect_to_read`], without leaving a file beside it: for one that may have to stay untouched.
    pub(super) fn connect_to_look(&self) -> Result<Connection, rusqlite::Error> {
        // Plain read-only would still make -wal and -shm files.
        let [wal, _] = self.beside();
        let has_wal = wal.metadata().is_ok_and(|wal| wal.len() > 0);
        let uri =
            format!("file:{}?mode=ro{}", encoded(&self.file), if has_wal { "" } else { "&immutable=1" });
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
        Self::settled(Connection::open_with_flags(uri, flags)?)
    }

    fn settled(connection: Connection) -> Result<Connection, rusqlite::Error> {
        connection.execute_batch(
            "PRAGMA busy_timeout = 5000;
             PRAGMA synchronous = FULL; -- what the screen calls saved survives a dead battery
             PRAGMA foreign_keys = ON;
             PRAGMA wal_autocheckpoint = 1000;
             PRAGMA trusted_schema = OFF;
             PRAGMA cell_size_check = ON;",
        )?;
        Ok(connection)
    }
}

/// A file's name with something behind it.
pub(super) fn with_end(file: &Path, end: &str) -> PathBuf {
    let mut name: OsString = file.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// The first line of what `quick_check` finds; nothing if all is well.
pub(super) fn damage(connection: &Connection) -> Result<Option<String>, rusqlite::Error> {
    let found: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    Ok(Some(found).filter(|found| found != "ok"))
}

/// Renames a file, there under its new name after a power cut.
pub(super) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::rename(from, to)?;
    for folder in [from.parent(), to.parent()].into_iter().flatten() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn encoded(path: &Path) -> String {
    path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23")
}
