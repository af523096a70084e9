//! Copies of the database in `backups/`, numbered: the newest of them are kept. The wall clock may jump, so it is not
//! what orders them.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::database::{Database, damage, remove, rename};

/// How many are kept.
pub const KEPT: usize = 3;

const FOLDER: &str = "backups";
const END: &str = "sqlite";
const PART: &str = "part";

/// Why a copy came to nothing. Work goes on without it.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// SQLite.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// A file or the folder.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The copy is damaged, so the database is.
    #[error("the copy is damaged: {0}")]
    Damaged(String),
}

/// The copies that there are, newest first.
pub(super) fn all(database: &Database) -> io::Result<Vec<PathBuf>> {
    let folder = database.folder(FOLDER);
    if !folder.exists() {
        return Ok(vec![]);
    }
    let mut found = Vec::new();
    for item in fs::read_dir(folder)? {
        let path = item?.path();
        if let Some(number) = number(&path) {
            found.push((number, path));
        }
    }
    found.sort_unstable_by(|one, other| other.cmp(one));
    Ok(found.into_iter().map(|(_, path)| path).collect())
}

fn number(path: &Path) -> Option<u32> {
    path.extension().filter(|end| *end == END)?;
    path.file_stem()?.to_str()?.parse().ok()
}

/// Copies the database while others read and write it. The copy gets its name once it is whole, sound and on the disk;
/// only then an old one goes.
pub(super) fn make(database: &Database) -> Result<PathBuf, BackupError> {
    let folder = database.folder(FOLDER);
    fs::create_dir_all(&folder)?;
    let before = all(database)?;
    let next = before.first().and_then(|path| number(path)).unwrap_or(0) + 1;
    let whole = folder.join(format!("{next:06}.{END}"));
    let part = whole.with_extension(PART);
    if let Err(error) = copy(database, &part).and_then(|()| Ok(rename(&part, &whole)?)) {
        // A disk that is full gets its space back.
        let _ = fs::remove_file(&part);
        return Err(error);
    }
    for old in before.iter().skip(KEPT - 1) {
        fs::remove_file(old)?;
    }
    Ok(whole)
}

fn copy(database: &Database, to: &Path) -> Result<(), BackupError> {
    // What an unclean end left behind.
    remove(to)?;
    let copy = database.copy(database.file(), to)?;
    // One file, without a WAL that had to go with it.
    copy.pragma_update(None, "journal_mode", "DELETE")?;
    if let Some(found) = damage(&copy)? {
        return Err(BackupError::Damaged(found));
    }
    drop(copy);
    Ok(File::open(to)?.sync_all()?)
}
