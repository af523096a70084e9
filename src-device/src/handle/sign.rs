//! 签名: one gesture signs all named records of a visit or point, one entry each.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, Transaction};
use stackside_core::act::{Act, FileRef, RecordSigned, Strokes};
use stackside_core::command::{CommandError, Event, KeepSignature, SignRecords, Workplace};
use stackside_core::evidence::Header;
use stackside_core::form::{Answer, AnswerError, Answers, FieldType, Form, blocks, kept_file};
use stackside_core::hash::Hash;
use stackside_core::id::RecordId;
use stackside_core::judge::{Verdict, judge};
use stackside_core::photo::DOCUMENT_TYPE;
use stackside_core::record::RecordState;
use stackside_core::register::Person;

use super::answer::field_of;
use super::known::{Place, own_draft};
use super::standing::{Standing, instruments_of};
use crate::device::{Device, Handle, Inner, closed};
use crate::error::Error;
use crate::store::entry::Subject;
use crate::store::file::{self, FileKind};
use crate::store::{done, last, listed, record};
use crate::witness::Told;

/// More points than any hand draws; the strokes must fit a file of some hundred kilobytes.
const MOST_POINTS: usize = 20_000;

/// The media type of strokes on the wire.
const STROKES_TYPE: &str = "application/json";

/// A record as it is about to be signed.
pub(super) struct Ready {
    pub standing: Standing,
    pub answers: Answers,
    verdicts: Vec<Verdict>,
    // Second signatures and documents that its answers name.
    files: Vec<(FileRef, FileKind)>,
}

impl Inner {
    fn sign_records(
        &self,
        person: &Person,
        place: &Workplace,
        records: &[RecordId],
        strokes: &Strokes,
    ) -> Result<(), Error> {
        check_strokes(strokes)?;
        let clocks = self.clocks()?;
        let at = clocks.best_time().0;
        let (place, ready) = self.store.read(|c| ready(c, person, place, records, at))?;
        let signature = self.keep_strokes(strokes)?;
        let subject =
            |id: RecordId| Subject { point: Some(place.point.id.to_string()), record: Some(id.to_string()) };
        let acts = ready
            .iter()
            .map(|ready| {
                let act = Act::RecordSigned(Box::new(ready.content(person, &signature)));
                Told::of(act, subject(ready.standing.record.id))
            })
            .collect();
        self.bear_witness(Some(&person.id), &clocks, acts, |t, entries| {
            for (ready, entry) in ready.iter().zip(entries) {
                ready.seal(t, &signature, at, entry)?;
                ready.note(t, at)?;
            }
            Ok(())
        })
    }

    fn keep_signature(&self, person: &Person, command: &KeepSignature) -> Result<Answer, Error> {
        let KeepSignature { record, key, strokes } = command;
        check_strokes(strokes)?;
        let file = self.keep_strokes(strokes)?;
        self.store.write(|t| {
            let record = own_draft(t, *record, &person.id)?;
            let instruments = instruments_of(t, &record)?;
            let field = field_of(&record.form, &instruments, key);
            if field.is_none_or(|field| field.kind != FieldType::Signature) {
                return Err(Error::invalid(key, AnswerError::NoSuchField));
            }
            let answer = Answer::typed(format!("{} {}", file.sha256, file.size_bytes));
            record::put_answer(t, record.id, key, &answer, None)?;
            Ok(answer)
        })
    }

    pub(super) fn keep_strokes(&self, strokes: &Strokes) -> Result<FileRef, Error> {
        let text = stackside_core::canonical::to_text(strokes).map_err(Error::broken)?;
        let sha256 = Hash::of(text.as_bytes());
        self.files.write(&self.files.path(FileKind::Signature, sha256), text.as_bytes())?;
        Ok(FileRef { sha256, size_bytes: text.len() as u64, media_type: STROKES_TYPE.to_owned() })
    }
}

/// The named drafts of a place, each once, if nothing stands in the way of signing them.
fn ready(
    c: &Connection,
    person: &Person,
    place: &Workplace,
    records: &[RecordId],
    at: DateTime<Utc>,
) -> Result<(Place, Vec<Ready>), Error> {
    let place = Place::of(c, place, &person.id)?;
    let mut ready = Vec::new();
    let mut seen = BTreeSet::new();
    for id in records.iter().filter(|id| seen.insert(**id)) {
        let record = record::of_person(c, *id, &person.id)?;
        if record.visit != place.visit || record.point != place.point.id || record.original.is_some() {
            return Err(Error::not_found("record"));
        }
        if record.state == RecordState::Signed {
            return Err(closed());
        }
        ready.push(Ready::of(Standing::of(c, record)?, at)?);
    }
    if ready.is_empty() { Err(Error::not_found("record")) } else { Ok((place, ready)) }
}

