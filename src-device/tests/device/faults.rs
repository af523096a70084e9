//! A fault from notice to return to service, with deadlines that pass under a moved clock.

use chrono::{DateTime, TimeDelta, Utc};
use stackside_core::act::Act;
use stackside_core::command::*;
use stackside_core::fault::{ChangeKind, ClockState, FaultPart, Step, StepKind};
use stackside_core::form::{AnswerError, AnswerKey};
use stackside_core::id::FaultId;
use stackside_core::rulebook::FaultEvent;
use stackside_device::Handle;

use super::world::{World, point};

fn now(world: &World) -> DateTime<Utc> {
    world.clock_wall().to_utc()
}

fn notice(world: &World) -> FaultId {
    let at = now(world) - TimeDelta::minutes(5);
    let words = "SO2 示值不变".to_owned();
    let start = StartFault { point: point(), part: FaultPart::Instrument, instrument: None, at, words };
    world.device.handle(start).unwrap()
}

fn add(
    world: &World,
    fault: FaultId,
    step: Step,
    at: DateTime<Utc>,
    words: &str,
) -> Result<(), CommandError> {
    let words = words.to_owned();
    world.device.handle(AddFaultStep { fault, step, at, words, record: None, replaces: None })
}

fn view(world: &World, fault: FaultId) -> FaultView {
    world.device.handle(GetFault { fault }).unwrap()
}

fn open(world: &World) -> Vec<FaultLine> {
    world.device.handle(GetFaults { point: None }).unwrap()
}

fn state(world: &World, fault: FaultId, event: FaultEvent) -> Option<ClockState> {
    let clocks = view(world, fault).line.clocks;
    clocks.iter().find(|clock| clock.event == event).map(|clock| clock.state(now(world)))
}

#[test]
fn a_fault_goes_from_notice_to_return_to_service_past_a_deadline_and_a_kill() {
    let world = World::unlocked();
    let fault = notice(&world);
    let Act::FaultStep(act) = world.entries().pop().unwrap().1.read_act().unwrap() else { panic!() };
    assert_eq!((act.fault, act.words.as_str()), (fault, "SO2 示值不变"));
    assert_eq!(state(&world, fault, FaultEvent::Arrive), Some(ClockState::Running));
    world.pass(4 * 3600);
    assert_eq!(state(&world, fault, FaultEvent::Arrive), Some(ClockState::Missed), "4 h are over");

    let world = world.after_a_kill();
    world.unlock();
    assert_eq!(open(&world)[0].id, fault, "it is there after a kill");
    let at = now(&world);
    add(&world, fault, Step::Reported, at, "市生态环境局值班室").unwrap();
    add(&world, fault, Step::Arrived, at, "").unwrap();
    world.pass(8 * 3600);
    assert_eq!(state(&world, fault, FaultEvent::Repair), Some(ClockState::Running), "the last second");
    add(&world, fault, Step::Repaired, now(&world), "更换电磁阀").unwrap();
    add(&world, fault, Step::Changed { change: ChangeKind::Instrument }, now(&world), "换了分析仪").unwrap();
    add(&world, fault, Step::Proved, now(&world), "标气校准通过").unwrap();
    add(&world, fault, Step::BackInService, now(&world), "").unwrap();
    let line = view(&world, fault).line;
    assert_eq!(line.done, StepKind::LINE);
    assert_eq!(line.asks, [StepKind::Commissioned, StepKind::Accepted], "a new instrument has duties");
    assert_eq!(state(&world, fault, FaultEvent::Arrive), Some(ClockState::Missed), "missed for ever");
    assert_eq!(state(&world, fault, FaultEvent::Repair), Some(ClockState::Met));
    assert_eq!(open(&world).len(), 1);
    add(&world, fault, Step::Commissioned, now(&world), "").unwrap();
    add(&world, fault, Step::Accepted, now(&world), "").unwrap();
    assert!(open(&world).is_empty());
    let of_point = world.device.handle(GetFaults { point: Some(point()) }).unwrap();
    assert_eq!(of_point.len(), 1, "what is over stays with its point");
    world.until_all_is_held();
}

