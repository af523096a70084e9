//! Words of points and instruments, and of enrolment, unlocking, settings, records and sync.

use chrono::{DateTime, NaiveDate, Utc};
use stackside_core::clock::shanghai_date;
use stackside_core::command::{SyncItem, SyncSubject};
use stackside_core::register::{InstrumentKind, Medium, Sampling};
use stackside_core::sync::SyncTrouble;

use super::{Text, label, pick, short_time, texts};

texts! {
    // enrolment
    WHAT_IT_IS: "污染源自动监控设施运维记录。离线可用，有网自动上报。", "Records of monitor maintenance. Works offline, sends by itself when there is a network.";
    ENROL: "登记平板", "Enrol this tablet";
    ENROL_HOW: "向运维机构管理员索取平台地址和一次性登记码（15 分钟内有效）。", "Ask your operator's administrator for the server's address and a one-time code (valid 15 minutes).";
    SERVER_ADDRESS: "平台地址", "Server address";
    ENROL_CODE: "一次性登记码", "One-time code";
    ENROLLING: "正在登记…", "Enrolling…";
    ENROL_AGAIN: "重新登记", "Enrol again";
    ENROL_AGAIN_WHY: "证书到期或更换平台时使用，未发送的内容保留。", "For an expiring certificate or another server. What is not sent yet stays.";
    ENROLLED: "已登记", "Enrolled";
    // unlocking
    WHO: "请选择人员", "Who are you?";
    NO_PEOPLE: "还没有人员名单。请连接网络，名单会自动下发。", "No people yet. Connect to the network: they come by themselves.";
    ASK_NOW: "立即获取", "Ask now";
    ASKING: "正在联系平台…", "Asking the server…";
    PIN: "密码", "PIN";
    NEW_PIN: "新密码（6 至 12 位数字）", "New PIN (6 to 12 digits)";
    NEW_PIN_AGAIN: "再输一次新密码", "New PIN again";
    NOT_THE_SAME: "两次输入的密码不一样，请重输。", "The two PINs differ. Type them again.";
    PERSONAL_CODE: "个人码", "Personal code";
    PERSONAL_CODE_HOW: "个人码由管理员发放，只能用一次，不需网络。", "The administrator gives you the personal code. It works once, without network.";
    UNLOCK: "解锁", "Unlock";
    FORGOT_PIN: "忘记密码", "Forgotten the PIN";
    SET_AND_OPEN: "设置密码并解锁", "Set the PIN and unlock";
    NO_PIN_YET: "首次使用，需设密码", "First use: set a PIN";
    OTHER_PERSON: "换人", "Someone else";
    ERASE: "退格", "Erase";
    DIGITS: "数字键盘", "Digits";
    // points
    FIND_POINT_BY: "按名称、编号或单位查找", "Name, number or discharger";
    LOCATE: "定位", "Locate";
    LOCATING: "正在定位…", "Locating…";
    STOP: "停止", "Stop";
    NO_POINT: "还没有站点。站点随同步下发。", "No points yet. They come with sync.";
    SIGN_IN: "签到", "Sign in";
    GO_ON_VISIT: "继续运维", "Go on with the visit";
    POINT_FACTS: "站点信息", "The point";
    INSTRUMENTS: "仪器", "Instruments";
    NO_INSTRUMENT: "登记簿中没有仪器。", "The register names no instrument.";
    BOTTLES: "标气瓶", "Gas bottles";
    LAST_RECORDS: "最近记录", "Last records";
    NO_RECORD_HERE: "还没有已知的记录。", "No record is known.";
    POINT_NUMBER: "点位编号", "Point number";
    DISCHARGER: "排污单位", "Discharger";
    CREDIT_CODE: "统一社会信用代码", "Credit code";
    ADDRESS: "地址", "Address";
    LOCATION: "安装地点", "Location";
    SYSTEM_MAKER: "系统生产商", "System maker";
    INSTALLER: "安装单位", "Installer";
    REFERENCE_OXYGEN: "基准氧含量", "Reference oxygen";
    VELOCITY_COEFFICIENT: "速度场系数", "Velocity coefficient";
    DUCT_AREA: "烟道截面积", "Duct area";
    PITOT: "皮托管系数", "Pitot coefficient";
    POSITION: "站房位置（WGS-84）", "Station house (WGS-84)";
    RANGE: "量程", "Range";
    DETECTION_LIMIT: "检出限", "Detection limit";
    SERIAL: "出厂编号", "Serial no.";
    BRAND_MODEL: "品牌型号", "Brand, model";
    MAKER: "生产商", "Maker";
    PRINCIPLE: "分析原理", "Principle";
    CONSTRUCTION: "建设状态", "State";
    LICENCE: "计量许可 / 型式批准", "Licence";
    TEST_REPORT: "适用性检测报告", "Test report";
    OPERATOR_BEFORE: "原运维单位", "Operator before";
    ORIGIN: "产地", "Origin";
    IMPORTED_MADE: "进口", "Imported";
    HOME_MADE: "国产", "Domestic";
    AUTO_CALIBRATION: "自动校准", "Calibrates itself";
    FUNCTIONS: "功能", "Functions";
    OUTLET_TYPE: "排口类型", "Outlet type";
    MIXED_SAMPLING: "混合采样改造", "Mixed sampling";
    REFRIGERATED: "冷藏", "Refrigerated";
    YES: "是", "Yes";
    NO: "否", "No";
    MORE: "更多登记信息", "More from the register";
    // records
    FIND_RECORD_BY: "按站点、表名或填写的内容查找", "Point, form or what was filled in";
    NO_RECORDS: "还没有记录。签到后填写的表格都会在这里。", "No records yet. Each form that you fill in a visit appears here.";
    PAGES: "翻页", "Pages";
    EARLIER: "更早", "Earlier";
    LATER_PAGE: "更新", "Later";
    // sync
    SYNC_HOW: "记录先发，照片后发；收到回执才算送达", "Records first, photos after; only a receipt counts";
    SYNC_NOW: "立即同步", "Sync now";
    IS_WAITING: "待发", "To send";
    IS_SENDING: "照片已发", "Photos sent";
    IS_HELD: "已收妥（有回执）", "Received (receipt)";
    IS_RETURNED: "被退回", "Returned";
    QUEUE: "发送队列", "Queue";
    QUEUE_EMPTY: "没有待发的内容。", "Nothing waits to be sent.";
    PROGRESS: "发送进度", "Progress";
    SIGNATURE: "签名笔迹", "Signature";
    PHOTO: "照片", "Photo";
    // settings
    LANGUAGE_CHOICE: "语言", "Language";
    DISPLAY: "语言与显示", "Language and display";
    THEME: "显示", "Display";
    LIGHT: "浅色（户外）", "Light (outdoors)";
    DARK: "深色（站房）", "Dark (station house)";
    TABLET: "本机登记", "This tablet";
    OPERATOR: "运维机构", "Operator";
    SERVER: "平台", "Server";
    DEVICE: "设备编号", "Device";
    VALID_UNTIL: "平板证书有效至", "Tablet certificate until";
    PERSON: "当前人员", "Person";
    NAME: "姓名", "Name";
    POST: "岗位", "Post";
    CERTIFICATE_NO: "持证编号", "Certificate no.";
    CERTIFICATE_UNTIL: "持证有效至", "Valid until";
    CHANGE_PIN: "修改密码", "Change the PIN";
    PIN_CHANGED: "密码已修改", "The PIN was changed";
    VERSION: "版本", "Version";
}

