//! `stackside judge`.

use std::fmt::Write;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

use super::{Said, stackside};

/// Answers of HJ75-G4 for one SO2 analyser, all that is asked.
fn calibration() -> Map<String, Value> {
    let answers = json!({
        "header/enterprise": "演示热电", "header/location": "1# 烟囱", "header/om_unit": "演示运维",
        "header/cal_date": "2024-03-04", "header/cal_start": "2024-03-04 09:00",
        "analyser/A1/principle": "紫外荧光", "analyser/A1/zero.last_after": "0.4", "analyser/A1/zero.before": "6.9",
        "analyser/A1/zero.after": "0.2", "analyser/A1/span.ref": "450", "analyser/A1/span.last_after": "449.1",
        "analyser/A1/span.before": "447.0", "analyser/A1/span.after": "450.2",
        "footer/cal_end": "2024-03-04 10:00", "footer/person": "演示甲",
    });
    answers.as_object().unwrap().clone()
}

/// A verification by HJ75-G5 of one SO2 analyser with so many pairs, as text: what follows the answers may be odd.
fn verification(pairs: usize) -> Map<String, Value> {
    let mut answers = Map::new();
    for (key, text) in [
        ("header/enterprise", "演示热电"),
        ("header/supplier", "演示仪器厂"),
        ("header/location", "1# 烟囱"),
        ("header/om_unit", "演示运维"),
        ("header/this_date", "2024-03-04"),
        ("instruments/@1/name", "SO2"),
        ("conclusion/c3", "yes"),
        ("footer/person", "演示甲"),
        ("footer/date", "2024-03-04"),
    ] {
        answers.insert(key.into(), text.into());
    }
    for line in 1..=pairs {
        answers.insert(format!("gas/A1/@{line}/t"), format!("2024-03-04 09:{line:02}").into());
        answers.insert(format!("gas/A1/@{line}/rm"), "290".into());
        answers.insert(format!("gas/A1/@{line}/cems"), "283".into());
    }
    answers
}

fn with_analyser(answers: &Map<String, Value>) -> String {
    json!({
        "answers": answers,
        "instruments": [{ "id": "A1", "kind": "gas", "factor": "SO2", "unit": "μmol/mol", "range_low": "0",
            "range_high": "500", "sampling": "extractive" }],
    })
    .to_string()
}

fn judge(form: &str, answers: &Map<String, Value>) -> Said {
    stackside(&["judge", form, "-", "--json"], with_analyser(answers).as_bytes())
}

fn problems(said: &Said) -> Vec<(String, String)> {
    let problems = said.json()["problems"].as_array().unwrap().clone();
    let text = |problem: &Value, name: &str| problem[name].as_str().unwrap().to_owned();
    problems.iter().map(|problem| (text(problem, "field"), text(problem, "reason"))).collect()
}

#[test]
fn a_complete_record_is_judged_with_figure_limit_clause_and_rulebook() {
    let said = judge("HJ75-G4", &calibration());
    assert_eq!(problems(&said), vec![]);
    assert_eq!((said.code, said.err.len()), (0, 0));
    let json = said.json();
    assert_eq!(
        (&json["form"], &json["version"], &json["rulebook"]),
        (&"HJ75-G4".into(), &2.into(), &"CN".into())
    );
    let zero = &json["verdicts"][0];
    assert_eq!((&zero["group"], &zero["outcome"]), (&"zero".into(), &"pass".into()));
    assert_eq!((&zero["figures"][0]["shown"], &zero["figures"][0]["pass"]), (&"+1.30".into(), &"2.5".into()));
    assert_eq!((&zero["rule"]["id"], &zero["row"]), (&"hj75.drift.gas.zero".into(), &"A1".into()));
    let plain = stackside(&["judge", "HJ75-G4@1", "-"], with_analyser(&calibration()).as_bytes());
    assert_eq!(plain.code, 0);
    let lines: Vec<&str> = plain.out.lines().collect();
    assert!(lines[0].ends_with("judged by CN@2"), "{}", lines[0]);
    assert!(
        lines[1].starts_with("analyser/A1/zero  pass  +1.30 %F.S.  ±2.5, out of control beyond ±5.0 %F.S."),
        "{lines:?}"
    );
}

#[test]
fn a_verdict_that_fails_is_still_a_judgement() {
    let mut answers = calibration();
    answers.insert("analyser/A1/zero.before".into(), "40".into());
    let said = judge("HJ75-G4", &answers);
    assert_eq!((said.code, &said.json()["verdicts"][0]["outcome"]), (0, &"out_of_control".into()));
}

