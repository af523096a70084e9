//! 作废: a reason and a signature; it cannot be undone.

use leptos::prelude::*;
use stackside_core::act::Strokes;
use stackside_core::command::{CommandError, VoidRecord, VoidVisit};
use stackside_core::form::AnswerError;
use stackside_core::id::{RecordId, VisitId};

use crate::app::Shared;
use crate::components::dialog::Dialog;
use crate::components::field::{FieldName, FieldTold, Keyboard, LineField};
use crate::components::icon::{Glyph, Icon};
use crate::components::notice::Notice;
use crate::components::signature::SignaturePad;
use crate::{shell, texts};

/// What is voided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// A signed record.
    Record(RecordId),
    /// A visit that is over, with its records.
    Visit(VisitId),
}

impl Wrong {
    async fn void(self, reason: String, strokes: Strokes) -> Result<(), CommandError> {
        match self {
            Self::Record(record) => shell::call(&VoidRecord { record, reason, strokes }).await,
            Self::Visit(visit) => shell::call(&VoidVisit { visit, reason, strokes }).await,
        }
    }
}

/// Asks for reason and signature.
#[component]
pub fn VoidDialog(
    /// What is voided.
    what: Wrong,
    /// Told when it is over, done or not.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let shared = Shared::get();
    let reason = RwSignal::new(String::new());
    let refused = RwSignal::new(None::<String>);
    let busy = StoredValue::new(false);
    let (title, words) = match what {
        Wrong::Record(_) => (texts::VOID_RECORD, texts::VOID_RECORD_WHY),
        Wrong::Visit(_) => (texts::VOID_VISIT, texts::VOID_VISIT_WHY),
    };
    let sign = move |strokes: Strokes| {
        let why = reason.get_untracked().trim().to_owned();
        if why.is_empty() {
            refused.set(Some(texts::answer_error(&AnswerError::ReasonMissing)));
            super::record::focus("void-reason");
            return;
        }
        if busy.get_value() {
            return;
        }
        busy.set_value(true);
        leptos::task::spawn_local(async move {
            let reply = what.void(why, strokes).await;
            let _ = busy.try_set_value(false);
            match reply {
                Ok(()) => {
                    shared.notice.set(Some(Notice::good(texts::VOIDED_NOW.get().to_owned())));
                    on_close.try_run(());
                    shared.look_again();
                }
                Err(error) => {
                    let _ = refused.try_set(Some(texts::command_error(&error)));
                }
            }
        });
    };
    let told = FieldTold {
        typed: Callback::new(move |text| {
            refused.set(None);
            reason.set(text);
        }),
        entered: Callback::new(|()| ()),
        left: Callback::new(|()| ()),
        done: Callback::new(|()| ()),
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
                <LineField name value=reason complaint=refused keyboard=Keyboard::Text stamp=None told />
                <SignaturePad on_done=sign on_cancel=on_close />
            </div>
        </Dialog>
    }
}
