//! A tablet whose database is damaged goes on from a backup that is older than what the server holds.

use std::fs::OpenOptions;
use std::io::Write;

use stackside_core::command::{GetState, GetToday};
use stackside_tests::reader::Reader;
use stackside_tests::server::Server;
use stackside_tests::shell::Shell;
use stackside_tests::tablet::HostProgram;
use stackside_tests::technician::*;
use stackside_tests::wait::until;
use stackside_tests::{city, photo};

#[test]
fn a_damaged_tablet_goes_on_from_its_backup_though_the_server_holds_more() {
    let server = Server::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("index.html"), "<!doctype html>").unwrap();
    let data = folder.path().join("tablet");
    let mut tablet = HostProgram::start(&data, folder.path(), 20.0).unwrap();
    let code = server.take_in(&tablet, &server.url(), city::PERSON).unwrap();
    let backup = data.join("backups/000001.sqlite");
    until("a backup", || Ok(backup.exists().then_some(()))).unwrap();
    let visit = sign_in(&tablet, city::POINT).unwrap();
    let mut made = vec![signed_record(&tablet, visit, &photo::jpeg(640, 480, 1).unwrap()).unwrap()];
    sync_until_held(&tablet).unwrap();

    tablet.kill().unwrap();
    // All but the WAL's own copy of the pages: the whole file is no database any more.
    let database = data.join("stackside.sqlite");
    for (path, length) in [(database.clone(), 4096), (data.join("stackside.sqlite-wal"), 32)] {
        let mut file = OpenOptions::new().write(true).open(path).unwrap();
        file.write_all(&vec![0xa5; length]).unwrap();
    }
    tablet.kill_and_restart().unwrap();
    let state = tablet.call(&GetState {}).unwrap();
    let told = state.recovered.and_then(|found| found.database).unwrap();
    assert!(told.backup_at.is_some() && state.enrolment.is_some());
    first_unlock(&tablet, city::PERSON, &code).unwrap();
    assert!(tablet.call(&GetToday {}).unwrap().visits.is_empty(), "the backup knows nothing of it");
    let held = sync_until_held(&tablet).unwrap();
    assert_eq!(held.entries_held, 2, "enrolled, and the new log's first entry");

    let visit = sign_in(&tablet, city::POINT).unwrap();
    made.push(signed_record(&tablet, visit, &photo::jpeg(640, 480, 2).unwrap()).unwrap());
    sync_until_held(&tablet).unwrap();
    let reader = Reader::enrol(&server.url(), &server.enrol_code().unwrap()).unwrap();
    made.sort();
    assert_eq!(reader.record_ids().unwrap(), made);
}
