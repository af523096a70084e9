//! Tablets in the portal: seen, struck off, replaced.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod support;

use std::collections::BTreeSet;

use axum::http::StatusCode;
use base64::Engine;
use serde_json::json;
use stackside_core::id::VisitId;
use stackside_core::wire::WireErrorCode;
use stackside_server::access::Role;
use stackside_server::store::StoreError;
use support::{City, Tablet, enrol, new_id, sign_in};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const HERE: (&str, &str) = ("origin", "http://server.test");

fn write(city: &City, text: &'static str) {
    city.app.store().write_now::<_, StoreError>(|tx| Ok(tx.execute_batch(text)?)).unwrap();
}

#[tokio::test]
async fn a_lost_tablet_is_struck_off_with_a_reason_and_its_evidence_is_taken_from_its_successor() {
    let city = City::new();
    city.add_user("anna", Role::OperatorAdmin, "demo-operator");
    let cookie = city.log_in("anna").await;
    let mut lost = city.tablet().await;
    let first = lost.first();
    lost.receipt(&city, std::slice::from_ref(&first)).await;
    let device = lost.tip.device.to_string();
    let page = |path: String| {
        let (city, cookie) = (&city, &cookie);
        async move { city.send("GET", &path, &[("cookie", cookie)], "").await.text() }
    };
    let list = page("/devices".into()).await;
    assert!(
        list.contains(&device) && list.contains("演示平板") && list.contains("2026-11-23 14:00"),
        "{list}"
    );

    let revoke = format!("/devices/{device}/revoke");
    for (body, want) in [
        ("reason=&confirmed=yes", StatusCode::BAD_REQUEST),
        ("reason=lost", StatusCode::BAD_REQUEST),
        ("reason=lost+at+the+stack&confirmed=yes", StatusCode::SEE_OTHER),
        ("reason=again&confirmed=yes", StatusCode::SEE_OTHER),
    ] {
        let reply = city.send("POST", &revoke, &[("cookie", &cookie), FORM, HERE], body).await;
        assert_eq!(reply.status, want, "{body}: {}", reply.text());
    }
    let shown = page(format!("/devices/{device}")).await;
    assert!(
        shown.contains("lost at the stack") && !shown.contains("again"),
        "the first reason stays: {shown}"
    );
    let refused = lost.send(&city, std::slice::from_ref(&first)).await;
    assert_eq!((refused.status, refused.code()), (StatusCode::UNAUTHORIZED, WireErrorCode::Revoked));

    let again = enrol(&city, &city.enrol_code(), lost.tip.device, &lost.key).await;
    assert_eq!(again.status, StatusCode::OK);
    let struck = city.app.store().read_now::<_, StoreError>(|tx| {
        let query = "SELECT COUNT(COALESCE(revoked_ms, revoked_by, revoked_why)) FROM device";
        Ok(tx.query_row(query, [], |row| row.get::<_, i64>(0))?)
    });
    assert_eq!(struck.unwrap(), 0, "found and taken in anew");

    let late = lost.make(&sign_in(VisitId::new(new_id()), "demo-stack-1"));
    let refused = lost.send(&city, std::slice::from_ref(&late)).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "its old token stays worth nothing");
    let successor = city.tablet().await;
    let receipt = successor.receipt(&city, &[late]).await;
    assert_eq!((receipt.device, receipt.seq), (lost.tip.device, 2), "what it had not handed over counts");
}

#[tokio::test]
async fn only_the_operators_own_administrator_strikes_a_tablet_off() {
    let city = City::new();
    let tablet = city.tablet().await;
    let device = tablet.tip.device.to_string();
    write(
        &city,
        "INSERT INTO operator (id, row) SELECT 'another', json_set(row, '$.id', 'another') FROM operator",
    );
    for (login, role, organisation, sees) in [
        ("supervisor", Role::Supervisor, "demo-operator", true),
        ("another", Role::OperatorAdmin, "another", false),
        ("discharger", Role::Discharger, "demo-power", false),
        ("regulator", Role::Regulator, "CN", false),
    ] {
        city.add_user(login, role, organisation);
        let cookie = city.log_in(login).await;
        let list = city.send("GET", "/devices", &[("cookie", &cookie)], "").await;
        assert_eq!((list.status, list.text().contains(&device)), (StatusCode::OK, sees), "{login}");
        let one = city.send("GET", &format!("/devices/{device}"), &[("cookie", &cookie)], "").await;
        assert_eq!(one.status == StatusCode::OK, sees, "{login}");
        assert!(!one.text().contains("confirmed"), "{login} finds no form");
        let path = format!("/devices/{device}/revoke");
        let body = "reason=x&confirmed=yes";
        let reply = city.send("POST", &path, &[("cookie", &cookie), FORM, HERE], body).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{login}");
    }
    assert_eq!(tablet.get(&city, "/api/v1/changes?since=0").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_tablet_has_only_so_many_uploads_open_and_is_told_when_to_come_back() {
    let city = City::new();
    let tablet = city.tablet().await;
    let hash = |n: u32| stackside_core::hash::Hash::of(&n.to_le_bytes());
    for n in 0..200 {
        assert_eq!(tablet.create(&city, &hash(n), 10).await.status, StatusCode::CREATED);
    }
    let told = tablet.create(&city, &hash(200), 10).await;
    assert_eq!((told.status, told.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "300"));
    assert_eq!(tablet.create(&city, &hash(7), 10).await.status, StatusCode::CREATED, "one of them goes on");
    let other = city.tablet().await;
    assert_eq!(other.create(&city, &hash(200), 10).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_tablet_is_served_although_nobody_can_note_that_it_was_here() {
    let city = City::new();
    let tablet = city.tablet().await;
    write(
        &city,
        "CREATE TRIGGER full BEFORE UPDATE ON device BEGIN SELECT RAISE(ABORT, 'the disk is full'); END",
    );
    assert_eq!(tablet.get(&city, "/api/v1/changes?since=0").await.status, StatusCode::OK);
}

async fn leave_copy(city: &City, tablet: &Tablet, sealed: &str) -> StatusCode {
    let sealed = base64::engine::general_purpose::STANDARD.encode(sealed);
    let body = json!({ "recipient": "age1nobody", "sealed": sealed }).to_string();
    let bearer = tablet.bearer();
    city.send("POST", "/api/v1/key-copy", &[("authorization", &bearer)], body).await.status
}

#[tokio::test]
async fn copies_of_a_tablets_key_are_kept_once_each_and_all_of_them_written_out() {
    let city = City::new();
    let tablet = city.tablet().await;
    assert_eq!(leave_copy(&city, &tablet, "a key in the clear").await, StatusCode::BAD_REQUEST);
    let copy = |n: u32| format!("age-encryption.org/v1\n{n}");
    for n in 0..100 {
        assert_eq!(leave_copy(&city, &tablet, &copy(n)).await, StatusCode::NO_CONTENT);
    }
    assert_eq!(leave_copy(&city, &tablet, &copy(100)).await, StatusCode::BAD_REQUEST, "enough");
    assert_eq!(leave_copy(&city, &tablet, &copy(7)).await, StatusCode::NO_CONTENT, "held already");
    // All came in the same millisecond.
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(city.app.write_key_copies(folder.path()).unwrap(), 100);
    let texts = std::fs::read_dir(folder.path()).unwrap().map(|file| {
        let path = file.unwrap().path();
        assert!(path.to_str().unwrap().contains(&tablet.tip.device.to_string()));
        std::fs::read_to_string(path).unwrap()
    });
    let written: BTreeSet<String> = texts.collect();
    assert_eq!(written, (0..100).map(copy).collect());
}
