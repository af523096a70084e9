//! A server with the demo city in a folder of its own, and tablets that talk to its router.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use chrono::{DateTime, FixedOffset, Utc};
use p256::ecdsa::SigningKey;
use p256::elliptic_curve::Generate;
use serde_json::{Value, json};
use stackside_core::act::{Act, FileRef, PhotoTaken, RecordSigned, SignedIn};
use stackside_core::clock::{Clocks, HeardTime};
use stackside_core::evidence::{self, Entry, PublicKey, Tip};
use stackside_core::form::{Answer, AnswerKey, Answers};
use stackside_core::geofence::{Fix, Position, Presence, PresenceVerdict, Provider};
use stackside_core::hash::Hash;
use stackside_core::id::{DeviceId, LogId, PhotoId, RecordId, VisitId};
use stackside_core::photo::PhotoSource;
use stackside_core::trust::{Certificate, Receipt, Signed};
use stackside_core::wire::{EnrolReply, EntriesReply, WireError, WireErrorCode};
use stackside_server::access::Role;
use stackside_server::{App, Config};
use tower::ServiceExt;
use uuid::Uuid;

pub mod forms;
pub mod later;

pub const PASSWORD: &str = "correct horse";
pub const START: &str = "2026-11-23T06:00:00Z";

pub struct City {
    pub app: App,
    pub router: Router,
    pub folder: tempfile::TempDir,
    clock: Arc<Mutex<DateTime<Utc>>>,
}

pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
    pub fn json<T: serde::de::DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }
    pub fn code(&self) -> WireErrorCode {
        self.json::<WireError>().code
    }
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

pub fn demo() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../demo")
}

impl City {
    /// A server without a register.
    pub fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = Config { data: folder.path().join("data") };
        App::new_key(&config).unwrap();
        let clock = Arc::new(Mutex::new(START.parse().unwrap()));
        let ticking = clock.clone();
        let app = App::open_with_clock(&config, Arc::new(move || *ticking.lock().unwrap())).unwrap();
        Self { router: app.router(), app, folder, clock }
    }
    /// A server with the demo city.
    pub fn new() -> Self {
        let city = Self::empty();
        city.app.import(&demo(), false).unwrap();
        city
    }
    pub fn wait(&self, seconds: i64) {
        *self.clock.lock().unwrap() += chrono::TimeDelta::seconds(seconds);
    }
    pub async fn ask(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default().to_vec();
        Reply { status: parts.status, headers: parts.headers, body }
    }
    pub async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Reply {
        let mut request = Request::builder().method(method).uri(path).header("host", "server.test");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.ask(request.body(body.into()).unwrap()).await
    }
    pub fn add_user(&self, login: &str, role: Role, organisation: &str) {
        self.app.add_user(login, role, organisation, PASSWORD).unwrap();
    }
    /// The cookie of a person who logged in.
    pub async fn log_in(&self, login: &str) -> String {
        let form = format!("login={login}&password={}", PASSWORD.replace(' ', "+"));
        let answer = self
            .send(
                "POST",
                "/login",
                &[("origin", "http://server.test"), ("content-type", "application/x-www-form-urlencoded")],
                form,
            )
            .await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        let cookie = answer.header("set-cookie");
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
        cookie.split(';').next().unwrap().to_owned()
    }
    pub fn enrol_code(&self) -> String {
        self.app.enrol_code(&"demo-operator".parse().unwrap()).unwrap()
    }
    pub async fn tablet(&self) -> Tablet {
        Tablet::enrol(self, &self.enrol_code()).await
    }
}

pub struct Tablet {
    pub key: SigningKey,
    pub certificate: Signed<Certificate>,
    pub token: String,
    pub tip: Tip,
    /// What the tablet's wall clock says; its boot clock goes with it.
    pub wall: String,
    /// What it has heard of the time from outside.
    pub satellite: Option<HeardTime>,
    pub receipt: Option<HeardTime>,
}

