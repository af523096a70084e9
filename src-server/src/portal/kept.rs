//! What the server holds for an act: its entry, its photos, its signatures, its documents.

use askama::Template;
use rusqlite::{OptionalExtension, Row, Transaction, named_params};
use stackside_core::act::{Act, Strokes};
use stackside_core::evidence::Entry;
use stackside_core::hash::Hash;

use super::shown_ms;
use crate::api::Files;
use crate::history::read_entry;
use crate::store::StoreError;
use crate::words::Words;

/// Larger than any signature.
const MAX_STROKES: u64 = 4 * 1024 * 1024;

/// Where an entry stands in its log, and when it was received.
pub(super) struct Evidence {
    pub(super) seq: i64,
    pub(super) hash: String,
    pub(super) received: String,
}

/// A photo of a visit or a record.
#[derive(Clone)]
pub(super) struct Photo {
    pub(super) sha256: String,
    pub(super) short: String,
    pub(super) is_held: bool,
    pub(super) is_imported: bool,
    /// Where in its form it belongs.
    pub(super) slot: Option<String>,
    /// The same in words.
    pub(super) caption: String,
}

/// Photos beside each other.
#[derive(Template)]
#[template(path = "gallery.html")]
pub(super) struct Gallery {
    pub(super) words: &'static Words,
    pub(super) photos: Vec<Photo>,
}

/// The photos of a visit that no record names.
pub(super) fn photos_of_visit(
    tx: &Transaction<'_>,
    files: &Files,
    visit: &str,
    operator: &str,
) -> Result<Vec<Photo>, StoreError> {
    let mut query = tx.prepare(
        "SELECT sha256, MAX(source = 'imported'), MAX(slot) FROM file_reference
         WHERE visit = :visit AND operator = :operator AND role IN ('photo', 'sign_in', 'record')
             AND media_type <> 'application/pdf'
         GROUP BY sha256 HAVING MAX(record) IS NULL ORDER BY MIN(seq)",
    )?;
    let rows = query.query_map(named_params! { ":visit": visit, ":operator": operator }, photo)?;
    held(tx, files, operator, rows)
}

/// The photos of a record.
pub(super) fn photos_of_record(
    tx: &Transaction<'_>,
    files: &Files,
    record: &str,
    operator: &str,
) -> Result<Vec<Photo>, StoreError> {
    // A photo may have been taken before its record was begun: its own entry says more than the record's.
    let mut query = tx.prepare(
        "SELECT mine.sha256, MAX(taken.source = 'imported'), MAX(taken.slot) FROM file_reference AS mine
         LEFT JOIN file_reference AS taken ON taken.sha256 = mine.sha256 AND taken.operator = mine.operator
             AND taken.role = 'photo' AND (taken.record = mine.record OR taken.visit = mine.visit)
         WHERE mine.record = :record AND mine.operator = :operator AND mine.role IN ('photo', 'record')
             AND mine.media_type <> 'application/pdf'
         GROUP BY mine.sha256 ORDER BY MIN(mine.seq)",
    )?;
    let rows = query.query_map(named_params! { ":record": record, ":operator": operator }, photo)?;
    held(tx, files, operator, rows)
}

type Named = (String, Option<bool>, Option<String>);

fn photo(row: &Row<'_>) -> rusqlite::Result<Named> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
}

fn held(
    tx: &Transaction<'_>,
    files: &Files,
    operator: &str,
    rows: impl Iterator<Item = rusqlite::Result<Named>>,
) -> Result<Vec<Photo>, StoreError> {
    let mut photos = vec![];
    for row in rows {
        let (sha256, imported, slot) = row?;
        let Ok(hash) = sha256.parse::<Hash>() else { continue };
        let is_held = files.held(tx, &hash, operator)?.is_some();
        let (short, is_imported, caption) = (hash.short(), imported == Some(true), String::new());
        photos.push(Photo { sha256, short, is_held, is_imported, slot, caption });
    }
    Ok(photos)
}

/// The strokes of a signature as a drawing; nothing while the file has not arrived.
pub(super) fn signature(
    tx: &Transaction<'_>,
    files: &Files,
    sha256: &Hash,
    operator: &str,
) -> Result<Option<String>, StoreError> {
    if files.held(tx, sha256, operator)?.is_none_or(|size| size > MAX_STROKES) {
        return Ok(None);
    }
    let strokes: Option<Strokes> =
        std::fs::read(files.whole(sha256)).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    Ok(strokes.map(|strokes| {
        let line = |stroke: &Vec<stackside_core::act::StrokePoint>| {
            let points: Vec<String> = stroke.iter().map(|point| format!("{},{}", point.x, point.y)).collect();
            format!(r#"<polyline points="{}"/>"#, points.join(" "))
        };
        let lines: String = strokes.strokes.iter().map(line).collect();
        let (width, height) = (strokes.width, strokes.height);
        format!(r#"<svg class="signature" viewBox="0 0 {width} {height}" aria-hidden="true">{lines}</svg>"#)
    }))
}

/// Where an entry stands.
pub(super) fn evidence(
    tx: &Transaction<'_>,
    (device, log): (&str, &str),
    seq: i64,
) -> Result<Option<Evidence>, StoreError> {
    let row = tx.query_row(
        "SELECT hash, received_ms FROM entry WHERE device = :device AND log = :log AND seq = :seq",
        named_params! { ":device": device, ":log": log, ":seq": seq },
        |row| Ok(Evidence { seq, hash: row.get(0)?, received: shown_ms(row.get(1)?) }),
    );
    Ok(row.optional()?)
}

/// An entry as it was received.
pub(super) fn entry(
    tx: &Transaction<'_>,
    (device, log): (&str, &str),
    seq: i64,
) -> Result<Option<Entry>, StoreError> {
    let row = tx.query_row(
        "SELECT header, signature, body FROM entry WHERE device = :device AND log = :log AND seq = :seq",
        named_params! { ":device": device, ":log": log, ":seq": seq },
        read_entry,
    );
    Ok(row.optional()?)
}

/// What an entry says.
pub(super) fn act(tx: &Transaction<'_>, place: (&str, &str), seq: i64) -> Result<Option<Act>, StoreError> {
    Ok(entry(tx, place, seq)?.and_then(|entry| entry.read_act().ok()))
}

/// A technician's name; the id of one who is not in the register.
pub(super) fn technician(tx: &Transaction<'_>, id: &str, operator: &str) -> Result<String, StoreError> {
    let name: Option<String> = tx
        .query_row(
            "SELECT name FROM person WHERE id = :id AND operator = :operator",
            named_params! { ":id": id, ":operator": operator },
            |row| row.get(0),
        )
        .optional()?;
    Ok(name.unwrap_or_else(|| id.to_owned()))
}

/// A discharger's name; the id of one who is not in the register.
pub(super) fn discharger(tx: &Transaction<'_>, id: &str) -> Result<String, StoreError> {
    let query = "SELECT name FROM discharger WHERE id = :id";
    let name: Option<String> =
        tx.query_row(query, named_params! { ":id": id }, |row| row.get(0)).optional()?;
    Ok(name.unwrap_or_else(|| id.to_owned()))
}
