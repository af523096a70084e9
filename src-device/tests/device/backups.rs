//! Copies of the database: when they are made, how many stay, and that they never stand in the way.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use stackside_device::store::{BACKUPS_KEPT, Store, latest};

use super::world::{World, database};

pub fn backups(folder: &Path) -> Vec<PathBuf> {
    let Ok(items) = std::fs::read_dir(folder.join("backups")) else { return vec![] };
    let mut found: Vec<PathBuf> = items.map(|item| item.unwrap().path()).collect();
    found.retain(|path| path.extension().is_some_and(|end| end == "sqlite"));
    found.sort();
    found
}

/// Waits for the backup with this number: it is made beside the work.
pub fn until_backup(folder: &Path, number: u32) {
    let end = Instant::now() + Duration::from_secs(20);
    let wanted = folder.join("backups").join(format!("{number:06}.sqlite"));
    while !wanted.exists() {
        assert!(Instant::now() < end, "no backup {number}: {:?}", backups(folder));
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_tablet_is_backed_up_once_it_is_someones_and_then_each_day_and_three_are_kept() {
    let mut world = World::fresh();
    assert!(backups(world.folder.path()).is_empty(), "nobody's tablet has nothing to lose");
    world.enrol();
    until_backup(world.folder.path(), 1);
    for day in 2..=5 {
        world.until_all_is_held();
        world.device.close();
        world.clock.pass(24 * 3600);
        world = world.after_a_kill();
        until_backup(world.folder.path(), day);
        world.device.close();
        let again = world.after_a_kill();
        again.device.close();
        assert!(!again.folder.path().join(format!("backups/{:06}.sqlite", day + 1)).exists(), "once a day");
        world = again.after_a_kill();
    }
    let kept = backups(world.folder.path());
    assert_eq!(kept.len(), BACKUPS_KEPT);
    let database = database(world.folder.path());
    for copy in kept {
        let copy = database.connect(&copy).unwrap();
        let entries: i64 = copy.query_row("SELECT COUNT(*) FROM entry", [], |row| row.get(0)).unwrap();
        assert_eq!(entries, 1);
    }
}

#[test]
fn before_a_migration_the_old_database_is_kept_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let database = database(folder.path());
    let open = || drop(Store::open(database.clone(), None).unwrap());
    open();
    assert!(backups(folder.path()).is_empty(), "a new one was never older");
    open();
    assert!(backups(folder.path()).is_empty(), "nothing is missing");
    std::fs::remove_file(database.file()).unwrap();
    super::released::lay_down(1, database.file());
    open();
    let version = |path: &Path| -> i64 {
        let sql = "SELECT MAX(version) FROM refinery_schema_history";
        database.connect(path).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
    };
    assert_eq!(version(database.file()), latest());
    assert_eq!(backups(folder.path()).iter().map(|path| version(path)).collect::<Vec<_>>(), [1]);
}

#[test]
fn a_backup_that_cannot_be_made_stops_nothing() {
    let world = World::fresh();
    let folder = world.folder.path().join("backups");
    std::fs::write(&folder, "not a folder").unwrap();
    world.enrol();
    world.until_all_is_held();
    world.device.close();
    assert!(folder.is_file());
}
