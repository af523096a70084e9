//! Desk work, attachments and inspections: drawn from entries, kept, and sent to the tablets that did not make them.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod support;

use std::path::Path;
use std::sync::Arc;

use refinery::{Migration, Runner};
use rusqlite::{Connection, named_params};
use stackside_core::act::{Act, PhotoTaken};
use stackside_core::evidence::Entry;
use stackside_core::hash::Hash;
use stackside_core::id::{PhotoId, VisitId};
use stackside_core::photo::PhotoSource;
use stackside_core::wire::{Change, ChangesReply, MissingReply};
use stackside_server::store::{FILE_NAME, StoreError};
use stackside_server::{App, Config};
use support::forms::{self, act, pdf, strokes};
use support::{City, START, Tablet, file, new_id, photo, record, sign_in};

fn texts(city: &City, query: &str) -> Vec<String> {
    let read = |tx: &rusqlite::Transaction<'_>| -> Result<Vec<String>, StoreError> {
        let mut rows = tx.prepare(query)?;
        Ok(rows.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
    };
    city.app.store().read_now(read).unwrap()
}

fn document(record: stackside_core::id::RecordId) -> Act {
    Act::PhotoTaken(PhotoTaken {
        photo: PhotoId::new(new_id()),
        visit: None,
        record: Some(record),
        slot: Some("report/file".into()),
        source: PhotoSource::Document,
        file: file(&pdf(), "application/pdf"),
        fix: None,
    })
}

async fn seqs(city: &City, tablet: &Tablet, since: u64) -> Vec<u64> {
    let page: ChangesReply = tablet.get(city, &format!("/api/v1/changes?since={since}")).await.json();
    let seq = |change: &Change| if let Change::Record(record) = change { Some(record.seq) } else { None };
    page.changes.iter().filter_map(seq).collect()
}

#[tokio::test]
async fn a_desk_record_is_drawn_with_its_attachments_and_goes_down_to_other_tablets() {
    let city = City::new();
    let (mut maker, reader) = (city.tablet().await, city.tablet().await);
    let desk = forms::report(&city);
    let entries = [maker.first(), maker.make(&document(desk.record)), maker.make(&act(desk))];
    maker.receipt(&city, &entries).await;
    let drawn = texts(&city, "SELECT form || ' ' || day FROM record WHERE visit IS NULL");
    assert_eq!(drawn, ["OM-REPORT 2026-11-23"]);
    let named =
        "SELECT role || ' ' || media_type || ' ' || COALESCE(source, '-') || ' ' || COALESCE(slot, '-')
                 FROM file_reference ORDER BY seq, place";
    assert_eq!(
        texts(&city, named),
        [
            "document application/pdf document report/file",
            "signature application/json - -",
            "attachment application/pdf - -",
        ]
    );
    let body = serde_json::json!({ "files": [Hash::of(&pdf()), Hash::of(&strokes())] }).to_string();
    let bearer = maker.bearer();
    let ask = async || {
        let headers = [("authorization", bearer.as_str())];
        city.send("POST", "/api/v1/files/missing", &headers, body.clone()).await.json::<MissingReply>()
    };
    assert_eq!(ask().await.missing.len(), 2);
    maker.upload(&city, &pdf()).await;
    assert_eq!(ask().await.held[0].sha256, Hash::of(&pdf()));
    assert_eq!(seqs(&city, &reader, 0).await, [3]);
}

#[tokio::test]
async fn of_each_form_and_of_each_inspected_item_the_last_goes_down_for_ever() {
    let city = City::new();
    let (mut maker, reader) = (city.tablet().await, city.tablet().await);
    let visit = VisitId::new(new_id());
    let inspect = |answers: &[(&str, &str)]| {
        act(forms::signed(&city, ("HJ355-B", 1), Some(visit), "demo-outfall", answers, &[]))
    };
    let entries = [
        maker.first(),
        maker.make(&sign_in(visit, "demo-outfall")),
        maker.make(&inspect(&[("prep/b1.1", "ok"), ("aux/b2.1", "ok")])),
        maker.make(&inspect(&[("prep/b1.1", "bad 未设"), ("aux/b2.2", "impossible 锁着")])),
        maker.make(&act(forms::report(&city))),
    ];
    maker.receipt(&city, &entries[..3]).await;
    maker.wall = "2026-11-24T06:00:00Z".into();
    city.wait(24 * 3600);
    let later = [maker.make(&inspect(&[("prep/b1.1", "ok")])), maker.make(&act(forms::report(&city)))];
    maker.receipt(&city, &entries[3..]).await;
    maker.receipt(&city, &later).await;
    assert_eq!(seqs(&city, &reader, 0).await, [3, 4, 5, 6, 7]);
    city.wait(100 * 24 * 3600);
    // 3 is the last with the clean station, 4 did nothing that was not done again, 5 is an older report.
    assert_eq!(seqs(&city, &reader, 0).await, [3, 6, 7]);
}

