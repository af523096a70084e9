//! What holds for all numbers, not only for the standards' examples.
#![expect(clippy::unwrap_used, reason = "what helps a test is a test")]

use std::sync::LazyLock;

use proptest::prelude::*;
use rust_decimal::Decimal;
use stackside_core::judge::{Args, Filled, Function, Judged, Rules, Shape};
use stackside_core::register::InstrumentKind;
use stackside_core::rulebook::{Rulebook, built_in};

static NATION: LazyLock<Rulebook> = LazyLock::new(|| built_in().unwrap().swap_remove(0));

/// A pair of a reference and what an instrument shows, in hundredths.
type Pairs = Vec<(i64, i64)>;

fn pairs(least: usize) -> impl Strategy<Value = Pairs> {
    prop::collection::vec((1_i64..100_000, 1_i64..100_000), least..20)
}

fn hundredths(value: i64) -> Decimal {
    Decimal::new(value, 2)
}

fn lists(reference: &'static str, shown: &'static str, pairs: &[Option<(i64, i64)>]) -> Args {
    let list =
        |pick: fn((i64, i64)) -> i64| pairs.iter().map(|pair| pair.map(|p| hundredths(pick(p)))).collect();
    let mut args = Args::default();
    args.lists.insert(reference, list(|pair| pair.0));
    args.lists.insert(shown, list(|pair| pair.1));
    args
}

fn filled(pairs: &Pairs) -> Vec<Option<(i64, i64)>> {
    pairs.iter().copied().map(Some).collect()
}

fn judged(function: Function, kind: InstrumentKind, factor: &str, unit: &str, args: &Args) -> Judged {
    let rules =
        Rules { book: Some(&NATION), kind: Some(kind), factor: Some(factor), unit: Some(unit), group: "" };
    function.run(args, &rules).unwrap()
}

fn accuracy(args: &Args) -> Judged {
    judged(Function::Accuracy, InstrumentKind::Gas, "SO2", "μmol/mol", args)
}

fn number(judged: &Judged, name: &str) -> Decimal {
    match judged.filled(name) {
        Some(Filled::Number(value)) => value.round_dp(12),
        other => panic!("{name}: {other:?}"),
    }
}

/// Numbers at the ends of what decimals hold, and plain ones between.
fn extreme() -> impl Strategy<Value = Decimal> {
    prop_oneof![
        Just(Decimal::MAX),
        Just(Decimal::MIN),
        Just(Decimal::ZERO),
        Just(Decimal::new(1, 28)),
        Just(Decimal::new(-1, 28)),
        (any::<i64>(), 0_u32..19).prop_map(|(digits, scale)| Decimal::new(digits, scale)),
        (1_i64..1_000).prop_map(hundredths),
    ]
}

