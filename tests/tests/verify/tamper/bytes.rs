//! Bytes of the file: of its items and of the zip around them.

use std::ops::Range;

use stackside_core::export::Item;
use stackside_core::verify::Place;
use stackside_device::archive::Writer;

use super::Wanted::{Archive, At};
use super::{Dice, Forgery, entry, file};
use crate::forge::{Parts, places};
use crate::world::WORLD;

/// The place that a byte of an item belongs to.
fn place_of(parts: &Parts, item: Item, bytes: &[u8], at: usize) -> Place {
    let line = || entry(bytes[..at].iter().filter(|byte| **byte == b'\n').count() as u64 + 1);
    match item {
        Item::Manifest => Place::Manifest,
        Item::Receipt => Place::Receipt,
        Item::Headers | Item::Signatures => line(),
        Item::Body(seq) => entry(seq),
        Item::Confirmation(sha256) => Place::Confirmation { sha256 },
        Item::File(sha256) => file(parts, sha256),
    }
}

pub fn byte_changed(dice: &mut Dice, parts: &Parts) -> Forgery {
    let mut bytes = WORLD.log.clone();
    let at = dice.below(bytes.len());
    let hit = places(&bytes).into_iter().find(|(_, range)| range.contains(&at));
    let wanted = match hit {
        Some((item, range)) => At(place_of(parts, item, &bytes[range.clone()], at - range.start)),
        None => Archive,
    };
    bytes[at] ^= u8::try_from(dice.between(1, 255)).unwrap();
    Forgery { bytes, wanted }
}

/// Each item is as likely as any other, however small it is.
pub fn item_mended(dice: &mut Dice, parts: &Parts) -> Forgery {
    let places = places(&WORLD.log);
    let (item, range) = places[dice.below(places.len())].clone();
    let at = range.start + dice.below(range.len());
    mended(dice, parts, item, range, at)
}

pub fn byte_mended(dice: &mut Dice, parts: &Parts) -> Forgery {
    let places = places(&WORLD.log);
    loop {
        let at = dice.below(WORLD.log.len());
        if let Some((item, range)) = places.iter().find(|(_, range)| range.contains(&at)) {
            return mended(dice, parts, *item, range.clone(), at);
        }
    }
}

fn mended(dice: &mut Dice, parts: &Parts, item: Item, range: Range<usize>, at: usize) -> Forgery {
    let mut bytes = WORLD.log.clone();
    let wanted = At(place_of(parts, item, &bytes[range.clone()], at - range.start));
    bytes[at] ^= u8::try_from(dice.between(1, 255)).unwrap();
    let mut writer = Writer::new(vec![]);
    places(&WORLD.log).into_iter().for_each(|(item, range)| writer.add(&item, &bytes[range]).unwrap());
    Forgery { bytes: writer.finish().unwrap(), wanted }
}

pub fn zip_changed(dice: &mut Dice, _: &Parts) -> Forgery {
    let mut bytes = WORLD.log.clone();
    let places = places(&bytes);
    loop {
        let at = dice.below(bytes.len());
        if !places.iter().any(|(_, range)| range.contains(&at)) {
            bytes[at] ^= u8::try_from(dice.between(1, 255)).unwrap();
            return Forgery { bytes, wanted: Archive };
        }
    }
}

/// Comment, extra field, prefix, suffix, a gap between two items, a second directory, a whole second archive, an item
/// twice, an item of another name.
pub fn zip_grown(dice: &mut Dice, parts: &Parts) -> Forgery {
    let whole = &WORLD.log;
    let places = places(whole);
    let last = places.last().unwrap().1.end;
    let more: Vec<u8> = (0..dice.between(1, 40)).map(|_| dice.next().to_le_bytes()[0]).collect();
    let count = u8::try_from(more.len()).unwrap();
    let bytes = match dice.below(9) {
        0 => {
            let mut bytes = [&whole[..], &more].concat();
            bytes[whole.len() - 2] = count;
            bytes
        }
        1 => {
            let (_, range) = &places[dice.below(places.len())];
            let mut bytes = [&whole[..range.start], &more, &whole[range.start..]].concat();
            let name_len = whole[..range.start].iter().rev().take_while(|byte| **byte > 4).count();
            bytes[range.start - name_len - 2] = count;
            bytes
        }
        2 => [&more[..], whole].concat(),
        3 => [&whole[..], &more].concat(),
        4 => [&whole[..places[dice.below(places.len())].1.end], &more]
            .concat()
            .into_iter()
            .chain(whole[last..].iter().copied())
            .collect(),
        5 => [&whole[..], &whole[last..]].concat(),
        6 => [&whole[..], whole].concat(),
        7 => {
            let end = places[0].1.end;
            [&whole[..end], &whole[..]].concat()
        }
        _ => {
            let mut bytes = parts.pack();
            let at = bytes.windows(13).position(|name| name == b"manifest.json").unwrap();
            bytes[at] = b'M';
            bytes
        }
    };
    Forgery { bytes, wanted: Archive }
}

pub fn zip_cut(dice: &mut Dice, _: &Parts) -> Forgery {
    let end = dice.below(WORLD.log.len());
    Forgery { bytes: WORLD.log[..end].to_vec(), wanted: Archive }
}
