//! 审核 on the tablet: what came down, what it asks for, and the two ways out.

use serde_json::{Value, json};
use stackside_core::act::{Act, EntryRef};
use stackside_core::command::*;
use stackside_core::form::AnswerError;
use stackside_core::id::{RecordId, ReviewId, VisitId};
use stackside_core::review::{Review, ReviewState, ReviewVerdict, Reviewer};
use stackside_core::sync::SyncTrouble;
use stackside_core::trust::{Signed, Statement};
use stackside_device::Handle;

use super::server::{key, public};
use super::world::{CODE, World, bottle, point, strokes};

const ZERO: &str = "analyser/I-SO2/zero.before";
const SPAN: &str = "analyser/I-SO2/span.before";

fn signed() -> (World, VisitId, RecordId) {
    let world = World::unlocked();
    let visit = world.sign_in();
    let record = world.open_record(visit);
    world.fill(visit, record);
    world.sign(visit, &[record]).unwrap();
    (world, visit, record)
}

fn row(review: &Review) -> Value {
    json!({"kind": "review", "row": Signed::make(review, &public(), &key()).unwrap()})
}

impl World {
    fn newest(&self, record: RecordId) -> EntryRef {
        self.device.handle(GetHistory { record }).unwrap().versions[0].stamp.entry.clone()
    }
    fn review(&self, record: RecordId, verdict: ReviewVerdict) -> Review {
        let is_returned = verdict == ReviewVerdict::Returned;
        let comments = [(SPAN, "与标气不符"), (ZERO, "少一位小数")];
        let comments = comments.iter().filter(|_| is_returned);
        Review {
            statement: Review::NAME.into(),
            id: ReviewId::new(uuid::Uuid::now_v7()),
            record,
            version: self.newest(record),
            verdict,
            comments: comments.map(|(key, text)| (key.parse().unwrap(), (*text).to_owned())).collect(),
            general: is_returned.then(|| "请核对\r\n原始记录".into()),
            reviewer: Reviewer { name: "anna".into(), role: "supervisor".into() },
            at: "2026-11-23T07:00:00Z".parse().unwrap(),
        }
    }
    fn say(&self, record: RecordId, verdict: ReviewVerdict) {
        self.bring(vec![row(&self.review(record, verdict))]);
    }
    fn state(&self, record: RecordId) -> ReviewState {
        self.record(record).line.marks.review
    }
    fn returned(&self) -> Vec<ReturnedLine> {
        self.device.handle(GetReturned {}).unwrap()
    }
    fn appeal(&self, record: RecordId, reason: &str) -> Result<(), CommandError> {
        self.device.handle(AppealReview { record, reason: reason.into(), strokes: strokes() })
    }
    fn become_the_other(&self) {
        let (person, code) = ("P2".parse().unwrap(), CODE.into());
        self.device.handle(SetPin { person, code, pin: "112233".into() }).unwrap();
    }
}

#[test]
fn a_returned_record_asks_for_a_correction_at_the_field_with_the_words_there() {
    let (world, _, record) = signed();
    assert_eq!((world.state(record), world.returned().len()), (ReviewState::NotReviewed, 0));
    world.say(record, ReviewVerdict::Returned);
    assert_eq!(world.state(record), ReviewState::Returned);
    let asked = world.returned().remove(0);
    assert_eq!((asked.line.id, asked.review.asks_me), (record, true));
    assert_eq!(asked.review.first, Some(ZERO.parse().unwrap()), "the first in the order of the form");
    let sync = world.sync();
    assert_eq!((sync.returned, sync.accepted), (1, 0));
    let item = sync.items.iter().find(|item| item.review.is_some()).unwrap();
    assert_eq!(item.review, Some(ReviewState::Returned));

    let draft = world.device.handle(CorrectRecord { record }).unwrap();
    let view = world.record(draft);
    let words = "请核对  原始记录；与标气不符；少一位小数";
    assert_eq!(view.correction.as_ref().unwrap().reason, words, "in the supervisor's words");
    assert_eq!(view.review.unwrap().comments[&ZERO.parse().unwrap()], "少一位小数");
    world.device.handle(SaveReason { record: draft, reason: "按原始记录更正".into() }).unwrap();
    let again = world.device.handle(CorrectRecord { record }).unwrap();
    assert_eq!(
        world.record(again).correction.unwrap().reason,
        "按原始记录更正",
        "and then in the technician's"
    );

    // The tablet dies in the middle: neither the review nor the draft is lost.
    let world = world.after_a_kill();
    world.unlock();
    assert_eq!((world.state(record), world.returned().len()), (ReviewState::Returned, 1));
    world.save(draft, ZERO, "2").unwrap();
    world.sign_correction(draft).unwrap();
    assert_eq!((world.state(record), world.returned().len()), (ReviewState::Corrected, 0));
    assert!(world.record(record).review.is_none(), "of the new version nothing was said");
    let history = world.device.handle(GetHistory { record }).unwrap();
    assert_eq!((history.versions[0].reviews.len(), history.versions[1].reviews.len()), (0, 1));
    world.say(record, ReviewVerdict::Accepted);
    assert_eq!(world.state(record), ReviewState::Accepted);
    let accepted = world.device.handle(GetReviewed { state: ReviewState::Accepted }).unwrap();
    assert_eq!((accepted.total, accepted.records[0].id), (1, record));
    assert_eq!(world.sync().accepted, 1);
}

