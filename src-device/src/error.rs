//! What can go wrong below the handlers, and what the screen hears of it.

use stackside_core::command::{CommandError, HandoverTrouble};
use stackside_core::form::AnswerError;

use crate::store::BackupError;

/// An error on the way through store, files, keys and clocks.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Something that the screen can act on.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// SQLite.
    #[error("store: {0}")]
    Store(#[from] rusqlite::Error),
    /// A file.
    #[error("file: {0}")]
    Io(#[from] std::io::Error),
    /// A stored value that this program does not read.
    #[error("stored value: {0}")]
    Json(#[from] serde_json::Error),
    /// A form or rulebook that says something impossible.
    #[error(transparent)]
    Definition(#[from] stackside_core::definition::DefinitionError),
    /// The key store.
    #[error("key store: {0}")]
    Key(#[from] crate::keys::KeyError),
    /// Sealing or opening.
    #[error("seal: {0}")]
    Seal(#[from] crate::seal::SealError),
    /// A backup of the database.
    #[error("backup: {0}")]
    Backup(#[from] BackupError),
    /// Anything that cannot be unless something is broken.
    #[error("{0}")]
    Broken(String),
}

impl Error {
    /// Something is broken; `what` says what, without personal data.
    pub fn broken(what: impl std::fmt::Display) -> Self {
        Self::Broken(what.to_string())
    }
    /// The thing is not there.
    pub fn not_found(what: &str) -> Self {
        CommandError::NotFound { what: what.to_owned() }.into()
    }
    /// An argument or answer is not valid.
    pub fn invalid(field: impl std::fmt::Display, why: AnswerError) -> Self {
        CommandError::Invalid { field: field.to_string(), why }.into()
    }
    /// True if there was no space left.
    pub fn is_disk_full(&self) -> bool {
        match self {
            Self::Store(error) | Self::Backup(BackupError::Sqlite(error)) => {
                error.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull)
            }
            Self::Backup(BackupError::Io(error)) | Self::Io(error) => is_full(error),
            Self::Key(crate::keys::KeyError::Io(error)) | Self::Seal(crate::seal::SealError::Io(error)) => {
                is_full(error)
            }
            _ => false,
        }
    }
    /// True if the disk failed to read or write. An encrypted page that is not read whole looks damaged, and after it the
    /// connection answers "out of memory".
    pub fn is_disk_failure(&self) -> bool {
        match self {
            Self::Store(error) | Self::Backup(BackupError::Sqlite(error)) => matches!(
                error.sqlite_error_code(),
                Some(
                    rusqlite::ErrorCode::SystemIoFailure
                        | rusqlite::ErrorCode::CannotOpen
                        | rusqlite::ErrorCode::DatabaseCorrupt
                        | rusqlite::ErrorCode::NotADatabase
                        | rusqlite::ErrorCode::OutOfMemory
                )
            ),
            Self::Backup(BackupError::Io(error))
            | Self::Io(error)
            | Self::Key(crate::keys::KeyError::Io(error))
            | Self::Seal(crate::seal::SealError::Io(error)) => error.raw_os_error() == Some(EIO),
            _ => false,
        }
    }
}

/// The system's number for a disk that fails, the same on Linux, Android and macOS.
const EIO: i32 = 5;

/// True if the system says that there is no space left.
pub(crate) fn is_full(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded)
}

impl From<HandoverTrouble> for Error {
    fn from(why: HandoverTrouble) -> Self {
        CommandError::from(why).into()
    }
}

/// Logs what the screen cannot act on, once, where it leaves the device.
impl From<Error> for CommandError {
    fn from(error: Error) -> Self {
        match error {
            Error::Command(error) => error,
            other if other.is_disk_full() => {
                tracing::warn!("the disk is full");
                Self::DiskFull
            }
            other if other.is_disk_failure() => {
                tracing::error!(error = %other, "the disk failed");
                Self::DiskFailed
            }
            other => {
                tracing::error!(error = %other, "a command failed");
                Self::Internal
            }
        }
    }
}
