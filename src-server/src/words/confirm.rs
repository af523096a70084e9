//! Words of the pages on which dischargers confirm.

use super::{EN, Words};

macro_rules! confirm_words {
    ($($name:ident: $zh:literal, $en:literal;)+) => {
        /// The texts in one language.
        #[derive(Debug)]
        pub(crate) struct ConfirmWords {
            $(pub(crate) $name: &'static str,)+
        }
        static IN_ZH: ConfirmWords = ConfirmWords { $($name: $zh,)+ };
        static IN_EN: ConfirmWords = ConfirmWords { $($name: $en,)+ };
    };
}

confirm_words! {
    title: "排污单位确认",
        "Confirmations";
    open_first: "待确认的排在前面。",
        "Those that are awaited stand first.";
    none: "没有需要确认的运维。",
        "There is nothing to confirm.";
    open: "未确认",
        "Not confirmed";
    objected: "有异议，待更正",
        "Objected: to be corrected";
    outdated: "有变更，需重新确认",
        "Changed since: once more";
    confirmed: "已确认",
        "Confirmed";
    nothing: "尚无签名记录",
        "Nothing signed yet";
    late: "逾期",
        "Late";
    hours_left: "当日还剩 {h} 小时 {m} 分",
        "{h} h {m} min left of the day";
    day_over: "已过当日，确认将记为逾期",
        "The day is over: it will be marked late";
    check: "请核对本次运维内容",
        "Please check what was done";
    why: "以下是本次运维的全部记录。请核对后确认；有异议请写明，运维人员更正后会再请您确认。",
        "These are all records of this visit. Please check them. If something is not right, say so: it is corrected and shown to you again.";
    answers: "已有意见",
        "Answers so far";
    in_portal: "网页确认",
        "In the portal";
    on_tablet: "平板签名",
        "On the tablet";
    changed_since: "之后有变更",
        "Changed since";
    says: "您的意见",
        "What you say";
    confirms: "内容属实，确认",
        "It is right: I confirm";
    objects: "有异议",
        "I object";
    reason: "异议内容（有异议时填写）",
        "What is not right (if you object)";
    name: "姓名",
        "Name";
    post: "岗位",
        "Post";
    phone: "联系电话",
        "Phone";
    phone_hint: "11 位手机号，或带区号的座机，如 0551-62345678",
        "11 digits, or a landline with its area code such as 0551-62345678";
    send: "提交",
        "Send";
    name_wrong: "请填写姓名，最多 100 字。",
        "Give the name, at most 100 characters.";
    post_wrong: "请填写岗位，最多 100 字。",
        "Give the post, at most 100 characters.";
    phone_wrong: "电话号码不对：请填 11 位手机号，或带区号的座机，如 0551-62345678。",
        "Not a phone number: 11 digits, or a landline with its area code such as 0551-62345678.";
    reason_wrong: "请写明哪里不对，最多 500 字。",
        "Say what is not right, at most 500 characters.";
    choose: "请选择确认或有异议。",
        "Choose whether you confirm or object.";
    has_changed: "内容刚有变更，尚未提交。请重新核对后再提交。",
        "It has just changed, and nothing was sent. Check it again, then send.";
    thanks: "已收到，谢谢。可以关闭此页。",
        "Received, thank you. You can close this page.";
    link_title: "发送确认链接",
        "A link for the representative";
    link_note: "链接只用于这一次运维，只能提交一次，今天结束时失效。请只发给本人。",
        "For this visit only, for one answer, until the end of today. Give it to that person only.";
    link_make: "生成链接",
        "Make the link";
    link_for: "此链接给 {name}（{phone}），今天 24 点前有效，只显示这一次：",
        "For {name} ({phone}), until midnight. It is shown this once:";
    link_gone: "链接无效：已用过、已过期，或内容已不需要确认。请联系运维单位。",
        "This link does not work: it was used, is out of date, or nothing is left to confirm. Please ask the operator.";
    link_wait: "尝试太多，请稍后再试。",
        "Too many tries. Please wait a while.";
    to_confirm: "查看确认",
        "Show the confirmation";
}

impl Words {
    /// The words of confirmations.
    pub(crate) fn confirm(&self) -> &'static ConfirmWords {
        if self.code == EN.code { &IN_EN } else { &IN_ZH }
    }
}
