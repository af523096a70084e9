//! Who may use which route, and who sees what.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod support;

use std::collections::BTreeSet;
use std::process::Command;

use axum::http::StatusCode;
use serde_json::Value;
use stackside_core::act::Act;
use stackside_core::id::VisitId;
use stackside_core::wire::{SERVICE, WireErrorCode};
use stackside_server::access::Role;
use stackside_server::route::{Access, all};
use support::{City, PASSWORD, file, new_id, photo, photo_taken, record, sign_in};

/// Every route: method, path, a path to ask, and what nobody, a device and a person get.
const EXPECTED: &[(&str, &str, &str, [u16; 3])] = &[
    ("GET", "/api/v1/health", "/api/v1/health", [200, 200, 200]),
    ("GET", "/api/v1/openapi.json", "/api/v1/openapi.json", [200, 200, 200]),
    ("POST", "/api/v1/enrol", "/api/v1/enrol", [400, 400, 400]),
    ("POST", "/api/v1/entries", "/api/v1/entries", [401, 400, 401]),
    ("POST", "/api/v1/files/missing", "/api/v1/files/missing", [401, 400, 401]),
    ("GET", "/api/v1/files/{sha256}", "/api/v1/files/00", [401, 404, 401]),
    ("OPTIONS", "/api/v1/files", "/api/v1/files", [401, 204, 401]),
    ("POST", "/api/v1/files", "/api/v1/files", [401, 412, 401]),
    ("HEAD", "/api/v1/files/uploads/{id}", "/api/v1/files/uploads/x", [401, 412, 401]),
    ("PATCH", "/api/v1/files/uploads/{id}", "/api/v1/files/uploads/x", [401, 412, 401]),
    ("DELETE", "/api/v1/files/uploads/{id}", "/api/v1/files/uploads/x", [401, 412, 401]),
    ("GET", "/api/v1/changes", "/api/v1/changes?since=0", [401, 200, 401]),
    ("POST", "/api/v1/key-copy", "/api/v1/key-copy", [401, 400, 401]),
    ("GET", "/", "/", [303, 303, 303]),
    ("GET", "/static/portal.css", "/static/portal.css", [200, 200, 200]),
    ("GET", "/login", "/login", [200, 200, 200]),
    ("POST", "/login", "/login", [415, 415, 415]),
    ("POST", "/logout", "/logout", [403, 403, 403]),
    ("GET", "/visits", "/visits", [303, 303, 200]),
    ("GET", "/visits/{id}", "/visits/x", [303, 303, 404]),
    ("GET", "/records/{id}", "/records/x", [303, 303, 404]),
    ("POST", "/records/{id}/review", "/records/x/review", [303, 303, 403]),
    ("GET", "/reviews", "/reviews", [303, 303, 200]),
    ("GET", "/records/{id}/versions", "/records/x/versions", [303, 303, 404]),
    ("GET", "/records/{id}/versions/{number}", "/records/x/versions/1", [303, 303, 404]),
    ("GET", "/plates", "/plates?point=x", [303, 303, 404]),
    ("GET", "/plan", "/plan?point=x", [303, 303, 404]),
    ("POST", "/plan/add", "/plan/add", [303, 303, 403]),
    ("POST", "/plan/remove", "/plan/remove", [303, 303, 403]),
    ("GET", "/files/{sha256}", "/files/00", [303, 303, 404]),
    ("GET", "/faults", "/faults", [303, 303, 200]),
    ("GET", "/faults/{id}", "/faults/x", [303, 303, 404]),
    ("GET", "/confirmations", "/confirmations", [303, 303, 200]),
    ("GET", "/confirmations/{id}", "/confirmations/x", [303, 303, 404]),
    ("POST", "/confirmations/{id}", "/confirmations/x", [303, 303, 403]),
    ("POST", "/confirmations/{id}/link", "/confirmations/x/link", [303, 303, 403]),
    ("GET", "/confirm/{token}", "/confirm/x", [404, 404, 404]),
    ("POST", "/confirm/{token}", "/confirm/x", [403, 403, 403]),
    ("GET", "/devices", "/devices", [303, 303, 200]),
    ("GET", "/devices/{id}", "/devices/x", [303, 303, 404]),
    ("POST", "/devices/{id}/revoke", "/devices/x/revoke", [303, 303, 403]),
    ("GET", "/metrics", "/metrics", [404, 404, 404]),
];

