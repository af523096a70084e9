//! A search box that waits for a pause in typing.

use std::time::Duration;

use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use crate::texts;

const PAUSE: Duration = Duration::from_millis(250);

/// A search box.
#[component]
pub fn SearchBox(
    /// What it searches, as label and placeholder.
    #[prop(into)]
    label: String,
    /// Told after a pause in typing.
    #[prop(into)]
    on_search: Callback<String>,
) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let stop_waiting = move || {
        if let Some(handle) = waiting.try_update_value(Option::take).flatten() {
            handle.clear();
        }
    };
    let search = move |text: String, pause: Duration| {
        typed.set(text.clone());
        stop_waiting();
        let handle = set_timeout_with_handle(move || on_search.run(text.trim().to_owned()), pause);
        waiting.set_value(handle.ok());
    };
    on_cleanup(stop_waiting);
    let name = label.clone();
    view! {
        <div class="search" role="search">
            <Glyph icon=Icon::Search />
            <input
                class="search__input"
                type="search"
                enterkeyhint="search"
                aria-label=name
                placeholder=label
                prop:value=typed
                on:input=move |event| search(event_target_value(&event), PAUSE)
            />
            {move || {
                typed.with(|typed| !typed.is_empty()).then(|| {
                    view! {
                        <button class="search__clear" aria-label=texts::CLEAR_SEARCH.get() on:click=move |_| search(String::new(), Duration::ZERO)>
                            <Glyph icon=Icon::Cross />
                        </button>
                    }
                })
            }}
        </div>
    }
}
