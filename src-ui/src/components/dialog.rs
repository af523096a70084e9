//! A dialog over the screen: the browser's own, so that focus stays in it and Escape closes it.

use leptos::html;
use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// A dialog; it is open as long as it is in the page. `on_close` is told when the person wants it gone.
#[component]
pub fn Dialog(
    /// Its heading.
    #[prop(into)]
    title: String,
    /// Told when the person closes it.
    #[prop(into)]
    on_close: Callback<()>,
    children: Children,
) -> impl IntoView {
    let name = title.clone();
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        if let Some(dialog) = dialog.get()
            && !dialog.open()
        {
            let _ = dialog.show_modal();
        }
    });
    view! {
        <dialog
            class="dialog"
            node_ref=dialog
            aria-label=name
            on:cancel=move |event: leptos::ev::Event| {
                event.prevent_default();
                on_close.run(());
            }
        >
            <header class="dialog__head">
                <h2>{title}</h2>
                <button class="btn" aria-label=crate::texts::CLOSE.get() on:click=move |_| on_close.run(())>
                    <Glyph icon=Icon::Cross />
                </button>
            </header>
            {children()}
        </dialog>
    }
}
