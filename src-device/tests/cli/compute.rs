//! `stackside compute`.

use super::stackside;

const PAIRS: &str = r#""rm": ["286", "292", "301", "295", "288", "279", "283", "297", "290"],
    "cems": ["240", "251", "262", "250", "247", "231", "252", "249", "246"]"#;
const FOR: &str = r#""for": {"kind": "gas", "factor": "SO2", "unit": "μmol/mol"}"#;

#[test]
fn a_function_is_computed_and_judged_with_figure_limit_clause_and_rulebook() {
    let said = stackside(&["compute", "accuracy", "-", "--json"], format!("{{{PAIRS}, {FOR}}}").as_bytes());
    assert_eq!((said.code, said.err.len()), (0, 0));
    let json = said.json();
    assert_eq!((&json["function"], &json["outcome"]), (&"accuracy".into(), &"out_of_control".into()));
    assert!(json["fills"]["ra"].as_str().unwrap().starts_with("16.0900634"), "unrounded: {json}");
    assert_eq!(json["fills"]["difference"][0], "-46");
    assert_eq!((&json["figures"][0]["shown"], &json["figures"][0]["pass"]), (&"16.09".into(), &"15".into()));
    assert_eq!(json["rule"]["rulebook"], "CN");
    assert!(json["rule"]["clause"]["zh"].as_str().unwrap().starts_with("HJ 75"));
    let plain = stackside(&["compute", "accuracy", "-"], format!("{{{PAIRS}, {FOR}}}").as_bytes());
    let lines: Vec<&str> = plain.out.lines().collect();
    assert!(lines.contains(&"verdict     out of control"), "{lines:?}");
    assert!(lines.contains(&"judged      16.09 %, limit ≤ 15 %"), "{lines:?}");
}

#[test]
fn a_formula_is_computed_without_a_verdict() {
    let said =
        stackside(&["compute", "volume_to_mass", "-", "--json"], br#"{"volume": "86", "molar_mass": "64"}"#);
    let json = said.json();
    assert_eq!(
        (said.code, &json["outcome"], &json["rule"]),
        (0, &serde_json::Value::Null, &serde_json::Value::Null)
    );
    assert!(json["fills"]["mass"].as_str().unwrap().starts_with("245.714285"));
}

#[test]
fn numbers_are_read_as_people_type_them() {
    for (typed, figure) in
        [("+1.30", "1.3"), (" 1. 3 ", "1.3"), ("１．３", "1.3"), ("＋１.3", "1.3"), ("−1.3", "-1.3")]
    {
        let input = format!(r#"{{"last": "0", "before": "{typed}", "low": "0", "high": "100"}}"#);
        let said = stackside(&["compute", "drift", "-", "--json"], input.as_bytes());
        assert_eq!((said.code, &said.json()["fills"]["figure"]), (0, &figure.into()), "{typed}");
    }
}

#[test]
fn every_argument_that_is_refused_is_named_with_reason_and_advice() {
    let input = br#"{"last": "12,5", "before": "1e3", "low": 0, "hi": "9", "last": "1"}"#;
    let said = stackside(&["compute", "drift", "-"], input);
    assert_eq!((said.code, said.out.as_str()), (1, ""));
    assert_eq!(
        said.err,
        [
            "stackside: last: a comma is not a decimal point; write 12.5, or 125",
            "stackside: before: no exponents: write the number out; write 1000, or 0.001",
            "stackside: low: not one number as a text; numbers stand in quotes, so that no digit is lost",
            "stackside: hi: no such parameter",
            "stackside: last: given twice",
            "stackside: high: missing",
        ]
    );
    let lines = stackside(&["compute", "mean", "-", "--json"], br#"{"values": ["1", "two", "a\u0000"]}"#);
    assert_eq!((lines.code, &*lines.err[0]), (1, "stackside: 2 problems"));
    let fields: Vec<String> = lines.json()["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["field"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(fields, ["values/@2", "values/@3"]);
}

#[test]
fn a_zero_reference_and_too_few_pairs_are_named_and_never_pass() {
    let zero = stackside(&["compute", "standard_check", "-"], br#"{"standard": "0", "reading": "1"}"#);
    assert_eq!((zero.code, zero.err), (1, vec!["stackside: standard: `standard` is zero".to_owned()]));
    let few = format!(r#"{{"rm": ["10", "10"], "cems": ["10", "10"], {FOR}}}"#);
    let few = stackside(&["compute", "accuracy", "-", "--json"], few.as_bytes());
    assert_eq!((few.code, &few.json()["outcome"]), (1, &"incomplete".into()));
}

#[test]
fn a_file_that_is_too_large_or_not_json_is_refused_in_one_line() {
    let values = |count: usize| format!(r#"{{"values": [{}]}}"#, vec!["\"1\""; count].join(","));
    assert_eq!(stackside(&["compute", "mean", "-"], values(10_000).as_bytes()).code, 0);
    for (input, want) in [
        (values(10_001), "standard input: `values`: more than 10000 values"),
        ("[1]".to_owned(), "standard input: invalid type: sequence, expected an object with arguments"),
        ("{".to_owned(), "standard input: EOF while parsing an object"),
        ("[".repeat(100_000), "standard input: invalid type: sequence"),
        (format!(r#"{{"a": {}"#, "[".repeat(100_000)), "standard input: recursion limit exceeded"),
        (r#"{"for": {"colour": "red"}}"#.to_owned(), "standard input: unknown field `colour`"),
    ] {
        let said = stackside(&["compute", "mean", "-"], input.as_bytes());
        assert_eq!((said.code, said.err.len()), (1, 1), "{want}");
        assert!(said.err[0].starts_with(&format!("stackside: {want}")), "{}", said.err[0]);
    }
}

#[test]
fn an_unknown_function_or_rulebook_is_refused() {
    assert_eq!(stackside(&["compute", "drifts", "-"], b"{}").code, 2);
    let said = stackside(&["compute", "mean", "-", "--rulebook", "CN-99"], br#"{"values": ["1"]}"#);
    assert_eq!(said.code, 1);
    assert!(said.err[0].starts_with("stackside: no rulebook `CN-99`: CN, "), "{}", said.err[0]);
    let early = ["compute", "mean", "-", "--date", "2001-01-01"];
    let said = stackside(&early, br#"{"values": ["1"]}"#);
    assert_eq!((said.code, &*said.err[0]), (1, "stackside: no rulebook holds on 2001-01-01"));
}
