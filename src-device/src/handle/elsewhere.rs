//! Records that other tablets signed, as the screen shows them.

use std::collections::BTreeMap;

use rusqlite::Connection;
use stackside_core::clock::shanghai_date;
use stackside_core::command::{RecordLine, RecordView};
use stackside_core::form::Label;
use stackside_core::id::PersonId;
use stackside_core::photo::SendState;
use stackside_core::record::RecordState;
use stackside_core::rulebook::{Rulebook, in_force};
use stackside_core::wire::RecordElsewhere;

use super::bottle::bottles;
use super::history::{history_of, marks_of};
use super::view::name_of;
use crate::device::Inner;
use crate::error::Error;
use crate::store::{done, register};

impl Inner {
    pub(super) fn line_elsewhere(&self, c: &Connection, row: &RecordElsewhere) -> Result<RecordLine, Error> {
        let history = history_of(c, row.content.record)?;
        let content = &history.newest().content;
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
            marks: marks_of(c, &history, history.corrections() + 1)?,
        })
    }

    /// A record from elsewhere: in its newest version, or in another.
    pub(super) fn view_elsewhere(
        &self,
        c: &Connection,
        row: RecordElsewhere,
        number: Option<u32>,
        person: &PersonId,
    ) -> Result<RecordView, Error> {
        let mut line = self.line_elsewhere(c, &row)?;
        let history = history_of(c, row.content.record)?;
        let number = number.unwrap_or(line.marks.version);
        let version = history.version(number).ok_or_else(|| Error::not_found("record"))?;
        line.marks = marks_of(c, &history, number)?;
        line.at = version.stamp.at;
        let voided = history.voided().map(|voided| self.void_line(c, voided)).transpose()?;
        let content = version.content.clone();
        let definitions = self.definitions();
        let begun_on = shanghai_date(row.signed_at);
        let form = definitions
            .form(content.form.as_str(), Some(content.form_version))
            .ok_or_else(|| Error::not_found("form"))?;
        let review = match line.marks.version == line.marks.versions {
            true => self.review_of(c, content.record, Some(form), person)?,
            false => None,
        };
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
            correction: None,
            review,
            voided,
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
}