proptest! {
    #[test]
    fn no_number_makes_a_function_panic(
        which in 0..Function::ALL.len(),
        numbers in prop::collection::vec(extreme(), 8),
        lists in prop::collection::vec(prop::collection::vec(prop::option::of(extreme()), 0..12), 8),
    ) {
        let function = Function::ALL[which];
        let mut args = Args::default();
        for (at, param) in function.signature().takes.iter().enumerate() {
            match param.shape {
                Shape::Number => drop(args.numbers.insert(param.name, numbers[at])),
                Shape::Numbers => drop(args.lists.insert(param.name, lists[at].clone())),
                Shape::Words => drop(args.word_lists.insert(param.name, vec![Some("yes".into())])),
                Shape::Word => drop(args.words.insert(param.name, "2024-03-04 02:00".into())),
            }
        }
        for kind in [InstrumentKind::Gas, InstrumentKind::Velocity, InstrumentKind::WaterAnalyser] {
            let rules = Rules { book: Some(&NATION), kind: Some(kind), factor: Some("COD"), unit: Some("mg/L"), group: "span" };
            let _ = function.run(&args, &rules);
        }
    }

    #[test]
    fn relative_figures_stay_when_the_unit_changes(pairs in pairs(2), scale in 2_i64..1_000) {
        let scaled: Pairs = pairs.iter().map(|(a, b)| (a * scale, b * scale)).collect();
        let (one, other) = (
            accuracy(&lists("rm", "cems", &filled(&pairs))),
            accuracy(&lists("rm", "cems", &filled(&scaled))),
        );
        for name in ["relative", "ra"] {
            prop_assert_eq!(number(&one, name), number(&other, name), "{}", name);
        }
        let single = |function: Function, reference, shown, pair: (i64, i64)| {
            let mut args = Args::default();
            args.numbers.insert(reference, hundredths(pair.0));
            args.numbers.insert(shown, hundredths(pair.1));
            number(&function.run(&args, &Rules::default()).unwrap(), "figure")
        };
        for (function, reference, shown) in [
            (Function::StandardCheck, "standard", "reading"),
            (Function::Flow, "portable", "online"),
            (Function::Agreement, "analyser", "other"),
            (Function::RangeRatio, "limit", "high"),
        ] {
            let (before, after) = (single(function, reference, shown, pairs[0]), single(function, reference, shown, scaled[0]));
            prop_assert_eq!(before, after, "{}", function.name());
        }
    }

    #[test]
    fn being_as_far_off_on_the_other_side_is_judged_alike(pairs in pairs(9)) {
        let mirrored: Pairs = pairs.iter().map(|(rm, cems)| (*rm, 2 * rm - cems)).collect();
        let (one, other) = (
            accuracy(&lists("rm", "cems", &filled(&pairs))),
            accuracy(&lists("rm", "cems", &filled(&mirrored))),
        );
        prop_assert_eq!(one.outcome, other.outcome);
        prop_assert_eq!(number(&one, "ra"), number(&other, "ra"));
        for name in ["absolute", "relative"] {
            prop_assert_eq!(number(&one, name), -number(&other, name), "{}", name);
        }
        let sample = |pairs: &Pairs| {
            let args = lists("reference_1", "online", &filled(pairs));
            judged(Function::RealSample, InstrumentKind::WaterAnalyser, "COD", "mg/L", &args)
        };
        let (one, other) = (sample(&pairs), sample(&mirrored));
        prop_assert_eq!(one.outcome, other.outcome);
        prop_assert_eq!(one.filled("pass"), other.filled("pass"));
    }

    #[test]
    fn relative_accuracy_is_never_smaller_than_the_relative_error(pairs in pairs(2)) {
        let judged = accuracy(&lists("rm", "cems", &filled(&pairs)));
        prop_assert!(number(&judged, "ra") >= number(&judged, "relative").abs());
    }

    #[test]
    fn a_blank_or_half_filled_line_changes_nothing(pairs in pairs(3), at in 0_usize..20, half in 1_i64..100_000) {
        let at = at.min(pairs.len());
        for (function, kind, factor, unit, reference, shown) in [
            (Function::Accuracy, InstrumentKind::Gas, "NOX", "μmol/mol", "rm", "cems"),
            (Function::RealSample, InstrumentKind::WaterAnalyser, "COD", "mg/L", "reference_1", "online"),
            (Function::AbsoluteError, InstrumentKind::WaterAnalyser, "PH", "无量纲", "reference", "online"),
            (Function::Level, InstrumentKind::FlowMeter, "FLOW", "m³/h", "portable", "online"),
            (Function::ResponseTime, InstrumentKind::Gas, "SO2", "μmol/mol", "lag", "rise"),
        ] {
            let mut with = filled(&pairs);
            with.insert(at, None);
            let without = judged(function, kind, factor, unit, &lists(reference, shown, &filled(&pairs)));
            let mut args = lists(reference, shown, &with);
            let blank = judged(function, kind, factor, unit, &args);
            if let Some(list) = args.lists.get_mut(shown) {
                list[at] = Some(hundredths(half));
            }
            for other in [blank, judged(function, kind, factor, unit, &args)] {
                prop_assert_eq!(without.outcome, other.outcome, "{}", function.name());
                prop_assert_eq!(&without.figures, &other.figures, "{}", function.name());
                for (name, is_list) in function.signature().fills {
                    if !is_list {
                        prop_assert_eq!(without.filled(name), other.filled(name), "{} {}", function.name(), name);
                    }
                }
            }
        }
    }
}
