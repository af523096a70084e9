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
    let limit = |limit: String| format!("{} {limit}", words.limit);
    let limit = match figure.by {
        Measure::RelativeAccuracy | Measure::AtMost => limit(format!("≤ {}", with_unit(&pass))),
        // A difference of levels has no sign.
        Measure::AbsoluteError if quantity == Quantity::Level => limit(format!("≤ {}", with_unit(&pass))),
        Measure::AtLeast => limit(format!("≥ {}", with_unit(&pass))),
        Measure::Between => limit(with_unit(&format!("{} – {pass}", number(figure.low.unwrap_or_default())))),
        Measure::PairsPassed => words.at_least_pairs.replace("{n}", &pass),
        Measure::RelativeError | Measure::AbsoluteError | Measure::OfNominal | Measure::OfFullScale => {
            limit(format!("±{}", with_unit(&pass)))
        }
    };
    let out = figure.out_of_control.map(|out| {
        let out = with_unit(&number(out));
        format!("{}{} ±{out}", words.semicolon, words.out_of_control_beyond)
    });
    let is_said = quantity == Quantity::AbsoluteError && figure.by == Measure::AbsoluteError;
    let name = if is_said { "" } else { words.measure(figure.by) };
    let value = format!("{name} {}", with_unit(&figure.shown));
    format!("{}{}{limit}{}", value.trim_start(), words.comma, out.unwrap_or_default())
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

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;
    use crate::words::{EN, ZH};

    #[test]
    fn a_figure_stands_against_its_limit_in_both_languages() {
        let number = |text: &str| Decimal::from_str_exact(text).unwrap_or_default();
        use Measure::*;
        for (quantity, by, shown, unit, (low, pass, out), zh, en) in [
            (
                Quantity::Zero,
                OfFullScale,
                "+2.60",
                "%F.S.",
                (None, "2.50", Some("5")),
                "+2.60 %F.S.，限值 ±2.5 %F.S.；失控 > ±5 %F.S.",
                "+2.60 %F.S., limit ±2.5 %F.S.; out of control > ±5 %F.S.",
            ),
            (
                Quantity::Accuracy,
                RelativeAccuracy,
                "9.12",
                "%",
                (None, "15", None),
                "相对准确度 9.12 %，限值 ≤ 15 %",
                "relative accuracy 9.12 %, limit ≤ 15 %",
            ),
            (
                Quantity::IndicationError,
                OfNominal,
                "−1.20",
                "%",
                (None, "5", None),
                "相对标称值 −1.20 %，限值 ±5 %",
                "of the nominal value −1.20 %, limit ±5 %",
            ),
            (
                Quantity::ResponseTime,
                AtMost,
                "184",
                "s",
                (None, "200", None),
                "184 s，限值 ≤ 200 s",
                "184 s, limit ≤ 200 s",
            ),
            (
                Quantity::RealSample,
                PairsPassed,
                "2/3",
                "",
                (None, "2", None),
                "合格数据对 2/3，至少 2 对",
                "pairs passed 2/3, at least 2",
            ),
            (
                Quantity::AbsoluteError,
                AbsoluteError,
                "+0.31",
                "",
                (None, "0.5", None),
                "+0.31，限值 ±0.5",
                "+0.31, limit ±0.5",
            ),
            (
                Quantity::Level,
                AbsoluteError,
                "7.00",
                "mm",
                (None, "12", None),
                "绝对误差 7.00 mm，限值 ≤ 12 mm",
                "absolute error 7.00 mm, limit ≤ 12 mm",
            ),
            (
                Quantity::Flow,
                RelativeError,
                "−8.00",
                "%",
                (None, "10", None),
                "相对误差 −8.00 %，限值 ±10 %",
                "relative error −8.00 %, limit ±10 %",
            ),
            (
                Quantity::RangeRatio,
                Between,
                "2.50",
                "",
                (Some("2"), "3", None),
                "2.50，限值 2 – 3",
                "2.50, limit 2 – 3",
            ),
            (
                Quantity::ValidRate,
                AtLeast,
                "91.00",
                "%",
                (None, "90", None),
                "91.00 %，限值 ≥ 90 %",
                "91.00 %, limit ≥ 90 %",
            ),
        ] {
            let one = Figure {
                by,
                value: Decimal::ZERO,
                shown: shown.to_owned(),
                unit: unit.to_owned(),
                pass: number(pass),
                low: low.map(number),
                out_of_control: out.map(number),
            };
            assert_eq!(figure(&one, quantity, &ZH), zh);
            assert_eq!(figure(&one, quantity, &EN), en);
        }
    }
}
