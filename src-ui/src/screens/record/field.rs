//! A field as its type wants it; a known value dashed.

use chrono::Utc;
use leptos::prelude::*;
use stackside_core::clock::{shanghai_date, shown_time};
use stackside_core::form::{AnswerKey, Field, FieldType, is_asked, is_required, suggestion_item};

use super::about::choice_options;
use super::bottle::BottleField;
use super::draft::{Draft, Spot, dom_id, is_given};
use super::is_pad_type;
use super::kept::{FileField, SignatureField};
use super::photos::PhotoField;
use super::review::said;
use crate::app::Shared;
use crate::components::chips::{Chip, Chips};
use crate::components::field::{
    CheckField, ChoiceField, ChoicesField, FieldName, FieldTold, GivenField, Keyboard, LineField, TextField,
};
use crate::components::icon::{Glyph, Icon};
use crate::texts;

/// Where a field stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seat {
    /// With its label above and its complaint below.
    Plain,
    /// In a row, whose complaints stand below it.
    Row,
    /// In a cell of a table, whose head names the column.
    Cell,
}

impl Seat {
    /// The field's name there.
    pub fn name(self, spot: &Spot, required: bool) -> FieldName {
        let Spot { key, field } = spot;
        let label = texts::label(&field.label);
        let label = match (self, key.line) {
            (Self::Cell, Some(line)) => texts::cell_name(line, label),
            _ => label.to_owned(),
        };
        FieldName {
            hint: (self == Self::Plain)
                .then(|| field.hint.as_ref().map(|hint| texts::label(hint).to_owned()))
                .flatten(),
            required,
            is_bare: self == Self::Cell,
            is_told_elsewhere: self != Self::Plain,
            ..FieldName::new(dom_id(key), label)
        }
    }
}

/// Draws a field with what was said of it; one that another answer calls for comes and goes with it.
pub fn draw(draft: Draft, spot: Spot, seat: Seat) -> AnyView {
    let complaint = complaint(draft, &spot);
    let said = said(draft, &spot.key, Some(texts::label(&spot.field.label).to_owned()));
    // Side by side in the grid of the fields, which knows its fields by their place.
    view! { {draw_with(draft, spot, seat, complaint)} {said} }.into_any()
}

/// The same, where the complaint is shown elsewhere too.
pub fn draw_with(draft: Draft, spot: Spot, seat: Seat, complaint: Memo<Option<String>>) -> AnyView {
    let field = &spot.field;
    let hangs_on_answer = field.visible.as_ref().is_some_and(|visible| visible.field.is_some());
    let may_change = hangs_on_answer || field.required_when.is_some() || field.prefill.is_some();
    if draft.is_signed() || !may_change {
        let required = required(draft, &spot);
        return draw_now(draft, &spot, seat, required, complaint);
    }
    let is_text = matches!(field.kind, FieldType::Text | FieldType::LongText);
    let is_note = is_text && !hangs_on_answer && field.required_when.is_some();
    let is_open = RwSignal::new(false);
    let asked = {
        let spot = spot.clone();
        Memo::new(move |_| {
            let Spot { key, field } = &spot;
            draft.paper.answers.with(|answers| {
                let is_given = answers.0.get(key).is_some_and(is_given);
                let is_filled = answers.text(key).is_some() || is_open.get();
                (is_asked(field, key, answers), required(draft, &spot), is_filled, is_given)
            })
        })
    };
    // What is being written must not be drawn anew; what becomes known is drawn as such.
    let state = Memo::new(move |_| {
        let (is_asked, is_required, is_filled, is_given) = asked.get();
        (is_asked, is_required, !is_note || is_required || is_filled, is_given)
    });
    let draw = move || match state.get() {
        (false, ..) if seat == Seat::Cell => view! { <span class="lines__none">"\u{2014}"</span> }.into_any(),
        (false, ..) => ().into_any(),
        (true, required, true, _) => draw_now(draft, &spot, seat, required, complaint),
        (true, _, false, _) => {
            let id = dom_id(&spot.key);
            let words = texts::label(&spot.field.label).to_owned();
            view! {
                <button type="button" class="btn fields__note" on:click=move |_| {
                    is_open.set(true);
                    let id = id.clone();
                    request_animation_frame(move || super::way::focus(&id));
                }>
                    <Glyph icon=Icon::Pen />
                    {words}
                </button>
            }
            .into_any()
        }
    };
    view! { {draw} }.into_any()
}

