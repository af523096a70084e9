//! What a forger can do: take an export apart, change it, sign it anew with the keys at hand, and pack it as a device
//! does.

use std::collections::BTreeMap;

use p256::ecdsa::SigningKey;
use serde_json::Value;
use stackside_core::canonical;
use stackside_core::evidence::{Header, PublicKey, SignatureText};
use stackside_core::export::{Item, Manifest};
use stackside_core::hash::Hash;
use stackside_core::trust::{Receipt, Signed, Statement};
use stackside_device::archive::Writer;

/// An export in parts, files with their bytes.
#[derive(Clone)]
pub struct Parts {
    pub items: BTreeMap<Item, Vec<u8>>,
    pub headers: Vec<String>,
    pub signatures: Vec<String>,
}

/// Where the bytes of each item lie in an archive.
pub fn places(archive: &[u8]) -> Vec<(Item, std::ops::Range<usize>)> {
    let number = |at: usize, size: usize| {
        archive[at..at + size].iter().rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte))
    };
    let (mut at, mut found) = (0, vec![]);
    while archive[at..].starts_with(b"PK\x03\x04") {
        let (size, name_len) = (number(at + 18, 4), number(at + 26, 2));
        let begin = at + 30 + name_len;
        let name = std::str::from_utf8(&archive[at + 30..begin]).unwrap();
        found.push((Item::of_name(name).unwrap(), begin..begin + size));
        at = begin + size;
    }
    found
}

impl Parts {
    pub fn of(archive: &[u8]) -> Self {
        let mut items: BTreeMap<Item, Vec<u8>> =
            places(archive).into_iter().map(|(item, range)| (item, archive[range].to_vec())).collect();
        let mut lines = |item| -> Vec<String> {
            let text = String::from_utf8(items.remove(&item).unwrap()).unwrap();
            text.lines().map(str::to_owned).collect()
        };
        let (headers, signatures) = (lines(Item::Headers), lines(Item::Signatures));
        Self { items, headers, signatures }
    }

    pub fn pack(&self) -> Vec<u8> {
        let joined = |lines: &[String]| lines.iter().flat_map(|line| [line, "\n"]).collect::<String>();
        let mut items = self.items.clone();
        items.insert(Item::Headers, joined(&self.headers).into());
        items.insert(Item::Signatures, joined(&self.signatures).into());
        let mut writer = Writer::new(vec![]);
        items.iter().for_each(|(item, bytes)| writer.add(item, bytes).unwrap());
        writer.finish().unwrap()
    }

    pub fn last(&self) -> u64 {
        self.headers.len() as u64
    }
    pub fn header(&self, seq: u64) -> Header {
        Header::read(&self.headers[index(seq)]).unwrap()
    }
    pub fn hash(&self, seq: u64) -> Hash {
        Hash::of(self.headers[index(seq)].as_bytes())
    }
    pub fn receipt(&self) -> Receipt {
        self.signed::<Receipt>(Item::Receipt).read_unverified().unwrap()
    }
    pub fn manifest(&self) -> Manifest {
        self.signed::<Manifest>(Item::Manifest).read_unverified().unwrap()
    }
    pub fn signed<T: Statement>(&self, item: Item) -> Signed<T> {
        serde_json::from_slice(&self.items[&item]).unwrap()
    }
    pub fn set_statement<T: Statement>(&mut self, item: Item, statement: &Signed<T>) {
        self.items.insert(item, canonical::to_text(statement).unwrap().into_bytes());
    }
    pub fn body(&self, seq: u64) -> Value {
        serde_json::from_slice(&self.items[&Item::Body(seq)]).unwrap()
    }
    /// The entry that names a file first.
    pub fn names(&self, sha256: Hash) -> u64 {
        let name = sha256.to_string();
        (1..=self.last())
            .find(|seq| {
                self.items
                    .get(&Item::Body(*seq))
                    .is_some_and(|body| String::from_utf8_lossy(body).contains(&name))
            })
            .unwrap()
    }
    pub fn files(&self) -> Vec<Hash> {
        self.items
            .keys()
            .filter_map(|item| if let Item::File(hash) = item { Some(*hash) } else { None })
            .collect()
    }

