//! What comes back about the work: points, visits, records, photos.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{AwaitedLine, ConfirmationLine, Correction, FindingLine, Marks, ReviewLine, VoidLine};
use crate::clock::TimeProof;
use crate::due::{Due, Urgency};
use crate::form::{AnswerKey, Answers, Form, Label, LastDone, Purpose};
use crate::geofence::{Fix, PresenceVerdict};
use crate::hash::Hash;
use crate::id::{FormCode, PhotoId, PointId, RecordId, VisitId};
use crate::judge::{Outcome, Verdict};
use crate::pause::Pause;
use crate::photo::{Original, PhotoSource, SendState};
use crate::plate::PlateVerdict;
use crate::record::RecordState;
use crate::register::{Bottle, Discharger, Instrument, Point};
use crate::rulebook::Rulebook;
use crate::visit::{VisitState, VisitWork};

/// 今日.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Today {
    /// The date in Asia/Shanghai.
    pub date: NaiveDate,
    /// Open visits of the person.
    pub visits: Vec<VisitView>,
    /// Visits that are over and whose confirmation is awaited, the most urgent first.
    pub awaited: Vec<AwaitedLine>,
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
    /// True if the form is filled in a visit, false if at the desk.
    pub needs_visit: bool,
    /// True if the plan names this person for it, or nobody.
    pub is_mine: bool,
    /// Who does it by the plan.
    pub person_names: Vec<String>,
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
    /// What rests here now.
    pub pauses: Vec<Pause>,
    /// Its duties, what hurts most first.
    pub due: Vec<DueLine>,
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
    /// What the station's plate said, if it was scanned.
    pub plate: Option<PlateVerdict>,
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
    /// What its steps depend on.
    pub work: VisitWork,
    /// Where the discharger's confirmation stands; nothing where a mended log has lost what it is about.
    pub confirmation: Option<ConfirmationLine>,
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
    /// What a supervisor said of the newest version; nothing in an older one.
    pub review: Option<ReviewLine>,
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
