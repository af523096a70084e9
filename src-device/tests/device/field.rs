//! Cases of a day in the field (field-lessons.md §3) that no other file tells.

use stackside_core::act::Act;
use stackside_core::command::*;
use stackside_core::hash::Hash;
use stackside_core::photo::PIECE_BYTES;
use stackside_device::Handle;

use super::world::{World, jpeg, point};

#[test]
fn case_9_a_photo_without_position_and_network_is_kept_and_one_whose_camera_was_killed_is_taken_again() {
    let world = World::unlocked();
    let visit = world.sign_in();
    world.until_all_is_held();
    world.server.tell(|script| script.portal = true);
    world.device.handle(StopPosition {}).unwrap();
    world.clock.pass(600);
    let bytes = jpeg(300, 200);
    let line = world.photo(Some(visit), None, None, &bytes).unwrap();
    let (_, entry) = world.entries().pop().unwrap();
    let Act::PhotoTaken(act) = entry.read_act().unwrap() else { panic!() };
    assert_eq!((act.photo, act.fix), (line.id, None), "no position is not a position");

    let killed = world.begin_photo(Some(visit), None, None);
    world.pieces(killed, &bytes[..PIECE_BYTES.min(bytes.len() / 2)]);
    let world = world.after_a_kill();
    let found = world.unlock().recovered.unwrap();
    assert_eq!((found.photos_incomplete, found.photos_missing), (1, 0));
    let again = jpeg(320, 200);
    world.photo(Some(visit), None, None, &again).unwrap();
    let kept = world.device.handle(GetVisit { visit }).unwrap().photos;
    let kept: Vec<Hash> = kept.iter().map(|line| line.sha256).collect();
    assert_eq!(kept, [Hash::of(&bytes), Hash::of(&again)], "and nothing of the half one");

    world.server.tell(|script| script.portal = false);
    world.device.handle(SyncNow {}).unwrap();
    world.until_all_is_held();
    assert!(
        world.server.ask(|script| [&bytes, &again].iter().all(|one| script.files[&Hash::of(one)] == **one))
    );
}

#[test]
fn case_12_saves_at_the_same_moment_are_both_whole() {
    let world = World::unlocked();
    let visit = world.sign_in();
    let record = world.open_record(visit);
    let (zero, remark) = ("analyser/I-SO2/zero.before", "footer/remark");
    for round in 0..20 {
        let texts = [format!("{round}.5"), format!("第 {round} 次"), format!("{round}.6")];
        std::thread::scope(|scope| {
            for (key, text) in [(zero, &texts[0]), (remark, &texts[1]), (zero, &texts[2])] {
                scope.spawn(|| world.save(record, key, text).unwrap());
            }
        });
        let answers = world.record(record).answers;
        let there = |key: &str| answers.text(&key.parse().unwrap()).unwrap_or_default().to_owned();
        assert_eq!(there(remark), texts[1]);
        assert!([&texts[0], &texts[2]].contains(&&there(zero)), "one of the two, whole: {}", there(zero));
    }
}

#[test]
fn case_15_lists_of_none_one_and_two_are_what_they_say() {
    let world = World::unlocked();
    let second = |change: &str| {
        let mut point = super::world::register()[4].clone();
        (point["row"]["id"], point["row"]["number"]) = ("DA002".into(), "DA002".into());
        match change {
            "point" => point,
            _ => serde_json::json!({"kind": "removed", "row": {"table": "point", "id": change}}),
        }
    };
    let points = || world.device.handle(GetPoints { search: String::new() }).unwrap().len();
    let today = || world.device.handle(GetToday {}).unwrap();
    let records = || {
        let page = world.device.handle(GetRecords { search: String::new(), page: 0 }).unwrap();
        assert_eq!(page.records.len() as u64, page.total);
        page.total
    };
    assert_eq!((points(), records(), today().visits.len()), (1, 0, 0));
    world.open(Workplace::Point(point()), "OM-FAULT").unwrap();
    assert_eq!(records(), 1);
    world.open(Workplace::Point(point()), "OM-REPORT").unwrap();
    assert_eq!(records(), 2);
    let visit = world.sign_in();
    let photos = || world.device.handle(GetVisit { visit }).unwrap().photos.len();
    for count in 0..3 {
        assert_eq!(photos(), count);
        world.photo(Some(visit), None, None, &jpeg(40 + count as u32, 30)).unwrap();
    }
    assert_eq!(today().visits.len(), 1);
    world.bring(vec![second("point")]);
    assert_eq!(points(), 2);
    world.bring(vec![second("DA001"), second("DA002")]);
    assert_eq!((points(), today().due.len()), (0, 0));
    assert_eq!(
        (records(), photos(), today().visits.len()),
        (2, 3, 1),
        "what was done stays without its point"
    );
}
