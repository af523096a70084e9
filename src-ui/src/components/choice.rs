//! One of a few: big side-by-side choices, as radio buttons.

use leptos::prelude::*;

/// A choice of one among a few.
#[component]
pub fn Choices<T: Copy + PartialEq + Send + Sync + 'static>(
    /// What is chosen, as legend.
    #[prop(into)]
    label: String,
    /// The name of the radio group in the page.
    name: &'static str,
    /// What there is to choose from, with its word.
    options: Vec<(T, &'static str)>,
    /// What is chosen now.
    #[prop(into)]
    chosen: Signal<T>,
    /// Told when another one is chosen.
    #[prop(into)]
    on_choose: Callback<T>,
) -> impl IntoView {
    let option = move |(value, word): (T, &'static str)| {
        view! {
            <label class="choices__one">
                <input type="radio" name=name prop:checked=move || chosen.get() == value on:change=move |_| on_choose.run(value) />
                <span>{word}</span>
            </label>
        }
    };
    view! {
        <fieldset class="choices">
            <legend>{label}</legend>
            <div class="choices__all">{options.into_iter().map(option).collect_view()}</div>
        </fieldset>
    }
}
