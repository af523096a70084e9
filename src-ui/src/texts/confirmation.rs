//! Words of 企业确认: what the representative reads beside the content, and where the confirmation stands.

use stackside_core::command::GivenLine;
use stackside_core::confirmation::{Answer, Standing, State};
use stackside_core::visit::Lack;

use super::{pick, short_time, texts};

texts! {
    CONFIRMATION: "企业确认", "Confirmation";
    CONFIRM_TITLE: "请核对本次运维内容", "Please check what was done";
    CONFIRM_WHY: "以下是本次运维的全部记录。请您核对后签名；有异议请写明，运维人员会更正后再请您确认。",
        "These are all records of this visit. Please check them and sign. If something is not right, say so: it is corrected and shown to you again.";
    CONFIRM_SAID: "您的意见", "What you say";
    CONFIRMS: "内容属实，确认", "It is right: I confirm";
    OBJECTS: "有异议", "I object";
    CONFIRM_CHOOSE: "请选择确认或有异议。", "Choose whether you confirm or object.";
    OBJECTION: "异议内容", "What is not right";
    OBJECTION_MISSING: "请写明哪里不对。", "Say what is not right.";
    OBJECTION_HINT: "例如：2 号标气没有更换", "For example: gas bottle 2 was not replaced";
    CONFIRM_NAME: "姓名", "Name";
    CONFIRM_POST: "岗位", "Post";
    CONFIRM_PHONE: "联系电话", "Phone";
    CONFIRM_DONE: "已签名保存", "Signed and saved";
    CONFIRM_READ_ANEW: "重新查看", "Read it again";
    HAND_BACK: "交还运维人员", "Back to the technician";
    CONFIRM_NOW: "请企业确认", "Ask for confirmation";
    CONFIRM_LEAVE: "离场后仍可确认，也可由企业在网页上确认。", "It can still be confirmed afterwards, here or in the portal.";
    AWAITED: "等待企业确认", "Awaiting confirmation";
    IN_PORTAL: "网页确认", "In the portal";
    NOT_CURRENT: "之后有变更", "Changed since";
    LATE: "逾期", "Late";
    SHOW_VISIT: "查看", "Show";
    CORRECT_OBJECTED: "按异议更正记录", "Correct what is objected to";
}

/// Where a confirmation stands.
pub fn confirmation_state(state: State) -> &'static str {
    match state {
        State::Nothing => pick("尚无签名记录", "Nothing signed yet"),
        State::Open => pick("未确认", "Not confirmed"),
        State::Objected => pick("有异议，待更正", "Objected: to be corrected"),
        State::Outdated => pick("确认后有变更，需重新确认", "Changed since: to be confirmed again"),
        State::Confirmed => pick("已确认", "Confirmed"),
    }
}

/// Until when it is awaited: `今天还剩 3 小时 20 分`.
pub fn time_left(standing: &Standing, left_minutes: i64) -> String {
    if left_minutes < 0 {
        let day = standing.day.format("%m-%d");
        return pick(
            format!("已过 {day} 当日，确认将记为逾期"),
            format!("{day} is over: it will be marked late"),
        );
    }
    let (hours, minutes) = (left_minutes / 60, left_minutes % 60);
    match hours {
        0 => pick(format!("当日还剩 {minutes} 分钟"), format!("{minutes} min left of the day")),
        _ => pick(
            format!("当日还剩 {hours} 小时 {minutes} 分"),
            format!("{hours} h {minutes} min left of the day"),
        ),
    }
}

/// Who answered, as what, when.
pub fn given_by(line: &GivenLine) -> String {
    let by = &line.by;
    pick(
        format!("{}（{}，{}） · {}", by.name, by.post, by.phone, short_time(line.at)),
        format!("{} ({}, {}) · {}", by.name, by.post, by.phone, short_time(line.at)),
    )
}

/// What was answered.
pub fn given_answer(answer: &Answer) -> String {
    match answer {
        Answer::Confirms => pick("确认", "Confirmed").to_owned(),
        Answer::Objects { reason } => pick(format!("异议：{reason}"), format!("Objection: {reason}")),
    }
}

/// What a step lacks, in a few signs below it.
pub fn lack(lack: Lack) -> String {
    match lack {
        Lack::NoForm => pick("未开始", "none yet").to_owned(),
        Lack::Gaps(count) => pick(format!("{count} 份未填完"), format!("{count} with gaps")),
        Lack::NoPhoto => pick("还没有", "none yet").to_owned(),
        Lack::Unsigned(count) => pick(format!("{count} 份未签"), format!("{count} unsigned")),
        Lack::Unconfirmed => pick("未确认", "not yet").to_owned(),
        Lack::Objection => pick("有异议", "objection").to_owned(),
        Lack::ConfirmAnew => pick("需重新确认", "once more").to_owned(),
        Lack::StillThere => pick("未离场", "not yet").to_owned(),
    }
}
