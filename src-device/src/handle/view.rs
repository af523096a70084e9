//! Rows as the screen shows them: lines of records and photos, whole visits and records.

use std::collections::{BTreeMap, btree_map};

use rusqlite::Connection;
use stackside_core::command::{Correction, FormLine, PhotoLine, RecordLine, RecordView, VisitView};
use stackside_core::confirmation::State;
use stackside_core::form::{AnswerKey, Form, Label};
use stackside_core::id::{PersonId, RecordId, VisitId};
use stackside_core::photo::{Original, SendState};
use stackside_core::record::RecordState;
use stackside_core::register::{Person, Point};
use stackside_core::visit::{VisitState, VisitWork};

use super::history::{history_if_known, marks};
use super::known::{Place, first_signed_at, lasts};
use super::standing::Standing;
use crate::device::Inner;
use crate::error::Error;
use crate::store::photo::{self, Photo};
use crate::store::record::{self, Record};
use crate::store::{entry, file, last, register, setting, version, visit};

impl Inner {
    /// The line of a signed record or a draft: in its newest version, at the time of the work.
    fn newest_line(&self, c: &Connection, first: Record, person: &PersonId) -> Result<RecordLine, Error> {
        let at = first.signed_at.unwrap_or(first.begun_at);
        let newest = version::newest(c, first.id)?.unwrap_or(first);
        Ok(RecordLine { at, ..self.line(c, &Standing::of(c, newest)?, person)? })
    }

    /// The line of a signed record, from here or elsewhere.
    pub(super) fn signed_line(
        &self,
        c: &Connection,
        id: RecordId,
        person: &PersonId,
    ) -> Result<RecordLine, Error> {
        match record::find(c, id)? {
            Some(first) => self.newest_line(c, first, person),
            None => {
                let row = last::elsewhere(c, id)?.ok_or_else(|| Error::not_found("record"))?;
                self.line_elsewhere(c, &row)
            }
        }
    }

    fn line(&self, c: &Connection, standing: &Standing, person: &PersonId) -> Result<RecordLine, Error> {
        let record = &standing.record;
        let (point_name, discharger_name) = match Place::of_record(c, record) {
            Ok(place) => (place.point.name, place.discharger_name),
            Err(_) => (record.point.to_string(), String::new()),
        };
        let problems = match record.state {
            RecordState::Draft => standing.problems(self.clocks_within(c)?.best_time().0).len(),
            RecordState::Signed => 0,
        };
        let send = match &record.seal {
            Some(seal) => self.entry_state(c, seal.log, seal.seq)?,
            None => SendState::Waiting,
        };
        Ok(RecordLine {
            // A record goes by one id in all its versions; the draft of a correction is filled by its own.
            id: if record.seal.is_some() { record.root() } else { record.id },
            visit: record.visit,
            point: record.point.clone(),
            title: record.form.title.clone(),
            point_name,
            discharger_name,
            state: record.state,
            send,
            at: record.signed_at.unwrap_or(record.begun_at),
            person_name: record.person_name.clone(),
            verdict: standing.verdicts().iter().map(|verdict| verdict.outcome).max(),
            problems: u32::try_from(problems).unwrap_or(u32::MAX),
            elsewhere: false,
            marks: marks(c, record, person)?,
        })
    }

    pub(super) fn entry_state(
        &self,
        c: &Connection,
        log: stackside_core::id::LogId,
        seq: u64,
    ) -> Result<SendState, Error> {
        Ok(if entry::is_held(c, log, seq)? {
            SendState::Held
        } else if entry::is_stopped(c, log, seq)? {
            SendState::Refused
        } else if self.sync.sends_entries() {
            SendState::Sending
        } else {
            SendState::Waiting
        })
    }

    pub(super) fn record_lines(
        &self,
        c: &Connection,
        listed: &[RecordId],
        person: &PersonId,
    ) -> Result<Vec<RecordLine>, Error> {
        listed.iter().map(|record| self.signed_line(c, *record, person)).collect()
    }

    /// A record in its newest version, or a draft.
    pub(super) fn record_view(&self, id: RecordId, person: &PersonId) -> Result<RecordView, Error> {
        self.store.read(|c| match record::of_person(c, id, person) {
            Ok(record) => self.view(c, version::newest(c, id)?.unwrap_or(record), person),
            Err(missing) => {
                let row = last::elsewhere(c, id)?.ok_or(missing)?;
                self.view_elsewhere(c, row, None, person)
            }
        })
    }

