//! The key of a data folder's database. It is made before the database, kept in the key store, and known by its hash in
//! a file beside the database: SQLCipher answers the same to a wrong key and to damage, and only what is damaged may be
//! put aside.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use stackside_core::hash::Hash;

use super::database::{Database, is_plain, rename, with_end};
use super::{StoreError, backup};
use crate::keys::{FileKeys, Keys, Purpose, Secret};

/// The database's name in its data folder.
pub const FILE_NAME: &str = "stackside.sqlite";

impl Database {
    /// The database of a data folder whose keys lie in files in it.
    pub fn of(data: &Path) -> Result<Self, StoreError> {
        database_of(data, &FileKeys::of(data)?)
    }

    /// Opens it for reading and writing; made if it is not there.
    pub fn open(&self) -> Result<Connection, rusqlite::Error> {
        self.connect(self.file())
    }
}

/// The database of a data folder, with its key. Only where there is nothing yet to be opened is a key made.
pub fn database_of(data: &Path, keys: &dyn Keys) -> Result<Database, StoreError> {
    let file = data.join(FILE_NAME);
    let known = known_id(&file)?;
    let kept = keys.secret(Purpose::Database)?;
    let has_key = kept.is_some();
    let key = kept.map_or_else(Secret::random, Ok)?;
    let database = Database::new(&file, key.clone());
    let is_ours = match &known {
        Some(id) => *id == key_id(&key),
        None => !is_encrypted(&database)? || (has_key && opens(&database)),
    };
    match (has_key, is_ours) {
        (true, true) => {}
        (true, false) => return Err(StoreError::WrongKey),
        (false, true) if known.is_none() => keys.save_secret(Purpose::Database, &key)?,
        (false, _) => return Err(StoreError::KeyMissing),
    }
    if known.is_none() {
        write(&id_file(&file), format!("{}\n", key_id(&key)).as_bytes())?;
    }
    Ok(database)
}

/// Which key it is: of 32 random bytes a hash gives nothing away.
pub fn key_id(key: &Secret) -> String {
    Hash::of(&[b"stackside database key\0".as_slice(), key.bytes()].concat()).to_string()
}

fn id_file(database: &Path) -> PathBuf {
    with_end(database, ".key-id")
}

fn known_id(database: &Path) -> io::Result<Option<String>> {
    match fs::read_to_string(id_file(database)) {
        Ok(text) => Ok(Some(text.trim().to_owned())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// What is there and not plain is taken for encrypted; but where the backups are plain, it is an older release's
/// database, and damaged.
fn is_encrypted(database: &Database) -> io::Result<bool> {
    let is_there = database.file().metadata().is_ok_and(|file| file.len() > 0);
    let is_older = is_plain(database.file()) || backup::all(database)?.iter().any(|copy| is_plain(copy));
    Ok(is_there && !is_older)
}

fn opens(database: &Database) -> bool {
    let look = |connection: Connection| connection.table_exists(None, "setting");
    database.connect_to_look().and_then(look).is_ok()
}

/// Whole or not at all, and there after a power cut.
fn write(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let part = with_end(file, ".part");
    let mut to = File::create(&part)?;
    to.write_all(bytes)?;
    to.sync_all()?;
    rename(&part, file)
}
