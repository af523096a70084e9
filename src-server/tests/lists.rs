//! Case 15 of the field lessons: none, one and two items in every list of the wire.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod support;

use axum::http::StatusCode;
use serde_json::json;
use stackside_core::act::Act;
use stackside_core::hash::Hash;
use stackside_core::wire::{ChangesReply, MissingReply, WireErrorCode};
use support::{City, Tablet};

async fn missing(city: &City, tablet: &Tablet, files: &[Hash]) -> MissingReply {
    let headers = [("authorization", tablet.bearer())];
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let body = json!({ "files": files }).to_string();
    let answer = city.send("POST", "/api/v1/files/missing", &headers, body).await;
    assert_eq!(answer.status, StatusCode::OK);
    answer.json()
}

#[tokio::test]
async fn every_list_of_the_wire_may_have_none_one_or_two_items() {
    let city = City::new();
    let mut tablet = city.tablet().await;
    let empty = tablet.send(&city, &[]).await;
    assert_eq!((empty.status, empty.code()), (StatusCode::NOT_FOUND, WireErrorCode::NotFound), "no log yet");
    let first = tablet.first();
    assert_eq!(tablet.receipt(&city, &[first]).await.seq, 1);
    let two =
        [tablet.make(&Act::ClockJumped { moved_ms: 1 }), tablet.make(&Act::ClockJumped { moved_ms: 2 })];
    assert_eq!(tablet.receipt(&city, &two).await.seq, 3);
    assert_eq!(tablet.receipt(&city, &[]).await.seq, 3, "an empty batch asks where the log stands");

    let held = [tablet.upload(&city, &[1; 40]).await, tablet.upload(&city, &[2; 40]).await];
    let lacking = [Hash::of(b"a"), Hash::of(b"b")];
    for asked in 0..=2 {
        for there in 0..=2 {
            let files = [&lacking[..asked], &held[..there]].concat();
            let reply = missing(&city, &tablet, &files).await;
            assert_eq!(reply.missing, &lacking[..asked]);
            assert_eq!(reply.held.iter().map(|file| file.sha256).collect::<Vec<_>>(), &held[..there]);
        }
    }

    let page = async |since: u64| -> ChangesReply {
        tablet.get(&city, &format!("/api/v1/changes?since={since}")).await.json()
    };
    let all = page(0).await;
    assert!(all.changes.len() > 2 && !all.more);
    let none = page(all.cursor).await;
    assert_eq!((none.changes.len(), none.cursor, none.more), (0, all.cursor, false));
    for (person, want) in [("demo-tech-a", 1), ("demo-tech-b", 2)] {
        city.app.person_code(&person.parse().unwrap()).unwrap();
        assert_eq!(page(all.cursor).await.changes.len(), want);
    }
}
