//! A damaged database: put aside, the newest backup in its place, all that can be read saved, a new log, and the technician
//! where they were.

use std::fs::OpenOptions;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

use rusqlite::Connection;
use stackside_core::act::Act;
use stackside_core::command::*;
use stackside_core::sync::SyncTrouble;
use stackside_device::Handle;

use super::backups::until_backup;
use super::world::{CODE, PIN, World, database, person};

const ANSWER: &str = "analyser/I-SO2/zero.before";

pub fn overwrite(folder: &Path, at: u64, length: usize) {
    let mut file = OpenOptions::new().write(true).open(folder.join("stackside.sqlite")).unwrap();
    file.seek(SeekFrom::Start(at)).unwrap();
    file.write_all(&vec![0xa5; length]).unwrap();
}

fn without_wal(folder: &Path) -> Connection {
    let database = database(folder).open().unwrap();
    database.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    database
}

/// The first page of a table is lost.
pub fn lose(folder: &Path, table: &str) {
    let sql = "SELECT rootpage FROM sqlite_schema WHERE name = ?1";
    let page: i64 = without_wal(folder).query_row(sql, [table], |row| row.get(0)).unwrap();
    overwrite(folder, u64::try_from(page - 1).unwrap() * 4096, 4096);
}

fn lose_all(folder: &Path) {
    drop(without_wal(folder));
    overwrite(folder, 0, 100);
}

/// Backed up when it was enrolled, then at work, with nothing of it sent.
fn at_work() -> (World, stackside_core::id::VisitId, stackside_core::id::RecordId) {
    let world = World::unlocked();
    world.until_all_is_held();
    until_backup(world.folder.path(), 1);
    world.server.tell(|script| script.portal = true);
    let visit = world.sign_in();
    let record = world.open_record(visit);
    world.save(record, ANSWER, "1.5").unwrap();
    (world, visit, record)
}

#[test]
fn what_can_be_read_is_saved_and_the_work_goes_on_where_it_was() {
    let (world, visit, record) = at_work();
    let place =
        Place { path: format!("/visit/{visit}/record/{record}"), field: Some(ANSWER.parse().unwrap()) };
    world.device.handle(SavePlace { place: place.clone() }).unwrap();
    let before = world.record(record).answers;
    let world = world.after_a_kill_and(|folder| lose(folder, "person"));
    let state = world.unlock();
    let told = state.recovered.and_then(|found| found.database).unwrap();
    assert!(told.backup_at.is_some(), "the people are in the backup");
    assert_eq!(told.entries, 1, "the sign-in is newer");
    assert_eq!(told.answers, before.0.len() as u64);
    assert_eq!(state.place, Some(place));
    assert_eq!(world.open_record(visit), record);
    assert_eq!(world.record(record).answers, before);
    let listed = world.device.handle(GetRecords { search: "烟囱".into(), page: 0 }).unwrap();
    assert_eq!((listed.total, listed.records[0].id), (1, record), "the list is made anew");

    let entries = world.entries();
    assert_eq!(world.kinds(), ["enrolled", "signed_in", "recovered"]);
    let Act::Recovered { old_log, last_hash, last_receipt, .. } = entries[2].1.read_act().unwrap() else {
        panic!()
    };
    assert_eq!((old_log, last_hash), (entries[1].0.log, Some(entries[1].1.hash())));
    assert!(last_receipt.is_some());
    world.server.tell(|script| script.portal = false);
    world.device.handle(SyncNow {}).unwrap();
    world.until_all_is_held();
    assert_eq!(world.server.ask(|script| script.entries.len()), 3, "the old log's entry too");
    let aside = world.folder.path().join("damaged");
    let aside = std::fs::read_dir(aside).unwrap().next().unwrap().unwrap().path();
    assert!(aside.join("stackside.sqlite").exists(), "the damaged file is kept");
    let world = world.after_a_kill();
    assert_eq!(world.unlock().recovered, state.recovered, "told until it was read");
    world.device.handle(SeenRecovered {}).unwrap();
    let world = world.after_a_kill();
    assert_eq!(world.unlock().recovered, None);
    assert_eq!(world.kinds().len(), 3, "one new log is enough");
}

#[test]
fn a_server_that_holds_more_than_the_backup_is_believed() {
    let (world, ..) = at_work();
    world.server.tell(|script| script.portal = false);
    world.device.handle(SyncNow {}).unwrap();
    world.until_all_is_held();
    let world = world.after_a_kill_and(lose_all);
    // The PIN is younger than the backup.
    world.device.handle(SetPin { person: person(), code: CODE.into(), pin: PIN.into() }).unwrap();
    assert_eq!(world.kinds(), ["enrolled", "recovered"]);
    let view = world.until_all_is_held();
    assert_eq!((view.line.trouble, view.entries_held), (SyncTrouble::None, 2));
    world.sign_in();
    world.until_all_is_held();
    assert_eq!(world.kinds(), ["enrolled", "recovered", "signed_in"]);
}

#[test]
fn without_a_sound_backup_the_tablet_says_so_and_is_enrolled_again() {
    let (world, ..) = at_work();
    let world = world.after_a_kill_and(|folder| {
        lose_all(folder);
        std::fs::write(folder.join("backups/000001.sqlite"), "no database either, and not a short text")
            .unwrap();
    });
    let state = world.device.handle(GetState {}).unwrap();
    assert!(state.enrolment.is_none());
    let told = state.recovered.and_then(|found| found.database).unwrap();
    assert_eq!(told, Mended::default(), "nothing could be saved");
    world.server.tell(|script| script.portal = false);
    world.enrol();
    world.until_all_is_held();
}

#[test]
fn what_was_put_aside_stays_though_the_clock_shows_the_same_second_again() {
    let (mut world, ..) = at_work();
    for _ in 0..2 {
        world = world.after_a_kill_and(|folder| lose(folder, "person"));
    }
    let aside = std::fs::read_dir(world.folder.path().join("damaged")).unwrap();
    let kept = aside.filter(|folder| folder.as_ref().unwrap().path().join("stackside.sqlite").exists());
    assert_eq!(kept.count(), 2);
}

#[test]
fn a_mending_that_was_cut_short_is_ended_at_the_next_start() {
    let (world, _, record) = at_work();
    let world = world.after_a_kill_and(|folder| lose(folder, "person"));
    world.device.close();
    let world = world.after_a_kill_and(|folder| {
        // As if the new database had been ready and the old one not put aside yet, but for its WAL.
        let aside = std::fs::read_dir(folder.join("damaged")).unwrap().next().unwrap().unwrap().path();
        drop(without_wal(folder));
        std::fs::rename(folder.join("stackside.sqlite"), aside.join("mended.sqlite")).unwrap();
        std::fs::rename(aside.join("stackside.sqlite"), folder.join("stackside.sqlite")).unwrap();
    });
    world.unlock();
    assert_eq!(world.record(record).answers.text(&ANSWER.parse().unwrap()), Some("1.5"));
    assert_eq!(world.kinds(), ["enrolled", "signed_in", "recovered"]);
}
