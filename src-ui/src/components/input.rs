//! A line of text to type, with its label, advice and complaint.

use leptos::html;
use leptos::prelude::*;

/// A labelled input of one line.
#[component]
pub fn LineInput(
    /// Its id in the page.
    id: &'static str,
    /// Its label.
    #[prop(into)]
    label: String,
    /// What is typed.
    value: RwSignal<String>,
    /// `text`, `url`, `password`.
    #[prop(default = "text")]
    kind: &'static str,
    /// Which system keyboard.
    #[prop(default = "text")]
    inputmode: &'static str,
    /// What the browser may fill in.
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// An example of what to type.
    #[prop(optional)]
    placeholder: &'static str,
    /// What is wrong with it.
    #[prop(into, optional)]
    complaint: MaybeProp<String>,
    /// To bring the focus here.
    #[prop(optional)]
    node: NodeRef<html::Input>,
) -> impl IntoView {
    let complaint_id = format!("{id}-complaint");
    let described = complaint_id.clone();
    view! {
        <div class="line">
            <label for=id>{label}</label>
            <input
                id=id
                class="line__input num"
                type=kind
                inputmode=inputmode
                autocomplete=autocomplete
                autocapitalize="off"
                spellcheck="false"
                placeholder=placeholder
                node_ref=node
                prop:value=value
                aria-invalid=move || complaint.with(|complaint| complaint.is_some().then_some("true"))
                aria-describedby=described
                on:input=move |event| value.set(event_target_value(&event))
            />
            <p class="line__complaint" id=complaint_id aria-live="polite">{move || complaint.get()}</p>
        </div>
    }
}
