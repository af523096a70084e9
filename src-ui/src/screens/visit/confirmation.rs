//! Where the discharger's confirmation of a visit stands, and the way to it.

use leptos::prelude::*;
use stackside_core::command::{GivenLine, VisitView};
use stackside_core::confirmation::State;

use crate::components::icon::{Glyph, Icon};
use crate::components::tone::{Pill, Tone};
use crate::screens::record_row::SendPill;
use crate::texts;

/// The state with what is left of the day, and all answers.
#[component]
pub fn ConfirmationCard(
    /// The visit.
    visit: VisitView,
    /// Leads to another screen.
    #[prop(into)]
    on_go: Callback<String>,
) -> impl IntoView {
    let VisitView { id, confirmation, work, voided, .. } = visit;
    let line = confirmation.filter(|line| line.standing.state != State::Nothing);
    line.map(move |line| {
        let state = line.standing.state;
        let (tone, icon) = match state {
            State::Confirmed if line.standing.is_late => (Tone::Warn, Icon::Clock),
            State::Confirmed => (Tone::Ok, Icon::Check),
            State::Objected => (Tone::Bad, Icon::Warn),
            State::Nothing | State::Open | State::Outdated => (Tone::Warn, Icon::Clock),
        };
        let is_late = line.standing.is_late;
        let left = texts::time_left(&line.standing, line.left_minutes);
        let can_be_given = voided.is_none() && work.drafts == 0;
        let open = move |_| on_go.run(format!("/visit/{id}/confirm"));
        view! {
            <section class="card">
                <div class="card__head">
                    <h2>{texts::CONFIRMATION.get()}</h2>
                    <span class="end">
                        {is_late.then(|| view! { <Pill tone=Tone::Warn text=texts::LATE.get() /> })}
                        <Pill tone icon text=texts::confirmation_state(state) />
                    </span>
                </div>
                <ul class="visit__given">{line.given.into_iter().map(given).collect_view()}</ul>
                {(state.is_awaited() && can_be_given).then(|| view! {
                    <div class="visit__foot visit__foot--confirm">
                        <p class="num">{left}</p>
                        <button class="btn" on:click=open>
                            <Glyph icon=Icon::Person />
                            {texts::CONFIRM_NOW.get()}
                        </button>
                    </div>
                })}
            </section>
        }
    })
}

fn given(line: GivenLine) -> impl IntoView {
    view! {
        <li>
            <b>{texts::given_answer(&line.answer)}</b>
            <span class="num">{texts::given_by(&line)}</span>
            <span class="visit__given-marks">
                {line.is_in_portal.then(|| view! { <Pill tone=Tone::Info text=texts::IN_PORTAL.get() /> })}
                {(!line.is_current).then(|| view! { <Pill tone=Tone::Idle text=texts::NOT_CURRENT.get() /> })}
                <SendPill send=line.send />
            </span>
        </li>
    }
}
