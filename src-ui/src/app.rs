//! The frame: which screen is open, what all screens share, and coming back to where the person was.

use std::time::Duration;

use leptos::prelude::*;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::hooks::use_location;
use leptos_router::path;
use stackside_core::command::{
    AppState, Command, CommandError, Event, FaultLine, GetFaults, GetState, GetToday, Language, Place,
    SavePlace, StillHere, Theme, Today,
};
use stackside_core::due::Urgency;

use crate::components::notice::{Notice, Notices};
use crate::components::states::{Failed, Loading};
use crate::live::{Live, live_if};
use crate::screens;
use crate::{shell, texts};

/// What all screens share.
#[derive(Clone, Copy)]
pub struct Shared {
    /// The last known state; nothing until the shell has answered.
    pub state: RwSignal<Option<AppState>>,
    /// Why the shell did not answer.
    pub failed: RwSignal<Option<CommandError>>,
    /// Counts the events that something in the store changed: screens read anew.
    pub store: RwSignal<u32>,
    /// Counts the events that sync moved on.
    pub sync: RwSignal<u32>,
    /// Counts the position samples.
    pub position: RwSignal<u32>,
    /// Counts the minutes, for what is said of times.
    pub minute: RwSignal<u32>,
    is_looking: StoredValue<bool>,
    /// A short message at the foot of the screen.
    pub notice: RwSignal<Option<Notice>>,
}

/// 今日, read by the frame for the number on the rail and shown by its screen.
#[derive(Clone, Copy)]
pub struct TodayLive(pub Live<Today>);

impl TodayLive {
    /// How many of the person's duties are overdue or end today.
    pub fn urgent(self) -> usize {
        self.0.with(|today| match today {
            Some(Ok(today)) => {
                let is_urgent = |urgency: Urgency| matches!(urgency, Urgency::Overdue | Urgency::Today);
                today.due.iter().filter(|line| line.is_mine && is_urgent(line.due.urgency)).count()
            }
            _ => 0,
        })
    }
}

/// The open faults, read by the frame for the number on the rail and shown on 今日.
#[derive(Clone, Copy)]
pub struct FaultsLive(pub Live<Vec<FaultLine>>);

impl FaultsLive {
    /// How many of their deadlines have not been kept yet: running and missed ones.
    pub fn clocks(self) -> usize {
        self.0.with(|faults| match faults {
            Some(Ok(faults)) => {
                let clocks = faults.iter().flat_map(|line| &line.clocks);
                clocks.filter(|clock| clock.done.is_none()).count()
            }
            _ => 0,
        })
    }
}

impl Shared {
    /// What all screens share; call it while a component is made.
    pub fn get() -> Self {
        expect_context()
    }

    /// Reads the state anew.
    pub fn refresh(self) {
        leptos::task::spawn_local(async move {
            match shell::call(&GetState {}).await {
                Ok(state) => self.take(state),
                Err(error) => self.failed.set(Some(error)),
            }
        });
    }

    /// Takes a state that a command returned.
    pub fn take(self, state: AppState) {
        self.failed.set(None);
        if self.state.with_untracked(|old| old.as_ref() != Some(&state)) {
            self.state.set(Some(state));
        }
    }

    /// Makes all screens read anew.
    pub fn look_again(self) {
        self.store.update(|n| *n = n.wrapping_add(1));
    }

    /// Calls the shell in the background; a failure is shown at the foot of the screen.
    pub fn run<C: Command + 'static>(self, command: C, then: impl FnOnce(C::Reply) + 'static) {
        leptos::task::spawn_local(async move {
            match shell::call(&command).await {
                Ok(reply) => then(reply),
                Err(error) => self.fail(&error),
            }
        });
    }

    /// An error belongs to the screen that it came up on.
    fn leave_trouble_behind(self) {
        if self.notice.with_untracked(|notice| notice.as_ref().is_some_and(|notice| notice.is_bad)) {
            self.notice.set(None);
        }
    }

    /// Shows an error over the screen; a lock leads to the unlock screen.
    pub fn fail(self, error: &CommandError) {
        if *error == CommandError::Locked {
            self.refresh();
        }
        self.notice.set(Some(Notice::bad(texts::command_error(error))));
    }

    fn hear(self, event: Event) {
        match event {
            Event::Store => self.look_soon(),
            Event::Sync => {
                self.sync.update(|n| *n = n.wrapping_add(1));
                self.refresh();
            }
            Event::Position => self.position.update(|n| *n = n.wrapping_add(1)),
        }
    }

    /// Reads anew once, however many events come one after the other: each answer that is saved makes one.
    fn look_soon(self) {
        if self.is_looking.get_value() {
            return;
        }
        self.is_looking.set_value(true);
        set_timeout(
            move || {
                self.is_looking.set_value(false);
                self.look_again();
                self.refresh();
            },
            TOGETHER,
        );
    }
}

/// Events that come so close together are one.
const TOGETHER: Duration = Duration::from_millis(200);
/// Much less than the shortest time to the lock.
const BETWEEN_TOUCHES: Duration = Duration::from_secs(20);
const MINUTE: Duration = Duration::from_secs(60);

