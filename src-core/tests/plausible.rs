//! The plausibility checks: each with its edges, and all of them against a second, plain implementation on made-up days.
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

#[allow(dead_code, reason = "the distances of the presence tests; fences are not needed here")]
mod reference;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use serde_json::json;
use stackside_core::act::Act;
use stackside_core::form::{self, Answer, Answers, Form};
use stackside_core::geofence::{Fence, Position, presence};
use stackside_core::id::{RecordId, VisitId};
use stackside_core::plausible::{Finding, Identity, Limits, Record, Stay, Visit, findings};
use stackside_core::register::Instrument;
use uuid::Uuid;

fn at(seconds: i64) -> DateTime<Utc> {
    "2026-11-23T00:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::seconds(seconds)
}

fn visit_id(number: usize) -> VisitId {
    VisitId::new(Uuid::from_u128(number as u128 + 1))
}

fn record_id() -> RecordId {
    RecordId::new(Uuid::from_u128(77))
}

/// Metres east and north of a stack near Datong.
fn place(east: f64, north: f64) -> Position {
    let longitude = 112.9 + east / (111_320.0 * 40.0_f64.to_radians().cos());
    Position::new(longitude, 40.0 + north / 111_035.0).unwrap()
}

fn stay(number: usize, station_m: f64, from: i64, to: Option<i64>) -> Stay {
    Stay {
        visit: visit_id(number),
        station: place(0.0, station_m),
        fix: None,
        signed_in_at: at(from),
        signed_out_at: to.map(at),
    }
}

fn check(stay: &Stay, others: &[Stay]) -> Vec<Finding> {
    let visit = Visit { stay, distance_m: None, instruments: &[], records: &[], now: at(1_000_000) };
    findings(&visit, others, &Limits::default())
}

fn codes(found: &[Finding]) -> Vec<String> {
    let code =
        |finding: &Finding| serde_json::to_value(finding).unwrap()["code"].as_str().unwrap().to_owned();
    found.iter().map(code).collect()
}

#[test]
fn two_visits_are_held_against_each_other() {
    let mine = stay(0, 0.0, 10_000, Some(12_000));
    for (other, want, why) in [
        (stay(1, 20_000.0, 9_000, Some(9_500)), &[][..], "20 km in 1 000 s: 72 km/h"),
        (stay(1, 69_300.0, 9_000, Some(9_100)), &[], "69.3 km in 1 000 s: 249.5 km/h"),
        (stay(1, 69_600.0, 9_000, Some(9_100)), &["too_fast"], "69.6 km in 1 000 s: 250.6 km/h"),
        (stay(1, 69_600.0, 13_000, None), &[], "50 min before the next"),
        (stay(1, 210_000.0, 13_000, None), &["too_fast"], "and 252 km/h to it"),
        (stay(1, 990.0, 9_500, Some(9_600)), &[], "990 m in 500 s"),
        (stay(1, 1_010.0, 9_400, Some(9_600)), &["too_soon"], "1 010 m in just 10 min"),
        (stay(1, 1_010.0, 9_399, Some(9_600)), &[], "and in a second more"),
        (stay(1, 1_010.0, 10_600, None), &["too_soon", "overlap"], "the later of both finds it too"),
        (stay(1, 30_000.0, 10_000, Some(10_000)), &["too_fast", "too_soon", "overlap"], "both at once"),
        (stay(1, 0.0, 9_000, Some(10_001)), &["overlap"], "left after it came here"),
        (stay(1, 0.0, 9_000, Some(10_000)), &[], "left as it came here"),
        (stay(1, 0.0, 11_999, None), &["overlap"], "came there before it left here"),
        (stay(1, 0.0, 9_000, None), &[], "nobody knows when it left there"),
        (stay(0, 90_000.0, 10_001, None), &[], "the visit itself"),
    ] {
        assert_eq!(codes(&check(&mine, &[other])), want, "{why}");
    }
}

#[test]
fn a_fix_counts_before_the_station() {
    let mine = Stay { fix: Some(place(0.0, 50_000.0)), ..stay(0, 0.0, 10_000, None) };
    let other = stay(1, 900.0, 9_400, None);
    // The stations are near each other; the fix is not.
    assert_eq!(
        check(&mine, std::slice::from_ref(&other)),
        [Finding::TooFast {
            other: other.visit,
            metres: mine.fix.unwrap().distance_m(&other.station) as u64,
            seconds: 600
        }]
    );
    assert_eq!(Limits::default().least_time(50_000), TimeDelta::seconds(720));
}

