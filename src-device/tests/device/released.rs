//! Databases as each release left them, with rows.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::Connection;
use stackside_core::command::Workplace;
use stackside_device::store::{Store, StoreError, latest, migrate};

use super::filler::fill;
use super::world::{World, database, jpeg, point};

/// The newest release; one step that is not released yet may follow it. A release that changes the schema leaves a dump here: `make_a_dump` and its comment.
pub const RELEASED: i64 = 2;

pub fn released(version: i64) -> Connection {
    let path = format!("{}/tests/released/v{version}.sql", env!("CARGO_MANIFEST_DIR"));
    let connection = Connection::open_in_memory().unwrap();
    // A dump names rows before the tables that they refer to.
    connection.pragma_update(None, "foreign_keys", false).unwrap();
    connection.execute_batch(&std::fs::read_to_string(path).unwrap()).unwrap();
    connection
}

/// Writes it into a file, plain as that release did.
pub fn lay_down(version: i64, to: &Path) {
    released(version).execute("VACUUM INTO ?1", [to.to_string_lossy()]).unwrap();
}

fn schema(connection: &Connection) -> Vec<(String, String)> {
    let mut statement = connection
        .prepare("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
        .unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

fn count(connection: &Connection, table: &str) -> i64 {
    connection.query_row(&format!("SELECT COUNT(*) FROM {table}"), [], |row| row.get(0)).unwrap()
}

#[test]
fn every_released_version_reaches_the_schema_of_a_new_database_and_keeps_its_rows() {
    assert!(latest() <= RELEASED + 1, "the newest released schema has no dump");
    let mut fresh = Connection::open_in_memory().unwrap();
    migrate(&mut fresh).unwrap();
    for version in 1..=RELEASED {
        let mut old = released(version);
        let names: Vec<String> = schema(&old).into_iter().map(|(name, _)| name).collect();
        let tables = names.iter().filter(|name| old.table_exists(None::<&str>, name.as_str()).unwrap());
        let before: BTreeMap<String, i64> = tables.map(|name| (name.clone(), count(&old, name))).collect();
        migrate(&mut old).unwrap();
        assert_eq!(schema(&old), schema(&fresh), "from version {version}");
        let mut tables =
            vec!["setting", "person", "visit", "record", "answer", "photo", "file", "log", "entry"];
        if version >= 2 {
            tables.extend(["item_done", "bottle_recorded", "definition"]);
        }
        for table in tables {
            assert_eq!(count(&old, table), before[table], "{table} of version {version}");
            assert!(before[table] > 0, "{table} of version {version}");
        }
        let records = before["record"] + before["record_elsewhere"];
        assert_eq!(count(&old, "listed"), records, "all are listed, of version {version}");
        let found = "SELECT COUNT(*) FROM listed_words WHERE listed_words MATCH '\"烟 囱\"'";
        let found: i64 = old.query_row(found, [], |row| row.get(0)).unwrap();
        let signed = "SELECT COUNT(*) FROM listed WHERE drafter IS NULL";
        assert_eq!(found, old.query_row(signed, [], |row| row.get::<_, i64>(0)).unwrap());
        assert!(found > 0, "the search finds those of version {version}");
        let broken: i64 =
            old.query_row("SELECT COUNT(*) FROM pragma_foreign_key_check", [], |row| row.get(0)).unwrap();
        assert_eq!(broken, 0, "version {version}");
    }
}

#[test]
fn a_database_of_a_newer_app_is_refused_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let database = database(folder.path());
    let files = || std::fs::read_dir(folder.path()).unwrap().count();
    drop(Store::open(database.clone(), None).unwrap());
    let connection = database.open().unwrap();
    let sql = "INSERT INTO refinery_schema_history (version, name, applied_on, checksum)
               VALUES (9999, 'later', '2030-01-01T00:00:00Z', '1')";
    connection.execute(sql, []).unwrap();
    drop(connection);
    let (bytes, before) = (std::fs::read(database.file()).unwrap(), files());
    assert!(matches!(Store::open(database.clone(), None), Err(StoreError::Newer { found: 9999, .. })));
    assert_eq!(std::fs::read(database.file()).unwrap(), bytes);
    assert_eq!(files(), before, "no -wal, no -shm");
}

#[test]
fn the_bundled_sqlite_is_free_of_the_wal_reset_bug() {
    assert!(rusqlite::version_number() >= 3_051_003);
}

#[test]
fn a_signed_record_of_the_first_version_stays_sealed_and_its_draft_goes_on() {
    let mut old = released(1);
    // As the app does it: a broken reference would stop the step.
    old.pragma_update(None, "foreign_keys", true).unwrap();
    migrate(&mut old).unwrap();
    for sql in [
        "UPDATE record SET person_name = 'x' WHERE state = 'signed'",
        "UPDATE answer SET text = 'x' WHERE record IN (SELECT id FROM record WHERE state = 'signed')",
        "DELETE FROM record WHERE state = 'draft'",
    ] {
        assert!(old.execute(sql, []).is_err(), "{sql}");
    }
    let draft = "UPDATE answer SET text = '2' WHERE record IN (SELECT id FROM record WHERE state = 'draft')";
    assert!(old.execute(draft, []).unwrap() > 0);
}

/// `STACKSIDE_DUMP=/tmp/v2.sqlite cargo test -p stackside-device --all-features make_a_dump -- --ignored`, then
/// `python3 -c "import sqlite3;print('\n'.join(sqlite3.connect('/tmp/v2.sqlite').iterdump()))" > tests/released/v2.sql`
#[test]
#[ignore = "makes the dump of a release"]
fn make_a_dump() {
    let world = World::unlocked();
    world.bring(vec![super::definitions::overlay("HJ75-G1", 101)]);
    let visit = world.sign_in();
    let record = world.open_record(visit);
    let replacement = world.replace_bottle(record, "analyser/I-SO2/bottle", "B-NEW").unwrap();
    world.fill(visit, record);
    fill(&world, replacement);
    let inspection = world.open(Workplace::Visit(visit), "HJ75-G1").unwrap();
    fill(&world, inspection);
    world.sign(visit, &[record, replacement, inspection]).unwrap();
    let place = Workplace::Point(point());
    let desk = world.open(place.clone(), "OM-REPORT").unwrap();
    fill(&world, desk);
    world.sign_at(place.clone(), &[desk]).unwrap();
    world.until_all_is_held();
    let draft = world.open_record(visit);
    world.save(draft, "analyser/I-SO2/zero.before", "1,5").unwrap();
    world.photo(Some(visit), Some(draft), Some("site"), &jpeg(30, 20)).unwrap();
    world.open(place, "OM-FAULT").unwrap();
    world.until_all_is_held();
    let to = std::env::var("STACKSIDE_DUMP").unwrap();
    let database = world.database();
    database.execute("ATTACH ?1 AS plain KEY ''", [to]).unwrap();
    database.query_row("SELECT sqlcipher_export('plain')", [], |_| Ok(())).unwrap();
}
