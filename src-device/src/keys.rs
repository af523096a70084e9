//! The device's key and token. They never stand in the database.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use p256::ecdsa::SigningKey;
use p256::elliptic_curve::Generate;
use stackside_core::evidence::{PublicKey, Sign};
use stackside_core::hash::to_hex;
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
}

/// Keeps key and token of each device that this machine was enrolled as.
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
    /// Keys in `folder`, which is made if it is not there.
    pub fn open(folder: &Path) -> io::Result<Self> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        Ok(Self { folder: folder.to_owned() })
    }
    fn path(&self, device: DeviceId, what: &str) -> PathBuf {
        self.folder.join(format!("{device}.{what}"))
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
        let bytes = stackside_core::hash::from_hex(text.trim()).ok_or(KeyError::Missing(device))?;
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
}
