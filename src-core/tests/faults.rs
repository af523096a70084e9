//! A fault is what its steps say; its deadlines run by the rules of the place, to the second.
#![expect(clippy::unwrap_used, reason = "what helps a test is a test")]

use chrono::{DateTime, Utc};
use p256::ecdsa::SigningKey;
use stackside_core::act::Act;
use stackside_core::clock::Clocks;
use stackside_core::evidence::{self, Entry, Tip};
use stackside_core::fault::{ChangeKind, ClockState, Fault, FaultPart, FaultStep, Step, StepKind};
use stackside_core::form::AnswerError;
use stackside_core::id::{DeviceId, FaultId, LogId};
use stackside_core::register::Medium;
use stackside_core::rulebook::{FaultEvent, Rulebook, built_in, in_force};
use uuid::Uuid;

const FAULT: FaultId = FaultId::new(Uuid::from_u128(7));

/// A time in Shanghai: `23 14:05` or `23 14:05:01` of November 2026.
fn at(text: &str) -> DateTime<Utc> {
    let (day, time) = text.split_once(' ').unwrap();
    let seconds = if time.len() == 5 { ":00" } else { "" };
    format!("2026-11-{day}T{time}{seconds}+08:00").parse().unwrap()
}

fn rules(place: &str) -> Rulebook {
    in_force(&built_in().unwrap(), &place.parse().unwrap(), "2026-11-23".parse().unwrap()).unwrap()
}

fn noticed(part: FaultPart) -> Step {
    Step::Noticed { part, instrument: None }
}

fn step(step: Step, at: DateTime<Utc>) -> FaultStep {
    FaultStep {
        fault: FAULT,
        point: "P".parse().unwrap(),
        technician: "T".parse().unwrap(),
        visit: None,
        at,
        words: "words".to_owned(),
        step,
        record: None,
        replaces: None,
    }
}

/// Writes steps into one log after the other; each may replace one that was written before.
#[derive(Default)]
struct Log(Vec<Entry>);

impl Log {
    fn note(&mut self, mut new: FaultStep, replaces: Option<usize>) -> &mut Self {
        new.replaces = replaces.map(|index| self.0[index].hash());
        let key = SigningKey::from_slice(&[1; 32]).unwrap();
        let mut tip = Tip::new(DeviceId::new(Uuid::from_u128(1)), LogId::new(Uuid::from_u128(2)));
        tip.last = self.0.last().map(|last| (self.0.len() as u64, last.hash()));
        let wall = DateTime::parse_from_rfc3339("2026-11-30T00:00:00+08:00").unwrap();
        let clocks = Clocks { wall, boot_ms: 1, boot_id: "boot".into(), satellite: None, receipt: None };
        let act = Act::FaultStep(Box::new(new));
        self.0.push(evidence::make(&act, &tip, None, clocks, &key).unwrap().0);
        self
    }
    fn of(steps: &[(Step, &str)]) -> Self {
        let mut log = Self::default();
        for (what, when) in steps {
            log.note(step(what.clone(), at(when)), None);
        }
        log
    }
    fn fault(&self) -> Fault {
        Fault::of(FAULT, &self.0).unwrap()
    }
}

fn fault(steps: &[(Step, &str)]) -> Fault {
    Log::of(steps).fault()
}

