//! 复核: who signs, as what, and the signature over the current version.

use leptos::prelude::*;
use stackside_core::act::Strokes;
use stackside_core::command::Countersign;
use stackside_core::form::AnswerError;
use stackside_core::id::RecordId;
use stackside_core::record::Role;

use super::signing::Signing;
use crate::components::chips::{Chip, Chips};
use crate::components::dialog::Dialog;
use crate::components::field::{ChoiceField, FieldName, FieldTold, Keyboard, LineField};
use crate::texts;

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
    let options: Vec<(String, String)> = roles
        .iter()
        .enumerate()
        .map(|(index, role)| (index.to_string(), texts::label(&role.label).to_owned()))
        .collect();
    let has_choice = options.len() > 1;
    let role = RwSignal::new("0".to_owned());
    let name = RwSignal::new(String::new());
    let complaint = RwSignal::new(None::<String>);
    let roles = StoredValue::new(roles);
    let make = move |strokes: Strokes| {
        let who = name.get_untracked().trim().to_owned();
        if who.is_empty() {
            complaint.set(Some(texts::answer_error(&AnswerError::Missing)));
            super::record::focus("second-name");
            return None;
        }
        let index = role.get_untracked().parse::<usize>().unwrap_or(0);
        let field = roles.with_value(|roles| roles.get(index).and_then(|role| role.field.clone()));
        Some(Countersign { record, field, name: who, strokes })
    };
    let take_name = move |text: String| {
        complaint.set(None);
        name.set(text);
    };
    let chips: Vec<Chip> = people.into_iter().map(|text| Chip { text, note: None }).collect();
    let of_name = FieldName { required: true, ..FieldName::new("second-name", texts::SECOND_NAME.get()) };
    view! {
        <Dialog title=texts::COUNTERSIGN.get() on_close>
            <div class="replace">
                <p class="replace__original">{texts::COUNTERSIGN_WHAT.get()}</p>
                {has_choice.then(|| {
                    let of_role = FieldName::new("second-role", texts::ROLE.get());
                    view! { <ChoiceField name=of_role options value=role complaint=Signal::stored(None::<String>) told=FieldTold::typing(move |text| role.set(text)) /> }
                })}
                <LineField name=of_name value=name complaint keyboard=Keyboard::Text stamp=None told=FieldTold::typing(take_name) />
                <Chips label=texts::usual_for(texts::SECOND_NAME.get()) chips chosen=name on_pick=take_name />
            </div>
            <Signing<Countersign> make done=texts::COUNTERSIGNED_NOW on_done=on_close on_cancel=on_close />
        </Dialog>
    }
}
