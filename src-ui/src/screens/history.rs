//! The versions of a record: what changed, who, when and why; and what can be done with it now.

use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::{use_navigate, use_params_map};
use stackside_core::command::{CorrectRecord, GetHistory, HistoryView, VersionLine};
use stackside_core::id::RecordId;

use super::countersign_dialog::CountersignDialog;
use super::differences::Differences;
use super::record_row::SendPill;
use super::review::ReviewLines;
use super::void_dialog::{VoidDialog, Voidable};
use crate::app::Shared;
use crate::components::facts::Facts;
use crate::components::icon::{Glyph, Icon};
use crate::components::page::Page;
use crate::components::tone::{Pill, Tone};
use crate::components::verdict::OutcomePill;
use crate::live::{Live, live_if, show};
use crate::texts;

/// What lies over the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Over {
    Nothing,
    Countersign,
    Void,
}

/// The screen.
#[component]
pub fn HistoryScreen() -> impl IntoView {
    let shared = Shared::get();
    let params = use_params_map();
    let id =
        Memo::new(move |_| params.with(|params| params.get("id").and_then(|id| id.parse::<RecordId>().ok())));
    let history = live_if(move || {
        shared.sync.track();
        id.get().map(|record| GetHistory { record })
    });
    let over = RwSignal::new(Over::Nothing);
    let subtitle = Signal::derive(move || {
        history.with(|view| match view {
            Some(Ok(view)) => Some(format!("{} · {}", texts::label(&view.line.title), view.line.point_name)),
            _ => None,
        })
    });
    let back = Signal::derive(move || id.get().map(|id| format!("/record/{id}")));
    view! {
        <Page title=texts::VERSIONS.get().to_owned() subtitle back>
            {show(history, move |view| view! { <Versions view over /> })}
            <Overlay history over />
        </Page>
    }
}

#[component]
fn Versions(view: HistoryView, over: RwSignal<Over>) -> impl IntoView {
    let voided = view.voided.as_ref().map(|voided| {
        let (words, send) = (texts::void_line(voided), voided.stamp.send);
        view! {
            <p class="block__note tone-bad history__void" role="status">
                <Glyph icon=Icon::Warn />
                <span>{words}</span>
                <SendPill send />
            </p>
        }
    });
    let newest = view.versions.first().map_or(1, |version| version.number);
    let record = view.line.id;
    let cards = view.versions.iter().map(|version| {
        view! { <VersionCard record version=version.clone() is_newest=version.number == newest view=view.clone() /> }
    });
    view! {
        <div class="history">
            {voided}
            <Actions view=view.clone() over />
            {cards.collect_view()}
        </div>
    }
}

/// What can be done with the record now.
#[component]
fn Actions(view: HistoryView, over: RwSignal<Over>) -> impl IntoView {
    let shared = Shared::get();
    let navigate = use_navigate();
    let record = view.line.id;
    let correct = move |_| {
        let navigate = navigate.clone();
        shared.run(CorrectRecord { record }, move |draft| {
            navigate(&format!("/record/{draft}"), Default::default())
        });
    };
    let words = if view.line.marks.correction.is_some() { texts::CORRECT_ON } else { texts::CORRECT };
    let can_countersign = !view.roles.is_empty();
    if !view.is_own && !can_countersign && view.voided.is_some() {
        return None;
    }
    let note = (!view.is_own && view.voided.is_none())
        .then(|| view! { <p class="history__note">{texts::NOT_YOURS.get()}</p> });
    let ways = view! {
        <div class="history__ways">
            {view.is_own.then(|| view! {
                <button type="button" class="btn btn--main" on:click=correct><Glyph icon=Icon::Pen />{words.get()}</button>
            })}
            {can_countersign.then(|| view! {
                <button type="button" class="btn btn--soft" on:click=move |_| over.set(Over::Countersign)>
                    <Glyph icon=Icon::Person />
                    {texts::COUNTERSIGN.get()}
                </button>
            })}
            {view.is_own.then(|| view! {
                <button type="button" class="btn" on:click=move |_| over.set(Over::Void)>
                    <Glyph icon=Icon::Cross />
                    {texts::VOID.get()}
                </button>
            })}
            {note}
        </div>
    };
    Some(ways)
}

#[component]
fn VersionCard(record: RecordId, version: VersionLine, is_newest: bool, view: HistoryView) -> impl IntoView {
    let number = version.number;
    let facts = vec![
        (texts::SIGNER.get(), Some(version.stamp.person_name.clone())),
        (texts::SIGNED_AT.get(), Some(texts::stamp_time(&version.stamp))),
        (texts::WHY.get(), version.reason.clone()),
        (
            texts::ENTRY.get(),
            Some(format!("{} · {}", version.stamp.entry.seq, version.stamp.entry.hash.short())),
        ),
    ];
    let verdict = version.verdict.map(|outcome| view! { <OutcomePill outcome /> });
    let photos = (version.photos_added > 0).then(|| texts::photos_added(version.photos_added));
    let is_first = number == 1;
    let changes = (!is_first).then(|| {
        view! { <Differences form=view.form instruments=view.instruments differences=version.differences /> }
    });
    let (to, way) = match is_newest {
        true => (format!("/record/{record}"), texts::SHOW_CURRENT),
        false => (format!("/record/{record}/version/{number}"), texts::SHOW_VERSION),
    };
    let countersigned = version.countersignatures.into_iter().map(|line| {
        view! {
            <li class="block__note tone-ok">
                <Glyph icon=Icon::Check />
                <span>{texts::countersignature(&line)}</span>
                <SendPill send=line.stamp.send />
            </li>
        }
    });
    view! {
        <section class="card history__version">
            <div class="card__head">
                <h2>{texts::version(number)}</h2>
                {is_newest.then(|| view! { <Pill tone=Tone::Info text=texts::CURRENT.get() /> })}
                {is_first.then(|| view! { <Pill tone=Tone::Idle text=texts::FIRST_VERSION.get() /> })}
                {verdict}
                <span class="end"><SendPill send=version.stamp.send /></span>
            </div>
            <Facts facts />
            {changes}
            {photos.map(|words| view! { <p class="block__note"><Glyph icon=Icon::Camera /><span>{words}</span></p> })}
            <ul>{countersigned.collect_view()}</ul>
            {version.reviews.into_iter().map(|line| view! { <ReviewLines line /> }).collect_view()}
            <div class="visit__foot">
                <A href=to attr:class="btn">{way.get()}<Glyph icon=Icon::Right /></A>
            </div>
        </section>
    }
}

/// Dialogs stay while the history is read anew.
#[component]
fn Overlay(history: Live<HistoryView>, over: RwSignal<Over>) -> impl IntoView {
    let close = move |()| over.set(Over::Nothing);
    move || {
        let what = over.get();
        let view =
            history.with_untracked(|view| view.as_ref().and_then(|view| view.as_ref().ok().cloned()))?;
        let record = view.line.id;
        match what {
            Over::Nothing => None,
            Over::Countersign => {
                let signer = view.versions.first().map(|version| version.stamp.person_name.clone());
                let own = (Some(&view.me) != signer.as_ref()).then(|| view.me.clone());
                let is_other = |name: &String| Some(name) != signer.as_ref() && *name != view.me;
                let people = own.into_iter().chain(view.people.iter().filter(|name| is_other(name)).cloned());
                let people = people.collect::<Vec<_>>();
                Some(view! { <CountersignDialog record roles=view.roles people on_close=close /> }.into_any())
            }
            Over::Void => {
                Some(view! { <VoidDialog what=Voidable::Record(record) on_close=close /> }.into_any())
            }
        }
    }
}
