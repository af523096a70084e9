//! Drift of form HJ75-G4, judged by the whole form: the standard's examples and the cases that others got wrong.

#![expect(clippy::unwrap_used, reason = "what helps a test is a test")]

use rust_decimal::Decimal;
use serde::Deserialize;
use stackside_core::form::AnswerError;
use stackside_core::judge::{self, ComputeError, Outcome, Verdict};
use stackside_core::register::InstrumentKind;
use stackside_tests::draft::{Draft, instrument};

#[derive(Deserialize)]
struct File {
    vector: Vec<Example>,
}

/// A worked example as the data file has it; those of other functions have other arguments.
#[derive(Deserialize)]
struct Example {
    id: String,
    function: String,
    #[serde(rename = "for")]
    subject: Option<Subject>,
    args: toml::Table,
    want: Option<toml::Table>,
    outcome: Option<Outcome>,
}

#[derive(Deserialize)]
struct Subject {
    kind: InstrumentKind,
    factor: String,
    unit: Option<String>,
    group: Option<String>,
}

/// A zero or span check as the form takes it.
struct Check {
    kind: InstrumentKind,
    factor: String,
    unit: String,
    group: String,
    last: String,
    before: String,
    low: String,
    high: String,
}

impl Check {
    /// The zero check of a factor X.
    fn zero(kind: InstrumentKind, [last, before, low, high]: [&str; 4]) -> Self {
        Self {
            kind,
            factor: "X".to_owned(),
            unit: "mg/m³".to_owned(),
            group: "zero".to_owned(),
            last: last.to_owned(),
            before: before.to_owned(),
            low: low.to_owned(),
            high: high.to_owned(),
        }
    }
    fn draft(&self) -> Draft {
        let one = instrument(self.kind, &self.factor, &self.unit, &self.low, &self.high).unwrap();
        let mut draft = Draft::opened(vec![one]).unwrap();
        for (field, text) in [("last_after", &self.last), ("before", &self.before)] {
            draft.set(&format!("analyser/T-{}/{}.{field}", self.factor, self.group), text).unwrap();
        }
        draft
    }
    fn verdict(&self) -> Verdict {
        let verdicts = self.draft().verdicts();
        verdicts.into_iter().find(|verdict| verdict.group == self.group).unwrap()
    }
}

/// What a worked example says of a check.
struct Wanted {
    id: String,
    figure: Decimal,
    outcome: Outcome,
}

/// The examples D1 to D14 of the data file, as the form takes them.
fn examples() -> Vec<(Check, Wanted)> {
    let file: File = toml::from_str(include_str!("../vectors/standards.toml")).unwrap();
    let text = |table: &toml::Table, name: &str| table[name].as_str().unwrap().to_owned();
    let drifts = file.vector.into_iter().filter(|example| example.function == "drift");
    let examples = drifts.map(|Example { id, subject, args, want, outcome, .. }| {
        let subject = subject.unwrap();
        let check = Check {
            kind: subject.kind,
            factor: subject.factor,
            unit: subject.unit.unwrap(),
            group: subject.group.unwrap(),
            last: text(&args, "last"),
            before: text(&args, "before"),
            low: text(&args, "low"),
            high: text(&args, "high"),
        };
        let figure = text(&want.unwrap(), "figure").parse().unwrap();
        (check, Wanted { id, figure, outcome: outcome.unwrap() })
    });
    examples.collect()
}

/// A shown figure as a number; its sign has to be there.
fn number(shown: &str) -> Decimal {
    assert!(shown.starts_with(['+', '−']), "{shown}");
    shown.replace('−', "-").parse().unwrap()
}

fn shown(verdict: &Verdict) -> Vec<&str> {
    verdict.figures.iter().map(|figure| figure.shown.as_str()).collect()
}

