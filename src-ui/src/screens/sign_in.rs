//! 签到: waits for the first fix, shows where one stands, says what follows from it, and never blocks.

mod plate;

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::components::A;
use leptos_router::hooks::{use_navigate, use_params_map, use_query_map};
use stackside_core::command::{
    CommandError, GetPoint, GetPosition, OpenRecord, PhotoLine, PointView, PositionView, SignIn,
    StartPosition, StopPosition, Workplace,
};
use stackside_core::geofence::{Fix, Presence};
use stackside_core::id::{FormCode, PointId, VisitId};
use stackside_core::photo::PhotoSource;

use self::plate::{Plate, Scan};
use crate::app::Shared;
use crate::components::camera::Camera;
use crate::components::facts::{Fact, Facts};
use crate::components::fence_map::FenceMap;
use crate::components::field::{FieldName, FieldTold, TextField};
use crate::components::icon::{Glyph, Icon};
use crate::components::page::Page;
use crate::components::tone::{Pill, Tone};
use crate::screens::photo::thumbnail;
use crate::{live, shell, texts};

const EACH_SECOND: Duration = Duration::from_secs(1);

/// The screen.
#[component]
pub fn SignInScreen() -> impl IntoView {
    let params = use_params_map();
    let id =
        Memo::new(move |_| params.with(|params| params.get("id")).and_then(|id| id.parse::<PointId>().ok()));
    let point = live::live_if(move || id.get().map(|point| GetPoint { point }));
    let back = Signal::derive(move || id.get().map(|id| format!("/point/{id}")));
    let (here, shared) = (Here::new(id), Shared::get());
    view! {
        <Page title=texts::SIGN_IN.get().to_owned() back=back>
            {live::show(point, move |point| view! { <Standing here point /> })}
            // Over the screen, so that reading the point anew does not close it.
            {move || {
                here.camera.get().map(|shows| {
                    let done = move |line: PhotoLine| {
                        here.camera.set(None);
                        here.take_photo(shows, line, shared);
                    };
                    let close = move |()| here.camera.set(None);
                    view! { <Camera visit=None record=None slot_id=None on_done=done on_close=close /> }
                })
            }}
        </Page>
    }
}

/// What a photo is to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shows {
    /// Where the technician is, with the reason.
    Site,
    /// The station's plate.
    Plate,
}

/// Where one stands, as far as known, and what one says to it.
#[derive(Clone, Copy)]
struct Here {
    point: Memo<Option<PointId>>,
    position: RwSignal<Option<PositionView>>,
    has_no_source: RwSignal<bool>,
    will_not_wait: RwSignal<bool>,
    reason: RwSignal<String>,
    photo: RwSignal<Option<PhotoLine>>,
    plate: RwSignal<Option<Scan>>,
    camera: RwSignal<Option<Shows>>,
    is_running: RwSignal<bool>,
    trouble: RwSignal<Option<String>>,
    other_visit: RwSignal<Option<VisitId>>,
    /// The form of the task that led here.
    form: StoredValue<Option<FormCode>>,
}

impl Here {
    /// Reads positions as long as the screen is open.
    fn new(point: Memo<Option<PointId>>) -> Self {
        let shared = Shared::get();
        let here = Self {
            point,
            position: RwSignal::new(None),
            has_no_source: RwSignal::new(false),
            will_not_wait: RwSignal::new(false),
            reason: RwSignal::new(String::new()),
            photo: RwSignal::new(None),
            plate: RwSignal::new(None),
            camera: RwSignal::new(None),
            is_running: RwSignal::new(false),
            trouble: RwSignal::new(None),
            other_visit: RwSignal::new(None),
            form: StoredValue::new(use_query_map().with_untracked(|query| query.get("form")?.parse().ok())),
        };
        let is_asking = StoredValue::new(false);
        spawn_local(async move {
            here.take(shell::call(&StartPosition {}).await.err(), shared);
        });
        let ask = move || {
            let Some(point) = point.get_untracked() else { return };
            if is_asking.get_value() {
                return;
            }
            is_asking.set_value(true);
            spawn_local(async move {
                let view = shell::call(&GetPosition { point }).await;
                let _ = is_asking.try_set_value(false);
                match view {
                    Ok(view) => {
                        let _ = here.position.try_set(Some(view));
                    }
                    Err(error) => here.take(Some(error), shared),
                }
            });
        };
        Effect::new(move || {
            shared.position.track();
            point.track();
            ask();
        });
        Effect::new(move || {
            // What was complained about is being mended.
            here.reason.track();
            here.photo.track();
            here.trouble.set(None);
        });
        if let Ok(each_second) = set_interval_with_handle(ask, EACH_SECOND) {
            on_cleanup(move || each_second.clear());
        }
        on_cleanup(|| {
            spawn_local(async {
                // Reading ends with its own time limit if this is lost.
                let _ = shell::call(&StopPosition {}).await;
            });
        });
        here
    }

