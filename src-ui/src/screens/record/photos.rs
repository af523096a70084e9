//! The photos that the form asks for: a slot each, taken with the camera inside the app.

use leptos::prelude::*;
use leptos_router::components::A;
use stackside_core::command::{GetThumbnail, PhotoLine};
use stackside_core::form::PhotoSlot;
use stackside_core::photo::PhotoSource;

use super::block::SaveLine;
use super::draft::Draft;
use crate::app::Shared;
use crate::components::camera::Camera;
use crate::components::icon::{Glyph, Icon};
use crate::components::tone::{Pill, Tone};
use crate::{shell, texts};

/// All slots of the form.
#[component]
pub fn PhotosCard(draft: Draft, to_visit: String) -> impl IntoView {
    let shared = Shared::get();
    let open: RwSignal<Option<String>> = RwSignal::new(None);
    let view = draft.view();
    let (visit, record) = (view.line.visit, view.line.id);
    let done = move |line: PhotoLine| {
        open.set(None);
        draft.photos.update(|photos| {
            if photos.iter().all(|photo| photo.id != line.id) {
                photos.push(line);
            }
        });
        shared.refresh();
    };
    view! {
        <section class="card block">
            <div class="card__head">
                <h2>{texts::PHOTOS.get()}</h2>
                <SaveLine draft />
            </div>
            <div class="slots">
                {view.form.photos.iter().map(|slot| view! { <SlotCard draft of=slot.clone() open /> }).collect_view()}
            </div>
            {move || {
                let is_done = !draft.is_signed() && draft.problems.with(Vec::is_empty);
                let to_visit = to_visit.clone();
                is_done.then(|| {
                    view! {
                        <div class="block__next">
                            <A href=to_visit attr:class="btn btn--main btn--big">
                                <Glyph icon=Icon::Pen />
                                {texts::TO_VISIT.get()}
                            </A>
                        </div>
                    }
                })
            }}
        </section>
        {move || {
            open.get().map(|slot| {
                view! {
                    <Camera
                        visit=Some(visit)
                        record=Some(record)
                        slot_id=Some(slot)
                        on_done=done
                        on_close=move |()| open.set(None)
                    />
                }
            })
        }}
    }
}

#[component]
fn SlotCard(draft: Draft, of: PhotoSlot, open: RwSignal<Option<String>>) -> impl IntoView {
    let slot = of;
    let label = texts::label(&slot.label).to_owned();
    let id = slot.id.clone();
    let mine = Memo::new(move |_| {
        draft.photos.with(|photos| {
            photos
                .iter()
                .filter(|photo| photo.slot.as_deref() == Some(id.as_str()))
                .cloned()
                .collect::<Vec<_>>()
        })
    });
    let (name, required) = (label.clone(), slot.required);
    let mark = move || match (mine.with(Vec::is_empty), required) {
        (false, _) => {
            view! { <Pill tone=Tone::Ok icon=Icon::Check text=mine.with(Vec::len).to_string() /> }.into_any()
        }
        (true, true) => view! { <Pill tone=Tone::Warn text=texts::REQUIRED.get() /> }.into_any(),
        (true, false) => view! { <Pill tone=Tone::Idle text=texts::OPTIONAL.get() /> }.into_any(),
    };
    view! {
        <div class="slots__one">
            <div class="slots__head">
                <h3>{label}</h3>
                {mark}
            </div>
            <div class="slots__photos">
                {move || {
                    let photos = mine.get();
                    if photos.is_empty() {
                        view! { <p class="slots__none">{texts::NO_PHOTO_YET.get()}</p> }.into_any()
                    } else {
                        photos
                            .into_iter()
                            .enumerate()
                            .map(|(index, photo)| {
                                view! { <Thumbnail photo name=texts::photo_name(&name, index + 1) /> }
                            })
                            .collect_view()
                            .into_any()
                    }
                }}
            </div>
            {(!draft.is_signed()).then(|| {
                let id = slot.id.clone();
                view! {
                    <button type="button" class="btn btn--soft" on:click=move |_| open.set(Some(id.clone()))>
                        <Glyph icon=Icon::Camera />
                        {texts::TAKE_PHOTO.get()}
                    </button>
                }
            })}
        </div>
    }
}

#[component]
fn Thumbnail(photo: PhotoLine, name: String) -> impl IntoView {
    let picture: RwSignal<Option<String>> = RwSignal::new(None);
    let id = photo.id;
    leptos::task::spawn_local(async move {
        if let Ok(base64) = shell::call(&GetThumbnail { photo: id }).await {
            let _ = picture.try_set(Some(format!("data:image/jpeg;base64,{base64}")));
        }
    });
    let imported = photo.source == PhotoSource::Imported;
    view! {
        <figure class="slots__photo">
            {move || match picture.get() {
                Some(picture) => view! { <img src=picture alt=name.clone() /> }.into_any(),
                None => view! { <span class="slots__blank"><Glyph icon=Icon::Camera /></span> }.into_any(),
            }}
            <figcaption class="num">
                {texts::short_time(photo.taken_at)} " · " {texts::send_state(photo.send).get()}
                {imported.then(|| view! { <span class="slots__mark">{texts::IMPORTED.get()}</span> })}
            </figcaption>
        </figure>
    }
}