#[test]
fn whoever_signed_it_may_stand_by_it_without_a_network() {
    let (world, _, record) = signed();
    assert_eq!(world.appeal(record, "为什么").unwrap_err(), CommandError::Closed, "nobody asked");
    world.say(record, ReviewVerdict::Returned);
    let why = AnswerError::ReasonMissing;
    assert_eq!(world.appeal(record, " ").unwrap_err(), CommandError::Invalid { field: "reason".into(), why });
    world.become_the_other();
    assert_eq!(world.returned().len(), 0, "it is not theirs");
    assert_eq!(world.state(record), ReviewState::Returned, "but they see it");
    assert_eq!(world.appeal(record, "我觉得没错").unwrap_err(), CommandError::Closed);
    world.unlock();
    world.server.tell(|script| script.hangs_up = true);
    world.appeal(record, "现场读数就是这样").unwrap();
    assert_eq!((world.state(record), world.returned().len()), (ReviewState::Appealed, 0));
    assert_eq!(world.appeal(record, "再说一次").unwrap_err(), CommandError::Closed, "once for each review");
    let Act::Appealed(told) = world.entries().pop().unwrap().1.read_act().unwrap() else { panic!() };
    assert_eq!((told.reason.as_str(), &told.version), ("现场读数就是这样", &world.newest(record)));

    let world = world.after_a_kill();
    world.unlock();
    assert_eq!(world.state(record), ReviewState::Appealed);
    world.server.tell(|script| script.hangs_up = false);
    world.device.handle(SyncNow {}).unwrap();
    world.until_all_is_held();
    let appeal = world.record(record).review.unwrap().appeal.unwrap();
    assert_eq!((appeal.reason.as_str(), appeal.stamp.person_name.as_str()), ("现场读数就是这样", "张三"));
    world.say(record, ReviewVerdict::Returned);
    assert_eq!(world.state(record), ReviewState::Returned, "a second word asks anew");
    assert_eq!(world.returned().len(), 1);
    world.appeal(record, "仍然如此").unwrap();
    world.say(record, ReviewVerdict::Accepted);
    assert_eq!(world.state(record), ReviewState::Accepted);
}

#[test]
fn a_review_never_writes_over_a_correction_that_is_being_filled() {
    let (world, _, record) = signed();
    let draft = world.device.handle(CorrectRecord { record }).unwrap();
    world.save(draft, ZERO, "2").unwrap();
    world.device.handle(SaveReason { record: draft, reason: "读数抄错".into() }).unwrap();
    world.say(record, ReviewVerdict::Returned);
    let view = world.record(draft);
    assert_eq!(view.answers.text(&ZERO.parse().unwrap()), Some("2"));
    assert_eq!(view.correction.as_ref().unwrap().reason, "读数抄错");
    assert_eq!(view.review.unwrap().comments.len(), 2, "what was said stands beside it all the same");
    world.sign_correction(draft).unwrap();
    assert_eq!(world.state(record), ReviewState::Corrected);
    // A word on the old version that comes late says nothing of the new one.
    let late = Review {
        version: world.device.handle(GetHistory { record }).unwrap().versions[1].stamp.entry.clone(),
        ..world.review(record, ReviewVerdict::Accepted)
    };
    world.bring(vec![row(&late)]);
    assert_eq!(world.state(record), ReviewState::NotReviewed, "the last word on it was no return");
    world.device.handle(VoidRecord { record, reason: "测错".into(), strokes: strokes() }).unwrap();
    world.bring(vec![row(&world.review(record, ReviewVerdict::Returned))]);
    assert_eq!(
        (world.state(record), world.returned().len()),
        (ReviewState::NotReviewed, 0),
        "void asks nothing"
    );
}

#[test]
fn a_page_with_a_review_that_the_server_did_not_sign_is_refused_whole() {
    let (world, _, record) = signed();
    let other = p256::ecdsa::SigningKey::from_slice(&[8; 32]).unwrap();
    let said = world.review(record, ReviewVerdict::Returned);
    let mut altered = row(&said);
    let text = altered["row"]["text"].as_str().unwrap().replace("returned", "accepted");
    altered["row"]["text"] = text.into();
    let strange = Signed::make(&said, &public(), &other).unwrap();
    for forged in [altered, json!({"kind": "review", "row": strange})] {
        world.server.tell(|script| script.changes.extend([bottle("B3", "1"), forged]));
        world.device.handle(SyncNow {}).unwrap();
        world.until("trouble", |view| matches!(view.line.trouble, SyncTrouble::Refused { .. }));
        let bottles = world.device.handle(GetPoint { point: point() }).unwrap().bottles.len();
        assert_eq!((bottles, world.state(record)), (2, ReviewState::NotReviewed), "not even its other rows");
        world.server.tell(|script| script.changes.truncate(script.changes.len() - 2));
        world.device.handle(SyncNow {}).unwrap();
        world.until("taken", |view| view.line.trouble == SyncTrouble::None);
    }
}

#[test]
fn a_review_that_comes_before_its_record_waits_for_it() {
    let (maker, _, record) = signed();
    let said = maker.review(record, ReviewVerdict::Returned);
    let records = maker.signed_records("2026-11-23T06:00:00Z");
    let reader = World::unlocked();
    reader.bring(vec![row(&said)]);
    assert_eq!((reader.sync().returned, reader.returned().len()), (0, 0));
    reader.bring(vec![json!({"kind": "record", "row": records[0]})]);
    assert_eq!(reader.state(record), ReviewState::Returned);
    // The same technician, but the record was signed on another tablet: it is shown, and answered there.
    let asked = reader.returned().remove(0);
    assert_eq!((asked.line.elsewhere, asked.review.asks_me), (true, false));
    assert_eq!(reader.appeal(record, "不能在这里").unwrap_err(), CommandError::Closed);
}
