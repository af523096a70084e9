//! Forms and rulebooks that come from the server or a file.

use serde_json::{Value, json};
use stackside_core::command::*;
use stackside_core::definition::{Definition, DefinitionKind};
use stackside_core::sync::SyncTrouble;
use stackside_device::{Handle, ImportError};

use super::city;
use super::filler::fill;
use super::world::{World, bottle, point};

/// A city's overlay of a form: a section of its own with one item.
fn text(code: &str, version: u32) -> String {
    format!(
        r#"extends = "{code}"
extends_version = 1
version = {version}
jurisdiction = "CN"
valid_from = "2026-01-01"
basis = "proposal"
[[section]]
id = "city"
label = {{ zh = "本市", en = "City" }}
[[section.field]]
id = "retained"
label = {{ zh = "留样", en = "Retained sample" }}
type = "check"
every_days = 7
"#
    )
}

pub fn overlay(code: &str, version: u32) -> Value {
    json!({"kind": "definition", "row": {"kind": "form", "file": "city.toml", "text": text(code, version)}})
}

fn offered(world: &World, form: &str) -> u32 {
    let visit = world.sign_in_at("WATER");
    let record = world.open(Workplace::Visit(visit), form).unwrap();
    let version = world.record(record).form.version;
    let sql = "UPDATE visit SET state = 'closed'";
    world.database().execute(sql, []).unwrap();
    version
}

#[test]
fn a_definition_from_the_server_is_offered_and_survives_a_kill() {
    let world = city::world();
    world.bring(vec![overlay("HJ355-B", 101)]);
    assert_eq!(offered(&world, "HJ355-B"), 101);
    world.bring(vec![overlay("HJ355-B", 101)]);
    let rows = |world: &World| -> i64 {
        world.database().query_row("SELECT COUNT(*) FROM definition", [], |row| row.get(0)).unwrap()
    };
    assert_eq!(rows(&world), 1, "the same twice is once");
    let world = world.after_a_kill();
    world.unlock();
    assert_eq!(offered(&world, "HJ355-B"), 101);
    world.enrol();
    assert_eq!(rows(&world), 1, "it comes down anew with the register");
}

#[test]
fn a_page_with_a_broken_definition_is_refused_whole_and_says_why() {
    let world = World::unlocked();
    let broken = text("HJ355-B", 101).replace("check", "cheque");
    let good = overlay("HJ355-B", 102);
    world.server.tell(|script| {
        script.changes.extend([bottle("B3", "1"), good]);
        script.changes.push(
            json!({"kind": "definition", "row": {"kind": "form", "file": "broken.toml", "text": broken}}),
        );
    });
    world.device.handle(SyncNow {}).unwrap();
    let view = world.until("trouble", |view| matches!(view.line.trouble, SyncTrouble::Refused { .. }));
    let SyncTrouble::Refused { reason } = view.line.trouble else { panic!() };
    assert!(reason.starts_with("broken.toml:") && reason.contains("line 13"), "{reason}");
    let bottles = world.device.handle(GetPoint { point: point() }).unwrap().bottles.len();
    let known = world.device.definitions().form("HJ355-B", Some(102)).is_some();
    assert_eq!((bottles, known), (2, false), "nothing of the page");
    world.server.tell(|script| drop(script.changes.pop()));
    world.device.handle(SyncNow {}).unwrap();
    world.until("taken", |view| view.line.trouble == SyncTrouble::None);
    assert!(world.device.definitions().form("HJ355-B", Some(102)).is_some());
}

#[test]
fn a_file_is_taken_over_or_refused_with_its_line() {
    let world = city::world();
    let file = |text: String| Definition { kind: DefinitionKind::Form, file: "mine.toml".into(), text };
    world.device.import(&file(text("HJ355-B", 101))).unwrap();
    assert_eq!(offered(&world, "HJ355-B"), 101);
    let error = world.device.import(&file(text("HJ355-B", 102).replace("check", "cheque"))).unwrap_err();
    assert!(matches!(error, ImportError::Definition(_)), "{error}");
    assert!(error.to_string().starts_with("mine.toml:") && error.to_string().contains("line 13"), "{error}");
    let world = world.after_a_kill();
    world.enrol();
    assert!(world.device.definitions().form("HJ355-B", Some(101)).is_some(), "a file's stays");
}

#[test]
fn drafts_and_signed_records_keep_the_version_they_were_begun_with() {
    let world = city::world();
    let visit = world.sign_in_at("WATER");
    let place = Workplace::Visit(visit);
    let (signed, draft) =
        (world.open(place.clone(), "HJ355-B").unwrap(), world.open(place.clone(), "HJ355-J").unwrap());
    fill(&world, signed);
    world.sign(visit, &[signed]).unwrap();
    world.bring(vec![overlay("HJ355-B", 101), overlay("HJ355-J", 101)]);
    let version = |record| world.record(record).form.version;
    assert_eq!((version(signed), version(draft)), (1, 1));
    assert_eq!(world.open(place.clone(), "HJ355-J").unwrap(), draft);
    assert_eq!(version(world.open(place, "HJ355-B").unwrap()), 101, "a new one has the new version");
}
