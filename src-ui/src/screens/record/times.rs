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

/// What is asked for.
#[derive(Clone, Copy)]
struct Series {
    draft: Draft,
    /// The times of the lines that are there.
    keys: StoredValue<Vec<AnswerKey>>,
    start: RwSignal<String>,
    step: RwSignal<String>,
    /// True to replace typed times too.
    replaces: RwSignal<bool>,
    was_tried: RwSignal<bool>,
}

impl Series {
    fn new(draft: Draft, column: &AnswerKey, step: u32, count: u16) -> Self {
        let keys: Vec<AnswerKey> = (1..=count).map(|line| column.clone().in_line(line)).collect();
        let first = keys.first().map(|key| untrack(|| draft.text(key))).filter(|text| read(text).is_some());
        // Pairs are written down when they are measured: the last one now.
        let back = TimeDelta::minutes(i64::from(step) * i64::from(count.saturating_sub(1)));
        Self {
            draft,
            keys: StoredValue::new(keys),
            start: RwSignal::new(first.unwrap_or_else(|| shown_time(Utc::now() - back))),
            step: RwSignal::new(step.to_string()),
            replaces: RwSignal::new(false),
            was_tried: RwSignal::new(false),
        }
    }

    fn is_typed(self, key: &AnswerKey) -> bool {
        !untrack(|| self.draft.text(key)).trim().is_empty()
    }

    fn has_typed(self) -> bool {
        self.keys.with_value(|keys| keys.iter().any(|key| self.is_typed(key)))
    }

    /// Writes the times; false if start or step is none.
    fn fill(self) -> bool {
        self.was_tried.set(true);
        let (start, step) = (read(&self.start.get_untracked()), step_of(&self.step.get_untracked()));
        let (Some(mut time), Some(step)) = (start, step) else { return false };
        let step = TimeDelta::minutes(step);
        self.keys.with_value(|keys| {
            for key in keys {
                if self.replaces.get_untracked() || !self.is_typed(key) {
                    self.draft.put(key, time.format(FORMAT).to_string());
                }
                // At the end of all time it stands still.
                time = time.checked_add_signed(step).unwrap_or(time);
            }
        });
        true
    }

    /// What will be written, in words; tracks.
    fn words(self) -> Option<String> {
        let (start, step) = (read(&self.start.get())?, step_of(&self.step.get())?);
        let count = u16::try_from(self.keys.with_value(Vec::len)).unwrap_or(u16::MAX);
        let last = start.checked_add_signed(TimeDelta::minutes(step * i64::from(count.saturating_sub(1))))?;
        let is_future = read(&shown_time(Utc::now())).is_some_and(|now| last > now);
        Some(texts::times_made(count, &last.format(FORMAT).to_string(), is_future))
    }

    fn start_why(self) -> Option<String> {
        let is_wrong = self.was_tried.get() && self.start.with(|text| read(text).is_none());
        is_wrong.then(|| texts::answer_error(&AnswerError::NotATime))
    }

    fn step_why(self) -> Option<String> {
        let is_wrong = self.was_tried.get() && self.step.with(|text| step_of(text).is_none());
        is_wrong.then(|| texts::STEP_WRONG.get().to_owned())
    }
}

/// Asks for start and step. Typed times are only replaced if the person says so.
#[component]
pub fn TimesDialog(draft: Draft, index: usize) -> impl IntoView {
    let made = draft.block(index, |block| {
        let lines = block.section.lines.as_ref()?;
        Some((block.key(lines.time.as_deref()?), lines.step_min.unwrap_or(10)))
    });
    let Some((column, step)) = made.flatten() else { return ().into_any() };
    let series = Series::new(draft, &column, step, untrack(|| draft.lines(index)));
    let close = move || draft.over.set(None);
    let fill = move || {
        if series.fill() {
            close();
        }
    };
    let told = move |signal: RwSignal<String>| FieldTold {
        done: Callback::new(move |()| fill()),
        ..FieldTold::typing(move |text| signal.set(text))
    };
    let now = Callback::new(move |()| series.start.set(shown_time(Utc::now())));
    let stamp = Some((texts::NOW_BUTTON.get(), now));
    let name = |id: &str, label: texts::Text| FieldName::new(format!("times-{id}"), label.get());
    let (start_why, step_why) =
        (Signal::derive(move || series.start_why()), Signal::derive(move || series.step_why()));
    let (start, step) = (series.start, series.step);
    let replaces = series.has_typed().then(|| {
        let options = vec![(false, texts::ONLY_EMPTY.get()), (true, texts::ALL_ANEW.get())];
        let choose = move |all| series.replaces.set(all);
        view! { <Choices label=texts::SOME_TIMES_TYPED.get() name="times-replace" options chosen=series.replaces on_choose=choose /> }
    });
    view! {
        <Dialog title=texts::MAKE_TIMES.get() on_close=move |()| close()>
            <div class="replace">
                <LineField name=name("start", texts::FIRST_TIME) value=start complaint=start_why keyboard=Keyboard::Text stamp told=told(start) />
                <LineField name=name("step", texts::STEP_MINUTES) value=step complaint=step_why keyboard=Keyboard::Number stamp=None told=told(step) />
                {replaces}
                <p class="replace__original num" role="status">{move || series.words()}</p>
                <div class="replace__buttons">
                    <button type="button" class="btn" on:click=move |_| close()>{texts::CANCEL.get()}</button>
                    <button type="button" class="btn btn--main replace__save" on:click=move |_| fill()>{texts::FILL_TIMES.get()}</button>
                </div>
            </div>
        </Dialog>
    }
    .into_any()
}
