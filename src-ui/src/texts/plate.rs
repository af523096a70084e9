//! Words of the QR plate at a station house.

use stackside_core::plate::PlateVerdict;

use super::{Text, texts};

texts! {
    PLATE: "站房铭牌", "Plate of the station";
    PLATE_WHY: "站房内有二维码铭牌，扫一下作为到场的第二凭证；不扫也可签到。",
        "There is a QR plate inside the station. Scan it as a second proof; you can sign in without.";
    SCAN_PLATE: "扫铭牌", "Scan the plate";
    SCAN_AGAIN: "重扫", "Scan again";
    PLATE_FAILED: "没有识别成功，可重扫", "It was not read; scan again";
    PLATE_READING: "正在识别…", "Reading…";
}

/// What a photo of a plate says.
pub fn plate_verdict(verdict: &PlateVerdict) -> Text {
    match verdict {
        PlateVerdict::Matches => Text { zh: "与本站点一致", en: "Matches this point" },
        PlateVerdict::OtherPoint { .. } => {
            Text { zh: "是另一个站点的铭牌", en: "The plate of another point" }
        }
        PlateVerdict::UnknownPlate => Text { zh: "未登记的铭牌", en: "Not a registered plate" },
        PlateVerdict::NotAPlate => Text { zh: "不是站房铭牌", en: "Not a plate" },
        PlateVerdict::Unreadable => Text { zh: "没有读出二维码", en: "No QR code was read" },
        PlateVerdict::Newer => Text { zh: "本机读不懂", en: "Not understood here" },
    }
}

/// What can be done about it; nothing where all is well.
pub fn plate_advice(verdict: &PlateVerdict) -> Option<Text> {
    match verdict {
        PlateVerdict::Matches => None,
        PlateVerdict::OtherPoint { .. } => Some(Text {
            zh: "请核对是否选错了站点；也可照常签到，结果会留存。",
            en: "Check whether this is the right point, or sign in all the same: the result is kept.",
        }),
        PlateVerdict::Unreadable => Some(Text {
            zh: "靠近些、对正、避开反光再拍一张；也可照常签到。",
            en: "Take it again, closer, straight, without glare; or sign in all the same.",
        }),
        PlateVerdict::UnknownPlate | PlateVerdict::NotAPlate | PlateVerdict::Newer => Some(Text {
            zh: "请扫站房内的铭牌；也可照常签到，结果会留存。",
            en: "Scan the plate inside the station, or sign in all the same: the result is kept.",
        }),
    }
}
