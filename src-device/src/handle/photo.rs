//! Photos and documents: journaled before the shutter, taken in pieces, checked, kept.

use std::fs::{self, File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rusqlite::Connection;
use stackside_core::act::{Act, FileRef, PhotoTaken};
use stackside_core::command::{
    AbandonPhoto, AddPhotoPiece, BeginPhoto, CommandError, Event, FinishPhoto, GetPhoto, GetThumbnail,
    PhotoLine, PhotoView,
};
use stackside_core::form::{Answer, AnswerError, AnswerKey, FieldType};
use stackside_core::hash::Hash;
use stackside_core::id::{PhotoId, RecordId};
use stackside_core::photo::{MAX_BYTES, PIECE_BYTES, PhotoSource};
use stackside_core::record::RecordState;
use stackside_core::register::Person;
use stackside_core::visit::VisitState;

use super::answer::field_of;
use super::known::own_draft;
use super::standing::instruments_of;
use super::visit::check_words;
use crate::device::{Device, Handle, Inner, closed, new_id};
use crate::error::Error;
use crate::files::measure;
use crate::store::entry::Subject;
use crate::store::file::{self, FileKind};
use crate::store::photo::{self, Photo, PhotoFile, PhotoState};
use crate::store::record::{self, Record};
use crate::store::visit;
use crate::witness::Told;

const LONGEST_NAME: usize = 200;

impl Inner {
    fn begin_photo(&self, person: &Person, command: BeginPhoto) -> Result<PhotoId, Error> {
        let BeginPhoto { visit, record, slot, source, name } = command;
        self.require_room()?;
        let id = PhotoId::new(new_id());
        let begun_at = self.now()?;
        self.store.write(|t| {
            let record = record.map(|id| own_draft(t, id, &person.id)).transpose()?;
            check_slot(t, record.as_ref(), slot.as_deref(), source)?;
            let name = document_name(source, name)?;
            let of_record = record.as_ref().and_then(|record| record.visit);
            if record.is_some() && visit.is_some() && visit != of_record {
                return Err(Error::not_found("record"));
            }
            // A correction is no work of the visit, which may be long over.
            let is_correction = record.as_ref().is_some_and(|record| record.original.is_some());
            let visit = visit.or(of_record).filter(|_| !is_correction);
            if let Some(visit) = visit
                && visit::of_person(t, visit, &person.id)?.state == VisitState::Closed
            {
                return Err(closed());
            }
            let record = record.map(|record| record.id);
            let state = PhotoState::Begun;
            let person = person.id.clone();
            let photo = Photo { id, visit, record, slot, source, name, person, state, begun_at, file: None };
            photo::begin(t, &photo)
        })?;
        File::create(self.files.arriving(id))?;
        Ok(id)
    }

    fn add_piece(&self, person: &Person, command: &AddPhotoPiece) -> Result<(), Error> {
        let photo = self.store.read(|c| photo::of_person(c, command.photo, &person.id))?;
        if photo.state != PhotoState::Begun {
            return Err(closed());
        }
        let piece = STANDARD.decode(&command.base64).map_err(|_| CommandError::PhotoDamaged)?;
        if piece.len() > PIECE_BYTES {
            return Err(CommandError::PhotoTooLarge.into());
        }
        let mut file = OpenOptions::new().write(true).open(self.files.arriving(photo.id))?;
        let there = file.metadata()?.len();
        if there != command.offset {
            return Err(CommandError::PhotoDamaged.into());
        }
        if there + piece.len() as u64 > MAX_BYTES {
            return Err(CommandError::PhotoTooLarge.into());
        }
        file.seek(SeekFrom::Start(there))?;
        if let Err(error) = file.write_all(&piece) {
            // The piece can be sent again once there is space.
            if let Err(error) = file.set_len(there) {
                tracing::warn!(%error, "half a piece of a photo stays");
            }
            return Err(error.into());
        }
        Ok(())
    }

    fn finish_photo(
        &self,
        person: &Person,
        id: PhotoId,
        size_bytes: u64,
        sha256: Hash,
    ) -> Result<Photo, Error> {
        let photo = self.store.read(|c| photo::of_person(c, id, &person.id))?;
        match (photo.state, &photo.file) {
            (PhotoState::Begun, _) => {}
            // There was no space left for its entry; now there may be.
            (PhotoState::Whole, Some(file)) if file.sha256 == sha256 => return self.keep_photo(photo),
            // Asked twice, for the first answer was lost on its way.
            (PhotoState::Kept, Some(file)) if file.sha256 == sha256 => return Ok(photo),
            _ => return Err(closed()),
        }
        let arriving = self.files.arriving(id);
        File::open(&arriving)?.sync_all()?;
        if measure(&arriving)? != (size_bytes, sha256) {
            return Err(CommandError::PhotoDamaged.into());
        }
        let media_type = match photo.kind() {
            FileKind::Document => crate::photo::examine_document(&arriving)?,
            _ => crate::photo::examine(&arriving)?.media_type(),
        };
        let media_type = media_type.to_owned();
        let file = PhotoFile { sha256, size_bytes, media_type, taken_at: self.now()? };
        self.store.write(|t| photo::set_state(t, id, PhotoState::Whole, Some(&file)))?;
        self.keep_photo(Photo { state: PhotoState::Whole, file: Some(file), ..photo })
    }

    /// From whole to kept: its name, its entry. Start-up does the same for what a kill left half way.
    pub(crate) fn keep_photo(&self, photo: Photo) -> Result<Photo, Error> {
        let bytes = photo.file.clone().ok_or_else(|| Error::broken("a whole photo has no hash"))?;
        let (arriving, path) = (self.files.arriving(photo.id), self.files.path(photo.kind(), bytes.sha256));
        let _turn = self.files.turn();
        if arriving.exists() {
            self.files.keep(&arriving, &path, (bytes.size_bytes, bytes.sha256))?;
        }
        let file =
            FileRef { sha256: bytes.sha256, size_bytes: bytes.size_bytes, media_type: bytes.media_type };
        let (point, record) = self.store.read(|c| subject_of(c, &photo))?;
        let act = Act::PhotoTaken(PhotoTaken {
            photo: photo.id,
            visit: photo.visit,
            record,
            slot: photo.slot.clone(),
            source: photo.source,
            file: file.clone(),
            // Desk work claims no presence.
            fix: self.fresh_fixes().pop().filter(|_| photo.visit.is_some() || photo.record.is_none()),
        });
        let told = Told::of(act, Subject { point, record: None });
        let clocks = self.clocks()?;
        self.bear_witness(Some(&photo.person), &clocks, vec![told], |t, entries| {
            let entry = entries.last().ok_or_else(|| Error::broken("no entry was made"))?;
            // Finished twice at once: the second finds it kept.
            if photo::find(t, photo.id)?.is_none_or(|now| now.state != PhotoState::Whole) {
                return Err(closed());
            }
            photo::set_state(t, photo.id, PhotoState::Kept, None)?;
            answer_with(t, &photo, &file)?;
            file::add(t, &file, photo.kind(), bytes.taken_at, entry.log, entry.seq)
        })?;
        self.care.develop(photo.id);
        Ok(Photo { state: PhotoState::Kept, ..photo })
    }

    fn abandon_photo(&self, person: &Person, id: PhotoId) -> Result<(), Error> {
        let photo = self.store.read(|c| photo::of_person(c, id, &person.id))?;
        if !matches!(photo.state, PhotoState::Begun | PhotoState::Incomplete) {
            return Err(closed());
        }
        self.store.write(|t| photo::abandon(t, id))?;
        match fs::remove_file(self.files.arriving(id)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }
}

/// Refuses a place that the record's form does not have for what is begun.
fn check_slot(
    c: &Connection,
    record: Option<&Record>,
    slot: Option<&str>,
    source: PhotoSource,
) -> Result<(), Error> {
    let wrong = || Error::invalid("slot", AnswerError::NoSuchField);
    let wanted = if source == PhotoSource::Document { FieldType::File } else { FieldType::Photo };
    let (Some(record), Some(slot)) = (record, slot) else {
        // A photo may be of the visit alone; a document is always asked for by a field.
        let is_free = slot.is_none() && wanted == FieldType::Photo;
        return if is_free { Ok(()) } else { Err(wrong()) };
    };
    if wanted == FieldType::Photo && record.form.photos.iter().any(|known| known.id == slot) {
        return Ok(());
    }
    let instruments = instruments_of(c, record)?;
    let key: AnswerKey = slot.parse().map_err(|_| wrong())?;
    let field = field_of(&record.form, &instruments, &key).filter(|field| field.kind == wanted);
    field.map(|_| ()).ok_or_else(wrong)
}

/// A document's name as it is kept; photos have none.
fn document_name(source: PhotoSource, name: Option<String>) -> Result<Option<String>, Error> {
    if source != PhotoSource::Document {
        return Ok(None);
    }
    let name = name.unwrap_or_default().trim().to_owned();
    check_words("name", &name, LONGEST_NAME)?;
    if name.is_empty() { Err(Error::invalid("name", AnswerError::Missing)) } else { Ok(Some(name)) }
}

/// The point and the record that a photo is about.
fn subject_of(c: &Connection, photo: &Photo) -> Result<(Option<String>, Option<RecordId>), Error> {
    let record = photo.record.map(|id| record::of_person(c, id, &photo.person)).transpose()?;
    let point = match (photo.visit, &record) {
        (Some(visit), _) => Some(visit::of_person(c, visit, &photo.person)?.point.id),
        (None, record) => record.as_ref().map(|record| record.point.clone()),
    };
    Ok((point.map(|id| id.to_string()), record.map(|record| record.root())))
}

/// A kept document is the answer of the field that asked for it, as long as its record is a draft.
fn answer_with(t: &Connection, photo: &Photo, file: &FileRef) -> Result<(), Error> {
    let (Some(name), Some(slot), Some(record)) = (&photo.name, &photo.slot, photo.record) else {
        return Ok(());
    };
    if record::of_person(t, record, &photo.person)?.state != RecordState::Draft {
        return Ok(());
    }
    let key = slot.parse().map_err(Error::broken)?;
    let answer = Answer::typed(format!("{} {} {name}", file.sha256, file.size_bytes));
    record::put_answer(t, record, &key, &answer, None)
}

impl Handle<BeginPhoto> for Device {
    fn handle(&self, command: BeginPhoto) -> Result<PhotoId, CommandError> {
        let person = self.0.person()?;
        Ok(self.0.begin_photo(&person, command)?)
    }
}

impl Handle<AddPhotoPiece> for Device {
    fn handle(&self, command: AddPhotoPiece) -> Result<(), CommandError> {
        let person = self.0.person()?;
        Ok(self.0.add_piece(&person, &command)?)
    }
}

impl Handle<FinishPhoto> for Device {
    fn handle(
        &self,
        FinishPhoto { photo, size_bytes, sha256 }: FinishPhoto,
    ) -> Result<PhotoLine, CommandError> {
        let person = self.0.person()?;
        let photo = self.0.finish_photo(&person, photo, size_bytes, sha256)?;
        let lines = self.0.store.read(|c| self.0.photo_lines(c, &[photo]))?;
        self.0.tell(Event::Store);
        self.0.sync.wake();
        lines.into_iter().next().ok_or(CommandError::Internal)
    }
}

impl Handle<AbandonPhoto> for Device {
    fn handle(&self, AbandonPhoto { photo }: AbandonPhoto) -> Result<(), CommandError> {
        let person = self.0.person()?;
        self.0.abandon_photo(&person, photo)?;
        self.0.tell(Event::Store);
        Ok(())
    }
}

impl Inner {
    fn kept_photo(&self, id: PhotoId) -> Result<Photo, Error> {
        self.person()?;
        let found = self.store.read(|c| photo::find(c, id))?;
        found.filter(|photo| photo.file.is_some()).ok_or_else(|| Error::not_found("photo"))
    }
}

impl Handle<GetThumbnail> for Device {
    fn handle(&self, GetThumbnail { photo }: GetThumbnail) -> Result<String, CommandError> {
        let photo = self.0.kept_photo(photo)?;
        let small = self.0.thumbnail_of(&photo)?.ok_or_else(|| Error::not_found("photo"))?;
        Ok(STANDARD.encode(small))
    }
}

impl Handle<GetPhoto> for Device {
    fn handle(&self, GetPhoto { photo }: GetPhoto) -> Result<PhotoView, CommandError> {
        let photo = self.0.kept_photo(photo)?;
        let (picture, is_marked) = match self.0.shown_of(&photo)? {
            Some(shown) => (Some(shown), true),
            None => (self.0.thumbnail_of(&photo)?, false),
        };
        let lines = self.0.store.read(|c| self.0.photo_lines(c, &[photo]))?;
        let line = lines.into_iter().next().ok_or(CommandError::Internal)?;
        Ok(PhotoView { line, jpeg: picture.map(|bytes| STANDARD.encode(bytes)), is_marked })
    }
}
