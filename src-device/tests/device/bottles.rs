//! Gas bottles and standard solutions: chosen, replaced, remembered. And what they save in typing.

use serde_json::json;
use stackside_core::command::*;
use stackside_core::form::{AnswerError, AnswerKey, Origin};
use stackside_core::register::Bottle;
use stackside_device::Handle;

use super::city;
use super::filler::{fill, problems};
use super::world::{World, bottle, jpeg, point};

const BOTTLE: &str = "analyser/I-SO2/bottle";

fn key(text: &str) -> AnswerKey {
    text.parse().unwrap()
}

fn ids(view: &RecordView) -> Vec<&str> {
    view.bottles.iter().map(|bottle| bottle.id.as_str()).collect()
}

#[test]
fn replacing_a_bottle_fills_the_calibration_and_records_it_in_the_same_visit() {
    let world = World::unlocked();
    let visit = world.sign_in();
    let record = world.open_record(visit);
    let replacement = world.replace_bottle(record, BOTTLE, "B-NEW").unwrap();
    let view = world.record(record);
    let of = |field: &str| view.answers.0[&key(&format!("analyser/I-SO2/{field}"))].clone();
    assert_eq!((of("bottle").text.as_str(), of("bottle").origin), ("B-NEW", Origin::Register));
    assert_eq!((of("span.ref").text.as_str(), of("span.ref").origin), ("81.5", Origin::Register));
    assert_eq!(ids(&view), ["B1", "B2", "B-NEW"], "known in the same visit at once");
    let g8 = world.record(replacement);
    assert_eq!((g8.form.code.as_str(), g8.line.visit), ("HJ75-G8", Some(visit)));
    let line = |n: u16, field: &str| g8.answers.text(&key(&format!("gases/@{n}/{field}"))).map(str::to_owned);
    for (field, text) in [
        ("date", "2026-11-23"),
        ("name", "SO2"),
        ("number", "B-NEW"),
        ("concentration", "81.5"),
        ("unit", "mg/m³"),
        ("amount", "1"),
        ("uncertainty", "1"),
        ("supplier", "气体厂"),
        ("valid_until", "2027-06-30"),
        ("pressure", "9.5"),
    ] {
        assert_eq!(line(1, field).as_deref(), Some(text), "{field}");
    }
    assert_eq!(problems(&world, &g8).len(), 1, "nothing is typed: only the photo of the label is left");

    assert_eq!(world.replace_bottle(record, BOTTLE, "B-3").unwrap(), replacement, "the same record");
    let g8 = world.record(replacement);
    assert_eq!(g8.answers.text(&key("gases/@2/number")), Some("B-3"));
    assert_eq!(world.record(record).answers.text(&key(BOTTLE)), Some("B-3"));
    let again = world.replace_bottle(record, BOTTLE, "B-3").unwrap_err();
    assert_eq!(again, CommandError::Invalid { field: "number".into(), why: AnswerError::KnownBottle });
    assert_eq!(world.record(replacement).answers, g8.answers, "nothing half done");
}

#[test]
fn a_bottle_of_a_signed_replacement_is_known_from_then_on_and_the_register_comes_first() {
    let world = World::unlocked();
    let visit = world.sign_in();
    let record = world.open_record(visit);
    let replacement = world.replace_bottle(record, BOTTLE, "B-NEW").unwrap();
    let at_point = |world: &World| world.device.handle(GetPoint { point: point() }).unwrap().bottles;
    assert_eq!(at_point(&world).len(), 2, "a draft is no fact yet");
    fill(&world, replacement);
    world.sign(visit, &[replacement]).unwrap();
    assert_eq!(at_point(&world).len(), 3);
    world.bring(vec![bottle("B-NEW", "82")]);
    let found: Vec<Bottle> = at_point(&world);
    let new = found.iter().find(|bottle| bottle.id.as_str() == "B-NEW").unwrap();
    assert_eq!((found.len(), new.concentration.to_string()), (3, "82".to_owned()));
}

