//! Entries go out in order until a receipt names the last of them.

use std::io::Write;
use std::sync::PoisonError;

use flate2::Compression;
use flate2::write::GzEncoder;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE};
use rusqlite::Transaction;
use stackside_core::act::Act;
use stackside_core::clock::HeardTime;
use stackside_core::command::Event;
use stackside_core::evidence::{Entry, Tip};
use stackside_core::id::LogId;
use stackside_core::sync::SendFailure;
use stackside_core::trust::{Receipt, Signed};
use stackside_core::wire::{EntriesReply, EntriesRequest, WireErrorCode};

use super::contact::{self, Refusal, Server, broken};
use crate::device::{Inner, new_id};
use crate::error::Error;
use crate::store::entry::{self, Log, Subject};
use crate::store::setting::{self, ReceiptCame};

const MOST_ENTRIES: u32 = 500;

/// Sends what is after the last receipt, of all logs, oldest first.
pub(super) async fn send(device: &Inner, server: &Server) -> Result<(), SendFailure> {
    let logs = device.store.read(entry::logs_to_send).map_err(broken)?;
    let current = device.store.read(entry::current).map_err(broken)?.map(|log| log.id);
    for log in logs {
        device.sync.set(|progress| progress.entries = true);
        device.tell(Event::Sync);
        let is_current = Some(log.id) == current;
        let sent = send_log(device, server, &log, is_current).await;
        device.sync.set(|progress| progress.entries = false);
        match sent {
            // An old log must not stand in the way of the current one: it is kept, and shown as refused.
            Err(failure @ (SendFailure::Fork | SendFailure::TooLarge | SendFailure::Refused { .. }))
                if !is_current =>
            {
                let reason = format!("{failure:?}");
                device.store.write(|t| entry::stop_log(t, log.id, &reason)).map_err(broken)?;
            }
            other => other?,
        }
    }
    Ok(())
}

async fn send_log(device: &Inner, server: &Server, log: &Log, is_current: bool) -> Result<(), SendFailure> {
    let mut next = log.receipt_seq + 1;
    // Whether the server already said that entries are missing before ours: it said so twice in vain otherwise.
    let mut went_back = false;
    loop {
        let batch = device.store.read(|c| entry::from_seq(c, log.id, next, MOST_ENTRIES)).map_err(broken)?;
        let most = device.sync.portions().entries.bytes();
        let batch = up_to(batch, most);
        // A log of a database that was mended may lack entries, and the server does not hold them either.
        if batch.first().is_some_and(|(seq, _)| *seq > next) && !is_current {
            let reason = format!("entry {next} is lost with a damaged database");
            return Err(SendFailure::Refused { reason });
        }
        let Some((last, _)) = batch.last() else { return Ok(()) };
        let last = *last;
        let entries: Vec<Entry> = batch.into_iter().map(|(_, entry)| entry).collect();
        let is_one = entries.len() == 1;
        let sent = post(device, server, entries).await;
        if let Some(got_through) = got_through(&sent) {
            device.sync.learn(|portions| &mut portions.entries, got_through);
        }
        match sent? {
            Ok(reply) => {
                let held = take_receipt(device, server, log, is_current, &reply.receipt)?;
                if held < last {
                    return Err(SendFailure::Refused {
                        reason: "the receipt ends before what was sent".to_owned(),
                    });
                }
                next = held + 1;
            }
            Err(refusal) => match expected(&refusal) {
                // A server restored from a backup gets again what it lost.
                Some(expected) if expected < next && !went_back => {
                    went_back = true;
                    next = expected;
                }
                // Only as long as a batch gets smaller by it.
                _ if refusal.is_too_large() && !is_one && device.sync.portions().entries.bytes() < most => {}
                _ => return Err(refusal.failure()),
            },
        }
    }
}

/// What a batch says about the line; nothing if it failed for another reason than its length.
fn got_through(sent: &Result<Result<EntriesReply, Refusal>, SendFailure>) -> Option<bool> {
    match sent {
        Ok(Ok(_)) => Some(true),
        Ok(Err(refusal)) if refusal.is_too_large() => Some(false),
        Err(SendFailure::Offline) => Some(false),
        _ => None,
    }
}

/// The number that the server expects, where entries are missing before ours.
fn expected(refusal: &Refusal) -> Option<u64> {
    let error = refusal.error.as_ref().filter(|error| error.code == WireErrorCode::Gap)?;
    let number = error.message.split(|c: char| !c.is_ascii_digit()).find(|part| !part.is_empty())?;
    number.parse().ok().filter(|number| *number > 0)
}

