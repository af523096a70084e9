//! The page: navigation rail, bar with heading and sync line, body. Focus mode leaves the rail out.

use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::{use_location, use_navigate};
use stackside_core::sync::SyncTrouble;

use super::icon::{Glyph, Icon};
use crate::app::{FaultsLive, Shared, TodayLive};
use crate::texts::{self, Text};

const RAIL: [(&str, Icon, Text); 5] = [
    ("/", Icon::Today, texts::TODAY),
    ("/points", Icon::Site, texts::POINTS),
    ("/records", Icon::Book, texts::RECORDS),
    ("/sync", Icon::Sync, texts::SYNC),
    ("/settings", Icon::Gear, texts::SETTINGS),
];

/// A screen in its frame.
#[component]
pub fn Page(
    /// Its heading.
    #[prop(into)]
    title: Signal<String>,
    /// A line under the heading.
    #[prop(into, optional)]
    subtitle: MaybeProp<String>,
    /// Where the back button leads; without one there is none.
    #[prop(into, optional)]
    back: MaybeProp<String>,
    /// True to leave the rail out: forms and cameras want the whole screen.
    #[prop(optional)]
    focus: bool,
    /// The end of the bar, after the sync line.
    #[prop(into, optional)]
    end: ViewFn,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="app" class:app--focus=focus>
            {(!focus).then(|| view! { <Rail /> })}
            <div class="main">
                <header class="bar">
                    {move || back.get().map(|to| view! { <BackButton to /> })}
                    <div class="bar__title">
                        <h1>{title}</h1>
                        {move || subtitle.get().map(|text| view! { <div class="bar__sub num">{text}</div> })}
                    </div>
                    <div class="bar__end"><SyncPill /> {end.run()}</div>
                </header>
                <main class="body">{children()}</main>
            </div>
        </div>
    }
}

#[component]
fn BackButton(to: String) -> impl IntoView {
    let navigate = use_navigate();
    view! {
        <button class="btn bar__back" aria-label=texts::BACK.get() on:click=move |_| navigate(&to, Default::default())>
            <Glyph icon=Icon::Back />
        </button>
    }
}

#[component]
fn Rail() -> impl IntoView {
    let location = use_location();
    let today = use_context::<TodayLive>();
    let faults = use_context::<FaultsLive>();
    let urgent = move || today.map_or(0, TodayLive::urgent) + faults.map_or(0, FaultsLive::clocks);
    let item = move |(path, icon, text): (&'static str, Icon, Text)| {
        let is_on = move || {
            location.pathname.with(|here| match path {
                "/" => here == "/" || here.starts_with("/visit/"),
                "/points" => here == "/points" || here.starts_with("/point/"),
                _ => here == path,
            })
        };
        // Not by aria-current: the link sets that itself, and only for the very page.
        let class = move || if is_on() { "rail__item rail__item--on" } else { "rail__item" };
        let badge = move || Some(urgent()).filter(|urgent| path == "/" && *urgent > 0);
        view! {
            <A href=path exact=true attr:class=class>
                <Glyph icon />
                <span>{text.get()}</span>
                {move || {
                    badge()
                        .map(|urgent| {
                            view! {
                                <span class="rail__badge num">
                                    {urgent} <span class="sr-only">{texts::URGENT.get()}</span>
                                </span>
                            }
                        })
                }}
            </A>
        }
    };
    view! {
        <nav class="rail" aria-label=texts::NAVIGATION.get()>
            <div class="rail__logo">
                <Glyph icon=Icon::Logo />
            </div>
            {RAIL.map(item).collect_view()}
        </nav>
    }
}

/// The sync line as a pill: what waits, calm when offline; a tap leads to the sync screen.
#[component]
pub fn SyncPill() -> impl IntoView {
    let shared = Shared::get();
    let line = Memo::new(move |_| shared.state.with(|state| state.as_ref().map(|state| state.sync.clone())));
    view! {
        {move || {
            line.get().map(|line| {
                let waiting = line.entries_waiting + line.files_waiting;
                let (icon, tone) = match &line.trouble {
                    SyncTrouble::Offline => (Icon::Offline, ""),
                    SyncTrouble::None if waiting == 0 => (Icon::Check, "pill--ok"),
                    SyncTrouble::None => (Icon::Sync, "pill--info"),
                    SyncTrouble::NotOurServer | SyncTrouble::ServerBusy => (Icon::Offline, "pill--warn"),
                    _ => (Icon::Warn, "pill--bad"),
                };
                view! {
                    <A href="/sync" attr:class="pill-link">
                        <span class=format!("pill num {tone}")>
                            <Glyph icon />
                            {texts::sync_line(&line)}
                        </span>
                    </A>
                }
            })
        }}
    }
}
