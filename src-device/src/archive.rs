//! The zip around an export, in the one layout that it may have (docs/evidence.md): stored, not compressed, no times, no
//! comments, no extra fields, nothing before, between or after. An own writer of a hundred lines, because the layout is
//! the promise: a reader that compares each byte with what the writer would have written leaves no room for others.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};

use crc32fast::Hasher as Crc;
use sha2::{Digest, Sha256};
use stackside_core::export::{FileFound, Item};
use stackside_core::hash::Hash;
use stackside_core::verify::{Failure, Fault, Place};

/// Without the 64-bit extensions an archive ends here.
const MOST_BYTES: u64 = u32::MAX as u64;
const MOST_ITEMS: usize = u16::MAX as usize - 1;
/// All texts together: far more than any log, and what a reader may have to hold.
const MOST_TEXT_BYTES: u64 = 1024 * 1024 * 1024;
const PIECE: usize = 64 * 1024;

const LOCAL: [u8; 4] = *b"PK\x03\x04";
const CENTRAL: [u8; 4] = *b"PK\x01\x02";
const END: [u8; 4] = *b"PK\x05\x06";
/// Version 1.0 of the format is enough to read it.
const VERSION: u16 = 10;
/// 1 January 1980, the first day that a zip can name: an export says nothing about when it was made.
const DATE: u16 = 0x21;

/// Why an archive was not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The file.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// Larger than the format carries.
    #[error("larger than 4 GiB or 65534 files: export the visits one by one")]
    TooLarge,
}

/// Why an archive was not read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It is not what a device exports.
    #[error(transparent)]
    Broken(#[from] Failure),
}

/// An item's row in the directory.
struct Row {
    name: String,
    crc: u32,
    size: u32,
    offset: u32,
}

impl Row {
    fn facts(&self) -> Vec<u8> {
        let name_len = u16::try_from(self.name.len()).unwrap_or(u16::MAX);
        let mut bytes = vec![];
        // Needed version, flags, method, time.
        [VERSION, 0, 0, 0, DATE].iter().for_each(|number| bytes.extend(number.to_le_bytes()));
        [self.crc, self.size, self.size].iter().for_each(|number| bytes.extend(number.to_le_bytes()));
        // Lengths of name and extra field.
        [name_len, 0].iter().for_each(|number| bytes.extend(number.to_le_bytes()));
        bytes
    }
    fn local(&self) -> Vec<u8> {
        [&LOCAL[..], &self.facts(), self.name.as_bytes()].concat()
    }
    fn central(&self) -> Vec<u8> {
        // Comment, disk, internal attributes: 16 bits each; external attributes: 32.
        let rest = [0; 10];
        let offset = self.offset.to_le_bytes();
        [&CENTRAL[..], &VERSION.to_le_bytes(), &self.facts(), &rest, &offset, self.name.as_bytes()].concat()
    }
}

/// Directory and end of an archive whose items take the first `offset` bytes.
fn directory(rows: &[Row], offset: u32) -> Result<Vec<u8>, WriteError> {
    let mut bytes: Vec<u8> = rows.iter().flat_map(Row::central).collect();
    let size = u32::try_from(bytes.len()).map_err(|_| WriteError::TooLarge)?;
    let count = u16::try_from(rows.len()).map_err(|_| WriteError::TooLarge)?;
    bytes.extend(END);
    [0, 0, count, count].iter().for_each(|number: &u16| bytes.extend(number.to_le_bytes()));
    [size, offset].iter().for_each(|number| bytes.extend(number.to_le_bytes()));
    bytes.extend([0, 0]);
    Ok(bytes)
}

/// Writes an archive, item after item.
pub struct Writer<W> {
    to: W,
    rows: Vec<Row>,
    offset: u64,
}

impl<W: Write> Writer<W> {
    /// An archive without items.
    pub fn new(to: W) -> Self {
        Self { to, rows: vec![], offset: 0 }
    }

    /// Adds an item whose bytes are here. Items are added in their order.
    pub fn add(&mut self, item: &Item, bytes: &[u8]) -> Result<(), WriteError> {
        self.add_from(item, crc32fast::hash(bytes), bytes.len() as u64, bytes)
    }

