//! Faults in lists: the open ones on 今日, and those of a point with the way to a new one.

use chrono::Utc;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use stackside_core::command::{FaultLine, GetFaults};
use stackside_core::fault::{ClockState, FaultClock};
use stackside_core::id::PointId;

use super::dialog::StartDialog;
use super::tone_of;
use crate::app::{FaultsLive, Shared};
use crate::components::icon::{Glyph, Icon};
use crate::components::row::{Row, Rows};
use crate::components::tone::{Pill, Tone};
use crate::live::{Live, live};
use crate::texts;

fn faults(value: Live<Vec<FaultLine>>) -> Vec<FaultLine> {
    value.with(|value| value.as_ref().and_then(|value| value.as_ref().ok().cloned())).unwrap_or_default()
}

/// The open faults of all points with their count-downs; nothing while there is none.
#[component]
pub fn OpenFaults() -> impl IntoView {
    let FaultsLive(open) = expect_context();
    move || {
        let lines = faults(open);
        let clocks: Vec<&FaultClock> = lines.iter().flat_map(|line| &line.clocks).collect();
        let count = |state| {
            clocks.iter().filter(|clock| clock.done.is_none() && clock.state(Utc::now()) == state).count()
        };
        let counts = texts::fault_counts(count(ClockState::Running), count(ClockState::Missed));
        (!lines.is_empty()).then(|| view! {
            <section class="card fault__open">
                <div class="card__head"><h2>{texts::FAULTS.get()}</h2><span class="end num">{counts}</span></div>
                <Rows>{lines.into_iter().map(|line| view! { <FaultRow line /> }).collect_view()}</Rows>
            </section>
        })
    }
}

/// The faults of a point, and the way to a new one.
#[component]
pub fn FaultsHere(
    /// The point.
    point: PointId,
) -> impl IntoView {
    let (shared, navigate) = (Shared::get(), use_navigate());
    let of = point.clone();
    let here = live(move || {
        shared.minute.track();
        GetFaults { point: Some(of.clone()) }
    });
    let starting = RwSignal::new(false);
    let started = Callback::new(move |id| navigate(&format!("/fault/{id}"), Default::default()));
    view! {
        <section class="card fault__here">
            <div class="card__head">
                <h2>{texts::FAULTS.get()}</h2>
                <span class="end">
                    <button class="btn" on:click=move |_| starting.set(true)><Glyph icon=Icon::Warn /> {texts::NEW_FAULT.get()}</button>
                </span>
            </div>
            <Rows>{move || faults(here).into_iter().map(|line| view! { <FaultRow line /> }).collect_view()}</Rows>
        </section>
        {move || starting.get().then(|| view! {
            <StartDialog point=point.clone() on_started=started on_close=move |()| starting.set(false) />
        })}
    }
}

#[component]
fn FaultRow(line: FaultLine) -> impl IntoView {
    let (now, is_open) = (Utc::now(), !line.asks.is_empty());
    // The deadline that comes first, and those that were not kept while it is open.
    let first = line.clocks.iter().find(|clock| clock.done.is_none()).filter(|_| is_open);
    let pill = match first {
        Some(clock) => {
            let words = format!("{} {}", texts::fault_event(clock.event), texts::fault_clock(clock, now));
            view! { <Pill tone=tone_of(clock) text=words /> }.into_any()
        }
        None if line.is_withdrawn => {
            view! { <Pill tone=Tone::Idle text=texts::FAULT_WITHDRAWN.get() /> }.into_any()
        }
        None if is_open => ().into_any(),
        None => view! { <Pill tone=Tone::Ok text=texts::FAULT_OVER.get() /> }.into_any(),
    };
    let is_missed = line.clocks.iter().any(|clock| clock.state(now) == ClockState::Missed);
    let tone = match (is_open, is_missed) {
        (false, _) => Tone::Idle,
        (true, true) => Tone::Bad,
        (true, false) => Tone::Warn,
    };
    let next = line.asks.first().map(|kind| texts::fault_step(*kind).get().to_owned());
    let detail = [
        Some(line.point_name.clone()),
        line.noticed_at.map(texts::short_time),
        next.map(|next| format!("→ {next}")),
    ];
    let detail = detail.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    view! {
        <Row
            icon=Icon::Warn
            tone
            title=texts::fault_title(&line)
            detail
            to=format!("/fault/{}", line.id)
        >
            {pill}
        </Row>
    }
}
