//! The camera inside the app: opening another one is how field apps lose photos and forms.

mod lens;
mod view;

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use stackside_core::command::{BeginPhoto, CommandError, PhotoLine};
use stackside_core::id::{PhotoId, RecordId, VisitId};
use stackside_core::photo::{PhotoFormat, PhotoSource};
use stackside_core::storage::{Room, Storage};
use wasm_bindgen::JsCast;
use web_sys::{Blob, Url};

use self::lens::{Lens, LensError};
use super::dialog::open_modal;
use super::icon::{Glyph, Icon};
use crate::photo;
use crate::texts;

/// Where the person is between opening the camera and a kept photo.
#[derive(Debug, Clone)]
enum Step {
    Opening,
    Live,
    Shooting,
    Shot(Shot),
    Sending(Shot, u32),
    /// No camera, or one that takes no photo: a file instead.
    Without(LensError),
    /// What space is left is for text.
    NoRoom(Storage),
}

/// A photo that was taken and is not kept yet.
#[derive(Debug, Clone)]
struct Shot {
    photo: PhotoId,
    source: PhotoSource,
    blob: Blob,
    url: String,
    /// How many bytes of it the device has.
    sent: usize,
}

impl Shot {
    fn new(photo: PhotoId, source: PhotoSource, blob: Blob) -> Self {
        let url = Url::create_object_url_with_blob(&blob).unwrap_or_default();
        Self { photo, source, blob, url, sent: 0 }
    }
    fn drop_it(&self) {
        let _ = Url::revoke_object_url(&self.url);
        photo::abandon(self.photo);
    }
}

#[derive(Clone, Copy)]
struct Session {
    step: RwSignal<Step, LocalStorage>,
    lens: StoredValue<Option<Lens>, LocalStorage>,
    has_torch: RwSignal<bool>,
    // Why there is no lens, so that giving a photo up leads back to what was said of it.
    no_lens: StoredValue<Option<LensError>>,
    trouble: RwSignal<Option<String>>,
    // Said as long as the camera looks: how many photos there is still space for.
    short: RwSignal<Option<String>>,
    video: NodeRef<html::Video>,
    place: StoredValue<(Option<VisitId>, Option<RecordId>, Option<String>)>,
    on_done: Callback<PhotoLine>,
}

/// The camera over the whole screen. The photo is journaled before the shutter and kept when `on_done` hears of it.
#[component]
pub fn Camera(
    /// The photo's visit; nothing for a sign-in.
    visit: Option<VisitId>,
    /// Its record.
    record: Option<RecordId>,
    /// The form's slot (`slot` itself is a word of the view macro).
    slot_id: Option<String>,
    /// Told the photo once it is kept.
    #[prop(into)]
    on_done: Callback<PhotoLine>,
    /// Told when the person leaves without one.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let session = Session {
        step: RwSignal::new_local(Step::Opening),
        lens: StoredValue::new_local(None),
        has_torch: RwSignal::new(false),
        no_lens: StoredValue::new(None),
        trouble: RwSignal::new(None),
        short: RwSignal::new(None),
        video: NodeRef::new(),
        place: StoredValue::new((visit, record, slot_id)),
        on_done,
    };
    let dialog = NodeRef::<html::Dialog>::new();
    let is_lit = RwSignal::new(false);
    open_modal(dialog);
    session.open();
    on_cleanup(move || session.close());
    let shows_video =
        move || session.step.with(|step| matches!(step, Step::Opening | Step::Live | Step::Shooting));
    let light = move |_| {
        is_lit.update(|on| *on = !*on);
        session.lens.with_value(|lens| lens.iter().for_each(|lens| lens.set_torch(is_lit.get_untracked())));
    };
    view! {
        <dialog
            class="whole camera"
            node_ref=dialog
            aria-label=texts::CAMERA.get()
            on:cancel=move |event: leptos::ev::Event| {
                event.prevent_default();
                on_close.run(());
            }
        >
            <div class="camera__view">
                <video
                    node_ref=session.video
                    class="camera__picture"
                    class:camera__picture--off=move || !shows_video()
                    playsinline
                    prop:muted=true
                    aria-label=texts::LIVE_PREVIEW.get()
                ></video>
                {move || session.middle()}
            </div>
            <div class="camera__bar">
                <button type="button" class="btn camera__side" on:click=move |_| on_close.run(())>
                    <Glyph icon=Icon::Cross />
                    {texts::CLOSE.get()}
                </button>
                <div class="camera__main">{move || session.buttons()}</div>
                <div class="camera__end">
                    {move || {
                        (session.has_torch.get() && shows_video()).then(|| {
                            view! {
                                <button
                                    type="button"
                                    class="btn camera__side"
                                    aria-pressed=move || if is_lit.get() { "true" } else { "false" }
                                    on:click=light
                                >
                                    <Glyph icon=Icon::Torch />
                                    {texts::TORCH.get()}
                                </button>
                            }
                        })
                    }}
                </div>
            </div>
        </dialog>
    }
}

