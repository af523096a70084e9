//! Work rests at a point or on an instrument, and goes on.

use chrono::{DateTime, Utc};
use stackside_core::act::Act;
use stackside_core::command::{CommandError, Event, PauseWork, ResumeWork};
use stackside_core::form::AnswerError;
use stackside_core::id::{InstrumentId, PointId};
use stackside_core::pause::{Halt, KnownHalt, Pause};

use super::visit::{LONGEST_REASON, check_words};
use crate::device::{Device, Handle, Inner, closed};
use crate::error::Error;
use crate::store::entry::{self, Subject};
use crate::store::{halt, register};
use crate::witness::Told;

/// What a technician says of a point or an instrument.
struct Said {
    point: PointId,
    instrument: Option<InstrumentId>,
    since: DateTime<Utc>,
    reason: String,
    goes_on: bool,
}

impl Inner {
    /// Bears witness that work rests or goes on. Refused where it does so already, or at a time that cannot be.
    fn halt(&self, said: Said) -> Result<(), Error> {
        let person = self.person()?;
        let Said { point, instrument, since, reason, goes_on } = said;
        let reason = reason.trim().to_owned();
        check_words("reason", &reason, LONGEST_REASON)?;
        if reason.is_empty() {
            return Err(Error::invalid("reason", AnswerError::ReasonMissing));
        }
        let clocks = self.clocks()?;
        let (instruments, pauses) = self.store.read(|c| {
            register::point(c, &point)?;
            Ok((register::instruments(c, &point)?, halt::of_point(c, &point)?))
        })?;
        if instrument.as_ref().is_some_and(|id| instruments.iter().all(|one| one.id != *id)) {
            return Err(Error::not_found("instrument"));
        }
        let mine = |pause: &&Pause| pause.instrument == instrument;
        let open = pauses.iter().filter(mine).find(|pause| pause.until.is_none());
        if open.is_some() != goes_on {
            return Err(closed());
        }
        let last = pauses.iter().filter(mine).filter_map(|pause| pause.until).max();
        let earliest = open.map(|pause| pause.since).or(last);
        if since > clocks.best_time().0 {
            return Err(Error::invalid("since", AnswerError::InTheFuture));
        }
        if earliest.is_some_and(|earliest| since < earliest) {
            return Err(Error::invalid("since", AnswerError::BeforeStart));
        }
        let halt =
            Halt { point: point.clone(), instrument, at: since, reason, technician: person.id.clone() };
        let act = if goes_on { Act::Resumed(halt.clone()) } else { Act::Paused(halt.clone()) };
        let told = Told::of(act, Subject { point: Some(point.to_string()), record: None });
        self.bear_witness(Some(&person.id), &clocks, vec![told], |t, entries| {
            let header = entries.last().ok_or_else(|| Error::broken("no entry was made"))?;
            let entry = entry::reference(t, header.log, header.seq)?.hash;
            halt::put(t, &KnownHalt { entry, goes_on, halt }, false)
        })?;
        self.tell(Event::Store);
        self.sync.wake();
        Ok(())
    }
}

impl Handle<PauseWork> for Device {
    fn handle(&self, said: PauseWork) -> Result<(), CommandError> {
        let PauseWork { point, instrument, since, reason } = said;
        Ok(self.0.halt(Said { point, instrument, since, reason, goes_on: false })?)
    }
}

impl Handle<ResumeWork> for Device {
    fn handle(&self, said: ResumeWork) -> Result<(), CommandError> {
        let ResumeWork { point, instrument, since, reason } = said;
        Ok(self.0.halt(Said { point, instrument, since, reason, goes_on: true })?)
    }
}
