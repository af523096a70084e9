//! 更正, 复核, 作废: what is done with signed records later, and what it leaves as it was.

use stackside_core::act::Act;
use stackside_core::command::*;
use stackside_core::due::Urgency;
use stackside_core::evidence::Entry;
use stackside_core::form::{AnswerError, Change, Origin};
use stackside_core::id::{RecordId, VisitId};
use stackside_core::judge::Outcome;
use stackside_core::record::RecordState;
use stackside_core::verify::Verdict;
use stackside_device::Handle;
use stackside_device::export::{Selection, check};

use super::world::{CODE, World, jpeg, point, strokes};

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
    fn correct(&self, record: RecordId) -> Result<RecordId, CommandError> {
        self.device.handle(CorrectRecord { record })
    }
    fn give_reason(&self, draft: RecordId, reason: &str) {
        self.device.handle(SaveReason { record: draft, reason: reason.into() }).unwrap();
    }
    pub fn sign_correction(&self, draft: RecordId) -> Result<(), CommandError> {
        self.device.handle(SignCorrection { record: draft, strokes: strokes() })
    }
    /// Corrects the zero reading.
    fn corrected(&self, record: RecordId, zero: &str) {
        let draft = self.correct(record).unwrap();
        self.save(draft, ZERO, zero).unwrap();
        self.give_reason(draft, "读数抄错");
        self.sign_correction(draft).unwrap();
    }
    fn void(&self, record: RecordId, reason: &str) -> Result<(), CommandError> {
        self.device.handle(VoidRecord { record, reason: reason.into(), strokes: strokes() })
    }
    fn countersign(&self, record: RecordId, name: &str) -> Result<(), CommandError> {
        self.device.handle(Countersign { record, field: None, name: name.into(), strokes: strokes() })
    }
    fn history(&self, record: RecordId) -> HistoryView {
        self.device.handle(GetHistory { record }).unwrap()
    }
    fn become_another(&self) {
        let (other, code) = ("P2".parse().unwrap(), CODE.into());
        self.device.handle(SetPin { person: other, code, pin: "112233".into() }).unwrap();
    }
    fn last_entry(&self) -> Entry {
        self.entries().pop().unwrap().1
    }
}

fn text(view: &RecordView, key: &str) -> Option<String> {
    view.answers.text(&key.parse().unwrap()).map(str::to_owned)
}

#[test]
fn a_correction_is_a_version_of_its_own_and_the_signed_one_stays_as_it_is() {
    let (world, visit, record) = signed();
    let before = world.record(record);
    let draft = world.correct(record).unwrap();
    assert_eq!(world.correct(record).unwrap(), draft, "the draft is found again");
    let view = world.record(draft);
    assert_eq!((view.line.state, view.answers == before.answers), (RecordState::Draft, true));
    assert_eq!(view.photos.len(), 1, "with its photos");
    let unchanged = || world.sign_correction(draft).unwrap_err();
    let why = AnswerError::ReasonMissing;
    assert_eq!(unchanged(), CommandError::Invalid { field: "reason".into(), why });
    world.give_reason(draft, "读数抄错");
    assert_eq!(unchanged(), CommandError::NothingChanged);
    // 7 of 200: out of control, judged while it is typed.
    world.save(draft, ZERO, "70").unwrap();
    assert_eq!(world.record(draft).line.verdict, Some(Outcome::OutOfControl));
    assert_eq!(world.record(record).answers, before.answers, "nobody sees it before it is signed");
    world.device.handle(SignOut { visit }).unwrap();
    world.sign_correction(draft).unwrap();

    let after = world.record(record);
    assert_eq!(text(&after, ZERO).as_deref(), Some("70"));
    assert_eq!((after.line.id, after.line.verdict), (record, Some(Outcome::OutOfControl)));
    assert_eq!((after.line.marks.version, after.line.marks.versions), (2, 2));
    let first = world.device.handle(GetVersion { record, number: 1 }).unwrap();
    assert_eq!((first.answers, first.verdicts), (before.answers, before.verdicts));
    assert_eq!((first.line.marks.version, first.photos.len()), (1, 1));

    let entries = world.entries();
    let signed = &entries.iter().find(|(header, _)| header.kind == "record_signed").unwrap().1;
    let Act::RecordCorrected(act) = world.last_entry().read_act().unwrap() else { panic!() };
    assert_eq!((act.version.hash, act.reason.as_str()), (signed.hash(), "读数抄错"));
    assert_eq!((act.content.record, act.content.visit), (record, Some(visit)));
    assert_eq!((act.content.photos.len(), act.content.verdicts), (1, after.verdicts));
    let photos = world.device.handle(GetVisit { visit }).unwrap().photos;
    assert_eq!(photos.len(), 1, "the visit shows each photo once");
}

