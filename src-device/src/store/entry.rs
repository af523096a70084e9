//! The evidence log: entries as signed, logs with their last receipt.

use std::ops::ControlFlow;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use stackside_core::act::{Act, EntryRef, SignedIn};
use stackside_core::clock::Clocks;
use stackside_core::evidence::{Entry, Header, Tip};
use stackside_core::hash::Hash;
use stackside_core::id::{DeviceId, LogId, PhotoId, RecordId, VisitId};
use stackside_core::trust::{Receipt, Signed};

use super::{json, json_or_null, number, parsed, parsed_or_null, sql, time_text};
use crate::error::Error;

/// A log of this tablet, or one that it carries for another.
#[derive(Debug, Clone)]
pub struct Log {
    /// Which.
    pub id: LogId,
    /// Whose.
    pub device: DeviceId,
    /// The last receipt.
    pub receipt: Option<Signed<Receipt>>,
    /// Up to here the server holds it.
    pub receipt_seq: u64,
}

const LOG_COLUMNS: &str = "SELECT id, device, receipt, receipt_seq FROM log";

fn read_log(row: &Row<'_>) -> rusqlite::Result<Log> {
    Ok(Log {
        id: parsed(row, "id")?,
        device: parsed(row, "device")?,
        receipt: json_or_null(row, "receipt")?,
        receipt_seq: number(row, "receipt_seq")?,
    })
}

/// Opens a further log; it is the current one from now on.
pub fn open_log(connection: &Connection, id: LogId, device: DeviceId) -> Result<(), Error> {
    connection.execute(
        "INSERT INTO log (id, number, device) SELECT :id, COALESCE(MAX(number), 0) + 1, :device FROM log",
        named_params! {":id": id.to_string(), ":device": device.to_string()},
    )?;
    Ok(())
}

/// True if a log is here.
pub fn has_log(connection: &Connection, id: LogId) -> Result<bool, Error> {
    let text = "SELECT EXISTS (SELECT 1 FROM log WHERE id = :id)";
    Ok(connection.query_row(text, named_params! {":id": id.to_string()}, |row| row.get(0))?)
}

/// The current log.
pub fn current(connection: &Connection) -> Result<Option<Log>, Error> {
    let sql = format!("{LOG_COLUMNS} WHERE number > 0 ORDER BY number DESC LIMIT 1");
    Ok(connection.query_row(&sql, [], read_log).optional()?)
}

/// Puts another tablet's log beside our own ones, to be sent for it. Its number is before theirs: it is never the current
/// one. One that is here already stays.
pub fn carry_log(connection: &Connection, id: LogId, device: DeviceId) -> Result<(), Error> {
    connection.execute(
        "INSERT OR IGNORE INTO log (id, number, device)
         SELECT :id, MIN(COALESCE(MIN(number), 0), 1) - 1, :device FROM log",
        named_params! {":id": id.to_string(), ":device": device.to_string()},
    )?;
    Ok(())
}

/// All logs of this tablet, oldest first.
pub fn logs(connection: &Connection) -> Result<Vec<Log>, Error> {
    all_logs(connection, "WHERE number > 0")
}

/// As [`logs`], after those that it carries for others.
pub fn logs_and_carried(connection: &Connection) -> Result<Vec<Log>, Error> {
    all_logs(connection, "")
}

