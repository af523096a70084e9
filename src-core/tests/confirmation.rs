//! 排污单位确认: what is confirmed, where it stands, and that nothing else can pass for it.
#![expect(clippy::unwrap_used, reason = "clippy allows it in tests only, not in their helpers")]

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use stackside_core::act::{EntryRef, FileRef, RecordSigned, SignedIn};
use stackside_core::clock::TimeProof;
use stackside_core::confirmation::{
    Answer, Content, Given, RecordTold, Standing, State, VisitTold, left_minutes, standing,
};
use stackside_core::form::{Answer as FormAnswer, Answers};
use stackside_core::geofence::{Presence, PresenceVerdict};
use stackside_core::hash::Hash;
use stackside_core::proven::ProvenTime;
use stackside_core::record::{History, Stamp};

const VISIT: &str = "00000000-0000-0000-0000-0000000000aa";

fn utc(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

fn proven(text: &str) -> ProvenTime {
    ProvenTime { at: utc(text), proof: TimeProof::Satellite }
}

fn entry(seq: u64) -> EntryRef {
    EntryRef {
        device: "00000000-0000-0000-0000-000000000001".parse().unwrap(),
        log: "00000000-0000-0000-0000-000000000002".parse().unwrap(),
        seq,
        hash: Hash::of(&seq.to_be_bytes()),
    }
}

fn stamp(seq: u64) -> Stamp {
    Stamp {
        entry: entry(seq),
        at: utc("2026-11-23T15:30:00+08:00"),
        proof: TimeProof::Satellite,
        technician: None,
    }
}

fn signed_in() -> SignedIn {
    SignedIn {
        visit: VISIT.parse().unwrap(),
        point: "DA001".parse().unwrap(),
        technician: "P1".parse().unwrap(),
        fixes: vec![],
        presence: PresenceVerdict { presence: Presence::Inside, doubt: None, fix: None, distance_m: None },
        reason: None,
        photo: None,
        plate: None,
    }
}

fn record(number: u8) -> RecordSigned {
    let file = FileRef { sha256: Hash::of(b"file"), size_bytes: 4, media_type: "image/jpeg".into() };
    let answers = BTreeMap::from([("day/note".parse().unwrap(), FormAnswer::typed("已清洁"))]);
    RecordSigned {
        record: format!("00000000-0000-0000-0000-0000000000{number:02}").parse().unwrap(),
        visit: Some(VISIT.parse().unwrap()),
        point: "DA001".parse().unwrap(),
        technician: "P1".parse().unwrap(),
        form: "HJ75-G4".parse().unwrap(),
        form_version: 1,
        rulebook: "CN".parse().unwrap(),
        rulebook_version: 1,
        answers: Answers(answers),
        verdicts: vec![],
        photos: vec![file.clone(), file.clone()],
        signature: file,
        files: vec![],
    }
}

/// The content of a visit with records signed by the entries of these numbers, at a point of this name.
fn content_at(point: &str, records: &[(u8, u64)]) -> Content {
    let histories: Vec<History> =
        records.iter().map(|(number, seq)| History::of(stamp(*seq), record(*number))).collect();
    let told = |history| RecordTold { history, form: None, instruments: &[], signer: "张三" };
    Content::of(VisitTold {
        sign_in: &stamp(2),
        act: &signed_in(),
        point,
        discharger: "示例热电厂",
        technician: "张三",
        records: histories.iter().map(told).collect(),
    })
}

fn content(records: &[(u8, u64)]) -> Content {
    content_at("1#烟囱", records)
}

#[test]
fn a_confirmation_stands_for_exactly_what_was_shown() {
    let first = content(&[(1, 5), (2, 6)]);
    let corrected = content(&[(1, 5), (2, 9)]);
    let more = content(&[(1, 5), (2, 6), (3, 7)]);
    let renamed = content_at("一号烟囱", &[(1, 5), (2, 6)]);
    let nothing = content(&[]);
    let objects = Answer::Objects { reason: "标气未更换".into() };
    let yes = Answer::Confirms;
    for (name, now, given, want) in [
        ("nothing is signed", &nothing, vec![], State::Nothing),
        ("nobody answered", &first, vec![], State::Open),
        ("confirmed", &first, vec![(&first, &yes)], State::Confirmed),
        ("the register has another name since", &renamed, vec![(&first, &yes)], State::Confirmed),
        ("corrected after", &corrected, vec![(&first, &yes)], State::Outdated),
        ("a record more", &more, vec![(&first, &yes)], State::Outdated),
        ("objected", &first, vec![(&first, &objects)], State::Objected),
        ("objected, then corrected", &corrected, vec![(&first, &objects)], State::Outdated),
        ("and confirmed again", &corrected, vec![(&first, &objects), (&corrected, &yes)], State::Confirmed),
        ("thought better of it", &first, vec![(&first, &objects), (&first, &yes)], State::Confirmed),
        ("and the other way", &first, vec![(&first, &yes), (&first, &objects)], State::Objected),
    ] {
        let at = proven("2026-11-23T16:00:00+08:00");
        let given: Vec<Given<'_>> =
            given.into_iter().map(|(content, answer)| Given { content, answer, at }).collect();
        assert_eq!(standing(now, at, &given).state, want, "{name}");
    }
}

#[test]
fn the_same_day_ends_at_midnight_in_shanghai() {
    let (now, yes) = (content(&[(1, 5)]), Answer::Confirms);
    let day = |day| NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
    for (last_change, confirmed, want_day, is_late) in [
        ("2026-11-23T15:30:00+08:00", "2026-11-23T23:59:59+08:00", day(23), false),
        ("2026-11-23T15:30:00+08:00", "2026-11-24T00:01:00+08:00", day(23), true),
        ("2026-11-23T23:58:00+08:00", "2026-11-23T23:59:00+08:00", day(23), false),
        ("2026-11-23T23:59:00+08:00", "2026-11-24T00:01:00+08:00", day(23), true),
        // Signed past midnight, or corrected two days later: a day of its own.
        ("2026-11-24T00:01:00+08:00", "2026-11-24T23:59:00+08:00", day(24), false),
        ("2026-11-25T08:00:00+08:00", "2026-11-25T08:10:00+08:00", day(25), false),
    ] {
        let given = [Given { content: &now, answer: &yes, at: proven(confirmed) }];
        let want = Standing { state: State::Confirmed, day: want_day, is_late };
        assert_eq!(standing(&now, proven(last_change), &given), want, "{last_change}, {confirmed}");
    }
}

#[test]
fn the_hours_that_are_left_are_those_until_midnight_in_shanghai() {
    let day = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
    for (now, want) in [
        ("2026-11-23T15:30:00+08:00", 510),
        ("2026-11-23T23:59:00+08:00", 1),
        ("2026-11-24T00:00:00+08:00", 0),
        ("2026-11-24T00:00:01+08:00", -1),
    ] {
        assert_eq!(left_minutes(day, utc(now)), want, "{now}");
    }
    assert!(
        left_minutes(NaiveDate::MAX, utc("2026-11-23T15:30:00+08:00")) > 0,
        "no calendar is no reason to fail"
    );
}

#[test]
fn what_is_signed_does_not_depend_on_the_order_in_which_it_came() {
    let (one, other) = (content(&[(1, 5), (2, 6)]), content(&[(2, 6), (1, 5)]));
    assert_eq!(one.hash().unwrap(), other.hash().unwrap());
    assert_ne!(one.hash().unwrap(), content(&[(1, 5), (2, 7)]).hash().unwrap());
    assert_ne!(one.hash().unwrap(), content_at("2#烟囱", &[(1, 5), (2, 6)]).hash().unwrap());
}

#[test]
fn a_visit_reads_in_plain_words() {
    let words = content(&[(1, 5)]).words;
    let says = |lines: &[stackside_core::confirmation::Line]| {
        lines.iter().map(|line| format!("{}：{}", line.name.zh, line.says.zh)).collect::<Vec<_>>()
    };
    assert_eq!(
        says(&words.visit),
        [
            "排污单位：示例热电厂",
            "监测点位：1#烟囱",
            "运维人员：张三",
            "到场时间：2026-11-23 15:30",
            "到场定位：在站点围栏内"
        ]
    );
    assert_eq!(words.records[0].title.zh, "HJ75-G4", "a form that is not known here is named by its code");
    assert_eq!(says(&words.records[0].lines), ["照片：2 张", "签名人：张三", "签名时间：2026-11-23 15:30"]);
}
