//! Rows as the screen shows them: lines of records and photos, whole visits and records.

use std::collections::{BTreeMap, btree_map};

use rusqlite::Connection;
use stackside_core::clock::shanghai_date;
use stackside_core::command::{FormLine, PhotoLine, RecordLine, RecordView, VisitView};
use stackside_core::form::{AnswerKey, Form, Label};
use stackside_core::id::{PersonId, RecordId, VisitId};
use stackside_core::photo::{Original, SendState};
use stackside_core::record::RecordState;
use stackside_core::register::{Person, Point};
use stackside_core::rulebook::{Rulebook, in_force};
use stackside_core::visit::{VisitState, VisitWork};
use stackside_core::wire::RecordElsewhere;

use super::bottle::bottles;
use super::due::duties;
use super::known::{Place, lasts};
use super::standing::Standing;
use crate::device::Inner;
use crate::error::Error;
use crate::store::last;
use crate::store::listed::Listed;
use crate::store::photo::{self, Photo};
use crate::store::record::{self, Record};
use crate::store::{done, entry, file, register, setting, visit};

impl Inner {
    fn line(&self, c: &Connection, standing: &Standing) -> Result<RecordLine, Error> {
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
            id: record.id,
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

    fn line_elsewhere(&self, c: &Connection, row: &RecordElsewhere) -> Result<RecordLine, Error> {
        let content = &row.content;
        let point = register::point(c, &content.point).ok();
        let discharger_name = match &point {
            Some(point) => register::discharger_name(c, &point.discharger)?,
            None => String::new(),
        };
        let definitions = self.definitions();
        let title = match definitions.form(content.form.as_str(), Some(content.form_version)) {
            Some(form) => form.title.clone(),
            None => Label { zh: content.form.to_string(), en: content.form.to_string() },
        };
        Ok(RecordLine {
            id: content.record,
            visit: content.visit,
            point: content.point.clone(),
            title,
            point_name: point.map_or_else(|| content.point.to_string(), |point| point.name),
            discharger_name,
            state: RecordState::Signed,
            send: SendState::Held,
            at: row.signed_at,
            person_name: name_of(c, &content.technician)?,
            verdict: content.verdicts.iter().map(|verdict| verdict.outcome).max(),
            problems: 0,
            elsewhere: true,
        })
    }

    pub(super) fn record_lines(&self, c: &Connection, listed: &[Listed]) -> Result<Vec<RecordLine>, Error> {
        let mut lines = Vec::new();
        for Listed { record, elsewhere } in listed {
            if *elsewhere {
                let row = last::elsewhere(c, *record)?.ok_or_else(|| Error::not_found("record"))?;
                lines.push(self.line_elsewhere(c, &row)?);
            } else {
                let row = record::find(c, *record)?.ok_or_else(|| Error::not_found("record"))?;
                lines.push(self.line(c, &Standing::of(c, row)?)?);
            }
        }
        Ok(lines)
    }

    pub(super) fn record_view(&self, id: RecordId, person: &PersonId) -> Result<RecordView, Error> {
        self.store.read(|c| match record::of_person(c, id, person) {
            Ok(record) => {
                let standing = Standing::of(c, record)?;
                let line = self.line(c, &standing)?;
                let photos = self.photo_lines(c, &standing.photos)?;
                let verdicts = standing.verdicts();
                let (begun_on, previous) = (standing.begun_on(), previous(c, &standing)?);
                let people = self.people(c)?;
                let Standing { record, answers, instruments, bottles, last_done, .. } = standing;
                let Record { form, rulebook, .. } = record;
                Ok(RecordView {
                    line,
                    form,
                    rulebook,
                    answers,
                    instruments,
                    bottles,
                    photos,
                    verdicts,
                    begun_on,
                    last_done,
                    previous,
                    people,
                })
            }
            Err(missing) => {
                let row = last::elsewhere(c, id)?.ok_or(missing)?;
                self.view_elsewhere(c, row)
            }
        })
    }

    fn view_elsewhere(&self, c: &Connection, row: RecordElsewhere) -> Result<RecordView, Error> {
        let line = self.line_elsewhere(c, &row)?;
        let content = row.content;
        let definitions = self.definitions();
        let begun_on = shanghai_date(row.signed_at);
        let form = definitions
            .form(content.form.as_str(), Some(content.form_version))
            .ok_or_else(|| Error::not_found("form"))?;
        Ok(RecordView {
            line,
            form: form.clone(),
            rulebook: self.rulebook_of(c, &content.point, row.signed_at)?,
            instruments: register::instruments(c, &content.point)?,
            bottles: bottles(c, &content.point, None)?,
            last_done: done::last(c, &content.point, &content.form, content.record, Some(begun_on))?,
            answers: content.answers,
            // Their bytes are on the other tablet and on the server.
            photos: vec![],
            verdicts: content.verdicts,
            begun_on,
            previous: BTreeMap::new(),
            people: vec![],
        })
    }

    /// The rules at a point on the day of the work; the nation's for a point that is gone.
    fn rulebook_of(
        &self,
        c: &Connection,
        point: &stackside_core::id::PointId,
        at: chrono::DateTime<chrono::Utc>,
    ) -> Result<Rulebook, Error> {
        let place = match register::point(c, point) {
            Ok(point) => point.jurisdiction,
            Err(_) => "CN".parse().map_err(Error::broken)?,
        };
        in_force(&self.definitions().rulebooks, &place, shanghai_date(at)).map_err(Error::broken)
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
            let times = self.times(c, &visit, &made)?;
            let (day, day_proof) = times.day();
            let left_with = self.finding_lines(c, &visit, times.left_with)?;
            let mut records = Vec::new();
            for record in made {
                records.push(self.line(c, &Standing::of(c, record)?)?);
            }
            let photos = photo::of_visit(c, id)?;
            let drafts = records.iter().filter(|line| line.state == RecordState::Draft);
            let work = VisitWork {
                state: visit.state,
                drafts: drafts.clone().count(),
                finished: drafts.filter(|line| line.problems == 0).count(),
                signed: records.iter().filter(|line| line.state == RecordState::Signed).count(),
                photos: photos.len(),
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
                reason: entry::sign_in(c, id)?.and_then(|signed_in| signed_in.reason),
                day,
                day_proof,
                left_with,
                photos: self.photo_lines(c, &photos)?,
                records,
                forms,
                next_step: work.next_step(),
                point: visit.point,
            })
        })
    }

    fn people(&self, c: &Connection) -> Result<Vec<String>, Error> {
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
        let (definitions, now) = (self.definitions(), self.clocks_within(c)?.best_time().0);
        let date = shanghai_date(now);
        let instruments = register::instruments(c, &point.id)?;
        let rules = in_force(&definitions.rulebooks, &point.jurisdiction, date).map_err(Error::broken)?;
        let mut lines = Vec::new();
        for form in definitions.forms_at(&point.jurisdiction, point.medium, &instruments, date) {
            if !visit && form.needs_visit {
                continue;
            }
            let duties = duties(c, form, &point.id, &instruments, &rules, now)?;
            lines.push(FormLine {
                code: form.code.clone(),
                title: form.title.clone(),
                standard: form.standard.clone(),
                purpose: form.purpose,
                urgency: duties.first().map(|due| due.urgency),
            });
        }
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
    let lasts = lasts(c, &record.point, &standing.instruments, &record.form, Some(record.id))?;
    for (of, (_, answers)) in lasts {
        let of = of.as_ref().map(|id| id.as_str());
        let mine = answers.0.into_iter().filter(|(key, _)| key.row.as_deref() == of && key.line.is_none());
        previous.extend(mine.map(|(key, answer)| (key, answer.text)));
    }
    Ok(previous)
}

fn name_of(c: &Connection, person: &PersonId) -> Result<String, Error> {
    Ok(register::person(c, person)?.map_or_else(|| person.to_string(), |row| row.name))
}
