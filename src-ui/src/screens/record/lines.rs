//! The table of a block: a line for each pair, reading or item, typed across and then down.

use std::sync::Arc;

use leptos::prelude::*;
use stackside_core::command::{AddLine, RemoveLine};
use stackside_core::form::{AnswerKey, Answers, Block, Field, FieldType};

use super::draft::{Draft, Over, Spot, dom_id};
use super::field::{Seat, complaint, draw, draw_with};
use super::review::said;
use crate::app::Shared;
use crate::components::dialog::Dialog;
use crate::components::field::{Complaint, FieldName};
use crate::components::icon::{Glyph, Icon};
use crate::{shell, texts};

/// More columns to fill than this stand below each other.
const MOST_COLUMNS: usize = 5;

type Columns = Arc<[Arc<Field>]>;

/// A block's table with what adds to it.
#[component]
pub fn Lines(draft: Draft, index: usize) -> impl IntoView {
    let made = draft.block(index, |block| {
        let columns: Columns = block.columns().map(|column| Arc::new(column.clone())).collect();
        (block.key(""), columns, block.section.lines.clone(), texts::label(&block.section.label).to_owned())
    });
    let Some((key, columns, Some(lines), title)) = made else { return ().into_any() };
    let count = Memo::new(move |_| draft.lines(index));
    let used = Memo::new(move |_| draft.used_lines(index));
    let as_cards = wants_cards(&columns);
    let tools = (lines.time.is_some(), lines.at_least, lines.at_most);
    let (head, foot) = match draft.is_signed() {
        true => (None, None),
        false => (
            Some(view! { <LinesHead draft index tools used /> }),
            Some(view! { <LinesFoot draft index tools count /> }),
        ),
    };
    let shown = move || {
        let is_shown = |line: &u16| !draft.is_signed() || used.with(|used| is_used(used, *line));
        (1..=count.get()).filter(is_shown).collect::<Vec<_>>()
    };
    let body = match as_cards {
        true => view! {
            <div class="lines__cards">
                <For each=shown key=|line| *line let:line>
                    <LineCard draft index key_of=key.clone() columns=columns.clone() line used />
                </For>
            </div>
        }
        .into_any(),
        false => {
            let titles = columns.clone();
            let hint = |column: &Arc<Field>| {
                let hint = texts::label(column.hint.as_ref()?);
                Some(
                    view! { <p class="lines__hint">{texts::label_and(texts::label(&column.label), hint)}</p> },
                )
            };
            let hints = columns.iter().filter_map(hint).collect_view();
            let name = title.replace("{name}", "");
            view! {
                <div class="lines__box" tabindex="0" role="group" aria-label=name>
                    <table class="lines__table">
                        <Head draft key_of=key.clone() columns=titles />
                        <tbody>
                            <For each=shown key=|line| *line let:line>
                                <LineRow draft index key_of=key.clone() columns=columns.clone() line used />
                            </For>
                        </tbody>
                    </table>
                </div>
                {hints}
            }
            .into_any()
        }
    };
    view! { <div class="lines">{head} {body} {foot}</div> }.into_any()
}

/// Has times to make, lines at least, lines at most.
type Tools = (bool, u16, u16);

/// Above the table: its times, and how far it is filled.
#[component]
fn LinesHead(draft: Draft, index: usize, tools: Tools, used: Memo<Vec<bool>>) -> impl IntoView {
    let (has_time, at_least, _) = tools;
    let filled = move || used.with(|used| used.iter().filter(|is_used| **is_used).count());
    view! {
        <div class="lines__tools">
            {has_time.then(|| {
                view! {
                    <button type="button" class="btn btn--soft" on:click=move |_| draft.over.set(Some(Over::Times(index)))>
                        <Glyph icon=Icon::Clock />
                        {texts::MAKE_TIMES.get()}
                    </button>
                }
            })}
            <span class="lines__count num" role="status">{move || texts::lines_filled(filled(), at_least)}</span>
        </div>
    }
}

/// Below the table: one more line.
#[component]
fn LinesFoot(draft: Draft, index: usize, tools: Tools, count: Memo<u16>) -> impl IntoView {
    let shared = Shared::get();
    let is_full = move || count.get() >= tools.2;
    view! {
        <div class="lines__tools">
            <button type="button" class="btn btn--soft" disabled=is_full on:click=move |_| draft.add_line(index, shared)>
                <b aria-hidden="true">"+"</b>
                {texts::ADD_LINE.get()}
            </button>
        </div>
    }
}

