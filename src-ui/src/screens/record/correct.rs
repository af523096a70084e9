//! 更正: the bar over the form with the reason, and the signature over the new version.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::A;
use leptos_router::hooks::use_navigate;
use stackside_core::act::Strokes;
use stackside_core::command::{CommandError, Correction, DiscardCorrection, SaveReason, SignCorrection};
use stackside_core::form::differences;
use stackside_core::id::RecordId;

use super::draft::{Draft, Over};
use super::way::focus;
use crate::app::Shared;
use crate::components::dialog::Dialog;
use crate::components::field::{FieldName, FieldTold, Keyboard, LineField};
use crate::components::icon::{Glyph, Icon};
use crate::components::notice::Notice;
use crate::components::signature::SignaturePad;
use crate::screens::differences::Differences;
use crate::{shell, texts};

/// As for answers: with the way to the store, well within the 300 ms that a word may be unsaved.
const PAUSE: Duration = Duration::from_millis(200);
const REASON: &str = "correction-reason";

/// Why the record is corrected, on its way to the store: one save at a time, the latest always last.
#[derive(Clone, Copy)]
pub struct Reason {
    record: RecordId,
    /// As typed.
    pub text: RwSignal<String>,
    /// Why it could not be saved.
    pub trouble: RwSignal<Option<CommandError>>,
    saved: StoredValue<String>,
    is_running: StoredValue<bool>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

impl Reason {
    /// Starts from what the store has.
    pub fn new(record: RecordId, correction: Option<&Correction>) -> Self {
        let text = correction.map(|correction| correction.reason.clone()).unwrap_or_default();
        Self {
            record,
            text: RwSignal::new(text.clone()),
            trouble: RwSignal::new(None),
            saved: StoredValue::new(text),
            is_running: StoredValue::new(false),
            timer: StoredValue::new(None),
        }
    }

    fn type_in(self, text: String) {
        self.text.set(text);
        let timer = set_timeout_with_handle(move || self.save(), PAUSE).ok();
        if let Some(old) = self.timer.try_update_value(|old| std::mem::replace(old, timer)).flatten() {
            old.clear();
        }
    }

