//! The device's append-only evidence log (design.md §4): one entry for each act, chained and signed. Shared by device,
//! server and verifier; keys and clocks come in as arguments.

use p256::ecdsa::signature::{Signer, Verifier};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};

use crate::act::Act;
use crate::canonical::{self, CanonicalError};
use crate::clock::Clocks;
use crate::hash::{Hash, from_hex, to_hex};
use crate::id::{DeviceId, LogId, PersonId};

/// The version of the header.
pub const HEADER_VERSION: u32 = 1;
/// The only signature so far: ECDSA over P-256 with SHA-256.
pub const ALG: &str = "ES256";
/// The longest body.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;

/// What is signed: who, when, after which entry, over which body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// [`HEADER_VERSION`].
    pub v: u32,
    /// [`ALG`].
    pub alg: String,
    /// The device.
    pub device: DeviceId,
    /// Its log.
    pub log: LogId,
    /// From 1, without gaps.
    pub seq: u64,
    /// Hash of the header before; null in the first.
    pub prev: Option<Hash>,
    /// The act's kind.
    pub kind: String,
    /// Who was at the tablet.
    pub technician: Option<PersonId>,
    /// The three clocks.
    pub clocks: Clocks,
    /// SHA-256 of the canonical body.
    pub body_hash: Hash,
    /// Its length in bytes.
    pub body_len: u64,
}

/// One link: the signed bytes as they are, never made anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Entry {
    /// The canonical header.
    pub header: String,
    /// r‖s over the header, low s, 128 hex digits.
    pub signature: SignatureText,
    /// The canonical body.
    pub body: String,
}

/// Where the next entry of a log goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tip {
    /// The device.
    pub device: DeviceId,
    /// Its log.
    pub log: LogId,
    /// Number and hash of the last entry; nothing in a new log.
    pub last: Option<(u64, Hash)>,
}

/// A signature of 64 bytes in hex.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(pattern = "^[0-9a-f]{128}$"))]
#[serde(transparent)]
pub struct SignatureText(String);

/// A public key: 33 bytes of a compressed P-256 point in hex.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "openapi",
    derive(utoipa::ToSchema),
    schema(format = "p256-point", pattern = "^0[23][0-9a-f]{64}$")
)]
#[serde(transparent)]
pub struct PublicKey(String);

/// Signs with a key that may not leave its store.
pub trait Sign {
    /// What went wrong in the key store.
    type Error;
    /// r‖s of ES256 over `message`.
    fn sign(&self, message: &[u8]) -> Result<[u8; 64], Self::Error>;
}

impl Sign for SigningKey {
    type Error = std::convert::Infallible;
    fn sign(&self, message: &[u8]) -> Result<[u8; 64], Self::Error> {
        let signature: Signature = Signer::sign(self, message);
        Ok(signature.to_bytes().into())
    }
}

/// Why an entry does not hold.
#[derive(Debug, thiserror::Error)]
pub enum EntryError {
    /// Header or body is not canonical JSON of the right shape.
    #[error("{part}: {source}")]
    Form {
        /// `header` or `body`.
        part: &'static str,
        /// What is wrong with it.
        source: CanonicalError,
    },
    /// A version or algorithm that this program does not know.
    #[error("version {v} with `{alg}` is not known")]
    Unknown {
        /// The header's version.
        v: u32,
        /// Its algorithm.
        alg: String,
    },
    /// The body is not the one that was signed.
    #[error("the body is not the signed one")]
    Body,
    /// The body is larger than any act.
    #[error("the body is too large")]
    TooLarge,
    /// The key is no point of P-256.
    #[error("not a public key")]
    Key,
    /// The signature does not hold for the key.
    #[error("the signature does not hold")]
    Signature,
    /// It does not follow the entry before.
    #[error("entry {seq} does not follow the one before")]
    Chain {
        /// Its number.
        seq: u64,
    },
}

