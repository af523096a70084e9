//! Records of all kinds, filled as a technician fills them and judged by the core.

use stackside_core::act::{Act, FileRef, RecordSigned, StrokePoint, Strokes};
use stackside_core::definition::Definitions;
use stackside_core::form::{Answer, AnswerKey, Answers};
use stackside_core::hash::Hash;
use stackside_core::id::{RecordId, VisitId};
use stackside_core::judge::judge;
use stackside_core::rulebook::in_force;
use stackside_server::register;
use stackside_server::store::StoreError;

use super::{City, file, new_id};

/// A signature of as many points as one needs.
pub fn strokes() -> Vec<u8> {
    let point = |n: i32| StrokePoint { x: 20 + n * 12, y: 60 + (n % 3) * 18, t_ms: 0, pressure: 500 };
    let strokes = Strokes { width: 400, height: 160, strokes: vec![(0..30).map(point).collect()] };
    serde_json::to_vec(&strokes).unwrap()
}

/// A document that is one by its first bytes.
pub fn pdf() -> Vec<u8> {
    b"%PDF-1.7\n% a report of the demo city\n".to_vec()
}

/// An answer that names a file.
pub fn named(bytes: &[u8], name: &str) -> String {
    format!("{} {} {name}", Hash::of(bytes), bytes.len()).trim_end().to_owned()
}

/// A record of a form at a point, with the verdicts that its answers come to.
pub fn signed(
    city: &City,
    (code, version): (&str, u32),
    visit: Option<VisitId>,
    point: &str,
    answers: &[(&str, &str)],
    files: &[(&[u8], &str)],
) -> RecordSigned {
    let definitions = Definitions::built_in().unwrap();
    let (instruments, place) = city
        .app
        .store()
        .read_now::<_, StoreError>(|tx| {
            Ok((register::instruments_of(tx, point)?, register::point(tx, point)?.unwrap().jurisdiction))
        })
        .unwrap();
    let mut all = Answers::default();
    for (key, text) in answers {
        all.0.insert(key.parse::<AnswerKey>().unwrap(), Answer::typed(*text));
    }
    let book = in_force(&definitions.rulebooks, &place, "2026-11-23".parse().unwrap()).unwrap();
    let verdicts = match definitions.form(code, Some(version)) {
        Some(form) => judge(form, &all, &instruments, &book).fill(form, &mut all),
        None => vec![],
    };
    RecordSigned {
        record: RecordId::new(new_id()),
        visit,
        point: point.parse().unwrap(),
        technician: "demo-tech-a".parse().unwrap(),
        form: code.parse().unwrap(),
        form_version: version,
        rulebook: book.id,
        rulebook_version: book.version,
        answers: all,
        verdicts,
        photos: vec![],
        signature: file(&strokes(), "application/json"),
        files: files.iter().map(|(bytes, kind)| file(bytes, kind)).collect::<Vec<FileRef>>(),
    }
}

/// The act of signing it.
pub fn act(record: RecordSigned) -> Act {
    Act::RecordSigned(Box::new(record))
}

/// HJ 355 B: some items √, one ×, one not possible, the rest blank; agreement of COD.
pub fn inspection(city: &City, visit: VisitId) -> RecordSigned {
    let answers = [
        ("header/enterprise", "演示污水处理厂"),
        ("header/inspection_date", "2026-11-23"),
        ("header/weather", "overcast"),
        ("header/room_temperature", "21.5"),
        ("prep/b1.1", "ok"),
        ("prep/b1.2", "bad 试剂余量不足，已补充"),
        ("prep/remark", "第一行\n第二行"),
        ("aux/b2.1", "impossible 门锁损坏，无法进入"),
    ];
    signed(city, ("HJ355-B", 1), Some(visit), "demo-outfall", &answers, &[])
}

