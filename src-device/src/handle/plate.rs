//! The QR plate at a station house: scanned at sign-in, read by the device.

use std::sync::PoisonError;

use stackside_core::act::{FileRef, PlateScan};
use stackside_core::command::{CommandError, ReadPlate};
use stackside_core::id::{PhotoId, PointId};
use stackside_core::photo::PhotoFormat;
use stackside_core::plate::{PlateVerdict, judge};
use stackside_core::register::Person;

use crate::device::{Device, Handle, Inner};
use crate::error::Error;
use crate::plate;
use crate::store::file::FileKind;
use crate::store::photo::{self, Photo, PhotoState};
use crate::store::register;

impl Inner {
    /// What a kept photo of this person, which belongs to no visit yet, shows of a point's plate.
    pub(super) fn scan_plate(
        &self,
        person: &Person,
        id: PhotoId,
        point: &PointId,
    ) -> Result<PlateScan, Error> {
        let (photo, known) =
            self.store.read(|c| Ok((photo::of_person(c, id, &person.id)?, register::points(c)?)))?;
        let Photo { state: PhotoState::Kept, visit: None, record: None, source, file: Some(file), .. } =
            photo
        else {
            return Err(Error::not_found("photo"));
        };
        let format = PhotoFormat::of_media_type(&file.media_type).ok_or(CommandError::NotAPhoto)?;
        // A picture that cannot be decoded is evidence all the same, of a plate that could not be read.
        let original =
            self.files.read(&self.files.path(FileKind::Photo, file.sha256)).unwrap_or_else(|error| {
                tracing::error!(%error, "a plate's photo cannot be read");
                None
            });
        // One photo at a time: its pixels take some 50 MB.
        let _turn = self.darkroom.lock().unwrap_or_else(PoisonError::into_inner);
        let text = original.and_then(|original| plate::read(&original, format));
        Ok(PlateScan {
            verdict: judge(text.as_deref(), point, &known),
            text,
            photo: FileRef { sha256: file.sha256, size_bytes: file.size_bytes, media_type: file.media_type },
            source,
        })
    }
}

impl Handle<ReadPlate> for Device {
    fn handle(&self, ReadPlate { point, photo }: ReadPlate) -> Result<PlateVerdict, CommandError> {
        let person = self.0.person()?;
        Ok(self.0.scan_plate(&person, photo, &point)?.verdict)
    }
}
