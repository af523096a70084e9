//! What start-up mends after an unclean end.

use std::fs;
use std::io::ErrorKind;

use rusqlite::Connection;
use stackside_core::command::Recovered;

use crate::device::Inner;
use crate::error::Error;
use crate::files::{is_damage, measure};
use crate::store::photo::{self, Photo, PhotoState};
use crate::store::{entry, file, setting};
use crate::sync::go_on_in_a_new_log;

impl Inner {
    /// After the database was mended: a new log tells of it, and the technician hears what was saved.
    pub fn tell_of_mending(&self) -> Result<(), Error> {
        let Some(mended) = self.store.read(|c| setting::get(c, setting::MENDED))? else { return Ok(()) };
        let (enrolled, log) = (self.enrolment()?, self.store.read(entry::current)?);
        // Where it is nobody's now, the enrolment opens the log.
        let tell = |t: &Connection| {
            setting::remove(t, setting::MENDED)?;
            tell(t, Recovered { database: Some(mended), ..Recovered::default() })
        };
        match enrolled.and(log) {
            Some(_) => go_on_in_a_new_log(self, |t, _| tell(t)),
            None => self.store.write(|t| tell(t)),
        }
    }

    /// Brings journal and files together again, and tells the technician what it found.
    pub fn reconcile(&self) -> Result<(), Error> {
        let mut found = Recovered::default();
        for photo in self.store.read(|c| photo::in_state(c, PhotoState::Whole))? {
            match self.is_there(&photo) {
                // Without a key (lost, or not yet unlocked) it stays whole until a later start.
                Ok(true) => match self.keep_photo(photo) {
                    Ok(_) => found.photos_attached += 1,
                    Err(error) => tracing::error!(%error, "a whole photo is not attached yet"),
                },
                Ok(false) => {
                    self.set_incomplete(&photo)?;
                    found.photos_missing += 1;
                }
                Err(error) => tracing::error!(%error, "a whole photo cannot be read now: it stays whole"),
            }
        }
        // Its length and hash were never announced, so nobody can say that it is whole. What arrived is kept.
        for photo in self.store.read(|c| photo::in_state(c, PhotoState::Begun))? {
            self.set_incomplete(&photo)?;
            found.photos_incomplete += 1;
        }
        for photo in self.store.read(|c| photo::in_state(c, PhotoState::Kept))? {
            if self.is_missing(&photo)? {
                found.photos_missing += 1;
            }
        }
        if let Err(error) = self.clear_arriving() {
            tracing::warn!(%error, "what was left of photos stays for now");
        }
        if found != Recovered::default() {
            tracing::warn!(?found, "start-up mended photos");
            self.store.write(|t| tell(t, found))?;
        }
        Ok(())
    }

    /// True if the bytes of a kept photo are neither here nor confirmed by the server. What it holds has given way to new
    /// photos, even where a backup of the database does not know that yet.
    fn is_missing(&self, photo: &Photo) -> Result<bool, Error> {
        let Some(sha256) = photo.file.as_ref().map(|file| file.sha256) else { return Ok(false) };
        if self.files.path(photo.kind(), sha256).exists() {
            return Ok(false);
        }
        match self.store.read(|c| file::find(c, sha256))? {
            Some(file) if file.gone_at.is_some() => Ok(false),
            Some(file) if file.held_at.is_some() => {
                let now = self.now()?;
                self.store.write(|t| file::let_go(t, sha256, now)).map(|has_gone| !has_gone)
            }
            _ => Ok(true),
        }
    }

    fn set_incomplete(&self, photo: &Photo) -> Result<(), Error> {
        self.store.write(|t| photo::set_state(t, photo.id, PhotoState::Incomplete, None))
    }

    /// True if the bytes of a whole photo are there, under either name.
    fn is_there(&self, photo: &Photo) -> Result<bool, Error> {
        let Some(file) = &photo.file else { return Ok(false) };
        let wanted = (file.size_bytes, file.sha256);
        let (arriving, kept) = (self.files.arriving(photo.id), self.files.path(photo.kind(), file.sha256));
        if arriving.exists() && measure(&arriving)? == wanted {
            return Ok(true);
        }
        match self.files.measure(&kept) {
            Ok(measured) => Ok(measured == wanted),
            Err(error) if is_damage(&error) || error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Drops plain bytes that a kill or a power cut left beside a photo that is kept, or that was given up.
    fn clear_arriving(&self) -> Result<(), Error> {
        for (id, path) in self.files.all_arriving()? {
            let photo = self.store.read(|c| photo::find(c, id))?;
            if photo.is_none_or(|photo| photo.state == PhotoState::Kept) {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }
}

/// Keeps what was found with what the technician has not read yet: no kill takes it away.
fn tell(connection: &Connection, found: Recovered) -> Result<(), Error> {
    let unread: Recovered = setting::get(connection, setting::RECOVERED)?.unwrap_or_default();
    setting::put(connection, setting::RECOVERED, &unread.and(found))
}