#[test]
fn the_history_says_what_changed_who_when_and_why() {
    let (world, _, record) = signed();
    world.corrected(record, "2");
    let draft = world.correct(record).unwrap();
    world.save(draft, "footer/remark", "复测").unwrap();
    world.photo(None, Some(draft), Some("site"), &jpeg(30, 20)).unwrap();
    world.give_reason(draft, "补照片");
    world.sign_correction(draft).unwrap();
    let Act::RecordCorrected(act) = world.last_entry().read_act().unwrap() else { panic!() };
    assert_eq!(act.content.photos.len(), 2);
    let history = world.history(record);
    let [third, second, first] = &history.versions[..] else { panic!("{:?}", history.versions) };
    assert_eq!((first.number, &first.reason, first.differences.len()), (1, &None, 0));
    assert_eq!((second.reason.as_deref(), second.stamp.person_name.as_str()), (Some("读数抄错"), "张三"));
    assert_eq!((second.stamp.is_proven, second.photos_added), (false, 0));
    let changed = |key: &str| second.differences.iter().find(|found| found.key.to_string() == key).unwrap();
    let zero = changed(ZERO);
    assert_eq!(
        (zero.change, zero.old.as_deref(), zero.new.as_deref()),
        (Change::Answer, Some("1"), Some("2"))
    );
    assert_eq!(
        changed("analyser/I-SO2/zero.drift").new.as_deref(),
        Some("+1.00"),
        "and what follows from it"
    );
    assert_eq!((third.differences.len(), third.photos_added), (1, 1));
    assert_eq!((history.is_own, history.form.is_some(), history.line.marks.versions), (true, true, 3));
}

#[test]
fn a_correction_that_was_begun_survives_a_kill_and_leaves_nothing_when_it_is_discarded() {
    let (world, visit, record) = signed();
    let before = world.record(record);
    let draft = world.correct(record).unwrap();
    world.save(draft, ZERO, "2").unwrap();
    world.give_reason(draft, "读数");
    world.photo(None, Some(draft), Some("site"), &jpeg(30, 20)).unwrap();
    let world = world.after_a_kill();
    world.unlock();
    let view = world.record(draft);
    let correction = view.correction.clone().unwrap();
    assert_eq!((text(&view, ZERO).as_deref(), correction.reason.as_str()), (Some("2"), "读数"));
    assert_eq!((correction.of, correction.signed == before.answers), (record, true));
    assert_eq!(world.record(record).line.marks.correction, Some(draft));
    assert_eq!(world.sign(visit, &[draft]).unwrap_err(), CommandError::NotFound { what: "record".into() });
    let own = world.open_record(visit);
    assert_ne!(own, draft, "a further record of the form is another thing");
    world.device.handle(DiscardCorrection { record: draft }).unwrap();
    let after = world.record(record);
    assert_eq!((after.line.marks.correction, after.photos.len()), (None, 1));
    assert_eq!(after.answers, before.answers);
    assert_eq!(
        world.device.handle(DiscardCorrection { record: own }).unwrap_err(),
        CommandError::NotFound { what: "record".into() }
    );
    let kinds = world.kinds();
    assert!(kinds.iter().all(|kind| kind != "record_corrected"));
    assert_eq!(
        kinds.iter().filter(|kind| *kind == "photo_taken").count(),
        2,
        "the photo was taken all the same"
    );
}

#[test]
fn a_second_person_signs_one_version_and_a_correction_is_not_covered() {
    let (world, _, record) = signed();
    assert_eq!(world.history(record).roles.len(), 1);
    assert_eq!(world.countersign(record, "张三").unwrap_err(), CommandError::SameSigner);
    let nobody = CommandError::Invalid { field: "name".into(), why: AnswerError::Missing };
    assert_eq!(world.countersign(record, " ").unwrap_err(), nobody);
    world.become_another();
    world.countersign(record, "李四").unwrap();
    assert_eq!(world.countersign(record, "李四").unwrap_err(), CommandError::Closed, "once in each role");
    let Act::Countersigned(act) = world.last_entry().read_act().unwrap() else { panic!() };
    assert_eq!(
        (act.person.unwrap().as_str(), act.name.as_str(), act.role.zh.as_str()),
        ("P2", "李四", "复核")
    );
    let entries = world.entries();
    let signed = entries.iter().find(|(header, _)| header.kind == "record_signed").unwrap();
    assert_eq!((act.version.hash, act.version.seq), (signed.1.hash(), signed.0.seq));
    assert!(world.record(record).line.marks.is_countersigned);
    assert_eq!(world.correct(record).unwrap_err(), CommandError::NotFound { what: "record".into() });
    assert!(!world.history(record).is_own, "who signed it corrects it");

    world.unlock();
    world.corrected(record, "2");
    assert!(!world.record(record).line.marks.is_countersigned, "nobody has signed the new version");
    let history = world.history(record);
    let counted: Vec<usize> =
        history.versions.iter().map(|version| version.countersignatures.len()).collect();
    assert_eq!((counted, history.roles.len()), (vec![0, 1], 1));
    assert!(history.versions[1].countersignatures[0].is_by_pin);
    world.countersign(record, "王主任").unwrap();
    let line = &world.history(record).versions[0].countersignatures[0];
    assert_eq!(
        (line.is_by_pin, line.stamp.person_name.as_str()),
        (false, "张三"),
        "the tablet was handed over"
    );
}

