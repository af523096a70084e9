//! A log of five entries with fixed keys, ids and clocks.

use std::collections::BTreeMap;

use p256::ecdsa::SigningKey;
use stackside_core::act::{Act, FileRef, PhotoTaken};
use stackside_core::canonical;
use stackside_core::clock::Clocks;
use stackside_core::evidence::{self, PublicKey, SignatureText, Tip};
use stackside_core::export::{EXPORT_VERSION, Export, FileFound, Manifest};
use stackside_core::hash::Hash;
use stackside_core::id::{DeviceId, PhotoId};
use stackside_core::photo::PhotoSource;
use stackside_core::trust::{Certificate, Receipt, Signed, Statement};
use uuid::Uuid;

pub const DEVICE: u8 = 1;
pub const SERVER: u8 = 2;
pub const OTHER: u8 = 3;

/// The key whose 32 bytes are all the same.
pub fn key(byte: u8) -> SigningKey {
    SigningKey::from_slice(&[byte; 32]).unwrap()
}
pub fn public(key: &SigningKey) -> PublicKey {
    PublicKey::of(key.verifying_key())
}
pub fn signed<T: Statement>(statement: &T, key: &SigningKey) -> Signed<T> {
    Signed::make(statement, &public(key), key).unwrap()
}
pub fn sign_server<T: Statement>(statement: &T) -> Signed<T> {
    signed(statement, &key(SERVER))
}

pub struct Sample {
    server: SigningKey,
    certified: DeviceId,
}

impl Sample {
    pub fn new() -> Self {
        Self { server: key(SERVER), certified: tip().device }
    }
    pub fn under_server(self, key: &SigningKey) -> Self {
        Self { server: key.clone(), ..self }
    }
    pub fn certificate_of(&mut self, device: &str) {
        self.certified = device.parse().unwrap();
    }

    fn certificate(&self) -> Signed<Certificate> {
        let certificate = Certificate {
            statement: Certificate::NAME.into(),
            device: self.certified,
            public_key: public(&key(DEVICE)),
            operator: "OP1".parse().unwrap(),
            valid_from: "2026-11-23T06:00:00Z".parse().unwrap(),
            valid_until: "2029-11-23T06:00:00Z".parse().unwrap(),
        };
        signed(&certificate, &self.server)
    }

    fn acts(&self) -> Vec<Act> {
        let photo = PhotoTaken {
            photo: PhotoId::new(Uuid::from_u128(4)),
            visit: None,
            record: None,
            slot: None,
            source: PhotoSource::Camera,
            file: FileRef { sha256: Hash::of(b"photo"), size_bytes: 5, media_type: "image/jpeg".into() },
            fix: None,
        };
        let jump = |moved_ms| Act::ClockJumped { moved_ms };
        vec![
            Act::Enrolled { certificate: self.certificate() },
            Act::PhotoTaken(photo),
            jump(31_000),
            jump(-40_000),
        ]
    }

    /// The whole log with a receipt up to an entry.
    pub fn export(&self, received: Option<u64>) -> Export {
        let device_key = key(DEVICE);
        let mut tip = tip();
        let (mut headers, mut signatures, mut bodies) = (vec![], vec![], BTreeMap::new());
        let mut hashes = vec![];
        for act in self.acts() {
            let (entry, header) =
                evidence::make(&act, &tip, Some("P1".parse().unwrap()), clocks(), &device_key).unwrap();
            tip.follow(&header, entry.hash()).unwrap();
            hashes.push(entry.hash());
            bodies.insert(header.seq, entry.body);
            headers.push(entry.header);
            signatures.push(entry.signature);
        }
        // A kind that this program does not know yet, as a newer app makes it.
        let body = r#"{"kind":"weather_noted","record":"00000000-0000-0000-0000-000000000005"}"#;
        let mut header = evidence::Header::read(&headers[3]).unwrap();
        header.seq = 5;
        header.prev = Some(hashes[3]);
        header.kind = "weather_noted".into();
        header.body_hash = Hash::of(body.as_bytes());
        header.body_len = body.len() as u64;
        let text = canonical::to_text(&header).unwrap();
        hashes.push(Hash::of(text.as_bytes()));
        signatures.push(SignatureText::make(text.as_bytes(), &device_key).unwrap());
        headers.push(text);
        bodies.insert(5, body.to_owned());

        let receipt = received.map(|seq| {
            let hash = hashes[usize::try_from(seq).unwrap() - 1];
            let server_time = "2026-11-23T07:00:00Z".parse().unwrap();
            let (device, log) = (tip.device, tip.log);
            signed(
                &Receipt { statement: Receipt::NAME.into(), device, log, seq, hash, server_time },
                &self.server,
            )
        });
        let manifest = Manifest {
            statement: Manifest::NAME.into(),
            v: EXPORT_VERSION,
            device: tip.device,
            log: tip.log,
            visit: None,
            last_seq: 5,
            last_hash: hashes[4],
            receipt: receipt.as_ref().map(|receipt| Hash::of(receipt.text.as_bytes())),
            bodies: (1..=5).collect(),
            absent: vec![],
            also_in: vec![],
            confirmations: vec![],
        };
        let photo = FileFound { sha256: Hash::of(b"photo"), size_bytes: 5 };
        let files = BTreeMap::from([(photo.sha256, photo)]);
        let manifest = signed(&manifest, &device_key);
        Export { manifest, receipt, headers, signatures, bodies, confirmations: BTreeMap::new(), files }
    }
}

fn tip() -> Tip {
    Tip::new(
        "00000000-0000-0000-0000-000000000001".parse().unwrap(),
        "00000000-0000-0000-0000-000000000002".parse().unwrap(),
    )
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
