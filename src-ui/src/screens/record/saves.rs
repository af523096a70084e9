//! What is typed on its way to the store: one save at a time per field, the latest always last, none forgotten.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use leptos::prelude::*;
use stackside_core::command::{CommandError, SaveAnswer, SaveReason};
use stackside_core::form::{Answer, AnswerKey, Answers};
use stackside_core::id::RecordId;

use super::paper::Paper;
use crate::shell;

/// With the way to the store, well within the 300 ms that an answer may be unsaved.
const PAUSE: Duration = Duration::from_millis(200);

/// What is saved.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// An answer.
    Answer(AnswerKey),
    /// Of a correction: why.
    Reason,
}

/// How all that was typed into the record stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SaveState {
    /// All are in the store.
    Saved,
    /// Some are on their way.
    Saving,
    /// At least one could not be saved; it is tried again with the next event.
    Failed(CommandError),
}

#[derive(Debug, Clone)]
struct Typed {
    text: String,
    reason: Option<String>,
}

#[derive(Default)]
struct Slot {
    waiting: Option<Typed>,
    is_running: bool,
    failed: Option<CommandError>,
    timer: Option<TimeoutHandle>,
}

/// What was typed into one record and is not in the store yet. It outlives the screen until they are.
pub struct Saves {
    record: RecordId,
    slots: Mutex<BTreeMap<What, Slot>>,
    paper: Paper,
    state: RwSignal<SaveState>,
    /// Counts what was typed: what was read before it is out of date.
    puts: AtomicU32,
}

impl Saves {
    /// For what is typed into a record.
    pub fn new(record: RecordId, paper: Paper, state: RwSignal<SaveState>) -> Self {
        Self { record, slots: Mutex::default(), paper, state, puts: AtomicU32::new(0) }
    }

    fn with<T>(&self, what: &What, run: impl FnOnce(&mut Slot) -> T) -> T {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        run(slots.entry(what.clone()).or_default())
    }

    /// Takes what stands in a field; it goes out after a short pause, and what failed before goes along.
    pub fn put(self: &Arc<Self>, what: &What, text: String, reason: Option<String>) {
        self.puts.fetch_add(1, Ordering::Relaxed);
        let (saves, mine) = (Arc::clone(self), what.clone());
        let timer = set_timeout_with_handle(move || saves.send(&mine), PAUSE).ok();
        self.with(what, |slot| {
            slot.timer.take().inspect(TimeoutHandle::clear);
            slot.timer = timer;
            // A reason that is not in the store yet stays with the value it was given for.
            let reason = reason.or_else(|| slot.waiting.take().and_then(|typed| typed.reason));
            slot.waiting = Some(Typed { text, reason });
        });
        self.retry();
        self.tell();
    }

    /// Sends what stands in a field now, unless something of it is on its way: then after it.
    pub fn send(self: &Arc<Self>, what: &What) {
        let typed = self.with(what, |slot| {
            slot.timer.take().inspect(TimeoutHandle::clear);
            if slot.is_running {
                return None;
            }
            let typed = slot.waiting.take()?;
            slot.is_running = true;
            Some(typed)
        });
        let Some(typed) = typed else { return };
        self.tell();
        let (saves, what) = (Arc::clone(self), what.clone());
        leptos::task::spawn_local(async move {
            let result = saves.call(&what, typed.clone()).await;
            saves.done(&what, typed, result);
        });
    }

    /// Of an answer the store's word on it.
    async fn call(&self, what: &What, typed: Typed) -> Result<Option<Answer>, CommandError> {
        let (record, Typed { text, reason }) = (self.record, typed);
        match what {
            What::Answer(key) => {
                let key = key.clone();
                shell::call(&SaveAnswer { record, key, text, reason }).await.map(Some)
            }
            What::Reason => shell::call(&SaveReason { record, reason: text }).await.map(|()| None),
        }
    }

    fn done(self: &Arc<Self>, what: &What, typed: Typed, result: Result<Option<Answer>, CommandError>) {
        let is_next = self.with(what, |slot| {
            slot.is_running = false;
            match &result {
                Ok(_) => slot.failed = None,
                Err(error) => {
                    slot.failed = Some(error.clone());
                    // Something newer replaces it, but takes over its reason.
                    match &mut slot.waiting {
                        Some(newer) => newer.reason = newer.reason.take().or(typed.reason.clone()),
                        None => slot.waiting = Some(typed.clone()),
                    }
                }
            }
            slot.waiting.is_some() && slot.timer.is_none() && slot.failed.is_none()
        });
        if let (What::Answer(key), Ok(Some(answer))) = (what, result) {
            self.take_back(key, &typed, answer);
        }
        if is_next {
            self.send(what);
        }
        self.tell();
    }

    /// The store's word on where the answer came from, if nothing newer was typed.
    fn take_back(&self, key: &AnswerKey, typed: &Typed, answer: Answer) {
        let is_news = self.paper.answers.try_with_untracked(|answers| {
            answers.0.get(key).is_some_and(|mine| mine.text == typed.text && *mine != answer)
        });
        if is_news == Some(true) {
            self.paper.change(key, |answers| {
                answers.0.insert(key.clone(), answer);
            });
        }
    }

    /// Takes the answers that the store has now, such as a new bottle's concentration, unless something was typed since
    /// `puts`; then false.
    pub fn take_all(&self, stored: Answers, puts: u32) -> bool {
        if self.is_busy() || puts != self.puts() {
            return false;
        }
        self.paper.take(stored);
        true
    }

    /// True while something is on its way or waits to be sent.
    pub fn is_busy(&self) -> bool {
        let slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.values().any(|slot| slot.is_running || slot.waiting.is_some())
    }

    /// How often something was typed.
    pub fn puts(&self) -> u32 {
        self.puts.load(Ordering::Relaxed)
    }

    /// Sends all that waits: on leaving.
    pub fn flush(self: &Arc<Self>) {
        self.send_where(|slot| slot.waiting.is_some());
    }

    /// Sends again what failed.
    pub fn retry(self: &Arc<Self>) {
        self.send_where(|slot| slot.failed.is_some() && slot.timer.is_none());
    }

    fn send_where(self: &Arc<Self>, wanted: impl Fn(&Slot) -> bool) {
        let all: Vec<What> = {
            let slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
            slots.iter().filter(|(_, slot)| wanted(slot)).map(|(what, _)| what.clone()).collect()
        };
        all.iter().for_each(|what| self.send(what));
    }

    fn tell(&self) {
        let state = {
            let slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
            let failed = slots.values().find_map(|slot| slot.failed.clone().filter(|_| !slot.is_running));
            let is_busy = slots.values().any(|slot| slot.is_running || slot.waiting.is_some());
            match failed {
                Some(error) => SaveState::Failed(error),
                None if is_busy => SaveState::Saving,
                None => SaveState::Saved,
            }
        };
        if self.state.try_with_untracked(|old| *old != state) == Some(true) {
            self.state.set(state);
        }
    }
}