/// Why an entry could not be made.
#[derive(Debug, thiserror::Error)]
pub enum MakeError<E> {
    /// The act has no canonical bytes.
    #[error(transparent)]
    Form(#[from] CanonicalError),
    /// The act is larger than any body may be.
    #[error("the act is too large")]
    TooLarge,
    /// The key store did not sign.
    #[error("the key store did not sign")]
    Key(E),
    /// What it returned is no signature.
    #[error("the key store returned no signature")]
    Signature,
}

/// Makes the entry that follows `tip`.
pub fn make<S: Sign>(
    act: &Act,
    tip: &Tip,
    technician: Option<PersonId>,
    clocks: Clocks,
    key: &S,
) -> Result<(Entry, Header), MakeError<S::Error>> {
    let body = canonical::to_text(act)?;
    if body.len() > MAX_BODY_BYTES {
        return Err(MakeError::TooLarge);
    }
    let header = Header {
        v: HEADER_VERSION,
        alg: ALG.to_owned(),
        device: tip.device,
        log: tip.log,
        seq: tip.last.as_ref().map_or(1, |(seq, _)| seq + 1),
        prev: tip.last.as_ref().map(|(_, hash)| *hash),
        kind: act.kind().to_owned(),
        technician,
        clocks,
        body_hash: Hash::of(body.as_bytes()),
        body_len: body.len() as u64,
    };
    let text = canonical::to_text(&header)?;
    let signature = SignatureText::make(text.as_bytes(), key)?;
    Ok((Entry { header: text, signature, body }, header))
}

impl From<String> for SignatureText {
    /// As it stands; whether it is a signature shows when it is verified.
    fn from(hex: String) -> Self {
        Self(hex)
    }
}

impl SignatureText {
    /// Hex digits as they stand.
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// Signs `message` and makes s low.
    pub fn make<S: Sign>(message: &[u8], key: &S) -> Result<Self, MakeError<S::Error>> {
        let raw = key.sign(message).map_err(MakeError::Key)?;
        let signature = Signature::from_slice(&raw).map_err(|_| MakeError::Signature)?.normalize_s();
        Ok(Self(to_hex(&signature.to_bytes())))
    }
    /// Holds if it is the signature of `message` by `key`, with low s.
    pub fn verify(&self, message: &[u8], key: &PublicKey) -> Result<(), EntryError> {
        let bytes = from_hex(&self.0).ok_or(EntryError::Signature)?;
        let signature = Signature::from_slice(&bytes).map_err(|_| EntryError::Signature)?;
        if signature.normalize_s() != signature {
            return Err(EntryError::Signature);
        }
        key.read()?.verify(message, &signature).map_err(|_| EntryError::Signature)
    }
}

impl std::str::FromStr for PublicKey {
    type Err = EntryError;
    fn from_str(text: &str) -> Result<Self, EntryError> {
        let key = Self(text.to_owned());
        key.check().map(|()| key)
    }
}

impl PublicKey {
    /// The public half of a key.
    pub fn of(key: &VerifyingKey) -> Self {
        Self(to_hex(&key.to_sec1_point(true).to_bytes()))
    }
    /// Hex digits as they stand.
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// A short name for the key: the first 16 hex digits of its hash.
    pub fn id(&self) -> String {
        Hash::of(self.0.as_bytes()).to_string()[..16].to_owned()
    }
    /// Refuses a text that is no key.
    pub fn check(&self) -> Result<(), EntryError> {
        self.read().map(drop)
    }
    fn read(&self) -> Result<VerifyingKey, EntryError> {
        let bytes = from_hex(&self.0).filter(|bytes| bytes.len() == 33).ok_or(EntryError::Key)?;
        VerifyingKey::from_sec1_bytes(&bytes).map_err(|_| EntryError::Key)
    }
}

impl Header {
    /// Reads a canonical header.
    pub fn read(text: &str) -> Result<Self, EntryError> {
        let header: Self =
            canonical::from_text(text).map_err(|source| EntryError::Form { part: "header", source })?;
        if header.v != HEADER_VERSION || header.alg != ALG {
            return Err(EntryError::Unknown { v: header.v, alg: header.alg });
        }
        Ok(header)
    }
    /// True if the header was made over this body.
    pub fn is_over(&self, body: &str) -> bool {
        self.body_hash == Hash::of(body.as_bytes()) && self.body_len == body.len() as u64
    }
}

impl Entry {
    /// The entry's hash: SHA-256 of the canonical header.
    pub fn hash(&self) -> Hash {
        Hash::of(self.header.as_bytes())
    }
    /// Reads the header.
    pub fn read_header(&self) -> Result<Header, EntryError> {
        Header::read(&self.header)
    }
    /// Reads the body; `Err` for a kind that this program does not know.
    pub fn read_act(&self) -> Result<Act, EntryError> {
        canonical::from_text(&self.body).map_err(|source| EntryError::Form { part: "body", source })
    }
    /// Holds if header, body and signature belong together and to `key`. Says nothing of the entry's place in its log.
    pub fn verify(&self, key: &PublicKey) -> Result<Header, EntryError> {
        if self.body.len() > MAX_BODY_BYTES {
            return Err(EntryError::TooLarge);
        }
        let header = self.read_header()?;
        if !header.is_over(&self.body) {
            return Err(EntryError::Body);
        }
        canonical::from_text::<serde_json::Value>(&self.body)
            .map_err(|source| EntryError::Form { part: "body", source })?;
        self.signature.verify(self.header.as_bytes(), key)?;
        Ok(header)
    }
}

impl Tip {
    /// The first place of a new log.
    pub fn new(device: DeviceId, log: LogId) -> Self {
        Self { device, log, last: None }
    }
    /// Moves on to the place after `header`, if it is the next one.
    pub fn follow(&mut self, header: &Header, hash: Hash) -> Result<(), EntryError> {
        let expected = self.last.as_ref().map_or((1, None), |(seq, hash)| (seq + 1, Some(*hash)));
        if (header.seq, header.prev) != expected || (header.device, header.log) != (self.device, self.log) {
            return Err(EntryError::Chain { seq: header.seq });
        }
        self.last = Some((header.seq, hash));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_slice(&[seed; 32]).unwrap()
    }
    fn clocks() -> Clocks {
        Clocks {
            wall: chrono::DateTime::parse_from_rfc3339("2026-11-23T14:05:00.123+08:00").unwrap(),
            boot_ms: 1_000,
            boot_id: "boot".into(),
            satellite: None,
            receipt: None,
        }
    }
    fn log_of(length: i64) -> (Vec<Entry>, PublicKey) {
        let key = key(7);
        let mut tip = Tip::new(DeviceId::new(Uuid::from_u128(1)), LogId::new(Uuid::from_u128(2)));
        let entries = (0..length)
            .map(|moved_ms| {
                let (entry, header) =
                    make(&Act::ClockJumped { moved_ms }, &tip, None, clocks(), &key).unwrap();
                tip.follow(&header, entry.hash()).unwrap();
                entry
            })
            .collect();
        (entries, PublicKey::of(key.verifying_key()))
    }
    fn walk(entries: &[Entry], key: &PublicKey) -> Result<(), EntryError> {
        let mut tip = Tip::new(DeviceId::new(Uuid::from_u128(1)), LogId::new(Uuid::from_u128(2)));
        entries.iter().try_for_each(|entry| tip.follow(&entry.verify(key)?, entry.hash()))
    }

