//! 企业确认: what the discharger's representative is shown, what they answer, and where that stands.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use rusqlite::Connection;
use stackside_core::act::Act;
use stackside_core::clock::{TimeProof, shanghai_date};
use stackside_core::command::{
    AwaitedLine, CommandError, Confirm, ConfirmationLine, ConfirmationView, Event, GetConfirmation, GivenLine,
};
use stackside_core::confirmation::{
    Answer, Confirmed, Content, Given, RecordTold, Representative, VisitTold, check_answer, left_minutes,
    standing,
};
use stackside_core::evidence::Entry;
use stackside_core::id::{LogId, PersonId, VisitId};
use stackside_core::photo::SendState;
use stackside_core::proven::ProvenTime;
use stackside_core::record::{History, RecordState, Stamp};
use stackside_core::register::Person;
use stackside_core::wire::ConfirmationElsewhere;

use super::day::Times;
use super::history::history_of;
use super::sign::check_strokes;
use super::view::name_of;
use crate::device::{Device, Handle, Inner, closed};
use crate::error::Error;
use crate::store::confirmation::{self, Kept};
use crate::store::entry::{self, Subject};
use crate::store::file::{self, FileKind};
use crate::store::record::{self, Record};
use crate::store::visit::{self, Visit};
use crate::store::{version, voided};
use crate::witness::Told;

/// So many of a person's last visits are looked at for one whose confirmation is awaited.
const LOOKED_BACK_DAYS: i64 = 2;

/// An answer, whoever keeps it.
struct Known {
    content: Content,
    answer: Answer,
    by: Representative,
    at: ProvenTime,
    is_in_portal: bool,
    send: SendState,
}

/// What is confirmed, and the entries that changed it.
struct Matter {
    content: Content,
    changes: BTreeSet<(LogId, u64)>,
}

impl Inner {
    /// What a visit's representative is shown; nothing where a mended log has lost what it is about.
    fn matter(&self, c: &Connection, visit: &Visit) -> Result<Option<Matter>, Error> {
        let Some(sign_in) = confirmation::sign_in(c, visit.id)? else { return Ok(None) };
        let (Ok(header), Ok(Act::SignedIn(act))) = (sign_in.read_header(), sign_in.read_act()) else {
            return Ok(None);
        };
        let mut signed: Vec<(History, Record, String)> = vec![];
        for first in record::of_visit(c, visit.id)?.into_iter().filter(|one| one.seal.is_some()) {
            let history = history_of(c, first.id)?;
            let newest = version::newest(c, first.id)?.unwrap_or(first);
            let signer = name_of(c, &history.newest().content.technician)?;
            signed.push((history, newest, signer));
        }
        let technician = name_of(c, &visit.person)?;
        let content = Content::of(VisitTold {
            sign_in: &Stamp::of(&sign_in, &header),
            act: &act,
            point: &visit.point.name,
            discharger: &visit.discharger_name,
            technician: &technician,
            records: signed.iter().map(told).collect(),
        });
        let voids = signed.iter().filter_map(|(history, ..)| history.voided().map(|(stamp, _)| &stamp.entry));
        let versions = content.records.iter().map(|record| &record.version);
        let changes = versions.chain(voids).map(|entry| (entry.log, entry.seq)).collect();
        Ok(Some(Matter { content, changes }))
    }

