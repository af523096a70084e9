//! A scripted server on loopback: it does what the wire says, or what a test tells it to.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Json, Response};
use axum::routing::{get, head, post};
use base64::Engine;
use p256::ecdsa::SigningKey;
use serde_json::{Value, json};
use stackside_core::evidence::{Entry, PublicKey};
use stackside_core::hash::Hash;
use stackside_core::trust::{Certificate, Receipt, Recovery, Signed, Statement};
use stackside_core::wire::*;

/// What the server holds, and how it misbehaves.
#[derive(Default)]
pub struct Script {
    pub changes: Vec<Value>,
    pub entries: Vec<Entry>,
    pub files: BTreeMap<Hash, Vec<u8>>,
    pub patches: Vec<(u64, usize)>,
    /// To whom tablets are told to seal.
    pub recovery: Option<Signed<Recovery>>,
    pub key_copies: Vec<KeyCopy>,
    /// Requests so far.
    pub requests: usize,
    /// Ends each connection without an answer: as far as the tablet can tell there is no network.
    pub hangs_up: bool,
    /// Instead of an answer to what begins so (method, path and `$`): status, media type and body. True: it is done all the same.
    pub instead: Option<(&'static str, u16, &'static str, &'static str, bool)>,
    /// A network's login page instead of everything.
    pub portal: bool,
    /// 401 to everything with a token.
    pub revoked: bool,
    /// 426 to entries.
    pub too_old: bool,
    /// Another number after each backup that was restored.
    pub history: u32,
    /// Receipts name a hash of their own.
    pub wrong_hash: bool,
    /// Receipts are signed by another key.
    pub wrong_key: bool,
    /// The next entries are answered as a fork.
    pub fork: bool,
    /// Takes this many bytes of the next PATCH, then fails.
    pub cut_after: Option<usize>,
    uploads: Vec<(Hash, u64, Vec<u8>)>,
}

#[derive(Clone)]
pub struct Server {
    pub script: Arc<Mutex<Script>>,
    pub address: String,
}

pub fn key() -> SigningKey {
    SigningKey::from_slice(&[9; 32]).unwrap()
}
pub fn public() -> PublicKey {
    PublicKey::of(key().verifying_key())
}

type Shared = State<Arc<Mutex<Script>>>;

impl Server {
    pub fn start() -> Self {
        let script: Arc<Mutex<Script>> = Arc::default();
        let router = Router::new()
            .route("/api/v1/health", get(health))
            .route("/api/v1/enrol", post(enrol))
            .route("/api/v1/entries", post(entries))
            .route("/api/v1/files/missing", post(missing))
            .route("/api/v1/files", post(create))
            .route("/api/v1/files/{number}", head(offset).patch(patch))
            .route("/api/v1/changes", get(changes))
            .route("/api/v1/key-copy", post(key_copy))
            .layer(middleware::from_fn_with_state(Arc::clone(&script), count))
            .with_state(Arc::clone(&script));
        let (told, address) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
                told.send(listener.local_addr().unwrap()).unwrap();
                axum::serve(listener, router).await.unwrap();
            });
        });
        Self { script, address: format!("http://{}", address.recv().unwrap()) }
    }
    pub fn tell(&self, change: impl FnOnce(&mut Script)) {
        change(&mut self.script.lock().unwrap());
    }
    pub fn ask<T>(&self, read: impl FnOnce(&Script) -> T) -> T {
        read(&self.script.lock().unwrap())
    }
}

async fn count(State(script): Shared, request: Request, next: Next) -> Response {
    let (hangs_up, instead) = {
        let mut script = script.lock().unwrap();
        script.requests += 1;
        (script.hangs_up, script.instead)
    };
    let call = format!("{} {}$", request.method(), request.uri().path());
    if let Some((_, status, kind, body, is_done)) = instead.filter(|(begin, ..)| call.starts_with(begin)) {
        if is_done {
            next.run(request).await;
        }
        return (StatusCode::from_u16(status).unwrap(), [("content-type", kind)], body).into_response();
    }
    if hangs_up {
        // The connection goes with its task.
        std::panic::resume_unwind(Box::new("hung up"));
    }
    next.run(request).await
}

fn refuse(status: StatusCode, code: WireErrorCode) -> Response {
    (status, Json(WireError { code, message: "scripted".into() })).into_response()
}
fn now() -> chrono::DateTime<chrono::Utc> {
    "2026-11-23T06:05:00Z".parse().unwrap()
}

async fn health(State(script): Shared) -> Response {
    if script.lock().unwrap().portal {
        return Html("<html>Sign in to this network</html>").into_response();
    }
    let health = Health {
        service: SERVICE.into(),
        version: "1".into(),
        time: now(),
        oldest_app: "0.1.0".into(),
        history: script.lock().unwrap().history,
    };
    Json(health).into_response()
}

async fn enrol(State(script): Shared, Json(request): Json<EnrolRequest>) -> Response {
    if request.code != "ABC123" {
        return refuse(StatusCode::FORBIDDEN, WireErrorCode::Code);
    }
    script.lock().unwrap().revoked = false;
    let certificate = Certificate {
        statement: Certificate::NAME.into(),
        device: request.device,
        public_key: request.public_key,
        operator: "OP1".parse().unwrap(),
        valid_from: now(),
        valid_until: "2027-11-23T06:05:00Z".parse().unwrap(),
    };
    let operator = serde_json::from_value(super::world::operator()).unwrap();
    Json(EnrolReply {
        certificate: Signed::make(&certificate, &public(), &key()).unwrap(),
        server_key: public(),
        token: "secret".into(),
        operator,
        recovery: script.lock().unwrap().recovery.clone(),
    })
    .into_response()
}

