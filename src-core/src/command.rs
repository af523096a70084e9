//! What screen and shell say to each other. They ship together, so it may change.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::act::Strokes;
use crate::due::Due;
use crate::form::{Answer, AnswerError, AnswerKey, Answers, Form, Problem};
use crate::geofence::{Fix, PresenceVerdict};
use crate::hash::Hash;
use crate::id::{FormCode, PersonId, PhotoId, PointId, RecordId, VisitId};
use crate::judge::Verdict;
use crate::photo::{PhotoSource, SendState};
use crate::record::RecordState;
use crate::register::{Bottle, Discharger, Instrument, Person, Point};
use crate::rulebook::Rulebook;
use crate::sync::SyncTrouble;
use crate::visit::{VisitState, VisitStep};

/// One thing that the screen asks of the shell.
pub trait Command: Serialize + DeserializeOwned {
    /// Its name at the border.
    const NAME: &'static str;
    /// What comes back.
    type Reply: Serialize + DeserializeOwned;
}

/// Errors that the screen can act on. Everything else is `Internal`, with its story in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum CommandError {
    /// An answer or argument is not valid.
    #[error("`{field}`: {why}")]
    Invalid {
        /// The field, as an answer's key or an argument's name.
        field: String,
        /// What is wrong.
        why: AnswerError,
    },
    /// Records that cannot be signed yet.
    #[error("{} answers are missing or not valid", problems.len())]
    NotFinished {
        /// The record.
        record: RecordId,
        /// What is missing in it.
        problems: Vec<Problem>,
    },
    /// The tablet belongs to no operator yet.
    #[error("the tablet is not enrolled")]
    NotEnrolled,
    /// Nobody is at the tablet.
    #[error("locked")]
    Locked,
    /// Wrong PIN or personal code.
    #[error("the PIN or code is not right")]
    WrongPin {
        /// Seconds until the next try is taken.
        wait_s: u32,
    },
    /// Not 6 to 12 digits.
    #[error("a PIN is 6 to 12 digits")]
    PinForm,
    /// The one-time code is unknown, used or out of date.
    #[error("the enrolment code is unknown, used or out of date")]
    EnrolCode,
    /// The server cannot be reached.
    #[error("the server cannot be reached")]
    Offline,
    /// Something else answers at this address.
    #[error("this address is not a Stackside server")]
    NotOurServer,
    /// The address is no address, or plain HTTP to another machine.
    #[error("not an https address")]
    Address,
    /// The thing is not there (any more).
    #[error("no such {what}")]
    NotFound {
        /// `visit`, `record`, `point`, `photo`, `form`.
        what: String,
    },
    /// The technician is in another visit.
    #[error("visit {visit} is still open")]
    VisitOpen {
        /// That visit.
        visit: VisitId,
    },
    /// The visit or record is closed already.
    #[error("already signed or closed")]
    Closed,
    /// Presence is not "inside": a reason and a photo are asked for.
    #[error("a reason and a photo are needed")]
    ReasonNeeded,
    /// Nobody drew a signature.
    #[error("the signature is empty")]
    EmptySignature,
    /// Drafts are left in the visit.
    #[error("{drafts} records are not signed yet")]
    DraftsLeft {
        /// How many.
        drafts: usize,
    },
    /// The bytes are no photo.
    #[error("not a photo")]
    NotAPhoto,
    /// The photo is larger than allowed.
    #[error("the photo is too large")]
    PhotoTooLarge,
    /// The bytes that arrived are not those that were announced.
    #[error("the photo did not arrive whole")]
    PhotoDamaged,
    /// No source of positions on this machine.
    #[error("no source of positions")]
    NoPositionSource,
    /// The device has no space left.
    #[error("the device has no space left")]
    DiskFull,
    /// The command or its arguments are not known: screen and shell are of different versions.
    #[error("the screen does not fit the shell")]
    Version,
    /// Anything else; the log has its story.
    #[error("an internal error occurred")]
    Internal,
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
    /// Keeps where the person is, so that the app comes back there after it dies.
    SavePlace / save_place {
        /// The screen's path and, in a form, the field.
        place: Place,
    } -> ();
    /// Changes language, theme or the Wi-Fi rule.
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
    } -> VisitId;
    /// A visit with its records, photos and next step.
    GetVisit / get_visit {
        /// Which.
        visit: VisitId,
    } -> VisitView;
    /// 离场. Refused while drafts are left.
    SignOut / sign_out {
        /// Which.
        visit: VisitId,
    } -> ();
    /// Opens a form in a visit: its draft if there is one, otherwise a new one, prefilled.
    OpenRecord / open_record {
        /// The visit.
        visit: VisitId,
        /// The form.
        form: FormCode,
    } -> RecordId;
    /// A record with all that is needed to show and judge it.
    GetRecord / get_record {
        /// Which.
        record: RecordId,
    } -> RecordView;
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
    /// One gesture: signs all named records of a visit, one entry each.
    SignRecords / sign_records {
        /// The visit.
        visit: VisitId,
        /// The drafts to sign.
        records: Vec<RecordId>,
        /// The signature.
        strokes: Strokes,
    } -> ();
    /// Journals a photo before the shutter.
    BeginPhoto / begin_photo {
        /// Its visit; nothing for a sign-in.
        visit: Option<VisitId>,
        /// Its record.
        record: Option<RecordId>,
        /// The form's slot.
        slot: Option<String>,
        /// Camera or file.
        source: PhotoSource,
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
    /// 台账: records known here, newest first, 50 to a page.
    GetRecords / get_records {
        /// Part of a point's or form's name; empty for all.
        search: String,
        /// From 0.
        page: u32,
    } -> RecordsPage;
    /// What is where.
    GetSync / get_sync {} -> SyncView;
    /// Asks for contact now.
    SyncNow / sync_now {} -> ();
}

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
    /// What start-up found and mended, for the technician; shown once.
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
    pub device: crate::id::DeviceId,
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
    /// Its records.
    pub records: Vec<RecordLine>,
    /// Its photos.
    pub photos: Vec<PhotoLine>,
    /// Forms that can be filled here.
    pub forms: Vec<FormLine>,
    /// What comes next.
    pub next_step: Option<VisitStep>,
}

/// A form in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormLine {
    /// Its code.
    pub code: FormCode,
    /// Its title.
    pub title: crate::form::Label,
    /// The table it stands for.
    pub standard: crate::form::Label,
}

/// A record in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecordLine {
    /// Which.
    pub id: RecordId,
    /// Its visit.
    pub visit: VisitId,
    /// The form's title.
    pub title: crate::form::Label,
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
    pub verdict: Option<crate::judge::Outcome>,
    /// Missing or invalid answers of a draft.
    pub problems: u32,
    /// True if it came from another tablet.
    pub elsewhere: bool,
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
    /// The point.
    pub point: PointId,
}

/// A photo.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PhotoLine {
    /// Which.
    pub id: PhotoId,
    /// The form's slot.
    pub slot: Option<String>,
    /// Camera or file.
    pub source: PhotoSource,
    /// When it was taken.
    pub taken_at: DateTime<Utc>,
    /// SHA-256 of the original.
    pub sha256: Hash,
    /// Its length.
    pub size_bytes: u64,
    /// How far it got.
    pub send: SendState,
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
        title: Option<crate::form::Label>,
    },
    /// A photo.
    Photo {
        /// Which.
        photo: PhotoId,
    },
    /// The strokes of a signature.
    Signature,
}
