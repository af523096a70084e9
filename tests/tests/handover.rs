//! A tablet that cannot send hands over to one that can.

#![expect(clippy::unwrap_used, reason = "what helps a test is a test")]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use stackside_core::command::*;
use stackside_core::hash::Hash;
use stackside_core::photo::PIECE_BYTES;
use stackside_tests::proxy::CutProxy;
use stackside_tests::reader::Reader;
use stackside_tests::server::Server;
use stackside_tests::shell::{Shell, ShellError};
use stackside_tests::tablet::Tablet;
use stackside_tests::technician::*;
use stackside_tests::{city, photo};

fn take(tablet: &Tablet, sealed: &[u8], code: &str) -> Result<HandoverTaken, ShellError> {
    tablet.call(&BeginHandover {})?;
    for (number, piece) in sealed.chunks(PIECE_BYTES).enumerate() {
        let offset = (number * PIECE_BYTES) as u64;
        tablet.call(&AddHandoverPiece { offset, base64: STANDARD.encode(piece) })?;
    }
    tablet.call(&TakeHandover { code: code.to_owned() })
}

fn refused(result: Result<HandoverTaken, ShellError>) -> HandoverTrouble {
    match result.unwrap_err() {
        ShellError::Command { error: CommandError::Handover { why }, .. } => why,
        other => panic!("{other}"),
    }
}

#[test]
fn what_a_tablet_without_a_network_signed_is_sent_by_another_one_and_nothing_comes_twice() {
    let server = Server::start().unwrap();
    let line = CutProxy::start(server.address()).unwrap();
    let (offline, visit) = Tablet::in_a_visit(&server, &line.url(), city::PERSON).unwrap();
    sync_until_held(&offline).unwrap();
    line.down();
    let jpeg = photo::jpeg(1600, 1200, 5).unwrap();
    let record = signed_record(&offline, visit, &jpeg).unwrap();
    sign_out(&offline, visit).unwrap();

    let given = offline.call(&GiveHandover {}).unwrap();
    assert_eq!((given.entries, given.files), (3, 2), "photo, record, sign-out; photo, signature");
    let sealed = std::fs::read(&given.file).unwrap();
    assert_eq!(sealed.len() as u64, given.bytes);
    let holds = |words: &[u8]| sealed.windows(words.len()).any(|window| window == words);
    assert!(!holds(&jpeg[..64]) && !holds(b"record_signed"), "nobody reads it without the code");

    let (other, _) = Tablet::in_a_visit(&server, &server.url(), city::OTHER_PERSON).unwrap();
    assert_eq!(refused(take(&other, &sealed, "ABCD-EFGH-JKMN-PQRS")), HandoverTrouble::WrongCode);
    assert_eq!(refused(take(&other, &sealed, "no code")), HandoverTrouble::WrongCode);
    let mut changed = sealed.clone();
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    assert_eq!(refused(take(&other, &changed, &given.code)), HandoverTrouble::Damaged);
    assert_eq!(refused(take(&other, &sealed[..middle], &given.code)), HandoverTrouble::Damaged);

    let taken = take(&other, &sealed, &given.code.to_lowercase().replace('-', " ")).unwrap();
    assert_eq!(taken, HandoverTaken { entries: 3, files: 2 });
    sync_until_held(&other).unwrap();
    let reader = Reader::enrol(&server.url(), &server.enrol_code().unwrap()).unwrap();
    assert_eq!(reader.record_ids().unwrap(), [record]);
    assert_eq!(reader.file(Hash::of(&jpeg)).unwrap(), jpeg);
    assert_eq!(take(&other, &sealed, &given.code).unwrap().entries, 0, "once more changes nothing");

    line.up();
    let before = line.traffic().sent_bytes;
    sync_until_held(&offline).unwrap();
    assert!(line.traffic().sent_bytes - before < jpeg.len() as u64, "the photo did not go again");
    sync_until_held(&other).unwrap();
    assert_eq!(reader.record_ids().unwrap(), [record]);
    let nothing = offline.call(&GiveHandover {}).unwrap_err();
    assert!(nothing.to_string().contains("nothing that the server does not hold"), "{nothing}");

    // The tablet that carried it goes on in its own log.
    let visit = other.call(&GetToday {}).unwrap().visits[0].id;
    sign_out(&other, visit).unwrap();
    sync_until_held(&other).unwrap();
}

#[test]
fn a_handover_of_another_city_is_refused() {
    let (here, there) = (Server::start().unwrap(), Server::start().unwrap());
    let line = CutProxy::start(there.address()).unwrap();
    let (stranger, visit) = Tablet::in_a_visit(&there, &line.url(), city::PERSON).unwrap();
    line.down();
    sign_out(&stranger, visit).unwrap();
    let given = stranger.call(&GiveHandover {}).unwrap();
    let sealed = std::fs::read(&given.file).unwrap();
    let (tablet, _) = Tablet::in_a_visit(&here, &here.url(), city::PERSON).unwrap();
    assert_eq!(refused(take(&tablet, &sealed, &given.code)), HandoverTrouble::OtherServer);
    assert_eq!(sync_until_held(&tablet).unwrap().entries_held, 2, "nothing of it is here");
}
