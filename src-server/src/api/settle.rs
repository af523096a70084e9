//! Settles when things were. More becomes known of a tablet's clocks with each entry: what came later in the same boot may prove
//! the time of what was drawn before, and with it the day of a visit (docs/evidence.md).

use std::collections::BTreeSet;

use chrono::DateTime;
use rusqlite::{Transaction, named_params};
use stackside_core::clock::{Clocks, TimeProof, shanghai_date};
use stackside_core::evidence::Header;
use stackside_core::id::{DeviceId, LogId};
use stackside_core::proven::{Boots, ProvenTime, day_of_visit};

use crate::confirmation;
use crate::store::{StoreError, integer};

/// An entry whose time may have to be drawn anew.
struct Timed {
    seq: i64,
    kind: String,
    clocks: Clocks,
    received_ms: i64,
    visit: Option<String>,
    record: Option<String>,
}

/// Settles the times of a log's entries from number `first` on, and of those before them in the same boot up to the
/// last that had itself heard a time from outside: the ones before that are settled. By a receipt only as long as no
/// satellite is heard, for that comes before: what came in one batch or in two is to say the same.
pub(super) fn settle(tx: &Transaction<'_>, place: (DeviceId, LogId), first: u64) -> Result<(), StoreError> {
    let entries = unsettled(tx, place, integer(first))?;
    let mut boots = Boots::default();
    for entry in &entries {
        boots.learn(&entry.clocks);
        if let Some(received) = DateTime::from_timestamp_millis(entry.received_ms) {
            boots.received(&entry.clocks, received);
        }
    }
    let (device, log) = (place.0.to_string(), place.1.to_string());
    let mut visits = BTreeSet::new();
    for entry in &entries {
        let row = TimedRow { tx, device: &device, log: &log, entry, time: boots.time_of(&entry.clocks) };
        match entry.kind.as_str() {
            "signed_in" => row.sign_in()?,
            "record_signed" => row.record()?,
            "signed_out" => row.sign_out()?,
            "record_corrected" | "voided" => row.made("later_act")?,
            "confirmed" => row.made("confirmation")?,
            _ => continue,
        }
        visits.extend(entry.visit.as_deref());
    }
    visits.into_iter().try_for_each(|visit| {
        settle_day(tx, visit)?;
        confirmation::draw(tx, visit)
    })
}

fn unsettled(
    tx: &Transaction<'_>,
    (device, log): (DeviceId, LogId),
    first: i64,
) -> Result<Vec<Timed>, StoreError> {
    let mut query = tx.prepare_cached(
        "SELECT seq, kind, header, received_ms,
             CASE WHEN kind IN ('signed_in', 'record_signed', 'signed_out', 'record_corrected', 'voided', 'confirmed')
                 THEN CAST(body ->> '$.visit' AS TEXT) END,
             CASE WHEN kind = 'record_signed' THEN CAST(body ->> '$.record' AS TEXT) END
         FROM entry WHERE device = :device AND log = :log ORDER BY seq DESC",
    )?;
    let mut rows = query.query(named_params! { ":device": device.to_string(), ":log": log.to_string() })?;
    let mut entries: Vec<Timed> = vec![];
    let mut news_has_satellite = false;
    while let Some(row) = rows.next()? {
        let header: Header = serde_json::from_str(&row.get::<_, String>(2)?)?;
        let entry = Timed {
            seq: row.get(0)?,
            kind: row.get(1)?,
            clocks: header.clocks,
            received_ms: row.get(3)?,
            visit: row.get(4)?,
            record: row.get(5)?,
        };
        let is_before = entry.seq < first;
        let is_other_boot = |next: &Timed| next.clocks.boot_id != entry.clocks.boot_id;
        if is_before && entries.last().is_some_and(is_other_boot) {
            break;
        }
        let has_satellite = entry.clocks.satellite.is_some();
        let is_settled = has_satellite || (entry.clocks.receipt.is_some() && !news_has_satellite);
        entries.push(entry);
        if is_before && is_settled {
            break;
        }
        news_has_satellite |= has_satellite;
    }
    entries.reverse();
    Ok(entries)
}

/// A row that an entry has drawn, if it has: another may have been first.
struct TimedRow<'r> {
    tx: &'r Transaction<'r>,
    device: &'r str,
    log: &'r str,
    entry: &'r Timed,
    time: ProvenTime,
}

