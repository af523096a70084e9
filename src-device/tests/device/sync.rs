//! Sync against a server that does what it is told.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use stackside_core::act::Act;
use stackside_core::command::*;
use stackside_core::photo::SendState;
use stackside_core::sync::{NetworkKind, SyncTrouble};

use stackside_device::{Handle, Network, Parts, Patience};

use super::world::{World, bottle, jpeg, point};

fn photo_of(bytes: usize) -> Vec<u8> {
    let mut photo = jpeg(20, 20);
    photo.resize(bytes, 7);
    photo
}

#[test]
fn enrolment_takes_a_good_code_of_our_server_only() {
    let world = World::fresh();
    let enrol = |server: &str, code: &str| {
        world.device.handle(Enrol { server: server.into(), code: code.into() }).unwrap_err()
    };
    let address = world.server.address.clone();
    assert_eq!(enrol("http://stackside.example", "ABC123"), CommandError::Address);
    assert_eq!(enrol("http://127.0.0.1:1", "ABC123"), CommandError::Offline);
    assert_eq!(enrol(&address, "wrong"), CommandError::EnrolCode);
    world.server.tell(|script| script.portal = true);
    assert_eq!(enrol(&address, "ABC123"), CommandError::NotOurServer);
    world.server.tell(|script| script.portal = false);
    let state = world.enrol();
    assert_eq!((state.enrolment.unwrap().operator.as_str(), state.people.len()), ("演示运维", 2));
    assert!(state.person.is_none());
}

#[test]
fn entries_and_files_are_held_once_the_server_says_so() {
    let world = World::unlocked();
    let visit = world.sign_in();
    let record = world.open_record(visit);
    world.fill(visit, record);
    world.sign(visit, &[record]).unwrap();
    let view = world.until_all_is_held();
    assert_eq!((view.entries_held, view.line.trouble), (4, SyncTrouble::None));
    assert!(view.sent_today_bytes > 0 && view.items.iter().all(|item| item.send == SendState::Held));
    assert_eq!(world.server.ask(|script| script.files.len()), 2, "photo and signature");
    assert_eq!(world.record(record).line.send, SendState::Held);
}

#[test]
fn a_login_page_with_status_200_is_no_contact() {
    let world = World::unlocked();
    world.until_all_is_held();
    world.server.tell(|script| script.portal = true);
    world.sign_in();
    let view = world.until("trouble", |view| view.line.trouble == SyncTrouble::NotOurServer);
    assert_eq!(view.line.entries_waiting, 1);
    world.server.tell(|script| script.portal = false);
    world.device.handle(SyncNow {}).unwrap();
    world.until_all_is_held();
}

#[test]
fn a_receipt_with_another_hash_or_key_is_not_sent() {
    for wrong_key in [false, true] {
        let world = World::unlocked();
        world.until_all_is_held();
        world.server.tell(|script| (script.wrong_hash, script.wrong_key) = (!wrong_key, wrong_key));
        world.sign_in();
        let view = world.until("trouble", |view| {
            matches!(view.line.trouble, SyncTrouble::Refused { .. } | SyncTrouble::Untrusted)
        });
        assert_eq!((view.line.entries_waiting, view.entries_held), (1, 1));
    }
}

#[test]
fn a_fork_goes_on_in_a_new_log_that_names_the_old_one() {
    let world = World::unlocked();
    world.until_all_is_held();
    world.server.tell(|script| script.fork = true);
    world.sign_in();
    world.until("the new log is held", |view| view.entries_held == 2);
    let entries = world.entries();
    let (old, new) = (&entries[1], &entries[2]);
    let Act::Recovered { old_log, last_hash, last_receipt, .. } = new.1.read_act().unwrap() else { panic!() };
    assert_eq!((old_log, last_hash), (old.0.log, Some(old.1.hash())));
    assert!(last_receipt.is_some() && new.0.log != old.0.log && new.0.seq == 1);
    assert_eq!(world.sync().line.trouble, SyncTrouble::Forked, "a person is told");
    let state = world.sync().items.into_iter().find(|item| item.send == SendState::Refused);
    assert!(state.is_some(), "what forked is kept and shown");
}

#[test]
fn a_revoked_tablet_keeps_all_it_has_and_says_so() {
    let world = World::unlocked();
    world.until_all_is_held();
    world.server.tell(|script| script.revoked = true);
    world.sign_in();
    world.until("trouble", |view| view.line.trouble == SyncTrouble::Revoked);
    let state = world.enrol();
    assert!(state.person.is_none(), "locked again");
    world.until_all_is_held();
    assert_eq!(world.kinds(), ["enrolled", "signed_in", "recovered"]);
    assert_eq!(world.server.ask(|script| script.entries.len()), 3, "the old log's entry too");
}

