//! 审核: how a record stands, and what was returned to the person at the tablet.

use leptos::prelude::*;
use leptos_router::components::A;
use stackside_core::command::{AppealReview, GetReturned, GetReviewed, ReturnedLine, ReviewLine};
use stackside_core::form::{AnswerError, AnswerKey};
use stackside_core::id::RecordId;
use stackside_core::review::{ReviewState, ReviewVerdict};

use super::record_row::{RecordRow, SendPill};
use super::signing::Signing;
use crate::app::Shared;
use crate::components::dialog::Dialog;
use crate::components::field::{FieldName, FieldTold, Keyboard, LineField};
use crate::components::icon::{Glyph, Icon};
use crate::components::row::{Row, Rows};
use crate::components::states::Empty;
use crate::components::tone::{Pill, Tone};
use crate::live::{live, show};
use crate::texts;

/// Where a record stands with its reviewers; nothing while nobody looked at it.
#[component]
pub fn ReviewPill(state: ReviewState) -> impl IntoView {
    let (tone, icon) = match state {
        ReviewState::NotReviewed => return None,
        ReviewState::Corrected => (Tone::Info, Icon::Clock),
        ReviewState::Returned => (Tone::Bad, Icon::Warn),
        ReviewState::Appealed => (Tone::Warn, Icon::Clock),
        ReviewState::Accepted => (Tone::Ok, Icon::Check),
    };
    Some(view! { <Pill tone icon text=texts::review_state(state).get() /> })
}

/// The address of an answer in a record.
pub fn place_of(record: RecordId, at: Option<&AnswerKey>) -> String {
    match at {
        Some(key) => {
            format!("/record/{record}?at={}", String::from(js_sys::encode_uri_component(&key.to_string())))
        }
        None => format!("/record/{record}"),
    }
}

/// What was returned to the person at the tablet, over what is due; nothing if nothing was.
#[component]
pub fn ReturnedTasks() -> impl IntoView {
    let returned = live(|| GetReturned {});
    let lines = Memo::new(move |_| {
        returned.with(|reply| match reply {
            Some(Ok(lines)) => lines.clone(),
            _ => vec![],
        })
    });
    move || {
        let lines = lines.get();
        (!lines.is_empty()).then(|| {
            view! {
                <section class="card returned" aria-label=texts::RETURNED_TO_YOU.get()>
                    <div class="card__head">
                        <h2>{texts::RETURNED_TO_YOU.get()}</h2>
                        <span class="end num">{lines.len()}</span>
                    </div>
                    <Rows>{lines.into_iter().map(|line| view! { <ReturnedRow line /> }).collect_view()}</Rows>
                </section>
            }
        })
    }
}

#[component]
fn ReturnedRow(line: ReturnedLine) -> impl IntoView {
    let ReturnedLine { line, review } = line;
    let title = texts::label(&line.title).to_owned();
    let detail = format!("{} · {} · {}", line.point_name, line.discharger_name, texts::short_time(line.at));
    let name = texts::label_and(texts::HANDLE.get(), &title);
    let to = place_of(line.id, review.first.as_ref());
    let (words, asks_me) = (texts::review_words(&review), review.asks_me);
    let below = move || {
        let elsewhere = (!asks_me).then(|| view! { <div>{texts::HANDLED_ELSEWHERE.get()}</div> });
        view! { <div class="returned__words">{words.clone()}</div> {elsewhere} }
    };
    view! {
        <Row icon=Icon::Warn tone=Tone::Bad title detail below>
            <ReviewPill state=ReviewState::Returned />
            <A href=to attr:class="btn btn--soft" attr:aria-label=name>{texts::HANDLE.get()}</A>
        </Row>
    }
}

/// Records known here that stand so.
#[component]
pub fn Reviewed(state: ReviewState) -> impl IntoView {
    let shared = Shared::get();
    let records = live(move || {
        shared.sync.track();
        GetReviewed { state }
    });
    show(records, move |page| {
        match page.records.is_empty() {
        true => view! { <Empty icon=Icon::Book text=texts::NONE_REVIEWED.get() /> }.into_any(),
        false => view! {
            <section class="card" aria-label=texts::review_state(state).get()>
                <Rows>{page.records.into_iter().map(|line| view! { <RecordRow line with_point=true /> }).collect_view()}</Rows>
            </section>
        }
        .into_any(),
    }
    })
}

/// What was said of a version, and what was said against it.
#[component]
pub fn ReviewLines(line: ReviewLine) -> impl IntoView {
    let (tone, icon) = match line.verdict {
        ReviewVerdict::Accepted => ("block__note tone-ok", Icon::Check),
        ReviewVerdict::Returned => ("block__note tone-bad", Icon::Warn),
    };
    let head = texts::review_line(&line);
    let words = match &line.general {
        Some(general) => texts::label_and(&head, general),
        None => head,
    };
    let appeal = line.appeal.map(|appeal| {
        let send = appeal.stamp.send;
        view! {
            <p class="block__note tone-warn">
                <Glyph icon=Icon::Person />
                <span>{texts::appeal_line(&appeal)}</span>
                <SendPill send />
            </p>
        }
    });
    view! { <p class=tone><Glyph icon /><span>{words}</span></p> {appeal} }
}

/// 申诉: a reason and a signature.
#[component]
pub fn AppealDialog(
    /// The record.
    record: RecordId,
    /// Told when it is over, done or not.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let reason = RwSignal::new(String::new());
    let complaint = RwSignal::new(None::<String>);
    let make = move |strokes| {
        let why = reason.get_untracked().trim().to_owned();
        if why.is_empty() {
            complaint.set(Some(texts::answer_error(&AnswerError::ReasonMissing)));
            super::record::focus("appeal-reason");
            return None;
        }
        Some(AppealReview { record, reason: why, strokes })
    };
    let told = FieldTold::typing(move |text| {
        complaint.set(None);
        reason.set(text);
    });
    let name = FieldName {
        required: true,
        hint: Some(texts::APPEAL_WHY_HINT.get().to_owned()),
        ..FieldName::new("appeal-reason", texts::APPEAL_WHY.get())
    };
    view! {
        <Dialog title=texts::APPEAL.get() on_close>
            <div class="replace">
                <p>{texts::APPEAL_WHAT.get()}</p>
                <LineField name value=reason complaint keyboard=Keyboard::Text stamp=None told />
            </div>
            <Signing<AppealReview> make done=texts::APPEALED_NOW on_done=on_close on_cancel=on_close />
        </Dialog>
    }
}
