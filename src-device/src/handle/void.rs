//! 作废: a record or a visit counts no more. It stays where it is, with who said so and why.

use rusqlite::Transaction;
use stackside_core::act::{Act, FileRef, Strokes, Voided};
use stackside_core::command::{CommandError, Event, VoidRecord, VoidVisit};
use stackside_core::form::AnswerError;
use stackside_core::id::{RecordId, VisitId};
use stackside_core::register::Person;
use stackside_core::visit::VisitState;

use super::known::own_signed;
use super::review::draw;
use super::sign::check_strokes;
use super::visit::{LONGEST_REASON, check_words};
use crate::device::{Device, Handle, Inner, closed};
use crate::error::Error;
use crate::store::entry::{self, Subject};
use crate::store::file::{self, FileKind};
use crate::store::record::{self, Record};
use crate::store::{version, visit, voided};
use crate::witness::Told;

impl Inner {
    fn void_record(
        &self,
        person: &Person,
        id: RecordId,
        reason: &str,
        strokes: &Strokes,
    ) -> Result<(), Error> {
        let (record, version) = self.store.read(|c| {
            let record = own_signed(c, id, &person.id)?;
            let seal = record.seal.as_ref().ok_or_else(|| Error::broken("a signed record has no seal"))?;
            let version = entry::reference(c, seal.log, seal.seq)?;
            Ok((record, version))
        })?;
        let (visit, point) = (record.visit, record.point.clone());
        let act = |signature, reason| Voided {
            record: Some(id),
            visit,
            point,
            version,
            reason,
            technician: person.id.clone(),
            signature,
        };
        self.void(person, reason, strokes, act, |t| {
            // Corrected meanwhile: it would not be the version that was seen.
            if own_signed(t, id, &person.id)?.id != record.id {
                return Err(closed());
            }
            Ok((id.to_string(), vec![record]))
        })
    }

    fn void_visit(&self, person: &Person, id: VisitId, reason: &str, strokes: &Strokes) -> Result<(), Error> {
        let (point, version) = self.store.read(|c| {
            let visit = visit::of_person(c, id, &person.id)?;
            if visit.state == VisitState::Open {
                return Err(CommandError::VisitOpen { visit: id }.into());
            }
            Ok((visit.point.id, visit::sign_in_entry(c, id)?))
        })?;
        let act = |signature, reason| Voided {
            record: None,
            visit: Some(id),
            point,
            version,
            reason,
            technician: person.id.clone(),
            signature,
        };
        self.void(person, reason, strokes, act, |t| {
            if voided::entry(t, &id.to_string())?.is_some() {
                return Err(closed());
            }
            Ok((id.to_string(), record::of_visit(t, id)?))
        })
    }

    /// Bears witness that something counts no more; `subject` checks again what it is, and names the records that go with it.
    fn void(
        &self,
        person: &Person,
        reason: &str,
        strokes: &Strokes,
        act: impl FnOnce(FileRef, String) -> Voided,
        subject: impl FnOnce(&Transaction<'_>) -> Result<(String, Vec<Record>), Error>,
    ) -> Result<(), Error> {
        check_strokes(strokes)?;
        let reason = spoken(reason)?;
        let clocks = self.clocks()?;
        let signature = self.keep_strokes(strokes)?;
        let act = act(signature.clone(), reason);
        let about =
            Subject { point: Some(act.point.to_string()), record: act.record.map(|id| id.to_string()) };
        let told = Told::of(Act::Voided(Box::new(act)), about);
        let definitions = self.definitions();
        self.bear_witness(Some(&person.id), &clocks, vec![told], |t, entries| {
            let entry = entries.last().ok_or_else(|| Error::broken("no entry was made"))?;
            let (subject, records) = subject(t)?;
            voided::put(t, &subject, entry.log, entry.seq)?;
            for record in records {
                let root = record.root();
                voided::put(t, &root.to_string(), entry.log, entry.seq)?;
                if let Some(draft) = version::correction(t, root, &person.id)? {
                    version::discard(t, &record::of_person(t, draft, &person.id)?)?;
                }
                voided::recount(t, &definitions, root, &record.point, &record.form.code)?;
                draw(t, root)?;
            }
            file::add(t, &signature, FileKind::Signature, clocks.best_time().0, entry.log, entry.seq)
        })
    }
}

/// A reason in words; it has to be there.
pub(super) fn spoken(reason: &str) -> Result<String, Error> {
    let reason = reason.trim();
    check_words("reason", reason, LONGEST_REASON)?;
    if reason.is_empty() {
        return Err(Error::invalid("reason", AnswerError::ReasonMissing));
    }
    Ok(reason.to_owned())
}

impl Handle<VoidRecord> for Device {
    fn handle(&self, VoidRecord { record, reason, strokes }: VoidRecord) -> Result<(), CommandError> {
        let person = self.0.person()?;
        self.0.void_record(&person, record, &reason, &strokes)?;
        self.0.tell(Event::Store);
        self.0.sync.wake();
        Ok(())
    }
}

impl Handle<VoidVisit> for Device {
    fn handle(&self, VoidVisit { visit, reason, strokes }: VoidVisit) -> Result<(), CommandError> {
        let person = self.0.person()?;
        self.0.void_visit(&person, visit, &reason, &strokes)?;
        self.0.tell(Event::Store);
        self.0.sync.wake();
        Ok(())
    }
}
