//! What the authorities' own checks would find in a visit (design.md §4), found before it is closed. Findings are shown with
//! what to do; they change no value and stand in the way of nothing. Device and server call the same function.

use std::mem::discriminant;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Deserializer, Serialize};

use crate::clock::shanghai_date;
use crate::form::{
    AnswerError, AnswerKey, Answers, Block, Check, FieldType, Form, LastDone, Site, blocks, check_answer,
};
use crate::geofence::{FAR_M, Position};
use crate::id::{InstrumentId, RecordId, VisitId};
use crate::register::Instrument;

/// The limits of the checks. They are the platforms', not a standard's: no rulebook of a jurisdiction has a clause for them.
/// As data they can be set by a server all the same.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// The fastest that anyone travels between two sign-ins, km/h.
    pub fastest_kmh: f64,
    /// Stations farther apart than this, metres …
    pub apart_m: f64,
    /// … cannot both be signed in at within so many seconds.
    pub within_s: i64,
    /// A sign-in farther outside the fence than this is pointed out, metres.
    pub far_m: f64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { fastest_kmh: 250.0, apart_m: 1_000.0, within_s: 600, far_m: FAR_M }
    }
}

/// One visit of a technician, as far as place and time go.
#[derive(Debug, Clone, PartialEq)]
pub struct Stay {
    /// The visit.
    pub visit: VisitId,
    /// The station house by the register.
    pub station: Position,
    /// Where the deciding fix of the sign-in was, whatever it is worth; without one the station, where the technician
    /// says to be.
    pub fix: Option<Position>,
    /// When it began, by the best clock.
    pub signed_in_at: DateTime<Utc>,
    /// When it ended; nothing while it lasts or if the sign-out is not known here.
    pub signed_out_at: Option<DateTime<Utc>>,
}

impl Stay {
    fn place(&self) -> &Position {
        self.fix.as_ref().unwrap_or(&self.station)
    }
}

/// One record of a visit.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// The record.
    pub id: RecordId,
    /// Its form; without it only its time is checked.
    pub form: Option<&'a Form>,
    /// Its answers.
    pub answers: &'a Answers,
    /// When it was signed; nothing for a draft.
    pub signed_at: Option<DateTime<Utc>>,
}

/// All that is known of a visit.
#[derive(Debug, Clone, Copy)]
pub struct Visit<'a> {
    /// Place and time.
    pub stay: &'a Stay,
    /// Metres from the sign-in to the fence, positive inside; nothing without a fix.
    pub distance_m: Option<f64>,
    /// The instruments of the point.
    pub instruments: &'a [Instrument],
    /// The visit's records.
    pub records: &'a [Record<'a>],
    /// The moment of the check.
    pub now: DateTime<Utc>,
}

/// What would be pointed out, about what, with the figures.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Finding {
    /// Two sign-ins that nobody can have travelled between.
    TooFast {
        /// The other visit.
        other: VisitId,
        /// From sign-in to sign-in, whole metres.
        metres: u64,
        /// Between them.
        seconds: u64,
    },
    /// Two stations far apart, within minutes.
    TooSoon {
        /// The other visit.
        other: VisitId,
        /// From station to station, whole metres.
        metres: u64,
        /// From sign-in to sign-in.
        seconds: u64,
    },
    /// The sign-in is far from the fence.
    FarAway {
        /// Whole metres outside it.
        metres: u64,
    },
    /// Signed out before signed in.
    EndBeforeStart,
    /// Another visit lasted while this one did.
    Overlap {
        /// The other visit.
        other: VisitId,
    },
    /// A record that was signed before the visit began, or after it ended.
    SignedOutsideVisit {
        /// The record.
        record: RecordId,
    },
    /// A time in a record that lies before its start, or in the future.
    TimeOutOfOrder {
        /// The record.
        record: RecordId,
        /// The answer.
        key: AnswerKey,
    },
    /// A × without a word on what was found and done.
    NoRemark {
        /// The record.
        record: RecordId,
        /// The answer.
        key: AnswerKey,
    },
    /// A value outside what its field allows.
    OutOfRange {
        /// The record.
        record: RecordId,
        /// The answer.
        key: AnswerKey,
        /// As it stands.
        value: String,
        /// Least value.
        low: String,
        /// Greatest value.
        high: String,
    },
    /// An instrument that cannot be told from another.
    NoIdentity {
        /// The instrument.
        instrument: InstrumentId,
        /// What it lacks.
        lacks: Identity,
    },
}

