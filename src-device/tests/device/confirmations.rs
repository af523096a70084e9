//! 企业确认 on the tablet: bound to what was shown, kept at once, known again after a kill and from the server.

use serde_json::json;
use stackside_core::act::{Act, Strokes};
use stackside_core::command::*;
use stackside_core::confirmation::{Answer, KnownBy, PortalConfirmation, Representative, State};
use stackside_core::form::AnswerError;
use stackside_core::hash::Hash;
use stackside_core::id::{RecordId, VisitId};
use stackside_core::photo::SendState;
use stackside_core::trust::{Signed, Statement};
use stackside_core::verify::Verdict;
use stackside_core::visit::{Lack, VisitStep};
use stackside_core::wire::ConfirmationElsewhere;
use stackside_device::Handle;
use stackside_device::export::{Selection, check};

use super::server::{key, public};
use super::world::{World, strokes};

const ZERO: &str = "analyser/I-SO2/zero.before";

/// A world with a signed record in a visit that is still open.
fn signed() -> (World, VisitId, RecordId) {
    let world = World::unlocked();
    let visit = world.sign_in();
    let record = world.open_record(visit);
    world.fill(visit, record);
    world.sign(visit, &[record]).unwrap();
    (world, visit, record)
}

impl World {
    /// From here on the satellites' time proves what the tablet's clock says.
    fn prove_by_satellite(&self) {
        self.device.handle(StartPosition {}).unwrap();
        self.fix_at(120.0, 30.0, Some(self.clock_wall().to_utc()));
    }
    fn shown(&self, visit: VisitId) -> ConfirmationView {
        self.device.handle(GetConfirmation { visit }).unwrap()
    }
    fn answer_to(&self, visit: VisitId, content_hash: Hash, answer: Answer) -> Result<(), CommandError> {
        self.device.handle(Confirm {
            visit,
            content_hash,
            answer,
            name: " 李四 ".into(),
            post: "环保专员".into(),
            phone: "138 1234 5678".into(),
            strokes: strokes(),
        })
    }
    fn answer(&self, visit: VisitId, answer: Answer) {
        self.answer_to(visit, self.shown(visit).content_hash, answer).unwrap();
    }
    fn visit(&self, visit: VisitId) -> VisitView {
        self.device.handle(GetVisit { visit }).unwrap()
    }
    fn standing(&self, visit: VisitId) -> ConfirmationLine {
        self.visit(visit).confirmation.unwrap()
    }
    fn confirmation_state(&self, visit: VisitId) -> State {
        self.standing(visit).standing.state
    }
    fn correct_zero(&self, record: RecordId, zero: &str) {
        let draft = self.device.handle(CorrectRecord { record }).unwrap();
        self.save(draft, ZERO, zero).unwrap();
        self.device.handle(SaveReason { record: draft, reason: "读数抄错".into() }).unwrap();
        self.device.handle(SignCorrection { record: draft, strokes: strokes() }).unwrap();
    }
    fn confirmations(&self) -> Vec<Act> {
        let acts = self.entries().into_iter().filter(|(header, _)| header.kind == "confirmed");
        acts.map(|(_, entry)| entry.read_act().unwrap()).collect()
    }
}

fn objects() -> Answer {
    Answer::Objects { reason: "零点读数不对".into() }
}

