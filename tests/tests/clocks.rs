//! Clocks that are wrong, moved and started anew: the log tells it all, no time is shifted, and the day of a visit is right.

#![expect(clippy::unwrap_used, reason = "what helps a test is a test")]

use chrono::{DateTime, FixedOffset, NaiveDate, TimeDelta, Utc};
use stackside_core::act::Act;
use stackside_core::clock::{TimeProof, shanghai_date};
use stackside_core::command::{GetVisit, VisitView};
use stackside_core::evidence::{Entry, Header};
use stackside_core::id::VisitId;
use stackside_device::clock::Clock;
use stackside_server::access::Role;
use stackside_server::store::StoreError;
use stackside_tests::clock::{SetClock, TrueTime};
use stackside_tests::proxy::CutProxy;
use stackside_tests::reader::Visitor;
use stackside_tests::server::Server;
use stackside_tests::shell::Shell;
use stackside_tests::tablet::Tablet;
use stackside_tests::technician::*;
use stackside_tests::{city, photo};

/// Ten in the morning in Shanghai.
fn morning() -> TrueTime {
    TrueTime::at("2026-11-23T02:00:00Z".parse().unwrap())
}

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
}

fn jpeg() -> Vec<u8> {
    photo::jpeg(320, 240, 1).unwrap()
}

/// What the server holds of all logs.
fn held(server: &Server) -> Vec<(Header, Act)> {
    let entries = server.app.store().read_now::<_, StoreError>(|tx| {
        let mut query = tx.prepare("SELECT header, signature, body FROM entry ORDER BY rowid")?;
        let rows = query.query_map([], |row| {
            let signature: String = row.get(1)?;
            Ok(Entry { header: row.get(0)?, signature: signature.into(), body: row.get(2)? })
        })?;
        Ok(rows.collect::<Result<Vec<_>, _>>()?)
    });
    let read = |entry: Entry| (entry.read_header().unwrap(), entry.read_act().unwrap());
    entries.unwrap().into_iter().map(read).collect()
}

struct Portal(Visitor);

impl Portal {
    fn open(server: &Server) -> Self {
        server.app.add_user("anna", Role::OperatorAdmin, city::OPERATOR, "correct-horse").unwrap();
        Self(Visitor::log_in(&server.url(), "anna", "correct-horse").unwrap())
    }
    /// True if the visits of a day list it.
    fn lists(&self, visit: VisitId, date: NaiveDate) -> bool {
        self.0.page(&format!("/visits?date={date}")).unwrap().contains(&format!("/visits/{visit}"))
    }
    fn visit(&self, visit: VisitId) -> String {
        self.0.page(&format!("/visits/{visit}")).unwrap()
    }
}

fn view(tablet: &Tablet, visit: VisitId) -> VisitView {
    tablet.call(&GetVisit { visit }).unwrap()
}

#[test]
fn a_day_back_a_restart_another_zone_and_a_sleep_are_told_and_the_day_is_right_once_a_receipt_came() {
    let time = morning();
    let now = time.clone();
    let server = Server::with_clock(move || now.now()).unwrap();
    let clock = SetClock::right(&time);
    let shanghai = FixedOffset::east_opt(8 * 3600).unwrap();
    clock.set_zone(shanghai);
    let line = CutProxy::start(server.address()).unwrap();
    let tablet = Tablet::with_clock(city::PLACE, clock.clone(), || None).unwrap();
    server.take_in(&tablet, &line.url(), city::PERSON).unwrap();
    let visit = sign_in(&tablet, city::POINT).unwrap();
    sync_until_held(&tablet).unwrap();
    line.down();

    clock.set_ahead(TimeDelta::days(-1));
    signed_record(&tablet, visit, &jpeg()).unwrap();
    assert_eq!((view(&tablet, visit).day, view(&tablet, visit).day_proof), (day(23), TimeProof::Receipt));

    // Off and on again, still a day back: nobody has told this boot the time.
    time.pass(TimeDelta::minutes(5));
    clock.restart();
    let tablet = tablet.start_again().unwrap();
    unlock(&tablet, city::PERSON).unwrap();
    signed_record(&tablet, visit, &jpeg()).unwrap();
    let unknown = view(&tablet, visit);
    assert_eq!((unknown.day, unknown.day_proof), (day(22), TimeProof::Unproven));

    clock.set_zone(FixedOffset::east_opt(0).unwrap());
    time.pass(TimeDelta::hours(3)); // asleep, and locked by that
    unlock(&tablet, city::PERSON).unwrap();
    clock.set_ahead(TimeDelta::zero());
    line.up();
    sync_until_held(&tablet).unwrap();
    let known = view(&tablet, visit);
    assert_eq!(
        (known.day, known.day_proof),
        (day(23), TimeProof::Receipt),
        "the receipt told the time of its boot"
    );

    let portal = Portal::open(&server);
    assert!(portal.lists(visit, day(22)), "that the record waited for a day cannot be ruled out yet");
    sign_out(&tablet, visit).unwrap();
    sync_until_held(&tablet).unwrap();
    assert!(portal.lists(visit, day(23)), "the next entry tells when the receipt came");
    assert!(!portal.lists(visit, day(22)));
    assert!(portal.visit(visit).contains("2026-11-23（以最后一份签名记录为准；时间由回执推定）"));

    let of_clocks = |(_, act): (Header, Act)| match act {
        Act::ClockJumped { .. } | Act::ZoneChanged { .. } | Act::Restarted { .. } => Some(act),
        _ => None,
    };
    let told: Vec<Act> = held(&server).into_iter().filter_map(of_clocks).collect();
    let day_ms = TimeDelta::days(1).num_milliseconds();
    assert_eq!(
        told,
        [
            Act::ClockJumped { moved_ms: -day_ms },
            Act::Restarted { wall_moved_ms: TimeDelta::minutes(5).num_milliseconds() },
            Act::ZoneChanged { from_minutes: 480, to_minutes: 0 },
            Act::ClockJumped { moved_ms: day_ms },
        ]
    );
}