fn required(draft: Draft, Spot { key, field }: &Spot) -> bool {
    field.kind != FieldType::Computed
        && draft.with_site(|answers, site| is_required(field, key, answers, site))
}

fn draw_now(
    draft: Draft,
    spot: &Spot,
    seat: Seat,
    required: bool,
    complaint: Memo<Option<String>>,
) -> AnyView {
    let Spot { key, field } = spot.clone();
    let name = seat.name(spot, required);
    if field.kind == FieldType::Photo {
        return view! { <PhotoField draft key_of=key label=name.label required /> }.into_any();
    }
    let is_still = draft.is_signed() || field.kind == FieldType::Computed;
    if is_still || draft.is_given(&key) {
        return draw_given(draft, spot, name, complaint, is_still);
    }
    let value = {
        let key = key.clone();
        Memo::new(move |_| draft.text(&key))
    };
    let told = told(draft, &key);
    let is_cell = seat == Seat::Cell;
    match field.kind {
        FieldType::Choice | FieldType::YesNo => {
            let options = choice_options(&field);
            view! { <ChoiceField name options as_list=is_cell value complaint told /> }.into_any()
        }
        FieldType::Choices => {
            view! { <ChoicesField name options=choice_options(&field) value complaint told /> }.into_any()
        }
        FieldType::Instrument => {
            let options = draft.instrument_options();
            view! { <ChoiceField name options as_list=true value complaint told /> }.into_any()
        }
        FieldType::Check => view! { <CheckField name value complaint told /> }.into_any(),
        FieldType::Bottle => view! { <BottleField draft spot=spot.clone() name complaint told /> }.into_any(),
        FieldType::LongText => view! { <TextField name value complaint told /> }.into_any(),
        FieldType::File => view! { <FileField draft key_of=key name complaint /> }.into_any(),
        FieldType::Signature => view! { <SignatureField draft key_of=key name complaint /> }.into_any(),
        FieldType::Text if !field.suggestions.is_empty() => {
            let chips = suggestions(draft, &key, &field);
            view! { <ChipField draft key_of=key name value complaint told chips /> }.into_any()
        }
        FieldType::Person => {
            view! { <ChipField draft key_of=key name value complaint told chips=people(draft) /> }.into_any()
        }
        kind if is_pad_type(kind) => {
            let is_on = Memo::new(move |_| draft.target.with(|target| target.as_ref() == Some(&key)));
            view! { <LineField name value complaint keyboard=Keyboard::Pad is_on told stamp=None /> }
                .into_any()
        }
        kind => {
            let stamp = stamp(draft, &key, kind);
            view! { <LineField name value complaint keyboard=Keyboard::Text stamp told /> }.into_any()
        }
    }
}

/// A value that was known, is computed or is signed.
fn draw_given(
    draft: Draft,
    spot: &Spot,
    name: FieldName,
    complaint: Memo<Option<String>>,
    is_still: bool,
) -> AnyView {
    let (shown_of, mark_of, replace_of) = (spot.clone(), spot.key.clone(), spot.key.clone());
    let value = Memo::new(move |_| draft.shown_text(&shown_of));
    let is_replaced = Memo::new(move |_| is_replaced(draft, &mark_of));
    let kind = spot.field.kind;
    let is_number = is_pad_type(kind)
        || (kind == FieldType::Computed && spot.field.choices.is_empty() && !name.label.is_empty());
    let on_replace = (!is_still).then(|| {
        Callback::new(move |()| draft.over.set(Some(super::draft::Over::Replace(replace_of.clone()))))
    });
    let name = FieldName { required: false, ..name };
    let given = view! { <GivenField name value complaint is_replaced is_number on_replace /> };
    if kind == FieldType::Bottle && !draft.is_signed() {
        return view! { {given} <super::bottle::BottleTools draft key_of=spot.key.clone() /> }.into_any();
    }
    given.into_any()
}