pub fn new_id() -> Uuid {
    Uuid::now_v7()
}

impl Tablet {
    pub async fn enrol(city: &City, code: &str) -> Self {
        let key = SigningKey::generate();
        let device = DeviceId::new(new_id());
        let answer = enrol(city, code, device, &key).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        let reply: EnrolReply = answer.json();
        let certificate = reply.certificate.verify(city.app.public_key()).unwrap();
        assert_eq!(certificate.device, device);
        Self {
            key,
            certificate: reply.certificate,
            token: reply.token,
            tip: Tip::new(device, LogId::new(new_id())),
            wall: START.to_owned(),
            satellite: None,
            receipt: None,
        }
    }
    pub fn bearer(&self) -> String {
        format!("Bearer {}", self.token)
    }
    fn boot_ms(&self) -> u64 {
        let wall: DateTime<FixedOffset> = self.wall.parse().unwrap();
        let began = DateTime::parse_from_rfc3339("2026-01-01T00:00:00Z").unwrap();
        u64::try_from((wall - began).num_milliseconds()).unwrap()
    }
    /// Hears a time now.
    pub fn hears(&self, time: &str) -> Option<HeardTime> {
        Some(HeardTime { time: time.parse().unwrap(), boot_ms: self.boot_ms() })
    }
    /// Makes the next entry of the log.
    pub fn make(&mut self, act: &Act) -> Entry {
        let clocks = Clocks {
            wall: self.wall.parse().unwrap(),
            boot_ms: self.boot_ms(),
            boot_id: "boot".into(),
            satellite: self.satellite,
            receipt: self.receipt,
        };
        let (entry, header) =
            evidence::make(act, &self.tip, Some("demo-tech-a".parse().unwrap()), clocks, &self.key).unwrap();
        self.tip.last = Some((header.seq, entry.hash()));
        entry
    }
    pub fn first(&mut self) -> Entry {
        let act = Act::Enrolled { certificate: self.certificate.clone() };
        self.make(&act)
    }
    pub async fn send(&self, city: &City, entries: &[Entry]) -> Reply {
        let body = json!({ "app_version": "0.1.0", "entries": entries });
        let headers = [("authorization", self.bearer())];
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        city.send("POST", "/api/v1/entries", &headers, body.to_string()).await
    }
    /// Sends and wants a receipt that the server signed.
    pub async fn receipt(&self, city: &City, entries: &[Entry]) -> Receipt {
        let answer = self.send(city, entries).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        answer.json::<EntriesReply>().receipt.verify(city.app.public_key()).unwrap()
    }
    pub async fn get(&self, city: &City, path: &str) -> Reply {
        city.send("GET", path, &[("authorization", &self.bearer())], "").await
    }
    /// Uploads a whole file in one go.
    pub async fn upload(&self, city: &City, bytes: &[u8]) -> Hash {
        let hash = Hash::of(bytes);
        let location = self.create(city, &hash, bytes.len()).await.header("location").to_owned();
        let answer = self.patch(city, &location, 0, bytes.to_vec()).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.text());
        hash
    }
    pub async fn create(&self, city: &City, hash: &Hash, length: usize) -> Reply {
        use base64::Engine;
        let encode = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
        let metadata = format!("sha256 {},type {}", encode(&hash.to_string()), encode("image/jpeg"));
        let length = length.to_string();
        let headers = [("upload-length", length.as_str()), ("upload-metadata", &metadata)];
        self.tus(city, "POST", "/api/v1/files", &headers, Body::empty()).await
    }
    pub async fn patch(&self, city: &City, location: &str, offset: usize, body: impl Into<Body>) -> Reply {
        let offset = offset.to_string();
        let headers =
            [("upload-offset", offset.as_str()), ("content-type", "application/offset+octet-stream")];
        self.tus(city, "PATCH", location, &headers, body).await
    }
    pub async fn tus(
        &self,
        city: &City,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Reply {
        let bearer = self.bearer();
        let mut all = vec![("authorization", bearer.as_str()), ("tus-resumable", "1.0.0")];
        all.extend(headers);
        city.send(method, path, &all, body).await
    }
}

