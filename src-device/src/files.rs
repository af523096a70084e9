//! Files beside the database: photos, documents and signatures by the hash of their content, pieces on their way, and the
//! copies of photos that screens show. They lie sealed to the data folder's own secret (age); what an older release left
//! plain is read as it is, and sealed when there is time. Names, hashes and lengths are those of the plain bytes.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use stackside_core::hash::Hash;
use stackside_core::id::PhotoId;

use crate::error::Error;
use crate::keys::Secret;
use crate::seal::{self, Identity, Recipient, SealError};
use crate::store::file::FileKind;

/// What every sealed file begins with; no photo, document or signature does.
const SEALED: &[u8] = b"age-encryption.org/v1\n";
/// Makes another secret of the data folder's own one.
const PURPOSE: &[u8] = b"stackside files v1\n";
const FOLDERS: [&str; 5] = ["photos", "documents", "signatures", "thumbnails", "shown"];
/// The folders of originals: what is in them has the name of its hash.
const ORIGINALS: usize = 3;
const PART: &str = "part";

/// The folders of files.
pub struct Files {
    data: PathBuf,
    identity: Identity,
    recipient: Recipient,
    // Where a file lies, and what its row says of it, change together.
    turn: Mutex<()>,
}

/// True if a sealed file was changed or cut off. Any other error may be over the next time.
pub fn is_damage(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::InvalidData | ErrorKind::UnexpectedEof)
}

/// Who opens the files of a data folder, by its secret.
pub fn identity_of(secret: &Secret) -> Result<Identity, SealError> {
    Identity::of_secret(Hash::of(&[PURPOSE, secret.bytes()].concat()).bytes())
}

impl Files {
    /// Makes the folders, and drops what was half written.
    pub fn open(data: &Path, secret: &Secret) -> Result<Self, Error> {
        for folder in FOLDERS.iter().chain(&["arriving"]) {
            fs::create_dir_all(data.join(folder))?;
        }
        for left in all_in(&data.join("arriving"))? {
            if left.extension().is_some_and(|end| end == PART)
                && let Err(error) = fs::remove_file(&left)
            {
                tracing::warn!(%error, "what was half written stays for now");
            }
        }
        let identity = identity_of(secret)?;
        let (data, recipient) = (data.to_owned(), identity.recipient()?);
        Ok(Self { data, recipient, identity, turn: Mutex::default() })
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
    /// Where a file of its own lies.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.data.join(name)
    }
    /// Where handovers of this tablet lie.
    pub fn exports(&self) -> PathBuf {
        self.data.join("exports")
    }
    fn named(&self, folder: &str, sha256: Hash) -> PathBuf {
        let name = sha256.to_string();
        self.data.join(folder).join(&name[..2]).join(&name)
    }

    /// Held while an original comes or goes with its row.
    pub fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Photos that are arriving, or were left there.
    pub fn all_arriving(&self) -> io::Result<Vec<(PhotoId, PathBuf)>> {
        let of = |path: PathBuf| Some((path.file_name()?.to_str()?.parse().ok()?, path));
        Ok(all_in(&self.data.join("arriving"))?.into_iter().filter_map(of).collect())
    }

    /// Seals a file of this length and hash, which arrived whole, under its name; there after a power cut. The plain bytes
    /// go only once the sealed ones were opened again and found to be the same.
    pub fn keep(&self, from: &Path, to: &Path, wanted: (u64, Hash)) -> Result<(), Error> {
        // A kill may have come between the two; what lies there still may be less.
        if !self.measure(to).is_ok_and(|kept| kept == wanted) {
            self.put(to, |part| self.seal(&mut File::open(from)?, part), Some(wanted))?;
        }
        Ok(fs::remove_file(from)?)
    }

    /// Writes a file whole or not at all, sealed, and opened again before it takes its place.
    pub fn write(&self, to: &Path, bytes: &[u8]) -> Result<(), Error> {
        let wanted = (bytes.len() as u64, Hash::of(bytes));
        self.put(to, |part| self.seal(&mut &bytes[..], part), Some(wanted))
    }

    /// As [`Files::write`], as the bytes are: for what is sealed to somebody else.
    pub fn write_as_it_is(&self, to: &Path, bytes: &[u8]) -> Result<(), Error> {
        self.put(to, |mut part| Ok(part.write_all(bytes)?), None)
    }

    fn seal(&self, from: &mut impl Read, part: &File) -> Result<(), Error> {
        seal::seal(&self.recipient, from, part)?;
        Ok(())
    }