#[test]
fn each_place_has_its_deadlines_and_they_end_to_the_second() {
    use ClockState::{Met, Missed, Running};
    use FaultEvent::{Arrive, Back, ManualMonitoring, Repair, Report};
    use Medium::{Gas, Water};
    let noticed = noticed(FaultPart::Instrument);
    let (reported, arrived, repaired) = (Step::Reported, Step::Arrived, Step::Repaired);
    for (place, medium, event, also, now, want, why) in [
        ("CN", Gas, Report, None, "23 10:00", None, "the nation names no hours for gas"),
        ("CN", Water, Report, None, "24 08:00", Some(Running), "24 h, its last second"),
        ("CN", Water, Report, None, "24 08:00:01", Some(Missed), "24 h and one second"),
        ("CN-42", Gas, Report, None, "24 08:00", Some(Running), "24 h in Hubei"),
        ("CN-31", Gas, Report, None, "23 20:00", Some(Running), "12 h in Shanghai"),
        ("CN-31", Gas, Report, None, "23 20:00:01", Some(Missed), "12 h in Shanghai"),
        ("CN-31", Water, Report, None, "23 20:00:01", Some(Missed), "12 h in Shanghai"),
        ("CN-31", Gas, Report, Some((&reported, "23 20:00")), "25 00:00", Some(Met), "told in time"),
        ("CN-31", Gas, Report, Some((&reported, "23 20:00:01")), "25 00:00", Some(Missed), "told too late"),
        ("CN", Gas, Arrive, None, "23 12:00", Some(Running), "4 h"),
        ("CN", Gas, Arrive, None, "23 12:00:01", Some(Missed), "4 h"),
        ("CN", Gas, Arrive, Some((&arrived, "23 12:00")), "25 00:00", Some(Met), "there in time"),
        ("CN", Gas, Arrive, Some((&repaired, "23 11:00")), "25 00:00", Some(Met), "repaired from afar"),
        ("CN", Water, Arrive, None, "25 00:00", None, "of water the authority sets it"),
        ("CN", Gas, Repair, None, "25 00:00", None, "8 h count from the arrival"),
        ("CN", Gas, Repair, Some((&arrived, "23 10:00")), "23 18:00", Some(Running), "8 h from there"),
        ("CN", Gas, Repair, Some((&arrived, "23 10:00")), "23 18:00:01", Some(Missed), "8 h from there"),
        ("CN", Gas, Back, None, "25 00:00", None, "the nation names none"),
        ("CN-42", Gas, Back, None, "23 20:00:01", Some(Missed), "12 h for gas in Hubei"),
        ("CN-42", Water, Back, None, "25 08:00", Some(Running), "48 h for water in Hubei"),
        ("CN-42", Water, Back, None, "25 08:00:01", Some(Missed), "48 h for water in Hubei"),
        ("CN", Gas, ManualMonitoring, None, "25 00:00", None, "the nation names none for gas"),
        ("CN-31", Gas, ManualMonitoring, None, "24 08:00", Some(Running), "once a day in Shanghai"),
        ("CN-31", Gas, ManualMonitoring, None, "24 08:00:01", Some(Missed), "once a day in Shanghai"),
        ("CN-31", Water, ManualMonitoring, None, "23 14:00:01", Some(Missed), "6 h for water"),
    ] {
        let steps: Vec<(Step, &str)> = [(noticed.clone(), "23 08:00")]
            .into_iter()
            .chain(also.map(|(step, at)| (step.clone(), at)))
            .collect();
        let (now, clocks) = (at(now), fault(&steps).clocks(&rules(place), medium, at(now)));
        let clock = clocks.iter().find(|clock| clock.event == event);
        assert_eq!(clock.map(|clock| clock.state(now)), want, "{place} {medium:?} {event:?}: {why}");
    }
}

#[test]
fn a_data_logger_has_twelve_hours_from_the_report_and_a_dead_line_takes_no_instrument_out_of_service() {
    let steps =
        |part| [(noticed(part), "23 08:00"), (Step::Reported, "23 09:00"), (Step::Arrived, "23 10:00")];
    let end = |part, event, medium| {
        let clocks = fault(&steps(part)).clocks(&rules("CN"), medium, at("23 11:00"));
        clocks.into_iter().find(|clock| clock.event == event).map(|clock| clock.end)
    };
    let repair = |part| end(part, FaultEvent::Repair, Medium::Gas);
    assert_eq!(repair(FaultPart::Logger), Some(at("23 21:00")));
    assert_eq!(repair(FaultPart::Sampling), Some(at("23 18:00")));
    let monitoring = |part| end(part, FaultEvent::ManualMonitoring, Medium::Water);
    assert_eq!(monitoring(FaultPart::Logger), Some(at("23 14:00")));
    assert_eq!(monitoring(FaultPart::Network), None);
}

