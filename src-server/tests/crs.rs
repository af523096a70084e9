//! Registers in the coordinate systems of Chinese maps: converted when named, pointed out when not.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod support;

use std::path::Path;

use stackside_core::act::Act;
use stackside_core::crs::System;
use stackside_core::geofence::{Fence, Position};
use stackside_core::id::VisitId;
use stackside_core::register::Point;
use stackside_core::wire::{Change, ChangesReply};
use stackside_server::access::Role;
use support::{City, demo, new_id, sign_in};

/// The demo city in a folder, its points as `rewrite` makes them.
fn folder(rewrite: impl Fn(&str) -> String) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(demo()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            std::fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
        }
    }
    let text = std::fs::read_to_string(demo().join("point.toml")).unwrap();
    std::fs::write(folder.path().join("point.toml"), rewrite(&text)).unwrap();
    folder
}

/// All coordinates of a file as they are in `system`.
fn shifted(text: &str, system: System) -> String {
    const EAST: &str = "{ longitude = \"";
    const NORTH: &str = "\", latitude = \"";
    let mut parts = text.split(EAST);
    let mut all = parts.next().unwrap().to_owned();
    for part in parts {
        let (longitude, rest) = part.split_once(NORTH).unwrap();
        let (latitude, rest) = rest.split_once('"').unwrap();
        let place = Position::new(longitude.parse().unwrap(), latitude.parse().unwrap()).unwrap();
        let Position { longitude, latitude } = system.from_wgs84(&place);
        all.push_str(&format!("{EAST}{longitude:.9}{NORTH}{latitude:.9}\"{rest}"));
    }
    all
}

fn named(text: &str, system: System) -> String {
    text.replace("crs = \"WGS-84\"", &format!("crs = \"{}\"", system.name()))
}

async fn points(folder: &Path) -> Vec<Point> {
    let city = City::empty();
    assert_eq!(city.app.import(folder, false).unwrap().warnings, []);
    let tablet = city.tablet().await;
    let changes: ChangesReply = tablet.get(&city, "/api/v1/changes?since=0").await.json();
    let point = |change| if let Change::Point(point) = change { Some(*point) } else { None };
    changes.changes.into_iter().filter_map(point).collect()
}

fn corners(point: &Point) -> Vec<Position> {
    let of_fence = match &point.fence {
        Fence::Circle { center, .. } => vec![*center],
        Fence::Polygon { outer, holes } => outer.iter().chain(holes.iter().flatten()).copied().collect(),
    };
    [vec![point.position], of_fence].concat()
}

#[tokio::test]
async fn a_register_in_any_system_comes_in_as_wgs_84() {
    let want = points(folder(str::to_owned).path()).await;
    assert_eq!(want.len(), 3);
    for system in [System::Gcj02, System::Bd09] {
        let got = points(folder(|text| named(&shifted(text, system), system)).path()).await;
        assert_eq!(got.len(), want.len());
        for (got, want) in got.iter().zip(&want) {
            let (got, want) = (corners(got), corners(want));
            assert_eq!(got.len(), want.len());
            for (got, want) in got.iter().zip(&want) {
                assert!(got.distance_m(want) < 0.02, "{}: {got:?}, not {want:?}", system.name());
            }
        }
    }
}

/// Three people sign in at the demo's first stack, where it truly is; gives the first visit.
async fn three_sign_ins(city: &City) -> VisitId {
    let mut tablet = city.tablet().await;
    let first = VisitId::new(new_id());
    let acts: Vec<Act> = [first, VisitId::new(new_id()), VisitId::new(new_id())]
        .into_iter()
        .map(|visit| sign_in(visit, "demo-stack-1"))
        .collect();
    let opening = tablet.first();
    let entries: Vec<_> = std::iter::once(opening).chain(acts.iter().map(|act| tablet.make(act))).collect();
    tablet.receipt(city, &entries).await;
    first
}

#[tokio::test]
async fn sign_ins_show_that_a_register_named_the_wrong_system() {
    for system in [System::Gcj02, System::Bd09] {
        let city = City::empty();
        let wrong = folder(|text| shifted(text, system));
        assert_eq!(city.app.import(wrong.path(), false).unwrap().warnings, [], "nobody was there yet");
        let visit = three_sign_ins(&city).await;
        let warnings = city.app.import(wrong.path(), true).unwrap().warnings;
        let [warning] = &warnings[..] else { panic!("{warnings:?}") };
        let line = warning.to_string();
        assert!(line.starts_with("point.toml:13: position: looks shifted (坐标疑似 "), "{line}");
        assert!(line.contains(system.name()) && line.contains("sign-ins"), "{line}");

        city.add_user("a", Role::Supervisor, "demo-operator");
        let cookie = city.log_in("a").await;
        let path = format!("/visits/{visit}");
        let note = format!("坐标疑似 {} 偏移", system.name());
        let page = city.send("GET", &path, &[("cookie", &cookie)], "").await.text();
        assert!(page.contains(&note), "{page}");

        // The register is put right: warning and note are gone.
        let right = folder(|text| named(&shifted(text, system), system));
        assert_eq!(city.app.import(right.path(), false).unwrap().warnings, []);
        let page = city.send("GET", &path, &[("cookie", &cookie)], "").await.text();
        assert!(page.contains("sketch") && !page.contains("坐标疑似"), "{page}");
    }
}

#[test]
fn a_fence_and_a_neighbour_from_another_map_are_pointed_out_at_once() {
    let first_only = |text: &str, wanted: &dyn Fn(&str) -> String| {
        let at = text.find("[[row]]").unwrap();
        let next = at + 7 + text[at + 7..].find("[[row]]").unwrap();
        format!("{}{}{}", &text[..at], wanted(&text[at..next]), &text[next..])
    };
    let fence = |text: &str| {
        first_only(text, &|row| {
            let (before, fence) = row.split_once("fence =").unwrap();
            format!("{before}fence ={}", shifted(fence, System::Gcj02))
        })
    };
    // The second stack shares the first one's place, the first comes from another map.
    let neighbour = |text: &str| {
        let beside = text.replace("112.9045000", "112.9005000");
        first_only(&beside, &|row| shifted(row, System::Bd09))
    };
    for (rewrite, wants) in [
        (&fence as &dyn Fn(&str) -> String, ["GCJ-02", "its fence would lie around it"]),
        (&neighbour, ["BD-09", "beside point demo-stack-2"]),
    ] {
        let folder = folder(rewrite);
        let report = City::empty().app.import(folder.path(), false).unwrap();
        let found = report.warnings.iter().any(|w| wants.iter().all(|want| w.reason.contains(want)));
        assert!(found, "{wants:?} in {:?}", report.warnings);
        assert!(report.added.len() > 35, "a warning stands in the way of nothing");
    }
}
