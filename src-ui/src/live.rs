//! What a screen shows and keeps fresh: read anew when something changes, without emptying the screen meanwhile.

use leptos::prelude::*;
use stackside_core::command::{Command, CommandError};

use crate::app::Shared;
use crate::components::states::{Failed, Loading};
use crate::shell;

/// The last reply: nothing until the first one has come.
pub type Live<T> = RwSignal<Option<Result<T, CommandError>>>;

/// Calls the command that `make` makes, and again whenever a signal changes that `make` reads, or the store. The old
/// reply stays until the new one is there, one that comes late is dropped, and an equal one changes nothing.
pub fn live<C>(make: impl Fn() -> C + 'static) -> Live<C::Reply>
where
    C: Command + 'static,
    C::Reply: PartialEq + Send + Sync + 'static,
{
    live_if(move || Some(make()))
}

/// Like [`live`], but asks nothing as long as `make` gives nothing.
pub fn live_if<C>(make: impl Fn() -> Option<C> + 'static) -> Live<C::Reply>
where
    C: Command + 'static,
    C::Reply: PartialEq + Send + Sync + 'static,
{
    let shared = Shared::get();
    let value: Live<C::Reply> = RwSignal::new(None);
    let asked = StoredValue::new(0_u32);
    Effect::new(move || {
        shared.store.track();
        let Some(command) = make() else { return };
        let mine = asked.get_value().wrapping_add(1);
        asked.set_value(mine);
        leptos::task::spawn_local(async move {
            let reply = shell::call(&command).await;
            // Nothing if the screen is gone, another number if it has asked again.
            if asked.try_get_value() == Some(mine) {
                take(shared, value, reply);
            }
        });
    });
    value
}

/// A failure does not wipe what is shown, unless the thing itself is gone.
fn take<T: PartialEq + Send + Sync + 'static>(
    shared: Shared,
    value: Live<T>,
    reply: Result<T, CommandError>,
) {
    let is_shown = value.with_untracked(|old| matches!(old, Some(Ok(_))));
    match reply {
        Err(CommandError::Locked) => shared.refresh(),
        Err(error) if is_shown && !matches!(error, CommandError::NotFound { .. }) => shared.fail(&error),
        reply => {
            if value.with_untracked(|old| old.as_ref() != Some(&reply)) {
                value.set(Some(reply));
            }
        }
    }
}

/// Draws the last reply; before it "loading", and a failure with another try.
pub fn show<T, V>(value: Live<T>, draw: impl Fn(T) -> V + Send + 'static) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let shared = Shared::get();
    move || match value.get() {
        None => nothing_yet(shared, None),
        Some(Err(error)) => nothing_yet(shared, Some(error)),
        Some(Ok(reply)) => draw(reply).into_any(),
    }
}

/// Like [`show`], but what is drawn stays and follows the replies by itself: where a hand may be on it meanwhile.
pub fn follow<T, V>(value: Live<T>, draw: impl Fn(Memo<T>) -> V + Send + 'static) -> impl IntoView
where
    T: Clone + PartialEq + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let shared = Shared::get();
    let last = move || value.with(|reply| reply.as_ref().and_then(|reply| reply.as_ref().ok().cloned()));
    // Nothing once there is a reply.
    let trouble = Memo::new(move |_| {
        value.with(|reply| match reply {
            None => Some(None),
            Some(reply) => reply.as_ref().err().cloned().map(Some),
        })
    });
    move || {
        let trouble = trouble.get();
        match untrack(last) {
            None => nothing_yet(shared, trouble.flatten()),
            Some(first) => draw(Memo::new(move |_| last().unwrap_or_else(|| first.clone()))).into_any(),
        }
    }
}

fn nothing_yet(shared: Shared, error: Option<CommandError>) -> AnyView {
    match error {
        None => view! { <Loading /> }.into_any(),
        Some(error) => view! { <Failed error on_retry=move |()| shared.look_again() /> }.into_any(),
    }
}
