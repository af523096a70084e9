//! Words of verdicts: the figure, its limit, and what to do next, for each quantity.

use rust_decimal::Decimal;
use stackside_core::form::AnswerError;
use stackside_core::judge::{Figure, Measure, Outcome, Quantity, Verdict};

use super::{Text, outcome, pick};

/// The word for an outcome where there is little room.
pub fn outcome_short(value: Outcome) -> Text {
    match value {
        Outcome::FailValid => Text { zh: "不合格", en: "Fail" },
        other => outcome(other),
    }
}

/// What is judged.
pub fn quantity(quantity: Quantity) -> Text {
    match quantity {
        Quantity::Zero => Text { zh: "零点漂移", en: "Zero drift" },
        Quantity::Span => Text { zh: "量程漂移", en: "Span drift" },
        Quantity::DriftTest => Text { zh: "漂移", en: "Drift" },
        Quantity::IndicationError => Text { zh: "示值误差", en: "Indication error" },
        Quantity::ResponseTime => Text { zh: "系统响应时间", en: "Response time" },
        Quantity::Accuracy => Text { zh: "准确度", en: "Accuracy" },
        Quantity::StandardCheck => Text { zh: "标样核查误差", en: "Standard check error" },
        Quantity::RealSample => Text { zh: "实际水样比对", en: "Real samples" },
        Quantity::AbsoluteError => Text { zh: "绝对误差", en: "Absolute error" },
        Quantity::Level => Text { zh: "液位误差", en: "Level error" },
        Quantity::Flow => Text { zh: "流量误差", en: "Flow error" },
        Quantity::Agreement => Text { zh: "数据一致性误差", en: "Difference of the data" },
        Quantity::RangeRatio => {
            Text { zh: "量程为排放限值的倍数", en: "Range as a multiple of the limit" }
        }
        Quantity::ValidRate => Text { zh: "有效数据率", en: "Valid data" },
        Quantity::CaptureRate => Text { zh: "有效数据捕集率", en: "Data capture" },
    }
}

/// How a figure is measured, where the quantity alone does not say it.
fn measure(by: Measure) -> Option<Text> {
    match by {
        Measure::RelativeAccuracy => Some(Text { zh: "相对准确度", en: "relative accuracy" }),
        Measure::RelativeError => Some(Text { zh: "相对误差", en: "relative error" }),
        Measure::AbsoluteError => Some(Text { zh: "绝对误差", en: "absolute error" }),
        Measure::OfNominal => Some(Text { zh: "相对标称值", en: "of the nominal value" }),
        Measure::OfFullScale => Some(Text { zh: "相对满量程", en: "of the full scale" }),
        Measure::AtMost | Measure::AtLeast | Measure::Between | Measure::PairsPassed => None,
    }
}

fn with_unit(number: &str, unit: &str) -> String {
    format!("{number} {unit}").trim_end().to_owned()
}

fn plain(value: Decimal) -> String {
    value.normalize().to_string().replace('-', "\u{2212}")
}

/// What a figure may be.
fn limit(figure: &Figure) -> String {
    let Figure { by, pass, low, unit, .. } = figure;
    let pass = with_unit(&plain(*pass), unit);
    match (by, low) {
        (Measure::Between, Some(low)) => {
            let low = plain(*low);
            pick(format!("{low} 至 {pass}"), format!("{low} to {pass}"))
        }
        (Measure::AtLeast, _) => format!("≥ {pass}"),
        (Measure::AtMost | Measure::RelativeAccuracy, _) => format!("≤ {pass}"),
        _ => format!("±{pass}"),
    }
}

fn beyond(figure: &Figure) -> Option<String> {
    figure.out_of_control.map(|limit| format!("±{}", with_unit(&plain(limit), &figure.unit)))
}

fn against(name: &str, figure: &Figure) -> String {
    let (value, limit) = (with_unit(&figure.shown, &figure.unit), limit(figure));
    pick(format!("{name} {value}，限值 {limit}"), format!("{name} {value}, limit {limit}"))
}

/// The figure against its limit; for velocity both figures and how they go together.
pub fn verdict_figures(verdict: &Verdict) -> String {
    let name = quantity(verdict.quantity).get();
    match verdict.figures.as_slice() {
        [] => waits_for(verdict),
        [pairs] if pairs.by == Measure::PairsPassed => {
            let (shown, need) = (&pairs.shown, plain(pairs.pass));
            let (passed, of) = shown.split_once('/').unwrap_or((shown, ""));
            pick(
                format!("{name}：{of} 对中 {passed} 对合格，至少要 {need} 对"),
                format!("{name}: {passed} of {of} pairs pass, {need} have to"),
            )
        }
        [figure] => against(&named(verdict.quantity, figure), figure),
        [drift, absolute, ..] => {
            let (drift, absolute) =
                (against(name, drift), against(pick("绝对误差", "absolute error"), absolute));
            pick(
                format!("{drift}；{absolute}。两项有一项不超限即为合格。"),
                format!("{drift}; {absolute}. It passes if either holds."),
            )
        }
    }
}

/// The quantity with its measure: 准确度（相对准确度）.
fn named(what: Quantity, figure: &Figure) -> String {
    let name = quantity(what).get();
    let says_it_all = !matches!(what, Quantity::Accuracy | Quantity::IndicationError | Quantity::RealSample);
    match measure(figure.by).filter(|_| !says_it_all) {
        Some(measure) => {
            pick(format!("{name}（{}）", measure.zh), format!("{name} ({})", measure.en.to_lowercase()))
        }
        None => name.to_owned(),
    }
}

