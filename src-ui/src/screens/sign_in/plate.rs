//! The station's QR plate: photographed here, read by the device. It blocks nothing.

use leptos::prelude::*;
use leptos::task::spawn_local;
use stackside_core::command::{PhotoLine, ReadPlate};
use stackside_core::id::PointId;
use stackside_core::photo::PhotoSource;
use stackside_core::plate::PlateVerdict;

use super::{Here, SitePhoto};
use crate::app::Shared;
use crate::components::icon::{Glyph, Icon};
use crate::components::tone::{Pill, Tone};
use crate::{shell, texts};

/// A photo of the plate, and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Scan {
    pub photo: PhotoLine,
    state: State,
}

#[derive(Debug, Clone, PartialEq)]
enum State {
    /// The device is at it.
    Reading,
    /// What it says.
    Read(PlateVerdict),
    /// It was not read; the screen says why.
    Failed,
}

/// Has the device read a new photo of the plate.
pub fn read(here: Here, point: PointId, photo: PhotoLine, shared: Shared) {
    let id = photo.id;
    here.plate.set(Some(Scan { photo, state: State::Reading }));
    spawn_local(async move {
        let (state, error) = match shell::call(&ReadPlate { point, photo: id }).await {
            Ok(verdict) => (State::Read(verdict), None),
            Err(error) => (State::Failed, Some(error)),
        };
        let is_mine = here.plate.try_update(|scan| {
            // Another photo may have been taken meanwhile.
            scan.as_mut().filter(|scan| scan.photo.id == id).map(|scan| scan.state = state).is_some()
        });
        if is_mine == Some(true) {
            here.take(error, shared);
        }
    });
}

/// The button to scan with, and what came of it.
#[component]
pub fn Plate(
    /// The last scan.
    scan: RwSignal<Option<Scan>>,
    /// Opens the camera.
    #[prop(into)]
    on_scan: Callback<()>,
) -> impl IntoView {
    let said = move || {
        let Some(Scan { photo, state }) = scan.get() else {
            return view! { <p class="bar__sub">{texts::PLATE_WHY.get()}</p> }.into_any();
        };
        let (tone, icon, words, advice) = match &state {
            State::Reading => (Tone::Info, Icon::Clock, texts::PLATE_READING, None),
            State::Failed => (Tone::Warn, Icon::Warn, texts::PLATE_FAILED, None),
            State::Read(verdict) => {
                let (tone, icon) = match verdict {
                    PlateVerdict::Matches => (Tone::Ok, Icon::Check),
                    _ => (Tone::Warn, Icon::Warn),
                };
                (tone, icon, texts::plate_verdict(verdict), texts::plate_advice(verdict))
            }
        };
        let imported = (photo.source == PhotoSource::Imported)
            .then(|| view! { <Pill tone=Tone::Warn text=texts::IMPORTED.get() /> });
        view! {
            <div class="sign-in__photo" role="status">
                <SitePhoto photo alt=texts::PLATE />
                <Pill tone icon text=words.get() />
                {imported}
            </div>
            {advice.map(|advice| view! { <p class="bar__sub">{advice.get()}</p> })}
        }
        .into_any()
    };
    view! {
        <section class="sign-in__plate" aria-label=texts::PLATE.get()>
            <b>{texts::PLATE.get()}</b>
            {said}
            <button type="button" class="btn btn--soft sign-in__shoot" on:click=move |_| on_scan.run(())>
                <Glyph icon=Icon::Camera />
                {move || if scan.with(Option::is_some) { texts::SCAN_AGAIN.get() } else { texts::SCAN_PLATE.get() }}
            </button>
        </section>
    }
}
