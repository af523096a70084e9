//! The database is encrypted: nothing of it can be read, a key that is gone or wrong touches nothing, and what an older
//! release left plain is encrypted once, whatever kills it meanwhile.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use stackside_core::command::*;
use stackside_core::id::RecordId;
use stackside_device::store::{Database, Store, StoreError};
use stackside_device::{Config, Device, Handle, OpenError, Positions};

use super::backups::{backups, until_backup};
use super::damaged::{lose, overwrite};
use super::released::{RELEASED, lay_down};
use super::world::{World, as_an_older_release_left_it, copy_folder, database};

const REMARK: &str = "footer/remark";
const TEXT: &str = "更换采样滤芯后校准";

/// All files of a folder with their bytes, but for the lock.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for item in std::fs::read_dir(folder).unwrap() {
        let path = item.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => drop(found.insert(path.clone(), std::fs::read(&path).unwrap())),
        }
    }
    found.retain(|path, _| path.file_name().unwrap() != "lock");
    found
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|part| part == text.as_bytes())
}

/// Backed up and with work in it, its end not a clean one.
fn at_work() -> (World, RecordId) {
    let world = World::unlocked();
    until_backup(world.folder.path(), 1);
    let visit = world.sign_in();
    let record = world.open_record(visit);
    world.save(record, REMARK, TEXT).unwrap();
    (world, record)
}

fn remark(world: &World, record: RecordId) -> Option<String> {
    world.record(record).answers.text(&REMARK.parse().unwrap()).map(str::to_owned)
}

fn open(data: &Path) -> Result<Device, OpenError> {
    Device::open(Config { data: data.into(), positions: Positions::None, model: "test".into() })
}

fn is_plain(file: &Path) -> bool {
    std::fs::read(file).unwrap().starts_with(b"SQLite format 3\0")
}

#[test]
fn nothing_that_was_typed_and_no_table_can_be_read_in_the_files_of_a_database() {
    let (world, record) = at_work();
    let mut seen = 0;
    for (path, bytes) in files(world.folder.path()) {
        if path.to_string_lossy().contains(".sqlite") {
            seen += 1;
            for text in ["SQLite format 3", "CREATE TABLE", TEXT, "滤芯", "烟囱", "footer/remark"] {
                assert!(!holds(&bytes, text), "{text} in {}", path.display());
            }
        }
    }
    assert!(seen >= 4, "the database, its WAL, the key's hash, a backup");
    assert_eq!(remark(&world, record).unwrap(), TEXT, "it was written");
}

#[test]
fn without_its_key_or_with_another_a_database_is_refused_and_nothing_is_touched() {
    let (world, record) = at_work();
    let dead = tempfile::tempdir().unwrap();
    let folder = dead.path();
    copy_folder(world.folder.path(), folder);
    database(folder).open().unwrap().query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    let secret = folder.join("keys/database.secret");
    let key = std::fs::read_to_string(&secret).unwrap();
    let is_refused = |want: fn(&StoreError) -> bool| {
        let before = files(folder);
        let error = open(folder).err().unwrap();
        let OpenError::Store { source, .. } = &error else { panic!("{error}") };
        assert!(want(source) && error.to_string().contains("stackside recover"), "{error}");
        assert!(files(folder) == before, "untouched");
    };
    std::fs::remove_file(&secret).unwrap();
    is_refused(|error| matches!(error, StoreError::KeyMissing));
    std::fs::write(&secret, "ab".repeat(32)).unwrap();
    is_refused(|error| matches!(error, StoreError::WrongKey));

    // The same without the file that knows the key.
    let id = folder.join("stackside.sqlite.key-id");
    std::fs::remove_file(&id).unwrap();
    is_refused(|error| matches!(error, StoreError::WrongKey));
    std::fs::remove_file(&secret).unwrap();
    is_refused(|error| matches!(error, StoreError::KeyMissing));

    std::fs::write(&secret, key).unwrap();
    let world = world.after_a_kill_and(|new| {
        std::fs::remove_dir_all(new).unwrap();
        std::fs::create_dir(new).unwrap();
        copy_folder(folder, new);
    });
    world.unlock();
    assert_eq!(remark(&world, record).unwrap(), TEXT);
    assert!(world.folder.path().join("stackside.sqlite.key-id").exists(), "known again");
}