/// Why there is no figure yet.
fn waits_for(verdict: &Verdict) -> String {
    if let Some(AnswerError::TooFewLines { have, least }) =
        verdict.trouble.as_ref().map(|trouble| &trouble.error)
    {
        let left = least.saturating_sub(*have);
        return pick(
            format!("已有 {have} 组，至少 {least} 组，还差 {left} 组。"),
            format!("{have} of at least {least} are there; {left} to go."),
        );
    }
    if verdict.outcome != Outcome::Incomplete {
        return match verdict.rule {
            None => pick(
                "填入数值后判定；没有限值的不判定。",
                "Judged once there are values, where the rules have a limit.",
            ),
            Some(_) => pick("没有可判定的数值。", "There is nothing to judge."),
        }
        .into();
    }
    let words = match verdict.quantity {
        Quantity::Zero | Quantity::Span => pick(
            "填完上次校准后和校前测试值，即时判定。",
            "Judged as soon as the last and the present reading are there.",
        ),
        Quantity::StandardCheck => {
            pick("填完标准值和测定值，即时判定。", "Judged as soon as standard and reading are there.")
        }
        Quantity::Agreement => pick("填完两处数值，即时判定。", "Judged as soon as both values are there."),
        Quantity::Accuracy | Quantity::RealSample | Quantity::AbsoluteError | Quantity::Level => {
            pick("填完成对的数值，即时判定。", "Judged as soon as the pairs are there.")
        }
        _ => pick("填完所需数值，即时判定。", "Judged as soon as the values are there."),
    };
    words.into()
}

/// What to do next; nothing where there is nothing to do.
pub fn verdict_advice(verdict: &Verdict) -> Option<String> {
    match verdict.outcome {
        Outcome::FailValid => Some(adjust(verdict)),
        Outcome::OutOfControl => Some(out_of_control(verdict)),
        Outcome::Fail => Some(after_failing(verdict.quantity).into()),
        Outcome::Pass | Outcome::Incomplete | Outcome::NotJudged => None,
    }
}

fn adjust(verdict: &Verdict) -> String {
    let outer: Vec<String> = verdict.figures.iter().filter_map(beyond).collect();
    let (zh, en) = match outer.as_slice() {
        [percent, absolute, ..] => (
            format!("两项同时超过 {percent} 和 {absolute} 才是失控"),
            format!("Only beyond both {percent} and {absolute} it is out of control"),
        ),
        _ => {
            let outer = outer.join("");
            (format!("超过 {outer} 为失控"), format!("Beyond {outer} it is out of control"))
        }
    };
    pick(
        format!("请调整后再测，直到合格；{zh}。"),
        format!("Adjust and measure again until it passes. {en}."),
    )
}

fn out_of_control(verdict: &Verdict) -> String {
    let outer: Vec<String> = verdict.figures.iter().filter_map(beyond).collect();
    if outer.is_empty() {
        return pick(
            "校验不合格即为失控：数据无效。请停用数据、查明原因并检修，重新校准和校验合格后恢复，并在结论写明。",
            "A failed verification means out of control: the data are invalid. Find the cause, repair, calibrate and verify until it passes, and say so in the conclusion.",
        )
        .into();
    }
    let (zh, en) = (outer.join(" 和 "), outer.join(" and "));
    pick(
        format!(
            "已超过失控限 {zh}：数据无效。请停用数据、查明原因并检修，重新校准合格后恢复，并在备注写明。"
        ),
        format!(
            "Beyond {en}: the data are invalid. Find the cause, repair, calibrate until it passes, and say so in the remarks."
        ),
    )
}

fn after_failing(quantity: Quantity) -> &'static str {
    match quantity {
        Quantity::Zero | Quantity::Span => pick("请检修后重新测试。", "Repair and test again."),
        Quantity::DriftTest => pick(
            "请检查分析仪和采样管路，校准后重做漂移测试。",
            "Check analyser and sampling line, calibrate, and run the drift test again.",
        ),
        Quantity::IndicationError => pick(
            "请核对标气，调整分析仪后重测三次。",
            "Check the gas, adjust the analyser, and take the three readings again.",
        ),
        Quantity::ResponseTime => pick(
            "请检查采样流量、过滤器和管路，处理后重测。",
            "Check sample flow, filter and line, mend them, and measure again.",
        ),
        Quantity::Accuracy => {
            pick("请检查系统、重新校准后重做比对。", "Check the system, calibrate, and compare again.")
        }
        Quantity::StandardCheck => pick(
            "请校准仪器，再做一次标样核查；仍不合格的重复校准。",
            "Calibrate, then check with the standard again; repeat until it passes.",
        ),
        Quantity::RealSample => pick(
            "请校准仪器后重新比对；不合格的时段按规定报告。",
            "Calibrate and compare again; report the time in which it failed.",
        ),
        Quantity::AbsoluteError => {
            pick("请校准或清洗电极后重新比对。", "Calibrate or clean the electrode, and compare again.")
        }
        Quantity::Level | Quantity::Flow => pick(
            "请检查堰槽和探头，校正流量计后重新比对。",
            "Check flume and probe, correct the meter, and compare again.",
        ),
        Quantity::Agreement => pick(
            "请核对量程、单位和数采仪设置，一致后再记录。",
            "Check range, unit and the logger's settings until both agree.",
        ),
        Quantity::RangeRatio => pick(
            "请按排放限值的 2 至 3 倍重新设置量程，并填参数设置记录。",
            "Set the range to 2 to 3 times the emission limit, and record the change.",
        ),
        Quantity::ValidRate | Quantity::CaptureRate => {
            pick("请查明缺失数据的原因，并按规定报告。", "Find out why data are missing, and report it.")
        }
    }
}
