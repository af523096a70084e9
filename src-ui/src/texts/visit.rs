//! Words of the visit: what is due, its steps, records and photos.

use chrono::{DateTime, Datelike, NaiveDate, Utc, Weekday};
use stackside_core::clock::TimeProof;
use stackside_core::command::{Mended, Recovered};
use stackside_core::form::Label;
use stackside_core::geofence::PresenceVerdict;
use stackside_core::photo::PhotoSource;
use stackside_core::record::RecordState;
use stackside_core::visit::VisitStep;

use super::{Text, doubt, label, pick, presence, short_time, texts};

texts! {
    TO_DO: "要做的事", "To do";
    NOTHING_DUE: "近期没有要做的事。站点和周期随同步下发。", "Nothing is due soon. Points and periods come with sync.";
    GO: "去做", "Start";
    OPEN_VISITS: "进行中的运维", "Open visits";
    NO_OPEN_VISIT: "没有进行中的运维。到站点后，从“去做”或“站点”签到。", "No visit is open. At a point, sign in from \"Start\" or \"Points\".";
    FIND_POINT: "查找站点", "Find a point";
    IN_PROGRESS: "进行中", "In progress";
    LOCK: "锁定", "Lock";
    LOCK_NOW: "锁定平板？", "Lock the tablet?";
    LOCK_WHY: "已保存的内容都在，下次解锁后回到这里。", "All that was saved stays. Unlocking leads back here.";
    RECOVERED: "上次异常退出，已恢复", "Recovered from an unclean end";
    UNDERSTOOD: "知道了", "Understood";
    STEPS: "运维步骤", "Steps of the visit";
    RECORDS_HERE: "本次记录", "Records of this visit";
    NO_RECORD: "还没有记录。从下面选一张表开始。", "No record yet. Choose a form below.";
    FORMS_HERE: "可填表格", "Forms";
    FORMS_DUE: "到期", "Due";
    FORMS_INSPECTION: "巡检", "Inspection";
    FORMS_CALIBRATION: "校准与核查", "Calibration and checks";
    FORMS_REPLACEMENT: "更换与维修", "Replacement and repair";
    FORMS_OTHER: "其他", "Others";
    DESK_RECORDS: "案头记录", "Desk records";
    DESK_RECORDS_WHY: "不用到场，不签到。", "No visit and no sign-in.";
    NO_FORM: "此站点没有可填的表格。", "There is no form for this point.";
    FILL: "填写", "Fill in";
    PHOTOS: "照片", "Photos";
    TAKE_PHOTO: "拍照", "Take a photo";
    NO_PHOTO: "还没有照片。", "No photo yet.";
    NOT_IN_SLOT: "现场照片", "Photo of the site";
    SIGN: "签名", "Sign";
    SIGN_WHAT: "签名后不能再改，只能更正。本次一并签署：", "Signed records cannot be changed, only corrected. You sign:";
    NOTHING_TO_SIGN: "没有填完的记录可签。", "No finished record to sign.";
    SIGNED_ALL: "已签名", "Signed";
    OPEN_IT: "打开这份记录", "Open this record";
    SIGN_OUT: "离场", "Leave";
    SIGN_OUT_NOW: "结束本次运维？", "End this visit?";
    SIGN_OUT_WHY: "离场后不能再填写或拍照。现在读取位置，随离场一并记录；读不到也可离场。",
        "After leaving nothing can be filled or photographed. The position is read now and kept with the sign-out; you can leave without one.";
    SIGNED_OUT: "已离场", "Signed out";
    READING_POSITION: "正在定位…", "Reading the position…";
    NO_POSITION: "本机没有定位来源，将不带位置离场。", "No source of positions: leaving without one.";
    SIGNED_IN_AT: "签到时间", "Signed in";
    SIGNED_OUT_AT: "离场时间", "Signed out";
    DAY_OF_VISIT: "运维日期", "Day of the visit";
    PRESENCE: "到场判定", "Presence";
    WHY_NOT_INSIDE_SAID: "签到说明", "Said at sign-in";
    ACCURACY: "定位精度", "Accuracy";
    TO_BOUNDARY: "距围栏边界", "To the fence";
    VISIT_CLOSED: "本次运维已结束。", "This visit has ended.";
    TO_POINT: "查看站点", "Show the point";
    FROM_ELSEWHERE: "其他平板", "Other tablet";
    IMPORTED: "导入", "Imported";
}

