//! Space on the disk: measured before each photo, and made by sent originals that give way.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use stackside_core::clock::TimeProof;
use stackside_core::command::{CommandError, Event, HandoverTrouble, StorageView};
use stackside_core::storage::{ORIGINAL_STAYS, Room, Storage};

use crate::device::Inner;
use crate::error::Error;
use crate::store::file::{self, Sendable};
use crate::store::photo;

/// Tells how many bytes are free for this app.
pub type FreeBytes = Arc<dyn Fn() -> io::Result<u64> + Send + Sync>;

/// What is free on the file system of `folder`.
pub(crate) fn free_in(folder: &Path) -> FreeBytes {
    let folder = folder.to_owned();
    Arc::new(move || {
        let disk = rustix::fs::statvfs(&folder)?;
        Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
    })
}

impl Inner {
    /// What there is now.
    pub fn storage(&self) -> Result<Storage, Error> {
        Ok(Storage { free_bytes: (self.free_bytes)()?, database_bytes: self.store.size_bytes()? })
    }

    pub fn storage_view(&self) -> Result<StorageView, Error> {
        let storage = self.storage()?;
        self.store.read(|c| {
            let [here, unsent, gone] = file::originals(c)?;
            Ok(StorageView { storage, here, unsent, gone })
        })
    }

    /// Refuses a photo that would take the space of text. Where it is short, sent originals give way first.
    pub fn require_room(&self) -> Result<(), Error> {
        let Some(before) = self.storage_if_told() else { return Ok(()) };
        match before.room() {
            Room::Enough => return Ok(()),
            Room::Short { .. } => {
                self.care.wake();
                return Ok(());
            }
            // That nothing gives way says no more than that there is no space.
            Room::None => {
                let made = self.make_room();
                made.inspect_err(|error| tracing::error!(%error, "no original gave way")).unwrap_or_default();
            }
        }
        let storage = self.storage()?;
        if storage.room() != Room::None {
            return Ok(());
        }
        let needed_bytes = storage.photo_needs_bytes();
        Err(CommandError::NoRoomForPhotos { free_bytes: storage.free_bytes, needed_bytes }.into())
    }

    /// Refuses a file of `bytes` that would take the space of text.
    pub fn require_room_for(&self, bytes: u64) -> Result<(), Error> {
        let Some(storage) = self.storage_if_told() else { return Ok(()) };
        if storage.free_bytes >= storage.reserve_bytes().saturating_add(bytes) {
            return Ok(());
        }
        Err(HandoverTrouble::NoRoom.into())
    }

    /// A disk that does not tell may well have space, and says so when it has none.
    fn storage_if_told(&self) -> Option<Storage> {
        self.storage()
            .inspect_err(|error| tracing::warn!(%error, "nobody knows how much space there is"))
            .ok()
    }

    /// Lets the oldest sent originals go until a visit's photos fit, and nothing else.
    pub fn make_room(&self) -> Result<(), Error> {
        let lacks_bytes = self.storage()?.visit_lacks_bytes();
        // A wall clock that runs ahead would make every original old.
        let (now, proof) = self.clocks()?.best_time();
        if lacks_bytes == 0 || proof == TimeProof::Unproven {
            return Ok(());
        }
        let (mut made, mut files) = (0, 0);
        for original in self.store.read(|c| file::may_go(c, now - ORIGINAL_STAYS))? {
            if made >= lacks_bytes {
                break;
            }
            match self.let_go(&original, now) {
                Ok(true) => {
                    made += original.file.size_bytes;
                    files += 1;
                }
                Ok(false) => {}
                // One that cannot go must not keep the others here.
                Err(error) => {
                    tracing::error!(%error, sha256 = %original.file.sha256.short(), "it does not give way");
                }
            }
        }
        if files > 0 {
            tracing::info!(files, bytes = made, "sent originals gave way to new photos");
            self.tell(Event::Store);
        }
        Ok(())
    }

    /// Inside one transaction, so that nothing takes back meanwhile that the server holds it. Its thumbnail stays.
    fn let_go(&self, original: &Sendable, now: chrono::DateTime<chrono::Utc>) -> Result<bool, Error> {
        let sha256 = original.file.sha256;
        let photos = self.store.read(|c| photo::of_hash(c, sha256))?;
        for photo in &photos {
            if let Err(error) = self.thumbnail_of(photo) {
                tracing::warn!(%error, "an original gives way without a thumbnail");
            }
        }
        let _turn = self.files.turn();
        let gone = self.store.write(|t| {
            if !file::let_go(t, sha256, now)? {
                return Ok(false);
            }
            match fs::remove_file(self.files.path(original.kind, sha256)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
                _ => Ok(true),
            }
        })?;
        for photo in photos.iter().filter(|_| gone) {
            // A copy that stays is looked at, no more.
            let _ = fs::remove_file(self.files.shown(photo.id));
        }
        Ok(gone)
    }
}