fn organisation(role: Role) -> &'static str {
    match role {
        Role::OperatorAdmin | Role::Supervisor => "demo-operator",
        Role::Discharger => "demo-power",
        Role::PatrolInspector | Role::Regulator => "CN-14",
    }
}

#[tokio::test]
async fn every_route_is_open_to_whom_it_is_meant_for_and_to_nobody_else() {
    let declared: BTreeSet<String> =
        all().iter().map(|route| format!("{} {}", route.method, route.path)).collect();
    let expected: BTreeSet<String> =
        EXPECTED.iter().map(|(method, path, ..)| format!("{method} {path}")).collect();
    assert_eq!(declared, expected, "a new route needs its line here");
    let city = City::new();
    let bearer = city.tablet().await.bearer();
    let mut callers = vec![("nobody", 0, vec![]), ("a device", 1, vec![("authorization", bearer)])];
    for role in Role::ALL {
        city.add_user(role.as_str(), role, organisation(role));
        callers.push((role.as_str(), 2, vec![("cookie", city.log_in(role.as_str()).await)]));
    }
    for (name, column, headers) in &callers {
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        for (method, _, path, statuses) in EXPECTED {
            let reply = city.send(method, path, &headers, "").await;
            assert_eq!(reply.status.as_u16(), statuses[*column], "{name}: {method} {path}: {}", reply.text());
            assert!(reply.header("content-security-policy").contains("default-src 'self'"), "{path}");
            assert_eq!(reply.header("x-content-type-options"), "nosniff");
            if path.starts_with("/api/") && reply.status.is_client_error() && *method != "HEAD" {
                reply.code();
            }
        }
    }
    for route in all().iter().filter(|route| route.path.starts_with("/api/")) {
        let is_first_contact =
            ["/api/v1/health", "/api/v1/openapi.json", "/api/v1/enrol"].contains(&route.path);
        assert_eq!(route.access == Access::Public, is_first_contact, "{}", route.path);
    }
}

#[tokio::test]
async fn the_document_describes_every_route_of_the_device_api_and_nothing_else() {
    let reply = City::empty().send("GET", "/api/v1/openapi.json", &[], "").await;
    assert_eq!(reply.header("content-type"), "application/json");
    let printed = Command::new(env!("CARGO_BIN_EXE_stackside-server")).arg("openapi").output().unwrap();
    assert_eq!(String::from_utf8(printed.stdout).unwrap().trim_end(), reply.text());
    reply.json::<utoipa::openapi::OpenApi>();
    let document: Value = reply.json();
    for place in reply.text().split("\"$ref\": \"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(document.pointer(place).is_some(), "{place}");
    }
    let mut described = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            described.insert(format!("{} {path}", method.to_uppercase()));
            let is_locked = !operation["security"].is_null();
            assert_eq!(is_locked, !operation["responses"]["401"].is_null(), "{method} {path}");
            for (status, answer) in operation["responses"].as_object().unwrap() {
                let error = answer["content"]["application/json"]["schema"]["$ref"].as_str();
                let is_error = error.is_some_and(|name| name.ends_with("/WireError"));
                assert_eq!(
                    is_error,
                    status.as_str() >= "400" && method != "head",
                    "{method} {path} {status}"
                );
            }
        }
    }
    let declared = all().into_iter().filter(|route| route.path.starts_with("/api/"));
    let declared: BTreeSet<_> = declared.map(|route| format!("{} {}", route.method, route.path)).collect();
    assert_eq!(described, declared);
}

