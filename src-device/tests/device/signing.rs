//! Visits, signing and the evidence of it.

use stackside_core::act::{Act, Strokes};
use stackside_core::command::*;
use stackside_core::due::Urgency;
use stackside_core::evidence::Tip;
use stackside_core::form::{AnswerError, Origin};
use stackside_core::geofence::Presence;
use stackside_core::judge::Outcome;
use stackside_core::record::RecordState;
use stackside_core::visit::VisitStep;

use stackside_device::Handle;

use super::world::{World, jpeg, point, strokes};

#[test]
fn a_whole_visit_leaves_a_chain_that_verifies() {
    let world = World::unlocked();
    let visit = world.sign_in();
    let record = world.open_record(visit);
    assert_eq!(world.open_record(visit), record, "the draft is found again");
    world.fill(visit, record);
    let view = world.device.handle(GetVisit { visit }).unwrap();
    assert_eq!((view.work.next_step(), view.presence.presence), (Some(VisitStep::Sign), Presence::Inside));
    world.sign(visit, &[record]).unwrap();
    let signed = world.record(record);
    assert_eq!(signed.line.state, RecordState::Signed);
    assert_eq!(signed.line.verdict, Some(Outcome::Pass));
    assert_eq!(signed.answers.text(&"analyser/I-SO2/zero.drift".parse().unwrap()), Some("+0.50"));
    world.device.handle(SignOut { visit }).unwrap();
    assert_eq!(world.kinds(), ["enrolled", "signed_in", "photo_taken", "record_signed", "signed_out"]);

    let entries = world.entries();
    let Act::Enrolled { certificate } = entries[0].1.read_act().unwrap() else { panic!() };
    let key = certificate.verify(&super::server::public()).unwrap().public_key;
    let mut tip = Tip::new(entries[0].0.device, entries[0].0.log);
    for (_, entry) in &entries {
        tip.follow(&entry.verify(&key).unwrap(), entry.hash()).unwrap();
    }
    let Act::RecordSigned(act) = entries[3].1.read_act().unwrap() else { panic!() };
    assert_eq!((act.answers, act.photos.len()), (signed.answers, 1));
}

#[test]
fn a_signed_record_never_changes() {
    let world = World::unlocked();
    let visit = world.sign_in();
    let record = world.open_record(visit);
    world.fill(visit, record);
    world.sign(visit, &[record]).unwrap();
    assert_eq!(world.save(record, "footer/remark", "x").unwrap_err(), CommandError::Closed);
    assert_eq!(world.sign(visit, &[record]).unwrap_err(), CommandError::Closed);
    let database = world.database();
    for sql in [
        "UPDATE record SET person_name = 'x'",
        "UPDATE answer SET text = 'x'",
        "UPDATE entry SET body = 'x'",
        "DELETE FROM entry",
    ] {
        assert!(database.execute(sql, []).is_err(), "{sql}");
    }
}

#[test]
fn a_record_with_gaps_is_not_signed_and_says_what_is_missing() {
    let world = World::unlocked();
    let visit = world.sign_in();
    let record = world.open_record(visit);
    world.save(record, "analyser/I-SO2/zero.before", "12,5").unwrap();
    let CommandError::NotFinished { problems, .. } = world.sign(visit, &[record]).unwrap_err() else {
        panic!()
    };
    let of =
        |key: &str| problems.iter().find(|problem| problem.key.to_string() == key).map(|p| p.error.clone());
    assert!(matches!(of("analyser/I-SO2/zero.before"), Some(AnswerError::Number { .. })));
    assert_eq!(of("analyser/I-SO2/span.before"), Some(AnswerError::Missing));
    assert_eq!(of("photo/reading"), Some(AnswerError::PhotoMissing));
    let empty = Strokes { strokes: vec![], ..strokes() };
    let unsigned = world.device.handle(SignRecords {
        place: Workplace::Visit(visit),
        records: vec![record],
        strokes: empty,
    });
    assert_eq!(unsigned.unwrap_err(), CommandError::EmptySignature);
    let left = world.device.handle(SignOut { visit }).unwrap_err();
    assert_eq!(left, CommandError::DraftsLeft { drafts: 1 });
    assert_eq!(world.kinds(), ["enrolled", "signed_in"]);
}

#[test]
fn the_next_record_starts_from_the_last_one_and_the_duty_is_done() {
    let world = World::unlocked();
    assert_eq!(world.duty("HJ75-G4").due.urgency, Urgency::NeverDone);
    let visit = world.sign_in();
    let first = world.open_record(visit);
    world.fill(visit, first);
    world.sign(visit, &[first]).unwrap();
    let today = world.device.handle(GetToday {}).unwrap();
    assert_eq!((world.duty("HJ75-G4").due.urgency, today.visits.len()), (Urgency::Later, 1));
    let second = world.open_record(visit);
    let answer = world.record(second).answers.0[&"analyser/I-SO2/span.last_after".parse().unwrap()].clone();
    assert_eq!((answer.text.as_str(), answer.origin), ("160", Origin::Last { record: first }));
}

#[test]
fn outside_the_fence_asks_for_a_reason_and_a_photo_and_goes_on() {
    let world = World::unlocked();
    world.device.handle(StartPosition {}).unwrap();
    world.fix(120.01, 30.0);
    let sign_in = |reason: Option<&str>, photo| {
        world.device.handle(SignIn { point: point(), reason: reason.map(str::to_owned), photo, plate: None })
    };
    let photo = world.photo(None, None, None, &jpeg(20, 20)).unwrap().id;
    assert_eq!(sign_in(None, None).unwrap_err(), CommandError::ReasonNeeded);
    assert_eq!(sign_in(Some("  "), Some(photo)).unwrap_err(), CommandError::ReasonNeeded);
    let visit = sign_in(Some("厂门封闭"), Some(photo)).unwrap();
    let view = world.device.handle(GetVisit { visit }).unwrap();
    assert_eq!((view.presence.presence, view.photos.len()), (Presence::Outside, 1));
    assert_eq!(sign_in(None, None).unwrap_err(), CommandError::VisitOpen { visit });
}

#[test]
fn drafts_are_kept_apart() {
    let world = World::unlocked();
    let visit = world.sign_in();
    let record = world.open_record(visit);
    let other = "P2".parse().unwrap();
    let code = super::world::CODE.into();
    world.device.handle(SetPin { person: other, code, pin: "112233".into() }).unwrap();
    let not_found = |what: &str| CommandError::NotFound { what: what.into() };
    assert_eq!(world.device.handle(GetVisit { visit }).unwrap_err(), not_found("visit"));
    assert_eq!(world.device.handle(GetRecord { record }).unwrap_err(), not_found("record"));
    assert_eq!(world.save(record, "footer/remark", "x").unwrap_err(), not_found("record"));
    assert_eq!(world.device.handle(GetRecords { search: String::new(), page: 0 }).unwrap().total, 0);
}

#[test]
fn an_unknown_command_or_argument_does_not_fit() {
    let world = World::unlocked();
    let ask = |name: &str, args| world.device.dispatch(name, args);
    assert_eq!(ask("delete_all", serde_json::json!({})).unwrap_err(), CommandError::Version);
    assert_eq!(ask("get_visit", serde_json::json!({"visit": 7})).unwrap_err(), CommandError::Version);
    assert!(ask("get_state", serde_json::json!({})).unwrap()["enrolment"]["operator"].is_string());
}
