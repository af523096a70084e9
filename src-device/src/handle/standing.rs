//! A record with what it is shown, checked and judged by.

use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::Connection;
use stackside_core::clock::shanghai_date;
use stackside_core::form::{AnswerError, AnswerKey, Answers, Problem, Site, check};
use stackside_core::judge::{self, Judgement, Verdict, judge};
use stackside_core::record::RecordState;
use stackside_core::register::Instrument;

use super::bottle::bottles;
use crate::error::Error;
use crate::store::photo::{self, Photo};
use crate::store::record::{self, Record, SignedSite};
use crate::store::{done, register};

/// A record with what it is shown, checked and judged by.
pub(super) struct Standing {
    pub record: Record,
    pub answers: Answers,
    pub site: SignedSite,
    pub photos: Vec<Photo>,
}

/// What stands at the point of a record: of a signed one as it was then, of a draft as it is known now. A correction is
/// about the work of then; a bottle that the register learned of since may be the right one all the same.
pub(super) fn site_of(c: &Connection, record: &Record) -> Result<SignedSite, Error> {
    let bottles_now = || bottles(c, &record.point, record.visit);
    match &record.site {
        Some(site) if record.state == RecordState::Signed => Ok(site.clone()),
        Some(site) => {
            let mut site = site.clone();
            for bottle in bottles_now()? {
                if site.bottles.iter().all(|known| known.id != bottle.id) {
                    site.bottles.push(bottle);
                }
            }
            Ok(site)
        }
        None => Ok(SignedSite {
            instruments: register::instruments(c, &record.point)?,
            bottles: bottles_now()?,
            last_done: done::last(c, &record.point, &record.form.code, record.id, None)?,
        }),
    }
}

/// The instruments of [`site_of`].
pub(super) fn instruments_of(c: &Connection, record: &Record) -> Result<Vec<Instrument>, Error> {
    match &record.site {
        Some(site) => Ok(site.instruments.clone()),
        None => register::instruments(c, &record.point),
    }
}

impl Standing {
    /// Of one version of a record.
    pub fn of(c: &Connection, record: Record) -> Result<Self, Error> {
        let site = site_of(c, &record)?;
        let answers = record::answers(c, record.id)?;
        let photos = photo::of_record(c, record.id)?;
        Ok(Self { record, answers, site, photos })
    }

    /// The Shanghai date on which it was begun.
    pub fn begun_on(&self) -> NaiveDate {
        shanghai_date(self.record.begun_at)
    }

    /// All verdicts over its answers as they stand.
    pub fn judgement(&self) -> Judgement {
        judge(&self.record.form, &self.answers, &self.site.instruments, &self.record.rulebook)
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
            instruments: &self.site.instruments,
            bottles: &self.site.bottles,
            last_done: &self.site.last_done,
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
