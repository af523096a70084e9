//! Forms and rulebooks come in from files and go down to tablets, before the records that name them.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod support;

use std::path::Path;

use stackside_core::act::Act;
use stackside_core::definition::{Definition, DefinitionKind};
use stackside_core::id::VisitId;
use stackside_core::wire::{Change, ChangesReply};
use stackside_server::import::{Complaint, ImportError};
use support::{City, Tablet, demo, file, new_id, photo, record, sign_in};

const OVERLAY: &str = include_str!("../../demo/form/hj355-b-datong.toml");
const BOOK: &str = include_str!("../../src-core/rulebooks/cn-31.toml");

/// A folder with these files in `form` and `rulebook`.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

fn refused(city: &City, folder: &Path) -> Vec<Complaint> {
    match city.app.import(folder, false) {
        Err(ImportError::Files(complaints)) => complaints,
        other => panic!("{other:?}"),
    }
}

async fn changes(city: &City, tablet: &Tablet, since: u64) -> ChangesReply {
    tablet.get(city, &format!("/api/v1/changes?since={since}")).await.json()
}

fn definitions(page: &ChangesReply) -> Vec<&Definition> {
    let of = |change: &'_ Change| matches!(change, Change::Definition(_));
    let all = page.changes.iter().filter(|change| of(change));
    all.map(|change| if let Change::Definition(one) = change { one } else { unreachable!() }).collect()
}

#[tokio::test]
async fn an_imported_form_goes_down_to_every_operator_and_to_tablets_enrolled_later() {
    let city = City::new();
    let tablet = city.tablet().await;
    let since = changes(&city, &tablet, 0).await.cursor;
    let other = city.folder.path().join("other");
    std::fs::create_dir(&other).unwrap();
    let row = std::fs::read_to_string(demo().join("operator.toml")).unwrap();
    std::fs::write(other.join("operator.toml"), row.replace("demo-operator", "other-operator")).unwrap();
    city.app.import(&other, false).unwrap();

    let book = BOOK.replace("version = 1", "version = 2");
    let files = folder(&[("rulebook/cn-31.toml", &book), ("form/notes.md", "not a definition")]);
    let dry = city.app.import(files.path(), true).unwrap();
    assert_eq!(dry.added, [("rulebook", "CN-31 v2".to_owned())]);
    assert!(definitions(&changes(&city, &tablet, since).await).is_empty(), "a dry run keeps nothing");
    assert_eq!(city.app.import(files.path(), false).unwrap(), dry);
    let again = city.app.import(files.path(), false).unwrap();
    assert_eq!((again.added.len(), again.unchanged), (0, 1));

    let page = changes(&city, &tablet, since).await;
    assert_eq!((page.changes.len(), definitions(&page)[0].text.as_str()), (1, book.as_str()));
    let code = city.app.enrol_code(&"other-operator".parse().unwrap()).unwrap();
    let foreign = Tablet::enrol(&city, &code).await;
    let all = changes(&city, &foreign, 0).await;
    let kinds: Vec<_> = definitions(&all).iter().map(|one| (one.kind, one.file.as_str())).collect();
    let want = [
        (DefinitionKind::Form, "form/hj355-b-datong.toml"),
        (DefinitionKind::Rulebook, "rulebook/cn-31.toml"),
    ];
    assert_eq!(kinds, want);
}

#[tokio::test]
async fn a_tablet_has_a_form_before_the_records_that_name_it() {
    let city = City::new();
    let (mut maker, reader) = (city.tablet().await, city.tablet().await);
    let visit = VisitId::new(new_id());
    let Act::RecordSigned(mut content) = record(visit, "demo-stack-1", file(&photo(), "image/jpeg")) else {
        unreachable!()
    };
    content.form = "HJ355-B".parse().unwrap();
    content.form_version = 102;
    let entries = [
        maker.first(),
        maker.make(&sign_in(visit, "demo-stack-1")),
        maker.make(&record(visit, "demo-stack-1", file(&photo(), "image/jpeg"))),
        maker.make(&Act::RecordSigned(content)),
    ];
    maker.receipt(&city, &entries).await;
    let overlay = OVERLAY.replace("version = 101", "version = 102");
    city.app.import(folder(&[("form/b.toml", &overlay)]).path(), false).unwrap();
    let page = changes(&city, &reader, 0).await;
    let place = |is_it: &dyn Fn(&Change) -> bool| page.changes.iter().position(is_it).unwrap();
    let form = place(&|change| matches!(change, Change::Definition(one) if one.file == "form/b.toml"));
    let named = place(&|change| matches!(change, Change::Record(one) if one.content.form_version == 102));
    assert!(form < named, "form {form}, record {named}");
    assert_eq!(page.changes.iter().filter(|change| matches!(change, Change::Record(_))).count(), 2);
}

