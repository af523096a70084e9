//! The register comes in from files and goes down to tablets.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod support;

use stackside_core::id::VisitId;
use stackside_core::wire::{Change, ChangesReply, Removed};
use stackside_server::import::ImportError;
use support::{City, Tablet, demo, file, new_id, photo, record, sign_in};

#[test]
fn the_demo_city_imports_cleanly_and_a_second_time_changes_nothing() {
    let city = City::empty();
    let dry = city.app.import(&demo(), true).unwrap();
    let first = city.app.import(&demo(), false).unwrap();
    assert_eq!(dry, first, "a dry run says what an import does");
    assert!(first.changed.is_empty() && first.unchanged == 0 && first.added.len() > 35);
    let second = city.app.import(&demo(), false).unwrap();
    assert_eq!((second.added.len(), second.changed.len(), second.unchanged), (0, 0, first.added.len()));
}

#[test]
fn every_error_is_named_by_file_line_and_field_and_nothing_is_imported() {
    let point = |from: &str, to: &str| ("point.toml", from.to_owned(), to.to_owned());
    let instrument = |from: &str, to: &str| ("instrument.toml", from.to_owned(), to.to_owned());
    for ((name, from, to), field, reason) in [
        (point("crs = \"WGS-84\"", "crs = \"GCJ02\""), "crs", "`GCJ-02` or `BD-09`, not `GCJ02`"),
        (point("crs = \"WGS-84\"", ""), "crs", "missing"),
        (point("number = \"DA001\"\n", ""), "number", "missing"),
        (point("number = \"DA001\"", "numbr = \"DA001\""), "numbr", "unknown field"),
        (point("id = \"demo-stack-1\"", "id = \"demo stack 1\""), "id", "is not an id"),
        (point("id = \"demo-stack-2\"", "id = \"demo-stack-1\""), "id", "twice"),
        (point("\"demo-power\"", "\"demo-gone\""), "discharger", "no discharger with id `demo-gone`"),
        (point("medium = \"gas\"", "medium = \"soil\""), "medium", "unknown variant `soil`"),
        (point("radius_m = \"120\"", "radius_m = \"0\""), "fence.radius_m", "above zero"),
        (point("DEMO-DA001-7K2M", "da001 7k2m"), "plate", "6 to 40 capital letters"),
        (
            point("number = \"DA002\"\n", "plate = \"DEMO-DA001-7K2M\"\nnumber = \"DA002\"\n"),
            "plate",
            "another point's",
        ),
        (point("radius_m = \"120\"", "radius_m = \"1e2\""), "fence.radius_m", ""),
        (point("longitude = \"112.9000000\"", "longitude = \"212.9\""), "position.longitude", "−180 to 180"),
        (point("longitude = \"112.9000000\"", "longitude = 112.9"), "position.longitude", "as text"),
        (point("shape = \"circle\"", "shape = \"star\""), "fence.shape", "`circle` or `polygon`"),
        (
            point(
                "    { longitude = \"112.9062000\", latitude = \"40.0018000\" },\n    { longitude = \"112.9030000\", latitude = \"40.0018000\" },\n",
                "",
            ),
            "fence.outer",
            "three corners",
        ),
        (point("reference_oxygen_percent = \"6\"\n", ""), "reference_oxygen_percent", "missing"),
        (instrument("range_high = \"500\"", "range_high = \"-5\""), "range_high", "reversed"),
        (instrument("sampling = \"extractive\"\n", ""), "sampling", "missing"),
        (instrument("range_high = \"500\"", "range_high = \"5,00\""), "range_high", ""),
        (instrument("[[row]]", "[[rwo]]"), "rwo", "unknown field"),
        (("person.toml", "\"演示-Q-0001\"".into(), "\"\"".into()), "certificate_no", "1 to 400 characters"),
        (("bottle.toml", "2027-03-02".into(), "\"2027-02-30\"".into()), "valid_until", "a date such as"),
        (("operator.toml", "name = ".into(), "name = = ".into()), "file", ""),
    ] {
        let city = City::empty();
        let folder = tempfile::tempdir().unwrap();
        for entry in std::fs::read_dir(demo()).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                std::fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
            }
        }
        let text = std::fs::read_to_string(folder.path().join(name)).unwrap();
        assert!(text.contains(&from), "{name}: {from}");
        std::fs::write(folder.path().join(name), text.replacen(&from, &to, 1)).unwrap();
        let Err(ImportError::Files(complaints)) = city.app.import(folder.path(), false) else {
            panic!("{name}: `{to}` was imported")
        };
        let found =
            complaints.iter().find(|c| c.file == name && c.field == field && c.reason.contains(reason));
        let found = found.unwrap_or_else(|| panic!("{field}: {reason} in {complaints:?}"));
        let changed = text[..text.find(&from).unwrap()].matches('\n').count() + 1;
        // What is missing is named where its row, or the file, begins.
        assert!(found.line <= changed && found.line + 16 > changed, "{found}: changed in line {changed}");
        assert!(city.app.import(&demo(), true).unwrap().unchanged == 0, "{name}: nothing was kept");
    }
}

#[test]
fn all_errors_are_listed_at_once() {
    let city = City::empty();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("operator.toml"), "[[row]]\nid = \"a b\"\nname = \"x\"\n").unwrap();
    std::fs::write(folder.path().join("points.toml"), "").unwrap();
    let Err(ImportError::Files(complaints)) = city.app.import(folder.path(), false) else { panic!() };
    let lines: Vec<String> = complaints.iter().map(ToString::to_string).collect();
    assert_eq!(lines.len(), 5, "{lines:?}");
    assert!(lines.contains(&"operator.toml:1: credit_code: missing".to_owned()), "{lines:?}");
    assert!(lines.iter().any(|line| line.starts_with("operator.toml:2: id:")), "{lines:?}");
    assert!(lines.iter().any(|line| line.starts_with("points.toml:1: file: no table")), "{lines:?}");
}

