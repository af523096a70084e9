//! What comes down: the register and records from elsewhere, page by page, each in one transaction with its cursor.

use rusqlite::{Connection, Transaction};
use stackside_core::act::Act;
use stackside_core::command::Event;
use stackside_core::definition::Definitions;
use stackside_core::evidence::PublicKey;
use stackside_core::fault::Fault;
use stackside_core::sync::SendFailure;
use stackside_core::wire::{
    Change, ChangesReply, ConfirmationElsewhere, FaultElsewhere, RecordElsewhere, WIRE_VERSION,
};

use super::contact::{self, Refusal, Server, broken};
use crate::definitions::Growing;
use crate::device::Inner;
use crate::error::Error;
use crate::handle::{draw_review, note_fault};
use crate::seal;
use crate::store::definition::DefinitionSource;
use crate::store::{
    confirmation, done, fault, halt, last, listed, record, register, review, setting, voided,
};

/// Takes all pages that there are now.
pub(super) async fn take(device: &Inner, server: &Server) -> Result<(), SendFailure> {
    loop {
        let since = device.store.read(since).map_err(broken)?;
        let call = server.get(&format!("/api/v1/changes?since={since}&wire={WIRE_VERSION}"));
        let response = contact::call(call).await?.map_err(|refusal: Refusal| refusal.failure())?;
        let bytes = response.bytes().await.map_err(|error| contact::failure(&error))?;
        let page: ChangesReply = match serde_json::from_slice(&bytes) {
            Ok(page) => page,
            // JSON of our server that this app does not read: refused whole, for half a page would be a lie.
            Err(error) if serde_json::from_slice::<serde_json::Value>(&bytes).is_ok() => {
                return Err(SendFailure::Refused {
                    reason: format!("a page of changes is not understood: {error}"),
                });
            }
            Err(_) => return Err(SendFailure::NotOurServer),
        };
        let forward = page.cursor > since || (page.changes.is_empty() && !page.more);
        if !forward {
            return Err(SendFailure::Refused { reason: "the changes do not move on".to_owned() });
        }
        check_words(&page, &server.enrolled.server_key)?;
        let recipient = match &page.recovery {
            Some(recovery) => {
                seal::named(recovery, &server.enrolled.server_key).map_err(|_| SendFailure::Untrusted)?
            }
            None => None,
        };
        for change in &page.changes {
            if let Change::Review(review) = change {
                review.verify(&server.enrolled.server_key).map_err(|error| SendFailure::Refused {
                    reason: format!("a review is not the server's: {error}"),
                })?;
            }
        }
        device
            .define(DefinitionSource::Server, |t, known| {
                page.changes.iter().try_for_each(|change| apply(t, known, change))?;
                // Enrolled anew meanwhile: this page was the old server's.
                let now: Option<setting::Enrolled> = setting::get(t, setting::ENROLMENT)?;
                if now.is_some_and(|now| now.device != server.enrolled.device) {
                    return Err(Error::broken("enrolled anew while a page came down"));
                }
                if let Some(recipient) = &recipient {
                    setting::put(t, setting::RECIPIENT, recipient)?;
                }
                setting::put(t, setting::WIRE, &WIRE_VERSION)?;
                setting::put(t, setting::CURSOR, &page.cursor)
            })
            .map_err(|error| match error {
                // Refused whole, for half a page would be a lie; the reason names file, line and what is wrong.
                Error::Definition(error) => SendFailure::Refused { reason: error.to_string() },
                other => broken(other),
            })?;
        if !page.changes.is_empty() {
            device.tell(Event::Store);
        }
        if !page.more {
            return Ok(());
        }
    }
}

