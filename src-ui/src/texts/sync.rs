//! Words of sync: what waits, how far it is, what is in the way.

use chrono::{DateTime, Utc};
use stackside_core::command::{FileTrouble, SyncItem, SyncSubject};
use stackside_core::sync::SyncTrouble;

use super::{bytes, bytes_of, label, pick, short_time, texts};

texts! {
    SYNC_HOW: "记录先发，照片后发；收到回执才算送达", "Records first, photos after; only a receipt counts";
    SYNC_NOW: "立即同步", "Sync now";
    IS_WAITING: "待发", "To send";
    IS_HELD: "已收妥（有回执）", "Received (receipt)";
    QUEUE: "发送队列", "Queue";
    QUEUE_EMPTY: "没有待发的内容。", "Nothing waits to be sent.";
    PROGRESS: "发送进度", "Progress";
    PROGRESS_OF_ALL: "照片与签名总进度", "Progress of all files";
    WAITS_FOR_WIFI: "照片等 Wi-Fi 再发（“设置”里可改）；记录不等，照常发送。", "Photos wait for Wi-Fi (see Settings); records do not wait.";
    LET_WAIT: "暂停", "Pause";
    GO_ON: "继续", "Go on";
    PAUSED: "已暂停", "Paused";
    SIGNATURE: "签名笔迹", "Signature";
    PHOTO: "照片", "Photo";
}

/// The last contact, and what went out today.
pub fn contact(last: Option<DateTime<Utc>>, today_bytes: u64, month_bytes: u64) -> String {
    let (today, month) = (bytes(today_bytes), bytes(month_bytes));
    let sent =
        pick(format!("流量 今日 {today}，本月 {month}"), format!("sent today {today}, this month {month}"));
    match last {
        Some(last) => {
            let last = short_time(last);
            pick(format!("上次联系 {last} · {sent}"), format!("Last contact {last} · {sent}"))
        }
        None => pick(format!("还没有联系过平台 · {sent}"), format!("No contact yet · {sent}")),
    }
}

/// How much of all files is there.
pub fn all_files(sent: u64, total: u64) -> String {
    pick(
        format!("照片与签名 {}", bytes_of(sent, total)),
        format!("Photos and signatures {}", bytes_of(sent, total)),
    )
}

/// How fast it goes, and how long still.
pub fn pace(rate_bytes_s: u64, left_s: u64) -> String {
    let rate = bytes(rate_bytes_s);
    match left_s {
        0..60 => pick(format!("{rate}/s · 还需 {left_s} 秒"), format!("{rate}/s · {left_s} s left")),
        _ => {
            let minutes = left_s.div_ceil(60);
            pick(format!("{rate}/s · 还需约 {minutes} 分钟"), format!("{rate}/s · about {minutes} min left"))
        }
    }
}

/// What an item on its way is, with its point.
pub fn sync_title(item: &SyncItem) -> String {
    let what = match &item.what {
        SyncSubject::Entry { title: Some(title), .. } => label(title).to_owned(),
        SyncSubject::Entry { kind, .. } => entry_kind(kind).to_owned(),
        SyncSubject::Photo { .. } => PHOTO.get().to_owned(),
        SyncSubject::Signature => SIGNATURE.get().to_owned(),
    };
    match &item.point_name {
        Some(point) => format!("{what} · {point}"),
        None => what,
    }
}

fn entry_kind(kind: &str) -> &'static str {
    match kind {
        "enrolled" => pick("平板登记", "Tablet enrolled"),
        "recovered" => pick("新存证链", "New evidence log"),
        "signed_in" => pick("签到", "Sign-in"),
        "photo_taken" => pick("拍照", "Photo taken"),
        "record_signed" => pick("签名记录", "Record signed"),
        "record_corrected" => pick("更正记录", "Record corrected"),
        "countersigned" => pick("复核签名", "Countersigned"),
        "confirmed" => pick("企业确认", "Confirmation"),
        "voided" => pick("作废", "Voided"),
        "appealed" => pick("申诉", "Appeal"),
        "fault_step" => pick("故障", "Fault"),
        "signed_out" => pick("离场", "Sign-out"),
        "clock_jumped" => pick("时钟跳变", "Clock jumped"),
        "zone_changed" => pick("时区改变", "Time zone changed"),
        "restarted" => pick("平板重启", "Tablet restarted"),
        _ => pick("存证条目", "Entry"),
    }
}

