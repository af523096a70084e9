//! What was said at each release is understood for ever: by this server, and by this app.

#![expect(clippy::unwrap_used, reason = "what helps a test is a test")]

use std::collections::BTreeSet;

use serde::de::DeserializeOwned;
use serde_json::Value;
use stackside_core::act::RecordSigned;
use stackside_core::evidence::{Entry, PublicKey};
use stackside_core::hash::Hash;
use stackside_core::wire::{
    Change, ChangesReply, EnrolReply, EntriesReply, EntriesRequest, Health, MissingReply, SERVICE,
    WIRE_VERSION, WireError, WireErrorCode,
};
use stackside_tests::conversation::{Conversation, Exchange, record, say_again};
use stackside_tests::reader::Reader;

fn released() -> Vec<Conversation> {
    (1..=WIRE_VERSION).map(|version| Conversation::released(version).unwrap()).collect()
}

fn answer<T: DeserializeOwned>(exchange: &Exchange) -> T {
    let body = exchange.answer.body.json().cloned().unwrap_or_default();
    serde_json::from_value(body).unwrap_or_else(|error| panic!("{}: {error}", exchange.call()))
}

fn sent_entries(exchange: &Exchange) -> Vec<Entry> {
    let body = exchange.request.body.json().cloned().unwrap();
    serde_json::from_value::<EntriesRequest>(body).unwrap().entries
}

/// The records that went down.
fn records(conversation: &Conversation) -> Vec<RecordSigned> {
    let pages = conversation.exchanges.iter().filter(|exchange| exchange.call().ends_with("/changes"));
    let changes = pages.flat_map(|page| answer::<ChangesReply>(page).changes);
    changes
        .filter_map(|change| if let Change::Record(record) = change { Some(record.content) } else { None })
        .collect()
}

#[test]
fn the_newest_recording_says_all_that_is_said_today() {
    let today = record().unwrap().shape();
    let newest = Conversation::released(WIRE_VERSION).unwrap();
    assert_eq!(newest.wire, WIRE_VERSION);
    let not_recorded: BTreeSet<String> = today.difference(&newest.shape()).cloned().collect();
    assert!(
        not_recorded.is_empty(),
        "the wire types grew: raise WIRE_VERSION and record, see `make_a_recording`: {not_recorded:#?}"
    );
    for old in released() {
        let lost: BTreeSet<String> = old.shape().difference(&today).cloned().collect();
        assert!(lost.is_empty(), "version {} needs what is not said any more: {lost:#?}", old.wire);
    }
    assert!(!Conversation::file(WIRE_VERSION + 1).exists(), "WIRE_VERSION is behind the recordings");
}

#[test]
fn this_server_understands_what_every_released_app_said() {
    for old in released() {
        let replay = say_again(&old).unwrap();
        for (then, now) in old.exchanges.iter().zip(&replay.today.exchanges) {
            let call = then.call();
            assert_eq!(now.answer.status, then.answer.status, "version {} {call}: {now:?}", old.wire);
            for name in ["tus-resumable", "upload-offset"] {
                assert_eq!(now.answer.headers.get(name), then.answer.headers.get(name), "{call} {name}");
            }
            if call == "POST /api/v1/entries" {
                let key = replay.server.app.public_key();
                let receipt = answer::<EntriesReply>(now).receipt.verify(key).unwrap();
                assert_eq!(receipt.hash, sent_entries(then).last().unwrap().hash(), "{call}");
            }
        }
        let lost: BTreeSet<String> = old.shape().difference(&replay.today.shape()).cloned().collect();
        assert!(lost.is_empty(), "version {} is not told any more: {lost:#?}", old.wire);

        let server = &replay.server;
        let reader = Reader::enrol(&server.url(), &server.enrol_code().unwrap()).unwrap();
        let held: Vec<RecordSigned> =
            reader.records().unwrap().into_iter().map(|record| record.content).collect();
        assert_eq!(held, records(&old), "the record is held as it was signed");
        for file in held.iter().flat_map(|record| record.photos.iter().chain([&record.signature])) {
            assert_eq!(Hash::of(&reader.file(file.sha256).unwrap()), file.sha256);
        }
    }
}

#[test]
fn this_app_understands_what_every_released_server_said() {
    for old in released() {
        let (mut key, mut kinds) = (None::<PublicKey>, BTreeSet::new());
        for exchange in &old.exchanges {
            match (exchange.call().as_str(), exchange.answer.status) {
                ("GET /api/v1/health", 200) => assert_eq!(answer::<Health>(exchange).service, SERVICE),
                ("POST /api/v1/enrol", 403) => {
                    assert_eq!(answer::<WireError>(exchange).code, WireErrorCode::Code);
                }
                ("POST /api/v1/enrol", 200) => {
                    let reply: EnrolReply = answer(exchange);
                    let certificate = reply.certificate.verify(&reply.server_key).unwrap();
                    assert_eq!(certificate.operator, reply.operator.id);
                    key = Some(reply.server_key);
                }
                ("POST /api/v1/entries", 200) => {
                    let receipt = answer::<EntriesReply>(exchange).receipt;
                    let receipt = receipt.verify(key.as_ref().unwrap()).unwrap();
                    assert_eq!(receipt.hash, sent_entries(exchange).last().unwrap().hash());
                }
                ("POST /api/v1/files/missing", 200) => {
                    let reply: MissingReply = answer(exchange);
                    assert!(!reply.missing.is_empty() || !reply.held.is_empty());
                }
                ("GET /api/v1/changes", 200) => {
                    let page: ChangesReply = answer(exchange);
                    kinds.extend(page.changes.iter().map(|change| {
                        let json: Value = serde_json::to_value(change).unwrap();
                        json["kind"].as_str().unwrap().to_owned()
                    }));
                }
                ("POST /api/v1/files", 201) => assert!(exchange.answer.headers.contains_key("location")),
                ("HEAD /api/v1/files/uploads/ID", 200) | ("PATCH /api/v1/files/uploads/ID", 204) => {
                    exchange.answer.headers["upload-offset"].parse::<u64>().unwrap();
                }
                // Nothing is answered.
                ("POST /api/v1/key-copy", 204) => {}
                (call, status) => panic!("nobody here reads {call} {status}"),
            }
        }
        let resumes = old.exchanges.iter().any(|exchange| exchange.request.method == "HEAD");
        assert!(resumes, "version {} resumes no upload", old.wire);
        let expected = ["bottle", "discharger", "instrument", "operator", "person", "point", "record"]
            .map(str::to_owned);
        assert!(expected.iter().all(|kind| kinds.contains(kind)), "version {}: {kinds:?}", old.wire);
    }
}

/// `cargo test -p stackside-tests --test released make_a_recording -- --ignored`
#[test]
#[ignore = "makes the recording of a release"]
fn make_a_recording() {
    let conversation = record().unwrap();
    let text = serde_json::to_string_pretty(&conversation).unwrap();
    std::fs::write(Conversation::file(WIRE_VERSION), text + "\n").unwrap();
}
