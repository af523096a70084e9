//! What entries speak of: photos, bodies; and the receipt that speaks of them.

use serde_json::{Value, json};
use stackside_core::canonical;
use stackside_core::export::Item;
use stackside_core::hash::Hash;
use stackside_core::trust::{Receipt, Signed};
use stackside_core::verify::{Fault, Place};

use super::Wanted::Exactly;
use super::{Dice, Forgery, entry, file, packed, received};
use crate::forge::{Parts, public};
use crate::world::WORLD;

pub fn photos_swapped(dice: &mut Dice, parts: &Parts) -> Forgery {
    let mut copy = parts.clone();
    let files = parts.files();
    let first = dice.below(files.len() - 1);
    let [one, other] = [files[first], files[first + 1 + dice.below(files.len() - first - 1)]];
    let [a, b] = [one, other].map(|hash| parts.items[&Item::File(hash)].clone());
    copy.items.extend([(Item::File(one), b), (Item::File(other), a)]);
    let earlier = if parts.names(one) < parts.names(other) { one } else { other };
    packed(&copy, Exactly(file(parts, earlier), Fault::File))
}

pub fn photo_changed(dice: &mut Dice, parts: &Parts) -> Forgery {
    let mut copy = parts.clone();
    let hash = dice.pick(&parts.files());
    let stranger = dice.next().to_le_bytes().to_vec();
    let wanted = match dice.below(4) {
        0 => {
            copy.items.insert(Item::File(hash), stranger);
            Exactly(file(parts, hash), Fault::File)
        }
        1 => {
            copy.items.get_mut(&Item::File(hash)).unwrap().push(0);
            Exactly(file(parts, hash), Fault::File)
        }
        2 => {
            copy.items.remove(&Item::File(hash));
            Exactly(file(parts, hash), Fault::Missing)
        }
        _ => {
            let sha256 = Hash::of(&stranger);
            copy.items.insert(Item::File(sha256), stranger);
            Exactly(Place::File { sha256, seq: None }, Fault::Unlisted)
        }
    };
    packed(&copy, wanted)
}

pub fn body_replaced(dice: &mut Dice, parts: &Parts) -> Forgery {
    let mut copy = parts.clone();
    let seq = dice.between(1, parts.last());
    let from = (seq + dice.between(1, parts.last() - 1) - 1) % parts.last() + 1;
    copy.items.insert(Item::Body(seq), parts.items[&Item::Body(from)].clone());
    packed(&copy, Exactly(entry(seq), Fault::Body))
}

fn signed_record(dice: &mut Dice, parts: &Parts) -> u64 {
    let records: Vec<u64> =
        (1..=parts.last()).filter(|seq| parts.header(*seq).kind == "record_signed").collect();
    dice.pick(&records)
}

fn with_changed_answer(dice: &mut Dice, parts: &Parts, seq: u64) -> Value {
    let mut body = parts.body(seq);
    body["technician"] = json!(format!("somebody-{}", dice.between(1, 99)));
    body
}

pub fn answer_changed(dice: &mut Dice, parts: &Parts) -> Forgery {
    let mut copy = parts.clone();
    let seq = signed_record(dice, parts);
    let body = with_changed_answer(dice, parts, seq);
    let text = canonical::to_text(&body).unwrap();
    copy.items.insert(Item::Body(seq), text.into_bytes());
    packed(&copy, Exactly(entry(seq), Fault::Body))
}

/// Header and chain made anew, signatures as they were or by another key.
pub fn answer_and_header_changed(dice: &mut Dice, parts: &Parts) -> Forgery {
    let mut copy = parts.clone();
    let seq = signed_record(dice, parts);
    let body = with_changed_answer(dice, parts, seq);
    copy.set_body(seq, &body);
    if dice.below(2) == 0 {
        copy.resign(seq, &WORLD.other, |_| {});
    }
    packed(&copy, Exactly(entry(seq), Fault::Signature))
}

pub fn body_dropped(dice: &mut Dice, parts: &Parts) -> Forgery {
    let mut copy = parts.clone();
    let seq = dice.between(1, parts.last());
    copy.items.remove(&Item::Body(seq));
    packed(&copy, Exactly(entry(seq), Fault::BodyMissing))
}

pub fn receipt_changed(dice: &mut Dice, parts: &Parts) -> Forgery {
    let mut copy = parts.clone();
    let receipt = parts.signed::<Receipt>(Item::Receipt);
    let wanted = match dice.below(4) {
        0 => {
            copy.items.remove(&Item::Receipt);
            Exactly(Place::Receipt, Fault::Missing)
        }
        1 => {
            let other = Parts::of(&WORLD.other_log).signed::<Receipt>(Item::Receipt);
            copy.set_statement(Item::Receipt, &other);
            Exactly(Place::Receipt, Fault::Log)
        }
        2 => {
            let mut longer = serde_json::to_value(&receipt).unwrap();
            let seq = received(parts);
            let text = receipt.text.replace(&format!("\"seq\":{seq}"), &format!("\"seq\":{}", seq + 1));
            longer["text"] = Value::String(text);
            let text = canonical::to_text(&longer).unwrap();
            copy.items.insert(Item::Receipt, text.into_bytes());
            Exactly(Place::Receipt, Fault::Signature)
        }
        _ => {
            let mut forged = parts.receipt();
            forged.seq = parts.last();
            forged.hash = parts.hash(forged.seq);
            let forged = Signed::make(&forged, &public(&WORLD.other), &WORLD.other).unwrap();
            copy.set_statement(Item::Receipt, &forged);
            Exactly(Place::Receipt, Fault::Key { key_id: public(&WORLD.other).id() })
        }
    };
    packed(&copy, wanted)
}
