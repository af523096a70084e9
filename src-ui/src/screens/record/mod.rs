//! A record: its form filled block by block, judged while typing, each answer saved as it is given.

mod about;
mod block;
mod bottle;
mod correct;
mod draft;
mod field;
mod inspection;
mod judged;
mod kept;
mod lines;
mod missing;
mod outline;
mod paper;
mod photos;
mod replace;
mod review;
mod saves;
mod sign;
mod times;
mod way;

use std::sync::Arc;

use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::{use_params_map, use_query_map};
use stackside_core::command::{CommandError, GetRecord, GetVersion, RecordView};
use stackside_core::form::{AnswerKey, FieldType};
use stackside_core::id::RecordId;
use stackside_core::record::RecordState;

use self::block::BlockCard;
use self::bottle::BottleDialog;
use self::correct::{CorrectionBar, DiscardDialog, VersionNotes};
use self::draft::{Draft, Over, Part, dom_id};
use self::kept::SignatureDialog;
use self::lines::RemoveDialog;
use self::missing::MissingDialog;
use self::outline::Outline;
use self::photos::{PhotosCard, SlotCamera};
use self::replace::ReplaceDialog;
use self::review::ReviewNote;
use self::sign::SignHere;
use self::times::TimesDialog;
use crate::app::Shared;
use crate::components::icon::{Glyph, Icon};
use crate::components::pad::{Pad, PadKeys};
use crate::components::page::Page;
use crate::components::states::{Failed, Loading};
use crate::components::tone::{Pill, Tone};
use crate::screens::record_row::MarkPills;
use crate::screens::review::AppealDialog;
use crate::{shell, texts};

pub use self::outline::block_name;
pub use self::sign::Stored;
pub use self::way::focus;

/// The screen.
#[component]
pub fn RecordScreen() -> impl IntoView {
    let params = use_params_map();
    let read: RwSignal<Option<Result<Arc<RecordView>, CommandError>>> = RwSignal::new(None);
    let tries = RwSignal::new(0_u32);
    Effect::new(move || {
        tries.track();
        let id = params.with(|params| params.get("id")).and_then(|id| id.parse::<RecordId>().ok());
        let Some(record) = id else {
            read.set(Some(Err(CommandError::NotFound { what: "record".into() })));
            return;
        };
        let number = params.with(|params| params.get("number")).and_then(|number| number.parse().ok());
        // Read once: from here on the answers live on this screen and are only sent.
        leptos::task::spawn_local(async move {
            let view = match number {
                Some(number) => shell::call(&GetVersion { record, number }).await,
                None => shell::call(&GetRecord { record }).await,
            };
            let _ = read.try_set(Some(view.map(Arc::new)));
        });
    });
    move || match read.get() {
        None => view! { <Page title=String::new() focus=true><Loading /></Page> }.into_any(),
        Some(Err(error)) => view! {
            <Page title=texts::RECORDS.get().to_owned() back="/records".to_owned()>
                <Failed error on_retry=move |()| tries.update(|n| *n = n.wrapping_add(1)) />
            </Page>
        }
        .into_any(),
        Some(Ok(view)) => view! { <Sheet view /> }.into_any(),
    }
}

#[component]
fn Sheet(view: Arc<RecordView>) -> impl IntoView {
    let shared = Shared::get();
    let draft = Draft::new(Arc::clone(&view));
    let subtitle = format!(
        "{} · {} {}",
        texts::label(&view.form.standard),
        view.line.discharger_name,
        view.line.point_name
    );
    let home = draft.home();
    come_back(draft, shared);
    let end = {
        let is_signed = draft.is_signed();
        let send = draft.line;
        move || {
            if is_signed {
                let line = send.get();
                view! {
                    <Pill tone=Tone::Ok icon=Icon::Lock text=texts::SIGNED.get() />
                    <Pill tone=Tone::Idle text=texts::send_state(line.send).get() />
                    <MarkPills marks=line.marks />
                    <A href=format!("/record/{}/history", line.id) attr:class="btn">
                        <Glyph icon=Icon::List />
                        {texts::VERSIONS.get()}
                    </A>
                }
                .into_any()
            } else {
                view! { <MissingButton draft on_open=move |()| draft.over.set(Some(Over::Missing)) /> }
                    .into_any()
            }
        }
    };
    let body = move || match draft.part.get() {
        Part::Block(index) => view! { <BlockCard draft index /> }.into_any(),
        Part::Photos => view! { <PhotosCard draft /> }.into_any(),
    };
    let has_pad = Memo::new(move |_| !draft.is_signed() && draft.has_numbers(draft.part.get()));
    view! {
        <Page title=texts::label(&view.form.title).to_owned() subtitle=subtitle back=home focus=true end=end>
            <div class="sheet">
                <div>
                    {match draft.is_correction() {
                        true => view! { <CorrectionBar draft /> }.into_any(),
                        false => view! { <VersionNotes draft /> }.into_any(),
                    }}
                    <ReviewNote draft />
                </div>
                <div class="record" class:record--pad=has_pad class:record--signed=draft.is_signed()>
                    <Outline draft />
                    <div class="record__middle" tabindex=draft.is_signed().then_some("0")>{body}</div>
                    {move || has_pad.get().then(|| view! { <RecordPad draft /> })}
                </div>
            </div>
            {move || draft.over.get().map(|over| draw_over(draft, over))}
        </Page>
    }
}

