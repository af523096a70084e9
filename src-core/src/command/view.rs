//! What comes back: the views that screens draw.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{Correction, FindingLine, Marks, VoidLine};
use crate::clock::TimeProof;
use crate::due::{Due, Urgency};
use crate::form::{AnswerKey, Answers, Form, Label, LastDone, Purpose};
use crate::geofence::{Fix, PresenceVerdict};
use crate::hash::Hash;
use crate::id::{DeviceId, FormCode, PersonId, PhotoId, PointId, RecordId, VisitId};
use crate::judge::{Outcome, Verdict};
use crate::photo::{Original, PhotoSource, SendState};
use crate::record::RecordState;
use crate::register::{Bottle, Discharger, Instrument, Person, Point};
use crate::rulebook::Rulebook;
use crate::storage::Storage;
use crate::sync::SyncTrouble;
use crate::visit::{VisitState, VisitStep};

/// What the device tells the screen without being asked: to look again, no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// Something in the store changed.
    Store,
    /// Sync moved on.
    Sync,
    /// A new position sample.
    Position,
}

/// What the app needs to draw its first screen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AppState {
    /// The app's version.
    pub version: String,
    /// Nothing until the tablet is enrolled.
    pub enrolment: Option<Enrolment>,
    /// Who may open the app.
    pub people: Vec<PersonLine>,
    /// Who opened it.
    pub person: Option<Person>,
    /// Language, theme, Wi-Fi rule.
    pub settings: Settings,
    /// Where the person was.
    pub place: Option<Place>,
    /// What start-up found and mended, until the technician has read it.
    pub recovered: Option<Recovered>,
    /// The sync line.
    pub sync: SyncLine,
}

/// Whose tablet it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// The operator's name.
    pub operator: String,
    /// The server's address.
    pub server: String,
    /// The device's id.
    pub device: DeviceId,
    /// Last day of the certificate.
    pub valid_until: DateTime<Utc>,
}

/// A person on the unlock screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonLine {
    /// Who.
    pub id: PersonId,
    /// Name.
    pub name: String,
    /// 岗位.
    pub post: String,
    /// False until a PIN was set on this tablet.
    pub has_pin: bool,
}

/// Where a person is in the app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The screen's path, such as `/record/…`.
    pub path: String,
    /// The field that has the focus.
    pub field: Option<AnswerKey>,
}

/// Settings of the tablet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// 中文 or English.
    pub language: Language,
    /// Light or dark.
    pub theme: Theme,
    /// Photos on Wi-Fi only.
    pub photos_on_wifi_only: bool,
    /// When the app locks by itself.
    #[serde(default)]
    pub lock_after: LockAfter,
}

/// After how long without a touch the app locks. There is no "never": a tablet that lies about is anyone's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LockAfter {
    /// 5 minutes.
    Five,
    /// 15 minutes.
    #[default]
    Fifteen,
    /// 30 minutes.
    Thirty,
    /// An hour.
    Sixty,
}

impl LockAfter {
    /// Its length in milliseconds.
    pub fn ms(self) -> u64 {
        let minutes = match self {
            Self::Five => 5,
            Self::Fifteen => 15,
            Self::Thirty => 30,
            Self::Sixty => 60,
        };
        minutes * 60_000
    }
}

/// Language of the screens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// 中文.
    #[default]
    Zh,
    /// English.
    En,
}

/// Colours of the screens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// For sunlight.
    #[default]
    Light,
    /// For the station house.
    Dark,
}

/// What start-up mended after an unclean end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovered {
    /// Photos whose file was whole and that were attached.
    pub photos_attached: u32,
    /// Photos that were begun and never arrived whole.
    pub photos_incomplete: u32,
    /// Photos whose file is gone.
    pub photos_missing: u32,
    /// The database was damaged, and what was done about it.
    #[serde(default)]
    pub database: Option<Mended>,
}

impl Recovered {
    /// Together with what a later start found. A photo that is gone is found gone at each start.
    pub fn and(self, later: Self) -> Self {
        Self {
            photos_attached: self.photos_attached + later.photos_attached,
            photos_incomplete: self.photos_incomplete + later.photos_incomplete,
            photos_missing: self.photos_missing.max(later.photos_missing),
            database: later.database.or(self.database),
        }
    }
}

/// A damaged database was put aside, and another is in its place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mended {
    /// When the backup was made that was taken; nothing if there was no sound one.
    pub backup_at: Option<DateTime<Utc>>,
    /// Entries of the evidence log that were saved from the damaged file beyond the backup.
    pub entries: u64,
    /// Answers that were saved from it.
    pub answers: u64,
}

/// The sync line of every screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncLine {
    /// Entries not yet in a receipt.
    pub entries_waiting: u64,
    /// Files not yet held by the server.
    pub files_waiting: u64,
    /// Last contact with our server.
    pub last_contact: Option<DateTime<Utc>>,
    /// True while something is under way.
    pub running: bool,
    /// What is in the way.
    pub trouble: SyncTrouble,
}