fn apply(t: &Transaction<'_>, known: &mut Growing, change: &Change) -> Result<(), Error> {
    match change {
        Change::Operator(row) => register::put_operator(t, row),
        Change::Discharger(row) => register::put_discharger(t, row),
        Change::Person(row) => register::put_person(t, row),
        Change::Point(row) => register::put_point(t, row),
        Change::Instrument(row) => register::put_instrument(t, row),
        Change::Bottle(row) => register::put_bottle(t, row),
        Change::Removed(row) => register::remove(t, row),
        Change::Record(row) => {
            take_record(t, &known.all, row)?;
            draw_review(t, row.content.record)
        }
        Change::Review(signed) => {
            // Verified before the page was begun.
            let said = signed.read_unverified().map_err(Error::broken)?;
            review::put(t, signed, &said)?;
            draw_review(t, said.record)
        }
        Change::Fault(row) => take_fault(t, &known.all, row),
        Change::Definition(new) => known.add(t, new),
        Change::Confirmation(row) => take_confirmation(t, row),
        Change::Plan(row) => register::put_plan(t, row),
        Change::Halt(row) => halt::put(t, row, true),
    }
}

fn take_fault(t: &Transaction<'_>, known: &Definitions, row: &FaultElsewhere) -> Result<(), Error> {
    // Steps of a kind that only a newer app knows say nothing here yet.
    let Some(sent) = Fault::of(row.fault, &row.steps) else { return Ok(()) };
    fault::put_elsewhere(t, &sent, &row.steps)?;
    match fault::find(t, row.fault)? {
        Some(fault) => note_fault(t, known, &fault),
        None => Ok(()),
    }
}

/// Where the next page starts: at the first one for an app that knows more than the one before it, which was not told all.
fn since(c: &Connection) -> Result<u64, Error> {
    let known: u32 = setting::get(c, setting::WIRE)?.unwrap_or_default();
    let cursor: Option<u64> = setting::get(c, setting::CURSOR)?;
    Ok(cursor.filter(|_| known >= WIRE_VERSION).unwrap_or_default())
}

/// The server's words about confirmations are believed only under its key.
fn check_words(page: &ChangesReply, key: &PublicKey) -> Result<(), SendFailure> {
    page.changes.iter().try_for_each(|change| match change {
        Change::Confirmation(row) => match row.as_ref() {
            ConfirmationElsewhere::Portal(signed) => {
                signed.verify(key).map(drop).map_err(|_| SendFailure::Untrusted)
            }
            ConfirmationElsewhere::Tablet(_) => Ok(()),
        },
        _ => Ok(()),
    })
}

fn take_confirmation(t: &Transaction<'_>, row: &ConfirmationElsewhere) -> Result<(), Error> {
    let visit = match row {
        ConfirmationElsewhere::Portal(signed) => signed.read_unverified().map_err(Error::broken)?.visit,
        ConfirmationElsewhere::Tablet(entry) => match entry.read_act() {
            Ok(Act::Confirmed(act)) => act.visit,
            _ => return Ok(()),
        },
    };
    confirmation::take(t, visit, row)
}

fn take_record(t: &Transaction<'_>, known: &Definitions, row: &RecordElsewhere) -> Result<(), Error> {
    let content = &row.content;
    let point = register::point(t, &content.point).ok();
    let discharger = match &point {
        Some(point) => register::discharger_name(t, &point.discharger)?,
        None => String::new(),
    };
    let name = point.map(|point| point.name).unwrap_or_default();
    let form = known.form(content.form.as_str(), Some(content.form_version));
    let words = match form {
        Some(form) => crate::handle::words(form, &name, &discharger),
        None => format!("{name}\n{discharger}\n{}", content.form).to_lowercase(),
    };
    last::put_elsewhere(t, row, &words)?;
    listed::put_elsewhere(t, row, form)?;
    let id = content.record;
    if let Some((stamp, _)) = row.history().voided() {
        voided::put(t, &id.to_string(), stamp.entry.log, stamp.entry.seq)?;
    }
    if !row.later.is_empty() {
        return voided::recount(t, known, id, &content.point, &content.form);
    }
    // Of an own record the tablet knows more than the server, which may not have its correction yet.
    if record::find(t, id)?.is_some() {
        return Ok(());
    }
    last::note(t, id, &content.point, &content.form, row.signed_at, &content.answers)?;
    match form {
        Some(form) => done::note(t, id, &content.point, form, &content.answers, row.signed_at),
        // What it did cannot be told without its form.
        None => Ok(()),
    }
}