#[test]
fn another_rulebook_is_cited() {
    let input = with_analyser(&calibration());
    let said = stackside(&["judge", "HJ75-G4", "-", "--json", "--rulebook", "CN-31"], input.as_bytes());
    assert_eq!((said.code, &said.json()["rulebook"]), (0, &"CN-31".into()));
    assert_eq!(said.json()["verdicts"][0]["rule"]["rulebook"], "CN-31");
}

#[test]
fn what_people_type_is_normalised_or_refused_with_the_field_and_the_reason() {
    const BEFORE: &str = "analyser/A1/zero.before";
    const REMARK: &str = "footer/person";
    for (key, typed, reason) in [
        (BEFORE, "+6.9", None),
        (BEFORE, " 6 .9 ", None),
        (BEFORE, "６．９", None),
        (BEFORE, "－0.4", None),
        (BEFORE, "12,5", Some("a comma is not a decimal point")),
        (BEFORE, "1e3", Some("no exponents: write the number out")),
        (BEFORE, "six", Some("not a number")),
        (BEFORE, "9999", Some("outside -50 to 550")),
        (BEFORE, "", Some("missing")),
        (BEFORE, "6.9\u{0}", Some("a control character")),
        (REMARK, "a\u{7}b", Some("a control character")),
        ("analyser/A1/unit", "furlong", Some("not one of the choices")),
        ("analyser/A1/zero.drift", "1.3", Some("computed, not typed")),
        ("analyser/A2/zero.before", "1", Some("no such instrument at this point")),
        ("analyser/zero.before", "1", Some("no such field")),
        ("analyser/A1/zero.befor", "1", Some("no such field")),
        ("nowhere/x", "1", Some("no such field")),
        ("nonsense", "1", Some("no such field")),
        ("header/@1/enterprise", "x", Some("no such field")),
        ("header/cal_date", "04.03.2024", Some("not a date")),
        ("footer/cal_end", "2024-03-04 08:59", Some("before its start")),
        ("footer/cal_end", "2999-01-01 00:00", Some("in the future")),
    ] {
        let mut answers = calibration();
        answers.insert(key.into(), typed.into());
        let said = judge("HJ75-G4", &answers);
        let wanted: Vec<(String, String)> =
            reason.iter().map(|reason| (key.to_owned(), (*reason).to_owned())).collect();
        assert_eq!(problems(&said), wanted, "{key} = {typed:?}");
        assert_eq!(said.code, i32::from(reason.is_some()), "{key} = {typed:?}");
    }
}

#[test]
fn unknown_ids_wrong_types_and_missing_answers_are_all_listed_and_nothing_is_judged() {
    let mut answers = calibration();
    answers.insert("analyser/A1/zero.befor".into(), "1".into());
    answers.insert("analyser/A1/zero.after".into(), 0.2.into());
    answers.insert("analyser/A1/span.after".into(), json!(["1"]));
    answers.remove("header/enterprise");
    let said = judge("HJ75-G4", &answers);
    assert_eq!(said.code, 1);
    let mut fields: Vec<String> =
        problems(&said).into_iter().map(|(field, why)| format!("{field}: {why}")).collect();
    fields.sort();
    assert_eq!(
        fields,
        [
            "analyser/A1/span.after: not a text",
            "analyser/A1/zero.after: not a text",
            "analyser/A1/zero.befor: no such field",
            "header/enterprise: missing",
        ]
    );
    assert_eq!(said.json()["verdicts"], json!([]));
    let plain = stackside(&["judge", "HJ75-G4", "-"], with_analyser(&answers).as_bytes());
    assert_eq!((plain.code, plain.err.len()), (1, 4));
    let twice = r#"{"header/enterprise": "a", "header/enterprise": "b"}"#;
    let said = stackside(&["judge", "HJ75-G4", "-", "--json"], twice.as_bytes());
    assert!(problems(&said).contains(&("header/enterprise".to_owned(), "given twice".to_owned())));
}

#[test]
fn fewer_pairs_than_the_minimum_are_incomplete_and_enough_are_judged() {
    let few = judge("HJ75-G5", &verification(8));
    assert_eq!((few.code, &few.json()["verdicts"][0]["outcome"]), (1, &"incomplete".into()));
    assert_eq!(
        problems(&few),
        [
            ("gas/A1/@9/t".to_owned(), "8 of 9 lines are filled".to_owned()),
            ("gas/A1/@9/rm".to_owned(), "8 of 9 lines are filled".to_owned())
        ]
    );
    let enough = judge("HJ75-G5", &verification(9));
    assert_eq!(problems(&enough), vec![]);
    assert_eq!((enough.code, &enough.json()["verdicts"][0]["outcome"]), (0, &"pass".into()));
}

