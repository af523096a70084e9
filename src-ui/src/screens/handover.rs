//! 交接: what this tablet cannot send is handed over to another one in a sealed file, or taken over from one.

use leptos::prelude::*;
use leptos::task::spawn_local;
use stackside_core::command::{
    AddHandoverPiece, BeginHandover, CommandError, GiveHandover, HandoverGiven, HandoverTaken,
    HandoverTrouble, TakeHandover,
};
use stackside_core::photo::PIECE_BYTES;
use wasm_bindgen::JsCast;

use crate::app::Shared;
use crate::components::dialog::Dialog;
use crate::components::facts::Facts;
use crate::components::icon::{Glyph, Icon};
use crate::components::input::LineInput;
use crate::components::notice::Notice;
use crate::components::progress::Progress;
use crate::components::states::{Failed, Loading};
use crate::{photo, shell, texts};

/// What lies over the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Over {
    Nothing,
    Give,
    Take,
}

/// Both ways, for the settings.
#[component]
pub fn HandoverCard() -> impl IntoView {
    let shared = Shared::get();
    let over = RwSignal::new(Over::Nothing);
    let close = move |()| over.set(Over::Nothing);
    let taken = move |taken: HandoverTaken| {
        over.set(Over::Nothing);
        shared.notice.set(Some(Notice::good(texts::handover_taken(taken))));
        shared.refresh();
    };
    view! {
        <section class="card">
            <div class="card__head">
                <h2>{texts::HANDOVER.get()}</h2>
            </div>
            <p class="settings__how">{texts::HANDOVER_HOW.get()}</p>
            <div class="settings__ways">
                <button class="btn" on:click=move |_| over.set(Over::Give)>{texts::GIVE.get()}</button>
                <button class="btn" on:click=move |_| over.set(Over::Take)>{texts::TAKE.get()}</button>
            </div>
            {move || match over.get() {
                Over::Nothing => None,
                Over::Give => Some(view! { <Give on_close=close /> }.into_any()),
                Over::Take => Some(view! { <Take on_close=close on_done=taken /> }.into_any()),
            }}
        </section>
    }
}

/// Writes the file at once, and shows where it is and what opens it.
#[component]
fn Give(#[prop(into)] on_close: Callback<()>) -> impl IntoView {
    let given = RwSignal::new(None::<Result<HandoverGiven, CommandError>>);
    let write = move || {
        given.set(None);
        spawn_local(async move {
            let reply = shell::call(&GiveHandover {}).await;
            given.try_set(Some(reply));
        });
    };
    write();
    let inside = move || match given.get() {
        None => view! { <Loading /> }.into_any(),
        Some(Err(CommandError::Handover { why: HandoverTrouble::NothingUnsent })) => view! {
            <p role="status">{texts::NOTHING_UNSENT.get()}</p>
        }
        .into_any(),
        Some(Err(error)) => view! { <Failed error on_retry=move |()| write() /> }.into_any(),
        Some(Ok(given)) => {
            let facts = vec![
                (texts::HANDED_OVER.get(), Some(texts::handover_given(&given))),
                (texts::HANDOVER_FILE.get(), Some(given.file)),
            ];
            view! {
                <div>
                    <p class="handover__label">{texts::HANDOVER_CODE.get()}</p>
                    <p class="handover__code">{given.code}</p>
                </div>
                <p>{texts::HANDOVER_CODE_WHY.get()}</p>
                <Facts facts />
            }
            .into_any()
        }
    };
    view! {
        <Dialog title=texts::GIVE.get() on_close>
            <div class="handover">{inside}</div>
        </Dialog>
    }
}

