//! A visit in plain words, in both languages: what a representative reads before signing. Made here from the entries, so that tablet
//! and server show the same.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::act::SignedIn;
use crate::clock::shown_time;
use crate::form::{Form, Label, blocks};
use crate::geofence::Presence;
use crate::judge::{Outcome, Quantity, Verdict};
use crate::record::{History, Stamp};
use crate::register::Instrument;

/// All that was shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// Who was where when.
    pub visit: Vec<Line>,
    /// What was done, record by record.
    pub records: Vec<RecordWords>,
}

/// One line: what it is, and what it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// What it is.
    pub name: Label,
    /// What it says.
    pub says: Label,
}

/// A record in plain words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordWords {
    /// The form's title.
    pub title: Label,
    /// What is said of it.
    pub lines: Vec<Line>,
}

/// What is known of a visit.
pub struct VisitTold<'a> {
    /// The entry of the sign-in.
    pub sign_in: &'a Stamp,
    /// What it says.
    pub act: &'a SignedIn,
    /// The point's name.
    pub point: &'a str,
    /// The discharger's name.
    pub discharger: &'a str,
    /// The technician's name.
    pub technician: &'a str,
    /// Its signed records.
    pub records: Vec<RecordTold<'a>>,
}

/// What is known of a signed record of it.
pub struct RecordTold<'a> {
    /// All its versions.
    pub history: &'a History,
    /// Its form; nothing for one that is not known here.
    pub form: Option<&'a Form>,
    /// The point's instruments.
    pub instruments: &'a [Instrument],
    /// Who signed the newest version.
    pub signer: &'a str,
}

impl Words {
    pub(super) fn of(told: &VisitTold<'_>) -> Self {
        let presence = match told.act.presence.presence {
            Presence::Inside => both("在站点围栏内", "inside the station's fence"),
            Presence::Outside => both("在站点围栏外", "outside the station's fence"),
            Presence::Unsure => both("定位不能确定是否在场", "not certain from the position"),
        };
        let mut visit = vec![
            line("排污单位", "Discharger", same(told.discharger)),
            line("监测点位", "Point", same(told.point)),
            line("运维人员", "Technician", same(told.technician)),
            line("到场时间", "Arrived", time(told.sign_in.at)),
            line("到场定位", "Presence", presence),
        ];
        if let Some(reason) = &told.act.reason {
            visit.push(line("定位说明", "Reason", same(reason)));
        }
        Self { visit, records: told.records.iter().map(RecordWords::of).collect() }
    }
}

impl RecordWords {
    fn of(told: &RecordTold<'_>) -> Self {
        let newest = told.history.newest();
        let content = &newest.content;
        let title = told.form.map_or_else(|| same(content.form.as_str()), |form| form.title.clone());
        let mut lines = vec![];
        if let Some((_, void)) = told.history.voided() {
            lines.push(line("已作废", "Void", same(&void.reason)));
        }
        lines.extend(worked_on(told));
        let verdicts = content.verdicts.iter().filter(|verdict| verdict.outcome != Outcome::NotJudged);
        lines.extend(verdicts.map(|verdict| verdict_line(verdict, told.instruments)));
        let photos = content.photos.len();
        lines.push(line("照片", "Photos", both(&format!("{photos} 张"), &photos.to_string())));
        lines.push(line("签名人", "Signed by", same(told.signer)));
        lines.push(line("签名时间", "Signed at", time(newest.stamp.at)));
        if let Some(reason) = &newest.reason {
            let corrections = told.history.corrections();
            let name = both(&format!("第 {corrections} 次更正"), &format!("Correction {corrections}"));
            lines.push(Line { name, says: same(reason) });
        }
        Self { title, lines }
    }
}

