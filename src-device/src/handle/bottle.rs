//! Gas bottles and standard solutions: which are known at a place, and putting a new one in place of another.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, Transaction};
use stackside_core::clock::shanghai_date;
use stackside_core::command::{CommandError, Event, ReplaceBottle};
use stackside_core::form::{
    Answer, AnswerError, Block, FieldType, Origin, blocks, check_new_bottle, prefill_line,
    prefill_new_bottle, recorded_bottles,
};
use stackside_core::id::{FormCode, PointId, RecordId, VisitId};
use stackside_core::register::{Bottle, Person};

use super::answer::{field_of, open_line, take_bottle};
use super::known::{Known, Place, own_draft};
use crate::device::{Device, Handle, Inner, closed};
use crate::error::Error;
use crate::store::{done, record, register};

/// The bottles of a point: those of the register, then those that replacements put in place, signed ones and drafts of
/// the same visit. Of a number that is there twice the first counts.
pub(super) fn bottles(c: &Connection, point: &PointId, visit: Option<VisitId>) -> Result<Vec<Bottle>, Error> {
    let mut bottles = register::bottles(c, point)?;
    let mut more = done::bottles(c, point)?;
    if let Some(visit) = visit {
        for draft in record::replacements(c, visit)? {
            more.extend(recorded_bottles(&draft.form, &record::answers(c, draft.id)?, point));
        }
    }
    for bottle in more {
        if bottles.iter().all(|known| known.id != bottle.id) {
            bottles.push(bottle);
        }
    }
    Ok(bottles)
}

impl Inner {
    fn replace_bottle(&self, person: &Person, command: ReplaceBottle) -> Result<RecordId, Error> {
        let ReplaceBottle { record, key, bottle } = command;
        let now = self.now()?;
        self.store.write(|t| {
            let record = own_draft(t, record, &person.id)?;
            // What was put in place later has a record of its own.
            if record.original.is_some() {
                return Err(closed());
            }
            let bottle = Bottle { point: record.point.clone(), ..bottle };
            let instruments = register::instruments(t, &record.point)?;
            let field = field_of(&record.form, &instruments, &key);
            let form = field
                .filter(|field| field.kind == FieldType::Bottle)
                .and_then(|field| field.replace_form.as_ref())
                .ok_or_else(|| Error::invalid(&key, AnswerError::NoSuchField))?;
            check_new_bottle(&bottle, &bottles(t, &record.point, record.visit)?, shanghai_date(now))
                .map_err(|(field, why)| Error::invalid(field, why))?;
            let place = Place::of_open_record(t, &record)?;
            let replacement = self.record_bottle(t, person, &place, form, &bottle, now)?;
            let number = Answer::given(bottle.id.to_string(), Origin::Register);
            record::put_answer(t, record.id, &key, &number, None)?;
            take_bottle(t, &record, &instruments, &key, &bottle)?;
            Ok(replacement)
        })
    }

    /// One more line in the draft that records replaced bottles at a place.
    fn record_bottle(
        &self,
        t: &Transaction<'_>,
        person: &Person,
        place: &Place,
        form: &FormCode,
        bottle: &Bottle,
        now: DateTime<Utc>,
    ) -> Result<RecordId, Error> {
        let id = self.open_at(t, person, place, form, now, None)?;
        let draft = own_draft(t, id, &person.id)?;
        let known = Known::at(t, place, &draft.form, person, now)?;
        let answers = record::answers(t, id)?;
        let no_table = || Error::broken("the form of a replaced bottle has no table for it");
        let section = draft.form.bottle_section().ok_or_else(no_table)?;
        let blocks = blocks(&draft.form, &known.instruments);
        let is_it = |block: &&Block<'_>| block.section.id == section.id;
        let block = blocks.iter().find(is_it).ok_or_else(no_table)?;
        let most = section.lines.as_ref().map_or(0, |lines| lines.at_most);
        let empty = (1..=most).find(|line| !block.is_line_used(&answers, *line));
        let first = block.key(section.columns.first().map_or("", |column| &column.id));
        let line = empty.ok_or_else(|| Error::invalid(&first, AnswerError::TooManyLines { most }))?;
        let mut new = known.lend(|source| prefill_line(block, line, source));
        new.0.extend(prefill_new_bottle(block, line, bottle).0);
        open_line(t, id, block, line, &new)?;
        Ok(id)
    }
}

impl Handle<ReplaceBottle> for Device {
    fn handle(&self, command: ReplaceBottle) -> Result<RecordId, CommandError> {
        let person = self.0.person()?;
        let record = self.0.replace_bottle(&person, command)?;
        self.0.tell(Event::Store);
        Ok(record)
    }
}
