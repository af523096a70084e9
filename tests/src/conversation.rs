//! What device and server said to each other at a release, kept in `tests/released`: recorded from the real two, said
//! again to every later server, read by every later app.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{OpenOptions, Permissions};
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::{Body as AxumBody, to_bytes};
use axum::extract::{Request as AxumRequest, State};
use axum::http::header::CONTENT_LENGTH;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SubsecRound, Utc};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use stackside_core::command::{
    AddFaultStep, CommandError, Confirm, GetConfirmation, GetSync, KeepSignature, OpenRecord, PauseWork,
    ResumeWork, SaveAnswer, SignRecords, StartFault, SyncNow, Workplace,
};
use stackside_core::confirmation::Answer as Answered;
use stackside_core::fault::{FaultPart, Step};
use stackside_core::id::{PointId, VisitId};
use stackside_core::wire::{Change, ChangesReply, WIRE_VERSION};
use stackside_server::recovery;
use stackside_server::secret::KEY_FILE;
use stackside_server::{App, Config};

use crate::server::Server;
use crate::shell::Shell;
use crate::tablet::Tablet;
use crate::technician::{
    CALIBRATION, calibrate, enrol, finish_form, first_unlock, open_form, refusal, sign, sign_in, sign_out,
    strokes, sync_until_held, sync_until_known, take_photo,
};
use crate::wait::until;
use crate::{Result, city, http, photo};

/// The headers that are part of the protocol.
const HEADERS: [&str; 9] = [
    "authorization",
    "content-encoding",
    "content-type",
    "location",
    "retry-after",
    "tus-resumable",
    "upload-length",
    "upload-metadata",
    "upload-offset",
];
/// Of this PATCH, counted from 1, only half arrives and no reply comes back: the tablet has to ask how far the upload
/// came.
const CUT_PATCH: usize = 2;

/// All that was said, with what it takes to say it again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Conversation {
    /// The version of the wire types, [`WIRE_VERSION`].
    pub wire: u32,
    /// The server's secret key, as it stands in its file: a key of this test alone.
    pub server_key: String,
    /// What the server's clock said all the time.
    pub now: DateTime<Utc>,
    /// In order.
    pub exchanges: Vec<Exchange>,
}

/// A request and its answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    /// What the device said.
    pub request: Request,
    /// What the server said.
    pub answer: Answer,
}

/// What a device says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// Such as `POST`.
    pub method: String,
    /// With its query.
    pub path: String,
    /// Those of the protocol.
    pub headers: BTreeMap<String, String>,
    /// Unpacked.
    #[serde(default)]
    pub body: Body,
}

/// What a server says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// Such as 200.
    pub status: u16,
    /// Those of the protocol.
    pub headers: BTreeMap<String, String>,
    /// What it is about.
    #[serde(default)]
    pub body: Body,
}

/// A body, readable where it is text.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// There is none.
    #[default]
    None,
    /// JSON.
    Json(Value),
    /// Anything else.
    Base64(String),
}

impl Body {
    fn of(bytes: &[u8], headers: &BTreeMap<String, String>) -> Self {
        let mut unpacked = Vec::new();
        let gzip = headers.get("content-encoding").is_some_and(|encoding| encoding == "gzip");
        let bytes = match gzip && GzDecoder::new(bytes).read_to_end(&mut unpacked).is_ok() {
            true => &unpacked,
            false => bytes,
        };
        match serde_json::from_slice(bytes) {
            _ if bytes.is_empty() => Self::None,
            Ok(json) => Self::Json(json),
            Err(_) => Self::Base64(STANDARD.encode(bytes)),
        }
    }
    /// The bytes, packed where the headers say so.
    pub fn bytes(&self, headers: &BTreeMap<String, String>) -> Result<Vec<u8>> {
        let bytes = match self {
            Self::None => vec![],
            Self::Json(json) => serde_json::to_vec(json)?,
            Self::Base64(text) => STANDARD.decode(text)?,
        };
        if headers.get("content-encoding").is_none_or(|encoding| encoding != "gzip") {
            return Ok(bytes);
        }
        let mut packed = GzEncoder::new(vec![], Compression::default());
        packed.write_all(&bytes)?;
        Ok(packed.finish()?)
    }
    /// The JSON in it.
    pub fn json(&self) -> Option<&Value> {
        if let Self::Json(json) = self { Some(json) } else { None }
    }
}

