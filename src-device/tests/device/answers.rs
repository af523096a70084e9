//! Saving answers.

use stackside_core::command::*;
use stackside_core::form::{Answer, AnswerError, AnswerKey, FieldType, Origin, Override};
use stackside_core::judge::Outcome;
use stackside_device::Handle;

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

#[test]
fn answers_are_kept_in_the_form_that_their_type_has() {
    let world = super::city::world();
    let visit = world.sign_in_at("WATER");
    let open = |form: &str| world.open(Workplace::Visit(visit), form).unwrap();
    let (waste, abnormal) = (open("HJ355-WASTE"), open("OM-ABNORMAL"));
    let view = world.record(abnormal);
    let of = |kind| {
        let found = view.form.sections.iter().find_map(|section| {
            let field = section.fields.iter().find(|field| field.kind == kind && section.repeat.is_none())?;
            Some((format!("{}/{}", section.id, field.id), field.clone()))
        });
        found.unwrap()
    };
    let (choices, field) = of(FieldType::Choices);
    let (first, last) = (&field.choices[0].value, &field.choices[field.choices.len() - 1].value);
    let typed = format!("{last}|elsewhere| {first} ||{first}");
    assert_eq!(world.save(abnormal, &choices, &typed).unwrap().text, format!("{first}|{last}|elsewhere"));
    assert_eq!(world.save(abnormal, &choices, "").unwrap().text, "");
    let view = world.record(waste);
    let number = view.form.sections.iter().find_map(|section| {
        let column = section.columns.iter().find(|column| column.kind == FieldType::Decimal)?;
        Some(format!("{}/@1/{}", section.id, column.id))
    });
    let number = number.unwrap();
    assert_eq!(world.save(waste, &number, " ＋１２．５").unwrap().text, "12.5");
    assert_eq!(world.save(waste, &number, "<1").unwrap().text, "<1", "kept as typed, refused when signing");
    let refused = world.save(waste, &number.replace("@1", "@900"), "1").unwrap_err();
    assert!(matches!(refused, CommandError::Invalid { why: AnswerError::NoSuchField, .. }));
}

#[test]
fn lines_are_added_in_order_and_removed_without_a_gap() {
    let world = World::unlocked();
    let visit = world.sign_in();
    let record = world.open(Workplace::Visit(visit), "HJ75-G8").unwrap();
    let key = |line: u16, field: &str| format!("gases/@{line}/{field}");
    let add = |line| world.device.handle(AddLine { record, key: "gases/x".parse().unwrap(), line });
    let remove = |line| world.device.handle(RemoveLine { record, key: key(line, "x").parse().unwrap() });
    let numbers = || {
        let view = world.record(record);
        let of = |key: String| view.answers.text(&key.parse().unwrap()).unwrap_or("-").to_owned();
        (1..=4).map(|line| (of(key(line, "number")), of(key(line, "date")))).collect::<Vec<_>>()
    };
    let line = |number: &str| (number.to_owned(), "2026-11-23".to_owned());
    let none = || ("-".to_owned(), "-".to_owned());
    assert!(add(3).is_err(), "one after the other");
    assert!(add(21).is_err(), "more than the table has");
    for (n, number) in [(1, "A"), (2, "B"), (3, "C")] {
        add(n).unwrap();
        world.save(record, &key(n, "number"), number).unwrap();
    }
    add(2).unwrap();
    assert_eq!(numbers(), [line("A"), line("B"), line("C"), none()], "prefilled, and none is doubled");
    remove(2).unwrap();
    assert_eq!(numbers(), [line("A"), line("C"), none(), none()]);
    assert!(remove(3).is_err(), "no such line");
    remove(1).unwrap();
    remove(1).unwrap();
    assert_eq!(numbers(), [line("-"), none(), none(), none()], "the line that is there from the start stays");
    for (command, why) in [("header/x", "no table"), ("nothing/x", "no section")] {
        let refused = world.device.handle(AddLine { record, key: command.parse().unwrap(), line: 1 });
        assert!(matches!(refused, Err(CommandError::Invalid { .. })), "{why}");
    }
    let other = world.device.handle(SetPin {
        person: "P2".parse().unwrap(),
        code: super::world::CODE.into(),
        pin: "112233".into(),
    });
    other.unwrap();
    assert_eq!(add(2).unwrap_err(), CommandError::NotFound { what: "record".into() });
    assert_eq!(remove(1).unwrap_err(), CommandError::NotFound { what: "record".into() });
}