fn is_used(used: &[bool], line: u16) -> bool {
    used.get(usize::from(line).saturating_sub(1)).copied().unwrap_or(false)
}

/// Many columns, or some that want room: the lines become cards.
fn wants_cards(columns: &[Arc<Field>]) -> bool {
    let is_wide = |column: &Arc<Field>| match column.kind {
        FieldType::LongText
        | FieldType::Check
        | FieldType::Choices
        | FieldType::Photo
        | FieldType::File
        | FieldType::Signature
        | FieldType::Bottle
        | FieldType::Person => true,
        _ => !column.suggestions.is_empty(),
    };
    let to_fill = columns.iter().filter(|column| column.kind != FieldType::Computed).count();
    to_fill > MOST_COLUMNS || columns.iter().any(is_wide)
}

#[component]
fn Head(draft: Draft, key_of: AnswerKey, columns: Columns) -> impl IntoView {
    let cell = move |column: &Arc<Field>| {
        let key = key_of.sibling(&column.id).in_line(1);
        let unit = Memo::new(move |_| draft.unit(&key));
        let is_must = column.required && column.kind != FieldType::Computed && !draft.is_signed();
        view! {
            <th scope="col" class=format!("lines__{}", width(column))>
                <span class:field__label--must=is_must>{texts::label(&column.label).to_owned()}</span>
                {move || unit.get().map(|unit| view! { <small class="num">{unit}</small> })}
            </th>
        }
    };
    view! {
        <thead>
            <tr>
                <th scope="col" class="lines__number"><span class="sr-only">{texts::LINE.get()}</span></th>
                {columns.iter().map(cell).collect_view()}
                {(!draft.is_signed()).then(|| view! { <td class="lines__end"></td> })}
            </tr>
        </thead>
    }
}

fn width(column: &Field) -> &'static str {
    match column.kind {
        FieldType::DateTime => "moment",
        FieldType::Date | FieldType::Instrument => "date",
        FieldType::Text | FieldType::Choice => "text",
        FieldType::YesNo | FieldType::Time => "word",
        _ => "figure",
    }
}

fn spots(key: &AnswerKey, columns: &Columns, line: u16) -> Vec<Spot> {
    let spot =
        |column: &Arc<Field>| Spot { key: key.sibling(&column.id).in_line(line), field: Arc::clone(column) };
    columns.iter().map(spot).collect()
}

#[component]
fn LineRow(
    draft: Draft,
    index: usize,
    key_of: AnswerKey,
    columns: Columns,
    line: u16,
    used: Memo<Vec<bool>>,
) -> impl IntoView {
    let spots = spots(&key_of, &columns, line);
    let width = columns.len() + 2;
    let mut whys = Vec::new();
    let mut cells = Vec::new();
    for spot in spots {
        let complaint = complaint(draft, &spot);
        if spot.field.kind != FieldType::Computed && !draft.is_signed() {
            let name = FieldName::new(dom_id(&spot.key), texts::label(&spot.field.label));
            whys.push(view! { <Complaint name complaint with_name=true /> });
        }
        let said = said(draft, &spot.key, None);
        cells.push(view! { <td>{draw_with(draft, spot, Seat::Cell, complaint)} {said}</td> });
    }
    view! {
        <tr>
            <th scope="row" class="lines__number num">{line}</th>
            {cells}
            {(!draft.is_signed()).then(|| view! { <td class="lines__end"><RemoveButton draft index key_of line used /></td> })}
        </tr>
        <tr class="lines__whys"><td colspan=width.to_string()>{whys}</td></tr>
    }
}

#[component]
fn LineCard(
    draft: Draft,
    index: usize,
    key_of: AnswerKey,
    columns: Columns,
    line: u16,
    used: Memo<Vec<bool>>,
) -> impl IntoView {
    let name = texts::line_number(line);
    let fields = spots(&key_of, &columns, line).into_iter().map(|spot| draw(draft, spot, Seat::Plain));
    let fields = fields.collect_view();
    let words = name.clone();
    view! {
        <div class="lines__card" role="group" aria-label=words>
            <div class="lines__head">
                <b class="num">{name}</b>
                {(!draft.is_signed()).then(|| view! { <RemoveButton draft index key_of line used /> })}
            </div>
            <div class="fields fields--line">{fields}</div>
        </div>
    }
}