#[test]
fn a_server_that_is_slow_and_a_tablet_that_is_a_day_ahead_shift_no_time_and_the_day_is_right() {
    let time = morning();
    let now = time.clone();
    let slow = TimeDelta::minutes(-9);
    let server = Server::with_clock(move || now.now() + slow).unwrap();
    let portal = Portal::open(&server);
    for (name, satellites, proof, off) in [
        ("no satellites", false, TimeProof::Receipt, slow),
        ("satellites", true, TimeProof::Satellite, TimeDelta::zero()),
    ] {
        let clock = SetClock::right(&time);
        clock.set_ahead(TimeDelta::days(1));
        let told = time.clone();
        let tablet =
            Tablet::with_clock(city::PLACE, clock.clone(), move || satellites.then(|| told.now())).unwrap();
        server.take_in(&tablet, &server.url(), city::PERSON).unwrap();
        let visit = sign_in(&tablet, city::POINT).unwrap();
        clock.set_ahead(TimeDelta::days(1) + TimeDelta::minutes(20)); // a jump during the visit
        let jumped = clock.wall();
        let by_its_own_clock: DateTime<Utc> = if satellites { time.now() } else { jumped.to_utc() };
        let record = open_form(&tablet, visit).unwrap();
        for (factor, readings) in CALIBRATION {
            calibrate(&tablet, record, factor, readings).unwrap();
        }
        let shown = stackside_core::clock::shown_time(by_its_own_clock);
        let answers = tablet.call(&stackside_core::command::GetRecord { record }).unwrap();
        answer(&tablet, &answers, &"footer/cal_end".parse().unwrap(), &shown).unwrap();
        take_photo(&tablet, record, "reading", &jpeg()).unwrap();
        sign(&tablet, visit, record).unwrap();
        sign_out(&tablet, visit).unwrap();
        sync_until_held(&tablet).unwrap();

        let of_record =
            |(_, act): &(Header, Act)| matches!(act, Act::RecordSigned(one) if one.record == record);
        let (header, _) = held(&server).into_iter().find(of_record).unwrap();
        assert_eq!(header.clocks.wall, jumped, "{name}: what the clock said is what is kept");
        let view = view(&tablet, visit);
        assert_eq!(view.records[0].at, by_its_own_clock, "{name}: the tablet goes by its own clocks");
        assert_eq!((view.day, view.day_proof), (day(23), proof), "{name}");
        assert!(portal.lists(visit, day(23)), "{name}");
        let (signed_ms, drawn): (i64, String) = server
            .app
            .store()
            .read_now::<_, StoreError>(|tx| {
                let sql = "SELECT signed_ms, proof FROM record WHERE id = ?1";
                Ok(tx.query_row(sql, [record.to_string()], |row| Ok((row.get(0)?, row.get(1)?)))?)
            })
            .unwrap();
        assert_eq!(drawn, proof.name(), "{name}");
        assert_eq!(DateTime::from_timestamp_millis(signed_ms).unwrap(), time.now() + off, "{name}");
        assert_eq!(shanghai_date(time.now()), day(23));
        time.pass(TimeDelta::minutes(30));
    }
}
