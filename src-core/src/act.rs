//! The acts that entries bear witness to: the bodies of the evidence log.

use serde::{Deserialize, Serialize};

use crate::form::Answers;
use crate::geofence::{Fix, PresenceVerdict};
use crate::hash::Hash;
use crate::id::{DeviceId, FormCode, LogId, PersonId, PhotoId, PointId, RecordId, RulebookId, VisitId};
use crate::judge::Verdict;
use crate::photo::PhotoSource;
use crate::plausible::{self, Finding};
use crate::trust::{Certificate, Receipt, Signed};

/// What an entry's body says. A server keeps kinds that it does not know as they are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Act {
    /// Entry 1 of a device's first log: names the certificate.
    Enrolled {
        /// The server's word for this device's key.
        certificate: Signed<Certificate>,
    },
    /// Entry 1 of each further log (design.md §4): recovery never reuses a number.
    Recovered {
        /// The server's word for this device's key.
        certificate: Signed<Certificate>,
        /// The log before.
        old_log: LogId,
        /// Hash of the last header known of it.
        last_hash: Option<Hash>,
        /// The last receipt known of it.
        last_receipt: Option<Signed<Receipt>>,
    },
    /// 签到.
    SignedIn(SignedIn),
    /// A photo was kept.
    PhotoTaken(PhotoTaken),
    /// A record was signed: its whole content.
    RecordSigned(Box<RecordSigned>),
    /// 离场.
    SignedOut {
        /// The visit.
        visit: VisitId,
        /// The last fixes.
        fixes: Vec<Fix>,
        /// Where the technician was, as far as they tell.
        presence: PresenceVerdict,
        /// What the tablet pointed out before, and the technician left all the same. Of a newer app those that are known.
        #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "plausible::read_known")]
        findings: Vec<Finding>,
    },
    /// The wall clock moved against the boot clock by more than 30 s.
    ClockJumped {
        /// By how many milliseconds, signed.
        moved_ms: i64,
    },
    /// The tablet's time zone was changed.
    ZoneChanged {
        /// The zone before, in minutes ahead of UTC.
        from_minutes: i32,
        /// The zone now.
        to_minutes: i32,
    },
    /// The machine was started anew: its boot clock begins again, and what the wall clock did meanwhile nobody measured.
    Restarted {
        /// By how many milliseconds the wall clock differs from that of the entry before; negative: it was set back.
        wall_moved_ms: i64,
    },
}

/// 签到: one technician at one point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SignedIn {
    /// The visit that begins.
    pub visit: VisitId,
    /// Where.
    pub point: PointId,
    /// Who.
    pub technician: PersonId,
    /// All samples of the sign-in, not only the best.
    pub fixes: Vec<Fix>,
    /// The verdict over them.
    pub presence: PresenceVerdict,
    /// Why it is not "inside"; given where the verdict asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The photo that goes with the reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo: Option<FileRef>,
}

/// A file that travels beside the entries, by what it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRef {
    /// SHA-256 of its bytes.
    pub sha256: Hash,
    /// Its length in bytes.
    pub size_bytes: u64,
    /// Its media type.
    pub media_type: String,
}

/// A photo was kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PhotoTaken {
    /// The photo.
    pub photo: PhotoId,
    /// Its visit, unless it was taken for a sign-in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit: Option<VisitId>,
    /// The record that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<RecordId>,
    /// The form's photo slot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<String>,
    /// Where the pixels came from.
    pub source: PhotoSource,
    /// The original, byte for byte.
    pub file: FileRef,
    /// The last fix, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
}

/// A signed record: all that is needed to show and judge it again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecordSigned {
    /// The record.
    pub record: RecordId,
    /// Its visit; nothing for desk work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit: Option<VisitId>,
    /// Its point.
    pub point: PointId,
    /// Who signed.
    pub technician: PersonId,
    /// The form's code.
    pub form: FormCode,
    /// The form's version.
    pub form_version: u32,
    /// The rulebook that judged.
    pub rulebook: RulebookId,
    /// Its version.
    pub rulebook_version: u32,
    /// All answers, computed ones too.
    pub answers: Answers,
    /// The verdicts at the time of signing.
    pub verdicts: Vec<Verdict>,
    /// The photos that belong to it.
    pub photos: Vec<FileRef>,
    /// The strokes of the signature.
    pub signature: FileRef,
    /// What its answers name besides: second signatures and documents.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileRef>,
}

/// A signature as drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Strokes {
    /// Width of the pad in its own pixels.
    pub width: u32,
    /// Height of the pad.
    pub height: u32,
    /// The strokes in order.
    pub strokes: Vec<Vec<StrokePoint>>,
}

/// One point of a stroke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StrokePoint {
    /// Pixels from the left.
    pub x: i32,
    /// Pixels from the top.
    pub y: i32,
    /// Milliseconds since the first point.
    pub t_ms: u32,
    /// Pressure in thousandths.
    pub pressure: u16,
}

impl Strokes {
    /// True if someone drew at least a line.
    pub fn is_signature(&self) -> bool {
        self.strokes.iter().map(Vec::len).sum::<usize>() >= 8
    }
}

impl Act {
    /// The kind as the header names it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Enrolled { .. } => "enrolled",
            Self::Recovered { .. } => "recovered",
            Self::SignedIn(_) => "signed_in",
            Self::PhotoTaken(_) => "photo_taken",
            Self::RecordSigned(_) => "record_signed",
            Self::SignedOut { .. } => "signed_out",
            Self::ClockJumped { .. } => "clock_jumped",
            Self::ZoneChanged { .. } => "zone_changed",
            Self::Restarted { .. } => "restarted",
        }
    }
    /// The certificate of a log's first entry.
    pub fn certificate(&self) -> Option<&Signed<Certificate>> {
        match self {
            Self::Enrolled { certificate } | Self::Recovered { certificate, .. } => Some(certificate),
            _ => None,
        }
    }
    /// The files that the act names: what a server has to get as well.
    pub fn files(&self) -> Vec<&FileRef> {
        match self {
            Self::SignedIn(act) => act.photo.iter().collect(),
            Self::PhotoTaken(act) => vec![&act.file],
            Self::RecordSigned(act) => act.photos.iter().chain([&act.signature]).chain(&act.files).collect(),
            _ => vec![],
        }
    }
}

/// Who made an entry and where it stands, for people and queries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryPlace {
    /// The device.
    pub device: DeviceId,
    /// Its log.
    pub log: LogId,
    /// The entry's number in the log.
    pub seq: u64,
}
