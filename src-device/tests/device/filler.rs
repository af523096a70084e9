//! Fills any form: looks at what stands in the way of signing, and mends it, until nothing does.

use rust_decimal::Decimal;
use stackside_core::clock::{shanghai_date, shown_time};
use stackside_core::command::*;
use stackside_core::form::{
    AnswerError, AnswerKey, Block, Bounds, Field, FieldType, Origin, Problem, Site, blocks, check,
};
use stackside_core::id::RecordId;
use stackside_core::judge::{self, judge};
use stackside_device::Handle;
use stackside_device::clock::Clock;

use super::world::{PDF, World, jpeg, strokes};

/// More rounds than any form takes: each mends all that is in the way at its start.
const MOST_ROUNDS: usize = 60;

/// What the screen finds in the way of signing, from the view alone.
pub fn problems(world: &World, view: &RecordView) -> Vec<Problem> {
    let photo_slots: Vec<String> = view.photos.iter().filter_map(|photo| photo.slot.clone()).collect();
    let site = Site {
        instruments: &view.instruments,
        bottles: &view.bottles,
        last_done: &view.last_done,
        begun_on: view.begun_on,
        photo_slots: &photo_slots,
        now: world.clock.wall().to_utc(),
    };
    let mut problems = check(&view.form, &view.answers, &site);
    let judgement = judge(&view.form, &view.answers, &view.instruments, &view.rulebook);
    problems.extend(judge::problems(&judgement.verdicts));
    problems
}

/// Fills what must be filled.
pub fn fill(world: &World, record: RecordId) {
    let mut left = vec![];
    for _ in 0..MOST_ROUNDS {
        let view = world.record(record);
        let found = problems(world, &view);
        if found.is_empty() {
            return;
        }
        for problem in &found {
            mend(world, &view, problem);
        }
        left = found;
    }
    panic!("{left:?}");
}

fn mend(world: &World, view: &RecordView, problem: &Problem) {
    let record = view.line.id;
    let Problem { key, error } = problem;
    if key.section == "photo" {
        world.photo(None, Some(record), Some(&key.field), &jpeg(40, 30)).unwrap();
        return;
    }
    let blocks = blocks(&view.form, &view.instruments);
    let block = blocks.iter().find(|block| match error {
        AnswerError::NoBlock => block.section.id == key.section,
        _ => block.holds(key),
    });
    let block = block.unwrap_or_else(|| panic!("{key} {error:?}"));
    match error {
        AnswerError::NoBlock => type_into(world, view, block, None),
        AnswerError::TooFewLines { .. } => type_into(world, view, block, key.line),
        _ => {
            let field = block.field_of(key).unwrap_or_else(|| panic!("{key} {error:?}"));
            answer(world, view, key, field, *error == AnswerError::ZeroReference);
        }
    }
}

/// Types into the first empty field or column of a block: now it was worked on.
fn type_into(world: &World, view: &RecordView, block: &Block<'_>, line: Option<u16>) {
    let given = [FieldType::Computed, FieldType::Photo, FieldType::File, FieldType::Signature];
    let fields: Vec<&Field> =
        if line.is_some() { block.columns().collect() } else { block.fields().collect() };
    let key = |field: &Field| {
        let key = block.key(&field.id);
        line.map_or(key.clone(), |line| key.in_line(line))
    };
    let is_open = |field: &&Field| !given.contains(&field.kind) && view.answers.text(&key(field)).is_none();
    match fields.into_iter().find(is_open) {
        Some(field) => answer(world, view, &key(field), field, false),
        // The section has but a table: its first line is a beginning.
        None => {
            assert!(line.is_none(), "{} has no empty field", block.section.id);
            type_into(world, view, block, Some(1));
        }
    }
}

fn answer(world: &World, view: &RecordView, key: &AnswerKey, field: &Field, other: bool) {
    let record = view.line.id;
    match field.kind {
        FieldType::Photo => {
            world.photo(None, Some(record), Some(&key.to_string()), &jpeg(40, 30)).unwrap();
        }
        FieldType::File => drop(world.document(record, &key.to_string(), PDF).unwrap()),
        FieldType::Signature => {
            let command = KeepSignature { record, key: key.clone(), strokes: strokes() };
            world.device.handle(command).unwrap();
        }
        _ => {
            let before = view.answers.0.get(key).map(|answer| &answer.origin);
            let is_given = matches!(before, Some(Origin::Register | Origin::Last { .. }));
            let text = if other { "7".to_owned() } else { value(world, view, key, field) };
            world.save_because(record, &key.to_string(), &text, is_given.then_some("现场")).unwrap();
        }
    }
}

/// A value that the field takes.
fn value(world: &World, view: &RecordView, key: &AnswerKey, field: &Field) -> String {
    let now = world.clock.wall().to_utc();
    match field.kind {
        FieldType::Decimal | FieldType::Integer => number(view, key, field).normalize().to_string(),
        FieldType::Date => shanghai_date(now).to_string(),
        FieldType::Time => "14:05".into(),
        FieldType::DateTime => shown_time(now),
        FieldType::YesNo => "yes".into(),
        FieldType::Check => "ok".into(),
        FieldType::Choice | FieldType::Choices => field.choices[0].value.clone(),
        FieldType::Instrument => view.instruments[0].id.to_string(),
        FieldType::Bottle => view.bottles[0].id.to_string(),
        FieldType::Person => view.people[0].clone(),
        _ => "演示".into(),
    }
}

fn number(view: &RecordView, key: &AnswerKey, field: &Field) -> Decimal {
    let ends = field.bounds.as_ref().and_then(|bounds| bounds.ends(key, &view.answers));
    let one = Decimal::ONE;
    match (ends, &field.bounds) {
        // Off the middle, which may be a zero.
        (Some((low, high)), _) => (low + (high - low) * Decimal::new(6, 1)).trunc().clamp(low, high),
        (None, Some(Bounds::Above(other))) => {
            view.answers.number(&key.sibling(other)).unwrap_or_default() + one
        }
        _ => Decimal::from(10),
    }
}