#[test]
fn samples_by_hand_are_at_most_six_hours_apart_and_four_a_day() {
    for (samples, back, now, missed, today, state) in [
        (&["23 13:00"][..], None, "23 19:00", 0, Some((1, 4)), ClockState::Running),
        (&["23 13:00"], None, "23 19:00:01", 0, Some((1, 4)), ClockState::Missed),
        (&["23 14:00"], None, "23 15:00", 0, Some((1, 4)), ClockState::Running),
        (&["23 14:00:01"], None, "23 15:00", 1, Some((1, 4)), ClockState::Running),
        (&["23 14:00", "23 20:00"], Some("24 02:00"), "25 00:00", 0, None, ClockState::Met),
        (&["23 14:00", "23 20:00"], Some("24 02:00:01"), "25 00:00", 0, None, ClockState::Missed),
        (&["23 15:00", "23 20:00"], Some("23 21:00"), "25 00:00", 1, None, ClockState::Missed),
        // 24 November had three only, and thereby an interval that was too long.
        (
            &["23 14:00", "23 20:00", "24 02:00", "24 08:00", "24 18:00", "24 23:59", "25 05:00"],
            None,
            "25 06:00",
            1,
            Some((1, 4)),
            ClockState::Running,
        ),
        (
            &["23 14:00", "23 20:00", "24 02:00", "24 10:00", "24 18:00", "25 00:00", "25 05:00"],
            None,
            "25 06:00",
            3,
            Some((2, 4)),
            ClockState::Running,
        ),
        // Out of order, and one of before the fault.
        (&["23 20:00", "23 14:00", "23 07:00"], None, "23 21:00", 0, Some((2, 4)), ClockState::Running),
    ] {
        let mut steps = vec![(noticed(FaultPart::Instrument), "23 08:00")];
        steps.extend(samples.iter().map(|at| (Step::ManualMonitoring, *at)));
        steps.extend(back.map(|at| (Step::BackInService, at)));
        let clocks = fault(&steps).clocks(&rules("CN"), Medium::Water, at(now));
        let clock = clocks.iter().find(|clock| clock.event == FaultEvent::ManualMonitoring).unwrap();
        let got = (clock.missed, clock.today, clock.state(at(now)));
        let shown = at(now);
        assert_eq!(got, (missed, today, state), "{samples:?} until {back:?}, at {shown}");
    }
}