impl TimedRow<'_> {
    fn sign_in(&self) -> Result<(), StoreError> {
        self.tx
            .prepare_cached(
                "UPDATE visit SET signed_in_ms = :time, proof = :proof
                 WHERE id = :id AND device = :device AND log = :log AND seq = :seq",
            )?
            .execute(named_params! {
                ":time": self.time.at.timestamp_millis(),
                ":proof": self.time.proof.name(),
                ":id": self.entry.visit,
                ":device": self.device,
                ":log": self.log,
                ":seq": self.entry.seq,
            })?;
        Ok(())
    }

    fn sign_out(&self) -> Result<(), StoreError> {
        self.tx
            .prepare_cached(
                "UPDATE visit SET signed_out_ms = :time
                 WHERE id = :id AND device = :device AND out_log = :log AND out_seq = :seq",
            )?
            .execute(named_params! {
                ":time": self.time.at.timestamp_millis(),
                ":id": self.entry.visit,
                ":device": self.device,
                ":log": self.log,
                ":seq": self.entry.seq,
            })?;
        Ok(())
    }

    /// When an act of `table` was made.
    fn made(&self, table: &str) -> Result<(), StoreError> {
        self.tx
            .prepare_cached(&format!(
                "UPDATE {table} SET made_ms = :time, proof = :proof
                 WHERE device = :device AND log = :log AND seq = :seq"
            ))?
            .execute(named_params! {
                ":time": self.time.at.timestamp_millis(),
                ":proof": self.time.proof.name(),
                ":device": self.device,
                ":log": self.log,
                ":seq": self.entry.seq,
            })?;
        Ok(())
    }

    fn record(&self) -> Result<(), StoreError> {
        let time = self.time.at.timestamp_millis();
        let drawn = self
            .tx
            .prepare_cached(
                "UPDATE record SET signed_ms = :time, day = :day, proof = :proof
                 WHERE id = :id AND device = :device AND log = :log AND seq = :seq",
            )?
            .execute(named_params! {
                ":time": time,
                ":day": shanghai_date(self.time.at).to_string(),
                ":proof": self.time.proof.name(),
                ":id": self.entry.record,
                ":device": self.device,
                ":log": self.log,
                ":seq": self.entry.seq,
            })?;
        if drawn == 0 {
            return Ok(());
        }
        for table in ["record_instrument", "record_item"] {
            self.tx
                .prepare_cached(&format!("UPDATE {table} SET signed_ms = :time WHERE record = :id"))?
                .execute(named_params! { ":time": time, ":id": self.entry.record })?;
        }
        Ok(())
    }
}

fn settle_day(tx: &Transaction<'_>, visit: &str) -> Result<(), StoreError> {
    let Some((signed_in, signed)) = times_of_visit(tx, visit)? else { return Ok(()) };
    let (day, _) = day_of_visit(signed_in, signed);
    tx.prepare_cached("UPDATE visit SET day = :day WHERE id = :id")?
        .execute(named_params! { ":day": day.to_string(), ":id": visit })?;
    Ok(())
}

/// When a visit began, and when each of its records was signed, in the order in which the entries were made.
pub(crate) fn times_of_visit(
    tx: &Transaction<'_>,
    visit: &str,
) -> Result<Option<(ProvenTime, Vec<ProvenTime>)>, StoreError> {
    // Entries of a log come in its order, and a tablet's logs one after the other.
    let mut query = tx.prepare_cached(
        "SELECT signed_in_ms AS time, proof, 0 AS place FROM visit WHERE id = :id
         UNION ALL
         SELECT record.signed_ms, record.proof, entry.rowid FROM record
         JOIN visit ON visit.id = record.visit AND visit.operator = record.operator
         JOIN entry ON entry.device = record.device AND entry.log = record.log AND entry.seq = record.seq
         WHERE record.visit = :id
         ORDER BY place",
    )?;
    let rows = query.query_map(named_params! { ":id": visit }, |row| {
        let at = DateTime::from_timestamp_millis(row.get(0)?).unwrap_or_default();
        Ok(ProvenTime { at, proof: TimeProof::named(&row.get::<_, String>(1)?) })
    })?;
    let mut times = rows.collect::<Result<Vec<_>, _>>()?.into_iter();
    Ok(times.next().map(|signed_in| (signed_in, times.collect())))
}
