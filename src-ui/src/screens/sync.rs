//! 同步: what waits, what is on its way, what was received; calm when offline.

use leptos::prelude::*;
use stackside_core::command::{GetSync, PauseFile, RetryFile, SyncItem, SyncNow, SyncSubject, SyncView};
use stackside_core::hash::Hash;
use stackside_core::photo::SendState;
use stackside_core::sync::SyncTrouble;

use super::record_row::SendPill;
use super::storage::ShortOfRoom;
use crate::app::Shared;
use crate::components::icon::{Glyph, Icon};
use crate::components::page::Page;
use crate::components::progress::Progress;
use crate::components::row::{Row, Rows};
use crate::components::states::Empty;
use crate::components::tone::{Pill, Tone};
use crate::live::{live, show};
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
            {show(sync, |view| view! { <Queue view /> })}
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

#[component]
fn Queue(view: SyncView) -> impl IntoView {
    let waiting = view.line.entries_waiting + view.line.files_waiting;
    let returned = view.items.iter().filter(|item| item.send == SendState::Refused).count();
    let returned = u64::try_from(returned).unwrap_or(u64::MAX);
    let sending = match view.total_bytes {
        0 => "–".to_owned(),
        total => texts::bytes_of(view.sent_bytes, total),
    };
    view! {
        <dl class="sync__top num">
            <Stat name=texts::IS_WAITING.get() value=texts::grouped(waiting) />
            <Stat name=texts::IS_SENDING.get() value=sending />
            <Stat name=texts::IS_HELD.get() value=texts::grouped(view.entries_held) />
            <Stat name=texts::IS_RETURNED.get() value=texts::grouped(returned) bad={returned > 0} />
        </dl>
        <Trouble trouble=view.line.trouble.clone() />
        {(view.waits_for_wifi && view.line.files_waiting > 0)
            .then(|| {
                view! {
                    <p class=format!("sync__trouble {}", Tone::Idle.area())>
                        <Glyph icon=Icon::Offline />
                        {texts::WAITS_FOR_WIFI.get()}
                    </p>
                }
            })}
        <Total sent=view.sent_bytes total=view.total_bytes rate=view.rate_bytes_s left_s=view.left_s />
        <section class="card">
            <div class="card__head">
                <h2>{texts::QUEUE.get()}</h2>
                <span class="end num">{texts::contact(view.line.last_contact, view.sent_today_bytes, view.sent_month_bytes)}</span>
            </div>
            {match view.items.is_empty() {
                true => view! { <Empty icon=Icon::Check text=texts::QUEUE_EMPTY.get() /> }.into_any(),
                false => view! {
                    <Rows>{view.items.into_iter().map(|item| view! { <Item item /> }).collect_view()}</Rows>
                }
                .into_any(),
            }}
        </section>
    }
}

/// All files together: how far, how fast, how long still.
#[component]
fn Total(sent: u64, total: u64, rate: Option<u64>, left_s: Option<u64>) -> impl IntoView {
    (total > 0).then(|| {
        view! {
            <section class="card sync__total">
                <div class="sync__rate num">
                    <span>{texts::all_files(sent, total)}</span>
                    <span>{rate.zip(left_s).map(|(rate, left_s)| texts::pace(rate, left_s))}</span>
                </div>
                <Progress name=texts::PROGRESS_OF_ALL.get() done=sent total />
            </section>
        }
    })
}

#[component]
fn Stat(name: &'static str, #[prop(into)] value: String, #[prop(optional)] bad: bool) -> impl IntoView {
    view! {
        <div class="card sync__stat" class:sync__stat--bad=bad>
            <dt>{name}</dt>
            <dd>{value}</dd>
        </div>
    }
}

/// What is in the way, and what to do. Offline is normal, and looks it.
#[component]
fn Trouble(trouble: SyncTrouble) -> impl IntoView {
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
    view! {
        <div role="status">
            {texts::sync_trouble(&trouble)
                .map(|words| {
                    view! {
                        <p class=format!("sync__trouble {}", tone.area())>
                            <Glyph icon />
                            {words}
                        </p>
                    }
                })}
        </div>
    }
}

#[component]
fn Item(item: SyncItem) -> impl IntoView {
    let icon = match (&item.what, item.send) {
        (_, SendState::Refused) => Icon::Warn,
        (SyncSubject::Photo { .. }, _) => Icon::Camera,
        (SyncSubject::Signature, _) => Icon::Pen,
        (SyncSubject::Entry { kind, .. }, _) => match kind.as_str() {
            "signed_in" => Icon::Site,
            "signed_out" => Icon::Door,
            "record_signed" | "record_corrected" | "countersigned" | "voided" => Icon::Chart,
            "photo_taken" => Icon::Camera,
            "clock_jumped" | "zone_changed" | "restarted" => Icon::Clock,
            _ => Icon::Book,
        },
    };
    let tone = if item.send == SendState::Refused { Tone::Bad } else { Tone::Idle };
    let (send, sent, total) = (item.send, item.sent_bytes, item.total_bytes);
    let is_moving = total > 0 && (send == SendState::Sending || (send == SendState::Waiting && sent > 0));
    let below = move || is_moving.then(|| view! { <Progress name=texts::PROGRESS.get() done=sent total /> });
    let way = item.file.filter(|_| item.held_at.is_none()).map(|sha256| (sha256, item.paused));
    let pill = match item.paused && send == SendState::Waiting {
        true => view! { <Pill tone=Tone::Warn icon=Icon::Clock text=texts::PAUSED.get() /> }.into_any(),
        false => view! { <SendPill send /> }.into_any(),
    };
    view! {
        <Row icon tone title=texts::sync_title(&item) detail=texts::sync_detail(&item) below>
            {pill}
            {way.map(|(sha256, paused)| view! { <Way sha256 paused send /> })}
        </Row>
    }
}

/// What a person can do with a file that is not there yet: let it wait, let it go on, try again.
#[component]
fn Way(sha256: Hash, paused: bool, send: SendState) -> impl IntoView {
    let shared = Shared::get();
    let (words, act): (_, Box<dyn Fn()>) = match (send, paused) {
        (SendState::Refused, _) => {
            (texts::TRY_AGAIN, Box::new(move || shared.run(RetryFile { sha256 }, move |()| shared.refresh())))
        }
        (_, true) => (
            texts::GO_ON,
            Box::new(move || shared.run(PauseFile { sha256, paused: false }, move |()| shared.refresh())),
        ),
        (_, false) => (
            texts::LET_WAIT,
            Box::new(move || shared.run(PauseFile { sha256, paused: true }, move |()| shared.refresh())),
        ),
    };
    view! { <button class="btn" on:click=move |_| act()>{words.get()}</button> }
}
