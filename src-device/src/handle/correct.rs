//! 更正: a signed record gets a new version, from a draft that starts with the answers as signed.

use chrono::{DateTime, Utc};
use rusqlite::Connection;
use stackside_core::act::{Act, EntryRef, RecordCorrected, Strokes};
use stackside_core::command::{
    CommandError, CorrectRecord, DiscardCorrection, Event, SaveReason, SignCorrection,
};
use stackside_core::form::{AnswerError, differences};
use stackside_core::id::{PersonId, RecordId};
use stackside_core::register::Person;

use super::known::{own_draft, own_signed};
use super::review::{asked, draw};
use super::sign::{Ready, check_strokes};
use super::standing::Standing;
use super::visit::{LONGEST_REASON, check_words};
use crate::device::{Device, Handle, Inner, new_id};
use crate::error::Error;
use crate::store::entry::{self, Subject};
use crate::store::record::{self, Record};
use crate::store::{listed, photo, version, voided};
use crate::witness::Told;

/// A correction as it is about to be signed.
struct Corrected {
    ready: Ready,
    version: EntryRef,
    reason: String,
}

impl Inner {
    fn correct_record(&self, person: &Person, id: RecordId) -> Result<RecordId, Error> {
        self.store.write(|t| {
            let signed = own_signed(t, id, &person.id)?;
            let draft = match version::correction(t, id, &person.id)? {
                Some(draft) => draft,
                None => {
                    let draft = RecordId::new(new_id());
                    version::begin(t, &signed, draft, || new_id().to_string())?;
                    draft
                }
            };
            // What a supervisor asked for is the reason, until the technician writes another.
            let has_reason = record::find(t, draft)?.and_then(|draft| draft.reason).is_some();
            if let (Some(review), false) = (asked(t, id, &person.id)?, has_reason) {
                version::set_reason(t, draft, &review.as_reason(LONGEST_REASON))?;
            }
            Ok(draft)
        })
    }

    fn save_reason(&self, person: &Person, id: RecordId, reason: &str) -> Result<(), Error> {
        check_words("reason", reason, LONGEST_REASON)?;
        self.store.write(|t| version::set_reason(t, own_correction(t, id, &person.id)?.id, reason))
    }

    fn sign_correction(&self, person: &Person, id: RecordId, strokes: &Strokes) -> Result<(), Error> {
        check_strokes(strokes)?;
        let clocks = self.clocks()?;
        let at = clocks.best_time().0;
        let corrected = self.store.read(|c| Corrected::of(c, person, id, at))?;
        let signature = self.keep_strokes(strokes)?;
        let Corrected { ready, version, reason } = corrected;
        let record = &ready.standing.record;
        let root = record.root();
        let content = ready.content(person, &signature);
        let act = Act::RecordCorrected(Box::new(RecordCorrected { version, reason, content }));
        let subject = Subject { point: Some(record.point.to_string()), record: Some(root.to_string()) };
        let definitions = self.definitions();
        self.bear_witness(Some(&person.id), &clocks, vec![Told::of(act, subject)], |t, entries| {
            let entry = entries.last().ok_or_else(|| Error::broken("no entry was made"))?;
            // Voided meanwhile: what counts no more is not corrected.
            own_signed(t, root, &person.id)?;
            ready.seal(t, &signature, at, entry)?;
            let first = record::find(t, root)?.and_then(|first| first.signed_at);
            let about = (&record.point, &record.form);
            listed::put_signed(t, root, about, &ready.answers, first.unwrap_or(at))?;
            voided::recount(t, &definitions, root, &record.point, &record.form.code)?;
            draw(t, root)
        })
    }
}

impl Corrected {
    fn of(c: &Connection, person: &Person, id: RecordId, at: DateTime<Utc>) -> Result<Self, Error> {
        let draft = own_correction(c, id, &person.id)?;
        let signed = own_signed(c, draft.root(), &person.id)?;
        let reason = draft.reason.as_deref().unwrap_or_default().trim().to_owned();
        if reason.is_empty() {
            return Err(Error::invalid("reason", AnswerError::ReasonMissing));
        }
        let ready = Ready::of(Standing::of(c, draft)?, at)?;
        let before = record::answers(c, signed.id)?;
        if differences(Some(&signed.form), &before, &ready.answers).is_empty()
            && photo::of_record(c, signed.id)?.len() == ready.standing.photos.len()
        {
            return Err(CommandError::NothingChanged.into());
        }
        let seal = signed.seal.as_ref().ok_or_else(|| Error::broken("a signed record has no seal"))?;
        Ok(Self { ready, version: entry::reference(c, seal.log, seal.seq)?, reason })
    }
}

/// The draft of a correction, if it is this person's.
fn own_correction(c: &Connection, id: RecordId, person: &PersonId) -> Result<Record, Error> {
    let draft = own_draft(c, id, person)?;
    if draft.original.is_some() { Ok(draft) } else { Err(Error::not_found("record")) }
}

impl Handle<CorrectRecord> for Device {
    fn handle(&self, CorrectRecord { record }: CorrectRecord) -> Result<RecordId, CommandError> {
        let person = self.0.person()?;
        let draft = self.0.correct_record(&person, record)?;
        self.0.tell(Event::Store);
        Ok(draft)
    }
}

impl Handle<SaveReason> for Device {
    fn handle(&self, SaveReason { record, reason }: SaveReason) -> Result<(), CommandError> {
        let person = self.0.person()?;
        Ok(self.0.save_reason(&person, record, &reason)?)
    }
}

impl Handle<SignCorrection> for Device {
    fn handle(&self, SignCorrection { record, strokes }: SignCorrection) -> Result<(), CommandError> {
        let person = self.0.person()?;
        self.0.sign_correction(&person, record, &strokes)?;
        self.0.tell(Event::Store);
        self.0.sync.wake();
        Ok(())
    }
}

impl Handle<DiscardCorrection> for Device {
    fn handle(&self, DiscardCorrection { record }: DiscardCorrection) -> Result<(), CommandError> {
        let person = self.0.person()?;
        self.0.store.write(|t| version::discard(t, &own_correction(t, record, &person.id)?))?;
        self.0.tell(Event::Store);
        Ok(())
    }
}
