//! Inspected items: what is due, what was done.

use stackside_core::command::*;
use stackside_core::due::Urgency;
use stackside_core::form::AnswerError;
use stackside_core::id::RecordId;
use stackside_device::Handle;

use super::filler::{fill, problems};
use super::world::World;

const DAY: i64 = 86_400;

fn missing(world: &World, record: RecordId) -> usize {
    let found = problems(world, &world.record(record));
    found.iter().filter(|problem| problem.error == AnswerError::Missing).count()
}

#[test]
fn an_inspection_is_signed_with_all_that_is_due_and_not_with_nothing_or_one_missing() {
    let world = World::unlocked();
    let visit = world.sign_in();
    let record = world.open(Workplace::Visit(visit), "HJ75-G1").unwrap();
    let nothing = missing(&world, record);
    assert!(nothing > 10, "{nothing}: never done, so all is due");
    assert!(matches!(world.sign(visit, &[record]), Err(CommandError::NotFinished { .. })));
    fill(&world, record);
    let view = world.record(record);
    let item = view.answers.0.iter().find(|(_, answer)| answer.text == "ok").unwrap().0.clone();
    world.save(record, &item.to_string(), "").unwrap();
    let refused = world.sign(visit, &[record]).unwrap_err();
    let CommandError::NotFinished { problems, .. } = refused else { panic!("{refused:?}") };
    assert_eq!((problems.len(), &problems[0].key), (1, &item));
    world.save(record, &item.to_string(), "ok").unwrap();
    world.sign(visit, &[record]).unwrap();
}

#[test]
fn what_was_done_is_not_asked_again_until_it_is_due_and_its_date_is_shown() {
    let world = World::unlocked();
    let visit = world.sign_in();
    let place = Workplace::Visit(visit);
    let first = world.open(place.clone(), "HJ75-G1").unwrap();
    assert_eq!(world.record(first).last_done.len(), 0);
    fill(&world, first);
    let view = world.record(first);
    let (bad, not_done) = {
        let mut ok =
            view.answers.0.iter().filter(|(_, answer)| answer.text == "ok").map(|(key, _)| key.clone());
        (ok.next().unwrap(), ok.next().unwrap())
    };
    world.save(first, &bad.to_string(), "bad 漏气，已紧固").unwrap();
    world.save(first, &not_done.to_string(), "impossible 停产").unwrap();
    assert_eq!(world.duty("HJ75-G1").due.urgency, Urgency::NeverDone);
    world.sign(visit, &[first]).unwrap();
    let duty = world.duty("HJ75-G1").due;
    assert!(duty.instruments.is_empty() && duty.urgency == Urgency::Later, "a duty of the whole point");
    assert_eq!(world.record(first).last_done.len(), 0, "as of then, and not by itself");

    let second = world.open(place.clone(), "HJ75-G1").unwrap();
    let view = world.record(second);
    assert_eq!(view.last_done[&bad.to_string()].to_string(), "2026-11-23", "found bad is done");
    assert!(!view.last_done.contains_key(&not_done.to_string()), "not possible is not done");
    assert_eq!(view.begun_on.to_string(), "2026-11-23");
    assert_eq!(view.previous[&bad], "bad 漏气，已紧固");
    assert!(view.people.contains(&"张三".to_owned()));
    let due: Vec<String> = problems(&world, &view)
        .into_iter()
        .filter(|problem| problem.error == AnswerError::Missing)
        .map(|problem| problem.key.to_string())
        .collect();
    assert!(due.contains(&not_done.to_string()) && !due.contains(&bad.to_string()), "{due:?}");
    fill(&world, second);
    world.sign(visit, &[second]).unwrap();
    let shown = world.record(second).last_done;
    assert_eq!(shown[&bad.to_string()].to_string(), "2026-11-23");

    world.pass(7 * DAY);
    let third = world.open(place, "HJ75-G1").unwrap();
    assert!(missing(&world, third) > due.len(), "a week later the weekly items are due");
    assert_eq!(world.record(second).last_done, shown, "a signed record shows what it was signed with");
    let forms = world.device.handle(GetVisit { visit }).unwrap().forms;
    let urgency = forms.iter().find(|form| form.code.as_str() == "HJ75-G1").unwrap().urgency;
    assert_eq!(urgency, Some(Urgency::Today));
}

#[test]
fn a_check_is_answered_with_a_remark_where_one_is_asked_for() {
    let world = World::unlocked();
    let visit = world.sign_in();
    let record = world.open(Workplace::Visit(visit), "HJ75-G1").unwrap();
    fill(&world, record);
    let view = world.record(record);
    let item = view.answers.0.iter().find(|(_, answer)| answer.text == "ok").unwrap().0.clone();
    for (text, error) in [
        ("bad", Some(AnswerError::RemarkMissing)),
        ("impossible ", Some(AnswerError::RemarkMissing)),
        ("√", Some(AnswerError::NotACheck)),
        ("bad 泄漏\n已紧固", None),
        ("impossible 停产", None),
        ("ok", None),
    ] {
        world.save(record, &item.to_string(), text).unwrap();
        let found = problems(&world, &world.record(record)).into_iter().next().map(|problem| problem.error);
        assert_eq!(found, error, "{text}");
    }
}
