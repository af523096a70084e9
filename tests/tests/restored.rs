//! A server that lost a day gets it back from the tablets.

use stackside_core::command::SyncNow;
use stackside_core::hash::Hash;
use stackside_server::backup::backup;
use stackside_tests::proxy::CutProxy;
use stackside_tests::reader::Reader;
use stackside_tests::server::Server;
use stackside_tests::shell::Shell;
use stackside_tests::tablet::Tablet;
use stackside_tests::technician::*;
use stackside_tests::wait::until;
use stackside_tests::{city, photo};

#[test]
fn a_server_restored_to_yesterday_gets_from_the_devices_what_it_lost() {
    let yesterday = Server::start().unwrap();
    let line = CutProxy::start(yesterday.address()).unwrap();
    let (tablet, visit) = Tablet::in_a_visit(&yesterday, &line.url(), city::PERSON).unwrap();
    let (early, late) = (photo::jpeg(640, 480, 1).unwrap(), photo::jpeg(640, 480, 2).unwrap());
    let mut made = vec![signed_record(&tablet, visit, &early).unwrap()];
    sync_until_held(&tablet).unwrap();
    let copy = tempfile::tempdir().unwrap();
    backup(yesterday.folder(), copy.path()).unwrap();

    made.push(signed_record(&tablet, visit, &late).unwrap());
    let before = sync_until_held(&tablet).unwrap();
    let today = Server::restored(&yesterday, copy.path()).unwrap();
    drop(yesterday);
    let reader = Reader::enrol(&today.url(), &today.enrol_code().unwrap()).unwrap();
    assert_eq!(reader.records().unwrap().len(), 1, "the day is lost to the server");
    assert!(reader.file(Hash::of(&late)).is_err());

    line.lead_to(today.address());
    tablet.call(&SyncNow {}).unwrap();
    // Until it hears of the other history, nothing waits as far as the tablet knows.
    until("what was lost", || Ok((reader.records()?.len() == made.len()).then_some(()))).unwrap();
    sync_until_held(&tablet).unwrap();
    made.sort();
    assert_eq!(reader.record_ids().unwrap(), made, "all of it, and nothing twice");
    for jpeg in [&early, &late] {
        assert_eq!(reader.file(Hash::of(jpeg)).unwrap(), *jpeg);
    }
    sign_out(&tablet, visit).unwrap();
    let after = sync_until_held(&tablet).unwrap();
    assert_eq!(after.entries_held, before.entries_held + 1, "the same log goes on");
}
