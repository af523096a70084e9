//! Two tablets take turns at one point: baseline and due list are right on both, and so are plan and stops.

#![expect(clippy::unwrap_used, reason = "what helps a test is a test")]

use chrono::Utc;
use stackside_core::command::{
    DueLine, GetPoint, GetRecord, GetToday, PauseWork, ResumeWork, SyncNow, VoidRecord,
};
use stackside_core::due::Urgency;
use stackside_core::form::{AnswerKey, Origin};
use stackside_core::id::PointId;
use stackside_tests::server::Server;
use stackside_tests::shell::Shell;
use stackside_tests::tablet::Tablet;
use stackside_tests::technician::*;
use stackside_tests::wait::until;
use stackside_tests::{city, photo};

fn point() -> PointId {
    city::POINT.parse().unwrap()
}

fn duties(tablet: &Tablet, form: &str) -> Vec<DueLine> {
    let due = tablet.call(&GetToday {}).unwrap().due;
    due.into_iter().filter(|line| line.due.point == point() && line.due.form.as_str() == form).collect()
}

/// The duty of the analyser that the tests calibrate.
fn calibration(tablet: &Tablet) -> DueLine {
    let mine = |line: &DueLine| line.due.instruments.iter().any(|id| id.as_str() == "DA001-SO2");
    duties(tablet, city::FORM).into_iter().find(mine).unwrap()
}

fn until_both(what: &str, other: &Tablet, holds: impl Fn(&Tablet) -> bool) {
    until(what, || {
        other.call(&SyncNow {})?;
        Ok(holds(other).then_some(()))
    })
    .unwrap();
}

#[test]
fn two_tablets_that_take_turns_know_the_same_baseline_and_the_same_tasks() {
    let server = Server::start().unwrap();
    let (first, visit) = Tablet::in_a_visit(&server, &server.url(), city::PERSON).unwrap();
    let (second, other_visit) = Tablet::in_a_visit(&server, &server.url(), city::OTHER_PERSON).unwrap();
    for tablet in [&first, &second] {
        assert_eq!(calibration(tablet).due.urgency, Urgency::NeverDone);
    }
    // The plan came down: the weekly inspection is both's, the self-check the first one's.
    let names = |tablet: &Tablet, form: &str| duties(tablet, form).remove(0).is_mine;
    assert!(names(&first, "HJ75-G1") && names(&second, "HJ75-G1"));
    assert!(names(&first, "OM-QUALITY") && !names(&second, "OM-QUALITY"));

    let jpeg = photo::jpeg(640, 480, 1).unwrap();
    let record = signed_record(&first, visit, &jpeg).unwrap();
    sync_until_held(&first).unwrap();
    until_both("calibration on the other tablet", &second, |tablet| {
        calibration(tablet).due.urgency == Urgency::Later
    });
    assert_eq!(calibration(&first).due, calibration(&second).due);

    // The other one's turn: its baseline is what the first one left.
    let draft = open_form(&second, other_visit).unwrap();
    let key = AnswerKey::new("analyser", Some("DA001-SO2"), "span.last_after");
    let baseline = second.call(&GetRecord { record: draft }).unwrap().answers.0[&key].origin.clone();
    assert_eq!(baseline, Origin::Last { record });
    let next = signed_record(&second, other_visit, &photo::jpeg(640, 480, 2).unwrap()).unwrap();
    assert_eq!(next, draft);
    sync_until_held(&second).unwrap();
    let last = calibration(&second).due;
    until_both("second calibration on the first tablet", &first, |tablet| calibration(tablet).due == last);

    // What counts no more is done no more, on both.
    sign_out(&second, other_visit).unwrap();
    let void = VoidRecord { record: next, reason: "抄错了".into(), strokes: strokes() };
    second.call(&void).unwrap();
    sync_until_held(&second).unwrap();
    let before = calibration(&second).due;
    assert!(before.last_done < last.last_done, "the first one's counts again");
    until_both("void on the first tablet", &first, |tablet| calibration(tablet).due == before);

    // The source stops: calibrations rest on both, the weekly inspection goes on.
    let stop =
        PauseWork { point: point(), instrument: None, since: Utc::now(), reason: "锅炉检修".into() };
    first.call(&stop).unwrap();
    assert!(first.call(&stop).is_err(), "it is stopped already");
    assert_eq!(calibration(&first).due.urgency, Urgency::Paused);
    sync_until_held(&first).unwrap();
    until_both("stop on the other tablet", &second, |tablet| {
        calibration(tablet).due.urgency == Urgency::Paused
    });
    assert_eq!(duties(&second, "HJ75-G1")[0].due.urgency, duties(&first, "HJ75-G1")[0].due.urgency);
    assert_ne!(duties(&second, "HJ75-G1")[0].due.urgency, Urgency::Paused);
    let paused = second.call(&GetPoint { point: point() }).unwrap().pauses;
    assert_eq!(paused[0].reason, "锅炉检修");

    // The other tablet says that it goes on.
    let early =
        ResumeWork { point: point(), instrument: None, since: paused[0].since, reason: "误报".into() };
    let too_early = ResumeWork { since: paused[0].since - chrono::TimeDelta::hours(1), ..early.clone() };
    assert!(second.call(&too_early).is_err(), "not before it stopped");
    second.call(&early).unwrap();
    sync_until_held(&second).unwrap();
    until_both("end of the stop on the first tablet", &first, |tablet| calibration(tablet).due == before);
}
