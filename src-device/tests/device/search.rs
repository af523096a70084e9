//! 台账: the list of all records, and the search in it.

use stackside_core::command::*;
use stackside_core::form::FieldType;
use stackside_core::id::RecordId;
use stackside_device::Handle;

use super::filler::fill;
use super::world::{CODE, World, point};

fn found(world: &World, search: &str) -> Vec<RecordId> {
    let page = world.device.handle(GetRecords { search: search.into(), page: 0 }).unwrap();
    assert_eq!(page.total, page.records.len() as u64, "{search}");
    page.records.iter().map(|line| line.id).collect()
}

#[test]
fn any_chinese_word_in_point_form_or_answers_finds_a_draft_and_the_signed_record() {
    let world = World::unlocked();
    let visit = world.sign_in();
    let record = world.open_record(visit);
    world.fill(visit, record);
    world.save(record, "footer/remark", "更换采样滤芯后校准，读数 Stable。").unwrap();
    let other = world.open(Workplace::Point(point()), "OM-FAULT").unwrap();
    for state in ["draft", "signed"] {
        for word in ["滤芯", "滤芯后校", "烟囱 滤芯", "热电厂 stab", "读数", "stable", "零点 滤", " 漂移 "]
        {
            assert_eq!(found(&world, word), [record], "{word}, {state}");
        }
        for word in ["滤网", "芯滤", "滤芯 水泵", "#", "\"", "滤芯 \" OR 烟囱", "able x"] {
            assert_eq!(found(&world, word), [], "{word}, {state}");
        }
        assert_eq!(found(&world, "烟囱"), found(&world, ""), "{state}");
        if state == "draft" {
            world.sign(visit, &[record]).unwrap();
        }
    }
    assert_eq!(found(&world, "烟囱").len(), 2);
    let colleague = "P2".parse().unwrap();
    world.device.handle(SetPin { person: colleague, code: CODE.into(), pin: "112233".into() }).unwrap();
    assert_eq!(found(&world, "烟囱"), [record], "not {other}: a draft is its writer's");
    assert_eq!(found(&world, ""), [record]);
}

#[test]
fn a_choice_is_found_by_the_words_that_the_screen_shows() {
    let world = World::unlocked();
    let place = Workplace::Point(point());
    let record = world.open(place.clone(), "OM-FAULT").unwrap();
    fill(&world, record);
    let draft = world.record(record);
    let chosen: Vec<String> = draft
        .answers
        .0
        .iter()
        .filter_map(|(key, answer)| {
            let field = draft.form.field_of(key).filter(|field| field.kind == FieldType::Choice)?;
            Some(field.choices.iter().find(|choice| choice.value == answer.text)?.label.zh.clone())
        })
        .collect();
    assert!(!chosen.is_empty());
    world.sign_at(place, &[record]).unwrap();
    for words in chosen {
        assert_eq!(found(&world, &words), [record], "{words}");
    }
}

#[test]
fn records_from_elsewhere_are_found_and_leave_the_list_with_their_register() {
    let maker = World::unlocked();
    let visit = maker.sign_in();
    let record = maker.open_record(visit);
    maker.fill(visit, record);
    maker.save(record, "footer/remark", "更换采样滤芯").unwrap();
    maker.sign(visit, &[record]).unwrap();
    let rows = maker.signed_records("2026-11-20T01:00:00Z");

    let world = World::unlocked();
    world.bring(rows.iter().map(|row| serde_json::json!({"kind": "record", "row": row})).collect());
    let own = world.open(Workplace::Point(point()), "OM-FAULT").unwrap();
    assert_eq!(found(&world, "烟囱"), [own, record]);
    assert_eq!(found(&world, "滤芯"), [record]);
    world.server.tell(|script| drop(script.changes.pop()));
    world.enrol();
    world.unlock();
    assert_eq!(found(&world, ""), [own]);
    assert_eq!(found(&world, "滤芯"), []);
}