    #[test]
    fn a_log_holds_as_it_was_made() {
        let (entries, key) = log_of(4);
        walk(&entries, &key).unwrap();
        assert_eq!(entries[2].read_act().unwrap(), Act::ClockJumped { moved_ms: 2 });
    }

    #[test]
    fn dropping_swapping_or_changing_an_entry_shows() {
        let (entries, public) = log_of(4);
        let changed = |edit: fn(&mut Vec<Entry>)| {
            let mut copy = entries.clone();
            edit(&mut copy);
            walk(&copy, &public).unwrap_err().to_string()
        };
        assert_eq!(changed(|e| drop(e.remove(1))), "entry 3 does not follow the one before");
        assert_eq!(changed(|e| e.swap(1, 2)), "entry 3 does not follow the one before");
        assert_eq!(changed(|e| e[2].body = e[2].body.replace('2', "9")), "the body is not the signed one");
        assert_eq!(
            changed(|e| e[2].header = e[2].header.replace("boot\"", "b00t\"")),
            "the signature does not hold"
        );
        assert_eq!(changed(|e| e[2].header.push(' ')), "header: not in canonical form");
        let other = PublicKey::of(key(8).verifying_key());
        assert_eq!(walk(&entries, &other).unwrap_err().to_string(), "the signature does not hold");
    }

    #[test]
    fn a_signature_with_high_s_is_refused() {
        let (entries, public) = log_of(1);
        let bytes = from_hex(&entries[0].signature.0).unwrap();
        let low = Signature::from_slice(&bytes).unwrap();
        let high = Signature::from_scalars(low.r(), -*low.s()).unwrap();
        let forged = Entry { signature: SignatureText(to_hex(&high.to_bytes())), ..entries[0].clone() };
        assert!(matches!(forged.verify(&public), Err(EntryError::Signature)));
    }

    #[test]
    fn the_signed_bytes_stay_what_they_are() {
        let (entries, _) = log_of(1);
        assert_eq!(
            entries[0].header,
            concat!(
                r#"{"alg":"ES256","body_hash":"#,
                r#""71b441122dd1634bfa759f1a5d47104b24550513309871c5d587287365bc113a""#,
                r#","body_len":36,"clocks":{"boot_id":"boot","boot_ms":1000,"wall":"2026-11-23T14:05:00.123+08:00"},"#,
                r#""device":"00000000-0000-0000-0000-000000000001","kind":"clock_jumped","#,
                r#""log":"00000000-0000-0000-0000-000000000002","prev":null,"seq":1,"technician":null,"v":1}"#
            )
        );
    }
}