/// 中文 and English are named in themselves.
pub const LANGUAGE_ZH: &str = "中文";
/// See [`LANGUAGE_ZH`].
pub const LANGUAGE_EN: &str = "English";

/// The day of a moment in Asia/Shanghai.
pub fn date(time: DateTime<Utc>) -> String {
    shanghai_date(time).to_string()
}

/// A factor as people write it: `SO₂`, 颗粒物.
pub fn factor(code: &str) -> String {
    let key: String = code.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_uppercase();
    let known = match key.as_str() {
        "SO2" => "SO₂",
        "NOX" => "NOₓ",
        "NO2" => "NO₂",
        "O2" => "O₂",
        "CO2" => "CO₂",
        "N2" => "N₂",
        "PM" | "PARTICULATE" | "DUST" => pick("颗粒物", "Particulate"),
        "COD" | "CODCR" => pick("化学需氧量", "COD"),
        "NH3N" => pick("氨氮", "NH₃-N"),
        "TP" => pick("总磷", "TP"),
        "TN" => pick("总氮", "TN"),
        "PH" => "pH",
        "FLOW" => pick("流量", "Flow"),
        "VELOCITY" => pick("流速", "Velocity"),
        "TEMPERATURE" | "TEMP" => pick("温度", "Temperature"),
        "HUMIDITY" | "RH" => pick("湿度", "Humidity"),
        "SAMPLER" => pick("采样器", "Sampler"),
        "DATALOGGER" | "LOGGER" => pick("数采仪", "Data logger"),
        "ZERO" => pick("零气", "Zero gas"),
        _ => return code.to_owned(),
    };
    known.to_owned()
}

/// `SO₂、NOₓ`.
pub fn factors(codes: &[String]) -> String {
    codes.iter().map(|code| factor(code)).collect::<Vec<_>>().join(pick("、", ", "))
}

/// Gas or water.
pub fn medium(medium: Medium) -> Text {
    match medium {
        Medium::Gas => Text { zh: "废气", en: "Gas" },
        Medium::Water => Text { zh: "废水", en: "Water" },
    }
}

