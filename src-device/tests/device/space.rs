//! Space: photos are refused before text has none, and sent originals give way to new ones.

use std::path::PathBuf;
use std::sync::atomic::Ordering;

use stackside_core::command::*;
use stackside_core::hash::Hash;
use stackside_core::id::VisitId;
use stackside_core::photo::{Original, PhotoSource, SendState};
use stackside_core::storage::{PHOTO_BYTES, Room, Storage};
use stackside_core::sync::SyncTrouble;
use stackside_device::Handle;
use stackside_device::export::Selection;

use super::world::{World, database, jpeg};

const DAY_S: i64 = 24 * 3600;

impl World {
    fn leave_free(&self, bytes: u64) {
        self.free_bytes.store(bytes, Ordering::SeqCst);
    }
    /// For so many photos, and for a kilobyte more.
    fn leave_room_for(&self, photos: u64) {
        let database_bytes = self.storage().storage.database_bytes;
        let reserve = Storage { free_bytes: 0, database_bytes }.reserve_bytes();
        self.leave_free(reserve + photos * PHOTO_BYTES + 1024 * 1024);
    }
    fn storage(&self) -> StorageView {
        self.device.handle(GetStorage {}).unwrap()
    }
    fn take(&self, visit: VisitId, width: u32) -> PhotoLine {
        self.photo(Some(visit), None, None, &jpeg(width, 30)).unwrap()
    }
    fn original(&self, photo: &PhotoLine) -> PathBuf {
        let name = photo.sha256.to_string();
        self.folder.path().join("photos").join(&name[..2]).join(name)
    }
    fn begin(&self, visit: VisitId) -> Result<stackside_core::id::PhotoId, CommandError> {
        let source = PhotoSource::Camera;
        self.device.handle(BeginPhoto { visit: Some(visit), record: None, slot: None, source, name: None })
    }
    fn line(&self, visit: VisitId, photo: &PhotoLine) -> PhotoLine {
        let photos = self.device.handle(GetVisit { visit }).unwrap().photos;
        photos.into_iter().find(|line| line.id == photo.id).unwrap()
    }
    /// The satellites say what the wall clock says.
    fn prove_the_time(&self) {
        self.device.handle(StartPosition {}).unwrap();
        self.fix_at(120.0, 30.0, Some(self.clock_wall().to_utc()));
    }
}

#[test]
fn photos_are_refused_where_space_is_left_for_text_only_and_text_never_is() {
    let world = World::unlocked();
    let visit = world.sign_in();
    let record = world.open_record(visit);
    world.fill(visit, record);
    let free = 5 * 1024 * 1024;
    world.leave_free(free);
    let Err(CommandError::NoRoomForPhotos { free_bytes, needed_bytes }) = world.begin(visit) else {
        panic!("a photo was begun");
    };
    assert_eq!(free_bytes, free);
    assert!(needed_bytes > PHOTO_BYTES + free, "{needed_bytes}");
    assert_eq!(world.storage().storage.room(), Room::None);

    world.save(record, "footer/remark", "照常填写").unwrap();
    world.sign(visit, &[record]).unwrap();
    world.device.handle(SignOut { visit }).unwrap();
    assert_eq!(world.until_all_is_held().line.trouble, SyncTrouble::None, "it is sent as well");

    let visit = world.sign_in();
    world.leave_room_for(2);
    assert_eq!(world.storage().storage.room(), Room::Short { photos: 2 });
    world.take(visit, 41);
}

#[test]
fn originals_give_way_thirty_days_after_the_server_confirmed_them_oldest_first_and_unsent_ones_never() {
    let world = World::unlocked();
    let visit = world.sign_in();
    let oldest = world.take(visit, 41);
    world.clock.pass(60);
    let second = world.take(visit, 42);
    world.until_all_is_held();
    world.pass(29 * DAY_S);
    world.server.tell(|script| script.portal = true);
    let unsent = world.take(visit, 43);
    let look = |world: &World| world.begin(visit).map(|photo| world.device.handle(AbandonPhoto { photo }));

    world.leave_free(0);
    world.prove_the_time();
    look(&world).unwrap_err();
    assert!(world.original(&oldest).exists(), "29 days");

    world.pass(DAY_S + 1);
    // One photo's space comes back with each original that goes.
    world.leave_room_for(20);
    let lacks = oldest.size_bytes;
    world.leave_free(world.free_bytes.load(Ordering::SeqCst) - 1024 * 1024 - lacks);
    world.device.make_room().unwrap();
    assert!(!world.original(&oldest).exists() && world.original(&second).exists(), "no more than is needed");
    world.leave_free(0);
    look(&world).unwrap_err();
    assert!(!world.original(&second).exists() && world.original(&unsent).exists());

    for gone in [&oldest, &second] {
        let line = world.line(visit, gone);
        assert_eq!((line.original, line.send), (Original::Uploaded, SendState::Held));
        let view = world.device.handle(GetPhoto { photo: gone.id }).unwrap();
        assert!(!view.is_marked && view.jpeg.is_some(), "the thumbnail is what stays");
    }
    assert_eq!(world.line(visit, &unsent).original, Original::Here);
    let view = world.storage();
    assert_eq!((view.gone.files, view.here.files, view.unsent.files), (2, 1, 1));
    let exported = world.device.export(Selection::Visit { visit, log: None }, std::io::sink()).unwrap();
    assert_eq!(exported.manifest.absent.len(), 2, "the export says what it lacks");

    let world = world.after_a_kill_and(|folder| {
        // As a backup of the database from before knows it.
        let database = database(folder).open().unwrap();
        database.execute("UPDATE file SET gone_at = NULL", []).unwrap();
    });
    assert_eq!(world.unlock().recovered, None, "what the server holds is not missing");
    assert_eq!(world.line(visit, &oldest).original, Original::Uploaded);
}

#[test]
fn a_clock_that_nobody_proves_lets_nothing_go() {
    let world = World::unlocked();
    let visit = world.sign_in();
    let photo = world.take(visit, 41);
    world.until_all_is_held();
    world.pass(400 * DAY_S);
    world.leave_free(0);
    world.device.make_room().unwrap();
    assert!(world.original(&photo).exists());
}

#[test]
fn a_server_that_lost_what_gave_way_here_is_told_and_everything_else_goes_on() {
    let world = World::unlocked();
    let visit = world.sign_in();
    let gone = world.take(visit, 41);
    world.until_all_is_held();
    world.pass(31 * DAY_S);
    world.prove_the_time();
    let here = world.take(visit, 42);
    world.until_all_is_held();
    world.leave_free(0);
    world.device.make_room().unwrap();
    assert!(!world.original(&gone).exists() && world.original(&here).exists());

    // An old backup was restored there.
    let backup = world.server.ask(|script| script.files.clone());
    let restored = |history| {
        world.server.tell(|script| script.history = history);
        world.device.handle(SyncNow {}).unwrap();
    };
    world.server.tell(|script| script.files.clear());
    restored(1);
    let view = world.until("the loss is told", |view| view.items.iter().any(|item| item.is_lost));
    assert_eq!(view.line.trouble, SyncTrouble::None);
    let is_held = |hash: Hash| world.server.ask(|script| script.files.contains_key(&hash));
    assert_eq!(world.line(visit, &gone).original, Original::Lost);
    world.until("the other is sent again", |_| is_held(here.sha256));

    world.server.tell(|script| script.files = backup);
    restored(2);
    world.until_all_is_held();
    assert_eq!(world.line(visit, &gone).original, Original::Uploaded, "a better backup has it");
}
