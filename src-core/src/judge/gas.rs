//! HJ 75: drift, indication error, response time, accuracy, capture rate.

use rust_decimal::{Decimal, MathematicalOps};

use super::function::{ComputeError, Filled, count, less, mean_of, percent, sum, width};
use super::{Args, Figure, Judged, Measure, Outcome, Quantity, Rules};
use crate::rulebook::{DriftRule, Limits};

type Computed = Result<Judged, ComputeError>;

/// Zero or span drift in % F.S., signed (HJ 75 formula 4.1): the reading now less the reading just after the last
/// adjustment, over the width of the range. All in the analyser's unit.
pub fn drift(last: Decimal, before: Decimal, low: Decimal, high: Decimal) -> Result<Decimal, ComputeError> {
    let width = less(high, low)?;
    if width <= Decimal::ZERO {
        return Err(ComputeError::EmptyRange);
    }
    percent(less(before, last)?, width, ComputeError::EmptyRange)
}

/// What a drift, and for velocity its absolute error, comes to under a rule.
pub fn drift_outcome(rule: &DriftRule, percent: Decimal, absolute: Decimal) -> Outcome {
    let passes = |limits: &Limits, x: Decimal| x.abs() <= limits.pass.value;
    let is_out = |limits: &Limits, x: Decimal| x.abs() > limits.out_of_control.value;
    let other = rule.absolute.as_ref();
    if passes(&rule.percent, percent) || other.is_some_and(|limits| passes(limits, absolute)) {
        Outcome::Pass
    } else if is_out(&rule.percent, percent) && other.is_none_or(|limits| is_out(limits, absolute)) {
        Outcome::OutOfControl
    } else {
        Outcome::FailValid
    }
}

/// True if the limits that a verdict leaned on rest on memory or are unclear.
fn leans_on_memory(rule: &DriftRule, outcome: Outcome, percent: Decimal) -> bool {
    let by_percent_alone = outcome == Outcome::Pass && percent.abs() <= rule.percent.pass.value;
    let used = |limits: &Limits| match outcome {
        Outcome::Pass => limits.pass.basis.to_be_checked(),
        _ => limits.pass.basis.to_be_checked() || limits.out_of_control.basis.to_be_checked(),
    };
    used(&rule.percent) || (!by_percent_alone && rule.absolute.as_ref().is_some_and(used))
}

pub(super) fn judge_drift(args: &Args, rules: &Rules<'_>) -> Computed {
    let (last, before) = (args.number("last")?, args.number("before")?);
    let percent = drift(last, before, args.number("low")?, args.number("high")?)?;
    let absolute = less(before, last)?;
    let quantity = if rules.group == "span" { Quantity::Span } else { Quantity::Zero };
    let mut judged = Judged::computed(vec![("figure", Filled::Number(percent))]);
    judged.quantity = Some(quantity);
    let rule = rules.book.zip(rules.kind).and_then(|(book, kind)| book.drift(kind, quantity));
    let Some(rule) = rule else { return Ok(judged) };
    judged.outcome = drift_outcome(rule, percent, absolute);
    let figure = |value: Decimal, unit: &str, by: Measure, limits: &Limits| Figure {
        out_of_control: Some(limits.out_of_control.value),
        ..Figure::signed(by, value, unit, limits.pass.value, &[limits.out_of_control.value])
    };
    judged.figures.push(figure(percent, "%F.S.", Measure::OfFullScale, &rule.percent));
    if let Some(limits) = &rule.absolute {
        judged.figures.push(figure(absolute, rules.unit.unwrap_or_default(), Measure::AbsoluteError, limits));
    }
    judged.rule = rules.reference(&rule.id, &rule.clause, leans_on_memory(rule, judged.outcome, percent));
    judged.say_normal();
    Ok(judged)
}

