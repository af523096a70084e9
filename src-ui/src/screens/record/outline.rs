//! The parts of the form with their state and what is missing.

use leptos::prelude::*;
use leptos_router::components::A;
use stackside_core::form::{AnswerError, Answers, Block, FieldType, Origin, Problem};
use stackside_core::judge::{Outcome, Verdict};

use super::draft::{Draft, Part};
use crate::components::icon::{Glyph, Icon};
use crate::components::tone::Tone;
use crate::components::verdict::outcome_look;
use crate::texts;

/// How a part stands.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Standing {
    tone: Tone,
    icon: Icon,
    text: String,
}

/// The parts of the form; the last one leads back to the visit, where all is signed at once.
#[component]
pub fn Outline(draft: Draft, visit: String) -> impl IntoView {
    let parts = draft.view();
    let count = stackside_core::form::blocks(&parts.form, &parts.instruments).len();
    let block = move |index: usize| {
        let name = draft.block(index, block_name).unwrap_or_default();
        let standing = Memo::new(move |_| {
            let standing = draft.answers.with(|answers| {
                draft.verdicts.with(|verdicts| {
                    draft.problems.with(|problems| {
                        let wrong: Vec<_> =
                            problems.iter().filter(|p| !draft.is_half_typed(&p.key)).collect();
                        draft.block(index, |block| {
                            block_standing(block, answers, verdicts, &wrong, draft.is_signed())
                        })
                    })
                })
            });
            standing.unwrap_or(Standing { tone: Tone::Idle, icon: Icon::List, text: String::new() })
        });
        item(draft, Part::Block(index), name, standing.into())
    };
    let photos = Memo::new(move |_| {
        let form = draft.view();
        draft.photos.with(|photos| {
            let has = |slot: &str| photos.iter().any(|photo| photo.slot.as_deref() == Some(slot));
            let filled = form.form.photos.iter().filter(|slot| has(&slot.id)).count();
            let is_enough = form.form.photos.iter().all(|slot| !slot.required || has(&slot.id));
            let tone = if is_enough { Tone::Ok } else { Tone::Warn };
            Standing { tone, icon: Icon::Camera, text: format!("{filled}/{}", form.form.photos.len()) }
        })
    });
    let has_photos = !parts.form.photos.is_empty();
    let list = NodeRef::<leptos::html::Nav>::new();
    Effect::new(move || {
        draft.part.track();
        if let Some(list) = list.get() {
            request_animation_frame(move || show_current(&list));
        }
    });
    view! {
        <nav class="outline" node_ref=list aria-label=texts::FORM_PARTS.get()>
            {(0..count).map(block).collect_view()}
            {has_photos.then(|| item(draft, Part::Photos, texts::PHOTOS.get().to_owned(), photos.into()))}
            <A href=visit attr:class="outline__item">
                <Glyph icon=if draft.is_signed() { Icon::Book } else { Icon::Pen } />
                <span class="outline__name">{if draft.is_signed() { texts::BACK_TO_VISIT.get() } else { texts::SIGN.get() }}</span>
                <Glyph icon=Icon::Right />
            </A>
        </nav>
    }
}

/// The list scrolls by itself to the part that is shown.
fn show_current(list: &web_sys::Element) {
    let Ok(Some(current)) = list.query_selector("[aria-current]") else { return };
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
    options.set_inline(web_sys::ScrollLogicalPosition::Nearest);
    current.scroll_into_view_with_scroll_into_view_options(&options);
}

fn item(draft: Draft, part: Part, name: String, standing: Signal<Standing>) -> impl IntoView {
    let look = move || {
        let Standing { tone, icon, .. } = standing.get();
        view! { <span class=format!("outline__state outline__state--{}", tone.area())><Glyph icon /></span> }
    };
    let state = move || {
        let Standing { tone, text, .. } = standing.get();
        view! { <small class=format!("num outline__state outline__state--{}", tone.area())>{text}</small> }
    };
    view! {
        <button
            type="button"
            class="outline__item"
            aria-current=move || (draft.part.get() == part).then_some("step")
            on:click=move |_| draft.part.set(part)
        >
            {look}
            <span class="outline__name">{name}</span>
            {state}
        </button>
    }
}

/// What a block is called in the outline.
pub fn block_name(block: &Block<'_>) -> String {
    match block.instrument {
        Some(instrument) => texts::instrument_short(instrument.kind, &instrument.factor),
        None => texts::label(&block.section.label).to_owned(),
    }
}

/// What a block is called above its fields.
pub fn block_title(block: &Block<'_>) -> String {
    texts::label(&block.section.label).replace("{name}", &block_name(block))
}

fn block_standing(
    block: &Block<'_>,
    answers: &Answers,
    verdicts: &[Verdict],
    problems: &[&Problem],
    is_signed: bool,
) -> Standing {
    let is_mine = |key: &stackside_core::form::AnswerKey| block.key(&key.field) == *key;
    let icon = if block.section.judges.is_empty() { Icon::List } else { Icon::Chart };
    if !block.is_worked_on(answers) {
        return Standing { tone: Tone::Idle, icon, text: texts::EMPTY_BLOCK.get().to_owned() };
    }
    let wrong = problems.iter().filter(|p| is_mine(&p.key) && p.error != AnswerError::Missing).count();
    if wrong > 0 {
        return Standing { tone: Tone::Bad, icon: Icon::Warn, text: texts::invalid_count(wrong) };
    }
    let (mut to_type, mut typed) = (0, 0);
    for field in block.fields().filter(|field| field.required && field.kind != FieldType::Computed) {
        let key = block.key(&field.id);
        let is_there = answers.text(&key).is_some();
        let by_hand = answers.0.get(&key).is_none_or(|answer| answer.origin == Origin::Typed);
        to_type += usize::from(by_hand || !is_there);
        typed += usize::from(by_hand && is_there);
    }
    if typed < to_type && !is_signed {
        return Standing { tone: Tone::Warn, icon, text: format!("{typed}/{to_type}") };
    }
    let mine = verdicts.iter().filter(|v| {
        v.section == block.section.id && v.row.as_deref() == block.instrument.map(|i| i.id.as_str())
    });
    match mine.map(|verdict| verdict.outcome).max().filter(|worst| *worst != Outcome::NotJudged) {
        Some(worst) => {
            let (tone, icon) = outcome_look(worst);
            Standing { tone, icon, text: texts::outcome_short(worst).get().to_owned() }
        }
        None => {
            let text = if to_type == 0 { texts::GIVEN } else { texts::FILLED };
            Standing { tone: Tone::Ok, icon: Icon::Check, text: text.get().to_owned() }
        }
    }
}
