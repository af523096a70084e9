//! The words of 审核.

use stackside_core::review::{ReviewState, ReviewVerdict};

use super::{EN, Words};
use crate::access::Role;

/// What people read when they review.
#[derive(Debug)]
pub(crate) struct ReviewWords {
    pub(crate) reviews: &'static str,
    pub(crate) review: &'static str,
    pub(crate) note: &'static str,
    pub(crate) comment: &'static str,
    pub(crate) add_comment: &'static str,
    pub(crate) general: &'static str,
    pub(crate) accept: &'static str,
    pub(crate) give_back: &'static str,
    pub(crate) appeal: &'static str,
    pub(crate) state: &'static str,
    pub(crate) open: &'static str,
    pub(crate) all_points: &'static str,
    pub(crate) form: &'static str,
    pub(crate) all_forms: &'static str,
    pub(crate) from: &'static str,
    pub(crate) until: &'static str,
    pub(crate) none: &'static str,
    pub(crate) newer: &'static str,
    pub(crate) older: &'static str,
    pub(crate) stale: &'static str,
    pub(crate) empty: &'static str,
    pub(crate) too_long: &'static str,
}

const ZH_REVIEW: ReviewWords = ReviewWords {
    reviews: "审核",
    review: "审核",
    note: "退回时请写明总体意见，或在上面的填写项旁批注；平板会把意见带到相应的填写项。",
    comment: "审核批注",
    add_comment: "批注",
    general: "总体意见",
    accept: "审核通过",
    give_back: "退回",
    appeal: "申诉",
    state: "状态",
    open: "待处理",
    all_points: "全部点位",
    form: "表单",
    all_forms: "全部表单",
    from: "从",
    until: "至",
    none: "没有符合条件的记录",
    newer: "较新的",
    older: "较早的",
    stale: "您打开页面之后，这条记录有了新的版本或新的审核。什么都没有改动：请返回，刷新记录页面后再审核",
    empty: "退回要有理由：请返回，写总体意见，或至少在一个填写项旁批注",
    too_long: "意见太长（每条最多 500 字）或不属于这条记录：请返回修改后重新提交",
};

const EN_REVIEW: ReviewWords = ReviewWords {
    reviews: "Reviews",
    review: "Review",
    note: "To return a record, write a general word or comment on the answers above; the tablet brings each comment to its answer.",
    comment: "Comment",
    add_comment: "Comment",
    general: "General word",
    accept: "Accept",
    give_back: "Return",
    appeal: "Appeal",
    state: "State",
    open: "All open",
    all_points: "All points",
    form: "Form",
    all_forms: "All forms",
    from: "From",
    until: "to",
    none: "No such records",
    newer: "Newer",
    older: "Older",
    stale: "Since you opened the page, this record got a new version or another review. Nothing was changed: go back, reload the record and review it anew",
    empty: "A return needs a reason: go back and write a general word, or comment on at least one answer",
    too_long: "A comment is too long (500 characters at most) or not about this record: go back, change it and send it again",
};

impl Words {
    /// The words of 审核.
    pub(crate) fn of_review(&self) -> &'static ReviewWords {
        if self.code == EN.code { &EN_REVIEW } else { &ZH_REVIEW }
    }

    /// Where a record stands: tone and word.
    pub(crate) fn review_state(&self, state: ReviewState) -> (&'static str, &'static str) {
        match state {
            ReviewState::NotReviewed => ("idle", self.pick("未审核", "Not reviewed")),
            ReviewState::Corrected => ("warn", self.pick("已更正，待审核", "Corrected, to be reviewed")),
            ReviewState::Returned => ("bad", self.pick("已退回", "Returned")),
            ReviewState::Appealed => ("warn", self.pick("已申诉", "Appealed")),
            ReviewState::Accepted => ("ok", self.pick("已审核", "Accepted")),
        }
    }

    /// What came of a review: tone and word.
    pub(crate) fn review_verdict(&self, verdict: ReviewVerdict) -> (&'static str, &'static str) {
        self.review_state(match verdict {
            ReviewVerdict::Accepted => ReviewState::Accepted,
            ReviewVerdict::Returned => ReviewState::Returned,
        })
    }

    /// As what somebody reviewed; a role of another version by its name.
    pub(crate) fn role<'t>(&self, role: &'t str) -> &'t str
    where
        Self: 't,
    {
        match role.parse() {
            Ok(Role::OperatorAdmin) => self.pick("运维机构管理员", "operator's administrator"),
            Ok(Role::Supervisor) => self.pick("督查人员", "supervisor"),
            Ok(Role::Discharger) => self.pick("排污单位", "discharger"),
            Ok(Role::PatrolInspector) => self.pick("巡查人员", "patrol inspector"),
            Ok(Role::Regulator) => self.pick("管理部门", "regulator"),
            Err(_) => role,
        }
    }
}