/// 今日.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Today {
    /// The date in Asia/Shanghai.
    pub date: NaiveDate,
    /// Open visits of the person.
    pub visits: Vec<VisitView>,
    /// What is due as far as known, the most urgent first.
    pub due: Vec<DueLine>,
}

/// One line of what is due.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DueLine {
    /// What and until when.
    pub due: Due,
    /// The point's name.
    pub point_name: String,
    /// The discharger's name.
    pub discharger_name: String,
    /// The form's title.
    pub title: Label,
    /// The instruments' factors.
    pub factors: Vec<String>,
}

/// A point in the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PointLine {
    /// The point.
    pub point: Point,
    /// The discharger's name.
    pub discharger_name: String,
    /// How many instruments stand there.
    pub instruments: u32,
    /// Metres from the last fix; nothing if none is known.
    pub distance_m: Option<f64>,
    /// When someone last signed a record there.
    pub last_record: Option<DateTime<Utc>>,
}

/// One point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PointView {
    /// The point.
    pub point: Point,
    /// Who owns the outlet.
    pub discharger: Discharger,
    /// Its instruments.
    pub instruments: Vec<Instrument>,
    /// Its gas bottles.
    pub bottles: Vec<Bottle>,
    /// Its last records, from this tablet and others.
    pub records: Vec<RecordLine>,
    /// The person's open visit here.
    pub open_visit: Option<VisitId>,
    /// Forms that need no visit.
    pub forms: Vec<FormLine>,
}

/// Where the samples stand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PositionView {
    /// True while positions are read.
    pub running: bool,
    /// Seconds since reading started.
    pub waited_s: u32,
    /// All samples since reading started.
    pub fixes: Vec<Fix>,
    /// The verdict over them now.
    pub verdict: PresenceVerdict,
    /// The device's wall clock.
    pub now: DateTime<Utc>,
}

/// A visit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VisitView {
    /// Which.
    pub id: VisitId,
    /// Where it stands.
    pub state: VisitState,
    /// The point.
    pub point: Point,
    /// The discharger's name.
    pub discharger_name: String,
    /// Sign-in.
    pub signed_in_at: DateTime<Utc>,
    /// Sign-out.
    pub signed_out_at: Option<DateTime<Utc>>,
    /// Presence at sign-in.
    pub presence: PresenceVerdict,
    /// Why the technician was not "inside", in their words.
    pub reason: Option<String>,
    /// The day that it counts for, and how well that is known: [`crate::proven::day_of_visit`].
    pub day: NaiveDate,
    /// What the day rests on.
    pub day_proof: TimeProof,
    /// What was pointed out when it was left all the same; an open visit is asked with [`super::CheckVisit`].
    pub left_with: Vec<FindingLine>,
    /// Its records.
    pub records: Vec<RecordLine>,
    /// Its photos.
    pub photos: Vec<PhotoLine>,
    /// Forms that can be filled here.
    pub forms: Vec<FormLine>,
    /// What comes next.
    pub next_step: Option<VisitStep>,
    /// Set once the visit counts no more.
    pub voided: Option<VoidLine>,
}

/// A form in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormLine {
    /// Its code.
    pub code: FormCode,
    /// Its title.
    pub title: Label,
    /// The table it stands for.
    pub standard: Label,
    /// What it is filled for.
    pub purpose: Purpose,
    /// How soon a duty that it fulfils asks for attention.
    pub urgency: Option<Urgency>,
}

/// Where work is recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Workplace {
    /// In a visit.
    Visit(VisitId),
    /// At a point, without a visit: desk work, which claims no presence.
    Point(PointId),
}

/// A record in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecordLine {
    /// Which.
    pub id: RecordId,
    /// Its visit; nothing for desk work.
    pub visit: Option<VisitId>,
    /// Its point.
    pub point: PointId,
    /// The form's title.
    pub title: Label,
    /// The point's name.
    pub point_name: String,
    /// The discharger's name.
    pub discharger_name: String,
    /// Where it stands.
    pub state: RecordState,
    /// How far it got.
    pub send: SendState,
    /// When it was signed, otherwise when it was begun.
    pub at: DateTime<Utc>,
    /// Who signed or fills it.
    pub person_name: String,
    /// The worst verdict in it.
    pub verdict: Option<Outcome>,
    /// Missing or invalid answers of a draft.
    pub problems: u32,
    /// True if it came from another tablet.
    pub elsewhere: bool,
    /// What was done with it later.
    pub marks: Marks,
}

/// A page of records.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecordsPage {
    /// At most 50.
    pub records: Vec<RecordLine>,
    /// How many there are in all.
    pub total: u64,
}

