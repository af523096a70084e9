//! Space on the tablet: how much there is, what takes it, and what to do when it runs short.

use leptos::prelude::*;
use stackside_core::command::{GetStorage, StorageView};
use stackside_core::storage::{Room, Storage};

use crate::app::Shared;
use crate::components::facts::Facts;
use crate::components::icon::{Glyph, Icon};
use crate::components::tone::Tone;
use crate::live::{Live, live, show};
use crate::texts;

/// Read anew when sync moves on, too: what was sent may give way.
fn storage() -> Live<StorageView> {
    let shared = Shared::get();
    live(move || {
        shared.sync.track();
        GetStorage {}
    })
}

/// All of it, for the settings.
#[component]
pub fn StorageCard(
    /// What can be set about it.
    children: Children,
) -> impl IntoView {
    let storage = storage();
    view! {
        <section class="card">
            <div class="card__head">
                <h2>{texts::STORAGE.get()}</h2>
            </div>
            {show(storage, |StorageView { storage, here, unsent, gone }| {
                let facts = vec![
                    (texts::FREE.get(), Some(texts::bytes(storage.free_bytes))),
                    (texts::ORIGINALS.get(), texts::file_count(here)),
                    (texts::UNSENT.get(), texts::file_count(unsent)),
                    (texts::GONE.get(), texts::file_count(gone)),
                ];
                view! {
                    <Facts facts />
                    <div class="settings__room">
                        <RoomLine storage />
                    </div>
                }
            })}
            {children()}
        </section>
    }
}

/// One line about space, where it is short.
#[component]
pub fn ShortOfRoom() -> impl IntoView {
    let storage = storage();
    let short = move || {
        let storage =
            storage.with(|reply| reply.as_ref().and_then(|reply| reply.as_ref().ok().copied()))?.storage;
        (storage.room() != Room::Enough).then(|| view! { <RoomLine storage /> })
    };
    view! { <div role="status">{short}</div> }
}

#[component]
fn RoomLine(storage: Storage) -> impl IntoView {
    let (tone, icon) = match storage.room() {
        Room::Enough => (Tone::Ok, Icon::Check),
        Room::Short { .. } => (Tone::Warn, Icon::Warn),
        Room::None => (Tone::Bad, Icon::Warn),
    };
    view! {
        <p class=format!("note {}", tone.area())>
            <Glyph icon />
            <span>{texts::room(&storage)}</span>
        </p>
    }
}
