//! A photo as it is looked at: over the whole screen, with its mark, and where the original is.

use leptos::prelude::*;
use leptos::task::spawn_local;
use stackside_core::command::{CommandError, GetPhoto, GetThumbnail, PhotoView};
use stackside_core::id::PhotoId;
use stackside_core::photo::PhotoSource;

use super::record_row::SendPill;
use crate::components::dialog::Dialog;
use crate::components::icon::Icon;
use crate::components::states::{Empty, Failed, Loading};
use crate::components::tone::{Pill, Tone};
use crate::{shell, texts};

/// The address of a photo's thumbnail, once it is read.
pub fn thumbnail(photo: PhotoId) -> RwSignal<Option<String>> {
    let source = RwSignal::new(None);
    spawn_local(async move {
        if let Ok(jpeg) = shell::call(&GetThumbnail { photo }).await {
            source.try_set(Some(address(&jpeg)));
        }
    });
    source
}

fn address(jpeg: &str) -> String {
    format!("data:image/jpeg;base64,{jpeg}")
}

type Reply = Option<Result<PhotoView, CommandError>>;

/// The photo over the screen, until the person closes it.
#[component]
pub fn PhotoViewer(
    /// Which.
    photo: PhotoId,
    /// What it shows.
    #[prop(into)]
    title: String,
    /// Told when the person closes it.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let reply: RwSignal<Reply> = RwSignal::new(None);
    let read = move || {
        reply.set(None);
        spawn_local(async move {
            let view = shell::call(&GetPhoto { photo }).await;
            reply.try_set(Some(view));
        });
    };
    read();
    let alt = title.clone();
    let picture = move || {
        match reply.get() {
        None => view! { <Loading /> }.into_any(),
        Some(Err(error)) => view! { <Failed error on_retry=move |()| read() /> }.into_any(),
        Some(Ok(PhotoView { jpeg: None, .. })) => {
            view! { <Empty icon=Icon::Camera text=texts::NO_PICTURE.get() /> }.into_any()
        }
        Some(Ok(PhotoView { jpeg: Some(jpeg), is_marked, .. })) => view! {
            <img class="viewer__image" class:viewer__image--small={!is_marked} src=address(&jpeg) alt=alt.clone() />
        }
        .into_any(),
    }
    };
    view! {
        <Dialog title class="whole viewer" on_close>
            <div class="viewer__picture">{picture}</div>
            <footer class="viewer__foot num">{move || about(reply.get())}</footer>
        </Dialog>
    }
}

fn about(reply: Reply) -> Option<impl IntoView> {
    let PhotoView { line, is_marked, .. } = reply?.ok()?;
    let imported = line.source == PhotoSource::Imported;
    Some(view! {
        <span>{texts::short_time(line.taken_at)} " · " {texts::bytes(line.size_bytes)}</span>
        <span>{texts::ORIGINAL_HASH.get()} " " <code>{line.sha256.to_string()}</code></span>
        <span class="viewer__pills">
            <SendPill send=line.send />
            {imported.then(|| view! { <Pill tone=Tone::Warn text=texts::IMPORTED.get() /> })}
            {texts::original_told(line.original, is_marked)
                .map(|text| view! { <Pill tone=texts::original_tone(line.original) text /> })}
        </span>
    })
}
