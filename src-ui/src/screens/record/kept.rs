//! Answers that are kept as files: a PDF, and the signature of a second person.

use leptos::prelude::*;
use leptos::task::spawn_local;
use stackside_core::act::Strokes;
use stackside_core::command::{BeginPhoto, CommandError, KeepSignature, PhotoLine};
use stackside_core::form::{Answer, AnswerKey};
use stackside_core::photo::PhotoSource;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

use super::draft::{Draft, Over};
use crate::components::dialog::Dialog;
use crate::components::field::{Complaint, FieldName};
use crate::components::icon::{Glyph, Icon};
use crate::screens::signing::Signing;
use crate::{photo, texts};

/// A PDF: chosen, sent in pieces, kept.
#[component]
pub fn FileField(
    draft: Draft,
    key_of: AnswerKey,
    name: FieldName,
    complaint: Memo<Option<String>>,
) -> impl IntoView {
    let key = StoredValue::new(key_of);
    let percent = RwSignal::new(None::<u32>);
    let trouble = RwSignal::new(None::<String>);
    let value = Memo::new(move |_| key.with_value(|key| draft.text(key)));
    let choose = move |event: leptos::ev::Event| {
        let input = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok());
        if let Some(input) = input {
            take_file(draft, key.get_value(), input, percent, trouble);
        }
    };
    let all = Signal::derive(move || trouble.get().or_else(|| complaint.get()));
    let words = move || match percent.get() {
        Some(percent) => texts::document_progress(percent),
        None if value.with(String::is_empty) => texts::NO_DOCUMENT_YET.get().to_owned(),
        None => value.with(|value| texts::kept_document(value)),
    };
    let button =
        move || if value.with(String::is_empty) { texts::CHOOSE_DOCUMENT } else { texts::CHOOSE_OTHER };
    let label = name.label.clone();
    view! {
        <div class="field field--wide" role="group" aria-label=label>
            <span class="field__label" class:field__label--must=name.required>{name.label.clone()}</span>
            <div class="kept">
                <span class="kept__words num" role="status">
                    <Glyph icon=Icon::Book />
                    {words}
                </span>
                <label class="btn btn--soft kept__choose">
                    <input
                        id=name.id.clone()
                        type="file"
                        accept="application/pdf,.pdf"
                        aria-label=texts::label_and(&name.label, texts::CHOOSE_DOCUMENT.get())
                        disabled=move || percent.get().is_some()
                        on:focus=move |_| key.with_value(|key| draft.entered(key))
                        on:change=choose
                    />
                    <span aria-hidden="true">{move || button().get()}</span>
                </label>
            </div>
            <Complaint name complaint=all />
        </div>
    }
}

/// Sends the chosen file, telling how far it is.
fn take_file(
    draft: Draft,
    key: AnswerKey,
    input: web_sys::HtmlInputElement,
    percent: RwSignal<Option<u32>>,
    trouble: RwSignal<Option<String>>,
) {
    let Some(file) = input.files().and_then(|files| files.get(0)) else { return };
    trouble.set(None);
    percent.set(Some(0));
    spawn_local(async move {
        let told = move |n| {
            let _ = percent.try_set(Some(n));
        };
        let result = keep(draft, key, &file, told).await;
        // The same file may be chosen again after a failure.
        input.set_value("");
        let _ = percent.try_set(None);
        match result {
            Ok(_) => draft.read_again(),
            Err(error) => {
                let _ = trouble.try_set(Some(texts::document_error(&error)));
            }
        }
    });
}

async fn keep(
    draft: Draft,
    key: AnswerKey,
    file: &web_sys::File,
    told: impl Fn(u32),
) -> Result<PhotoLine, CommandError> {
    let visit = draft.with_view(|view| view.line.visit);
    let begin = BeginPhoto {
        visit,
        record: Some(draft.id()),
        slot: Some(key.to_string()),
        source: PhotoSource::Document,
        name: Some(file.name()),
    };
    let bytes = JsFuture::from(file.array_buffer()).await.map_err(|_| CommandError::Internal)?;
    let bytes = js_sys::Uint8Array::new(&bytes).to_vec();
    photo::send_document(&begin, &bytes, told).await
}

/// Whether a second person has signed, and the way to sign or to sign again.
#[component]
pub fn SignatureField(
    draft: Draft,
    key_of: AnswerKey,
    name: FieldName,
    complaint: Memo<Option<String>>,
) -> impl IntoView {
    let key = StoredValue::new(key_of);
    let is_there = Memo::new(move |_| key.with_value(|key| !draft.text(key).trim().is_empty()));
    let open = move |_| draft.over.set(Some(Over::Signature(key.get_value())));
    let words = move || if is_there.get() { texts::SIGNED_BY_HAND } else { texts::NOT_SIGNED_YET };
    let button = move || if is_there.get() { texts::SIGN_AGAIN } else { texts::SIGN };
    let label = name.label.clone();
    view! {
        <div class="field" role="group" aria-label=label>
            <span class="field__label" class:field__label--must=name.required>{name.label.clone()}</span>
            <div class="kept">
                <span class="kept__words" class:kept__words--there=is_there role="status">
                    {move || is_there.get().then(|| view! { <Glyph icon=Icon::Check /> })}
                    {move || words().get()}
                </span>
                <button type="button" id=name.id.clone() class="btn btn--soft" on:focus=move |_| key.with_value(|key| draft.entered(key)) on:click=open>
                    <Glyph icon=Icon::Pen />
                    {move || button().get()}
                </button>
            </div>
            <Complaint name complaint />
        </div>
    }
}

/// The pad for a second person.
#[component]
pub fn SignatureDialog(draft: Draft, key_of: AnswerKey) -> impl IntoView {
    let key = StoredValue::new(key_of);
    let title = key.with_value(|key| draft.pad_title(key));
    let close = move |()| draft.over.set(None);
    let make =
        move |strokes: Strokes| Some(KeepSignature { record: draft.id(), key: key.get_value(), strokes });
    let kept = move |answer: Answer| {
        let key = key.get_value();
        draft.paper.change(&key, |answers| {
            answers.0.insert(key.clone(), answer);
        });
        close(());
        draft.read_soon();
    };
    view! {
        <Dialog title on_close=close>
            <p class="replace__original">{texts::SECOND_SIGNER.get()}</p>
            <Signing<KeepSignature> make on_done=kept on_cancel=close />
        </Dialog>
    }
}
