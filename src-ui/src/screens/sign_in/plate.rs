//! The station's QR plate: photographed here, read by the device. It blocks nothing.

use leptos::prelude::*;
use leptos::task::spawn_local;
use stackside_core::command::{PhotoLine, ReadPlate};
use stackside_core::id::PointId;
use stackside_core::photo::PhotoSource;
use stackside_core::plate::PlateVerdict;

use super::SitePhoto;
use crate::components::icon::{Glyph, Icon};
use crate::components::tone::{Pill, Tone};
use crate::{shell, texts};

/// A photo of the plate, and what the device read in it once it has.
#[derive(Debug, Clone, PartialEq)]
pub struct Scan {
    pub photo: PhotoLine,
    pub verdict: Option<PlateVerdict>,
}

/// Has the device read a new photo of the plate.
pub fn read(
    scan: RwSignal<Option<Scan>>,
    trouble: RwSignal<Option<String>>,
    point: PointId,
    photo: PhotoLine,
) {
    let id = photo.id;
    scan.set(Some(Scan { photo, verdict: None }));
    spawn_local(async move {
        match shell::call(&ReadPlate { point, photo: id }).await {
            Ok(verdict) => {
                let _ = scan.try_update(|scan| {
                    // Another photo may have been taken meanwhile.
                    if let Some(scan) = scan.as_mut().filter(|scan| scan.photo.id == id) {
                        scan.verdict = Some(verdict);
                    }
                });
            }
            Err(error) => {
                let _ = trouble.try_set(Some(texts::command_error(&error)));
            }
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
        let Some(Scan { photo, verdict }) = scan.get() else {
            return view! { <p class="bar__sub">{texts::PLATE_WHY.get()}</p> }.into_any();
        };
        let advice = verdict.as_ref().and_then(texts::plate_advice);
        let (tone, icon, words) = match &verdict {
            None => (Tone::Info, Icon::Clock, texts::PLATE_READING),
            Some(verdict @ PlateVerdict::Matches) => (Tone::Ok, Icon::Check, texts::plate_verdict(verdict)),
            Some(verdict) => (Tone::Warn, Icon::Warn, texts::plate_verdict(verdict)),
        };
        let imported = (photo.source == PhotoSource::Imported)
            .then(|| view! { <Pill tone=Tone::Warn text=texts::IMPORTED.get() /> });
        view! {
            <div class="sign-in__photo" role="status">
                <SitePhoto photo />
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
