//! 设置: language, display, the person, the tablet's enrolment, its space.

use leptos::prelude::*;
use stackside_core::command::{AppState, Language, Lock, LockAfter, SaveSettings, Settings, Theme};

use super::enrol::EnrolForm;
use super::handover::HandoverCard;
use super::storage::StorageCard;
use super::unlock::NewPin;
use crate::app::Shared;
use crate::components::choice::Choices;
use crate::components::dialog::Dialog;
use crate::components::facts::{Fact, Facts};
use crate::components::icon::{Glyph, Icon};
use crate::components::notice::Notice;
use crate::components::page::Page;
use crate::texts;

/// What lies over the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Over {
    Nothing,
    Pin,
    Enrol,
}

/// The screen.
#[component]
pub fn SettingsScreen() -> impl IntoView {
    let shared = Shared::get();
    let over = RwSignal::new(Over::Nothing);
    let lock = move |_| shared.run(Lock {}, move |state| shared.take(state));
    view! {
        <Page title=texts::SETTINGS.get().to_owned()>
            <div class="settings">
                <section class="card">
                    <div class="card__head">
                        <h2>{texts::DISPLAY.get()}</h2>
                    </div>
                    <div class="settings__choices">{language()} {theme()}</div>
                </section>
                <section class="card">
                    <div class="card__head">
                        <h2>{texts::PERSON.get()}</h2>
                    </div>
                    {of_state(person_facts)}
                    <div class="settings__choices">{lock_after()}</div>
                    <div class="settings__ways">
                        <button class="btn" on:click=move |_| over.set(Over::Pin)>{texts::CHANGE_PIN.get()}</button>
                        <button class="btn btn--main" on:click=lock>
                            <Glyph icon=Icon::Lock />
                            {texts::LOCK.get()}
                        </button>
                    </div>
                </section>
                <section class="card">
                    <div class="card__head">
                        <h2>{texts::TABLET.get()}</h2>
                    </div>
                    {of_state(tablet_facts)}
                    <div class="settings__ways">
                        <button class="btn" on:click=move |_| over.set(Over::Enrol)>{texts::ENROL_AGAIN.get()}</button>
                    </div>
                </section>
                <StorageCard>
                    <div class="settings__choices">{sending_photos()}</div>
                </StorageCard>
                <HandoverCard />
            </div>
            {move || settings_over(shared, over)}
        </Page>
    }
}

fn settings_over(shared: Shared, over: RwSignal<Over>) -> Option<AnyView> {
    let close = move |()| over.set(Over::Nothing);
    let done = move |text: texts::Text| {
        over.set(Over::Nothing);
        shared.notice.set(Some(Notice::good(text.get().to_owned())));
    };
    match over.get() {
        Over::Nothing => None,
        Over::Pin => {
            let person = shared.state.with_untracked(|state| {
                state.as_ref().and_then(|state| state.person.as_ref()).map(|person| person.id.clone())
            })?;
            let dialog = view! {
                <Dialog title=texts::CHANGE_PIN.get() on_close=close>
                    <NewPin person button=texts::CHANGE_PIN on_done=move |()| done(texts::PIN_CHANGED) />
                </Dialog>
            };
            Some(dialog.into_any())
        }
        Over::Enrol => {
            let dialog = view! {
                <Dialog title=texts::ENROL_AGAIN.get() on_close=close>
                    <p class="settings__why">{texts::ENROL_AGAIN_WHY.get()}</p>
                    <EnrolForm on_done=move |()| done(texts::ENROLLED) />
                </Dialog>
            };
            Some(dialog.into_any())
        }
    }
}

/// Facts of the state, drawn anew only when they change.
fn of_state(facts: fn(&AppState) -> Vec<Fact>) -> impl IntoView {
    let shared = Shared::get();
    let facts = Memo::new(move |_| shared.state.with(|state| state.as_ref().map(facts).unwrap_or_default()));
    move || view! { <Facts facts=facts.get() /> }
}

fn person_facts(state: &AppState) -> Vec<Fact> {
    let person = state.person.as_ref();
    vec![
        (texts::NAME.get(), person.map(|person| person.name.clone())),
        (texts::POST.get(), person.map(|person| person.post.clone())),
        (texts::CERTIFICATE_NO.get(), person.map(|person| person.certificate_no.clone())),
        (texts::CERTIFICATE_UNTIL.get(), person.map(|person| person.certificate_until.to_string())),
    ]
}

fn tablet_facts(state: &AppState) -> Vec<Fact> {
    let enrolment = state.enrolment.as_ref();
    vec![
        (texts::OPERATOR.get(), enrolment.map(|enrolment| enrolment.operator.clone())),
        (texts::SERVER.get(), enrolment.map(|enrolment| enrolment.server.clone())),
        (texts::VALID_UNTIL.get(), enrolment.map(|enrolment| texts::date(enrolment.valid_until))),
        (texts::DEVICE.get(), enrolment.map(|enrolment| enrolment.device.to_string())),
        (texts::VERSION.get(), Some(state.version.clone())),
    ]
}

/// One setting: what it is now, and another choice applied at once.
fn setting<T: Copy + PartialEq + Send + Sync + 'static>(
    label: texts::Text,
    name: &'static str,
    options: Vec<(T, &'static str)>,
    of: fn(&Settings) -> T,
    with: fn(Settings, T) -> Settings,
) -> impl IntoView {
    let shared = Shared::get();
    let settings = Memo::new(move |_| {
        shared.state.with(|state| state.as_ref().map(|state| state.settings).unwrap_or_default())
    });
    let choose = move |value| {
        let settings = with(settings.get_untracked(), value);
        shared.run(SaveSettings { settings }, move |state| shared.take(state));
    };
    let chosen = Signal::derive(move || settings.with(of));
    view! { <Choices label=label.get() name options chosen on_choose=choose /> }
}

fn language() -> impl IntoView {
    let options = vec![(Language::Zh, texts::LANGUAGE_ZH), (Language::En, texts::LANGUAGE_EN)];
    let with = |settings, language| Settings { language, ..settings };
    setting(texts::LANGUAGE_CHOICE, "language", options, |settings| settings.language, with)
}

fn theme() -> impl IntoView {
    let options = vec![(Theme::Light, texts::LIGHT.get()), (Theme::Dark, texts::DARK.get())];
    let with = |settings, theme| Settings { theme, ..settings };
    setting(texts::THEME, "theme", options, |settings| settings.theme, with)
}

fn lock_after() -> impl IntoView {
    let options = vec![
        (LockAfter::Five, texts::MINUTES_5.get()),
        (LockAfter::Fifteen, texts::MINUTES_15.get()),
        (LockAfter::Thirty, texts::MINUTES_30.get()),
        (LockAfter::Sixty, texts::MINUTES_60.get()),
    ];
    let with = |settings, lock_after| Settings { lock_after, ..settings };
    setting(texts::LOCK_AFTER, "lock-after", options, |settings| settings.lock_after, with)
}

fn sending_photos() -> impl IntoView {
    let options = vec![(false, texts::ON_ANY_NETWORK.get()), (true, texts::ON_WIFI_ONLY.get())];
    let with = |settings, photos_on_wifi_only| Settings { photos_on_wifi_only, ..settings };
    setting(texts::SENDING_PHOTOS, "photos", options, |settings| settings.photos_on_wifi_only, with)
}
