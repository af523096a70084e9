//! Forged exports, generated: each is named at its place. 1 000 of them in every run, 10 000 with `STACKSIDE_TORTURE=1`.
//! Bound: 40 s for the 1 000 in a debug build on two busy cores.

mod bytes;
mod contents;
mod entries;

use stackside_core::hash::Hash;
use stackside_core::verify::{Failure, Fault, Place, Verdict};
use stackside_device::export::check;

use crate::forge::Parts;
use crate::world::WORLD;
use Wanted::{Archive, At, Exactly};
use bytes::*;
use contents::*;
use entries::*;

/// A forgery, and what has to be said of it.
struct Forgery {
    bytes: Vec<u8>,
    wanted: Wanted,
}

enum Wanted {
    /// Exactly this.
    Exactly(Place, Fault),
    /// At this place; what it looks like there depends on the byte.
    At(Place),
    /// At the archive itself.
    Archive,
}

/// SplitMix64: the same forgeries in every run.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    /// From `low` to `high`, both included.
    fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.next() % (high - low + 1)
    }
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }
    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

type Forge = fn(&mut Dice, &Parts) -> Forgery;

const FORGERIES: [(&str, Forge); 24] = [
    ("a byte changed", byte_changed),
    ("a byte changed, checksum mended", byte_mended),
    ("a byte of an item changed, checksum mended", item_mended),
    ("a byte of the zip's own changed", zip_changed),
    ("bytes put into the zip", zip_grown),
    ("the zip cut", zip_cut),
    ("an entry dropped", dropped),
    ("two entries swapped", reordered),
    ("an entry put in again", doubled),
    ("an entry of one's own put in", inserted),
    ("cut before the receipt", cut_before),
    ("cut after the receipt", cut_after),
    ("cut, and the manifest made anew", cut_and_sealed),
    ("signed by another device from an entry on", resigned),
    ("signed by another device with its certificate", resigned_with_certificate),
    ("moved to another device", moved),
    ("all under a server of one's own", own_server),
    ("two photos swapped", photos_swapped),
    ("a photo replaced, dropped or put in", photo_changed),
    ("a body replaced by another", body_replaced),
    ("an answer changed", answer_changed),
    ("an answer changed, header too", answer_and_header_changed),
    ("a body dropped", body_dropped),
    ("the receipt dropped, changed or another's", receipt_changed),
];

#[test]
fn every_forgery_is_named_at_its_place() {
    let count = if std::env::var_os("STACKSIDE_TORTURE").is_some() { 10_000 } else { 1_000 };
    let whole = Parts::of(&WORLD.log);
    let mut dice = Dice(4);
    let mut wrong = vec![];
    for n in 0..count {
        let (name, forge) = FORGERIES[n % FORGERIES.len()];
        let Forgery { bytes, wanted } = forge(&mut dice, &whole);
        assert!(bytes != WORLD.log, "{n}: {name}: nothing was changed");
        let report = check(&bytes[..], Some(&WORLD.trusted)).unwrap();
        let failure = report.failure.as_ref();
        if report.verdict != Verdict::Broken || !failure.is_some_and(|failure| fits(failure, &wanted)) {
            wrong.push(format!("{n}: {name}: {:?} {failure:?}", report.verdict));
        }
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}

fn fits(failure: &Failure, wanted: &Wanted) -> bool {
    match wanted {
        Exactly(place, fault) => failure.place == *place && failure.fault == *fault,
        At(place) => failure.place == *place,
        Archive => matches!(failure.place, Place::Archive { .. }),
    }
}

fn entry(seq: u64) -> Place {
    Place::Entry { seq }
}
fn file(parts: &Parts, sha256: Hash) -> Place {
    Place::File { sha256, seq: Some(parts.names(sha256)) }
}
fn packed(parts: &Parts, wanted: Wanted) -> Forgery {
    Forgery { bytes: parts.pack(), wanted }
}
fn received(parts: &Parts) -> u64 {
    parts.receipt().seq
}