/// What an instrument is.
pub fn kind(kind: InstrumentKind) -> Text {
    match kind {
        InstrumentKind::Gas => Text { zh: "气态污染物", en: "Gas analyser" },
        InstrumentKind::Particulate => Text { zh: "颗粒物", en: "Particulate" },
        InstrumentKind::Velocity => Text { zh: "流速", en: "Velocity" },
        InstrumentKind::Temperature => Text { zh: "温度", en: "Temperature" },
        InstrumentKind::Humidity => Text { zh: "湿度", en: "Humidity" },
        InstrumentKind::WaterAnalyser => Text { zh: "水质自动分析仪", en: "Water analyser" },
        InstrumentKind::FlowMeter => Text { zh: "流量计", en: "Flow meter" },
        InstrumentKind::Sampler => Text { zh: "水质自动采样器", en: "Sampler" },
        InstrumentKind::DataLogger => Text { zh: "数采仪", en: "Data logger" },
    }
}

/// How the sample is taken.
pub fn sampling(sampling: Sampling) -> Text {
    match sampling {
        Sampling::Extractive => Text { zh: "完全抽取法", en: "Extractive" },
        Sampling::Dilution => Text { zh: "稀释采样法", en: "Dilution" },
        Sampling::Direct => Text { zh: "直接测量法", en: "Direct" },
    }
}

/// Yes or no.
pub fn yes_no(value: bool) -> &'static str {
    if value { YES.get() } else { NO.get() }
}

/// `5 台仪器`.
pub fn instruments(count: u32) -> String {
    match count {
        1 => pick("1 台仪器", "1 instrument").to_owned(),
        n => pick(format!("{n} 台仪器"), format!("{n} instruments")),
    }
}

/// `380 m`, `1.2 km`.
pub fn distance(metres: f64) -> String {
    if metres < 995.0 { format!("{metres:.0} m") } else { format!("{:.1} km", metres / 1000.0) }
}

/// When someone last signed a record at a point.
pub fn last_record(time: Option<DateTime<Utc>>) -> String {
    match time {
        Some(time) => {
            pick(format!("最近记录 {}", short_time(time)), format!("last record {}", short_time(time)))
        }
        None => pick("暂无记录", "no record").to_owned(),
    }
}

/// Until when a bottle is valid.
pub fn bottle_validity(valid_until: NaiveDate, today: NaiveDate) -> String {
    let left = (valid_until - today).num_days();
    match left {
        ..0 => pick(format!("已过期 {valid_until}"), format!("Expired {valid_until}")),
        0 => pick("今天到期", "Expires today").to_owned(),
        1..=30 => pick(format!("{left} 天后到期"), format!("{left} d left")),
        _ => pick(format!("有效至 {valid_until}"), format!("Until {valid_until}")),
    }
}

/// `第 2 页，共 3 页 · 120 份`.
pub fn page_of(page: u32, pages: u64, total: u64) -> String {
    let page = page + 1;
    pick(
        format!("第 {page} / {pages} 页 · 共 {total} 份"),
        format!("Page {page} / {pages} · {total} records"),
    )
}

/// How many records there are.
pub fn record_count(total: u64) -> String {
    match total {
        1 => pick("1 份", "1 record").to_owned(),
        n => pick(format!("{n} 份"), format!("{n} records")),
    }
}

/// The wait after a wrong PIN.
pub fn wait(seconds: u32) -> String {
    pick(format!("{seconds} 秒后可再试"), format!("Try again in {seconds} s"))
}

/// The last contact, and what went out today.
pub fn contact(last: Option<DateTime<Utc>>, sent_today_bytes: u64) -> String {
    let sent = bytes(sent_today_bytes);
    match last {
        Some(last) => {
            let last = short_time(last);
            pick(format!("上次联系 {last} · 今日流量 {sent}"), format!("Last contact {last} · {sent} today"))
        }
        None => pick(format!("还没有联系过平台 · 今日流量 {sent}"), format!("No contact yet · {sent} today")),
    }
}

/// `3.8 MB`.
pub fn bytes(count: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "shown with one decimal")]
    let count = count as f64;
    match count {
        ..1000.0 => format!("{count:.0} B"),
        ..999_500.0 => format!("{:.0} kB", count / 1e3),
        ..999_950_000.0 => format!("{:.1} MB", count / 1e6),
        _ => format!("{:.2} GB", count / 1e9),
    }
}

/// `1.2 / 3.8 MB`.
pub fn bytes_of(sent: u64, total: u64) -> String {
    let (sent, total) = (bytes(sent.min(total)), bytes(total));
    match (sent.split_once(' '), total.split_once(' ')) {
        (Some((number, unit)), Some((_, same))) if unit == same => format!("{number} / {total}"),
        _ => format!("{sent} / {total}"),
    }
}

/// `1 284`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push('\u{2009}');
        }
        out.push(digit);
    }
    out
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
        "voided" => pick("作废", "Voided"),
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
    }
    parts.join(" · ")
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