/// Takes the file in pieces, then opens it with the code; a wrong code can be typed again.
#[component]
fn Take(
    #[prop(into)] on_close: Callback<()>,
    #[prop(into)] on_done: Callback<HandoverTaken>,
) -> impl IntoView {
    let file: RwSignal<Option<web_sys::File>, LocalStorage> = RwSignal::new_local(None);
    let code = RwSignal::new(String::new());
    let sent = RwSignal::new(None::<(u64, u64)>);
    let is_here = RwSignal::new(false);
    let is_opening = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let trouble = RwSignal::new(None::<CommandError>);
    let choose = move |event: leptos::ev::Event| {
        let input = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok());
        file.set(input.and_then(|input| input.files()).and_then(|files| files.get(0)));
        is_here.set(false);
        trouble.set(None);
    };
    let is_ready = move || file.with(Option::is_some) && code.with(|code| !code.trim().is_empty());
    let take = move || {
        let Some(file) = file.get_untracked().filter(|_| is_ready() && !busy.get_untracked()) else { return };
        let code = code.get_untracked();
        busy.set(true);
        trouble.set(None);
        spawn_local(async move {
            let told = move |done, total| sent.try_set(Some((done, total))).is_none();
            let arrived = if is_here.get_untracked() { Ok(true) } else { send(&file, told).await };
            sent.try_set(None);
            let taken = match arrived {
                Ok(false) => return,
                Ok(true) => {
                    is_here.try_set(true);
                    is_opening.try_set(true);
                    shell::call(&TakeHandover { code }).await
                }
                Err(error) => Err(error),
            };
            is_opening.try_set(false);
            busy.try_set(false);
            match taken {
                Ok(taken) => {
                    on_done.try_run(taken);
                }
                Err(error) => {
                    trouble.try_set(Some(error));
                }
            }
        });
    };
    // What is being opened is taken over whether the dialog is there or not: it stays, to tell what came of it.
    let close = move |()| {
        if !is_opening.get_untracked() {
            on_close.run(());
        }
    };
    let is_wrong_code =
        |error: &CommandError| *error == CommandError::Handover { why: HandoverTrouble::WrongCode };
    let of_code = move || trouble.get().filter(is_wrong_code).map(|error| texts::command_error(&error));
    let other = move || {
        let words =
            trouble.get().filter(|error| !is_wrong_code(error)).map(|error| texts::command_error(&error))?;
        Some(view! {
            <p class="door__error">
                <Glyph icon=Icon::Warn />
                {words}
            </p>
        })
    };
    let chosen = move || {
        let name = file.with(|file| file.as_ref().map(web_sys::File::name));
        name.unwrap_or_else(|| texts::NO_HANDOVER_YET.get().to_owned())
    };
    view! {
        <Dialog title=texts::TAKE.get() on_close=close>
            <form
                class="door__form"
                on:submit=move |event| {
                    event.prevent_default();
                    take();
                }
            >
                <label class="btn btn--soft camera__file">
                    {texts::CHOOSE_HANDOVER.get()}
                    <input type="file" accept=".age" on:change=choose disabled=move || busy.get() />
                </label>
                <p class="num" role="status">{chosen}</p>
                <LineInput id="handover-code" label=texts::HANDOVER_CODE.get() value=code autocomplete="off" complaint=Signal::derive(of_code) />
                <div role="alert">{other}</div>
                {move || sent.get().map(|(done, total)| view! { <Progress name=texts::PROGRESS.get() done total /> })}
                <button class="btn btn--main btn--big" type="submit" disabled=move || busy.get() || !is_ready()>
                    {move || if busy.get() { texts::TAKING.get() } else { texts::TAKE.get() }}
                </button>
            </form>
        </Dialog>
    }
}

/// Sends a file as long as `told` says that someone waits for it; true once all of it is on the device.
async fn send(file: &web_sys::File, told: impl Fn(u64, u64) -> bool) -> Result<bool, CommandError> {
    shell::call(&BeginHandover {}).await?;
    let mut offset = 0_u64;
    loop {
        let piece = photo::piece(file, offset, PIECE_BYTES).await?;
        if piece.is_empty() {
            return Ok(true);
        }
        let length = piece.len() as u64;
        shell::call(&AddHandoverPiece { offset, base64: photo::base64(&piece) }).await?;
        offset += length;
        if !told(offset, photo::size(file).max(offset)) {
            return Ok(false);
        }
    }
}
