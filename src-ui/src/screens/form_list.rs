//! The forms that can be filled: what is due first, then by what they are for.

use leptos::prelude::*;
use stackside_core::command::FormLine;
use stackside_core::due::Urgency;
use stackside_core::id::FormCode;

use crate::components::icon::Icon;
use crate::components::row::{Row, Rows};
use crate::components::states::Empty;
use crate::components::tone::{Pill, Tone};
use crate::texts;

/// What a form is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Purpose {
    Due,
    Inspection,
    Calibration,
    Replacement,
    Other,
}

impl Purpose {
    const ALL: [(Self, texts::Text); 5] = [
        (Self::Due, texts::FORMS_DUE),
        (Self::Inspection, texts::FORMS_INSPECTION),
        (Self::Calibration, texts::FORMS_CALIBRATION),
        (Self::Replacement, texts::FORMS_REPLACEMENT),
        (Self::Other, texts::FORMS_OTHER),
    ];

    fn of(form: &FormLine) -> Self {
        if matches!(form.urgency, Some(Urgency::Overdue | Urgency::NeverDone | Urgency::Today)) {
            return Self::Due;
        }
        match form.code.as_str() {
            "HJ75-G1" | "HJ75-G2" | "HJ75-G3" | "HJ355-B" | "HJ1286-NMHC" | "OM-PATROL" => Self::Inspection,
            "HJ75-G4" | "HJ75-G5" | "HJ75-T1" | "HJ75-T2" | "HJ75-T3" | "HJ355-D" | "HJ355-H" => {
                Self::Calibration
            }
            "HJ75-G6" | "HJ75-G7" | "HJ75-G8" | "HJ355-E" | "HJ355-F" | "HJ355-G" | "HJ355-REAGENT"
            | "HJ355-WASTE" => Self::Replacement,
            _ => Self::Other,
        }
    }
}

fn tone(urgency: Urgency) -> Tone {
    match urgency {
        Urgency::Overdue => Tone::Bad,
        Urgency::NeverDone | Urgency::Today => Tone::Warn,
        Urgency::Soon | Urgency::Later => Tone::Idle,
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
    let of = |purpose: Purpose| {
        let mut mine: Vec<FormLine> =
            forms.iter().filter(|form| Purpose::of(form) == purpose).cloned().collect();
        mine.sort_by_key(|form| form.urgency.map_or((1, None), |urgency| (0, Some(urgency))));
        mine
    };
    let groups = Purpose::ALL.into_iter().map(|(purpose, title)| (title, of(purpose)));
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
    let FormLine { code, title, standard, urgency } = form;
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
