//! The plan: imported, edited in the portal, down to the tablets, with warnings and the states of the tasks.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod support;

use axum::http::StatusCode;
use stackside_core::act::Act;
use stackside_core::pause::Halt;
use stackside_core::wire::{Change, ChangesReply, Removed};
use stackside_server::access::Role;
use support::{City, Reply, Tablet};

async fn page(city: &City, cookie: &str, path: &str) -> Reply {
    city.send("GET", path, &[("cookie", cookie)], "").await
}

async fn post(city: &City, cookie: &str, path: &str, body: &str) -> Reply {
    let headers = [
        ("cookie", cookie),
        ("origin", "http://server.test"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    city.send("POST", path, &headers, body.to_owned()).await
}

async fn changes(city: &City, tablet: &Tablet, since: u64) -> ChangesReply {
    tablet.get(city, &format!("/api/v1/changes?since={since}&wire=3")).await.json()
}

const LINE: &str = "point=demo-outfall&form=HJ355-H&every=1&unit=months&from=2026-11-01&person=demo-tech-c\
    &person=demo-tech-b";

#[tokio::test]
async fn a_supervisor_plans_and_the_tablets_hear_of_it() {
    let city = City::new();
    for (login, role, of) in [
        ("super", Role::Supervisor, "demo-operator"),
        ("power", Role::Discharger, "demo-power"),
        ("bureau", Role::Regulator, "CN"),
    ] {
        city.add_user(login, role, of);
    }
    let cookie = city.log_in("super").await;
    let tablet = city.tablet().await;
    let planned = |changes: &[Change]| -> Vec<(String, usize)> {
        let line = |change: &Change| match change {
            Change::Plan(item) => Some((item.form.to_string(), item.persons.len())),
            _ => None,
        };
        changes.iter().filter_map(line).collect()
    };
    let imported = changes(&city, &tablet, 0).await;
    assert!(planned(&imported.changes).contains(&("HJ75-G1".to_owned(), 2)), "the demo's plan");
    for login in ["power", "bureau"] {
        let other = city.log_in(login).await;
        assert_eq!(page(&city, &other, "/plan").await.status, StatusCode::NOT_FOUND, "{login}");
        assert_eq!(post(&city, &other, "/plan/add", LINE).await.status, StatusCode::NOT_FOUND, "{login}");
    }
    assert_eq!(post(&city, &cookie, "/plan/add", LINE).await.status, StatusCode::SEE_OTHER);
    let heard = changes(&city, &tablet, imported.cursor).await;
    assert_eq!(planned(&heard.changes), [("HJ355-H".to_owned(), 2)]);
    let html = page(&city, &cookie, "/plan?point=demo-outfall").await.text();
    for words in ["每 1 个月", "2026-11-01", "演示·技术员丙", "无记录", "依据待核"] {
        assert!(html.contains(words), "`{words}` in {html}");
    }

    for bad in [
        LINE.replace("every=1", "every=0"),
        LINE.replace("every=1", "every=401"),
        LINE.replace("&person=demo-tech-c&person=demo-tech-b", ""),
        LINE.replace("2026-11-01", "soon"),
    ] {
        assert_eq!(post(&city, &cookie, "/plan/add", &bad).await.status, StatusCode::BAD_REQUEST, "{bad}");
    }
    for foreign in [
        LINE.replace("demo-outfall", "nowhere"),
        LINE.replace("demo-tech-c", "nobody"),
        format!("{LINE}&instrument=DA001-SO2"),
    ] {
        assert_eq!(
            post(&city, &cookie, "/plan/add", &foreign).await.status,
            StatusCode::NOT_FOUND,
            "{foreign}"
        );
    }

    let id = heard.changes.iter().find_map(|change| match change {
        Change::Plan(item) => Some(item.id.clone()),
        _ => None,
    });
    let body = format!("point=demo-outfall&line={}", id.clone().unwrap());
    for _ in 0..2 {
        assert_eq!(post(&city, &cookie, "/plan/remove", &body).await.status, StatusCode::SEE_OTHER);
    }
    let gone = changes(&city, &tablet, heard.cursor).await;
    assert!(gone.changes.contains(&Change::Removed(Removed::Plan(id.unwrap()))), "{gone:?}");
}

#[tokio::test]
async fn a_stop_that_one_tablet_says_goes_down_to_the_others_and_stands_in_the_plan() {
    let city = City::new();
    city.add_user("super", Role::Supervisor, "demo-operator");
    let cookie = city.log_in("super").await;
    let (mut tablet, other) = (city.tablet().await, city.tablet().await);
    let before = changes(&city, &other, 0).await;
    let halt = Halt {
        point: "demo-stack-1".parse().unwrap(),
        instrument: None,
        at: "2026-11-20T01:00:00Z".parse().unwrap(),
        reason: "锅炉检修".into(),
        technician: "demo-tech-a".parse().unwrap(),
    };
    let entries = [tablet.first(), tablet.make(&Act::Paused(halt.clone()))];
    tablet.receipt(&city, &entries).await;
    let heard = changes(&city, &other, before.cursor).await.changes;
    let [Change::Halt(said)] = &heard[..] else { panic!("{heard:?}") };
    assert_eq!((said.goes_on, &said.halt, said.entry), (false, &halt, entries[1].hash()));
    let html = page(&city, &cookie, "/plan?point=demo-stack-1").await.text();
    assert!(html.contains("锅炉检修") && html.contains("暂停"), "{html}");
}
