//! First start: what this is, and making the tablet one of an operator's.

use leptos::prelude::*;
use stackside_core::command::{CommandError, Enrol};

use crate::app::Shared;
use crate::components::door::Door;
use crate::components::icon::{Glyph, Icon};
use crate::components::input::LineInput;
use crate::{shell, texts};

/// The screen before the tablet belongs to an operator.
#[component]
pub fn EnrolScreen() -> impl IntoView {
    view! {
        <Door title=texts::ENROL.get().to_owned() advice=texts::ENROL_HOW.get()>
            <EnrolForm on_done=|()| () />
        </Door>
    }
}

/// Address and code; what is typed stays when it fails.
#[component]
pub fn EnrolForm(
    /// Told after the tablet was enrolled.
    #[prop(into)]
    on_done: Callback<()>,
) -> impl IntoView {
    let shared = Shared::get();
    let known = shared.state.with_untracked(|state| {
        state.as_ref().and_then(|state| state.enrolment.as_ref()).map(|enrolment| enrolment.server.clone())
    });
    let server = RwSignal::new(known.unwrap_or_default());
    let code = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<CommandError>);
    let is_ready =
        move || server.with(|text| !text.trim().is_empty()) && code.with(|text| !text.trim().is_empty());
    let enrol = move || {
        if busy.get_untracked() || !is_ready() {
            return;
        }
        busy.set(true);
        error.set(None);
        let command = Enrol {
            server: server.get_untracked().trim().to_owned(),
            code: code.get_untracked().trim().to_owned(),
        };
        leptos::task::spawn_local(async move {
            let reply = shell::call(&command).await;
            busy.try_set(false);
            match reply {
                Ok(state) => {
                    shared.take(state);
                    on_done.try_run(());
                }
                Err(why) => {
                    error.try_set(Some(why));
                }
            }
        });
    };
    let of_address = move || {
        error.get().filter(|error| *error == CommandError::Address).map(|error| texts::command_error(&error))
    };
    let of_code = move || {
        error
            .get()
            .filter(|error| *error == CommandError::EnrolCode)
            .map(|error| texts::command_error(&error))
    };
    let other = move || {
        let is_other =
            |error: &CommandError| !matches!(error, CommandError::Address | CommandError::EnrolCode);
        error.get().filter(is_other).map(|error| texts::command_error(&error))
    };
    view! {
        <form
            class="door__form"
            on:submit=move |event| {
                event.prevent_default();
                enrol();
            }
        >
            <LineInput id="server" label=texts::SERVER_ADDRESS.get() value=server kind="url" inputmode="url" placeholder="https://" complaint=Signal::derive(of_address) />
            <LineInput id="code" label=texts::ENROL_CODE.get() value=code autocomplete="one-time-code" complaint=Signal::derive(of_code) />
            <div role="alert">
                {move || {
                    other()
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
            <button class="btn btn--main btn--big" type="submit" disabled=move || busy.get() || !is_ready()>
                {move || if busy.get() { texts::ENROLLING.get() } else { texts::ENROL.get() }}
            </button>
        </form>
    }
}
