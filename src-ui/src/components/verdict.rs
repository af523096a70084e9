//! A verdict: the word, the figure and its limit, what to do next, and where it is written.

use leptos::prelude::*;
use stackside_core::judge::{Outcome, Verdict};

use super::icon::{Glyph, Icon};
use super::tone::{Pill, Tone};
use crate::texts;

/// How an outcome looks: never by colour alone.
pub fn outcome_look(outcome: Outcome) -> (Tone, Icon) {
    match outcome {
        Outcome::Pass => (Tone::Ok, Icon::Check),
        Outcome::FailValid => (Tone::Warn, Icon::Warn),
        Outcome::Fail | Outcome::OutOfControl => (Tone::Bad, Icon::Warn),
        Outcome::Incomplete | Outcome::NotJudged => (Tone::Idle, Icon::Clock),
    }
}

/// An outcome as a pill.
#[component]
pub fn OutcomePill(outcome: Outcome) -> impl IntoView {
    let (tone, icon) = outcome_look(outcome);
    view! { <Pill tone icon text=texts::outcome(outcome).get() /> }
}

/// Shows a verdict, or nothing; a change is told politely to those who do not see it.
#[component]
pub fn VerdictBanner(
    /// What is shown.
    #[prop(into)]
    verdict: Signal<Option<Verdict>>,
) -> impl IntoView {
    view! { <div class="verdicts" role="status" aria-live="polite">{move || verdict.get().map(banner)}</div> }
}

fn banner(verdict: Verdict) -> impl IntoView {
    let (tone, icon) = outcome_look(verdict.outcome);
    let clause = verdict.rule.as_ref().map(|rule| {
        let check = rule
            .to_be_checked
            .then(|| view! { <span class="verdict__mark">{texts::TO_BE_CHECKED.get()}</span> });
        view! {
            <div class="verdict__clause">
                <span>{texts::label(&rule.clause).to_owned()}</span>
                {check}
            </div>
        }
    });
    view! {
        <div class=format!("verdict num {}", tone.area())>
            <Glyph icon />
            <div class="verdict__words">
                <b>{texts::outcome(verdict.outcome).get()}</b>
                <span>{texts::verdict_figures(&verdict)}</span>
                {texts::verdict_advice(&verdict).map(|advice| view! { <span>{advice}</span> })}
            </div>
            {clause}
        </div>
    }
}
