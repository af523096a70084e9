//! 作废: a reason and a signature; it cannot be undone.

use leptos::prelude::*;
use stackside_core::command::{VoidRecord, VoidVisit};
use stackside_core::form::AnswerError;
use stackside_core::id::{RecordId, VisitId};

use super::signing::Signing;
use crate::components::dialog::Dialog;
use crate::components::field::{FieldName, FieldTold, Keyboard, LineField};
use crate::components::icon::{Glyph, Icon};
use crate::texts;

/// What can be voided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voidable {
    /// A signed record.
    Record(RecordId),
    /// A visit that is over, with its records.
    Visit(VisitId),
}

/// Asks for reason and signature.
#[component]
pub fn VoidDialog(
    /// What is voided.
    what: Voidable,
    /// Told when it is over, done or not.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let reason = RwSignal::new(String::new());
    let complaint = RwSignal::new(None::<String>);
    let why = move || {
        let why = reason.get_untracked().trim().to_owned();
        if why.is_empty() {
            complaint.set(Some(texts::answer_error(&AnswerError::ReasonMissing)));
            super::record::focus("void-reason");
            return None;
        }
        Some(why)
    };
    let told = FieldTold::typing(move |text| {
        complaint.set(None);
        reason.set(text);
    });
    let done = texts::VOIDED_NOW;
    let (title, words, signing) = match what {
        Voidable::Record(record) => {
            let make = move |strokes| Some(VoidRecord { record, reason: why()?, strokes });
            let signing = view! { <Signing<VoidRecord> make done on_done=on_close on_cancel=on_close /> };
            (texts::VOID_RECORD, texts::VOID_RECORD_WHY, signing.into_any())
        }
        Voidable::Visit(visit) => {
            let make = move |strokes| Some(VoidVisit { visit, reason: why()?, strokes });
            let signing = view! { <Signing<VoidVisit> make done on_done=on_close on_cancel=on_close /> };
            (texts::VOID_VISIT, texts::VOID_VISIT_WHY, signing.into_any())
        }
    };
    let name = FieldName {
        required: true,
        hint: Some(texts::VOID_WHY_HINT.get().to_owned()),
        ..FieldName::new("void-reason", texts::VOID_WHY.get())
    };
    view! {
        <Dialog title=title.get() on_close>
            <div class="replace">
                <p class="block__note tone-bad"><Glyph icon=Icon::Warn /><span>{words.get()}</span></p>
                <LineField name value=reason complaint keyboard=Keyboard::Text stamp=None told />
            </div>
            {signing}
        </Dialog>
    }
}
