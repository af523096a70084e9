//! Killing the device's process at any moment loses nothing that was acknowledged.

#![expect(clippy::unwrap_used, reason = "what helps a test is a test")]

use stackside_core::command::{AppState, GetRecord, GetSync, GetToday, Place, SavePlace, SyncNow};
use stackside_core::form::AnswerKey;
use stackside_core::hash::Hash;
use stackside_core::id::{RecordId, VisitId};
use stackside_core::record::RecordState;
use stackside_tests::proxy::CutProxy;
use stackside_tests::reader::Reader;
use stackside_tests::server::Server;
use stackside_tests::shell::Shell;
use stackside_tests::tablet::HostProgram;
use stackside_tests::technician::*;
use stackside_tests::wait::until;
use stackside_tests::{city, photo};

const WALK_SPEED: f64 = 20.0;

struct Journey {
    server: Server,
    line: CutProxy,
    tablet: HostProgram,
    _folder: tempfile::TempDir,
}

impl Journey {
    /// An enrolled tablet, unlocked.
    fn begin() -> Self {
        let server = Server::start().unwrap();
        let line = CutProxy::start(server.address()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("index.html"), "<!doctype html>").unwrap();
        let data = folder.path().join("tablet");
        let tablet = HostProgram::start(&data, folder.path(), WALK_SPEED).unwrap();
        server.take_in(&tablet, &line.url(), city::PERSON).unwrap();
        Self { server, line, tablet, _folder: folder }
    }
    /// A dead battery, then the app again, unlocked by the same person.
    fn die_and_come_back(&mut self) -> AppState {
        self.tablet.kill_and_restart().unwrap();
        unlock(&self.tablet, city::PERSON).unwrap()
    }
    fn open_visits(&self) -> Vec<VisitId> {
        self.tablet.call(&GetToday {}).unwrap().visits.iter().map(|visit| visit.id).collect()
    }
    fn answers(&self, record: RecordId) -> Vec<(String, String)> {
        let view = self.tablet.call(&GetRecord { record }).unwrap();
        view.answers.0.into_iter().map(|(key, answer)| (key.to_string(), answer.text)).collect()
    }
}

