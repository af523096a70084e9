//! 同步: what waits, what is on its way, what was received; calm when offline.

use chrono::{DateTime, Utc};
use leptos::prelude::*;
use leptos_router::components::A;
use stackside_core::command::{GetSync, PauseFile, RetryFile, SyncItem, SyncNow, SyncSubject, SyncView};
use stackside_core::hash::Hash;
use stackside_core::photo::SendState;
use stackside_core::review::ReviewState;
use stackside_core::sync::SyncTrouble;

use super::record_row::SendPill;
use super::review::ReviewPill;
use super::storage::ShortOfRoom;
use crate::app::Shared;
use crate::components::icon::{Glyph, Icon};
use crate::components::page::Page;
use crate::components::progress::Progress;
use crate::components::row::{Row, Rows};
use crate::components::states::Empty;
use crate::components::tone::{Pill, Tone};
use crate::live::{follow, live};
use crate::{shell, texts};

/// The screen.
#[component]
pub fn SyncScreen() -> impl IntoView {
    let shared = Shared::get();
    let sync = live(move || {
        shared.sync.track();
        GetSync {}
    });
    view! {
        <Page title=texts::SYNC.get().to_owned() subtitle=texts::SYNC_HOW.get() end=|| view! { <SyncButton /> }>
            <ShortOfRoom />
            {follow(sync, |view| view! { <Queue view /> })}
        </Page>
    }
}

#[component]
fn SyncButton() -> impl IntoView {
    let shared = Shared::get();
    let asking = RwSignal::new(false);
    let is_running =
        Memo::new(move |_| shared.state.with(|state| state.as_ref().is_some_and(|state| state.sync.running)));
    let ask = move |_| {
        asking.set(true);
        leptos::task::spawn_local(async move {
            if let Err(error) = shell::call(&SyncNow {}).await {
                shared.fail(&error);
            }
            asking.try_set(false);
            shared.refresh();
        });
    };
    view! {
        <button class="btn btn--main" disabled=move || asking.get() || is_running.get() on:click=ask>
            <Glyph icon=Icon::Sync />
            {texts::SYNC_NOW.get()}
        </button>
    }
}

/// Only what changed is drawn anew: a piece of a photo that went out takes no button from under a hand.
#[component]
fn Queue(view: Memo<SyncView>) -> impl IntoView {
    let trouble = Memo::new(move |_| view.with(|view| view.line.trouble.clone()));
    let waits_for_wifi =
        Memo::new(move |_| view.with(|view| view.waits_for_wifi && view.line.files_waiting > 0));
    let wifi = move || {
        let class = format!("note {}", Tone::Idle.area());
        waits_for_wifi
            .get()
            .then(|| view! { <p class=class><Glyph icon=Icon::Offline />{texts::WAITS_FOR_WIFI.get()}</p> })
    };
    let contact = move || {
        view.with(|view| texts::contact(view.line.last_contact, view.sent_today_bytes, view.sent_month_bytes))
    };
    let reviewed = Memo::new(move |_| view.with(|view| view.returned + view.accepted > 0));
    let items = Memo::new(move |_| view.with(|view| view.items.clone()));
    let is_empty = Memo::new(move |_| items.with(Vec::is_empty));
    let list = move || match is_empty.get() {
        true => view! { <Empty icon=Icon::Check text=texts::QUEUE_EMPTY.get() /> }.into_any(),
        false => view! {
            <Rows>
                <For each=move || items.get() key=key_of let:item>
                    <Item first=item items />
                </For>
            </Rows>
        }
        .into_any(),
    };
    view! {
        {move || view.with(counts)}
        {move || reviewed.get().then(|| view.with(reviews))}
        <div role="status">{move || trouble.with(trouble_note)}</div>
        {wifi}
        {move || view.with(total)}
        <section class="card">
            <div class="card__head">
                <h2>{texts::QUEUE.get()}</h2>
                <span class="end num">{contact}</span>
            </div>
            {list}
        </section>
    }
}

/// What waits, what arrived, what came back.
fn counts(view: &SyncView) -> impl IntoView + use<> {
    let refused = view.items.iter().filter(|item| item.send == SendState::Refused).count();
    let refused = u64::try_from(refused).unwrap_or(u64::MAX);
    let waiting = view.line.entries_waiting + view.line.files_waiting;
    let count = |name: texts::Text, count: u64, is_bad: bool| {
        view! {
            <div class="card sync__stat" class:sync__stat--bad=is_bad>
                <dt>{name.get()}</dt>
                <dd>{texts::grouped(count)}</dd>
            </div>
        }
    };
    view! {
        <dl class="sync__top num">
            {count(texts::IS_WAITING, waiting, false)} {count(texts::IS_HELD, view.entries_held, false)}
            {count(texts::NOT_TAKEN, refused, refused > 0)}
        </dl>
    }
}

/// What reviewers said of what arrived; each count leads to its records.
fn reviews(view: &SyncView) -> impl IntoView + use<> {
    let way = |state: ReviewState, count: u64| {
        let words = format!("{} {}", texts::review_state(state).get(), texts::grouped(count));
        let to = format!("/records?review={}", state.name());
        view! { <A href=to attr:class="btn num">{words}<Glyph icon=Icon::Right /></A> }
    };
    view! {
        <nav class="sync__reviews" aria-label=texts::BY_REVIEW.get()>
            {way(ReviewState::Returned, view.returned)} {way(ReviewState::Accepted, view.accepted)}
        </nav>
    }
}

