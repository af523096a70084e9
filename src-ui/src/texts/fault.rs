//! Words about faults.

use chrono::{DateTime, TimeDelta, Utc};
use stackside_core::command::{FaultLine, FaultStepLine};
use stackside_core::fault::{ChangeKind, ClockState, FaultClock, FaultPart, Step, StepKind};
use stackside_core::rulebook::FaultEvent;

use super::{Text, factor, pick, short_time, texts};

texts! {
    FAULTS: "故障", "Faults";
    NEW_FAULT: "新故障", "New fault";
    FAULT_STEPS: "故障处理步骤", "Steps of the fault";
    FAULT_CLOCKS: "时限", "Deadlines";
    NO_CLOCKS: "本地规则没有规定时限", "The rules of this place name no deadline";
    FAULT_HISTORY: "经过", "What happened";
    FAULT_PART: "故障部位", "Part of the system";
    FAULT_INSTRUMENT: "故障设备", "Instrument";
    FAULT_WORDS: "故障情况", "What is wrong";
    FAULT_AT: "发生时间", "When";
    FAULT_NOTICED_AT: "发现时间", "Noticed at";
    STEP_WORDS: "说明", "In words";
    REPORTED_TO: "向谁报告、怎么报告", "To whom, and how";
    STEP_RECORD: "依据的记录", "Record that shows it";
    PROOF_WHY: "选一份校准、比对或维修记录，没有的写明怎么验证的。", "Choose a calibration, comparison or repair record, or say how it was proved.";
    CHANGE: "变更内容", "What was changed";
    NOTE_STEP: "记录", "Note";
    OTHER_STEPS: "其他步骤", "Other steps";
    CORRECT_STEP: "更正", "Correct";
    WITHDRAW_STEP: "撤销这一步", "Withdraw this step";
    WITHDRAW_FAULT: "误报，撤销故障", "Noticed by mistake";
    WITHDRAW_WHY: "撤销后不再计时，经过仍保留可查。", "Its clocks stop; what was noted stays visible.";
    WITHDRAW_REASON: "撤销原因", "Why";
    FAULT_OVER: "故障处理完毕", "Nothing is left to do";
    FAULT_WITHDRAWN: "误报，已撤销", "Noticed by mistake";
    FAULT_FORMS: "报告与维修记录", "Report and repair";
    STEP_SUPERSEDED: "已更正", "corrected";
    STEP_NOTED: "已记录", "Noted";
}

/// A step by its kind.
pub fn fault_step(kind: StepKind) -> Text {
    match kind {
        StepKind::Noticed => Text { zh: "发现", en: "Noticed" },
        StepKind::Reported => Text { zh: "报告", en: "Reported" },
        StepKind::Arrived => Text { zh: "到场", en: "Arrived" },
        StepKind::Repaired => Text { zh: "修复", en: "Repaired" },
        StepKind::Proved => Text { zh: "验证", en: "Proved" },
        StepKind::BackInService => Text { zh: "恢复", en: "Back" },
        StepKind::ManualMonitoring => Text { zh: "人工监测", en: "Manual monitoring" },
        StepKind::Changed => Text { zh: "变更", en: "Change" },
        StepKind::Commissioned => Text { zh: "调试", en: "Commissioned" },
        StepKind::Accepted => Text { zh: "验收", en: "Accepted" },
        StepKind::Filed => Text { zh: "备案", en: "Filed" },
        StepKind::Withdrawn => Text { zh: "撤销", en: "Withdrawn" },
    }
}

/// What the button says that notes it.
pub fn note_step(kind: StepKind) -> Text {
    match kind {
        StepKind::Noticed => Text { zh: "记录发现情况", en: "Note when it was noticed" },
        StepKind::Reported => Text { zh: "已报告管理部门", en: "The authority was told" },
        StepKind::Arrived => Text { zh: "已到达现场", en: "On site" },
        StepKind::Repaired => Text { zh: "已修复", en: "Repaired" },
        StepKind::Proved => Text { zh: "已校准验证", en: "Proved by calibration" },
        StepKind::BackInService => Text { zh: "已恢复运行", en: "Back in service" },
        StepKind::ManualMonitoring => Text { zh: "人工监测一次", en: "A sample by hand" },
        StepKind::Changed => Text { zh: "更换或改动了部件", en: "Something was changed" },
        StepKind::Commissioned => Text { zh: "已重新调试", en: "Commissioned anew" },
        StepKind::Accepted => Text { zh: "已重新验收", en: "Accepted anew" },
        StepKind::Filed => Text { zh: "已重新备案", en: "Filed anew" },
        StepKind::Withdrawn => WITHDRAW_FAULT,
    }
}