    /// A record in one of its signed versions.
    pub(super) fn version_view(
        &self,
        id: RecordId,
        number: u32,
        person: &PersonId,
    ) -> Result<RecordView, Error> {
        self.store.read(|c| match version::numbered(c, id, number)? {
            Some(record) => self.view(c, record, person),
            None => {
                let row = last::elsewhere(c, id)?.ok_or_else(|| Error::not_found("record"))?;
                self.view_elsewhere(c, row, Some(number), person)
            }
        })
    }

    fn view(&self, c: &Connection, record: Record, person: &PersonId) -> Result<RecordView, Error> {
        let standing = Standing::of(c, record)?;
        let line = self.line(c, &standing, person)?;
        let photos = self.photo_lines(c, &standing.photos)?;
        let verdicts = standing.verdicts();
        let (begun_on, previous) = (standing.begun_on(), previous(c, &standing)?);
        let people = self.people(c)?;
        let Standing { record, answers, site, .. } = standing;
        let history = match line.marks.is_void {
            true => history_if_known(c, record.root())?,
            false => None,
        };
        // A correction is filled beside what was said of the version that it starts from.
        let is_newest = record.state == RecordState::Draft || line.marks.version == line.marks.versions;
        let review = match is_newest {
            true => self.review_of(c, record.root(), Some(&record.form), person)?,
            false => None,
        };
        let voided = history.as_ref().and_then(|known| known.voided());
        let voided = voided.map(|one| self.void_line(c, one)).transpose()?;
        let correction = match (record.original, record.state) {
            (Some(of), RecordState::Draft) => {
                let signed = last::answers(c, of)?.unwrap_or_default();
                Some(Correction { of, reason: record.reason.unwrap_or_default(), signed })
            }
            _ => None,
        };
        Ok(RecordView {
            line,
            form: record.form,
            rulebook: record.rulebook,
            answers,
            instruments: site.instruments,
            bottles: site.bottles,
            photos,
            verdicts,
            begun_on,
            last_done: site.last_done,
            previous,
            people,
            correction,
            review,
            voided,
        })
    }

    pub(super) fn photo_lines(&self, c: &Connection, photos: &[Photo]) -> Result<Vec<PhotoLine>, Error> {
        let mut lines = Vec::new();
        let mut forms: BTreeMap<RecordId, Option<Form>> = BTreeMap::new();
        for photo in photos {
            let Some(bytes) = &photo.file else { continue };
            let slot_label = match (photo.record, &photo.slot) {
                (Some(record), Some(slot)) => {
                    if let btree_map::Entry::Vacant(entry) = forms.entry(record) {
                        entry.insert(record::find(c, record)?.map(|record| record.form));
                    }
                    forms[&record].as_ref().and_then(|form| slot_label(form, slot))
                }
                _ => None,
            };
            let sent = file::find(c, bytes.sha256)?;
            let original = sent.as_ref().map_or(Original::Here, file::Sendable::original);
            lines.push(PhotoLine {
                id: photo.id,
                slot: photo.slot.clone(),
                slot_label,
                source: photo.source,
                taken_at: bytes.taken_at,
                sha256: bytes.sha256,
                size_bytes: bytes.size_bytes,
                send: sent.map_or(SendState::Waiting, |file| self.file_state(&file)),
                original,
            });
        }
        Ok(lines)
    }

    pub(super) fn file_state(&self, file: &file::Sendable) -> SendState {
        if file.held_at.is_some() {
            SendState::Held
        } else if file.refused.is_some() {
            SendState::Refused
        } else if self.sync.sending().is_some_and(|(sha256, _)| sha256 == file.file.sha256) {
            SendState::Sending
        } else {
            SendState::Waiting
        }
    }

