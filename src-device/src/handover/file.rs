//! The sealed file in which a tablet hands over what no server holds yet (docs/handover.md): to another tablet of the
//! operator, which sends it, or to the operator's desk.
//!
//! Inside the seal: the length of the contents (8 bytes, little-endian), the contents as JSON, then the bytes of the files
//! in the order in which the contents name them.

use std::io::{self, Read, Write};

use argon2::Argon2;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use stackside_core::act::FileRef;
use stackside_core::evidence::Entry;
use stackside_core::id::{DeviceId, LogId, OperatorId};
use stackside_core::trust::{Receipt, Signed};

use crate::seal::{Identity, Recipient, SealError};
use crate::store::file::{FileKind, Sendable};

/// What the contents say that they are.
pub const STATEMENT: &str = "stackside handover";
/// The version of the contents.
pub const VERSION: u32 = 1;
/// The longest contents: far more than any log.
const MOST_BYTES: u64 = 1024 * 1024 * 1024;

/// What is handed over, but for the bytes of the files.
#[derive(Debug, Serialize, Deserialize)]
pub struct Contents {
    /// [`STATEMENT`].
    pub statement: String,
    /// [`VERSION`].
    pub v: u32,
    /// Whose.
    pub operator: OperatorId,
    /// The logs that something is unsent of, oldest first.
    pub logs: Vec<HandedLog>,
    /// The files that the server does not hold.
    pub files: Vec<HandedFile>,
}

/// What is unsent of a log.
#[derive(Debug, Serialize, Deserialize)]
pub struct HandedLog {
    /// Whose log.
    pub device: DeviceId,
    /// Which.
    pub log: LogId,
    /// The last receipt; the server holds what is up to there.
    pub receipt: Option<Signed<Receipt>>,
    /// The first entry, which names the certificate, and all after the receipt.
    pub entries: Vec<Entry>,
}

/// A file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct HandedFile {
    /// Its name, length and type.
    #[serde(flatten)]
    pub file: FileRef,
    /// Photo, document or signature.
    pub kind: FileKind,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// The log of the entry that names it.
    pub log: LogId,
    /// And its number.
    pub seq: u64,
}

impl From<Sendable> for HandedFile {
    fn from(file: Sendable) -> Self {
        let Sendable { file, kind, made_at, log, seq, .. } = file;
        Self { file, kind, made_at, log, seq }
    }
}

/// Writes the contents; the files' bytes follow.
pub fn write(contents: &Contents, to: &mut impl Write) -> io::Result<()> {
    let text = serde_json::to_vec(contents)?;
    to.write_all(&(text.len() as u64).to_le_bytes())?;
    to.write_all(&text)
}

/// Reads the contents; nothing where these are none, or those of a newer app.
pub fn read(from: &mut impl Read) -> io::Result<Option<Contents>> {
    let mut length = [0; 8];
    from.read_exact(&mut length)?;
    let length = u64::from_le_bytes(length);
    if length > MOST_BYTES {
        return Ok(None);
    }
    let mut text = vec![];
    from.take(length).read_to_end(&mut text)?;
    let contents: Option<Contents> = serde_json::from_slice(&text).ok();
    Ok(contents.filter(|contents| contents.statement == STATEMENT && contents.v == VERSION))
}

/// The code that opens a handover: 80 bits, in letters and digits that are not mistaken for each other (Crockford's
/// base 32), for people to write down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code(String);

const SIGNS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CODE_SIGNS: usize = 16;
const SALT: &[u8] = b"stackside handover v1";

impl Code {
    /// A new one.
    pub fn random() -> Self {
        let random = uuid::Uuid::new_v4().into_bytes();
        let more = uuid::Uuid::new_v4().into_bytes();
        // The first six bytes and the last seven of a UUIDv4 are random whole.
        let bytes = [&random[..6], &random[9..], &more[..6]].concat();
        Self(bytes.iter().take(CODE_SIGNS).map(|byte| char::from(SIGNS[usize::from(byte % 32)])).collect())
    }

    /// Reads what a person typed, with or without dashes; letters that are taken for digits are those digits.
    pub fn read(typed: &str) -> Option<Self> {
        let sign = |typed: char| match typed.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            sign => sign,
        };
        let signs: String =
            typed.chars().filter(|typed| !typed.is_whitespace() && *typed != '-').map(sign).collect();
        let is_code = signs.len() == CODE_SIGNS && signs.bytes().all(|byte| SIGNS.contains(&byte));
        is_code.then_some(Self(signs))
    }

    /// Who opens what is sealed to the code.
    pub fn identity(&self) -> Result<Identity, SealError> {
        let mut secret = [0; 32];
        Argon2::default()
            .hash_password_into(self.0.as_bytes(), SALT, &mut secret)
            .map_err(|_| SealError::Identity)?;
        Identity::of_secret(&secret)
    }

    /// To whom it is sealed.
    pub fn recipient(&self) -> Result<Recipient, SealError> {
        self.identity()?.recipient()
    }
}

/// `ABCD-EFGH-JKMN-PQRS`.
impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let groups: Vec<&str> = (0..CODE_SIGNS).step_by(4).filter_map(|at| self.0.get(at..at + 4)).collect();
        f.write_str(&groups.join("-"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_write_it() {
        let code = Code::random();
        let shown = code.to_string();
        assert_eq!(shown.len(), 19);
        for typed in [
            shown.clone(),
            shown.replace('-', " "),
            shown.to_lowercase(),
            shown.replace('0', "o").replace('1', "l"),
        ] {
            assert_eq!(Code::read(&typed), Some(code.clone()), "{typed}");
        }
        for bad in ["", "ABCD-EFGH", &format!("{shown}0"), &format!("U{}", &shown[1..])] {
            assert_eq!(Code::read(bad), None, "{bad}");
        }
        assert_ne!(Code::random(), Code::random());
    }

    #[test]
    fn only_its_code_opens_what_is_sealed_to_it() {
        let code = Code::random();
        let mut sealed = vec![];
        crate::seal::seal(&code.recipient().unwrap(), &mut &b"unsent"[..], &mut sealed).unwrap();
        let opened = |code: &Code| {
            let mut plain = vec![];
            crate::seal::open(&code.identity().unwrap(), &sealed[..], &mut plain).map(|_| plain)
        };
        assert_eq!(opened(&Code::read(&code.to_string()).unwrap()).unwrap(), b"unsent");
        assert!(matches!(opened(&Code::random()), Err(SealError::OtherRecipient)));
    }
}
