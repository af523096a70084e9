//! A dialog over the screen: the browser's own, so that focus stays in it and Escape closes it.

use leptos::html;
use leptos::prelude::*;

use wasm_bindgen::JsCast;

use super::icon::{Glyph, Icon};

/// Opens the dialog once it is in the page. When it is gone, what had the focus before has it again, unless something
/// else took it.
pub fn open_modal(dialog: NodeRef<html::Dialog>) {
    let before = StoredValue::new_local(document().active_element());
    Effect::new(move || {
        if let Some(dialog) = dialog.get()
            && !dialog.open()
        {
            let _ = dialog.show_modal();
        }
    });
    on_cleanup(move || {
        let Some(Some(before)) = before.try_get_value() else { return };
        let Ok(before) = before.dyn_into::<web_sys::HtmlElement>() else { return };
        // The dialog is in the page still, and lets nothing outside have the focus.
        request_animation_frame(move || {
            let body = document().body().map(web_sys::Element::from);
            if before.is_connected() && document().active_element() == body {
                let _ = before.focus();
            }
        });
    });
}

/// A dialog; it is open as long as it is in the page. `on_close` is told when the person wants it gone.
#[component]
pub fn Dialog(
    /// Its heading.
    #[prop(into)]
    title: String,
    /// How it looks, where it is no card.
    #[prop(default = "dialog")]
    class: &'static str,
    /// Told when the person closes it.
    #[prop(into)]
    on_close: Callback<()>,
    children: Children,
) -> impl IntoView {
    let name = title.clone();
    let dialog = NodeRef::<html::Dialog>::new();
    open_modal(dialog);
    view! {
        <dialog
            class=class
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
