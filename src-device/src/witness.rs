//! Bears witness: what happened becomes an entry of the evidence log, in one transaction with the rows it is about.

use std::sync::PoisonError;

use rusqlite::{Connection, Transaction};
use stackside_core::act::Act;
use stackside_core::clock::Clocks;
use stackside_core::evidence::{self, Entry, Header, Tip};
use stackside_core::id::PersonId;

use crate::device::Inner;
use crate::error::Error;
use crate::keys::DeviceKey;
use crate::store::entry::{self, Log, Subject};
use crate::store::setting::{self, Contact, ReceiptCame};

/// An act, and what it is about.
pub(crate) struct Told {
    pub act: Act,
    pub subject: Subject,
}

impl Told {
    pub fn of(act: Act, subject: Subject) -> Self {
        Self { act, subject }
    }
}

impl Inner {
    /// The three clocks now.
    pub fn clocks(&self) -> Result<Clocks, Error> {
        self.store.read(|c| self.clocks_within(c))
    }

    /// As [`Inner::clocks`], inside a read: there are two readers, and a handler that waited for both could wait for
    /// ever.
    pub fn clocks_within(&self, connection: &Connection) -> Result<Clocks, Error> {
        let boot_id = self.clock.boot_id();
        let mut satellite = self.tracker.samples().satellite;
        if satellite.is_none() {
            let last = entry::last_clocks(connection)?;
            satellite = last.filter(|clocks| clocks.boot_id == boot_id).and_then(|clocks| clocks.satellite);
        }
        let came: Option<ReceiptCame> = setting::get(connection, setting::RECEIPT_CAME)?;
        let receipt = came.filter(|came| came.boot_id == boot_id).map(|came| came.heard);
        Ok(Clocks { wall: self.clock.wall(), boot_ms: self.clock.boot_ms(), boot_id, satellite, receipt })
    }

    /// Signs one entry for each act, then writes them with their rows: all or none. `write` gets the acts' headers.
    pub fn bear_witness<T>(
        &self,
        technician: Option<&PersonId>,
        clocks: &Clocks,
        acts: Vec<Told>,
        write: impl FnOnce(&Transaction<'_>, &[Header]) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let _turn = self.log_turn.lock().unwrap_or_else(PoisonError::into_inner);
        let (log, tip, of_clocks) = self.store.read(|c| {
            let log = entry::current(c)?.ok_or_else(|| Error::broken("there is no log"))?;
            let tip = entry::tip(c, &log)?;
            Ok((log, tip, told_by_clocks(c, clocks)?))
        })?;
        let own = of_clocks.len();
        let mut next = tip.clone();
        let mut made = Vec::new();
        for Told { act, subject } in of_clocks.into_iter().chain(acts) {
            let (entry, header) = self.make(&act, &next, technician, clocks)?;
            next.follow(&header, entry.hash()).map_err(Error::broken)?;
            made.push((entry, header, subject));
        }
        self.store.write(|transaction| {
            recheck(transaction, &log, &tip)?;
            for (entry, header, subject) in &made {
                entry::add(transaction, entry, header, subject)?;
            }
            let headers: Vec<Header> = made.iter().skip(own).map(|(_, header, _)| header.clone()).collect();
            write(transaction, &headers)
        })
    }

    /// Signs one entry after `tip`, by the key of the tip's device.
    pub fn make(
        &self,
        act: &Act,
        tip: &Tip,
        technician: Option<&PersonId>,
        clocks: &Clocks,
    ) -> Result<(Entry, Header), Error> {
        let key = DeviceKey { keys: self.keys.as_ref(), device: tip.device };
        evidence::make(act, tip, technician.cloned(), clocks.clone(), &key).map_err(|error| match error {
            evidence::MakeError::Key(error) => Error::Key(error),
            other => Error::broken(other),
        })
    }

    /// Puts into the log of an enrolled tablet what happened to the clocks since the last look: between two acts a clock may
    /// be set back and forward again.
    pub fn look_at_clocks(&self) -> Result<(), Error> {
        let (clocks, told) = self.store.read(|c| {
            let clocks = self.clocks_within(c)?;
            let told = told_by_clocks(c, &clocks)?;
            Ok((clocks, told))
        })?;
        if told.is_empty() {
            return Ok(());
        }
        self.bear_witness(None, &clocks, vec![], |_, _| Ok(()))
    }
}

/// Acts of their own if the clocks did since the last entry or contact what clocks do not do by themselves.
fn told_by_clocks(connection: &Connection, now: &Clocks) -> Result<Vec<Told>, Error> {
    let Some(entry) = entry::last_clocks(connection)? else { return Ok(vec![]) };
    let contact: Option<Contact> = setting::get(connection, setting::CONTACT)?;
    let mut acts = vec![];
    if entry.boot_id != now.boot_id {
        acts.push(Act::Restarted { wall_moved_ms: (now.wall - entry.wall).num_milliseconds() });
    }
    let (from_minutes, to_minutes) = (entry.zone_minutes(), now.zone_minutes());
    if from_minutes != to_minutes {
        acts.push(Act::ZoneChanged { from_minutes, to_minutes });
    }
    // Against the later of the two that belong to this boot.
    let seen = contact.map(|contact| contact.clocks).into_iter().chain([entry]);
    let before = seen.filter(|clocks| clocks.boot_id == now.boot_id).max_by_key(|clocks| clocks.boot_ms);
    if let Some(moved) = before.and_then(|before| now.jump_since(&before)) {
        acts.push(Act::ClockJumped { moved_ms: moved.num_milliseconds() });
    }
    Ok(acts.into_iter().map(|act| Told::of(act, Subject::default())).collect())
}

/// Sign first, then `BEGIN IMMEDIATE`, then look again whether the entries still follow.
fn recheck(transaction: &Transaction<'_>, log: &Log, tip: &Tip) -> Result<(), Error> {
    let now = entry::current(transaction)?.ok_or_else(|| Error::broken("there is no log"))?;
    if now.id == log.id && entry::tip(transaction, &now)? == *tip {
        Ok(())
    } else {
        Err(Error::broken("the log moved on while an entry was signed"))
    }
}
