//! 离场: a question, and the position read while it is asked. It never blocks.

use leptos::prelude::*;
use stackside_core::command::{
    CheckVisit, CommandError, ConfirmationLine, GetPosition, SignOut, StartPosition, StopPosition,
};
use stackside_core::geofence::Doubt;
use stackside_core::id::{PointId, VisitId};

use crate::app::Shared;
use crate::components::dialog::Dialog;
use crate::components::icon::{Glyph, Icon};
use crate::components::notice::Notice;
use crate::live::{live, live_if};
use crate::screens::findings::Findings;
use crate::{shell, texts};

/// Where reading the position stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    Starting,
    Running,
    NoSource,
}

/// Asks, reads the position meanwhile, signs out.
#[component]
pub fn LeaveDialog(
    /// The visit.
    visit: VisitId,
    /// Its point.
    point: PointId,
    /// Where the discharger's confirmation stands.
    confirmation: Option<ConfirmationLine>,
    /// Leads to another screen.
    #[prop(into)]
    on_go: Callback<String>,
    /// Told after the sign-out.
    #[prop(into)]
    on_left: Callback<()>,
    /// Told when the person stays.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let shared = Shared::get();
    let reading = RwSignal::new(Reading::Starting);
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<String>);
    leptos::task::spawn_local(async move {
        let is_running = shell::call(&StartPosition {}).await.is_ok();
        reading.try_set(if is_running { Reading::Running } else { Reading::NoSource });
    });
    on_cleanup(|| {
        leptos::task::spawn_local(async {
            // Nothing to be done if it fails: the device stops by itself.
            let _ = shell::call(&StopPosition {}).await;
        });
    });
    let found = live(move || CheckVisit { visit });
    let position = live_if(move || {
        shared.position.track();
        (reading.get() == Reading::Running).then(|| GetPosition { point: point.clone() })
    });
    let words = move || match reading.get() {
        Reading::NoSource => texts::NO_POSITION.get().to_owned(),
        Reading::Starting => texts::READING_POSITION.get().to_owned(),
        Reading::Running => position.with(|position| match position {
            Some(Ok(view)) if view.verdict.doubt != Some(Doubt::NoFix) => {
                let accuracy = texts::accuracy(&view.verdict).map(|accuracy| format!(" · {accuracy}"));
                format!("{}{}", texts::presence_words(&view.verdict), accuracy.unwrap_or_default())
            }
            _ => texts::READING_POSITION.get().to_owned(),
        }),
    };
    let leave = move |_| {
        busy.set(true);
        error.set(None);
        leptos::task::spawn_local(async move {
            match shell::call(&SignOut { visit }).await {
                // Two taps are one sign-out.
                Ok(()) | Err(CommandError::Closed) => {
                    shared.notice.set(Some(Notice::good(texts::SIGNED_OUT.get().to_owned())));
                    shared.look_again();
                    on_left.try_run(());
                }
                Err(why) => {
                    error.try_set(Some(texts::command_error(&why)));
                    busy.try_set(false);
                }
            }
        });
    };
    view! {
        <Dialog title=texts::SIGN_OUT_NOW.get() on_close>
            <p>{texts::SIGN_OUT_WHY.get()}</p>
            {move || {
                let lines = found.with(|found| found.as_ref().and_then(|found| found.clone().ok()));
                view! {
                    <Findings
                        title=texts::POINTED_OUT
                        why=texts::CHECKED_WHY
                        lines=lines.unwrap_or_default()
                        on_go
                    />
                }
            }}
            {confirmation.filter(|line| line.standing.state.is_awaited()).map(|line| {
                let state = texts::confirmation_state(line.standing.state);
                let left = texts::time_left(&line.standing, line.left_minutes);
                view! {
                    <p class="visit__awaited num" role="note">
                        <Glyph icon=Icon::Person />
                        <span>{texts::label_and(texts::CONFIRMATION.get(), state)} " · " {left} " · " {texts::CONFIRM_LEAVE.get()}</span>
                    </p>
                }
            })}
            <p class="visit__position num" role="status">
                <Glyph icon=Icon::Site />
                {words}
            </p>
            <div role="alert">
                {move || {
                    error
                        .get()
                        .map(|words| {
                            view! {
                                <div class="visit__refused">
                                    <Glyph icon=Icon::Warn />
                                    <p>{words}</p>
                                </div>
                            }
                        })
                }}
            </div>
            <div class="dialog__ways">
                <button class="btn" on:click=move |_| on_close.run(())>{texts::CANCEL.get()}</button>
                <button class="btn btn--main" disabled=busy on:click=leave>
                    <Glyph icon=Icon::Door />
                    {texts::SIGN_OUT.get()}
                </button>
            </div>
        </Dialog>
    }
}
