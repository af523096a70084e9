//! Exports of a tablet on which something went wrong: what happened to it shows, and nothing is left out in silence.

use stackside_core::command::*;
use stackside_core::export::Manifest;
use stackside_core::hash::Hash;
use stackside_core::id::VisitId;
use stackside_core::verify::{Fault, Place, Report, Verdict};
use stackside_device::Handle;
use stackside_device::export::{ExportError, Selection, check};

use super::server::public;
use super::world::{World, jpeg, point};

fn export(world: &World, selection: Selection) -> (Manifest, Report) {
    let mut bytes = vec![];
    let exported = world.device.export(selection, &mut bytes).unwrap();
    (exported.manifest, check(&bytes[..], Some(&public())).unwrap())
}

fn of_visit(visit: VisitId) -> Selection {
    Selection::Visit { visit, log: None }
}

/// A world with a signed visit that the server holds, and its photo.
fn signed_visit() -> (World, VisitId, Hash) {
    let world = World::unlocked();
    let visit = world.sign_in();
    let record = world.open_record(visit);
    world.fill(visit, record);
    world.sign(visit, &[record]).unwrap();
    world.until_all_is_held();
    (world, visit, Hash::of(&jpeg(40, 30)))
}

fn path_of(world: &World, photo: Hash) -> std::path::PathBuf {
    let name = photo.to_string();
    world.folder.path().join("photos").join(&name[..2]).join(&name)
}

#[test]
fn a_photo_changed_on_the_tablet_is_named() {
    let (world, visit, photo) = signed_visit();
    assert_eq!(export(&world, of_visit(visit)).1.verdict, Verdict::Trusted);
    std::fs::write(path_of(&world, photo), jpeg(41, 30)).unwrap();
    let failure = export(&world, of_visit(visit)).1.failure.unwrap();
    assert!(matches!(failure.place, Place::File { sha256, seq: Some(3) } if sha256 == photo), "{failure}");
    assert_eq!(failure.fault, Fault::File);
}

#[test]
fn a_photo_that_is_gone_is_told_and_the_rest_holds() {
    let (world, visit, photo) = signed_visit();
    std::fs::remove_file(path_of(&world, photo)).unwrap();
    let (manifest, report) = export(&world, of_visit(visit));
    assert_eq!((manifest.absent, report.verdict), (vec![photo], Verdict::Trusted));
    assert_eq!(report.absent, [photo]);
}

#[test]
fn an_entry_changed_in_the_database_is_named() {
    for (change, fault) in [
        ("body = replace(body, '\"162\"', '\"160\"')", Fault::Body),
        ("body = 'nothing of the visit'", Fault::Body),
        ("header = replace(header, '14:05', '14:04')", Fault::Signature),
        ("signature = (SELECT signature FROM entry WHERE seq = 1)", Fault::Signature),
    ] {
        let (world, visit, _) = signed_visit();
        let database = world.database();
        database.execute_batch("DROP TRIGGER entry_stays").unwrap();
        let changed = database.execute(&format!("UPDATE entry SET {change} WHERE seq = 4"), []).unwrap();
        assert_eq!(changed, 1);
        for selection in [of_visit(visit), Selection::Log(None)] {
            let failure = export(&world, selection).1.failure.unwrap();
            assert_eq!((failure.place, &failure.fault), (Place::Entry { seq: 4 }, &fault), "{change}");
        }
    }
}

#[test]
fn the_photo_of_a_sign_in_outside_belongs_to_the_visit() {
    let world = World::unlocked();
    world.device.handle(StartPosition {}).unwrap();
    world.fix(120.01, 30.0);
    let bytes = jpeg(20, 20);
    let photo = world.photo(None, None, None, &bytes).unwrap();
    world.photo(None, None, None, &jpeg(21, 20)).unwrap();
    let reason = Some("厂门封闭".to_owned());
    let visit =
        world.device.handle(SignIn { point: point(), reason, photo: Some(photo.id), plate: None }).unwrap();
    world.until_all_is_held();
    let (manifest, report) = export(&world, of_visit(visit));
    assert_eq!((report.verdict, report.files), (Verdict::Trusted, 1), "the other photo is nobody's");
    assert_eq!(manifest.bodies, [1, 2, 4]);
}

#[test]
fn a_visit_that_goes_on_in_another_log_says_so() {
    let (world, visit, _) = signed_visit();
    world.server.tell(|script| script.fork = true);
    world.photo(Some(visit), None, None, &jpeg(22, 20)).unwrap();
    world.until("a new log", |_| world.kinds().contains(&"recovered".to_owned()));
    world.device.handle(SignOut { visit }).unwrap();
    world.until("the new log is held", |view| view.entries_held == 6);
    let (first, report) = export(&world, of_visit(visit));
    assert_eq!(report.also_in, first.also_in);
    assert_eq!((report.verdict, report.not_received), (Verdict::NotReceived, 1), "the photo that forked");
    let other = first.also_in[0];
    let (second, report) = export(&world, Selection::Visit { visit, log: Some(other) });
    assert_eq!((second.log, second.also_in), (other, vec![first.log]));
    assert_eq!(report.verdict, Verdict::Trusted);
}

#[test]
fn without_the_devices_key_there_is_no_export() {
    let (world, visit, _) = signed_visit();
    for key in std::fs::read_dir(world.folder.path().join("keys")).unwrap() {
        std::fs::remove_file(key.unwrap().path()).unwrap();
    }
    let refused = world.device.export(of_visit(visit), vec![]).unwrap_err();
    assert!(matches!(refused, ExportError::Key(_)), "{refused}");
    let nobody = VisitId::new(uuid::Uuid::now_v7());
    let refused = world.device.export(of_visit(nobody), vec![]).unwrap_err();
    assert!(matches!(refused, ExportError::NoVisit(id) if id == nobody));
}
