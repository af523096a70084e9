//! Words of what the authorities' checks would point out: what it is, and what can be done about it.

use stackside_core::command::{FindingLine, FindingSubject};
use stackside_core::plausible::{Finding, Identity, Limits};

use super::{label, pick, short_time, texts};

texts! {
    POINTED_OUT: "平台会指出这些问题", "A platform would point this out";
    CHECKED_WHY: "可以先处理，也可以照常离场；照常离场时，这些提示随离场一并存证。",
        "Deal with it first, or leave all the same: what is listed is then kept with the sign-out.";
    CHECKED_SIGN_WHY: "请先核对；属实可照常签名。", "Check them first; sign all the same if they are true.";
    LEFT_WITH: "离场时有提示", "Pointed out when left";
}

/// What a finding is about: `零点漂移记录表 · SO2 · 校前测试值`.
pub fn finding_place(line: &FindingLine) -> String {
    match &line.about {
        FindingSubject::Visit => pick("本次运维", "This visit").to_owned(),
        FindingSubject::OtherVisit { point_name, signed_in_at } => {
            let at = short_time(*signed_in_at);
            pick(format!("{point_name}，{at} 签到"), format!("{point_name}, signed in {at}"))
        }
        FindingSubject::Record { title, factor, field, .. } => {
            let parts = [Some(label(title)), factor.as_deref(), field.as_ref().map(label)];
            parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
        }
        FindingSubject::Instrument { factor } => {
            pick(format!("仪器 {factor}"), format!("Instrument {factor}"))
        }
    }
}

/// What was found, with the figures.
pub fn finding(finding: &Finding) -> String {
    match finding {
        Finding::TooFast { metres, seconds, .. } => {
            let limits = Limits::default();
            let (fastest, least) = (limits.fastest_kmh, limits.least_time(*metres).num_seconds());
            let least = minutes(least.unsigned_abs());
            let (far, took) = (kilometres(*metres), minutes(*seconds));
            pick(
                format!("两次签到相距 {far}，只隔 {took}；按 {fastest:.0} km/h 也要 {least}。"),
                format!("{far} from sign-in to sign-in in {took}; at {fastest:.0} km/h it takes {least}."),
            )
        }
        Finding::TooSoon { metres, seconds, .. } => {
            let (far, took) = (kilometres(*metres), minutes(*seconds));
            pick(
                format!("两个站点相距 {far}，签到只隔 {took}。"),
                format!("Two stations {far} apart, signed in within {took}."),
            )
        }
        Finding::FarAway { metres } => {
            let far = kilometres(*metres);
            pick(format!("签到位置在围栏外 {far}。"), format!("The sign-in was {far} outside the fence."))
        }
        Finding::EndBeforeStart => {
            pick("离场时间早于签到时间。", "The sign-out lies before the sign-in.").to_owned()
        }
        Finding::Overlap { .. } => {
            pick("与另一次运维的时间重叠。", "It overlaps another visit of yours.").to_owned()
        }
        Finding::SignedOutsideVisit { .. } => {
            pick("签名时间不在本次运维之内。", "Signed before the visit began or after it ended.").to_owned()
        }
        Finding::TimeOutOfOrder { .. } => {
            pick("时间早于开始时间，或晚于现在。", "The time lies before its start, or in the future.")
                .to_owned()
        }
        Finding::NoRemark { .. } => {
            pick("打了 ×，没有写明情况和处理。", "Marked ×, without a word on what was found and done.")
                .to_owned()
        }
        Finding::OutOfRange { value, low, high, .. } => pick(
            format!("{value} 超出允许范围 {low} 至 {high}。"),
            format!("{value} is outside {low} to {high}."),
        ),
        Finding::NoIdentity { lacks, .. } => match lacks {
            Identity::Model => pick("登记资料缺规格型号。", "The register lacks its model."),
            Identity::SerialNo => pick("登记资料缺出厂编号。", "The register lacks its serial number."),
        }
        .to_owned(),
    }
}

/// What can be done about it.
pub fn finding_advice(line: &FindingLine) -> &'static str {
    let is_signed = matches!(line.about, FindingSubject::Record { is_signed: true, .. });
    match &line.finding {
        Finding::TooFast { .. } | Finding::TooSoon { .. } | Finding::FarAway { .. } => pick(
            "请拍一张站房照片留证；属实可照常离场。",
            "Take a photo of the station as evidence; leave all the same if it is true.",
        ),
        Finding::EndBeforeStart | Finding::Overlap { .. } | Finding::SignedOutsideVisit { .. } => pick(
            "请核对平板的日期和时间；时间已存证，不会更改。",
            "Check date and time of the tablet; the times are kept as they are.",
        ),
        Finding::NoIdentity { .. } => pick(
            "请抄下铭牌，报运维机构补登记。",
            "Note the plate and have your operator complete the register.",
        ),
        Finding::TimeOutOfOrder { .. } | Finding::NoRemark { .. } | Finding::OutOfRange { .. }
            if is_signed =>
        {
            pick("记录已签名，只能更正。", "The record is signed; correct it there.")
        }
        Finding::TimeOutOfOrder { .. } => pick("点此改正时间。", "Tap to correct the time."),
        Finding::NoRemark { .. } => pick("点此写明情况和处理。", "Tap to say what was found and done."),
        Finding::OutOfRange { .. } => pick("点此核对读数或量程。", "Tap to check the reading or the range."),
    }
}

fn kilometres(metres: u64) -> String {
    if metres < 1000 { format!("{metres} m") } else { format!("{:.1} km", metres as f64 / 1000.0) }
}

fn minutes(seconds: u64) -> String {
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    match (hours, minutes) {
        (0, 0) => pick(format!("{seconds} 秒"), format!("{seconds} s")),
        (0, minutes) => pick(format!("{minutes} 分钟"), format!("{minutes} min")),
        (hours, minutes) => pick(format!("{hours} 小时 {minutes} 分钟"), format!("{hours} h {minutes} min")),
    }
}
