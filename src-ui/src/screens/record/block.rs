//! One block: its facts from the register, its judged rows with their verdicts, its other fields.

use chrono::Utc;
use leptos::prelude::*;
use stackside_core::clock::{shanghai_date, shown_time};
use stackside_core::form::{AnswerKey, Block, Field, FieldType, Group, Judge};
use stackside_core::register::Bottle;

use super::draft::{Draft, dom_id};
use super::is_pad_type;
use super::outline::block_title;
use super::saves::SaveState;
use crate::components::field::{
    ChoiceField, Complaint, FieldName, FieldTold, GivenField, Keyboard, LineField, TextField,
};
use crate::components::icon::{Glyph, Icon};
use crate::components::verdict::VerdictBanner;
use crate::texts;

/// A field with its place.
#[derive(Debug, Clone)]
struct Spot {
    key: AnswerKey,
    field: Field,
}

/// A row of the block.
enum Row {
    /// What the register says: small, for it is seldom touched.
    Facts(Vec<Spot>),
    /// Fields one beside the other.
    Fields(Vec<Spot>),
    /// A judged group.
    Judged(Judged),
}

struct Judged {
    label: String,
    /// Gas and other values that are known: under the row's name.
    head: Vec<Spot>,
    /// Last reading, present reading, figure, reading after.
    cells: Vec<Spot>,
    /// What need not be filled.
    more: Vec<Spot>,
    section: String,
    row: Option<String>,
    group: String,
}

