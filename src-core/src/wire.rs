//! What device and server say to each other. Older apps are out there, so these types only grow: new members have
//! defaults, unknown ones are ignored.
//!
//! | call | request | reply |
//! | --- | --- | --- |
//! | `GET /api/v1/health` | | [`Health`] |
//! | `GET /api/v1/openapi.json` | | all of this as OpenAPI |
//! | `POST /api/v1/enrol` | [`EnrolRequest`] | [`EnrolReply`] |
//! | `POST /api/v1/entries` (gzip) | [`EntriesRequest`] | [`EntriesReply`] |
//! | `POST /api/v1/files/missing` | [`MissingRequest`] | [`MissingReply`] |
//! | `POST /api/v1/files` (tus 1.0 creation) | `Upload-Length`, `Upload-Metadata: sha256 BASE64,type BASE64` | `Location` |
//! | `HEAD`, `PATCH`, `DELETE` on that location (tus 1.0) | | `Upload-Offset` |
//! | `GET /api/v1/changes?since=CURSOR` | | [`ChangesReply`] |
//! | `POST /api/v1/key-copy` | [`KeyCopy`] | |
//!
//! All but the first three want `Authorization: Bearer TOKEN`. Failures carry [`WireError`].

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::act::{EntryRef, RecordSigned};
use crate::clock::TimeProof;
use crate::confirmation::PortalConfirmation;
use crate::definition::Definition;
use crate::evidence::{Entry, PublicKey};
use crate::hash::Hash;
use crate::id::{
    BottleId, DeviceId, DischargerId, FaultId, InstrumentId, LogId, OperatorId, PersonId, PlanId, PointId,
};
use crate::pause::KnownHalt;
use crate::plan::PlanItem;
use crate::record::{History, Stamp};
use crate::register::{Bottle, Discharger, Instrument, Operator, Person, Point};
use crate::review::Review;
use crate::trust::{Certificate, Receipt, Recovery, Signed};

/// Rises with every change of these types. Each version leaves a recorded conversation in `tests/released`, which every
/// later server and app must understand.
pub const WIRE_VERSION: u32 = 3;

/// What [`Health::service`] says: how an app tells its server from a captive portal.
pub const SERVICE: &str = "stackside";

/// The server is there, and it is ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Health {
    /// Always `stackside`: [`SERVICE`].
    pub service: String,
    /// The server's version.
    pub version: String,
    /// The server's clock.
    pub time: DateTime<Utc>,
    /// The oldest app version whose entries are taken.
    pub oldest_app: String,
    /// Another number than before: the server was restored from a backup, and tablets ask again what it holds.
    #[serde(default)]
    pub history: u32,
}

/// A tablet asks to be taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EnrolRequest {
    /// The one-time code.
    pub code: String,
    /// The id that the device made for itself.
    pub device: DeviceId,
    /// Its key.
    pub public_key: PublicKey,
    /// Model and system, for people.
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub model: String,
    /// The app's version.
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub app_version: String,
}

/// It was taken in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EnrolReply {
    /// The server's word for the key.
    pub certificate: Signed<Certificate>,
    /// The key that signs certificates and receipts.
    pub server_key: PublicKey,
    /// Secret of this device, stored hashed by the server.
    pub token: String,
    /// Whose tablet it is now.
    pub operator: Operator,
    /// To whom it seals what only the operator may open; a server may have nobody for that yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery: Option<Signed<Recovery>>,
}

/// Entries in order, from the first unacknowledged number on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EntriesRequest {
    /// The app's version.
    pub app_version: String,
    /// Entries of one log.
    #[cfg_attr(feature = "openapi", schema(max_items = 10_000))]
    pub entries: Vec<Entry>,
}

/// The server holds them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EntriesReply {
    /// Its word for it.
    pub receipt: Signed<Receipt>,
}

/// Which of these files do you lack?
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MissingRequest {
    /// Hashes of whole files.
    #[cfg_attr(feature = "openapi", schema(max_items = 10_000))]
    pub files: Vec<Hash>,
}

/// These.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MissingReply {
    /// Those of the asked ones that the server does not hold whole.
    pub missing: Vec<Hash>,
    /// Those that it holds, with their lengths: the confirmation by hash and length.
    pub held: Vec<HeldFile>,
}

/// A file that the server holds whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HeldFile {
    /// SHA-256 that the server computed.
    pub sha256: Hash,
    /// Its length.
    pub size_bytes: u64,
}

/// A tablet leaves the key of its database with the server, which cannot open it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeyCopy {
    /// To whom it is sealed: the recipient that the server named.
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub recipient: String,
    /// The file of age, in base64.
    #[cfg_attr(feature = "openapi", schema(content_encoding = "base64", max_length = 21_848))]
    // The first line of every such file, and then whole groups of base64.
    #[cfg_attr(
        feature = "openapi",
        schema(pattern = "^YWdlLWVuY3J5cHRpb24ub3JnL3YxC[g-v][A-Za-z0-9+/]{2}([A-Za-z0-9+/]{4})*\
        ([A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$")
    )]
    pub sealed: String,
}