#[test]
fn an_overlay_may_come_in_one_import_with_the_form_that_it_extends() {
    let city = City::empty();
    let second =
        OVERLAY.replace("extends_version = 1\nversion = 101", "extends_version = 101\nversion = 102");
    let city_item = second.replace("flume", "flume_2").replace("retained_sample", "sample_2");
    let files = folder(&[("form/a.toml", &city_item), ("form/z.toml", OVERLAY)]);
    let report = city.app.import(files.path(), false).unwrap();
    let names: Vec<&str> = report.added.iter().map(|(_, name)| name.as_str()).collect();
    assert_eq!(names, ["HJ355-B v101", "HJ355-B v102"]);
}

#[test]
fn a_broken_definition_is_named_by_file_line_and_reason_and_nothing_is_imported() {
    let operator = std::fs::read_to_string(demo().join("operator.toml")).unwrap();
    for (name, text, from, to, field, reason) in [
        ("form/b.toml", OVERLAY, "type = \"check\"", "type = \"cheque\"", "file", "unknown variant `cheque`"),
        ("form/b.toml", OVERLAY, "every_days = 7", "every_day = 7", "file", "unknown field `every_day`"),
        ("form/b.toml", OVERLAY, "type = \"check\"", "type = \"date\"", "sampling", "only an inspected item"),
        (
            "form/b.toml",
            OVERLAY,
            "extends = \"HJ355-B\"",
            "extends = \"HJ355-X\"",
            "extends",
            "no form `HJ355-X`",
        ),
        ("form/b.toml", OVERLAY, "version = 101", "version = 1", "version", "is there already"),
        ("form/b.toml", OVERLAY, "id = \"flume\"", "id = = \"flume\"", "file", ""),
        ("rulebook/c.toml", BOOK, "hours = ", "hour = ", "file", "unknown field `hour`"),
        ("rulebook/c.toml", BOOK, "version = 1", "version = 1\nversion = 2", "file", "duplicate key"),
    ] {
        let city = City::empty();
        assert!(text.contains(from), "{name}: {from}");
        let broken = text.replacen(from, to, 1);
        let files = folder(&[(name, &broken), ("operator.toml", &operator), ("form/good.toml", OVERLAY)]);
        let complaints = refused(&city, files.path());
        let found = complaints.iter().find(|one| one.file == name && one.field == field);
        let found = found.unwrap_or_else(|| panic!("{to}: {complaints:?}"));
        assert!(found.reason.contains(reason) && !found.reason.contains('\n'), "{found}");
        let changed = text[..text.find(from).unwrap()].matches('\n').count() + 1;
        // What does not fit its section is named where the section begins.
        assert!(found.line <= changed + 1 && found.line + 8 > changed, "{found}: changed in line {changed}");
        assert_eq!(complaints.len(), 1, "{complaints:?}");
        assert!(city.app.import(&demo(), true).unwrap().unchanged == 0, "nothing was kept");
    }
}

#[test]
fn a_changed_file_under_a_known_version_is_refused_and_the_same_words_are_not() {
    let city = City::new();
    let same = format!("# another comment\n{OVERLAY}");
    let report = city.app.import(folder(&[("form/b.toml", &same)]).path(), false).unwrap();
    assert_eq!((report.added.len(), report.unchanged), (0, 1));
    let changed = OVERLAY.replace("every_days = 30", "every_days = 31");
    let complaints = refused(&city, folder(&[("form/b.toml", &changed)]).path());
    let line = OVERLAY.lines().position(|line| line.starts_with("version")).unwrap() + 1;
    assert_eq!((complaints[0].line, complaints[0].field.as_str()), (line, "version"));
    assert!(complaints[0].reason.contains("`HJ355-B` version 101 is there already"), "{complaints:?}");
    let empty = folder(&[("form/notes.md", "")]);
    assert!(matches!(city.app.import(empty.path(), false), Err(ImportError::Empty(_))));
}