/// All files together: how far, how fast, how long still.
fn total(view: &SyncView) -> Option<impl IntoView + use<>> {
    let (sent, total) = (view.sent_bytes, view.total_bytes);
    let pace = view.rate_bytes_s.zip(view.left_s).map(|(rate, left_s)| texts::pace(rate, left_s));
    (total > 0).then(|| {
        view! {
            <section class="card sync__total">
                <div class="sync__rate num">
                    <span>{texts::all_files(sent, total)}</span>
                    <span>{pace}</span>
                </div>
                <Progress name=texts::PROGRESS_OF_ALL.get() done=sent total />
            </section>
        }
    })
}

/// What is in the way, and what to do. Offline is normal, and looks it.
fn trouble_note(trouble: &SyncTrouble) -> Option<impl IntoView + use<>> {
    let (tone, icon) = match trouble {
        SyncTrouble::None | SyncTrouble::Offline | SyncTrouble::ServerBusy => (Tone::Idle, Icon::Offline),
        SyncTrouble::NotOurServer | SyncTrouble::DiskFull | SyncTrouble::WrongClock | SyncTrouble::TooOld => {
            (Tone::Warn, Icon::Warn)
        }
        SyncTrouble::Revoked
        | SyncTrouble::Untrusted
        | SyncTrouble::Forked
        | SyncTrouble::TooLarge
        | SyncTrouble::Refused { .. }
        | SyncTrouble::Broken => (Tone::Bad, Icon::Warn),
    };
    texts::sync_trouble(trouble)
        .map(|words| view! { <p class=format!("note {}", tone.area())><Glyph icon />{words}</p> })
}

/// What tells an item from the others, as long as it looks the same: a refused one is another row.
type Key = (Option<Hash>, Option<u64>, DateTime<Utc>, bool);

fn key_of(item: &SyncItem) -> Key {
    let seq = match item.what {
        SyncSubject::Entry { seq, .. } => Some(seq),
        _ => None,
    };
    (item.file, seq, item.at, item.send == SendState::Refused)
}

#[component]
fn Item(first: SyncItem, items: Memo<Vec<SyncItem>>) -> impl IntoView {
    let key = key_of(&first);
    let (icon, title) = (icon_of(&first), texts::sync_title(&first));
    let tone = if first.send == SendState::Refused { Tone::Bad } else { Tone::Idle };
    let item = Memo::new(move |_| {
        let mine = items.with(|items| items.iter().find(|item| key_of(item) == key).cloned());
        mine.unwrap_or_else(|| first.clone())
    });
    let detail = Signal::derive(move || item.with(texts::sync_detail));
    let below = move || {
        let (send, sent, total) = item.with(|item| (item.send, item.sent_bytes, item.total_bytes));
        let is_moving = total > 0 && (send == SendState::Sending || (send == SendState::Waiting && sent > 0));
        is_moving.then(|| view! { <Progress name=texts::PROGRESS.get() done=sent total /> })
    };
    let standing = Memo::new(move |_| item.with(|item| (item.send, item.paused)));
    let review = Memo::new(move |_| item.with(|item| item.review).unwrap_or_default());
    let pill = move || match standing.get() {
        (SendState::Waiting, true) => {
            view! { <Pill tone=Tone::Warn icon=Icon::Clock text=texts::PAUSED.get() /> }.into_any()
        }
        (send, _) => view! { <ReviewPill state=review.get() /> <SendPill send /> }.into_any(),
    };
    let here = Memo::new(move |_| item.with(|item| item.file.filter(|_| item.held_at.is_none())));
    let name = title.clone();
    let way = move || here.get().map(|sha256| view! { <Way sha256 name=name.clone() standing /> });
    view! { <Row icon tone title detail below>{pill} {way}</Row> }
}

fn icon_of(item: &SyncItem) -> Icon {
    match (&item.what, item.send) {
        (_, SendState::Refused) => Icon::Warn,
        (SyncSubject::Photo { .. }, _) => Icon::Camera,
        (SyncSubject::Signature, _) => Icon::Pen,
        (SyncSubject::Entry { kind, .. }, _) => match kind.as_str() {
            "signed_in" => Icon::Site,
            "signed_out" => Icon::Door,
            "confirmed" => Icon::Person,
            "record_signed" | "record_corrected" | "countersigned" | "voided" | "appealed" => Icon::Chart,
            "fault_step" => Icon::Warn,
            "photo_taken" => Icon::Camera,
            "clock_jumped" | "zone_changed" | "restarted" => Icon::Clock,
            _ => Icon::Book,
        },
    }
}

/// What a person can do with a file that is not there yet: let it wait, let it go on, try again.
#[component]
fn Way(sha256: Hash, name: String, standing: Memo<(SendState, bool)>) -> impl IntoView {
    let shared = Shared::get();
    let words = move || match standing.get() {
        (SendState::Refused, _) => texts::RETRY.get(),
        (_, true) => texts::GO_ON.get(),
        (_, false) => texts::LET_WAIT.get(),
    };
    let act = move |_| {
        let done = move |()| shared.refresh();
        match standing.get_untracked() {
            (SendState::Refused, _) => shared.run(RetryFile { sha256 }, done),
            (_, paused) => shared.run(PauseFile { sha256, paused: !paused }, done),
        }
    };
    view! {
        <button type="button" class="btn" aria-label=move || texts::label_and(words(), &name) on:click=act>
            {words}
        </button>
    }
}