/// A step of the visit.
pub fn step(step: VisitStep) -> Text {
    match step {
        VisitStep::SignIn => Text { zh: "签到", en: "Sign in" },
        VisitStep::Fill => Text { zh: "填表", en: "Fill" },
        VisitStep::Photo => Text { zh: "拍照", en: "Photo" },
        VisitStep::Sign => Text { zh: "签名", en: "Sign" },
        VisitStep::Confirm => super::CONFIRMATION,
        VisitStep::SignOut => Text { zh: "离场", en: "Leave" },
    }
}

/// What stands on the button that goes on with a visit; `form` is the one to fill.
pub fn go_on(next: Option<VisitStep>, form: Option<&str>) -> String {
    match (next, form) {
        (None, _) => pick("查看", "Show").to_owned(),
        (Some(VisitStep::Fill), Some(form)) => pick(format!("继续：{form}"), format!("Go on: {form}")),
        (Some(next), _) => {
            pick(format!("继续：{}", step(next).zh), format!("Go on: {}", step(next).en.to_lowercase()))
        }
    }
}

/// Where a record stands.
pub fn record_state(state: RecordState) -> Text {
    match state {
        RecordState::Draft => Text { zh: "草稿", en: "Draft" },
        RecordState::Signed => Text { zh: "已签名", en: "Signed" },
    }
}

/// How many answers a draft lacks.
pub fn problems(count: u32) -> String {
    match count {
        0 => pick("已填完", "Complete").to_owned(),
        1 => pick("缺 1 项", "1 item missing").to_owned(),
        n => pick(format!("缺 {n} 项"), format!("{n} items missing")),
    }
}

/// `11 月 23 日 星期一`.
pub fn day(date: NaiveDate) -> String {
    let weekday = match date.weekday() {
        Weekday::Mon => pick("星期一", "Monday"),
        Weekday::Tue => pick("星期二", "Tuesday"),
        Weekday::Wed => pick("星期三", "Wednesday"),
        Weekday::Thu => pick("星期四", "Thursday"),
        Weekday::Fri => pick("星期五", "Friday"),
        Weekday::Sat => pick("星期六", "Saturday"),
        Weekday::Sun => pick("星期日", "Sunday"),
    };
    pick(
        format!("{} 月 {} 日 {weekday}", date.month(), date.day()),
        format!("{weekday}, {}", date.format("%-d %B")),
    )
}

/// `00:42`: hours and minutes of an open visit, days before them once there are some.
pub fn elapsed(from: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let minutes = (now - from).num_minutes().max(0);
    let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    match days {
        0 => format!("{hours:02}:{minutes:02}"),
        days => {
            pick(format!("{days} 天 {hours:02}:{minutes:02}"), format!("{days} d {hours:02}:{minutes:02}"))
        }
    }
}

/// `09:12 签到 · 在围栏内 · 精度 ±6 m`.
pub fn signed_in(at: DateTime<Utc>, verdict: &PresenceVerdict) -> String {
    let mut parts = vec![pick(format!("{} 签到", short_time(at)), format!("Signed in {}", short_time(at)))];
    parts.push(presence_words(verdict));
    parts.extend(
        accuracy(verdict).map(|accuracy| pick(format!("精度 {accuracy}"), format!("accuracy {accuracy}"))),
    );
    parts.join(" · ")
}

/// `无法判定（仅网络定位）`.
pub fn presence_words(verdict: &PresenceVerdict) -> String {
    let said = presence(verdict.presence).get();
    match verdict.doubt {
        Some(why) => {
            pick(format!("{said}（{}）", doubt(why).zh), format!("{said} ({})", doubt(why).en.to_lowercase()))
        }
        None => said.to_owned(),
    }
}

/// `±6 m`.
pub fn accuracy(verdict: &PresenceVerdict) -> Option<String> {
    verdict.fix.as_ref().map(|fix| format!("±{:.0} m", fix.accuracy_m))
}

