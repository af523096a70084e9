//! What went wrong and what to do, picked by error variant.

use stackside_core::command::{CommandError, OpenTrouble};
use stackside_core::decimal::NumberError;
use stackside_core::form::AnswerError;

use super::{handover_trouble, no_room, pick};

/// An error of the shell: what happened and the way out.
pub fn command_error(error: &CommandError) -> String {
    match error {
        CommandError::Invalid { why, .. } => answer_error(why),
        CommandError::NotFinished { problems, .. } => pick(
            format!("还有 {} 项没填好，请先补齐再签名。", problems.len()),
            format!("{} answers are missing or not valid. Complete them before signing.", problems.len()),
        ),
        CommandError::TooManyTries { wait_s } => pick(
            format!("登记码输错次数过多，平台要求等 {wait_s} 秒后再试。请先向管理员核对登记码。"),
            format!(
                "Too many wrong codes: the server asks to wait {wait_s} s. Check the code with the administrator first."
            ),
        ),
        CommandError::WrongPin { wait_s: 0 } => {
            pick("密码或个人码不对，请再试一次。", "The PIN or code is not right. Try again.").into()
        }
        CommandError::WrongPin { wait_s } => pick(
            format!("密码或个人码不对，请 {wait_s} 秒后再试。"),
            format!("The PIN or code is not right. Try again in {wait_s} s."),
        ),
        CommandError::VisitOpen { .. } => pick(
            "您还有一次未离场的运维，请先离场再签到。",
            "Another visit of yours is still open. Sign out of it first.",
        )
        .into(),
        CommandError::DraftsLeft { drafts } => pick(
            format!("还有 {drafts} 份记录没有签名，签名后才能离场。"),
            format!("{drafts} records are not signed yet. Sign them before you leave."),
        ),
        CommandError::NotFound { .. } => pick(
            "这条内容已不在本机，请返回重新打开。",
            "It is not on this tablet any more. Go back and open it again.",
        )
        .into(),
        CommandError::NoRoomForPhotos { free_bytes, needed_bytes } => no_room(*free_bytes, *needed_bytes),
        CommandError::Handover { why } => handover_trouble(*why).into(),
        CommandError::NotOpened { why } => open_trouble(*why).into(),
        other => plain(other).into(),
    }
}

fn open_trouble(why: OpenTrouble) -> &'static str {
    match why {
        OpenTrouble::InUse => pick(
            "台账正被另一个“运维随行”程序使用。请先关闭那一个，再点重试。",
            "Another Stackside has the data open. Close that one and try again.",
        ),
        OpenTrouble::NewerApp => pick(
            "台账由更新版本的应用保存，本版本打不开。内容没有改动，请安装新版应用。",
            "A newer version of the app wrote the data. Nothing was changed: install the newer app.",
        ),
        OpenTrouble::NoKey => pick(
            "台账打不开：本机的数据密钥不见了。内容没有丢失，也没有改动。请不要卸载应用或清除数据，联系运维机构管理员用恢复密钥取出数据。",
            "The data cannot be opened: this tablet's key is gone. Nothing is lost or changed. Do not uninstall the app or clear its data; \
             the operator's administrator can open it with the recovery key.",
        ),
        OpenTrouble::DiskFull => pick(
            "平板存储空间已满，台账打不开。内容没有丢失。请腾出空间（如删除其他应用或视频），再点重试。",
            "The tablet is full, so the data cannot be opened. Nothing is lost. Make room, then try again.",
        ),
        OpenTrouble::Other => pick(
            "台账打不开，内容没有改动。请重启平板后再试；仍打不开时不要卸载应用，联系管理员。",
            "The data cannot be opened; nothing was changed. Restart the tablet and try again. If that does not help, do not uninstall \
             the app, and ask the administrator.",
        ),
    }
}

