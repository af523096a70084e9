//! A damaged database is put aside and never deleted. In its place comes the newest sound backup, or an empty database,
//! with all that can be read of the damaged one.
//!
//! `damaged/TIME/` holds what is under way, so a kill at any moment is gone on from: `mending.sqlite` while the new
//! database is made, `mended.sqlite` once it is whole. From then on the damaged files go there, `-wal` and `-shm` first
//! (a WAL must never meet another database), and at last the new one takes its place.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use rusqlite::Connection;
use stackside_core::command::Mended;

use super::backup;
use super::database::{Database, damage, remove, rename, with_end};
use super::rescue::{self, Rescued};
use super::{StoreError, entry, listed, migrate, setting};
use crate::error::Error;

const FOLDER: &str = "damaged";
const MENDING: &str = "mending.sqlite";
const MENDED: &str = "mended.sqlite";

/// Ends a mending that was cut short after its decision: nothing to do in all other cases.
pub(super) fn finish(database: &Database) -> io::Result<()> {
    let Ok(folders) = fs::read_dir(database.folder(FOLDER)) else { return Ok(()) };
    for folder in folders {
        let folder = folder?.path();
        if folder.join(MENDED).exists() {
            put_in_place(database, &folder)?;
        }
    }
    Ok(())
}

/// Puts the damaged database aside and a new one in its place.
pub(super) fn mend(database: &Database, now: DateTime<Utc>) -> Result<Mended, StoreError> {
    let folder = new_folder(&database.folder(FOLDER), now)?;
    let mending = folder.join(MENDING);
    // On a disk that is full or fails nothing is put in place: a later start mends.
    let told = make(database, &mending).inspect_err(|_| {
        let _ = fs::remove_dir_all(&folder);
    })?;
    rename(&mending, &folder.join(MENDED))?;
    put_in_place(database, &folder)?;
    tracing::warn!(?told, aside = %folder.display(), "the database was damaged");
    Ok(told)
}

/// Makes the database that takes the damaged one's place, whole and on the disk.
fn make(database: &Database, mending: &Path) -> Result<Mended, StoreError> {
    let backup_at = begin(database, mending)?;
    let mut new = database.connect(mending)?;
    migrate(&mut new)?;
    let Rescued { entries, answers } = rescue::rescue(database, &mut new).map_err(StoreError::of)?;
    let told = Mended { backup_at, entries, answers };
    listed::remake(&mut new).map_err(StoreError::of)?;
    note(&new, told).map_err(StoreError::of)?;
    drop(new);
    File::open(mending)?.sync_all()?;
    Ok(told)
}

/// A folder of its own even where the wall clock shows the same second again: what was put aside stays.
fn new_folder(all: &Path, now: DateTime<Utc>) -> io::Result<PathBuf> {
    fs::create_dir_all(all)?;
    let name = now.format("%Y%m%dT%H%M%SZ").to_string();
    let names = std::iter::once(name.clone()).chain((2_u32..).map(|turn| format!("{name}-{turn}")));
    for folder in names.map(|name| all.join(name)) {
        match fs::create_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            done => return done.map(|()| folder),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Copies the newest sound backup, and says when it was made; without one the database begins empty.
fn begin(database: &Database, mending: &Path) -> Result<Option<DateTime<Utc>>, StoreError> {
    let mut unread = None;
    for copy in backup::all(database)? {
        clear(mending)?;
        match try_backup(database, &copy, mending) {
            Ok(()) => return Ok(Some(fs::metadata(&copy)?.modified()?.into())),
            Err(error) => {
                tracing::error!(%error, copy = %copy.display(), "a backup is not sound");
                unread = unread.or(Some(error).filter(|error| !error.is_damage()));
            }
        }
    }
    clear(mending)?;
    // Of one that only cannot be copied now nobody may say that it is not there.
    unread.map_or(Ok(None), Err)
}

fn try_backup(database: &Database, copy: &Path, mending: &Path) -> Result<(), StoreError> {
    let mut to = database.copy(copy, mending)?;
    migrate(&mut to)?;
    match damage(&to)? {
        Some(found) => Err(StoreError::Damaged(found)),
        None => Ok(()),
    }
}

fn clear(mending: &Path) -> io::Result<()> {
    remove(mending)?;
    remove(&with_end(mending, "-journal"))
}

/// What a device opened on the new database has to do: open a log, and ask the server about the old ones.
fn note(new: &Connection, told: Mended) -> Result<(), Error> {
    entry::offer_again(new)?;
    setting::put(new, setting::MENDED, &told)?;
    setting::put(new, setting::CLEAN_END, &false)
}

fn put_in_place(database: &Database, folder: &Path) -> io::Result<()> {
    let beside = database.beside();
    for file in beside.iter().map(PathBuf::as_path).chain([database.file()]) {
        if let Some(name) = file.file_name().filter(|_| file.exists()) {
            rename(file, &folder.join(name))?;
        }
    }
    rename(&folder.join(MENDED), database.file())
}