/// What tells one instrument from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Identity {
    /// 规格型号.
    Model,
    /// 出厂编号.
    SerialNo,
}

/// Checks a visit; `others` are the technician's visits around it.
pub fn findings(visit: &Visit<'_>, others: &[Stay], limits: &Limits) -> Vec<Finding> {
    let mut found = vec![];
    for other in others.iter().filter(|other| other.visit != visit.stay.visit) {
        found.extend(travel(visit.stay, other, limits));
    }
    let outside_m = visit.distance_m.map_or(0.0, |metres| -metres);
    if outside_m > limits.far_m {
        found.push(Finding::FarAway { metres: whole(outside_m) });
    }
    if visit.stay.signed_out_at.is_some_and(|end| end < visit.stay.signed_in_at) {
        found.push(Finding::EndBeforeStart);
    }
    for record in visit.records {
        found.extend(of_record(record, visit));
    }
    found.extend(visit.instruments.iter().flat_map(identity));
    found
}

/// Metres as figures show them; below the next metre, so that no figure claims more than was measured.
fn whole(metres: f64) -> u64 {
    metres.max(0.0) as u64
}

/// What two visits of one technician say about each other.
fn travel(stay: &Stay, other: &Stay, limits: &Limits) -> impl Iterator<Item = Finding> + use<> {
    let seconds = (stay.signed_in_at - other.signed_in_at).num_seconds().unsigned_abs();
    let other_id = other.visit;
    let metres = stay.place().distance_m(other.place());
    // Metres that the fastest travel in this time.
    let reach_m = seconds as f64 * limits.fastest_kmh / 3.6;
    let too_fast =
        (metres > reach_m).then(|| Finding::TooFast { other: other_id, metres: whole(metres), seconds });
    let apart_m = stay.station.distance_m(&other.station);
    let is_soon = i64::try_from(seconds).is_ok_and(|seconds| seconds <= limits.within_s);
    let too_soon = (apart_m > limits.apart_m && is_soon).then(|| Finding::TooSoon {
        other: other_id,
        metres: whole(apart_m),
        seconds,
    });
    // Of a visit without a sign-out nobody knows how long it lasted.
    let lasts_at =
        |one: &Stay, moment| one.signed_in_at <= moment && one.signed_out_at.is_some_and(|end| moment < end);
    let is_overlap = lasts_at(other, stay.signed_in_at) || lasts_at(stay, other.signed_in_at);
    let overlap = is_overlap.then_some(Finding::Overlap { other: other_id });
    [too_fast, too_soon, overlap].into_iter().flatten()
}

fn of_record(record: &Record<'_>, visit: &Visit<'_>) -> Vec<Finding> {
    let mut found = vec![];
    let Stay { signed_in_at, signed_out_at, .. } = visit.stay;
    if let Some(signed_at) = record.signed_at
        && (signed_at < *signed_in_at || signed_out_at.is_some_and(|end| end < signed_at))
    {
        found.push(Finding::SignedOutsideVisit { record: record.id });
    }
    let Some(form) = record.form else { return found };
    let nothing = LastDone::new();
    let site = Site {
        instruments: visit.instruments,
        bottles: &[],
        last_done: &nothing,
        begun_on: shanghai_date(*signed_in_at),
        photo_slots: &[],
        now: record.signed_at.unwrap_or(visit.now),
    };
    let blocks = blocks(form, visit.instruments);
    for block in blocks.iter().filter(|block| block.is_worked_on(record.answers)) {
        of_block(block, record, &site, &mut found);
    }
    found
}