#[test]
fn a_sign_in_far_outside_the_fence_is_found() {
    let mine = stay(0, 0.0, 0, Some(10));
    for (distance_m, want) in [
        (None, vec![]),
        (Some(120.0), vec![]),
        (Some(-500.0), vec![]),
        (Some(-500.9), vec![Finding::FarAway { metres: 500 }]),
        (Some(-80_000.0), vec![Finding::FarAway { metres: 80_000 }]),
    ] {
        let visit = Visit { stay: &mine, distance_m, instruments: &[], records: &[], now: at(20) };
        assert_eq!(findings(&visit, &[], &Limits::default()), want, "{distance_m:?}");
    }
    let strict = Limits { far_m: 100.0, ..Limits::default() };
    let visit = Visit { stay: &mine, distance_m: Some(-120.0), instruments: &[], records: &[], now: at(20) };
    assert_eq!(findings(&visit, &[], &strict), [Finding::FarAway { metres: 120 }]);
}

fn instrument(id: &str, model: &str, serial_no: &str) -> Instrument {
    let value = json!({
        "id": id, "point": "demo-stack-1", "kind": "gas", "factor": "SO2", "sampling": "extractive", "brand": "b",
        "model": model, "manufacturer": "m", "serial_no": serial_no, "principle": "p", "unit": "μmol/mol",
        "range_low": "0", "range_high": "500", "construction_state": "已验收",
    });
    serde_json::from_value(value).unwrap()
}

#[test]
fn an_instrument_needs_model_and_serial_number() {
    use Identity::{Model, SerialNo};
    let mine = stay(0, 0.0, 0, None);
    for (model, serial, want) in [
        ("G500", "0001", vec![]),
        ("G500", "", vec![SerialNo]),
        (" / ", "0001", vec![Model]),
        ("--", "无", vec![Model, SerialNo]),
        ("n/a", "不详", vec![Model, SerialNo]),
        ("无锡-1", "None-7", vec![]),
    ] {
        let instruments = [instrument("A", model, serial)];
        let visit =
            Visit { stay: &mine, distance_m: None, instruments: &instruments, records: &[], now: at(9) };
        let lacks = |finding| match finding {
            Finding::NoIdentity { instrument, lacks } if instrument.as_str() == "A" => lacks,
            other => panic!("{other:?}"),
        };
        let found: Vec<_> = findings(&visit, &[], &Limits::default()).into_iter().map(lacks).collect();
        assert_eq!(found, want, "{model} {serial}");
    }
}

fn form(code: &str, version: u32) -> &'static Form {
    static FORMS: LazyLock<Vec<Form>> = LazyLock::new(|| form::built_in().unwrap());
    FORMS.iter().find(|form| form.code.as_str() == code && form.version == version).unwrap()
}

fn answers<'a>(given: impl IntoIterator<Item = (&'a str, &'a str)>) -> Answers {
    let answer = |(key, text): (&str, &str)| (key.parse().unwrap(), Answer::typed(text));
    Answers(given.into_iter().map(answer).collect())
}

/// What is found in one record of a visit from 08:00 to 10:00 Shanghai, signed at 09:30.
fn in_record(form: &Form, given: &Answers, signed_s: Option<i64>) -> Vec<Finding> {
    let mine = stay(0, 0.0, 0, Some(7_200));
    let instruments = [instrument("DA001-SO2", "G500", "1")];
    let record = Record { id: record_id(), form: Some(form), answers: given, signed_at: signed_s.map(at) };
    let visit = Visit {
        stay: &mine,
        distance_m: None,
        instruments: &instruments,
        records: &[record],
        now: at(5_400),
    };
    findings(&visit, &[], &Limits::default())
}

#[test]
fn a_record_is_signed_during_its_visit() {
    let (form, nothing) = (form("HJ355-B", 1), Answers::default());
    let outside = vec![Finding::SignedOutsideVisit { record: record_id() }];
    for (signed_s, want) in [
        (None, vec![]),
        (Some(0), vec![]),
        (Some(7_200), vec![]),
        (Some(-1), outside.clone()),
        (Some(7_201), outside),
    ] {
        assert_eq!(in_record(form, &nothing, signed_s), want, "{signed_s:?}");
    }
    let turned = stay(0, 0.0, 100, Some(99));
    assert_eq!(check(&turned, &[]), [Finding::EndBeforeStart]);
}

