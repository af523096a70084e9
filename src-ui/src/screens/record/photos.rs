//! The photos that the form asks for: a slot each, taken with the camera inside the app.

use leptos::prelude::*;
use stackside_core::command::PhotoLine;
use stackside_core::form::{AnswerKey, PhotoSlot};
use stackside_core::id::PhotoId;
use stackside_core::photo::PhotoSource;

use super::block::SaveLine;
use super::draft::{Draft, Over, dom_id};
use super::sign::SignButton;
use crate::app::Shared;
use crate::components::camera::Camera;
use crate::components::icon::{Glyph, Icon};
use crate::components::tone::{Pill, Tone};
use crate::screens::photo::{PhotoViewer, thumbnail};
use crate::texts;

/// All slots of the form.
#[component]
pub fn PhotosCard(draft: Draft) -> impl IntoView {
    let slots = draft.with_view(|view| view.form.photos.clone());
    let slot = |PhotoSlot { id, label, required }: PhotoSlot| {
        view! { <SlotCard draft of=id label=texts::label(&label).to_owned() required /> }
    };
    view! {
        <section class="card block">
            <div class="card__head">
                <h2>{texts::PHOTOS.get()}</h2>
                <SaveLine draft />
            </div>
            <div class="slots">{slots.into_iter().map(slot).collect_view()}</div>
            {move || {
                let is_done = !draft.is_signed() && draft.problems.with(Vec::is_empty);
                is_done.then(|| view! { <div class="block__next"><SignButton draft /></div> })
            }}
        </section>
    }
}

/// Photos that a field asks for.
#[component]
pub fn PhotoField(draft: Draft, key_of: AnswerKey, label: String, required: bool) -> impl IntoView {
    view! {
        <div class="field field--wide" id=dom_id(&key_of) tabindex="-1">
            <SlotCard draft of=key_of.to_string() label required />
        </div>
    }
}

/// The camera for a slot.
#[component]
pub fn SlotCamera(draft: Draft, of: String) -> impl IntoView {
    let shared = Shared::get();
    let (visit, record) = draft.with_view(|view| (view.line.visit, view.line.id));
    let done = move |line: PhotoLine| {
        draft.over.set(None);
        draft.photos.update(|photos| {
            if photos.iter().all(|photo| photo.id != line.id) {
                photos.push(line);
            }
        });
        draft.paper.change_all(|_| ());
        shared.refresh();
    };
    view! {
        <Camera visit record=Some(record) slot_id=Some(of) on_done=done on_close=move |()| draft.over.set(None) />
    }
}

#[component]
fn SlotCard(draft: Draft, of: String, label: String, required: bool) -> impl IntoView {
    let slot = StoredValue::new(of);
    let mine = Memo::new(move |_| {
        let is_mine = |photo: &&PhotoLine| slot.with_value(|slot| photo.slot.as_ref() == Some(slot));
        draft.photos.with(|photos| photos.iter().filter(is_mine).cloned().collect::<Vec<_>>())
    });
    let mark = move || match (mine.with(Vec::is_empty), required) {
        (false, _) => {
            view! { <Pill tone=Tone::Ok icon=Icon::Check text=mine.with(Vec::len).to_string() /> }.into_any()
        }
        (true, true) => view! { <Pill tone=Tone::Warn text=texts::REQUIRED.get() /> }.into_any(),
        (true, false) => view! { <Pill tone=Tone::Idle text=texts::OPTIONAL.get() /> }.into_any(),
    };
    let name = label.clone();
    let seen = RwSignal::new(None::<(PhotoId, String)>);
    let over = move || {
        let (photo, title) = seen.get()?;
        Some(view! { <PhotoViewer photo title on_close=move |()| seen.set(None) /> })
    };
    let photos = move || {
        let photos = mine.get();
        if photos.is_empty() {
            return view! { <p class="slots__none">{texts::NO_PHOTO_YET.get()}</p> }.into_any();
        }
        let thumbnail = |(index, photo): (usize, PhotoLine)| {
            view! { <Thumbnail photo name=texts::photo_name(&name, index + 1) seen /> }
        };
        photos.into_iter().enumerate().map(thumbnail).collect_view().into_any()
    };
    view! {
        <div class="slots__one">
            {over}
            <div class="slots__head">
                <h3>{label}</h3>
                {mark}
            </div>
            <div class="slots__photos">{photos}</div>
            {(!draft.is_signed()).then(|| {
                view! {
                    <button type="button" class="btn btn--soft" on:click=move |_| draft.over.set(Some(Over::Camera(slot.get_value())))>
                        <Glyph icon=Icon::Camera />
                        {texts::TAKE_PHOTO.get()}
                    </button>
                }
            })}
        </div>
    }
}

#[component]
fn Thumbnail(photo: PhotoLine, name: String, seen: RwSignal<Option<(PhotoId, String)>>) -> impl IntoView {
    let picture = thumbnail(photo.id);
    let (id, title) = (photo.id, name.clone());
    let open = move |_| seen.set(Some((id, title.clone())));
    let imported = photo.source == PhotoSource::Imported;
    view! {
        <figure class="slots__photo">
            <button type="button" class="opens" title=texts::OPEN_PHOTO.get() on:click=open>
                {move || match picture.get() {
                    Some(picture) => view! { <img src=picture alt=name.clone() /> }.into_any(),
                    None => view! { <span class="slots__blank"><Glyph icon=Icon::Camera /></span> }.into_any(),
                }}
            </button>
            <figcaption class="num">
                {texts::short_time(photo.taken_at)} " · " {texts::send_state(photo.send).get()}
                {texts::original(photo.original).map(|text| view! { " · " {text} })}
                {imported.then(|| view! { <span class="slots__mark">{texts::IMPORTED.get()}</span> })}
            </figcaption>
        </figure>
    }
}