#[tokio::test]
async fn what_no_handler_of_the_api_answers_is_answered_in_json() {
    let city = City::empty();
    let health = city.send("GET", "/api/v1/health", &[], "").await.json::<stackside_core::wire::Health>();
    assert_eq!((health.service.as_str(), health.oldest_app.as_str()), (SERVICE, "0.1.0"));
    city.app.import(&support::demo(), false).unwrap();
    let tablet = city.tablet().await;
    let held = format!("/api/v1/files/{}", tablet.upload(&city, b"a photo").await);
    let bearer = tablet.bearer();
    use WireErrorCode::*;
    for (method, path, header, status, code) in [
        ("GET", "/api/v1/nothing", ("accept", "*/*"), 404, NotFound),
        ("DELETE", "/api/v1/health", ("accept", "*/*"), 405, NotFound),
        ("POST", "/api/v1/entries", ("content-encoding", "br"), 415, Refused),
        ("GET", &held, ("range", "bytes=10-20"), 416, Refused),
        ("GET", &held, ("if-unmodified-since", "Mon, 23 Nov 2020 00:00:00 GMT"), 412, Refused),
    ] {
        let reply = city.send(method, path, &[("authorization", &bearer), header], "").await;
        assert_eq!((reply.status.as_u16(), reply.code()), (status, code), "{method} {path}");
        assert_eq!(reply.header("content-type"), "application/json", "{method} {path}");
        assert_eq!(reply.header("allow"), if status == 405 { "GET,HEAD" } else { "" });
    }
    let future = tablet.get(&city, "/api/v1/changes?since=9223372036854775808").await;
    assert_eq!(future.code(), Refused, "no server gives such a cursor out");
}

