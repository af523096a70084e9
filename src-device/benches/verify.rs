//! How many entries of an exported log are checked in a second (issue 4): reading the archive, chain, signatures, bodies.
//! Prints the figure with its target; fails when it is missed. Run it by `make bench`.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and what helps it may panic"
)]

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::process::ExitCode;
use std::time::Instant;

use p256::ecdsa::SigningKey;
use stackside_core::act::Act;
use stackside_core::clock::Clocks;
use stackside_core::evidence::{self, PublicKey, Tip};
use stackside_core::export::{EXPORT_VERSION, Export, Item, Manifest};
use stackside_core::hash::Hash;
use stackside_core::id::{DeviceId, LogId};
use stackside_core::trust::{Certificate, Receipt, Signed, Statement};
use stackside_core::verify::Verdict;
use stackside_device::archive::Writer;
use stackside_device::export::check;
use uuid::Uuid;

const ENTRIES: u64 = 3_000;
const TARGET: f64 = 2_000.0;
const RUNS: usize = 9;

fn main() -> ExitCode {
    let server = SigningKey::from_slice(&[3; 32]).unwrap();
    let trusted = PublicKey::of(server.verifying_key());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.zip");
    let mut writer = Writer::new(File::create(&path).unwrap());
    for (item, bytes) in log(&server, &trusted) {
        writer.add(&item, &bytes).unwrap();
    }
    writer.finish().unwrap();
    let mut rates: Vec<f64> = (0..RUNS)
        .map(|_| {
            let begun = Instant::now();
            let report = check(BufReader::new(File::open(&path).unwrap()), Some(&trusted)).unwrap();
            assert_eq!((report.verdict, report.entries), (Verdict::Trusted, ENTRIES), "{report:?}");
            ENTRIES as f64 / begun.elapsed().as_secs_f64()
        })
        .collect();
    rates.sort_unstable_by(f64::total_cmp);
    // By the median: the slowest run tells of whatever else the machine does.
    let (slowest, median) = (rates[0], rates[RUNS / 2]);
    let end = if median < TARGET { "  MISSED" } else { "" };
    println!("{:<44} {:>10} {:>10} {:>10}", "native, release", "median", "slowest", "target");
    println!(
        "{:<44} {median:>8.0}/s {slowest:>8.0}/s {TARGET:>8.0}/s{end}",
        format!("verifying a log of {ENTRIES} entries")
    );
    if median < TARGET { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// A whole log, received to its end.
fn log(server: &SigningKey, trusted: &PublicKey) -> BTreeMap<Item, Vec<u8>> {
    let key = SigningKey::from_slice(&[7; 32]).unwrap();
    let public = PublicKey::of(key.verifying_key());
    let (device, log) = (DeviceId::new(Uuid::from_u128(1)), LogId::new(Uuid::from_u128(2)));
    let certificate = Certificate {
        statement: Certificate::NAME.into(),
        device,
        public_key: public.clone(),
        operator: "OP1".parse().unwrap(),
        valid_from: "2026-11-01T00:00:00Z".parse().unwrap(),
        valid_until: "2029-11-01T00:00:00Z".parse().unwrap(),
    };
    let certificate = Signed::make(&certificate, trusted, server).unwrap();
    let mut tip = Tip::new(device, log);
    let (mut headers, mut signatures, mut bodies) = (vec![], vec![], BTreeMap::new());
    for seq in 1..=ENTRIES {
        let act = match seq {
            1 => Act::Enrolled { certificate: certificate.clone() },
            _ => Act::ClockJumped { moved_ms: i64::try_from(seq).unwrap() },
        };
        let clocks = Clocks {
            wall: "2026-11-23T14:05:00.123+08:00".parse().unwrap(),
            boot_ms: seq,
            boot_id: "boot".into(),
            satellite: None,
            receipt: None,
        };
        let technician = Some("P1".parse().unwrap());
        let (entry, header) = evidence::make(&act, &tip, technician, clocks, &key).unwrap();
        tip.follow(&header, entry.hash()).unwrap();
        headers.push(entry.header);
        signatures.push(entry.signature);
        bodies.insert(seq, entry.body);
    }
    let (last_seq, last_hash) = tip.last.unwrap();
    let receipt = Receipt {
        statement: Receipt::NAME.into(),
        device,
        log,
        seq: last_seq,
        hash: last_hash,
        server_time: "2026-11-23T07:00:00Z".parse().unwrap(),
    };
    let receipt = Signed::make(&receipt, trusted, server).unwrap();
    let manifest = Manifest {
        statement: Manifest::NAME.into(),
        v: EXPORT_VERSION,
        device,
        log,
        visit: None,
        last_seq,
        last_hash,
        receipt: Some(Hash::of(receipt.text.as_bytes())),
        bodies: bodies.keys().copied().collect(),
        absent: vec![],
        also_in: vec![],
        confirmations: vec![],
    };
    let manifest = Signed::make(&manifest, &public, &key).unwrap();
    let files = BTreeMap::new();
    Export {
        manifest,
        receipt: Some(receipt),
        headers,
        signatures,
        bodies,
        confirmations: BTreeMap::new(),
        files,
    }
    .texts()
    .unwrap()
}
