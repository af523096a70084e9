//! The acts that entries bear witness to: the bodies of the evidence log.

use serde::{Deserialize, Serialize};

use crate::confirmation::Confirmed;
use crate::fault::FaultStep;
use crate::form::{AnswerKey, Answers, Label};
use crate::geofence::{Fix, PresenceVerdict};
use crate::hash::Hash;
use crate::id::{
    DeviceId, FormCode, LogId, PersonId, PhotoId, PointId, RecordId, ReviewId, RulebookId, VisitId,
};
use crate::judge::Verdict;
use crate::pause::Halt;
use crate::photo::PhotoSource;
use crate::plate::PlateVerdict;
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
    /// 更正: a new version of a signed record.
    RecordCorrected(Box<RecordCorrected>),
    /// 复核: a second person signed a version of a record.
    Countersigned(Box<Countersigned>),
    /// 作废: a record or a visit counts no more.
    Voided(Box<Voided>),
    /// 申诉: whoever signed a record that was returned stands by it.
    Appealed(Box<Appealed>),
    /// 故障: one step of it.
    FaultStep(Box<FaultStep>),
    /// 排污单位确认: the discharger's representative signed on the tablet.
    Confirmed(Box<Confirmed>),
    /// The source of a point is shut down, or an instrument is out of service: its duties rest.
    Paused(Halt),
    /// Work goes on there.
    Resumed(Halt),
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
    /// The station's QR plate, where the technician scanned it: a second proof.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plate: Option<PlateScan>,
}

/// What a photo of a station's plate showed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlateScan {
    /// What that says.
    pub verdict: PlateVerdict,
    /// What its QR code holds, shortened; nothing if none could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The photo.
    pub photo: FileRef,
    /// Where its pixels came from.
    pub source: PhotoSource,
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

/// An entry of any log, by its place and its hash: nothing else can take its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryRef {
    /// The device.
    pub device: DeviceId,
    /// Its log.
    pub log: LogId,
    /// The entry's number in the log.
    pub seq: u64,
    /// SHA-256 of its header.
    pub hash: Hash,
}

/// A new version of a signed record, whole; the one before stays as it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecordCorrected {
    /// The version that it takes the place of.
    pub version: EntryRef,
    /// Why.
    pub reason: String,
    /// All of the new version: the record keeps its id, and its form and rulebook keep theirs.
    #[serde(flatten)]
    pub content: RecordSigned,
}

/// A second person signed a version of a record; a later correction is not covered by it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Countersigned {
    /// The record.
    pub record: RecordId,
    /// Its visit; nothing for desk work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit: Option<VisitId>,
    /// Its point.
    pub point: PointId,
    /// Exactly the version that was seen.
    pub version: EntryRef,
    /// As what, in the form's words: 负责人, 核查人, 审批.
    pub role: Label,
    /// The form's signature field of that role; nothing where the form names no second signer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<AnswerKey>,
    /// Who signed, as written.
    pub name: String,
    /// Set if that person was at the tablet by their own PIN. Otherwise the header's technician handed it over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// The strokes.
    pub signature: FileRef,
}

/// A record or a visit counts no more: never undone, never deleted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Voided {
    /// The record; nothing if the whole visit is void.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<RecordId>,
    /// The visit that is void, or that of the record; nothing for desk work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit: Option<VisitId>,
    /// Where it was.
    pub point: PointId,
    /// The version of the record that was seen, or the visit's sign-in.
    pub version: EntryRef,
    /// Why.
    pub reason: String,
    /// Who says so.
    pub technician: PersonId,
    /// Their strokes.
    pub signature: FileRef,
}

/// Whoever signed a returned record says why it stands as it is: the reviewer looks again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Appealed {
    /// The record.
    pub record: RecordId,
    /// Its visit; nothing for desk work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit: Option<VisitId>,
    /// Its point.
    pub point: PointId,
    /// The version that was returned.
    pub version: EntryRef,
    /// The review that returned it.
    pub review: ReviewId,
    /// Why it stands.
    pub reason: String,
    /// Who says so.
    pub technician: PersonId,
    /// Their strokes.
    pub signature: FileRef,
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
            Self::RecordCorrected(_) => "record_corrected",
            Self::Countersigned(_) => "countersigned",
            Self::Voided(_) => "voided",
            Self::Appealed(_) => "appealed",
            Self::FaultStep(_) => "fault_step",
            Self::Confirmed(_) => "confirmed",
            Self::Paused(_) => "paused",
            Self::Resumed(_) => "resumed",
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
    /// The content of a version of a record.
    pub fn content(&self) -> Option<&RecordSigned> {
        match self {
            Self::RecordSigned(content) => Some(content),
            Self::RecordCorrected(act) => Some(&act.content),
            _ => None,
        }
    }
    /// The earlier entries that the act is about: versions of records, or a sign-in.
    pub fn earlier(&self) -> Vec<&EntryRef> {
        match self {
            Self::RecordCorrected(act) => vec![&act.version],
            Self::Countersigned(act) => vec![&act.version],
            Self::Voided(act) => vec![&act.version],
            Self::Appealed(act) => vec![&act.version],
            Self::Confirmed(act) => act.content.entries().collect(),
            _ => vec![],
        }
    }
    /// True if `earlier` is what [`Act::earlier`] has to name: a version of the same record, or the visit's sign-in; to a
    /// confirmation, either of its visit.
    pub fn is_about(&self, earlier: &Self) -> bool {
        let is_version_of = |record| earlier.content().is_some_and(|content| content.record == record);
        match self {
            Self::RecordCorrected(act) => is_version_of(act.content.record),
            Self::Countersigned(act) => is_version_of(act.record),
            Self::Appealed(act) => is_version_of(act.record),
            Self::Voided(act) => match act.record {
                Some(record) => is_version_of(record),
                None => matches!(earlier, Self::SignedIn(sign_in) if Some(sign_in.visit) == act.visit),
            },
            Self::Confirmed(act) => match earlier {
                Self::SignedIn(sign_in) => sign_in.visit == act.visit,
                other => other.content().is_some_and(|content| content.visit == Some(act.visit)),
            },
            _ => false,
        }
    }
    /// The files that the act names: what a server has to get as well.
    pub fn files(&self) -> Vec<&FileRef> {
        match self {
            Self::SignedIn(act) => {
                act.photo.iter().chain(act.plate.iter().map(|plate| &plate.photo)).collect()
            }
            Self::PhotoTaken(act) => vec![&act.file],
            Self::RecordSigned(content) => content.all_files(),
            Self::RecordCorrected(act) => act.content.all_files(),
            Self::Countersigned(act) => vec![&act.signature],
            Self::Voided(act) => vec![&act.signature],
            Self::Appealed(act) => vec![&act.signature],
            Self::Confirmed(act) => vec![&act.signature],
            _ => vec![],
        }
    }
}

impl RecordSigned {
    fn all_files(&self) -> Vec<&FileRef> {
        self.photos.iter().chain([&self.signature]).chain(&self.files).collect()
    }
}
