//! Words of the fields: tables, inspected items, bottles, files, signatures.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use stackside_core::command::CommandError;
use stackside_core::form::{Check, Field, FieldType, kept_file};
use stackside_core::id::FormCode;
use stackside_core::register::{Bottle, Instrument};

use super::{command_error, factor, instrument_short, label, pick, texts};

texts! {
    AND_LIST: "、", ", ";
    CHECK_OK: "正常", "OK";
    CHECK_BAD: "异常", "Fault";
    CHECK_IMPOSSIBLE: "无法检查", "Not possible";
    FOUND_AND_DONE: "异常情况和处理", "What was found and done";
    FOUND_AND_DONE_HINT: "例如：滤芯堵塞，已更换", "Such as: filter clogged, replaced";
    WHY_IMPOSSIBLE: "无法检查的原因", "Why it was not possible";
    WHY_IMPOSSIBLE_HINT: "例如：现场停产，采样泵未运行", "Such as: plant stopped, pump not running";
    NOT_INSPECTED: "未检查", "Not inspected";
    NOTHING_DUE_HERE: "本部分现在没有到期的项目。", "Nothing in this part is due now.";
    REST_NORMAL: "其余全部正常", "All others OK";

    LINE: "行", "Line";
    ADD_LINE: "加一行", "Add a line";
    REMOVE: "删除", "Remove";
    REMOVE_LINE_WHY: "这一行已填的内容会一起删除，下面各行上移。", "What was filled in this line goes with it; the lines below move up.";
    MAKE_TIMES: "生成时间", "Make times";
    FIRST_TIME: "第一行的时间", "Time of the first line";
    STEP_MINUTES: "间隔（分钟）", "Step (minutes)";
    STEP_WRONG: "间隔为 1 到 1440 的整数分钟。", "The step is 1 to 1440 whole minutes.";
    SOME_TIMES_TYPED: "有些时间已经填了", "Some times are typed already";
    ONLY_EMPTY: "只填空白", "Fill the empty ones";
    ALL_ANEW: "全部重填", "Fill all anew";
    FILL_TIMES: "填入", "Fill in";

    REPLACE_BOTTLE: "更换标气/标液", "Replace the bottle";
    REPLACE_BOTTLE_WHY: "填写新瓶标签上的内容。更换记录会自动生成，本表的浓度随之更新。",
        "Copy the new bottle's label. The replacement is recorded by itself, and the concentration here follows.";
    OPEN_RECORD: "打开", "Open";
    BOTTLE_NUMBER: "瓶号", "Number";
    BOTTLE_NUMBER_FORM: "瓶号只用字母、数字和 . _ # -，不含空格。", "A number has letters, digits and . _ # - only, no spaces.";
    BOTTLE_SUBSTANCE: "物质", "Substance";
    BOTTLE_CONCENTRATION: "浓度", "Concentration";
    BOTTLE_UNIT: "单位", "Unit";
    BOTTLE_UNCERTAINTY: "不确定度（%）", "Uncertainty (%)";
    BOTTLE_SUPPLIER: "供应商", "Supplier";
    BOTTLE_VALID_UNTIL: "有效期至（如 2027-06-30）", "Valid until (such as 2027-06-30)";
    BOTTLE_PRESSURE: "压力（MPa）", "Pressure (MPa)";

    NO_DOCUMENT_YET: "还没有文件", "No file yet";
    CHOOSE_DOCUMENT: "选择 PDF 文件", "Choose a PDF file";
    NOT_SIGNED_YET: "还没有签名", "Not signed yet";
    SIGNED_BY_HAND: "已签", "Signed";
    SIGN_AGAIN: "重新签名", "Sign again";
    SECOND_SIGNER: "请本人在框内签名。", "To be signed by that person.";
}

/// `yes` and `no` as people say it; anything else as it is.
pub fn yes_or_no(text: &str) -> &str {
    match text {
        "yes" => pick("是", "Yes"),
        "no" => pick("否", "No"),
        other => other,
    }
}