/// HJ 75 G.5 with nine pairs of SO2 and of O2; the latter is far off.
pub fn verification(city: &City, visit: VisitId) -> RecordSigned {
    let mut answers = vec![
        ("header/enterprise".to_owned(), "演示热电有限公司".to_owned()),
        ("gas/DA001-SO2/unit".to_owned(), "μmol/mol".to_owned()),
        ("gas/DA001-O2/unit".to_owned(), "%".to_owned()),
        ("instruments/@1/name".to_owned(), "烟气分析仪".to_owned()),
        ("instruments/@1/model".to_owned(), "演示-G500".to_owned()),
    ];
    for line in 1..=9_u32 {
        for (instrument, rm, cems) in [("DA001-SO2", 300, 303), ("DA001-O2", 6, 9)] {
            let at = |column: &str| format!("gas/{instrument}/@{line}/{column}");
            answers.push((at("t"), format!("2026-11-23 {:02}:00", 8 + line)));
            answers.push((at("rm"), format!("{}.{line}", rm)));
            answers.push((at("cems"), format!("{}.{}", cems, line % 4)));
        }
    }
    let answers: Vec<(&str, &str)> = answers.iter().map(|(key, text)| (&**key, &**text)).collect();
    signed(city, ("HJ75-G5", 1), Some(visit), "demo-stack-1", &answers, &[])
}

/// HJ 355 D: a check of COD that fails, a calibration, a check that passes; approved by a second person.
pub fn standard_check(city: &City, visit: VisitId) -> RecordSigned {
    let approval = named(&strokes(), "");
    let answers = [
        ("header/station", "演示污水处理厂 总排口"),
        ("analyser/DW001-COD/unit", "mg/L"),
        ("analyser/DW001-COD/std_value", "50"),
        ("analyser/DW001-COD/x", "62"),
        ("analyser/DW001-COD/@1/cal_time", "2026-11-23 10:40"),
        ("analyser/DW001-COD/@1/cal_pass", "yes"),
        ("footer/performer", "演示·技术员甲"),
        ("footer/approver", &approval),
    ];
    let mut record = signed(
        city,
        ("HJ355-D", 1),
        Some(visit),
        "demo-outfall",
        &answers,
        &[(&strokes(), "application/json")],
    );
    let key = "analyser/DW001-COD/std_value".parse().unwrap();
    let replaced =
        stackside_core::form::Override { original: "80".into(), reason: "换了一瓶标准溶液".into() };
    record.answers.0.get_mut(&key).unwrap().replaced = Some(replaced);
    record
}

/// HJ 355 H: three pairs of COD of which two pass, one with a standard instead of the sample; a photo of the work.
pub fn comparison(city: &City, visit: VisitId) -> RecordSigned {
    let answers = [
        ("header/test_date", "2026-11-23"),
        ("sample/DW001-COD/unit", "mg/L"),
        ("sample/DW001-COD/@1/x", "82"),
        ("sample/DW001-COD/@1/b1", "80"),
        ("sample/DW001-COD/@1/b2", "81"),
        ("sample/DW001-COD/@1/substitute", "no"),
        ("sample/DW001-COD/@2/x", "83"),
        ("sample/DW001-COD/@2/b1", "82"),
        ("sample/DW001-COD/@2/substitute", "no"),
        ("sample/DW001-COD/@3/x", "190"),
        ("sample/DW001-COD/@3/b1", "81"),
        ("sample/DW001-COD/@3/substitute", "no"),
    ];
    signed(city, ("HJ355-H", 1), Some(visit), "demo-outfall", &answers, &[])
}

/// A report made at a desk, with its PDF.
pub fn report(city: &City) -> RecordSigned {
    let document = named(&pdf(), "比对报告 2026-11.pdf");
    let answers = [
        ("header/enterprise", "演示污水处理厂"),
        ("report/kind", "water_comparison"),
        ("report/number", "YS-2026-118"),
        ("report/result", "yes"),
        ("report/file", &document),
        ("items/@1/instrument", "DW001-COD"),
        ("items/@1/result", "yes"),
    ];
    signed(city, ("OM-REPORT", 1), None, "demo-outfall", &answers, &[(&pdf(), "application/pdf")])
}