/// A record with all that is needed to show and judge it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecordView {
    /// Its line in lists.
    pub line: RecordLine,
    /// The definition it was begun with.
    pub form: Form,
    /// The rulebook it was pinned to.
    pub rulebook: Rulebook,
    /// Its answers.
    pub answers: Answers,
    /// The point's instruments.
    pub instruments: Vec<Instrument>,
    /// The point's bottles.
    pub bottles: Vec<Bottle>,
    /// Its photos.
    pub photos: Vec<PhotoLine>,
    /// The verdicts as signed; of a draft as they stand.
    pub verdicts: Vec<Verdict>,
    /// The Shanghai date on which it was begun: which items are due.
    pub begun_on: NaiveDate,
    /// When the form's items were last done here, before this record.
    pub last_done: LastDone,
    /// What the last record of the same form and instrument, or point, says: the previous value of a field.
    pub previous: BTreeMap<AnswerKey, String>,
    /// Names of the operator's people.
    pub people: Vec<String>,
    /// Set if it is a draft that corrects a signed record.
    pub correction: Option<Correction>,
    /// Set once the record counts no more.
    pub voided: Option<VoidLine>,
}

/// A photo.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PhotoLine {
    /// Which.
    pub id: PhotoId,
    /// The form's slot, or the key of the field that asked for it.
    pub slot: Option<String>,
    /// What the slot shows.
    pub slot_label: Option<Label>,
    /// Camera, file or document.
    pub source: PhotoSource,
    /// When it was taken.
    pub taken_at: DateTime<Utc>,
    /// SHA-256 of the original.
    pub sha256: Hash,
    /// Its length.
    pub size_bytes: u64,
    /// How far it got.
    pub send: SendState,
    /// Where the original is.
    pub original: Original,
}

/// A photo as it is looked at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PhotoView {
    /// Its line.
    pub line: PhotoLine,
    /// Base64 of a JPEG: the copy with the mark or, where the original gave way, the thumbnail. Nothing if its pixels cannot
    /// be read.
    pub jpeg: Option<String>,
    /// True if it is the copy with the mark.
    pub is_marked: bool,
}

/// What was handed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoverGiven {
    /// Where the sealed file lies.
    pub file: String,
    /// What opens it, beside the operator's recovery key. It is nowhere else.
    pub code: String,
    /// Entries in it.
    pub entries: u64,
    /// Photos, documents and signatures in it.
    pub files: u64,
    /// Its length.
    pub bytes: u64,
}

/// What was taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoverTaken {
    /// Entries that were not here yet.
    pub entries: u64,
    /// Photos, documents and signatures in it.
    pub files: u64,
}

/// How much space there is, and what takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorageView {
    /// What there is.
    pub storage: Storage,
    /// Originals on this tablet.
    pub here: FileCount,
    /// Of these, not yet held by the server: they stay in any case.
    pub unsent: FileCount,
    /// Sent originals that gave way; the server has them.
    pub gone: FileCount,
}

/// Files, and their bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileCount {
    /// How many.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// What is where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SyncView {
    /// The sync line.
    pub line: SyncLine,
    /// Items not yet received, then the last received ones; at most 50.
    pub items: Vec<SyncItem>,
    /// Entries in receipts.
    pub entries_held: u64,
    /// Bytes of the photos on their way: sent so far.
    pub sent_bytes: u64,
    /// And in all.
    pub total_bytes: u64,
    /// Bytes that went out since the start of the day.
    pub sent_today_bytes: u64,
    /// And since the start of the month.
    pub sent_month_bytes: u64,
    /// Bytes a second that get through, while files go out.
    pub rate_bytes_s: Option<u64>,
    /// Seconds until all files are there, at that rate.
    pub left_s: Option<u64>,
    /// Photos wait for Wi-Fi.
    pub waits_for_wifi: bool,
}

/// One item on its way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SyncItem {
    /// What it is.
    pub what: SyncSubject,
    /// How far it got.
    pub send: SendState,
    /// When it was made.
    pub at: DateTime<Utc>,
    /// Bytes sent so far (files).
    pub sent_bytes: u64,
    /// Bytes in all.
    pub total_bytes: u64,
    /// The point's name, where it has one.
    pub point_name: Option<String>,
    /// When the server's receipt came.
    pub held_at: Option<DateTime<Utc>>,
    /// A photo's original gave way here, and the server lost it since.
    pub is_lost: bool,
    /// The file, where it is one.
    pub file: Option<Hash>,
    /// A person lets it wait.
    pub paused: bool,
    /// Why it was refused.
    pub reason: Option<FileTrouble>,
}

/// Why a file does not get through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum FileTrouble {
    /// Its bytes are gone from this tablet, or fewer than they were.
    Gone,
    /// It is larger than the server takes.
    TooLarge,
    /// The server does not take it.
    Refused {
        /// Its reason.
        reason: String,
    },
}

/// What an item is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum SyncSubject {
    /// An entry of the log.
    Entry {
        /// Its number.
        seq: u64,
        /// Its kind, as in the header.
        kind: String,
        /// The record's title.
        title: Option<Label>,
    },
    /// A photo.
    Photo {
        /// Which; nothing if it is another tablet's.
        photo: Option<PhotoId>,
    },
    /// The strokes of a signature.
    Signature,
}
