//! An exported log or visit (docs/evidence.md): which items it has, and its device's word that this is all of it.
//! Pure: the archive around it is read and written by src-device.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::canonical::{self, CanonicalError};
use crate::confirmation::PortalConfirmation;
use crate::evidence::SignatureText;
use crate::hash::Hash;
use crate::id::{DeviceId, LogId, VisitId};
use crate::trust::{Receipt, Signed, Statement};
use crate::verify::{Failure, Fault, Place};

/// The version of the format.
pub const EXPORT_VERSION: u32 = 1;

/// What the device says of an export, signed with its key: nothing can be left out afterwards, not even what no
/// server has received yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Always `export`.
    pub statement: String,
    /// [`EXPORT_VERSION`].
    pub v: u32,
    /// The device.
    pub device: DeviceId,
    /// The log; its headers are there from number 1 on.
    pub log: LogId,
    /// The visit whose bodies are there; null if those of the whole log are.
    pub visit: Option<VisitId>,
    /// The last header's number.
    pub last_seq: u64,
    /// Its hash.
    pub last_hash: Hash,
    /// SHA-256 of the text of the receipt that is there; null if there is none.
    pub receipt: Option<Hash>,
    /// Numbers of the entries whose bodies are there, ascending.
    pub bodies: Vec<u64>,
    /// Files that these bodies name and that the device no longer held, ascending.
    pub absent: Vec<Hash>,
    /// Further logs of the device that the visit has entries in: they are exported apart.
    pub also_in: Vec<LogId>,
    /// SHA-256 of the texts of the server's words for confirmations in the portal that are there, ascending.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub confirmations: Vec<Hash>,
}

impl Statement for Manifest {
    const NAME: &'static str = "export";
    fn name(&self) -> &str {
        &self.statement
    }
}

/// The parts of an export in the only order that they may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Item {
    /// The signed [`Manifest`], canonical JSON.
    Manifest,
    /// The last signed receipt, canonical JSON; missing if there is none.
    Receipt,
    /// All headers, each followed by a line feed.
    Headers,
    /// All signatures in hex, each followed by a line feed.
    Signatures,
    /// The body of an entry.
    Body(u64),
    /// A server's word for a confirmation in the portal, canonical JSON, under the hash of its text.
    Confirmation(Hash),
    /// A photo's original or a signature's strokes, under the hash that an entry names.
    File(Hash),
}

impl Item {
    /// The name in the archive.
    pub fn name(&self) -> String {
        match self {
            Self::Manifest => "manifest.json".to_owned(),
            Self::Receipt => "receipt.json".to_owned(),
            Self::Headers => "headers.jsonl".to_owned(),
            Self::Signatures => "signatures.txt".to_owned(),
            Self::Body(seq) => format!("bodies/{seq:06}.json"),
            Self::Confirmation(sha256) => format!("confirmations/{sha256}.json"),
            Self::File(sha256) => format!("files/{sha256}"),
        }
    }

    /// The item of a name; nothing for any other.
    pub fn of_name(name: &str) -> Option<Self> {
        let numbered = || name.strip_prefix("bodies/")?.strip_suffix(".json")?.parse().ok().map(Self::Body);
        let hashed = || name.strip_prefix("files/")?.parse().ok().map(Self::File);
        let confirmed = || {
            let sha256 = name.strip_prefix("confirmations/")?.strip_suffix(".json")?;
            sha256.parse().ok().map(Self::Confirmation)
        };
        [Self::Manifest, Self::Receipt, Self::Headers, Self::Signatures]
            .into_iter()
            .chain(numbered())
            .chain(confirmed())
            .chain(hashed())
            .find(|item| item.name() == name)
    }
}

/// What was found under a file's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileFound {
    /// SHA-256 of its bytes.
    pub sha256: Hash,
    /// Its length.
    pub size_bytes: u64,
}

/// An export as read: nothing in it is verified yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// The device's word for it.
    pub manifest: Signed<Manifest>,
    /// The server's last word for the log.
    pub receipt: Option<Signed<Receipt>>,
    /// Headers from number 1 on.
    pub headers: Vec<String>,
    /// Their signatures.
    pub signatures: Vec<SignatureText>,
    /// Bodies by the numbers of their entries.
    pub bodies: BTreeMap<u64, String>,
    /// The server's words for confirmations in the portal, by the hashes that they stand under.
    pub confirmations: BTreeMap<Hash, Signed<PortalConfirmation>>,
    /// Files by the names that they stand under.
    pub files: BTreeMap<Hash, FileFound>,
}

