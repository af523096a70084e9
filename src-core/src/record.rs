//! A record (运维记录): one filled form of a visit. Draft, then signed, then only corrected: its history is what its
//! entries say, the same on device and server.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::act::{Act, Appealed, Countersigned, EntryRef, RecordSigned, Voided};
use crate::clock::TimeProof;
use crate::evidence::{Entry, Header};
use crate::form::{AnswerKey, Answers, FieldType, Form, Label, blocks};
use crate::id::PersonId;
use crate::register::Instrument;

/// Where a record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordState {
    /// Being filled.
    Draft,
    /// Signed; never changed again.
    Signed,
}

/// Which entry, when by the best clock, and who was at the tablet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// The entry.
    pub entry: EntryRef,
    /// When it was made.
    pub at: DateTime<Utc>,
    /// How well that is known.
    pub proof: TimeProof,
    /// Who was at the tablet.
    pub technician: Option<PersonId>,
}

/// A record as it was signed at one time.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// The entry that signed it.
    pub stamp: Stamp,
    /// Why the one before was corrected; nothing in the first.
    pub reason: Option<String>,
    /// All of it.
    pub content: RecordSigned,
    /// Who signed this version besides.
    pub countersigned: Vec<(Stamp, Countersigned)>,
    /// What was said against its being returned.
    pub appeals: Vec<(Stamp, Appealed)>,
}

/// A signed record with all that was done with it later.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    first: Version,
    corrections: Vec<Version>,
    voided: Option<(Stamp, Voided)>,
}

impl Stamp {
    /// Of an entry.
    pub fn of(entry: &Entry, header: &Header) -> Self {
        let (at, proof) = header.clocks.best_time();
        let Header { device, log, seq, .. } = *header;
        let entry = EntryRef { device, log, seq, hash: entry.hash() };
        Self { entry, at, proof, technician: header.technician.clone() }
    }
}

impl Version {
    fn new(stamp: Stamp, reason: Option<String>, content: RecordSigned) -> Self {
        Self { stamp, reason, content, countersigned: vec![], appeals: vec![] }
    }
}

impl History {
    /// Of a record whose first version is this.
    pub fn of(stamp: Stamp, content: RecordSigned) -> Self {
        let first = Version::new(stamp, None, content);
        Self { first, corrections: vec![], voided: None }
    }

    /// Of the entry that signed a record first; nothing for any other.
    pub fn begin(entry: &Entry) -> Option<Self> {
        match (entry.read_header().ok()?, entry.read_act().ok()?) {
            (header, Act::RecordSigned(content)) => Some(Self::of(Stamp::of(entry, &header), *content)),
            _ => None,
        }
    }