impl Conversation {
    /// Where a version is kept.
    pub fn file(version: u32) -> PathBuf {
        city::root().join(format!("tests/released/conversation-v{version}.json"))
    }
    /// Reads a released version.
    pub fn released(version: u32) -> Result<Self> {
        let file = Self::file(version);
        let text = std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        Ok(serde_json::from_str(&text)?)
    }
    /// What each side relies on hearing, by call: where a value of which type stands.
    pub fn shape(&self) -> BTreeSet<String> {
        self.exchanges.iter().flat_map(Exchange::shape).collect()
    }
}

// --- Shape -----------------------------------------------------------------------------------------------------------

impl Exchange {
    /// The call without what differs each time: ids and cursors.
    pub fn call(&self) -> String {
        let path = self.request.path.split('?').next().unwrap_or_default();
        let plain = |part: &str| if part.parse::<uuid::Uuid>().is_ok() { "ID" } else { part }.to_owned();
        let path = path.split('/').map(plain).collect::<Vec<_>>().join("/");
        format!("{} {path}", self.request.method)
    }
    fn shape(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let (call, status) = (self.call(), self.answer.status);
        for (side, headers, body) in [
            (format!("{call} >"), &self.request.headers, &self.request.body),
            (format!("{call} {status} <"), &self.answer.headers, &self.answer.body),
        ] {
            found.insert(side.clone());
            found.extend(headers.keys().map(|name| format!("{side} {name}")));
            if let Body::Json(json) = body {
                walk(json, &format!("{side} $"), &mut found);
            }
        }
        found
    }
}

fn walk(value: &Value, at: &str, found: &mut BTreeSet<String>) {
    let of_type = match value {
        Value::Null => return,
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::Array(items) => {
            for item in items {
                // A change is of one of several kinds, and each has its own members.
                let kind = item["kind"].as_str().filter(|_| at.ends_with("$.changes")).unwrap_or_default();
                walk(item, &format!("{at}[{kind}]"), found);
            }
            "list"
        }
        Value::Object(members) => {
            for (name, member) in members {
                // Answers stand under the keys of their form, which are data.
                let name = if name.contains('/') { "*" } else { name };
                walk(member, &format!("{at}.{name}"), found);
            }
            "object"
        }
        Value::String(text) => {
            // Headers, bodies and statements travel as the text that was signed.
            if let Ok(signed @ Value::Object(_)) = serde_json::from_str(text) {
                let kind = signed["kind"].as_str().filter(|_| at.ends_with(".body")).unwrap_or_default();
                walk(&signed, &format!("{at}({kind})"), found);
            }
            "text"
        }
    };
    found.insert(format!("{at}: {of_type}"));
}

// --- Recording -------------------------------------------------------------------------------------------------------

/// Listens in between a device and its server.
#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Vec<Exchange>>>);

impl Recorder {
    // Every request of the server against the test's own look at what was said.
    fn heard(&self) -> MutexGuard<'_, Vec<Exchange>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
    /// What was said before in the same words is kept once.
    fn keep(&self, exchange: Exchange) {
        let mut heard = self.heard();
        if !heard.contains(&exchange) {
            heard.push(exchange);
        }
    }
    /// True if the line is cut in this request.
    fn cuts(&self, method: &Method) -> bool {
        let patches = self.heard().iter().filter(|exchange| exchange.request.method == "PATCH").count();
        *method == Method::PATCH && patches + 1 == CUT_PATCH
    }
    /// True if something of each kind has come down that comes of the work: of the records the desk work, signed last.
    fn has_all_come_down(&self) -> bool {
        let heard = self.heard();
        let pages = heard.iter().filter_map(|exchange| {
            serde_json::from_value::<ChangesReply>(exchange.answer.body.json()?.clone()).ok()
        });
        let changes: Vec<Change> = pages.flat_map(|page| page.changes).collect();
        let has = |is_one: fn(&Change) -> bool| changes.iter().any(is_one);
        has(|change| matches!(change, Change::Record(row) if !row.content.files.is_empty()))
            && has(|change| matches!(change, Change::Fault(_)))
            && has(|change| matches!(change, Change::Confirmation(_)))
            && has(|change| matches!(change, Change::Halt(_)))
    }
}