#[test]
fn an_objection_leads_to_a_correction_and_to_a_second_confirmation() {
    let (world, visit, record) = signed();
    let shown = world.shown(visit);
    let words = &shown.content.words;
    assert_eq!(words.records.len(), 1);
    let says = |name: &str| {
        let line = words.records[0].lines.iter().find(|line| line.name.zh == name);
        line.map(|line| line.says.zh.clone())
    };
    assert_eq!(says("照片").as_deref(), Some("1 张"));
    assert!(says("仪器").unwrap().starts_with("SO2"), "{:?}", words.records[0]);
    assert!(says("SO2 零点漂移").unwrap().ends_with("合格"), "{:?}", words.records[0]);
    let work = world.visit(visit).work;
    assert_eq!(
        (work.next_step(), work.lack(VisitStep::Confirm)),
        (Some(VisitStep::Confirm), Some(Lack::Unconfirmed))
    );

    world.answer(visit, objects());
    let objected = world.standing(visit);
    assert_eq!((objected.standing.state, objected.given[0].by.name.as_str()), (State::Objected, "李四"));
    assert_eq!(objected.given[0].by.phone, "13812345678");
    world.correct_zero(record, "2");
    assert_eq!(world.confirmation_state(visit), State::Outdated);
    let again = world.shown(visit);
    assert_ne!(again.content_hash, shown.content_hash);
    assert_eq!(again.last.unwrap().post, "环保专员", "nothing is asked that is known");
    assert_eq!(
        world.answer_to(visit, shown.content_hash, Answer::Confirms),
        Err(CommandError::ContentChanged),
        "what was shown is not what stands"
    );
    world.answer(visit, Answer::Confirms);
    let confirmed = world.standing(visit);
    assert_eq!((confirmed.standing.state, confirmed.standing.is_late), (State::Confirmed, false));
    assert_eq!(confirmed.given.iter().map(|one| one.is_current).collect::<Vec<_>>(), [true, false]);
    assert_eq!(world.visit(visit).work.next_step(), Some(VisitStep::SignOut));
    world.device.handle(SignOut { visit }).unwrap();

    let [Act::Confirmed(first), Act::Confirmed(second)] = &world.confirmations()[..] else { panic!() };
    assert!(first.is_bound() && second.is_bound());
    assert_eq!((&first.answer, &second.answer), (&objects(), &Answer::Confirms));
    let mut bytes = vec![];
    world.device.export(Selection::Visit { visit, log: None }, &mut bytes).unwrap();
    let report = check(&bytes[..], None).unwrap();
    assert_eq!((report.verdict, report.failure), (Verdict::SignerUnknown, None));
}

#[test]
fn what_is_missing_is_named_and_nothing_is_kept() {
    let (world, visit, _) = signed();
    let content_hash = world.shown(visit).content_hash;
    let invalid = |field: &str, why| CommandError::Invalid { field: field.into(), why };
    let nothing = Strokes { width: 10, height: 10, strokes: vec![] };
    let no_reason = Answer::Objects { reason: " ".into() };
    let yes = Answer::Confirms;
    for (answer, name, post, phone, strokes, want) in [
        (&yes, " ", "环保专员", "13812345678", strokes(), invalid("name", AnswerError::Missing)),
        (&yes, "李四", "", "13812345678", strokes(), invalid("post", AnswerError::Missing)),
        (&yes, "李四", "环保专员", "", strokes(), invalid("phone", AnswerError::Missing)),
        (&yes, "李四", "环保专员", "12345", strokes(), invalid("phone", AnswerError::NotAPhone)),
        (
            &no_reason,
            "李四",
            "环保专员",
            "13812345678",
            strokes(),
            invalid("reason", AnswerError::ReasonMissing),
        ),
        (&yes, "李四", "环保专员", "13812345678", nothing, CommandError::EmptySignature),
    ] {
        let (answer, name, post, phone) = (answer.clone(), name.into(), post.into(), phone.into());
        let command = Confirm { visit, content_hash, answer, name, post, phone, strokes };
        assert_eq!(world.device.handle(command), Err(want.clone()), "{want:?}");
    }
    assert_eq!((world.confirmations().len(), world.confirmation_state(visit)), (0, State::Open));
}

