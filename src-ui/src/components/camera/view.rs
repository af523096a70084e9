//! What the camera shows over its picture, and its buttons, step by step.

use leptos::prelude::*;
use stackside_core::photo::PhotoSource;

use super::lens::LensError;
use super::{Session, Step};
use crate::components::icon::{Glyph, Icon};
use crate::texts;

impl Session {
    /// The picture that was taken, and what is said over it.
    pub(super) fn middle(self) -> impl IntoView + use<> {
        let trouble = move || {
            self.trouble.get().map(|text| {
                view! {
                    <p class="camera__trouble" role="alert">
                        <Glyph icon=Icon::Warn />
                        <span>{text}</span>
                    </p>
                }
            })
        };
        let short = move || {
            let is_live = self.step.with(|step| matches!(step, Step::Live));
            self.short.get().filter(|_| is_live && self.trouble.with(Option::is_none)).map(|text| {
                view! {
                    <p class="camera__trouble camera__trouble--mild" role="status">
                        <Glyph icon=Icon::Warn />
                        <span>{text}</span>
                    </p>
                }
            })
        };
        let step = self.step.get();
        let picture = match &step {
            Step::Shot(shot) | Step::Sending(shot, _) => {
                let url = shot.url.clone();
                let mark = (shot.source == PhotoSource::Imported).then(
                    || view! { <span class="pill pill--warn camera__mark">{texts::IMPORTED.get()}</span> },
                );
                Some(view! {
                    <img class="camera__picture" src=url alt=texts::PHOTO_PREVIEW.get() />
                    {mark}
                })
            }
            _ => None,
        };
        let words = match &step {
            Step::Opening => Some(texts::CAMERA_OPENING.get().to_owned()),
            Step::Live | Step::Shooting => None,
            Step::Shot(_) => Some(texts::PHOTO_TO_CHECK.get().to_owned()),
            Step::Sending(_, percent) => Some(texts::photo_progress(*percent)),
            Step::Without(LensError::Denied) => Some(texts::CAMERA_DENIED.get().to_owned()),
            Step::Without(LensError::Failed) => Some(texts::CAMERA_FAILED.get().to_owned()),
            Step::Without(LensError::NoCamera) => Some(texts::NO_CAMERA.get().to_owned()),
            Step::NoRoom(storage) => Some(texts::room(storage)),
        };
        let is_without = matches!(step, Step::Without(_) | Step::NoRoom(_));
        view! {
            {picture}
            {words
                .map(|words| {
                    view! {
                        <p class="camera__words" class:camera__words--middle=is_without role="status">
                            {words}
                        </p>
                    }
                })}
            {trouble}
            {short}
        }
    }

    /// What can be done now.
    pub(super) fn buttons(self) -> AnyView {
        match self.step.get() {
            Step::Opening => ().into_any(),
            Step::Live => view! {
                <button type="button" class="camera__shutter" aria-label=texts::SHUTTER.get() on:click=move |_| self.shoot()></button>
            }
            .into_any(),
            Step::Shooting => view! { <p role="status">{texts::SHOOTING.get()}</p> }.into_any(),
            Step::Shot(shot) => {
                let again = shot.clone();
                let retake = if shot.source == PhotoSource::Imported { texts::CHOOSE_OTHER } else { texts::RETAKE };
                view! {
                    <button type="button" class="btn camera__choice" on:click=move |_| self.retake(&again)>
                        {retake.get()}
                    </button>
                    <button type="button" class="btn btn--main camera__choice" on:click=move |_| self.keep(shot.clone())>
                        <Glyph icon=Icon::Check />
                        {texts::USE_PHOTO.get()}
                    </button>
                }
                .into_any()
            }
            Step::Sending(_, percent) => view! { <progress class="camera__progress" max="100" value=percent></progress> }.into_any(),
            Step::NoRoom(_) => view! {
                <button type="button" class="btn btn--main camera__choice" on:click=move |_| self.open()>
                    {texts::RETRY.get()}
                </button>
            }
            .into_any(),
            Step::Without(_) => view! {
                <button type="button" class="btn camera__choice" on:click=move |_| self.try_again()>
                    {texts::RETRY.get()}
                </button>
                <label class="btn btn--main camera__choice camera__file">
                    {texts::CHOOSE_FILE.get()}
                    <input type="file" accept="image/jpeg,image/png" on:change=move |event| self.import(&event) />
                </label>
            }
            .into_any(),
        }
    }
}
