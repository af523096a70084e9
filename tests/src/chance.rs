//! Chance that can be had again.

use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::Result;
use crate::photo::jpeg;

/// Splitmix64: the same from the same seed.
#[derive(Debug, Clone)]
pub struct Chance(pub u64);

impl Chance {
    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut n = self.0;
        n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (n ^ (n >> 31)) % end
    }
    /// Bytes that do not compress.
    pub fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.below(256) as u8).collect()
    }
    /// A small JPEG with so many bytes in all: noise after its end makes it as long, and unlike every other.
    pub fn jpeg_of(&mut self, bytes: usize) -> Result<Vec<u8>> {
        static SMALL: LazyLock<std::result::Result<Vec<u8>, String>> =
            LazyLock::new(|| jpeg(64, 48, 1).map_err(|error| error.to_string()));
        let mut photo = SMALL.clone()?;
        photo.extend(self.bytes(bytes.saturating_sub(photo.len())));
        Ok(photo)
    }
}

/// A number from the environment.
pub fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// The seed that `STACKSIDE_SEED` names, or a fresh one. A test that fails says which it was.
pub fn seed() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    number("STACKSIDE_SEED").unwrap_or_else(|| now.subsec_nanos().into())
}
