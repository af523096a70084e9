//! A record in a list, the same on every screen.

use leptos::prelude::*;
use stackside_core::command::{Marks, RecordLine};
use stackside_core::judge::Outcome;
use stackside_core::photo::SendState;
use stackside_core::record::RecordState;

use super::review::ReviewPill;
use crate::components::icon::Icon;
use crate::components::row::Row;
use crate::components::tone::{Pill, Tone};
use crate::components::verdict::OutcomePill;
use crate::texts;

/// The state of an item on its way.
#[component]
pub fn SendPill(send: SendState) -> impl IntoView {
    let (tone, icon) = match send {
        SendState::Waiting => (Tone::Idle, Icon::Clock),
        SendState::Sending => (Tone::Info, Icon::Sync),
        SendState::Held => (Tone::Ok, Icon::Check),
        SendState::Refused => (Tone::Bad, Icon::Warn),
    };
    view! { <Pill tone icon text=texts::send_state(send).get() /> }
}

/// What was done with a record later.
#[component]
pub fn MarkPills(marks: Marks) -> impl IntoView {
    let is_corrected = marks.version > 1 && marks.version <= marks.versions;
    view! {
        {marks.is_void.then(|| view! { <Pill tone=Tone::Bad icon=Icon::Cross text=texts::VOIDED.get() /> })}
        {is_corrected.then(|| view! { <Pill tone=Tone::Info icon=Icon::Pen text=texts::CORRECTED.get() /> })}
        {marks.is_countersigned.then(|| view! { <Pill tone=Tone::Ok icon=Icon::Person text=texts::COUNTERSIGNED.get() /> })}
        <ReviewPill state=marks.review />
        {marks.correction.is_some().then(|| view! { <Pill tone=Tone::Warn icon=Icon::Pen text=texts::CORRECTING.get() /> })}
    }
}

/// A record; a tap opens it.
#[component]
pub fn RecordRow(
    /// The record.
    line: RecordLine,
    /// True to name the point.
    #[prop(optional)]
    with_point: bool,
) -> impl IntoView {
    let title = texts::label(&line.title).to_owned();
    let mut detail = Vec::new();
    if with_point {
        detail.push(line.point_name.clone());
    }
    detail.push(texts::short_time(line.at));
    detail.push(line.person_name.clone());
    if line.elsewhere {
        detail.push(texts::FROM_ELSEWHERE.get().to_owned());
    }
    let is_draft = line.state == RecordState::Draft;
    let verdict = line
        .verdict
        .filter(|outcome| *outcome != Outcome::NotJudged && !(is_draft && *outcome == Outcome::Incomplete));
    view! {
        <Row
            icon=if is_draft { Icon::Pen } else { Icon::Chart }
            tone=if is_draft { Tone::Warn } else { Tone::Idle }
            title
            detail=detail.join(" · ")
            to=format!("/record/{}", line.id)
        >
            {verdict
                .map(|outcome| view! { <OutcomePill outcome /> })}
            {match line.state {
                RecordState::Draft => {
                    let text = format!("{} · {}", texts::record_state(line.state).get(), texts::problems(line.problems));
                    view! { <Pill tone=if line.problems == 0 { Tone::Info } else { Tone::Warn } text /> }.into_any()
                }
                RecordState::Signed => view! { <MarkPills marks=line.marks /> <SendPill send=line.send /> }.into_any(),
            }}
        </Row>
    }
}