#[test]
fn an_app_that_is_too_old_goes_on_recording_and_sends_all_of_it_once_it_is_new() {
    let world = World::unlocked();
    world.until_all_is_held();
    world.server.tell(|script| script.too_old = true);
    let visit = world.sign_in();
    world.until("trouble", |view| view.line.trouble == SyncTrouble::TooOld);
    world.photo(Some(visit), None, None, &photo_of(3_000)).unwrap();
    assert_eq!(world.kinds(), ["enrolled", "signed_in", "photo_taken"], "in the same log");
    assert!(world.server.ask(|script| script.files.is_empty()), "nothing goes before its entry");
    world.server.tell(|script| script.too_old = false);
    world.device.handle(SyncNow {}).unwrap();
    let view =
        world.until("all is well", |view| view.line.trouble == SyncTrouble::None && !view.line.running);
    assert_eq!((view.entries_held, view.line.entries_waiting, view.line.files_waiting), (3, 0, 0));
}

#[test]
fn a_cut_upload_goes_on_where_the_server_stopped() {
    let world = World::unlocked();
    let visit = world.sign_in();
    world.until_all_is_held();
    world.server.tell(|script| script.cut_after = Some(100_000));
    let bytes = photo_of(700_000);
    let line = world.photo(Some(visit), None, None, &bytes).unwrap();
    world.until("a cut", |view| view.line.trouble == SyncTrouble::ServerBusy);
    world.device.handle(SyncNow {}).unwrap();
    world.until_all_is_held();
    assert!(world.server.ask(|script| script.files[&line.sha256] == bytes));
    let offsets: Vec<u64> = world.server.ask(|script| script.patches.iter().map(|(at, _)| *at).collect());
    assert_eq!(offsets, [0, 100_000, 100_000 + 512 * 1024]);
}

#[test]
fn small_files_go_first_and_after_their_entries() {
    let world = World::unlocked();
    let visit = world.sign_in();
    world.until_all_is_held();
    world.server.tell(|script| script.portal = true);
    for size in [30_000, 10_000, 20_000] {
        world.photo(Some(visit), None, None, &photo_of(size)).unwrap();
    }
    world.server.tell(|script| script.portal = false);
    world.device.handle(SyncNow {}).unwrap();
    world.until_all_is_held();
    let sizes: Vec<usize> = world.server.ask(|script| script.patches.iter().map(|(_, size)| *size).collect());
    assert_eq!(sizes, [10_000, 20_000, 30_000]);
}

#[test]
fn a_page_that_is_not_understood_is_refused_whole() {
    let world = World::unlocked();
    world.server.tell(|script| {
        script.changes.push(bottle("B3", "1"));
        script.changes.push(serde_json::json!({"kind": "weather", "row": {}}));
    });
    world.device.handle(SyncNow {}).unwrap();
    world.until("trouble", |view| matches!(view.line.trouble, SyncTrouble::Refused { .. }));
    let bottles = |world: &World| world.device.handle(GetPoint { point: point() }).unwrap().bottles.len();
    assert_eq!(bottles(&world), 2);
    world.server.tell(|script| drop(script.changes.pop()));
    world.device.handle(SyncNow {}).unwrap();
    world.until("taken", |view| view.line.trouble == SyncTrouble::None);
    assert_eq!(bottles(&world), 3);
}

#[test]
fn a_record_from_another_tablet_is_shown_and_is_the_baseline_of_the_next() {
    let maker = World::unlocked();
    let visit = maker.sign_in();
    let record = maker.open_record(visit);
    maker.fill(visit, record);
    maker.sign(visit, &[record]).unwrap();
    let row = maker.signed_records("2026-11-20T01:00:00Z").pop().unwrap();
    let world = World::unlocked();
    world.server.tell(|script| {
        script.changes.push(serde_json::json!({"kind": "record", "row": row}));
    });
    world.device.handle(SyncNow {}).unwrap();
    let mut events = world.device.events();
    let list = || world.device.handle(GetRecords { search: "烟囱".into(), page: 0 }).unwrap();
    while list().total == 0 {
        events.blocking_recv().unwrap();
    }
    let line = &list().records[0];
    assert!(line.elsewhere && line.person_name == "张三" && line.send == SendState::Held);
    assert_eq!(world.record(record).answers.text(&"analyser/I-SO2/span.after".parse().unwrap()), Some("160"));
    let next = world.open_record(world.sign_in());
    assert_eq!(
        world.record(next).answers.text(&"analyser/I-SO2/zero.last_after".parse().unwrap()),
        Some("0")
    );
    assert_eq!(world.duty("HJ75-G4").due.last_done, Some(row.signed_at));
}