#[test]
fn case_10_a_tablet_that_dies_after_each_key_photo_and_signature_ends_with_one_whole_visit_on_the_server() {
    let mut journey = Journey::begin();
    journey.line.down();

    let visit = sign_in(&journey.tablet, city::POINT).unwrap();
    journey.die_and_come_back();
    assert_eq!(journey.open_visits(), [visit], "killed after signing in");

    let record = open_form(&journey.tablet, visit).unwrap();
    let place = Place {
        path: format!("/record/{record}"),
        field: Some(AnswerKey::new("analyser", Some("DA001-SO2"), "zero.before")),
    };
    let typed = |keys: &str| ("analyser/DA001-SO2/zero.before".to_owned(), keys.to_owned());
    for keys in ["6", "6.", "6.9"] {
        calibrate(&journey.tablet, record, "SO2", &[("zero.before", keys)]).unwrap();
        journey.die_and_come_back();
        assert!(journey.answers(record).contains(&typed(keys)), "killed after the key that made it {keys}");
    }
    for (factor, readings) in CALIBRATION {
        for answers in readings.chunks(3) {
            calibrate(&journey.tablet, record, factor, answers).unwrap();
            journey.tablet.call(&SavePlace { place: place.clone() }).unwrap();
            let before = journey.answers(record);
            let state = journey.die_and_come_back();
            assert_eq!(journey.answers(record), before, "killed after {factor} {answers:?}");
            assert_eq!(state.place.as_ref(), Some(&place), "back at the same field");
            assert_eq!(open_form(&journey.tablet, visit).unwrap(), record, "the same draft");
        }
    }
    finish_form(&journey.tablet, record).unwrap();

    let jpeg = photo::jpeg(2000, 1500, 5).unwrap();
    begin_photo(&journey.tablet, record, "reading", &jpeg, 1).unwrap();
    let state = journey.die_and_come_back();
    assert_eq!(
        state.recovered.map(|found| found.photos_incomplete),
        Some(1),
        "killed in the middle of a photo"
    );
    let taken = take_photo(&journey.tablet, record, "reading", &jpeg).unwrap();
    journey.die_and_come_back();
    let photos = journey.tablet.call(&GetRecord { record }).unwrap().photos;
    assert_eq!(
        photos.iter().map(|photo| photo.sha256).collect::<Vec<_>>(),
        [taken.sha256],
        "killed after the photo"
    );

    sign(&journey.tablet, visit, record).unwrap();
    journey.die_and_come_back();
    let view = journey.tablet.call(&GetRecord { record }).unwrap();
    assert_eq!(view.line.state, RecordState::Signed, "killed after signing");

    journey.line.cut_after(jpeg.len() as u64 / 2);
    journey.tablet.call(&SyncNow {}).unwrap();
    until("cut", || Ok((journey.line.traffic().cuts == 1).then_some(()))).unwrap();
    journey.die_and_come_back();
    let waiting = journey.tablet.call(&GetSync {}).unwrap().line.files_waiting;
    assert_eq!(waiting, 1, "killed in the middle of sending");

    journey.line.up();
    sync_until_held(&journey.tablet).unwrap();
    sign_out(&journey.tablet, visit).unwrap();
    journey.die_and_come_back();
    assert_eq!(journey.open_visits(), [], "killed after signing out");
    let held = sync_until_held(&journey.tablet).unwrap().entries_held;
    assert_eq!(held, 5, "enrolled, signed in, photo, record, signed out: each once");

    let reader = Reader::enrol(&journey.server.url(), &journey.server.enrol_code().unwrap()).unwrap();
    let copies = reader.records().unwrap();
    assert_eq!(copies.iter().map(|copy| copy.content.record).collect::<Vec<_>>(), [record]);
    assert_eq!(copies[0].content.answers, view.answers);
    assert_eq!(reader.file(Hash::of(&jpeg)).unwrap(), jpeg);
}

#[test]
fn an_answer_that_was_on_its_way_when_the_tablet_died_is_there_whole_or_not_at_all() {
    let mut journey = Journey::begin();
    journey.line.down();
    let visit = sign_in(&journey.tablet, city::POINT).unwrap();
    let record = open_form(&journey.tablet, visit).unwrap();
    let field = "analyser/DA001-SO2/zero.before".to_owned();
    let text_of = |journey: &Journey| {
        journey.answers(record).into_iter().find(|(key, _)| *key == field).map(|(_, text)| text)
    };
    let mut acknowledged = None;
    for round in 1..=4_u32 {
        let typed = format!("{round}.5");
        // The kill falls into the run of answers, each time at another of them.
        let victim = &mut journey.tablet;
        for n in 0..round {
            let text = format!("{round}.{n}");
            calibrate(victim, record, "SO2", &[("zero.before", &text)]).unwrap();
            acknowledged = Some(text);
        }
        let (view, instrument) = (victim.call(&GetRecord { record }).unwrap(), "DA001-SO2");
        let key = AnswerKey::new("analyser", Some(instrument), "zero.before");
        std::thread::scope(|scope| {
            let client = victim.client();
            let (view, typed) = (&view, &typed);
            let racing = scope.spawn(move || answer(&client, view, &key, typed).is_ok());
            victim.kill().unwrap();
            if racing.join().unwrap() {
                acknowledged = Some(typed.clone());
            }
        });
        journey.die_and_come_back();
        let there = text_of(&journey);
        assert!(
            there == acknowledged || there.as_ref() == Some(&typed),
            "{there:?}, not {acknowledged:?} or {typed}"
        );
        acknowledged = there;
    }
}
