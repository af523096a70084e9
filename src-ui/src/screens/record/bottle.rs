//! The bottle or solution of a field: what it holds, what speaks against it, and replacing it on the spot.

use chrono::Utc;
use leptos::prelude::*;
use leptos_router::components::A;
use rust_decimal::Decimal;
use stackside_core::clock::shanghai_date;
use stackside_core::command::ReplaceBottle;
use stackside_core::form::{AnswerError, AnswerKey};
use stackside_core::id::BottleId;
use stackside_core::register::{Bottle, same_factor, same_unit};

use super::draft::{Draft, Over, Spot};
use crate::components::dialog::Dialog;
use crate::components::field::{ChoiceField, FieldName, FieldTold, Keyboard, LineField};
use crate::components::icon::{Glyph, Icon};
use crate::{shell, texts};

/// A bottle to choose, with what is said of it.
#[component]
pub fn BottleField(
    draft: Draft,
    spot: Spot,
    name: FieldName,
    complaint: Memo<Option<String>>,
    told: FieldTold,
) -> impl IntoView {
    let (of_value, of_options) = (spot.key.clone(), spot.key.clone());
    let value = Memo::new(move |_| draft.text(&of_value));
    let options = Memo::new(move |_| draft.bottle_options(&of_options));
    view! {
        <ChoiceField name options as_list=true value complaint told />
        <BottleTools draft key_of=spot.key />
    }
}

/// What the bottle holds and until when, what speaks against it, and the way to another one.
#[component]
pub fn BottleTools(draft: Draft, key_of: AnswerKey) -> impl IntoView {
    let key = StoredValue::new(key_of);
    let form = key.with_value(|key| draft.field(key, |_, field| field.replace_form.clone())).flatten();
    let can_replace = form.is_some() && !draft.is_correction();
    let facts = move || {
        key.with_value(|key| bottle_of(draft, key)).map(|bottle| {
            view! { <p class="facts-note num">{texts::bottle_facts(&bottle)}</p> }
        })
    };
    let warnings = move || {
        let warnings = key.with_value(|key| warnings(draft, key));
        let line = |words: String| {
            view! {
                <p class="block__note tone-warn">
                    <Glyph icon=Icon::Bottle />
                    <span>{words}</span>
                </p>
            }
        };
        warnings.into_iter().map(line).collect_view()
    };
    let made = move || {
        let record = draft.made.with(|made| key.with_value(|key| made.get(key).copied()))?;
        Some(view! {
            <p class="block__note tone-ok">
                <Glyph icon=Icon::Check />
                <span>{form.as_ref().map(texts::bottle_record_made)}</span>
                <A href=format!("/record/{record}") attr:class="btn">{texts::OPEN_RECORD.get()}</A>
            </p>
        })
    };
    view! {
        <div class="bottle">
            {facts}
            <div role="status" aria-live="polite">{warnings} {made}</div>
            {can_replace.then(|| {
                view! {
                    <button type="button" class="btn btn--soft" on:click=move |_| draft.over.set(Some(Over::Bottle(key.get_value())))>
                        <Glyph icon=Icon::Bottle />
                        {texts::REPLACE_BOTTLE.get()}
                    </button>
                }
            })}
        </div>
    }
}

/// The bottle in a field; tracks.
fn bottle_of(draft: Draft, key: &AnswerKey) -> Option<Bottle> {
    let chosen = draft.text(key);
    draft.bottles.with(|bottles| bottles.iter().find(|bottle| bottle.id.as_str() == chosen).cloned())
}

