//! What was not touched holds.

use stackside_core::export::Item;
use stackside_core::verify::{Report, Verdict};
use stackside_device::export::{Selection, check};
use stackside_tests::shell::Shell;
use stackside_tests::wait::until;

use crate::forge::Parts;
use crate::world::{WORLD, export, of_visit};

fn judged(bytes: &[u8]) -> Report {
    check(bytes, Some(&WORLD.trusted)).unwrap()
}

#[test]
fn a_visit_that_the_server_received_holds() {
    let report = judged(&WORLD.held_visit);
    assert_eq!((report.verdict, &report.failure), (Verdict::Trusted, &None));
    assert_eq!(report.visit, Some(WORLD.visits[0]));
    assert_eq!(report.entries, report.received.unwrap().seq, "headers up to the receipt");
    assert!(report.not_understood.is_empty(), "{:?}", report.not_understood);
}

#[test]
fn an_export_of_a_visit_holds_the_bodies_of_that_visit_only() {
    let parts = Parts::of(&WORLD.held_visit);
    let bodies: Vec<u64> = parts
        .items
        .keys()
        .filter_map(|item| if let Item::Body(seq) = item { Some(*seq) } else { None })
        .collect();
    let kinds: Vec<String> = bodies.iter().map(|seq| parts.header(*seq).kind).collect();
    assert_eq!(kinds, ["enrolled", "signed_in", "photo_taken", "photo_taken", "record_signed", "signed_out"]);
    for (item, bytes) in &parts.items {
        let text = String::from_utf8_lossy(bytes);
        assert!(!text.contains(&WORLD.visits[1].to_string()), "{} tells of another visit", item.name());
    }
    assert_eq!(parts.files().len(), 3, "two photos and a signature");
    assert!(parts.last() > 6, "headers of the next visit stand there, without its bodies");
}

#[test]
fn entries_after_the_last_receipt_are_told() {
    let report = judged(&WORLD.open_visit);
    assert_eq!((report.verdict, report.not_received), (Verdict::NotReceived, 1), "the sign-out");
    assert_eq!(report.visit, Some(WORLD.visits[1]));
    let report = judged(&WORLD.log);
    assert_eq!((report.verdict, report.not_received, report.visit), (Verdict::NotReceived, 3, None));
    assert_eq!((report.entries, report.bodies, report.files), (13, 13, 5));
    let unreached = judged(&export(&WORLD.tablet, of_visit(WORLD.visits[2])));
    assert_eq!((unreached.verdict, unreached.not_received), (Verdict::NotReceived, 3));
}

#[test]
fn without_the_servers_key_the_signer_is_unknown() {
    for bytes in [&WORLD.held_visit, &WORLD.log] {
        assert_eq!(check(&bytes[..], None).unwrap().verdict, Verdict::SignerUnknown);
    }
}

#[test]
fn the_same_state_gives_the_same_bytes() {
    let again = until("a quiet tablet", || {
        let view = WORLD.tablet.call(&stackside_core::command::GetSync {})?;
        Ok((!view.line.running).then(|| export(&WORLD.tablet, Selection::Log(None))))
    });
    assert!(again.unwrap() == WORLD.log);
    assert!(
        Parts::of(&WORLD.log).pack() == WORLD.log,
        "what helps the other tests changes nothing by itself"
    );
}
