//! What a reviewer said, on the record itself: of it as a whole over the form, of single answers beside them.

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use stackside_core::command::{CorrectRecord, ReviewLine};
use stackside_core::form::AnswerKey;
use stackside_core::review::ReviewVerdict;

use super::draft::{Draft, Over};
use crate::app::Shared;
use crate::components::icon::{Glyph, Icon};
use crate::screens::review::place_of;
use crate::texts;

/// What was said of the record, and the ways out.
#[component]
pub fn ReviewNote(draft: Draft) -> impl IntoView {
    move || draft.review.get().map(|line| view! { <Note draft line /> })
}

#[component]
fn Note(draft: Draft, line: ReviewLine) -> impl IntoView {
    let is_returned = line.verdict == ReviewVerdict::Returned;
    let class = if is_returned { "review tone-bad" } else { "review tone-ok" };
    let icon = if is_returned { Icon::Warn } else { Icon::Check };
    // A correction begins at the first of them: of one alone no more is said over the form.
    let is_led = !draft.is_signed() && line.comments.len() == 1;
    let places = line.comments.keys().filter(|_| !is_led).cloned().map(|key| {
        let name = draft.name(&key);
        let name = if name.is_empty() { key.to_string() } else { name };
        view! {
            <button type="button" class="btn" on:click=move |_| draft.go_to(&key)>
                <Glyph icon=Icon::Pen />
                {texts::label_and(texts::COMMENTED_AT.get(), &name)}
            </button>
        }
    });
    let asks = line.asks_me && draft.is_signed();
    let elsewhere = is_returned && !line.asks_me && line.appeal.is_none() && draft.is_signed();
    view! {
        <section class=class role="status">
            <Glyph icon />
            <div class="review__words">
                <p>{texts::review_line(&line)}</p>
                {line.general.clone().map(|general| view! { <p><b>{general}</b></p> })}
                {line.appeal.as_ref().map(|appeal| view! { <p>{texts::appeal_line(appeal)}</p> })}
                {elsewhere.then(|| view! { <p>{texts::NOT_YOURS.get()}</p> })}
            </div>
            <div class="review__ways">
                {places.collect_view()}
                {asks.then(|| view! { <Answer draft first=line.first.clone() /> })}
            </div>
        </section>
    }
}

/// 更正 at the first commented answer, or 申诉.
#[component]
fn Answer(draft: Draft, first: Option<AnswerKey>) -> impl IntoView {
    let shared = Shared::get();
    let navigate = use_navigate();
    let record = draft.line.with_untracked(|line| line.id);
    let correct = move |_| {
        let (navigate, first) = (navigate.clone(), first.clone());
        shared.run(CorrectRecord { record }, move |draft| {
            navigate(&place_of(draft, first.as_ref()), Default::default())
        });
    };
    let words = move || {
        let is_begun = draft.line.with(|line| line.marks.correction.is_some());
        if is_begun { texts::CORRECT_ON.get() } else { texts::CORRECT.get() }
    };
    view! {
        <button type="button" class="btn btn--main" on:click=correct><Glyph icon=Icon::Pen />{words}</button>
        <button type="button" class="btn" on:click=move |_| draft.over.set(Some(Over::Appeal))>
            <Glyph icon=Icon::Person />
            {texts::APPEAL.get()}
        </button>
    }
}

/// What was said of an answer; with the answer's name where that does not stand beside it.
pub fn said(draft: Draft, key: &AnswerKey, name: Option<String>) -> impl IntoView + use<> {
    let key = key.clone();
    let words = Memo::new(move |_| draft.review.with(|review| review.as_ref()?.comments.get(&key).cloned()));
    move || {
        let line = words.get().map(|words| texts::comment_line(name.as_deref(), &words));
        line.map(|line| view! { <p class="said">{line}</p> })
    }
}