    fn put(
        &self,
        to: &Path,
        write: impl FnOnce(&File) -> Result<(), Error>,
        wanted: Option<(u64, Hash)>,
    ) -> Result<(), Error> {
        let part = self.data.join("arriving").join(format!("{}.{PART}", uuid::Uuid::now_v7()));
        let written = File::create(&part).map_err(Error::from).and_then(|file| {
            write(&file)?;
            file.sync_all()?;
            match wanted {
                Some(wanted) if self.measure(&part)? != wanted => {
                    Err(Error::broken("sealed to something else"))
                }
                _ => rename(&part, to).map_err(Error::from),
            }
        });
        if written.is_err() {
            let _ = fs::remove_file(&part);
        }
        written
    }

    /// Reads a file's plain bytes, piece by piece.
    pub fn reader(&self, path: &Path) -> io::Result<Box<dyn Read + '_>> {
        let mut file = BufReader::with_capacity(64 * 1024, File::open(path)?);
        if !file.fill_buf()?.starts_with(SEALED) {
            return Ok(Box::new(file));
        }
        let opened = seal::opening(&self.identity, file).map_err(|error| match error {
            SealError::Io(error) => error,
            other => io::Error::new(ErrorKind::InvalidData, other),
        })?;
        Ok(Box::new(opened))
    }

    /// All plain bytes of a file; nothing if it is not there.
    pub fn read(&self, path: &Path) -> io::Result<Option<Vec<u8>>> {
        let mut bytes = Vec::new();
        match self.reader(path).and_then(|mut reader| reader.read_to_end(&mut bytes)) {
            Ok(_) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Length and hash of a file's plain bytes.
    pub fn measure(&self, path: &Path) -> io::Result<(u64, Hash)> {
        Hash::of_all(self.reader(path)?)
    }

    /// Seals what an older release left plain, one file after the other, until `stop` says so. An original that is not
    /// what its name says stays as it is: it is evidence of damage.
    pub fn seal_older(&self, stop: impl Fn() -> bool) -> Result<Sealing, Error> {
        let mut done = Sealing { sealed: 0, is_whole: true };
        for (number, folder) in FOLDERS.iter().enumerate() {
            for path in all_in(&self.data.join(folder))? {
                if stop() {
                    return Ok(Sealing { is_whole: false, ..done });
                }
                match self.seal_one(&path, number < ORIGINALS) {
                    Ok(was_plain) => done.sealed += u64::from(was_plain),
                    Err(error) if error.is_disk_full() => return Err(error),
                    // One that cannot be read now must not keep the others plain.
                    Err(error) => {
                        tracing::error!(%error, "a file stays plain for now");
                        done.is_whole = false;
                    }
                }
            }
        }
        Ok(done)
    }

    /// True if it was plain, and is sealed now.
    fn seal_one(&self, path: &Path, is_original: bool) -> Result<bool, Error> {
        let _turn = self.turn();
        let Some(bytes) = plain_bytes(path)? else { return Ok(false) };
        if is_original && !path.ends_with(Hash::of(&bytes).to_string()) {
            tracing::error!("a file is not what its name says");
            return Ok(false);
        }
        self.write(path, &bytes)?;
        Ok(true)
    }
}

/// What became of files of an older release.
pub struct Sealing {
    /// How many were sealed now.
    pub sealed: u64,
    /// True if none is left.
    pub is_whole: bool,
}

/// Bytes of a file that is there and not sealed.
fn plain_bytes(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let mut file = match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        file => BufReader::new(file?),
    };
    if file.fill_buf()?.starts_with(SEALED) {
        return Ok(None);
    }
    let mut bytes = vec![];
    file.read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

/// All files in a folder, and one folder below.
fn all_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = vec![];
    for item in fs::read_dir(folder)? {
        let item = item?;
        if item.file_type()?.is_dir() {
            found.extend(all_in(&item.path())?);
        } else {
            found.push(item.path());
        }
    }
    Ok(found)
}

/// Moves a file that is whole and flushed to its name; there after a power cut.
fn rename(from: &Path, to: &Path) -> io::Result<()> {
    let folder = to.parent().unwrap_or(Path::new(""));
    fs::create_dir_all(folder)?;
    fs::rename(from, to)?;
    File::open(folder)?.sync_all()?;
    // The folder itself may be new.
    folder.parent().map_or(Ok(()), |above| File::open(above)?.sync_all())
}

/// Length and hash of a plain file, read piece by piece.
pub fn measure(path: &Path) -> io::Result<(u64, Hash)> {
    Hash::of_all(File::open(path)?)
}
