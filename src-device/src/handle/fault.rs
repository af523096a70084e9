//! 故障: noticing one, noting its steps, and what the screen shows of it.

use chrono::{DateTime, Utc};
use rusqlite::Connection;
use stackside_core::act::Act;
use stackside_core::command::{
    AddFaultStep, CommandError, Event, FaultLine, FaultStepLine, FaultView, FormLine, GetFault, GetFaults,
    OpenFaultRecord, StartFault, Workplace,
};
use stackside_core::definition::Definitions;
use stackside_core::fault::{Fault, FaultStep, Noted, Step, StepKind};
use stackside_core::form::{AnswerError, Form, Prefill};
use stackside_core::id::{FaultId, FormCode, PointId, RecordId};
use stackside_core::record::RecordState;
use stackside_core::register::{Medium, Person};

use super::known::Place;
use super::visit::check_words;
use crate::device::{Device, Handle, Inner, closed, new_id};
use crate::error::Error;
use crate::store::entry::Subject;
use crate::store::{fault, listed, register, visit};
use crate::witness::Told;

/// The longest words on a step, in characters.
const LONGEST_WORDS: usize = 1000;
/// How many records are offered as proof of a step.
const RECORDS: u32 = 20;

/// Notes where a fault stands by the rules of its point.
pub(crate) fn note(c: &Connection, definitions: &Definitions, fault: &Fault) -> Result<(), Error> {
    let point = register::point(c, &fault.point).ok();
    let rules = fault.rules(&definitions.rulebooks, point.as_ref());
    fault::put(c, fault, fault.is_open(&rules))
}

fn known(c: &Connection, id: FaultId) -> Result<Fault, Error> {
    fault::find(c, id)?.ok_or_else(|| Error::not_found("fault"))
}

impl Inner {
    fn start_fault(&self, person: &Person, command: StartFault) -> Result<FaultId, Error> {
        let StartFault { point, part, instrument, at, words } = command;
        let id = FaultId::new(new_id());
        let step = FaultStep {
            fault: id,
            point,
            technician: person.id.clone(),
            visit: None,
            at,
            words,
            step: Step::Noticed { part, instrument },
            record: None,
            replaces: None,
        };
        self.store.read(|c| register::point(c, &step.point))?;
        self.note_step(person, None, step)?;
        Ok(id)
    }

    fn add_fault_step(&self, person: &Person, command: AddFaultStep) -> Result<(), Error> {
        let AddFaultStep { fault: id, step, at, words, record, replaces } = command;
        let fault = self.store.read(|c| known(c, id))?;
        let kind = step.kind();
        let is_replaced = |one: &&Noted| Some(one.stamp.entry.hash) == replaces;
        let may_replace =
            |one: &Noted| one.stands && [one.step.step.kind(), StepKind::Withdrawn].contains(&kind);
        if replaces.is_some() && !fault.steps().iter().find(is_replaced).is_some_and(may_replace) {
            return Err(Error::not_found("step"));
        }
        if fault.withdrawn().is_some() {
            return Err(closed());
        }
        let step = FaultStep {
            fault: id,
            point: fault.point.clone(),
            technician: person.id.clone(),
            visit: None,
            at,
            words,
            step,
            record,
            replaces: replaces.or_else(|| fault.to_replace(kind)),
        };
        self.note_step(person, Some(&fault), step)
    }

    /// Bears witness to a step that makes sense after what is known.
    fn note_step(&self, person: &Person, fault: Option<&Fault>, mut step: FaultStep) -> Result<(), Error> {
        step.words = step.words.trim().to_owned();
        check_words("words", &step.words, LONGEST_WORDS)?;
        let clocks = self.clocks()?;
        Fault::check(fault, &step, clocks.best_time().0)
            .map_err(|(field, why)| Error::invalid(field, why))?;
        let id = step.fault;
        step.visit = self.store.read(|c| {
            if let Step::Noticed { instrument: Some(instrument), .. } = &step.step
                && !register::instruments(c, &step.point)?.iter().any(|one| one.id == *instrument)
            {
                return Err(Error::invalid("instrument", AnswerError::UnknownInstrument));
            }
            visit::open_at(c, &person.id, &step.point)
        })?;
        let subject = Subject { point: Some(step.point.to_string()), record: None };
        let told = Told::of(Act::FaultStep(Box::new(step)), subject);
        let definitions = self.definitions();
        self.bear_witness(Some(&person.id), &clocks, vec![told], |t, _| note(t, &definitions, &known(t, id)?))
    }

    fn fault_line(&self, c: &Connection, fault: &Fault, now: DateTime<Utc>) -> Result<FaultLine, Error> {
        let point = register::point(c, &fault.point).ok();
        let definitions = self.definitions();
        let rules = fault.rules(&definitions.rulebooks, point.as_ref());
        let medium = point.as_ref().map_or(Medium::Gas, |point| point.medium);
        let discharger = point.as_ref().map(|point| register::discharger_name(c, &point.discharger));
        let noticed = fault.standing(StepKind::Noticed).next().map(|one| &one.step);
        let factor = match noticed.map(|one| &one.step) {
            Some(Step::Noticed { instrument: Some(id), .. }) => register::instruments(c, &fault.point)?
                .into_iter()
                .find(|one| one.id == *id)
                .map(|one| one.factor),
            _ => None,
        };
        Ok(FaultLine {
            id: fault.id,
            point: fault.point.clone(),
            point_name: point.map_or_else(|| fault.point.to_string(), |point| point.name),
            discharger_name: discharger.transpose()?.unwrap_or_default(),
            noticed_at: noticed.map(|one| one.at),
            part: fault.part(),
            factor,
            words: noticed.map(|one| one.words.clone()).unwrap_or_default(),
            asks: fault.asks(&rules),
            done: StepKind::LINE.into_iter().filter(|kind| fault.at(*kind).is_some()).collect(),
            clocks: fault.clocks(&rules, medium, now),
            is_withdrawn: fault.withdrawn().is_some(),
        })
    }

