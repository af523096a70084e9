//! What must not be guessed: the server's key, tokens, codes, passwords. Only hashes of them are stored.

use std::io::{ErrorKind, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::SigningKey;
use p256::elliptic_curve::Generate;
use stackside_core::evidence::{PublicKey, Sign};
use stackside_core::hash::{Hash, from_hex, to_hex};

/// The key's name in the data folder.
pub const KEY_FILE: &str = "server-key";

/// Why there is no key or no randomness.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// A key is there already: a second one would make all certificates and receipts worthless.
    #[error("`{}` is there already", .0.display())]
    Exists(PathBuf),
    /// No key yet.
    #[error("there is no server key at `{}`", .0.display())]
    Missing(PathBuf),
    /// The file is not a key.
    #[error("`{}` is not a server key", .0.display())]
    Broken(PathBuf),
    /// The file can be read by others.
    #[error("`{}` can be read by others", .0.display())]
    Open(PathBuf),
    /// The file could not be read or written.
    #[error("`{}`: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The system gave no randomness, or Argon2 refused.
    #[error("no randomness from the system")]
    Random,
}

/// The server's key: signs certificates and receipts.
pub struct ServerKey {
    key: SigningKey,
    public: PublicKey,
}

impl Sign for ServerKey {
    type Error = std::convert::Infallible;
    fn sign(&self, message: &[u8]) -> Result<[u8; 64], Self::Error> {
        Sign::sign(&self.key, message)
    }
}

impl ServerKey {
    /// Makes the key of a data folder; never replaces one.
    pub fn create(folder: &Path) -> Result<Self, SecretError> {
        let path = folder.join(KEY_FILE);
        let io = |source| SecretError::Io { path: path.clone(), source };
        let key = SigningKey::try_generate().map_err(|_| SecretError::Random)?;
        let mut file =
            std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).map_err(
                |source| match source.kind() {
                    ErrorKind::AlreadyExists => SecretError::Exists(path.clone()),
                    _ => io(source),
                },
            )?;
        file.write_all(format!("{}\n", to_hex(&key.to_bytes())).as_bytes()).map_err(io)?;
        file.sync_all().map_err(io)?;
        Ok(Self::of(key))
    }

    /// Reads the key of a data folder.
    pub fn load(folder: &Path) -> Result<Self, SecretError> {
        let path = folder.join(KEY_FILE);
        let failed = |source: std::io::Error| match source.kind() {
            ErrorKind::NotFound => SecretError::Missing(path.clone()),
            _ => SecretError::Io { path: path.clone(), source },
        };
        let mode = std::fs::metadata(&path).map_err(failed)?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(SecretError::Open(path));
        }
        let text = std::fs::read_to_string(&path).map_err(failed)?;
        let key = from_hex(text.trim()).and_then(|bytes| SigningKey::from_slice(&bytes).ok());
        key.map(Self::of).ok_or(SecretError::Broken(path))
    }

    fn of(key: SigningKey) -> Self {
        let public = PublicKey::of(key.verifying_key());
        Self { key, public }
    }

    /// Its public half.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// What is stored of a one-time code: useless without this key, which is not in the database.
    pub fn code_hash(&self, code: &str) -> String {
        let mut keyed = b"stackside enrolment code\0".to_vec();
        keyed.extend_from_slice(&self.key.to_bytes());
        keyed.extend_from_slice(code.as_bytes());
        Hash::of(&keyed).to_string()
    }
}

/// A secret of 32 random bytes, as text.
pub fn token() -> Result<String, SecretError> {
    Ok(URL_SAFE_NO_PAD.encode(random::<32>()?))
}

/// What is stored of a [`token`].
pub fn token_hash(token: &str) -> String {
    Hash::of(token.as_bytes()).to_string()
}

/// Eight random digits.
pub fn code() -> Result<String, SecretError> {
    const CODES: u64 = 100_000_000;
    loop {
        let number = u64::from_be_bytes(random()?);
        // Above the last full round some codes would be likelier than others.
        if number < u64::MAX - u64::MAX % CODES {
            return Ok(format!("{:08}", number % CODES));
        }
    }
}

/// Argon2id (PHC) of a password or code.
pub fn password_hash(password: &str) -> Result<String, SecretError> {
    let hash = Argon2::default().hash_password(password.as_bytes()).map_err(|_| SecretError::Random)?;
    Ok(hash.to_string())
}

/// True if `password` is the one of `hash`.
pub fn password_holds(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash)
        .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

fn random<const N: usize>() -> Result<[u8; N], SecretError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| SecretError::Random)?;
    Ok(bytes)
}