pub(super) fn drift_test(args: &Args, rules: &Rules<'_>) -> Computed {
    let width = width(args)?;
    let (start, last) = (args.list("start"), args.list("final"));
    let mut before: Option<Decimal> = None;
    let mut changes = Vec::new();
    for (index, now) in last.iter().enumerate() {
        // Where nothing was adjusted, the last reading is the next start.
        let from = start.get(index).copied().flatten().or(before);
        changes.push(match (now, from) {
            (Some(now), Some(from)) => Some(less(*now, from)?),
            _ => None,
        });
        before = now.or(before);
    }
    let largest = changes.iter().flatten().copied().max_by_key(Decimal::abs);
    let largest =
        largest.ok_or(ComputeError::TooFew { have: count(args.values("final").len()), least: 2 })?;
    let drift = percent(largest, width, ComputeError::EmptyRange)?;
    let judged = Judged::computed(vec![
        ("change", Filled::Numbers(changes)),
        ("largest", Filled::Number(largest)),
        ("figure", Filled::Number(drift)),
    ]);
    Ok(judged.against(rules, Quantity::DriftTest, width, drift, "%F.S."))
}

pub(super) fn indication_error(args: &Args, rules: &Rules<'_>) -> Computed {
    let (readings, nominal, width) = (args.values("readings"), args.number("nominal")?, width(args)?);
    let mean = mean_of(&readings)?;
    let difference = less(mean, nominal)?;
    let of_full_scale = percent(difference, width, ComputeError::EmptyRange)?;
    let of_nominal = percent(difference, nominal, ComputeError::Zero { param: "nominal", line: None });
    let mut judged = Judged::computed(vec![("mean", Filled::Number(mean))]);
    let rule = rules.limit(Quantity::IndicationError);
    let by = rule.and_then(|rule| rule.band(width)).map_or(Measure::OfNominal, |band| band.by);
    let (figure, unit) =
        if by == Measure::OfFullScale { (of_full_scale, "%F.S.") } else { (of_nominal?, "%") };
    judged.fill("figure", Filled::Number(figure));
    Ok(judged.demand(rule, readings.len()).against(rules, Quantity::IndicationError, width, figure, unit))
}

pub(super) fn response_time(args: &Args, rules: &Rules<'_>) -> Computed {
    let (lag, rise) = (args.list("lag"), args.list("rise"));
    let mut times = Vec::new();
    for pair in lag.iter().zip(rise) {
        times.push(match pair {
            (Some(lag), Some(rise)) => Some(lag.checked_add(*rise).ok_or(ComputeError::Overflow)?),
            _ => None,
        });
    }
    let runs: Vec<Decimal> = times.iter().flatten().copied().collect();
    let mean = mean_of(&runs)?;
    let judged = Judged::computed(vec![("times", Filled::Numbers(times)), ("mean", Filled::Number(mean))]);
    Ok(judged.demand(rules.limit(Quantity::ResponseTime), runs.len()).against(
        rules,
        Quantity::ResponseTime,
        mean,
        mean,
        "s",
    ))
}

/// Student's t, two-sided 95 %, for 1 to 30 degrees of freedom; beyond, the last one holds.
const STUDENT_T: [&str; 30] = [
    "12.706", "4.303", "3.182", "2.776", "2.571", "2.447", "2.365", "2.306", "2.262", "2.228", "2.201",
    "2.179", "2.160", "2.145", "2.131", "2.120", "2.110", "2.101", "2.093", "2.086", "2.080", "2.074",
    "2.069", "2.064", "2.060", "2.056", "2.052", "2.048", "2.045", "2.042",
];

fn student_t(freedom: usize) -> Option<Decimal> {
    let index = freedom.checked_sub(1)?.min(STUDENT_T.len() - 1);
    Decimal::from_str_exact(STUDENT_T.get(index)?).ok()
}

