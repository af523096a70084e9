//! Tablets and the real server over a bad line.

#![expect(clippy::unwrap_used, reason = "what helps a test is a test")]

use std::io::{Read, Write};
use std::net::TcpListener;

use stackside_core::command::{GetRecord, GetSync, GetVisit, SyncNow};
use stackside_core::form::{AnswerKey, Origin};
use stackside_core::hash::Hash;
use stackside_core::judge::Outcome;
use stackside_core::photo::SendState;
use stackside_core::sync::SyncTrouble;
use stackside_tests::proxy::CutProxy;
use stackside_tests::reader::Reader;
use stackside_tests::server::Server;
use stackside_tests::shell::Shell;
use stackside_tests::tablet::Tablet;
use stackside_tests::technician::*;
use stackside_tests::wait::until;
use stackside_tests::{city, photo};

fn key(field: &str) -> AnswerKey {
    AnswerKey::new("analyser", Some("DA001-SO2"), field)
}

#[test]
fn a_photo_that_was_cut_off_goes_on_where_the_server_has_it() {
    let server = Server::start().unwrap();
    let line = CutProxy::start(server.address()).unwrap();
    let (tablet, visit) = Tablet::in_a_visit(&server, &line.url(), city::PERSON).unwrap();
    line.down();
    let jpeg = photo::jpeg_12_megapixels(3).unwrap();
    let size_bytes = jpeg.len() as u64;
    let record = signed_record(&tablet, visit, &jpeg).unwrap();
    let sent_before = line.traffic().sent_bytes;

    line.cut_after(size_bytes / 2);
    tablet.call(&SyncNow {}).unwrap();
    until("cut", || Ok((line.traffic().cuts == 1).then_some(()))).unwrap();
    let offline = until("calm", || {
        let view = tablet.call(&GetSync {})?;
        Ok((!view.line.running && view.line.trouble == SyncTrouble::Offline).then_some(view))
    })
    .unwrap();
    assert_eq!(offline.line.files_waiting, 1, "the photo waits, the signature went first");
    assert_eq!(offline.line.entries_waiting, 0, "the entries went before the files");

    line.up();
    sync_until_held(&tablet).unwrap();
    let traffic = line.traffic();
    let resumed_at = traffic.resumed_at().unwrap();
    assert!(resumed_at > 0 && resumed_at <= size_bytes / 2, "went on at {resumed_at}");
    let sent = traffic.sent_bytes - sent_before;
    let most = size_bytes + 512 * 1024 + 128 * 1024;
    assert!(sent <= most, "{sent} bytes went up for a photo of {size_bytes}");

    let reader = Reader::enrol(&server.url(), &server.enrol_code().unwrap()).unwrap();
    assert_eq!(reader.file(Hash::of(&jpeg)).unwrap(), jpeg);
    let copies = reader.records().unwrap();
    assert_eq!(copies.len(), 1);
    assert_eq!(copies[0].content.record, record);
    let view = tablet.call(&GetVisit { visit }).unwrap();
    assert!(view.photos.iter().all(|photo| photo.send == SendState::Held));
    assert!(view.records.iter().all(|record| record.send == SendState::Held));
}

#[test]
fn the_next_calibration_starts_from_the_last_one_on_any_tablet() {
    let server = Server::start().unwrap();
    let jpeg = photo::jpeg(640, 480, 1).unwrap();
    let (first, visit) = Tablet::in_a_visit(&server, &server.url(), city::PERSON).unwrap();
    let calibrated = signed_record(&first, visit, &jpeg).unwrap();
    sign_out(&first, visit).unwrap();
    sync_until_held(&first).unwrap();

    let (second, visit) = Tablet::in_a_visit(&server, &server.url(), city::OTHER_PERSON).unwrap();
    let record = open_form(&second, visit).unwrap();
    let answer =
        |field: &str| second.call(&GetRecord { record }).unwrap().answers.0.get(&key(field)).cloned();
    for (field, text) in [("zero.last_after", "0.2"), ("span.last_after", "450.2")] {
        let prefilled = answer(field).unwrap();
        assert_eq!(
            (prefilled.text.as_str(), prefilled.origin),
            (text, Origin::Last { record: calibrated }),
            "{field}"
        );
    }
    calibrate(&second, record, "SO2", &[("zero.before", "13.2")]).unwrap();
    let view = second.call(&GetRecord { record }).unwrap();
    let verdict = view.verdicts.iter().find(|verdict| verdict.group == "zero").unwrap();
    assert_eq!((verdict.outcome, verdict.figures[0].shown.as_str()), (Outcome::FailValid, "+2.60"));
    assert_eq!(verdict.baseline, Some(calibrated), "the verdict names where its baseline came from");
}

