//! A fault: the one line of its steps, what comes next as the main button, its deadlines, and what happened.

mod dialog;
mod list;

use chrono::Utc;
use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_params_map};
use stackside_core::command::{FaultLine, FaultStepLine, FaultView, GetFault, OpenFaultRecord};
use stackside_core::fault::{ClockState, FaultClock, StepKind};
use stackside_core::id::{FaultId, FormCode};

use self::dialog::{Noting, StepDialog};
use super::form_list::FormList;
use crate::app::Shared;
use crate::components::icon::{Glyph, Icon};
use crate::components::page::Page;
use crate::components::row::{Row, Rows};
use crate::components::states::Empty;
use crate::components::steps::{Step, StepState, Steps};
use crate::components::tone::{Pill, Tone};
use crate::live::{live_if, show};
use crate::texts;

pub use list::{FaultsHere, OpenFaults};

/// The step that is about to be noted.
type About = RwSignal<Option<Noting>>;

/// The screen.
#[component]
pub fn FaultScreen() -> impl IntoView {
    let params = use_params_map();
    let id =
        Memo::new(move |_| params.with(|params| params.get("id").and_then(|id| id.parse::<FaultId>().ok())));
    let fault = live_if(move || id.get().map(|fault| GetFault { fault }));
    let about: About = RwSignal::new(None);
    let line = move || fault.with(|fault| fault.as_ref()?.as_ref().ok().map(|view| view.line.clone()));
    let title = Signal::derive(move || line().map(|line| texts::fault_title(&line)).unwrap_or_default());
    let subtitle =
        Signal::derive(move || line().map(|line| format!("{} · {}", line.point_name, line.discharger_name)));
    view! {
        <Page title subtitle back="/">
            {show(fault, move |view| view! { <Course view about /> })}
            {move || {
                let noting = about.get()?;
                let view = fault.with_untracked(|fault| fault.as_ref()?.as_ref().ok().cloned())?;
                Some(view! { <StepDialog view noting on_close=move |()| about.set(None) /> })
            }}
        </Page>
    }
}

#[component]
fn Course(view: FaultView, about: About) -> impl IntoView {
    let FaultView { line, steps, forms, .. } = view;
    let (id, is_open) = (line.id, !line.asks.is_empty());
    let (shared, navigate) = (Shared::get(), use_navigate());
    let open = move |form: FormCode| {
        let navigate = navigate.clone();
        shared.run(OpenFaultRecord { fault: id, form }, move |record| {
            navigate(&format!("/record/{record}"), Default::default());
        });
    };
    let clocks = line.clocks.clone();
    view! {
        <div class="visit">
            <section class="card visit__way">
                <Steps name=texts::FAULT_STEPS.get() steps=steps_of(&line) />
                <Next line about />
            </section>
            <div class="visit__side">
                <section class="card">
                    <div class="card__head"><h2>{texts::FAULT_CLOCKS.get()}</h2></div>
                    {match clocks.is_empty() {
                        true => view! { <Empty icon=Icon::Clock text=texts::NO_CLOCKS.get() /> }.into_any(),
                        false => view! { <Rows>{clocks.into_iter().map(|clock| view! { <ClockRow clock /> }).collect_view()}</Rows> }.into_any(),
                    }}
                </section>
                {(is_open && !forms.is_empty()).then(|| view! {
                    <section class="card">
                        <div class="card__head"><h2>{texts::FAULT_FORMS.get()}</h2></div>
                        <FormList forms on_fill=open />
                    </section>
                })}
            </div>
            <div class="visit__side">
                <section class="card">
                    <div class="card__head"><h2>{texts::FAULT_HISTORY.get()}</h2></div>
                    <Rows>{steps.into_iter().map(|step| view! { <StepRow step is_open about /> }).collect_view()}</Rows>
                </section>
            </div>
        </div>
    }
}

/// 发现 → 报告 → 到场 → 修复 → 验证 → 恢复.
fn steps_of(line: &FaultLine) -> Vec<Step> {
    let icon = |kind| match kind {
        StepKind::Reported => Icon::Book,
        StepKind::Arrived => Icon::Site,
        StepKind::Repaired => Icon::Gear,
        StepKind::Proved => Icon::Chart,
        _ => Icon::Warn,
    };
    let state = |kind| match line.asks.first() {
        _ if line.done.contains(&kind) => StepState::Done,
        Some(next) if *next == kind => StepState::Next,
        _ => StepState::Ahead,
    };
    let step =
        |kind| Step { icon: icon(kind), name: texts::fault_step(kind).get(), state: state(kind), note: None };
    StepKind::LINE.into_iter().map(step).collect()
}