impl Ready {
    /// Refused as long as something is missing. Judges, fills the computed fields, and leaves out blocks and lines that nobody
    /// worked on: prefilled values alone are no statement.
    pub fn of(standing: Standing, at: DateTime<Utc>) -> Result<Self, Error> {
        let record = &standing.record;
        let problems = standing.problems(at);
        if !problems.is_empty() {
            return Err(CommandError::NotFinished { record: record.id, problems }.into());
        }
        let blocks = blocks(&record.form, &standing.site.instruments);
        let stated: BTreeSet<_> = blocks
            .iter()
            .filter(|block| block.is_worked_on(&standing.answers))
            .flat_map(|block| {
                let is_used = |line| block.is_line_used(&standing.answers, line);
                let asked = block.asked(&standing.answers).into_iter().map(|(key, _)| key);
                asked.filter(move |key| key.line.is_none_or(is_used)).collect::<Vec<_>>()
            })
            .collect();
        let mut answers = standing.answers.clone();
        answers.0.retain(|key, _| stated.contains(key));
        let judgement = judge(&record.form, &answers, &standing.site.instruments, &record.rulebook);
        let verdicts = judgement.fill(&record.form, &mut answers);
        let files = named_files(&record.form, &answers);
        Ok(Self { answers, verdicts, files, standing })
    }

    /// Seals the draft.
    pub fn seal(
        &self,
        t: &Transaction<'_>,
        signature: &FileRef,
        at: DateTime<Utc>,
        entry: &Header,
    ) -> Result<(), Error> {
        let Standing { record, site, photos, answers } = &self.standing;
        // An answer or photo that came after it was judged is not signed unseen.
        if record::answers(t, record.id)? != *answers
            || crate::store::photo::of_record(t, record.id)?.len() != photos.len()
        {
            return Err(Error::broken("a draft changed while it was signed"));
        }
        record::sign(t, record.id, &self.answers, &self.verdicts, site, at, entry)?;
        file::add(t, signature, FileKind::Signature, at, entry.log, entry.seq)?;
        self.files.iter().try_for_each(|(file, kind)| file::add(t, file, *kind, at, entry.log, entry.seq))
    }

    /// Notes what it leaves for the next records.
    fn note(&self, t: &Transaction<'_>, at: DateTime<Utc>) -> Result<(), Error> {
        let record = &self.standing.record;
        listed::put_signed(t, record.id, (&record.point, &record.form), &self.answers, at)?;
        last::note(t, record.id, &record.point, &record.form.code, at, &self.answers)?;
        done::note(t, record.id, &record.point, &record.form, &self.answers, at)
    }

    pub fn content(&self, person: &Person, signature: &FileRef) -> RecordSigned {
        let record = &self.standing.record;
        let files = self.standing.photos.iter().filter_map(|photo| photo.file.as_ref());
        let photos = files.map(|file| FileRef {
            sha256: file.sha256,
            size_bytes: file.size_bytes,
            media_type: file.media_type.clone(),
        });
        RecordSigned {
            record: record.root(),
            visit: record.visit,
            point: record.point.clone(),
            technician: person.id.clone(),
            form: record.form.code.clone(),
            form_version: record.form.version,
            rulebook: record.rulebook.id.clone(),
            rulebook_version: record.rulebook.version,
            answers: self.answers.clone(),
            verdicts: self.verdicts.clone(),
            photos: photos.collect(),
            signature: signature.clone(),
            files: self.files.iter().map(|(file, _)| file.clone()).collect(),
        }
    }
}

/// The files that answers name, each once.
fn named_files(form: &Form, answers: &Answers) -> Vec<(FileRef, FileKind)> {
    let mut files: Vec<(FileRef, FileKind)> = Vec::new();
    for (key, answer) in &answers.0 {
        let (kind, media_type) = match form.field_of(key).map(|field| field.kind) {
            Some(FieldType::Signature) => (FileKind::Signature, STROKES_TYPE),
            Some(FieldType::File) => (FileKind::Document, DOCUMENT_TYPE),
            _ => continue,
        };
        let Some((sha256, size_bytes)) = kept_file(answer.text.trim()) else { continue };
        if files.iter().all(|(file, _)| file.sha256 != sha256) {
            files.push((FileRef { sha256, size_bytes, media_type: media_type.to_owned() }, kind));
        }
    }
    files
}

pub(super) fn check_strokes(strokes: &Strokes) -> Result<(), Error> {
    if !strokes.is_signature() {
        return Err(CommandError::EmptySignature.into());
    }
    if strokes.strokes.iter().map(Vec::len).sum::<usize>() > MOST_POINTS {
        return Err(Error::invalid("strokes", AnswerError::TooLong));
    }
    Ok(())
}

impl Handle<KeepSignature> for Device {
    fn handle(&self, command: KeepSignature) -> Result<Answer, CommandError> {
        let person = self.0.person()?;
        let answer = self.0.keep_signature(&person, &command)?;
        self.0.tell(Event::Store);
        Ok(answer)
    }
}

impl Handle<SignRecords> for Device {
    fn handle(&self, SignRecords { place, records, strokes }: SignRecords) -> Result<(), CommandError> {
        let person = self.0.person()?;
        self.0.sign_records(&person, &place, &records, &strokes)?;
        self.0.tell(Event::Store);
        self.0.sync.wake();
        Ok(())
    }
}