    pub(super) fn visit_view(&self, id: VisitId, person: &Person) -> Result<VisitView, Error> {
        self.store.read(|c| {
            let visit = visit::of_person(c, id, &person.id)?;
            let made = record::of_visit(c, id)?;
            let signed_in = entry::sign_in(c, id)?;
            let times = self.times(c, &visit, &made)?;
            let (day, day_proof) = times.day();
            let left_with = self.finding_lines(c, &visit, times.left_with)?;
            let now = self.clocks_within(c)?.best_time().0;
            let confirmation = self.confirmation_line(c, &visit, &made, now)?;
            let mut records = Vec::new();
            for record in made {
                records.push(self.newest_line(c, record, &person.id)?);
            }
            let photos = photo::of_visit(c, id)?;
            let drafts = records.iter().filter(|line| line.state == RecordState::Draft);
            let work = VisitWork {
                state: visit.state,
                drafts: drafts.clone().count(),
                finished: drafts.filter(|line| line.problems == 0).count(),
                signed: records
                    .iter()
                    .filter(|line| line.state == RecordState::Signed && !line.marks.is_void)
                    .count(),
                photos: photos.len(),
                confirmation: confirmation.as_ref().map_or(State::Nothing, |line| line.standing.state),
            };
            let forms = match visit.state {
                VisitState::Open => self.forms_at(c, &visit.point, true)?,
                VisitState::Closed => vec![],
            };
            Ok(VisitView {
                id,
                state: visit.state,
                discharger_name: visit.discharger_name,
                signed_in_at: visit.signed_in_at,
                signed_out_at: visit.signed_out_at,
                presence: visit.presence,
                reason: signed_in.as_ref().and_then(|signed_in| signed_in.reason.clone()),
                plate: signed_in.and_then(|signed_in| signed_in.plate).map(|plate| plate.verdict),
                day,
                day_proof,
                left_with,
                photos: self.photo_lines(c, &photos)?,
                records,
                forms,
                work,
                confirmation,
                voided: self.void_of_visit(c, id)?,
                point: visit.point,
            })
        })
    }

    pub(super) fn people(&self, c: &Connection) -> Result<Vec<String>, Error> {
        let enrolled: Option<setting::Enrolled> = setting::get(c, setting::ENROLMENT)?;
        let people = enrolled.map(|enrolled| register::people(c, &enrolled.operator)).transpose()?;
        Ok(people.unwrap_or_default().into_iter().map(|person| person.name).collect())
    }

    /// The forms that can be begun at a point now; in a visit or at the desk, where no presence is claimed.
    pub(super) fn forms_at(
        &self,
        c: &Connection,
        point: &Point,
        visit: bool,
    ) -> Result<Vec<FormLine>, Error> {
        let now = self.clocks_within(c)?.best_time().0;
        let mut lines = Vec::new();
        self.each_due(c, std::slice::from_ref(point), Some(&point.id), now, |at| {
            for form in at.forms.iter().filter(|form| visit || !form.needs_visit) {
                lines.push(FormLine {
                    code: form.code.clone(),
                    title: form.title.clone(),
                    standard: form.standard.clone(),
                    purpose: form.purpose,
                    urgency: at.due.iter().find(|due| due.form == form.code).map(|due| due.urgency),
                });
            }
        })?;
        Ok(lines)
    }
}

/// What the slot of a form shows: one of its photos, or the field that asked for it.
fn slot_label(form: &Form, slot: &str) -> Option<Label> {
    if let Some(known) = form.photos.iter().find(|known| known.id == slot) {
        return Some(known.label.clone());
    }
    let key: AnswerKey = slot.parse().ok()?;
    form.field_of(&key).map(|field| field.label.clone())
}

/// The previous value of each field of a draft, outside tables: from the last record of the same instrument or, where
/// a section stands once, of the form at the point.
fn previous(c: &Connection, standing: &Standing) -> Result<BTreeMap<AnswerKey, String>, Error> {
    let record = &standing.record;
    let mut previous = BTreeMap::new();
    if record.state == RecordState::Signed {
        return Ok(previous);
    }
    let before = first_signed_at(c, record)?;
    let lasts = lasts(c, &record.point, &standing.site.instruments, &record.form, before)?;
    for (of, (_, answers)) in lasts {
        let of = of.as_ref().map(|id| id.as_str());
        let mine = answers.0.into_iter().filter(|(key, _)| key.row.as_deref() == of && key.line.is_none());
        previous.extend(mine.map(|(key, answer)| (key, answer.text)));
    }
    Ok(previous)
}

pub(super) fn name_of(c: &Connection, person: &PersonId) -> Result<String, Error> {
    Ok(register::person(c, person)?.map_or_else(|| person.to_string(), |row| row.name))
}
