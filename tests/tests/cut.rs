//! Photos over a line that is cut again and again.

use std::time::Duration;

use stackside_core::hash::Hash;
use stackside_tests::chance::{Chance, number};
use stackside_tests::city;
use stackside_tests::hurry::Hurry;
use stackside_tests::proxy::CutProxy;
use stackside_tests::reader::Reader;
use stackside_tests::server::Server;
use stackside_tests::tablet::Tablet;
use stackside_tests::technician::{snap, sync_until_held};

const CUT_EVERY: u64 = 4 * 1024;

#[test]
fn a_photo_that_is_cut_every_four_kibibytes_sends_nothing_twice_but_what_was_in_flight() {
    let size = number("STACKSIDE_PHOTO_BYTES").unwrap_or(64 * 1024);
    let server = Server::start().unwrap();
    let line = CutProxy::start(server.address()).unwrap();
    let hurry = Hurry::new(Duration::from_secs(30));
    let (tablet, visit) = Tablet::in_a_hurry(&server, &line.url(), city::PERSON, hurry.clone()).unwrap();
    sync_until_held(&tablet).unwrap();
    let before = line.traffic();
    let jpeg = Chance(7).jpeg_of(size as usize).unwrap();

    line.cut_files_every(CUT_EVERY);
    snap(&tablet, visit, &jpeg).unwrap();
    sync_until_held(&tablet).unwrap();
    let traffic = line.traffic();
    let (cuts, uploaded) = (traffic.cuts, traffic.uploaded_bytes - before.uploaded_bytes);
    let again = uploaded - size;
    println!("{size} bytes, {cuts} cuts: {again} bytes sent again, would have waited {:?}", hurry.waited());
    assert!(u64::from(cuts) >= size / CUT_EVERY - 1, "{cuts} cuts");
    assert!(traffic.offsets.is_sorted(), "it never goes back: {:?}", traffic.offsets);
    // Each cut can lose no more than what went out since the one before.
    assert!(again <= CUT_EVERY, "{again} bytes were sent again");
    let reader = Reader::enrol(&server.url(), &server.enrol_code().unwrap()).unwrap();
    assert_eq!(reader.file(Hash::of(&jpeg)).unwrap(), jpeg);
}
