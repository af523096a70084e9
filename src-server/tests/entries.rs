//! Evidence that comes in: once, in order, authentic; everything authentic is kept.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod support;

use std::io::Write;

use axum::http::StatusCode;
use p256::ecdsa::SigningKey;
use p256::elliptic_curve::Generate;
use serde_json::json;
use stackside_core::act::Act;
use stackside_core::evidence::{Entry, SignatureText};
use stackside_core::id::{LogId, VisitId};
use stackside_core::wire::WireErrorCode;
use stackside_server::store::StoreError;
use support::{City, enrol, file, new_id, photo, record, sign_in, unknown_kind};

fn count(city: &City, query: &'static str) -> i64 {
    city.app.store().read_now::<_, StoreError>(|tx| Ok(tx.query_row(query, [], |row| row.get(0))?)).unwrap()
}

#[tokio::test]
async fn entries_sent_twice_are_held_once_and_receipted_each_time() {
    let city = City::new();
    let mut tablet = city.tablet().await;
    let visit = VisitId::new(new_id());
    let entries = [
        tablet.first(),
        tablet.make(&sign_in(visit, "demo-stack-1")),
        tablet.make(&Act::ClockJumped { moved_ms: 40_000 }),
    ];
    let last = entries[2].hash();
    for (what, batch, seq) in [
        ("the first two", &entries[..2], 2),
        ("the same again", &entries[..2], 2),
        ("overlapping", &entries[1..], 3),
        ("all", &entries[..], 3),
        ("an old one", &entries[..1], 3),
        ("none", &[], 3),
    ] {
        let receipt = tablet.receipt(&city, batch).await;
        assert_eq!((receipt.seq, receipt.log), (seq, tablet.tip.log), "{what}");
        assert!(seq < 3 || receipt.hash == last, "{what}");
    }
    assert_eq!(count(&city, "SELECT COUNT(*) FROM entry"), 3);
    assert_eq!(count(&city, "SELECT COUNT(*) FROM visit"), 1);
}

#[tokio::test]
async fn gzip_is_unpacked() {
    let city = City::new();
    let mut tablet = city.tablet().await;
    let body = json!({ "app_version": "0.1.0", "entries": [tablet.first()] }).to_string();
    let mut packed = flate2::write::GzEncoder::new(vec![], flate2::Compression::default());
    packed.write_all(body.as_bytes()).unwrap();
    let bearer = tablet.bearer();
    let headers = [("authorization", bearer.as_str()), ("content-encoding", "gzip")];
    let reply = city.send("POST", "/api/v1/entries", &headers, packed.finish().unwrap()).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());

    let mut bomb = flate2::write::GzEncoder::new(vec![], flate2::Compression::default());
    bomb.write_all(&vec![b' '; 9 * 1024 * 1024]).unwrap();
    let reply = city.send("POST", "/api/v1/entries", &headers, bomb.finish().unwrap()).await;
    assert_eq!((reply.status, reply.code()), (StatusCode::PAYLOAD_TOO_LARGE, WireErrorCode::TooLarge));
}

#[tokio::test]
async fn what_does_not_hold_is_refused_and_nothing_of_its_batch_is_kept() {
    let city = City::new();
    let mut tablet = city.tablet().await;
    let stranger = SigningKey::generate();
    let first = tablet.first();
    tablet.receipt(&city, std::slice::from_ref(&first)).await;
    let (second, third) =
        (tablet.make(&Act::ClockJumped { moved_ms: 2 }), tablet.make(&Act::ClockJumped { moved_ms: 3 }));
    let forged = Entry {
        signature: SignatureText::make(second.header.as_bytes(), &stranger).unwrap(),
        ..second.clone()
    };
    let changed = Entry { body: second.body.replace('2', "4"), ..second.clone() };
    let spaced = Entry { header: format!("{} ", second.header), ..second.clone() };
    use WireErrorCode::{Gap, Refused};
    for (what, batch, code) in [
        ("another's signature", vec![forged], Refused),
        ("another body", vec![changed.clone()], Refused),
        ("another form", vec![spaced], Refused),
        ("a good one before a bad one", vec![second.clone(), changed], Refused),
        ("a gap", vec![third.clone()], Gap),
        ("the wrong order", vec![third, second], Gap),
    ] {
        let reply = tablet.send(&city, &batch).await;
        assert_eq!(reply.code(), code, "{what}: {}", reply.text());
        assert_eq!(count(&city, "SELECT COUNT(*) FROM entry"), 1, "{what}");
    }
    let later = tablet.make(&Act::ClockJumped { moved_ms: 9 });
    let gap = tablet.send(&city, &[later]).await;
    assert!(gap.text().contains("number 2"), "the message names the number: {}", gap.text());
}