#[test]
fn remarks_values_and_times_of_a_record_are_checked() {
    let (inspection, calibration) = (form("HJ355-B", 1), form("HJ75-G4", 2));
    let record = record_id();
    for (text, is_found) in [
        ("ok", false),
        ("bad 管路漏气，已更换", false),
        ("bad", true),
        ("bad  ", true),
        ("bad ——", true),
        ("bad 无", true),
        ("bad 无法加热", false),
        ("impossible", false),
    ] {
        let found = in_record(inspection, &answers([("prep/b1.1", text)]), None);
        let want = is_found.then(|| Finding::NoRemark { record, key: "prep/b1.1".parse().unwrap() });
        assert_eq!(found, want.into_iter().collect::<Vec<_>>(), "{text}");
    }
    let range = [("analyser/DA001-SO2/range.low", "0"), ("analyser/DA001-SO2/range.high", "500")];
    let key = "analyser/DA001-SO2/zero.before";
    for (value, is_found) in [("-50", false), ("-50.1", true), ("550", false), ("550.01", true), ("x", false)]
    {
        let found = in_record(calibration, &answers(range.into_iter().chain([(key, value)])), None);
        let out = Finding::OutOfRange {
            record,
            key: key.parse().unwrap(),
            value: value.into(),
            low: "-50".into(),
            high: "550".into(),
        };
        assert_eq!(found, is_found.then_some(out).into_iter().collect::<Vec<_>>(), "{value}");
    }
    for (start, end, wrong) in [
        ("2026-11-23 08:10", "2026-11-23 09:00", vec![]),
        ("2026-11-23 08:10", "2026-11-23 08:09", vec!["summary/end"]),
        ("2026-11-23 08:10", "2026-11-23 09:31", vec!["summary/end"]),
        ("2026-11-24 08:10", "2026-11-24 09:00", vec!["header/start", "summary/end"]),
    ] {
        let end_key = end_key(inspection);
        let given = answers([("header/start", start), (end_key.as_str(), end)]);
        let of_end = |key: &str| if key == "header/start" { key.to_owned() } else { end_key.clone() };
        let want: Vec<_> = wrong
            .into_iter()
            .map(|key| Finding::TimeOutOfOrder { record, key: of_end(key).parse().unwrap() })
            .collect();
        assert_eq!(in_record(inspection, &given, None), want, "{start} {end}");
    }
}

/// Where the form asks for the end of work.
fn end_key(form: &Form) -> String {
    let section = form.sections.iter().find(|section| section.field("end").is_some()).unwrap();
    format!("{}/end", section.id)
}

/// Times are on a grid of 20 s, so that the second implementation can look at every moment of a day.
const STEP: i64 = 20;

/// A technician's visit: where the station is, how far the fix is from it, from when to when.
type Made = (f64, f64, Option<(f64, f64)>, i64, Option<i64>);

fn day() -> impl Strategy<Value = Vec<Made>> {
    let near_or_far = || prop_oneof![-700.0..700.0, -9_000.0..9_000.0, -150_000.0..150_000.0];
    let visit = (
        near_or_far(),
        near_or_far(),
        prop::option::of((-400.0..400.0, -400.0..400.0)),
        0_i64..400,
        prop::option::weighted(0.8, -2_i64..90),
    );
    prop::collection::vec(visit, 2..7)
}

fn made(number: usize, (east, north, off, start, lasts): &Made) -> Stay {
    Stay {
        visit: visit_id(number),
        station: place(*east, *north),
        fix: off.map(|(e, n)| place(east + e, north + n)),
        signed_in_at: at(start * STEP),
        signed_out_at: lasts.map(|steps| at((start + steps) * STEP)),
    }
}

