//! 今日: what is due, what is overdue on top, and the open visits.

use chrono::Utc;
use leptos::prelude::*;
use leptos_router::components::A;
use stackside_core::command::{AwaitedLine, DueLine, Lock, SeenRecovered, Today, VisitView};
use stackside_core::due::Urgency;
use stackside_core::record::RecordState;
use stackside_core::visit::{Lack, VisitStep};

use super::fault::OpenFaults;
use super::tasks::Tasks;
use crate::app::{Shared, TodayLive};
use crate::components::dialog::Dialog;
use crate::components::icon::{Glyph, Icon};
use crate::components::page::Page;
use crate::components::row::{Row, Rows};
use crate::components::states::Empty;
use crate::components::steps::{Step, StepState, Steps};
use crate::components::tone::Tone;
use crate::live::show;
use crate::texts;

/// The screen.
#[component]
pub fn TodayScreen() -> impl IntoView {
    let TodayLive(today) = expect_context();
    let date = move || {
        today.with(|today| match today {
            Some(Ok(today)) => Some(texts::day(today.date)),
            _ => None,
        })
    };
    view! {
        <Page title=texts::TODAY.get().to_owned() subtitle=Signal::derive(date) end=|| view! { <PersonPill /> }>
            <Recovered />
            <OpenFaults />
            <super::review::ReturnedTasks />
            {show(
                today,
                |Today { visits, awaited, due, .. }| {
                    let open = visits.iter().map(|visit| (visit.point.id.clone(), visit.id)).collect();
                    view! {
                        <div class="today">
                            <section class="card">
                                <div class="card__head">
                                    <h2>{texts::TO_DO.get()}</h2>
                                    <span class="end num">{counts(&due)}</span>
                                </div>
                                <Tasks due open />
                            </section>
                            <section class="today__visits" aria-label=texts::OPEN_VISITS.get()>
                                {(!awaited.is_empty()).then(|| view! { <Awaited lines=awaited /> })}
                                {match visits.is_empty() {
                                    true => view! { <NoVisit /> }.into_any(),
                                    false => visits.into_iter().map(|visit| view! { <VisitCard visit /> }).collect_view().into_any(),
                                }}
                            </section>
                        </div>
                    }
                },
            )}
        </Page>
    }
}

fn counts(due: &[DueLine]) -> String {
    let count = |urgency| due.iter().filter(|line| line.is_mine && line.due.urgency == urgency).count();
    texts::due_counts(
        count(Urgency::Overdue),
        count(Urgency::Today),
        count(Urgency::Soon),
        count(Urgency::NeverDone),
    )
}

/// The steps of a visit for the step bar.
pub fn steps_of(visit: &VisitView) -> Vec<Step> {
    let next = visit.work.next_step();
    let step = |step: VisitStep| Step {
        icon: match step {
            VisitStep::SignIn => Icon::Site,
            VisitStep::Fill => Icon::List,
            VisitStep::Photo => Icon::Camera,
            VisitStep::Sign => Icon::Pen,
            VisitStep::Confirm => Icon::Person,
            VisitStep::SignOut => Icon::Door,
        },
        name: texts::step(step).get(),
        state: match (visit.work.lack(step), next == Some(step)) {
            (None, _) => StepState::Done,
            (Some(_), true) => StepState::Next,
            (Some(_), false) => StepState::Ahead,
        },
        note: None,
    };
    VisitStep::ALL.into_iter().map(step).collect()
}

/// What the button says that goes on with a visit.
pub fn go_on(visit: &VisitView) -> String {
    let draft = visit.records.iter().find(|line| line.state == RecordState::Draft && line.problems > 0);
    let form = draft.map(|line| &line.title).or(match visit.forms.as_slice() {
        [only] => Some(&only.title),
        _ => None,
    });
    let next = visit.work.next_step();
    if next.and_then(|step| visit.work.lack(step)) == Some(Lack::Objection) {
        return texts::CORRECT_OBJECTED.get().to_owned();
    }
    texts::go_on(next, form.map(texts::label))
}