#[test]
fn signature_fields_that_were_left_empty_are_the_roles() {
    let world = World::unlocked();
    let visit = world.sign_in();
    let record = world.open(Workplace::Visit(visit), "HJ75-G1").unwrap();
    super::filler::fill(&world, record);
    world.sign(visit, &[record]).unwrap();
    let view = world.record(record);
    let signed = view.answers.text(&"footer/chief_sign".parse().unwrap()).is_some();
    let roles = world.history(record).roles;
    assert_eq!(roles.is_empty(), signed, "{roles:?}");
    for role in roles {
        let sign = |field| {
            let (name, strokes) = ("王主任".to_owned(), strokes());
            world.device.handle(Countersign { record, field, name, strokes })
        };
        assert_eq!(sign(None).unwrap_err(), CommandError::Closed, "the form names its signers");
        assert_eq!(role.label.zh, "负责人签名");
        sign(role.field).unwrap();
    }
    assert!(world.history(record).roles.is_empty());
}

#[test]
fn a_void_record_stays_visible_and_counts_no_more() {
    let (world, visit, first) = signed();
    world.pass(3_600);
    let second = world.open_record(visit);
    world.fill(visit, second);
    world.save(second, "footer/cal_end", "2026-11-23 15:05").unwrap();
    world.save_because(second, "analyser/I-SO2/span.after", "158", None).unwrap();
    world.sign(visit, &[second]).unwrap();
    let last_after = || {
        let draft = world.open_record(visit);
        let key = "analyser/I-SO2/span.last_after".parse().unwrap();
        let answer = world.record(draft).answers.0[&key].clone();
        // The draft is only looked at.
        world
            .database()
            .execute_batch(&format!(
                "DELETE FROM answer WHERE record = '{draft}'; DELETE FROM record WHERE id = '{draft}';
                DELETE FROM listed WHERE record = '{draft}'"
            ))
            .unwrap();
        (answer.text, answer.origin)
    };
    assert_eq!(last_after(), ("158".into(), Origin::Last { record: second }));
    let draft = world.correct(second).unwrap();
    let why = AnswerError::ReasonMissing;
    assert_eq!(world.void(second, " ").unwrap_err(), CommandError::Invalid { field: "reason".into(), why });
    world.void(second, "测错了仪器").unwrap();
    assert_eq!(last_after(), ("160".into(), Origin::Last { record: first }), "the one before counts again");
    let missing = CommandError::NotFound { what: "record".into() };
    assert_eq!(
        world.device.handle(GetRecord { record: draft }).unwrap_err(),
        missing,
        "its correction is gone"
    );
    for refused in
        [world.void(second, "x"), world.correct(second).map(drop), world.countersign(second, "李四")]
    {
        assert_eq!(refused.unwrap_err(), CommandError::Closed);
    }
    let view = world.record(second);
    let voided = view.voided.unwrap();
    assert_eq!(
        (voided.reason.as_str(), voided.is_of_visit, view.line.marks.is_void),
        ("测错了仪器", false, true)
    );
    let lines = world.device.handle(GetRecords { search: String::new(), page: 0 }).unwrap().records;
    assert_eq!(lines.iter().filter(|line| line.marks.is_void).count(), 1);
    assert_eq!(world.duty("HJ75-G4").due.urgency, Urgency::Later);
    world.void(first, "也错了").unwrap();
    assert_eq!(world.duty("HJ75-G4").due.urgency, Urgency::NeverDone, "as if nothing was done");
}

#[test]
fn a_corrected_record_counts_from_the_day_of_the_work_by_what_it_says_now() {
    let (world, visit, record) = signed();
    let end = world.duty("HJ75-G4").due.due;
    world.pass(2 * 86_400);
    let draft = world.correct(record).unwrap();
    world.save(draft, "analyser/I-SO2/span.after", "161").unwrap();
    world.give_reason(draft, "读数抄错");
    world.sign_correction(draft).unwrap();
    assert_eq!(world.duty("HJ75-G4").due.due, end, "the work was not done again");
    let next = world.open_record(visit);
    let answer = world.record(next).answers.0[&"analyser/I-SO2/span.last_after".parse().unwrap()].clone();
    assert_eq!((answer.text.as_str(), answer.origin), ("161", Origin::Last { record }));
}

