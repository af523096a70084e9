//! How much goes over the line, how fast evidence is taken in, and how much memory that takes (issue 5). Prints each
//! figure with its target; fails when one is missed. Run it by `make bench`, which starts the comparison by others' code.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and what helps it may panic"
)]

use std::io::Write;
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use p256::ecdsa::SigningKey;
use reqwest::Client;
use rusqlite::{Connection, TransactionBehavior, named_params};
use serde_json::{Value, json};
use stackside_core::act::{Act, PhotoTaken};
use stackside_core::clock::Clocks;
use stackside_core::evidence::{self, Entry, PublicKey, Tip};
use stackside_core::hash::Hash;
use stackside_core::id::{DeviceId, LogId, PhotoId, VisitId};
use stackside_core::photo::PhotoSource;
use stackside_core::wire::{EnrolReply, EnrolRequest};
use stackside_tests::chance::Chance;
use stackside_tests::hurry::{Hurry, memory_bytes};
use stackside_tests::proxy::CutProxy;
use stackside_tests::server::{Server, ServerProgram};
use stackside_tests::tablet::Tablet;
use stackside_tests::technician::{sign_in, sign_out, snap, sync_until_held};
use stackside_tests::wait::runtime;
use stackside_tests::{chain, city, http};
use uuid::Uuid;

const BATCH: usize = 200;

struct Board {
    missed: bool,
}

impl Board {
    fn at_most(&mut self, name: &str, value: f64, target: f64, unit: &str) {
        self.line(name, value, target, unit, value <= target, "≤");
    }
    fn at_least(&mut self, name: &str, value: f64, target: f64, unit: &str) {
        self.line(name, value, target, unit, value >= target, "≥");
    }
    fn line(&mut self, name: &str, value: f64, target: f64, unit: &str, holds: bool, sign: &str) {
        let end = if holds { "" } else { "  MISSED" };
        println!("{name:<58} {value:>9.3}{unit} {sign} {target}{unit}{end}");
        self.missed |= !holds;
    }
}