fn plain(error: &CommandError) -> &'static str {
    match error {
        CommandError::NotEnrolled => pick(
            "本平板还没有登记，请到“设置”输入登记码。",
            "This tablet is not enrolled. Enter a code in Settings.",
        ),
        CommandError::Locked => pick("已锁定，请重新解锁。", "Locked. Unlock again."),
        CommandError::PinForm => pick("密码为 6 到 12 位数字。", "A PIN is 6 to 12 digits."),
        CommandError::EnrolCode => pick(
            "登记码不对、已用过或已过期（15 分钟），请向管理员要新的。",
            "The code is wrong, used or older than 15 minutes. Ask for a new one.",
        ),
        CommandError::Offline => pick(
            "连不上平台，请检查网络后再试。",
            "The server cannot be reached. Check the network and try again.",
        ),
        CommandError::NotOurServer => pick(
            "这个地址不是 Stackside 平台，可能是网络的登录页。",
            "This address is not a Stackside server; perhaps the network asks you to log in.",
        ),
        CommandError::Address => {
            pick("请输入以 https:// 开头的平台地址。", "Enter the server's address, starting with https://.")
        }
        CommandError::Closed => {
            pick("已签名或已结束，不能再改。", "Already signed or closed; it cannot be changed.")
        }
        CommandError::ReasonNeeded => pick(
            "不在围栏内，请写明原因并拍一张照片。",
            "Not inside the fence: give a reason and take a photo.",
        ),
        CommandError::NothingChanged => pick(
            "还没有改动任何内容。请先更正要改的数据，或放弃这次更正。",
            "Nothing was changed yet. Correct what is wrong, or discard this correction.",
        ),
        CommandError::SameSigner => pick(
            "复核人不能是填写签名的本人，请另一个人签名。",
            "The one who signed the record cannot countersign it. Ask another person.",
        ),
        CommandError::NothingToConfirm => pick(
            "还没有已签名的记录，请先签名，再请企业确认。",
            "No record is signed yet. Sign first, then ask for the confirmation.",
        ),
        CommandError::ContentChanged => pick(
            "内容在显示之后有变更，没有保存。请重新查看后再签名。",
            "It changed since it was shown, and nothing was saved. Read it again, then sign.",
        ),
        CommandError::EmptySignature => pick("请在框内签名。", "Sign in the box."),
        CommandError::NotAPhoto => {
            pick("这个文件不是照片（JPEG 或 PNG）。", "This file is not a photo (JPEG or PNG).")
        }
        CommandError::PhotoTooLarge => pick(
            "照片太大：最多 1600 万像素、40 MB。",
            "The photo is too large: at most 16 megapixels and 40 MB.",
        ),
        CommandError::PhotoDamaged => {
            pick("照片没有存完整，请重拍。", "The photo did not arrive whole. Take it again.")
        }
        CommandError::NoPositionSource => pick(
            "本机没有定位来源。可写明原因并拍照后签到。",
            "No source of positions on this machine. Sign in with a reason and a photo.",
        ),
        CommandError::DiskFull => pick(
            "存储空间已满，请清理后再试；已保存的内容都在。",
            "Storage is full. Free some space and try again; what was saved is safe.",
        ),
        CommandError::DiskFailed => pick(
            "平板的存储出错，这一项没有存上，请再试一次；已保存的内容都在。若再出错，请尽快联网发送并换一台平板。",
            "The tablet's storage failed and this was not saved. Try again; what was saved is safe. If it fails again, send your records soon and change the tablet.",
        ),
        CommandError::Version => pick(
            "界面与程序版本不符，请重新打开应用。",
            "The screens do not fit the program. Open the app again.",
        ),
        _ => pick(
            "出错了，刚才的操作没有完成。已保存的内容都在，请再试一次。",
            "Something went wrong; the last step was not done. What was saved is safe. Try again.",
        ),
    }
}

/// Why an answer is not valid, and what to do.
pub fn answer_error(error: &AnswerError) -> String {
    let plain = match error {
        AnswerError::OutOfBounds { low, high } => {
            return pick(
                format!("超出允许范围 {low} 至 {high}，请核对读数或量程。"),
                format!("Outside {low} to {high}. Check the reading or the range."),
            );
        }
        AnswerError::TooFewLines { have, least } => {
            return pick(
                format!("至少填 {least} 行，现在有 {have} 行。"),
                format!("Fill at least {least} lines; there are {have}."),
            );
        }
        AnswerError::TooManyLines { most } => {
            return pick(format!("最多 {most} 行。"), format!("At most {most} lines."));
        }
        AnswerError::Missing => pick("必填", "Required"),
        AnswerError::Number { why } => number_error(*why),
        AnswerError::EmptyRange => {
            pick("量程上限必须大于下限。", "The upper end of the range must be above the lower end.")
        }
        AnswerError::NotADate => pick("日期格式如 2026-11-23。", "A date looks like 2026-11-23."),
        AnswerError::NotATime => pick("时间格式如 2026-11-23 14:05。", "A time looks like 2026-11-23 14:05."),
        AnswerError::NotAClock => pick("时间格式如 14:05。", "A time looks like 14:05."),
        AnswerError::NotWhole => pick("请填整数，不带小数。", "A whole number, without decimals."),
        AnswerError::BeforeStart => pick("结束时间早于开始时间。", "The end lies before the start."),
        AnswerError::AfterNext => {
            pick("时间晚于后面的步骤，请核对。", "This time lies after what followed it.")
        }
        AnswerError::InTheFuture => pick("时间在将来，请核对。", "This time lies in the future."),
        other => of_other_kind(other),
    };
    plain.to_owned()
}

