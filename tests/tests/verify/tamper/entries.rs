//! Entries: dropped, moved, put in, cut off, signed by others.

use serde_json::Value;
use stackside_core::canonical;
use stackside_core::export::{Item, Manifest};
use stackside_core::trust::{Certificate, Signed};
use stackside_core::verify::{Fault, Place, Verdict};
use stackside_device::export::check;

use super::Wanted::{At, Exactly};
use super::{Dice, Forgery, entry, packed, received};
use crate::forge::{Parts, index, public, sign};
use crate::world::WORLD;

pub fn dropped(dice: &mut Dice, parts: &Parts) -> Forgery {
    let mut copy = parts.clone();
    let seq = dice.between(1, parts.last());
    copy.drop_entry(seq);
    let wanted = match seq {
        1 => At(entry(1)),
        last if last == parts.last() => Exactly(entry(last), Fault::Missing),
        _ => Exactly(entry(seq), Fault::Chain),
    };
    packed(&copy, wanted)
}

pub fn reordered(dice: &mut Dice, parts: &Parts) -> Forgery {
    let mut copy = parts.clone();
    let first = dice.between(1, parts.last() - 1);
    let second = dice.between(first + 1, parts.last());
    copy.swap_entries(first, second);
    packed(&copy, if first == 1 { At(entry(1)) } else { Exactly(entry(first), Fault::Chain) })
}

pub fn doubled(dice: &mut Dice, parts: &Parts) -> Forgery {
    let mut copy = parts.clone();
    let (from, to) = (dice.between(1, parts.last()), dice.between(2, parts.last() + 1));
    // In front of itself it stands where it was; the one after it is the double.
    let shows = if from == to { to + 1 } else { to };
    let (header, signature) = (parts.headers[index(from)].clone(), parts.signatures[index(from)].clone());
    copy.insert_entry(to, header, signature, parts.items[&Item::Body(from)].clone());
    packed(&copy, Exactly(entry(shows), Fault::Chain))
}

/// Rightly chained, and what follows too; signed by the only key at hand.
pub fn inserted(dice: &mut Dice, parts: &Parts) -> Forgery {
    let mut copy = parts.clone();
    let seq = dice.between(2, parts.last() + 1);
    let mut header = parts.header(seq - 1);
    header.seq = seq;
    header.prev = Some(parts.hash(seq - 1));
    let text = canonical::to_text(&header).unwrap();
    let signature = sign(&text, &WORLD.other);
    copy.insert_entry(seq, text, signature, parts.items[&Item::Body(seq - 1)].clone());
    for after in seq + 1..=copy.last() {
        let mut header = copy.header(after);
        (header.seq, header.prev) = (after, Some(copy.hash(after - 1)));
        copy.headers[index(after)] = canonical::to_text(&header).unwrap();
    }
    packed(&copy, Exactly(entry(seq), Fault::Signature))
}

pub fn cut_before(dice: &mut Dice, parts: &Parts) -> Forgery {
    let mut copy = parts.clone();
    let last = dice.between(1, received(parts) - 1);
    copy.cut_after(last);
    if dice.below(2) == 0 {
        copy.remake_manifest(&WORLD.other);
    }
    packed(&copy, Exactly(entry(last + 1), Fault::Missing))
}

pub fn cut_after(dice: &mut Dice, parts: &Parts) -> Forgery {
    let mut copy = parts.clone();
    let last = dice.between(received(parts), parts.last() - 1);
    copy.cut_after(last);
    packed(&copy, Exactly(entry(last + 1), Fault::Missing))
}

/// What is cut after the receipt cannot be seen in the log: the device's word for the export shows it.
pub fn cut_and_sealed(dice: &mut Dice, parts: &Parts) -> Forgery {
    let mut copy = parts.clone();
    copy.cut_after(dice.between(received(parts), parts.last() - 1));
    let fault = if dice.below(2) == 0 {
        copy.remake_manifest(&WORLD.other);
        Fault::Key { key_id: public(&WORLD.other).id() }
    } else {
        let mut manifest = serde_json::to_value(copy.signed::<Manifest>(Item::Manifest)).unwrap();
        let text = manifest["text"]
            .as_str()
            .unwrap()
            .replace(&format!("\"last_seq\":{}", parts.last()), &format!("\"last_seq\":{}", copy.last()));
        manifest["text"] = Value::String(text);
        copy.items.insert(Item::Manifest, canonical::to_text(&manifest).unwrap().into_bytes());
        Fault::Signature
    };
    packed(&copy, Exactly(Place::Manifest, fault))
}

pub fn resigned(dice: &mut Dice, parts: &Parts) -> Forgery {
    let mut copy = parts.clone();
    let from = dice.between(1, parts.last());
    copy.resign(from, &WORLD.other, |_| {});
    copy.remake_manifest(&WORLD.other);
    packed(&copy, Exactly(entry(from), Fault::Signature))
}

fn with_other_certificate(parts: &Parts) -> Parts {
    let mut copy = parts.clone();
    let mut body = parts.body(1);
    body["certificate"] = serde_json::to_value(&WORLD.other_certificate).unwrap();
    copy.set_body(1, &body);
    copy
}

pub fn resigned_with_certificate(dice: &mut Dice, parts: &Parts) -> Forgery {
    let mut copy = with_other_certificate(parts);
    copy.resign(1, &WORLD.other, |header| header.technician = None);
    copy.cut_after(dice.between(received(parts), parts.last()));
    copy.remake_manifest(&WORLD.other);
    let fault = Fault::Certificate { what: "it is another device's".to_owned() };
    packed(&copy, Exactly(entry(1), fault))
}

/// All of it said to be the other device's, whose key signs: only the server's receipt speaks against it.
pub fn moved(dice: &mut Dice, parts: &Parts) -> Forgery {
    let mut copy = with_other_certificate(parts);
    let device = Parts::of(&WORLD.other_log).header(1).device;
    copy.resign(1, &WORLD.other, |header| header.device = device);
    copy.cut_after(dice.between(received(parts), parts.last()));
    copy.remake_manifest(&WORLD.other);
    packed(&copy, Exactly(Place::Receipt, Fault::Log))
}

/// Consistent from end to end, and worth nothing: the trusted key did not sign it.
pub fn own_server(dice: &mut Dice, parts: &Parts) -> Forgery {
    let (server, key) = (&WORLD.other, &WORLD.device);
    let mut copy = parts.clone();
    let mut body = parts.body(1);
    let certificate: Signed<Certificate> = serde_json::from_value(body["certificate"].clone()).unwrap();
    let certificate = Signed::make(&certificate.read_unverified().unwrap(), &public(server), server).unwrap();
    body["certificate"] = serde_json::to_value(certificate).unwrap();
    copy.set_body(1, &body);
    copy.resign(1, key, |_| {});
    let mut receipt = parts.receipt();
    receipt.seq = dice.between(1, parts.last());
    receipt.hash = copy.hash(receipt.seq);
    copy.set_statement(Item::Receipt, &Signed::make(&receipt, &public(server), server).unwrap());
    copy.remake_manifest(key);
    let bytes = copy.pack();
    assert_eq!(check(&bytes[..], None).unwrap().verdict, Verdict::SignerUnknown, "consistent in itself");
    let fault = Fault::Key { key_id: public(server).id() };
    Forgery { bytes, wanted: Exactly(entry(1), fault) }
}