fn main() -> ExitCode {
    let mut board = Board { missed: false };
    wire(&mut board);
    ingestion(&mut board);
    memory(&mut board);
    if board.missed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn gzip(bytes: &[u8]) -> u64 {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap().len() as u64
}

/// Bytes that go up for a day's work, against gzip of what it is.
fn wire(board: &mut Board) {
    for (name, cut_every, target) in [
        ("bytes on the wire / gzip of the payload", None, 1.05),
        ("… with a cut every 256 KiB", Some(256 * 1024), 1.15),
    ] {
        let server = Server::start().unwrap();
        let line = CutProxy::start(server.address()).unwrap();
        let hurry = Hurry::new(Duration::from_secs(30));
        let (tablet, mut visit) = Tablet::in_a_hurry(&server, &line.url(), city::PERSON, hurry).unwrap();
        sync_until_held(&tablet).unwrap();
        let before = chain::on_server(&server.app, tablet.id().unwrap()).unwrap().len();
        line.down();
        let mut chance = Chance(5);
        let mut payload = 0;
        for n in 0..300 {
            if n % 15 == 0 {
                let jpeg = chance.jpeg_of(300_000).unwrap();
                payload += gzip(&jpeg);
                snap(&tablet, visit, &jpeg).unwrap();
            }
            sign_out(&tablet, visit).unwrap();
            visit = sign_in(&tablet, city::POINT).unwrap();
        }
        let sent_before = line.traffic().sent_bytes;
        match cut_every {
            Some(bytes) => line.cut_every(bytes),
            None => line.up(),
        }
        sync_until_held(&tablet).unwrap();
        let sent = line.traffic().sent_bytes - sent_before;
        let entries = chain::on_server(&server.app, tablet.id().unwrap()).unwrap().split_off(before);
        payload += gzip(&serde_json::to_vec(&entries).unwrap());
        let cuts = line.traffic().cuts;
        println!("{} entries, 20 photos, {cuts} cuts: {sent} bytes for {payload}", entries.len());
        board.at_most(name, sent as f64 / payload as f64, target, "");
    }
}

/// A tablet that makes its entries beforehand.
struct Maker {
    token: String,
    entries: Vec<Entry>,
}

impl Maker {
    fn new(server: &Server, count: usize) -> Self {
        let device = DeviceId::new(Uuid::now_v7());
        let key = SigningKey::from_slice(&Hash::of(device.to_string().as_bytes()).bytes()[..]).unwrap();
        let request = EnrolRequest {
            code: server.enrol_code().unwrap(),
            device,
            public_key: PublicKey::of(key.verifying_key()),
            model: "bench".into(),
            app_version: "0.1.0".into(),
        };
        let call = http::client().unwrap().post(format!("{}/api/v1/enrol", server.url())).json(&request);
        let reply: EnrolReply =
            serde_json::from_slice(&http::send(call).unwrap().ok("enrol").unwrap().body).unwrap();
        let mut tip = Tip::new(device, LogId::new(Uuid::now_v7()));
        let visit = VisitId::new(Uuid::now_v7());
        let entries = (0..count)
            .map(|n| {
                let act = if n == 0 {
                    Act::Enrolled { certificate: reply.certificate.clone() }
                } else {
                    taken(visit, n)
                };
                let clocks = Clocks {
                    wall: "2026-11-23T14:05:00.123+08:00".parse().unwrap(),
                    boot_ms: n as u64,
                    boot_id: "boot".into(),
                    satellite: None,
                    receipt: None,
                };
                let person = Some(city::PERSON.parse().unwrap());
                let (entry, header) = evidence::make(&act, &tip, person, clocks, &key).unwrap();
                tip.follow(&header, entry.hash()).unwrap();
                entry
            })
            .collect();
        Self { token: reply.token, entries }
    }
    /// All of it, batch by batch, as the app does.
    async fn send(&self, client: &Client, url: &str) {
        for batch in self.entries.chunks(BATCH) {
            let body = json!({ "app_version": "0.1.0", "entries": batch }).to_string();
            let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(body.as_bytes()).unwrap();
            let call = client
                .post(format!("{url}/api/v1/entries"))
                .bearer_auth(&self.token)
                .header("content-encoding", "gzip")
                .body(encoder.finish().unwrap());
            let answer = call.send().await.unwrap();
            assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
        }
    }
}

fn taken(visit: VisitId, n: usize) -> Act {
    let bytes = n.to_le_bytes();
    Act::PhotoTaken(PhotoTaken {
        photo: PhotoId::new(Uuid::now_v7()),
        visit: Some(visit),
        record: None,
        slot: Some("reading".into()),
        source: PhotoSource::Camera,
        file: stackside_core::act::FileRef {
            sha256: Hash::of(&bytes),
            size_bytes: 4_000_000,
            media_type: "image/jpeg".into(),
        },
        fix: None,
    })
}

/// Entries a second, durable and checked.
fn ingestion(board: &mut Board) {
    let mut slowest = f64::MAX;
    let mut entries = vec![];
    for (devices, each) in [(1, 8000), (50, 160)] {
        let server = Server::start().unwrap();
        let makers: Vec<Maker> = (0..devices).map(|_| Maker::new(&server, each)).collect();
        let client = http::client().unwrap();
        let begun = Instant::now();
        runtime().block_on(async {
            let makers: Vec<_> = makers.into_iter().map(Arc::new).collect();
            let tasks: Vec<_> = makers
                .iter()
                .map(|maker| {
                    let (maker, client, url) = (Arc::clone(maker), client.clone(), server.url());
                    tokio::spawn(async move { maker.send(&client, &url).await })
                })
                .collect();
            for task in tasks {
                task.await.unwrap();
            }
            entries = makers.iter().flat_map(|maker| maker.entries.iter().cloned()).collect();
        });
        let took = begun.elapsed();
        let held = chain::count(&server.app, "SELECT COUNT(*) FROM entry").unwrap();
        assert_eq!(held, (devices * each) as u64);
        let rate = held as f64 / took.as_secs_f64();
        let bare = bare_insert(&entries);
        println!("{devices} tablets: {rate:.0} entries/s; bare batched INSERT {bare:.0}/s");
        board.at_least(&format!("ingestion / bare INSERT, {devices} tablets"), rate / bare, 1.0 / 3.0, "");
        slowest = slowest.min(rate);
    }
    match pouchdb(&entries) {
        Ok(rate) => {
            println!("pouchdb-node into express-pouchdb: {rate:.0} documents/s");
            board.at_least("ingestion / PouchDB replication", slowest / rate, 5.0, "");
        }
        Err(error) => {
            println!("PouchDB did not run: {error}");
            board.missed = true;
        }
    }
}

/// The same bytes in the same batches into a table like ours, with the server's pragmas and nothing else.
fn bare_insert(entries: &[Entry]) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let mut database = Connection::open(folder.path().join("bare.db")).unwrap();
    database
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 1000;
             CREATE TABLE entry (log TEXT NOT NULL, seq INTEGER NOT NULL, header TEXT NOT NULL,
                 signature TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (log, seq)) STRICT;",
        )
        .unwrap();
    let begun = Instant::now();
    for (n, batch) in entries.chunks(BATCH).enumerate() {
        let tx = database.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
        {
            let mut insert = tx
                .prepare_cached("INSERT INTO entry VALUES (:log, :seq, :header, :signature, :body)")
                .unwrap();
            for (seq, entry) in batch.iter().enumerate() {
                let signature = serde_json::to_value(&entry.signature).unwrap();
                let values = named_params! {
                    ":log": n.to_string(), ":seq": seq as i64, ":header": entry.header,
                    ":signature": signature.as_str().unwrap(), ":body": entry.body,
                };
                insert.execute(values).unwrap();
            }
        }
        tx.commit().unwrap();
    }
    entries.len() as f64 / begun.elapsed().as_secs_f64()
}