/// The instruments, and the parts of the form, that a person filled.
fn worked_on(told: &RecordTold<'_>) -> Vec<Line> {
    let answers = &told.history.newest().content.answers;
    let by_hand = answers.0.iter().filter(|(_, answer)| answer.is_by_hand());
    let filled: BTreeSet<_> = by_hand.map(|(key, _)| (key.section.as_str(), key.row.as_deref())).collect();
    let is_filled_row = |one: &&Instrument| filled.iter().any(|(_, row)| *row == Some(one.id.as_str()));
    let instruments: Vec<String> = told.instruments.iter().filter(is_filled_row).map(instrument).collect();
    let mut lines = vec![];
    if !instruments.is_empty() {
        lines.push(line("仪器", "Instruments", both(&instruments.join("、"), &instruments.join(", "))));
    }
    let Some(form) = told.form else { return lines };
    let mut parts: Vec<Label> = vec![];
    for block in blocks(form, told.instruments) {
        let is_filled = filled.contains(&(block.section.id.as_str(), block.row()));
        let name = block.instrument.map(|one| one.factor.as_str()).unwrap_or_default();
        let named = |text: &str| text.replace("{name}", name).trim().to_owned();
        let part = Label { zh: named(&block.section.label.zh), en: named(&block.section.label.en) };
        if is_filled && !parts.contains(&part) {
            parts.push(part);
        }
    }
    if !parts.is_empty() {
        let joined =
            |pick: fn(&Label) -> &str, with: &str| parts.iter().map(pick).collect::<Vec<_>>().join(with);
        let says = both(&joined(|part| &part.zh, "、"), &joined(|part| &part.en, ", "));
        lines.push(line("所做工作", "Work done", says));
    }
    lines
}

fn instrument(one: &Instrument) -> String {
    format!("{} {} {}", one.factor, one.model, one.serial_no).trim().to_owned()
}

/// `SO2 零点漂移: 2.1 %F.S., 合格`.
fn verdict_line(verdict: &Verdict, instruments: &[Instrument]) -> Line {
    let of = |row: &String| instruments.iter().find(|one| one.id.as_str() == row).map(|one| &one.factor);
    let factor = verdict.row.as_ref().and_then(of).map(|factor| format!("{factor} ")).unwrap_or_default();
    let (zh, en) = quantity(verdict.quantity);
    let (outcome_zh, outcome_en) = outcome(verdict.outcome);
    let figures: Vec<String> =
        verdict.figures.iter().map(|one| format!("{} {}", one.shown, one.unit).trim().to_owned()).collect();
    let says = |outcome: &str, comma: &str| {
        figures.iter().map(String::as_str).chain([outcome]).collect::<Vec<_>>().join(comma)
    };
    Line {
        name: both(&format!("{factor}{zh}"), &format!("{factor}{en}")),
        says: both(&says(outcome_zh, "，"), &says(outcome_en, ", ")),
    }
}

fn outcome(outcome: Outcome) -> (&'static str, &'static str) {
    match outcome {
        Outcome::NotJudged => ("未判定", "not judged"),
        Outcome::Pass => ("合格", "pass"),
        Outcome::Incomplete => ("未填完", "incomplete"),
        Outcome::FailValid => ("不合格，数据仍有效", "fail, the data stay valid"),
        Outcome::Fail => ("不合格", "fail"),
        Outcome::OutOfControl => ("失控，数据无效", "out of control, the data are invalid"),
    }
}

fn quantity(quantity: Quantity) -> (&'static str, &'static str) {
    match quantity {
        Quantity::Zero => ("零点漂移", "zero drift"),
        Quantity::Span => ("量程漂移", "span drift"),
        Quantity::DriftTest => ("漂移测试", "drift test"),
        Quantity::IndicationError => ("示值误差", "indication error"),
        Quantity::ResponseTime => ("系统响应时间", "response time"),
        Quantity::Accuracy => ("准确度", "accuracy"),
        Quantity::StandardCheck => ("标样核查", "standard check"),
        Quantity::RealSample => ("实际水样比对", "real samples"),
        Quantity::AbsoluteError => ("绝对误差", "absolute error"),
        Quantity::Level => ("液位比对", "level"),
        Quantity::Flow => ("流量比对", "flow"),
        Quantity::Agreement => ("数据一致性", "agreement of the data"),
        Quantity::RangeRatio => ("量程核查", "range check"),
        Quantity::ValidRate => ("有效数据率", "valid data"),
        Quantity::CaptureRate => ("有效数据捕集率", "data capture"),
    }
}

fn line(zh: &str, en: &str, says: Label) -> Line {
    Line { name: both(zh, en), says }
}

fn both(zh: &str, en: &str) -> Label {
    Label { zh: zh.to_owned(), en: en.to_owned() }
}

fn same(text: &str) -> Label {
    both(text, text)
}

fn time(at: DateTime<Utc>) -> Label {
    same(&shown_time(at))
}
