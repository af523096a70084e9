//! Replacing a value that was known before: never without a reason, marked for ever.

use leptos::prelude::*;
use stackside_core::form::{AnswerKey, FieldType};

use super::about::choice_options;
use super::draft::{Draft, dom_id};
use super::field::people;
use super::is_pad_type;
use crate::components::chips::Chips;
use crate::components::dialog::Dialog;
use crate::components::field::{ChoiceField, FieldName, FieldTold, Keyboard, LineField, TextField};
use crate::texts;

/// Asks for the new value and the reason.
#[component]
pub fn ReplaceDialog(draft: Draft, key_of: AnswerKey) -> impl IntoView {
    let key = StoredValue::new(key_of.clone());
    let answer = draft.paper.answers.with_untracked(|answers| answers.0.get(&key_of).cloned());
    let before = answer.as_ref().and_then(|answer| answer.replaced.clone());
    let original = before.as_ref().map_or_else(|| draft.text(&key_of), |replaced| replaced.original.clone());
    let value = RwSignal::new(answer.map(|answer| answer.text).unwrap_or_default());
    let reason = RwSignal::new(before.map(|replaced| replaced.reason).unwrap_or_default());
    let was_tried = RwSignal::new(false);
    // The form's own default may be changed without a word.
    let needs_reason = draft.is_given(&key_of);
    let close = move || {
        draft.over.set(None);
        let id = key.with_value(dom_id);
        request_animation_frame(move || super::way::focus(&id));
    };
    let save = move || {
        was_tried.set(true);
        let (text, why) = (value.get_untracked(), reason.get_untracked());
        if text.trim().is_empty() || (needs_reason && why.trim().is_empty()) {
            return;
        }
        key.with_value(|key| match needs_reason {
            true => draft.replace(key, text, why.trim().to_owned()),
            false => draft.put(key, text),
        });
        close();
    };
    let told = move |signal: RwSignal<String>| FieldTold {
        done: Callback::new(move |()| save()),
        ..FieldTold::typing(move |text| signal.set(text))
    };
    let missing = move |signal: RwSignal<String>| {
        Signal::derive(move || {
            let is_empty = was_tried.get() && signal.with(|text| text.trim().is_empty());
            is_empty.then(|| texts::answer_error(&stackside_core::form::AnswerError::Missing))
        })
    };
    let name = |id: &str, label: &str| FieldName::new(format!("replace-{id}"), label);
    let new_value = name("value", texts::NEW_VALUE.get());
    let kind = draft.field(&key_of, |_, field| field.kind).unwrap_or(FieldType::Text);
    let original = draft.field(&key_of, |_, field| draft.shown(field, &original)).unwrap_or(original);
    let title = format!("{} · {}", texts::REPLACE.get(), draft.pad_title(&key_of));
    let input = match kind {
        FieldType::Choice | FieldType::YesNo => {
            let options = draft.field(&key_of, |_, field| choice_options(field)).unwrap_or_default();
            view! { <ChoiceField name=new_value options value complaint=missing(value) told=told(value) /> }
                .into_any()
        }
        FieldType::Bottle => {
            let options = draft.bottle_options(&key_of);
            view! { <ChoiceField name=new_value options as_list=true value complaint=missing(value) told=told(value) /> }.into_any()
        }
        FieldType::Instrument => {
            let options = draft.instrument_options();
            view! { <ChoiceField name=new_value options as_list=true value complaint=missing(value) told=told(value) /> }.into_any()
        }
        FieldType::Person => {
            let chips = people(draft);
            let label = texts::usual_for(new_value.label.as_str());
            view! {
                <LineField name=new_value value complaint=missing(value) keyboard=Keyboard::Text stamp=None told=told(value) />
                <Chips label chips chosen=value on_pick=move |text| value.set(text) />
            }
            .into_any()
        }
        FieldType::LongText => {
            view! { <TextField name=new_value value complaint=missing(value) told=told(value) /> }.into_any()
        }
        kind => {
            let keyboard = if is_pad_type(kind) { Keyboard::Number } else { Keyboard::Text };
            view! { <LineField name=new_value value complaint=missing(value) keyboard stamp=None told=told(value) /> }
                .into_any()
        }
    };
    view! {
        <Dialog title on_close=move |()| close()>
            <div class="replace">
                <p class="replace__original num">
                    {texts::ORIGINAL.get()}
                    " "
                    <b>{original}</b>
                </p>
                {input}
                {needs_reason.then(|| {
                    view! {
                        <TextField
                            name=FieldName { required: true, ..name("reason", texts::REASON.get()) }
                            value=reason
                            complaint=missing(reason)
                            hint=texts::REASON_HINT.get()
                            told=told(reason)
                        />
                    }
                })}
                <div class="replace__buttons">
                    <button type="button" class="btn" on:click=move |_| close()>{texts::CANCEL.get()}</button>
                    <button type="button" class="btn btn--main replace__save" on:click=move |_| save()>{texts::REPLACE.get()}</button>
                </div>
            </div>
        </Dialog>
    }
}
