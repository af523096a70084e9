//! Databases as each release left them, with rows.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod support;

use std::path::Path;

use rusqlite::{Connection, OpenFlags};
use stackside_core::act::Act;
use stackside_core::id::VisitId;
use stackside_server::access::Role;
use stackside_server::store::{FILE_NAME, Store, StoreError};
use support::{City, file, forms, new_id, photo, photo_taken, record, sign_in};

/// The newest release; one step that is not released yet may follow it. A release that changes the schema leaves a dump here: `make_a_dump` and its comment.
const RELEASED: i64 = 2;

/// All that a release keeps: nothing of it may get lost on the way to a newer schema.
const TABLES: [&str; 18] = [
    "operator",
    "discharger",
    "person",
    "point",
    "instrument",
    "bottle",
    "change",
    "enrol_code",
    "device",
    "log",
    "entry",
    "fork",
    "visit",
    "record",
    "file",
    "upload",
    "account",
    "session",
];

/// What came with the second release.
const SINCE_2: [&str; 2] = ["definition", "record_item"];

/// A data folder with the database of a release.
fn released(version: i64) -> tempfile::TempDir {
    let dump = format!("{}/tests/released/v{version}.sql", env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    let connection = Connection::open(folder.path().join(FILE_NAME)).unwrap();
    connection.execute_batch(&std::fs::read_to_string(dump).unwrap()).unwrap();
    folder
}

fn database(folder: &Path) -> Connection {
    Connection::open_with_flags(folder.join(FILE_NAME), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap()
}

fn texts(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

fn schema(folder: &Path) -> Vec<String> {
    let sql = "SELECT name || ': ' || sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name";
    texts(&database(folder), sql)
}

/// How many rows each table of a release has, and the evidence byte for byte.
fn rows(folder: &Path, version: i64) -> (Vec<(&'static str, i64)>, Vec<String>) {
    let database = database(folder);
    let newer = if version >= 2 { &SINCE_2[..] } else { &[] };
    let count = |table: &'static str| {
        let sql = format!("SELECT COUNT(*) FROM {table}");
        (table, database.query_row(&sql, [], |row| row.get(0)).unwrap())
    };
    let entries =
        "SELECT device || log || seq || hash || header || signature || body FROM entry ORDER BY log, seq";
    (TABLES.iter().chain(newer).copied().map(count).collect(), texts(&database, entries))
}

#[test]
fn every_released_version_reaches_the_schema_of_a_new_database_and_keeps_its_rows() {
    let fresh = tempfile::tempdir().unwrap();
    drop(Store::open(fresh.path()).unwrap());
    let latest = texts(&database(fresh.path()), "SELECT MAX(version) || '' FROM refinery_schema_history");
    let latest: i64 = latest[0].parse().unwrap();
    assert!(latest <= RELEASED + 1, "the newest released schema has no dump");
    for version in 1..=RELEASED {
        let folder = released(version);
        let before = rows(folder.path(), version);
        for (table, count) in &before.0 {
            assert!(*count > 0, "{table} of version {version}");
        }
        drop(Store::open(folder.path()).unwrap());
        assert_eq!(schema(folder.path()), schema(fresh.path()), "from version {version}");
        assert_eq!(rows(folder.path(), version), before, "from version {version}");
    }
}

#[test]
fn a_database_of_a_newer_server_is_refused_untouched() {
    let folder = tempfile::tempdir().unwrap();
    drop(Store::open(folder.path()).unwrap());
    let path = folder.path().join(FILE_NAME);
    let sql = "INSERT INTO refinery_schema_history (version, name, applied_on, checksum)
               VALUES (9999, 'later', '2030-01-01T00:00:00Z', '1')";
    Connection::open(&path).unwrap().execute(sql, []).unwrap();
    let before = std::fs::read(&path).unwrap();
    let refused = Store::open(folder.path()).err();
    assert!(matches!(refused, Some(StoreError::Newer { found: 9999, .. })), "{refused:?}");
    assert_eq!(std::fs::read(&path).unwrap(), before);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no -wal, no -shm");
}

/// `STACKSIDE_DUMP=/tmp/v1.sqlite cargo test -p stackside-server --test released make_a_dump -- --ignored`, then
/// `python3 -c "import sqlite3;print('\n'.join(sqlite3.connect('/tmp/v1.sqlite').iterdump()))" > tests/released/v1.sql`
#[tokio::test]
#[ignore = "makes the dump of a release"]
async fn make_a_dump() {
    let city = City::new();
    city.app.person_code(&"demo-tech-a".parse().unwrap()).unwrap();
    city.add_user("demo-admin", Role::OperatorAdmin, "demo-operator");
    city.log_in("demo-admin").await;
    let mut tablet = city.tablet().await;
    let (visit, picture) = (VisitId::new(new_id()), photo()[..2000].to_vec());
    let named = file(&picture, "image/jpeg");
    let mut entries = vec![
        tablet.first(),
        tablet.make(&sign_in(visit, "demo-stack-1")),
        tablet.make(&photo_taken(visit, named.clone())),
        tablet.make(&record(visit, "demo-stack-1", named)),
    ];
    let outfall = VisitId::new(new_id());
    entries.push(tablet.make(&sign_in(outfall, "demo-outfall")));
    entries.push(tablet.make(&forms::act(forms::inspection(&city, outfall))));
    entries.push(tablet.make(&forms::act(forms::report(&city))));
    let before = tablet.tip.clone();
    entries.push(tablet.make(&Act::ClockJumped { moved_ms: 40_000 }));
    tablet.receipt(&city, &entries).await;
    tablet.tip = before;
    let contradiction = tablet.make(&Act::ClockJumped { moved_ms: 50_000 });
    assert!(!tablet.send(&city, &[contradiction]).await.status.is_success(), "a fork");
    tablet.upload(&city, &picture).await;
    city.enrol_code();
    let to = std::env::var("STACKSIDE_DUMP").unwrap();
    database(&city.folder.path().join("data")).execute("VACUUM INTO ?1", [to]).unwrap();
}
