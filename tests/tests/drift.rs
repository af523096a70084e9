//! Drift of form HJ75-G4, judged by the whole form: the standard's vectors and the cases that others got wrong.

#![expect(clippy::unwrap_used, reason = "what helps a test is a test")]

use rust_decimal::Decimal;
use serde::Deserialize;
use stackside_core::form::AnswerError;
use stackside_core::judge::{self, ComputeError, Outcome, Verdict};
use stackside_core::register::InstrumentKind;
use stackside_tests::draft::{Draft, instrument};

#[derive(Deserialize)]
struct File {
    vector: Vec<Vector>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    no: String,
    object: String,
    kind: InstrumentKind,
    quantity: String,
    unit: String,
    last: String,
    before: String,
    low: String,
    high: String,
    figures: Vec<String>,
    outcome: Outcome,
}

impl Vector {
    fn new(kind: InstrumentKind, quantity: &str, [last, before, low, high]: [&str; 4]) -> Self {
        Self {
            no: format!("{last} → {before} on {low}…{high}"),
            object: "X".to_owned(),
            kind,
            quantity: quantity.to_owned(),
            unit: "mg/m³".to_owned(),
            last: last.to_owned(),
            before: before.to_owned(),
            low: low.to_owned(),
            high: high.to_owned(),
            figures: vec![],
            outcome: Outcome::NotJudged,
        }
    }
    fn draft(&self) -> Draft {
        let one = instrument(self.kind, &self.object, &self.unit, &self.low, &self.high).unwrap();
        let mut draft = Draft::opened(vec![one]).unwrap();
        for (field, text) in [("last_after", &self.last), ("before", &self.before)] {
            draft.set(&format!("analyser/T-{}/{}.{field}", self.object, self.quantity), text).unwrap();
        }
        draft
    }
    fn verdict(&self) -> Verdict {
        let verdicts = self.draft().verdicts();
        verdicts.into_iter().find(|verdict| verdict.group == self.quantity).unwrap()
    }
}

fn vectors() -> Vec<Vector> {
    toml::from_str::<File>(include_str!("../vectors/hj75-drift.toml")).unwrap().vector
}

fn shown(verdict: &Verdict) -> Vec<&str> {
    verdict.figures.iter().map(|figure| figure.shown.as_str()).collect()
}

#[test]
fn the_form_judges_the_vectors_d1_to_d14_of_the_standard() {
    let vectors = vectors();
    let numbers: Vec<&str> = vectors.iter().map(|vector| vector.no.as_str()).collect();
    assert_eq!(numbers, (1..=14).map(|n| format!("D{n}")).collect::<Vec<_>>(), "the file is complete");
    for vector in vectors {
        let verdict = vector.verdict();
        assert_eq!(shown(&verdict), vector.figures, "{}", vector.no);
        assert_eq!(verdict.outcome, vector.outcome, "{}", vector.no);
        let rule = verdict.rule.unwrap_or_else(|| panic!("{}: no rule is cited", vector.no));
        assert!(!rule.clause.zh.is_empty() && !rule.clause.en.is_empty(), "{}", vector.no);
    }
}

#[test]
fn the_shown_drift_and_the_word_beside_it_follow_the_verdict() {
    for vector in vectors() {
        let mut draft = vector.draft();
        draft.judgement().fill(&draft.form, &mut draft.answers);
        let answer = |field: &str| {
            let key = format!("analyser/T-{}/{}.{field}", vector.object, vector.quantity).parse().unwrap();
            draft.answers.text(&key).map(str::to_owned)
        };
        assert_eq!(answer("drift").as_deref(), Some(vector.figures[0].as_str()), "{}", vector.no);
        let word = if vector.outcome == Outcome::Pass { "yes" } else { "no" };
        assert_eq!(answer("ok").as_deref(), Some(word), "{}", vector.no);
    }
}

