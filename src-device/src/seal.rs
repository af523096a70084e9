//! Sealing: what only the tablet's operator may open is encrypted to the operator's recipient (age, X25519). The
//! format is `age-encryption.org/v1`, so `age` on any desk opens it too.

use std::fs;
use std::io::{self, ErrorKind, Read, Write};
use std::path::Path;
use std::slice;
use std::str::FromStr;

use age::stream::{StreamReader, StreamWriter};
use age::{DecryptError, Decryptor, Encryptor, x25519};
use bech32::{Bech32, Hrp};
use serde::{Deserialize, Serialize};
use stackside_core::evidence::PublicKey;
use stackside_core::trust::{Recovery, Signed, TrustError};

use crate::files::is_damage;

/// Why something could not be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// It is no `age1…`.
    #[error("not a recipient of age")]
    Recipient,
    /// The file holds no `AGE-SECRET-KEY-1…`.
    #[error("no identity of age in it")]
    Identity,
    /// It was sealed to somebody else.
    #[error("sealed to another recipient")]
    OtherRecipient,
    /// It is not sealed, cut short, or another byte than was written.
    #[error("not sealed, or damaged")]
    Damaged,
    /// A file.
    #[error("file: {0}")]
    Io(#[from] io::Error),
}

/// To whom something is sealed: the public half.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Recipient(String);

impl FromStr for Recipient {
    type Err = SealError;
    fn from_str(text: &str) -> Result<Self, SealError> {
        let known: x25519::Recipient = text.trim().parse().map_err(|_| SealError::Recipient)?;
        Ok(Self(known.to_string()))
    }
}
impl TryFrom<String> for Recipient {
    type Error = SealError;
    fn try_from(text: String) -> Result<Self, SealError> {
        text.parse()
    }
}
impl From<Recipient> for String {
    fn from(recipient: Recipient) -> Self {
        recipient.0
    }
}
impl std::fmt::Display for Recipient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The recipient that the server's word names, if `key` signed it. One that this app cannot seal to is none: work goes
/// on without it.
pub fn named(recovery: &Signed<Recovery>, key: &PublicKey) -> Result<Option<Recipient>, TrustError> {
    let recipient = recovery.verify(key)?.recipient.parse();
    Ok(recipient.inspect_err(|error| tracing::error!(%error, "the server's recovery key")).ok())
}

/// What is written to the result comes to `to` sealed. Only `finish` makes it whole.
pub fn sealing<W: Write>(recipient: &Recipient, to: W) -> Result<StreamWriter<W>, SealError> {
    sealing_to_all(slice::from_ref(recipient), to)
}

/// As [`sealing`], to several recipients, each of whom opens it.
pub fn sealing_to_all<W: Write>(recipients: &[Recipient], to: W) -> Result<StreamWriter<W>, SealError> {
    let known = recipients.iter().map(|recipient| recipient.0.parse().map_err(|_| SealError::Recipient));
    let known = known.collect::<Result<Vec<x25519::Recipient>, _>>()?;
    let encryptor = Encryptor::with_recipients(known.iter().map(|recipient| recipient as _))
        .map_err(|error| io::Error::other(error.to_string()))?;
    Ok(encryptor.wrap_output(to)?)
}

/// Seals all of `from` into `to`, piece by piece; its length is told. `to` is flushed, no more.
pub fn seal(recipient: &Recipient, from: &mut impl Read, to: impl Write) -> Result<u64, SealError> {
    let mut sealed = sealing(recipient, to)?;
    let length = io::copy(from, &mut sealed)?;
    sealed.finish()?.flush()?;
    Ok(length)
}

/// Who opens what was sealed to its recipient: the secret half.
pub struct Identity(Vec<x25519::Identity>);

