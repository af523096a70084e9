//! Photos, journaled from before the shutter.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use stackside_core::hash::Hash;
use stackside_core::id::{PersonId, PhotoId, RecordId, VisitId};
use stackside_core::photo::PhotoSource;

use super::file::FileKind;
use super::{number, parsed, parsed_or_null, sql, time_text};
use crate::error::Error;

/// How far a photo got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhotoState {
    /// Journaled; its bytes are arriving.
    Begun,
    /// Arrived and checked, not yet in the log.
    Whole,
    /// In the log.
    Kept,
    /// Never arrived whole.
    Incomplete,
}

impl PhotoState {
    const ALL: [(Self, &'static str); 4] = [
        (Self::Begun, "begun"),
        (Self::Whole, "whole"),
        (Self::Kept, "kept"),
        (Self::Incomplete, "incomplete"),
    ];
    fn text(self) -> &'static str {
        Self::ALL.iter().find(|(state, _)| *state == self).map_or("", |(_, text)| text)
    }
}

/// A photo's row.
#[derive(Debug, Clone)]
pub struct Photo {
    /// Which.
    pub id: PhotoId,
    /// Its visit; nothing for a sign-in.
    pub visit: Option<VisitId>,
    /// Its record.
    pub record: Option<RecordId>,
    /// The form's slot.
    pub slot: Option<String>,
    /// Camera, file or document.
    pub source: PhotoSource,
    /// A document's name.
    pub name: Option<String>,
    /// Who takes it.
    pub person: PersonId,
    /// How far it got.
    pub state: PhotoState,
    /// When it was journaled.
    pub begun_at: DateTime<Utc>,
    /// From [`PhotoState::Whole`] on.
    pub file: Option<PhotoFile>,
}

impl Photo {
    /// The folder that its bytes lie in.
    pub fn kind(&self) -> FileKind {
        match self.source {
            PhotoSource::Camera | PhotoSource::Imported => FileKind::Photo,
            PhotoSource::Document => FileKind::Document,
        }
    }
}

/// The bytes of a photo that arrived whole.
#[derive(Debug, Clone)]
pub struct PhotoFile {
    /// SHA-256 of the original.
    pub sha256: Hash,
    /// Its length.
    pub size_bytes: u64,
    /// Its media type.
    pub media_type: String,
    /// When it was taken.
    pub taken_at: DateTime<Utc>,
}

const COLUMNS: &str =
    "SELECT id, visit, record, slot, source, name, person, state, begun_at, sha256, size_bytes,
    media_type, taken_at FROM photo";

fn read(row: &Row<'_>) -> rusqlite::Result<Photo> {
    let state: String = row.get("state")?;
    let source: String = row.get("source")?;
    let file = match parsed_or_null(row, "sha256")? {
        Some(sha256) => Some(PhotoFile {
            sha256,
            size_bytes: number(row, "size_bytes")?,
            media_type: row.get("media_type")?,
            taken_at: parsed(row, "taken_at")?,
        }),
        None => None,
    };
    Ok(Photo {
        id: parsed(row, "id")?,
        visit: parsed_or_null(row, "visit")?,
        record: parsed_or_null(row, "record")?,
        slot: row.get("slot")?,
        source: match source.as_str() {
            "camera" => PhotoSource::Camera,
            "document" => PhotoSource::Document,
            _ => PhotoSource::Imported,
        },
        name: row.get("name")?,
        person: parsed(row, "person")?,
        state: PhotoState::ALL
            .iter()
            .find(|(_, text)| *text == state)
            .map_or(PhotoState::Incomplete, |(s, _)| *s),
        begun_at: parsed(row, "begun_at")?,
        file,
    })
}

