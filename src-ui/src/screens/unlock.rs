//! Who is at the tablet, and the proof: a PIN, or a personal code that sets one.

use std::time::Duration;

use leptos::html;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use stackside_core::command::{AppState, Command, CommandError, PersonLine, SetPin, SyncNow, Unlock};

use crate::app::Shared;
use crate::components::digits::{DigitInput, DigitKeys};
use crate::components::door::Door;
use crate::components::icon::{Glyph, Icon};
use crate::components::input::LineInput;
use crate::components::states::Empty;
use crate::{shell, texts};

const MOST_DIGITS: usize = 12;
const SECOND: Duration = Duration::from_secs(1);

/// The screen of a locked tablet.
#[component]
pub fn UnlockScreen() -> impl IntoView {
    let shared = Shared::get();
    let people = Memo::new(move |_| {
        shared.state.with(|state| state.as_ref().map(|state| state.people.clone()).unwrap_or_default())
    });
    let operator = move || {
        shared.state.with(|state| {
            state
                .as_ref()
                .and_then(|state| state.enrolment.as_ref())
                .map(|enrolment| enrolment.operator.clone())
        })
    };
    let chosen = RwSignal::new(None::<PersonLine>);
    // Who opens the app next comes back to a place of their own, not to that of who left.
    if use_location().pathname.with_untracked(|here| here != "/") {
        use_navigate()("/", NavigateOptions { replace: true, ..NavigateOptions::default() });
    }
    let title = move || match chosen.get() {
        None => texts::WHO.get().to_owned(),
        Some(person) => person.name,
    };
    view! {
        <Door title=Signal::derive(title) foot=operator>
            {move || match chosen.get() {
                Some(person) => view! { <Proof person on_other=move |()| chosen.set(None) /> }.into_any(),
                None if people.with(Vec::is_empty) => view! { <NoPeople /> }.into_any(),
                None => view! { <People people=people.get() on_choose=move |person| chosen.set(Some(person)) /> }.into_any(),
            }}
        </Door>
    }
}

#[component]
fn People(people: Vec<PersonLine>, #[prop(into)] on_choose: Callback<PersonLine>) -> impl IntoView {
    let tile = move |person: PersonLine| {
        let detail = if person.has_pin { person.post.clone() } else { texts::NO_PIN_YET.get().to_owned() };
        let name = person.name.clone();
        view! {
            <li>
                <button class="people__one" on:click=move |_| on_choose.run(person.clone())>
                    <span class="row__icon tone-info">
                        <Glyph icon=Icon::Person />
                    </span>
                    <span class="people__words">
                        <b>{name}</b>
                        <span>{detail}</span>
                    </span>
                    <Glyph icon=Icon::Right />
                </button>
            </li>
        }
    };
    view! { <ul class="people">{people.into_iter().map(tile).collect_view()}</ul> }
}

#[component]
fn NoPeople() -> impl IntoView {
    let shared = Shared::get();
    let asking = RwSignal::new(false);
    let ask = move |_| {
        asking.set(true);
        leptos::task::spawn_local(async move {
            if let Err(error) = shell::call(&SyncNow {}).await {
                shared.fail(&error);
            }
            asking.try_set(false);
            shared.refresh();
        });
    };
    view! {
        <Empty icon=Icon::Person text=texts::NO_PEOPLE.get() />
        <button class="btn btn--main btn--big" disabled=asking on:click=ask>
            <Glyph icon=Icon::Sync />
            {move || if asking.get() { texts::ASKING.get() } else { texts::ASK_NOW.get() }}
        </button>
    }
}

/// PIN, or code and new PIN for those who have none.
#[component]
fn Proof(person: PersonLine, #[prop(into)] on_other: Callback<()>) -> impl IntoView {
    let by_code = RwSignal::new(!person.has_pin);
    let has_pin = person.has_pin;
    let id = StoredValue::new(person.id);
    view! {
        {move || match by_code.get() {
            true => view! { <NewPin person=id.get_value() on_done=|()| () /> }.into_any(),
            false => view! { <Pin person=id.get_value() /> }.into_any(),
        }}
        <div class="door__ways">
            <button class="btn" on:click=move |_| on_other.run(())>
                <Glyph icon=Icon::Person />
                {texts::OTHER_PERSON.get()}
            </button>
            {has_pin
                .then(|| {
                    view! {
                        <button class="btn" on:click=move |_| by_code.update(|by_code| *by_code = !*by_code)>
                            {move || if by_code.get() { texts::PIN.get() } else { texts::FORGOT_PIN.get() }}
                        </button>
                    }
                })}
        </div>
    }
}

/// What was tried, why it failed, and how long to wait.
#[derive(Clone, Copy)]
struct Attempt {
    busy: RwSignal<bool>,
    error: RwSignal<Option<String>>,
    wait_s: RwSignal<u32>,
}

impl Attempt {
    fn new() -> Self {
        let attempt =
            Self { busy: RwSignal::new(false), error: RwSignal::new(None), wait_s: RwSignal::new(0) };
        if let Ok(ticking) = set_interval_with_handle(move || attempt.tick(), SECOND) {
            on_cleanup(move || ticking.clear());
        }
        attempt
    }

