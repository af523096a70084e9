//! What stands in the way of signing, each with the way to it.

use leptos::prelude::*;
use stackside_core::form::{AnswerError, Problem};

use super::draft::{Draft, Over};
use super::outline::block_name;
use super::sign::SignButton;
use crate::components::dialog::Dialog;
use crate::components::icon::{Glyph, Icon};
use crate::texts;

/// The list of what is missing.
#[component]
pub fn MissingDialog(draft: Draft) -> impl IntoView {
    let close = move || {
        if draft.over.with_untracked(|over| *over == Some(Over::Missing)) {
            draft.over.set(None);
        }
    };
    let line = move |problem: Problem| {
        let (place, name) = names(draft, &problem);
        let is_one_of = problem.error == AnswerError::NoBlock
            && draft.with_view(|view| view.form.one_of.contains(&problem.key.section));
        let words = if is_one_of { texts::ONE_PART.get().to_owned() } else { texts::problem(&problem) };
        let key = problem.key;
        view! {
            <li>
                <button
                    type="button"
                    class="leads"
                    on:click=move |_| {
                        close();
                        draft.go_to(&key);
                    }
                >
                    <span class="missing__place">{place}</span>
                    <span class="missing__name">
                        <b>{name}</b>
                        <small>{words}</small>
                    </span>
                    <Glyph icon=Icon::Right />
                    <span class="sr-only">{texts::GO_THERE.get()}</span>
                </button>
            </li>
        }
    };
    view! {
        <Dialog title=texts::MISSING_TITLE.get() on_close=move |()| close()>
            {move || {
                let problems = draft.problems.get();
                if problems.is_empty() {
                    view! {
                        <p class="missing__none">{texts::NOTHING_MISSING.get()}</p>
                        <SignButton draft />
                    }
                    .into_any()
                } else {
                    view! { <ul class="missing">{problems.into_iter().map(line).collect_view()}</ul> }.into_any()
                }
            }}
        </Dialog>
    }
}

/// The block and the field of a problem.
fn names(draft: Draft, problem: &Problem) -> (String, String) {
    let key = &problem.key;
    let of_field = draft.field(key, |block, field| {
        let group = field.group.as_ref().and_then(|id| block.section.group(id));
        let place =
            key.line.map(texts::line_number).or(group.map(|group| texts::label(&group.label).to_owned()));
        let name = texts::label(&field.label);
        let name = place.map_or_else(|| name.to_owned(), |place| format!("{place} · {name}"));
        (draft.with_view(|view| block_name(&view.form, block)), name)
    });
    of_field.unwrap_or_else(|| {
        draft.with_view(|view| {
            let slot = view.form.photos.iter().find(|slot| key.section == "photo" && slot.id == key.field);
            let section = view.form.section(&key.section);
            match slot {
                Some(slot) => (texts::PHOTOS.get().to_owned(), texts::label(&slot.label).to_owned()),
                None => {
                    let name = section.map(|section| texts::label(&section.label).replace("{name}", ""));
                    (String::new(), name.unwrap_or_default().trim().to_owned())
                }
            }
        })
    })
}