/// A page of what changed since a cursor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangesReply {
    /// In order.
    pub changes: Vec<Change>,
    /// Where the next page starts.
    pub cursor: u64,
    /// True if there is a next page now.
    pub more: bool,
    /// As in [`EnrolReply`]: it may be another than at enrolment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery: Option<Signed<Recovery>>,
}

/// One row that comes down. A page with a kind that an app does not know is refused whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", content = "row", rename_all = "snake_case")]
pub enum Change {
    /// 运维机构.
    Operator(Operator),
    /// 排污单位.
    Discharger(Discharger),
    /// 运维人员.
    Person(Person),
    /// 监测点位.
    Point(Box<Point>),
    /// 仪器.
    Instrument(Box<Instrument>),
    /// 标气瓶.
    Bottle(Bottle),
    /// A row of the register is gone.
    Removed(Removed),
    /// A record of one of the operator's points, made on any tablet.
    Record(Box<RecordElsewhere>),
    /// A fault at one of the operator's points, noted on any tablet.
    Fault(FaultElsewhere),
    /// A form or a rulebook.
    Definition(Definition),
    /// What a supervisor said of a version of a record.
    Review(Box<Signed<Review>>),
    /// 排污单位确认 of a visit of the operator's.
    Confirmation(Box<ConfirmationElsewhere>),
    /// 运维计划.
    Plan(PlanItem),
    /// Work rests or goes on at one of the operator's points, said on any tablet.
    Halt(KnownHalt),
}

impl Change {
    /// The wire version that has it: an app that knows only older ones refuses a page with it whole.
    pub fn since(&self) -> u32 {
        match self {
            Self::Fault(_)
            | Self::Review(_)
            | Self::Confirmation(_)
            | Self::Plan(_)
            | Self::Halt(_)
            | Self::Removed(Removed::Plan(_)) => 3,
            _ => BEFORE_NAMED,
        }
    }
}

/// What an app knows that does not name its version: those up to 2 did not.
pub const BEFORE_NAMED: u32 = 2;

/// A confirmation as it was signed, for the tablets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "by", content = "word", rename_all = "snake_case")]
pub enum ConfirmationElsewhere {
    /// On a tablet: the entry of its log.
    Tablet(Entry),
    /// In the portal: the server's word.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    Portal(Signed<PortalConfirmation>),
}

impl ConfirmationElsewhere {
    /// What it goes by: the hash of what was signed.
    pub fn id(&self) -> Hash {
        match self {
            Self::Tablet(entry) => entry.hash(),
            Self::Portal(signed) => Hash::of(signed.text.as_bytes()),
        }
    }
}

/// A row of the register that is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "table", content = "id", rename_all = "snake_case")]
pub enum Removed {
    /// 运维机构.
    Operator(OperatorId),
    /// 排污单位.
    Discharger(DischargerId),
    /// 运维人员.
    Person(PersonId),
    /// 监测点位.
    Point(PointId),
    /// 仪器.
    Instrument(InstrumentId),
    /// 标气瓶.
    Bottle(BottleId),
    /// 运维计划.
    Plan(PlanId),
}

/// A record as its device signed it, for the tablets that did not make it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecordElsewhere {
    /// Its device.
    pub device: DeviceId,
    /// Its log.
    pub log: LogId,
    /// Its entry's number.
    pub seq: u64,
    /// Its entry's hash.
    pub hash: Hash,
    /// When it was signed, by the best clock.
    pub signed_at: DateTime<Utc>,
    /// True if that is the satellites' time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_proven: bool,
    /// Its content as it was signed first (docs/evidence.md).
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub content: RecordSigned,
    /// What was done with it later, in order: corrections, countersignatures, voids, as their devices signed them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub later: Vec<Entry>,
}

/// A fault with all its steps, as their devices signed them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FaultElsewhere {
    /// Which.
    pub fault: FaultId,
    /// The entries of its steps.
    pub steps: Vec<Entry>,
}

impl RecordElsewhere {
    /// The record with all that was done with it later.
    pub fn history(&self) -> History {
        let Self { device, log, seq, hash, signed_at, is_proven, content, later } = self;
        let entry = EntryRef { device: *device, log: *log, seq: *seq, hash: *hash };
        let proof = if *is_proven { TimeProof::Satellite } else { TimeProof::Unproven };
        let stamp = Stamp { entry, at: *signed_at, proof, technician: Some(content.technician.clone()) };
        History::of(stamp, content.clone()).go_on(later)
    }
}

/// Why the server did not do it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[error("{code:?}: {message}")]
pub struct WireError {
    /// By what the receiver can do.
    pub code: WireErrorCode,
    /// For logs.
    pub message: String,
}

/// By what the receiver can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum WireErrorCode {
    /// The one-time code is unknown, used or out of date.
    Code,
    /// No such device, or struck off.
    Revoked,
    /// A same number with another hash.
    Fork,
    /// An entry is missing before these: the message names the number that the server expects.
    Gap,
    /// Not authentic or not well-formed.
    Refused,
    /// The app is too old.
    TooOld,
    /// Too large.
    TooLarge,
    /// No such thing, or not this organisation's.
    NotFound,
    /// The server's own fault.
    Internal,
}