/// Documents a second of the same bytes, by what others use for such work.
fn pouchdb(entries: &[Entry]) -> stackside_tests::Result<f64> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("documents.json");
    let documents: Vec<Value> = entries
        .iter()
        .enumerate()
        .map(|(n, entry)| json!({ "_id": format!("{n:08}"), "header": entry.header, "signature": entry.signature, "body": entry.body }))
        .collect();
    std::fs::write(&file, serde_json::to_vec(&documents)?)?;
    let script = city::root().join("tests/journey/pouchdb.mjs");
    let done = Command::new("node").arg(script).arg(&file).arg(folder.path()).output()?;
    let text = String::from_utf8_lossy(&done.stdout);
    let line = text.lines().last().unwrap_or_default();
    line.parse().map_err(|_| format!("{text}{}", String::from_utf8_lossy(&done.stderr)).into())
}

/// What the server holds at most while 50 photos of 5 MB come in at once.
fn memory(board: &mut Board) {
    let folder = tempfile::tempdir().unwrap();
    let server = ServerProgram::start(folder.path()).unwrap();
    let photo = Arc::new(Chance(9).jpeg_of(5_000_000).unwrap());
    let client = http::client().unwrap();
    let key = SigningKey::from_slice(&[5; 32]).unwrap();
    let tasks: Vec<_> = (0..50_u32)
        .map(|n| {
            let request = EnrolRequest {
                code: server.enrol_code().unwrap(),
                device: DeviceId::new(Uuid::now_v7()),
                public_key: PublicKey::of(key.verifying_key()),
                model: "bench".into(),
                app_version: "0.1.0".into(),
            };
            let (client, url, photo) = (client.clone(), server.url().to_owned(), Arc::clone(&photo));
            (request, client, url, photo, n)
        })
        .collect();
    runtime().block_on(async {
        let tasks: Vec<_> = tasks
            .into_iter()
            .map(|(request, client, url, photo, n)| tokio::spawn(upload(request, client, url, photo, n)))
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
    let (_, most) = memory_bytes(&server.id().to_string()).unwrap();
    board.at_most("server memory, 50 photos of 5 MB at once", most as f64 / 1e6, 150.0, " MB");
}

async fn upload(request: EnrolRequest, client: Client, url: String, photo: Arc<Vec<u8>>, n: u32) {
    use base64::Engine;
    let encode = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
    let reply: EnrolReply =
        client.post(format!("{url}/api/v1/enrol")).json(&request).send().await.unwrap().json().await.unwrap();
    let mut bytes = photo.to_vec();
    bytes.extend(n.to_le_bytes());
    let sha256 = Hash::of(&bytes).to_string();
    let tus = |method, url: &str| {
        client.request(method, url).bearer_auth(&reply.token).header("tus-resumable", "1.0.0")
    };
    let created = tus(reqwest::Method::POST, &format!("{url}/api/v1/files"))
        .header("upload-length", bytes.len())
        .header("upload-metadata", format!("sha256 {},type {}", encode(&sha256), encode("image/jpeg")))
        .send()
        .await
        .unwrap();
    let location = created.headers()["location"].to_str().unwrap().to_owned();
    let location = if location.starts_with('/') { format!("{url}{location}") } else { location };
    let done = tus(reqwest::Method::PATCH, &location)
        .header("upload-offset", 0)
        .header("content-type", "application/offset+octet-stream")
        .body(bytes)
        .send()
        .await
        .unwrap();
    assert_eq!(done.status(), 204);
}
