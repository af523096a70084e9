//! 更正, 复核, 作废 on real tablets and a real server: what one did, the others see.

#![expect(clippy::unwrap_used, reason = "what helps a test is a test")]

use stackside_core::command::{
    CorrectRecord, Countersign, GetHistory, GetPoint, GetRecord, SaveReason, SignCorrection, SyncNow,
    VoidVisit,
};
use stackside_core::form::{AnswerKey, Origin};
use stackside_core::id::RecordId;
use stackside_core::verify::Verdict;
use stackside_device::export::{Selection, check};
use stackside_server::access::Role;
use stackside_tests::reader::{Reader, Visitor};
use stackside_tests::server::Server;
use stackside_tests::shell::Shell;
use stackside_tests::tablet::Tablet;
use stackside_tests::technician::*;
use stackside_tests::wait::until;
use stackside_tests::{city, photo};

fn key(field: &str) -> AnswerKey {
    AnswerKey::new("analyser", Some("DA001-SO2"), field)
}

fn correct(tablet: &Tablet, record: RecordId, field: &str, text: &str) {
    let draft = tablet.call(&CorrectRecord { record }).unwrap();
    let view = tablet.call(&GetRecord { record: draft }).unwrap();
    answer(tablet, &view, &key(field), text).unwrap();
    tablet.call(&SaveReason { record: draft, reason: "读数抄错".into() }).unwrap();
    tablet.call(&SignCorrection { record: draft, strokes: strokes() }).unwrap();
}

#[test]
fn what_was_corrected_and_voided_on_one_tablet_is_known_to_the_server_and_to_the_others() {
    let server = Server::start().unwrap();
    let jpeg = photo::jpeg(640, 480, 1).unwrap();
    let (first, visit) = Tablet::in_a_visit(&server, &server.url(), city::PERSON).unwrap();
    let record = signed_record(&first, visit, &jpeg).unwrap();
    sign_out(&first, visit).unwrap();
    correct(&first, record, "span.after", "451.0");
    let sign = Countersign { record, field: None, name: "王主任".into(), strokes: strokes() };
    first.call(&sign).unwrap();
    sync_until_held(&first).unwrap();

    let reader = Reader::enrol(&server.url(), &server.enrol_code().unwrap()).unwrap();
    let history = reader.records().unwrap().remove(0).history();
    assert_eq!((history.corrections(), history.newest().countersigned.len()), (1, 1));
    assert_eq!(history.newest().reason.as_deref(), Some("读数抄错"));
    assert_eq!(history.first().content.answers.text(&key("span.after")), Some("450.2"));

    let (second, other_visit) = Tablet::in_a_visit(&server, &server.url(), city::OTHER_PERSON).unwrap();
    let draft = open_form(&second, other_visit).unwrap();
    let baseline =
        second.call(&GetRecord { record: draft }).unwrap().answers.0[&key("span.last_after")].clone();
    assert_eq!((baseline.text.as_str(), baseline.origin), ("451.0", Origin::Last { record }));
    let history = second.call(&GetHistory { record }).unwrap();
    assert_eq!((history.versions.len(), history.is_own), (2, false));
    assert!(history.versions[0].differences.iter().any(|found| found.key == key("span.after")));

    first.call(&VoidVisit { visit, reason: "签错了站点".into(), strokes: strokes() }).unwrap();
    sync_until_held(&first).unwrap();
    server.app.add_user("anna", Role::OperatorAdmin, city::OPERATOR, "correct-horse").unwrap();
    let anna = Visitor::log_in(&server.url(), "anna", "correct-horse").unwrap();
    let page = anna.page(&format!("/records/{record}/versions")).unwrap();
    for words in ["已作废", "签错了站点", "读数抄错", "王主任", "451.0"] {
        assert!(page.contains(words), "{words}");
    }
    let line = |tablet: &Tablet| {
        let view = tablet.call(&GetPoint { point: city::POINT.parse().unwrap() }).unwrap();
        view.records.into_iter().find(|line| line.id == record).unwrap()
    };
    assert!(line(&first).marks.is_void, "it stays visible, marked");
    until("mark on the other tablet", || {
        second.call(&SyncNow {})?;
        Ok(line(&second).marks.is_void.then_some(()))
    })
    .unwrap();

    let mut bytes = vec![];
    first.device().export(Selection::Visit { visit, log: None }, &mut bytes).unwrap();
    let report = check(&bytes[..], Some(server.app.public_key())).unwrap();
    assert_eq!((report.verdict, report.failure), (Verdict::Trusted, None));
}
