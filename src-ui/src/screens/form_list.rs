//! The forms that can be filled: what is due first, then by what they are for.

use leptos::prelude::*;
use stackside_core::command::FormLine;
use stackside_core::due::Urgency;
use stackside_core::form::Purpose;
use stackside_core::id::FormCode;

use crate::components::icon::Icon;
use crate::components::row::{Row, Rows};
use crate::components::states::Empty;
use crate::components::tone::{Pill, Tone};
use crate::texts;

/// A group of the list: what is due, or what is filled for one purpose.
type Heading = Option<Purpose>;

const HEADINGS: [(Heading, texts::Text); 5] = [
    (None, texts::FORMS_DUE),
    (Some(Purpose::Inspection), texts::FORMS_INSPECTION),
    (Some(Purpose::Calibration), texts::FORMS_CALIBRATION),
    (Some(Purpose::Replacement), texts::FORMS_REPLACEMENT),
    (Some(Purpose::Report), texts::FORMS_OTHER),
];

fn heading_of(form: &FormLine) -> Heading {
    let is_due = matches!(form.urgency, Some(Urgency::Overdue | Urgency::NeverDone | Urgency::Today));
    (!is_due).then_some(form.purpose)
}

fn tone(urgency: Urgency) -> Tone {
    match urgency {
        Urgency::Overdue => Tone::Bad,
        Urgency::NeverDone | Urgency::Today => Tone::Warn,
        Urgency::Soon | Urgency::Later | Urgency::Paused | Urgency::Attested => Tone::Idle,
    }
}

/// The list; `on_fill` is told which form the person wants.
#[component]
pub fn FormList(
    /// The forms.
    forms: Vec<FormLine>,
    /// Told which one to open.
    #[prop(into)]
    on_fill: Callback<FormCode>,
) -> impl IntoView {
    if forms.is_empty() {
        return view! { <Empty icon=Icon::List text=texts::NO_FORM.get() /> }.into_any();
    }
    let of = |heading: Heading| {
        let mut mine: Vec<FormLine> =
            forms.iter().filter(|form| heading_of(form) == heading).cloned().collect();
        mine.sort_by_key(|form| form.urgency.map_or((1, None), |urgency| (0, Some(urgency))));
        mine
    };
    let groups = HEADINGS.into_iter().map(|(heading, title)| (title, of(heading)));
    let groups: Vec<_> = groups.filter(|(_, forms)| !forms.is_empty()).collect();
    let has_titles = groups.len() > 1;
    let group = move |(title, forms): (texts::Text, Vec<FormLine>)| {
        view! {
            {has_titles.then(|| view! { <h3 class="forms__title">{title.get()}</h3> })}
            <Rows>{forms.into_iter().map(|form| view! { <FormRow form on_fill /> }).collect_view()}</Rows>
        }
    };
    view! { <div class="forms">{groups.into_iter().map(group).collect_view()}</div> }.into_any()
}

#[component]
fn FormRow(form: FormLine, on_fill: Callback<FormCode>) -> impl IntoView {
    let FormLine { code, title, standard, urgency, .. } = form;
    let title = texts::label(&title).to_owned();
    let words = format!("{} {title}", texts::FILL.get());
    let pill = urgency.and_then(|urgency| {
        let text = texts::form_urgency(urgency)?.get();
        Some(view! { <Pill tone=tone(urgency) text /> })
    });
    view! {
        <Row icon=Icon::List tone=urgency.map_or(Tone::Idle, tone) title detail=texts::label(&standard).to_owned()>
            {pill}
            <button class="btn btn--soft" aria-label=words on:click=move |_| on_fill.run(code.clone())>
                {texts::FILL.get()}
            </button>
        </Row>
    }
}