#[test]
fn a_record_from_another_tablet_leaves_its_items_and_bottles_and_opens_with_its_version() {
    let maker = World::unlocked();
    let visit = maker.sign_in();
    let place = Workplace::Visit(visit);
    let calibration = maker.open_record(visit);
    let replacement = maker.replace_bottle(calibration, "analyser/I-SO2/bottle", "B-NEW").unwrap();
    let inspection = maker.open(place.clone(), "HJ75-G1").unwrap();
    maker.fill(visit, calibration);
    for record in [replacement, inspection] {
        super::filler::fill(&maker, record);
    }
    maker.sign(visit, &[calibration, replacement, inspection]).unwrap();
    let mut rows = maker.signed_records("2026-11-20T01:00:00Z");
    let old = rows.iter_mut().find(|row| row.content.record == calibration).unwrap();
    assert_eq!(old.content.form_version, 2);
    old.content.form_version = 1;

    let world = World::unlocked();
    world.bring(rows.iter().map(|row| serde_json::json!({"kind": "record", "row": row})).collect());
    assert_eq!(world.record(calibration).form.version, 1, "though a newer one is offered");
    let bottles = world.device.handle(GetPoint { point: point() }).unwrap().bottles;
    assert!(bottles.iter().any(|bottle| bottle.id.as_str() == "B-NEW"));
    let next = world.open(Workplace::Visit(world.sign_in()), "HJ75-G1").unwrap();
    let view = world.record(next);
    assert!(!view.last_done.is_empty());
    assert!(view.last_done.values().all(|day| day.to_string() == "2026-11-20"), "{:?}", view.last_done);
    assert!(world.record(inspection).last_done.is_empty(), "not by itself");
}

/// Tries again when a person asks, so that what is in the way stays to be seen.
struct OnlyWhenAsked;

impl Patience for OnlyWhenAsked {
    fn pause(&self, pause: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        match pause.is_zero() {
            true => Box::pin(std::future::ready(())),
            false => Box::pin(std::future::pending()),
        }
    }
}

