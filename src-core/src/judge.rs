//! Judging: answers against limits, decimals only, unrounded (design.md §3). One verdict for each judged group.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::decimal::signed_against;
use crate::form::{AnswerKey, Answers, Form, Judge, Label, Origin, blocks};
use crate::id::{RecordId, RulebookId};
use crate::register::{Instrument, InstrumentKind};
use crate::rulebook::{DriftQuantity, DriftRule, Limits, Rulebook};

/// What a verdict says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// 未判定: no rule, or nothing to judge.
    NotJudged,
    /// 合格.
    Pass,
    /// 未填完: values are missing.
    Incomplete,
    /// 不合格，数据仍有效: adjust until it passes.
    FailValid,
    /// 不合格.
    Fail,
    /// 失控: the data are invalid.
    OutOfControl,
}

/// The verdict over one group of a block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The section that was judged.
    pub section: String,
    /// The block: an instrument's id.
    pub row: Option<String>,
    /// The group, such as `zero`.
    pub group: String,
    /// What was judged.
    pub quantity: DriftQuantity,
    /// What it says.
    pub outcome: Outcome,
    /// The figures, each with its limits; empty if there is nothing to judge yet.
    pub figures: Vec<Figure>,
    /// The rule that judged.
    pub rule: Option<RuleRef>,
    /// The record that the baseline came from; nothing if a person typed it.
    pub baseline: Option<RecordId>,
}

/// One figure against its limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// Unrounded.
    pub value: Decimal,
    /// Rounded half to even, with as many decimals as it takes to differ from the limits when it does.
    pub shown: String,
    /// `%F.S.` or the instrument's unit.
    pub unit: String,
    /// |x| up to here passes.
    pub pass: Decimal,
    /// |x| beyond here is out of control.
    pub out_of_control: Decimal,
}

/// The rule that judged, as a verdict cites it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleRef {
    /// The rulebook.
    pub rulebook: RulebookId,
    /// Its version.
    pub version: u32,
    /// The rule's id.
    pub id: String,
    /// Where it is written.
    pub clause: Label,
    /// True if it rests on memory or is unclear: 依据待核.
    pub to_be_checked: bool,
}

/// Why a drift has no figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DriftError {
    /// The range's width is not above zero.
    #[error("the upper end of a range lies above its lower end")]
    EmptyRange,
    /// The numbers are larger than decimals hold.
    #[error("out of the range of decimals")]
    Overflow,
}

/// Zero or span drift in % F.S., signed (HJ 75 formula 4.1): the reading now less the reading just after the last
/// adjustment, over the width of the range. All in the analyser's unit.
pub fn drift(last: Decimal, before: Decimal, low: Decimal, high: Decimal) -> Result<Decimal, DriftError> {
    let width = high.checked_sub(low).filter(|width| *width > Decimal::ZERO).ok_or(DriftError::EmptyRange)?;
    let difference = before.checked_sub(last).ok_or(DriftError::Overflow)?;
    difference
        .checked_mul(Decimal::ONE_HUNDRED)
        .and_then(|x| x.checked_div(width))
        .ok_or(DriftError::Overflow)
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

/// Judges all that a form judges. Blocks that were not worked on yield nothing.
pub fn judge(
    form: &Form,
    answers: &Answers,
    instruments: &[Instrument],
    rulebook: &Rulebook,
) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    for block in blocks(form, instruments) {
        if !block.is_worked_on(answers) {
            continue;
        }
        for judge in &block.section.judges {
            let group = block.section.groups.iter().find(|group| group.id == judge.group());
            let kind = block.instrument.map(|instrument| instrument.kind);
            if group.is_none_or(|group| group.visible.as_ref().is_none_or(|condition| condition.holds(kind)))
            {
                verdicts.push(judge_drift(&block.key(""), judge, kind, answers, rulebook));
            }
        }
    }
    verdicts
}