    /// Adds an item that is read from somewhere; checksum and length are known before.
    pub fn add_from(
        &mut self,
        item: &Item,
        crc: u32,
        size_bytes: u64,
        from: impl Read,
    ) -> Result<(), WriteError> {
        let too_large = |_| WriteError::TooLarge;
        let row = Row {
            name: item.name(),
            crc,
            size: u32::try_from(size_bytes).map_err(too_large)?,
            offset: u32::try_from(self.offset).map_err(too_large)?,
        };
        let head = row.local();
        self.offset += head.len() as u64 + size_bytes;
        if self.offset > MOST_BYTES || self.rows.len() == MOST_ITEMS {
            return Err(WriteError::TooLarge);
        }
        self.to.write_all(&head)?;
        if io::copy(&mut from.take(size_bytes), &mut self.to)? != size_bytes {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        self.rows.push(row);
        Ok(())
    }

    /// Writes the directory; the archive is whole.
    pub fn finish(mut self) -> Result<W, WriteError> {
        let offset = u32::try_from(self.offset).map_err(|_| WriteError::TooLarge)?;
        self.to.write_all(&directory(&self.rows, offset)?)?;
        self.to.flush()?;
        Ok(self.to)
    }
}

/// What an archive holds.
#[derive(Debug)]
pub struct Contents {
    /// Every item that is no file.
    pub texts: BTreeMap<Item, Vec<u8>>,
    /// What the files were found to be.
    pub files: BTreeMap<Hash, FileFound>,
    /// The first item whose bytes are not those of its checksum. The items may tell better what was changed.
    pub damaged: Option<Failure>,
}

/// Reads an archive; a byte that the writer would not have written there is an error.
pub fn read(from: impl Read) -> Result<Contents, ReadError> {
    Reader { from, rows: vec![], offset: 0, text_bytes: 0 }.run()
}

struct Reader<R> {
    from: R,
    rows: Vec<Row>,
    offset: u64,
    text_bytes: u64,
}

impl<R: Read> Reader<R> {
    fn run(mut self) -> Result<Contents, ReadError> {
        let mut contents = Contents { texts: BTreeMap::new(), files: BTreeMap::new(), damaged: None };
        let mut last = None;
        loop {
            let mark = self.take(4, "it ends early")?;
            if mark == CENTRAL {
                self.rest()?;
                return Ok(contents);
            }
            if mark != LOCAL {
                return Err(self.odd("neither an item nor the directory begins here"));
            }
            let item = self.head()?;
            if last.is_some_and(|last| item <= last) {
                return Err(self.odd("not in order"));
            }
            last = Some(item);
            self.item(item, &mut contents)?;
        }
    }

    /// What stands between the mark and the bytes of an item.
    fn head(&mut self) -> Result<Item, ReadError> {
        let begins = self.offset - 4;
        let head = self.take(26, "a head that ends early")?;
        let long = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let name_len = u16::from_le_bytes([head[22], head[23]]);
        let name = self.take(name_len.into(), "a name that ends early")?;
        let item = std::str::from_utf8(&name).ok().and_then(Item::of_name);
        let item = item.ok_or_else(|| self.odd("a name that no export has"))?;
        let offset = u32::try_from(begins).map_err(|_| self.odd("too large"))?;
        let row = Row { name: item.name(), crc: long(10), size: long(14), offset };
        if row.local()[4..] != [&head[..], &name].concat() {
            return Err(self.odd("a head that differs from what is written for this item"));
        }
        if self.rows.len() == MOST_ITEMS {
            return Err(self.odd("too many items"));
        }
        self.rows.push(row);
        Ok(item)
    }

    fn item(&mut self, item: Item, contents: &mut Contents) -> Result<(), ReadError> {
        let (crc, size) = self.rows.last().map_or((0, 0), |row| (row.crc, u64::from(row.size)));
        let found = match item {
            Item::File(sha256) => {
                let (found, file) = self.file(size)?;
                contents.files.insert(sha256, file);
                found
            }
            text => {
                self.text_bytes += size;
                if self.text_bytes > MOST_TEXT_BYTES {
                    return Err(self.odd("too large"));
                }
                let bytes = self.take(size, "it ends early")?;
                let found = crc32fast::hash(&bytes);
                contents.texts.insert(text, bytes);
                found
            }
        };
        if found != crc && contents.damaged.is_none() {
            contents.damaged = Some(Failure { place: self.place(), fault: Fault::Checksum });
        }
        Ok(())
    }

