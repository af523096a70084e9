//! The parts of the form with their state and what is missing.

use leptos::prelude::*;
use leptos_router::components::A;
use stackside_core::form::{Answers, Block, Form, Problem, Section, Site};
use stackside_core::judge::{Outcome, Verdict};

use super::draft::{Draft, Over, Part, is_given, is_still_ahead};
use super::way::asked;
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
pub fn Outline(draft: Draft) -> impl IntoView {
    let parts = draft.view();
    let count = stackside_core::form::blocks(&parts.form, &parts.instruments).len();
    let block = move |index: usize| {
        let name = draft
            .with_view(|view| draft.block(index, |block| block_name(&view.form, block)))
            .unwrap_or_default();
        let standing = Memo::new(move |_| {
            // With the list of what is missing, a moment after the key.
            let standing = draft.problems.with(|problems| {
                draft.paper.calm.track();
                untrack(|| {
                    let lines = draft.lines(index);
                    let wrong: Vec<_> = problems
                        .iter()
                        .filter(|p| !is_still_ahead(p) && !draft.is_half_typed(&p.key))
                        .collect();
                    draft.paper.verdicts.with(|verdicts| {
                        draft.with_site(|answers, site| {
                            draft.block(index, |block| {
                                let at = Now { answers, site, verdicts, wrong: &wrong, lines };
                                block_standing(block, &at, draft.is_signed())
                            })
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
    let end = match draft.is_signed_here() && !draft.is_signed() {
        true => view! {
            <button type="button" class="outline__item" on:click=move |_| draft.over.set(Some(Over::Sign))>
                <Glyph icon=Icon::Pen />
                <span class="outline__name">{texts::SIGN.get()}</span>
                <Glyph icon=Icon::Right />
            </button>
        }
        .into_any(),
        false => view! {
            <A href=draft.home() attr:class="outline__item">
                <Glyph icon=if draft.is_signed() { Icon::Book } else { Icon::Pen } />
                <span class="outline__name">{way_out(draft).get()}</span>
                <Glyph icon=Icon::Right />
            </A>
        }
        .into_any(),
    };
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
            {end}
        </nav>
    }
}

fn way_out(draft: Draft) -> texts::Text {
    match (draft.is_signed(), draft.is_signed_here()) {
        (true, true) => texts::BACK_TO_POINT,
        (true, false) => texts::BACK_TO_VISIT,
        (false, _) => texts::SIGN,
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

/// What a block is called in the outline: the instrument alone, where it has no other part of the form.
pub fn block_name(form: &Form, block: &Block<'_>) -> String {
    let label = texts::label(&block.section.label);
    let Some(instrument) = block.instrument else { return label.to_owned() };
    let has = |section: &&Section| section.repeat.as_ref().is_some_and(|repeat| repeat.takes(instrument));
    if form.sections.iter().filter(has).count() > 1 {
        return block_title(block);
    }
    texts::instrument_short(instrument.kind, &instrument.factor)
}

/// What a block is called above its fields.
pub fn block_title(block: &Block<'_>) -> String {
    let label = texts::label(&block.section.label);
    match block.instrument {
        Some(instrument) => {
            label.replace("{name}", &texts::instrument_short(instrument.kind, &instrument.factor))
        }
        None => label.to_owned(),
    }
}

/// How the record stands now.
struct Now<'a> {
    answers: &'a Answers,
    site: &'a Site<'a>,
    verdicts: &'a [Verdict],
    wrong: &'a [&'a Problem],
    lines: u16,
}

fn block_standing(block: &Block<'_>, now: &Now<'_>, is_signed: bool) -> Standing {
    let answers = now.answers;
    let icon = if block.section.judges.is_empty() { Icon::List } else { Icon::Chart };
    if !block.is_worked_on(answers) {
        return Standing { tone: Tone::Idle, icon, text: texts::EMPTY_BLOCK.get().to_owned() };
    }
    let wrong = now.wrong.iter().filter(|problem| block.holds(&problem.key)).count();
    if wrong > 0 {
        return Standing { tone: Tone::Bad, icon: Icon::Warn, text: texts::invalid_count(wrong) };
    }
    let asked = asked(block, answers, now.site, now.lines);
    // What the register knew is no work.
    let is_work = |key| answers.0.get(key).is_none_or(|answer| !is_given(answer));
    let demanded = || asked.iter().filter(|one| one.is_demanded && (one.is_open || is_work(&one.key)));
    let (to_type, open) = (demanded().count(), demanded().filter(|one| one.is_open).count());
    if open > 0 && !is_signed {
        return Standing { tone: Tone::Warn, icon, text: format!("{}/{to_type}", to_type - open) };
    }
    let row = block.row();
    let mine = now.verdicts.iter().filter(|v| v.section == block.section.id && v.row.as_deref() == row);
    match mine.map(|verdict| verdict.outcome).max().filter(|worst| *worst != Outcome::NotJudged) {
        Some(worst) => {
            let (tone, icon) = outcome_look(worst);
            Standing { tone, icon, text: texts::outcome_short(worst).get().to_owned() }
        }
        None => {
            let is_by_hand = answers.of_block(&block.section.id, row).any(|(_, answer)| answer.is_by_hand());
            let text = match (to_type, asked.iter().any(|one| one.is_demanded)) {
                (0, true) => texts::GIVEN,
                (0, false) if !is_by_hand => {
                    return Standing {
                        tone: Tone::Idle,
                        icon,
                        text: texts::NOTHING_DEMANDED.get().to_owned(),
                    };
                }
                _ => texts::FILLED,
            };
            Standing { tone: Tone::Ok, icon: Icon::Check, text: text.get().to_owned() }
        }
    }
}
