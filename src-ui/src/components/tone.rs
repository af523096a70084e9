//! How something stands, as a colour; a word goes with it always.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// How something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Good.
    Ok,
    /// Wants attention soon.
    Warn,
    /// Overdue, out of control, returned: nothing else is red.
    Bad,
    /// Under way.
    Info,
    /// Neither good nor bad.
    Idle,
}

impl Tone {
    /// The class of an area in this tone.
    pub const fn area(self) -> &'static str {
        match self {
            Self::Ok => "tone-ok",
            Self::Warn => "tone-warn",
            Self::Bad => "tone-bad",
            Self::Info => "tone-info",
            Self::Idle => "tone-idle",
        }
    }
}

/// A word in its tone.
#[component]
pub fn Pill(
    /// Its tone.
    tone: Tone,
    /// What it says.
    #[prop(into)]
    text: String,
    /// A sign before the word.
    #[prop(optional)]
    icon: Option<Icon>,
) -> impl IntoView {
    view! {
        <span class=format!("pill num {}", tone.area())>
            {icon.map(|icon| view! { <Glyph icon /> })}
            {text}
        </span>
    }
}
