//! A way in steps: what is done, what comes next, what follows.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// One step of a way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its sign.
    pub icon: Icon,
    /// Its word.
    pub name: &'static str,
    /// Where it stands.
    pub state: StepState,
    /// What it still lacks, where there is room for it.
    pub note: Option<String>,
}

/// Where a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    /// Behind.
    Done,
    /// Comes next.
    Next,
    /// Follows later.
    Ahead,
}

/// The steps side by side.
#[component]
pub fn Steps(
    /// What the way is, for screen readers.
    #[prop(into)]
    name: String,
    /// The steps.
    steps: Vec<Step>,
) -> impl IntoView {
    let step = |Step { icon, name, state, note }: Step| {
        let (class, icon) = match state {
            StepState::Done => ("steps__step steps__step--done", Icon::Check),
            StepState::Next => ("steps__step steps__step--next", icon),
            StepState::Ahead => ("steps__step", icon),
        };
        view! {
            <li class=class aria-current=(state == StepState::Next).then_some("step")>
                <span class="steps__sign">
                    <Glyph icon />
                </span>
                {name}
                {note.map(|note| view! { <small class="steps__note">{note}</small> })}
            </li>
        }
    };
    view! {
        <ol class="steps" aria-label=name>
            {steps.into_iter().map(step).collect_view()}
        </ol>
    }
}