/// The main button, and beside it what else can be noted; or what became of it.
#[component]
fn Next(line: FaultLine, about: About) -> impl IntoView {
    let Some((next, later)) = line.asks.split_first() else {
        let words = if line.is_withdrawn { texts::FAULT_WITHDRAWN } else { texts::FAULT_OVER };
        return view! { <p class="visit__closed" role="status"><Glyph icon=Icon::Check /> {words.get()}</p> }
            .into_any();
    };
    let note = move |kind| about.set(Some(Noting::new(kind)));
    let next = *next;
    let is_down = line.asks.contains(&StepKind::BackInService);
    let also = is_down.then_some(StepKind::ManualMonitoring).into_iter();
    let others = also.chain(later.iter().copied()).chain([StepKind::Changed, StepKind::Withdrawn]);
    let other = move |kind| view! { <button class="btn" on:click=move |_| note(kind)>{texts::note_step(kind).get()}</button> };
    view! {
        <div class="visit__next">
            <button class="btn btn--main btn--big" on:click=move |_| note(next)>
                <span class="today__go">{texts::note_step(next).get()}</span>
                <Glyph icon=Icon::Right />
            </button>
        </div>
        <div class="fault__others" role="group" aria-label=texts::OTHER_STEPS.get()>{others.map(other).collect_view()}</div>
    }
    .into_any()
}

/// The tone of a deadline.
fn tone_of(clock: &FaultClock) -> Tone {
    match clock.state(Utc::now()) {
        ClockState::Missed => Tone::Bad,
        ClockState::Running => Tone::Warn,
        ClockState::Met => Tone::Ok,
    }
}

#[component]
fn ClockRow(clock: FaultClock) -> impl IntoView {
    let shared = Shared::get();
    let clock = StoredValue::new(clock);
    move || {
        shared.minute.track();
        let clock = clock.get_value();
        let tone = tone_of(&clock);
        let clause = texts::label(&clock.clause).to_owned();
        let is_to_be_checked = clock.to_be_checked;
        let below = move || {
            view! {
                <div>
                    {clause.clone()} " "
                    {is_to_be_checked.then(|| view! { <span class="today__check">{texts::TO_BE_CHECKED.get()}</span> })}
                </div>
            }
        };
        view! {
            <Row icon=Icon::Clock tone title=texts::fault_event(clock.event) detail=texts::fault_clock_detail(&clock) below>
                <Pill tone text=texts::fault_clock(&clock, Utc::now()) />
            </Row>
        }
    }
}

#[component]
fn StepRow(step: FaultStepLine, is_open: bool, about: About) -> impl IntoView {
    let kind = step.step.kind();
    let record = step
        .record
        .as_ref()
        .and_then(|(_, title)| title.as_ref())
        .map(|title| texts::label(title).to_owned());
    let parts = [Some(texts::short_time(step.at)), Some(step.stamp.person_name.clone()), record];
    let parts = parts.into_iter().flatten().filter(|part| !part.is_empty());
    let detail = parts.collect::<Vec<_>>().join(" · ");
    let words = step.words.clone();
    let can_correct = is_open && step.stands && kind != StepKind::Withdrawn;
    let of = StoredValue::new(step.clone());
    let tone = if step.stands { Tone::Ok } else { Tone::Idle };
    view! {
        <Row
            icon=if step.stands { Icon::Check } else { Icon::Cross }
            tone
            title=texts::fault_step_title(&step)
            detail
            below=move || view! { <div>{words.clone()}</div> }
        >
            {(!step.stands).then(|| view! { <Pill tone=Tone::Idle text=texts::STEP_SUPERSEDED.get() /> })}
            {can_correct.then(|| view! {
                <button class="btn btn--soft" on:click=move |_| about.set(Some(Noting::instead_of(of.get_value())))>
                    {texts::CORRECT_STEP.get()}
                </button>
            })}
        </Row>
    }
}
