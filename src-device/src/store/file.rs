//! The files that the server has to get, by content.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use serde::{Deserialize, Serialize};
use stackside_core::act::FileRef;
use stackside_core::command::FileCount;
use stackside_core::hash::Hash;
use stackside_core::id::LogId;
use stackside_core::photo::Original;

use super::{number, parsed, parsed_or_null, sql, time_text};
use crate::error::Error;

/// What a file holds: the folder it lies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// A photo's original.
    Photo,
    /// A document that a field asked for.
    Document,
    /// The strokes of a signature.
    Signature,
}

impl FileKind {
    fn text(self) -> &'static str {
        match self {
            Self::Photo => "photo",
            Self::Document => "document",
            Self::Signature => "signature",
        }
    }
}

/// A file's row.
#[derive(Debug, Clone)]
pub struct Sendable {
    /// Name, length and type.
    pub file: FileRef,
    /// Photo, document or signature.
    pub kind: FileKind,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// Where a started upload goes on.
    pub upload: Option<String>,
    /// How much of it the server holds.
    pub sent_bytes: u64,
    /// When the server confirmed hash and length.
    pub held_at: Option<DateTime<Utc>>,
    /// Why the server does not take it.
    pub refused: Option<String>,
    /// When it left this tablet to make room.
    pub gone_at: Option<DateTime<Utc>>,
    /// The log of the entry that names it.
    pub log: LogId,
    /// And its number.
    pub seq: u64,
}

impl Sendable {
    /// Where the original is.
    pub fn original(&self) -> Original {
        match (self.gone_at, self.refused.is_some()) {
            (None, _) => Original::Here,
            (Some(_), false) => Original::Uploaded,
            (Some(_), true) => Original::Lost,
        }
    }
}

const COLUMNS: &str =
    "SELECT file.sha256, file.size_bytes, file.media_type, file.kind, file.made_at, file.upload,
    file.sent_bytes, file.held_at, file.refused, file.gone_at, file.log, file.seq FROM file";

fn read(row: &Row<'_>) -> rusqlite::Result<Sendable> {
    let kind: String = row.get("kind")?;
    Ok(Sendable {
        file: FileRef {
            sha256: parsed(row, "sha256")?,
            size_bytes: number(row, "size_bytes")?,
            media_type: row.get("media_type")?,
        },
        kind: match kind.as_str() {
            "photo" => FileKind::Photo,
            "document" => FileKind::Document,
            _ => FileKind::Signature,
        },
        made_at: parsed(row, "made_at")?,
        upload: row.get("upload")?,
        sent_bytes: number(row, "sent_bytes")?,
        held_at: parsed_or_null(row, "held_at")?,
        refused: row.get("refused")?,
        gone_at: parsed_or_null(row, "gone_at")?,
        log: parsed(row, "log")?,
        seq: number(row, "seq")?,
    })
}

/// Adds a file that an entry names. The same bytes twice are one file; those of one that had gone are here again.
pub fn add(
    connection: &Connection,
    file: &FileRef,
    kind: FileKind,
    at: DateTime<Utc>,
    log: LogId,
    seq: u64,
) -> Result<(), Error> {
    connection.execute(
        "INSERT INTO file (sha256, size_bytes, media_type, kind, made_at, log, seq)
         VALUES (:sha256, :size, :type, :kind, :at, :log, :seq)
         ON CONFLICT (sha256) DO UPDATE SET refused = CASE WHEN gone_at IS NULL THEN refused END, gone_at = NULL",
        named_params! {
            ":sha256": file.sha256.to_string(), ":size": sql(file.size_bytes), ":type": file.media_type,
            ":kind": kind.text(), ":at": time_text(at), ":log": log.to_string(), ":seq": sql(seq),
        },
    )?;
    Ok(())
}

/// A file.
pub fn find(connection: &Connection, sha256: Hash) -> Result<Option<Sendable>, Error> {
    let sql = format!("{COLUMNS} WHERE sha256 = :sha256");
    Ok(connection.query_row(&sql, named_params! {":sha256": sha256.to_string()}, read).optional()?)
}

