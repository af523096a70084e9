//! When things of a visit were, by the device's own log.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use chrono::NaiveDate;
use rusqlite::Connection;
use stackside_core::act::Act;
use stackside_core::clock::{Clocks, TimeProof};
use stackside_core::id::{LogId, RecordId};
use stackside_core::plausible::Finding;
use stackside_core::proven::{Boots, ProvenTime, day_of_visit};
use stackside_core::visit::VisitState;

use crate::device::Inner;
use crate::error::Error;
use crate::store::entry;
use crate::store::record::Record;
use crate::store::visit::Visit;

/// When things of a visit were, as well as it is known now.
pub(super) struct Times {
    pub signed_in: ProvenTime,
    /// The signed records in the order of the log.
    pub signed: Vec<(RecordId, ProvenTime)>,
    /// These, and the later entries that were asked for, in that order too.
    pub in_order: Vec<((LogId, u64), ProvenTime)>,
    pub signed_out: Option<ProvenTime>,
    /// What was pointed out before the sign-out.
    pub left_with: Vec<Finding>,
}

impl Times {
    /// The day of the visit.
    pub fn day(&self) -> (NaiveDate, TimeProof) {
        day_of_visit(self.signed_in, self.signed.iter().map(|(_, time)| *time))
    }
    /// When an entry was made that was asked for.
    pub fn of_entry(&self, log: LogId, seq: u64) -> Option<ProvenTime> {
        self.in_order.iter().find(|(place, _)| *place == (log, seq)).map(|(_, time)| *time)
    }
    /// When a record was signed.
    pub fn of_record(&self, record: RecordId) -> Option<ProvenTime> {
        self.signed.iter().find(|(id, _)| *id == record).map(|(_, time)| *time)
    }
}

/// What an entry of a visit is to it.
enum Part {
    SignIn,
    Record(RecordId),
    Later,
    SignOut(Vec<Finding>),
}

impl Inner {
    /// When a visit and its `records` were.
    pub(super) fn times(&self, c: &Connection, visit: &Visit, records: &[Record]) -> Result<Times, Error> {
        self.times_with(c, visit, records, &BTreeSet::new())
    }

    /// As [`Inner::times`]; and when `later` entries were made: corrections, voids, confirmations.
    pub(super) fn times_with(
        &self,
        c: &Connection,
        visit: &Visit,
        records: &[Record],
        later: &BTreeSet<(LogId, u64)>,
    ) -> Result<Times, Error> {
        let seals = records.iter().filter_map(|one| Some((one.seal.as_ref()?, one.id)));
        let seals: BTreeMap<_, _> = seals.map(|(seal, id)| ((seal.log, seal.seq), id)).collect();
        let more = later.iter().filter(|place| !seals.contains_key(place)).count();
        let awaited = 1 + seals.len() + more + usize::from(visit.state == VisitState::Closed);
        let mut boots = Boots::default();
        let mut parts: Vec<(Part, (LogId, u64), Clocks)> = vec![];
        entry::each_since_sign_in(c, visit.id, |header, sign_out| {
            let (place, clocks) = ((header.log, header.seq), header.clocks);
            let is_of_their_boots = parts.iter().any(|(.., one)| one.boot_id == clocks.boot_id);
            let is_known = parts.iter().all(|(.., one)| !boots.is_open(one));
            // What comes in a later boot, and once their boots are known, says nothing more.
            if parts.len() >= awaited && (is_known || !is_of_their_boots) {
                return ControlFlow::Break(());
            }
            boots.learn(&clocks);
            let part = match seals.get(&place) {
                _ if parts.is_empty() => Some(Part::SignIn),
                Some(record) => Some(Part::Record(*record)),
                None if later.contains(&place) => Some(Part::Later),
                None => match sign_out {
                    Some(Act::SignedOut { findings, .. }) => Some(Part::SignOut(findings)),
                    _ => None,
                },
            };
            parts.extend(part.map(|part| (part, place, clocks)));
            ControlFlow::Continue(())
        })?;
        boots.learn(&self.clocks_within(c)?);
        // A log that was mended may have lost the sign-in.
        let unproven = |at| ProvenTime { at, proof: TimeProof::Unproven };
        let mut times = Times {
            signed_in: unproven(visit.signed_in_at),
            signed: vec![],
            in_order: vec![],
            signed_out: visit.signed_out_at.map(unproven),
            left_with: vec![],
        };
        for (part, place, clocks) in parts {
            let time = boots.time_of(&clocks);
            if matches!(part, Part::Record(_) | Part::Later) {
                times.in_order.push((place, time));
            }
            match part {
                Part::SignIn => times.signed_in = time,
                Part::Record(record) => times.signed.push((record, time)),
                Part::Later => {}
                Part::SignOut(findings) => {
                    (times.signed_out, times.left_with) = (Some(time), findings);
                }
            }
        }
        Ok(times)
    }
}
