//! Stops of a point: the source is shut down, or an instrument is out of service. Registered and ended on the spot, offline.

use chrono::{NaiveDateTime, Utc};
use leptos::prelude::*;
use stackside_core::clock::{from_shanghai, shown_time};
use stackside_core::command::{PauseWork, PointView, ResumeWork};
use stackside_core::form::AnswerError;
use stackside_core::id::{InstrumentId, PointId};
use stackside_core::pause::Pause;
use stackside_core::register::Instrument;

use crate::app::Shared;
use crate::components::dialog::Dialog;
use crate::components::field::{FieldName, FieldTold, Keyboard, LineField};
use crate::components::icon::Icon;
use crate::components::row::{Row, Rows};
use crate::components::states::Empty;
use crate::components::tone::Tone;
use crate::shell;
use crate::texts;

/// What stops or goes on.
#[derive(Clone, PartialEq)]
struct Asked {
    instrument: Option<InstrumentId>,
    goes_on: bool,
}

/// The stops of a point, and what can be said of them.
#[component]
pub fn Pauses(view: PointView) -> impl IntoView {
    let asked = RwSignal::new(None::<Asked>);
    let PointView { point, instruments, pauses, .. } = view;
    let all = StoredValue::new(instruments);
    let name = move |id: &Option<InstrumentId>| all.with_value(|all| name_of(all, id));
    let row = move |pause: Pause| {
        let line = texts::pause_line(&name(&pause.instrument), pause.since, &pause.reason);
        let back = Asked { instrument: pause.instrument, goes_on: true };
        view! {
            <Row icon=Icon::Clock tone=Tone::Info title=line>
                <button class="btn btn--soft" on:click=move |_| asked.set(Some(back.clone()))>
                    {texts::RESUME.get()}
                </button>
            </Row>
        }
    };
    let stopped: Vec<Option<InstrumentId>> = pauses.iter().map(|pause| pause.instrument.clone()).collect();
    let of_point = all.with_value(|all| all.iter().map(|one| Some(one.id.clone())).collect::<Vec<_>>());
    let running: Vec<_> =
        std::iter::once(None).chain(of_point).filter(|one| !stopped.contains(one)).collect();
    let running = StoredValue::new(running);
    let point = StoredValue::new(point.id);
    view! {
        <section class="card">
            <div class="card__head">
                <h2>{texts::PAUSES.get()}</h2>
                <button
                    class="btn end"
                    on:click=move |_| asked.set(Some(Asked { instrument: None, goes_on: false }))
                    disabled=running.with_value(Vec::is_empty)
                >
                    {texts::PAUSE.get()}
                </button>
            </div>
            {match pauses.is_empty() {
                true => view! { <Empty icon=Icon::Check text=texts::NO_PAUSE.get() /> }.into_any(),
                false => view! { <Rows>{pauses.into_iter().map(row).collect_view()}</Rows> }.into_any(),
            }}
            {move || asked.get().map(|asked_for| {
                let choices = match asked_for.goes_on {
                    true => vec![asked_for.instrument.clone()],
                    false => running.get_value(),
                };
                let choices = choices.into_iter().map(|id| (name(&id), id)).collect();
                view! {
                    <PauseDialog
                        point=point.get_value()
                        choices
                        goes_on=asked_for.goes_on
                        on_close=move |()| asked.set(None)
                    />
                }
            })}
        </section>
    }
}

fn name_of(instruments: &[Instrument], id: &Option<InstrumentId>) -> String {
    let Some(id) = id else { return texts::SOURCE.get().to_owned() };
    let factor =
        instruments.iter().find(|one| one.id == *id).map(|one| texts::factor(&one.factor).to_owned());
    factor.unwrap_or_else(|| id.to_string())
}

/// Asks what stops, since when and why.
#[component]
fn PauseDialog(
    point: PointId,
    choices: Vec<(String, Option<InstrumentId>)>,
    goes_on: bool,
    #[prop(into)] on_close: Callback<()>,
) -> impl IntoView {
    let shared = Shared::get();
    let chosen = RwSignal::new(0_usize);
    let (since, reason) = (RwSignal::new(shown_time(Utc::now())), RwSignal::new(String::new()));
    let (bad_since, bad_reason) = (RwSignal::new(None::<String>), RwSignal::new(None::<String>));
    let (title, why) = match goes_on {
        true => (texts::RESUME, texts::RESUME_WHY),
        false => (texts::PAUSE_TITLE, texts::PAUSE_WHY),
    };
    let ids = StoredValue::new(choices.iter().map(|(_, id)| id.clone()).collect::<Vec<_>>());
    let send = move |_| {
        let at = NaiveDateTime::parse_from_str(since.get_untracked().trim(), "%Y-%m-%d %H:%M");
        let Ok(at) = at else {
            bad_since.set(Some(texts::answer_error(&AnswerError::NotATime)));
            return;
        };
        let reason = reason.get_untracked().trim().to_owned();
        if reason.is_empty() {
            bad_reason.set(Some(texts::answer_error(&AnswerError::ReasonMissing)));
            return;
        }
        let instrument = ids.with_value(|ids| ids.get(chosen.get_untracked()).cloned().flatten());
        let (point, since) = (point.clone(), from_shanghai(at));
        leptos::task::spawn_local(async move {
            let said = match goes_on {
                true => shell::call(&ResumeWork { point, instrument, since, reason }).await,
                false => shell::call(&PauseWork { point, instrument, since, reason }).await,
            };
            match said {
                Ok(()) => on_close.run(()),
                Err(error) => shared.fail(&error),
            }
        });
    };
    let choose = move |event: leptos::ev::Event| {
        chosen.set(event_target_value(&event).parse().unwrap_or_default());
    };
    let told = |value: RwSignal<String>, complaint: RwSignal<Option<String>>| {
        FieldTold::typing(move |text| {
            complaint.set(None);
            value.set(text);
        })
    };
    let must = |id: &str, label: texts::Text| FieldName { required: true, ..FieldName::new(id, label.get()) };
    view! {
        <Dialog title=title.get() on_close>
            <div class="replace">
                <p>{why.get()}</p>
                <div class="field">
                    <label class="field__label" for="pause-what">{texts::PAUSE_WHAT.get()}</label>
                    <select id="pause-what" class="field__box field__box--list" on:change=choose>
                        {choices
                            .into_iter()
                            .enumerate()
                            .map(|(at, (name, _))| view! { <option value=at.to_string()>{name}</option> })
                            .collect_view()}
                    </select>
                </div>
                <LineField
                    name=must("pause-since", texts::SINCE)
                    value=since
                    complaint=bad_since
                    keyboard=Keyboard::Text
                    stamp=None
                    told=told(since, bad_since)
                />
                <LineField
                    name=must("pause-reason", texts::PAUSE_REASON)
                    value=reason
                    complaint=bad_reason
                    keyboard=Keyboard::Text
                    stamp=None
                    told=told(reason, bad_reason)
                />
            </div>
            <div class="dialog__ways">
                <button class="btn" on:click=move |_| on_close.run(())>{texts::CANCEL.get()}</button>
                <button class="btn btn--main" on:click=send>{title.get()}</button>
            </div>
        </Dialog>
    }
}
