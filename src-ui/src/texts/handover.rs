//! Words about handing over what is unsent.

use stackside_core::command::{HandoverGiven, HandoverTaken, HandoverTrouble};

use super::{bytes, pick, texts};

texts! {
    HANDOVER: "交接未上传数据", "Hand over what is unsent";
    HANDOVER_HOW: "平板坏了或长期没有网络时，把未上传的内容导出成一个加密文件，用同一运维机构的另一台平板导入并上传。本机内容不会减少，也不会重复上传。", "Where this tablet is broken or long without a network, what is unsent goes to a sealed file; another tablet of the same operator takes it over and sends it. Nothing leaves this tablet, and nothing is sent twice.";
    GIVE: "导出未上传数据", "Export what is unsent";
    TAKE: "导入他机数据", "Take over from another tablet";
    TAKING: "正在导入…", "Taking over…";
    NOTHING_UNSENT: "没有未上传的内容，不用导出。", "There is nothing that the server does not hold.";
    HANDED_OVER: "已导出", "Exported";
    HANDOVER_FILE: "文件", "File";
    HANDOVER_CODE: "开启码", "Code";
    HANDOVER_CODE_WHY: "请抄下开启码，导入时要用。它不会保存，也不会再次显示；丢了就重新导出一次。", "Write the code down: the other tablet asks for it. It is kept nowhere and not shown again; if it is lost, export once more.";
    CHOOSE_HANDOVER: "选择导出的文件（.age）", "Choose the exported file (.age)";
    NO_HANDOVER_YET: "还没有选择文件", "No file chosen yet";
}

/// What was handed over.
pub fn handover_given(given: &HandoverGiven) -> String {
    let HandoverGiven { entries, files, bytes: size, .. } = given;
    let size = bytes(*size);
    pick(
        format!("{entries} 条存证、{files} 个文件，{size}"),
        format!("{entries} entries, {files} files, {size}"),
    )
}

/// What was taken over.
pub fn handover_taken(taken: HandoverTaken) -> String {
    let HandoverTaken { entries, files } = taken;
    pick(
        format!("已导入 {entries} 条存证、{files} 个文件，有网后自动上传。"),
        format!("{entries} entries and {files} files are taken over and go out by themselves."),
    )
}

/// Why it was not, and what to do.
pub fn handover_trouble(why: HandoverTrouble) -> &'static str {
    match why {
        HandoverTrouble::NothingUnsent => NOTHING_UNSENT.get(),
        HandoverTrouble::WrongCode => pick(
            "开启码不对，请核对导出时抄下的 16 位开启码。",
            "The code does not open it. Check the 16 signs that were shown when it was exported.",
        ),
        HandoverTrouble::Damaged => pick(
            "这个文件不是交接文件，或已损坏，请重新复制或重新导出。",
            "This is no handover, or it is damaged. Copy it again, or export again.",
        ),
        HandoverTrouble::OtherOperator => pick(
            "这个文件属于另一家运维机构，不能在本机导入。",
            "It belongs to another operator and cannot be taken over here.",
        ),
        HandoverTrouble::NoRoom => pick(
            "存储空间不足，导出会占用填写记录所需的空间。请先清理平板上的其他文件。",
            "There is no space for it beside what records need. Delete other files of the tablet first.",
        ),
        HandoverTrouble::OtherServer => pick(
            "这个文件来自另一个平台的平板，不能在本机导入。",
            "Its tablet belongs to another server; it cannot be taken over here.",
        ),
    }
}
