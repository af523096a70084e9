//! Words of tasks: when they are due, why they rest, who does them.

use chrono::{DateTime, Utc};
use stackside_core::clock::shanghai_date;
use stackside_core::command::DueLine;
use stackside_core::due::{Due, Urgency};
use stackside_core::rulebook::Every;

use super::{Text, factors, label, pick, short_time, texts};

texts! {
    OTHERS: "同事的任务", "Others' tasks";
    NOT_NOW: "未到期、暂停与自动任务", "Not due, resting and automatic";
    PAUSE: "登记停运", "Register a stop";
    RESUME: "恢复运行", "Back in operation";
    PAUSE_TITLE: "登记停运", "Register a stop";
    PAUSE_WHY: "停运期间任务暂停；停产不满一个季度，每周巡检仍要做。登记进入存证，不能删除。",
        "Tasks rest meanwhile; the weekly inspection goes on for a quarter. What you say becomes evidence.";
    RESUME_WHY: "期间到期的任务，恢复当天到期。", "What fell due meanwhile is due on the day of the return.";
    PAUSE_WHAT: "停运对象", "What stops";
    SOURCE: "排放源（停产）", "The source (shut down)";
    SINCE: "起始时间", "Since";
    PAUSE_REASON: "原因", "Reason";
    PAUSES: "停运登记", "Stops";
    NO_PAUSE: "运行中，没有停运登记。", "In operation: nothing is stopped.";
    DUE_HERE: "到期任务", "Tasks here";
}

/// What a task is: form, items, factors.
pub fn task(line: &DueLine) -> String {
    // An inspection is of no factor.
    let items = line.due.items_days.map(|days| pick(format!("{days} 天项目"), format!("{days}-day items")));
    let parts = [Some(label(&line.title).to_owned()), items, Some(factors(&line.factors))];
    parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// `每 7 天 · 上次 11-16`.
pub fn period_and_last(due: &Due) -> String {
    let period = match due.every {
        Every::Days(1) => pick("每天", "daily").to_owned(),
        Every::Hours(hours) => pick(format!("每 {hours} 小时"), format!("every {hours} h")),
        Every::Days(days) => pick(format!("每 {days} 天"), format!("every {days} days")),
        Every::Months(1) => pick("每月", "monthly").to_owned(),
        Every::Months(months) => pick(format!("每 {months} 个月"), format!("every {months} months")),
        Every::Quarter => pick("每季度", "quarterly").to_owned(),
        Every::QuarterWorkingDays(days) => {
            pick(format!("每季度前 {days} 个工作日"), format!("first {days} working days of a quarter"))
        }
        Every::WorkingDays(days) => pick(format!("{days} 个工作日内"), format!("within {days} working days")),
    };
    let date = |at: DateTime<Utc>| short_time(at).split_once(' ').map(|(date, _)| date.to_owned());
    let last = due.last_done.and_then(date).map(|last| pick(format!("上次 {last}"), format!("last {last}")));
    let provisional =
        due.is_provisional.then(|| pick("工作日暂按周一至周五", "Monday to Friday, provisional"));
    [Some(period), last, provisional.map(str::to_owned)].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// When a duty ends, for a pill.
pub fn urgency(due: &Due, now: DateTime<Utc>) -> String {
    let left = due.due.map_or(0, |end| (shanghai_date(end) - shanghai_date(now)).num_days());
    match due.urgency {
        Urgency::Overdue if left > -1 => pick("已逾期", "Overdue").to_owned(),
        Urgency::Overdue => pick(format!("逾期 {} 天", -left), format!("{} d overdue", -left)),
        Urgency::NeverDone => pick("本机无记录", "No record here").to_owned(),
        Urgency::Today => pick("今天", "Today").to_owned(),
        Urgency::Soon | Urgency::Later => pick(format!("{left} 天后"), format!("in {left} d")),
        Urgency::Paused => pick("暂停", "Resting").to_owned(),
        Urgency::Attested => pick("设备自动", "By the machine").to_owned(),
    }
}

/// How soon a duty of a form in a list asks for attention.
pub fn form_urgency(urgency: Urgency) -> Option<Text> {
    match urgency {
        Urgency::Overdue => Some(Text { zh: "已逾期", en: "Overdue" }),
        Urgency::NeverDone => Some(Text { zh: "本机无记录", en: "No record here" }),
        Urgency::Today => Some(Text { zh: "今天到期", en: "Due today" }),
        Urgency::Soon => Some(Text { zh: "即将到期", en: "Due soon" }),
        Urgency::Paused => Some(Text { zh: "暂停", en: "Resting" }),
        Urgency::Later | Urgency::Attested => None,
    }
}

/// `逾期 1 · 今天 3 · 即将 6`, without what is zero.
pub fn due_counts(overdue: usize, today: usize, soon: usize, never: usize) -> String {
    let part = |count: usize, zh: &str, en: &str| (count > 0).then(|| format!("{} {count}", pick(zh, en)));
    let parts = [
        part(overdue, "逾期", "Overdue"),
        part(today, "今天", "Today"),
        part(soon, "即将到期", "Soon"),
        part(never, "无记录", "No record"),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

/// `停产，自 11-16 09:00：锅炉检修`.
pub fn pause_line(what: &str, since: DateTime<Utc>, reason: &str) -> String {
    let since = short_time(since);
    pick(format!("{what}，自 {since}：{reason}"), format!("{what}, since {since}: {reason}"))
}
