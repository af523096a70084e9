//! How long reading all definitions and judging the biggest form take (issue 3). Prints a table; fails when a target is
//! missed. Run it by `make bench`.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and what helps it may panic"
)]

use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use stackside_core::definition::Definitions;
use stackside_core::form::{Answer, Answers, Form, blocks};
use stackside_core::judge::{Outcome, judge};
use stackside_core::register::{Instrument, InstrumentKind};
use stackside_core::rulebook::{Rulebook, in_force};

/// What HJ75-G5 verifies at a stack: seven blocks.
const BLOCKS: [(InstrumentKind, &str, &str); 7] = [
    (InstrumentKind::Particulate, "PM", "mg/m³"),
    (InstrumentKind::Gas, "SO2", "μmol/mol"),
    (InstrumentKind::Gas, "NOX", "μmol/mol"),
    (InstrumentKind::Gas, "O2", "%"),
    (InstrumentKind::Velocity, "VELOCITY", "m/s"),
    (InstrumentKind::Temperature, "TEMPERATURE", "℃"),
    (InstrumentKind::Humidity, "HUMIDITY", "%"),
];
const PAIRS: u16 = 9;

fn main() -> ExitCode {
    let definitions = Definitions::built_in().unwrap();
    let form = definitions.form("HJ75-G5", None).unwrap();
    let rulebook =
        in_force(&definitions.rulebooks, &"CN".parse().unwrap(), "2026-11-23".parse().unwrap()).unwrap();
    let instruments: Vec<Instrument> =
        BLOCKS.iter().map(|(kind, factor, unit)| instrument(*kind, factor, unit)).collect();
    let answers = verification(form, &instruments, &rulebook);
    let files = definitions.forms.len() + definitions.rulebooks.len();
    let rows = [
        Row::measured(
            format!("judging HJ75-G5, {} blocks of {PAIRS} pairs", BLOCKS.len()),
            Duration::from_millis(1),
            || drop(black_box(judge(form, black_box(&answers), &instruments, &rulebook))),
        ),
        Row::measured(format!("reading all {files} definitions"), Duration::from_millis(20), || {
            drop(black_box(Definitions::built_in()));
        }),
    ];
    println!("{:<44} {:>10} {:>10} {:>10}", "native, release", "median", "p95", "target");
    for row in &rows {
        println!("{row}");
    }
    if rows.iter().all(Row::is_met) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// One figure with its target.
struct Row {
    name: String,
    median: Duration,
    p95: Duration,
    target: Duration,
}

impl Row {
    /// Runs it for about two seconds.
    fn measured(name: String, target: Duration, mut run: impl FnMut()) -> Self {
        const LEAST: usize = 50;
        let mut times = Vec::new();
        let start = Instant::now();
        while times.len() < LEAST || start.elapsed() < Duration::from_secs(2) {
            let begun = Instant::now();
            run();
            times.push(begun.elapsed());
        }
        times.sort_unstable();
        Self { name, median: times[times.len() / 2], p95: times[times.len() * 95 / 100], target }
    }

    /// By the median: what else the machine does only adds to the slowest runs, which stand beside it.
    fn is_met(&self) -> bool {
        self.median < self.target
    }
}

impl std::fmt::Display for Row {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ms = |time: Duration| format!("{:.3} ms", time.as_secs_f64() * 1_000.0);
        let end = if self.is_met() { "" } else { "  MISSED" };
        write!(
            f,
            "{:<44} {:>10} {:>10} {:>10}{end}",
            self.name,
            ms(self.median),
            ms(self.p95),
            ms(self.target)
        )
    }
}

/// A complete verification; fails if not all of it is judged.
fn verification(form: &Form, instruments: &[Instrument], rulebook: &Rulebook) -> Answers {
    let mut answers = Answers::default();
    for block in blocks(form, instruments).iter().filter(|block| block.instrument.is_some()) {
        for line in 1..=PAIRS {
            for (column, value) in [("rm", 290 + line), ("cems", 288 + 2 * line)] {
                answers.0.insert(block.key(column).in_line(line), Answer::typed(value.to_string()));
            }
        }
    }
    let verdicts = judge(form, &answers, instruments, rulebook).verdicts;
    let judged = verdicts.iter().filter(|verdict| {
        !verdict.figures.is_empty() && !matches!(verdict.outcome, Outcome::Incomplete | Outcome::NotJudged)
    });
    assert_eq!(judged.count(), BLOCKS.len(), "{verdicts:?}");
    answers
}

fn instrument(kind: InstrumentKind, factor: &str, unit: &str) -> Instrument {
    let json = serde_json::json!({
        "id": format!("B-{factor}"), "point": "B-stack", "kind": kind, "factor": factor, "unit": unit, "brand": "",
        "model": "", "manufacturer": "", "serial_no": "", "principle": "", "construction_state": "",
    });
    serde_json::from_value(json).unwrap()
}
