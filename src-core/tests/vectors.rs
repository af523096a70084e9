//! The worked examples of the standards, each a test of its own under the number that it has there: what each function
//! computes and how the national rulebook judges it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "what helps a test is a test")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use rust_decimal::Decimal;
use serde::Deserialize;
use stackside_core::judge::{Args, ComputeError, Filled, Function, Given, Judged, Outcome, Quantity, Rules};
use stackside_core::register::InstrumentKind;
use stackside_core::rulebook::{BandBy, Rulebook, built_in};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    vector: Vec<Vector>,
    left_out: Vec<LeftOut>,
}

/// One worked example.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    id: String,
    function: Function,
    #[serde(rename = "for", default)]
    subject: Subject,
    args: BTreeMap<String, Given>,
    #[serde(default)]
    want: BTreeMap<String, Given>,
    outcome: Option<Outcome>,
    error: Option<String>,
}

/// What the rule is looked up by.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Subject {
    kind: Option<InstrumentKind>,
    factor: Option<String>,
    unit: Option<String>,
    #[serde(default)]
    group: String,
    band_by: Option<BandBy>,
}

/// An example that is not tested, and why.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LeftOut {
    id: String,
    reason: String,
}

static FILE: LazyLock<File> =
    LazyLock::new(|| toml::from_str(include_str!("../../tests/vectors/standards.toml")).unwrap());
static NATION: LazyLock<Rulebook> = LazyLock::new(|| built_in().unwrap().swap_remove(0));

macro_rules! vectors {
    ($($name:ident = $id:literal,)+) => {
        const TESTED: &[&str] = &[$($id),+];
        $(#[test]
        fn $name() {
            FILE.vector.iter().find(|vector| vector.id == $id).unwrap_or_else(|| panic!("no vector {}", $id)).check();
        })+
    };
}

vectors! {
    d1 = "D1",
    d2 = "D2",
    d3 = "D3",
    d4 = "D4",
    d5 = "D5",
    d6 = "D6",
    d7 = "D7",
    d8 = "D8",
    d9 = "D9",
    d10 = "D10",
    d11 = "D11",
    d12 = "D12",
    d13 = "D13",
    d14 = "D14",
    t1_zero = "T1.zero",
    t1_zero_over = "T1.zero.over",
    l1 = "L1",
    l2 = "L2",
    l3 = "L3",
    l4 = "L4",
    l5 = "L5",
    r1 = "R1",
    a1 = "A1",
    a2 = "A2",
    a3 = "A3",
    b1 = "B1",
    b2 = "B2",
    b3 = "B3",
    b4 = "B4",
    b5 = "B5",
    b6 = "B6",
    b7 = "B7",
    b8 = "B8",
    b9 = "B9",
    b10 = "B10",
    b11 = "B11",
    b12 = "B12",
    c1 = "C1",
    c2 = "C2",
    c2b = "C2b",
    c3 = "C3",
    c4_alpha = "C4.alpha",
    c4_alpha_s = "C4.alpha_s",
    c4 = "C4",
    c5_velocity = "C5.velocity",
    c5_wet = "C5.wet",
    c5 = "C5",
    c6 = "C6",
    c7 = "C7",
    c8 = "C8",
    c9 = "C9",
    q1 = "Q1",
    q2 = "Q2",
    q3 = "Q3",
    v1_1 = "V1.1",
    v1_2 = "V1.2",
    v1_3 = "V1.3",
    v1_4 = "V1.4",
    v3_1 = "V3.1",
    v3_2 = "V3.2",
    v3_2_pair_5 = "V3.2.pair_5",
    v3_3 = "V3.3",
    v3_3_trap = "V3.3.trap",
    v3_4 = "V3.4",
    v3_4_trap = "V3.4.trap",
    v3_5_nh3_n = "V3.5.nh3_n",
    v3_5_tp = "V3.5.tp",
    v3_5_tn = "V3.5.tn",
    v3_6 = "V3.6",
    v3_6_set = "V3.6.set",
    f7 = "F7",
    f3_cod_29_99 = "F3.cod.29.99",
    f3_cod_30 = "F3.cod.30",
    f3_cod_59_99 = "F3.cod.59.99",
    f3_cod_60 = "F3.cod.60",
    f3_cod_99_99 = "F3.cod.99.99",
    f3_cod_100 = "F3.cod.100",
    v4_1 = "V4.1",
    v4_2 = "V4.2",
    v4_3 = "V4.3",
    v5_1 = "V5.1",
    v5_2 = "V5.2",
    v6_1 = "V6.1",
    v6_2 = "V6.2",
    v8 = "V8",
    v8_641 = "V8.641",
    v8_648 = "V8.648",
    v9_1 = "V9.1",
    v9_1_plain = "V9.1.plain",
    v9_2 = "V9.2",
    v9_2_plain = "V9.2.plain",
    v9_3_17 = "V9.3.17",
    v9_3_18 = "V9.3.18",
    v10 = "V10",
    v10_22_of_30 = "V10.22_of_30",
    v10_23_of_30 = "V10.23_of_30",
    v10_23_of_31 = "V10.23_of_31",
    v10_24_of_31 = "V10.24_of_31",
    v11 = "V11",
    v12 = "V12",
    v13 = "V13",
    v13_invalid = "V13.invalid",
    v14 = "V14",
    v14_100 = "V14.100",
    v14_200 = "V14.200",
    v15_1 = "V15.1",
    v15_2 = "V15.2",
    v15_3 = "V15.3",
    v15_4 = "V15.4",
    months = "months",
}

