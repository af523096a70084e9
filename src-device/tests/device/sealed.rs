//! Files at rest: sealed to the tablet's own secret, those of an older release too.

use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use stackside_core::command::*;
use stackside_core::hash::Hash;
use stackside_core::verify::Verdict;
use stackside_device::Handle;
use stackside_device::export::{Selection, check};

use super::world::{World, jpeg};

const SEALED: &[u8] = b"age-encryption.org/v1\n";

/// All files below a folder, but for the keys.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![];
    for item in std::fs::read_dir(folder).unwrap() {
        let path = item.unwrap().path();
        match path.is_dir() {
            true if path.ends_with("keys") => {}
            true => found.extend(files(&path)),
            false => found.push(path),
        }
    }
    found
}

fn is_in(folder: &Path, words: &[u8]) -> bool {
    let holds =
        |path: PathBuf| std::fs::read(path).unwrap().windows(words.len()).any(|window| window == words);
    files(folder).into_iter().any(holds)
}

fn original(folder: &Path, bytes: &[u8]) -> PathBuf {
    let name = Hash::of(bytes).to_string();
    folder.join("photos").join(&name[..2]).join(name)
}

#[test]
fn nobody_reads_a_photo_or_a_signature_in_a_data_folder_without_its_keys() {
    let world = World::unlocked();
    let visit = world.sign_in();
    let record = world.open_record(visit);
    world.fill(visit, record);
    world.sign(visit, &[record]).unwrap();
    let bytes = jpeg(300, 200);
    let line = world.photo(Some(visit), None, None, &bytes).unwrap();
    world.device.handle(GetPhoto { photo: line.id }).unwrap();
    for folder in ["photos", "signatures", "thumbnails", "shown"] {
        let all = files(&world.folder.path().join(folder));
        assert!(!all.is_empty(), "{folder}");
        assert!(all.iter().all(|path| std::fs::read(path).unwrap().starts_with(SEALED)), "{folder}");
    }
    assert!(!is_in(world.folder.path(), &bytes[200..260]), "the photo is nowhere in plain");
    assert!(!is_in(world.folder.path(), br#""strokes":"#), "nor is the signature");
}

#[test]
fn plain_files_of_an_older_release_are_read_and_sealed_in_the_background() {
    let world = World::unlocked();
    let visit = world.sign_in();
    let bytes = jpeg(300, 200);
    let line = world.photo(Some(visit), None, None, &bytes).unwrap();
    world.device.close();
    let world = world.after_a_kill_and(|folder| {
        std::fs::write(original(folder, &bytes), &bytes).unwrap();
        std::fs::remove_dir_all(folder.join("thumbnails")).unwrap();
        std::fs::remove_dir_all(folder.join("shown")).unwrap();
        // Half a file that a kill left.
        std::fs::write(folder.join("arriving").join("x.part"), b"half").unwrap();
    });
    assert!(!world.folder.path().join("arriving/x.part").exists());
    world.unlock();
    let small = world.device.handle(GetThumbnail { photo: line.id }).unwrap();
    assert!(image::load_from_memory(&STANDARD.decode(small).unwrap()).is_ok());
    world.device.seal_older_files().unwrap();
    assert!(std::fs::read(original(world.folder.path(), &bytes)).unwrap().starts_with(SEALED));
    world.until_all_is_held();
    assert_eq!(world.server.ask(|script| script.files[&line.sha256].clone()), bytes);
}

#[test]
fn a_sealed_file_that_was_damaged_stops_neither_export_nor_sync() {
    let world = World::unlocked();
    world.server.tell(|script| script.portal = true);
    let visit = world.sign_in();
    let (hurt, sound) = (jpeg(300, 200), jpeg(310, 200));
    let line = world.photo(Some(visit), None, None, &hurt).unwrap();
    world.photo(Some(visit), None, None, &sound).unwrap();
    let path = original(world.folder.path(), &hurt);
    let mut sealed = std::fs::read(&path).unwrap();
    let end = sealed.len() - 5;
    sealed[end] ^= 1;
    std::fs::write(&path, sealed).unwrap();

    let mut zip = vec![];
    let exported = world.device.export(Selection::Visit { visit, log: None }, &mut zip).unwrap();
    assert_eq!(exported.manifest.absent, [line.sha256]);
    assert_ne!(check(&zip[..], None).unwrap().verdict, Verdict::Broken);
    let given = world.device.handle(GiveHandover {}).unwrap();
    assert_eq!((given.entries, given.files), (3, 1), "the sound one gets away");
    world.server.tell(|script| script.portal = false);
    world.device.handle(SyncNow {}).unwrap();
    world.until("the sound one is held", |_| {
        world.server.ask(|script| script.files.contains_key(&Hash::of(&sound)))
    });
    let of_hurt = |view: &SyncView| {
        view.items.iter().find(|item| item.file == Some(line.sha256)).and_then(|item| item.reason.clone())
    };
    let view = world.until("the hurt one is told", |view| of_hurt(view).is_some());
    assert_eq!(of_hurt(&view), Some(FileTrouble::Gone));
}

#[test]
fn a_file_that_opens_and_is_another_is_not_sent() {
    let world = World::unlocked();
    world.server.tell(|script| script.portal = true);
    let visit = world.sign_in();
    let bytes = jpeg(300, 200);
    let line = world.photo(Some(visit), None, None, &bytes).unwrap();
    // Plain, as of an older release, and one bit of it flipped.
    let mut other = bytes.clone();
    other[150] ^= 1;
    std::fs::write(original(world.folder.path(), &bytes), &other).unwrap();
    world.server.tell(|script| script.portal = false);
    world.device.handle(SyncNow {}).unwrap();
    let is_told = |view: &SyncView| {
        view.items.iter().any(|item| item.file == Some(line.sha256) && item.reason == Some(FileTrouble::Gone))
    };
    world.until("it is told", is_told);
    assert!(world.server.ask(|script| script.files.is_empty()));
    world.device.seal_older_files().unwrap();
    assert_eq!(std::fs::read(original(world.folder.path(), &bytes)).unwrap(), other, "it stays as it is");
}

#[test]
fn a_copy_that_was_damaged_is_made_anew() {
    let world = World::unlocked();
    let visit = world.sign_in();
    let line = world.photo(Some(visit), None, None, &jpeg(300, 200)).unwrap();
    let look = || world.device.handle(GetThumbnail { photo: line.id }).unwrap();
    let before = look();
    let path = files(&world.folder.path().join("thumbnails")).pop().unwrap();
    let mut sealed = std::fs::read(&path).unwrap();
    let end = sealed.len() - 5;
    sealed[end] ^= 1;
    std::fs::write(&path, sealed).unwrap();
    assert_eq!(look(), before);
}

#[test]
fn plain_bytes_that_a_power_cut_left_beside_a_kept_photo_go() {
    let world = World::unlocked();
    let visit = world.sign_in();
    let bytes = jpeg(300, 200);
    let line = world.photo(Some(visit), None, None, &bytes).unwrap();
    let left = |folder: &Path| folder.join("arriving").join(line.id.to_string());
    let world = world.after_a_kill_and(|folder| std::fs::write(left(folder), &bytes[..50]).unwrap());
    assert!(!left(world.folder.path()).exists());
    world.unlock();
    world.until_all_is_held();
    assert_eq!(world.server.ask(|script| script.files[&line.sha256].clone()), bytes);
}
