//! Where the database and its copies lie, and the one way in which connections to any of them are opened.

use std::ffi::{OsString, c_int};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags, ffi};

use crate::keys::Secret;

/// What the file of a database begins with that is not encrypted.
const PLAIN: &[u8; 16] = b"SQLite format 3\0";
/// Before a copy is gone on with, where the database is busy.
const PAUSE: Duration = Duration::from_millis(50);

/// The file of a database, and the key that it is encrypted with. Files of older releases, which are not encrypted, are
/// read and written as they are.
#[derive(Debug, Clone)]
pub struct Database {
    file: PathBuf,
    key: Secret,
    vfs: Option<String>,
}

impl Database {
    /// The database in this file, which need not be there yet.
    pub fn new(file: &Path, key: Secret) -> Self {
        Self { file: file.to_owned(), key, vfs: None }
    }

    /// The same through a VFS, by the name under which SQLite knows it; nothing is the system's own.
    pub fn through(self, vfs: Option<String>) -> Self {
        Self { vfs, ..self }
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
    pub fn connect(&self, file: &Path) -> Result<Connection, rusqlite::Error> {
        self.open_file(file, file, OpenFlags::default())
    }

    /// As [`Database::connect`], for reading only.
    pub(super) fn connect_to_read(&self, file: &Path) -> Result<Connection, rusqlite::Error> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        self.open_file(file, file, flags)
    }

    /// As [`Database::connect_to_read`], without leaving a file beside it: for one that may have to stay untouched.
    pub(super) fn connect_to_look(&self) -> Result<Connection, rusqlite::Error> {
        // Plain read-only would still make -wal and -shm files.
        let [wal, _] = self.beside();
        let has_wal = wal.metadata().is_ok_and(|wal| wal.len() > 0);
        let uri =
            format!("file:{}?mode=ro{}", encoded(&self.file), if has_wal { "" } else { "&immutable=1" });
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
        self.open_file(&self.file, Path::new(&uri), flags)
    }

    /// Opens `file` by a name that may be a URI.
    fn open_file(&self, file: &Path, name: &Path, flags: OpenFlags) -> Result<Connection, rusqlite::Error> {
        let connection = match &self.vfs {
            Some(vfs) => Connection::open_with_flags_and_vfs(name, flags, vfs.as_str())?,
            None => Connection::open_with_flags(name, flags)?,
        };
        if !is_plain(file) {
            // Raw, so that nothing is derived from it at each opening; before anything else is asked.
            connection.execute_batch(&format!("PRAGMA key = \"x'{}'\"", self.key.to_hex()))?;
        }
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

    /// Copies a database, as it is at one moment, into a new file that is encrypted.
    pub(super) fn copy(&self, from: &Path, to: &Path) -> Result<Connection, rusqlite::Error> {
        let mut copy = self.connect(to)?;
        if is_plain(from) {
            // From plain to encrypted there is no copying page by page.
            copy.execute("ATTACH ?1 AS plain KEY ''", [from.to_string_lossy()])?;
            copy.pragma_update(None, "foreign_keys", false)?;
            let export = copy.transaction()?;
            export.query_row("SELECT sqlcipher_export('main', 'plain')", [], |_| Ok(()))?;
            export.commit()?;
            copy.execute_batch("DETACH plain; PRAGMA foreign_keys = ON;")?;
        } else {
            let from = self.connect_to_read(from)?;
            Backup::new(&from, &mut copy)?.run_to_completion(c_int::MAX, PAUSE, None)?;
        }
        Ok(copy)
    }
}

/// True if the file is a database that is not encrypted.
pub(super) fn is_plain(file: &Path) -> bool {
    let mut begin = [0; 16];
    File::open(file).and_then(|mut file| file.read_exact(&mut begin)).is_ok() && begin == *PLAIN
}

/// A file's name with something behind it.
pub(super) fn with_end(file: &Path, end: &str) -> PathBuf {
    let mut name: OsString = file.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// The first line of what `quick_check` finds; nothing if all is well. A disk that fails while it looks is an error: what
/// cannot be read now is not damaged.
pub(super) fn damage(connection: &Connection) -> Result<Option<String>, rusqlite::Error> {
    let found: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    match failed_read(&found) {
        Some(code) => Err(rusqlite::Error::SqliteFailure(ffi::Error::new(code), Some(found))),
        None => Ok(Some(found).filter(|found| found != "ok")),
    }
}

/// The code of a read that failed, which `quick_check` reports like damage: `… error code=266`.
fn failed_read(found: &str) -> Option<c_int> {
    let (_, code) = found.split_once("error code=")?;
    let code: c_int = code.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()?;
    (code & 0xff == ffi::SQLITE_IOERR).then_some(code)
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

/// Takes a file away that need not be there.
pub(super) fn remove(file: &Path) -> io::Result<()> {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
