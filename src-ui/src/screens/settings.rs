//! 设置: language, display, the person, the tablet's enrolment.

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
                    <Display />
                </section>
                <section class="card">
                    <div class="card__head">
                        <h2>{texts::PERSON.get()}</h2>
                    </div>
                    {of_state(person_facts)}
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
                <StorageCard />
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

/// Language and theme, applied at once.
#[component]
fn Display() -> impl IntoView {
    let shared = Shared::get();
    let settings = Memo::new(move |_| {
        shared.state.with(|state| state.as_ref().map(|state| state.settings).unwrap_or_default())
    });
    let save =
        move |settings: Settings| shared.run(SaveSettings { settings }, move |state| shared.take(state));
    let languages = vec![(Language::Zh, texts::LANGUAGE_ZH), (Language::En, texts::LANGUAGE_EN)];
    let lock_after = vec![
        (LockAfter::Five, texts::MINUTES_5.get()),
        (LockAfter::Fifteen, texts::MINUTES_15.get()),
        (LockAfter::Thirty, texts::MINUTES_30.get()),
        (LockAfter::Sixty, texts::MINUTES_60.get()),
    ];
    let themes = vec![(Theme::Light, texts::LIGHT.get()), (Theme::Dark, texts::DARK.get())];
    view! {
        <div class="settings__display">
            <Choices
                label=texts::LANGUAGE_CHOICE.get()
                name="language"
                options=languages
                chosen=Signal::derive(move || settings.get().language)
                on_choose=move |language| save(Settings { language, ..settings.get_untracked() })
            />
            <Choices
                label=texts::THEME.get()
                name="theme"
                options=themes
                chosen=Signal::derive(move || settings.get().theme)
                on_choose=move |theme| save(Settings { theme, ..settings.get_untracked() })
            />
            <Choices
                label=texts::LOCK_AFTER.get()
                name="lock-after"
                options=lock_after
                chosen=Signal::derive(move || settings.get().lock_after)
                on_choose=move |lock_after| save(Settings { lock_after, ..settings.get_untracked() })
            />
            <Choices
                label=texts::WIFI_ONLY.get()
                name="photos"
                options=vec![(false, texts::ON_ANY_NETWORK.get()), (true, texts::ON_WIFI_ONLY.get())]
                chosen=Signal::derive(move || settings.get().photos_on_wifi_only)
                on_choose=move |photos_on_wifi_only| {
                    save(Settings { photos_on_wifi_only, ..settings.get_untracked() })
                }
            />
        </div>
    }
}