#[test]
fn where_the_newest_database_is_gone_a_missing_key_is_not_replaced_either() {
    let (world, _) = at_work();
    let copy = tempfile::tempdir().unwrap();
    copy_folder(world.folder.path(), copy.path());
    std::fs::remove_file(copy.path().join("stackside.sqlite")).unwrap();
    std::fs::remove_file(copy.path().join("keys/database.secret")).unwrap();
    let error = open(copy.path()).err().unwrap();
    assert!(matches!(error, OpenError::Store { source: StoreError::KeyMissing, .. }), "{error}");
}

#[test]
fn every_released_database_is_encrypted_once_with_all_its_rows() {
    let rows = |connection: &Connection| -> Vec<String> {
        let sql = "SELECT log || seq || hash || header || signature || body FROM entry ORDER BY log, seq";
        let mut statement = connection.prepare(sql).unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    };
    for version in 1..=RELEASED {
        let (folder, killed) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let file = folder.path().join("stackside.sqlite");
        lay_down(version, &file);
        let plain = Connection::open(&file).unwrap();
        plain.pragma_update(None, "journal_mode", "WAL").unwrap();
        plain.execute("INSERT INTO traffic (day, sent_bytes) VALUES ('2026-01-01', 7)", []).unwrap();
        // With the last row in its WAL only.
        copy_folder(folder.path(), killed.path());
        let before = rows(&plain);
        assert!(!before.is_empty());

        let database = database(killed.path());
        drop(Store::open(database.clone(), None).unwrap());
        assert!(!is_plain(database.file()), "version {version}");
        let encrypted = database.open().unwrap();
        assert_eq!(rows(&encrypted), before, "version {version}");
        let sent = "SELECT sent_bytes FROM traffic WHERE day = '2026-01-01'";
        assert_eq!(encrypted.query_row(sent, [], |row| row.get::<_, i64>(0)).unwrap(), 7);
        let copies = backups(killed.path());
        assert!(copies.iter().all(|copy| !is_plain(copy)), "the copy before the migration too");
    }
}

#[test]
fn what_an_older_release_left_is_encrypted_with_its_backups_and_the_work_goes_on() {
    let (world, record) = at_work();
    let made = |folder: &Path| backups(folder)[0].metadata().unwrap().modified().unwrap();
    let mut before = None;
    let world = world.after_a_kill_and(|folder| {
        as_an_older_release_left_it(folder);
        assert!(is_plain(&folder.join("stackside.sqlite")));
        before = Some(made(folder));
    });
    let folder = world.folder.path();
    assert!(!is_plain(&folder.join("stackside.sqlite")));
    assert_eq!(backups(folder).iter().filter(|copy| is_plain(copy)).count(), 0);
    assert_eq!(Some(made(folder)), before, "a backup is as old as it was");
    world.unlock();
    assert_eq!(remark(&world, record).unwrap(), TEXT);
    assert_eq!(world.kinds(), ["enrolled", "signed_in"]);
    assert!(database(folder).connect(&backups(folder)[0]).unwrap().table_exists(None, "entry").unwrap());
}

#[test]
fn encrypting_is_gone_on_with_after_a_kill_at_each_of_its_steps() {
    let (world, record) = at_work();
    let key = std::fs::read(world.folder.path().join("keys/database.secret")).unwrap();
    let id = std::fs::read(world.folder.path().join("stackside.sqlite.key-id")).unwrap();
    type Step<'a> = (&'a str, &'a dyn Fn(&Path));
    let steps: [Step<'_>; 5] = [
        ("the key is made", &|folder| std::fs::write(folder.join("keys/database.secret"), &key).unwrap()),
        ("and known", &|folder| std::fs::write(folder.join("stackside.sqlite.key-id"), &id).unwrap()),
        ("a part is written", &|folder| {
            let mut plain = std::fs::read(folder.join("stackside.sqlite")).unwrap();
            plain.truncate(5000);
            std::fs::write(folder.join("stackside.sqlite.encrypting"), plain).unwrap();
            std::fs::write(folder.join("stackside.sqlite.encrypting-journal"), "a torn journal").unwrap();
        }),
        ("the backups are not yet", &|folder| {
            let plain = backups(folder).remove(0);
            let kept = std::fs::read(&plain).unwrap();
            drop(Store::open(Database::of(folder).unwrap(), None).unwrap());
            std::fs::write(&plain, kept).unwrap();
        }),
        ("a backup's part is written", &|folder| {
            std::fs::write(folder.join("backups/000001.sqlite.encrypting"), "part").unwrap();
        }),
    ];
    let plain = tempfile::tempdir().unwrap();
    copy_folder(world.folder.path(), plain.path());
    as_an_older_release_left_it(plain.path());
    let mut world = world;
    for (step, do_it) in steps {
        do_it(plain.path());
        world = world.after_a_kill_and(|folder| {
            std::fs::remove_dir_all(folder).unwrap();
            std::fs::create_dir(folder).unwrap();
            copy_folder(plain.path(), folder);
        });
        world.unlock();
        assert_eq!(remark(&world, record).unwrap(), TEXT, "{step}");
        let folder = world.folder.path();
        assert!(!folder.join("stackside.sqlite.encrypting").exists(), "{step}");
        for copy in backups(folder).iter().chain([&folder.join("stackside.sqlite")]) {
            assert!(!is_plain(copy), "{step}: {}", copy.display());
        }
    }
}