#[test]
fn a_changed_reading_changes_figure_and_verdict_and_only_the_new_ones_are_signed() {
    let world = World::unlocked();
    let visit = world.sign_in();
    let record = world.open_record(visit);
    world.fill(visit, record);
    let zero = || {
        let verdicts = world.record(record).verdicts;
        let zero = verdicts.into_iter().find(|verdict| verdict.group == "zero").unwrap();
        (zero.outcome, zero.figures.first().map(|figure| figure.shown.clone()))
    };
    let shown = |text: &str| Some(text.to_owned());
    assert_eq!(zero(), (Outcome::Pass, shown("+0.50")));
    for (field, text, want) in [
        ("zero.before", "6", (Outcome::FailValid, shown("+3.00"))),
        ("zero.before", "12", (Outcome::OutOfControl, shown("+6.00"))),
        ("range.high", "400", (Outcome::FailValid, shown("+3.00"))),
        ("zero.before", "", (Outcome::Incomplete, None)),
    ] {
        let reason = (field == "range.high").then_some("换量程");
        world.save_because(record, &format!("analyser/I-SO2/{field}"), text, reason).unwrap();
        assert_eq!(zero(), want, "{field} {text}");
    }
    assert!(matches!(world.sign(visit, &[record]), Err(CommandError::NotFinished { .. })), "no stale figure");
    world.save(record, "analyser/I-SO2/zero.before", "4").unwrap();
    // A figure that got into the database by another way is not signed either: all are made anew.
    let sql =
        "INSERT INTO answer (record, key, text, origin) VALUES (?1, ?2, '+0.50', '{\"from\":\"default\"}')";
    world.database().execute(sql, (record.to_string(), "analyser/I-SO2/zero.drift")).unwrap();
    world.sign(visit, &[record]).unwrap();
    let signed = world.record(record).answers;
    assert_eq!(signed.text(&"analyser/I-SO2/zero.drift".parse().unwrap()), Some("+1.00"));
}

#[test]
fn times_run_forward_and_a_blank_pair_does_not_count() {
    let world = World::unlocked();
    let visit = world.sign_in();
    let record = world.open_record(visit);
    world.fill(visit, record);
    for (start, end, want) in [
        ("2026-11-23 14:05", "2026-11-23 14:05", None),
        ("2026-11-23 14:05", "2026-11-23 14:04", Some(AnswerError::BeforeStart)),
        ("2026-11-23 14:06", "2026-11-23 14:06", Some(AnswerError::InTheFuture)),
        ("2026-11-23 13:00", "2026-11-23 14:05", None),
    ] {
        world.save(record, "header/cal_start", start).unwrap();
        world.save(record, "footer/cal_end", end).unwrap();
        let found = super::filler::problems(&world, &world.record(record));
        assert_eq!(found.first().map(|problem| problem.error.clone()), want, "{start} {end}");
    }
}

#[test]
fn nine_pairs_are_judged_and_eight_or_a_blank_inside_are_not() {
    let world = World::unlocked();
    let visit = world.sign_in();
    let record = world.open(Workplace::Visit(visit), "HJ75-G5").unwrap();
    super::filler::fill(&world, record);
    let verdict =
        || world.record(record).verdicts.into_iter().find(|v| v.row.as_deref() == Some("I-SO2")).unwrap();
    let judged = verdict();
    assert!(!matches!(judged.outcome, Outcome::Incomplete | Outcome::NotJudged), "{judged:?}");
    let keys: Vec<_> = world.record(record).answers.0.into_keys().collect();
    let reference = keys.iter().find(|key| key.section == judged.section && key.line == Some(5)).unwrap();
    let fields: Vec<_> = keys
        .iter()
        .filter(|key| key.section == reference.section && key.row == reference.row && key.line == Some(5))
        .collect();
    let computed = |key: &AnswerKey| {
        let view = world.record(record);
        view.form.section(&key.section).unwrap().column(&key.field).unwrap().kind == FieldType::Computed
    };
    for key in fields.iter().filter(|key| !computed(key)) {
        world.save_because(record, &key.to_string(), "", Some("作废")).unwrap();
    }
    assert_eq!(verdict().outcome, Outcome::Incomplete, "a blank inside: eight are left");
    let refused = world.sign(visit, &[record]).unwrap_err();
    let CommandError::NotFinished { problems, .. } = refused else { panic!("{refused:?}") };
    assert!(
        problems.iter().any(|p| matches!(p.error, AnswerError::TooFewLines { have: 8, least: 9 })),
        "{problems:?}"
    );
    let mut seen = problems.clone();
    seen.dedup();
    assert_eq!(seen.len(), problems.len(), "none is named twice");
    super::filler::fill(&world, record);
    world.sign(visit, &[record]).unwrap();
}
