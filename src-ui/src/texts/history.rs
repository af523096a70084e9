//! Words of what is done with signed records later: 更正, 复核, 作废.

use stackside_core::clock::TimeProof;
use stackside_core::command::{CountersignatureLine, Marks, StampLine, VoidLine};

use super::{label, label_and, pick, short_time, texts, time_and_proof};

texts! {
    VERSIONS: "版本与更正", "Versions and corrections";
    CORRECT: "更正", "Correct";
    CORRECT_ON: "继续更正", "Go on correcting";
    COUNTERSIGN: "复核签名", "Countersign";
    VOID: "作废", "Void";
    VOIDED: "已作废", "Void";
    CORRECTED: "已更正", "Corrected";
    CORRECTING: "更正中", "Being corrected";
    COUNTERSIGNED: "已复核", "Countersigned";
    CURRENT: "现行", "Current";
    FIRST_VERSION: "首次签名", "As signed first";
    SHOW_VERSION: "查看这一版", "Show this version";
    SHOW_CURRENT: "查看现行版本", "Show the current version";
    NO_DIFFERENCE: "填写内容没有变化。", "No answer changed.";
    WAS: "原为", "Was";
    NOW: "现为", "Is now";
    EMPTY: "（空）", "(empty)";
    SIGNER: "签名人", "Signed by";
    SIGNED_AT: "签名时间", "Signed at";
    WHY: "更正原因", "Reason of the correction";
    WHY_FIRST: "请先写明更正原因。", "Give the reason of the correction first.";
    VOID_WHY: "作废原因", "Reason";
    VOID_WHY_HINT: "例如：测错了仪器，已另填记录", "For example: the wrong analyser; recorded anew";
    ENTRY: "存证条目", "Entry";
    DISCARD: "放弃更正", "Discard";
    DISCARD_NOW: "放弃这次更正？", "Discard this correction?";
    DISCARD_WHY: "这次改动的内容不再保留，已签名的记录不变。", "What was changed here is dropped; the signed record stays as it is.";
    SIGN_CORRECTION: "签署更正", "Sign the correction";
    SIGN_CORRECTION_WHAT: "原记录保留，签名后生成新的版本：", "The signed record stays. You sign a new version:";
    NOT_ALL_SAVED: "还有改动没有保存，保存后再点一次“确认签名”。", "Not all changes are saved yet. Confirm once more when they are.";
    COUNTERSIGN_WHAT: "复核只对现行这一版有效；以后再更正，需要重新复核。",
        "The signature covers the current version only; a later correction wants another one.";
    COUNTERSIGNED_NOW: "已复核签名", "Countersigned";
    ROLE: "身份", "As";
    SECOND_NAME: "签名人姓名", "Name of the signer";
    VOID_RECORD: "作废这份记录？", "Void this record?";
    VOID_RECORD_WHY: "作废后不能恢复。记录仍可查看，但不再计入周期，也不再作为下次填写的依据。",
        "This cannot be undone. The record can still be seen, but counts for nothing any more.";
    VOID_VISIT: "作废本次运维？", "Void this visit?";
    VOID_VISIT_WHY: "作废后不能恢复，本次的记录一并作废。内容仍可查看，但不再计入周期，也不再作为下次填写的依据。",
        "This cannot be undone, and voids its records. All can still be seen, but counts for nothing any more.";
    VOIDED_NOW: "已作废", "Voided";
    NOT_YOURS: "更正和作废由签名人本人在签署的平板上进行。",
        "Who signed a record corrects and voids it, on the tablet that it was signed on.";
}

/// `第 2 版`.
pub fn version(number: u32) -> String {
    pick(format!("第 {number} 版"), format!("Version {number}"))
}

/// Of a version that is not the one that counts: `第 1 版，共 2 版。这是更正前的版本。`.
pub fn old_version(marks: &Marks) -> String {
    let (number, all) = (marks.version, marks.versions);
    pick(
        format!("第 {number} 版，共 {all} 版。这是更正前的版本。"),
        format!("Version {number} of {all}. This is a version before a correction."),
    )
}

/// When, and how well that is known.
pub fn stamp_time(stamp: &StampLine) -> String {
    let proof = if stamp.is_proven { TimeProof::Satellite } else { TimeProof::Unproven };
    time_and_proof(&short_time(stamp.at), proof)
}

/// Who signed besides, as what, and at whose tablet.
pub fn countersignature(line: &CountersignatureLine) -> String {
    let (role, name, time) = (label(&line.role), &line.name, stamp_time(&line.stamp));
    match line.is_by_pin {
        true => format!("{role} · {name} · {time}"),
        false => {
            let at = &line.stamp.person_name;
            pick(
                format!("{role} · {name} · 在{at}的平板上 · {time}"),
                format!("{role} · {name} · on the tablet of {at} · {time}"),
            )
        }
    }
}

/// Who voided it, when and why.
pub fn void_line(line: &VoidLine) -> String {
    let (name, time, reason) = (&line.stamp.person_name, stamp_time(&line.stamp), &line.reason);
    let what = match line.is_of_visit {
        true => pick("本次运维已作废", "The visit is void"),
        false => pick("这份记录已作废", "This record is void"),
    };
    format!("{} · {name} · {time}", label_and(what, reason))
}

/// What a draft corrects.
pub fn corrects(person: &str, number: u32) -> String {
    pick(
        format!("更正第 {number} 版（{person}签名）。原记录保留。"),
        format!("Corrects version {number}, signed by {person}. The signed record stays."),
    )
}

/// What was added to a record besides answers.
pub fn photos_added(count: u32) -> String {
    match count {
        1 => pick("新增照片 1 张", "1 photo added").to_owned(),
        n => pick(format!("新增照片 {n} 张"), format!("{n} photos added")),
    }
}

/// A line of a table that is new.
pub fn line_added(line: u16) -> String {
    pick(format!("新增第 {line} 行"), format!("Line {line} added"))
}

/// A line of a table that is gone.
pub fn line_removed(line: u16) -> String {
    pick(format!("删去第 {line} 行"), format!("Line {line} removed"))
}