pub async fn enrol(city: &City, code: &str, device: DeviceId, key: &SigningKey) -> Reply {
    let body = json!({
        "code": code, "device": device, "public_key": PublicKey::of(key.verifying_key()),
        "model": "演示平板", "app_version": "0.1.0",
    });
    city.send("POST", "/api/v1/enrol", &[], body.to_string()).await
}

pub fn photo() -> Vec<u8> {
    let mut bytes = vec![0xff, 0xd8, 0xff, 0xe0];
    bytes.extend((0..60_000_u32).flat_map(|n| n.to_le_bytes()));
    bytes
}

pub fn file(bytes: &[u8], media_type: &str) -> FileRef {
    FileRef { sha256: Hash::of(bytes), size_bytes: bytes.len() as u64, media_type: media_type.into() }
}

pub fn sign_in(visit: VisitId, point: &str) -> Act {
    let fix = Fix {
        position: Position::new(112.9, 40.0).unwrap(),
        accuracy_m: 4.0,
        provider: Provider::Replay,
        mocked: false,
        boot_ms: 900,
        satellite_time: None,
        satellites: Some(9),
    };
    Act::SignedIn(SignedIn {
        visit,
        point: point.parse().unwrap(),
        technician: "demo-tech-a".parse().unwrap(),
        fixes: vec![fix.clone()],
        presence: PresenceVerdict {
            presence: Presence::Inside,
            doubt: None,
            fix: Some(fix),
            distance_m: Some(120.0),
        },
        reason: None,
        photo: None,
        plate: None,
    })
}

pub fn photo_taken(visit: VisitId, file: FileRef) -> Act {
    Act::PhotoTaken(PhotoTaken {
        photo: PhotoId::new(new_id()),
        visit: Some(visit),
        record: None,
        slot: None,
        source: PhotoSource::Camera,
        file,
        fix: None,
    })
}

pub fn record(visit: VisitId, point: &str, photo: FileRef) -> Act {
    let mut answers = Answers::default();
    for (key, text) in [
        ("header/enterprise", "演示热电有限公司"),
        ("analyser/DA001-SO2/unit", "μmol/mol"),
        ("analyser/DA001-SO2/zero.before", "1.5"),
    ] {
        answers.0.insert(key.parse::<AnswerKey>().unwrap(), Answer::typed(text));
    }
    Act::RecordSigned(Box::new(RecordSigned {
        record: RecordId::new(new_id()),
        visit: Some(visit),
        point: point.parse().unwrap(),
        technician: "demo-tech-a".parse().unwrap(),
        form: "HJ75-G4".parse().unwrap(),
        form_version: 1,
        rulebook: "CN".parse().unwrap(),
        rulebook_version: 1,
        answers,
        verdicts: vec![],
        photos: vec![photo],
        signature: file(b"{}", "application/json"),
        files: vec![],
    }))
}

/// An entry of a kind that this version does not know, rightly signed.
pub fn unknown_kind(tablet: &mut Tablet) -> Entry {
    let mut first = tablet.make(&Act::ClockJumped { moved_ms: 1 });
    let mut header: Value = serde_json::from_str(&first.header).unwrap();
    first.body = json!({ "kind": "drone_flown", "metres": 12 }).to_string();
    header["kind"] = json!("drone_flown");
    header["body_hash"] = json!(Hash::of(first.body.as_bytes()));
    header["body_len"] = json!(first.body.len());
    first.header = stackside_core::canonical::to_text(&header).unwrap();
    first.signature = evidence::SignatureText::make(first.header.as_bytes(), &tablet.key).unwrap();
    tablet.tip.last = Some((header["seq"].as_u64().unwrap(), first.hash()));
    first
}
