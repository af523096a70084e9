//! Words of the form screens: fields, pad, verdicts, camera, signature, sign-in.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use stackside_core::form::{AnswerError, Problem};
use stackside_core::geofence::{Doubt, Presence, PresenceVerdict, Provider};
use stackside_core::register::InstrumentKind;

use super::{answer_error, factor, pick, texts};

texts! {
    FORM_PARTS: "表单各部分", "Parts of the form";
    GIVEN: "已带入", "Filled in";
    FILLED: "已填", "Done";
    ONE_PART: "几部分中至少填写一部分。", "Fill in at least one of the parts.";
    NOT_WORKED_ON: "本次没有填写这一部分。", "This part was not filled.";
    EMPTY_BLOCK: "未填", "Empty";
    TO_VISIT: "去签名", "To the visit";
    BACK_TO_VISIT: "回到运维", "Visit";
    BACK_TO_POINT: "回到站点", "Point";
    NOTHING_DEMANDED: "选填", "Optional";
    NEXT: "下一项", "Next";
    LAST_VALUE: "上次", "Last";
    BACKSPACE: "退格", "Backspace";
    PLUS_MINUS: "正负号", "Plus or minus";
    LESS_THAN: "小于号", "Less than";
    POINT_KEY: "小数点", "Decimal point";
    NUMBER_PAD: "数字键盘", "Number pad";
    TAP_A_NUMBER: "请点选要填的数字", "Tap a number to fill";
    TODAY_BUTTON: "今天", "Today";
    NOW_BUTTON: "现在", "Now";
    CHOOSE: "请选择", "Choose";
    REPLACED: "已修改", "Replaced";
    TO_REPLACE: "点按可修改", "tap to replace";
    ORIGINAL: "原值", "It was";
    NEW_VALUE: "改为", "New value";
    REASON: "修改原因", "Reason";
    REASON_HINT: "例如：更换标气、量程已调整", "Such as: new gas bottle, range was changed";
    REPLACE: "修改", "Replace";
    COMPLETE: "已填好", "Complete";
    MISSING_TITLE: "还缺这些", "Still missing";
    GO_THERE: "去填写", "Go there";
    NOTHING_MISSING: "没有缺项，可以签名。", "Nothing is missing: it can be signed.";
    REQUIRED: "必拍", "Required";
    OPTIONAL: "选填", "Optional";
    NO_PHOTO_YET: "还没有照片", "No photo yet";
    SIGNED: "已签名", "Signed";
    SIGNED_NOTE: "签名后不能修改，只能更正。", "Signed records do not change; they are corrected.";

    CAMERA: "相机", "Camera";
    SHUTTER: "按下快门", "Take the photo";
    TORCH: "补光", "Light";
    RETAKE: "重拍", "Retake";
    USE_PHOTO: "使用照片", "Use photo";
    CAMERA_OPENING: "正在打开相机…", "Opening the camera…";
    SHOOTING: "正在拍照…", "Taking the photo…";
    NO_CAMERA: "本机没有可用的相机。可以选择一张照片文件，照片会标明“导入”。", "There is no camera here. Choose a photo file instead; it will be marked as imported.";
    CAMERA_DENIED: "没有相机权限。请在系统设置中允许使用相机，或选择一张照片文件（会标明“导入”）。", "The camera is not allowed. Allow it in the system's settings, or choose a photo file (marked as imported).";
    CAMERA_FAILED: "相机没有拍成。请再试一次，或选择一张照片文件（会标明“导入”）。", "The camera took no photo. Try again, or choose a photo file (marked as imported).";
    CHOOSE_FILE: "选择照片文件", "Choose a photo file";
    CHOOSE_OTHER: "重选", "Choose another";
    PHOTO_TO_CHECK: "请看清楚再使用：要记录的内容是否清晰。", "Look before you use it: is what it has to show sharp?";
    PHOTO_PREVIEW: "刚拍的照片", "The photo just taken";
    LIVE_PREVIEW: "相机取景", "Camera view";

    SIGN_HERE: "请在框内签名", "Sign in the box";
    CLEAR: "清除", "Clear";
    SIGN_DONE: "确认签名", "Confirm";
    SIGN_EMPTY: "签名太短或为空，请重新签名。", "The signature is empty or too short. Sign again.";

    SIGN_IN_OFFLINE: "无网络也能签到，记录保存在本机", "Works without network; kept on this tablet";
    FENCE_MAP: "围栏与当前位置", "Fence and position";
    STATION: "站房", "Station";
    NORTH: "北", "N";
    WAITING_FIX: "正在等待定位", "Waiting for a position";
    WAITING_HINT: "冷启动可能要几分钟，请到室外开阔处。", "A cold start can take minutes. Step out under the open sky.";
    NO_SOURCE: "本机没有定位来源", "No source of positions here";
    NO_SOURCE_HINT: "写明原因并拍一张现场照片即可签到，记录会标明“无法判定”。", "Give a reason and take a photo to sign in; the visit will say \"Cannot be told\".";
    NOT_WAIT: "不再等待，写明原因签到", "Do not wait: sign in with a reason";
    SATELLITES: "卫星", "Satellites";
    SAMPLES: "定位样本", "Samples";
    MOCK: "模拟定位", "Mock positions";
    MOCK_NOT_FOUND: "未发现", "None found";
    MOCK_FOUND: "发现模拟定位", "Found";
    DEVICE_TIME: "设备时间", "Device time";
    SATELLITE_TIME: "卫星时间", "Satellite time";
    POSITION_SOURCE: "定位来源", "Source";
    UNKNOWN: "—", "—";
    WHY_NOT_INSIDE: "说明原因", "Reason";
    WHY_NOT_INSIDE_HINT: "例如：站房在钢结构内，收不到卫星", "Such as: the station is inside a steel structure";
    REASON_WHY: "未判定为“在围栏内”，需要原因和一张现场照片。不会阻止签到，标记会一直保留。", "Not judged as inside: a reason and a photo are needed. You can still sign in; the mark stays.";
    REASON_MISSING: "请先写明原因。", "Give a reason first.";
    SITE_PHOTO_MISSING: "请先拍一张现场照片。", "Take a photo of the site first.";
    SITE_PHOTO: "现场照片", "Photo of the site";
    TO_OPEN_VISIT: "回到那次运维", "To that visit";
    SIGNING_IN: "正在签到…", "Signing in…";
}

