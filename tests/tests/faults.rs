//! A fault that one tablet begins is continued on another, and the portal shows both parts to those who may see the point.

#![expect(clippy::unwrap_used, reason = "what helps a test is a test")]

use chrono::{TimeDelta, Utc};
use stackside_core::command::{AddFaultStep, GetFault, GetFaults, StartFault, SyncNow};
use stackside_core::fault::{FaultPart, Step, StepKind};
use stackside_core::id::FaultId;
use stackside_server::access::Role;
use stackside_tests::city;
use stackside_tests::clock::{SetClock, TrueTime};
use stackside_tests::reader::Visitor;
use stackside_tests::server::Server;
use stackside_tests::shell::Shell;
use stackside_tests::tablet::Tablet;
use stackside_tests::technician::*;
use stackside_tests::wait::until;

fn tablet(server: &Server, time: &TrueTime, person: &str) -> Tablet {
    let tablet = Tablet::with_clock(city::PLACE, SetClock::right(time), || None).unwrap();
    server.take_in(&tablet, &server.url(), person).unwrap();
    tablet
}

fn add(tablet: &Tablet, time: &TrueTime, fault: FaultId, step: Step, words: &str) {
    let (at, words) = (time.now(), words.to_owned());
    tablet.call(&AddFaultStep { fault, step, at, words, record: None, replaces: None }).unwrap();
}

/// Waits until a tablet knows that a fault has so many steps.
fn steps(tablet: &Tablet, fault: FaultId, wanted: usize) {
    until("steps from the other tablet", || {
        tablet.call(&SyncNow {})?;
        let known = tablet.call(&GetFault { fault }).map(|view| view.steps.len()).unwrap_or_default();
        Ok((known == wanted).then_some(()))
    })
    .unwrap();
}

#[test]
fn a_fault_that_one_tablet_begins_is_continued_on_another_and_shown_in_the_portal() {
    let time = TrueTime::at(Utc::now());
    let server = {
        let time = time.clone();
        Server::with_clock(move || time.now()).unwrap()
    };
    let first = tablet(&server, &time, city::PERSON);
    let second = tablet(&server, &time, city::OTHER_PERSON);
    let start = StartFault {
        point: city::POINT.parse().unwrap(),
        part: FaultPart::Sampling,
        instrument: None,
        at: time.now(),
        words: "伴热管不热".into(),
    };
    let fault = first.call(&start).unwrap();
    steps(&second, fault, 1);
    assert_eq!(second.call(&GetFaults { point: None }).unwrap()[0].id, fault);

    // Nobody comes for five hours: four were allowed.
    time.pass(TimeDelta::hours(5));
    unlock(&first, city::PERSON).unwrap();
    unlock(&second, city::OTHER_PERSON).unwrap();
    add(&second, &time, fault, Step::Reported, "市生态环境局值班室");
    add(&second, &time, fault, Step::Arrived, "");
    steps(&first, fault, 3);
    add(&first, &time, fault, Step::Repaired, "更换加热带");
    steps(&second, fault, 4);
    let line = second.call(&GetFault { fault }).unwrap().line;
    assert_eq!(line.asks, [StepKind::Proved, StepKind::BackInService]);

    for (login, role, organisation) in [
        ("anna", Role::OperatorAdmin, city::OPERATOR),
        ("here", Role::Regulator, "CN-14"),
        ("elsewhere", Role::Regulator, "CN-31"),
    ] {
        server.app.add_user(login, role, organisation, "correct-horse").unwrap();
    }
    let visitor = |login| Visitor::log_in(&server.url(), login, "correct-horse").unwrap();
    for login in ["anna", "here"] {
        let page = visitor(login).page(&format!("/faults/{fault}")).unwrap();
        for words in ["伴热管不热", "更换加热带", "到达现场", "超时", "验证 → 恢复", "存证"]
        {
            assert!(page.contains(words), "{words}");
        }
        let list = visitor(login).page("/faults").unwrap();
        assert!(list.contains("未结束") && list.contains("到达现场 超时"), "{login}");
    }
    assert!(!visitor("elsewhere").page("/faults").unwrap().contains(&fault.to_string()));
    assert!(!visitor("elsewhere").page(&format!("/faults/{fault}")).unwrap_or_default().contains("伴热管"));

    add(&second, &time, fault, Step::Proved, "标气校准通过");
    add(&second, &time, fault, Step::BackInService, "");
    steps(&first, fault, 6);
    assert!(first.call(&GetFaults { point: None }).unwrap().is_empty(), "over for both");
    assert!(visitor("anna").page("/faults").unwrap().contains("已结束"));
}