#[tokio::test]
async fn a_log_begins_with_a_certificate_that_this_server_signed() {
    let (city, other_city) = (City::new(), City::new());
    let (mut tablet, mut other) = (city.tablet().await, other_city.tablet().await);
    let bare = tablet.make(&Act::ClockJumped { moved_ms: 1 });
    assert_eq!(tablet.send(&city, &[bare]).await.code(), WireErrorCode::Refused);
    let foreign = other.first();
    assert_eq!(tablet.send(&city, &[foreign]).await.code(), WireErrorCode::Refused);
    // Somebody else's certificate in one's own log.
    let mut thief = city.tablet().await;
    thief.certificate = tablet.certificate.clone();
    let stolen = thief.first();
    assert_eq!(thief.send(&city, &[stolen]).await.code(), WireErrorCode::Refused);
}

#[tokio::test]
async fn a_fork_is_refused_and_kept_as_evidence() {
    let city = City::new();
    let mut tablet = city.tablet().await;
    let first = tablet.first();
    let restored = tablet.tip.clone();
    let second = tablet.make(&Act::ClockJumped { moved_ms: 2 });
    tablet.receipt(&city, &[first.clone(), second]).await;
    tablet.tip = restored;
    let contradiction = tablet.make(&Act::ClockJumped { moved_ms: 3 });
    for _ in 0..2 {
        let reply = tablet.send(&city, &[first.clone(), contradiction.clone()]).await;
        assert_eq!((reply.status, reply.code()), (StatusCode::CONFLICT, WireErrorCode::Fork));
    }
    assert_eq!(count(&city, "SELECT COUNT(*) FROM fork"), 1);
    assert_eq!(count(&city, "SELECT COUNT(*) FROM entry"), 2);
    // One that builds on the contradiction is a fork too, not a gap.
    let heir = tablet.make(&Act::ClockJumped { moved_ms: 4 });
    assert_eq!(tablet.send(&city, &[heir]).await.code(), WireErrorCode::Fork);
    // The device goes on in a new log.
    let (old_log, last_hash) = (tablet.tip.log, Some(contradiction.hash()));
    tablet.tip.log = LogId::new(new_id());
    tablet.tip.last = None;
    let recovered =
        Act::Recovered { certificate: tablet.certificate.clone(), old_log, last_hash, last_receipt: None };
    let recovered = tablet.make(&recovered);
    assert_eq!(tablet.receipt(&city, &[recovered]).await.seq, 1);
}

#[tokio::test]
async fn entries_of_one_tablet_are_taken_from_another() {
    let city = City::new();
    let (mut broken, whole) = (city.tablet().await, city.tablet().await);
    let first = broken.first();
    let receipt = whole.receipt(&city, &[first]).await;
    assert_eq!((receipt.device, receipt.log), (broken.tip.device, broken.tip.log));
}

#[tokio::test]
async fn odd_but_authentic_entries_are_kept() {
    let city = City::new();
    let mut tablet = city.tablet().await;
    let visit = VisitId::new(new_id());
    let photo = file(&photo(), "image/jpeg");
    let entries = [
        tablet.first(),
        unknown_kind(&mut tablet),
        tablet.make(&sign_in(visit, "nowhere")),
        tablet.make(&sign_in(visit, "demo-stack-1")),
        tablet.make(&record(VisitId::new(new_id()), "nowhere", photo)),
        tablet.make(&Act::SignedOut {
            visit: VisitId::new(new_id()),
            fixes: vec![],
            presence: stackside_core::geofence::presence(
                &stackside_core::geofence::Fence::Polygon { outer: vec![], holes: vec![] },
                &[],
                0,
            ),
            findings: vec![],
        }),
    ];
    assert_eq!(tablet.receipt(&city, &entries).await.seq, 6);
    assert_eq!(count(&city, "SELECT COUNT(*) FROM entry WHERE kind = 'drone_flown'"), 1);
    assert_eq!(
        count(&city, "SELECT COUNT(*) FROM visit"),
        1,
        "the second sign-in of a visit draws no second one"
    );
}