    fn tick(self) {
        if self.wait_s.get_untracked() > 0 {
            self.wait_s.update(|wait_s| *wait_s -= 1);
        }
    }

    fn is_blocked(self) -> bool {
        self.busy.get() || self.wait_s.get() > 0
    }

    fn make<C>(self, shared: Shared, command: C, then: impl FnOnce(bool) + 'static)
    where
        C: Command<Reply = AppState> + 'static,
    {
        if self.busy.get_untracked() || self.wait_s.get_untracked() > 0 {
            return;
        }
        self.busy.set(true);
        self.error.set(None);
        leptos::task::spawn_local(async move {
            let reply = shell::call(&command).await;
            self.busy.try_set(false);
            match reply {
                Ok(state) => {
                    then(true);
                    shared.take(state);
                }
                Err(error) => {
                    if let CommandError::WrongPin { wait_s } = error {
                        self.wait_s.try_set(wait_s);
                    }
                    self.error.try_set(Some(texts::command_error(&error)));
                    then(false);
                }
            }
        });
    }
}

#[component]
fn Pin(person: stackside_core::id::PersonId) -> impl IntoView {
    let shared = Shared::get();
    let attempt = Attempt::new();
    let pin = RwSignal::new(String::new());
    let node = NodeRef::<html::Input>::new();
    // For those with a keyboard; elsewhere a focus would lay the system's keys over ours.
    let has_mouse =
        window().match_media("(pointer: fine)").ok().flatten().is_some_and(|query| query.matches());
    Effect::new(move || {
        if let Some(input) = node.get()
            && has_mouse
        {
            let _ = input.focus();
        }
    });
    let person = StoredValue::new(person);
    let unlock = move || {
        attempt.make(
            shared,
            Unlock { person: person.get_value(), pin: pin.get_untracked() },
            move |is_open| {
                if !is_open {
                    pin.try_set(String::new());
                }
            },
        );
    };
    let complaint = move || match (attempt.error.get(), attempt.wait_s.get()) {
        (Some(_), wait_s @ 1..) => Some(texts::wait(wait_s)),
        (error, _) => error,
    };
    view! {
        <form
            class="door__form door__form--pin"
            on:submit=move |event| {
                event.prevent_default();
                unlock();
            }
        >
            <div class="door__form">
                <DigitInput id="pin" label=texts::PIN.get() value=pin node autocomplete="current-password" complaint=Signal::derive(complaint) />
                <button
                    class="btn btn--main btn--big"
                    type="submit"
                    disabled=move || attempt.is_blocked() || pin.with(String::is_empty)
                >
                    <Glyph icon=Icon::Lock />
                    {texts::UNLOCK.get()}
                </button>
            </div>
            <DigitKeys value=pin most=MOST_DIGITS />
        </form>
    }
}

/// A personal code and a new PIN, twice.
#[component]
pub fn NewPin(
    /// Whose PIN.
    person: stackside_core::id::PersonId,
    /// Told after it was set.
    #[prop(into)]
    on_done: Callback<()>,
    /// What stands on the button.
    #[prop(default = texts::SET_AND_OPEN)]
    button: texts::Text,
) -> impl IntoView {
    let shared = Shared::get();
    let attempt = Attempt::new();
    let (code, pin, again) =
        (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(String::new()));
    let person = StoredValue::new(person);
    let differs = RwSignal::new(false);
    let is_ready = move || [code, pin, again].iter().all(|text| text.with(|text| !text.trim().is_empty()));
    let set = move || {
        let is_same = pin.with_untracked(|pin| again.with_untracked(|again| pin == again));
        differs.set(!is_same);
        if is_same && is_ready() {
            let command = SetPin {
                person: person.get_value(),
                code: code.get_untracked().trim().to_owned(),
                pin: pin.get_untracked(),
            };
            attempt.make(shared, command, move |is_set| {
                if is_set {
                    on_done.try_run(());
                }
            });
        }
    };
    let error = move || match (attempt.error.get(), attempt.wait_s.get()) {
        (Some(error), wait_s @ 1..) => Some(format!("{error} {}", texts::wait(wait_s))),
        (error, _) => error,
    };
    let differ =
        move || (differs.get() && pin.get() != again.get()).then(|| texts::NOT_THE_SAME.get().to_owned());
    view! {
        <form
            class="door__form"
            on:submit=move |event| {
                event.prevent_default();
                set();
            }
        >
            <p class="door__advice">{texts::PERSONAL_CODE_HOW.get()}</p>
            <LineInput id="personal-code" label=texts::PERSONAL_CODE.get() value=code autocomplete="one-time-code" />
            <DigitInput id="new-pin" label=texts::NEW_PIN.get() value=pin autocomplete="new-password" />
            <DigitInput id="new-pin-again" label=texts::NEW_PIN_AGAIN.get() value=again autocomplete="new-password" complaint=Signal::derive(differ) />
            <div role="alert">
                {move || {
                    error()
                        .map(|words| {
                            view! {
                                <p class="door__error">
                                    <Glyph icon=Icon::Warn />
                                    {words}
                                </p>
                            }
                        })
                }}
            </div>
            <button class="btn btn--main btn--big" type="submit" disabled=move || attempt.is_blocked() || !is_ready()>
                {button.get()}
            </button>
        </form>
    }
}