fn judge_drift(
    block: &AnswerKey,
    judge: &Judge,
    kind: Option<InstrumentKind>,
    answers: &Answers,
    rulebook: &Rulebook,
) -> Verdict {
    let Judge::Drift { group, last, before, low, high, .. } = judge;
    let quantity = if group == "zero" { DriftQuantity::Zero } else { DriftQuantity::Span };
    let number = |field: &str| answers.number(&block.sibling(field));
    let baseline = match answers.0.get(&block.sibling(last)).map(|answer| &answer.origin) {
        Some(Origin::Last { record }) => Some(*record),
        _ => None,
    };
    let mut verdict = Verdict {
        section: block.section.clone(),
        row: block.row.clone(),
        group: group.clone(),
        quantity,
        outcome: Outcome::Incomplete,
        figures: vec![],
        rule: None,
        baseline,
    };
    let (Some(last), Some(before), Some(low), Some(high)) =
        (number(last), number(before), number(low), number(high))
    else {
        return verdict;
    };
    let Ok(percent) = drift(last, before, low, high) else { return verdict };
    let Some(rule) = kind.and_then(|kind| rulebook.drift(kind, quantity)) else {
        verdict.outcome = Outcome::NotJudged;
        return verdict;
    };
    let absolute = before - last;
    verdict.outcome = drift_outcome(rule, percent, absolute);
    let figure = |value: Decimal, unit: String, limits: &Limits, decimals: u32| Figure {
        value: value.normalize(),
        shown: signed_against(value, &[limits.pass.value, limits.out_of_control.value], decimals),
        unit,
        pass: limits.pass.value,
        out_of_control: limits.out_of_control.value,
    };
    verdict.figures.push(figure(percent, "%F.S.".to_owned(), &rule.percent, 2));
    if let Some(limits) = &rule.absolute {
        let unit = answers.text(&block.sibling("unit")).unwrap_or_default().to_owned();
        verdict.figures.push(figure(absolute, unit, limits, 2));
    }
    verdict.rule = Some(RuleRef {
        rulebook: rulebook.id.clone(),
        version: rulebook.version,
        id: rule.id.clone(),
        clause: rule.clause.clone(),
        to_be_checked: leans_on_memory(rule, verdict.outcome, percent),
    });
    verdict
}

/// Writes what the verdicts say into the computed fields of `answers`: the drift, and 是 or 否.
pub fn fill_computed(form: &Form, answers: &mut Answers, verdicts: &[Verdict]) {
    use crate::form::Answer;
    for verdict in verdicts {
        let Some(section) = form.section(&verdict.section) else { continue };
        let Some(Judge::Drift { figure, normal, .. }) =
            section.judges.iter().find(|j| j.group() == verdict.group)
        else {
            continue;
        };
        let key = |field: &str| AnswerKey::new(&verdict.section, verdict.row.as_deref(), field);
        let computed = |text: String| Answer { text, origin: Origin::Default, replaced: None };
        if let Some(drift) = verdict.figures.first() {
            answers.0.insert(key(figure), computed(drift.shown.clone()));
            let word = if verdict.outcome == Outcome::Pass { "yes" } else { "no" };
            answers.0.insert(key(normal), computed(word.to_owned()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rulebook::built_in;
    use proptest::prelude::*;

    fn rule(kind: InstrumentKind) -> DriftRule {
        built_in().unwrap()[0].drift(kind, DriftQuantity::Zero).unwrap().clone()
    }

    #[test]
    fn a_range_without_width_has_no_drift() {
        let number = |text: &str| Decimal::from_str_exact(text).unwrap();
        assert_eq!(drift(number("0"), number("1"), number("0"), number("0")), Err(DriftError::EmptyRange));
        assert_eq!(drift(number("0"), number("1"), number("5"), number("-5")), Err(DriftError::EmptyRange));
        assert_eq!(drift(Decimal::MIN, Decimal::MAX, number("0"), number("1")), Err(DriftError::Overflow));
    }

    proptest! {
        #[test]
        fn drift_keeps_its_size_when_signs_or_units_change(
            last in -9_999_i64..9_999, before in -9_999_i64..9_999, high in 1_i64..9_999, scale in 1_i64..1_000,
        ) {
            let of = |x: i64| Decimal::new(x, 2);
            let there = drift(of(last), of(before), Decimal::ZERO, of(high)).unwrap();
            let back = drift(of(before), of(last), Decimal::ZERO, of(high)).unwrap();
            prop_assert_eq!(there, -back);
            let scaled = drift(of(last * scale), of(before * scale), Decimal::ZERO, of(high * scale)).unwrap();
            prop_assert_eq!(there.round_dp(20), scaled.round_dp(20));
        }

        #[test]
        fn a_larger_drift_is_never_judged_better(a in 0_i64..2_000, b in 0_i64..2_000) {
            let (small, large) = (Decimal::new(a.min(b), 2), Decimal::new(a.max(b), 2));
            for kind in [InstrumentKind::Gas, InstrumentKind::Particulate, InstrumentKind::Velocity] {
                let of = |x: Decimal| drift_outcome(&rule(kind), x, x);
                prop_assert!(of(small) <= of(large), "{kind:?} {small} {large}");
                prop_assert_eq!(of(large), of(-large));
            }
        }
    }
}