/// The part of the system that failed.
pub fn fault_part(part: FaultPart) -> &'static str {
    match part {
        FaultPart::Sampling => pick("采样系统", "Sampling system"),
        FaultPart::Instrument => pick("监测仪器", "Instrument"),
        FaultPart::Logger => pick("数采仪", "Data logger"),
        FaultPart::Network => pick("网络通信", "Communication"),
        FaultPart::Power => pick("供电", "Power"),
        FaultPart::Station => pick("站房及辅助设备", "Station and auxiliary equipment"),
        FaultPart::Other => pick("其他", "Other"),
    }
}

/// What was changed.
pub fn fault_change(change: ChangeKind) -> &'static str {
    match change {
        ChangeKind::CorePart => pick("更换或移动核心部件", "Core part replaced or moved"),
        ChangeKind::Range => pick("量程", "Range"),
        ChangeKind::Parameter => pick("参数", "Parameter"),
        ChangeKind::Instrument => pick("更换监测仪器", "Instrument replaced"),
        ChangeKind::DataLogger => pick("更换数采仪", "Data logger replaced"),
    }
}

/// What a deadline asks for.
pub fn fault_event(event: FaultEvent) -> &'static str {
    match event {
        FaultEvent::Arrive => pick("到达现场", "On site"),
        FaultEvent::Report => pick("报告管理部门", "Report"),
        FaultEvent::Repair => pick("修复", "Repair"),
        FaultEvent::Back => pick("恢复运行", "Back in operation"),
        FaultEvent::ManualMonitoring => pick("人工监测", "Manual monitoring"),
    }
}

/// `还有 3 小时 12 分`, `超时 12 分`, or that it was kept.
pub fn fault_clock(clock: &FaultClock, now: DateTime<Utc>) -> String {
    match (clock.state(now), clock.done) {
        (ClockState::Met, _) => pick("按时", "in time").to_owned(),
        (ClockState::Running, _) => {
            let time = hours(clock.left(now));
            pick(format!("还有 {time}"), format!("{time} left"))
        }
        (ClockState::Missed, Some(done)) if done <= clock.end => {
            pick("有间隔超时", "intervals missed").to_owned()
        }
        (ClockState::Missed, done) => {
            let time = hours(done.unwrap_or(now) - clock.end);
            pick(format!("超时 {time}"), format!("{time} late"))
        }
    }
}

fn hours(time: TimeDelta) -> String {
    let minutes = time.num_minutes();
    let (hours, minutes) = (minutes / 60, minutes % 60);
    match hours {
        0 => pick(format!("{minutes} 分"), format!("{minutes} min")),
        _ => pick(format!("{hours} 小时 {minutes} 分"), format!("{hours} h {minutes} min")),
    }
}

/// Until when, and what was missed before.
pub fn fault_clock_detail(clock: &FaultClock) -> String {
    let end = short_time(clock.end);
    let mut parts =
        vec![pick(format!("{} 小时，至 {end}", clock.hours), format!("{} h, until {end}", clock.hours))];
    parts.extend(
        clock
            .done
            .map(|done| pick(format!("{} 完成", short_time(done)), format!("done {}", short_time(done)))),
    );
    parts.extend(
        clock
            .today
            .map(|(done, least)| pick(format!("今日 {done}/{least} 次"), format!("today {done} of {least}"))),
    );
    if clock.missed > 0 {
        parts
            .push(pick(format!("此前 {} 次未按时", clock.missed), format!("{} missed before", clock.missed)));
    }
    parts.join(" · ")
}

/// What a fault is about, in a line.
pub fn fault_title(line: &FaultLine) -> String {
    let parts = [
        line.part.map(fault_part).unwrap_or_default().to_owned(),
        line.factor.as_deref().map(factor).unwrap_or_default(),
    ];
    let parts = parts.into_iter().chain([line.words.clone()]).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(" · ")
}

/// The heading of a step that was noted.
pub fn fault_step_title(line: &FaultStepLine) -> String {
    match &line.step {
        Step::Changed { change } => {
            format!("{} · {}", fault_step(StepKind::Changed).get(), fault_change(*change))
        }
        step => fault_step(step.kind()).get().to_owned(),
    }
}

/// How many deadlines of the open faults run, and how many were missed.
pub fn fault_counts(running: usize, missed: usize) -> String {
    let mut parts = vec![];
    if missed > 0 {
        parts.push(pick(format!("{missed} 项超时"), format!("{missed} missed")));
    }
    if running > 0 {
        parts.push(pick(format!("{running} 项计时中"), format!("{running} running")));
    }
    parts.join(" · ")
}
