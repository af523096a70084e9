//! 排污单位确认: the discharger's signature over what was recorded in a visit, bound to exactly what was shown. On the tablet it
//! is an act of the evidence log, in the portal a statement that the server signs; both are about the same content.

mod representative;
mod standing;
mod words;

use serde::{Deserialize, Serialize};

use crate::act::{EntryRef, FileRef};
use crate::canonical::{self, CanonicalError};
use crate::hash::Hash;
use crate::id::{DischargerId, PersonId, PointId, RecordId, VisitId};
use crate::record::History;
use crate::trust::Statement;

pub use representative::{Representative, check_answer};
pub use standing::{Given, Standing, State, left_minutes, standing};
pub use words::{Line, RecordTold, RecordWords, VisitTold, Words};

/// The version of [`Content`].
const CONTENT_VERSION: u32 = 1;

/// What is confirmed: which entries, and the plain words in which they were shown. Its hash is what is signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// The version of this form.
    pub v: u32,
    /// The visit.
    pub visit: VisitId,
    /// Where it was.
    pub point: PointId,
    /// The visit's sign-in.
    pub sign_in: EntryRef,
    /// Its signed records, by their ids.
    pub records: Vec<ContentRecord>,
    /// What was shown.
    pub words: Words,
}

/// A record of the visit in the version that is confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentRecord {
    /// Which.
    pub record: RecordId,
    /// Its newest version.
    pub version: EntryRef,
    /// It counts no more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_void: bool,
}

impl ContentRecord {
    fn of(history: &History) -> Self {
        Self {
            record: history.first().content.record,
            version: history.newest().stamp.entry.clone(),
            is_void: history.voided().is_some(),
        }
    }
}

impl Content {
    /// Of a visit as it is known now; in the same order whoever asks.
    pub fn of(mut told: VisitTold<'_>) -> Self {
        told.records.sort_by_key(|record| record.history.first().content.record);
        Self {
            v: CONTENT_VERSION,
            visit: told.act.visit,
            point: told.act.point.clone(),
            sign_in: told.sign_in.entry.clone(),
            records: told.records.iter().map(|record| ContentRecord::of(record.history)).collect(),
            words: Words::of(&told),
        }
    }

    /// What is signed.
    pub fn hash(&self) -> Result<Hash, CanonicalError> {
        canonical::to_text(self).map(|text| Hash::of(text.as_bytes()))
    }

    /// True if both are about the same versions of the same records: names in a register may change, work does not.
    pub fn is_same_work(&self, other: &Self) -> bool {
        (self.visit, &self.sign_in, &self.records) == (other.visit, &other.sign_in, &other.records)
    }

    /// The entries that it names: the sign-in, then the records' versions.
    pub fn entries(&self) -> impl Iterator<Item = &EntryRef> {
        std::iter::once(&self.sign_in).chain(self.records.iter().map(|record| &record.version))
    }
}

/// What the representative says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Answer {
    /// 确认: so it was.
    Confirms,
    /// 异议: not so.
    Objects {
        /// Why.
        reason: String,
    },
}

/// 排污单位确认 on the tablet: the representative signed there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmed {
    /// The visit.
    pub visit: VisitId,
    /// Where it was.
    pub point: PointId,
    /// What was shown.
    pub content: Content,
    /// SHA-256 of its canonical JSON.
    pub content_hash: Hash,
    /// What the representative says to it.
    pub answer: Answer,
    /// Who that is.
    pub by: Representative,
    /// The strokes.
    pub signature: FileRef,
    /// Who handed the tablet over.
    pub technician: PersonId,
}

/// The server's word that a representative answered in the portal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortalConfirmation {
    /// Always `confirmation`.
    pub statement: String,
    /// The visit.
    pub visit: VisitId,
    /// Where it was.
    pub point: PointId,
    /// What was shown.
    pub content: Content,
    /// SHA-256 of its canonical JSON.
    pub content_hash: Hash,
    /// What the representative says to it.
    pub answer: Answer,
    /// Who that is.
    pub by: Representative,
    /// How the server knows them.
    pub known_by: KnownBy,
    /// The server's clock.
    pub server_time: chrono::DateTime<chrono::Utc>,
}

/// How a server knows who answered in the portal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum KnownBy {
    /// Logged in with an account of the discharger's.
    Account {
        /// The login.
        login: String,
        /// Whose account it is.
        discharger: DischargerId,
    },
    /// By the link that was given to a phone number.
    Link {
        /// To whom it was given.
        name: String,
        /// Their number.
        phone: String,
        /// The account that gave it.
        made_by: String,
    },
}

impl Statement for PortalConfirmation {
    const NAME: &'static str = "confirmation";
    fn name(&self) -> &str {
        &self.statement
    }
}

impl Confirmed {
    /// True if it is bound to the content that it shows, and that is of its visit.
    pub fn is_bound(&self) -> bool {
        is_bound(self.visit, &self.point, &self.content, self.content_hash)
    }
}

impl PortalConfirmation {
    /// As [`Confirmed::is_bound`].
    pub fn is_bound(&self) -> bool {
        is_bound(self.visit, &self.point, &self.content, self.content_hash)
    }
}

fn is_bound(visit: VisitId, point: &PointId, content: &Content, hash: Hash) -> bool {
    content.visit == visit && content.point == *point && content.hash().is_ok_and(|made| made == hash)
}
