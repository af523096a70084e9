//! A short message over the title, clear of the way back and of every main button; told to screen readers too.

use std::time::Duration;

use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// A message with its tone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What it says.
    pub text: String,
    /// True for an error.
    pub is_bad: bool,
}

impl Notice {
    /// Something went wrong.
    pub fn bad(text: String) -> Self {
        Self { text, is_bad: true }
    }
    /// Something was done.
    pub fn good(text: String) -> Self {
        Self { text, is_bad: false }
    }
}

/// Shows the notice until it is tapped away; a good one goes by itself.
#[component]
pub fn Notices(notice: RwSignal<Option<Notice>>) -> impl IntoView {
    Effect::new(move || {
        if notice.with(|notice| notice.as_ref().is_some_and(|notice| !notice.is_bad)) {
            set_timeout(move || notice.set(None), Duration::from_secs(4));
        }
    });
    view! {
        <div class="notices" role="status" aria-live="polite">
            {move || {
                notice.get().map(|Notice { text, is_bad }| {
                    view! {
                        <button class="notice" class:notice--bad=is_bad on:click=move |_| notice.set(None)>
                            <Glyph icon=if is_bad { Icon::Warn } else { Icon::Check } />
                            <span>{text}</span>
                            <Glyph icon=Icon::Cross />
                            <span class="sr-only">{crate::texts::CLOSE.get()}</span>
                        </button>
                    }
                })
            }}
        </div>
    }
}