#[test]
fn what_is_left_to_do_follows_from_the_steps_in_whatever_order_they_came() {
    use StepKind::{
        Accepted, Arrived, BackInService, Commissioned, Filed, Noticed, Proved, Repaired, Reported,
    };
    let start = (noticed(FaultPart::Instrument), "23 08:00");
    let changed = |change| (Step::Changed { change }, "23 11:00");
    let done = [
        (Step::BackInService, "23 13:00"),
        (Step::Proved, "23 12:30"),
        (Step::Repaired, "23 12:00"),
        start.clone(),
        (Step::Reported, "23 09:00"),
    ];
    let with = |more: &[(Step, &'static str)]| [&done[..], more].concat();
    for (place, steps, want, why) in [
        ("CN", vec![start.clone()], vec![Reported, Arrived, Repaired, Proved, BackInService], "just noticed"),
        (
            "CN",
            vec![(Step::Repaired, "23 12:00")],
            vec![Noticed, Reported, Proved, BackInService],
            "the tablet that noticed has not told yet",
        ),
        ("CN", with(&[]), vec![], "all done, from afar"),
        ("CN", with(&[changed(ChangeKind::CorePart)]), vec![], "the nation asks for nothing"),
        ("CN", with(&[changed(ChangeKind::Instrument)]), vec![Commissioned, Accepted], "a new instrument"),
        (
            "CN-42",
            with(&[changed(ChangeKind::DataLogger)]),
            vec![Commissioned, Accepted, Filed],
            "a new logger",
        ),
        ("CN-31", with(&[changed(ChangeKind::Range)]), vec![Commissioned, Filed], "another range"),
        (
            "CN-31",
            with(&[changed(ChangeKind::Range), (Step::Filed, "23 10:59"), (Step::Commissioned, "23 11:00")]),
            vec![Filed],
            "filed before the change, which is another filing",
        ),
        (
            "CN-31",
            with(&[
                changed(ChangeKind::Parameter),
                (Step::Filed, "25 10:00"),
                (Step::Commissioned, "24 11:00"),
            ]),
            vec![],
            "all done in the end",
        ),
        ("CN", vec![start.clone(), (Step::Withdrawn, "23 08:10")], vec![], "noticed by mistake"),
    ] {
        let fault = fault(&steps);
        assert_eq!(fault.asks(&rules(place)), want, "{why}");
        assert_eq!(fault.is_open(&rules(place)), !want.is_empty(), "{why}");
    }
}

#[test]
fn a_later_step_takes_the_place_of_a_wrong_one_and_both_stay() {
    let mut log = Log::of(&[(noticed(FaultPart::Sampling), "23 08:00"), (Step::Arrived, "23 09:00")]);
    let replaced = log.fault().to_replace(StepKind::Arrived);
    assert_eq!(replaced, Some(log.0[1].hash()));
    log.note(step(Step::Arrived, at("23 10:30")), Some(1));
    let fault = log.fault();
    assert_eq!(fault.at(StepKind::Arrived), Some(at("23 10:30")));
    let stand: Vec<bool> = fault.steps().iter().map(|one| one.stands).collect();
    assert_eq!(stand, [true, false, true]);
    // Withdrawn: nobody has been there yet.
    log.note(step(Step::Withdrawn, at("23 11:00")), Some(2));
    let fault = log.fault();
    assert_eq!(fault.at(StepKind::Arrived), None);
    assert!(fault.withdrawn().is_none(), "that was one step, not the fault");
    // Whichever tablet tells first, and however often.
    let mut shuffled: Vec<&Entry> = log.0.iter().chain(&log.0).collect();
    shuffled.reverse();
    assert_eq!(Fault::of(FAULT, shuffled).unwrap(), fault);
    assert!(Fault::of(FaultId::new(Uuid::from_u128(8)), &log.0).is_none());
    // Nothing more is asked for, and no clock runs.
    log.note(step(Step::Withdrawn, at("23 11:00")), None);
    assert!(log.fault().withdrawn().is_some());
    assert_eq!(log.fault().clocks(&rules("CN-31"), Medium::Gas, at("25 00:00")), []);
}

#[test]
fn a_step_that_cannot_be_true_is_refused_by_its_field() {
    let known = fault(&[
        (noticed(FaultPart::Sampling), "23 08:00"),
        (Step::Arrived, "23 09:00"),
        (Step::Repaired, "23 12:00"),
    ]);
    let now = at("23 14:00");
    for (what, when, words, want) in [
        (Step::Proved, "23 14:00", "checked", Ok(())),
        (Step::Proved, "23 14:00:01", "checked", Err(("at", AnswerError::InTheFuture))),
        (Step::Proved, "23 11:59", "checked", Err(("at", AnswerError::BeforeStart))),
        (Step::Proved, "23 12:00", " ", Err(("words", AnswerError::Missing))),
        (Step::Reported, "23 07:59", "the bureau", Err(("at", AnswerError::BeforeStart))),
        (Step::Reported, "23 13:00", "", Err(("words", AnswerError::Missing))),
        (Step::Arrived, "23 12:01", "", Err(("at", AnswerError::AfterNext))),
        (Step::ManualMonitoring, "23 13:00", "", Ok(())),
        (Step::Withdrawn, "23 13:00", "", Err(("words", AnswerError::Missing))),
    ] {
        let new = FaultStep { words: words.to_owned(), ..step(what, at(when)) };
        assert_eq!(Fault::check(Some(&known), &new, now), want, "{:?} at {when}", new.step);
    }
    // What is about to be replaced does not stand in the way.
    let new =
        FaultStep { replaces: known.to_replace(StepKind::Repaired), ..step(Step::Repaired, at("23 13:00")) };
    assert_eq!(Fault::check(Some(&known), &new, now), Ok(()));
    assert_eq!(
        Fault::check(None, &step(noticed(FaultPart::Power), at("23 15:00")), now),
        Err(("at", AnswerError::InTheFuture))
    );
}