    fn fault_lines(&self, point: Option<&PointId>) -> Result<Vec<FaultLine>, Error> {
        self.store.read(|c| {
            let now = self.clocks_within(c)?.best_time().0;
            let found = fault::list(c, point)?.into_iter();
            found.map(|id| self.fault_line(c, &known(c, id)?, now)).collect()
        })
    }

    fn fault_view(&self, person: &Person, id: FaultId) -> Result<FaultView, Error> {
        self.store.read(|c| {
            let fault = known(c, id)?;
            let line = self.fault_line(c, &fault, self.clocks_within(c)?.best_time().0)?;
            let open_visit = visit::open_at(c, &person.id, &fault.point)?;
            let mut steps = vec![];
            for one in fault.steps() {
                steps.push(self.fault_step_line(c, person, one)?);
            }
            let (listed, _) = listed::list(c, &person.id, Some(&fault.point), 0, RECORDS)?;
            let mut records = self.record_lines(c, &listed, &person.id)?;
            records.retain(|one| {
                one.state == RecordState::Signed
                    && !one.marks.is_void
                    && line.noticed_at.is_none_or(|noticed| one.at >= noticed)
            });
            Ok(FaultView {
                forms: self.forms_of_fault(c, &fault.point, open_visit.is_some())?,
                instruments: register::instruments(c, &fault.point)?,
                visit: open_visit,
                line,
                steps,
                records,
            })
        })
    }

    fn fault_step_line(&self, c: &Connection, person: &Person, one: &Noted) -> Result<FaultStepLine, Error> {
        let step = &one.step;
        let title = |record| self.signed_line(c, record, &person.id).ok().map(|line| line.title);
        Ok(FaultStepLine {
            hash: one.stamp.entry.hash,
            at: step.at,
            words: step.words.clone(),
            record: step.record.map(|record| (record, title(record))),
            stamp: self.stamp_line(c, &one.stamp)?,
            stands: one.stands,
            is_of_step: step.step.kind() == StepKind::Withdrawn && step.replaces.is_some(),
            step: step.step.clone(),
        })
    }

    /// The forms that take over what a fault knows, of those that can be begun now.
    fn forms_of_fault(
        &self,
        c: &Connection,
        point: &PointId,
        is_in_visit: bool,
    ) -> Result<Vec<FormLine>, Error> {
        let Ok(point) = register::point(c, point) else { return Ok(vec![]) };
        let definitions = self.definitions();
        let mut forms = self.forms_at(c, &point, is_in_visit)?;
        forms.retain(|line| definitions.form(line.code.as_str(), None).is_some_and(is_about_faults));
        Ok(forms)
    }

    fn open_fault_record(&self, person: &Person, id: FaultId, code: &FormCode) -> Result<RecordId, Error> {
        let now = self.now()?;
        self.store.write(|t| {
            let fault = known(t, id)?;
            let needs_visit =
                self.definitions().form(code.as_str(), None).is_some_and(|form| form.needs_visit);
            let workplace = match visit::open_at(t, &person.id, &fault.point)? {
                Some(visit) if needs_visit => Workplace::Visit(visit),
                _ => Workplace::Point(fault.point.clone()),
            };
            let place = Place::of(t, &workplace, &person.id)?;
            self.open_at(t, person, &place, code, now, Some(&fault))
        })
    }
}

fn is_about_faults(form: &Form) -> bool {
    let fields = form.sections.iter().flat_map(|section| &section.fields);
    fields.filter_map(|field| field.prefill.as_ref()).any(|prefill| matches!(prefill, Prefill::Fault(_)))
}

impl Handle<GetFaults> for Device {
    fn handle(&self, GetFaults { point }: GetFaults) -> Result<Vec<FaultLine>, CommandError> {
        self.0.person()?;
        Ok(self.0.fault_lines(point.as_ref())?)
    }
}

impl Handle<GetFault> for Device {
    fn handle(&self, GetFault { fault }: GetFault) -> Result<FaultView, CommandError> {
        let person = self.0.person()?;
        Ok(self.0.fault_view(&person, fault)?)
    }
}

impl Handle<StartFault> for Device {
    fn handle(&self, command: StartFault) -> Result<FaultId, CommandError> {
        let person = self.0.person()?;
        let fault = self.0.start_fault(&person, command)?;
        self.0.tell(Event::Store);
        self.0.sync.wake();
        Ok(fault)
    }
}

impl Handle<AddFaultStep> for Device {
    fn handle(&self, command: AddFaultStep) -> Result<(), CommandError> {
        let person = self.0.person()?;
        self.0.add_fault_step(&person, command)?;
        self.0.tell(Event::Store);
        self.0.sync.wake();
        Ok(())
    }
}

impl Handle<OpenFaultRecord> for Device {
    fn handle(&self, OpenFaultRecord { fault, form }: OpenFaultRecord) -> Result<RecordId, CommandError> {
        let person = self.0.person()?;
        let record = self.0.open_fault_record(&person, fault, &form)?;
        self.0.tell(Event::Store);
        Ok(record)
    }
}