fn of_protocol(headers: &HeaderMap) -> BTreeMap<String, String> {
    let text = |name: &&str| Some(((*name).to_owned(), headers.get(*name)?.to_str().ok()?.to_owned()));
    HEADERS.iter().filter_map(text).collect()
}

async fn listen(State(recorder): State<Recorder>, request: AxumRequest, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let mut bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let is_cut = recorder.cuts(&parts.method);
    if is_cut {
        bytes.truncate(bytes.len() / 2);
        parts.headers.remove(CONTENT_LENGTH);
    }
    let headers = of_protocol(&parts.headers);
    let request = Request {
        method: parts.method.to_string(),
        path: parts.uri.to_string(),
        body: Body::of(&bytes, &headers),
        headers,
    };
    let response = next.run(AxumRequest::from_parts(parts, AxumBody::from(bytes))).await;
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let headers = of_protocol(&parts.headers);
    let answer = Answer { status: parts.status.as_u16(), body: Body::of(&bytes, &headers), headers };
    recorder.keep(Exchange { request, answer });
    if is_cut {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    Response::from_parts(parts, AxumBody::from(bytes))
}

/// A server with the register of the recordings, its clock at `now`; with a key of its own or an old one.
fn open(key: Option<&str>, now: DateTime<Utc>, around: impl FnOnce(Router) -> Router) -> Result<Server> {
    let folder = tempfile::tempdir()?;
    let config = Config { data: folder.path().to_owned() };
    match key {
        None => drop(App::new_key(&config)?),
        Some(key) => {
            let mut file =
                OpenOptions::new().write(true).create_new(true).open(folder.path().join(KEY_FILE))?;
            file.set_permissions(Permissions::from_mode(0o600))?;
            file.write_all(key.as_bytes())?;
            recovery::create(&config.data)?;
        }
    }
    let app = App::open_with_clock(&config, Arc::new(move || now))?;
    app.import(&city::root().join("tests/released/register"), false)?;
    let router = around(app.router());
    Server::serve(folder, app, router)
}

/// Desk work with a second signature, on the form that came down with the register.
fn desk_work(tablet: &Tablet) -> Result<()> {
    let place = Workplace::Point(city::POINT.parse()?);
    let record = tablet.call(&OpenRecord { place: place.clone(), form: "RECORDING-NOTE".parse()? })?;
    let text = "演示说明".to_owned();
    tablet.call(&SaveAnswer { record, key: "note/text".parse()?, text, reason: None })?;
    tablet.call(&KeepSignature { record, key: "note/witness".parse()?, strokes: strokes() })?;
    tablet.call(&SignRecords { place, records: vec![record], strokes: strokes() })?;
    Ok(())
}

/// 企业确认: the representative objects.
fn confirmation(tablet: &Tablet, visit: VisitId) -> Result<()> {
    let content_hash = tablet.call(&GetConfirmation { visit })?.content_hash;
    let answer = Answered::Objects { reason: "少填一项".to_owned() };
    let (name, post, phone) = ("演示·企业代表".to_owned(), "环保专员".to_owned(), "13800000000".to_owned());
    tablet.call(&Confirm { visit, content_hash, answer, name, post, phone, strokes: strokes() })?;
    Ok(())
}

/// 故障 and 停机: a fault is noticed and reported, an analyser rests and goes on.
fn trouble(tablet: &Tablet) -> Result<()> {
    let (at, point): (_, PointId) = (Utc::now(), city::POINT.parse()?);
    let start = StartFault {
        point: point.clone(),
        part: FaultPart::Sampling,
        instrument: None,
        at,
        words: "伴热管不热".to_owned(),
    };
    let fault = tablet.call(&start)?;
    let (step, words) = (Step::Reported, "已电话报告演示市生态环境局".to_owned());
    tablet.call(&AddFaultStep { fault, step, at, words, record: None, replaces: None })?;
    let (instrument, reason) = (Some("DA001-SO2".parse()?), "送检".to_owned());
    tablet.call(&PauseWork { point: point.clone(), instrument: instrument.clone(), since: at, reason })?;
    tablet.call(&ResumeWork { point, instrument, since: at, reason: "已装回".to_owned() })?;
    Ok(())
}

/// Records one visit of this tablet with this server: a wrong code, enrolment, the register, entries, two uploads of
/// which one is resumed, a confirmation, a fault, a rest, desk work on an imported form, and what comes down again. What people
/// do in the portal is not said again to another server, so no review is among it.
pub fn record() -> Result<Conversation> {
    let (now, recorder) = (Utc::now().trunc_subsecs(0), Recorder::default());
    let listener = recorder.clone();
    let server = open(None, now, |router| router.layer(from_fn_with_state(listener, listen)))?;
    let code = server.person_code(city::PERSON)?;
    let tablet = Tablet::new(city::PLACE)?;
    let refused = refusal(
        tablet.call(&stackside_core::command::Enrol { server: server.url(), code: "00000000".to_owned() }),
    );
    if refused != Some(CommandError::EnrolCode) {
        return Err(format!("a wrong code came to {refused:?}").into());
    }
    enrol(&tablet, &server.url(), &server.enrol_code()?)?;
    sync_until_known(&tablet, city::PERSON)?;
    first_unlock(&tablet, city::PERSON, &code)?;
    // What is signed from here on names the time of a receipt.
    sync_until_held(&tablet)?;
    let visit = sign_in(&tablet, city::POINT)?;
    let record = open_form(&tablet, visit)?;
    for (factor, readings) in CALIBRATION {
        calibrate(&tablet, record, factor, readings)?;
    }
    finish_form(&tablet, record)?;
    take_photo(&tablet, record, "reading", &photo::jpeg(48, 36, 1)?)?;
    sign(&tablet, visit, record)?;
    confirmation(&tablet, visit)?;
    sign_out(&tablet, visit)?;
    trouble(&tablet)?;
    desk_work(&tablet)?;
    sync_until_held(&tablet)?;
    until("all that comes down", || {
        if recorder.has_all_come_down() {
            return Ok(Some(()));
        }
        if !tablet.call(&GetSync {})?.line.running {
            tablet.call(&SyncNow {})?;
        }
        Ok(None)
    })?;
    let server_key = std::fs::read_to_string(server.folder().join(KEY_FILE))?.trim().to_owned();
    let exchanges = recorder.heard().clone();
    Ok(Conversation { wire: WIRE_VERSION, server_key, now, exchanges })
}

// --- Saying it again -------------------------------------------------------------------------------------------------

/// An old conversation, said to this server.
pub struct Replay {
    /// The same requests with today's answers.
    pub today: Conversation,
    /// The server, which holds now what was sent.
    pub server: Server,
}

/// Says to a fresh server of today what an old app said; only what a server makes up anew each time (code, token,
/// address of an upload) is put in the place of the old.
pub fn say_again(old: &Conversation) -> Result<Replay> {
    let server = open(Some(&old.server_key), old.now, |router| router)?;
    server.person_code(city::PERSON)?;
    let mut today = Conversation { exchanges: vec![], ..old.clone() };
    let mut anew: Vec<(String, String)> = Vec::new();
    for exchange in &old.exchanges {
        let mut request = exchange.request.clone();
        if exchange.call().ends_with("/enrol")
            && exchange.answer.status == 200
            && let Body::Json(body) = &mut request.body
        {
            body["code"] = server.enrol_code()?.into();
        }
        for text in request.headers.values_mut().chain([&mut request.path]) {
            for (old, new) in &anew {
                *text = text.replace(old, new);
            }
        }
        let answer = say(&server, &request)?;
        anew.extend(made_up(&exchange.answer).into_iter().zip(made_up(&answer)));
        today.exchanges.push(Exchange { request, answer });
    }
    Ok(Replay { today, server })
}

/// What a server makes up anew each time.
fn made_up(answer: &Answer) -> Vec<String> {
    let token = answer.body.json().and_then(|body| body["token"].as_str());
    let location = answer.headers.get("location").map(String::as_str);
    [token, location].into_iter().flatten().map(str::to_owned).collect()
}

fn say(server: &Server, request: &Request) -> Result<Answer> {
    let method = request.method.parse()?;
    let mut call = http::client()?.request(method, format!("{}{}", server.url(), request.path));
    for (name, value) in &request.headers {
        call = call.header(name, value);
    }
    let answer = http::send(call.body(request.body.bytes(&request.headers)?))?;
    let headers = of_protocol(&answer.headers);
    Ok(Answer { status: answer.status.as_u16(), body: Body::of(&answer.body, &headers), headers })
}
