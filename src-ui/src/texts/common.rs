//! Words of the frame: navigation, sync line, states of items, units of time.

use stackside_core::command::SyncLine;
use stackside_core::geofence::{Doubt, Presence};
use stackside_core::judge::Outcome;
use stackside_core::photo::SendState;
use stackside_core::sync::SyncTrouble;

use super::{Text, pick, texts};

texts! {
    APP: "运维随行", "Stackside";
    TODAY: "今日", "Today";
    POINTS: "站点", "Points";
    RECORDS: "台账", "Records";
    SYNC: "同步", "Sync";
    SETTINGS: "设置", "Settings";
    NAVIGATION: "主导航", "Main navigation";
    BACK: "返回", "Back";
    CANCEL: "取消", "Cancel";
    CLOSE: "关闭", "Close";
    RETRY: "重试", "Try again";
    LOADING: "正在读取…", "Loading…";
    SAVED: "已保存", "Saved";
    SAVING: "正在保存…", "Saving…";
    NOT_SAVED: "未能保存", "Not saved";
    NOTHING_FOUND: "没有符合的内容", "Nothing found";
    CLEAR_SEARCH: "清除搜索", "Clear the search";
    WAITING: "待发", "To send";
    SENDING: "发送中", "Sending";
    HELD: "已收妥", "Received";
    NOT_TAKEN: "未被接收", "Not taken";
    URGENT: "项逾期或今天到期", "overdue or due today";
    TO_BE_CHECKED: "依据待核", "Basis unchecked";
}

/// What a verdict says.
pub fn outcome(outcome: Outcome) -> Text {
    match outcome {
        Outcome::NotJudged => Text { zh: "未判定", en: "Not judged" },
        Outcome::Pass => Text { zh: "合格", en: "Pass" },
        Outcome::Incomplete => Text { zh: "未填完", en: "Incomplete" },
        Outcome::FailValid => Text { zh: "不合格，数据仍有效", en: "Fail, data still valid" },
        Outcome::Fail => Text { zh: "不合格", en: "Fail" },
        Outcome::OutOfControl => Text { zh: "失控", en: "Out of control" },
    }
}

/// Whether someone was there, as far as the fixes tell.
pub fn presence(presence: Presence) -> Text {
    match presence {
        Presence::Inside => Text { zh: "在围栏内", en: "Inside the fence" },
        Presence::Outside => Text { zh: "在围栏外", en: "Outside the fence" },
        Presence::Unsure => Text { zh: "无法判定", en: "Cannot be told" },
    }
}

/// Why presence is in doubt.
pub fn doubt(doubt: Doubt) -> Text {
    match doubt {
        Doubt::NoFix => Text { zh: "没有定位", en: "No position" },
        Doubt::Mocked => Text { zh: "模拟定位", en: "Mock position" },
        Doubt::NetworkOnly => Text { zh: "仅网络定位", en: "Network position only" },
    }
}

/// The state of an item on its way.
pub fn send_state(state: SendState) -> Text {
    match state {
        SendState::Waiting => WAITING,
        SendState::Sending => SENDING,
        SendState::Held => HELD,
        SendState::Refused => NOT_TAKEN,
    }
}

/// The sync line of every screen: calm when offline.
pub fn sync_line(line: &SyncLine) -> String {
    let waiting = line.entries_waiting + line.files_waiting;
    let state = match &line.trouble {
        SyncTrouble::Offline => pick("离线", "Offline"),
        SyncTrouble::NotOurServer => pick("网络需登录", "Network login needed"),
        SyncTrouble::ServerBusy => pick("平台繁忙", "Server busy"),
        SyncTrouble::Revoked => pick("平板已停用", "Tablet struck off"),
        SyncTrouble::Untrusted => pick("平台证书异常", "Server not trusted"),
        SyncTrouble::WrongClock => pick("请检查日期时间", "Check date and time"),
        SyncTrouble::TooOld => pick("请更新应用", "Update the app"),
        SyncTrouble::Forked | SyncTrouble::TooLarge | SyncTrouble::Refused { .. } | SyncTrouble::Broken => {
            pick("需处理", "Needs attention")
        }
        SyncTrouble::DiskFull => pick("存储已满", "Storage full"),
        SyncTrouble::None if line.running => pick("正在发送", "Sending"),
        SyncTrouble::None if waiting == 0 => pick("全部已收妥", "All received"),
        SyncTrouble::None => pick("已联网", "Online"),
    };
    match waiting {
        0 => state.to_owned(),
        n => pick(format!("{state} · {n} 条待发"), format!("{state} · {n} to send")),
    }
}
