//! A verdict in words: what was judged, what it comes to, the figures with their limits, the clause.

use rust_decimal::Decimal;
use stackside_core::form::{AnswerError, Label};
use stackside_core::judge::{Figure, Measure, Quantity, Verdict};

use crate::words::Words;

/// A verdict as it is shown.
pub(super) struct Judged {
    pub(super) of: &'static str,
    pub(super) tone: &'static str,
    pub(super) outcome: &'static str,
    pub(super) figures: Vec<String>,
    /// How two figures go together, or why there is none.
    pub(super) note: String,
    pub(super) clause: String,
    pub(super) to_be_checked: bool,
    /// The record that its baseline came from.
    pub(super) baseline: Option<String>,
}

/// A text in the language of `words`.
pub(super) fn text<'l>(label: &'l Label, words: &Words) -> &'l str {
    words.pick(&label.zh, &label.en)
}

pub(super) fn judged(verdict: &Verdict, words: &'static Words) -> Judged {
    let (tone, outcome) = words.outcome(verdict.outcome);
    Judged {
        of: words.quantity(verdict.quantity),
        tone,
        outcome,
        figures: verdict.figures.iter().map(|one| figure(one, verdict.quantity, words)).collect(),
        note: note(verdict, words),
        clause: verdict.rule.as_ref().map(|rule| text(&rule.clause, words).to_owned()).unwrap_or_default(),
        to_be_checked: verdict.rule.as_ref().is_some_and(|rule| rule.to_be_checked),
        baseline: verdict.baseline.map(|record| record.to_string()),
    }
}

/// A figure against its limit, such as `相对误差 +3.20 %，限值 ±10 %`.
fn figure(figure: &Figure, quantity: Quantity, words: &Words) -> String {
    let unit = words.unit(&figure.unit);
    let with_unit = |value: &str| format!("{value} {unit}").trim_end().to_owned();
    let number = |value: Decimal| value.normalize().to_string();
    let pass = number(figure.pass);
    let limit = match figure.by {
        Measure::RelativeAccuracy | Measure::AtMost => format!("≤ {}", with_unit(&pass)),
        // A difference of levels has no sign.
        Measure::AbsoluteError if quantity == Quantity::Level => format!("≤ {}", with_unit(&pass)),
        Measure::AtLeast => format!("≥ {}", with_unit(&pass)),
        Measure::Between => with_unit(&format!("{} – {pass}", number(figure.low.unwrap_or_default()))),
        Measure::PairsPassed => words.at_least_pairs.replace("{n}", &pass),
        Measure::RelativeError | Measure::AbsoluteError | Measure::OfNominal | Measure::OfFullScale => {
            format!("±{}", with_unit(&pass))
        }
    };
    let out = figure.out_of_control.map(|out| {
        let out = with_unit(&number(out));
        format!("{}{} ±{out}", words.semicolon, words.out_of_control_beyond)
    });
    let name = words.measure(figure.by);
    // The quantity says it already.
    let name = if name == words.quantity(quantity) { "" } else { name };
    let value = format!("{name} {}", with_unit(&figure.shown));
    format!("{}{}{} {limit}{}", value.trim_start(), words.comma, words.limit, out.unwrap_or_default())
}

fn note(verdict: &Verdict, words: &Words) -> String {
    match verdict.trouble.as_ref().map(|trouble| &trouble.error) {
        Some(AnswerError::TooFewLines { have, least }) => {
            words.too_few.replace("{have}", &have.to_string()).replace("{least}", &least.to_string())
        }
        Some(AnswerError::ZeroReference) => words.zero_reference.to_owned(),
        _ if verdict.figures.len() > 1 => words.either_holds.to_owned(),
        _ => String::new(),
    }
}