fn up_to(batch: Vec<(u64, Entry)>, most_bytes: usize) -> Vec<(u64, Entry)> {
    let mut total = 0;
    let first = batch.first().map_or(0, |(seq, _)| *seq);
    let fits = |(index, (seq, entry)): &(usize, (u64, Entry))| {
        total += entry.header.len() + entry.body.len();
        // One entry alone goes out however long it is; none goes out behind a gap.
        *index == 0 || (total <= most_bytes && *seq == first + *index as u64)
    };
    batch.into_iter().enumerate().take_while(fits).map(|(_, entry)| entry).collect()
}

async fn post(
    device: &Inner,
    server: &Server,
    entries: Vec<Entry>,
) -> Result<Result<EntriesReply, Refusal>, SendFailure> {
    let request = EntriesRequest { app_version: env!("CARGO_PKG_VERSION").to_owned(), entries };
    let zipped = zip(&request).map_err(broken)?;
    let size = zipped.len() as u64;
    let call = server
        .post("/api/v1/entries")
        .header(CONTENT_TYPE, "application/json")
        .header(CONTENT_ENCODING, "gzip")
        .body(zipped);
    let response = match contact::call(call).await? {
        Ok(response) => response,
        Err(refusal) => return Ok(Err(refusal)),
    };
    contact::count(device, size)?;
    let bytes = response.bytes().await.map_err(|error| contact::failure(&error))?;
    serde_json::from_slice(&bytes).map(Ok).map_err(|_| SendFailure::NotOurServer)
}

fn zip(request: &EntriesRequest) -> Result<Vec<u8>, Error> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(&serde_json::to_vec(request)?)?;
    Ok(encoder.finish()?)
}

/// Takes a receipt that the server's key signed and that names our hash; anything else proves nothing.
fn take_receipt(
    device: &Inner,
    server: &Server,
    log: &Log,
    is_current: bool,
    signed: &Signed<Receipt>,
) -> Result<u64, SendFailure> {
    let receipt = signed.verify(&server.enrolled.server_key).map_err(|_| SendFailure::Untrusted)?;
    if (receipt.device, receipt.log) != (log.device, log.id) {
        return Err(SendFailure::Refused { reason: "the receipt is for another log".to_owned() });
    }
    match device.store.read(|c| entry::hash(c, log.id, receipt.seq)).map_err(broken)? {
        Some(ours) if ours == receipt.hash => {}
        Some(_) => return Err(SendFailure::Refused { reason: "the receipt names another entry".to_owned() }),
        // The server holds more of this log than we do. This tablet was set back: where it knows that, a new log goes on.
        None if !is_current => {}
        None => return Err(SendFailure::Fork),
    }
    let at = device.clock.wall().to_utc();
    let heard = HeardTime { time: receipt.server_time, boot_ms: device.clock.boot_ms() };
    let came = ReceiptCame { boot_id: device.clock.boot_id(), heard };
    let note = |t: &Transaction<'_>| {
        setting::put(t, setting::RECEIPT_CAME, &came)?;
        entry::set_receipt(t, log.id, receipt.seq, signed, at)
    };
    device.store.write(note).map_err(broken)?;
    device.tell(Event::Sync);
    Ok(receipt.seq)
}

/// The current log stays as it is, and what comes goes into a new one that names it. `why` notes the reason in the same
/// transaction.
pub(crate) fn go_on_in_a_new_log(
    device: &Inner,
    why: impl FnOnce(&Transaction<'_>, LogId) -> Result<(), Error>,
) -> Result<(), Error> {
    let enrolled = device.enrolled()?;
    let clocks = device.clocks()?;
    let _turn = device.log_turn.lock().unwrap_or_else(PoisonError::into_inner);
    let (old, tip) = device.store.read(|c| {
        let log = entry::current(c)?.ok_or_else(|| Error::broken("there is no log"))?;
        let tip = entry::tip(c, &log)?;
        Ok((log, tip))
    })?;
    let act = Act::Recovered {
        certificate: enrolled.certificate,
        old_log: old.id,
        last_hash: tip.last.map(|(_, hash)| hash),
        last_receipt: old.receipt,
    };
    let log = LogId::new(new_id());
    let (first, header) = device.make(&act, &Tip::new(enrolled.device, log), None, &clocks)?;
    device.store.write(|t| {
        why(t, old.id)?;
        entry::open_log(t, log, enrolled.device)?;
        entry::add(t, &first, &header, &Subject::default())
    })
}

impl Inner {
    /// True while entries or files could go out, or the first changes did not come yet.
    pub(super) fn has_something_to_do(&self) -> bool {
        let cursor: Result<Option<u64>, _> = self.store.read(|c| setting::get(c, setting::CURSOR));
        self.has_entries_to_send()
            || !matches!(cursor, Ok(Some(1..)))
            || self.files_to_send().is_ok_and(|files| !files.is_empty())
    }
    /// True while entries are not held by the server.
    pub(super) fn has_entries_to_send(&self) -> bool {
        matches!(self.store.read(entry::counts), Ok((_, waiting)) if waiting > 0)
    }
}
