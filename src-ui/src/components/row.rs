//! A list and its rows: a sign, a title with a line under it, and what stands at the end. A row may be a link.

use leptos::prelude::*;
use leptos_router::components::A;

use super::icon::{Glyph, Icon};
use super::tone::Tone;

/// A list of rows.
#[component]
pub fn Rows(
    /// The rows.
    children: Children,
) -> impl IntoView {
    view! { <ul class="rows">{children()}</ul> }
}

/// One row.
#[component]
pub fn Row(
    /// The sign before it.
    icon: Icon,
    /// The sign's tone.
    tone: Tone,
    /// The first line.
    #[prop(into)]
    title: String,
    /// The second line.
    #[prop(into, optional)]
    detail: Signal<String>,
    /// Where a tap on the row leads.
    #[prop(into, optional)]
    to: Option<String>,
    /// Under the two lines, such as a progress bar.
    #[prop(into, optional)]
    below: ViewFn,
    /// What stands at the end.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let is_link = to.is_some();
    let inside = view! {
        <div class=format!("row__icon {}", tone.area())>
            <Glyph icon />
        </div>
        <div class="row__main">
            <b>{title}</b>
            {move || Some(detail.get()).filter(|detail| !detail.is_empty()).map(|detail| view! { <div class="num">{detail}</div> })}
            {move || below.run()}
        </div>
        <div class="row__end">
            {children.map(|children| view! { <div class="row__words">{children()}</div> })}
            {is_link.then(|| view! { <Glyph icon=Icon::Right /> })}
        </div>
    };
    match to {
        Some(to) => view! {
            <li class="rows__item">
                <A href=to attr:class="row row--link">
                    {inside}
                </A>
            </li>
        }
        .into_any(),
        None => view! {
            <li class="rows__item">
                <div class="row">{inside}</div>
            </li>
        }
        .into_any(),
    }
}