    fn take_photo(self, shows: Shows, line: PhotoLine, shared: Shared) {
        self.trouble.set(None);
        match (shows, self.point.get_untracked()) {
            (Shows::Plate, Some(point)) => plate::read(self, point, line, shared),
            _ => self.photo.set(Some(line)),
        }
    }

    fn take(self, error: Option<CommandError>, shared: Shared) {
        match error {
            None => {}
            Some(CommandError::NoPositionSource) => {
                let _ = self.has_no_source.try_set(true);
            }
            Some(CommandError::Locked) => shared.refresh(),
            Some(error) => {
                let _ = self.trouble.try_set(Some(texts::command_error(&error)));
            }
        }
    }

    fn fixes(self) -> Vec<Fix> {
        self.position.with(|view| view.as_ref().map(|view| view.fixes.clone()).unwrap_or_default())
    }
    fn best(self) -> Option<Fix> {
        self.position.with(|view| view.as_ref().and_then(|view| view.verdict.fix.clone()))
    }
    /// True until the first fix has come, if one can come at all.
    fn is_waiting(self) -> bool {
        !self.has_no_source.get()
            && self.position.with(|view| view.as_ref().is_none_or(|view| view.fixes.is_empty()))
    }
    /// True if a reason and a photo are asked for.
    fn needs_reason(self) -> bool {
        if self.is_waiting() {
            return self.will_not_wait.get();
        }
        self.has_no_source.get()
            || self.position.with(|view| view.as_ref().is_none_or(|view| view.verdict.needs_reason()))
    }

    fn sign_in(self, go: impl Fn(&str) + 'static) {
        self.trouble.set(None);
        let needs_reason = untrack(move || self.needs_reason());
        let reason = Some(self.reason.get_untracked().trim().to_owned())
            .filter(|reason| needs_reason && !reason.is_empty());
        let photo =
            self.photo.with_untracked(|photo| photo.as_ref().map(|photo| photo.id)).filter(|_| needs_reason);
        let missing = match (needs_reason, &reason, photo) {
            (true, None, _) => Some(texts::REASON_MISSING),
            (true, _, None) => Some(texts::SITE_PHOTO_MISSING),
            _ => None,
        };
        if let Some(missing) = missing {
            self.trouble.set(Some(missing.get().to_owned()));
            return;
        }
        let plate = self.plate.with_untracked(|scan| scan.as_ref().map(|scan| scan.photo.id));
        let Some(point) = self.point.get_untracked() else { return };
        self.is_running.set(true);
        spawn_local(async move {
            let result = shell::call(&SignIn { point, reason, photo, plate }).await;
            if self.is_running.try_set(false).is_some() {
                return; // the screen is gone; the visit stands on 今日
            }
            match result {
                Ok(visit) => match self.form.get_value() {
                    Some(form) => {
                        match shell::call(&OpenRecord { place: Workplace::Visit(visit), form }).await {
                            Ok(record) => go(&format!("/record/{record}")),
                            Err(_) => go(&format!("/visit/{visit}")),
                        }
                    }
                    None => go(&format!("/visit/{visit}")),
                },
                Err(error) => {
                    if let CommandError::VisitOpen { visit } = error {
                        self.other_visit.set(Some(visit));
                    }
                    self.trouble.set(Some(texts::command_error(&error)));
                }
            }
        });
    }
}

