//! An inspection: what is due now is open, the rest is folded with its last date and its next one.

use leptos::prelude::*;
use stackside_core::form::{Check, FieldType, is_asked, is_due, item_of};

use super::draft::{Draft, Spot, dom_id};
use super::field::{Seat, complaint, draw, told};
use super::review::said;
use crate::components::field::CheckField;
use crate::components::icon::{Glyph, Icon};
use crate::texts;

/// An inspected item with its readings.
#[derive(Clone)]
struct Item {
    check: Spot,
    readings: Vec<Spot>,
    note: String,
}

/// The items of a section.
pub struct Inspection {
    due: Vec<Item>,
    later: Vec<Item>,
}

impl Inspection {
    /// The items among some fields, and the fields that belong to none; nothing without an item.
    pub fn new(draft: Draft, spots: &[Spot]) -> Option<(Self, Vec<Spot>)> {
        if spots.iter().all(|spot| spot.field.kind != FieldType::Check) {
            return None;
        }
        let (mut due, mut later, mut rest) = (Vec::new(), Vec::new(), Vec::<Spot>::new());
        for spot in spots.iter().filter(|spot| spot.field.kind == FieldType::Check) {
            let (note, is_due) = standing(draft, spot);
            let item = Item { check: spot.clone(), readings: readings_of(spot, spots), note };
            // What was answered before stays in sight.
            let is_answered = item.spots().any(|spot| !untrack(|| draft.text(&spot.key)).is_empty());
            if is_due || is_answered { due.push(item) } else { later.push(item) }
        }
        let is_free = |spot: &&Spot| {
            !due.iter().chain(&later).any(|item| item.spots().any(|mine| mine.key == spot.key))
        };
        rest.extend(spots.iter().filter(is_free).cloned());
        Some((Self { due, later }, rest))
    }
}

impl Item {
    fn spots(&self) -> impl Iterator<Item = &Spot> {
        [&self.check].into_iter().chain(&self.readings)
    }
}

/// Readings are named after their item: `gas.heat_temp.temp`.
fn readings_of(check: &Spot, spots: &[Spot]) -> Vec<Spot> {
    let stem = format!("{}.", check.field.id);
    let is_mine = |spot: &&Spot| spot.field.kind != FieldType::Check && spot.field.id.starts_with(&stem);
    spots.iter().filter(is_mine).cloned().collect()
}

/// The interval with the last date, and whether it is due now.
fn standing(draft: Draft, Spot { key, field }: &Spot) -> (String, bool) {
    let (last, begun_on) =
        draft.with_view(|view| (view.last_done.get(&item_of(key)).copied(), view.begun_on));
    let note = texts::cycle_and_last(field.every_days, last).unwrap_or_default();
    match (field.every_days, last) {
        (Some(days), Some(last)) if !is_due(days, Some(last), begun_on) => {
            let next = last.checked_add_days(chrono::Days::new(days.into()));
            (texts::and_next(&note, next), false)
        }
        _ => (note, true),
    }
}

/// Draws the items: due ones, the button for the rest of them, and what is not due yet.
pub fn draw_inspection(draft: Draft, Inspection { due, later }: Inspection) -> AnyView {
    let checks: Vec<Spot> = due.iter().map(|item| item.check.clone()).collect();
    let open = StoredValue::new(checks);
    let is_open = move |spot: &Spot| {
        draft
            .paper
            .answers
            .with(|answers| is_asked(&spot.field, &spot.key, answers) && answers.text(&spot.key).is_none())
    };
    let left = Memo::new(move |_| open.with_value(|spots| spots.iter().filter(|spot| is_open(spot)).count()));
    let all_normal = move |_| {
        open.with_value(|spots| {
            for spot in spots.iter().filter(|spot| untrack(|| is_open(spot))) {
                draft.put(&spot.key, Check::Ok.to_string());
            }
        });
    };
    let count = due.len();
    let none_due =
        due.is_empty().then(|| view! { <p class="items__none">{texts::NOTHING_DUE_HERE.get()}</p> });
    let folded = (!later.is_empty()).then(|| {
        let words = texts::not_due(later.len());
        view! {
            <details class="items__later">
                <summary>{words}</summary>
                {later.into_iter().map(|item| draw_item(draft, item)).collect_view()}
            </details>
        }
    });
    let tools = (!draft.is_signed() && count > 0).then(|| {
        view! {
            <div class="items__tools">
                <span class="num" role="status">{move || texts::items_done(count - left.get(), count)}</span>
                <button type="button" class="btn btn--soft" disabled=move || left.get() == 0 on:click=all_normal>
                    <Glyph icon=Icon::Check />
                    {texts::REST_NORMAL.get()}
                </button>
            </div>
        }
    });
    view! {
        <div class="items">
            {none_due}
            {due.into_iter().map(|item| draw_item(draft, item)).collect_view()}
            {tools}
            {folded}
        </div>
    }
    .into_any()
}

fn draw_item(draft: Draft, item: Item) -> impl IntoView {
    let Item { check, mut readings, note } = item;
    let said = said(draft, &check.key, None);
    if draft.is_signed() {
        readings.retain(|spot| !untrack(|| draft.text(&spot.key)).trim().is_empty());
    }
    let readings = (!readings.is_empty()).then(|| {
        let readings = readings.into_iter().map(|spot| draw(draft, spot, Seat::Plain)).collect_view();
        view! { <div class="fields items__readings">{readings}</div> }
    });
    view! {
        <div class="items__one">
            {match draft.is_signed() {
                true => draw_signed(draft, check, note).into_any(),
                false => draw_check(draft, check, note).into_any(),
            }}
            {said}
            {readings}
        </div>
    }
}

fn draw_check(draft: Draft, check: Spot, note: String) -> impl IntoView {
    let name = Seat::Plain.name(&check, false);
    let complaint = complaint(draft, &check);
    let key = check.key;
    let told = told(draft, &key);
    let value = Memo::new(move |_| draft.text(&key));
    view! { <CheckField name note value complaint told /> }
}

fn draw_signed(draft: Draft, check: Spot, note: String) -> impl IntoView {
    let label = texts::label(&check.field.label).to_owned();
    let id = dom_id(&check.key);
    let (text, look) = untrack(|| {
        let text = draft.shown_text(&check);
        let look = match Check::read(draft.text(&check.key).trim()) {
            Some(Check::Ok) => "items__found tone-ok",
            Some(Check::Bad(_)) => "items__found tone-bad",
            Some(Check::Impossible(_)) => "items__found tone-warn",
            None => "items__found tone-idle",
        };
        (if text.is_empty() { texts::NOT_INSPECTED.get().to_owned() } else { text }, look)
    });
    view! {
        <div class="items__signed" id=id>
            <span class="items__name">{label} <small class="num">{note}</small></span>
            <span class=look>{text}</span>
        </div>
    }
}
