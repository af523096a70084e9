//! How many pairs a verification takes: fewer than the rule's least is 未填完, never a pass (field-lessons.md §3, 5).
#![expect(clippy::unwrap_used, reason = "what helps a test is a test")]

use std::sync::LazyLock;

use rust_decimal::Decimal;
use stackside_core::judge::{Args, ComputeError, Function, Judged, Outcome, Rules};
use stackside_core::register::InstrumentKind;
use stackside_core::rulebook::{Rulebook, built_in};

static NATION: LazyLock<Rulebook> = LazyLock::new(|| built_in().unwrap().swap_remove(0));

const GASES: [&str; 7] = ["SO2", "NOX", "O2", "CO", "HCl", "NH3", "NMHC"];

/// As many perfect pairs, with lines without a value between them.
fn perfect(kind: InstrumentKind, factor: &str, pairs: usize, blanks: &[usize]) -> Judged {
    let mut values = vec![Some(Decimal::TEN); pairs];
    for blank in blanks {
        values.insert(*blank, None);
    }
    let unit = match factor {
        "O2" => "%",
        _ if kind == InstrumentKind::Velocity => "m/s",
        _ => "mg/m³",
    };
    let rules =
        Rules { book: Some(&NATION), kind: Some(kind), factor: Some(factor), unit: Some(unit), group: "" };
    let mut args = Args::default();
    args.lists.insert("rm", values.clone());
    args.lists.insert("cems", values);
    Function::Accuracy.run(&args, &rules).unwrap()
}

#[test]
fn eight_pairs_of_a_gas_are_not_enough_and_nine_are() {
    for gas in GASES {
        let few = perfect(InstrumentKind::Gas, gas, 8, &[]);
        assert_eq!(few.outcome, Outcome::Incomplete, "{gas}");
        assert_eq!(few.trouble, Some(ComputeError::TooFew { have: 8, least: 9 }), "{gas}");
        assert!(few.figures.is_empty() && few.filled("normal").is_none(), "{gas}");
        assert_eq!(perfect(InstrumentKind::Gas, gas, 9, &[]).outcome, Outcome::Pass, "{gas}");
    }
}

#[test]
fn four_pairs_of_particulate_or_velocity_are_not_enough_and_five_are() {
    for (kind, factor) in [(InstrumentKind::Particulate, "PM"), (InstrumentKind::Velocity, "VELOCITY")] {
        let few = perfect(kind, factor, 4, &[]);
        assert_eq!(few.trouble, Some(ComputeError::TooFew { have: 4, least: 5 }), "{factor}");
        assert_eq!(few.outcome, Outcome::Incomplete, "{factor}");
        assert_eq!(perfect(kind, factor, 5, &[]).outcome, Outcome::Pass, "{factor}");
    }
}

#[test]
fn a_blank_line_inside_is_not_a_pair() {
    assert_eq!(perfect(InstrumentKind::Gas, "CO", 8, &[3]).outcome, Outcome::Incomplete);
    assert_eq!(perfect(InstrumentKind::Gas, "CO", 9, &[3]).outcome, Outcome::Pass);
    assert_eq!(perfect(InstrumentKind::Particulate, "PM", 4, &[0, 2]).outcome, Outcome::Incomplete);
    assert_eq!(perfect(InstrumentKind::Particulate, "PM", 5, &[0, 2]).outcome, Outcome::Pass);
}
