//! A record with what it is shown, checked and judged by.

use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::Connection;
use stackside_core::clock::shanghai_date;
use stackside_core::form::{AnswerError, AnswerKey, Answers, LastDone, Problem, Site, check};
use stackside_core::judge::{self, Judgement, Verdict, judge};
use stackside_core::register::{Bottle, Instrument};

use super::bottle::bottles;
use crate::error::Error;
use crate::store::photo::{self, Photo};
use crate::store::record::{self, Record};
use crate::store::{done, register};

/// A record with what it is shown, checked and judged by.
pub(super) struct Standing {
    pub record: Record,
    pub answers: Answers,
    pub instruments: Vec<Instrument>,
    pub bottles: Vec<Bottle>,
    pub last_done: LastDone,
    pub photos: Vec<Photo>,
}

impl Standing {
    /// Of a signed record what it was signed with; of a draft what is known now.
    pub fn of(c: &Connection, record: Record) -> Result<Self, Error> {
        let (instruments, bottles, last_done) = match &record.seal {
            Some(seal) => (seal.instruments.clone(), seal.bottles.clone(), seal.last_done.clone()),
            None => (
                register::instruments(c, &record.point)?,
                bottles(c, &record.point, record.visit)?,
                done::last(c, &record.point, &record.form.code, record.id, None)?,
            ),
        };
        let answers = record::answers(c, record.id)?;
        let photos = photo::of_record(c, record.id)?;
        Ok(Self { record, answers, instruments, bottles, last_done, photos })
    }

    /// The Shanghai date on which it was begun.
    pub fn begun_on(&self) -> NaiveDate {
        shanghai_date(self.record.begun_at)
    }

    /// All verdicts over its answers as they stand.
    pub fn judgement(&self) -> Judgement {
        judge(&self.record.form, &self.answers, &self.instruments, &self.record.rulebook)
    }

    /// As signed; of a draft as they stand.
    pub fn verdicts(&self) -> Vec<Verdict> {
        match &self.record.seal {
            Some(seal) => seal.verdicts.clone(),
            None => self.judgement().verdicts,
        }
    }

    /// What stands in the way of signing a draft.
    pub fn problems(&self, now: DateTime<Utc>) -> Vec<Problem> {
        let photo_slots: Vec<String> = self.photos.iter().filter_map(|photo| photo.slot.clone()).collect();
        let site = Site {
            instruments: &self.instruments,
            bottles: &self.bottles,
            last_done: &self.last_done,
            begun_on: self.begun_on(),
            photo_slots: &photo_slots,
            now,
        };
        let mut problems = check(&self.record.form, &self.answers, &site);
        for more in judge::problems(&self.judgement().verdicts) {
            // A line that is not filled is named by the form already, by another of its columns.
            let is_line = matches!(more.error, AnswerError::TooFewLines { .. });
            let is_place = |other: &AnswerKey| {
                *other == more.key || is_line && other.sibling("") == more.key.sibling("")
            };
            let is_same = |other: &Problem| other.error == more.error && is_place(&other.key);
            if !problems.iter().any(is_same) {
                problems.push(more);
            }
        }
        problems
    }
}
