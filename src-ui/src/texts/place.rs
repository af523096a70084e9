//! Words of points and instruments, and of enrolment, unlocking, settings and records.

use chrono::{DateTime, NaiveDate, Utc};
use stackside_core::clock::shanghai_date;
use stackside_core::register::{InstrumentKind, Medium, Sampling};

use super::{Text, pick, short_time, texts};

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
    // settings
    LANGUAGE_CHOICE: "语言", "Language";
    DISPLAY: "语言与显示", "Language and display";
    THEME: "显示", "Display";
    LIGHT: "浅色（户外）", "Light (outdoors)";
    DARK: "深色（站房）", "Dark (station house)";
    LOCK_AFTER: "无人操作自动锁定", "Lock when nobody touches it";
    MINUTES_5: "5 分钟", "5 minutes";
    MINUTES_15: "15 分钟", "15 minutes";
    MINUTES_30: "30 分钟", "30 minutes";
    MINUTES_60: "60 分钟", "60 minutes";
    SENDING_PHOTOS: "照片发送", "Sending photos";
    ON_WIFI_ONLY: "只用 Wi-Fi", "Wi-Fi only";
    ON_ANY_NETWORK: "任何网络", "Any network";
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
