//! What two versions of a record say differently, in the words of their form.

use leptos::prelude::*;
use stackside_core::form::{AnswerKey, Change, Difference, Form, blocks};
use stackside_core::register::Instrument;

use super::record::block_name;
use crate::texts;

/// One place, in words.
struct Line {
    place: String,
    name: String,
    change: Change,
    old: Option<String>,
    new: Option<String>,
}

/// The differences, each with what stood there and what stands there now; or that there is none.
#[component]
pub fn Differences(
    /// The form of both versions; without it the keys stand for themselves.
    form: Option<Form>,
    /// The instruments that its blocks are about.
    instruments: Vec<Instrument>,
    /// What differs.
    differences: Vec<Difference>,
) -> impl IntoView {
    if differences.is_empty() {
        return view! { <p class="block__empty">{texts::NO_DIFFERENCE.get()}</p> }.into_any();
    }
    let lines: Vec<Line> =
        differences.into_iter().map(|found| line(form.as_ref(), &instruments, found)).collect();
    let or_empty = |text: Option<String>| text.unwrap_or_else(|| texts::EMPTY.get().to_owned());
    let draw = move |line: Line| {
        let values = match line.change {
            Change::Answer => view! {
                <del><span class="sr-only">{texts::WAS.get()}</span>{or_empty(line.old)}</del>
                <span aria-hidden="true">"→"</span>
                <ins><span class="sr-only">{texts::NOW.get()}</span>{or_empty(line.new)}</ins>
            }
            .into_any(),
            Change::LineAdded => view! { <ins>{or_empty(line.new)}</ins> }.into_any(),
            Change::LineRemoved => view! { <del>{or_empty(line.old)}</del> }.into_any(),
        };
        view! {
            <li class="differences__one">
                <span class="differences__name"><small>{line.place}</small>{line.name}</span>
                <span class="differences__values num">{values}</span>
            </li>
        }
    };
    view! { <ul class="differences">{lines.into_iter().map(draw).collect_view()}</ul> }.into_any()
}

fn line(form: Option<&Form>, instruments: &[Instrument], found: Difference) -> Line {
    let Difference { key, change, old, new } = found;
    let (place, name) = form.and_then(|form| names(form, instruments, &key)).unwrap_or_default();
    let name = if name.is_empty() { key.to_string() } else { name };
    let of_line = match (change, key.line) {
        (Change::LineAdded, Some(line)) => Some(texts::line_added(line)),
        (Change::LineRemoved, Some(line)) => Some(texts::line_removed(line)),
        (Change::Answer, Some(line)) => Some(texts::line_number(line)),
        _ => None,
    };
    let place = [Some(place).filter(|place| !place.is_empty()), of_line];
    let field = form.and_then(|form| form.field_of(&key));
    let shown = |text: String| match field {
        Some(field) => texts::answer(field, &text, instruments),
        None => text,
    };
    Line {
        place: place.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        name,
        change,
        old: old.map(shown),
        new: new.map(shown),
    }
}

/// The block, and group and field.
fn names(form: &Form, instruments: &[Instrument], key: &AnswerKey) -> Option<(String, String)> {
    let section = form.section(&key.section)?;
    let field = form.field_of(key)?;
    let all = blocks(form, instruments);
    let block = all.iter().find(|block| block.holds(key));
    let place = block.map_or_else(
        || texts::label(&section.label).replace("{name}", key.row.as_deref().unwrap_or_default()),
        |block| block_name(form, block),
    );
    let group = field.group.as_ref().and_then(|id| section.group(id)).filter(|group| group.id != "setup");
    let group = group.map(|group| texts::label(&group.label));
    let name = group.into_iter().chain([texts::label(&field.label)]).collect::<Vec<_>>().join(" · ");
    Some((place, name))
}
