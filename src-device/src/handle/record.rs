//! Records: opening a form, looking at a record.

use stackside_core::clock::shanghai_date;
use stackside_core::command::{CommandError, Event, GetRecord, OpenRecord, RecordView, Workplace};
use stackside_core::fault::Fault;
use stackside_core::form::{Form, Source, prefill};
use stackside_core::id::{FormCode, RecordId};
use stackside_core::record::RecordState;
use stackside_core::register::Person;
use stackside_core::rulebook::in_force;

use super::known::{Known, Place};
use crate::device::{Device, Handle, Inner, new_id};
use crate::error::Error;
use crate::store::record::{self, Record};

impl Inner {
    fn open_record(&self, person: &Person, place: &Workplace, code: &FormCode) -> Result<RecordId, Error> {
        let now = self.now()?;
        self.store.write(|t| {
            let place = Place::of(t, place, &person.id)?;
            self.open_at(t, person, &place, code, now, None)
        })
    }

    /// The person's draft of a form at a place: the one that is there, otherwise a new one, prefilled also with what `fault` knows.
    pub(super) fn open_at(
        &self,
        t: &rusqlite::Transaction<'_>,
        person: &Person,
        place: &Place,
        code: &FormCode,
        now: chrono::DateTime<chrono::Utc>,
        fault: Option<&Fault>,
    ) -> Result<RecordId, Error> {
        let point = &place.point;
        if let Some(draft) = record::draft(t, &person.id, place.visit, &point.id, code)? {
            return Ok(draft);
        }
        let date = shanghai_date(now);
        let definitions = self.definitions();
        let instruments = crate::store::register::instruments(t, &point.id)?;
        let form = definitions
            .forms_at(&point.jurisdiction, point.medium, &instruments, date)
            .into_iter()
            .find(|form| form.code == *code)
            .ok_or_else(|| Error::not_found("form"))?;
        if form.needs_visit && place.visit.is_none() {
            return Err(Error::not_found("visit"));
        }
        let rulebook = in_force(&definitions.rulebooks, &point.jurisdiction, date).map_err(Error::broken)?;
        let answers = Known::at(t, place, form, person, now)?
            .lend(|source| prefill(form, &Source { fault, ..*source }));
        let record = Record {
            id: RecordId::new(new_id()),
            original: None,
            version: 1,
            reason: None,
            visit: place.visit,
            point: point.id.clone(),
            person: person.id.clone(),
            person_name: person.name.clone(),
            form: form.clone(),
            rulebook,
            state: RecordState::Draft,
            begun_at: now,
            signed_at: None,
            site: None,
            seal: None,
        };
        record::add(t, &record, &answers, &words(form, &point.name, &place.discharger_name))?;
        Ok(record.id)
    }
}

/// What a search finds a record by, lower case.
pub(crate) fn words(form: &Form, point_name: &str, discharger_name: &str) -> String {
    let (title, standard) = (&form.title, &form.standard);
    format!(
        "{point_name}\n{discharger_name}\n{}\n{}\n{}\n{}\n{}",
        form.code, title.zh, title.en, standard.zh, standard.en
    )
    .to_lowercase()
}

impl Handle<OpenRecord> for Device {
    fn handle(&self, OpenRecord { place, form }: OpenRecord) -> Result<RecordId, CommandError> {
        let person = self.0.person()?;
        let record = self.0.open_record(&person, &place, &form)?;
        self.0.tell(Event::Store);
        Ok(record)
    }
}

impl Handle<GetRecord> for Device {
    fn handle(&self, GetRecord { record }: GetRecord) -> Result<RecordView, CommandError> {
        let person = self.0.person()?;
        Ok(self.0.record_view(record, &person.id)?)
    }
}