    /// Sends it unless it is in the store already.
    pub fn save(self) {
        let Some(text) = self.text.try_get_untracked() else { return };
        if self.is_running.get_value() || self.saved.with_value(|saved| *saved == text) {
            return;
        }
        self.is_running.set_value(true);
        spawn_local(async move {
            let reply = shell::call(&SaveReason { record: self.record, reason: text.clone() }).await;
            let _ = self.is_running.try_set_value(false);
            match reply {
                Ok(()) => {
                    let _ = self.saved.try_set_value(text);
                    let _ = self.trouble.try_set(None);
                    self.save();
                }
                Err(error) => {
                    let _ = self.trouble.try_set(Some(error));
                }
            }
        });
    }
}

/// What is corrected and why, and the way out; over the form.
#[component]
pub fn CorrectionBar(draft: Draft) -> impl IntoView {
    let reason = draft.reason;
    let words = draft.with_view(|view| texts::corrects(&view.line.person_name, view.line.marks.version - 1));
    let complaint = Signal::derive(move || reason.trouble.get().map(|error| texts::command_error(&error)));
    let told = FieldTold {
        typed: Callback::new(move |text| reason.type_in(text)),
        entered: Callback::new(|()| ()),
        left: Callback::new(move |()| reason.save()),
        done: Callback::new(move |()| reason.save()),
    };
    let name = FieldName { required: true, ..FieldName::new(REASON, texts::WHY.get()) };
    on_cleanup(move || reason.save());
    view! {
        <section class="card correction" aria-label=texts::CORRECT.get()>
            <p>{words}</p>
            <LineField name value=reason.text complaint keyboard=Keyboard::Text stamp=None told />
            <button type="button" class="btn" on:click=move |_| draft.over.set(Some(Over::Discard))>
                <Glyph icon=Icon::Cross />
                {texts::DISCARD.get()}
            </button>
        </section>
    }
}

/// Says that this is not the version that counts, or that nothing of it counts.
#[component]
pub fn VersionNotes(draft: Draft) -> impl IntoView {
    draft.with_view(|view| {
        let marks = &view.line.marks;
        let voided = view.voided.as_ref().map(|voided| {
            let words = texts::void_line(voided);
            view! { <p class="sheet__note tone-bad" role="status"><Glyph icon=Icon::Warn /><span>{words}</span></p> }
        });
        let old = (draft.is_signed() && marks.version < marks.versions).then(|| {
            let words = format!("{} {}", texts::version_of(marks), texts::OLD_VERSION.get());
            let to = format!("/record/{}", view.line.id);
            view! {
                <p class="sheet__note tone-warn" role="status">
                    <Glyph icon=Icon::Clock />
                    <span>{words}</span>
                    <A href=to attr:class="btn">{texts::SHOW_CURRENT.get()}</A>
                </p>
            }
        });
        view! { <div>{voided} {old}</div> }
    })
}

/// Asks once more before the draft is dropped.
#[component]
pub fn DiscardDialog(draft: Draft) -> impl IntoView {
    let shared = Shared::get();
    let navigate = use_navigate();
    let close = move || draft.over.set(None);
    let home = StoredValue::new(draft.home());
    let discard = move |_| {
        let navigate = navigate.clone();
        shared.run(DiscardCorrection { record: draft.id() }, move |()| {
            home.try_with_value(|home| navigate(home, Default::default()));
        });
    };
    view! {
        <Dialog title=texts::DISCARD_NOW.get() on_close=move |()| close()>
            <p>{texts::DISCARD_WHY.get()}</p>
            <div class="dialog__ways">
                <button type="button" class="btn" on:click=move |_| close()>{texts::CANCEL.get()}</button>
                <button type="button" class="btn btn--main" on:click=discard>{texts::DISCARD.get()}</button>
            </div>
        </Dialog>
    }
}

/// The signature over a correction: what changes, then the pad. What is missing comes first.
#[component]
pub fn SignCorrectionDialog(draft: Draft, of: Correction) -> impl IntoView {
    let shared = Shared::get();
    let navigate = use_navigate();
    if untrack(|| draft.reason.text.with(|text| text.trim().is_empty())) {
        shared.notice.set(Some(Notice::bad(texts::WHY_FIRST.get().to_owned())));
        draft.over.set(None);
        request_animation_frame(|| focus(REASON));
        return ().into_any();
    }
    draft.flush();
    let home = StoredValue::new(draft.home());
    let refused = RwSignal::new(None::<String>);
    let busy = StoredValue::new(false);
    let close = move || draft.over.set(None);
    let sign = move |strokes: Strokes| {
        if busy.get_value() {
            return;
        }
        busy.set_value(true);
        refused.set(None);
        let navigate = navigate.clone();
        let (record, reason) = (draft.id(), draft.reason.text.get_untracked());
        spawn_local(async move {
            let saved = shell::call(&SaveReason { record, reason }).await;
            let reply = match saved {
                Ok(()) => shell::call(&SignCorrection { record, strokes }).await,
                Err(error) => Err(error),
            };
            let _ = busy.try_set_value(false);
            match reply {
                Ok(()) => {
                    shared.notice.set(Some(Notice::good(texts::CORRECTION_SIGNED.get().to_owned())));
                    home.try_with_value(|home| navigate(home, Default::default()));
                    shared.look_again();
                }
                Err(error) => {
                    let _ = refused.try_set(Some(texts::command_error(&error)));
                }
            }
        });
    };
    let (form, instruments) = draft.with_view(|view| (view.form.clone(), view.instruments.clone()));
    let found = draft.paper.answers.with_untracked(|answers| differences(Some(&form), &of.signed, answers));
    let reason = draft.reason.text.get_untracked();
    view! {
        <Dialog title=texts::SIGN_CORRECTION.get() on_close=move |()| close()>
            <div class="replace">
                <p>{texts::SIGN_CORRECTION_WHAT.get()}</p>
                <p class="replace__original">{texts::WHY.get()} " " <b>{reason}</b></p>
                <Differences form=Some(form) instruments differences=found />
                <div role="alert">
                    {move || refused.get().map(|words| {
                        view! { <div class="visit__refused"><Glyph icon=Icon::Warn /><p>{words}</p></div> }
                    })}
                </div>
                <SignaturePad on_done=sign on_cancel=move |()| close() />
            </div>
        </Dialog>
    }
    .into_any()
}