/// Journals a photo before the shutter.
pub fn begin(connection: &Connection, photo: &Photo) -> Result<(), Error> {
    let source = match photo.source {
        PhotoSource::Camera => "camera",
        PhotoSource::Imported => "imported",
        PhotoSource::Document => "document",
    };
    connection.execute(
        "INSERT INTO photo (id, visit, record, slot, source, name, person, state, begun_at)
         VALUES (:id, :visit, :record, :slot, :source, :name, :person, 'begun', :at)",
        named_params! {
            ":id": photo.id.to_string(), ":visit": photo.visit.map(|id| id.to_string()),
            ":record": photo.record.map(|id| id.to_string()), ":slot": photo.slot, ":source": source,
            ":name": photo.name,
            ":person": photo.person.as_str(), ":at": time_text(photo.begun_at),
        },
    )?;
    Ok(())
}

/// A photo.
pub fn find(connection: &Connection, id: PhotoId) -> Result<Option<Photo>, Error> {
    let sql = format!("{COLUMNS} WHERE id = :id");
    Ok(connection.query_row(&sql, named_params! {":id": id.to_string()}, read).optional()?)
}

/// A photo that this person began.
pub fn of_person(connection: &Connection, id: PhotoId, person: &PersonId) -> Result<Photo, Error> {
    find(connection, id)?.filter(|photo| photo.person == *person).ok_or_else(|| Error::not_found("photo"))
}

fn kept(connection: &Connection, column: &str, id: String) -> Result<Vec<Photo>, Error> {
    let sql = format!("{COLUMNS} WHERE {column} = :id AND state = 'kept' ORDER BY taken_at, id");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(named_params! {":id": id}, read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}
/// The kept photos of a visit.
pub fn of_visit(connection: &Connection, visit: VisitId) -> Result<Vec<Photo>, Error> {
    kept(connection, "visit", visit.to_string())
}
/// The kept photos of a record.
pub fn of_record(connection: &Connection, record: RecordId) -> Result<Vec<Photo>, Error> {
    kept(connection, "record", record.to_string())
}
/// The kept photos with these bytes.
pub fn of_hash(connection: &Connection, sha256: Hash) -> Result<Vec<Photo>, Error> {
    kept(connection, "sha256", sha256.to_string())
}
/// All photos in a state: for start-up.
pub fn in_state(connection: &Connection, state: PhotoState) -> Result<Vec<Photo>, Error> {
    let mut statement = connection.prepare(&format!("{COLUMNS} WHERE state = :state"))?;
    let rows = statement.query_map(named_params! {":state": state.text()}, read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Moves a photo on; `file` once its bytes are known.
pub fn set_state(
    connection: &Connection,
    id: PhotoId,
    state: PhotoState,
    file: Option<&PhotoFile>,
) -> Result<(), Error> {
    connection.execute(
        "UPDATE photo SET state = :state, sha256 = COALESCE(:sha256, sha256),
                          size_bytes = COALESCE(:size, size_bytes), media_type = COALESCE(:type, media_type),
                          taken_at = COALESCE(:at, taken_at)
         WHERE id = :id",
        named_params! {
            ":id": id.to_string(), ":state": state.text(), ":sha256": file.map(|f| f.sha256.to_string()),
            ":size": file.map(|f| sql(f.size_bytes)), ":type": file.map(|f| &f.media_type),
            ":at": file.map(|f| time_text(f.taken_at)),
        },
    )?;
    Ok(())
}

/// Gives a sign-in's photo its visit.
pub fn set_visit(connection: &Connection, id: PhotoId, visit: VisitId) -> Result<(), Error> {
    connection.execute(
        "UPDATE photo SET visit = :visit WHERE id = :id",
        named_params! {":id": id.to_string(), ":visit": visit.to_string()},
    )?;
    Ok(())
}

/// Drops the journal row of a photo that a person gave up.
pub fn abandon(connection: &Connection, id: PhotoId) -> Result<(), Error> {
    connection.execute(
        "DELETE FROM photo WHERE id = :id AND state IN ('begun', 'incomplete')",
        named_params! {":id": id.to_string()},
    )?;
    Ok(())
}