#[test]
fn a_bottle_that_cannot_be_put_in_place_is_refused_with_its_field() {
    let world = World::unlocked();
    let record = world.open_record(world.sign_in());
    let row = |field: &str, value: &str| {
        let mut row = bottle("B-9", "100")["row"].take();
        row[field] = json!(value);
        serde_json::from_value::<Bottle>(row).unwrap()
    };
    let replace = |key: &str, bottle: Bottle| {
        world.device.handle(ReplaceBottle { record, key: key.parse().unwrap(), bottle })
    };
    for (field, value, at) in [
        ("id", "B1", "number"),
        ("concentration", "0", "concentration"),
        ("concentration", "-1", "concentration"),
        ("substance", " ", "substance"),
        ("supplier", "a\u{7}", "supplier"),
        ("valid_until", "2026-11-22", "valid_until"),
        ("uncertainty_percent", "101", "uncertainty_percent"),
    ] {
        let refused = replace(BOTTLE, row(field, value)).unwrap_err();
        assert!(
            matches!(&refused, CommandError::Invalid { field, .. } if field == at),
            "{field} {value}: {refused:?}"
        );
    }
    let no_bottle = replace("analyser/I-SO2/zero.before", row("id", "B-9")).unwrap_err();
    assert!(matches!(no_bottle, CommandError::Invalid { why: AnswerError::NoSuchField, .. }));
    assert_eq!(world.device.handle(GetToday {}).unwrap().visits[0].records.len(), 1, "no G.8 was begun");
    replace(BOTTLE, row("valid_until", "2026-11-23")).unwrap();
}

#[test]
fn an_unknown_bottle_cannot_be_signed_and_a_solution_is_taken_like_a_gas() {
    let world = city::world();
    let visit = world.sign_in_at("WATER");
    let record = world.open(Workplace::Visit(visit), "HJ355-D").unwrap();
    let block = "analyser/WATER-COD";
    let view = world.record(record);
    let section = view.form.sections.iter().find(|section| section.field("bottle").is_some()).unwrap();
    let block = block.replace("analyser", &section.id);
    let at = format!("{block}/bottle");
    assert_eq!(view.answers.text(&key(&at)), Some("WATER-B"));
    world.save_because(record, &at, "NONE", Some("现场")).unwrap();
    let found = problems(&world, &world.record(record));
    assert!(found.iter().any(|p| p.key == key(&at) && p.error == AnswerError::UnknownBottle), "{found:?}");
    let replacement = world.replace_bottle(record, &at, "S-2").unwrap();
    assert_eq!(world.record(replacement).form.code.as_str(), "HJ355-G");
    let taken = world.record(record).answers.0.iter().filter(|(_, answer)| answer.text == "81.5").count();
    assert!(taken >= 1, "its concentration stands where the form asks for it");
}

/// field-lessons.md: the incumbent asks for 12 to 15 typed values.
#[test]
fn with_the_register_filled_a_zero_and_span_calibration_takes_four_typed_numbers() {
    let world = World::unlocked();
    let visit = world.sign_in();
    let first = world.open_record(visit);
    world.fill(visit, first);
    world.sign(visit, &[first]).unwrap();
    let second = world.open_record(visit);
    let typed = [("zero.before", "1"), ("zero.after", "0"), ("span.before", "162"), ("span.after", "160")];
    for (field, text) in typed {
        world.save(second, &format!("analyser/I-SO2/{field}"), text).unwrap();
    }
    world.photo(Some(visit), Some(second), Some("reading"), &jpeg(40, 30)).unwrap();
    let left = problems(&world, &world.record(second));
    // The end of the work is one tap on "now".
    assert_eq!(left.iter().map(|p| p.key.to_string()).collect::<Vec<_>>(), ["footer/cal_end"]);
    world.save(second, "footer/cal_end", "2026-11-23 14:05").unwrap();
    world.sign(visit, &[second]).unwrap();
    let verdicts = world.record(second).verdicts;
    assert_eq!((verdicts.len(), verdicts.iter().all(|v| v.baseline == Some(first))), (2, true));
}
