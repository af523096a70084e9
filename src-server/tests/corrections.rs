//! 更正, 复核, 作废: drawn from entries, shown with their record, sent to the tablets that did not make them.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod support;

use stackside_core::id::VisitId;
use stackside_core::record::History;
use stackside_core::wire::{Change, ChangesReply, RecordElsewhere};
use stackside_server::store::StoreError;
use support::forms::{self, act};
use support::later::{corrected, countersigned, voided};
use support::{City, Tablet, new_id, sign_in};

async fn records(city: &City, tablet: &Tablet) -> Vec<RecordElsewhere> {
    let page: ChangesReply = tablet.get(city, "/api/v1/changes?since=0").await.json();
    let record = |change: Change| if let Change::Record(record) = change { Some(*record) } else { None };
    page.changes.into_iter().filter_map(record).collect()
}

async fn history(city: &City, tablet: &Tablet) -> History {
    let found = records(city, tablet).await;
    assert_eq!(found.len(), 1);
    found[0].history()
}

fn texts(city: &City, query: &str) -> Vec<String> {
    let read = |tx: &rusqlite::Transaction<'_>| -> Result<Vec<String>, StoreError> {
        let mut rows = tx.prepare(query)?;
        Ok(rows.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
    };
    city.app.store().read_now(read).unwrap()
}

#[tokio::test]
async fn what_was_done_later_goes_down_with_its_record() {
    let city = City::new();
    let (mut maker, reader) = (city.tablet().await, city.tablet().await);
    let visit = VisitId::new(new_id());
    let content = forms::signed(
        &city,
        ("HJ75-G4", 1),
        Some(visit),
        "demo-stack-1",
        &[("analyser/DA001-SO2/zero.before", "1.5")],
        &[],
    );
    let first =
        [maker.first(), maker.make(&sign_in(visit, "demo-stack-1")), maker.make(&act(content.clone()))];
    maker.receipt(&city, &first).await;
    assert_eq!(history(&city, &reader).await.corrections(), 0);

    let answers = [("analyser/DA001-NOX/zero.before", "2")];
    let correction = maker.make(&corrected(&first[2], &content, &answers));
    maker.receipt(&city, std::slice::from_ref(&correction)).await;
    let now = history(&city, &reader).await;
    assert_eq!((now.corrections(), now.newest().reason.as_deref()), (1, Some("抄错")));
    assert!(now.newest().content.answers.text(&answers[0].0.parse().unwrap()).is_some());
    let instruments = "SELECT instrument FROM record_instrument WHERE instrument <> '' ORDER BY instrument";
    assert_eq!(texts(&city, instruments), ["DA001-NOX", "DA001-SO2"], "what it worked on, as it says now");

    let countersignature = maker.make(&countersigned(&correction, &content));
    maker.receipt(&city, &[countersignature]).await;
    assert_eq!(history(&city, &reader).await.newest().countersigned.len(), 1);

    let void = maker.make(&voided(&correction, &content, false));
    maker.receipt(&city, &[void]).await;
    assert!(history(&city, &reader).await.voided().is_some());
    let named =
        "SELECT CAST(COUNT(*) AS TEXT) FROM file_reference WHERE role = 'signature' AND record IS NOT NULL";
    assert_eq!(texts(&city, named), ["4"]);
}

#[tokio::test]
async fn a_void_visit_voids_its_records_and_the_last_one_that_counts_still_goes_down() {
    let city = City::new();
    let (mut maker, reader) = (city.tablet().await, city.tablet().await);
    let (visit, wrong) = (VisitId::new(new_id()), VisitId::new(new_id()));
    let of = |visit| {
        let answers = [("analyser/DA001-SO2/zero.before", "1.5")];
        forms::signed(&city, ("HJ75-G4", 1), Some(visit), "demo-stack-1", &answers, &[])
    };
    let (good, bad) = (of(visit), of(wrong));
    let first = [maker.first(), maker.make(&sign_in(visit, "demo-stack-1")), maker.make(&act(good.clone()))];
    maker.receipt(&city, &first).await;
    maker.wall = "2026-11-24T06:00:00Z".into();
    let sign_in = maker.make(&sign_in(wrong, "demo-stack-1"));
    let second = [sign_in.clone(), maker.make(&act(bad.clone()))];
    maker.receipt(&city, &second).await;
    let void = maker.make(&voided(&sign_in, &bad, true));
    maker.receipt(&city, &[void]).await;
    let found = records(&city, &reader).await;
    let is_void = |record: &RecordElsewhere| record.history().voided().is_some();
    assert_eq!(found.iter().map(is_void).collect::<Vec<_>>(), [false, true]);
    city.wait(100 * 24 * 3600);
    let left: Vec<_> = records(&city, &reader).await.iter().map(|record| record.content.record).collect();
    assert!(left.contains(&good.record), "the last one that counts is never left out");
    city.app.import(&support::demo(), false).unwrap();
    assert_eq!(records(&city, &reader).await.len(), left.len());
}

#[tokio::test]
async fn what_is_done_later_leaves_the_time_that_was_proven_for_a_record() {
    let city = City::new();
    let (mut maker, mut other) = (city.tablet().await, city.tablet().await);
    // Ahead of the receipt: its wall clock is not believed.
    maker.wall = "2026-11-25T06:00:00Z".into();
    let content = forms::report(&city);
    let first = [maker.first(), maker.make(&act(content.clone()))];
    maker.receipt(&city, &first).await;
    let entries = [other.first(), other.make(&countersigned(&first[1], &content))];
    other.receipt(&city, &entries).await;
    let days = "SELECT DISTINCT date(signed_ms / 1000, 'unixepoch') FROM record
                UNION ALL SELECT DISTINCT date(signed_ms / 1000, 'unixepoch') FROM record_instrument";
    assert_eq!(texts(&city, days), ["2026-11-23", "2026-11-23"]);
}

#[tokio::test]
async fn an_act_that_comes_before_its_record_waits_for_it() {
    let city = City::new();
    let (mut maker, mut other, reader) = (city.tablet().await, city.tablet().await, city.tablet().await);
    let content = forms::report(&city);
    let first = [maker.first(), maker.make(&act(content.clone()))];
    let entries = [other.first(), other.make(&countersigned(&first[1], &content))];
    other.receipt(&city, &entries).await;
    assert!(records(&city, &reader).await.is_empty());
    maker.receipt(&city, &first).await;
    assert_eq!(history(&city, &reader).await.newest().countersigned.len(), 1);
}