#[component]
fn Standing(here: Here, point: PointView) -> impl IntoView {
    let navigate = use_navigate();
    let sampling = point.instruments.iter().find_map(|instrument| instrument.sampling);
    let about = [
        Some(texts::medium(point.point.medium).get().to_owned()),
        sampling.map(|sampling| texts::sampling(sampling).get().to_owned()),
        Some(texts::instruments(u32::try_from(point.instruments.len()).unwrap_or(u32::MAX))),
    ];
    let about = about.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let title = format!("{} · {}", point.discharger.name, point.point.name);
    let fixes = Memo::new(move |_| here.fixes());
    let best = Memo::new(move |_| here.best());
    let waits = Memo::new(move |_| here.is_waiting());
    // Without a source there is nothing to say of samples.
    let has_facts = Memo::new(move |_| !here.is_waiting() && !here.has_no_source.get());
    let needs_reason = Memo::new(move |_| here.needs_reason());
    let sign_in = move |_| {
        let navigate = navigate.clone();
        here.sign_in(move |path| navigate(path, NavigateOptions { replace: true, ..Default::default() }));
    };
    let can_sign_in = move || !waits.get() || needs_reason.get();
    // Another sign-in would be refused: the way to the open visit stands in its place.
    let open_visit = point.open_visit;
    let has_plate = point.point.plate.is_some();
    let visit_to_end = Memo::new(move |_| here.other_visit.get().or(open_visit));
    view! {
        <div class="sign-in">
            <section class="card sign-in__map">
                <FenceMap fence=point.point.fence.clone() station=point.point.position fixes best />
            </section>
            <section class="card sign-in__panel">
                <div class="sign-in__scroll">
                    <div>
                        <h2 class="sign-in__title">{title}</h2>
                        <div class="bar__sub">{about}</div>
                    </div>
                    <div role="status" aria-live="polite">{move || banner(here)}</div>
                    {move || (needs_reason.get() && visit_to_end.get().is_none()).then(|| view! { <Reason here /> })}
                    {move || (has_plate && visit_to_end.get().is_none()).then(|| view! {
                        <Plate scan=here.plate on_scan=move |()| here.camera.set(Some(Shows::Plate)) />
                    })}
                    {move || has_facts.get().then(|| view! { <Facts facts=facts(here) /> })}
                </div>
                <div class="sign-in__act">
                {move || {
                    here.trouble.get().map(|trouble| {
                        view! {
                            <p class="sign-in__trouble" role="alert">
                                <Glyph icon=Icon::Warn />
                                <span>{trouble}</span>
                            </p>
                        }
                    })
                }}
                {move || match visit_to_end.get() {
                    Some(visit) => view! {
                        <A href=format!("/visit/{visit}") attr:class="btn btn--main btn--big">
                            <Glyph icon=Icon::Right />
                            {texts::TO_OPEN_VISIT.get()}
                        </A>
                    }
                    .into_any(),
                    None => {
                        let sign_in = sign_in.clone();
                        view! {
                            {move || {
                                (!can_sign_in()).then(|| {
                                    view! {
                                        <button type="button" class="btn" on:click=move |_| here.will_not_wait.set(true)>
                                            {texts::NOT_WAIT.get()}
                                        </button>
                                    }
                                })
                            }}
                            <button
                                type="button"
                                class="btn btn--main btn--big"
                                disabled=move || here.is_running.get() || !can_sign_in()
                                on:click=sign_in
                            >
                                <Glyph icon=Icon::Site />
                                {move || if here.is_running.get() { texts::SIGNING_IN.get() } else { texts::SIGN_IN.get() }}
                            </button>
                        }
                        .into_any()
                    }
                }}
                <div class="bar__sub sign-in__foot">{texts::SIGN_IN_OFFLINE.get()}</div>
                </div>
            </section>
        </div>
    }
}

