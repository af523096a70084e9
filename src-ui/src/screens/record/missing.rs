//! What stands in the way of signing, each with the way to it.

use leptos::prelude::*;
use leptos_router::components::A;
use stackside_core::form::Problem;

use super::draft::Draft;
use super::outline::block_name;
use crate::components::dialog::Dialog;
use crate::components::icon::{Glyph, Icon};
use crate::texts;

/// The list of what is missing.
#[component]
pub fn MissingDialog(draft: Draft, visit: String, #[prop(into)] on_close: Callback<()>) -> impl IntoView {
    let line = move |problem: Problem| {
        let (place, name) = names(draft, &problem);
        let words = texts::problem(&problem);
        let key = problem.key;
        view! {
            <li>
                <button
                    type="button"
                    class="missing__item"
                    on:click=move |_| {
                        on_close.run(());
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
        <Dialog title=texts::MISSING_TITLE.get() on_close>
            {move || {
                let problems = draft.problems.get();
                if problems.is_empty() {
                    let visit = visit.clone();
                    view! {
                        <p class="missing__none">{texts::NOTHING_MISSING.get()}</p>
                        <A href=visit attr:class="btn btn--main btn--big">
                            <Glyph icon=Icon::Pen />
                            {texts::TO_VISIT.get()}
                        </A>
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
        let group =
            field.group.as_ref().and_then(|id| block.section.groups.iter().find(|group| group.id == *id));
        let name = texts::label(&field.label);
        let name = match group {
            Some(group) => format!("{} · {name}", texts::label(&group.label)),
            None => name.to_owned(),
        };
        (block_name(block), name)
    });
    of_field.unwrap_or_else(|| {
        let view = draft.view();
        match view.form.photos.iter().find(|slot| key.section == "photo" && slot.id == key.field) {
            Some(slot) => (texts::PHOTOS.get().to_owned(), texts::label(&slot.label).to_owned()),
            None => (
                String::new(),
                view.form
                    .section(&key.section)
                    .map(|s| texts::label(&s.label).replace("{name}", ""))
                    .unwrap_or_default(),
            ),
        }
    })
}