#[test]
fn only_signed_work_is_confirmed() {
    let world = World::unlocked();
    let visit = world.sign_in();
    let get = || world.device.handle(GetConfirmation { visit }).unwrap_err();
    assert_eq!(get(), CommandError::NothingToConfirm);
    let record = world.open_record(visit);
    assert_eq!(get(), CommandError::DraftsLeft { drafts: 1 });
    world.fill(visit, record);
    world.sign(visit, &[record]).unwrap();
    world.answer(visit, Answer::Confirms);
    world.device.handle(SignOut { visit }).unwrap();
    world.device.handle(VoidVisit { visit, reason: "走错站点".into(), strokes: strokes() }).unwrap();
    assert_eq!(get(), CommandError::Closed);
}

#[test]
fn a_confirmation_survives_a_kill_and_is_shown_as_awaited_until_it_is_given() {
    let (world, visit, _) = signed();
    world.device.handle(SignOut { visit }).unwrap();
    let awaited = || world.device.handle(GetToday {}).unwrap().awaited;
    // From 14:05 to midnight.
    assert_eq!((awaited()[0].visit, awaited()[0].left_minutes), (visit, 595));
    world.answer(visit, Answer::Confirms);
    assert_eq!(awaited(), []);
    let world = world.after_a_kill();
    world.unlock();
    let line = world.standing(visit);
    assert_eq!((line.standing.state, line.given.len()), (State::Confirmed, 1));
    world.until("it is received", |sync| sync.line.entries_waiting == 0);
    assert_eq!(world.standing(visit).given[0].send, SendState::Held);
}

#[test]
fn at_23_59_it_is_in_time_and_at_00_01_it_is_late() {
    for (seconds, is_late) in [(9 * 3600 + 54 * 60, false), (9 * 3600 + 56 * 60, true)] {
        let (world, visit, _) = signed();
        world.prove_by_satellite();
        world.pass(seconds);
        world.answer(visit, Answer::Confirms);
        let standing = world.standing(visit).standing;
        assert_eq!((standing.state, standing.is_late), (State::Confirmed, is_late), "after {seconds} s");
    }
}

#[test]
fn a_correction_opens_a_day_of_its_own() {
    let (world, visit, record) = signed();
    world.prove_by_satellite();
    world.answer(visit, Answer::Confirms);
    world.device.handle(SignOut { visit }).unwrap();
    world.pass(2 * 24 * 3600);
    world.correct_zero(record, "2");
    let before = world.standing(visit).standing;
    assert_eq!((before.state, before.day.to_string().as_str()), (State::Outdated, "2026-11-25"));
    world.answer(visit, Answer::Confirms);
    let standing = world.standing(visit).standing;
    assert_eq!((standing.state, standing.is_late), (State::Confirmed, false));
    assert_eq!(world.visit(visit).day.to_string(), "2026-11-23", "the visit's own day stays");
}

#[test]
fn what_was_confirmed_in_the_portal_comes_down_and_goes_into_the_export() {
    let (world, visit, _) = signed();
    let shown = world.shown(visit);
    let word = PortalConfirmation {
        statement: PortalConfirmation::NAME.into(),
        visit,
        point: shown.content.point.clone(),
        content: shown.content,
        content_hash: shown.content_hash,
        answer: Answer::Confirms,
        by: Representative::of("李四", "环保专员", "13812345678").unwrap(),
        known_by: KnownBy::Link {
            name: "李四".into(), phone: "13812345678".into(), made_by: "anna".into()
        },
        server_time: "2026-11-23T06:30:00Z".parse().unwrap(),
    };
    let row = ConfirmationElsewhere::Portal(Signed::make(&word, &public(), &key()).unwrap());
    world.bring(vec![json!({ "kind": "confirmation", "row": row })]);
    let line = world.standing(visit);
    assert_eq!((line.standing.state, line.given[0].is_in_portal), (State::Confirmed, true));
    let mut bytes = vec![];
    world.device.export(Selection::Visit { visit, log: None }, &mut bytes).unwrap();
    let report = check(&bytes[..], None).unwrap();
    assert_eq!((report.failure, report.confirmations), (None, 1));
}