#[test]
#[cfg(feature = "host")]
fn encrypting_may_be_killed_at_any_moment() {
    use std::process::{Command, Stdio};
    use std::time::Duration;

    let (world, _) = at_work();
    let kinds = world.kinds();
    let plain = tempfile::tempdir().unwrap();
    copy_folder(world.folder.path(), plain.path());
    as_an_older_release_left_it(plain.path());
    // So that it takes its time.
    let fill = "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
                INSERT INTO traffic (day, sent_bytes) SELECT 'day ' || i, i FROM n";
    Connection::open(plain.path().join("stackside.sqlite")).unwrap().execute(fill, []).unwrap();
    for moment in 0..16 {
        let folder = tempfile::tempdir().unwrap();
        copy_folder(plain.path(), folder.path());
        let mut child = Command::new(env!("CARGO_BIN_EXE_stackside"))
            .args(["export", "--log", "--data"])
            .arg(folder.path())
            .arg("--out")
            .arg(folder.path().join("log.zip"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(moment * 25));
        child.kill().unwrap();
        child.wait().unwrap();
        open(folder.path()).unwrap().close();
        let database = database(folder.path()).open().unwrap();
        let count = |sql: &str| database.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
        assert!(count("SELECT COUNT(*) FROM traffic WHERE day LIKE 'day %'") == 100_000, "after {moment}");
        let entries = count("SELECT COUNT(*) FROM entry");
        assert!(entries >= kinds.len() as i64, "{entries} entries after {moment}");
        assert!(!is_plain(&folder.path().join("stackside.sqlite")));
        assert!(!folder.path().join("damaged").exists(), "nothing was put aside");
    }
}

#[test]
fn a_damaged_database_of_an_older_release_is_mended_from_its_plain_backup() {
    let (world, record) = at_work();
    let world = world.after_a_kill_and(|folder| {
        as_an_older_release_left_it(folder);
        let plain = Connection::open(folder.join("stackside.sqlite")).unwrap();
        let sql = "SELECT rootpage FROM sqlite_schema WHERE name = 'person'";
        let page: i64 = plain.query_row(sql, [], |row| row.get(0)).unwrap();
        overwrite(folder, u64::try_from(page - 1).unwrap() * 4096, 4096);
    });
    let told = world.unlock().recovered.and_then(|found| found.database).unwrap();
    assert!(told.backup_at.is_some());
    assert_eq!(remark(&world, record).unwrap(), TEXT);
    assert!(!is_plain(&world.folder.path().join("stackside.sqlite")));
}

#[test]
fn one_bad_page_does_not_keep_the_rest_from_being_read_and_saved() {
    let (world, record) = at_work();
    world.until_all_is_held();
    world.device.close();
    let world = world.after_a_kill_and(|folder| lose(folder, "traffic"));
    world.unlock();
    for _ in 0..3 {
        assert_eq!(world.device.handle(GetSync {}).unwrap_err(), CommandError::DiskFailed);
        assert_eq!(remark(&world, record).unwrap(), TEXT);
    }
    world.save(record, REMARK, "更换采样滤芯后又校准").unwrap();
    world.device.close();
    let world = world.after_a_kill();
    assert!(world.unlock().recovered.is_some_and(|found| found.database.is_some()), "mended");
    assert_eq!(remark(&world, record).unwrap(), "更换采样滤芯后又校准");
}
