//! Rows as the screen shows them: lines of records and photos, whole visits and records.

use rusqlite::Connection;
use stackside_core::command::{FormLine, PhotoLine, RecordLine, RecordView, VisitView};
use stackside_core::form::{Answers, Form, Label, Problem, check};
use stackside_core::id::{PersonId, RecordId, VisitId};
use stackside_core::judge::{Verdict, judge};
use stackside_core::photo::SendState;
use stackside_core::record::RecordState;
use stackside_core::register::{Bottle, Instrument, Person};
use stackside_core::rulebook::{Rulebook, in_force};
use stackside_core::visit::{VisitState, VisitWork};
use stackside_core::wire::RecordElsewhere;

use crate::device::Inner;
use crate::error::Error;
use crate::store::last::{self, Listed};
use crate::store::photo::{self, Photo};
use crate::store::record::{self, Record};
use crate::store::{entry, file, register, visit};

/// A record with what it is shown and judged by.
pub(super) struct Standing {
    pub record: Record,
    pub answers: Answers,
    pub instruments: Vec<Instrument>,
    pub bottles: Vec<Bottle>,
    pub photos: Vec<Photo>,
}

impl Standing {
    /// What is missing in a draft.
    pub fn problems(&self, now: chrono::DateTime<chrono::Utc>) -> Vec<Problem> {
        let slots: Vec<String> = self.photos.iter().filter_map(|photo| photo.slot.clone()).collect();
        check(&self.record.form, &self.answers, &self.instruments, &self.bottles, &slots, now)
    }
    /// As signed; of a draft as they stand.
    pub fn verdicts(&self) -> Vec<Verdict> {
        match &self.record.seal {
            Some(seal) => seal.verdicts.clone(),
            None => judge(&self.record.form, &self.answers, &self.instruments, &self.record.rulebook),
        }
    }
}

impl Inner {
    pub(super) fn standing(&self, c: &Connection, record: Record) -> Result<Standing, Error> {
        let (instruments, bottles) = match &record.seal {
            Some(seal) => (seal.instruments.clone(), seal.bottles.clone()),
            None => (register::instruments(c, &record.point)?, register::bottles(c, &record.point)?),
        };
        let answers = record::answers(c, record.id)?;
        let photos = photo::of_record(c, record.id)?;
        Ok(Standing { record, answers, instruments, bottles, photos })
    }

    fn line(&self, c: &Connection, standing: &Standing) -> Result<RecordLine, Error> {
        let record = &standing.record;
        let (point_name, discharger_name) = match visit::of_person(c, record.visit, &record.person) {
            Ok(visit) => (visit.point.name, visit.discharger_name),
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
        let title = match self.form(content.form.as_str()) {
            Some(form) => form.title.clone(),
            None => Label { zh: content.form.to_string(), en: content.form.to_string() },
        };
        Ok(RecordLine {
            id: content.record,
            visit: content.visit,
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

    /// The newest version of a form.
    pub(super) fn form(&self, code: &str) -> Option<&Form> {
        self.forms.iter().filter(|form| form.code.as_str() == code).max_by_key(|form| form.version)
    }

    pub(super) fn record_lines(&self, c: &Connection, listed: &[Listed]) -> Result<Vec<RecordLine>, Error> {
        let mut lines = Vec::new();
        for Listed { record, elsewhere } in listed {
            if *elsewhere {
                let row = last::elsewhere(c, *record)?.ok_or_else(|| Error::not_found("record"))?;
                lines.push(self.line_elsewhere(c, &row)?);
            } else {
                let row = record::find(c, *record)?.ok_or_else(|| Error::not_found("record"))?;
                lines.push(self.line(c, &self.standing(c, row)?)?);
            }
        }
        Ok(lines)
    }

    pub(super) fn record_view(&self, id: RecordId, person: &PersonId) -> Result<RecordView, Error> {
        self.store.read(|c| match record::of_person(c, id, person) {
            Ok(record) => {
                let standing = self.standing(c, record)?;
                let line = self.line(c, &standing)?;
                let photos = self.photo_lines(c, &standing.photos)?;
                let verdicts = standing.verdicts();
                let Standing { record, answers, instruments, bottles, .. } = standing;
                let Record { form, rulebook, point, .. } = record;
                Ok(RecordView {
                    line,
                    form,
                    rulebook,
                    answers,
                    instruments,
                    bottles,
                    photos,
                    verdicts,
                    point,
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
        let same = |form: &&Form| form.code == content.form && form.version == content.form_version;
        let form = self.forms.iter().find(same).ok_or_else(|| Error::not_found("form"))?;
        Ok(RecordView {
            line,
            form: form.clone(),
            rulebook: self.rulebook_of(c, &content.point, row.signed_at)?,
            instruments: register::instruments(c, &content.point)?,
            bottles: register::bottles(c, &content.point)?,
            answers: content.answers,
            // Their bytes are on the other tablet and on the server.
            photos: vec![],
            verdicts: content.verdicts,
            point: content.point,
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
        in_force(&self.rulebooks, &place, stackside_core::clock::shanghai_date(at)).map_err(Error::broken)
    }

    pub(super) fn photo_lines(&self, c: &Connection, photos: &[Photo]) -> Result<Vec<PhotoLine>, Error> {
        let mut lines = Vec::new();
        for photo in photos {
            let Some(bytes) = &photo.file else { continue };
            let sent = file::find(c, bytes.sha256)?;
            lines.push(PhotoLine {
                id: photo.id,
                slot: photo.slot.clone(),
                source: photo.source,
                taken_at: bytes.taken_at,
                sha256: bytes.sha256,
                size_bytes: bytes.size_bytes,
                send: sent.map_or(SendState::Waiting, |file| self.file_state(&file)),
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
            let mut records = Vec::new();
            for record in record::of_visit(c, id)? {
                records.push(self.line(c, &self.standing(c, record)?)?);
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
                VisitState::Open => self.forms_for(&visit)?,
                VisitState::Closed => vec![],
            };
            Ok(VisitView {
                id,
                state: visit.state,
                discharger_name: visit.discharger_name,
                signed_in_at: visit.signed_in_at,
                signed_out_at: visit.signed_out_at,
                presence: visit.presence,
                photos: self.photo_lines(c, &photos)?,
                records,
                forms,
                next_step: work.next_step(),
                point: visit.point,
            })
        })
    }

    fn forms_for(&self, visit: &visit::Visit) -> Result<Vec<FormLine>, Error> {
        let date = stackside_core::clock::shanghai_date(visit.signed_in_at);
        let fits = |form: &&Form| {
            form.medium == visit.point.medium
                && form.valid_from <= date
                && form.jurisdiction.covers(&visit.point.jurisdiction)
        };
        let line = |form: &Form| FormLine {
            code: form.code.clone(),
            title: form.title.clone(),
            standard: form.standard.clone(),
        };
        Ok(self.forms.iter().filter(fits).map(line).collect())
    }
}

fn name_of(c: &Connection, person: &PersonId) -> Result<String, Error> {
    Ok(register::person(c, person)?.map_or_else(|| person.to_string(), |row| row.name))
}