/// A data folder as the first version left it, with these entries received and drawn as far as it understood them.
fn first_version(folder: &Path, entries: &[Entry], public_key: &str) {
    let database = folder.join(FILE_NAME);
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{suffix}", database.display()));
    }
    let mut connection = Connection::open(database).unwrap();
    let first = include_str!("../../migrations/server/V001__first.sql");
    let step = Migration::unapplied("V001__first", first).unwrap();
    Runner::new(&[step]).run(&mut connection).unwrap();
    for entry in entries {
        let header = entry.read_header().unwrap();
        let (device, log) = (header.device.to_string(), header.log.to_string());
        let seq = i64::try_from(header.seq).unwrap();
        connection
            .execute(
                "INSERT INTO entry (device, log, seq, hash, kind, header, signature, body, received_ms, sent_by)
                 VALUES (:device, :log, :seq, :hash, :kind, :header, :signature, :body, 1795413600000, :device)",
                named_params! {
                    ":device": device, ":log": log, ":seq": seq, ":hash": entry.hash().to_string(),
                    ":kind": header.kind, ":header": entry.header, ":body": entry.body,
                    ":signature": serde_json::to_value(&entry.signature).unwrap().as_str().unwrap(),
                },
            )
            .unwrap();
        connection
            .execute(
                "INSERT INTO log (device, log, operator, public_key) VALUES (:device, :log, 'demo-operator', :key)
                 ON CONFLICT DO NOTHING",
                named_params! { ":device": device, ":log": log, ":key": public_key },
            )
            .unwrap();
        if header.kind == "record_signed" && entry.body.contains("\"visit\"") {
            let sql = "INSERT INTO record (id, operator, visit, point, technician, form, form_version, device, log,
                           seq, signed_ms, proof, own_point)
                       VALUES ('r1', 'demo-operator', 'v1', 'demo-stack-1', 'demo-tech-a', 'HJ75-G4', 1, :device,
                           :log, :seq, 1795449600000, 'unproven', 1)";
            let parameters = named_params! { ":device": device, ":log": log, ":seq": seq };
            connection.execute(sql, parameters).unwrap();
            let sql = "INSERT INTO file_reference (device, log, seq, place, operator, visit, record, role, sha256,
                           size_bytes, media_type, source)
                       VALUES (:device, :log, :seq, 0, 'demo-operator', 'v1', 'r1', 'record', 'ab', 1, 'x/y', NULL)";
            connection.execute(sql, parameters).unwrap();
        }
    }
}

#[tokio::test]
async fn an_upgrade_keeps_the_rows_and_draws_what_the_older_server_did_not_understand() {
    let maker_city = City::new();
    let mut maker = maker_city.tablet().await;
    let desk = forms::report(&maker_city);
    let id = desk.record.to_string();
    let visit = VisitId::new(new_id());
    let entries = [
        maker.first(),
        maker.make(&record(visit, "demo-stack-1", file(&photo(), "image/jpeg"))),
        maker.make(&document(desk.record)),
        maker.make(&act(desk)),
    ];
    let mut city = City::empty();
    let config = Config { data: city.folder.path().join("old") };
    App::new_key(&config).unwrap();
    first_version(&config.data, &entries, "any");
    for round in ["upgraded", "opened again"] {
        city.app = App::open_with_clock(&config, Arc::new(|| START.parse().unwrap())).unwrap();
        let records = "SELECT id || ' ' || COALESCE(visit, '-') || ' ' || day FROM record ORDER BY day DESC";
        let kept = "r1 v1 2026-11-24".to_owned();
        assert_eq!(texts(&city, records), [kept, format!("{id} - 2026-11-23")], "{round}");
        let roles = "SELECT role FROM file_reference ORDER BY seq, place";
        assert_eq!(texts(&city, roles), ["record", "document", "signature", "attachment"], "{round}");
        assert!(texts(&city, "SELECT log FROM redraw").is_empty(), "{round}");
    }
    assert_eq!(texts(&city, "SELECT hash FROM entry ORDER BY seq").len(), entries.len());
}