/// What speaks against the bottle in a field; none of it stands in the way. Tracks.
fn warnings(draft: Draft, key: &AnswerKey) -> Vec<String> {
    let Some(bottle) = bottle_of(draft, key) else { return vec![] };
    let mut warnings = Vec::new();
    if bottle.valid_until < shanghai_date(Utc::now()) {
        warnings.push(texts::bottle_expired(&bottle));
    }
    let Some(instrument) = draft.instrument_of(key) else { return warnings };
    if !same_factor(&bottle.substance, &instrument.factor) {
        warnings.push(texts::bottle_of_another(&bottle, &instrument.factor));
        return warnings;
    }
    let (low, high) = draft.paper.answers.with(|answers| {
        let number = |field: &str| answers.number(&key.of_block(field));
        (number("range.low").or(instrument.range_low), number("range.high").or(instrument.range_high))
    });
    if let (Some(low), Some(high)) = (low, high)
        && same_unit(&bottle.unit, &instrument.unit)
        && !(low..=high).contains(&bottle.concentration)
    {
        warnings.push(texts::bottle_out_of_range(&bottle, low, high));
    }
    warnings
}

/// What is typed of a new bottle.
#[derive(Clone, Copy)]
struct NewBottle {
    number: RwSignal<String>,
    substance: RwSignal<String>,
    concentration: RwSignal<String>,
    unit: RwSignal<String>,
    uncertainty: RwSignal<String>,
    supplier: RwSignal<String>,
    valid_until: RwSignal<String>,
    pressure: RwSignal<String>,
    was_tried: RwSignal<bool>,
}

type Refusal = Option<AnswerError>;

impl NewBottle {
    /// What is known already: the substance of the instrument, and what seldom differs from the old bottle.
    fn new(draft: Draft, key: &AnswerKey) -> Self {
        let (old, instrument) = untrack(|| (bottle_of(draft, key), draft.instrument_of(key)));
        let of_old = |pick: fn(&Bottle) -> String| RwSignal::new(old.as_ref().map(pick).unwrap_or_default());
        let factor = instrument.as_ref().map(|one| one.factor.clone());
        let unit = instrument.map(|one| one.unit).unwrap_or_default();
        let fits = |bottle: &&Bottle| factor.as_ref().is_none_or(|mine| same_factor(mine, &bottle.substance));
        let old_substance = old.as_ref().filter(fits).map(|bottle| bottle.substance.clone());
        Self {
            number: RwSignal::new(String::new()),
            substance: RwSignal::new(old_substance.or(factor).unwrap_or_default()),
            concentration: of_old(|bottle| bottle.concentration.normalize().to_string()),
            unit: RwSignal::new(old.as_ref().map_or(unit, |bottle| bottle.unit.clone())),
            uncertainty: of_old(|bottle| bottle.uncertainty_percent.normalize().to_string()),
            supplier: of_old(|bottle| bottle.supplier.clone()),
            valid_until: RwSignal::new(String::new()),
            pressure: RwSignal::new(String::new()),
            was_tried: RwSignal::new(false),
        }
    }

    fn bottle(self, draft: Draft) -> Option<Bottle> {
        let text = |signal: RwSignal<String>| signal.get_untracked().trim().to_owned();
        let number =
            |signal| stackside_core::decimal::parse(&text(signal)).ok().filter(|n| *n >= Decimal::ZERO);
        let some = |text: String| Some(text).filter(|text| !text.is_empty());
        Some(Bottle {
            id: text(self.number).parse::<BottleId>().ok()?,
            point: draft.with_view(|view| view.line.point.clone()),
            substance: some(text(self.substance))?,
            concentration: number(self.concentration)?,
            unit: text(self.unit),
            uncertainty_percent: number(self.uncertainty)?,
            supplier: some(text(self.supplier))?,
            valid_until: text(self.valid_until).parse().ok()?,
            pressure_mpa: number(self.pressure)?,
        })
    }
}

fn must(text: &str) -> Refusal {
    text.is_empty().then_some(AnswerError::Missing)
}

fn must_be_number(text: &str) -> Refusal {
    must(text).or(match stackside_core::decimal::parse(text) {
        Err(why) => Some(AnswerError::Number { why }),
        Ok(value) if value < Decimal::ZERO => {
            Some(AnswerError::OutOfBounds { low: "0".into(), high: "\u{221e}".into() })
        }
        Ok(_) => None,
    })
}