/// What is no number, no time and no gap.
fn of_other_kind(error: &AnswerError) -> &'static str {
    match error {
        AnswerError::RemarkMissing => pick(
            "请写明情况：异常写发现和处理，无法检查写原因。",
            "Add a word: what was found and done, or why it was not possible.",
        ),
        AnswerError::NotAPhone => pick(
            "不是电话号码。请输入 11 位手机号，或带区号的座机，如 0551-62345678。",
            "Not a phone number: 11 digits, or a landline with its area code such as 0551-62345678.",
        ),
        AnswerError::NotACheck => pick("请选 √、× 或无法检查。", "Choose OK, fault or not possible."),
        AnswerError::UnknownInstrument => pick(
            "本站点没有这台仪器，请从列表中选择。",
            "No such instrument at this point. Choose one from the list.",
        ),
        AnswerError::NotAFile => pick(
            "文件没有存完整，请重新选择或重新签名。",
            "It was not kept whole. Choose the file or sign again.",
        ),
        AnswerError::ZeroReference => {
            pick("参比值为 0，不能相除，请核对。", "The reference is 0 and cannot be divided by. Check it.")
        }
        AnswerError::NotAChoice => pick("请从选项中选择。", "Choose one of the options."),
        AnswerError::UnknownBottle => pick(
            "本站点没有这个瓶号，请从列表中选择。",
            "No such bottle at this point. Choose one from the list.",
        ),
        AnswerError::KnownBottle => pick(
            "这个瓶号本站点已有，请核对瓶号，或直接从列表中选它。",
            "This number is known here already. Check it, or choose that bottle from the list.",
        ),
        AnswerError::Expired => pick("已过有效期，请换一瓶。", "Out of date. Use another one."),
        AnswerError::ControlCharacter => {
            pick("含有不可见的控制字符，请删除后重输。", "It holds a control character. Type it again.")
        }
        AnswerError::TooLong => pick("内容太长。", "Too long."),
        AnswerError::NoSuchField => pick("本表没有这一项。", "The form has no such field."),
        AnswerError::Computed => pick("此项自动计算，不能输入。", "Computed; it cannot be typed."),
        AnswerError::ReasonMissing => {
            pick("修改已带入的值需要写明原因。", "Give a reason for replacing the prefilled value.")
        }
        AnswerError::NoBlock => pick("至少填写一台仪器。", "Fill in at least one instrument."),
        AnswerError::PhotoMissing => pick("缺少照片。", "A photo is missing."),
        // Said by `answer_error` itself.
        AnswerError::Missing
        | AnswerError::Number { .. }
        | AnswerError::OutOfBounds { .. }
        | AnswerError::EmptyRange
        | AnswerError::NotADate
        | AnswerError::NotATime
        | AnswerError::NotAClock
        | AnswerError::NotWhole
        | AnswerError::TooFewLines { .. }
        | AnswerError::TooManyLines { .. }
        | AnswerError::BeforeStart
        | AnswerError::AfterNext
        | AnswerError::InTheFuture => pick("请核对。", "Check it."),
    }
}

fn number_error(error: NumberError) -> &'static str {
    match error {
        NumberError::Comma => pick(
            "请用小数点，不用逗号：12,5 应写作 12.5。",
            "Use a point, not a comma: 12.5 instead of 12,5.",
        ),
        NumberError::Exponent => pick("请写出完整数字，不用 1e3。", "Write the number out, not 1e3."),
        NumberError::NotANumber => pick("请输入数字。", "Enter a number."),
        NumberError::TooLong => pick("数字位数太多。", "Too many digits."),
    }
}