impl Export {
    /// Puts an export together from its texts (every item that is no file) and what its files were found to be.
    pub fn read(
        mut texts: BTreeMap<Item, Vec<u8>>,
        files: BTreeMap<Hash, FileFound>,
    ) -> Result<Self, Failure> {
        let mut take =
            |item: Item, place: Place| texts.remove(&item).ok_or(Failure { place, fault: Fault::Missing });
        let manifest = json(&take(Item::Manifest, Place::Manifest)?, Place::Manifest)?;
        let headers = take(Item::Headers, Place::Entry { seq: 1 })?;
        let signatures = take(Item::Signatures, Place::Entry { seq: 1 })?;
        let receipt = texts.remove(&Item::Receipt).map(|bytes| json(&bytes, Place::Receipt)).transpose()?;
        let mut bodies = BTreeMap::new();
        let mut confirmations = BTreeMap::new();
        for (item, bytes) in texts {
            match item {
                Item::Body(seq) => drop(bodies.insert(seq, text(bytes, Place::Entry { seq })?)),
                Item::Confirmation(sha256) => {
                    confirmations.insert(sha256, json(&bytes, Place::Confirmation { sha256 })?);
                }
                _ => {}
            }
        }
        let signatures = lines(&signatures)?.into_iter().map(SignatureText::from).collect();
        Ok(Self { manifest, receipt, headers: lines(&headers)?, signatures, bodies, confirmations, files })
    }

    /// All items but the files, as they are written.
    pub fn texts(&self) -> Result<BTreeMap<Item, Vec<u8>>, CanonicalError> {
        let joined = |lines: &mut dyn Iterator<Item = &str>| {
            lines.flat_map(|line| [line, "\n"]).collect::<String>().into_bytes()
        };
        let mut texts = BTreeMap::new();
        texts.insert(Item::Manifest, canonical::to_text(&self.manifest)?.into_bytes());
        if let Some(receipt) = &self.receipt {
            texts.insert(Item::Receipt, canonical::to_text(receipt)?.into_bytes());
        }
        texts.insert(Item::Headers, joined(&mut self.headers.iter().map(String::as_str)));
        texts.insert(Item::Signatures, joined(&mut self.signatures.iter().map(SignatureText::as_str)));
        let bodies = self.bodies.iter().map(|(seq, body)| (Item::Body(*seq), body.clone().into_bytes()));
        texts.extend(bodies);
        for (sha256, confirmation) in &self.confirmations {
            texts.insert(Item::Confirmation(*sha256), canonical::to_text(confirmation)?.into_bytes());
        }
        Ok(texts)
    }
}

fn text(bytes: Vec<u8>, place: Place) -> Result<String, Failure> {
    String::from_utf8(bytes).map_err(|_| Failure { place, fault: Fault::form("not UTF-8") })
}

fn json<T: serde::de::DeserializeOwned>(bytes: &[u8], place: Place) -> Result<T, Failure> {
    let text = text(bytes.to_vec(), place.clone())?;
    canonical::from_text(&text).map_err(|error| Failure { place, fault: Fault::form(error) })
}

/// Lines that each end with a line feed; line n is entry n.
fn lines(bytes: &[u8]) -> Result<Vec<String>, Failure> {
    bytes
        .split_inclusive(|byte| *byte == b'\n')
        .zip(1..)
        .map(|(line, seq)| {
            let place = Place::Entry { seq };
            match line.strip_suffix(b"\n") {
                Some(line) => text(line.to_vec(), place),
                None => Err(Failure { place, fault: Fault::form("a line without its end") }),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_has_one_name() {
        let hash = Hash::of(b"photo");
        let items = [Item::Manifest, Item::Receipt, Item::Headers, Item::Signatures, Item::Body(17)];
        for item in
            items.into_iter().chain([Item::Body(1_234_567), Item::Confirmation(hash), Item::File(hash)])
        {
            assert_eq!(Item::of_name(&item.name()), Some(item));
        }
        let upper = format!("files/{}", hash.to_string().to_uppercase());
        for other in
            ["bodies/17.json", "bodies/+00017.json", "bodies/0000017.json", "Manifest.json", &upper, ""]
        {
            assert_eq!(Item::of_name(other), None, "{other}");
        }
    }

    #[test]
    fn each_line_needs_its_end() {
        assert_eq!(lines(b"a\nb\n").unwrap(), ["a", "b"]);
        assert_eq!(lines(b"").unwrap(), [""; 0]);
        assert_eq!(lines(b"a\nb").unwrap_err().place, Place::Entry { seq: 2 });
        assert_eq!(lines(b"a\n\xff\n").unwrap_err().place, Place::Entry { seq: 2 });
    }
}
