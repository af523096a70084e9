//! When things of a visit were, by the device's own log.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use chrono::NaiveDate;
use rusqlite::Connection;
use stackside_core::act::Act;
use stackside_core::clock::{Clocks, TimeProof};
use stackside_core::id::RecordId;
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
    pub signed_out: Option<ProvenTime>,
    /// What was pointed out before the sign-out.
    pub left_with: Vec<Finding>,
}

impl Times {
    /// The day of the visit.
    pub fn day(&self) -> (NaiveDate, TimeProof) {
        day_of_visit(self.signed_in, self.signed.iter().map(|(_, time)| *time))
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
    SignOut(Vec<Finding>),
}

impl Inner {
    /// When a visit and its `records` were.
    pub(super) fn times(&self, c: &Connection, visit: &Visit, records: &[Record]) -> Result<Times, Error> {
        let seals = records.iter().filter_map(|one| Some((one.seal.as_ref()?, one.id)));
        let seals: BTreeMap<_, _> = seals.map(|(seal, id)| ((seal.log, seal.seq), id)).collect();
        let awaited = 1 + seals.len() + usize::from(visit.state == VisitState::Closed);
        let mut boots = Boots::default();
        let mut parts: Vec<(Part, Clocks)> = vec![];
        entry::each_since_sign_in(c, visit.id, |header, sign_out| {
            let clocks = header.clocks;
            let is_of_their_boots = parts.iter().any(|(_, one)| one.boot_id == clocks.boot_id);
            let is_known = parts.iter().all(|(_, one)| !boots.is_open(one));
            // What comes in a later boot, and once their boots are known, says nothing more.
            if parts.len() >= awaited && (is_known || !is_of_their_boots) {
                return ControlFlow::Break(());
            }
            boots.learn(&clocks);
            let part = match seals.get(&(header.log, header.seq)) {
                _ if parts.is_empty() => Some(Part::SignIn),
                Some(record) => Some(Part::Record(*record)),
                None => match sign_out {
                    Some(Act::SignedOut { findings, .. }) => Some(Part::SignOut(findings)),
                    _ => None,
                },
            };
            parts.extend(part.map(|part| (part, clocks)));
            ControlFlow::Continue(())
        })?;
        boots.learn(&self.clocks_within(c)?);
        // A log that was mended may have lost the sign-in.
        let unproven = |at| ProvenTime { at, proof: TimeProof::Unproven };
        let mut times = Times {
            signed_in: unproven(visit.signed_in_at),
            signed: vec![],
            signed_out: visit.signed_out_at.map(unproven),
            left_with: vec![],
        };
        for (part, clocks) in parts {
            let time = boots.time_of(&clocks);
            match part {
                Part::SignIn => times.signed_in = time,
                Part::Record(record) => times.signed.push((record, time)),
                Part::SignOut(findings) => {
                    (times.signed_out, times.left_with) = (Some(time), findings);
                }
            }
        }
        Ok(times)
    }
}
