//! A full disk: said clearly, and nothing that was acknowledged gets lost.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use stackside_core::command::*;
use stackside_core::form::AnswerKey;
use stackside_core::hash::Hash;
use stackside_core::record::RecordState;
use stackside_device::Handle;

use super::world::{World, jpeg};

const REMARK: &str = "footer/remark";

/// Types longer and longer remarks until there is no space left, even for a short one; the one that was kept last.
fn until_full(world: &World, record: stackside_core::id::RecordId) -> String {
    let mut kept = String::new();
    for growth in [800, 100, 10, 1] {
        loop {
            let longer = format!("{kept}{}", "x".repeat(growth));
            assert!(longer.len() <= 4000, "there is no end of space");
            match world.save(record, REMARK, &longer) {
                Ok(_) => kept = longer,
                Err(error) => break assert_eq!(error, CommandError::DiskFull),
            }
        }
    }
    kept
}

#[test]
fn on_a_full_disk_nothing_is_called_saved_and_nothing_saved_is_lost() {
    let world = World::unlocked();
    let visit = world.sign_in();
    let record = world.open_record(visit);
    world.fill(visit, record);
    let bytes = jpeg(60, 40);
    let photo = world.begin_photo(Some(visit), Some(record), Some("site"));
    world.until_all_is_held();
    let before = (world.record(record).answers, world.kinds());

    let world = world.on_a_full_disk();
    world.unlock();
    let kept = until_full(&world, record);
    let remark = |world: &World| {
        let key: AnswerKey = REMARK.parse().unwrap();
        world.record(record).answers.text(&key).unwrap_or_default().to_owned()
    };
    assert_eq!(remark(&world), kept, "what was refused left no trace");
    assert_eq!(world.sign(visit, &[record]).unwrap_err(), CommandError::DiskFull);
    assert_eq!(world.record(record).line.state, RecordState::Draft, "not signed by half");
    assert_eq!(world.kinds(), before.1, "no entry without its record");

    let world = world.after_a_kill();
    world.unlock();
    assert_eq!(remark(&world), kept);
    for (key, answer) in &before.0.0 {
        assert_eq!(world.record(record).answers.0.get(key), Some(answer), "{key}");
    }
    world.save(record, REMARK, "有空间了").unwrap();
    world.sign(visit, &[record]).unwrap();
    world.device.handle(AbandonPhoto { photo }).unwrap();
    world.photo(Some(visit), None, None, &bytes).unwrap();
    assert_eq!(world.until_all_is_held().entries_held, 5, "enrolled, signed in, photo, record, photo");
}

#[test]
fn a_photo_goes_on_where_the_disk_was_full_once_there_is_space() {
    let world = World::unlocked();
    let visit = world.sign_in();
    let bytes = jpeg(60, 40);
    let photo = world.begin_photo(Some(visit), None, None);
    let arriving = world.folder.path().join("arriving").join(photo.to_string());
    std::fs::remove_file(&arriving).unwrap();
    // The system's own full disk.
    std::os::unix::fs::symlink("/dev/full", &arriving).unwrap();
    let piece = AddPhotoPiece { photo, offset: 0, base64: STANDARD.encode(&bytes) };
    assert_eq!(world.device.handle(piece.clone()).unwrap_err(), CommandError::DiskFull);

    std::fs::remove_file(&arriving).unwrap();
    std::fs::write(&arriving, []).unwrap();
    world.device.handle(piece).unwrap();
    let finish = || FinishPhoto { photo, size_bytes: bytes.len() as u64, sha256: Hash::of(&bytes) };
    // It has no place for good now.
    let photos = world.folder.path().join("photos");
    std::fs::remove_dir(&photos).unwrap();
    std::os::unix::fs::symlink("/dev/full", &photos).unwrap();
    world.device.handle(finish()).unwrap_err();
    assert_eq!(world.kinds(), ["enrolled", "signed_in"]);
    std::fs::remove_file(&photos).unwrap();
    // Its copies are made after it was kept; that they cannot be written costs the photo nothing.
    let thumbnails = world.folder.path().join("thumbnails");
    std::fs::remove_dir(&thumbnails).unwrap();
    std::os::unix::fs::symlink("/dev/full", &thumbnails).unwrap();
    world.device.handle(finish()).unwrap();
    assert_eq!(world.kinds(), ["enrolled", "signed_in", "photo_taken"]);
    world.device.handle(GetThumbnail { photo }).unwrap_err();
    std::fs::remove_file(&thumbnails).unwrap();
    world.device.handle(GetThumbnail { photo }).unwrap();
    assert_eq!(world.until_all_is_held().line.files_waiting, 0);
}
