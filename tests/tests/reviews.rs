//! 审核 between real tablets and the real server: returned, corrected or appealed, accepted.

#![expect(clippy::unwrap_used, reason = "what helps a test is a test")]

use stackside_core::command::{
    AppealReview, CorrectRecord, GetRecord, GetReturned, GetReviewed, SaveReason, SignCorrection, SyncNow,
};
use stackside_core::form::AnswerKey;
use stackside_core::id::{RecordId, VisitId};
use stackside_core::review::ReviewState;
use stackside_server::access::Role;
use stackside_tests::reader::Visitor;
use stackside_tests::server::Server;
use stackside_tests::shell::Shell;
use stackside_tests::tablet::Tablet;
use stackside_tests::technician::*;
use stackside_tests::wait::until;
use stackside_tests::{city, photo};

fn key(field: &str) -> AnswerKey {
    AnswerKey::new("analyser", Some("DA001-SO2"), field)
}

struct World {
    // Serves as long as it is here.
    _server: Server,
    first: Tablet,
    second: Tablet,
    anna: Visitor,
    visit: VisitId,
}

impl World {
    fn new() -> Self {
        let server = Server::start().unwrap();
        let (first, visit) = Tablet::in_a_visit(&server, &server.url(), city::PERSON).unwrap();
        let (second, _) = Tablet::in_a_visit(&server, &server.url(), city::OTHER_PERSON).unwrap();
        server.app.add_user("anna", Role::Supervisor, city::OPERATOR, "correct-horse").unwrap();
        let anna = Visitor::log_in(&server.url(), "anna", "correct-horse").unwrap();
        Self { _server: server, first, second, anna, visit }
    }
    /// Asks both tablets until they know where the record stands.
    fn both_know(&self, record: RecordId, state: ReviewState) {
        for tablet in [&self.first, &self.second] {
            until("the state of the record", || {
                tablet.call(&SyncNow {})?;
                let known = tablet.call(&GetReviewed { state })?;
                Ok(known.records.iter().any(|line| line.id == record).then_some(()))
            })
            .unwrap();
        }
    }
    fn is_listed(&self, record: RecordId, state: ReviewState) -> bool {
        let page = self.anna.page(&format!("/reviews?state={}", state.name())).unwrap();
        page.contains(&record.to_string())
    }
}

#[test]
fn a_returned_record_is_corrected_then_appealed_for_and_accepted_on_every_tablet() {
    let world = World::new();
    let jpeg = photo::jpeg(640, 480, 1).unwrap();
    let record = signed_record(&world.first, world.visit, &jpeg).unwrap();
    sync_until_held(&world.first).unwrap();
    // A correction is begun before the supervisor looks.
    let draft = world.first.call(&CorrectRecord { record }).unwrap();
    let view = world.first.call(&GetRecord { record: draft }).unwrap();
    answer(&world.first, &view, &key("span.after"), "451.0").unwrap();
    world.anna.review(record, "returned", &[("at:analyser/DA001-SO2/span.after", "与记录仪不符")]).unwrap();
    world.both_know(record, ReviewState::Returned);

    let asked = world.first.call(&GetReturned {}).unwrap().remove(0);
    assert_eq!((asked.line.id, asked.review.first), (record, Some(key("span.after"))));
    assert!(world.second.call(&GetReturned {}).unwrap().is_empty(), "another's");
    let view = world.first.call(&GetRecord { record: draft }).unwrap();
    assert_eq!(view.answers.text(&key("span.after")), Some("451.0"), "what was typed stays");
    assert_eq!(view.review.unwrap().comments[&key("span.after")], "与记录仪不符");
    assert_eq!(world.first.call(&CorrectRecord { record }).unwrap(), draft);
    let reason = world.first.call(&GetRecord { record: draft }).unwrap().correction.unwrap().reason;
    assert_eq!(reason, "与记录仪不符");
    world.first.call(&SaveReason { record: draft, reason: "读数抄错".into() }).unwrap();
    world.first.call(&SignCorrection { record: draft, strokes: strokes() }).unwrap();
    sync_until_held(&world.first).unwrap();
    assert!(world.is_listed(record, ReviewState::Corrected));

    world.anna.review(record, "returned", &[("general", "仍然不符")]).unwrap();
    world.both_know(record, ReviewState::Returned);
    let reason = "记录仪比分析仪慢一分钟".to_owned();
    world.first.call(&AppealReview { record, reason, strokes: strokes() }).unwrap();
    sync_until_held(&world.first).unwrap();
    assert!(world.is_listed(record, ReviewState::Appealed));
    world.both_know(record, ReviewState::Appealed);
    let seen = world.second.call(&GetRecord { record }).unwrap().review.unwrap();
    assert_eq!(seen.appeal.unwrap().reason, "记录仪比分析仪慢一分钟");

    world.anna.review(record, "accepted", &[]).unwrap();
    world.both_know(record, ReviewState::Accepted);
    assert!(world.first.call(&GetReturned {}).unwrap().is_empty());
}
