//! Makes the copies of a kept photo that screens show, and hands them out. They are made anew from the original whenever
//! they are missing, so nothing depends on them.

use std::fs;
use std::path::Path;
use std::sync::PoisonError;

use rusqlite::Connection;
use stackside_core::act::{Act, PhotoTaken};
use stackside_core::clock::TimeProof;
use stackside_core::command::Event;
use stackside_core::id::PhotoId;
use stackside_core::mark::Mark;
use stackside_core::photo::PhotoFormat;

use crate::device::Inner;
use crate::error::Error;
use crate::files::is_damage;
use crate::photo::copies;
use crate::store::file::FileKind;
use crate::store::photo::{Photo, PhotoFile, PhotoState};
use crate::store::{entry, photo, register, visit};

impl Inner {
    /// A photo's thumbnail; nothing if its pixels cannot be read.
    pub fn thumbnail_of(&self, photo: &Photo) -> Result<Option<Vec<u8>>, Error> {
        let Some(file) = &photo.file else { return Ok(None) };
        self.copy(photo, &self.files.thumbnail(file.sha256))
    }

    /// The copy with the mark; nothing if the original gave way, or its pixels cannot be read.
    pub fn shown_of(&self, photo: &Photo) -> Result<Option<Vec<u8>>, Error> {
        self.copy(photo, &self.files.shown(photo.id))
    }

    fn copy(&self, photo: &Photo, path: &Path) -> Result<Option<Vec<u8>>, Error> {
        match self.files.read(path) {
            Ok(Some(copy)) => return Ok(Some(copy)),
            Ok(None) => {}
            Err(error) if is_damage(&error) => {
                tracing::warn!("a copy of a photo is damaged: it is made anew");
                fs::remove_file(path)?;
            }
            Err(error) => return Err(error.into()),
        }
        self.develop(photo)?;
        Ok(self.files.read(path)?)
    }

    /// After a photo was kept, on a thread of its own.
    pub fn develop_later(&self, id: PhotoId) {
        let develop = || match self.store.read(|c| photo::find(c, id))? {
            Some(photo) => self.develop(&photo),
            None => Ok(()),
        };
        match develop() {
            Ok(()) => self.tell(Event::Store),
            Err(error) => tracing::warn!(%error, "a photo has no copies yet"),
        }
    }

    fn develop(&self, photo: &Photo) -> Result<(), Error> {
        let (FileKind::Photo, PhotoState::Kept, Some(file)) = (photo.kind(), photo.state, &photo.file) else {
            return Ok(());
        };
        // One photo at a time: its pixels take some 50 MB.
        let _turn = self.darkroom.lock().unwrap_or_else(PoisonError::into_inner);
        let (thumbnail, shown) = (self.files.thumbnail(file.sha256), self.files.shown(photo.id));
        if thumbnail.exists() && shown.exists() {
            return Ok(());
        }
        let original = match self.files.read(&self.files.path(FileKind::Photo, file.sha256)) {
            Ok(Some(original)) => original,
            Ok(None) => return Ok(()),
            Err(error) if is_damage(&error) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        let lines = self.store.read(|c| lines(c, photo, file))?;
        let format = PhotoFormat::of(&original).unwrap_or(PhotoFormat::Jpeg);
        match copies(&original, format, &lines) {
            Ok(made) => {
                self.files.write(&thumbnail, &made.thumbnail)?;
                self.files.write(&shown, &made.shown)
            }
            Err(error) => {
                tracing::warn!(%error, sha256 = %file.sha256.short(), "a photo has no copies");
                Ok(())
            }
        }
    }
}

/// What the mark says, by the entry that bears witness to the photo.
fn lines(c: &Connection, photo: &Photo, file: &PhotoFile) -> Result<Vec<String>, Error> {
    let entry = entry::of_photo(c, photo.id, file.sha256)?;
    let entry = entry.ok_or_else(|| Error::broken("a kept photo has no entry"))?;
    let header = entry.read_header().map_err(Error::broken)?;
    let fix = match entry.read_act().map_err(Error::broken)? {
        Act::PhotoTaken(PhotoTaken { fix, .. }) => fix,
        _ => None,
    };
    let (at, proof) = header.clocks.best_time();
    let (point, discharger) = place(c, photo)?;
    let person = register::person(c, &photo.person)?.map_or_else(|| photo.person.to_string(), |row| row.name);
    let mark = Mark {
        discharger: &discharger,
        point: &point,
        person: &person,
        at,
        is_proven: proof != TimeProof::Unproven,
        fix: fix.as_ref(),
        sha256: file.sha256,
        source: photo.source,
    };
    Ok(mark.lines())
}

/// Names of the point and its discharger, as they were at the visit.
fn place(c: &Connection, photo: &Photo) -> Result<(String, String), Error> {
    if let Some(visit) = photo.visit {
        let visit = visit::of_person(c, visit, &photo.person)?;
        return Ok((visit.point.name, visit.discharger_name));
    }
    let Some(record) = photo.record else { return Ok(<_>::default()) };
    let record = crate::store::record::of_person(c, record, &photo.person)?;
    match register::point(c, &record.point) {
        Ok(point) => Ok((point.name, register::discharger_name(c, &point.discharger)?)),
        Err(_) => Ok((record.point.to_string(), String::new())),
    }
}