/// `2026-11-23（卫星时间）`: the day that a visit counts for, and what it rests on.
pub fn day_of_visit(day: NaiveDate, proof: TimeProof) -> String {
    time_and_proof(&day.to_string(), proof)
}

/// A time, and what it rests on.
pub fn time_and_proof(time: &str, proof: TimeProof) -> String {
    let rests_on = match proof {
        TimeProof::Satellite => pick("卫星时间", "satellite time"),
        TimeProof::Receipt => pick("时间由回执推定", "time by a receipt"),
        TimeProof::Unproven => pick("平板时间，未经证实", "tablet's time, unproven"),
    };
    pick(format!("{time}（{rests_on}）"), format!("{time} ({rests_on})"))
}

/// `内侧 38 m`.
pub fn to_boundary(distance_m: f64) -> String {
    let far = distance_m.abs();
    match distance_m >= 0.0 {
        true => pick(format!("内侧 {far:.0} m"), format!("{far:.0} m inside")),
        false => pick(format!("外侧 {far:.0} m"), format!("{far:.0} m outside")),
    }
}

/// What a photo of a visit shows.
pub fn photo_slot(slot: Option<&str>, slot_label: Option<&Label>) -> String {
    match (slot, slot_label) {
        (_, Some(named)) => label(named).to_owned(),
        (Some("presence" | "reason" | "sign_in"), None) => {
            pick("签到说明照片", "Photo for the sign-in").to_owned()
        }
        (_, None) => NOT_IN_SLOT.get().to_owned(),
    }
}

/// A photo for those who do not see it.
pub fn photo_alt(slot: &str, taken_at: DateTime<Utc>, source: PhotoSource) -> String {
    let time = short_time(taken_at);
    match source {
        PhotoSource::Camera => {
            pick(format!("照片：{slot}，拍于 {time}"), format!("Photo: {slot}, taken {time}"))
        }
        PhotoSource::Document => pick(format!("文件：{slot}，{time}"), format!("File: {slot}, {time}")),
        PhotoSource::Imported => {
            pick(format!("导入的照片：{slot}，{time}"), format!("Imported photo: {slot}, {time}"))
        }
    }
}

/// What start-up mended.
pub fn recovered(recovered: Recovered) -> Vec<String> {
    let part = |count: u32, zh: &str, en: &str| {
        (count > 0).then(|| pick(format!("{count} 张照片{zh}"), format!("Photos {en}: {count}")))
    };
    let database = recovered.database.map(mended);
    [
        database,
        part(recovered.photos_attached, "已找回并归入记录", "found whole and attached"),
        part(recovered.photos_incomplete, "没有存完整，请重拍", "not whole, take them again"),
        part(recovered.photos_missing, "的文件已丢失，请重拍", "whose file is lost, take them again"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What was done about a damaged database.
fn mended(mended: Mended) -> String {
    let Mended { backup_at, entries, answers } = mended;
    match backup_at.map(short_time) {
        Some(at) => pick(
            format!(
                "数据库损坏，已换用 {at} 的备份，并从损坏的文件中救回 {entries} 条存证、{answers} 项填写。请核对未签名的记录；损坏的文件已保留"
            ),
            format!(
                "The database was damaged. The backup of {at} is in use, with {entries} entries and {answers} answers saved from the damaged file. Check what is not signed yet; the damaged file is kept"
            ),
        ),
        None => pick(
            format!(
                "数据库损坏，没有可用的备份；从损坏的文件中救回 {entries} 条存证、{answers} 项填写。如提示未登记，请重新登记平板；损坏的文件已保留"
            ),
            format!(
                "The database was damaged and there is no sound backup. {entries} entries and {answers} answers were saved from the damaged file. Enrol the tablet again if it asks for it; the damaged file is kept"
            ),
        ),
    }
}

/// How many records one signature signs.
pub fn sign_count(count: usize) -> String {
    match count {
        1 => pick("签署 1 份记录", "Sign 1 record").to_owned(),
        n => pick(format!("签署 {n} 份记录"), format!("Sign {n} records")),
    }
}
