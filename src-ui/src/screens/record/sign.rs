//! The end of a record: back to the visit, where all is signed at once, or signed here for desk work.

use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_navigate;

use super::correct::SignCorrectionDialog;
use super::draft::{Draft, Over};
use super::saves::SaveState;
use crate::components::icon::{Glyph, Icon};
use crate::screens::sign_dialog::SignDialog;
use crate::texts;

/// Leads to the signature.
#[component]
pub fn SignButton(draft: Draft) -> impl IntoView {
    let inside = move |words: texts::Text| view! { <Glyph icon=Icon::Pen /> {words.get()} };
    match draft.is_signed_here() {
        true => view! {
            <button type="button" class="btn btn--main btn--big" on:click=move |_| draft.over.set(Some(Over::Sign))>
                {inside(texts::SIGN)}
            </button>
        }
        .into_any(),
        false => view! { <A href=draft.home() attr:class="btn btn--main btn--big">{inside(texts::TO_VISIT)}</A> }.into_any(),
    }
}

/// Holds a signature back until the store has all that the screen shows: what is signed is what the store has.
#[derive(Clone, Copy)]
pub struct Stored {
    draft: Draft,
    was_tried: RwSignal<bool>,
}

impl Stored {
    /// Sends what waits.
    pub fn of(draft: Draft) -> Self {
        draft.flush();
        Self { draft, was_tried: RwSignal::new(false) }
    }

    /// True if all is there; if not, it is sent once more.
    pub fn has_all(self) -> bool {
        let has_all = self.draft.state.with_untracked(|state| *state == SaveState::Saved);
        if !has_all {
            self.was_tried.set(true);
            self.draft.flush();
            self.draft.retry();
        }
        has_all
    }

    /// Says so where a signature was held back.
    pub fn words(self) -> impl IntoView {
        let why = move || match (self.was_tried.get(), self.draft.state.get()) {
            (false, _) | (true, SaveState::Saved) => None,
            (true, SaveState::Saving) => Some(texts::NOT_ALL_SAVED.get().to_owned()),
            (true, SaveState::Failed(error)) => Some(texts::command_error(&error)),
        };
        let words = move || {
            why().map(|words| {
                view! { <div class="visit__refused"><Glyph icon=Icon::Warn /><p>{words}</p></div> }
            })
        };
        view! { <div role="alert">{words}</div> }
    }
}

/// The signature over a record of desk work or a correction; what is missing comes first.
#[component]
pub fn SignHere(draft: Draft) -> impl IntoView {
    let navigate = use_navigate();
    if !untrack(|| draft.problems.with(Vec::is_empty)) {
        draft.over.set(Some(Over::Missing));
        return ().into_any();
    }
    if let Some(of) = draft.with_view(|view| view.correction.clone()) {
        return view! { <SignCorrectionDialog draft of /> }.into_any();
    }
    let home = StoredValue::new(draft.home());
    let line = draft.line.get_untracked();
    let go = {
        let navigate = navigate.clone();
        move |path: String| navigate(&path, Default::default())
    };
    let signed = move |()| home.with_value(|home| navigate(home, Default::default()));
    view! {
        <SignDialog
            place=draft.place()
            records=vec![line]
            stored=Stored::of(draft)
            on_go=go
            on_signed=signed
            on_close=move |()| draft.over.set(None)
        />
    }
    .into_any()
}