/// A block as a card.
#[component]
pub fn BlockCard(draft: Draft, index: usize) -> impl IntoView {
    let made = draft.block(index, |block| {
        (block_title(block), block.instrument.map(|i| i.model.clone()), rows(draft, block))
    });
    let (title, model, rows) = made.unwrap_or_default();
    let has_pad = draft.has_numbers(super::draft::Part::Block(index));
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
            {rows.into_iter().map(|row| draw_row(draft, row)).collect_view()}
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

/// What was replaced in the block, and why: in plain sight for ever.
fn replaced_lines(draft: Draft, index: usize) -> Option<impl IntoView + use<>> {
    let lines = draft.answers.with(|answers| {
        draft.block(index, |block| {
            let line = |field: &Field| {
                let replaced = answers.0.get(&block.key(&field.id))?.replaced.as_ref()?;
                Some(texts::replaced_line(texts::label(&field.label), replaced))
            };
            block.fields().filter_map(line).collect::<Vec<_>>()
        })
    });
    lines.filter(|lines| !lines.is_empty()).map(|lines| {
        view! {
            <div class="block__replaced num">
                <b>{texts::REPLACED.get()}</b>
                <ul>{lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ul>
            </div>
        }
    })
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
    let spots: Vec<Spot> =
        block.fields().map(|field| Spot { key: block.key(&field.id), field: field.clone() }).collect();
    let in_group = |id: Option<&str>| {
        spots.iter().filter(move |spot| spot.field.group.as_deref() == id).cloned().collect::<Vec<_>>()
    };
    let mut rows = Vec::new();
    for group in &block.section.groups {
        let mine = in_group(Some(&group.id));
        if mine.is_empty() {
            continue;
        }
        match block.section.judges.iter().find(|judge| judge.group() == group.id) {
            Some(judge) => rows.push(Row::Judged(judged(block, group, judge, mine))),
            None => {
                let (facts, fields) = mine
                    .into_iter()
                    .partition::<Vec<_>, _>(|spot| draft.is_signed() || draft.is_given(&spot.key));
                rows.push(Row::Facts(facts));
                rows.push(Row::Fields(fields));
            }
        }
    }
    rows.push(Row::Fields(in_group(None)));
    rows.retain(|row| !matches!(row, Row::Facts(spots) | Row::Fields(spots) if spots.is_empty()));
    rows
}

fn judged(block: &Block<'_>, group: &Group, judge: &Judge, spots: Vec<Spot>) -> Judged {
    let Judge::Drift { last, before, figure, normal, .. } = judge;
    let mut made = Judged {
        label: texts::label(&group.label).to_owned(),
        head: vec![],
        cells: vec![],
        more: vec![],
        section: block.section.id.clone(),
        row: block.instrument.map(|instrument| instrument.id.to_string()),
        group: group.id.clone(),
    };
    for spot in spots {
        let id = &spot.field.id;
        if id == normal {
            continue; // the verdict says it
        }
        let is_core = [last, before, figure].contains(&id);
        if is_core || (spot.field.required && spot.field.prefill.is_none()) {
            made.cells.push(spot);
        } else if spot.field.prefill.is_some() {
            made.head.push(spot);
        } else {
            made.more.push(spot);
        }
    }
    made
}

fn draw_row(draft: Draft, row: Row) -> AnyView {
    match row {
        Row::Facts(spots) => {
            let bottle = spots.iter().find(|spot| spot.field.kind == FieldType::Bottle).map(|spot| spot.key.clone());
            view! {
                <div class="facts-row">{spots.into_iter().map(|spot| draw(draft, spot, false)).collect_view()}</div>
                {bottle.map(|key| view! { <BottleNote draft key_of=key /> })}
            }
            .into_any()
        }
        Row::Fields(spots) => view! { <div class="fields">{spots.into_iter().map(|spot| draw(draft, spot, false)).collect_view()}</div> }.into_any(),
        Row::Judged(judged) => draw_judged(draft, judged).into_any(),
    }
}

fn draw_judged(draft: Draft, judged: Judged) -> impl IntoView {
    let Judged { label, head, cells, more, section, row, group } = judged;
    let verdict = Memo::new(move |_| {
        draft.verdicts.with(|verdicts| {
            verdicts.iter().find(|v| v.section == section && v.row == row && v.group == group).cloned()
        })
    });
    let name = label.clone();
    view! {
        <div class="judged" role="group" aria-label=name>
            <div class="judged__head">
                <b>{label}</b>
                {head.into_iter().map(|spot| draw_head(draft, spot)).collect_view()}
            </div>
            {cells.iter().map(|spot| view! { <div class="judged__cell">{draw(draft, spot.clone(), true)}</div> }).collect_view()}
            <div class="judged__whys">
                {cells
                    .into_iter()
                    .filter(|spot| spot.field.kind != FieldType::Computed)
                    .map(|Spot { key, field }| {
                        let name = FieldName { id: dom_id(&key), label: texts::label(&field.label).to_owned() };
                        let complaint = Memo::new(move |_| draft.complaint(&key));
                        view! { <Complaint name complaint with_name=true /> }
                    })
                    .collect_view()}
            </div>
        </div>
        <VerdictBanner verdict />
        {(!more.is_empty()).then(|| view! { <div class="fields fields--more">{more.into_iter().map(|spot| draw(draft, spot, false)).collect_view()}</div> })}
    }
}

/// A known value under the row's name: a tap replaces it.
fn draw_head(draft: Draft, spot: Spot) -> AnyView {
    let Spot { key, field } = spot;
    let name = texts::label(&field.label).to_owned();
    let (for_text, for_complaint, for_mark, to_replace) =
        (key.clone(), key.clone(), key.clone(), key.clone());
    let text = move || {
        let text = draft.text(&for_text);
        if text.is_empty() { "\u{2014}".to_owned() } else { text }
    };
    let complaint =
        move || draft.complaint(&for_complaint).map(|why| view! { <span class="judged__why">{why}</span> });
    let mark = move || {
        is_replaced(draft, &for_mark)
            .then(|| view! { <span class="field__mark">{texts::REPLACED.get()}</span> })
    };
    let words = view! {
        <small>{name}</small>
        <span class="num">{text} " " {mark}</span>
        {complaint}
    };
    if draft.is_signed() {
        return view! { <span class="judged__known">{words}</span> }.into_any();
    }
    view! {
        <button
            type="button"
            id=dom_id(&key)
            class="judged__known judged__known--open"
            title=texts::TO_REPLACE.get()
            on:click=move |_| draft.replacing.set(Some(to_replace.clone()))
        >
            {words}
        </button>
    }
    .into_any()
}

fn is_replaced(draft: Draft, key: &AnswerKey) -> bool {
    draft.answers.with(|answers| answers.0.get(key).is_some_and(|answer| answer.replaced.is_some()))
}

/// A field as its type wants it; a known value dashed. In a narrow cell its complaint stands below the row.
fn draw(draft: Draft, spot: Spot, is_told_elsewhere: bool) -> AnyView {
    let Spot { key, field } = spot;
    let name = FieldName { id: dom_id(&key), label: texts::label(&field.label).to_owned() };
    let complaint = {
        let key = key.clone();
        Memo::new(move |_| draft.complaint(&key))
    };
    let is_still = draft.is_signed() || field.kind == FieldType::Computed;
    if is_still || draft.is_given(&key) {
        let (shown_of, mark_of, replace_of) = (key.clone(), key.clone(), key.clone());
        let kind = field.kind;
        let value = Memo::new(move |_| match kind {
            FieldType::Computed => draft.computed(&shown_of),
            _ => shown_answer(draft, &shown_of, &draft.text(&shown_of)),
        });
        let is_replaced = Memo::new(move |_| is_replaced(draft, &mark_of));
        let is_number = matches!(kind, FieldType::Decimal | FieldType::Computed);
        let on_replace =
            (!is_still).then(|| Callback::new(move |()| draft.replacing.set(Some(replace_of.clone()))));
        return view! { <GivenField name value complaint is_replaced is_number is_told_elsewhere on_replace /> }.into_any();
    }
    let value = {
        let key = key.clone();
        Memo::new(move |_| draft.text(&key))
    };
    let told = told(draft, &key);
    let required = field.required;
    let stamp = |word: &'static str, text: fn() -> String| {
        let key = key.clone();
        let stamp = move |()| {
            draft.type_in(&key, text());
            draft.save_now(&key);
        };
        Some((word, Callback::new(stamp)))
    };
    match field.kind {
        FieldType::Choice => view! { <ChoiceField name options=choice_options(&field) value complaint told /> }.into_any(),
        FieldType::Bottle => {
            view! { <ChoiceField name options=bottle_options(draft, &key) as_list=true value complaint told /> }.into_any()
        }
        FieldType::LongText => view! { <TextField name value complaint required told /> }.into_any(),
        kind if is_pad_type(kind) => {
            let is_on = Memo::new(move |_| draft.target.with(|target| target.as_ref() == Some(&key)));
            view! { <LineField name value complaint keyboard=Keyboard::Pad is_on required is_told_elsewhere told stamp=None /> }.into_any()
        }
        kind => {
            let stamp = match kind {
                FieldType::Date => stamp(texts::TODAY_BUTTON.get(), || shanghai_date(Utc::now()).to_string()),
                FieldType::DateTime => stamp(texts::NOW_BUTTON.get(), || shown_time(Utc::now())),
                _ => None,
            };
            view! { <LineField name value complaint keyboard=Keyboard::Text required stamp told /> }.into_any()
        }
    }
}

fn told(draft: Draft, key: &AnswerKey) -> FieldTold {
    let (typed, entered, left) = (key.clone(), key.clone(), key.clone());
    FieldTold {
        typed: Callback::new(move |text| draft.type_in(&typed, text)),
        entered: Callback::new(move |()| draft.entered(&entered)),
        left: Callback::new(move |()| draft.save_now(&left)),
        done: Callback::new(move |()| draft.go_on()),
    }
}

/// What the chosen bottle holds and until when; out of date is said aloud.
#[component]
fn BottleNote(draft: Draft, key_of: AnswerKey) -> impl IntoView {
    let note = move || {
        let chosen = draft.text(&key_of);
        let view = draft.view();
        let bottle = view.bottles.iter().find(|bottle| bottle.id.as_str() == chosen)?;
        let expired = (bottle.valid_until < shanghai_date(Utc::now())).then(|| {
            view! {
                <p class="block__note tone-warn">
                    <Glyph icon=Icon::Bottle />
                    <span>{texts::bottle_expired(bottle)}</span>
                </p>
            }
        });
        Some(view! {
            <p class="facts-note num">{texts::bottle_facts(bottle)}</p>
            {expired}
        })
    };
    view! { {note} }
}

/// What is chosen from.
pub fn choice_options(field: &Field) -> Vec<(String, String)> {
    field
        .choices
        .iter()
        .map(|choice| (choice.value.clone(), texts::label(&choice.label).to_owned()))
        .collect()
}

/// The bottles of the point with what they hold and until when, those with the instrument's gas first.
pub fn bottle_options(draft: Draft, key: &AnswerKey) -> Vec<(String, String)> {
    let factor =
        draft.field(key, |block, _| block.instrument.map(|instrument| instrument.factor.clone())).flatten();
    let view = draft.view();
    let mut bottles: Vec<&Bottle> = view.bottles.iter().collect();
    bottles.sort_by_key(|bottle| Some(&bottle.substance) != factor.as_ref());
    bottles.into_iter().map(|bottle| (bottle.id.to_string(), texts::bottle_line(bottle))).collect()
}

/// An answer as people read it.
pub fn shown_answer(draft: Draft, key: &AnswerKey, text: &str) -> String {
    let label = draft.field(key, |_, field| {
        field
            .choices
            .iter()
            .find(|choice| choice.value == text)
            .map(|choice| texts::label(&choice.label).to_owned())
    });
    label.flatten().unwrap_or_else(|| text.to_owned())
}
