//! Desk work: records at a point, without a visit and without a claim of presence.

use stackside_core::act::Act;
use stackside_core::command::*;
use stackside_core::form::AnswerError;
use stackside_core::hash::Hash;
use stackside_core::photo::DOCUMENT_TYPE;
use stackside_core::record::RecordState;
use stackside_device::Handle;

use super::filler::fill;
use super::world::{CODE, PDF, World, jpeg, point, strokes};

fn desk() -> Workplace {
    Workplace::Point(point())
}

#[test]
fn desk_work_needs_no_visit_and_claims_no_presence() {
    let world = World::unlocked();
    let record = world.open(desk(), "OM-FAULT").unwrap();
    assert_eq!(world.open(desk(), "OM-FAULT").unwrap(), record, "the draft is found again");
    fill(&world, record);
    world.sign_at(desk(), &[record]).unwrap();
    let line = world.record(record).line;
    assert_eq!((line.visit, line.state, line.point), (None, RecordState::Signed, point()));
    assert_eq!((line.point_name.as_str(), line.discharger_name.as_str()), ("1# 烟囱", "演示热电厂"));
    let (_, entry) = world.entries().pop().unwrap();
    let Act::RecordSigned(act) = entry.read_act().unwrap() else { panic!() };
    assert_eq!((act.visit, act.record), (None, record));
    assert!(world.kinds().iter().all(|kind| kind != "signed_in"));
    world.until_all_is_held();
    let found = world.device.handle(GetRecords { search: "烟囱".into(), page: 0 }).unwrap();
    assert_eq!((found.total, found.records[0].id, found.records[0].visit), (1, record, None));
    let items = world.sync().items;
    let is_it = |item: &SyncItem| matches!(&item.what, SyncSubject::Entry { kind, title: Some(_), .. } if kind == "record_signed");
    assert!(items.iter().any(|item| is_it(item) && item.point_name.as_deref() == Some("1# 烟囱")));
    assert_ne!(world.open(desk(), "OM-FAULT").unwrap(), record, "a new draft once that is signed");
}

#[test]
fn each_place_has_its_own_draft_and_takes_only_its_own_records() {
    let world = World::unlocked();
    let not_found = |what: &str| CommandError::NotFound { what: what.into() };
    assert_eq!(world.open(desk(), "HJ75-G4").unwrap_err(), not_found("visit"), "on site only");
    assert_eq!(world.open(desk(), "HJ355-A").unwrap_err(), not_found("form"), "not at a stack");
    let at_desk = world.open(desk(), "OM-FAULT").unwrap();
    let visit = world.sign_in();
    let on_site = world.open(Workplace::Visit(visit), "OM-FAULT").unwrap();
    assert_ne!(at_desk, on_site);
    assert_eq!(world.sign(visit, &[at_desk]).unwrap_err(), not_found("record"));
    assert_eq!(world.sign_at(desk(), &[on_site]).unwrap_err(), not_found("record"));
    let offered = world.device.handle(GetPoint { point: point() }).unwrap().forms;
    assert!(offered.iter().any(|form| form.code.as_str() == "OM-FAULT"));
    assert!(offered.iter().all(|form| form.code.as_str() != "HJ75-G4"));
    let view = world.device.handle(GetVisit { visit }).unwrap();
    assert_eq!(view.records.len(), 1, "the desk's draft does not hold the visit up");
    assert!(view.forms.iter().any(|form| form.code.as_str() == "OM-FAULT"));
    let other = "P2".parse().unwrap();
    world.device.handle(SetPin { person: other, code: CODE.into(), pin: "112233".into() }).unwrap();
    assert_ne!(world.open(desk(), "OM-FAULT").unwrap(), at_desk, "drafts are kept apart");
    assert_eq!(world.device.handle(GetRecord { record: at_desk }).unwrap_err(), not_found("record"));
}

#[test]
fn a_document_and_a_second_signature_are_answers_and_travel_with_the_record() {
    let world = World::unlocked();
    let record = world.open(desk(), "OM-FAULT").unwrap();
    let view = world.record(record);
    let key_of = |kind| {
        let of = |section: &stackside_core::form::Section| {
            let field = section.fields.iter().find(|field| field.kind == kind)?;
            Some(format!("{}/{}", section.id, field.id))
        };
        view.form.sections.iter().find_map(of).unwrap()
    };
    use stackside_core::form::FieldType::{File, Signature, Text};
    let (file, signature) = (key_of(File), key_of(Signature));
    for (key, bytes, want, why) in [
        (&file, &jpeg(20, 20)[..], CommandError::NotAPhoto, "a photo"),
        (&file, b"PDF-1.7", CommandError::NotAPhoto, "another format"),
        (
            &signature,
            PDF,
            CommandError::Invalid { field: "slot".into(), why: AnswerError::NoSuchField },
            "field",
        ),
        (
            &key_of(Text),
            PDF,
            CommandError::Invalid { field: "slot".into(), why: AnswerError::NoSuchField },
            "text",
        ),
    ] {
        assert_eq!(world.document(record, key, bytes).unwrap_err(), want, "{why}");
    }
    for key in [&file, &signature] {
        let typed = world.save(record, key, "abc 1").unwrap_err();
        assert_eq!(typed, CommandError::Invalid { field: key.clone(), why: AnswerError::NotAFile });
    }
    let line = world.document(record, &file, PDF).unwrap();
    assert_eq!((line.slot.as_deref(), line.slot_label.is_some()), (Some(file.as_str()), true));
    let answer = world.record(record).answers.0[&file.parse().unwrap()].clone();
    assert_eq!(answer.text, format!("{} {} 报告 1.pdf", Hash::of(PDF), PDF.len()));
    let keep = |key: &str, strokes| {
        world.device.handle(KeepSignature { record, key: key.parse().unwrap(), strokes })
    };
    let empty = stackside_core::act::Strokes { strokes: vec![], ..strokes() };
    assert_eq!(keep(&signature, empty).unwrap_err(), CommandError::EmptySignature);
    assert!(matches!(keep(&file, strokes()), Err(CommandError::Invalid { .. })));
    keep(&signature, strokes()).unwrap();
    fill(&world, record);
    world.sign_at(desk(), &[record]).unwrap();
    let (_, entry) = world.entries().pop().unwrap();
    let Act::RecordSigned(act) = entry.read_act().unwrap() else { panic!() };
    let types: Vec<&str> = act.files.iter().map(|file| file.media_type.as_str()).collect();
    assert!(types.contains(&DOCUMENT_TYPE) && types.contains(&"application/json"), "{types:?}");
    world.until_all_is_held();
    assert!(world.server.ask(|script| script.files[&Hash::of(PDF)] == PDF));
}
