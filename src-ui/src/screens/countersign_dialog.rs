//! 复核: who signs, as what, and the signature over the current version.

use leptos::prelude::*;
use stackside_core::act::Strokes;
use stackside_core::command::Countersign;
use stackside_core::form::AnswerError;
use stackside_core::id::RecordId;
use stackside_core::record::Role;

use crate::app::Shared;
use crate::components::chips::{Chip, Chips};
use crate::components::dialog::Dialog;
use crate::components::field::{ChoiceField, FieldName, FieldTold, Keyboard, LineField};
use crate::components::notice::Notice;
use crate::components::signature::SignaturePad;
use crate::{shell, texts};

/// Asks for role, name and signature.
#[component]
pub fn CountersignDialog(
    /// The record.
    record: RecordId,
    /// The roles that are open; at least one.
    roles: Vec<Role>,
    /// Whose names are one tap away.
    people: Vec<String>,
    /// Told when it is over, done or not.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let shared = Shared::get();
    let options: Vec<(String, String)> = roles
        .iter()
        .enumerate()
        .map(|(index, role)| (index.to_string(), texts::label(&role.label).to_owned()))
        .collect();
    let has_choice = options.len() > 1;
    let role = RwSignal::new("0".to_owned());
    let name = RwSignal::new(String::new());
    let refused = RwSignal::new(None::<String>);
    let busy = StoredValue::new(false);
    let roles = StoredValue::new(roles);
    let sign = move |strokes: Strokes| {
        let who = name.get_untracked().trim().to_owned();
        if who.is_empty() {
            refused.set(Some(texts::answer_error(&AnswerError::Missing)));
            super::record::focus("second-name");
            return;
        }
        if busy.get_value() {
            return;
        }
        busy.set_value(true);
        let index = role.get_untracked().parse::<usize>().unwrap_or(0);
        let field = roles.with_value(|roles| roles.get(index).and_then(|role| role.field.clone()));
        leptos::task::spawn_local(async move {
            let reply = shell::call(&Countersign { record, field, name: who, strokes }).await;
            let _ = busy.try_set_value(false);
            match reply {
                Ok(()) => {
                    shared.notice.set(Some(Notice::good(texts::COUNTERSIGNED_NOW.get().to_owned())));
                    on_close.try_run(());
                    shared.look_again();
                }
                Err(error) => {
                    let _ = refused.try_set(Some(texts::command_error(&error)));
                }
            }
        });
    };
    let told = move |signal: RwSignal<String>| FieldTold {
        typed: Callback::new(move |text| {
            refused.set(None);
            signal.set(text);
        }),
        entered: Callback::new(|()| ()),
        left: Callback::new(|()| ()),
        done: Callback::new(|()| ()),
    };
    let chips: Vec<Chip> = people.into_iter().map(|text| Chip { text, note: None }).collect();
    let pick = move |text: String| {
        refused.set(None);
        name.set(text);
    };
    let of_name = FieldName { required: true, ..FieldName::new("second-name", texts::SECOND_NAME.get()) };
    view! {
        <Dialog title=texts::COUNTERSIGN.get() on_close>
            <div class="replace">
                <p class="replace__original">{texts::COUNTERSIGN_WHAT.get()}</p>
                {has_choice.then(|| {
                    let of_role = FieldName::new("second-role", texts::ROLE.get());
                    view! { <ChoiceField name=of_role options value=role complaint=Signal::stored(None::<String>) told=told(role) /> }
                })}
                <LineField name=of_name value=name complaint=refused keyboard=Keyboard::Text stamp=None told=told(name) />
                <Chips label=texts::usual_for(texts::SECOND_NAME.get()) chips chosen=name on_pick=pick />
                <SignaturePad on_done=sign on_cancel=on_close />
            </div>
        </Dialog>
    }
}
