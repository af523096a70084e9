//! What is judged: its values side by side, the verdict under them.

use leptos::prelude::*;
use stackside_core::form::{AnswerKey, Block, FieldType, Group};
use stackside_core::judge::{Function, Judge, Verdict};

use super::draft::{Draft, Over, Spot, dom_id};
use super::field::{Seat, complaint, draw, draw_with, is_replaced};
use super::review::said;
use crate::components::field::{Complaint, FieldName};
use crate::components::verdict::VerdictBanner;
use crate::texts;

/// A judged group.
pub struct Judged {
    label: String,
    /// Known values, under the row's name.
    head: Vec<Spot>,
    /// What is typed and what comes out.
    cells: Vec<Spot>,
    /// What need not be filled.
    more: Vec<Spot>,
    place: (String, Option<String>, String),
    is_drift: bool,
    /// True if it judges the lines of the table: it stands under it.
    pub is_of_lines: bool,
}

impl Judged {
    /// The group `group` of a block with its fields.
    pub fn new(draft: Draft, block: &Block<'_>, group: &Group, judge: &Judge, spots: Vec<Spot>) -> Self {
        let section = block.section;
        let is_drift = judge.function == Function::Drift;
        let normal: Vec<&str> = judge.fields_of("normal").collect();
        let core: Vec<&str> = ["last", "before", "figure"].iter().flat_map(|p| judge.fields_of(p)).collect();
        let mut made = Self {
            label: texts::label(&group.label).to_owned(),
            head: vec![],
            cells: vec![],
            more: vec![],
            place: (section.id.clone(), block.row().map(str::to_owned), group.id.clone()),
            is_drift,
            is_of_lines: judge.places.values().any(|place| section.column(place).is_some()),
        };
        for spot in spots {
            let id = spot.field.id.as_str();
            if normal.contains(&id) {
                continue; // the verdict says it
            }
            let is_core = is_drift && core.contains(&id);
            let is_typed = spot.field.required && spot.field.prefill.is_none();
            let is_computed = spot.field.kind == FieldType::Computed;
            if is_core || is_typed || (!is_drift && (is_computed || takes(judge, id))) {
                made.cells.push(spot);
            } else if spot.field.prefill.is_some() && (is_drift || draft.is_given(&spot.key)) {
                made.head.push(spot);
            } else {
                made.more.push(spot);
            }
        }
        made
    }
}

/// Draws the group with its verdict.
pub fn draw_judged(draft: Draft, judged: Judged) -> AnyView {
    let Judged { label, head, cells, more, place, is_drift, .. } = judged;
    let verdict = Memo::new(move |_| {
        let is_mine = |v: &&Verdict| v.section == place.0 && v.row == place.1 && v.group == place.2;
        draft.paper.verdicts.with(|verdicts| verdicts.iter().find(is_mine).cloned())
    });
    let name = label.clone();
    let mut whys = Vec::new();
    let said_of = |spot: &Spot| said(draft, &spot.key, Some(texts::label(&spot.field.label).to_owned()));
    let comments: Vec<_> = head.iter().chain(&cells).map(said_of).collect();
    let class = if is_drift { "judged" } else { "judged judged--wide" };
    let cells = cells
        .into_iter()
        .map(|spot| {
            let complaint = complaint(draft, &spot);
            if spot.field.kind != FieldType::Computed {
                let name = FieldName::new(dom_id(&spot.key), texts::label(&spot.field.label));
                whys.push(view! { <Complaint name complaint with_name=true /> });
            }
            view! { <div class="judged__cell">{draw_with(draft, spot, Seat::Row, complaint)}</div> }
        })
        .collect_view();
    view! {
        <div class=class role="group" aria-label=name>
            <div class="judged__head">
                <b>{label}</b>
                {head.into_iter().map(|spot| draw_head(draft, spot)).collect_view()}
            </div>
            {cells}
            <div class="judged__whys">{whys} {comments}</div>
        </div>
        <VerdictBanner verdict />
        {(!more.is_empty()).then(|| {
            let more = more.into_iter().map(|spot| draw(draft, spot, Seat::Plain)).collect_view();
            view! { <div class="fields fields--more">{more}</div> }
        })}
    }
    .into_any()
}

/// A known value under the row's name: a tap replaces it.
fn draw_head(draft: Draft, spot: Spot) -> AnyView {
    let name = texts::label(&spot.field.label).to_owned();
    let complaint = complaint(draft, &spot);
    let key = spot.key.clone();
    let (for_text, for_mark, to_replace) = (spot, key.clone(), key.clone());
    let text = move || {
        let text = draft.shown_text(&for_text);
        if text.is_empty() { "\u{2014}".to_owned() } else { text }
    };
    let complaint = move || complaint.get().map(|why| view! { <span class="judged__why">{why}</span> });
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
            on:click=move |_| draft.over.set(Some(Over::Replace(to_replace.clone())))
        >
            {words}
        </button>
    }
    .into_any()
}

/// What was replaced in a block, and why: in plain sight for ever.
pub fn replaced_lines(draft: Draft, index: usize) -> Option<impl IntoView + use<>> {
    let lines = draft.paper.answers.with(|answers| {
        draft.block(index, |block| {
            let line = |key: &AnswerKey| {
                let replaced = answers.0.get(key)?.replaced.as_ref()?;
                let field = block.field_of(key)?;
                let name = texts::label(&field.label);
                let name = key.line.map_or_else(|| name.to_owned(), |line| texts::cell_name(line, name));
                Some(texts::replaced_line(&name, &draft.shown(field, &replaced.original), &replaced.reason))
            };
            let keys = answers.of_block(&block.section.id, block.row()).map(|(key, _)| key);
            keys.filter_map(line).collect::<Vec<_>>()
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

/// True for a field that the judge takes.
fn takes(judge: &Judge, id: &str) -> bool {
    judge.function.signature().takes.iter().any(|param| judge.fields_of(param.name).any(|field| field == id))
}
