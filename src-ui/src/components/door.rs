//! What stands before the app is open: its name on one side, what to do on the other.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use crate::texts;

/// A screen outside the frame.
#[component]
pub fn Door(
    /// Its heading.
    #[prop(into)]
    title: Signal<String>,
    /// What to do, under the heading.
    #[prop(into, optional)]
    advice: MaybeProp<String>,
    /// Under the app's name, at the foot.
    #[prop(into, optional)]
    foot: ViewFn,
    children: Children,
) -> impl IntoView {
    view! {
        <main class="door">
            <div class="door__name">
                <div class="door__logo">
                    <Glyph icon=Icon::Logo />
                </div>
                <p class="door__app">{texts::APP.get()}</p>
                <p class="door__what">{texts::WHAT_IT_IS.get()}</p>
                <div class="door__foot">{foot.run()}</div>
            </div>
            <section class="door__work card">
                <h1>{title}</h1>
                {move || advice.get().map(|advice| view! { <p class="door__advice">{advice}</p> })}
                {children()}
            </section>
        </main>
    }
}