    /// Takes what was done later, after the version that it names, whichever tablet tells of it first; what is not about
    /// this record, or not about a version that is known, says nothing here.
    pub fn go_on<'e>(mut self, later: impl IntoIterator<Item = &'e Entry>) -> Self {
        let read = |entry: &Entry| {
            let (header, act) = (entry.read_header().ok()?, entry.read_act().ok()?);
            Some((Stamp::of(entry, &header), act))
        };
        let mut left: Vec<(Stamp, Act)> = later.into_iter().filter_map(read).collect();
        loop {
            let before = left.len();
            left = left.into_iter().filter_map(|(stamp, act)| self.take(stamp, act)).collect();
            if left.len() == before {
                return self;
            }
        }
    }

    /// Takes one act, or gives back what does not fit yet.
    fn take(&mut self, stamp: Stamp, act: Act) -> Option<(Stamp, Act)> {
        let record = self.first.content.record;
        if self.has(&stamp.entry) {
            return None;
        }
        match act {
            Act::RecordCorrected(act)
                if act.content.record == record
                    && self.versions().any(|version| version.stamp.entry == act.version) =>
            {
                self.corrections.push(Version::new(stamp, Some(act.reason), act.content));
            }
            Act::Countersigned(act) if act.record == record => match self.seen(&act.version) {
                Some(seen) => seen.countersigned.push((stamp, *act)),
                None => return Some((stamp, Act::Countersigned(act))),
            },
            Act::Appealed(act) if act.record == record => match self.seen(&act.version) {
                Some(seen) => seen.appeals.push((stamp, *act)),
                None => return Some((stamp, Act::Appealed(act))),
            },
            Act::Voided(act) if self.voided.is_none() => {
                let is_mine = match act.record {
                    Some(voided) => voided == record,
                    None => act.visit.is_some() && act.visit == self.first.content.visit,
                };
                self.voided = is_mine.then_some((stamp, *act));
            }
            other => return Some((stamp, other)),
        }
        None
    }

    /// True for an entry that is in it: one may come from the own log and from the server.
    fn has(&self, entry: &EntryRef) -> bool {
        let of_version = |version: &Version| {
            let countersigned = version.countersigned.iter().map(|(stamp, _)| stamp);
            let mut all = countersigned.chain(version.appeals.iter().map(|(stamp, _)| stamp));
            version.stamp.entry == *entry || all.any(|stamp| stamp.entry == *entry)
        };
        self.versions().any(of_version)
    }

    /// The version that a later act names.
    fn seen(&mut self, entry: &EntryRef) -> Option<&mut Version> {
        let mut versions = std::iter::once(&mut self.first).chain(&mut self.corrections);
        versions.find(|version| version.stamp.entry == *entry)
    }

    /// All versions, the first one first.
    pub fn versions(&self) -> impl DoubleEndedIterator<Item = &Version> {
        std::iter::once(&self.first).chain(&self.corrections)
    }

    /// As it was signed first.
    pub fn first(&self) -> &Version {
        &self.first
    }

    /// The version that counts.
    pub fn newest(&self) -> &Version {
        self.corrections.last().unwrap_or(&self.first)
    }

    /// A version by its number, from 1.
    pub fn version(&self, number: u32) -> Option<&Version> {
        let index = usize::try_from(number.checked_sub(1)?).ok()?;
        self.versions().nth(index)
    }

    /// How often it was corrected.
    pub fn corrections(&self) -> u32 {
        u32::try_from(self.corrections.len()).unwrap_or(u32::MAX)
    }

    /// Who voided it, or its visit, and why.
    pub fn voided(&self) -> Option<&(Stamp, Voided)> {
        self.voided.as_ref()
    }
}

/// As what a second person can still sign a version of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// The form's signature field; nothing where the form names no second signer.
    pub field: Option<AnswerKey>,
    /// In the form's words.
    pub label: Label,
}

/// The roles in which nobody has signed a version yet: the signature fields of its form that were left empty, or 复核
/// where the form has none.
pub fn open_roles(form: &Form, instruments: &[Instrument], version: &Version) -> Vec<Role> {
    let fields = signature_fields(form, instruments, &version.content.answers);
    let mut roles: Vec<Role> = if fields.is_empty() {
        vec![Role { field: None, label: Label { zh: "复核".to_owned(), en: "Reviewed by".to_owned() } }]
    } else {
        let is_empty = |key: &AnswerKey| version.content.answers.text(key).is_none();
        let open = fields.into_iter().filter(|(key, _)| is_empty(key));
        open.map(|(key, label)| Role { field: Some(key), label }).collect()
    };
    roles.retain(|role| version.countersigned.iter().all(|(_, act)| act.field != role.field));
    roles
}

fn signature_fields(form: &Form, instruments: &[Instrument], answers: &Answers) -> Vec<(AnswerKey, Label)> {
    let asked = blocks(form, instruments).into_iter().flat_map(|block| block.asked(answers));
    let signatures = asked.filter(|(key, field)| field.kind == FieldType::Signature && key.line.is_none());
    signatures.map(|(key, field)| (key, field.label.clone())).collect()
}