/// The files whose entries are in a receipt and that the server does not hold yet, smallest first.
pub fn to_send(connection: &Connection) -> Result<Vec<Sendable>, Error> {
    let sql = format!(
        "{COLUMNS} JOIN log ON log.id = file.log
         WHERE file.held_at IS NULL AND file.refused IS NULL AND file.seq <= log.receipt_seq
         ORDER BY file.size_bytes, file.made_at"
    );
    let mut statement = connection.prepare(&sql)?;
    let rows = statement.query_map([], read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// All files that the server does not hold yet, in the order of their entries.
pub fn unheld(connection: &Connection) -> Result<Vec<Sendable>, Error> {
    let sql = format!("{COLUMNS} WHERE held_at IS NULL AND gone_at IS NULL ORDER BY log, seq, sha256");
    let mut statement = connection.prepare(&sql)?;
    let rows = statement.query_map([], read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Files not yet held (`held` false) or held, newest first.
pub fn latest(connection: &Connection, held: bool, limit: u32) -> Result<Vec<Sendable>, Error> {
    let not = if held { "NOT" } else { "" };
    let sql = format!("{COLUMNS} WHERE held_at IS {not} NULL ORDER BY made_at DESC LIMIT {limit}");
    let mut statement = connection.prepare(&sql)?;
    let rows = statement.query_map([], read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// What waits: how many files, bytes sent so far, bytes in all.
pub fn waiting(connection: &Connection) -> Result<(u64, u64, u64), Error> {
    let sql = "SELECT COUNT(*) AS files, COALESCE(SUM(sent_bytes), 0) AS sent, COALESCE(SUM(size_bytes), 0) AS total
         FROM file WHERE held_at IS NULL";
    Ok(connection
        .query_row(sql, [], |row| Ok((number(row, "files")?, number(row, "sent")?, number(row, "total")?)))?)
}

/// Notes how far an upload got and where it goes on.
pub fn set_progress(
    connection: &Connection,
    sha256: Hash,
    upload: Option<&str>,
    sent_bytes: u64,
) -> Result<(), Error> {
    connection.execute(
        "UPDATE file SET upload = :upload, sent_bytes = :sent WHERE sha256 = :sha256",
        named_params! {":sha256": sha256.to_string(), ":upload": upload, ":sent": sql(sent_bytes)},
    )?;
    Ok(())
}

/// Notes the server's confirmation, if its length is ours.
pub fn set_held(
    connection: &Connection,
    sha256: Hash,
    size_bytes: u64,
    at: DateTime<Utc>,
) -> Result<bool, Error> {
    let changed = connection.execute(
        "UPDATE file SET held_at = :at, sent_bytes = size_bytes, upload = NULL, refused = NULL
         WHERE sha256 = :sha256 AND size_bytes = :size AND held_at IS NULL",
        named_params! {":sha256": sha256.to_string(), ":size": sql(size_bytes), ":at": time_text(at)},
    )?;
    Ok(changed == 1)
}

/// Why one is refused that gave way once the server had confirmed it.
pub const GAVE_WAY: &str =
    "it gave way on this tablet after the server had confirmed it, and the server lost it";
/// Why a file is refused that is not there any more.
pub const GONE: &str = "the file is gone from this tablet";
/// Why one is refused that has lost some of its bytes.
pub const SHORTER: &str = "the file is shorter than it was";
/// Why one is refused whose sealed bytes were changed, or cannot be opened.
pub const DAMAGED: &str = "the file is damaged on this tablet";
/// Why one is refused that is larger than the server takes.
pub const TOO_LARGE: &str = "the file is too large";

/// Notes why a file is not taken: a person must look.
pub fn refuse(connection: &Connection, sha256: Hash, reason: &str) -> Result<(), Error> {
    connection.execute(
        "UPDATE file SET refused = :reason, upload = NULL WHERE sha256 = :sha256",
        named_params! {":sha256": sha256.to_string(), ":reason": reason},
    )?;
    Ok(())
}

/// Forgets that a file was refused.
pub fn offer(connection: &Connection, sha256: Hash) -> Result<(), Error> {
    connection.execute(
        "UPDATE file SET refused = NULL WHERE sha256 = :sha256",
        named_params! {":sha256": sha256.to_string()},
    )?;
    Ok(())
}

/// Takes back that the server holds files: restored from a backup, it says which of them it lacks. Of those that have
/// gone from here too it is asked as well, so that a loss is told and another backup may end it.
pub fn offer_again(connection: &Connection) -> Result<(), Error> {
    connection.execute(
        "UPDATE file SET held_at = NULL, sent_bytes = 0, upload = NULL,
                         refused = CASE WHEN gone_at IS NULL THEN refused END",
        [],
    )?;
    Ok(())
}

/// The photos that may give way, oldest first: made and confirmed before `before`, with an entry that a receipt names. The
/// clock that says when one was confirmed may have been behind.
pub fn may_go(connection: &Connection, before: DateTime<Utc>) -> Result<Vec<Sendable>, Error> {
    let sql = format!(
        "{COLUMNS} JOIN log ON log.id = file.log
         WHERE file.kind = 'photo' AND file.held_at <= :before AND file.made_at <= :before AND file.gone_at IS NULL
           AND file.seq <= log.receipt_seq
         ORDER BY file.made_at"
    );
    let mut statement = connection.prepare(&sql)?;
    let rows = statement.query_map(named_params! {":before": time_text(before)}, read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Notes that a file leaves this tablet; refused, with `false`, unless the server holds it.
pub fn let_go(connection: &Connection, sha256: Hash, at: DateTime<Utc>) -> Result<bool, Error> {
    let changed = connection.execute(
        "UPDATE file SET gone_at = :at WHERE sha256 = :sha256 AND held_at IS NOT NULL AND gone_at IS NULL",
        named_params! {":sha256": sha256.to_string(), ":at": time_text(at)},
    )?;
    Ok(changed == 1)
}

/// Photos and documents that are here, those of them that the server does not hold yet, and those that have gone.
pub fn originals(connection: &Connection) -> Result<[FileCount; 3], Error> {
    let count = |which: &str| -> Result<FileCount, Error> {
        let sql = format!(
            "SELECT COUNT(*) AS files, COALESCE(SUM(size_bytes), 0) AS bytes FROM file
             WHERE kind <> 'signature' AND {which}"
        );
        let read =
            |row: &Row<'_>| Ok(FileCount { files: number(row, "files")?, bytes: number(row, "bytes")? });
        Ok(connection.query_row(&sql, [], read)?)
    };
    Ok([
        count("gone_at IS NULL")?,
        count("gone_at IS NULL AND held_at IS NULL")?,
        count("gone_at IS NOT NULL")?,
    ])
}
