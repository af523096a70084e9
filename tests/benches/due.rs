//! How quick the due list is: 200 points with some 20 duties each and five years of records on the tablet, and one point
//! after a record there (issue 6). Prints each figure with its target; fails when one is missed. Run it by `make bench`.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and what helps it may panic"
)]

use std::process::ExitCode;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use stackside_core::command::{GetToday, GetVisit, Unlock};
use stackside_core::form::{Answer, AnswerKey, Answers};
use stackside_core::id::{FormCode, PointId, RecordId};
use stackside_core::register::{Instrument, Point};
use stackside_device::store::listed::Listing;
use stackside_device::store::{Database, Store, done, last, listed, register};
use stackside_device::{Config, Device, Handle, Positions};
use stackside_tests::city;
use stackside_tests::server::Server;
use stackside_tests::tablet::Tablet;
use stackside_tests::technician::PIN;
use uuid::Uuid;

const POINTS: usize = 200;
const TURNS: usize = 25;
/// Form, days between two records.
const WORK: [(&str, i64); 7] = [
    ("HJ75-G1", 7),
    ("HJ75-G4", 7),
    ("HJ75-T2", 90),
    ("HJ75-G5", 90),
    ("OM-QUALITY", 90),
    ("OM-REVIEW", 90),
    ("OM-ARCHIVE", 180),
];
const DAYS: i64 = 5 * 365;

fn main() -> ExitCode {
    let server = Server::start().unwrap();
    let (tablet, visit) = Tablet::in_a_visit(&server, &server.url(), city::PERSON).unwrap();
    tablet.device().close();
    let records = fill(Database::of(tablet.folder()).unwrap());
    drop(server);

    let config =
        Config { data: tablet.folder().to_owned(), positions: Positions::None, model: "bench".into() };
    let device = Device::open(config).unwrap();
    device.handle(Unlock { person: city::PERSON.parse().unwrap(), pin: PIN.to_owned() }).unwrap();
    let due = device.handle(GetToday {}).unwrap().due;
    println!("{POINTS} points, {} tasks, {records} records", due.len());
    assert!(due.len() >= POINTS * 8);
    let all = row("due list of all points", 50, || drop(device.handle(GetToday {}).unwrap()));
    // Its forms say how soon each of the point's duties is due.
    let one = row("one point, in its visit", 5, || drop(device.handle(GetVisit { visit }).unwrap()));
    device.close();
    if all && one { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn id(number: usize) -> PointId {
    format!("bench-{number}").parse().unwrap()
}

/// The demo's stack 200 times, with all that five years of work leave.
fn fill(database: Database) -> usize {
    let store = Store::open(database, None).unwrap();
    let (point, instruments) = store
        .read(|c| {
            let point = register::point(c, &city::POINT.parse().unwrap())?;
            let instruments = register::instruments(c, &point.id)?;
            Ok((point, instruments))
        })
        .unwrap();
    (0..POINTS).map(|number| fill_point(&store, number, &point, &instruments)).sum()
}

fn fill_point(store: &Store, number: usize, point: &Point, instruments: &[Instrument]) -> usize {
    let forms = stackside_core::form::built_in().unwrap();
    let begin: DateTime<Utc> = Utc::now() - TimeDelta::days(DAYS);
    let point = Point { id: id(number), ..point.clone() };
    let mine = |one: &Instrument| Instrument {
        id: format!("{number}-{}", one.id).parse().unwrap(),
        point: point.id.clone(),
        ..one.clone()
    };
    let instruments: Vec<Instrument> = instruments.iter().map(mine).collect();
    store
        .write(|t| {
            register::put_point(t, &point)?;
            instruments.iter().try_for_each(|one| register::put_instrument(t, one))?;
            let mut records = 0;
            for (place, (form, days)) in WORK.iter().enumerate() {
                let code: FormCode = form.parse().unwrap();
                let form = forms.iter().find(|form| form.code == code).unwrap();
                let answers = answers(form, &instruments);
                for turn in 0..=DAYS / days {
                    let at = begin + TimeDelta::days(turn * days) + TimeDelta::minutes(records);
                    let unique = (number as u128) << 64 | (place as u128) << 32 | turn as u128;
                    let record = RecordId::new(Uuid::from_u128(unique + 1));
                    let (point, form_code) = (&point.id, &code);
                    let words = Some("校准".to_owned());
                    let listing =
                        Listing { record, point, form: form_code, drafter: None, at, elsewhere: true, words };
                    listed::put(t, &listing)?;
                    last::note(t, record, point, form_code, at, &answers)?;
                    done::note(t, record, point, form, &answers, at)?;
                    records += 1;
                }
            }
            Ok(usize::try_from(records).unwrap())
        })
        .unwrap()
}

/// An answer for each item, and one for each instrument.
fn answers(form: &stackside_core::form::Form, instruments: &[Instrument]) -> Answers {
    let mut answers = Answers::default();
    for block in stackside_core::form::blocks(form, instruments) {
        for (key, field) in block.asked(&Answers::default()) {
            if field.every_days.is_some() || key.row.is_some() {
                answers.0.insert(key, Answer::typed("normal".to_owned()));
            }
        }
    }
    let every = instruments.iter().map(|one| AnswerKey::new("bench", Some(one.id.as_str()), "done"));
    answers.0.extend(every.map(|key| (key, Answer::typed("yes".to_owned()))));
    answers
}

/// By the median, as the other benches.
fn row(name: &str, target_ms: u64, act: impl Fn()) -> bool {
    let mut times: Vec<Duration> = (0..TURNS)
        .map(|_| {
            let begun = Instant::now();
            act();
            begun.elapsed()
        })
        .collect();
    times.sort_unstable();
    let (median, p95) = (times[TURNS / 2], times[TURNS * 95 / 100]);
    let is_met = median < Duration::from_millis(target_ms);
    let end = if is_met { "" } else { "  MISSED" };
    println!("{name:<40} {median:>12.3?} {p95:>12.3?} {target_ms:>6} ms{end}");
    is_met
}
