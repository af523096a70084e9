//! The command line: exit codes, words, JSON.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};
use stackside_tests::program::bin;
use tempfile::TempDir;

use crate::world::WORLD;

fn stackside(args: &[&str]) -> Output {
    Command::new(bin("stackside").unwrap()).args(args).output().unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }
    fn file(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        text(&path).to_owned()
    }
}

#[test]
fn the_exit_code_says_what_an_export_is_worth() {
    let desk = Desk::new();
    let key = desk.file("server.key", format!("{}\n", WORLD.trusted.as_str()).as_bytes());
    let other = desk.file("other.key", crate::forge::public(&WORLD.other).as_str().as_bytes());
    let no_key = desk.file("no.key", b"abc");
    let held = desk.file("held.zip", &WORLD.held_visit);
    let open = desk.file("open.zip", &WORLD.open_visit);
    let mut changed = WORLD.held_visit.clone();
    changed[60] ^= 1;
    let changed = desk.file("changed.zip", &changed);
    let gone = format!("{held}.gone");
    let folder = text(desk.0.path());
    for (args, code, says) in [
        (vec![&*held, "--trust", &key], 0, "holds, under the trusted server key"),
        (vec![&*held, "--trust", &other], 1, "entry 1: signed by the key"),
        (vec![&*changed, "--trust", &key], 1, "changed.zip: the manifest: "),
        (vec![&*held], 3, "consistent, signer unknown"),
        (vec![&*open], 3, "consistent, signer unknown"),
        (vec![&*open, "--trust", &key], 4, "not yet received by a server"),
        (vec![&*gone], 2, "there is no such file"),
        (vec![folder], 2, "directory"),
        (vec![&*held, "--trust", &no_key], 2, "not a public key"),
        (vec![&*held, "--trust", &gone], 2, "no such file"),
        (vec!["--trust", &key], 2, "Usage"),
    ] {
        let done = stackside(&[&["verify"], &args[..]].concat());
        let said = [done.stdout, done.stderr].concat();
        let said = String::from_utf8(said).unwrap();
        assert_eq!(done.status.code(), Some(code), "{args:?}: {said}");
        assert!(said.contains(says), "{args:?}: {said}");
    }
}

#[test]
fn json_is_one_stable_object() {
    let desk = Desk::new();
    let key = desk.file("server.key", WORLD.trusted.as_str().as_bytes());
    let open = desk.file("open.zip", &WORLD.open_visit);
    let done = stackside(&["verify", &open, "--trust", &key, "--json"]);
    let mut said: Value = serde_json::from_slice(&done.stdout).unwrap();
    let ids = ["device", "log", "server_key"].map(|name| said[name].take());
    assert!(ids.iter().all(Value::is_string), "{ids:?}");
    assert!(said["received"]["server_time"].take().is_string());
    assert_eq!(
        said,
        json!({
            "verdict": "not_received", "failure": null, "device": null, "operator": "demo-operator", "log": null,
            "visit": WORLD.visits[1], "server_key": null, "entries": 11, "bodies": 6, "files": 3,
            "received": {"seq": 10, "server_time": null}, "not_received": 1, "not_understood": {},
            "after_validity": 0, "absent": [], "also_in": [], "confirmations": 0,
        })
    );
    let mut changed = crate::forge::Parts::of(&WORLD.open_visit);
    changed.drop_entry(3);
    let changed = desk.file("changed.zip", &changed.pack());
    let done = stackside(&["verify", &changed, "--trust", &key, "--json"]);
    let said: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!((done.status.code(), &said["verdict"]), (Some(1), &json!("broken")));
    assert_eq!(said["failure"], json!({"place": {"part": "entry", "seq": 3}, "fault": {"code": "chain"}}));
}

/// The app has the folder open, so the program works on a copy of it.
#[test]
fn the_program_exports_what_the_app_exports() {
    let desk = Desk::new();
    let data = desk.0.path().join("data");
    let copied = Command::new("cp").args(["-r", text(WORLD.tablet.folder()), text(&data)]).status().unwrap();
    assert!(copied.success());
    let out = desk.0.path().join("visit.zip");
    let visit = WORLD.visits[0].to_string();
    let run = |args: &[&str]| {
        let done = stackside(&[&["export", "--data", text(&data), "--out", text(&out)], args].concat());
        (done.status.code(), String::from_utf8([done.stdout, done.stderr].concat()).unwrap())
    };
    let (code, said) = run(&["--visit", &visit]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("10 entries, 6 bodies, 3 files"), "{said}");
    assert!(std::fs::read(&out).unwrap() == WORLD.held_visit);
    let (code, said) = run(&["--log"]);
    assert_eq!(code, Some(1), "an export that is there is not replaced");
    assert!(said.to_lowercase().contains("exists"), "{said}");
    assert!(std::fs::read(&out).unwrap() == WORLD.held_visit);
    std::fs::remove_file(&out).unwrap();
    assert_eq!(run(&["--log"]).0, Some(0));
    assert!(std::fs::read(&out).unwrap() == WORLD.log);
    std::fs::remove_file(&out).unwrap();
    let nobody = "00000000-0000-0000-0000-000000000009";
    for (args, code, says) in [
        (vec![], 2, "Usage"),
        (vec!["--visit", nobody], 1, "there is no visit 00000000"),
        (vec!["--log", nobody], 1, "there is no log 00000000"),
        (vec!["--visit", &*visit, "--log", nobody], 1, "there is no log 00000000"),
    ] {
        let (found, said) = run(&args);
        assert_eq!(found, Some(code), "{args:?}: {said}");
        assert!(said.contains(says), "{args:?}: {said}");
    }
    let left: Vec<_> =
        std::fs::read_dir(desk.0.path()).unwrap().map(|item| item.unwrap().file_name()).collect();
    assert_eq!(left, ["data"], "nothing half is left");
}
