//! 审核: what was said of a record, and 申诉, the other way out besides a correction.

use rusqlite::Connection;
use stackside_core::act::{Act, Appealed, Strokes};
use stackside_core::command::{
    AppealLine, AppealReview, CommandError, Event, GetReturned, GetReviewed, RecordsPage, ReturnedLine,
    ReviewLine,
};
use stackside_core::form::Form;
use stackside_core::id::{PersonId, RecordId};
use stackside_core::record::{History, Version};
use stackside_core::register::Person;
use stackside_core::review::{Review, ReviewState, Standing};

use super::history::{history_if_known, history_of};
use super::known::own_signed;
use super::sign::check_strokes;
use super::void::spoken;
use crate::device::{Device, Handle, Inner, closed};
use crate::error::Error;
use crate::store::entry::{self, Subject};
use crate::store::file::{self, FileKind};
use crate::store::review;
use crate::witness::Told;

/// More than these nobody answers in a day.
const LINES: u32 = 50;

/// Notes anew where a record stands, after a review came or something was done with it; nothing for one that is not known
/// here.
pub(crate) fn draw(c: &Connection, record: RecordId) -> Result<(), Error> {
    match history_if_known(c, record)? {
        Some(history) => review::draw(c, record, &history),
        None => Ok(()),
    }
}

/// The review that a person has to answer here; nothing once it is answered, or where it is another's.
pub(super) fn asked(c: &Connection, record: RecordId, person: &PersonId) -> Result<Option<Review>, Error> {
    if review::state(c, record)? != ReviewState::Returned || own_signed(c, record, person).is_err() {
        return Ok(None);
    }
    let (history, reviews) = (history_of(c, record)?, review::of_record(c, record)?);
    Ok(Standing::of(&history, &reviews).review.cloned())
}

impl Inner {
    /// What counts for the newest version of a record.
    pub(super) fn review_of(
        &self,
        c: &Connection,
        record: RecordId,
        form: Option<&Form>,
        person: &PersonId,
    ) -> Result<Option<ReviewLine>, Error> {
        let reviews = review::of_record(c, record)?;
        if reviews.is_empty() {
            return Ok(None);
        }
        let Some(history) = history_if_known(c, record)? else { return Ok(None) };
        let Some(counts) = Standing::of(&history, &reviews).review else { return Ok(None) };
        let line = self.review_line(c, history.newest(), counts, form)?;
        let asks_me = asked(c, record, person)?.is_some();
        Ok(Some(ReviewLine { asks_me, ..line }))
    }

    /// All that was said of a version, oldest first.
    pub(super) fn reviews_of(
        &self,
        c: &Connection,
        version: &Version,
        reviews: &[Review],
        form: Option<&Form>,
    ) -> Result<Vec<ReviewLine>, Error> {
        let of_it = reviews.iter().filter(|review| review.version == version.stamp.entry);
        of_it.map(|review| self.review_line(c, version, review, form)).collect()
    }

    fn review_line(
        &self,
        c: &Connection,
        version: &Version,
        said: &Review,
        form: Option<&Form>,
    ) -> Result<ReviewLine, Error> {
        let appeal = version.appeals.iter().find(|(_, appeal)| appeal.review == said.id);
        let appeal = match appeal {
            Some((stamp, act)) => {
                Some(AppealLine { reason: act.reason.clone(), stamp: self.stamp_line(c, stamp)? })
            }
            None => None,
        };
        let first = match form {
            Some(form) => said.first_comment(form),
            None => said.comments.keys().next(),
        };
        Ok(ReviewLine {
            verdict: said.verdict,
            reviewer: said.reviewer.clone(),
            at: said.at,
            general: said.general.clone(),
            first: first.cloned(),
            comments: said.comments.clone(),
            appeal,
            asks_me: false,
        })
    }

