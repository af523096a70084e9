//! `stackside forms`.

use tempfile::TempDir;

use super::{file, stackside, text};

const CITY: &str = r#"extends = "HJ355-B"
extends_version = 1
version = 101
jurisdiction = "CN-1402"
valid_from = "2026-01-01"
basis = "proposal"
[[section]]
id = "sampling"
[[section.field]]
id = "flume"
label = { zh = "量水堰槽", en = "Weir or flume" }
type = "check"
every_days = 7
"#;

#[test]
fn all_forms_of_both_standards_are_listed() {
    let said = stackside(&["forms", "list", "--json"], b"");
    assert_eq!((said.code, said.err.len()), (0, 0));
    let list = said.json();
    let codes: Vec<&str> =
        list.as_array().unwrap().iter().map(|form| form["code"].as_str().unwrap()).collect();
    for code in [
        "HJ75-G1", "HJ75-G2", "HJ75-G3", "HJ75-G4", "HJ75-G5", "HJ75-G6", "HJ75-G7", "HJ75-G8", "HJ75-T1",
        "HJ75-T2", "HJ75-T3", "HJ355-A", "HJ355-B", "HJ355-C", "HJ355-D", "HJ355-E", "HJ355-F", "HJ355-G",
        "HJ355-H", "HJ355-I", "HJ355-J",
    ] {
        assert!(codes.contains(&code), "{code}");
    }
    let g5 = list.as_array().unwrap().iter().find(|form| form["code"] == "HJ75-G5").unwrap();
    assert_eq!(g5["title"]["zh"], "CEMS 校验测试记录表");
    assert_eq!(
        (&g5["version"], &g5["jurisdiction"], &g5["medium"]),
        (&1.into(), &"CN".into(), &"gas".into())
    );
    assert!(g5["sections"].as_u64().unwrap() >= 7 && g5["fields"].as_u64().unwrap() > 30);
    let plain = stackside(&["forms", "list"], b"");
    let lines: Vec<&str> = plain.out.lines().collect();
    assert_eq!((plain.code, lines.len()), (0, codes.len() + 1), "a head and a line each");
    let at = lines[0].find("basis").unwrap();
    assert!(
        lines.iter().all(|line| line.as_bytes()[at - 1] == b' ' && line.as_bytes()[at] != b' '),
        "aligned"
    );
}

#[test]
fn a_form_is_shown_in_the_version_that_is_named_or_else_the_newest() {
    let version = |name: &str| stackside(&["forms", "show", name, "--json"], b"").json()["version"].clone();
    assert_eq!(
        (version("HJ75-G4"), version("HJ75-G4@1"), version("hj75-g4@2")),
        (2.into(), 1.into(), 2.into())
    );
    let plain = stackside(&["forms", "show", "HJ75-G5"], b"");
    assert_eq!(plain.code, 0);
    assert!(plain.out.contains("; table of 9 to 30 lines; judged: result (accuracy)"), "{}", plain.out);
    assert!(plain.out.lines().any(|line| line.starts_with("  @LINE/rm ")), "{}", plain.out);
    for (name, want) in [
        ("HJ75-G99", "stackside: no form `HJ75-G99`: see `stackside forms list`"),
        ("HJ75-G4@9", "stackside: no form `HJ75-G4` version 9: see `stackside forms list`"),
    ] {
        let said = stackside(&["forms", "show", name], b"");
        assert_eq!((said.code, said.err), (1, vec![want.to_owned()]));
    }
    assert_eq!(stackside(&["forms", "show", "HJ75-G4@x"], b"").code, 2, "wrong usage");
}

#[test]
fn each_broken_file_is_told_with_line_and_reason_and_the_good_ones_are_named() {
    let folder = TempDir::new().unwrap();
    let city = file(&folder, "city.toml", CITY);
    let next = file(
        &folder,
        "next.toml",
        &CITY
            .replace("extends_version = 1", "extends_version = 101")
            .replace("version = 101\nj", "version = 102\nj"),
    );
    let cheque = file(&folder, "cheque.toml", &CITY.replace("check", "cheque").replace("= 101", "= 103"));
    let book = file(
        &folder,
        "book.toml",
        "id = \"CN-99\"\nversion = 1\njurisdiction = \"CN-99\"\nvalid_from = \"2026-13-01\"\n",
    );
    let gone = folder.path().join("gone.toml");
    let said = stackside(
        &["forms", "check", text(&city), text(&next), text(&cheque), text(&book), text(&gone)],
        b"",
    );
    assert_eq!(said.code, 1);
    let good: Vec<String> = said.out.lines().map(str::to_owned).collect();
    let ok = |path| format!("{}: a form that can be taken over", text(path));
    assert_eq!(good, [ok(&city), ok(&next)]);
    let starts = [
        format!("stackside: {}: line 12: unknown variant `cheque`, expected ", text(&cheque)),
        format!("stackside: {}: line 4: ", text(&book)),
        format!("stackside: {}: no such file", text(&gone)),
    ];
    assert_eq!(said.err.len(), starts.len(), "{:?}", said.err);
    for (line, start) in said.err.iter().zip(starts) {
        assert!(line.starts_with(&start), "{line}");
    }
    assert_eq!(stackside(&["forms", "check", text(&city)], b"").code, 0);
}

#[test]
fn a_file_is_taken_over_into_a_tablet_that_is_there_and_a_broken_one_changes_nothing() {
    let (folder, tablet) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let city = file(&folder, "city.toml", CITY);
    let broken = file(&folder, "broken.toml", &CITY.replace("check", "cheque"));
    let known = || {
        let list = stackside(&["forms", "list", "--json", "--data", text(tablet.path())], b"").json();
        list.as_array().unwrap().iter().filter(|form| form["version"] == 101).count()
    };
    let import = |path, data| stackside(&["forms", "import", text(path), "--data", text(data)], b"");
    let said = import(&broken, tablet.path());
    assert_eq!((said.code, said.err.len(), known()), (1, 1, 0));
    for _ in 0..2 {
        let said = import(&city, tablet.path());
        assert_eq!(
            (said.code, said.out.as_str()),
            (0, &*format!("{}: the form is taken over\n", text(&city)))
        );
        assert_eq!(known(), 1, "twice is once");
    }
    let gone = tablet.path().join("gone");
    let said = import(&city, &gone);
    assert_eq!(said.err, [format!("stackside: {}: no such data folder", text(&gone))]);
    assert!(!gone.exists());
}

#[test]
fn a_file_that_is_no_text_or_larger_than_any_definition_is_refused() {
    let said = stackside(&["forms", "check", "-"], b"\xff\xfe");
    assert_eq!((said.code, &*said.err[0]), (1, "stackside: standard input: not a text in UTF-8"));
    let said = stackside(&["forms", "check", "-"], &vec![b'#'; 6 << 20]);
    assert_eq!((said.code, &*said.err[0]), (1, "stackside: standard input: larger than 5 MB"));
}
