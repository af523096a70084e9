//! What the authorities' own checks would point out in a visit.

use rusqlite::Connection;
use stackside_core::command::{CheckVisit, CommandError, FindingLine, FindingSubject};
use stackside_core::plausible::{self, Finding, Limits, Stay};
use stackside_core::register::Instrument;

use super::day::Times;
use crate::device::{Device, Handle, Inner};
use crate::error::Error;
use crate::store::visit::{self, Visit};
use crate::store::{record, register, version, voided};

impl Inner {
    /// What is found in a visit as it stands.
    pub(super) fn findings(&self, c: &Connection, visit: &Visit) -> Result<Vec<Finding>, Error> {
        let records = record::of_visit(c, visit.id)?;
        let times = self.times(c, visit, &records)?;
        let mut others = vec![];
        for other in visit::around(c, visit)? {
            if voided::entry(c, &other.id.to_string())?.is_none() {
                others.push(stay(&other, &self.times(c, &other, &[])?));
            }
        }
        // What counts is looked at: a record in its newest version, and no void one.
        let mut counted = vec![];
        for first in &records {
            if !voided::is_void(c, first.id)? {
                let newest = version::newest(c, first.id)?.map_or(first.id, |newest| newest.id);
                counted.push((first, record::answers(c, newest)?));
            }
        }
        let checked: Vec<_> = counted
            .iter()
            .map(|(record, answers)| plausible::Record {
                id: record.id,
                form: Some(&record.form),
                answers,
                signed_at: times.of_record(record.id).map(|time| time.at),
            })
            .collect();
        let checked = plausible::Visit {
            stay: &stay(visit, &times),
            distance_m: visit.presence.distance_m,
            instruments: &register::instruments(c, &visit.point.id)?,
            records: &checked,
            now: self.clocks_within(c)?.best_time().0,
        };
        Ok(plausible::findings(&checked, &others, &Limits::default()))
    }

    /// Findings with the words that a screen needs.
    pub(super) fn finding_lines(
        &self,
        c: &Connection,
        visit: &Visit,
        findings: Vec<Finding>,
    ) -> Result<Vec<FindingLine>, Error> {
        let instruments = register::instruments(c, &visit.point.id)?;
        let mut lines = vec![];
        for finding in findings {
            let about = about(c, visit, &instruments, &finding)?;
            lines.push(FindingLine { finding, about });
        }
        Ok(lines)
    }
}

fn stay(visit: &Visit, times: &Times) -> Stay {
    Stay {
        visit: visit.id,
        station: visit.point.position,
        fix: visit.presence.fix.as_ref().map(|fix| fix.position),
        signed_in_at: times.signed_in.at,
        signed_out_at: times.signed_out.map(|time| time.at),
    }
}

fn about(
    c: &Connection,
    visit: &Visit,
    instruments: &[Instrument],
    finding: &Finding,
) -> Result<FindingSubject, Error> {
    let factor_of = |id: &str| {
        let found = instruments.iter().find(|instrument| instrument.id.as_str() == id);
        found.map_or_else(|| id.to_owned(), |instrument| instrument.factor.clone())
    };
    if let Some(other) = finding.other_visit() {
        let other = visit::of_person(c, other, &visit.person)?;
        return Ok(FindingSubject::OtherVisit {
            point_name: other.point.name,
            signed_in_at: other.signed_in_at,
        });
    }
    if let Finding::NoIdentity { instrument, .. } = finding {
        return Ok(FindingSubject::Instrument { factor: factor_of(instrument.as_str()) });
    }
    let Some(id) = finding.record() else { return Ok(FindingSubject::Visit) };
    let record = record::find(c, id)?.ok_or_else(|| Error::not_found("record"))?;
    let key = finding.key();
    let field = key.and_then(|key| {
        let section = record.form.section(&key.section)?;
        section.field(&key.field).or_else(|| section.column(&key.field)).map(|field| field.label.clone())
    });
    Ok(FindingSubject::Record {
        title: record.form.title.clone(),
        factor: key.and_then(|key| key.row.as_deref()).map(factor_of),
        field,
        is_signed: record.seal.is_some(),
    })
}

impl Handle<CheckVisit> for Device {
    fn handle(&self, CheckVisit { visit }: CheckVisit) -> Result<Vec<FindingLine>, CommandError> {
        let person = self.0.person()?;
        let lines = self.0.store.read(|c| {
            let visit = visit::of_person(c, visit, &person.id)?;
            self.0.finding_lines(c, &visit, self.0.findings(c, &visit)?)
        });
        Ok(lines?)
    }
}
