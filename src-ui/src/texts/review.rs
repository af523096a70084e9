//! Words of 审核: accepted, returned, 申诉.

use stackside_core::command::{AppealLine, ReviewLine};
use stackside_core::review::{ReviewState, ReviewVerdict};

use super::{Text, label_and, pick, short_time, stamp_time, texts};

texts! {
    RETURNED_TO_YOU: "审核退回，待处理", "Returned to you";
    HANDLE: "处理", "Go";
    HANDLED_ELSEWHERE: "请在签署它的平板上处理", "Answer it on the tablet that it was signed on";
    COMMENT: "审核批注", "Reviewer";
    COMMENTED_AT: "批注", "Comments";
    APPEAL: "申诉", "Appeal";
    APPEAL_WHAT: "说明这份记录为什么不用改。审核人会再看一次；需要改时请用“更正”。",
        "Say why the record stands as it is. The reviewer looks at it again. To change it, correct it.";
    APPEAL_WHY: "申诉理由", "Why it stands";
    APPEAL_WHY_HINT: "例如：现场读数就是这样，见照片", "For example: that was the reading, see the photo";
    APPEALED_NOW: "已申诉", "Appealed";
    NONE_REVIEWED: "没有这样的记录。", "No such records.";
    BY_REVIEW: "审核", "Reviews";
}

/// Where a record stands with its reviewers.
pub fn review_state(state: ReviewState) -> Text {
    let (zh, en) = match state {
        ReviewState::NotReviewed => ("未审核", "Not reviewed"),
        ReviewState::Corrected => ("待再审", "To be reviewed again"),
        ReviewState::Returned => ("已退回", "Returned"),
        ReviewState::Appealed => ("已申诉", "Appealed"),
        ReviewState::Accepted => ("已审核", "Accepted"),
    };
    Text { zh, en }
}

/// Who said what when: `已退回 · anna（督查人员） · 11-23 15:00`.
pub fn review_line(line: &ReviewLine) -> String {
    let state = match line.verdict {
        ReviewVerdict::Accepted => ReviewState::Accepted,
        ReviewVerdict::Returned => ReviewState::Returned,
    };
    let role = match line.reviewer.role.as_str() {
        "operator_admin" => pick("管理员", "administrator"),
        "supervisor" => pick("督查人员", "supervisor"),
        "regulator" => pick("管理部门", "regulator"),
        other => other,
    };
    let who = pick(format!("{}（{role}）", line.reviewer.name), format!("{} ({role})", line.reviewer.name));
    format!("{} · {who} · {}", review_state(state).get(), short_time(line.at))
}

/// What was said first: of the record, or of one answer.
pub fn review_words(line: &ReviewLine) -> String {
    line.general.iter().chain(line.comments.values()).next().cloned().unwrap_or_default()
}

/// Who appealed when, and why.
pub fn appeal_line(line: &AppealLine) -> String {
    let said = label_and(APPEAL.get(), &line.reason);
    format!("{said} · {} · {}", line.stamp.person_name, stamp_time(&line.stamp))
}

/// What a reviewer said of an answer.
pub fn comment_line(name: Option<&str>, words: &str) -> String {
    let said = label_and(COMMENT.get(), words);
    name.map_or_else(|| said.clone(), |name| format!("{name} · {said}"))
}