/// What an instrument is called in a form's outline.
pub fn instrument_short(kind: InstrumentKind, code: &str) -> String {
    match kind {
        InstrumentKind::Velocity => pick("流速", "Velocity").into(),
        InstrumentKind::Temperature => pick("温度", "Temperature").into(),
        InstrumentKind::Humidity => pick("湿度", "Humidity").into(),
        _ => factor(code),
    }
}

/// How many answers are missing.
pub fn missing_count(count: usize) -> String {
    pick(format!("还缺 {count} 项"), format!("{count} missing"))
}

/// How many answers of a part are not valid.
pub fn invalid_count(count: usize) -> String {
    pick(format!("{count} 项有误"), format!("{count} not valid"))
}

/// What is wrong with an answer, in a list.
pub fn problem(problem: &Problem) -> String {
    match &problem.error {
        AnswerError::Missing => pick("未填", "Missing").into(),
        other => answer_error(other),
    }
}

/// What a number may be, on the pad.
pub fn allowed(low: Decimal, high: Decimal) -> String {
    let (low, high) = (low.normalize().to_string().replace('-', "\u{2212}"), high.normalize());
    pick(format!("允许 {low} 至 {high}"), format!("{low} to {high}"))
}

/// A complaint with the field's name before it.
pub fn complaint_of(field: &str, why: &str) -> String {
    pick(format!("{field}：{why}"), format!("{field}: {why}"))
}

/// Who signed and when.
pub fn signed_by(person: &str, time: &str) -> String {
    pick(format!("{person} 于 {time} 签名。"), format!("Signed by {person}, {time}."))
}

/// `第 2 张`: a photo's name for people who cannot see it.
pub fn photo_name(slot: &str, number: usize) -> String {
    pick(format!("{slot}，第 {number} 张"), format!("{slot}, photo {number}"))
}

/// How much of a photo has been kept.
pub fn photo_progress(percent: u32) -> String {
    pick(format!("正在保存照片 {percent}%"), format!("Saving the photo {percent}%"))
}

/// Whole metres, or kilometres from 10 km on.
pub fn metres(value: f64) -> String {
    if value.abs() >= 10_000.0 { format!("{:.1} km", value / 1000.0) } else { format!("{value:.0} m") }
}

/// Distance and error of a presence, and why it is doubted.
pub fn presence_detail(verdict: &PresenceVerdict) -> String {
    let (Some(distance), Some(radius)) = (verdict.distance_m, verdict.radius_95_m()) else {
        return pick("60 秒内没有定位样本。", "No position within the last 60 s.").into();
    };
    let (distance_text, error) = (metres(distance.abs()), metres(radius));
    let side = if distance >= 0.0 {
        pick("围栏内侧", "inside the fence")
    } else {
        pick("围栏外侧", "outside the fence")
    };
    let figures = match verdict.presence {
        Presence::Unsure => pick(
            format!("{side}，距边界 {distance_text}，95% 误差 ±{error}"),
            format!("{distance_text} {side}, 95 % error ±{error}"),
        ),
        _ => pick(
            format!("距边界 {distance_text}，95% 误差 ±{error}"),
            format!("{distance_text} from its edge, 95 % error ±{error}"),
        ),
    };
    let why = match verdict.doubt {
        Some(Doubt::NoFix) => pick("。没有定位样本。", ". No position."),
        Some(Doubt::Mocked) => {
            pick("。发现模拟定位，不能作为在场依据。", ". The position is mocked and proves nothing.")
        }
        Some(Doubt::NetworkOnly) => {
            pick("。只有网络定位，没有卫星定位。", ". From the network only, not from satellites.")
        }
        None if verdict.presence == Presence::Unsure => pick(
            "。误差大于到边界的距离，请到开阔处再等一会。",
            ". The error is larger than the distance. Wait under the open sky.",
        ),
        None => "",
    };
    format!("{figures}{why}")
}

/// What makes positions.
pub fn provider(provider: Provider) -> &'static str {
    match provider {
        Provider::Gps => pick("卫星定位", "Satellites"),
        Provider::Network => pick("网络定位", "Network"),
        Provider::Replay => pick("轨迹回放", "Replayed track"),
    }
}

/// `9 个 · 12 s`.
pub fn samples(count: usize, seconds: u32) -> String {
    pick(format!("{count} 个 · {seconds} s"), format!("{count} · {seconds} s"))
}

/// `14 颗`.
pub fn satellites(count: u32) -> String {
    pick(format!("{count} 颗"), count.to_string())
}

/// `09:12:04`, Asia/Shanghai.
pub fn clock(time: DateTime<Utc>) -> String {
    let full = stackside_core::clock::shown_time(time);
    format!("{}:{:02}", full.split_once(' ').map_or("", |(_, clock)| clock), time.timestamp().rem_euclid(60))
}

/// How long the first fix has been waited for.
pub fn waited(seconds: u32) -> String {
    pick(format!("已等待 {seconds} 秒"), format!("{seconds} s so far"))
}
