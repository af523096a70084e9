//! Tasks: what is due, in the order in which it hurts. One tap leads to the form, through the sign-in where that is needed.

use chrono::Utc;
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_navigate;
use stackside_core::command::{DueLine, OpenRecord, Workplace};
use stackside_core::due::Urgency;
use stackside_core::id::{PointId, VisitId};

use crate::app::Shared;
use crate::components::icon::Icon;
use crate::components::row::{Row, Rows};
use crate::components::states::Empty;
use crate::components::tone::{Pill, Tone};
use crate::texts;

/// The tone of a task.
pub fn tone(urgency: Urgency) -> Tone {
    match urgency {
        Urgency::Overdue => Tone::Bad,
        Urgency::Today | Urgency::NeverDone => Tone::Warn,
        Urgency::Attested => Tone::Ok,
        Urgency::Paused => Tone::Info,
        Urgency::Soon | Urgency::Later => Tone::Idle,
    }
}

fn is_now(line: &DueLine) -> bool {
    line.due.urgency <= Urgency::Soon
}

/// The person's own tasks, then those of others and those that do not press, folded away.
#[component]
pub fn Tasks(
    /// All that is known, in order.
    due: Vec<DueLine>,
    /// The person's open visits, by their points.
    open: Vec<(PointId, VisitId)>,
) -> impl IntoView {
    let (now, later): (Vec<_>, Vec<_>) = due.into_iter().partition(is_now);
    let (mine, others): (Vec<_>, Vec<_>) = now.into_iter().partition(|line| line.is_mine);
    let rows = StoredValue::new(open);
    let row = move |line: DueLine| {
        let visit = rows.with_value(|open| {
            open.iter().find(|(point, _)| *point == line.due.point).map(|(_, visit)| *visit)
        });
        view! { <TaskRow line visit /> }
    };
    let folded = move |title: texts::Text, lines: Vec<DueLine>| {
        (!lines.is_empty()).then(|| {
            view! {
                <details class="today__more">
                    <summary>{title.get()} " " <span class="num">{lines.len()}</span></summary>
                    <Rows>{lines.into_iter().map(row).collect_view()}</Rows>
                </details>
            }
        })
    };
    view! {
        {match mine.is_empty() {
            true => view! { <Empty icon=Icon::Check text=texts::NOTHING_DUE.get() /> }.into_any(),
            false => view! { <Rows>{mine.into_iter().map(row).collect_view()}</Rows> }.into_any(),
        }}
        {folded(texts::OTHERS, others)}
        {folded(texts::NOT_NOW, later)}
    }
}

/// One task; `visit` is the person's open one at its point.
#[component]
fn TaskRow(line: DueLine, visit: Option<VisitId>) -> impl IntoView {
    let shared = Shared::get();
    let navigate = StoredValue::new_local(use_navigate());
    let urgency = line.due.urgency;
    let title = texts::task(&line);
    let mut place = vec![line.point_name.clone(), line.discharger_name.clone()];
    place.extend((!line.person_names.is_empty()).then(|| line.person_names.join("、")));
    let place = place.join(" · ");
    let name = format!("{} {title} {place}", texts::GO.get());
    let clause = texts::label(&line.due.clause).to_owned();
    let rest = texts::period_and_last(&line.due);
    let is_to_be_checked = line.due.to_be_checked;
    let below = move || {
        view! {
            <div class="num">
                {clause.clone()} " "
                {is_to_be_checked.then(|| view! { <span class="today__check">{texts::TO_BE_CHECKED.get()}</span> })} " "
                {rest.clone()}
            </div>
        }
    };
    let workplace = match (visit, line.needs_visit) {
        (Some(visit), true) => Some(Workplace::Visit(visit)),
        (_, false) => Some(Workplace::Point(line.due.point.clone())),
        (None, true) => None,
    };
    let go = match workplace {
        Some(place) => {
            let form = line.due.form.clone();
            let open = move |_| {
                shared.run(OpenRecord { place: place.clone(), form: form.clone() }, move |record| {
                    navigate.with_value(|go| go(&format!("/record/{record}"), Default::default()));
                });
            };
            view! { <button class="btn btn--soft" aria-label=name on:click=open>{texts::GO.get()}</button> }
                .into_any()
        }
        None => {
            let to = format!("/sign-in/{}?form={}", line.due.point, line.due.form);
            view! { <A href=to attr:class="btn btn--soft" attr:aria-label=name>{texts::GO.get()}</A> }
                .into_any()
        }
    };
    view! {
        <Row icon=Icon::Chart tone=tone(urgency) title detail=place below>
            <Pill tone=tone(urgency) text=texts::urgency(&line.due, Utc::now()) />
            {(!matches!(urgency, Urgency::Paused | Urgency::Attested)).then_some(go)}
        </Row>
    }
}
