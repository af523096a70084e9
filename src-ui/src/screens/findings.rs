//! What the authorities' checks would point out, each with what to do and the way there. It blocks nothing.

use leptos::prelude::*;
use stackside_core::command::{FindingLine, FindingSubject};

use crate::components::icon::{Glyph, Icon};
use crate::texts;

/// The list; nothing where nothing was found.
#[component]
pub fn Findings(
    /// Its heading.
    title: texts::Text,
    /// What follows from it.
    #[prop(optional)]
    why: Option<texts::Text>,
    /// What was found.
    lines: Vec<FindingLine>,
    /// True once the visit is over: what could have been done in it is not advised any more.
    #[prop(optional)]
    is_past: bool,
    /// Leads to the place of a finding.
    #[prop(into)]
    on_go: Callback<String>,
) -> impl IntoView {
    let line = move |line: FindingLine| {
        let is_of_visit = matches!(line.about, FindingSubject::Visit | FindingSubject::OtherVisit { .. });
        let advice = (!is_past || !is_of_visit).then(|| texts::finding_advice(&line));
        let inside = view! {
            <span class="findings__words">
                <b>{texts::finding_place(&line)}</b>
                <span class="num">{texts::finding(&line.finding)}</span>
                {advice.map(|advice| view! { <small>{advice}</small> })}
            </span>
        };
        match way(&line) {
            Some(way) => view! {
                <li>
                    <button type="button" class="leads" on:click=move |_| on_go.run(way.clone())>
                        {inside}
                        <Glyph icon=Icon::Right />
                        <span class="sr-only">{texts::GO_THERE.get()}</span>
                    </button>
                </li>
            }
            .into_any(),
            None => view! { <li class="leads">{inside}</li> }.into_any(),
        }
    };
    (!lines.is_empty()).then(|| {
        view! {
            <section class="findings" aria-label=title.get()>
                <p class="findings__title">
                    <Glyph icon=Icon::Warn />
                    <b>{title.get()}</b>
                </p>
                {why.map(|why| view! { <p>{why.get()}</p> })}
                <ul>{lines.into_iter().map(line).collect_view()}</ul>
            </section>
        }
    })
}

/// Where a finding leads: its record, at the field, or where it is corrected once it is signed; the other visit.
fn way(line: &FindingLine) -> Option<String> {
    if let Some(other) = line.finding.other_visit() {
        return Some(format!("/visit/{other}"));
    }
    let record = line.finding.record()?;
    let is_signed = matches!(line.about, FindingSubject::Record { is_signed: true, .. });
    Some(match line.finding.key() {
        _ if is_signed => format!("/record/{record}/history"),
        Some(key) => {
            let at = String::from(js_sys::encode_uri_component(&key.to_string()));
            format!("/record/{record}?at={at}")
        }
        None => format!("/record/{record}"),
    })
}
