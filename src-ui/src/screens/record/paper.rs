//! The answers as they stand in the fields, and what the rules say to them: judged once for each change.

use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;
use stackside_core::command::RecordView;
use stackside_core::form::Answers;
use stackside_core::judge::{Verdict, judge};

use super::is_signed;

/// What is not looked at while a key is down waits so long: the list of what is missing, the outline.
const CALM: Duration = Duration::from_millis(60);

/// The answers with their verdicts.
#[derive(Clone, Copy)]
pub struct Paper {
    view: StoredValue<Arc<RecordView>>,
    /// All answers, computed ones too.
    pub answers: RwSignal<Answers>,
    /// What the rules say.
    pub verdicts: RwSignal<Vec<Verdict>>,
    /// Counts the changes, a moment after them.
    pub calm: RwSignal<u32>,
    is_waiting: StoredValue<bool>,
}

impl Paper {
    /// Starts from what the store has.
    pub fn new(read: &Arc<RecordView>) -> Self {
        let paper = Self {
            view: StoredValue::new(Arc::clone(read)),
            answers: RwSignal::new(read.answers.clone()),
            verdicts: RwSignal::new(read.verdicts.clone()),
            calm: RwSignal::new(0),
            is_waiting: StoredValue::new(false),
        };
        paper.change(|_| ());
        paper
    }

    /// Changes answers and judges them. A signed record stays as it was signed.
    pub fn change(self, change: impl FnOnce(&mut Answers)) {
        let Some(view) = self.view.try_get_value().filter(|view| !is_signed(view)) else { return };
        let verdicts = self.answers.try_update(|answers| {
            change(answers);
            judged(&view, answers)
        });
        let Some(verdicts) = verdicts else { return };
        if self.verdicts.with_untracked(|old| *old != verdicts) {
            self.verdicts.set(verdicts);
        }
        if !self.is_waiting.get_value() {
            self.is_waiting.set_value(true);
            set_timeout(move || self.settle(), CALM);
        }
    }

    fn settle(self) {
        if self.is_waiting.try_set_value(false).is_none() {
            let _ = self.calm.try_update(|n| *n = n.wrapping_add(1));
        }
    }

    /// Takes answers from the store, if they differ from those that are here.
    pub fn take(self, mut stored: Answers) {
        let Some(view) = self.view.try_get_value() else { return };
        if !is_signed(&view) {
            judged(&view, &mut stored);
        }
        if self.answers.try_with_untracked(|mine| *mine != stored) == Some(true) {
            self.change(|answers| *answers = stored);
        }
    }
}

fn judged(view: &RecordView, answers: &mut Answers) -> Vec<Verdict> {
    judge(&view.form, answers, &view.instruments, &view.rulebook).fill(&view.form, answers)
}