/// An answer as people read it.
pub fn answer(field: &Field, text: &str, instruments: &[Instrument]) -> String {
    let word = |value: &str| {
        let choice = field.choices.iter().find(|choice| choice.value == value);
        choice.map_or_else(|| value.to_owned(), |choice| label(&choice.label).to_owned())
    };
    match field.kind {
        _ if text.is_empty() => String::new(),
        FieldType::YesNo => yes_or_no(text).to_owned(),
        FieldType::Computed if field.choices.is_empty() => yes_or_no(text).to_owned(),
        FieldType::Choice | FieldType::Computed => word(text),
        FieldType::Choices => text.split('|').map(word).collect::<Vec<_>>().join(AND_LIST.get()),
        FieldType::Check => Check::read(text).map_or_else(|| text.to_owned(), check),
        FieldType::File => kept_document(text),
        FieldType::Signature => SIGNED_BY_HAND.get().to_owned(),
        FieldType::Instrument => {
            let mine = instruments.iter().find(|one| one.id.as_str() == text);
            mine.map_or_else(|| text.to_owned(), instrument_line)
        }
        _ => text.to_owned(),
    }
}

/// An inspected item as it was found.
pub fn check(check: Check<'_>) -> String {
    let said = match check {
        Check::Ok => CHECK_OK,
        Check::Bad(_) => CHECK_BAD,
        Check::Impossible(_) => CHECK_IMPOSSIBLE,
    };
    let sign = match check {
        Check::Ok => "√",
        Check::Bad(_) => "×",
        Check::Impossible(_) => "\u{2013}",
    };
    match check.remark() {
        "" => format!("{sign} {}", said.get()),
        remark => pick(format!("{sign} {}：{remark}", said.zh), format!("{sign} {}: {remark}", said.en)),
    }
}

/// `每 90 天 · 上次 2026-08-20`.
pub fn cycle_and_last(every_days: Option<u32>, last: Option<NaiveDate>) -> Option<String> {
    let cycle = every_days.map(|days| match days {
        1 => pick("每天", "daily").to_owned(),
        days => pick(format!("每 {days} 天"), format!("every {days} days")),
    });
    let last = last.map(|last| pick(format!("上次 {last}"), format!("last {last}")));
    match (cycle, last) {
        (Some(cycle), Some(last)) => Some(format!("{cycle} · {last}")),
        (one, other) => one.or(other),
    }
}

/// The next date behind the last one.
pub fn and_next(note: &str, next: Option<NaiveDate>) -> String {
    match next {
        Some(next) => pick(format!("{note} · 下次 {next}"), format!("{note} · next {next}")),
        None => note.to_owned(),
    }
}

/// How many items are not due yet.
pub fn not_due(count: usize) -> String {
    match count {
        1 => pick("未到期 1 项", "1 item not due yet").to_owned(),
        n => pick(format!("未到期 {n} 项"), format!("{n} items not due yet")),
    }
}

/// `到期 12 项，已查 5 项`.
pub fn items_done(done: usize, count: usize) -> String {
    pick(format!("应查 {count} 项，已查 {done} 项"), format!("{done} of {count} items inspected"))
}

/// `第 3 行`.
pub fn line_number(line: u16) -> String {
    pick(format!("第 {line} 行"), format!("Line {line}"))
}

/// A cell for those who do not see the table's head.
pub fn cell_name(line: u16, column: &str) -> String {
    format!("{} {column}", line_number(line))
}

/// How many lines are filled, and how many have to be.
pub fn lines_filled(have: usize, least: u16) -> String {
    match least {
        0 => pick(format!("已填 {have} 行"), format!("{have} filled")),
        least => pick(format!("已填 {have} 行，至少 {least} 行"), format!("{have} filled, at least {least}")),
    }
}

/// The button that takes a line out.
pub fn remove_line(line: u16) -> String {
    pick(format!("删除第 {line} 行"), format!("Remove line {line}"))
}

/// What the generator will write.
pub fn times_made(count: u16, last: &str, is_future: bool) -> String {
    let words =
        pick(format!("共 {count} 行，最后一行 {last}"), format!("{count} lines, the last one at {last}"));
    match is_future {
        true => pick(
            format!("{words}（还没到，到时才能签名）"),
            format!("{words} (still ahead: it cannot be signed before)"),
        ),
        false => words,
    }
}

/// What stands below a field to choose from.
pub fn usual_for(field: &str) -> String {
    pick(format!("{field}：常用"), format!("{field}: usual"))
}

/// A field and what its button does.
pub fn label_and(label: &str, action: &str) -> String {
    pick(format!("{label}：{action}"), format!("{label}: {action}"))
}

