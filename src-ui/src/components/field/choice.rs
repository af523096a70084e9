//! One or several of a few answers.

use leptos::prelude::*;

use super::{FieldName, FieldTold};
use crate::texts;

/// Up to so many stand side by side.
const SIDE_BY_SIDE: usize = 6;

/// What is stored, and what is shown.
pub type Options = Vec<(String, String)>;

/// One of several: side by side as long as they are few, otherwise a list.
#[component]
pub fn ChoiceField(
    /// Id and label.
    name: FieldName,
    /// What there is to choose from.
    #[prop(into)]
    options: Signal<Options>,
    /// True for a list however few there are: long lines, and cells of a table.
    #[prop(optional)]
    as_list: bool,
    /// What is chosen.
    #[prop(into)]
    value: Signal<String>,
    /// What is wrong with it.
    #[prop(into)]
    complaint: Signal<Option<String>>,
    /// What happens in it.
    told: FieldTold,
) -> impl IntoView {
    if as_list || options.with_untracked(Vec::len) > SIDE_BY_SIDE {
        return view! { <ListField name options value complaint told /> }.into_any();
    }
    let group = name.id.clone();
    let option = move |(index, (stored, shown)): (usize, (String, String))| {
        let (mine, group) = (stored.clone(), group.clone());
        let id = if index == 0 { group.clone() } else { format!("{group}-{index}") };
        view! {
            <label class="field__choice">
                <input
                    id=id
                    type="radio"
                    name=group
                    value=stored
                    prop:checked=move || value.with(|value| *value == mine)
                    on:change=move |event| told.typed.run(event_target_value(&event))
                    on:focus=move |_| told.entered.run(())
                    on:blur=move |_| told.blurred()
                    on:keydown=move |event| told.done_by(&event)
                />
                <span class="num">{shown}</span>
            </label>
        }
    };
    let options = options.get_untracked();
    view! {
        <fieldset class="field field--wide" aria-describedby=name.complaint_id()>
            <legend class=name.label_class()>{name.label.clone()}</legend>
            <div class="field__choices">{options.into_iter().enumerate().map(option).collect_view()}</div>
            {name.under(complaint)}
        </fieldset>
    }
    .into_any()
}

#[component]
fn ListField(
    name: FieldName,
    options: Signal<Options>,
    value: Signal<String>,
    complaint: Signal<Option<String>>,
    told: FieldTold,
) -> impl IntoView {
    let option = move |(stored, shown): (String, String)| {
        let mine = stored.clone();
        view! { <option value=stored selected=move || value.with(|value| *value == mine)>{shown}</option> }
    };
    // What stands there and is no option any more has to be seen.
    let stranger = move || {
        let value = value.get();
        let is_known =
            value.is_empty() || options.with(|options| options.iter().any(|(stored, _)| *stored == value));
        (!is_known).then(|| view! { <option value=value.clone() selected=true>{value.clone()}</option> })
    };
    view! {
        <div class="field" class:field--wide=!name.is_bare>
            <label class=name.label_class() for=name.id.clone()>{name.label.clone()}</label>
            <select
                id=name.id.clone()
                class="field__box field__box--list"
                aria-required=name.must()
                aria-invalid=move || complaint.with(|why| why.is_some().then_some("true"))
                aria-describedby=name.complaint_id()
                on:change=move |event| told.typed.run(event_target_value(&event))
                on:focus=move |_| told.entered.run(())
                on:blur=move |_| told.blurred()
                on:keydown=move |event| told.done_by(&event)
            >
                <option value="" selected=move || value.with(String::is_empty)>{texts::CHOOSE.get()}</option>
                {stranger}
                {move || options.get().into_iter().map(option).collect_view()}
            </select>
            {name.under(complaint)}
        </div>
    }
}

/// Several of a few; they are joined by `|` in the order in which they are offered.
#[component]
pub fn ChoicesField(
    /// Id and label.
    name: FieldName,
    /// What there is to choose from.
    options: Options,
    /// What is chosen.
    #[prop(into)]
    value: Signal<String>,
    /// What is wrong with it.
    #[prop(into)]
    complaint: Signal<Option<String>>,
    /// What happens in it.
    told: FieldTold,
) -> impl IntoView {
    let stored = StoredValue::new(options.iter().map(|(stored, _)| stored.clone()).collect::<Vec<_>>());
    let group = name.id.clone();
    let option = move |(index, (mine, shown)): (usize, (String, String))| {
        let id = if index == 0 { group.clone() } else { format!("{group}-{index}") };
        let (mine, toggled) = (StoredValue::new(mine), move |mine: &str| {
            let chosen = value.get_untracked();
            let is_on = |one: &str| has(&chosen, one) != (one == mine);
            stored.with_value(|all| {
                let all: Vec<&str> = all.iter().map(String::as_str).filter(|one| is_on(one)).collect();
                all.join("|")
            })
        });
        view! {
            <label class="field__choice">
                <input
                    id=id
                    type="checkbox"
                    prop:checked=move || mine.with_value(|mine| value.with(|value| has(value, mine)))
                    on:change=move |_| told.typed.run(mine.with_value(|mine| toggled(mine)))
                    on:focus=move |_| told.entered.run(())
                    on:blur=move |_| told.blurred()
                    on:keydown=move |event| told.done_by(&event)
                />
                <span>{shown}</span>
            </label>
        }
    };
    view! {
        <fieldset class="field field--wide" aria-describedby=name.complaint_id()>
            <legend class=name.label_class()>{name.label.clone()}</legend>
            <div class="field__choices">{options.into_iter().enumerate().map(option).collect_view()}</div>
            {name.under(complaint)}
        </fieldset>
    }
}

fn has(chosen: &str, one: &str) -> bool {
    chosen.split('|').any(|mine| mine == one)
}