#[test]
fn every_vector_of_the_file_is_tested_once_or_left_out_with_a_reason() {
    let ids: Vec<&str> = FILE.vector.iter().map(|vector| vector.id.as_str()).collect();
    assert_eq!(ids, TESTED);
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for id in ids {
        assert!(seen.insert(id), "{id} is there twice");
    }
    for LeftOut { id, reason } in &FILE.left_out {
        eprintln!("left out: {id}: {reason}");
        assert!(seen.insert(id), "{id} is there twice");
        assert!(reason.len() > 20, "{id} is left out without a reason");
    }
}

#[test]
fn every_function_has_a_vector() {
    for function in Function::ALL {
        assert!(FILE.vector.iter().any(|vector| vector.function == *function), "{}", function.name());
    }
}

impl Vector {
    fn check(&self) {
        let book = self.rulebook();
        let subject = &self.subject;
        let rules = Rules {
            book: Some(&book),
            kind: subject.kind,
            factor: subject.factor.as_deref(),
            unit: subject.unit.as_deref(),
            group: &subject.group,
        };
        let args = Args::read(self.function, self.args.clone()).unwrap();
        let judged = match (self.function.run(&args, &rules), self.error.as_deref()) {
            (Ok(judged), None) => judged,
            (Err(ComputeError::TooFew { .. }), Some("too_few")) => return,
            (result, wanted) => panic!("{result:?}, not {wanted:?}"),
        };
        assert!(!self.want.is_empty(), "nothing is compared");
        for (name, want) in &self.want {
            compare(name, want, &judged);
        }
        assert_eq!(judged.outcome, self.outcome.unwrap_or(Outcome::NotJudged), "{:?}", judged.figures);
        assert_eq!(judged.rule.is_some(), self.outcome.is_some(), "the rule is cited");
        if let Some(outcome) = self.outcome {
            let word = if outcome == Outcome::Pass { "yes" } else { "no" };
            assert_eq!(judged.filled("normal"), Some(&Filled::Word(word.to_owned())));
        }
    }

    /// The national rulebook, with real samples banded as the vector says.
    fn rulebook(&self) -> Rulebook {
        let mut book = NATION.clone();
        if let Some(by) = self.subject.band_by {
            let samples = book.limits.iter_mut().filter(|rule| rule.judges == Quantity::RealSample);
            samples.for_each(|rule| rule.band_by = by);
        }
        book
    }
}

/// Numbers within 0.0001, words exactly; a blank line stays blank.
fn compare(name: &str, want: &Given, judged: &Judged) {
    let near = |got: &Decimal, text: &str| {
        let want: Decimal = text.parse().unwrap();
        assert!((got - want).abs() <= Decimal::new(1, 4), "{name}: {got}, not {want}");
    };
    let by_line = |got: &[Option<Decimal>], texts: &[Option<String>]| {
        assert_eq!(got.len(), texts.len(), "{name}");
        for (got, text) in got.iter().zip(texts.iter().flatten()) {
            match got {
                Some(got) => near(got, text),
                None => assert_eq!(text, "", "{name}"),
            }
        }
    };
    match (judged.filled(name).unwrap_or_else(|| panic!("{name} is not filled")), want) {
        (Filled::Number(got), Given::One(text)) => near(got, text),
        (Filled::Word(got), Given::One(text)) => assert_eq!(got, text, "{name}"),
        (Filled::Numbers(got), Given::List(texts)) => by_line(got, texts),
        (Filled::Against(got), Given::List(texts)) => {
            let got: Vec<_> = got.iter().map(|pair| pair.map(|(value, _)| value)).collect();
            by_line(&got, texts);
        }
        (Filled::Words(got), Given::List(texts)) => {
            assert_eq!(*got, texts.iter().map(Option::as_deref).collect::<Vec<_>>(), "{name}");
        }
        (filled, _) => panic!("{name}: {filled:?} is of another shape"),
    }
}