#[test]
fn a_zero_reference_is_an_error_at_its_field() {
    let answers = json!({ "answers": { "analyser/W1/std_value": "0", "analyser/W1/x": "1" },
        "instruments": [{ "id": "W1", "kind": "water_analyser", "factor": "COD", "unit": "mg/L" }] });
    let said = stackside(&["judge", "HJ355-D", "-", "--json"], answers.to_string().as_bytes());
    assert_eq!(said.code, 1);
    let zero = problems(&said).into_iter().find(|(_, why)| why == "the reference is zero");
    assert_eq!(zero.map(|(field, _)| field).as_deref(), Some("analyser/W1/std_value"));
}

#[test]
fn a_mean_reference_of_zero_is_an_error_at_the_first_line_of_its_column() {
    let mut answers = verification(0);
    for line in 1..=5 {
        answers.insert(format!("parameters/A1/@{line}/t"), format!("2024-03-04 09:{line:02}").into());
        answers.insert(format!("parameters/A1/@{line}/rm"), "0".into());
        answers.insert(format!("parameters/A1/@{line}/cems"), "1".into());
    }
    let input = json!({ "answers": answers,
        "instruments": [{ "id": "A1", "kind": "velocity", "factor": "VELOCITY", "unit": "m/s" }] });
    let said = stackside(&["judge", "HJ75-G5", "-", "--json"], input.to_string().as_bytes());
    assert_eq!(problems(&said), [("parameters/A1/@1/rm".to_owned(), "the reference is zero".to_owned())]);
    assert_eq!((said.code, &said.json()["verdicts"][0]["outcome"]), (1, &"incomplete".into()));
}

#[test]
fn ten_thousand_rows_are_refused_with_a_list_and_more_at_once() {
    let begun = Instant::now();
    let rows = |count: usize, columns: &[&str]| {
        let mut text = String::from("{");
        for line in 1..=count {
            for column in columns {
                write!(text, r#""gas/A1/@{line}/{column}": "290", "#).unwrap();
            }
        }
        text.push_str(r#""instruments": [{"id": "A1", "kind": "gas", "factor": "SO2", "unit": "mg/m³"}]}"#);
        text
    };
    let said = stackside(&["judge", "HJ75-G5", "-", "--json"], rows(10_000, &["rm"]).as_bytes());
    assert_eq!(said.code, 1);
    let listed = problems(&said).into_iter().filter(|(_, why)| why == "no such line: at most 30").count();
    assert_eq!(listed, 10_000 - 30);
    let plain = stackside(&["judge", "HJ75-G5", "-"], rows(10_000, &["rm"]).as_bytes());
    assert_eq!(plain.err.len(), 101, "a hundred, and how many more");
    assert!(plain.err[100].starts_with("stackside: and ") && plain.err[100].ends_with(" more"));
    let more = stackside(&["judge", "HJ75-G5", "-"], rows(10_000, &["rm", "cems"]).as_bytes());
    assert_eq!((more.code, more.err.len()), (1, 1));
    assert!(more.err[0].starts_with("stackside: standard input: more than 10000 values"), "{}", more.err[0]);
    let large = stackside(&["judge", "HJ75-G5", "-"], &vec![b' '; 8 << 20]);
    assert_eq!((large.code, large.err), (1, vec!["stackside: standard input: larger than 5 MB".to_owned()]));
    assert!(begun.elapsed() < Duration::from_secs(30), "in bounded time");
}

#[test]
fn an_instrument_that_cannot_be_is_refused_in_one_line() {
    for (instruments, want) in [
        (r#"[{"id": "A 1", "kind": "gas", "factor": "SO2"}]"#, "instrument `A 1`: not an id"),
        (r#"[{"id": "A1", "kind": "plasma", "factor": "SO2"}]"#, "unknown variant `plasma`"),
        (
            r#"[{"id": "A1", "kind": "gas", "factor": "SO2", "range_high": "1,5"}]"#,
            "instrument `A1`: `range_high`: a comma is not a decimal point",
        ),
        (
            r#"[{"id": "A1", "kind": "gas", "factor": "SO2"}, {"id": "A1", "kind": "gas", "factor": "O2"}]"#,
            "instrument `A1`: there twice",
        ),
    ] {
        let input = format!(r#"{{"answers": {{}}, "instruments": {instruments}}}"#);
        let said = stackside(&["judge", "HJ75-G4", "-"], input.as_bytes());
        assert_eq!((said.code, said.err.len()), (1, 1), "{want}");
        assert!(said.err[0].starts_with(&format!("stackside: standard input: {want}")), "{}", said.err[0]);
    }
}