    /// What was returned to a person, whichever tablet it was signed on.
    fn returned(&self, person: &Person) -> Result<Vec<ReturnedLine>, Error> {
        self.store.read(|c| {
            let mut lines = vec![];
            for record in review::standing(c, ReviewState::Returned, LINES)?.0 {
                let Some(history) = history_if_known(c, record)? else { continue };
                if history.newest().content.technician != person.id {
                    continue;
                }
                let form = self.form_of(&history);
                let said = self.review_of(c, record, form.as_ref(), &person.id)?;
                if let Some(review) = said {
                    lines.push(ReturnedLine { line: self.signed_line(c, record, &person.id)?, review });
                }
            }
            Ok(lines)
        })
    }

    fn form_of(&self, history: &History) -> Option<Form> {
        let content = &history.newest().content;
        self.definitions().form(content.form.as_str(), Some(content.form_version)).cloned()
    }

    fn reviewed(&self, person: &Person, state: ReviewState) -> Result<RecordsPage, Error> {
        self.store.read(|c| {
            let (records, total) = review::standing(c, state, LINES)?;
            Ok(RecordsPage { records: self.record_lines(c, &records, &person.id)?, total })
        })
    }

    fn appeal(
        &self,
        person: &Person,
        record: RecordId,
        reason: &str,
        strokes: &Strokes,
    ) -> Result<(), Error> {
        check_strokes(strokes)?;
        let reason = spoken(reason)?;
        let (signed, returned) = self.store.read(|c| {
            let returned = asked(c, record, &person.id)?.ok_or_else(closed)?;
            Ok((own_signed(c, record, &person.id)?, returned))
        })?;
        let clocks = self.clocks()?;
        let signature = self.keep_strokes(strokes)?;
        let act = Appealed {
            record,
            visit: signed.visit,
            point: signed.point.clone(),
            version: returned.version.clone(),
            review: returned.id,
            reason,
            technician: person.id.clone(),
            signature: signature.clone(),
        };
        let about = Subject { point: Some(signed.point.to_string()), record: Some(record.to_string()) };
        let told = Told::of(Act::Appealed(Box::new(act)), about);
        self.bear_witness(Some(&person.id), &clocks, vec![told], |t, entries| {
            let entry = entries.last().ok_or_else(|| Error::broken("no entry was made"))?;
            draw(t, record)?;
            // Corrected, voided or reviewed anew meanwhile: it would not be about what was seen.
            if review::state(t, record)? != ReviewState::Appealed {
                return Err(closed());
            }
            file::add(t, &signature, FileKind::Signature, clocks.best_time().0, entry.log, entry.seq)
        })
    }

    /// Where the record stands whose newest version an entry is.
    pub(super) fn review_of_entry(
        &self,
        c: &Connection,
        line: &entry::Line,
    ) -> Result<Option<ReviewState>, Error> {
        let Some(record) = line.record.as_deref().and_then(|id| id.parse::<RecordId>().ok()) else {
            return Ok(None);
        };
        let state = review::state(c, record)?;
        if state == ReviewState::NotReviewed {
            return Ok(None);
        }
        let newest = history_if_known(c, record)?;
        let is_newest = newest.is_some_and(|history| {
            let entry = &history.newest().stamp.entry;
            (entry.log, entry.seq) == (line.log, line.seq)
        });
        Ok(is_newest.then_some(state))
    }
}

impl Handle<GetReturned> for Device {
    fn handle(&self, _: GetReturned) -> Result<Vec<ReturnedLine>, CommandError> {
        let person = self.0.person()?;
        Ok(self.0.returned(&person)?)
    }
}

impl Handle<GetReviewed> for Device {
    fn handle(&self, GetReviewed { state }: GetReviewed) -> Result<RecordsPage, CommandError> {
        let person = self.0.person()?;
        Ok(self.0.reviewed(&person, state)?)
    }
}

impl Handle<AppealReview> for Device {
    fn handle(&self, AppealReview { record, reason, strokes }: AppealReview) -> Result<(), CommandError> {
        let person = self.0.person()?;
        self.0.appeal(&person, record, &reason, &strokes)?;
        self.0.tell(Event::Store);
        self.0.sync.wake();
        Ok(())
    }
}