impl Identity {
    /// The one that a secret makes, always the same. `age` takes its keys as text alone.
    pub fn of_secret(secret: &[u8; 32]) -> Result<Self, SealError> {
        let prefix = Hrp::parse("age-secret-key-").map_err(|_| SealError::Identity)?;
        let text = bech32::encode_upper::<Bech32>(prefix, secret).map_err(|_| SealError::Identity)?;
        text.parse()
    }
    /// To whom is sealed what the first of its keys opens.
    pub fn recipient(&self) -> Result<Recipient, SealError> {
        let key = self.0.first().ok_or(SealError::Identity)?;
        Ok(Recipient(key.to_public().to_string()))
    }
    /// Reads a file as `stackside-server keys` and `age-keygen` write it.
    pub fn read(file: &Path) -> Result<Self, SealError> {
        fs::read_to_string(file)?.parse()
    }
}
impl FromStr for Identity {
    type Err = SealError;
    fn from_str(text: &str) -> Result<Self, SealError> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let keys = lines.map(|line| line.parse().map_err(|_| SealError::Identity));
        let keys = keys.collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() { Err(SealError::Identity) } else { Ok(Self(keys)) }
    }
}

/// What is read from the result was sealed in `from`. Each piece is checked before it is handed on; that the end is
/// the end shows only when all is read.
pub fn opening<R: Read>(identity: &Identity, from: R) -> Result<StreamReader<R>, SealError> {
    let decryptor = Decryptor::new(from).map_err(open_error)?;
    decryptor.decrypt(identity.0.iter().map(|key| key as _)).map_err(open_error)
}

/// Opens all of `from` into `to`; its length is told. What was written is worth nothing where this fails.
pub fn open(identity: &Identity, from: impl Read, to: &mut impl Write) -> Result<u64, SealError> {
    let mut opened = opening(identity, from)?;
    let mut piece = vec![0; 64 * 1024];
    let mut length = 0;
    loop {
        let read = match opened.read(&mut piece) {
            Ok(0) => return Ok(length),
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            read => read.map_err(read_error)?,
        };
        to.write_all(&piece[..read])?;
        length += read as u64;
    }
}

fn open_error(error: DecryptError) -> SealError {
    match error {
        DecryptError::NoMatchingKeys => SealError::OtherRecipient,
        DecryptError::Io(error) => read_error(error),
        _ => SealError::Damaged,
    }
}

fn read_error(error: io::Error) -> SealError {
    if is_damage(&error) { SealError::Damaged } else { SealError::Io(error) }
}

#[cfg(test)]
mod tests {
    use age::secrecy::ExposeSecret;

    use super::*;

    fn pair() -> (Recipient, Identity) {
        let key = x25519::Identity::generate();
        let text = format!("# public key: {0}\n{1}\n", key.to_public(), key.to_string().expose_secret());
        (key.to_public().to_string().parse().unwrap(), text.parse().unwrap())
    }

    fn opened(identity: &Identity, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut plain = vec![];
        open(identity, sealed, &mut plain).map(|length| {
            assert_eq!(length, plain.len() as u64);
            plain
        })
    }

    #[test]
    fn only_the_identity_opens_what_was_sealed_and_only_whole() {
        let (recipient, identity) = pair();
        let plain: Vec<u8> = (0..200_000_u32).flat_map(u32::to_le_bytes).collect();
        let mut sealed = vec![];
        assert_eq!(seal(&recipient, &mut &plain[..], &mut sealed).unwrap(), plain.len() as u64);
        assert_eq!(opened(&identity, &sealed).unwrap(), plain);

        assert!(matches!(opened(&pair().1, &sealed), Err(SealError::OtherRecipient)));
        for length in [0, 20, 300, sealed.len() / 2, sealed.len() - 1] {
            assert!(matches!(opened(&identity, &sealed[..length]), Err(SealError::Damaged)), "{length}");
        }
        for at in [0, 120, sealed.len() / 2, sealed.len() - 1] {
            let mut other = sealed.clone();
            other[at] ^= 1;
            assert!(opened(&identity, &other).is_err(), "{at}");
        }
        assert!(matches!(opened(&identity, &plain), Err(SealError::Damaged)));
    }

    #[test]
    fn what_is_no_key_is_none() {
        assert!(matches!("age1nobody".parse::<Recipient>(), Err(SealError::Recipient)));
        assert!(matches!("# a comment\n".parse::<Identity>(), Err(SealError::Identity)));
        assert!(matches!("AGE-SECRET-KEY-1X".parse::<Identity>(), Err(SealError::Identity)));
    }
}