    /// Where the confirmation of a visit stands.
    pub(super) fn confirmation_line(
        &self,
        c: &Connection,
        visit: &Visit,
        records: &[Record],
        now: DateTime<Utc>,
    ) -> Result<Option<ConfirmationLine>, Error> {
        let Some(matter) = self.matter(c, visit)? else { return Ok(None) };
        let kept = confirmation::of_visit(c, visit.id)?;
        let own = kept.iter().filter_map(|kept| match kept {
            Kept::Own(log, seq) => Some((*log, *seq)),
            Kept::Elsewhere(_) => None,
        });
        let later = matter.changes.iter().copied().chain(own).collect();
        let times = self.times_with(c, visit, records, &later)?;
        let mut known = vec![];
        for kept in kept {
            known.extend(self.known(c, kept, &times)?);
        }
        known.sort_by_key(|one| one.at.at);
        let changed = times.in_order.iter().rfind(|(place, _)| matter.changes.contains(place));
        let last_change = changed.map_or(times.signed_in, |(_, time)| *time);
        let given: Vec<Given<'_>> = known.iter().map(Known::given).collect();
        let standing = standing(&matter.content, last_change, &given);
        let line = |one: Known| GivenLine {
            is_current: one.content.is_same_work(&matter.content),
            answer: one.answer,
            by: one.by,
            at: one.at.at,
            is_proven: one.at.proof != TimeProof::Unproven,
            is_in_portal: one.is_in_portal,
            send: one.send,
        };
        Ok(Some(ConfirmationLine {
            standing,
            left_minutes: left_minutes(standing.day, now),
            given: known.into_iter().rev().map(line).collect(),
        }))
    }

    fn known(&self, c: &Connection, kept: Kept, times: &Times) -> Result<Option<Known>, Error> {
        let of_entry = |entry: &Entry, at: Option<ProvenTime>, send| {
            let (Ok(header), Ok(Act::Confirmed(act))) = (entry.read_header(), entry.read_act()) else {
                return None;
            };
            let own = header.clocks.best_time();
            let at = at.unwrap_or(ProvenTime { at: own.0, proof: own.1 });
            let Confirmed { content, answer, by, .. } = *act;
            Some(Known { content, answer, by, at, is_in_portal: false, send })
        };
        Ok(match kept {
            Kept::Own(log, seq) => {
                let send = self.entry_state(c, log, seq)?;
                entry::at(c, log, seq)?.and_then(|entry| of_entry(&entry, times.of_entry(log, seq), send))
            }
            Kept::Elsewhere(ConfirmationElsewhere::Tablet(entry)) => of_entry(&entry, None, SendState::Held),
            Kept::Elsewhere(ConfirmationElsewhere::Portal(signed)) => {
                signed.read_unverified().ok().map(|word| Known {
                    content: word.content,
                    answer: word.answer,
                    by: word.by,
                    at: ProvenTime { at: word.server_time, proof: TimeProof::Receipt },
                    is_in_portal: true,
                    send: SendState::Held,
                })
            }
        })
    }

    /// The person's visits of the last days that are over and whose confirmation is awaited.
    pub(super) fn awaited(
        &self,
        c: &Connection,
        person: &PersonId,
        now: DateTime<Utc>,
    ) -> Result<Vec<AwaitedLine>, Error> {
        let since = now - chrono::TimeDelta::days(LOOKED_BACK_DAYS);
        let mut lines = vec![];
        for visit in visit::closed_since(c, person, since)? {
            if voided::entry(c, &visit.id.to_string())?.is_some() {
                continue;
            }
            let records = record::of_visit(c, visit.id)?;
            let Some(line) = self.confirmation_line(c, &visit, &records, now)? else { continue };
            if line.standing.state.is_awaited() && line.standing.day >= shanghai_date(since) {
                lines.push(AwaitedLine {
                    visit: visit.id,
                    point_name: visit.point.name,
                    discharger_name: visit.discharger_name,
                    standing: line.standing,
                    left_minutes: line.left_minutes,
                });
            }
        }
        lines.sort_by_key(|line| (line.left_minutes, line.visit));
        Ok(lines)
    }