#[test]
fn case_12_two_tablets_at_one_point_without_network_keep_both_their_records() {
    let server = Server::start().unwrap();
    let line = CutProxy::start(server.address()).unwrap();
    let (first, first_visit) = Tablet::in_a_visit(&server, &line.url(), city::PERSON).unwrap();
    let (second, second_visit) = Tablet::in_a_visit(&server, &line.url(), city::OTHER_PERSON).unwrap();
    line.down();
    let mut made = vec![
        signed_record(&first, first_visit, &photo::jpeg(320, 240, 1).unwrap()).unwrap(),
        signed_record(&second, second_visit, &photo::jpeg(320, 240, 2).unwrap()).unwrap(),
    ];
    line.up();
    sync_until_held(&first).unwrap();
    sync_until_held(&second).unwrap();

    let reader = Reader::enrol(&server.url(), &server.enrol_code().unwrap()).unwrap();
    made.sort();
    assert_eq!(reader.record_ids().unwrap(), made);
}

#[test]
fn an_entry_whose_receipt_was_lost_is_sent_again_and_held_once() {
    let server = Server::start().unwrap();
    let line = CutProxy::start(server.address()).unwrap();
    let (tablet, visit) = Tablet::in_a_visit(&server, &line.url(), city::PERSON).unwrap();
    sync_until_held(&tablet).unwrap();
    line.down();
    signed_record(&tablet, visit, &photo::jpeg(320, 240, 1).unwrap()).unwrap();

    line.up();
    line.lose_reply_to("POST /api/v1/entries");
    tablet.call(&SyncNow {}).unwrap();
    let reader = Reader::enrol(&server.url(), &server.enrol_code().unwrap()).unwrap();
    until("record on the server", || Ok((reader.records()?.len() == 1).then_some(()))).unwrap();
    let offline = until("calm", || {
        let view = tablet.call(&GetSync {})?;
        Ok((!view.line.running && view.line.trouble != SyncTrouble::None).then_some(view))
    })
    .unwrap();
    assert_eq!(offline.line.entries_waiting, 2, "nothing counts as sent without a receipt");

    line.up();
    let held = sync_until_held(&tablet).unwrap();
    assert_eq!(held.entries_held, 4, "enrolled, signed in, photo, record");
    assert_eq!(reader.records().unwrap().len(), 1);
}

#[test]
fn the_login_page_of_a_network_closes_nothing() {
    let server = Server::start().unwrap();
    let line = CutProxy::start(server.address()).unwrap();
    let (tablet, visit) = Tablet::in_a_visit(&server, &line.url(), city::PERSON).unwrap();
    sync_until_held(&tablet).unwrap();
    line.lead_to(login_page());
    signed_record(&tablet, visit, &photo::jpeg(320, 240, 1).unwrap()).unwrap();
    tablet.call(&SyncNow {}).unwrap();
    until("word of a foreign server", || {
        let view = tablet.call(&GetSync {})?;
        Ok((view.line.trouble == SyncTrouble::NotOurServer).then_some(()))
    })
    .unwrap();
    let view = tablet.call(&GetSync {}).unwrap();
    assert!(view.line.entries_waiting >= 2 && view.line.files_waiting == 2, "{:?}", view.line);

    line.lead_to(server.address());
    sync_until_held(&tablet).unwrap();
}

/// Answers everything with 200 and a page.
fn login_page() -> std::net::SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut head = [0; 4096];
            let _ = stream.read(&mut head);
            let page = "<html><title>请登录 Wi-Fi</title></html>";
            let reply = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{page}",
                page.len()
            );
            let _ = stream.write_all(reply.as_bytes());
        }
    });
    address
}
