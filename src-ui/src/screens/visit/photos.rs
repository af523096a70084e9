//! The photos of a visit as thumbnails with slot and state.

use leptos::prelude::*;
use stackside_core::command::{PhotoLine, VisitView};
use stackside_core::id::PhotoId;
use stackside_core::photo::PhotoSource;
use stackside_core::visit::VisitState;

use crate::components::icon::{Glyph, Icon};
use crate::components::states::Empty;
use crate::components::tone::{Pill, Tone};
use crate::screens::photo::thumbnail;
use crate::screens::record_row::SendPill;
use crate::texts;

/// All photos, and the button for another one as long as the visit is open.
#[component]
pub fn Photos(
    /// The visit.
    visit: Memo<VisitView>,
    /// Told when the person wants the camera.
    #[prop(into)]
    on_take: Callback<()>,
    /// Told the photo that the person wants to look at.
    #[prop(into)]
    on_open: Callback<PhotoId>,
) -> impl IntoView {
    let photos = Memo::new(move |_| visit.with(|visit| visit.photos.clone()));
    let is_open = Memo::new(move |_| visit.with(|visit| visit.state == VisitState::Open));
    view! {
        <section class="card">
            <div class="card__head">
                <h2>{texts::PHOTOS.get()}</h2>
                <span class="end num">{move || photos.with(Vec::len)}</span>
            </div>
            {move || photos.with(Vec::is_empty).then(|| view! { <Empty icon=Icon::Camera text=texts::NO_PHOTO.get() /> })}
            <ul class="photos">
                <For each=move || photos.get() key=|photo| photo.id let:photo>
                    <OnePhoto photo photos on_open />
                </For>
            </ul>
            {move || {
                is_open
                    .get()
                    .then(|| {
                        view! {
                            <div class="visit__foot">
                                <button class="btn btn--soft" on:click=move |_| on_take.run(())>
                                    <Glyph icon=Icon::Camera />
                                    {texts::TAKE_PHOTO.get()}
                                </button>
                            </div>
                        }
                    })
            }}
        </section>
    }
}

#[component]
fn OnePhoto(photo: PhotoLine, photos: Memo<Vec<PhotoLine>>, on_open: Callback<PhotoId>) -> impl IntoView {
    let id = photo.id;
    let slot = texts::photo_slot(photo.slot.as_deref(), photo.slot_label.as_ref());
    let first = (photo.send, photo.original);
    let standing = Memo::new(move |_| {
        let mine = |photo: &PhotoLine| (photo.id == id).then_some((photo.send, photo.original));
        photos.with(|photos| photos.iter().find_map(mine)).unwrap_or(first)
    });
    let (send, original) = (move || standing.get().0, move || standing.get().1);
    view! {
        <li class="photos__one">
            <button type="button" class="opens" title=texts::OPEN_PHOTO.get() on:click=move |_| on_open.run(id)>
                <Thumbnail photo=id alt=texts::photo_alt(&slot, photo.taken_at, photo.source) />
            </button>
            <div class="photos__words">
                <b>{slot}</b>
                <span class="num">{texts::short_time(photo.taken_at)} " · " {texts::bytes(photo.size_bytes)}</span>
            </div>
            <div class="photos__state">
                {move || view! { <SendPill send=send() /> }}
                {(photo.source == PhotoSource::Imported).then(|| view! { <Pill tone=Tone::Warn text=texts::IMPORTED.get() /> })}
                {move || {
                    let tone = texts::original_tone(original());
                    texts::original(original()).map(|text| view! { <Pill tone text /> })
                }}
            </div>
        </li>
    }
}

/// A small picture of a photo, once it is read.
#[component]
fn Thumbnail(photo: PhotoId, #[prop(into)] alt: String) -> impl IntoView {
    let source = thumbnail(photo);
    move || match source.get() {
        Some(source) => view! { <img class="photos__image" src=source alt=alt.clone() /> }.into_any(),
        None => view! {
            <div class="photos__image" role="img" aria-label=alt.clone()>
                <Glyph icon=Icon::Camera />
            </div>
        }
        .into_any(),
    }
}