/// True once a person replaced a known value; tracks.
pub fn is_replaced(draft: Draft, key: &AnswerKey) -> bool {
    let is_replaced = |answer: &stackside_core::form::Answer| answer.replaced.is_some();
    draft.paper.answers.with(|answers| answers.0.get(key).is_some_and(is_replaced))
}

/// What is wrong with a field, in words.
pub fn complaint(draft: Draft, spot: &Spot) -> Memo<Option<String>> {
    let key = spot.key.clone();
    Memo::new(move |_| draft.error(&key).map(|error| texts::answer_error(&error)))
}

/// A button that fills in today or now.
fn stamp(draft: Draft, key: &AnswerKey, kind: FieldType) -> Option<(&'static str, Callback<()>)> {
    let now = || shown_time(Utc::now());
    let (word, text): (_, fn() -> String) = match kind {
        FieldType::Date => (texts::TODAY_BUTTON, || shanghai_date(Utc::now()).to_string()),
        FieldType::DateTime => (texts::NOW_BUTTON, now),
        FieldType::Time => {
            (texts::NOW_BUTTON, || shown_time(Utc::now()).split_once(' ').unwrap_or_default().1.to_owned())
        }
        _ => return None,
    };
    let key = key.clone();
    Some((word.get(), Callback::new(move |()| draft.put(&key, text()))))
}

/// What a field tells the draft.
pub fn told(draft: Draft, key: &AnswerKey) -> FieldTold {
    let (typed, entered, left) = (key.clone(), key.clone(), key.clone());
    FieldTold {
        typed: Callback::new(move |text| draft.type_in(&typed, text)),
        entered: Callback::new(move |()| draft.entered(&entered)),
        left: Callback::new(move |()| draft.save_now(&left)),
        done: Callback::new(move |()| draft.go_on()),
    }
}

/// What is usually written, with the usual cycle and when it was done last.
fn suggestions(draft: Draft, key: &AnswerKey, field: &Field) -> Vec<Chip> {
    draft.with_view(|view| {
        let chip = |suggestion: &stackside_core::form::Suggestion| {
            let item = suggestion_item(&key.section, &key.field, &suggestion.value);
            let last = view.last_done.get(&item).copied();
            Chip { text: suggestion.value.clone(), note: texts::cycle_and_last(suggestion.every_days, last) }
        };
        field.suggestions.iter().map(chip).collect()
    })
}

/// The own name first, then the colleagues.
pub fn people(draft: Draft) -> Vec<Chip> {
    let own = Shared::get().state.with_untracked(|state| {
        state.as_ref().and_then(|state| state.person.as_ref()).map(|p| p.name.clone())
    });
    let others = draft.with_view(|view| view.people.clone());
    let others = others.into_iter().filter(|name| Some(name) != own.as_ref());
    own.iter().cloned().chain(others).map(|text| Chip { text, note: None }).collect()
}

/// A line of text with what is usually written below, as long as it is empty or being written.
#[component]
fn ChipField(
    draft: Draft,
    key_of: AnswerKey,
    name: FieldName,
    value: Memo<String>,
    complaint: Memo<Option<String>>,
    told: FieldTold,
    chips: Vec<Chip>,
) -> impl IntoView {
    let key = StoredValue::new(key_of);
    let is_here =
        Memo::new(move |_| key.with_value(|key| draft.target.with(|target| target.as_ref() == Some(key))));
    // In a table the first line shows what there is; the others when they are written.
    let is_first = key.with_value(|key| key.line.is_none_or(|line| line == 1));
    let is_open = Memo::new(move |_| is_here.get() || (is_first && value.with(String::is_empty)));
    let label = texts::usual_for(&name.label);
    let pick = move |text: String| key.with_value(|key| draft.put(key, text));
    view! {
        <div class="fields__chips">
            <LineField name value complaint keyboard=Keyboard::Text stamp=None told />
            {move || is_open.get().then(|| view! { <Chips label=label.clone() chips=chips.clone() chosen=value on_pick=pick /> })}
        </div>
    }
}