/// An instrument as one line of a choice.
pub fn instrument_line(instrument: &Instrument) -> String {
    let name = instrument_short(instrument.kind, &instrument.factor);
    let more = [instrument.model.trim(), instrument.serial_no.trim()];
    let more = more.iter().filter(|text| !text.is_empty()).copied();
    [name.as_str()].into_iter().chain(more).collect::<Vec<_>>().join(" · ")
}

/// A kept PDF: its name and length.
pub fn kept_document(text: &str) -> String {
    let name = text.splitn(3, ' ').nth(2).unwrap_or_default();
    match kept_file(text) {
        Some((_, bytes)) => format!("{name} · {}", super::bytes(bytes)),
        None => text.to_owned(),
    }
}

/// How much of a PDF has been kept.
pub fn document_progress(percent: u32) -> String {
    pick(format!("正在保存文件 {percent}%"), format!("Saving the file {percent}%"))
}

/// Why a PDF could not be kept.
pub fn document_error(error: &CommandError) -> String {
    match error {
        CommandError::NotAPhoto => {
            pick("这个文件不是 PDF，请另选。", "This file is not a PDF. Choose another one.").into()
        }
        CommandError::PhotoTooLarge => {
            pick("文件太大：最多 40 MB。", "The file is too large: at most 40 MB.").into()
        }
        CommandError::PhotoDamaged => {
            pick("文件没有存完整，请再选一次。", "The file did not arrive whole. Choose it again.").into()
        }
        other => command_error(other),
    }
}

/// What a replaced value was before, and why it was replaced.
pub fn replaced_line(field: &str, original: &str, reason: &str) -> String {
    pick(
        format!("{field}：原值 {original}，原因：{reason}"),
        format!("{field}: it was {original}; reason: {reason}"),
    )
}

/// That a replaced bottle is recorded, and in which form.
pub fn bottle_record_made(form: &FormCode) -> String {
    pick(
        format!("更换记录（{form}）已生成，离场前请补齐并签名。"),
        format!("The replacement is recorded ({form}). Complete and sign it before you leave."),
    )
}

/// That a bottle holds something else than the instrument measures.
pub fn bottle_of_another(bottle: &Bottle, measured: &str) -> String {
    let (holds, measured) = (factor(&bottle.substance), factor(measured));
    pick(
        format!("瓶 {} 装的是 {holds}，这台仪器测 {measured}，请核对。", bottle.id),
        format!("Bottle {} holds {holds}, but the instrument measures {measured}. Check it.", bottle.id),
    )
}

/// That a bottle's concentration lies outside the range.
pub fn bottle_out_of_range(bottle: &Bottle, low: Decimal, high: Decimal) -> String {
    let Bottle { id, concentration, unit, .. } = bottle;
    let (value, low, high) = (concentration.normalize(), low.normalize(), high.normalize());
    pick(
        format!("瓶 {id} 的浓度 {value} {unit} 不在量程 {low} 至 {high} 内，请核对或换瓶。"),
        format!(
            "{value} {unit} of bottle {id} lies outside the range {low} to {high}. Check it or use another one."
        ),
    )
}

/// A bottle as one line of a choice.
pub fn bottle_line(bottle: &Bottle) -> String {
    let Bottle { id, concentration, unit, valid_until, pressure_mpa, .. } = bottle;
    let substance = factor(&bottle.substance);
    pick(
        format!("{id} · {substance} {concentration} {unit} · 至 {valid_until} · {pressure_mpa} MPa"),
        format!("{id} · {substance} {concentration} {unit} · until {valid_until} · {pressure_mpa} MPa"),
    )
}

/// What the chosen bottle holds and until when, under its number.
pub fn bottle_facts(bottle: &Bottle) -> String {
    let Bottle { concentration, unit, uncertainty_percent, valid_until, pressure_mpa, .. } = bottle;
    pick(
        format!(
            "标气 {concentration} {unit} · 不确定度 {uncertainty_percent} % · 有效期至 {valid_until} · 压力 {pressure_mpa} MPa"
        ),
        format!(
            "Gas {concentration} {unit} · uncertainty {uncertainty_percent} % · valid until {valid_until} · {pressure_mpa} MPa"
        ),
    )
}

/// That a bottle is out of date.
pub fn bottle_expired(bottle: &Bottle) -> String {
    let Bottle { id, valid_until, .. } = bottle;
    pick(
        format!("标气 {id} 已于 {valid_until} 过期，请更换标气。"),
        format!("Bottle {id} expired on {valid_until}. Use another one."),
    )
}
