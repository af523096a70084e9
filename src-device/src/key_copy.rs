//! The recovery copy: the key of the database, sealed to the operator's recipient, beside the database and on the
//! server. With it the operator reads a data folder whose key store is gone (`stackside recover`).

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use stackside_core::id::DeviceId;

use crate::device::Inner;
use crate::error::Error;
use crate::keys::{FileKeys, KeyError, Keys, Purpose, Secret};
use crate::seal::{self, Identity, Recipient, SealError};
use crate::store::{Database, StoreError, key_id, setting};

/// The copy's name in the data folder.
pub const FILE_NAME: &str = "stackside.sqlite.key.age";
/// What a recovered folder has not: its keys are other ones.
const LEFT_OUT: [&str; 2] = ["keys", "lock"];

/// What is sealed, as JSON.
#[derive(Serialize, Deserialize)]
struct Sealed {
    v: u32,
    /// [`Secret::to_hex`].
    database: String,
}

/// Which copy lies beside the database, and which device the server has it from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// To whom it is sealed.
    pub recipient: Recipient,
    /// Of which key: [`key_id`].
    pub key: String,
    /// Nobody sent it yet, or the server does not hold it any more.
    pub sent_by: Option<DeviceId>,
}

impl Inner {
    /// Leaves a copy for whom the server names now, unless it is there.
    pub fn leave_key_copy(&self) -> Result<(), Error> {
        let (recipient, left): (Option<Recipient>, Option<Left>) = self
            .store
            .read(|c| Ok((setting::get(c, setting::RECIPIENT)?, setting::get(c, setting::KEY_COPY)?)))?;
        let (Some(recipient), Some(key)) = (recipient, self.keys.secret(Purpose::Database)?) else {
            return Ok(());
        };
        let file = self.files.beside(FILE_NAME);
        let new = Left { recipient, key: key_id(&key), sent_by: None };
        if left.is_some_and(|left| Left { sent_by: None, ..left } == new) && file.exists() {
            return Ok(());
        }
        let copy = serde_json::to_vec(&Sealed { v: 1, database: key.to_hex() })?;
        let mut sealed = vec![];
        seal::seal(&new.recipient, &mut copy.as_slice(), &mut sealed).map_err(Error::broken)?;
        self.files.write_as_it_is(&file, &sealed)?;
        self.store.write(|t| setting::put(t, setting::KEY_COPY, &new))
    }
}

/// Why a folder was not recovered.
#[derive(Debug, thiserror::Error)]
pub enum RecoverError {
    /// There is no database in it.
    #[error("{}: not a data folder of a device", .0.display())]
    NoData(PathBuf),
    /// What is there stays as it is.
    #[error("{}: is there already", .0.display())]
    Exists(PathBuf),
    /// The folder would be copied into itself.
    #[error("{}: lies in the folder that is recovered; name one outside of it", .0.display())]
    Inside(PathBuf),
    /// The copy of the key is not there, or is not opened by this identity.
    #[error("{}: {source}", file.display())]
    Copy {
        /// The copy.
        file: PathBuf,
        /// What is wrong with it.
        source: SealError,
    },
    /// It was opened, and holds no key.
    #[error("{}: holds no key of a database", .0.display())]
    NoKey(PathBuf),
    /// A file that is read or written.
    #[error("file: {0}")]
    Io(#[from] io::Error),
    /// The new folder's key store.
    #[error("key store: {0}")]
    Key(#[from] KeyError),
    /// The database does not open, or not with this key.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What was recovered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recovered {
    /// Forms, signed or draft.
    pub records: u64,
    /// Entries of the evidence.
    pub entries: u64,
    /// Those of them that no receipt names.
    pub unsent: u64,
}

/// Copies a data folder that was in use by nobody to `to`, where it opens with a key of its own: the one that `copy`
/// holds, sealed to `identity`. `from` is only read.
pub fn recover(identity: &Identity, from: &Path, copy: &Path, to: &Path) -> Result<Recovered, RecoverError> {
    if !from.join(crate::store::FILE_NAME).is_file() {
        return Err(RecoverError::NoData(from.to_owned()));
    }
    let key = open_copy(identity, copy)?;
    if to.exists() {
        return Err(RecoverError::Exists(to.to_owned()));
    }
    let above = to.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if above.canonicalize().is_ok_and(|above| above.starts_with(from.canonicalize().unwrap_or_default())) {
        return Err(RecoverError::Inside(to.to_owned()));
    }
    fs::create_dir_all(to)?;
    let done = copy_folder(from, to, &LEFT_OUT)
        .map_err(RecoverError::from)
        .and_then(|()| Ok(FileKeys::of(to)?.save_secret(Purpose::Database, &key)?))
        .and_then(|()| count(to));
    if done.is_err() {
        // Made by this call alone.
        fs::remove_dir_all(to)?;
    }
    done
}

fn open_copy(identity: &Identity, copy: &Path) -> Result<Secret, RecoverError> {
    let failed = |source| RecoverError::Copy { file: copy.to_owned(), source };
    let sealed = fs::File::open(copy).map_err(|error| failed(error.into()))?;
    let mut opened = vec![];
    seal::open(identity, sealed, &mut opened).map_err(failed)?;
    let copied: Option<Sealed> = serde_json::from_slice(&opened).ok();
    let key = copied.and_then(|copy| Secret::from_hex(&copy.database));
    key.ok_or_else(|| RecoverError::NoKey(copy.to_owned()))
}

fn copy_folder(from: &Path, to: &Path, without: &[&str]) -> io::Result<()> {
    for item in fs::read_dir(from)? {
        let item = item?;
        let (name, target) = (item.file_name(), to.join(item.file_name()));
        if without.iter().any(|left_out| *left_out == name) {
            continue;
        }
        if item.file_type()?.is_dir() {
            fs::create_dir(&target)?;
            copy_folder(&item.path(), &target, &[])?;
        } else {
            fs::copy(item.path(), &target)?;
        }
    }
    Ok(())
}

fn count(data: &Path) -> Result<Recovered, RecoverError> {
    let database = Database::of(data)?.open().map_err(StoreError::from)?;
    let count =
        |sql| database.query_row(sql, [], |row| crate::store::number(row, "n")).map_err(StoreError::from);
    Ok(Recovered {
        records: count("SELECT COUNT(*) AS n FROM record")?,
        entries: count("SELECT COUNT(*) AS n FROM entry")?,
        unsent: count(
            "SELECT COUNT(*) AS n FROM entry JOIN log ON log.id = entry.log WHERE seq > receipt_seq",
        )?,
    })
}