    fn confirmation_view(&self, person: &Person, id: VisitId) -> Result<ConfirmationView, Error> {
        self.store.read(|c| {
            let visit = visit::of_person(c, id, &person.id)?;
            let content = self.what_is_shown(c, &visit)?;
            let (records, now) = (record::of_visit(c, id)?, self.clocks_within(c)?.best_time().0);
            let line = self.confirmation_line(c, &visit, &records, now)?;
            Ok(ConfirmationView {
                content_hash: content.hash().map_err(Error::broken)?,
                content,
                line: line.ok_or_else(|| Error::not_found("visit"))?,
                last: confirmation::last_representative(c, &visit.point.discharger)?,
            })
        })
    }

    /// What can be confirmed now. Refused as long as work is not signed, and once the visit counts no more.
    fn what_is_shown(&self, c: &Connection, visit: &Visit) -> Result<Content, Error> {
        if voided::entry(c, &visit.id.to_string())?.is_some() {
            return Err(closed());
        }
        let records = record::of_visit(c, visit.id)?;
        let drafts = records.iter().filter(|record| record.state == RecordState::Draft).count();
        if drafts > 0 {
            return Err(CommandError::DraftsLeft { drafts }.into());
        }
        let matter = self.matter(c, visit)?.ok_or_else(|| Error::not_found("visit"))?;
        match matter.content.records.is_empty() {
            true => Err(CommandError::NothingToConfirm.into()),
            false => Ok(matter.content),
        }
    }

    fn confirm(&self, person: &Person, command: Confirm) -> Result<(), Error> {
        let Confirm { visit: id, content_hash, answer, name, post, phone, strokes } = command;
        let invalid = |(field, why)| Error::invalid(field, why);
        let answer = check_answer(&answer).map_err(invalid)?;
        let by = Representative::of(&name, &post, &phone).map_err(invalid)?;
        check_strokes(&strokes)?;
        let as_shown = |c: &Connection| {
            let visit = visit::of_person(c, id, &person.id)?;
            let content = self.what_is_shown(c, &visit)?;
            match content.hash().map_err(Error::broken)? == content_hash {
                true => Ok((visit, content)),
                false => Err(CommandError::ContentChanged.into()),
            }
        };
        let (visit, content) = self.store.read(as_shown)?;
        let clocks = self.clocks()?;
        let signature = self.keep_strokes(&strokes)?;
        let point = visit.point.id;
        let subject = Subject { point: Some(point.to_string()), record: None };
        let act = Act::Confirmed(Box::new(Confirmed {
            visit: id,
            point,
            content,
            content_hash,
            answer,
            by,
            signature: signature.clone(),
            technician: person.id.clone(),
        }));
        self.bear_witness(Some(&person.id), &clocks, vec![Told::of(act, subject)], |t, entries| {
            let entry = entries.last().ok_or_else(|| Error::broken("no entry was made"))?;
            // Signed, corrected or voided meanwhile: it would not be what was seen.
            as_shown(t)?;
            let hash = entry::reference(t, entry.log, entry.seq)?.hash;
            confirmation::add(t, id, hash, entry)?;
            file::add(t, &signature, FileKind::Signature, clocks.best_time().0, entry.log, entry.seq)
        })
    }
}

fn told((history, newest, signer): &(History, Record, String)) -> RecordTold<'_> {
    RecordTold {
        history,
        form: Some(&newest.form),
        instruments: newest.site.as_ref().map(|site| site.instruments.as_slice()).unwrap_or_default(),
        signer,
    }
}

impl Known {
    fn given(&self) -> Given<'_> {
        Given { content: &self.content, answer: &self.answer, at: self.at }
    }
}

impl Handle<GetConfirmation> for Device {
    fn handle(&self, GetConfirmation { visit }: GetConfirmation) -> Result<ConfirmationView, CommandError> {
        let person = self.0.person()?;
        Ok(self.0.confirmation_view(&person, visit)?)
    }
}

impl Handle<Confirm> for Device {
    fn handle(&self, command: Confirm) -> Result<(), CommandError> {
        let person = self.0.person()?;
        self.0.confirm(&person, command)?;
        self.0.tell(Event::Store);
        self.0.sync.wake();
        Ok(())
    }
}