#[tokio::test]
async fn each_person_sees_the_visits_of_the_own_organisation_only() {
    let city = City::new();
    let mut tablet = city.tablet().await;
    let (power, sewage) = (VisitId::new(new_id()), VisitId::new(new_id()));
    let bytes = photo();
    let held = tablet.upload(&city, &bytes).await;
    let entries = [
        tablet.first(),
        tablet.make(&sign_in(power, "demo-stack-1")),
        tablet.make(&photo_taken(power, file(&bytes, "image/jpeg"))),
        tablet.make(&record(power, "demo-stack-1", file(&bytes, "image/jpeg"))),
        tablet.make(&photo_taken(power, file(b"not sent", "image/jpeg"))),
        tablet.make(&sign_in(sewage, "demo-outfall")),
    ];
    tablet.receipt(&city, &entries).await;
    use Role::*;
    for (login, role, organisation, sees_power, sees_sewage) in [
        ("a", OperatorAdmin, "demo-operator", true, true),
        ("b", Supervisor, "demo-operator", true, true),
        ("c", Discharger, "demo-power", true, false),
        ("d", Discharger, "demo-sewage", false, true),
        ("e", Regulator, "CN", true, true),
        ("f", Regulator, "CN-14", true, false),
        ("g", PatrolInspector, "CN-42", false, true),
        ("h", Regulator, "CN-1401", false, false),
    ] {
        city.add_user(login, role, organisation);
        let cookie = city.log_in(login).await;
        let get = async |path: String| city.send("GET", &path, &[("cookie", &cookie)], "").await;
        let list = get("/visits?date=2026-11-23".into()).await.text();
        for (visit, name, sees) in
            [(power, "演示热电 1# 烟囱", sees_power), (sewage, "演示污水处理厂 总排口", sees_sewage)]
        {
            assert_eq!(list.contains(name), sees, "{login}: {name}");
            let status = if sees { StatusCode::OK } else { StatusCode::NOT_FOUND };
            assert_eq!(get(format!("/visits/{visit}")).await.status, status, "{login}: {name}");
        }
        let image = get(format!("/files/{held}")).await;
        assert_eq!(image.status == StatusCode::OK, sees_power, "{login}: the photo");
        assert!(!sees_power || (image.body == bytes && image.header("content-type") == "image/jpeg"));
    }
    let cookie = city.log_in("a").await;
    let page = city.send("GET", &format!("/visits/{power}"), &[("cookie", &cookie)], "").await.text();
    let record_hash = entries[3].hash().to_string();
    for part in [
        "轨迹回放",
        "在围栏内",
        "演示·技术员甲",
        "零点/量程漂移与校准记录表",
        "1.5",
        "尚未收到",
        "<svg",
        "sketch__fence",
        &record_hash,
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    let english = city.send("GET", &format!("/visits/{power}?lang=en"), &[("cookie", &cookie)], "").await;
    assert!(english.text().contains("track replay") && english.header("set-cookie").contains("lang=en"));
    let out = Act::SignedOut {
        visit: power,
        fixes: vec![],
        presence: stackside_core::geofence::presence(
            &stackside_core::geofence::Fence::Polygon { outer: vec![], holes: vec![] },
            &[],
            0,
        ),
        findings: vec![],
    };
    let out = tablet.make(&out);
    tablet.receipt(&city, &[out]).await;
    let list = city.send("GET", "/visits?date=2026-11-23&lang=en", &[("cookie", &cookie)], "").await.text();
    assert_eq!(list.matches("not signed out").count(), 1, "the sewage works' visit only: {list}");
}

#[tokio::test]
async fn another_operators_entries_do_not_reach_into_a_visit() {
    let city = City::new();
    let other = city.folder.path().join("other");
    std::fs::create_dir(&other).unwrap();
    let row = std::fs::read_to_string(support::demo().join("operator.toml")).unwrap();
    std::fs::write(other.join("operator.toml"), row.replace("demo-operator", "other-operator")).unwrap();
    city.app.import(&other, false).unwrap();
    let mut own = city.tablet().await;
    let code = city.app.enrol_code(&"other-operator".parse().unwrap()).unwrap();
    let mut foreign = support::Tablet::enrol(&city, &code).await;
    let visit = VisitId::new(new_id());
    let entries = [own.first(), own.make(&sign_in(visit, "demo-stack-1"))];
    own.receipt(&city, &entries).await;
    let secret = own.upload(&city, b"a photo of the demo operator").await;
    let entries = [
        foreign.first(),
        foreign.make(&record(visit, "demo-stack-1", file(b"a photo of the demo operator", "image/jpeg"))),
    ];
    foreign.receipt(&city, &entries).await;
    assert_eq!(foreign.get(&city, &format!("/api/v1/files/{secret}")).await.status, StatusCode::NOT_FOUND);
    city.add_user("a", Role::OperatorAdmin, "demo-operator");
    let cookie = city.log_in("a").await;
    let page = city.send("GET", &format!("/visits/{visit}"), &[("cookie", &cookie)], "").await.text();
    assert!(!page.contains("零点/量程"), "a foreign record is no part of the visit");
    let changes = own.get(&city, "/api/v1/changes?since=0").await.text();
    assert!(!changes.contains("\"kind\":\"record\""), "and nobody's baseline");
}

#[tokio::test]
async fn forms_of_other_sites_and_guessed_passwords_are_refused() {
    let city = City::new();
    city.add_user("a", Role::OperatorAdmin, "demo-operator");
    let form = "application/x-www-form-urlencoded";
    let log_in = async |origin: &str, password: &str| {
        let headers = [("origin", origin), ("content-type", form)];
        city.send("POST", "/login", &headers, format!("login=a&password={}", password.replace(' ', "+")))
            .await
    };
    let ours = "http://server.test";
    assert_eq!(log_in("http://evil.test", PASSWORD).await.status, StatusCode::FORBIDDEN);
    assert_eq!(log_in("null", PASSWORD).await.status, StatusCode::FORBIDDEN);
    for _ in 0..5 {
        assert_eq!(log_in(ours, "wrong").await.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(log_in(ours, PASSWORD).await.status, StatusCode::TOO_MANY_REQUESTS);
    city.wait(2);
    let entered = log_in(ours, PASSWORD).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER);
    let cookie = entered.header("set-cookie").split(';').next().unwrap().to_owned();
    city.send("POST", "/logout", &[("origin", ours), ("cookie", &cookie)], "").await;
    assert_eq!(city.send("GET", "/visits", &[("cookie", &cookie)], "").await.status, StatusCode::SEE_OTHER);
}