/// The half width of the 95 % interval of the mean difference (HJ 75 formula 4.4); nothing for fewer than two pairs.
fn confidence(differences: &[Decimal]) -> Result<Option<Decimal>, ComputeError> {
    let n = differences.len();
    let Some(t) = n.checked_sub(1).and_then(student_t) else { return Ok(None) };
    let mean = mean_of(differences)?;
    let mut squares = Decimal::ZERO;
    for difference in differences {
        let distance = less(*difference, mean)?;
        let square = distance.checked_mul(distance).ok_or(ComputeError::Overflow)?;
        squares = squares.checked_add(square).ok_or(ComputeError::Overflow)?;
    }
    let root = |x: Decimal| x.sqrt().ok_or(ComputeError::Overflow);
    let deviation = root(squares.checked_div(Decimal::from(n - 1)).ok_or(ComputeError::Overflow)?)?;
    let width = t.checked_mul(deviation).and_then(|x| x.checked_div(root(Decimal::from(n)).ok()?));
    width.map(Some).ok_or(ComputeError::Overflow)
}

pub(super) fn accuracy(args: &Args, rules: &Rules<'_>) -> Computed {
    let pairs = args.pairs("rm", "cems");
    let of = |pick: fn(&(u16, Decimal, Decimal)) -> Decimal| pairs.iter().map(pick).collect::<Vec<_>>();
    let (mean_rm, mean_cems) = (mean_of(&of(|pair| pair.1))?, mean_of(&of(|pair| pair.2))?);
    let differences = pairs.iter().map(|(_, rm, cems)| less(*cems, *rm)).collect::<Result<Vec<_>, _>>()?;
    let mut by_line = vec![None; args.list("rm").len()];
    for ((line, ..), difference) in pairs.iter().zip(&differences) {
        if let Some(place) = by_line.get_mut(usize::from(*line) - 1) {
            *place = Some(*difference);
        }
    }
    let absolute = less(mean_cems, mean_rm)?;
    let zero = ComputeError::Zero { param: "rm", line: None };
    let relative = percent(absolute, mean_rm, zero.clone());
    let ra = match confidence(&differences)? {
        Some(confidence) => {
            let numerator = sum([absolute.abs(), confidence].into_iter())?;
            Some(percent(numerator, mean_rm, zero.clone()))
        }
        None => None,
    };
    let mut judged = Judged::computed(vec![
        ("mean_rm", Filled::Number(mean_rm)),
        ("mean_cems", Filled::Number(mean_cems)),
        ("difference", Filled::Numbers(by_line)),
        ("absolute", Filled::Number(absolute)),
    ]);
    if let Ok(relative) = &relative {
        judged.fill("relative", Filled::Number(*relative));
    }
    if let Some(Ok(ra)) = &ra {
        judged.fill("ra", Filled::Number(*ra));
    }
    let rule = rules.limit(Quantity::Accuracy);
    if let Some(band) = rule.and_then(|rule| rule.band(mean_rm)) {
        let figure = match band.by {
            Measure::RelativeAccuracy => match ra {
                Some(ra) => ra?,
                None => return Err(ComputeError::TooFew { have: count(pairs.len()), least: 2 }),
            },
            Measure::RelativeError => relative?,
            _ => absolute,
        };
        judged.fill("error", Filled::Word(band.by.word().to_owned()));
        judged.fill("figure", Filled::Number(figure));
        let unit = if band.by == Measure::AbsoluteError { rules.unit.unwrap_or_default() } else { "%" };
        judged = judged.demand(rule, pairs.len()).against(rules, Quantity::Accuracy, mean_rm, figure, unit);
        if judged.outcome == Outcome::Fail {
            // A failed verification has no middle state (design.md §3).
            judged.outcome = Outcome::OutOfControl;
        }
    }
    judged.quantity = Some(Quantity::Accuracy);
    Ok(judged)
}

pub(super) fn capture_rate(args: &Args, rules: &Rules<'_>) -> Computed {
    let base = less(args.number("quarter_h")?, args.number("shutdown_h")?)?;
    let valid = less(base, args.number("invalid_h")?)?;
    let rate = percent(valid, base, ComputeError::Zero { param: "quarter_h", line: None })?;
    let judged = Judged::computed(vec![("figure", Filled::Number(rate))]);
    Ok(judged.against(rules, Quantity::CaptureRate, rate, rate, "%"))
}