    pub fn drop_entry(&mut self, seq: u64) {
        self.headers.remove(index(seq));
        self.signatures.remove(index(seq));
        let bodies: Vec<_> = (seq..=self.last() + 1).map(|seq| self.items.remove(&Item::Body(seq))).collect();
        for (seq, body) in (seq..).zip(bodies.into_iter().skip(1)) {
            self.items.extend(body.map(|body| (Item::Body(seq), body)));
        }
    }
    pub fn swap_entries(&mut self, one: u64, other: u64) {
        self.headers.swap(index(one), index(other));
        self.signatures.swap(index(one), index(other));
        let [a, b] = [one, other].map(|seq| self.items.remove(&Item::Body(seq)).unwrap());
        self.items.extend([(Item::Body(one), b), (Item::Body(other), a)]);
    }
    /// Puts an entry in at a place; what followed there moves on by one.
    pub fn insert_entry(&mut self, seq: u64, header: String, signature: String, body: Vec<u8>) {
        for at in (seq..=self.last()).rev() {
            let moved = self.items.remove(&Item::Body(at));
            self.items.extend(moved.map(|body| (Item::Body(at + 1), body)));
        }
        self.headers.insert(index(seq), header);
        self.signatures.insert(index(seq), signature);
        self.items.insert(Item::Body(seq), body);
    }
    pub fn cut_after(&mut self, seq: u64) {
        while self.last() > seq {
            self.drop_entry(self.last());
        }
    }

    /// Gives an entry another body, header included.
    pub fn set_body(&mut self, seq: u64, body: &Value) {
        let text = canonical::to_text(body).unwrap();
        let mut header = self.header(seq);
        header.body_hash = Hash::of(text.as_bytes());
        header.body_len = text.len() as u64;
        self.headers[index(seq)] = canonical::to_text(&header).unwrap();
        self.items.insert(Item::Body(seq), text.into_bytes());
    }

    /// Chains and signs all entries from a number on anew; `change` may change their headers.
    pub fn resign(&mut self, from: u64, key: &SigningKey, change: impl Fn(&mut Header)) {
        for seq in from..=self.last() {
            let mut header = self.header(seq);
            change(&mut header);
            if seq > 1 {
                header.prev = Some(self.hash(seq - 1));
            }
            let text = canonical::to_text(&header).unwrap();
            self.signatures[index(seq)] = sign(&text, key);
            self.headers[index(seq)] = text;
        }
    }

    /// A manifest that fits what is there now, signed by a key.
    pub fn remake_manifest(&mut self, key: &SigningKey) {
        let mut manifest = self.manifest();
        let first = self.header(1);
        (manifest.device, manifest.log) = (first.device, first.log);
        (manifest.last_seq, manifest.last_hash) = (self.last(), self.hash(self.last()));
        let receipt = self.items.contains_key(&Item::Receipt).then(|| self.signed::<Receipt>(Item::Receipt));
        manifest.receipt = receipt.map(|receipt| Hash::of(receipt.text.as_bytes()));
        manifest.bodies =
            (1..=self.last()).filter(|seq| self.items.contains_key(&Item::Body(*seq))).collect();
        self.set_statement(Item::Manifest, &Signed::make(&manifest, &public(key), key).unwrap());
    }
}

pub fn index(seq: u64) -> usize {
    usize::try_from(seq).unwrap() - 1
}
pub fn public(key: &SigningKey) -> PublicKey {
    PublicKey::of(key.verifying_key())
}
pub fn sign(text: &str, key: &SigningKey) -> String {
    SignatureText::make(text.as_bytes(), key).unwrap().as_str().to_owned()
}