#[test]
fn the_form_judges_the_examples_d1_to_d14_of_the_standard() {
    let examples = examples();
    let ids: Vec<&str> = examples.iter().map(|(_, wanted)| wanted.id.as_str()).collect();
    assert_eq!(ids, (1..=14).map(|n| format!("D{n}")).collect::<Vec<_>>(), "the file is complete");
    for (check, Wanted { id, figure, outcome }) in examples {
        let verdict = check.verdict();
        let mut figures = vec![figure];
        if check.kind == InstrumentKind::Velocity {
            // For velocity the absolute error in m/s stands beside the drift.
            let of = |text: &str| text.parse::<Decimal>().unwrap();
            figures.push(of(&check.before) - of(&check.last));
        }
        assert_eq!(shown(&verdict).into_iter().map(number).collect::<Vec<_>>(), figures, "{id}");
        assert_eq!(verdict.outcome, outcome, "{id}");
        let rule = verdict.rule.unwrap_or_else(|| panic!("{id}: no rule is cited"));
        assert!(!rule.clause.zh.is_empty() && !rule.clause.en.is_empty(), "{id}");
    }
}

#[test]
fn the_shown_drift_and_the_word_beside_it_follow_the_verdict() {
    for (check, Wanted { id, figure, outcome }) in examples() {
        let mut draft = check.draft();
        draft.judgement().fill(&draft.form, &mut draft.answers);
        let answer = |field: &str| {
            let key = format!("analyser/T-{}/{}.{field}", check.factor, check.group).parse().unwrap();
            draft.answers.text(&key).map(str::to_owned)
        };
        assert_eq!(answer("drift").as_deref().map(number), Some(figure), "{id}");
        let word = if outcome == Outcome::Pass { "yes" } else { "no" };
        assert_eq!(answer("ok").as_deref(), Some(word), "{id}");
    }
}

#[test]
fn a_small_drift_on_a_small_range_is_not_rounded_away() {
    for (before, value, figure) in [("0.003", "0.015", "+0.02"), ("0.051", "0.255", "+0.26")] {
        let verdict = Check::zero(InstrumentKind::Gas, ["0", before, "0", "20"]).verdict();
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
        let verdict = Check::zero(InstrumentKind::Gas, ["0", before, "0", "100"]).verdict();
        assert_eq!((verdict.figures[0].shown.as_str(), verdict.outcome), (figure, outcome), "{before}");
    }
}

#[test]
fn a_range_may_begin_below_zero_and_its_width_counts() {
    let check = Check::zero(InstrumentKind::Gas, ["-1.05", "0.7", "-20", "50"]);
    let verdict = check.verdict();
    assert_eq!((shown(&verdict), verdict.outcome), (vec!["+2.50"], Outcome::Pass));
    let ranges = check.draft().problems().into_iter().filter(|p| p.key.field.starts_with("range"));
    assert_eq!(ranges.count(), 0);
}

#[test]
fn an_empty_or_reversed_range_is_refused_and_nothing_is_judged() {
    let number = |text: &str| text.parse::<Decimal>().unwrap();
    for (low, high) in [("0", "0"), ("500", "0"), ("-20", "-50")] {
        let check = Check::zero(InstrumentKind::Gas, ["0", "1", low, high]);
        let verdict = check.verdict();
        assert_eq!((verdict.outcome, verdict.figures.len()), (Outcome::Incomplete, 0), "{low}…{high}");
        let problems = check.draft().problems();
        let at_range = problems.iter().find(|problem| problem.key.field == "range.high").unwrap();
        assert_eq!(at_range.error, AnswerError::EmptyRange, "{low}…{high}");
        let drift = judge::drift(number("0"), number("1"), number(low), number(high));
        assert_eq!(drift, Err(ComputeError::EmptyRange), "{low}…{high}");
    }
}

#[test]
fn figure_limit_and_verdict_change_with_every_answer_they_rest_on() {
    let mut draft = Check::zero(InstrumentKind::Gas, ["0.4", "6.9", "0", "500"]).draft();
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