/// What lies over the screen.
fn draw_over(draft: Draft, over: Over) -> AnyView {
    match over {
        Over::Missing => view! { <MissingDialog draft /> }.into_any(),
        Over::Replace(key) => view! { <ReplaceDialog draft key_of=key /> }.into_any(),
        Over::Bottle(key) => view! { <BottleDialog draft key_of=key /> }.into_any(),
        Over::Signature(key) => view! { <SignatureDialog draft key_of=key /> }.into_any(),
        Over::Times(index) => view! { <TimesDialog draft index /> }.into_any(),
        Over::RemoveLine(key) => view! { <RemoveDialog draft key_of=key /> }.into_any(),
        Over::Camera(slot) => view! { <SlotCamera draft of=slot /> }.into_any(),
        Over::Sign => view! { <SignHere draft /> }.into_any(),
        Over::Discard => view! { <DiscardDialog draft /> }.into_any(),
        Over::Appeal => {
            let close = move |()| draft.over.set(None);
            view! { <AppealDialog record=draft.id() on_close=close /> }.into_any()
        }
    }
}

/// How much is missing; a tap opens the list.
#[component]
fn MissingButton(draft: Draft, #[prop(into)] on_open: Callback<()>) -> impl IntoView {
    let count = Memo::new(move |_| draft.problems.with(Vec::len));
    view! {
        <button type="button" class="btn record__missing" class:record__missing--none=move || count.get() == 0 on:click=move |_| on_open.run(())>
            {move || match count.get() {
                0 => view! { <Glyph icon=Icon::Check /> <span>{texts::COMPLETE.get()}</span> }.into_any(),
                count => view! { <Glyph icon=Icon::List /> <span>{texts::missing_count(count)}</span> }.into_any(),
            }}
        </button>
    }
}

/// The number pad, joined to the field that has the focus.
#[component]
fn RecordPad(draft: Draft) -> impl IntoView {
    let target = Memo::new(move |_| {
        let part = draft.part.get();
        draft.target.get().filter(|key| draft.is_number(key) && draft.is_in(key, part))
    });
    // Each is asked for by many keys of the pad: found once.
    let of_target = move |pick: fn(Draft, &AnswerKey) -> Option<String>| {
        Memo::new(move |_| target.with(|key| key.as_ref().and_then(|key| pick(draft, key))))
    };
    let value =
        Memo::new(move |_| target.with(|key| key.as_ref().map(|key| draft.text(key)).unwrap_or_default()));
    let keys = Memo::new(move |_| {
        target.with(|key| key.as_ref().map_or(PadKeys::default(), |key| draft.pad_keys(key)))
    });
    let typed = move |text: String| {
        if let Some(key) = target.get_untracked() {
            way::show(&dom_id(&key), &text);
            draft.type_in(&key, text);
        }
    };
    view! {
        <Pad
            title=of_target(|draft, key| Some(draft.pad_title(key)))
            value
            allowed=of_target(|draft, key| draft.allowed(key))
            last=of_target(|draft, key| draft.last_value(key))
            keys
            on_typed=typed
            on_next=move |()| draft.go_on()
        />
    }
}

/// Opens the field that the address names or where the person was; otherwise the first one to be filled. What leaves the screen is sent.
fn come_back(draft: Draft, shared: Shared) {
    let path = draft.path();
    let asked = use_query_map().with_untracked(|query| query.get("at")).and_then(|at| at.parse().ok());
    let kept = shared.state.with_untracked(|state| {
        let place = state.as_ref().and_then(|state| state.place.clone());
        place.filter(|place| place.path == path).and_then(|place| place.field)
    });
    match asked.or(kept) {
        Some(key) => draft.go_to(&key),
        None => draft.part.set(draft.first_part()),
    }
    on_cleanup(move || draft.flush());
    let hidden = window_event_listener_untyped("pagehide", move |_| draft.flush());
    on_cleanup(move || hidden.remove());
    Effect::new(move |before: Option<()>| {
        shared.store.track();
        if draft.is_signed() || untrack(|| draft.part.get()) == Part::Photos {
            shared.sync.track();
        }
        if before.is_some() {
            draft.read_soon();
        }
    });
}

/// True for fields that the number pad fills.
fn is_pad_type(kind: FieldType) -> bool {
    kind.is_number()
}

/// True once nothing may change any more.
fn is_signed(view: &RecordView) -> bool {
    view.line.state == RecordState::Signed
}
