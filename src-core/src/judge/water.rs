//! HJ 355: standard checks, real samples, pH and temperature, flow meters, agreement, ranges, valid-data rate.

use rust_decimal::Decimal;

use super::function::{ComputeError, Filled, count, less, mean_of, percent};
use super::{Args, Figure, Judged, Measure, Outcome, Quantity, Rules};
use crate::rulebook::{Band, BandBy, LimitRule};

type Computed = Result<Judged, ComputeError>;

fn zero(param: &'static str) -> ComputeError {
    ComputeError::Zero { param, line: None }
}

/// `value` against `base` in percent, judged.
fn relative(
    args: &Args,
    rules: &Rules<'_>,
    quantity: Quantity,
    value: &'static str,
    base: &'static str,
) -> Computed {
    let (value, reference) = (args.number(value)?, args.number(base)?);
    let error = percent(less(value, reference)?, reference, zero(base))?;
    let judged = Judged::computed(vec![("figure", Filled::Number(error))]);
    Ok(judged.against(rules, quantity, reference, error, "%"))
}

pub(super) fn standard_check(args: &Args, rules: &Rules<'_>) -> Computed {
    relative(args, rules, Quantity::StandardCheck, "reading", "standard")
}

/// The portable device comes first, so that the sign is the other way round (F6).
pub(super) fn flow(args: &Args, rules: &Rules<'_>) -> Computed {
    let (portable, online) = (args.number("portable")?, args.number("online")?);
    let error = percent(less(portable, online)?, portable, zero("portable"))?;
    let judged = Judged::computed(vec![("figure", Filled::Number(error))]);
    Ok(judged.against(rules, Quantity::Flow, portable, error, "%"))
}

pub(super) fn agreement(args: &Args, rules: &Rules<'_>) -> Computed {
    let (analyser, other) = (args.number("analyser")?, args.number("other")?);
    let error = percent(less(analyser, other)?.abs(), analyser.abs(), zero("analyser"))?;
    let judged = Judged::computed(vec![("figure", Filled::Number(error))]);
    Ok(judged.against(rules, Quantity::Agreement, analyser, error, "%"))
}

pub(super) fn range_ratio(args: &Args, rules: &Rules<'_>) -> Computed {
    let limit = args.number("limit")?;
    if limit.is_zero() {
        return Err(zero("limit"));
    }
    let ratio = args.number("high")?.checked_div(limit).ok_or(ComputeError::Overflow)?;
    let judged = Judged::computed(vec![("figure", Filled::Number(ratio))]);
    Ok(judged.against(rules, Quantity::RangeRatio, ratio, ratio, ""))
}

pub(super) fn valid_rate(args: &Args, rules: &Rules<'_>) -> Computed {
    let rate = percent(args.number("valid")?, args.number("due")?, zero("due"))?;
    let judged = Judged::computed(vec![("figure", Filled::Number(rate))]);
    Ok(judged.against(rules, Quantity::ValidRate, rate, rate, "%"))
}

pub(super) fn absolute_error(args: &Args, rules: &Rules<'_>) -> Computed {
    let pairs = args.pairs("online", "reference");
    let side = |pick: fn(&(u16, Decimal, Decimal)) -> Decimal| pairs.iter().map(pick).collect::<Vec<_>>();
    let (online, reference) = (mean_of(&side(|pair| pair.1))?, mean_of(&side(|pair| pair.2))?);
    let error = less(online, reference)?;
    let judged = Judged::computed(vec![("figure", Filled::Number(error))]);
    let judged = judged.demand(rules.limit(Quantity::AbsoluteError), pairs.len());
    let unit = rules.unit.filter(|unit| *unit != "无量纲").unwrap_or_default();
    Ok(judged.against(rules, Quantity::AbsoluteError, reference, error, unit))
}