#[test]
fn a_wrong_step_is_replaced_withdrawn_or_refused_by_its_field() {
    let world = World::unlocked();
    let fault = notice(&world);
    let start = now(&world);
    let invalid = |field: &str, why| Err(CommandError::Invalid { field: field.into(), why });
    let late = start + TimeDelta::seconds(1);
    assert_eq!(add(&world, fault, Step::Arrived, late, ""), invalid("at", AnswerError::InTheFuture));
    assert_eq!(add(&world, fault, Step::Reported, start, " "), invalid("words", AnswerError::Missing));
    let early = start - TimeDelta::hours(1);
    assert_eq!(add(&world, fault, Step::Arrived, early, ""), invalid("at", AnswerError::BeforeStart));
    let missing = FaultId::new(uuid::Uuid::from_u128(1));
    let not_there = Err(CommandError::NotFound { what: "fault".into() });
    assert_eq!(add(&world, missing, Step::Arrived, start, ""), not_there);

    add(&world, fault, Step::Arrived, start - TimeDelta::minutes(2), "").unwrap();
    add(&world, fault, Step::Arrived, start, "").unwrap();
    let steps = view(&world, fault).steps;
    assert_eq!(steps.iter().filter(|one| one.step == Step::Arrived && one.stands).count(), 1);
    assert_eq!(steps.len(), 3, "the wrong one stays visible");
    let wrong = steps.iter().find(|one| one.step == Step::Arrived && one.stands).unwrap().hash;
    let withdraw = |replaces, words: &str| {
        let words = words.to_owned();
        let step = Step::Withdrawn;
        world.device.handle(AddFaultStep { fault, step, at: start, words, record: None, replaces })
    };
    withdraw(Some(wrong), "还没到").unwrap();
    assert_eq!(view(&world, fault).line.asks[1], StepKind::Arrived);
    assert_eq!(withdraw(Some(wrong), "再撤一次"), Err(CommandError::NotFound { what: "step".into() }));
    assert_eq!(withdraw(None, ""), invalid("words", AnswerError::Missing));
    withdraw(None, "读数正常，误报").unwrap();
    assert!(open(&world).is_empty() && view(&world, fault).line.is_withdrawn);
    assert_eq!(add(&world, fault, Step::Arrived, start, ""), Err(CommandError::Closed));
}

#[test]
fn the_written_report_takes_over_what_the_fault_knows() {
    let world = World::unlocked();
    let fault = notice(&world);
    add(&world, fault, Step::Reported, now(&world), "市生态环境局值班室").unwrap();
    let forms = view(&world, fault).forms;
    let codes = |forms: &[FormLine]| forms.iter().map(|form| form.code.to_string()).collect::<Vec<_>>();
    assert_eq!(codes(&forms), ["OM-FAULT"], "repairs are recorded in a visit");
    let record = world.device.handle(OpenFaultRecord { fault, form: "OM-FAULT".parse().unwrap() }).unwrap();
    let answers = world.record(record).answers;
    let text =
        |section: &str, field: &str| answers.text(&AnswerKey::new(section, None, field)).map(str::to_owned);
    assert_eq!(text("times", "noticed").as_deref(), Some("2026-11-23 14:00"));
    assert_eq!(text("times", "reported").as_deref(), Some("2026-11-23 14:05"));
    assert_eq!(text("times", "reported_to").as_deref(), Some("市生态环境局值班室"));
    assert_eq!(text("fault", "subsystem").as_deref(), Some("instrument"));
    assert_eq!(text("fault", "description").as_deref(), Some("SO2 示值不变"));
    assert_eq!(text("times", "repaired"), None, "what is not known yet stays blank");

    let visit = world.sign_in();
    assert!(codes(&view(&world, fault).forms).contains(&"HJ75-G6".to_owned()));
    let repair = world.device.handle(OpenFaultRecord { fault, form: "HJ75-G6".parse().unwrap() }).unwrap();
    let view = world.record(repair);
    assert_eq!(view.line.visit, Some(visit));
    let key = AnswerKey::new("header", None, "fault.reported_at");
    assert_eq!(view.answers.text(&key), Some("2026-11-23 14:00"));
    // Opened for itself a report says nothing of any fault.
    let own = world.open(Workplace::Visit(visit), "OM-FAULT").unwrap();
    assert_eq!(world.record(own).answers.text(&AnswerKey::new("times", None, "noticed")), None);
}