#[component]
fn VisitCard(visit: VisitView) -> impl IntoView {
    let shared = Shared::get();
    let at = visit.signed_in_at;
    let running = move || {
        shared.minute.track();
        format!("{} · {}", texts::IN_PROGRESS.get(), texts::elapsed(at, Utc::now()))
    };
    view! {
        <article class="card today__visit">
            <span class="pill num tone-info">
                <Glyph icon=Icon::Clock />
                {running}
            </span>
            <h2>{visit.point.name.clone()}</h2>
            <p class="today__muted">{visit.discharger_name.clone()}</p>
            <p class="today__muted num">{texts::signed_in(at, &visit.presence)}</p>
            <Steps name=texts::STEPS.get() steps=steps_of(&visit) />
            <A href=format!("/visit/{}", visit.id) attr:class="btn btn--main btn--big">
                <span class="today__go">{go_on(&visit)}</span>
                <Glyph icon=Icon::Right />
            </A>
        </article>
    }
}

/// Visits that are over and that nobody confirmed yet, with what is left of their day.
#[component]
fn Awaited(lines: Vec<AwaitedLine>) -> impl IntoView {
    let row = |line: AwaitedLine| {
        let tone = if line.left_minutes < 0 { Tone::Bad } else { Tone::Warn };
        let title = line.point_name.clone();
        let detail = texts::confirmation_state(line.standing.state).to_owned();
        let left = texts::time_left(&line.standing, line.left_minutes);
        let name = format!("{} {title}", texts::SHOW_VISIT.get());
        view! {
            <Row icon=Icon::Person tone title detail below=move || view! { <div class="num">{left.clone()}</div> }>
                <A href=format!("/visit/{}", line.visit) attr:class="btn btn--soft" attr:aria-label=name>
                    {texts::SHOW_VISIT.get()}
                </A>
            </Row>
        }
    };
    view! {
        <section class="card" aria-label=texts::AWAITED.get()>
            <div class="card__head">
                <h2>{texts::AWAITED.get()}</h2>
            </div>
            <Rows>{lines.into_iter().map(row).collect_view()}</Rows>
        </section>
    }
}

#[component]
fn NoVisit() -> impl IntoView {
    view! {
        <div class="card today__visit">
            <Empty icon=Icon::Site text=texts::NO_OPEN_VISIT.get() />
            <A href="/points" attr:class="btn btn--main btn--big">
                <Glyph icon=Icon::Site />
                {texts::FIND_POINT.get()}
            </A>
        </div>
    }
}

/// What start-up mended, until someone has read it.
#[component]
fn Recovered() -> impl IntoView {
    let shared = Shared::get();
    let recovered =
        Memo::new(move |_| shared.state.with(|state| state.as_ref().and_then(|state| state.recovered)));
    let seen = move |_| shared.run(SeenRecovered {}, move |state| shared.take(state));
    move || {
        recovered.get().map(texts::recovered).filter(|lines| !lines.is_empty()).map(|lines| {
            view! {
                <section class="card today__recovered" role="status">
                    <Glyph icon=Icon::Warn />
                    <div>
                        <h2>{texts::RECOVERED.get()}</h2>
                        <ul>{lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ul>
                    </div>
                    <button class="btn" on:click=seen>{texts::UNDERSTOOD.get()}</button>
                </section>
            }
        })
    }
}

/// Who is at the tablet; a tap locks it, after a question.
#[component]
fn PersonPill() -> impl IntoView {
    let shared = Shared::get();
    let name = Memo::new(move |_| {
        shared.state.with(|state| {
            state.as_ref().and_then(|state| state.person.as_ref()).map(|person| person.name.clone())
        })
    });
    let asking = RwSignal::new(false);
    let lock = move |_| {
        asking.set(false);
        shared.run(Lock {}, move |state| shared.take(state));
    };
    view! {
        {move || {
            name.get().map(|name| {
                let words = format!("{name}: {}", texts::LOCK.get());
                view! {
                    <button class="pill-link" aria-label=words on:click=move |_| asking.set(true)>
                        <span class="pill tone-info">
                            <Glyph icon=Icon::Person />
                            {name}
                        </span>
                    </button>
                }
            })
        }}
        {move || {
            asking.get().then(|| view! {
                <Dialog title=texts::LOCK_NOW.get() on_close=move |()| asking.set(false)>
                    <p>{texts::LOCK_WHY.get()}</p>
                    <div class="dialog__ways">
                        <button class="btn" on:click=move |_| asking.set(false)>{texts::CANCEL.get()}</button>
                        <button class="btn btn--main" on:click=lock>
                            <Glyph icon=Icon::Lock />
                            {texts::LOCK.get()}
                        </button>
                    </div>
                </Dialog>
            })
        }}
    }
}
