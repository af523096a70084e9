//! What stands in the way of signing form HJ75-G4: one line for each case.

#![expect(clippy::unwrap_used, reason = "what helps a test is a test")]

use stackside_core::decimal::NumberError;
use stackside_core::form::{AnswerError, Problem};
use stackside_core::register::InstrumentKind;
use stackside_tests::draft::{Draft, instrument};

fn only(key: &str, error: AnswerError) -> Vec<Problem> {
    vec![Problem { key: key.parse().unwrap(), error }]
}

fn number(why: NumberError) -> AnswerError {
    AnswerError::Number { why }
}

fn outside(low: &str, high: &str) -> AnswerError {
    AnswerError::OutOfBounds { low: low.to_owned(), high: high.to_owned() }
}

#[test]
fn a_finished_draft_has_no_problems() {
    assert_eq!(Draft::finished().unwrap().problems(), vec![]);
}

#[test]
fn a_draft_as_opened_is_not_worked_on_and_asks_for_a_block_an_end_and_a_photo() {
    let one = instrument(InstrumentKind::Gas, "SO2", "μmol/mol", "0", "500").unwrap();
    let problems = Draft::opened(vec![one]).unwrap().problems();
    let texts: Vec<String> = problems.iter().map(|p| format!("{}: {}", p.key, p.error)).collect();
    assert_eq!(
        texts,
        [
            "analyser/principle: no block is filled",
            "footer/cal_end: missing",
            "photo/reading: a photo is missing"
        ]
    );
}

#[test]
fn each_answer_that_is_not_valid_is_named_with_its_reason() {
    const BEFORE: &str = "analyser/T-SO2/zero.before";
    const END: &str = "footer/cal_end";
    let table: &[(&str, &str, Option<AnswerError>)] = &[
        (BEFORE, "", Some(AnswerError::Missing)),
        (BEFORE, "  ", Some(AnswerError::Missing)),
        (BEFORE, "6.9", None),
        (BEFORE, "６．９", None),
        (BEFORE, "－0.4", None),
        (BEFORE, "6,9", Some(number(NumberError::Comma))),
        (BEFORE, "6，9", Some(number(NumberError::Comma))),
        (BEFORE, "six", Some(number(NumberError::NotANumber))),
        (BEFORE, "6.9 ppm", Some(number(NumberError::NotANumber))),
        (BEFORE, "<0.5", Some(number(NumberError::NotANumber))),
        (BEFORE, "1e3", Some(number(NumberError::Exponent))),
        (BEFORE, "-50", None),
        (BEFORE, "-50.01", Some(outside("-50", "550"))),
        (BEFORE, "550", None),
        (BEFORE, "550.001", Some(outside("-50", "550"))),
        ("analyser/T-SO2/range.high", "0", Some(AnswerError::EmptyRange)),
        ("analyser/T-SO2/unit", "ppm", Some(AnswerError::NotAChoice)),
        ("analyser/T-SO2/bottle", "unknown", Some(AnswerError::UnknownBottle)),
        ("analyser/T-SO2/bottle", "", None),
        ("analyser/T-SO2/principle", "a\u{7}b", Some(AnswerError::ControlCharacter)),
        ("footer/remark", "one\ntwo", None),
        ("footer/remark", "a\u{0}b", Some(AnswerError::ControlCharacter)),
        ("header/cal_date", "23.11.2026", Some(AnswerError::NotADate)),
        ("header/cal_date", "2026-02-30", Some(AnswerError::NotADate)),
        (END, "25:00", Some(AnswerError::NotATime)),
        (END, "2026-11-23 14:04", Some(AnswerError::BeforeStart)),
        // Both equal: done at once is no mistake.
        (END, "2026-11-23 14:05", None),
        (END, "2026-11-23 14:06", Some(AnswerError::InTheFuture)),
        ("header/enterprise", "", Some(AnswerError::Missing)),
    ];
    for (key, typed, error) in table {
        let mut draft = Draft::finished().unwrap();
        draft.set(key, typed).unwrap();
        let want = error.clone().map(|error| only(key, error)).unwrap_or_default();
        assert_eq!(draft.problems(), want, "{key} = {typed:?}");
    }
}

#[test]
fn a_range_below_zero_moves_the_bounds_of_its_readings() {
    let mut draft = Draft::finished().unwrap();
    for (field, text) in [("range.low", "-20"), ("range.high", "50"), ("span.ref", "40")] {
        draft.set(&format!("analyser/T-SO2/{field}"), text).unwrap();
    }
    for field in ["span.last_after", "span.before", "span.after"] {
        draft.set(&format!("analyser/T-SO2/{field}"), "40").unwrap();
    }
    for (typed, error) in [("-27", None), ("57", None), ("-27.1", Some("")), ("57.1", Some(""))] {
        draft.set("analyser/T-SO2/zero.before", typed).unwrap();
        let want =
            error.map(|_| only("analyser/T-SO2/zero.before", outside("-27", "57"))).unwrap_or_default();
        assert_eq!(draft.problems(), want, "{typed}");
    }
}

#[test]
fn the_photo_of_the_reading_is_asked_for_and_the_others_are_not() {
    let mut draft = Draft::finished().unwrap();
    draft.photos = vec!["bottle".to_owned(), "site".to_owned()];
    assert_eq!(draft.problems(), only("photo/reading", AnswerError::PhotoMissing));
}

#[test]
fn an_analyser_that_was_not_worked_on_asks_for_nothing() {
    let mut draft = Draft::finished().unwrap();
    draft.instruments.push(instrument(InstrumentKind::Velocity, "velocity", "m/s", "0", "40").unwrap());
    assert_eq!(draft.problems(), vec![]);
    draft.set("analyser/T-velocity/zero.before", "1.1").unwrap();
    let missing: Vec<String> = draft.problems().into_iter().map(|problem| problem.key.field).collect();
    // Velocity has no span row.
    let wanted =
        ["principle", "unit", "range.low", "range.high", "zero.ref", "zero.last_after", "zero.after"];
    assert_eq!(missing, wanted);
}

#[test]
fn a_start_in_the_future_is_refused_and_so_is_its_end() {
    let mut draft = Draft::finished().unwrap();
    for key in ["header/cal_start", "footer/cal_end"] {
        draft.set(key, "2026-11-23 14:06").unwrap();
    }
    let problems: Vec<String> = draft.problems().iter().map(|p| format!("{}: {}", p.key, p.error)).collect();
    assert_eq!(problems, ["header/cal_start: in the future", "footer/cal_end: in the future"]);
}