#[test]
fn a_small_drift_on_a_small_range_is_not_rounded_away() {
    for (before, value, figure) in [("0.003", "0.015", "+0.02"), ("0.051", "0.255", "+0.26")] {
        let verdict = Vector::new(InstrumentKind::Gas, "zero", ["0", before, "0", "20"]).verdict();
        assert_eq!(verdict.figures[0].value, value.parse::<Decimal>().unwrap(), "{before}");
        assert_eq!(verdict.figures[0].shown, figure, "{before}");
        assert_eq!(verdict.outcome, Outcome::Pass, "{before}");
    }
}

#[test]
fn the_unrounded_drift_is_judged_and_the_shown_one_differs_from_the_limit_when_it_does() {
    for (before, figure, outcome) in [
        ("2.504", "+2.504", Outcome::FailValid),
        ("2.5", "+2.50", Outcome::Pass),
        ("2.500001", "+2.500001", Outcome::FailValid),
        ("2.499999", "+2.499999", Outcome::Pass),
        ("-2.5", "−2.50", Outcome::Pass),
        ("-2.504", "−2.504", Outcome::FailValid),
        ("5", "+5.00", Outcome::FailValid),
        ("5.0001", "+5.0001", Outcome::OutOfControl),
    ] {
        let verdict = Vector::new(InstrumentKind::Gas, "zero", ["0", before, "0", "100"]).verdict();
        assert_eq!((verdict.figures[0].shown.as_str(), verdict.outcome), (figure, outcome), "{before}");
    }
}

#[test]
fn a_range_may_begin_below_zero_and_its_width_counts() {
    let vector = Vector::new(InstrumentKind::Gas, "zero", ["-1.05", "0.7", "-20", "50"]);
    let verdict = vector.verdict();
    assert_eq!((shown(&verdict), verdict.outcome), (vec!["+2.50"], Outcome::Pass));
    let ranges = vector.draft().problems().into_iter().filter(|p| p.key.field.starts_with("range"));
    assert_eq!(ranges.count(), 0);
}

#[test]
fn an_empty_or_reversed_range_is_refused_and_nothing_is_judged() {
    let number = |text: &str| text.parse::<Decimal>().unwrap();
    for (low, high) in [("0", "0"), ("500", "0"), ("-20", "-50")] {
        let vector = Vector::new(InstrumentKind::Gas, "zero", ["0", "1", low, high]);
        let verdict = vector.verdict();
        assert_eq!((verdict.outcome, verdict.figures.len()), (Outcome::Incomplete, 0), "{low}…{high}");
        let problems = vector.draft().problems();
        let at_range = problems.iter().find(|problem| problem.key.field == "range.high").unwrap();
        assert_eq!(at_range.error, AnswerError::EmptyRange, "{low}…{high}");
        let drift = judge::drift(number("0"), number("1"), number(low), number(high));
        assert_eq!(drift, Err(ComputeError::EmptyRange), "{low}…{high}");
    }
}

#[test]
fn figure_limit_and_verdict_change_with_every_answer_they_rest_on() {
    let mut draft = Vector::new(InstrumentKind::Gas, "zero", ["0.4", "6.9", "0", "500"]).draft();
    let mut steps = vec![];
    for (field, text) in
        [("zero.before", "20"), ("range.high", "200"), ("zero.last_after", "19"), ("zero.before", "")]
    {
        draft.set(&format!("analyser/T-X/{field}"), text).unwrap();
        let verdict = draft.verdicts().into_iter().find(|verdict| verdict.group == "zero").unwrap();
        steps.push((verdict.outcome, verdict.figures.first().map(|figure| figure.shown.clone())));
    }
    let figure = |text: &str| Some(text.to_owned());
    assert_eq!(
        steps,
        [
            (Outcome::FailValid, figure("+3.92")),
            (Outcome::OutOfControl, figure("+9.80")),
            (Outcome::Pass, figure("+0.50")),
            (Outcome::Incomplete, None),
        ]
    );
}
