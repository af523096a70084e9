//! Files beside the database: photos and signatures by the hash of their content, pieces on their way, thumbnails.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use stackside_core::hash::Hash;
use stackside_core::id::PhotoId;

use crate::store::file::FileKind;

/// The folders of files.
#[derive(Debug)]
pub struct Files {
    data: PathBuf,
}

impl Files {
    /// Makes the folders.
    pub fn open(data: &Path) -> io::Result<Self> {
        let files = Self { data: data.to_owned() };
        for folder in ["photos", "documents", "signatures", "thumbnails", "shown", "arriving"] {
            fs::create_dir_all(data.join(folder))?;
        }
        Ok(files)
    }

    /// Where a file lies for good: `photos/ab/ab12…`.
    pub fn path(&self, kind: FileKind, sha256: Hash) -> PathBuf {
        self.named(
            match kind {
                FileKind::Photo => "photos",
                FileKind::Document => "documents",
                FileKind::Signature => "signatures",
            },
            sha256,
        )
    }
    /// Where a file of its own lies.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.data.join(name)
    }
    /// Where a photo's thumbnail lies.
    pub fn thumbnail(&self, sha256: Hash) -> PathBuf {
        self.named("thumbnails", sha256)
    }
    /// Where the copy of a photo lies that bears its mark. The same original may be two photos, with a mark each.
    pub fn shown(&self, photo: PhotoId) -> PathBuf {
        self.data.join("shown").join(photo.to_string())
    }
    /// Where a photo lies while its pieces arrive.
    pub fn arriving(&self, photo: PhotoId) -> PathBuf {
        self.data.join("arriving").join(photo.to_string())
    }
    /// Where a handover of another tablet lies while its pieces arrive.
    pub fn arriving_handover(&self) -> PathBuf {
        self.data.join("arriving").join("handover")
    }
    /// Where handovers of this tablet lie.
    pub fn exports(&self) -> PathBuf {
        self.data.join("exports")
    }
    /// Reads a kept file.
    pub fn open_kept(&self, path: &Path) -> io::Result<impl Read + use<>> {
        File::open(path)
    }
    fn named(&self, folder: &str, sha256: Hash) -> PathBuf {
        let name = sha256.to_string();
        self.data.join(folder).join(&name[..2]).join(&name)
    }

    /// Moves a file that is whole and flushed to its name; there after a power cut.
    pub fn keep(&self, from: &Path, to: &Path) -> io::Result<()> {
        let folder = to.parent().unwrap_or(&self.data);
        fs::create_dir_all(folder)?;
        fs::rename(from, to)?;
        File::open(folder)?.sync_all()?;
        // The folder itself may be new.
        folder.parent().map_or(Ok(()), |above| File::open(above)?.sync_all())
    }

    /// Writes a small file whole or not at all.
    pub fn write(&self, to: &Path, bytes: &[u8]) -> io::Result<()> {
        let part = self.data.join("arriving").join(uuid::Uuid::now_v7().to_string());
        let written = File::create(&part).and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        });
        if let Err(error) = written.and_then(|()| self.keep(&part, to)) {
            let _ = fs::remove_file(&part);
            return Err(error);
        }
        Ok(())
    }
}

/// Length and hash of a file, read piece by piece.
pub fn measure(path: &Path) -> io::Result<(u64, Hash)> {
    Hash::of_all(File::open(path)?)
}
