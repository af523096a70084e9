//! 同步: what waits, what is on its way, what was received; calm when offline.

use leptos::prelude::*;
use stackside_core::command::{GetSync, SyncItem, SyncNow, SyncSubject, SyncView};
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
use crate::components::tone::Tone;
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
        <section class="card">
            <div class="card__head">
                <h2>{texts::QUEUE.get()}</h2>
                <span class="end num">{texts::contact(view.line.last_contact, view.sent_today_bytes)}</span>
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
    view! {
        <Row icon tone title=texts::sync_title(&item) detail=texts::sync_detail(&item) below>
            <SendPill send />
        </Row>
    }
}