/// The verdict, or why there is none yet.
fn banner(here: Here) -> impl IntoView {
    let (tone, icon, word, detail) = if here.has_no_source.get() {
        (Tone::Warn, Icon::Warn, texts::NO_SOURCE.get(), texts::NO_SOURCE_HINT.get().to_owned())
    } else {
        here.position.with(|view| match view {
            Some(view) if !view.fixes.is_empty() => {
                let (tone, icon) = match view.verdict.presence {
                    Presence::Inside => (Tone::Ok, Icon::Check),
                    Presence::Outside => (Tone::Warn, Icon::Warn),
                    Presence::Unsure => (Tone::Warn, Icon::Search),
                };
                (
                    tone,
                    icon,
                    texts::presence(view.verdict.presence).get(),
                    texts::presence_detail(&view.verdict),
                )
            }
            view => {
                let waited = texts::waited(view.as_ref().map_or(0, |view| view.waited_s));
                let detail = format!("{waited}{}{}", texts::pick("。", ". "), texts::WAITING_HINT.get());
                (Tone::Info, Icon::Clock, texts::WAITING_FIX.get(), detail)
            }
        })
    };
    view! {
        <div class=format!("sign-in__verdict num {}", tone.area())>
            <Glyph icon />
            <div>
                <b>{word}</b>
                <div>{detail}</div>
            </div>
        </div>
    }
}

/// What the samples are like.
fn facts(here: Here) -> Vec<Fact> {
    here.position.with(|view| {
        let Some(view) = view else { return vec![] };
        let fix = view.verdict.fix.as_ref().or(view.fixes.last());
        let mocked =
            if view.fixes.iter().any(|fix| fix.mocked) { texts::MOCK_FOUND } else { texts::MOCK_NOT_FOUND };
        let or_none = |text: Option<String>| Some(text.unwrap_or_else(|| texts::UNKNOWN.get().to_owned()));
        vec![
            (texts::ACCURACY.get(), or_none(fix.map(|fix| format!("±{}", texts::metres(fix.accuracy_m))))),
            (texts::SATELLITES.get(), or_none(fix.and_then(|fix| fix.satellites).map(texts::satellites))),
            (texts::SAMPLES.get(), Some(texts::samples(view.fixes.len(), view.waited_s))),
            (texts::MOCK.get(), Some(mocked.get().to_owned())),
            (texts::DEVICE_TIME.get(), Some(texts::clock(view.now))),
            (texts::SATELLITE_TIME.get(), or_none(fix.and_then(|fix| fix.satellite_time).map(texts::clock))),
            (texts::POSITION_SOURCE.get(), or_none(fix.map(|fix| texts::provider(fix.provider).to_owned()))),
        ]
    })
}

/// Reason and photo, where presence is not "inside".
#[component]
fn Reason(here: Here) -> impl IntoView {
    let told = FieldTold::typing(move |text| here.reason.set(text));
    let name = FieldName { required: true, ..FieldName::new("sign-in-reason", texts::WHY_NOT_INSIDE.get()) };
    view! {
        <div class="sign-in__reason">
            <p class="bar__sub">{texts::REASON_WHY.get()}</p>
            <TextField
                name
                value=here.reason
                complaint=Signal::derive(|| None::<String>)
                hint=texts::WHY_NOT_INSIDE_HINT.get()
                told
            />
            <div class="sign-in__photo">
                {move || match here.photo.get() {
                    Some(photo) => {
                        let mark = (photo.source == PhotoSource::Imported)
                            .then(|| view! { <Pill tone=Tone::Warn text=texts::IMPORTED.get() /> });
                        view! {
                            <SitePhoto photo alt=texts::SITE_PHOTO />
                            {mark}
                        }
                        .into_any()
                    }
                    None => view! { <Pill tone=Tone::Warn icon=Icon::Camera text=texts::REQUIRED.get() /> }.into_any(),
                }}
                <button type="button" class="btn btn--soft sign-in__shoot" on:click=move |_| here.camera.set(Some(Shows::Site))>
                    <Glyph icon=Icon::Camera />
                    {move || if here.photo.with(Option::is_some) { texts::RETAKE.get() } else { texts::TAKE_PHOTO.get() }}
                </button>
            </div>
        </div>
    }
}

#[component]
fn SitePhoto(
    photo: PhotoLine,
    /// What it shows.
    alt: texts::Text,
) -> impl IntoView {
    let picture = thumbnail(photo.id);
    move || match picture.get() {
        Some(picture) => view! { <img class="sign-in__thumb" src=picture alt=alt.get() /> }.into_any(),
        None => view! { <Pill tone=Tone::Info icon=Icon::Camera text=alt.get() /> }.into_any(),
    }
}