/// The second line of an item on its way.
pub fn sync_detail(item: &SyncItem) -> String {
    let mut parts = Vec::new();
    match (item.sent_bytes, item.total_bytes) {
        (_, 0) => (),
        (0, total) => parts.push(bytes(total)),
        (sent, total) if item.held_at.is_none() => parts.push(bytes_of(sent, total)),
        (_, total) => parts.push(bytes(total)),
    }
    parts.push(short_time(item.at));
    if let SyncSubject::Entry { seq, .. } = &item.what {
        parts.push(pick(format!("存证 #{seq}"), format!("entry #{seq}")));
    }
    parts.extend(
        item.held_at
            .map(|at| pick(format!("回执 {}", short_time(at)), format!("receipt {}", short_time(at)))),
    );
    if item.is_lost {
        parts.push(
            pick(
                "本机原图已清理，平台却丢失了它，请告诉管理员从备份找回",
                "The original gave way here and the server lost it: tell the administrator to look in a backup",
            )
            .to_owned(),
        );
    } else {
        parts.extend(item.reason.as_ref().map(file_trouble));
    }
    parts.join(" · ")
}

/// Why a file does not get through, and what to do.
fn file_trouble(trouble: &FileTrouble) -> String {
    let words = match trouble {
        FileTrouble::Gone => pick(
            "本机文件缺失或不完整，请告诉管理员",
            "the file on this tablet is gone or damaged; tell the administrator",
        ),
        FileTrouble::TooLarge => pick(
            "超过平台允许的大小，请告诉管理员放宽限制后重试",
            "larger than the server takes; ask the administrator to raise the limit, then try again",
        ),
        FileTrouble::Refused { reason } => {
            return pick(
                format!("平台退回：{reason}；请告诉管理员，处理后重试"),
                format!("the server refused it: {reason}; tell the administrator, then try again"),
            );
        }
    };
    words.to_owned()
}

/// What is in the way of sync, and what to do; nothing if nothing is.
pub fn sync_trouble(trouble: &SyncTrouble) -> Option<String> {
    let words = match trouble {
        SyncTrouble::None => return None,
        SyncTrouble::Offline => pick(
            "现在没有网络。内容都保存在本机，有网后自动发送，不用守着。",
            "There is no network now. All is kept on this tablet and goes out by itself once there is one.",
        ),
        SyncTrouble::NotOurServer => pick(
            "网络要求登录，或拦下了连接。请在浏览器中登录该网络，或换一个网络。",
            "The network wants a login or blocks us. Log in to it in a browser, or use another one.",
        ),
        SyncTrouble::ServerBusy => pick(
            "平台繁忙，稍后自动重试，不用处理。",
            "The server is busy. It is tried again by itself; nothing to do.",
        ),
        SyncTrouble::Revoked => pick(
            "平台已停用本平板。内容都在本机；请向管理员要新的登记码，到“设置”重新登记。",
            "The server struck this tablet off. All is kept here; ask for a new code and enrol again in Settings.",
        ),
        SyncTrouble::Untrusted => pick(
            "平台的证书不可信，为安全起见没有发送。请换一个网络；仍然如此请告诉管理员。",
            "The server's certificate does not hold, so nothing was sent. Use another network; if that does not help, tell the administrator.",
        ),
        SyncTrouble::WrongClock => pick(
            "平板的日期或时间可能不对，平台的证书因此无法核对，没有发送。请在系统设置中打开自动时间，再试一次；时间无误请告诉管理员。",
            "This tablet's date or time may be wrong, so the server's certificate cannot be checked and nothing was sent. Turn automatic time on in the system's settings and try again; if the time is right, tell the administrator.",
        ),
        SyncTrouble::TooOld => pick(
            "本应用版本过旧，平台暂不接收。可以照常填写，内容都在本机；请更新应用，更新后自动发送。",
            "This app is too old for the server. Go on recording, all is kept here; update the app, then it goes out by itself.",
        ),
        SyncTrouble::TooLarge => pick(
            "有一项内容超过平台或网络允许的大小，没有发出。内容仍在本机；请换一个网络再试，仍然如此请告诉管理员放宽大小限制。",
            "One item is larger than the server or the network takes. It is kept here; try another network, and if that does not help ask the administrator to raise the limit.",
        ),
        SyncTrouble::Forked => pick(
            "平台上的存证与本机不一致（可能恢复过备份），已另起新链继续，内容未丢。请告诉管理员。",
            "The server holds other evidence than this tablet (a restored backup?). It goes on in a new log; nothing is lost. Tell the administrator.",
        ),
        SyncTrouble::DiskFull => pick(
            "平板存储空间已满，发送暂停。请清理空间，之后自动继续；已保存的内容都在。",
            "This tablet's storage is full, so sending waits. Free some space and it goes on by itself; what was saved is safe.",
        ),
        SyncTrouble::Broken => pick(
            "本机出错，没有发完。内容都在本机；请再试一次，仍然如此请告诉管理员。",
            "Something failed on this tablet before all was sent. All is kept here; try again, and tell the administrator if that does not help.",
        ),
        SyncTrouble::Refused { reason } => {
            return Some(pick(
                format!("平台退回了内容：{reason}。内容仍在本机，请告诉管理员。"),
                format!("The server refused: {reason}. All is kept here; tell the administrator."),
            ));
        }
    };
    Some(words.to_owned())
}
