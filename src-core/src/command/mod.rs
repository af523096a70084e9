//! What screen and shell say to each other. They ship together, so it may change.

mod app;
mod confirmation;
mod error;
mod fault;
mod finding;
mod history;
mod review;
mod storage;
mod sync;
mod view;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::act::Strokes;
use crate::confirmation::Answer as ConfirmationAnswer;
use crate::fault::{FaultPart, Step};
use crate::form::{Answer, AnswerKey};
use crate::hash::Hash;
use crate::id::{FaultId, FormCode, InstrumentId, PersonId, PhotoId, PointId, RecordId, VisitId};
use crate::photo::PhotoSource;
use crate::plate::PlateVerdict;
use crate::register::Bottle;
use crate::review::ReviewState;

pub use app::*;
pub use confirmation::*;
pub use error::{CommandError, HandoverTrouble, OpenTrouble};
pub use fault::*;
pub use finding::*;
pub use history::*;
pub use review::*;
pub use storage::*;
pub use sync::*;
pub use view::*;

/// One thing that the screen asks of the shell.
pub trait Command: Serialize + DeserializeOwned {
    /// Its name at the border.
    const NAME: &'static str;
    /// What comes back.
    type Reply: Serialize + DeserializeOwned;
}

macro_rules! commands {
    ($dollar:tt $($(#[$doc:meta])* $name:ident / $snake:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty),* $(,)? } -> $reply:ty;)+) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Serialize, Deserialize)]
            pub struct $name { $($(#[$field_doc])* pub $field: $type,)* }
            impl Command for $name {
                const NAME: &'static str = stringify!($snake);
                type Reply = $reply;
            }
        )+
        /// Calls a macro with `name: Type,` of every command, so that shell and host list them in one place.
        #[macro_export]
        macro_rules! for_each_command {
            ($dollar then:ident) => { $dollar then! { $($snake: $name,)+ } };
        }
    };
}

commands! { $
    /// What the app needs to draw its first screen, and after each event.
    GetState / get_state {} -> AppState;
    /// Makes this tablet one of an operator's.
    Enrol / enrol {
        /// The server's address, `https://…`; plain HTTP for loopback only.
        server: String,
        /// The one-time code.
        code: String,
    } -> AppState;
    /// Opens the app for a person who has a PIN.
    Unlock / unlock {
        /// Who.
        person: PersonId,
        /// The PIN.
        pin: String,
    } -> AppState;
    /// Sets or resets a PIN by a one-time personal code, and opens the app.
    SetPin / set_pin {
        /// Who.
        person: PersonId,
        /// The personal code.
        code: String,
        /// The new PIN, 6 to 12 digits.
        pin: String,
    } -> AppState;
    /// Locks the app.
    Lock / lock {} -> AppState;
    /// A person touched the screen: the lock waits anew. Nothing happens where it is locked.
    StillHere / still_here {} -> ();
    /// Keeps where the person is, so that the app comes back there after it dies.
    SavePlace / save_place {
        /// The screen's path and, in a form, the field.
        place: Place,
    } -> ();
    /// The technician has read what start-up mended.
    SeenRecovered / seen_recovered {} -> AppState;
    /// Changes language, theme, the lock or the Wi-Fi rule.
    SaveSettings / save_settings {
        /// All settings.
        settings: Settings,
    } -> AppState;
    /// 今日: open visits, what is due, the sync line.
    GetToday / get_today {} -> Today;
    /// 站点: points of the operator, nearest first where a position is known.
    GetPoints / get_points {
        /// Part of a name or number; empty for all.
        search: String,
    } -> Vec<PointLine>;
    /// One point with its instruments, bottles and last records.
    GetPoint / get_point {
        /// Which.
        point: PointId,
    } -> PointView;
    /// The source of a point is shut down, or an instrument is out of service: its duties rest.
    PauseWork / pause_work {
        /// Where.
        point: PointId,
        /// The instrument; nothing if the source is shut down.
        instrument: Option<InstrumentId>,
        /// Since when; not later than now.
        since: DateTime<Utc>,
        /// Why.
        reason: String,
    } -> ();
    /// Work goes on there.
    ResumeWork / resume_work {
        /// Where.
        point: PointId,
        /// The instrument; nothing if the source is back.
        instrument: Option<InstrumentId>,
        /// Since when; not before it rested, not later than now.
        since: DateTime<Utc>,
        /// What was done.
        reason: String,
    } -> ();
    /// Starts reading positions; visible on the screen as long as it goes on.
    StartPosition / start_position {} -> ();
    /// Stops reading positions.
    StopPosition / stop_position {} -> ();
    /// The samples so far, judged against a point's fence.
    GetPosition / get_position {
        /// The point.
        point: PointId,
    } -> PositionView;
    /// 签到, with the samples that the device holds.
    SignIn / sign_in {
        /// Where.
        point: PointId,
        /// Why, where presence is not "inside".
        reason: Option<String>,
        /// The photo that goes with the reason.
        photo: Option<PhotoId>,
        /// The photo of the station's plate.
        plate: Option<PhotoId>,
    } -> VisitId;
    /// What a kept photo of a station's plate says.
    ReadPlate / read_plate {
        /// The point that it should be the plate of.
        point: PointId,
        /// The photo.
        photo: PhotoId,
    } -> PlateVerdict;
    /// A visit with its records, photos and next step.
    GetVisit / get_visit {
        /// Which.
        visit: VisitId,
    } -> VisitView;
    /// What the authorities' own checks would point out in a visit as it stands. It stands in the way of nothing.
    CheckVisit / check_visit {
        /// Which.
        visit: VisitId,
    } -> Vec<FindingLine>;
    /// What the discharger's representative is shown of a visit, and where the confirmation stands.
    GetConfirmation / get_confirmation {
        /// Which.
        visit: VisitId,
    } -> ConfirmationView;
    /// 企业确认: the representative confirms or objects, and signs. Refused if the visit changed since it was shown.
    Confirm / confirm {
        /// Which.
        visit: VisitId,
        /// The hash of what was shown.
        content_hash: Hash,
        /// What is said.
        answer: ConfirmationAnswer,
        /// 姓名.
        name: String,
        /// 岗位.
        post: String,
        /// 电话.
        phone: String,
        /// The signature.
        strokes: Strokes,
    } -> ();
    /// 离场. Refused while drafts are left.
    SignOut / sign_out {
        /// Which.
        visit: VisitId,
    } -> ();
    /// Opens a form in a visit or, where it needs none, at a point: its draft if there is one, otherwise a new one,
    /// prefilled.
    OpenRecord / open_record {
        /// Where the work is.
        place: Workplace,
        /// The form.
        form: FormCode,
    } -> RecordId;
    /// A record with all that is needed to show and judge it.
    GetRecord / get_record {
        /// Which.
        record: RecordId,
    } -> RecordView;
    /// A signed version of a record, as it was signed.
    GetVersion / get_version {
        /// The record.
        record: RecordId,
        /// The version's number, from 1.
        number: u32,
    } -> RecordView;
    /// A signed record with its versions: what changed, who, when, why, and what can be done now.
    GetHistory / get_history {
        /// The record.
        record: RecordId,
    } -> HistoryView;
    /// Begins to correct a signed record, or goes on with it: a draft that starts from the answers as signed.
    CorrectRecord / correct_record {
        /// The record.
        record: RecordId,
    } -> RecordId;
    /// Saves why a record is corrected; committed when this returns.
    SaveReason / save_reason {
        /// The correction's draft.
        record: RecordId,
        /// In the technician's words.
        reason: String,
    } -> ();
    /// Signs a correction: the record has a new version.
    SignCorrection / sign_correction {
        /// The correction's draft.
        record: RecordId,
        /// The signature.
        strokes: Strokes,
    } -> ();
    /// Drops a correction that was begun; the record stays as it is.
    DiscardCorrection / discard_correction {
        /// The correction's draft.
        record: RecordId,
    } -> ();
    /// A second person signs the newest version of a record.
    Countersign / countersign {
        /// The record.
        record: RecordId,
        /// As what: the form's signature field, or nothing where it names no second signer.
        field: Option<AnswerKey>,
        /// Who signs.
        name: String,
        /// The signature.
        strokes: Strokes,
    } -> ();
    /// What was returned to the person at the tablet and waits for an answer.
    GetReturned / get_returned {} -> Vec<ReturnedLine>;
    /// Records known here that stand so with their reviewers, the newest 50.
    GetReviewed / get_reviewed {
        /// Where they stand.
        state: ReviewState,
    } -> RecordsPage;
    /// 申诉: whoever signed a record that was returned stands by it.
    AppealReview / appeal_review {
        /// The record.
        record: RecordId,
        /// Why.
        reason: String,
        /// The signature.
        strokes: Strokes,
    } -> ();
    /// 作废: a signed record counts no more. Never undone.
    VoidRecord / void_record {
        /// The record.
        record: RecordId,
        /// Why.
        reason: String,
        /// The signature.
        strokes: Strokes,
    } -> ();
    /// 作废: a visit that is over counts no more, and none of its records. Never undone.
    VoidVisit / void_visit {
        /// The visit.
        visit: VisitId,
        /// Why.
        reason: String,
        /// The signature.
        strokes: Strokes,
    } -> ();
    /// Saves one answer; committed when this returns. What is not valid (yet) is saved as typed.
    SaveAnswer / save_answer {
        /// The record.
        record: RecordId,
        /// Which answer.
        key: AnswerKey,
        /// As it stands in the field.
        text: String,
        /// Why a prefilled value is replaced.
        reason: Option<String>,
    } -> Answer;
    /// Writes what is known into one more line of a draft's table.
    AddLine / add_line {
        /// The record.
        record: RecordId,
        /// The section and its block; its field is not looked at.
        key: AnswerKey,
        /// The new line's number.
        line: u16,
    } -> ();
    /// Takes a line out of a draft's table; those below move up.
    RemoveLine / remove_line {
        /// The record.
        record: RecordId,
        /// The section, its block and the line; its field is not looked at.
        key: AnswerKey,
    } -> ();
    /// Puts a new bottle or solution in the place of the one in a field, and records it in the form that the field
    /// names, in the same visit.
    ReplaceBottle / replace_bottle {
        /// The record.
        record: RecordId,
        /// The bottle's field.
        key: AnswerKey,
        /// The new bottle; it stands at the record's point.
        bottle: Bottle,
    } -> RecordId;
    /// Keeps the signature of a second person in a draft's field.
    KeepSignature / keep_signature {
        /// The record.
        record: RecordId,
        /// The field.
        key: AnswerKey,
        /// The signature.
        strokes: Strokes,
    } -> Answer;
    /// One gesture: signs all named records of a visit or point, one entry each.
    SignRecords / sign_records {
        /// Where they were filled.
        place: Workplace,
        /// The drafts to sign.
        records: Vec<RecordId>,
        /// The signature.
        strokes: Strokes,
    } -> ();
    /// Journals a photo before the shutter, or a document that a field asks for. Refused where there is no room for it.
    BeginPhoto / begin_photo {
        /// Its visit; nothing for a sign-in.
        visit: Option<VisitId>,
        /// Its record.
        record: Option<RecordId>,
        /// The form's slot, or the key of the field that asks for it.
        slot: Option<String>,
        /// Camera, file or document.
        source: PhotoSource,
        /// A document's name.
        name: Option<String>,
    } -> PhotoId;
    /// One piece of a photo, at most 512 KiB.
    AddPhotoPiece / add_photo_piece {
        /// Which.
        photo: PhotoId,
        /// Where the piece starts, bytes.
        offset: u64,
        /// The piece, base64.
        base64: String,
    } -> ();
    /// Checks length and hash, keeps the photo.
    FinishPhoto / finish_photo {
        /// Which.
        photo: PhotoId,
        /// Length in bytes.
        size_bytes: u64,
        /// SHA-256 that the screen computed.
        sha256: Hash,
    } -> PhotoLine;
    /// Drops a photo that was begun and not finished.
    AbandonPhoto / abandon_photo {
        /// Which.
        photo: PhotoId,
    } -> ();
    /// A photo's thumbnail, as base64 of a JPEG.
    GetThumbnail / get_thumbnail {
        /// Which.
        photo: PhotoId,
    } -> String;
    /// A photo as it is looked at.
    GetPhoto / get_photo {
        /// Which.
        photo: PhotoId,
    } -> PhotoView;
    /// 台账: records known here, newest first, 50 to a page.
    GetRecords / get_records {
        /// Words in the names of point, discharger and form or in the answers; empty for all.
        search: String,
        /// From 0.
        page: u32,
    } -> RecordsPage;
    /// Faults, the newest first: the open ones, or all of a point.
    GetFaults / get_faults {
        /// Nothing for the open ones of all points.
        point: Option<PointId>,
    } -> Vec<FaultLine>;
    /// One fault with its steps and deadlines.
    GetFault / get_fault {
        /// Which.
        fault: FaultId,
    } -> FaultView;
    /// 发现: a fault begins.
    StartFault / start_fault {
        /// Where.
        point: PointId,
        /// The part of the system.
        part: FaultPart,
        /// The instrument, if a single one is concerned.
        instrument: Option<InstrumentId>,
        /// When it was noticed.
        at: DateTime<Utc>,
        /// What was noticed.
        words: String,
    } -> FaultId;
    /// Notes one more step of a fault. One of a kind that happens once takes the place of the one that is there.
    AddFaultStep / add_fault_step {
        /// Which fault.
        fault: FaultId,
        /// What happened.
        step: Step,
        /// When.
        at: DateTime<Utc>,
        /// In the technician's words.
        words: String,
        /// The record that shows it.
        record: Option<RecordId>,
        /// The entry of the step whose place it takes.
        replaces: Option<Hash>,
    } -> ();
    /// Opens a form about a fault, as [`OpenRecord`] does, with what the fault knows filled in.
    OpenFaultRecord / open_fault_record {
        /// The fault.
        fault: FaultId,
        /// The form.
        form: FormCode,
    } -> RecordId;
    /// Writes what the server does not hold yet to a sealed file, for another tablet to send.
    GiveHandover / give_handover {} -> HandoverGiven;
    /// Begins to take over such a file; one that was begun before is dropped.
    BeginHandover / begin_handover {} -> ();
    /// One piece of it, at most 512 KiB.
    AddHandoverPiece / add_handover_piece {
        /// Where the piece starts, bytes.
        offset: u64,
        /// The piece, base64.
        base64: String,
    } -> ();
    /// Opens it and takes it over. After a wrong code it can be tried again.
    TakeHandover / take_handover {
        /// The code that was shown when it was made.
        code: String,
    } -> HandoverTaken;
    /// How much space there is, and what takes it.
    GetStorage / get_storage {} -> StorageView;
    /// What is where.
    GetSync / get_sync {} -> SyncView;
    /// Asks for contact now.
    SyncNow / sync_now {} -> ();
    /// Lets one file wait, or go on.
    PauseFile / pause_file {
        /// Which.
        sha256: Hash,
        /// True to let it wait.
        paused: bool,
    } -> ();
    /// Sends a file again that was refused.
    RetryFile / retry_file {
        /// Which.
        sha256: Hash,
    } -> ();
}