/// The rules of a valid answer, of which the authorities' checks are a part: what is missing is not theirs.
fn of_block(block: &Block<'_>, record: &Record<'_>, site: &Site<'_>, found: &mut Vec<Finding>) {
    let (id, answers) = (record.id, record.answers);
    for (key, field) in block.asked(answers) {
        let Some(text) = answers.text(&key) else { continue };
        if field.kind == FieldType::Check {
            if let Some(Check::Bad(remark)) = Check::read(text)
                && says_nothing(remark)
            {
                found.push(Finding::NoRemark { record: id, key });
            }
            continue;
        }
        match check_answer(field, &key, answers, site) {
            Err(AnswerError::OutOfBounds { low, high }) => {
                let value = text.to_owned();
                found.push(Finding::OutOfRange { record: id, key, value, low, high });
            }
            Err(AnswerError::BeforeStart | AnswerError::InTheFuture) => {
                found.push(Finding::TimeOutOfOrder { record: id, key });
            }
            _ => {}
        }
    }
}

/// What is written where there is nothing to write, besides strokes and dots.
const NOTHING: [&str; 6] = ["无", "没有", "不详", "未知", "NA", "NONE"];

/// True for an empty text, for strokes and dots, and for the words that stand for them.
fn says_nothing(text: &str) -> bool {
    let word: String = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect();
    word.is_empty() || NOTHING.contains(&word.as_str())
}

fn identity(instrument: &Instrument) -> impl Iterator<Item = Finding> + use<> {
    let lack = |text: &str, lacks| {
        says_nothing(text).then(|| Finding::NoIdentity { instrument: instrument.id.clone(), lacks })
    };
    [lack(&instrument.model, Identity::Model), lack(&instrument.serial_no, Identity::SerialNo)]
        .into_iter()
        .flatten()
}

/// Reads findings and leaves out those of a code that this program does not know.
pub fn read_known<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Finding>, D::Error> {
    let all = Vec::<serde_json::Value>::deserialize(deserializer)?;
    Ok(all.into_iter().filter_map(|one| serde_json::from_value(one).ok()).collect())
}

impl Finding {
    /// The record that it is about.
    pub fn record(&self) -> Option<RecordId> {
        match self {
            Self::SignedOutsideVisit { record }
            | Self::TimeOutOfOrder { record, .. }
            | Self::NoRemark { record, .. }
            | Self::OutOfRange { record, .. } => Some(*record),
            _ => None,
        }
    }
    /// The answer of that record.
    pub fn key(&self) -> Option<&AnswerKey> {
        match self {
            Self::TimeOutOfOrder { key, .. } | Self::NoRemark { key, .. } | Self::OutOfRange { key, .. } => {
                Some(key)
            }
            _ => None,
        }
    }
    /// The visit that this one is held against.
    pub fn other_visit(&self) -> Option<VisitId> {
        match self {
            Self::TooFast { other, .. } | Self::TooSoon { other, .. } | Self::Overlap { other } => {
                Some(*other)
            }
            _ => None,
        }
    }
    /// True if both point out the same about the same, whatever the figures.
    pub fn is_same(&self, other: &Self) -> bool {
        let of = |one: &Self| (one.record(), one.key().cloned(), one.other_visit());
        match (self, other) {
            (
                Self::NoIdentity { instrument, lacks },
                Self::NoIdentity { instrument: its, lacks: its_lack },
            ) => (instrument, lacks) == (its, its_lack),
            _ => discriminant(self) == discriminant(other) && of(self) == of(other),
        }
    }
}

impl Limits {
    /// How long the fastest need for a distance: what a screen shows beside [`Finding::TooFast`].
    pub fn least_time(&self, metres: u64) -> TimeDelta {
        let seconds = metres as f64 * 3.6 / self.fastest_kmh;
        TimeDelta::try_seconds(seconds.ceil() as i64).unwrap_or(TimeDelta::MAX)
    }
}