    /// Checksum, hash and length of a file, which is not kept.
    fn file(&mut self, size_bytes: u64) -> Result<(u32, FileFound), ReadError> {
        let (mut crc, mut digest) = (Crc::new(), Sha256::new());
        let mut left = size_bytes;
        while left > 0 {
            let piece = self.take(left.min(PIECE as u64), "it ends early")?;
            left -= piece.len() as u64;
            crc.update(&piece);
            digest.update(&piece);
        }
        let sha256: [u8; 32] = digest.finalize().into();
        Ok((crc.finalize(), FileFound { sha256: sha256.into(), size_bytes }))
    }

    /// Directory and end, of which the first mark was read.
    fn rest(&mut self) -> Result<(), ReadError> {
        let offset = u32::try_from(self.offset - 4).map_err(|_| self.odd("too large"))?;
        let wanted = directory(&self.rows, offset).map_err(|_| self.odd("too large"))?;
        self.rows.clear();
        // One byte more than there may be.
        let mut found = vec![];
        self.from.by_ref().take(wanted.len() as u64 - 3).read_to_end(&mut found)?;
        if found == wanted[4..] {
            return Ok(());
        }
        let same = found.iter().zip(&wanted[4..]).take_while(|(found, wanted)| found == wanted).count();
        self.offset += same as u64;
        Err(self.odd("the directory differs from what is written for these items"))
    }

    fn take(&mut self, size: u64, else_: &str) -> Result<Vec<u8>, ReadError> {
        let mut bytes = vec![];
        self.from.by_ref().take(size).read_to_end(&mut bytes)?;
        self.offset += bytes.len() as u64;
        if bytes.len() as u64 == size { Ok(bytes) } else { Err(self.odd(else_)) }
    }

    fn place(&self) -> Place {
        Place::Archive { item: self.rows.last().map(|row| row.name.clone()) }
    }

    /// At the last item that was begun.
    fn odd(&self, what: &str) -> ReadError {
        let what = format!("{what}, at byte {}", self.offset);
        Failure { place: self.place(), fault: Fault::Layout { what } }.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small() -> Vec<u8> {
        let mut writer = Writer::new(vec![]);
        writer.add(&Item::Manifest, b"{}").unwrap();
        writer.add(&Item::Headers, b"a\n").unwrap();
        writer.add(&Item::File(Hash::of(b"photo")), b"photo").unwrap();
        writer.finish().unwrap()
    }

    #[test]
    fn what_was_written_is_read() {
        let contents = read(&small()[..]).unwrap();
        assert_eq!(contents.texts[&Item::Headers], b"a\n");
        let file = FileFound { sha256: Hash::of(b"photo"), size_bytes: 5 };
        assert_eq!(contents.files, BTreeMap::from([(Hash::of(b"photo"), file)]));
        assert_eq!(contents.damaged, None);
    }

    #[test]
    fn every_byte_counts() {
        let whole = small();
        for at in 0..whole.len() {
            for bit in [1, 0x80] {
                let mut changed = whole.clone();
                changed[at] ^= bit;
                assert!(!matches!(read(&changed[..]), Ok(Contents { damaged: None, .. })), "byte {at}");
            }
            assert!(read(&whole[..at]).is_err(), "cut at {at}");
            let longer = [&whole[..at], &[0], &whole[at..]].concat();
            assert!(!matches!(read(&longer[..]), Ok(Contents { damaged: None, .. })), "a byte more at {at}");
        }
        assert!(read(&[&whole[..], &[0]].concat()[..]).is_err(), "a suffix");
        assert!(read(&[&whole[..], &whole].concat()[..]).is_err(), "a second archive");
    }

    #[test]
    fn items_stand_once_and_in_order() {
        for items in [[Item::Headers, Item::Manifest], [Item::Headers, Item::Headers]] {
            let mut writer = Writer::new(vec![]);
            items.iter().for_each(|item| writer.add(item, b"{}").unwrap());
            let error = read(&writer.finish().unwrap()[..]).unwrap_err().to_string();
            assert!(error.contains("not in order"), "{error}");
        }
    }

    #[test]
    fn the_layout_stays_what_it_is() {
        let mut writer = Writer::new(vec![]);
        writer.add(&Item::Manifest, b"{}").unwrap();
        let bytes = writer.finish().unwrap();
        assert_eq!(
            stackside_core::hash::to_hex(&bytes),
            concat!(
                "504b03040a00000000000000210043bfa6a302000000020000000d0000006d616e69666573742e6a736f6e7b7d",
                "504b01020a000a00000000000000210043bfa6a302000000020000000d00000000000000000000000000000000006d616e69666573742e6a736f6e",
                "504b050600000000010001003b0000002d0000000000"
            )
        );
    }
}