#[component]
fn RemoveButton(
    draft: Draft,
    index: usize,
    key_of: AnswerKey,
    line: u16,
    used: Memo<Vec<bool>>,
) -> impl IntoView {
    let shared = Shared::get();
    let is_filled = Memo::new(move |_| used.with(|used| is_used(used, line)));
    let shown = draft.block(index, |block| block.section.lines.as_ref().map_or(0, |lines| lines.shown));
    let is_kept = move || !is_filled.get() && used.with(Vec::len) <= usize::from(shown.unwrap_or(0));
    let key = key_of.in_line(line);
    view! {
        <button
            type="button"
            class="btn lines__remove"
            aria-label=texts::remove_line(line)
            disabled=is_kept
            on:click=move |_| match is_filled.get_untracked() {
                true => draft.over.set(Some(Over::RemoveLine(key.clone()))),
                false => draft.remove_line(key.clone(), shared),
            }
        >
            <Glyph icon=Icon::Cross />
        </button>
    }
}

/// Asks before a line with answers goes.
#[component]
pub fn RemoveDialog(draft: Draft, key_of: AnswerKey) -> impl IntoView {
    let shared = Shared::get();
    let line = key_of.line.unwrap_or(1);
    let close = move || draft.over.set(None);
    view! {
        <Dialog title=texts::remove_line(line) on_close=move |()| close()>
            <p>{texts::REMOVE_LINE_WHY.get()}</p>
            <div class="dialog__ways">
                <button type="button" class="btn" on:click=move |_| close()>{texts::CANCEL.get()}</button>
                <button type="button" class="btn btn--main" on:click=move |_| {
                    close();
                    draft.remove_line(key_of.clone(), shared);
                }>{texts::REMOVE.get()}</button>
            </div>
        </Dialog>
    }
}

impl Draft {
    /// Of each line of a block whether a person wrote into it; tracks.
    fn used_lines(self, index: usize) -> Vec<bool> {
        let count = self.lines(index);
        let used = |block: &Block<'_>, answers: &Answers| {
            (1..=count).map(|line| block.is_line_used(answers, line)).collect()
        };
        self.paper.answers.with(|answers| self.block(index, |block| used(block, answers))).unwrap_or_default()
    }

    /// One more line, with what is known in it.
    fn add_line(self, index: usize, shared: Shared) {
        let line = untrack(|| self.lines(index)).saturating_add(1);
        let first = self.block(index, |block| {
            let column =
                block.columns().find(|column| column.kind != FieldType::Computed && column.prefill.is_none());
            (block.key(""), column.map(|column| block.key(&column.id).in_line(line)))
        });
        let Some((key, first)) = first else { return };
        self.added.update(|added| {
            added.insert(index, line);
        });
        if let Some(first) = first {
            self.go_to(&first);
        }
        let command = AddLine { record: self.id(), key: named(key), line };
        leptos::task::spawn_local(async move {
            match shell::call(&command).await {
                Ok(()) => self.read_again(),
                Err(error) => shared.fail(&error),
            }
        });
    }

    /// Takes a line out once all that was typed is in the store: it knows the lines by their old numbers.
    fn remove_line(self, key: AnswerKey, shared: Shared) {
        let Some(index) = self.block_of(&key) else { return };
        self.flush();
        let command = RemoveLine { record: self.id(), key: named(key.clone()) };
        leptos::task::spawn_local(async move {
            for _ in 0..100 {
                if !self.is_busy() {
                    break;
                }
                gloo_timers::future::TimeoutFuture::new(50).await;
            }
            match shell::call(&command).await {
                Ok(()) => {
                    self.paper.change(&key, |answers| without_line(answers, &key));
                    let _ = self.added.try_update(|added| {
                        if let Some(line) = added.get_mut(&index) {
                            *line = line.saturating_sub(1);
                        }
                    });
                    self.read_soon();
                }
                Err(error) => shared.fail(&error),
            }
        });
    }
}

/// A key whose field is not looked at still has to name one.
fn named(key: AnswerKey) -> AnswerKey {
    if key.field.is_empty() { key.sibling("line") } else { key }
}

/// Those below move up.
fn without_line(answers: &mut Answers, gone: &AnswerKey) {
    let Some(line) = gone.line else { return };
    let is_mine = |key: &AnswerKey| key.section == gone.section && key.row == gone.row;
    let moved = std::mem::take(&mut answers.0).into_iter().filter_map(|(key, answer)| match key.line {
        Some(mine) if is_mine(&key) && mine == line => None,
        Some(mine) if is_mine(&key) && mine > line => Some((key.in_line(mine - 1), answer)),
        _ => Some((key, answer)),
    });
    answers.0 = moved.collect();
}