/// Case 11 of the field lessons: whatever answers, nothing closes, nothing doubles, and the reason is shown.
#[test]
fn whatever_the_server_answers_nothing_closes_nothing_doubles_and_the_reason_is_shown() {
    const JSON: &str = "application/json";
    const PATCH: &str = "PATCH /api/v1/files/";
    const ENTRIES: &str = "POST /api/v1/entries";
    let refused = r#"{"code": "refused", "message": "no"}"#;
    type Answer = (&'static str, u16, &'static str, &'static str, bool);
    let cases: [(&str, Answer, SyncTrouble); 7] = [
        (
            "200 with a refusal",
            (ENTRIES, 200, JSON, r#"{"code": "refused"}"#, false),
            SyncTrouble::NotOurServer,
        ),
        ("200 with nothing", (ENTRIES, 200, JSON, "", true), SyncTrouble::NotOurServer),
        ("stored, then 500", (ENTRIES, 500, "text/plain", "oops", true), SyncTrouble::ServerBusy),
        (
            "a refusal",
            (ENTRIES, 400, JSON, refused, false),
            SyncTrouble::Refused { reason: "Refused: no".into() },
        ),
        (
            "401 in the middle of an upload",
            (PATCH, 401, JSON, r#"{"code": "revoked", "message": ""}"#, false),
            SyncTrouble::Revoked,
        ),
        ("500 after a piece was stored", (PATCH, 500, "text/html", "<html>", true), SyncTrouble::ServerBusy),
        (
            "a login page in the middle of an upload",
            (PATCH, 200, "text/html", "<html>", false),
            SyncTrouble::NotOurServer,
        ),
    ];
    for (name, answer, trouble) in cases {
        let patience: Option<Arc<dyn Patience>> = Some(Arc::new(OnlyWhenAsked));
        let world = World::unlocked_with(Parts { patience, ..Parts::default() });
        world.until_all_is_held();
        world.server.tell(|script| script.instead = Some(answer));
        let visit = world.sign_in();
        // It goes out by itself. Once more would resume a piece that was stored, and end well.
        world.photo(Some(visit), None, None, &photo_of(9_000)).unwrap();
        let view = world.until(name, |view| !view.line.running && view.line.trouble == trouble);
        assert!(
            view.line.entries_waiting + view.line.files_waiting > 0,
            "{name}: nothing counts as received"
        );
        world.server.tell(|script| script.instead = None);
        world.device.handle(SyncNow {}).unwrap();
        let view = world.until_all_is_held();
        assert_eq!(view.entries_held, 3, "{name}");
        assert_eq!(world.kinds(), ["enrolled", "signed_in", "photo_taken"], "{name}");
        let (entries, files) = world.server.ask(|script| (script.entries.len(), script.files.len()));
        assert_eq!((entries, files), (3, 1), "{name}: once each");
    }
}

/// Case 12: two hands, or one that is too quick.
#[test]
fn two_saves_at_the_same_moment_leave_one_visit_and_the_last_value() {
    let world = World::unlocked();
    world.stand_at_the_point();
    let sign_in = || world.device.handle(SignIn { point: point(), reason: None, photo: None, plate: None });
    let both = std::thread::scope(|scope| {
        let tasks = [scope.spawn(sign_in), scope.spawn(sign_in)];
        tasks.map(|task| task.join().unwrap())
    });
    let visits: Vec<_> = both.iter().filter_map(|done| done.as_ref().ok()).collect();
    let refused = both.iter().find_map(|done| done.as_ref().err());
    assert_eq!(visits.len(), 1, "{both:?}");
    assert_eq!(refused, Some(&CommandError::VisitOpen { visit: *visits[0] }));
    let record = world.open_record(*visits[0]);
    let texts: Vec<String> = (0..20).map(|n| n.to_string()).collect();
    std::thread::scope(|scope| {
        for text in &texts {
            scope.spawn(|| world.save(record, "analyser/I-SO2/zero.before", text).unwrap());
        }
    });
    world.save(record, "analyser/I-SO2/zero.before", "7.5").unwrap();
    let answers = world.record(record).answers;
    assert_eq!(answers.text(&"analyser/I-SO2/zero.before".parse().unwrap()), Some("7.5"));
    assert_eq!(world.kinds().iter().filter(|kind| *kind == "signed_in").count(), 1);
}

/// A network that is what a test says.
#[derive(Clone)]
struct Told(Arc<Mutex<NetworkKind>>);

impl Network for Told {
    fn kind(&self) -> NetworkKind {
        *self.0.lock().unwrap()
    }
}

#[test]
fn photos_wait_for_wifi_where_they_are_told_to_and_records_do_not() {
    let network = Told(Arc::new(Mutex::new(NetworkKind::Metered)));
    let parts = Parts { network: Some(Box::new(network.clone())), ..Parts::default() };
    let world = World::unlocked_with(parts);
    let settings = Settings { photos_on_wifi_only: true, ..Settings::default() };
    world.device.handle(SaveSettings { settings }).unwrap();
    let visit = world.sign_in();
    let record = world.open_record(visit);
    world.fill(visit, record);
    world.sign(visit, &[record]).unwrap();
    let view = world.until("only the photo waits", |view| {
        view.line.entries_waiting == 0 && view.line.files_waiting == 1 && !view.line.running
    });
    assert!(view.waits_for_wifi && view.line.trouble == SyncTrouble::None);
    assert_eq!(world.server.ask(|script| script.files.len()), 1, "the signature is small and goes");
    *network.0.lock().unwrap() = NetworkKind::Free;
    world.device.handle(SyncNow {}).unwrap();
    let view = world.until_all_is_held();
    assert!(!view.waits_for_wifi);
}

#[test]
fn a_paused_photo_waits_alone_and_a_refused_one_is_tried_again() {
    let world = World::unlocked();
    let visit = world.sign_in();
    world.until_all_is_held();
    world.server.tell(|script| script.portal = true);
    let large = world.photo(Some(visit), None, None, &photo_of(20_000)).unwrap().sha256;
    let small = world.photo(Some(visit), None, None, &photo_of(10_000)).unwrap().sha256;
    world.device.handle(PauseFile { sha256: small, paused: true }).unwrap();
    let refused = r#"{"code": "too_large", "message": "a file has 9 bytes or less"}"#;
    world.server.tell(|script| {
        script.portal = false;
        script.instead = Some(("POST /api/v1/files$", 413, "application/json", refused, false));
    });
    world.device.handle(SyncNow {}).unwrap();
    let of =
        |view: &SyncView, sha256| view.items.iter().find(|item| item.file == Some(sha256)).cloned().unwrap();
    let view = world.until("the large one is refused", |view| of(view, large).send == SendState::Refused);
    assert_eq!(of(&view, large).reason, Some(FileTrouble::TooLarge));
    let waiting = of(&view, small);
    assert_eq!((waiting.send, waiting.paused), (SendState::Waiting, true), "nobody asked for it");

    world.server.tell(|script| script.instead = None);
    world.device.handle(RetryFile { sha256: large }).unwrap();
    world.until("only the paused one waits", |view| view.line.files_waiting == 1 && !view.line.running);
    world.device.handle(PauseFile { sha256: small, paused: false }).unwrap();
    let view = world.until_all_is_held();
    assert!(!of(&view, small).paused && of(&view, large).reason.is_none());
}
