//! Names and values in a grid that is easy to scan; what is empty is left out.

use leptos::prelude::*;

/// A name and its value.
pub type Fact = (&'static str, Option<String>);

/// Facts side by side.
#[component]
pub fn Facts(
    /// The facts.
    facts: Vec<Fact>,
) -> impl IntoView {
    let filled = facts
        .into_iter()
        .filter_map(|(name, value)| Some((name, value.filter(|value| !value.trim().is_empty())?)));
    view! {
        <dl class="facts">
            {filled
                .map(|(name, value)| {
                    view! {
                        <div class="facts__one">
                            <dt>{name}</dt>
                            <dd class="num">{value}</dd>
                        </div>
                    }
                })
                .collect_view()}
        </dl>
    }
}