async fn page(city: &City, tablet: &Tablet, since: u64) -> ChangesReply {
    tablet.get(city, &format!("/api/v1/changes?since={since}&wire=3")).await.json()
}

#[tokio::test]
async fn the_register_goes_down_page_by_page_and_then_only_what_changed() {
    let city = City::empty();
    let folder = tempfile::tempdir().unwrap();
    for name in ["operator", "discharger", "point", "person", "instrument"] {
        let name = format!("{name}.toml");
        std::fs::copy(demo().join(&name), folder.path().join(&name)).unwrap();
    }
    let bottle = std::fs::read_to_string(demo().join("bottle.toml")).unwrap();
    let one = bottle.split("[[row]]").nth(1).unwrap();
    let many: String =
        (0..450).map(|n| format!("[[row]]{}", one.replace("YB-1187", &format!("YB-{n}")))).collect();
    std::fs::write(folder.path().join("bottle.toml"), many).unwrap();
    let report = city.app.import(folder.path(), false).unwrap();
    let tablet = city.tablet().await;
    let (mut since, mut all, mut pages) = (0, vec![], 0);
    loop {
        let page = page(&city, &tablet, since).await;
        assert!(page.changes.len() <= 200 && page.cursor > since);
        (since, pages) = (page.cursor, pages + 1);
        all.extend(page.changes);
        if !page.more {
            break;
        }
    }
    assert_eq!((pages, all.len()), (3, report.added.len()));
    assert!(matches!(&all[0], Change::Operator(operator) if operator.id.as_str() == "demo-operator"));
    assert!(page(&city, &tablet, since).await.changes.is_empty());

    city.app.person_code(&"demo-tech-a".parse().unwrap()).unwrap();
    let changed = page(&city, &tablet, since).await;
    let [Change::Person(person)] = &changed.changes[..] else { panic!("{changed:?}") };
    assert!(person.code_hash.as_ref().unwrap().starts_with("$argon2id$"));
    assert_eq!(
        city.app.import(folder.path(), false).unwrap().changed,
        [],
        "an import leaves the personal code"
    );
    assert!(page(&city, &tablet, changed.cursor).await.changes.is_empty());

    // The point goes to another operator: it, its instruments and its bottles leave this one's tablets.
    let operator = std::fs::read_to_string(demo().join("operator.toml")).unwrap();
    let other = operator.split("[[row]]").nth(1).unwrap().replace("demo-operator", "demo-other");
    std::fs::write(folder.path().join("operator.toml"), format!("{operator}\n[[row]]{other}")).unwrap();
    let text = std::fs::read_to_string(demo().join("point.toml")).unwrap();
    let (rest, outfall) = text.split_at(text.find("id = \"demo-outfall\"").unwrap());
    let moved = format!("{rest}{}", outfall.replace("demo-operator", "demo-other"));
    std::fs::write(folder.path().join("point.toml"), moved).unwrap();
    city.app.import(folder.path(), false).unwrap();
    let gone = page(&city, &tablet, changed.cursor).await.changes;
    assert!(gone.iter().all(|change| matches!(change, Change::Removed(_))), "{gone:?}");
    assert!(gone.contains(&Change::Removed(Removed::Point("demo-outfall".parse().unwrap()))));
    assert_eq!(gone.len(), 1 + 1 + 8, "point, its discharger, its eight instruments");

    let restored = page(&city, &tablet, u64::MAX / 4).await;
    assert_eq!(restored.changes.len(), 200, "a cursor from the future starts from the beginning");
}

#[tokio::test]
async fn records_go_down_for_90_days_and_the_last_of_each_instrument_for_ever() {
    let city = City::new();
    let (mut maker, other) = (city.tablet().await, city.tablet().await);
    let since = page(&city, &other, 0).await.cursor;
    let visit = VisitId::new(new_id());
    let signed = file(&photo(), "image/jpeg");
    let entries = [
        maker.first(),
        maker.make(&sign_in(visit, "demo-stack-1")),
        maker.make(&record(visit, "demo-stack-1", signed.clone())),
        maker.make(&record(visit, "demo-stack-2", signed)),
    ];
    maker.receipt(&city, &entries).await;
    let page_now = page(&city, &other, since).await;
    let records: Vec<_> = page_now
        .changes
        .iter()
        .map(|change| match change {
            Change::Record(record) => (record.seq, record.hash, record.content.point.to_string()),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        records,
        [(3, entries[2].hash(), "demo-stack-1".into()), (4, entries[3].hash(), "demo-stack-2".into())]
    );
    city.wait(100 * 24 * 3600);
    assert_eq!(page(&city, &other, since).await.changes.len(), 2, "each is still the last of its instrument");
    maker.wall = "2027-03-02T06:00:00Z".to_owned();
    let later = maker.make(&record(visit, "demo-stack-1", file(&photo(), "image/jpeg")));
    maker.receipt(&city, &[later]).await;
    let page_then = page(&city, &other, since).await;
    let seqs: Vec<u64> = page_then
        .changes
        .iter()
        .map(|change| if let Change::Record(record) = change { record.seq } else { 0 })
        .collect();
    assert_eq!(seqs, [4, 5], "the older one of demo-stack-1 is neither recent nor the last");
}
