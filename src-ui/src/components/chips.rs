//! What is usually written, one tap away.

use leptos::prelude::*;

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chip {
    /// What a tap writes.
    pub text: String,
    /// A word under it.
    pub note: Option<String>,
}

/// Chips side by side. A tap leaves the focus where it is.
#[component]
pub fn Chips(
    /// What they are for, for screen readers.
    label: String,
    /// The chips.
    chips: Vec<Chip>,
    /// What stands in the field.
    #[prop(into)]
    chosen: Signal<String>,
    /// Told the text of the one that was tapped.
    #[prop(into)]
    on_pick: Callback<String>,
) -> impl IntoView {
    let chip = move |Chip { text, note }: Chip| {
        let (mine, picked) = (text.clone(), text.clone());
        view! {
            <button
                type="button"
                class="chips__one"
                aria-pressed=move || chosen.with(|chosen| if *chosen == mine { "true" } else { "false" })
                on:pointerdown=|event| event.prevent_default()
                on:click=move |_| on_pick.run(picked.clone())
            >
                <span>{text}</span>
                {note.map(|note| view! { <small class="num">{note}</small> })}
            </button>
        }
    };
    view! { <div class="chips" role="group" aria-label=label>{chips.into_iter().map(chip).collect_view()}</div> }
}
