//! A fault (故障): from noticing to return to service. It is what its steps say, each an entry of some tablet's evidence
//! log, the same on device and server.

mod clock;
mod step;

use chrono::{DateTime, Utc};

use crate::act::Act;
use crate::clock::shanghai_date;
use crate::evidence::Entry;
use crate::form::AnswerError;
use crate::hash::Hash;
use crate::id::{FaultId, Jurisdiction, PointId};
use crate::record::Stamp;
use crate::register::Point;
use crate::rulebook::{Rulebook, in_force};

pub use clock::{ClockState, FaultClock};
pub use step::{ChangeKind, FaultPart, FaultStep, Step, StepKind};

/// A step with the entry that bears witness to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Noted {
    /// Who noted it, and when.
    pub stamp: Stamp,
    /// What.
    pub step: FaultStep,
    /// False once it was replaced or withdrawn.
    pub stands: bool,
}

/// A fault with all that is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// Which.
    pub id: FaultId,
    /// Where.
    pub point: PointId,
    /// In the order in which they happened, those that were wrong too.
    steps: Vec<Noted>,
}

impl Fault {
    /// Of the entries about it, whichever tablet tells of them first; nothing if none is. What is not a step of this fault
    /// says nothing here, and an entry that comes twice counts once.
    pub fn of<'e>(id: FaultId, entries: impl IntoIterator<Item = &'e Entry>) -> Option<Self> {
        let mut steps: Vec<Noted> =
            entries.into_iter().filter_map(read).filter(|one| one.step.fault == id).collect();
        steps.sort_by_key(|one| (one.step.at, one.step.step.kind(), one.stamp.entry.hash));
        steps.dedup_by_key(|one| one.stamp.entry.hash);
        let replaced: Vec<Hash> = steps.iter().filter_map(|one| one.step.replaces).collect();
        for one in &mut steps {
            one.stands = !replaced.contains(&one.stamp.entry.hash);
        }
        let point = steps.first()?.step.point.clone();
        Some(Self { id, point, steps })
    }

    /// All steps in the order in which they happened, those that were wrong too.
    pub fn steps(&self) -> &[Noted] {
        &self.steps
    }

    /// The steps of a kind that nobody took back.
    pub fn standing(&self, kind: StepKind) -> impl DoubleEndedIterator<Item = &Noted> {
        self.steps.iter().filter(move |one| one.stands && one.step.step.kind() == kind)
    }

    /// When something happened first; nothing if it is not known to have.
    pub fn at(&self, kind: StepKind) -> Option<DateTime<Utc>> {
        self.standing(kind).next().map(|one| one.step.at)
    }

    /// The part of the system that failed; nothing while the tablet that noticed has not told.
    pub fn part(&self) -> Option<FaultPart> {
        match self.standing(StepKind::Noticed).next()?.step.step {
            Step::Noticed { part, .. } => Some(part),
            _ => None,
        }
    }

    /// The step that withdrew all of it.
    pub fn withdrawn(&self) -> Option<&Noted> {
        self.standing(StepKind::Withdrawn).find(|one| one.step.replaces.is_none())
    }

    /// The entry of the step that a new one of its kind takes the place of.
    pub fn to_replace(&self, kind: StepKind) -> Option<Hash> {
        self.standing(kind).next().filter(|_| kind.is_single()).map(|one| one.stamp.entry.hash)
    }

    /// The rules that hold for it: those of its point on the day on which it was noticed; the nation's for a point that is
    /// gone, and none on a day before all rulebooks.
    pub fn rules(&self, books: &[Rulebook], point: Option<&Point>) -> Rulebook {
        let place = point.map_or_else(Jurisdiction::nation, |point| point.jurisdiction.clone());
        let began = self.at(StepKind::Noticed).or_else(|| Some(self.steps.first()?.step.at));
        let day = shanghai_date(began.unwrap_or_default());
        in_force(books, &place, day).unwrap_or_else(|_| Rulebook::empty(day))
    }

    /// What is left to do, in order: the first comes next. Nothing once it is over.
    pub fn asks(&self, rules: &Rulebook) -> Vec<StepKind> {
        if self.withdrawn().is_some() {
            return vec![];
        }
        let is_missing = |kind: &StepKind| self.at(*kind).is_none();
        // What was repaired from afar needs nobody on site.
        let is_asked = |kind: &StepKind| *kind != StepKind::Arrived || is_missing(&StepKind::Repaired);
        let line = StepKind::LINE.into_iter().filter(is_missing).filter(is_asked);
        line.chain(self.follow_ups(rules)).collect()
    }

    /// True while something is left to do.
    pub fn is_open(&self, rules: &Rulebook) -> bool {
        !self.asks(rules).is_empty()
    }

    /// What changes ask for that was not done since.
    fn follow_ups(&self, rules: &Rulebook) -> Vec<StepKind> {
        let mut left = vec![];
        for change in self.standing(StepKind::Changed) {
            let Step::Changed { change: what } = change.step.step else { continue };
            let asked = rules.follow_ups.iter().filter(|rule| rule.changes.contains(&what));
            for kind in asked.flat_map(|rule| &rule.steps) {
                let is_done = self.standing(*kind).any(|done| done.step.at >= change.step.at);
                if !is_done && !left.contains(kind) {
                    left.push(*kind);
                }
            }
        }
        left.sort_unstable();
        left
    }

    /// What is wrong with a step that is about to be noted, and in which field.
    pub fn check(
        known: Option<&Self>,
        new: &FaultStep,
        now: DateTime<Utc>,
    ) -> Result<(), (&'static str, AnswerError)> {
        let kind = new.step.kind();
        if new.at > now {
            return Err(("at", AnswerError::InTheFuture));
        }
        let is_proof = kind != StepKind::Proved || new.record.is_some();
        if (kind.needs_words() || !is_proof) && new.words.trim().is_empty() {
            return Err(("words", AnswerError::Missing));
        }
        let others = known.map_or(&[][..], |fault| &fault.steps).iter();
        for other in others.filter(|one| one.stands && Some(one.stamp.entry.hash) != new.replaces) {
            let (that, at) = (other.step.step.kind(), other.step.at);
            if that.comes_before(kind) && new.at < at {
                return Err(("at", AnswerError::BeforeStart));
            }
            if kind.comes_before(that) && new.at > at {
                return Err(("at", AnswerError::AfterNext));
            }
        }
        Ok(())
    }
}

fn read(entry: &Entry) -> Option<Noted> {
    match (entry.read_header().ok()?, entry.read_act().ok()?) {
        (header, Act::FaultStep(step)) => {
            Some(Noted { stamp: Stamp::of(entry, &header), step: *step, stands: true })
        }
        _ => None,
    }
}