fn must_be_id(text: &str) -> Refusal {
    must(text).or(text.parse::<BottleId>().err().map(|_| AnswerError::UnknownBottle))
}

fn must_be_date(text: &str) -> Refusal {
    must(text).or(text.parse::<chrono::NaiveDate>().err().map(|_| AnswerError::NotADate))
}

/// Asks for the new bottle, and records it.
#[component]
pub fn BottleDialog(draft: Draft, key_of: AnswerKey) -> impl IntoView {
    let new = NewBottle::new(draft, &key_of);
    let busy = RwSignal::new(false);
    let refused = RwSignal::new(None::<String>);
    let key = StoredValue::new(key_of);
    let close = move || draft.over.set(None);
    let save = move || {
        new.was_tried.set(true);
        let Some(bottle) = new.bottle(draft).filter(|_| !busy.get_untracked()) else { return };
        busy.set(true);
        refused.set(None);
        let command = ReplaceBottle { record: draft.id(), key: key.get_value(), bottle };
        draft.flush();
        leptos::task::spawn_local(async move {
            let reply = shell::call(&command).await;
            let _ = busy.try_set(false);
            match reply {
                Ok(record) => {
                    let _ = draft.made.try_update(|made| made.insert(command.key, record));
                    let _ = draft.over.try_set(None);
                    draft.read_again();
                }
                Err(error) => {
                    let _ = refused.try_set(Some(texts::command_error(&error)));
                }
            }
        });
    };
    let told = move |signal: RwSignal<String>| FieldTold {
        done: Callback::new(move |()| save()),
        ..FieldTold::typing(move |text| signal.set(text))
    };
    let line = move |id: &str,
                     label: texts::Text,
                     signal: RwSignal<String>,
                     check: fn(&str) -> Refusal,
                     keyboard| {
        let complaint = Signal::derive(move || {
            let why = new.was_tried.get().then(|| signal.with(|text| check(text.trim())));
            why.flatten().map(|error| match error {
                AnswerError::UnknownBottle => texts::BOTTLE_NUMBER_FORM.get().to_owned(),
                error => texts::answer_error(&error),
            })
        });
        let name = FieldName { required: true, ..FieldName::new(format!("bottle-{id}"), label.get()) };
        view! { <LineField name value=signal complaint keyboard stamp=None told=told(signal) /> }
    };
    let free = |_: &str| None;
    view! {
        <Dialog title=texts::REPLACE_BOTTLE.get() on_close=move |()| close()>
            <p class="replace__original">{texts::REPLACE_BOTTLE_WHY.get()}</p>
            <div class="fields fields--dialog">
                {line("number", texts::BOTTLE_NUMBER, new.number, must_be_id, Keyboard::Text)}
                {line("valid", texts::BOTTLE_VALID_UNTIL, new.valid_until, must_be_date, Keyboard::Text)}
                {line("concentration", texts::BOTTLE_CONCENTRATION, new.concentration, must_be_number, Keyboard::Number)}
                {line("unit", texts::BOTTLE_UNIT, new.unit, free, Keyboard::Text)}
                {line("pressure", texts::BOTTLE_PRESSURE, new.pressure, must_be_number, Keyboard::Number)}
                {line("uncertainty", texts::BOTTLE_UNCERTAINTY, new.uncertainty, must_be_number, Keyboard::Number)}
                {line("substance", texts::BOTTLE_SUBSTANCE, new.substance, must, Keyboard::Text)}
                {line("supplier", texts::BOTTLE_SUPPLIER, new.supplier, must, Keyboard::Text)}
            </div>
            <p class="field__why bottle__refused" role="alert">
                {move || refused.get().map(|why| view! { <Glyph icon=Icon::Warn /> <span>{why}</span> })}
            </p>
            <div class="replace__buttons">
                <button type="button" class="btn" on:click=move |_| close()>{texts::CANCEL.get()}</button>
                <button type="button" class="btn btn--main replace__save" disabled=busy on:click=move |_| save()>{texts::REPLACE_BOTTLE.get()}</button>
            </div>
        </Dialog>
    }
}
