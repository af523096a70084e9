//! 生成时间: a start and a step fill the times of a table's lines.

use chrono::{NaiveDateTime, TimeDelta, Utc};
use leptos::prelude::*;
use stackside_core::clock::shown_time;
use stackside_core::form::{AnswerError, AnswerKey};

use super::draft::Draft;
use crate::components::choice::Choices;
use crate::components::dialog::Dialog;
use crate::components::field::{FieldName, FieldTold, Keyboard, LineField};
use crate::texts;

const FORMAT: &str = "%Y-%m-%d %H:%M";

/// A day is the longest step that anyone measures with.
const LONGEST_STEP_MIN: i64 = 1440;

fn read(text: &str) -> Option<NaiveDateTime> {
    NaiveDateTime::parse_from_str(text.trim(), FORMAT).ok()
}

fn step_of(text: &str) -> Option<i64> {
    text.trim().parse().ok().filter(|step| (1..=LONGEST_STEP_MIN).contains(step))
}

/// Asks for start and step. Typed times are only replaced if the person says so.
#[component]
pub fn TimesDialog(draft: Draft, index: usize) -> impl IntoView {
    let made = draft.block(index, |block| {
        let lines = block.section.lines.as_ref()?;
        Some((block.key(lines.time.as_deref()?), lines.step_min.unwrap_or(10)))
    });
    let Some((column, step)) = made.flatten() else { return ().into_any() };
    let count = untrack(|| draft.lines(index));
    let keys: Vec<AnswerKey> = (1..=count).map(|line| column.clone().in_line(line)).collect();
    let typed: Vec<String> = untrack(|| keys.iter().map(|key| draft.text(key)).collect());
    let has_typed = typed.iter().any(|text| !text.trim().is_empty());
    let first = typed.first().filter(|text| read(text).is_some()).cloned();
    // Pairs are written down when they are measured: the last one now.
    let back = TimeDelta::minutes(i64::from(step) * i64::from(count.saturating_sub(1)));
    let start = RwSignal::new(first.unwrap_or_else(|| shown_time(Utc::now() - back)));
    let step = RwSignal::new(step.to_string());
    let replaces = RwSignal::new(false);
    let was_tried = RwSignal::new(false);
    let close = move || draft.over.set(None);
    let fill = move || {
        was_tried.set(true);
        let (Some(start), Some(step)) = (read(&start.get_untracked()), step_of(&step.get_untracked())) else {
            return;
        };
        let mut time = start;
        for (key, old) in keys.iter().zip(&typed) {
            if replaces.get_untracked() || old.trim().is_empty() {
                draft.put(key, time.format(FORMAT).to_string());
            }
            time += TimeDelta::minutes(step);
        }
        close();
    };
    let fill = StoredValue::new(fill);
    let told = move |signal: RwSignal<String>| FieldTold {
        typed: Callback::new(move |text| signal.set(text)),
        entered: Callback::new(|()| ()),
        left: Callback::new(|()| ()),
        done: Callback::new(move |()| fill.with_value(|fill| fill())),
    };
    let start_why = Signal::derive(move || {
        let is_wrong = was_tried.get() && start.with(|text| read(text).is_none());
        is_wrong.then(|| texts::answer_error(&AnswerError::NotATime))
    });
    let step_why = Signal::derive(move || {
        let is_wrong = was_tried.get() && step.with(|text| step_of(text).is_none());
        is_wrong.then(|| texts::STEP_WRONG.get().to_owned())
    });
    let last = move || {
        let (start, step) = (read(&start.get())?, step_of(&step.get())?);
        let last = start + TimeDelta::minutes(step * i64::from(count.saturating_sub(1)));
        let is_future = read(&shown_time(Utc::now())).is_some_and(|now| last > now);
        Some(texts::times_made(count, &last.format(FORMAT).to_string(), is_future))
    };
    let now = Callback::new(move |()| start.set(shown_time(Utc::now())));
    let name = |id: &str, label: texts::Text| FieldName::new(format!("times-{id}"), label.get());
    view! {
        <Dialog title=texts::MAKE_TIMES.get() on_close=move |()| close()>
            <div class="replace">
                <LineField
                    name=name("start", texts::FIRST_TIME)
                    value=start
                    complaint=start_why
                    keyboard=Keyboard::Text
                    stamp=Some((texts::NOW_BUTTON.get(), now))
                    told=told(start)
                />
                <LineField
                    name=name("step", texts::STEP_MINUTES)
                    value=step
                    complaint=step_why
                    keyboard=Keyboard::Number
                    stamp=None
                    told=told(step)
                />
                {has_typed.then(|| {
                    let options = vec![(false, texts::ONLY_EMPTY.get()), (true, texts::ALL_ANEW.get())];
                    view! { <Choices label=texts::SOME_TIMES_TYPED.get() name="times-replace" options chosen=replaces on_choose=move |all| replaces.set(all) /> }
                })}
                <p class="replace__original num" role="status">{last}</p>
                <div class="replace__buttons">
                    <button type="button" class="btn" on:click=move |_| close()>{texts::CANCEL.get()}</button>
                    <button type="button" class="btn btn--main replace__save" on:click=move |_| fill.with_value(|fill| fill())>{texts::FILL_TIMES.get()}</button>
                </div>
            </div>
        </Dialog>
    }
    .into_any()
}
