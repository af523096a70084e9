//! Where work is recorded, and what is known of that place when a form is opened there.

use chrono::{DateTime, Utc};
use rusqlite::Connection;
use stackside_core::command::Workplace;
use stackside_core::form::{Answers, Form, Source};
use stackside_core::id::{InstrumentId, PersonId, PointId, RecordId, VisitId};
use stackside_core::register::{Bottle, Discharger, Instrument, Operator, Person, Point};
use stackside_core::visit::VisitState;

use super::bottle::bottles;
use super::standing::instruments_of;
use crate::device::closed;
use crate::error::Error;
use crate::store::record::{self, Record};
use crate::store::{last, listed, register, version, visit, voided};

/// An open visit of the person, or a point for desk work.
pub(super) struct Place {
    pub visit: Option<VisitId>,
    pub point: Point,
    pub discharger_name: String,
}

impl Place {
    /// Refused for a closed visit.
    pub fn of(c: &Connection, workplace: &Workplace, person: &PersonId) -> Result<Self, Error> {
        match workplace {
            Workplace::Visit(id) => {
                let visit = visit::of_person(c, *id, person)?;
                if visit.state == VisitState::Closed {
                    return Err(closed());
                }
                let (point, discharger_name) = (visit.point, visit.discharger_name);
                Ok(Self { visit: Some(visit.id), point, discharger_name })
            }
            Workplace::Point(id) => {
                let point = register::point(c, id)?;
                let discharger_name = register::discharger_name(c, &point.discharger)?;
                Ok(Self { visit: None, point, discharger_name })
            }
        }
    }

    /// The place of a draft; refused once its visit is closed.
    pub fn of_open_record(c: &Connection, record: &Record) -> Result<Self, Error> {
        let workplace = match record.visit {
            Some(visit) => Workplace::Visit(visit),
            None => Workplace::Point(record.point.clone()),
        };
        Self::of(c, &workplace, &record.person)
    }

    /// The place of a record, whatever became of its visit.
    pub fn of_record(c: &Connection, record: &Record) -> Result<Self, Error> {
        match record.visit {
            Some(id) => {
                let visit = visit::of_person(c, id, &record.person)?;
                let (point, discharger_name) = (visit.point, visit.discharger_name);
                Ok(Self { visit: Some(id), point, discharger_name })
            }
            None => Self::of(c, &Workplace::Point(record.point.clone()), &record.person),
        }
    }
}

/// The last record of an instrument, or for nothing of the point, with its answers.
pub(super) type Last = (Option<InstrumentId>, (RecordId, Answers));

/// All that prefills a form at a place.
pub(super) struct Known {
    discharger: Discharger,
    operator: Operator,
    point: Point,
    pub instruments: Vec<Instrument>,
    bottles: Vec<Bottle>,
    person: Person,
    now: DateTime<Utc>,
    lasts: Vec<Last>,
}

impl Known {
    pub fn at(
        c: &Connection,
        place: &Place,
        form: &Form,
        person: &Person,
        now: DateTime<Utc>,
    ) -> Result<Self, Error> {
        let point = place.point.clone();
        let missing = |what| move || Error::not_found(what);
        let instruments = register::instruments(c, &point.id)?;
        Ok(Self {
            discharger: register::discharger(c, &point.discharger)?.ok_or_else(missing("discharger"))?,
            operator: register::operator(c, &point.operator)?.ok_or_else(missing("operator"))?,
            lasts: lasts(c, &point.id, &instruments, form, None)?,
            bottles: bottles(c, &point.id, place.visit)?,
            instruments,
            point,
            person: person.clone(),
            now,
        })
    }

    /// All that fills a draft further.
    pub fn of_draft(
        c: &Connection,
        draft: &Record,
        person: &Person,
        now: DateTime<Utc>,
    ) -> Result<Self, Error> {
        let mut known = Self::at(c, &Place::of_record(c, draft)?, &draft.form, person, now)?;
        // What a record says is not prefilled from itself, nor from what came after it.
        if let before @ Some(_) = first_signed_at(c, draft)? {
            known.lasts = lasts(c, &known.point.id, &known.instruments, &draft.form, before)?;
        }
        known.instruments = instruments_of(c, draft)?;
        Ok(known)
    }

    /// Lends it to the rules.
    pub fn lend<T>(&self, act: impl FnOnce(&Source<'_>) -> T) -> T {
        let last = |id: Option<&InstrumentId>| {
            self.lasts.iter().find(|(of, _)| of.as_ref() == id).map(|(_, last)| last.clone())
        };
        act(&Source {
            discharger: &self.discharger,
            operator: &self.operator,
            point: &self.point,
            instruments: &self.instruments,
            bottles: &self.bottles,
            person: &self.person,
            now: self.now,
            last: &last,
            fault: None,
        })
    }
}

/// When the record that a draft corrects was signed first; nothing for another draft.
pub(super) fn first_signed_at(c: &Connection, draft: &Record) -> Result<Option<DateTime<Utc>>, Error> {
    Ok(match draft.original {
        Some(original) => record::find(c, original)?.and_then(|first| first.signed_at),
        None => None,
    })
}

/// The last signed record of a form at a point and of each of its instruments, with their answers; of those that were
/// signed before `before`, if given.
pub(super) fn lasts(
    c: &Connection,
    point: &PointId,
    instruments: &[Instrument],
    form: &Form,
    before: Option<DateTime<Utc>>,
) -> Result<Vec<Last>, Error> {
    let mut found = vec![(None, listed::last_at_point(c, point, &form.code, before)?)];
    for instrument in instruments {
        found.push((Some(instrument.id.clone()), last::of_instrument(c, &instrument.id, &form.code)?));
    }
    let mut lasts = Vec::new();
    for (of, last) in found {
        if let Some((record, _)) = last.filter(|(_, at)| before.is_none_or(|before| *at < before))
            && let Some(answers) = last::answers(c, record)?
        {
            lasts.push((of, (record, answers)));
        }
    }
    Ok(lasts)
}

/// The newest version of a record, if this person signed it on this tablet and it counts: others can neither correct nor
/// void it.
pub(super) fn own_signed(c: &Connection, id: RecordId, person: &PersonId) -> Result<Record, Error> {
    let newest = version::newest(c, id)?.filter(|record| record.person == *person);
    let newest = newest.ok_or_else(|| Error::not_found("record"))?;
    if voided::is_void(c, newest.root())? { Err(closed()) } else { Ok(newest) }
}

/// The record, if it is a draft of this person.
pub(super) fn own_draft(c: &Connection, id: RecordId, person: &PersonId) -> Result<Record, Error> {
    let record = record::of_person(c, id, person)?;
    if record.state == stackside_core::record::RecordState::Draft { Ok(record) } else { Err(closed()) }
}