#[tokio::test]
async fn the_database_itself_refuses_to_change_an_entry() {
    let city = City::new();
    let mut tablet = city.tablet().await;
    let first = tablet.first();
    tablet.receipt(&city, &[first]).await;
    for sql in ["UPDATE entry SET body = ''", "DELETE FROM entry"] {
        let done = city.app.store().write_now::<_, StoreError>(|tx| Ok(tx.execute(sql, [])?));
        assert!(done.unwrap_err().to_string().contains("append-only"), "{sql}");
    }
}

#[tokio::test]
async fn an_enrolment_code_works_once_within_its_time() {
    let city = City::new();
    let device = || stackside_core::id::DeviceId::new(new_id());
    let key = SigningKey::generate();
    let used = city.enrol_code();
    assert_eq!(used.len(), 8);
    assert_eq!(enrol(&city, &used, device(), &key).await.status, StatusCode::OK);
    let old = city.enrol_code();
    for (what, wait, code) in
        [("used", 0, used.as_str()), ("unknown", 0, "00000000"), ("empty", 0, ""), ("out of date", 901, &old)]
    {
        city.wait(wait);
        let reply = enrol(&city, code, device(), &key).await;
        assert_eq!((reply.status, reply.code()), (StatusCode::FORBIDDEN, WireErrorCode::Code), "{what}");
    }
    for _ in 0..60 {
        enrol(&city, "12345678", device(), &key).await;
    }
    let reply = enrol(&city, &city.enrol_code(), device(), &key).await;
    assert_eq!(reply.status, StatusCode::TOO_MANY_REQUESTS, "guessing is slowed down");
    city.wait(60);
    assert_eq!(enrol(&city, &city.enrol_code(), device(), &key).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_tablet_whose_app_is_too_old_is_told_so() {
    let city = City::new();
    let mut tablet = city.tablet().await;
    let first = tablet.first();
    let body = json!({ "app_version": "0.0.9", "entries": [first] }).to_string();
    let reply = city.send("POST", "/api/v1/entries", &[("authorization", &tablet.bearer())], body).await;
    assert_eq!(reply.code(), WireErrorCode::TooOld);
}

#[tokio::test]
async fn what_is_known_of_when_is_the_same_however_entries_were_batched() {
    let visit = VisitId::new(new_id());
    let mut told = vec![];
    for batches in [[4].as_slice(), &[3, 4]] {
        let city = City::new();
        let mut tablet = city.tablet().await;
        // A day slow; the server is nine minutes slow.
        tablet.wall = "2026-11-22T06:00:00Z".into();
        let mut entries = vec![tablet.first(), tablet.make(&sign_in(visit, "demo-stack-1"))];
        tablet.receipt = tablet.hears("2026-11-23T05:51:00Z");
        entries.push(tablet.make(&record(visit, "demo-stack-1", file(&photo(), "image/jpeg"))));
        tablet.satellite = tablet.hears("2026-11-23T06:00:00Z");
        entries.push(tablet.make(&Act::ClockJumped { moved_ms: 1 }));
        for &held in batches {
            tablet.receipt(&city, &entries[..held]).await;
        }
        let rows = "SELECT (SELECT signed_in_ms || proof || day FROM visit),
                        signed_ms || proof || day, (SELECT MAX(signed_ms) FROM record_instrument) || '' FROM record";
        let row = |row: &rusqlite::Row<'_>| Ok::<[String; 3], _>([row.get(0)?, row.get(1)?, row.get(2)?]);
        let read = |tx: &rusqlite::Transaction<'_>| Ok::<_, StoreError>(tx.query_row(rows, [], row)?);
        told.push(city.app.store().read_now(read).unwrap());
    }
    assert_eq!(told[0], told[1]);
    assert!(told[0][0].ends_with("satellite2026-11-23"), "{told:?}");
}
