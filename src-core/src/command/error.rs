//! What went wrong, by what the screen can do about it.

use serde::{Deserialize, Serialize};

use crate::form::{AnswerError, Problem};
use crate::id::{RecordId, VisitId};

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
    /// The tablet's data could not be opened; the next command tries again.
    #[error("the data folder cannot be opened: {why}")]
    NotOpened {
        /// What stands in the way.
        why: OpenTrouble,
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
    /// Too many wrong codes came from here; the server wants some rest.
    #[error("too many wrong codes: wait {wait_s} s")]
    TooManyTries {
        /// Seconds until the next try is taken.
        wait_s: u32,
    },
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
    /// A correction that says the same as the version before.
    #[error("nothing was changed")]
    NothingChanged,
    /// The one who signed a record cannot countersign it.
    #[error("the second signer has to be another person")]
    SameSigner,
    /// The visit has no signed record that could be confirmed.
    #[error("nothing is signed yet")]
    NothingToConfirm,
    /// What was shown is no longer what stands.
    #[error("the visit changed since it was shown")]
    ContentChanged,
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
    /// What space is left is for text.
    #[error("{free_bytes} bytes are free, a photo needs {needed_bytes}")]
    NoRoomForPhotos {
        /// Free on the tablet, bytes.
        free_bytes: u64,
        /// What one photo and the reserve for text need, bytes.
        needed_bytes: u64,
    },
    /// What is unsent was not handed over.
    #[error("{why}")]
    Handover {
        /// Why.
        #[from]
        why: HandoverTrouble,
    },
    /// The device's disk failed to read or write. What was called saved is safe; this was not saved.
    #[error("the device's disk failed")]
    DiskFailed,
    /// The command or its arguments are not known: screen and shell are of different versions.
    #[error("the screen does not fit the shell")]
    Version,
    /// Anything else; the log has its story.
    #[error("an internal error occurred")]
    Internal,
}

/// Why the tablet's data could not be opened. Nothing of it was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum OpenTrouble {
    /// Another Stackside has it open.
    #[error("another Stackside has it open")]
    InUse,
    /// A newer app wrote it.
    #[error("a newer app wrote it")]
    NewerApp,
    /// The key that it is encrypted with is gone, or another one is here.
    #[error("its key is not here")]
    NoKey,
    /// No space is left.
    #[error("no space is left")]
    DiskFull,
    /// Anything else; the log has its story.
    #[error("the log says why")]
    Other,
}

/// Why what is unsent was not handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum HandoverTrouble {
    /// The server holds everything.
    #[error("there is nothing that the server does not hold")]
    NothingUnsent,
    /// The code is not the one that was shown when it was made.
    #[error("the code does not open it")]
    WrongCode,
    /// It is no handover, cut short, or another byte than was written.
    #[error("not a handover, or damaged")]
    Damaged,
    /// It is another operator's.
    #[error("it belongs to another operator")]
    OtherOperator,
    /// Its tablet was enrolled at another server.
    #[error("its tablet belongs to another server")]
    OtherServer,
    /// It would take the space that is kept for text.
    #[error("there is no space for it beside what is kept for text")]
    NoRoom,
}
