//! A copy of a server at work, and a server set up anew from one.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod support;

use std::path::{Path, PathBuf};

use stackside_core::wire::{Health, MissingReply};
use stackside_server::backup::{BackupError, Copied, backup, restore};
use stackside_server::secret::KEY_FILE;
use stackside_server::{App, Config};
use support::{City, photo};

struct Folders {
    data: PathBuf,
    copy: PathBuf,
    new: PathBuf,
}

fn folders(city: &City) -> Folders {
    let at = |name: &str| city.folder.path().join(name);
    Folders { data: at("data"), copy: at("copy"), new: at("new") }
}

/// The server that a restored folder makes: the key is kept apart from the data, so it is brought along by hand.
fn reopened(city: &City, folders: &Folders) -> App {
    std::fs::copy(folders.data.join(KEY_FILE), folders.new.join(KEY_FILE)).unwrap();
    let app = App::open(&Config { data: folders.new.clone() }).unwrap();
    assert_eq!(app.public_key(), city.app.public_key());
    app
}

fn whole_file(folder: &Path, name: &str) -> PathBuf {
    folder.join("files").join(&name[..2]).join(name)
}

async fn health(city: &City) -> Health {
    city.send("GET", "/api/v1/health", &[], "").await.json()
}

#[tokio::test]
async fn a_restored_server_holds_what_the_backup_held_under_a_new_history() {
    let mut city = City::new();
    let folders = folders(&city);
    let mut tablet = city.tablet().await;
    let first = tablet.first();
    tablet.receipt(&city, std::slice::from_ref(&first)).await;
    let kept = tablet.upload(&city, &photo()).await;
    assert_eq!(backup(&folders.data, &folders.copy).unwrap(), Copied { files: 1, new_files: 1 });

    let later = tablet.upload(&city, b"a photo of the day after").await;
    let before = health(&city).await.history;
    restore(&folders.copy, &folders.new).unwrap();
    city.app = reopened(&city, &folders);
    city.router = city.app.router();
    assert_ne!(health(&city).await.history, before, "tablets see that it is another history");

    assert_eq!(tablet.get(&city, &format!("/api/v1/files/{kept}")).await.body, photo());
    let asked = serde_json::json!({ "files": [kept, later] }).to_string();
    let bearer = tablet.bearer();
    let answer = city.send("POST", "/api/v1/files/missing", &[("authorization", &bearer)], asked).await;
    assert_eq!(answer.json::<MissingReply>().missing, [later]);
    let again = tablet.receipt(&city, &[first]).await;
    assert_eq!(again.seq, 1, "its token and its log are known");
}

#[tokio::test]
async fn a_second_backup_copies_only_what_is_new() {
    let city = City::new();
    let folders = folders(&city);
    let tablet = city.tablet().await;
    tablet.upload(&city, &photo()).await;
    backup(&folders.data, &folders.copy).unwrap();
    tablet.upload(&city, b"another photo").await;
    assert_eq!(backup(&folders.data, &folders.copy).unwrap(), Copied { files: 2, new_files: 1 });
}

#[tokio::test]
async fn two_restorations_of_one_backup_are_two_histories() {
    let city = City::new();
    let folders = folders(&city);
    backup(&folders.data, &folders.copy).unwrap();
    let histories = ["one", "two"].map(|name| {
        let data = city.folder.path().join(name);
        restore(&folders.copy, &data).unwrap();
        stackside_server::store::Store::open(&data).unwrap().history().unwrap()
    });
    assert_ne!(histories[0], histories[1]);
    assert!(!histories.contains(&0), "{histories:?}");
}

#[tokio::test]
async fn a_damaged_copy_is_named_and_the_rest_is_restored_without_it() {
    let city = City::new();
    let folders = folders(&city);
    let tablet = city.tablet().await;
    let name = tablet.upload(&city, &photo()).await.to_string();
    let other = tablet.upload(&city, b"another photo").await.to_string();
    backup(&folders.data, &folders.copy).unwrap();
    let damaged = whole_file(&folders.copy, &name);
    let mut bytes = std::fs::read(&damaged).unwrap();
    bytes[70_000] ^= 1;
    std::fs::write(&damaged, bytes).unwrap();

    let refused = restore(&folders.copy, &folders.new).unwrap_err();
    assert!(matches!(&refused, BackupError::Damaged(path) if *path == damaged), "{refused}");
    assert!(refused.advice().is_some());
    std::fs::remove_file(&damaged).unwrap();
    restore(&folders.copy, &folders.new).unwrap();
    assert_eq!(std::fs::read(whole_file(&folders.new, &other)).unwrap(), b"another photo");
    assert!(!whole_file(&folders.new, &name).exists());
}

#[tokio::test]
async fn a_database_that_cannot_be_read_now_is_no_empty_backup() {
    let city = City::new();
    let folders = folders(&city);
    backup(&folders.data, &folders.copy).unwrap();
    let holder = rusqlite::Connection::open(folders.copy.join(stackside_server::store::FILE_NAME)).unwrap();
    holder.execute_batch("BEGIN EXCLUSIVE").unwrap();
    assert!(restore(&folders.copy, &folders.new).is_err());
    assert!(!folders.new.join(stackside_server::store::FILE_NAME).exists());
    holder.execute_batch("ROLLBACK").unwrap();
    restore(&folders.copy, &folders.new).unwrap();
}

#[tokio::test]
async fn nothing_is_written_over_and_no_other_folder_is_taken_for_a_backup() {
    let city = City::new();
    let folders = folders(&city);
    backup(&folders.data, &folders.copy).unwrap();
    let before = std::fs::read(folders.data.join(stackside_server::store::FILE_NAME)).unwrap();
    assert!(matches!(restore(&folders.copy, &folders.data), Err(BackupError::Taken(_))));
    assert_eq!(std::fs::read(folders.data.join(stackside_server::store::FILE_NAME)).unwrap(), before);
    let empty = city.folder.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    assert!(matches!(restore(&empty, &folders.new), Err(BackupError::NoBackup(_))));
    assert!(!folders.new.exists(), "nothing was begun");
}
