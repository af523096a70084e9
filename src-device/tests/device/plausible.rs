//! What a platform would point out in a visit, before it is left: shown, never in the way, kept with the sign-out.

use serde_json::json;
use stackside_core::act::Act;
use stackside_core::command::*;
use stackside_core::form::Label;
use stackside_core::id::VisitId;
use stackside_core::plausible::{Finding, Identity};
use stackside_device::Handle;

use super::filler::fill;
use super::world::{World, register, strokes};

fn check(world: &World, visit: VisitId) -> Vec<FindingLine> {
    world.device.handle(CheckVisit { visit }).unwrap()
}

fn findings(lines: &[FindingLine]) -> Vec<Finding> {
    lines.iter().map(|line| line.finding.clone()).collect()
}

/// The row of the register's first one of a kind, with one thing changed.
fn changed(kind: &str, name: &str, value: serde_json::Value) -> serde_json::Value {
    let mut row = register().into_iter().find(|row| row["kind"] == kind).unwrap();
    row["row"][name] = value;
    row
}

fn leave(world: &World, visit: VisitId) -> Vec<Finding> {
    world.device.handle(SignOut { visit }).unwrap();
    match world.entries().pop().unwrap().1.read_act().unwrap() {
        Act::SignedOut { findings, .. } => findings,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_visit_without_anything_odd_is_left_without_a_word() {
    let world = World::unlocked();
    let visit = world.sign_in();
    let record = world.open_record(visit);
    world.fill(visit, record);
    world.sign(visit, &[record]).unwrap();
    assert_eq!(check(&world, visit), []);
    assert_eq!(leave(&world, visit), []);
}

#[test]
fn a_draft_is_pointed_out_at_its_field_and_a_mended_one_is_not() {
    let world = World::unlocked();
    let visit = world.sign_in();
    let record = world.open(Workplace::Visit(visit), "HJ75-G1").unwrap();
    fill(&world, record);
    let view = world.record(record);
    let key = view.answers.0.iter().find(|(_, answer)| answer.text == "ok").unwrap().0.clone();
    world.save(record, &key.to_string(), "bad 无").unwrap();
    let lines = check(&world, visit);
    assert_eq!(findings(&lines), [Finding::NoRemark { record, key: key.clone() }]);
    let FindingSubject::Record { title, field: Some(Label { zh, .. }), is_signed: false, .. } =
        &lines[0].about
    else {
        panic!("{lines:?}")
    };
    assert_eq!(*title, view.form.title);
    assert!(!zh.is_empty());
    world.save(record, &key.to_string(), "bad 漏气，已紧固").unwrap();
    assert_eq!(check(&world, visit), []);
}

#[test]
fn what_was_corrected_or_counts_no_more_is_not_pointed_out() {
    let world = World::unlocked();
    let visit = world.sign_in();
    let record = world.open(Workplace::Visit(visit), "HJ75-G1").unwrap();
    fill(&world, record);
    let answers = world.record(record).answers;
    let key = answers.0.iter().find(|(_, answer)| answer.text == "ok").unwrap().0.clone();
    world.save(record, &key.to_string(), "bad 无").unwrap();
    world.sign(visit, &[record]).unwrap();
    assert_eq!(findings(&check(&world, visit)), [Finding::NoRemark { record, key: key.clone() }]);
    let draft = world.device.handle(CorrectRecord { record }).unwrap();
    world.save(draft, &key.to_string(), "bad 漏气，已紧固").unwrap();
    world.device.handle(SaveReason { record: draft, reason: "漏写处理情况".into() }).unwrap();
    world.device.handle(SignCorrection { record: draft, strokes: strokes() }).unwrap();
    assert_eq!(check(&world, visit), []);
}

#[test]
fn what_was_pointed_out_blocks_nothing_and_stays_with_the_sign_out() {
    let world = World::unlocked();
    let visit = world.sign_in();
    world.bring(vec![changed("instrument", "serial_no", json!("—"))]);
    let lines = check(&world, visit);
    let wanted = Finding::NoIdentity { instrument: "I-SO2".parse().unwrap(), lacks: Identity::SerialNo };
    assert_eq!(findings(&lines), std::slice::from_ref(&wanted));
    assert_eq!(lines[0].about, FindingSubject::Instrument { factor: "SO2".into() });
    assert_eq!(leave(&world, visit), std::slice::from_ref(&wanted));
    world.bring(vec![changed("instrument", "serial_no", json!("1"))]);
    let view = world.device.handle(GetVisit { visit }).unwrap();
    assert_eq!(findings(&view.left_with), [wanted], "as it was then");
}

#[test]
fn two_stations_in_too_short_a_time_are_pointed_out_at_the_second() {
    let world = World::unlocked();
    let mut far = changed("point", "id", json!("DA002"));
    far["row"]["name"] = json!("2# 烟囱");
    far["row"]["position"] = json!({"longitude": "120.1", "latitude": "30"});
    world.bring(vec![far]);
    // The server's own clock stands still: no more receipts.
    world.server.tell(|script| script.portal = true);
    let first = world.sign_in();
    assert_eq!(leave(&world, first), []);
    world.clock.pass(120);
    let second = world.sign_in_at("DA002");
    let lines = check(&world, second);
    let [Finding::TooSoon { other, metres: 9_600..=9_700, seconds: 120 }] = findings(&lines)[..] else {
        panic!("{lines:?}")
    };
    assert_eq!(other, first);
    let FindingSubject::OtherVisit { point_name, .. } = &lines[0].about else { panic!("{lines:?}") };
    assert_eq!(point_name, "1# 烟囱");
    // A clock that was set does not hide it: what counts is proven time.
    world.clock.set_wall_forward(86_400);
    assert_eq!(check(&world, second).len(), 1);
    assert_eq!(check(&world, first).len(), 1, "the first is held against the second, too");
}
