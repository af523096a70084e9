//! The recovery key: an X25519 identity of age, whose recipient every tablet is told. The server hands on the recipient
//! and never needs the identity, which belongs to a place where no attacker of the server finds it.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use age::secrecy::ExposeSecret;
use age::x25519::{Identity, Recipient};

/// The secret half's name in the data folder, as long as it lies there.
pub const IDENTITY_FILE: &str = "recovery-key";
/// The public half's name in the data folder.
pub const RECIPIENT_FILE: &str = "recovery-recipient";

/// Why there is no recovery key.
#[derive(Debug, thiserror::Error)]
pub enum RecoveryError {
    /// There is one already: what was sealed to it needs it.
    #[error("there is a recovery key already")]
    Exists,
    /// None was made yet.
    #[error("there is no recovery key")]
    Missing,
    /// What was given, or what the file holds, is no recipient.
    #[error("not a recipient of age")]
    Recipient,
    /// A file could not be read or written.
    #[error("`{}`: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

impl RecoveryError {
    /// What a person can do about it, if anything plain.
    pub fn advice(&self) -> Option<&'static str> {
        match self {
            Self::Exists => {
                Some("name another with: stackside-server --data DIR keys recovery use RECIPIENT")
            }
            Self::Missing => Some("make one with: stackside-server --data DIR keys recovery new"),
            Self::Recipient => {
                Some("name one, `age1…`, with: stackside-server --data DIR keys recovery use RECIPIENT")
            }
            Self::Io { .. } => None,
        }
    }
}

/// Makes identity and recipient of a data folder; never replaces one. The recipient is told.
pub fn create(folder: &Path) -> Result<String, RecoveryError> {
    if recipient(folder)?.is_some() {
        return Err(RecoveryError::Exists);
    }
    let identity = Identity::generate();
    let recipient = identity.to_public().to_string();
    // As `age-keygen` writes it, so that `age` takes it too.
    let text = format!("# public key: {recipient}\n{}\n", identity.to_string().expose_secret());
    let path = folder.join(IDENTITY_FILE);
    let made =
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        });
    made.map_err(|source| match source.kind() {
        ErrorKind::AlreadyExists => RecoveryError::Exists,
        _ => RecoveryError::Io { path, source },
    })?;
    adopt(folder, &recipient)?;
    Ok(recipient)
}

/// Names the recipient from now on; tablets hear of it when they sync.
pub fn adopt(folder: &Path, recipient: &str) -> Result<(), RecoveryError> {
    let recipient: Recipient = recipient.trim().parse().map_err(|_| RecoveryError::Recipient)?;
    let path = folder.join(RECIPIENT_FILE);
    let part = path.with_extension("part");
    let written = File::create(&part)
        .and_then(|mut file| {
            file.write_all(format!("{recipient}\n").as_bytes())?;
            file.sync_all()
        })
        .and_then(|()| fs::rename(&part, &path))
        .and_then(|()| File::open(folder)?.sync_all());
    written.map_err(|source| RecoveryError::Io { path, source })
}

/// The recipient of a data folder, if one was named.
pub fn recipient(folder: &Path) -> Result<Option<String>, RecoveryError> {
    let path = folder.join(RECIPIENT_FILE);
    let text = match fs::read_to_string(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        read => read.map_err(|source| RecoveryError::Io { path, source })?,
    };
    let recipient: Recipient = text.trim().parse().map_err(|_| RecoveryError::Recipient)?;
    Ok(Some(recipient.to_string()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_recovery_key_is_made_once_and_another_recipient_may_take_its_place() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(recipient(folder.path()).unwrap(), None);
        let first = create(folder.path()).unwrap();
        assert!(matches!(create(folder.path()), Err(RecoveryError::Exists)));
        assert_eq!(recipient(folder.path()).unwrap(), Some(first.clone()));
        let file = folder.path().join(IDENTITY_FILE);
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        let text = fs::read_to_string(&file).unwrap();
        let identity: Identity = text.lines().nth(1).unwrap().parse().unwrap();
        assert_eq!(identity.to_public().to_string(), first);

        let elsewhere = Identity::generate().to_public().to_string();
        adopt(folder.path(), &elsewhere).unwrap();
        assert_eq!(recipient(folder.path()).unwrap(), Some(elsewhere));
        assert!(matches!(adopt(folder.path(), "age1nobody"), Err(RecoveryError::Recipient)));
    }
}