/// The checks of two visits again: by Vincenty's lengths, by speeds instead of reaches, moment by moment.
fn plainly(mine: &Stay, other: &Stay) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let elapsed = (mine.signed_in_at.timestamp() - other.signed_in_at.timestamp()).abs();
    let spot = |stay: &Stay| stay.fix.unwrap_or(stay.station);
    let kilometres = reference::inverse(&spot(mine), &spot(other)).0 / 1_000.0;
    let hours = elapsed as f64 / 3_600.0;
    if kilometres / hours > 250.0 {
        found.insert("too_fast".to_owned());
    }
    if elapsed <= 10 * 60 && reference::inverse(&mine.station, &other.station).0 > 1_000.0 {
        found.insert("too_soon".to_owned());
    }
    let is_there = |stay: &Stay, moment: DateTime<Utc>| match stay.signed_out_at {
        Some(end) => (stay.signed_in_at..end).contains(&moment),
        None => false,
    };
    for step in 0..500 {
        let moment = at(step * STEP);
        let begins = |stay: &Stay| stay.signed_in_at == moment;
        if begins(mine) && is_there(other, moment) || begins(other) && is_there(mine, moment) {
            found.insert("overlap".to_owned());
        }
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_made_up_day_gives_what_a_second_implementation_finds(day in day()) {
        let stays: Vec<Stay> = day.iter().enumerate().map(|(number, made_up)| made(number, made_up)).collect();
        for mine in &stays {
            let found = check(mine, &stays);
            for other in stays.iter().filter(|other| other.visit != mine.visit) {
                let about = |finding: &&Finding| matches!(finding,
                    Finding::TooFast { other: id, .. } | Finding::TooSoon { other: id, .. } | Finding::Overlap { other: id }
                        if *id == other.visit);
                let mine_of_other: Vec<Finding> = found.iter().filter(about).cloned().collect();
                let got: BTreeSet<String> = codes(&mine_of_other).into_iter().collect();
                prop_assert_eq!(got, plainly(mine, other), "{:?} and {:?}", mine, other);
            }
            let is_turned = mine.signed_out_at.is_some_and(|end| end < mine.signed_in_at);
            prop_assert_eq!(found.contains(&Finding::EndBeforeStart), is_turned);
        }
    }

    #[test]
    fn what_one_visit_finds_about_another_holds_the_other_way_round(day in day()) {
        let stays: Vec<Stay> = day.iter().enumerate().map(|(number, made_up)| made(number, made_up)).collect();
        let pair = |a: &Stay, b: &Stay| {
            let found = check(a, std::slice::from_ref(b));
            codes(&found.into_iter().filter(|f| *f != Finding::EndBeforeStart).collect::<Vec<_>>())
        };
        prop_assert_eq!(pair(&stays[0], &stays[1]), pair(&stays[1], &stays[0]));
    }

    #[test]
    fn values_out_of_range_are_those_beyond_a_tenth_of_it(
        low in -500_i64..500, width in 1_i64..1_000, value in -20_000_i64..20_000,
    ) {
        let texts = [low.to_string(), (low + width).to_string(), format!("{}.{}", value / 10, (value % 10).abs())];
        // In tenths of tenths: what lies beyond the range by more than a tenth of its width.
        let written = if value < 0 && value > -10 { -value } else { value };
        let is_out = written * 10 < low * 100 - width * 10 || written * 10 > (low + width) * 100 + width * 10;
        let given = answers([
            ("analyser/DA001-SO2/range.low", texts[0].as_str()),
            ("analyser/DA001-SO2/range.high", texts[1].as_str()),
            ("analyser/DA001-SO2/span.after", texts[2].as_str()),
        ]);
        let found = in_record(form("HJ75-G4", 2), &given, Some(100));
        prop_assert_eq!(found.iter().any(|f| matches!(f, Finding::OutOfRange { .. })), is_out, "{:?}", texts);
    }
}

#[test]
fn a_sign_out_of_a_newer_app_that_finds_more_is_read_all_the_same() {
    let known = Finding::FarAway { metres: 700 };
    let fence = Fence::Polygon { outer: vec![], holes: vec![] };
    let presence = presence(&fence, &[], 0);
    let act = Act::SignedOut { visit: visit_id(1), fixes: vec![], presence, findings: vec![known.clone()] };
    let mut body = serde_json::to_value(act).unwrap();
    body["findings"].as_array_mut().unwrap().push(json!({ "code": "asleep", "minutes": 3 }));
    let Act::SignedOut { findings, .. } = serde_json::from_value(body).unwrap() else { panic!() };
    assert_eq!(findings, [known]);
}