async fn entries(State(script): Shared, headers: HeaderMap, body: Bytes) -> Response {
    let mut script = script.lock().unwrap();
    if script.revoked || headers.get("authorization").unwrap() != "Bearer secret" {
        return refuse(StatusCode::UNAUTHORIZED, WireErrorCode::Revoked);
    }
    if script.too_old {
        return refuse(StatusCode::UPGRADE_REQUIRED, WireErrorCode::TooOld);
    }
    if std::mem::take(&mut script.fork) {
        return refuse(StatusCode::CONFLICT, WireErrorCode::Fork);
    }
    let mut text = String::new();
    flate2::read::GzDecoder::new(&body[..]).read_to_string(&mut text).unwrap();
    let request: EntriesRequest = serde_json::from_str(&text).unwrap();
    let log = request.entries[0].read_header().unwrap().log;
    for entry in request.entries {
        if !script.entries.contains(&entry) {
            script.entries.push(entry);
        }
    }
    // The receipt says how much of the log is held, which may be more than was sent.
    let held = script.entries.iter().map(|entry| (entry.read_header().unwrap(), entry.clone()));
    let (header, last) =
        held.filter(|(header, _)| header.log == log).max_by_key(|(header, _)| header.seq).unwrap();
    let hash = if script.wrong_hash { Hash::of(b"another") } else { last.hash() };
    let receipt = Receipt {
        statement: Receipt::NAME.into(),
        device: header.device,
        log: header.log,
        seq: header.seq,
        hash,
        server_time: now(),
    };
    let signer = if script.wrong_key { SigningKey::from_slice(&[8; 32]).unwrap() } else { key() };
    Json(EntriesReply { receipt: Signed::make(&receipt, &public(), &signer).unwrap() }).into_response()
}

async fn missing(State(script): Shared, Json(request): Json<MissingRequest>) -> Json<MissingReply> {
    let script = script.lock().unwrap();
    let (held, missing): (Vec<Hash>, Vec<Hash>) =
        request.files.into_iter().partition(|hash| script.files.contains_key(hash));
    let held = held
        .into_iter()
        .map(|sha256| HeldFile { sha256, size_bytes: script.files[&sha256].len() as u64 })
        .collect();
    Json(MissingReply { missing, held })
}

async fn create(State(script): Shared, headers: HeaderMap) -> Response {
    let text = |name: &str| headers.get(name).unwrap().to_str().unwrap().to_owned();
    assert_eq!(text("tus-resumable"), "1.0.0");
    let metadata = text("upload-metadata");
    let encoded = metadata.split(',').find_map(|pair| pair.strip_prefix("sha256 ")).unwrap();
    let sha256 = base64::engine::general_purpose::STANDARD.decode(encoded).unwrap();
    let sha256: Hash = String::from_utf8(sha256).unwrap().parse().unwrap();
    let mut script = script.lock().unwrap();
    script.uploads.push((sha256, text("upload-length").parse().unwrap(), vec![]));
    let number = script.uploads.len() - 1;
    (StatusCode::CREATED, [("location", format!("/api/v1/files/{number}"))]).into_response()
}

async fn offset(State(script): Shared, Path(number): Path<usize>) -> Response {
    let script = script.lock().unwrap();
    match script.uploads.get(number) {
        Some((_, _, bytes)) => (StatusCode::OK, [("upload-offset", bytes.len().to_string())]).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn patch(State(script): Shared, Path(number): Path<usize>, request: Request) -> Response {
    let at: u64 = request.headers()["upload-offset"].to_str().unwrap().parse().unwrap();
    let body = to_bytes(Body::new(request.into_body()), usize::MAX).await.unwrap();
    let mut script = script.lock().unwrap();
    let cut = script.cut_after.take();
    script.patches.push((at, body.len()));
    let (sha256, length, bytes) = &mut script.uploads[number];
    if at != bytes.len() as u64 {
        return StatusCode::CONFLICT.into_response();
    }
    if let Some(cut) = cut {
        bytes.extend_from_slice(&body[..cut]);
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    bytes.extend_from_slice(&body);
    let (there, sha256, whole) = (bytes.len() as u64, *sha256, bytes.clone());
    if there == *length && Hash::of(&whole) == sha256 {
        script.files.insert(sha256, whole);
    }
    (StatusCode::NO_CONTENT, [("upload-offset", there.to_string())]).into_response()
}

async fn key_copy(State(script): Shared, Json(copy): Json<KeyCopy>) -> StatusCode {
    script.lock().unwrap().key_copies.push(copy);
    StatusCode::NO_CONTENT
}

async fn changes(State(script): Shared, Query(query): Query<BTreeMap<String, usize>>) -> Json<Value> {
    let script = script.lock().unwrap();
    let since = query["since"].min(script.changes.len());
    let (changes, cursor) = (&script.changes[since..], script.changes.len());
    Json(json!({"changes": changes, "cursor": cursor, "more": false, "recovery": script.recovery}))
}
