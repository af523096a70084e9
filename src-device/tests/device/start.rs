//! Opening: what is refused, what survives a kill, what is mended.

use stackside_core::command::*;
use stackside_core::form::Answer;
use stackside_core::hash::Hash;
use stackside_device::{Config, Device, Handle, OpenError, Positions};

use super::world::{World, jpeg};

fn config(data: &std::path::Path) -> Config {
    Config { data: data.into(), positions: Positions::None, model: "test".into() }
}

#[test]
fn a_folder_that_cannot_be_used_is_refused_with_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "text").unwrap();
    assert!(matches!(Device::open(config(&file)), Err(OpenError::Folder { .. })));
    let device = Device::open(config(folder.path())).unwrap();
    let second = Device::open(config(folder.path())).err().unwrap();
    assert!(second.to_string().ends_with("is in use by another Stackside"), "{second}");
    device.close();
    Device::open(config(folder.path())).unwrap().close();
    let gpx = Positions::Gpx { file: folder.path().join("none.gpx"), speed: 1.0 };
    let other = tempfile::tempdir().unwrap();
    let error = Device::open(Config { positions: gpx, ..config(other.path()) }).err().unwrap();
    assert!(matches!(error, OpenError::Track { .. }), "{error}");
}

#[test]
fn every_saved_answer_survives_a_kill() {
    let world = World::unlocked();
    let visit = world.sign_in();
    let record = world.open_record(visit);
    world.save(record, "analyser/I-SO2/zero.before", "1.5").unwrap();
    let world = world.after_a_kill();
    world.unlock();
    assert_eq!(world.open_record(visit), record);
    let answers = world.record(record).answers;
    assert_eq!(answers.0[&"analyser/I-SO2/zero.before".parse().unwrap()], Answer::typed("1.5"));
}

#[test]
fn start_up_attaches_whole_photos_and_tells_of_the_others_once() {
    let world = World::unlocked();
    let visit = world.sign_in();
    let (whole, moved, gone) = (jpeg(21, 20), jpeg(22, 20), jpeg(23, 20));
    let begun = world.begin_photo(Some(visit), None, None);
    world.pieces(begun, &jpeg(20, 20));
    for (bytes, state) in [(&whole, "arriving"), (&moved, "moved"), (&gone, "gone")] {
        let photo = world.begin_photo(Some(visit), None, None);
        let arriving = world.folder.path().join("arriving").join(photo.to_string());
        let name = Hash::of(bytes).to_string();
        match state {
            "arriving" => std::fs::write(arriving, bytes).unwrap(),
            "moved" => {
                let folder = world.folder.path().join("photos").join(&name[..2]);
                std::fs::create_dir_all(&folder).unwrap();
                std::fs::rename(&arriving, folder.join(&name)).unwrap();
                std::fs::write(folder.join(&name), bytes).unwrap();
            }
            _ => std::fs::remove_file(arriving).unwrap(),
        }
        let sql = "UPDATE photo SET state = 'whole', sha256 = ?1, size_bytes = ?2, media_type = 'image/jpeg',
                                    taken_at = begun_at WHERE id = ?3";
        world.database().execute(sql, (name, bytes.len() as i64, photo.to_string())).unwrap();
    }
    let world = world.after_a_kill();
    let state = world.unlock();
    let found = Recovered { photos_attached: 2, photos_incomplete: 1, photos_missing: 1, database: None };
    assert_eq!(state.recovered, Some(found));
    let world = world.after_a_kill();
    assert_eq!(world.unlock().recovered, Some(found), "kept until it was read");
    assert_eq!(world.device.handle(SeenRecovered {}).unwrap().recovered, None);
    assert_eq!(world.device.handle(GetState {}).unwrap().recovered, None, "read once");
    assert_eq!(world.device.handle(GetVisit { visit }).unwrap().photos.len(), 2);
    assert_eq!(world.kinds(), ["enrolled", "signed_in", "photo_taken", "photo_taken"]);
}

#[test]
fn what_comes_after_the_end_is_refused_and_what_came_before_is_there() {
    let world = World::unlocked();
    let visit = world.sign_in();
    let record = world.open_record(visit);
    world.save(record, "footer/remark", "收工前").unwrap();
    world.device.close();
    assert_eq!(world.save(record, "footer/remark", "太晚了").unwrap_err(), CommandError::Internal);
    let world = world.after_a_kill();
    world.unlock();
    let answers = world.record(record).answers;
    assert_eq!(answers.text(&"footer/remark".parse().unwrap()), Some("收工前"));
}