impl Session {
    /// Opens the camera, once more if the person wants.
    fn open(self) {
        self.step.set(Step::Opening);
        spawn_local(async move {
            let storage = photo::storage().await;
            let room = storage.map_or(Room::Enough, |storage| storage.room());
            if let (Room::None, Some(storage)) = (room, storage) {
                let _ = self.step.try_set(Step::NoRoom(storage));
                return;
            }
            let short = storage.filter(|_| room != Room::Enough).map(|storage| texts::room(&storage));
            let _ = self.short.try_set(short);
            let opened = Lens::open().await;
            if self.step.try_with_untracked(|_| ()).is_none() {
                return; // gone meanwhile; the lens closes itself
            }
            match opened {
                Ok(lens) => {
                    if let Some(video) = self.video.get_untracked() {
                        lens.show_on(&video);
                    }
                    self.has_torch.set(lens.has_torch);
                    self.lens.set_value(Some(lens));
                    self.no_lens.set_value(None);
                    self.step.set(Step::Live);
                }
                Err(error) => {
                    self.no_lens.set_value(Some(error));
                    self.step.set(Step::Without(error));
                }
            }
        });
    }

    fn close(self) {
        let _ = self.lens.try_update_value(|lens| *lens = None);
        let _ = self.step.try_with_untracked(|step| {
            if let Step::Shot(shot) = step {
                shot.drop_it();
            }
        });
    }

    async fn begin(self, source: PhotoSource) -> Result<PhotoId, CommandError> {
        let (visit, record, slot) = self.place.get_value();
        photo::begin(&BeginPhoto { visit, record, slot, source, name: None }).await
    }

    fn fail(self, text: String, step: Step) {
        let _ = self.trouble.try_set(Some(text));
        let _ = self.step.try_set(step);
    }

    fn shoot(self) {
        let Some(video) = self.video.get_untracked() else { return };
        if !self.step.with_untracked(|step| matches!(step, Step::Live)) {
            return;
        }
        self.step.set(Step::Shooting);
        self.trouble.set(None);
        spawn_local(async move {
            let photo = match self.begin(PhotoSource::Camera).await {
                Ok(photo) => photo,
                Err(error) => return self.fail(texts::command_error(&error), Step::Live),
            };
            // Taken out so that nothing is borrowed while the camera works.
            let lens = self.lens.try_update_value(Option::take).flatten();
            let blob = match &lens {
                Some(lens) => lens.shoot(&video).await,
                None => Err(LensError::Failed),
            };
            let is_there = self.lens.try_update_value(|place| *place = lens).is_some();
            match blob {
                Ok(blob) if is_there => {
                    self.step.set(Step::Shot(Shot::new(photo, PhotoSource::Camera, blob)))
                }
                _ => {
                    photo::abandon(photo);
                    let _ = self.step.try_set(Step::Without(LensError::Failed));
                }
            }
        });
    }

    fn import(self, event: &leptos::ev::Event) {
        let input = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok());
        let Some(file) = input.and_then(|input| input.files()).and_then(|files| files.get(0)) else { return };
        let before = self.step.get_untracked();
        self.trouble.set(None);
        spawn_local(async move {
            let is_photo = lens::bytes(&file).await.is_ok_and(|bytes| PhotoFormat::of(&bytes).is_some());
            if !is_photo {
                return self.fail(texts::command_error(&CommandError::NotAPhoto), before);
            }
            match self.begin(PhotoSource::Imported).await {
                Ok(photo) => {
                    let _ =
                        self.step.try_set(Step::Shot(Shot::new(photo, PhotoSource::Imported, file.into())));
                }
                Err(error) => self.fail(texts::command_error(&error), before),
            }
        });
    }

    fn retake(self, shot: &Shot) {
        shot.drop_it();
        self.trouble.set(None);
        self.step.set(self.no_lens.get_value().map_or(Step::Live, Step::Without));
    }

    fn try_again(self) {
        self.trouble.set(None);
        match self.no_lens.get_value() {
            None => self.step.set(Step::Live),
            Some(_) => self.open(),
        }
    }

    /// Keeps the photo. On a full disk another try goes on from there; any other failure closes what was begun, so that
    /// another try begins anew.
    fn keep(self, mut shot: Shot) {
        self.step.set(Step::Sending(shot.clone(), 0));
        self.trouble.set(None);
        spawn_local(async move {
            let shown = shot.clone();
            let told = |percent| {
                let _ = self.step.try_set(Step::Sending(shown.clone(), percent));
            };
            let kept = match lens::bytes(&shot.blob).await {
                Ok(bytes) => photo::send(shot.photo, &bytes, &mut shot.sent, told).await,
                Err(_) => Err(CommandError::PhotoDamaged),
            };
            match kept {
                Ok(line) => {
                    let _ = Url::revoke_object_url(&shot.url);
                    let _ = self.step.try_set(Step::Opening);
                    let _ = self.on_done.try_run(line);
                }
                // What arrived is there still: the next try goes on from it.
                Err(error @ (CommandError::DiskFull | CommandError::DiskFailed)) => {
                    self.fail(texts::command_error(&error), Step::Shot(shot));
                }
                Err(error) => {
                    photo::abandon(shot.photo);
                    let next = match self.begin(shot.source).await {
                        Ok(photo) => Step::Shot(Shot { photo, sent: 0, ..shot }),
                        Err(_) => Step::Shot(shot),
                    };
                    self.fail(texts::command_error(&error), next);
                }
            }
        });
    }
}
