//! An inspected item: √, × or 无法检查, big enough for a gloved thumb; the last two want a word on it.

use leptos::prelude::*;
use stackside_core::form::Check;

use super::{FieldName, FieldTold, TextField};
use crate::components::icon::{Glyph, Icon};
use crate::texts;

/// The states with sign and word.
fn states() -> [(&'static str, Option<Icon>, texts::Text); 3] {
    [
        ("ok", Some(Icon::Check), texts::CHECK_OK),
        ("bad", Some(Icon::Cross), texts::CHECK_BAD),
        ("impossible", None, texts::CHECK_IMPOSSIBLE),
    ]
}

fn state_of(answer: &str) -> &'static str {
    Check::read(answer).map_or("", Check::state)
}

/// What was written on it, with the spaces that are being typed.
fn remark_of(answer: &str) -> String {
    answer.split_once(' ').map(|(_, remark)| remark.to_owned()).unwrap_or_default()
}

/// Three buttons; tapping the chosen one again takes the answer back.
#[component]
pub fn CheckField(
    /// Id and label.
    name: FieldName,
    /// Under the label: the usual interval and the last date.
    #[prop(into, optional)]
    note: String,
    /// What stands in it: `ok`, `bad REMARK`, `impossible REMARK`.
    #[prop(into)]
    value: Signal<String>,
    /// What is wrong with it.
    #[prop(into)]
    complaint: Signal<Option<String>>,
    /// What happens in it.
    told: FieldTold,
) -> impl IntoView {
    let state = Memo::new(move |_| value.with(|value| state_of(value)));
    let remark = name.clone();
    view! {
        <fieldset class="field check" aria-describedby=name.complaint_id()>
            <legend class="sr-only">{name.label.clone()}</legend>
            <div class="check__line">
                <div class="check__words">
                    <span class="check__label" aria-hidden="true">{name.label.clone()}</span>
                    <p class="check__note num">{note}</p>
                </div>
                <States group=name.id.clone() state value told />
            </div>
            {move || {
                let words = match state.get() {
                    "bad" => (texts::FOUND_AND_DONE, texts::FOUND_AND_DONE_HINT),
                    "impossible" => (texts::WHY_IMPOSSIBLE, texts::WHY_IMPOSSIBLE_HINT),
                    _ => return None,
                };
                Some(view! { <Remark name=remark.clone() words value told /> })
            }}
            {name.under(complaint)}
        </fieldset>
    }
}

#[component]
fn States(group: String, state: Memo<&'static str>, value: Signal<String>, told: FieldTold) -> impl IntoView {
    let choose = move |one: &'static str| {
        let remark = value.with_untracked(|value| remark_of(value));
        let text = match one {
            one if one == state.get_untracked() => String::new(),
            "ok" => "ok".to_owned(),
            one => format!("{one} {remark}").trim_end().to_owned(),
        };
        told.entered.run(());
        told.typed.run(text);
    };
    let button = move |(index, (one, sign, word)): (usize, (&'static str, Option<Icon>, texts::Text))| {
        let id = if index == 0 { group.clone() } else { format!("{group}-{index}") };
        view! {
            <label class=format!("check__one check__one--{one}")>
                <input
                    id=id
                    type="radio"
                    name=group.clone()
                    value=one
                    prop:checked=move || state.get() == one
                    on:click=move |_| choose(one)
                    on:focus=move |_| told.entered.run(())
                    on:blur=move |_| told.blurred()
                    on:keydown=move |event| told.done_by(&event)
                />
                <span>{sign.map(|icon| view! { <Glyph icon /> })} {word.get()}</span>
            </label>
        }
    };
    view! { <div class="check__all">{states().into_iter().enumerate().map(button).collect_view()}</div> }
}

#[component]
fn Remark(
    name: FieldName,
    words: (texts::Text, texts::Text),
    value: Signal<String>,
    told: FieldTold,
) -> impl IntoView {
    let (label, hint) = words;
    let name = FieldName {
        required: true,
        is_told_elsewhere: true,
        ..FieldName::new(format!("{}-remark", name.id), label.get())
    };
    let mine = Signal::derive(move || value.with(|value| remark_of(value)));
    let typed = Callback::new(move |text: String| {
        let state = value.with_untracked(|value| state_of(value));
        told.typed.run(format!("{state} {text}"));
    });
    let complaint = Signal::derive(|| None::<String>);
    view! { <TextField name value=mine complaint hint=hint.get() rows=2 told=FieldTold { typed, ..told } /> }
}
