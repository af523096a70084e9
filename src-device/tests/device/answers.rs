//! Saving answers.

use stackside_core::command::CommandError;
use stackside_core::form::{Answer, AnswerError, Origin, Override};

use super::world::World;

#[test]
fn an_answer_is_kept_as_typed_and_numbers_in_plain_digits() {
    let world = World::unlocked();
    let record = world.open_record(world.sign_in());
    for (key, typed, kept, why) in [
        ("analyser/I-SO2/zero.before", "１２．５", "12.5", "full-width digits"),
        ("analyser/I-SO2/zero.before", " - 1.50 ", "-1.50", "stray spaces"),
        ("analyser/I-SO2/zero.before", "12,5", "12,5", "a comma is not valid, and kept"),
        ("analyser/I-SO2/zero.before", "abc", "abc", "letters are not valid, and kept"),
        ("analyser/I-SO2/zero.before", "", "", "emptied"),
        ("analyser/I-SO2/zero.before", "99999", "99999", "out of bounds is said when signing"),
        ("footer/remark", "一行\r\n二行", "一行\n二行", "a long text has lines"),
    ] {
        let answer = world.save(record, key, typed).unwrap();
        assert_eq!(answer, Answer::typed(kept), "{why}");
        assert_eq!(world.record(record).answers.0[&key.parse().unwrap()], answer, "{why}");
    }
}

#[test]
fn what_is_no_answer_to_a_visible_field_is_refused() {
    let world = World::unlocked();
    let record = world.open_record(world.sign_in());
    let long = "x".repeat(4001);
    for (key, text, want) in [
        ("analyser/I-NOX/zero.before", "1", AnswerError::NoSuchField),
        ("analyser/zero.before", "1", AnswerError::NoSuchField),
        ("header/I-SO2/location", "1", AnswerError::NoSuchField),
        ("footer/gone", "1", AnswerError::NoSuchField),
        ("analyser/I-SO2/zero.drift", "1", AnswerError::Computed),
        ("footer/remark", "a\0b", AnswerError::ControlCharacter),
        ("footer/person", "a\nb", AnswerError::ControlCharacter),
        ("footer/remark", &long, AnswerError::TooLong),
    ] {
        let error = world.save(record, key, text).unwrap_err();
        assert_eq!(error, CommandError::Invalid { field: key.into(), why: want }, "{key}");
    }
}

#[test]
fn a_prefilled_value_is_replaced_with_a_reason_and_marked_until_it_is_set_back() {
    let world = World::unlocked();
    let record = world.open_record(world.sign_in());
    let key = "analyser/I-SO2/range.high";
    let missing = world.save(record, key, "400").unwrap_err();
    assert_eq!(missing, CommandError::Invalid { field: key.into(), why: AnswerError::ReasonMissing });
    let replaced = Some(Override { original: "200".into(), reason: "换量程".into() });
    let marked = |text: &str| Answer { text: text.into(), origin: Origin::Typed, replaced: replaced.clone() };
    assert_eq!(world.save_because(record, key, "400", Some("换量程")).unwrap(), marked("400"));
    assert_eq!(world.save(record, key, "40").unwrap(), marked("40"), "the reason stays while typing goes on");
    let back = Answer { text: "200".into(), origin: Origin::Register, replaced: None };
    assert_eq!(world.save(record, key, "200.0").unwrap(), back, "the same number is the original");
}

#[test]
fn another_bottle_brings_its_concentration_unless_that_was_typed_over() {
    let world = World::unlocked();
    let record = world.open_record(world.sign_in());
    let (bottle, reference) = ("analyser/I-SO2/bottle", "analyser/I-SO2/span.ref");
    let concentration = || world.record(record).answers.0[&reference.parse().unwrap()].clone();
    assert_eq!(concentration().text, "160");
    world.save_because(record, bottle, "B2", Some("换瓶")).unwrap();
    let taken = Answer { text: "150.5".into(), origin: Origin::Register, replaced: None };
    assert_eq!(concentration(), taken);
    world.save_because(record, reference, "151", Some("证书")).unwrap();
    world.save(record, bottle, "B1").unwrap();
    assert_eq!(concentration().text, "151");
}