pub(super) fn level(args: &Args, rules: &Rules<'_>) -> Computed {
    let mut differences = Vec::new();
    for pair in args.list("portable").iter().zip(args.list("online")) {
        differences.push(match pair {
            (Some(portable), Some(online)) => Some(less(*portable, *online)?.abs()),
            _ => None,
        });
    }
    let readings = differences.iter().flatten().count();
    let largest = differences.iter().flatten().copied().max();
    let largest = largest.ok_or(ComputeError::TooFew { have: 0, least: 1 })?;
    let judged = Judged::computed(vec![
        ("difference", Filled::Numbers(differences)),
        ("figure", Filled::Number(largest)),
    ]);
    Ok(judged.demand(rules.limit(Quantity::Level), readings).against(
        rules,
        Quantity::Level,
        largest,
        largest,
        "mm",
    ))
}

/// One pair of a real-sample comparison.
struct Pair {
    line: u16,
    online: Decimal,
    reference: Decimal,
    is_substitute: bool,
}

fn pairs(args: &Args) -> Result<Vec<Pair>, ComputeError> {
    let (second, substitute) = (args.list("reference_2"), args.word_lists.get("substitute"));
    let mut pairs = Vec::new();
    for (line, online, first) in args.pairs("online", "reference_1") {
        let index = usize::from(line) - 1;
        let reference = match second.get(index).copied().flatten() {
            Some(second) => mean_of(&[first, second])?,
            None => first,
        };
        let word = substitute.and_then(|words| words.get(index)).and_then(Option::as_deref);
        pairs.push(Pair { line, online, reference, is_substitute: word == Some("yes") });
    }
    Ok(pairs)
}

/// The band of a pair: the one with a substitute where a standard stood in for the sample.
fn band<'a>(rule: &'a LimitRule, pair: &Pair, mean: Decimal) -> Option<&'a Band> {
    let substituted = rule.bands.iter().find(|band| pair.is_substitute && band.substitute.is_some());
    let value = if rule.band_by == BandBy::Set { mean } else { pair.reference };
    substituted.or_else(|| rule.band(value))
}

fn error_of(pair: &Pair, by: Measure) -> Result<Decimal, ComputeError> {
    let difference = less(pair.online, pair.reference)?;
    if by == Measure::AbsoluteError {
        return Ok(difference);
    }
    percent(difference, pair.reference, ComputeError::Zero { param: "reference_1", line: Some(pair.line) })
}

pub(super) fn real_sample(args: &Args, rules: &Rules<'_>) -> Computed {
    let pairs = pairs(args)?;
    let mean = mean_of(&pairs.iter().map(|pair| pair.reference).collect::<Vec<_>>())?;
    let rule = rules.limit(Quantity::RealSample);
    let lines = args.list("online").len();
    let (mut references, mut errors, mut passes) = (vec![None; lines], vec![None; lines], vec![None; lines]);
    let (mut passed, mut to_be_checked) = (0_u32, false);
    for pair in &pairs {
        let index = usize::from(pair.line) - 1;
        references[index] = Some(pair.reference);
        let Some((rule, band)) = rule.and_then(|rule| Some((rule, band(rule, pair, mean)?))) else {
            continue;
        };
        let error = error_of(pair, band.by)?;
        let is_good = band.passes(error);
        errors[index] = Some((error, band.limit));
        passes[index] = Some(if is_good { "yes" } else { "no" });
        passed += u32::from(is_good);
        to_be_checked |= rule.basis_of(band).to_be_checked();
    }
    let mut judged = Judged::computed(vec![("reference", Filled::Numbers(references))]);
    judged.quantity = Some(Quantity::RealSample);
    let Some(rule) = rule else { return Ok(judged) };
    judged.fill("error", Filled::Against(errors));
    judged.fill("pass", Filled::Words(passes));
    judged.fill("passed", Filled::Number(passed.into()));
    let have = count(pairs.len());
    judged = judged.demand(Some(rule), pairs.len());
    let (None, Some(need)) = (&judged.trouble, rule.need_of(have.into())) else { return Ok(judged) };
    judged.outcome = if passed >= need { Outcome::Pass } else { Outcome::Fail };
    judged.figures.push(Figure {
        shown: format!("{passed}/{have}"),
        ..Figure::plain(Measure::PairsPassed, passed.into(), "", need.into())
    });
    judged.rule = rules.reference(&rule.id, &rule.clause, to_be_checked);
    judged.say_normal();
    Ok(judged)
}
