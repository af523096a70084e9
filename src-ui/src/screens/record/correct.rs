//! 更正: the bar over the form with the reason, and the signature over the new version.

use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_navigate;
use stackside_core::act::Strokes;
use stackside_core::command::{Correction, DiscardCorrection, SignCorrection};
use stackside_core::form::differences;

use super::draft::{Draft, Over};
use super::sign::Stored;
use super::way::focus;
use crate::app::Shared;
use crate::components::dialog::Dialog;
use crate::components::field::{FieldName, FieldTold, Keyboard, LineField};
use crate::components::icon::{Glyph, Icon};
use crate::components::notice::Notice;
use crate::screens::differences::Differences;
use crate::screens::signing::Signing;
use crate::texts;

const REASON: &str = "correction-reason";

/// What is corrected and why, and the way out; over the form.
#[component]
pub fn CorrectionBar(draft: Draft) -> impl IntoView {
    let words = draft.with_view(|view| texts::corrects(&view.line.person_name, view.line.marks.version - 1));
    let flush = Callback::new(move |()| draft.flush());
    let told =
        FieldTold { left: flush, done: flush, ..FieldTold::typing(move |text| draft.type_reason(text)) };
    let name = FieldName { required: true, ..FieldName::new(REASON, texts::WHY.get()) };
    let no_complaint = Signal::stored(None::<String>);
    view! {
        <section class="card correction" aria-label=texts::CORRECT.get()>
            <p>{words}</p>
            <LineField name value=draft.reason complaint=no_complaint keyboard=Keyboard::Text stamp=None told />
            <button type="button" class="btn" on:click=move |_| draft.over.set(Some(Over::Discard))>
                <Glyph icon=Icon::Cross />
                {texts::DISCARD.get()}
            </button>
        </section>
    }
}

/// Says that this is not the version that counts, or that nothing of it counts.
#[component]
pub fn VersionNotes(draft: Draft) -> impl IntoView {
    draft.with_view(|view| {
        let marks = &view.line.marks;
        let voided = view.voided.as_ref().map(|voided| {
            let words = texts::void_line(voided);
            view! { <p class="sheet__note tone-bad" role="status"><Glyph icon=Icon::Warn /><span>{words}</span></p> }
        });
        let old = (draft.is_signed() && marks.version < marks.versions).then(|| {
            let words = texts::old_version(marks);
            let to = format!("/record/{}", view.line.id);
            view! {
                <p class="sheet__note tone-warn" role="status">
                    <Glyph icon=Icon::Clock />
                    <span>{words}</span>
                    <A href=to attr:class="btn">{texts::SHOW_CURRENT.get()}</A>
                </p>
            }
        });
        view! { <div>{voided} {old}</div> }
    })
}

/// Asks once more before the draft is dropped.
#[component]
pub fn DiscardDialog(draft: Draft) -> impl IntoView {
    let shared = Shared::get();
    let navigate = use_navigate();
    let close = move || draft.over.set(None);
    let discard = move |_| {
        close();
        let (navigate, home) = (navigate.clone(), draft.home());
        shared.run(DiscardCorrection { record: draft.id() }, move |()| {
            // Whoever went elsewhere meanwhile stays there.
            if draft.over.try_get_untracked().is_some() {
                navigate(&home, Default::default());
            }
        });
    };
    view! {
        <Dialog title=texts::DISCARD_NOW.get() on_close=move |()| close()>
            <p>{texts::DISCARD_WHY.get()}</p>
            <div class="dialog__ways">
                <button type="button" class="btn" on:click=move |_| close()>{texts::CANCEL.get()}</button>
                <button type="button" class="btn btn--main" on:click=discard>{texts::DISCARD.get()}</button>
            </div>
        </Dialog>
    }
}

/// The signature over a correction: what changes, then the pad. What is missing comes first.
#[component]
pub fn SignCorrectionDialog(draft: Draft, of: Correction) -> impl IntoView {
    let shared = Shared::get();
    let navigate = use_navigate();
    if untrack(|| draft.reason.with(|reason| reason.trim().is_empty())) {
        shared.notice.set(Some(Notice::bad(texts::WHY_FIRST.get().to_owned())));
        draft.over.set(None);
        request_animation_frame(|| focus(REASON));
        return ().into_any();
    }
    let stored = Stored::of(draft);
    let home = draft.home();
    let close = move |()| draft.over.set(None);
    let make =
        move |strokes: Strokes| stored.has_all().then(|| SignCorrection { record: draft.id(), strokes });
    let (form, instruments) = draft.with_view(|view| (view.form.clone(), view.instruments.clone()));
    let changes = move || {
        let found = draft.paper.answers.with(|answers| differences(Some(&form), &of.signed, answers));
        view! { <Differences form=Some(form.clone()) instruments=instruments.clone() differences=found /> }
    };
    view! {
        <Dialog title=texts::SIGN_CORRECTION.get() on_close=close>
            <div class="replace">
                <p>{texts::SIGN_CORRECTION_WHAT.get()}</p>
                <p class="replace__original">{move || draft.reason.with(|why| texts::label_and(texts::WHY.get(), why))}</p>
                {changes}
            </div>
            {stored.words()}
            <Signing<SignCorrection>
                make
                done=texts::CORRECTED
                on_done=move |()| navigate(&home, Default::default())
                on_cancel=close
            />
        </Dialog>
    }
    .into_any()
}
