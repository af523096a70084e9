//! Loading, failed, empty: drawn on purpose.

use leptos::prelude::*;
use stackside_core::command::CommandError;

use super::icon::{Glyph, Icon};
use crate::texts;

/// Something is being read.
#[component]
pub fn Loading() -> impl IntoView {
    view! { <p class="state" role="status">{texts::LOADING.get()}</p> }
}

/// It could not be read: why, and another try.
#[component]
pub fn Failed(error: CommandError, #[prop(into)] on_retry: Callback<()>) -> impl IntoView {
    view! {
        <div class="state state--bad" role="alert">
            <Glyph icon=Icon::Warn />
            <p>{texts::command_error(&error)}</p>
            <button class="btn" on:click=move |_| on_retry.run(())>{texts::RETRY.get()}</button>
        </div>
    }
}

/// There is nothing, and that is all right.
#[component]
pub fn Empty(icon: Icon, #[prop(into)] text: String) -> impl IntoView {
    view! {
        <div class="state">
            <Glyph icon />
            <p>{text}</p>
        </div>
    }
}