#[test]
fn a_void_visit_takes_its_records_with_it() {
    let (world, visit, record) = signed();
    let void = || {
        let reason = "签错了站点".to_owned();
        world.device.handle(VoidVisit { visit, reason, strokes: strokes() })
    };
    assert_eq!(void().unwrap_err(), CommandError::VisitOpen { visit });
    world.device.handle(SignOut { visit }).unwrap();
    void().unwrap();
    assert_eq!(void().unwrap_err(), CommandError::Closed);
    let view = world.device.handle(GetVisit { visit }).unwrap();
    assert!(view.voided.is_some_and(|voided| voided.is_of_visit) && view.records[0].marks.is_void);
    assert!(world.record(record).voided.unwrap().is_of_visit);
    assert_eq!(world.correct(record).unwrap_err(), CommandError::Closed);
    assert_eq!(world.duty("HJ75-G4").due.urgency, Urgency::NeverDone);
    assert_eq!(
        world.device.handle(GetPoint { point: point() }).unwrap().records.len(),
        1,
        "it stays visible"
    );
    let Act::Voided(act) = world.last_entry().read_act().unwrap() else { panic!() };
    let sign_in = world.entries().into_iter().find(|(header, _)| header.kind == "signed_in").unwrap().1;
    assert_eq!((act.version.hash, act.visit, act.record), (sign_in.hash(), Some(visit), None));
}

#[test]
fn the_export_of_a_visit_has_what_was_done_with_its_records_later() {
    let (world, visit, record) = signed();
    world.device.handle(SignOut { visit }).unwrap();
    let other = world.sign_in();
    world.corrected(record, "2");
    world.countersign(record, "王主任").unwrap();
    world.photo(Some(other), None, None, &jpeg(30, 20)).unwrap();
    world.void(record, "测错了仪器").unwrap();
    world.until_all_is_held();
    let mut bytes = vec![];
    let exported = world.device.export(Selection::Visit { visit, log: None }, &mut bytes).unwrap();
    let kinds: Vec<String> = world.kinds();
    let named = exported.manifest.bodies.iter().map(|seq| kinds[*seq as usize - 1].as_str());
    assert_eq!(
        named.collect::<Vec<_>>(),
        [
            "enrolled",
            "signed_in",
            "photo_taken",
            "record_signed",
            "signed_out",
            "record_corrected",
            "countersigned",
            "voided"
        ]
    );
    let report = check(&bytes[..], Some(&super::server::public())).unwrap();
    assert_eq!((report.verdict, report.failure), (Verdict::Trusted, None));
    assert!(world.server.ask(|script| !script.files.is_empty()));
}

#[test]
fn what_other_tablets_did_comes_down_with_their_records() {
    let (maker, _, record) = signed();
    let mut row = maker.signed_records("2026-11-22T06:00:00Z").remove(0);
    let reader = World::unlocked();
    let bring = |row: &stackside_core::wire::RecordElsewhere| {
        reader.bring(vec![serde_json::json!({"kind": "record", "row": row})]);
    };
    bring(&row);
    assert_eq!(reader.record(record).line.marks.versions, 1);
    let later = |maker: &World| -> Vec<Entry> {
        let entries = maker.entries().into_iter();
        let is_later = |kind: &str| ["record_corrected", "countersigned", "voided"].contains(&kind);
        entries.filter(|(header, _)| is_later(&header.kind)).map(|(_, entry)| entry).collect()
    };
    maker.corrected(record, "2");
    row.later = later(&maker);
    bring(&row);
    let view = reader.record(record);
    assert_eq!((text(&view, ZERO).as_deref(), view.line.marks.versions), (Some("2"), 2));
    let first = reader.device.handle(GetVersion { record, number: 1 }).unwrap();
    assert_eq!(text(&first, ZERO).as_deref(), Some("1"), "the first stays within reach");
    assert_eq!(reader.duty("HJ75-G4").due.urgency, Urgency::Later);

    // The one who is responsible has a tablet of their own.
    reader.become_another();
    reader.countersign(record, "李四").unwrap();
    assert!(reader.record(record).line.marks.is_countersigned);
    let Act::Countersigned(act) = reader.last_entry().read_act().unwrap() else { panic!() };
    assert_eq!(act.version.hash, later(&maker)[0].hash());
    row.later.push(reader.last_entry());
    bring(&row);
    let history = reader.history(record);
    assert_eq!(history.versions[0].countersignatures.len(), 1, "once, though it came back from the server");

    maker.void(record, "测错了仪器").unwrap();
    row.later.push(later(&maker).pop().unwrap());
    bring(&row);
    assert!(reader.record(record).line.marks.is_void);
    assert_eq!(reader.duty("HJ75-G4").due.urgency, Urgency::NeverDone);
    assert_eq!(reader.history(record).voided.unwrap().reason, "测错了仪器");
}
