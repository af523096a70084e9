//! The end of each dialog that asks for a signature: why it was refused, and the pad.

use leptos::prelude::*;
use stackside_core::act::Strokes;
use stackside_core::command::{Command, CommandError};

use crate::app::Shared;
use crate::components::icon::{Glyph, Icon};
use crate::components::notice::Notice;
use crate::components::signature::SignaturePad;
use crate::{shell, texts};

/// Sends one signature at a time; what was drawn stays where it is refused.
#[component]
pub fn Signing<C>(
    /// Makes what is sent; nothing where something has to be mended first, which says so itself.
    #[prop(into)]
    make: Callback<Strokes, Option<C>>,
    /// What is said once it is done.
    #[prop(optional)]
    done: Option<texts::Text>,
    /// What is said of a refusal, where its words alone are not enough.
    #[prop(into, optional)]
    refusal: Option<Callback<CommandError, AnyView>>,
    /// Told once it is done.
    #[prop(into)]
    on_done: Callback<C::Reply>,
    /// Told when the person gives up.
    #[prop(into)]
    on_cancel: Callback<()>,
) -> impl IntoView
where
    C: Command + 'static,
{
    let shared = Shared::get();
    let refused = RwSignal::new(None::<CommandError>);
    let busy = StoredValue::new(false);
    let sign = move |strokes: Strokes| {
        if busy.get_value() {
            return;
        }
        let Some(command) = make.run(strokes) else { return };
        busy.set_value(true);
        refused.set(None);
        leptos::task::spawn_local(async move {
            let reply = shell::call(&command).await;
            let _ = busy.try_set_value(false);
            match reply {
                Ok(reply) => {
                    if let Some(done) = done {
                        shared.notice.set(Some(Notice::good(done.get().to_owned())));
                    }
                    on_done.try_run(reply);
                    shared.look_again();
                }
                Err(error) => {
                    // Where the dialog was closed meanwhile it still has to be said that nothing was signed.
                    if let Some(Some(error)) = refused.try_set(Some(error)) {
                        shared.fail(&error);
                    }
                }
            }
        });
    };
    let words = move |error: CommandError| match refusal {
        Some(refusal) => refusal.run(error),
        None => view! { <p>{texts::command_error(&error)}</p> }.into_any(),
    };
    view! {
        <div role="alert">
            {move || {
                refused
                    .get()
                    .map(|error| view! { <div class="visit__refused"><Glyph icon=Icon::Warn /> {words(error)}</div> })
            }}
        </div>
        <SignaturePad on_done=sign on_cancel />
    }
}
