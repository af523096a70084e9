//! The device's key and token, and the secrets of a data folder. They never stand in the database.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use p256::ecdsa::SigningKey;
use p256::elliptic_curve::Generate;
use stackside_core::evidence::{PublicKey, Sign};
use stackside_core::hash::{from_hex, to_hex};
use stackside_core::id::DeviceId;

/// Why the key store did not do it.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// A file of it.
    #[error("file: {0}")]
    Io(#[from] io::Error),
    /// There is no such key, or what is there is none.
    #[error("no key of device {0}")]
    Missing(DeviceId),
    /// The machine gave no random numbers.
    #[error("no random numbers")]
    Random,
    /// What is there is no secret.
    #[error("{} holds no secret", .0.display())]
    Broken(PathBuf),
}

/// What a data folder has a secret for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Encrypts the database.
    Database,
    /// Mixed into the hashes of PINs.
    Pins,
}

impl Purpose {
    fn name(self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::Pins => "pins",
        }
    }
}

/// 32 random bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; 32]);

impl Secret {
    /// A new one.
    pub fn random() -> Result<Self, KeyError> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|_| KeyError::Random)?;
        Ok(Self(bytes))
    }
    /// Its bytes.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
    /// Lower-case hex, as it is kept in files.
    pub fn to_hex(&self) -> String {
        to_hex(&self.0)
    }
    /// The secret that [`Secret::to_hex`] wrote.
    pub fn from_hex(text: &str) -> Option<Self> {
        from_hex(text.trim())?.try_into().map(Self).ok()
    }
}

// What is logged for whatever reason must not give it away.
impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

/// Keeps key and token of each device that this machine was enrolled as, and the secrets of its data folder.
pub trait Keys: Send + Sync {
    /// Makes a key for a new device.
    fn create(&self, device: DeviceId) -> Result<PublicKey, KeyError>;
    /// r‖s of ES256 over `message`.
    fn sign(&self, device: DeviceId, message: &[u8]) -> Result<[u8; 64], KeyError>;
    /// True if the device's key is still there.
    fn has(&self, device: DeviceId) -> bool;
    /// Keeps the device's secret for the server.
    fn save_token(&self, device: DeviceId, token: &str) -> Result<(), KeyError>;
    /// The device's secret for the server.
    fn token(&self, device: DeviceId) -> Result<String, KeyError>;
    /// The data folder's secret; nothing if none was made, or it is gone.
    fn secret(&self, purpose: Purpose) -> Result<Option<Secret>, KeyError>;
    /// Keeps the data folder's secret. It is there after a power cut when this returns.
    fn save_secret(&self, purpose: Purpose, secret: &Secret) -> Result<(), KeyError>;
}

/// The key of one device.
pub struct DeviceKey<'a> {
    /// Where it is kept.
    pub keys: &'a dyn Keys,
    /// Whose it is.
    pub device: DeviceId,
}

impl Sign for DeviceKey<'_> {
    type Error = KeyError;
    fn sign(&self, message: &[u8]) -> Result<[u8; 64], KeyError> {
        self.keys.sign(self.device, message)
    }
}

/// Files that only their owner reads: for desktops. Android has its key store.
#[derive(Debug)]
pub struct FileKeys {
    folder: PathBuf,
}

impl FileKeys {
    /// The keys of a data folder, in `keys/` in it.
    pub fn of(data: &Path) -> io::Result<Self> {
        Self::open(&data.join("keys"))
    }
    /// Keys in `folder`, which is made if it is not there.
    pub fn open(folder: &Path) -> io::Result<Self> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        Ok(Self { folder: folder.to_owned() })
    }
    fn path(&self, device: DeviceId, what: &str) -> PathBuf {
        self.folder.join(format!("{device}.{what}"))
    }
    /// Where a secret of the data folder lies.
    pub fn secret_file(&self, purpose: Purpose) -> PathBuf {
        self.folder.join(format!("{}.secret", purpose.name()))
    }
    /// Whole or not at all, and there after a power cut.
    fn write(&self, path: &Path, text: &str) -> io::Result<()> {
        let part = path.with_extension("part");
        let _ = fs::remove_file(&part);
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&part, path)?;
        File::open(&self.folder)?.sync_all()
    }
    fn read(&self, device: DeviceId) -> Result<SigningKey, KeyError> {
        let text = fs::read_to_string(self.path(device, "key")).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => KeyError::Missing(device),
            _ => KeyError::Io(error),
        })?;
        let bytes = from_hex(text.trim()).ok_or(KeyError::Missing(device))?;
        SigningKey::from_slice(&bytes).map_err(|_| KeyError::Missing(device))
    }
}

impl Keys for FileKeys {
    fn create(&self, device: DeviceId) -> Result<PublicKey, KeyError> {
        let key = SigningKey::try_generate().map_err(|_| KeyError::Random)?;
        self.write(&self.path(device, "key"), &to_hex(&key.to_bytes()))?;
        Ok(PublicKey::of(key.verifying_key()))
    }
    fn sign(&self, device: DeviceId, message: &[u8]) -> Result<[u8; 64], KeyError> {
        match Sign::sign(&self.read(device)?, message) {
            Ok(signature) => Ok(signature),
            Err(never) => match never {},
        }
    }
    fn has(&self, device: DeviceId) -> bool {
        self.read(device).is_ok()
    }
    fn save_token(&self, device: DeviceId, token: &str) -> Result<(), KeyError> {
        Ok(self.write(&self.path(device, "token"), token)?)
    }
    fn token(&self, device: DeviceId) -> Result<String, KeyError> {
        Ok(fs::read_to_string(self.path(device, "token"))?.trim().to_owned())
    }
    fn secret(&self, purpose: Purpose) -> Result<Option<Secret>, KeyError> {
        let path = self.secret_file(purpose);
        match fs::read_to_string(&path) {
            Ok(text) => Secret::from_hex(&text).map(Some).ok_or(KeyError::Broken(path)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
    fn save_secret(&self, purpose: Purpose, secret: &Secret) -> Result<(), KeyError> {
        Ok(self.write(&self.secret_file(purpose), &secret.to_hex())?)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use stackside_core::evidence::SignatureText;

    use super::*;

    #[test]
    fn a_key_signs_after_reopening_and_only_its_owner_may_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let device = DeviceId::new(uuid::Uuid::now_v7());
        let public = FileKeys::open(folder.path()).unwrap().create(device).unwrap();
        let keys = FileKeys::open(folder.path()).unwrap();
        let signature = SignatureText::make(b"text", &DeviceKey { keys: &keys, device }).unwrap();
        signature.verify(b"text", &public).unwrap();
        let mode = fs::metadata(keys.path(device, "key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let other = DeviceId::new(uuid::Uuid::now_v7());
        assert!(!keys.has(other) && keys.has(device));
    }

    #[test]
    fn a_secret_stays_the_same_and_its_owner_alone_may_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let keys = FileKeys::open(folder.path()).unwrap();
        assert_eq!(keys.secret(Purpose::Database).unwrap(), None);
        let secret = Secret::random().unwrap();
        keys.save_secret(Purpose::Database, &secret).unwrap();
        assert_eq!(keys.secret(Purpose::Database).unwrap(), Some(secret));
        let file = keys.secret_file(Purpose::Database);
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        fs::write(&file, "half a secr").unwrap();
        assert!(matches!(keys.secret(Purpose::Database), Err(KeyError::Broken(_))));
    }
}