fn all_logs(connection: &Connection, which: &str) -> Result<Vec<Log>, Error> {
    let mut statement = connection.prepare(&format!("{LOG_COLUMNS} {which} ORDER BY number"))?;
    let rows = statement.query_map([], read_log)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The logs that the server may still have to get something of: carried ones, then the own ones, oldest first.
pub fn logs_to_send(connection: &Connection) -> Result<Vec<Log>, Error> {
    let sql = format!(
        "{LOG_COLUMNS} WHERE stopped IS NULL
           AND receipt_seq < (SELECT COALESCE(MAX(seq), 0) FROM entry WHERE log = log.id) ORDER BY number"
    );
    let mut statement = connection.prepare(&sql)?;
    let rows = statement.query_map([], read_log)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A carried log goes on: what it lacked has come.
pub fn start_carried_log(connection: &Connection, id: LogId) -> Result<(), Error> {
    connection.execute(
        "UPDATE log SET stopped = NULL WHERE id = :id AND number <= 0",
        named_params! {":id": id.to_string()},
    )?;
    Ok(())
}

/// Notes why the server takes no more of a log.
pub fn stop_log(connection: &Connection, id: LogId, reason: &str) -> Result<(), Error> {
    connection.execute(
        "UPDATE log SET stopped = :reason WHERE id = :id",
        named_params! {":id": id.to_string(), ":reason": reason},
    )?;
    Ok(())
}

/// Where the next entry of a log goes.
pub fn tip(connection: &Connection, log: &Log) -> Result<Tip, Error> {
    let last = connection
        .query_row(
            "SELECT seq, hash FROM entry WHERE log = :log ORDER BY seq DESC LIMIT 1",
            named_params! {":log": log.id.to_string()},
            |row| Ok((number(row, "seq")?, parsed::<Hash>(row, "hash")?)),
        )
        .optional()?;
    Ok(Tip { device: log.device, log: log.id, last })
}

/// The clocks of the last entry of any log of this tablet.
pub fn last_clocks(connection: &Connection) -> Result<Option<Clocks>, Error> {
    let header: Option<String> = connection
        .query_row(
            "SELECT header FROM entry JOIN log ON log.id = entry.log WHERE log.number > 0
             ORDER BY entry.rowid DESC LIMIT 1",
            [],
            |row| row.get("header"),
        )
        .optional()?;
    Ok(header.map(|text| serde_json::from_str::<Header>(&text)).transpose()?.map(|header| header.clocks))
}

/// The entry that bears witness to a photo: its own, or that of the photo with the same bytes that a correction took over.
pub fn of_photo(connection: &Connection, photo: PhotoId, sha256: Hash) -> Result<Option<Entry>, Error> {
    let text = "SELECT header, signature, body FROM entry
                WHERE kind = 'photo_taken' AND (body ->> '$.photo' = :photo OR body ->> '$.file.sha256' = :sha256)
                ORDER BY body ->> '$.photo' = :photo DESC LIMIT 1";
    let read = |row: &Row<'_>| {
        let signature: String = row.get("signature")?;
        Ok(Entry { header: row.get("header")?, signature: signature.into(), body: row.get("body")? })
    };
    Ok(connection
        .query_row(text, named_params! {":photo": photo.to_string(), ":sha256": sha256.to_string()}, read)
        .optional()?)
}

/// Hands over each entry from a visit's sign-in on, of all logs in the order in which they were made, until told to stop;
/// with it, of the visit's sign-out, what it bears witness to.
pub fn each_since_sign_in(
    connection: &Connection,
    visit: VisitId,
    mut take: impl FnMut(Header, Option<Act>) -> ControlFlow<()>,
) -> Result<(), Error> {
    let mut statement = connection.prepare_cached(
        "SELECT header, CASE WHEN kind = 'signed_out' AND body ->> '$.visit' = :visit THEN body END AS sign_out
         FROM visit CROSS JOIN log AS first ON first.id = visit.log
             CROSS JOIN log ON log.number >= first.number
             CROSS JOIN entry ON entry.log = log.id
                 AND entry.seq >= CASE log.number WHEN first.number THEN visit.seq ELSE 1 END
         WHERE visit.id = :visit ORDER BY log.number, entry.seq",
    )?;
    let mut rows = statement.query(named_params! {":visit": visit.to_string()})?;
    while let Some(row) = rows.next()? {
        if take(json(row, "header")?, json_or_null(row, "sign_out")?).is_break() {
            break;
        }
    }
    Ok(())
}

/// What a visit's sign-in bears witness to; nothing where a mended log has lost it.
pub fn sign_in(connection: &Connection, visit: VisitId) -> Result<Option<SignedIn>, Error> {
    let body: Option<String> = connection
        .query_row(
            "SELECT body FROM entry JOIN visit ON entry.log = visit.log AND entry.seq = visit.seq
             WHERE visit.id = :visit",
            named_params! {":visit": visit.to_string()},
            |row| row.get("body"),
        )
        .optional()?;
    Ok(match body.map(|body| serde_json::from_str(&body)).transpose()? {
        Some(Act::SignedIn(signed_in)) => Some(signed_in),
        _ => None,
    })
}

/// What an entry is about, for lists.
#[derive(Debug, Clone, Default)]
pub struct Subject {
    /// Its point.
    pub point: Option<String>,
    /// Its record.
    pub record: Option<String>,
}

/// Adds an entry.
pub fn add(connection: &Connection, entry: &Entry, header: &Header, subject: &Subject) -> Result<(), Error> {
    let (at, _) = header.clocks.best_time();
    connection.execute(
        "INSERT INTO entry (log, seq, hash, kind, header, signature, body, point, record, at)
         VALUES (:log, :seq, :hash, :kind, :header, :signature, :body, :point, :record, :at)",
        named_params! {
            ":log": header.log.to_string(), ":seq": sql(header.seq), ":hash": entry.hash().to_string(),
            ":kind": header.kind, ":header": entry.header, ":signature": entry.signature.as_str(), ":body": entry.body,
            ":point": subject.point, ":record": subject.record, ":at": time_text(at),
        },
    )?;
    Ok(())
}

/// Entries of a log from a number on, as signed: at most `limit`.
pub fn from_seq(
    connection: &Connection,
    log: LogId,
    seq: u64,
    limit: u32,
) -> Result<Vec<(u64, Entry)>, Error> {
    let mut statement = connection.prepare_cached(
        "SELECT seq, header, signature, body FROM entry WHERE log = :log AND seq >= :seq ORDER BY seq LIMIT :limit",
    )?;
    let params = named_params! {":log": log.to_string(), ":seq": sql(seq), ":limit": limit};
    let rows = statement.query_map(params, |row| {
        let signature: String = row.get("signature")?;
        Ok((number(row, "seq")?, row.get::<_, String>("header")?, signature, row.get::<_, String>("body")?))
    })?;
    rows.map(|row| {
        let (seq, header, signature, body) = row?;
        Ok((seq, Entry { header, signature: signature.into(), body }))
    })
    .collect()
}

/// An entry of a log, as signed.
pub fn at(connection: &Connection, log: LogId, seq: u64) -> Result<Option<Entry>, Error> {
    let found = from_seq(connection, log, seq, 1)?.pop();
    Ok(found.filter(|(there, _)| *there == seq).map(|(_, entry)| entry))
}

/// The hash of an entry.
pub fn hash(connection: &Connection, log: LogId, seq: u64) -> Result<Option<Hash>, Error> {
    let sql_text = "SELECT hash FROM entry WHERE log = :log AND seq = :seq";
    let params = named_params! {":log": log.to_string(), ":seq": sql(seq)};
    Ok(connection.query_row(sql_text, params, |row| parsed(row, "hash")).optional()?)
}

/// Names an entry so that nothing else can take its place.
pub fn reference(connection: &Connection, log: LogId, seq: u64) -> Result<EntryRef, Error> {
    let text = "SELECT entry.hash, log.device FROM entry JOIN log ON log.id = entry.log
         WHERE entry.log = :log AND entry.seq = :seq";
    let params = named_params! {":log": log.to_string(), ":seq": sql(seq)};
    let read =
        |row: &Row<'_>| Ok(EntryRef { device: parsed(row, "device")?, log, seq, hash: parsed(row, "hash")? });
    let found = connection.query_row(text, params, read).optional()?;
    found.ok_or_else(|| Error::broken("the entry of something signed is not there"))
}

/// The entries about a record, oldest first: those that signed, corrected, countersigned and voided it.
pub fn of_record(connection: &Connection, record: RecordId) -> Result<Vec<Entry>, Error> {
    let mut statement = connection.prepare_cached(
        "SELECT header, signature, body FROM entry JOIN log ON log.id = entry.log
             WHERE entry.record = :record ORDER BY log.number, entry.seq",
    )?;
    let rows = statement.query_map(named_params! {":record": record.to_string()}, |row| {
        let (header, signature, body) =
            (row.get("header")?, row.get::<_, String>("signature")?, row.get("body")?);
        Ok(Entry { header, signature: signature.into(), body })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// True if anything is known to have been done with a signed record later, here or elsewhere.
pub fn is_gone_on(connection: &Connection, record: RecordId) -> Result<bool, Error> {
    let text = "SELECT EXISTS (SELECT 1 FROM entry WHERE record = :record AND kind <> 'record_signed')
         OR EXISTS (SELECT 1 FROM record_elsewhere WHERE record = :record AND row ->> '$.later[0]' IS NOT NULL)";
    Ok(connection.query_row(text, named_params! {":record": record.to_string()}, |row| row.get(0))?)
}

/// Keeps a receipt: all entries up to its number are held. A receipt never takes one back.
pub fn set_receipt(
    connection: &Connection,
    log: LogId,
    seq: u64,
    receipt: &Signed<Receipt>,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    connection.execute(
        "UPDATE log SET receipt = :receipt, receipt_seq = :seq, receipt_at = :at
         WHERE id = :log AND receipt_seq <= :seq",
        named_params! {
            ":log": log.to_string(), ":seq": sql(seq), ":receipt": serde_json::to_string(receipt)?,
            ":at": time_text(at),
        },
    )?;
    Ok(())
}

/// Takes back the last entry that each receipt names: the server, restored from a backup, says from where on it lacks
/// them. The receipts stay. Of a carried log that entry is not here.
pub fn offer_again(connection: &Connection) -> Result<(), Error> {
    connection.execute(
        "UPDATE log SET receipt_seq = receipt_seq - 1
         WHERE EXISTS (SELECT 1 FROM entry WHERE entry.log = log.id AND entry.seq = log.receipt_seq)",
        [],
    )?;
    Ok(())
}

/// True if a receipt names an entry.
pub fn is_held(connection: &Connection, log: LogId, seq: u64) -> Result<bool, Error> {
    let held = "SELECT receipt_seq >= :seq FROM log WHERE id = :log";
    let params = named_params! {":log": log.to_string(), ":seq": sql(seq)};
    Ok(connection.query_row(held, params, |row| row.get(0)).optional()?.unwrap_or(false))
}

/// True if the server takes no more of an entry's log and does not hold the entry.
pub fn is_stopped(connection: &Connection, log: LogId, seq: u64) -> Result<bool, Error> {
    let stopped = "SELECT stopped IS NOT NULL AND receipt_seq < :seq FROM log WHERE id = :log";
    let params = named_params! {":log": log.to_string(), ":seq": sql(seq)};
    Ok(connection.query_row(stopped, params, |row| row.get(0)).optional()?.unwrap_or(false))
}

/// An entry in a list.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its log.
    pub log: LogId,
    /// Its number.
    pub seq: u64,
    /// Its kind.
    pub kind: String,
    /// Its point.
    pub point: Option<String>,
    /// Its record.
    pub record: Option<String>,
    /// When it was made.
    pub at: DateTime<Utc>,
    /// When the receipt came that names it.
    pub held_at: Option<DateTime<Utc>>,
    /// Length of header and body.
    pub size_bytes: u64,
}

/// Entries not yet in a receipt (`held` false) or in one, newest first.
pub fn latest(connection: &Connection, held: bool, limit: u32) -> Result<Vec<Line>, Error> {
    let compare = if held { "<=" } else { ">" };
    let text = format!(
        "SELECT entry.log, entry.seq, entry.kind, entry.point, entry.record, entry.at,
                CASE WHEN entry.seq <= log.receipt_seq THEN log.receipt_at END AS held_at,
                length(CAST(entry.header AS BLOB)) + length(CAST(entry.body AS BLOB)) AS size
         FROM entry JOIN log ON log.id = entry.log WHERE entry.seq {compare} log.receipt_seq
         ORDER BY log.number DESC, entry.seq DESC LIMIT {limit}"
    );
    let mut statement = connection.prepare(&text)?;
    let rows = statement.query_map([], |row| {
        Ok(Line {
            log: parsed(row, "log")?,
            seq: number(row, "seq")?,
            kind: row.get("kind")?,
            point: row.get("point")?,
            record: row.get("record")?,
            at: parsed(row, "at")?,
            held_at: parsed_or_null(row, "held_at")?,
            size_bytes: number(row, "size")?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many entries are in receipts, and how many are not.
pub fn counts(connection: &Connection) -> Result<(u64, u64), Error> {
    // Ranges of the primary key: no entry is read.
    let text = "SELECT
             COALESCE(SUM((SELECT COUNT(*) FROM entry WHERE log = log.id AND seq <= receipt_seq)), 0) AS held,
             COALESCE(SUM((SELECT COUNT(*) FROM entry WHERE log = log.id AND seq > receipt_seq)), 0) AS waiting
         FROM log";
    Ok(connection.query_row(text, [], |row| Ok((number(row, "held")?, number(row, "waiting")?)))?)
}
