//! How far something is.

use leptos::prelude::*;

/// A bar from nothing to all.
#[component]
pub fn Progress(
    /// What is under way, for screen readers.
    #[prop(into)]
    name: String,
    /// How much is done.
    done: u64,
    /// How much it is in all.
    total: u64,
) -> impl IntoView {
    let percent = done.min(total).saturating_mul(100).checked_div(total).unwrap_or_default();
    view! {
        <div class="progress" role="progressbar" aria-label=name aria-valuemin="0" aria-valuemax="100" aria-valuenow=percent>
            <div class="progress__done" style:width=format!("{percent}%")></div>
        </div>
    }
}
