//! A copy of the data folder while the server runs, and a server set up anew from one. The server's key is in neither:
//! it is kept apart (`keys new`), and certificates hold only under it.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use stackside_core::hash::Hash;

use crate::api::FILES;
use crate::store::{self, FILE_NAME, StoreError};

/// Why a copy or a restoration came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A file or folder.
    #[error("`{}`: {source}", path.display())]
    Disk {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The database, or its copy.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is a database already: it is never written over.
    #[error("`{}` holds a database already", .0.display())]
    Taken(PathBuf),
    /// The copy holds no database.
    #[error("`{}` is no backup: there is no {FILE_NAME} in it", .0.display())]
    NoBackup(PathBuf),
    /// A file of the copy does not hold what its name says.
    #[error("`{}` is damaged: its content is not what its name says", .0.display())]
    Damaged(PathBuf),
}

impl BackupError {
    /// What a person can do about it, if anything plain.
    pub fn advice(&self) -> Option<&'static str> {
        match self {
            Self::Taken(_) => Some("restore into an empty folder: --data NEW restore DIR"),
            Self::NoBackup(_) => Some("name a folder that stackside-server backup wrote"),
            Self::Damaged(_) => {
                Some("delete that one file of the backup and restore again: the tablets send it once more")
            }
            _ => None,
        }
    }
}

/// What was copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Copied {
    /// Photos, documents and signatures that are in the copy now.
    pub files: u64,
    /// Those of them that were not there before.
    pub new_files: u64,
}

/// Copies database and whole files of `data` to `to`, while a server may be at work there. The database comes first: each
/// file that it names was whole before. What is in `to` already is not copied again.
pub fn backup(data: &Path, to: &Path) -> Result<Copied, BackupError> {
    if !data.join(FILE_NAME).exists() {
        return Err(BackupError::NoBackup(data.to_owned()));
    }
    make_folder(to)?;
    store::copy(&data.join(FILE_NAME), &part(to))?;
    put_in_place(to)?;
    copy_files(data, to, |_, _| Ok(()))
}

/// Sets up the empty folder `data` from a backup, each file checked by its hash. The database gets another history
/// ([`crate::store::Store::history`]), by which tablets know that they have to ask what was lost.
pub fn restore(from: &Path, data: &Path) -> Result<Copied, BackupError> {
    if !from.join(FILE_NAME).exists() {
        return Err(BackupError::NoBackup(from.to_owned()));
    }
    if data.join(FILE_NAME).exists() {
        return Err(BackupError::Taken(data.to_owned()));
    }
    make_folder(data)?;
    // The database last: a restoration that was cut short is begun again, not taken for a whole one.
    let copied = copy_files(from, data, check)?;
    store::copy(&from.join(FILE_NAME), &part(data))?;
    store::begin_new_history(&part(data))?;
    put_in_place(data)?;
    Ok(copied)
}

fn part(folder: &Path) -> PathBuf {
    folder.join(format!("{FILE_NAME}.part"))
}

/// The finished database takes its name once it is on the disk.
fn put_in_place(folder: &Path) -> Result<(), BackupError> {
    let (part, whole) = (part(folder), folder.join(FILE_NAME));
    let put = || {
        File::open(&part)?.sync_all()?;
        fs::rename(&part, &whole)?;
        File::open(folder)?.sync_all()
    };
    put().map_err(|source| BackupError::Disk { path: whole.clone(), source })
}

fn copy_files(
    from: &Path,
    to: &Path,
    check: impl Fn(&Path, &Path) -> Result<(), BackupError>,
) -> Result<Copied, BackupError> {
    let mut copied = Copied::default();
    let (from, to) = (from.join(FILES), to.join(FILES));
    make_folder(&to)?;
    for folder in entries(&from)? {
        let Some(name) = folder.file_name().filter(|_| folder.is_dir()) else { continue };
        let target = to.join(name);
        make_folder(&target)?;
        for file in entries(&folder)? {
            let Some(name) = file.file_name().filter(|_| file.is_file()) else { continue };
            let there = target.join(name);
            copied.files += 1;
            if length(&there) != length(&file) {
                copy_file(&file, &there, &check)?;
                copied.new_files += 1;
            }
        }
        let done = File::open(&target).and_then(|folder| folder.sync_all());
        done.map_err(|source| BackupError::Disk { path: target, source })?;
    }
    Ok(copied)
}

fn copy_file(
    from: &Path,
    to: &Path,
    check: impl Fn(&Path, &Path) -> Result<(), BackupError>,
) -> Result<(), BackupError> {
    let part = to.with_extension("part");
    let disk = |source| BackupError::Disk { path: to.to_owned(), source };
    fs::copy(from, &part).and_then(|_| File::open(&part)?.sync_all()).map_err(disk)?;
    if let Err(error) = check(from, &part) {
        fs::remove_file(&part).map_err(disk)?;
        return Err(error);
    }
    fs::rename(&part, to).map_err(disk)
}

/// A whole file is named by the SHA-256 of what it holds.
fn check(named: &Path, copy: &Path) -> Result<(), BackupError> {
    let name = named.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse::<Hash>().ok());
    let measured = File::open(copy).and_then(Hash::of_all);
    let (_, hash) = measured.map_err(|source| BackupError::Disk { path: copy.to_owned(), source })?;
    if name == Some(hash) { Ok(()) } else { Err(BackupError::Damaged(named.to_owned())) }
}

fn length(path: &Path) -> Option<u64> {
    fs::metadata(path).ok().map(|file| file.len())
}

fn make_folder(path: &Path) -> Result<(), BackupError> {
    fs::create_dir_all(path).map_err(|source| BackupError::Disk { path: path.to_owned(), source })
}

/// What lies in a folder; nothing if there is none.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, BackupError> {
    let read = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(vec![]),
        other => other.and_then(|all| all.map(|entry| Ok(entry?.path())).collect()),
    };
    read.map_err(|source| BackupError::Disk { path: folder.to_owned(), source })
}
