//! Space on the tablet: what the photos and the text to come may need, and who gives way when it runs short
//! (design.md §5 and §6). New photos are refused before text has to be, and text never is.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

const MIB: u64 = 1024 * 1024;

/// One photo to come, bytes: the largest that a camera makes of 16 megapixels, with its thumbnail and its marked copy.
pub const PHOTO_BYTES: u64 = 10 * MIB;
/// Photos of one visit, with some to spare.
pub const VISIT_PHOTOS: u64 = 20;
/// Text to come, bytes: answers, signatures, entries and the database's own journal of many weeks.
pub const TEXT_BYTES: u64 = 64 * MIB;
/// How often the database may need its own length beside it: a backup in the making, and the mending of a damaged one.
pub const DATABASE_COPIES: u64 = 2;
/// So long a sent original stays after the receipt that names its hash.
pub const ORIGINAL_STAYS: TimeDelta = TimeDelta::days(30);

/// What there is, and what is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Storage {
    /// Free for this app on its file system, bytes.
    pub free_bytes: u64,
    /// Length of the database, bytes.
    pub database_bytes: u64,
}

/// What there is room for, beside text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Room {
    /// For all photos of a visit.
    Enough,
    /// For a few; sent originals give way.
    Short {
        /// How many.
        photos: u64,
    },
    /// For no photo; what is left is for text.
    None,
}

impl Storage {
    /// What is kept free for text, bytes.
    pub const fn reserve_bytes(&self) -> u64 {
        TEXT_BYTES.saturating_add(self.database_bytes.saturating_mul(DATABASE_COPIES))
    }
    /// What has to be free for one more photo, bytes.
    pub const fn photo_needs_bytes(&self) -> u64 {
        self.reserve_bytes().saturating_add(PHOTO_BYTES)
    }
    /// What the photos of a visit lack, bytes.
    pub const fn visit_lacks_bytes(&self) -> u64 {
        self.reserve_bytes().saturating_add(VISIT_PHOTOS * PHOTO_BYTES).saturating_sub(self.free_bytes)
    }
    /// What there is room for.
    pub const fn room(&self) -> Room {
        match self.free_bytes.saturating_sub(self.reserve_bytes()) / PHOTO_BYTES {
            0 => Room::None,
            photos if photos < VISIT_PHOTOS => Room::Short { photos },
            _ => Room::Enough,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn photos_are_refused_before_text_has_no_space() {
        let room = |free_bytes, database_bytes| Storage { free_bytes, database_bytes }.room();
        for (free, database, want, why) in [
            (u64::MAX, 0, Room::Enough, "a large disk"),
            (64 + 200, 0, Room::Enough, "a visit and the reserve"),
            (64 + 199, 0, Room::Short { photos: 19 }, "one photo less"),
            (64 + 10, 0, Room::Short { photos: 1 }, "the last one"),
            (64 + 9, 0, Room::None, "the reserve is not for photos"),
            (0, 0, Room::None, "nothing"),
            (64 + 10 + 100, 50, Room::Short { photos: 1 }, "the database is copied twice"),
            (64 + 10 + 99, 50, Room::None, "a larger database needs a larger reserve"),
        ] {
            assert_eq!(room(free.saturating_mul(MIB), database * MIB), want, "{why}");
        }
        assert_eq!(room(u64::MAX, u64::MAX), Room::None, "no overflow");
    }

    #[test]
    fn what_a_visit_lacks_and_a_photo_needs_is_told() {
        let storage = Storage { free_bytes: 100 * MIB, database_bytes: 8 * MIB };
        assert_eq!(storage.photo_needs_bytes(), (64 + 16 + 10) * MIB);
        assert_eq!(storage.visit_lacks_bytes(), (64 + 16 + 200 - 100) * MIB);
        assert_eq!(Storage { free_bytes: u64::MAX, ..storage }.visit_lacks_bytes(), 0);
    }
}