/// The app.
#[component]
pub fn App() -> impl IntoView {
    let shared = Shared {
        state: RwSignal::new(None),
        failed: RwSignal::new(None),
        store: RwSignal::new(0),
        sync: RwSignal::new(0),
        position: RwSignal::new(0),
        minute: RwSignal::new(0),
        is_looking: StoredValue::new(false),
        notice: RwSignal::new(None),
    };
    provide_context(shared);
    shell::listen(move |event| shared.hear(event));
    shared.refresh();
    tell_of_touches();
    set_interval(move || shared.minute.update(|n| *n = n.wrapping_add(1)), MINUTE);
    let settings = Memo::new(move |_| shared.state.with(|state| state.as_ref().map(|state| state.settings)));
    let language = Memo::new(move |_| settings.get().unwrap_or_default().language);
    let stage = Memo::new(move |_| shared.state.with(|state| state.as_ref().map(Stage::of)));
    Effect::new(move || {
        let Some(settings) = settings.get() else { return };
        let root = document().document_element();
        let theme = if settings.theme == Theme::Dark { "dark" } else { "light" };
        let _ = root.as_ref().map(|root| root.set_attribute("data-theme", theme));
        let language = if settings.language == Language::En { "en" } else { "zh-CN" };
        let _ = root.map(|root| root.set_attribute("lang", language));
    });
    view! {
        <Router>
            {move || {
                // Drawn anew when the language changes: no text has to listen for it.
                texts::set_language(language.get());
                match stage.get() {
                    None => match shared.failed.get() {
                        None => view! { <Loading /> }.into_any(),
                        Some(error) => view! { <Failed error on_retry=move |()| shared.refresh() /> }.into_any(),
                    },
                    Some(Stage::Enrol) => view! { <screens::enrol::EnrolScreen /> }.into_any(),
                    Some(Stage::Unlock) => view! { <screens::unlock::UnlockScreen /> }.into_any(),
                    Some(Stage::Open) => view! { <Screens /> }.into_any(),
                }
            }}
            <Notices notice=shared.notice />
        </Router>
    }
}

/// The shell hears that someone is there, but not of each touch.
fn tell_of_touches() {
    let told = StoredValue::new(false);
    let touched = move || {
        if told.get_value() {
            return;
        }
        told.set_value(true);
        set_timeout(move || told.set_value(false), BETWEEN_TOUCHES);
        leptos::task::spawn_local(async {
            // A lock shows by itself.
            let _ = shell::call(&StillHere {}).await;
        });
    };
    let pressed = window_event_listener(leptos::ev::pointerdown, move |_| touched());
    let typed = window_event_listener(leptos::ev::keydown, move |_| touched());
    on_cleanup(move || {
        pressed.remove();
        typed.remove();
    });
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Enrol,
    Unlock,
    Open,
}

impl Stage {
    fn of(state: &AppState) -> Self {
        match (&state.enrolment, &state.person) {
            (None, _) => Self::Enrol,
            (_, None) => Self::Unlock,
            _ => Self::Open,
        }
    }
}

#[component]
fn Screens() -> impl IntoView {
    keep_place();
    let shared = Shared::get();
    // While a form is filled each answer stirs the store: what is due is read again once the form is left.
    let path = use_location().pathname;
    let is_in_form = Memo::new(move |_| path.with(|path| path.starts_with("/record/")));
    let elsewhere = move || {
        shared.minute.track();
        !is_in_form.get()
    };
    provide_context(FaultsLive(live_if(move || elsewhere().then_some(GetFaults { point: None }))));
    provide_context(TodayLive(live_if(move || elsewhere().then_some(GetToday {}))));
    view! {
        <Routes fallback=|| view! { <screens::today::TodayScreen /> }>
            <Route path=path!("/") view=screens::today::TodayScreen />
            <Route path=path!("/points") view=screens::points::PointsScreen />
            <Route path=path!("/point/:id") view=screens::point::PointScreen />
            <Route path=path!("/sign-in/:id") view=screens::sign_in::SignInScreen />
            <Route path=path!("/visit/:id") view=screens::visit::VisitScreen />
            <Route path=path!("/visit/:id/confirm") view=screens::confirm::ConfirmScreen />
            <Route path=path!("/record/:id") view=screens::record::RecordScreen />
            <Route path=path!("/record/:id/history") view=screens::history::HistoryScreen />
            <Route path=path!("/record/:id/version/:number") view=screens::record::RecordScreen />
            <Route path=path!("/fault/:id") view=screens::fault::FaultScreen />
            <Route path=path!("/records") view=screens::records::RecordsScreen />
            <Route path=path!("/sync") view=screens::sync::SyncScreen />
            <Route path=path!("/settings") view=screens::settings::SettingsScreen />
        </Routes>
    }
}

/// Goes to the place that was kept when the app starts, and keeps each new one. The form keeps its field itself.
fn keep_place() {
    let shared = Shared::get();
    let location = use_location();
    let navigate = leptos_router::hooks::use_navigate();
    let kept = shared.state.with_untracked(|state| state.as_ref().and_then(|state| state.place.clone()));
    let started_at_root = location.pathname.get_untracked() == "/";
    if let Some(place) = kept.filter(|place| started_at_root && place.path != "/") {
        navigate(&place.path, leptos_router::NavigateOptions { replace: true, ..Default::default() });
    }
    Effect::new(move |before: Option<String>| {
        let path = location.pathname.get();
        if before.is_some_and(|before| before != path) {
            shared.leave_trouble_behind();
            shared.run(SavePlace { place: Place { path: path.clone(), field: None } }, |()| ());
        }
        path
    });
}
