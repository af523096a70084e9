//! One block: its facts from the register, its other fields, what is judged, its table.

use std::sync::Arc;

use leptos::prelude::*;
use stackside_core::form::{Block, FieldType};

use super::draft::{Draft, Part, Spot};
use super::field::{Seat, draw};
use super::inspection::{Inspection, draw_inspection};
use super::judged::{Judged, draw_judged, replaced_lines};
use super::lines::Lines;
use super::outline::block_title;
use super::saves::SaveState;
use crate::components::icon::{Glyph, Icon};
use crate::texts;

/// A row of the block.
enum Row {
    /// The name of a group.
    Title(String),
    /// What the register says: small, for it is seldom touched.
    Facts(Vec<Spot>),
    /// Fields one beside the other.
    Fields(Vec<Spot>),
    /// Inspected items.
    Items(Inspection),
    /// A judged group.
    Judged(Judged),
    /// The table.
    Lines,
    /// Nothing: nobody worked on it.
    Empty,
}

/// A block as a card.
#[component]
pub fn BlockCard(draft: Draft, index: usize) -> impl IntoView {
    let made = draft.block(index, |block| {
        let model = block.instrument.map(|i| i.model.clone()).filter(|model| !model.is_empty());
        let is_empty =
            draft.is_signed() && !draft.paper.answers.with_untracked(|answers| block.is_worked_on(answers));
        (block_title(block), model, if is_empty { vec![Row::Empty] } else { rows(draft, block) })
    });
    let (title, model, rows) = made.unwrap_or_default();
    let has_pad = draft.has_numbers(Part::Block(index));
    let note = draft.is_signed().then(|| {
        let line = draft.view().line.clone();
        let words = texts::signed_by(&line.person_name, &texts::short_time(line.at));
        view! {
            <p class="block__note tone-ok">
                <Glyph icon=Icon::Lock />
                <span>{words} " " {texts::SIGNED_NOTE.get()}</span>
            </p>
        }
    });
    let name = title.clone();
    view! {
        <section class="card block" aria-label=name>
            <div class="card__head">
                <h2>{title}</h2>
                {model.map(|model| view! { <span class="pill num">{model}</span> })}
                <SaveLine draft />
            </div>
            {note}
            {rows.into_iter().map(|row| draw_row(draft, index, row)).collect_view()}
            {move || replaced_lines(draft, index)}
            {(!has_pad && !draft.is_signed()).then(|| {
                view! {
                    <div class="block__next">
                        <button type="button" class="btn btn--main btn--big" on:click=move |_| draft.go_on()>{texts::NEXT.get()}</button>
                    </div>
                }
            })}
        </section>
    }
}

/// Whether all is in the store, and another try if not.
#[component]
pub fn SaveLine(draft: Draft) -> impl IntoView {
    if draft.is_signed() {
        return ().into_any();
    }
    view! {
        <span class="end saving" role="status" aria-live="polite">
            {move || match draft.state.get() {
                SaveState::Saved => view! { <span class="saving__done">{texts::SAVED.get()}</span> }.into_any(),
                SaveState::Saving => view! { <span>{texts::SAVING.get()}</span> }.into_any(),
                SaveState::Failed(error) => {
                    view! {
                        <span class="saving__failed">
                            <Glyph icon=Icon::Warn />
                            <span>{texts::NOT_SAVED.get()}<small>{texts::command_error(&error)}</small></span>
                        </span>
                        <button type="button" class="btn" on:click=move |_| draft.retry()>{texts::RETRY.get()}</button>
                    }
                    .into_any()
                }
            }}
        </span>
    }
    .into_any()
}

fn rows(draft: Draft, block: &Block<'_>) -> Vec<Row> {
    let section = block.section;
    let spots: Vec<Spot> = block
        .fields()
        .map(|field| Spot { key: block.key(&field.id), field: Arc::new(field.clone()) })
        .collect();
    let (mut rows, mut under) = (Vec::new(), Vec::new());
    for group in &section.groups {
        let mine: Vec<Spot> =
            spots.iter().filter(|spot| spot.field.group.as_ref() == Some(&group.id)).cloned().collect();
        let judge = section.judges.iter().find(|judge| judge.group == group.id && block.has_group(&group.id));
        match judge {
            Some(judge) => {
                let judged = Judged::new(draft, block, group, judge, mine);
                let place = if judged.is_of_lines { &mut under } else { &mut rows };
                place.push(Row::Judged(judged));
            }
            None if mine.is_empty() => (),
            None => {
                // The first box speaks for itself.
                if group.id != "setup" {
                    rows.push(Row::Title(texts::label(&group.label).to_owned()));
                }
                rows.extend(plain(draft, mine));
            }
        }
    }
    let alone: Vec<Spot> = spots.into_iter().filter(|spot| spot.field.group.is_none()).collect();
    match Inspection::new(draft, &alone) {
        Some((inspection, rest)) => {
            rows.push(Row::Items(inspection));
            rows.push(Row::Fields(rest));
        }
        None if draft.is_signed() => rows.extend(plain(draft, alone)),
        None => rows.push(Row::Fields(alone)),
    }
    if section.lines.is_some() {
        rows.push(Row::Lines);
    }
    rows.extend(under);
    rows.retain(|row| !matches!(row, Row::Facts(spots) | Row::Fields(spots) if spots.is_empty()));
    rows
}

/// Known values small, the rest as fields. Photos want room in a signed record too.
fn plain(draft: Draft, spots: Vec<Spot>) -> [Row; 2] {
    let is_fact =
        |spot: &Spot| spot.field.kind != FieldType::Photo && (draft.is_signed() || draft.is_given(&spot.key));
    let (facts, fields) = spots.into_iter().partition(is_fact);
    [Row::Facts(facts), Row::Fields(fields)]
}

fn draw_row(draft: Draft, index: usize, row: Row) -> AnyView {
    let all = |spots: Vec<Spot>| draw_all(draft, spots);
    match row {
        Row::Title(title) => view! { <h3 class="block__title">{title}</h3> }.into_any(),
        Row::Facts(spots) => {
            let class = if spots.len() < 4 { "facts-row facts-row--few" } else { "facts-row" };
            view! { <div class=class>{all(spots)}</div> }.into_any()
        }
        Row::Fields(spots) => view! { <div class="fields">{all(spots)}</div> }.into_any(),
        Row::Items(inspection) => draw_inspection(draft, inspection),
        Row::Judged(judged) => draw_judged(draft, judged),
        Row::Lines => view! { <Lines draft index /> }.into_any(),
        Row::Empty => view! { <p class="block__empty">{texts::NOT_WORKED_ON.get()}</p> }.into_any(),
    }
}

/// Fields one after the other; the note of a choice stands beside it.
pub fn draw_all(draft: Draft, spots: Vec<Spot>) -> Vec<AnyView> {
    let mut drawn = Vec::new();
    let mut spots = spots.into_iter().peekable();
    while let Some(spot) = spots.next() {
        let is_note = |note: &Spot| {
            let of = note.field.required_when.as_ref().and_then(|when| when.field.as_ref());
            note.field.kind == FieldType::Text && of == Some(&spot.field.id)
        };
        let has_choices = matches!(spot.field.kind, FieldType::Choice | FieldType::YesNo);
        let note = if has_choices { spots.next_if(is_note) } else { None };
        let field = draw(draft, spot, Seat::Plain);
        drawn.push(match note {
            Some(note) => {
                let note = draw(draft, note, Seat::Plain);
                view! { <div class="fields__pair">{field} {note}</div> }.into_any()
            }
            None => field,
        });
    }
    drawn
}
