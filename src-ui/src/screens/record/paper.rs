//! The answers as they stand in the fields, and what the rules say to them: judged once for each change.

use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;
use stackside_core::command::RecordView;
use stackside_core::form::{AnswerKey, Answers, FieldType};
use stackside_core::judge::{Judgement, Verdict, judge};

use super::is_signed;

/// What nobody looks at while typing waits for a pause: the list of what is missing, the outline.
const CALM: Duration = Duration::from_millis(180);

/// The answers with their verdicts.
#[derive(Clone, Copy)]
pub struct Paper {
    view: StoredValue<Arc<RecordView>>,
    /// All answers, computed ones too.
    pub answers: RwSignal<Answers>,
    /// What the rules say.
    pub verdicts: RwSignal<Vec<Verdict>>,
    /// Counts the pauses after changes.
    pub calm: RwSignal<u32>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

impl Paper {
    /// Starts from what the store has.
    pub fn new(read: &Arc<RecordView>) -> Self {
        let paper = Self {
            view: StoredValue::new(Arc::clone(read)),
            answers: RwSignal::new(read.answers.clone()),
            verdicts: RwSignal::new(read.verdicts.clone()),
            calm: RwSignal::new(0),
            timer: StoredValue::new(None),
        };
        paper.change_all(|_| ());
        paper
    }

    /// Changes answers of one block and judges them: a block is judged by its own answers alone. A signed record stays
    /// as it was signed.
    pub fn change(self, key: &AnswerKey, change: impl FnOnce(&mut Answers)) {
        let Some(view) = self.open() else { return };
        let judgement = self.answers.try_update(|answers| {
            change(answers);
            let judgement = judged_block(&view, answers, key);
            fill_block(&view, answers, key, &judgement);
            judgement.verdicts
        });
        let Some(new) = judgement else { return };
        let is_mine = |verdict: &Verdict| verdict.section == key.section && verdict.row == key.row;
        let is_news = self.verdicts.with_untracked(|old| !old.iter().filter(|v| is_mine(v)).eq(&new));
        if is_news {
            self.verdicts.update(|verdicts| {
                let at = verdicts.iter().position(is_mine).unwrap_or(verdicts.len());
                verdicts.retain(|verdict| !is_mine(verdict));
                verdicts.splice(at..at, new);
            });
        }
        self.settle_soon();
    }

    /// Changes answers anywhere, and judges them all.
    pub fn change_all(self, change: impl FnOnce(&mut Answers)) {
        let Some(view) = self.open() else { return };
        let verdicts = self.answers.try_update(|answers| {
            change(answers);
            judge(&view.form, answers, &view.instruments, &view.rulebook).fill(&view.form, answers)
        });
        if let Some(verdicts) = verdicts {
            self.verdicts.set(verdicts);
            self.settle_soon();
        }
    }

    /// Takes answers from the store, if they differ from those that are here.
    pub fn take(self, mut stored: Answers) {
        let Some(view) = self.open() else { return };
        judge(&view.form, &stored, &view.instruments, &view.rulebook).fill(&view.form, &mut stored);
        if self.answers.try_with_untracked(|mine| *mine != stored) == Some(true) {
            self.change_all(|answers| *answers = stored);
        }
    }

    /// The record, as long as it may change.
    fn open(self) -> Option<Arc<RecordView>> {
        self.view.try_get_value().filter(|view| !is_signed(view))
    }

    /// Tells of a change once nothing more comes.
    fn settle_soon(self) {
        let settle = move || {
            let _ = self.calm.try_update(|n| *n = n.wrapping_add(1));
        };
        let timer = set_timeout_with_handle(settle, CALM).ok();
        if let Some(Some(old)) = self.timer.try_update_value(|old| std::mem::replace(old, timer)) {
            old.clear();
        }
    }
}

/// Judges one block: the others have no answers here.
fn judged_block(view: &RecordView, answers: &Answers, key: &AnswerKey) -> Judgement {
    let mine = answers.of_block(&key.section, key.row.as_deref());
    let mine = Answers(mine.map(|(key, answer)| (key.clone(), answer.clone())).collect());
    let mut judgement = judge(&view.form, &mine, &view.instruments, &view.rulebook);
    judgement.verdicts.retain(|verdict| verdict.section == key.section && verdict.row == key.row);
    judgement.computed.retain(|(other, _)| other.section == key.section && other.row == key.row);
    judgement
}

/// Writes what was computed, and takes out what no longer is.
fn fill_block(view: &RecordView, answers: &mut Answers, key: &AnswerKey, judgement: &Judgement) {
    let Some(section) = view.form.section(&key.section) else { return };
    let is_computed = |key: &AnswerKey| {
        let field = if key.line.is_some() { section.column(&key.field) } else { section.field(&key.field) };
        field.is_some_and(|field| field.kind == FieldType::Computed)
    };
    let old: Vec<AnswerKey> = answers
        .of_block(&key.section, key.row.as_deref())
        .map(|(key, _)| key)
        .filter(|key| is_computed(key))
        .cloned()
        .collect();
    for key in old {
        answers.0.remove(&key);
    }
    answers.0.extend(judgement.computed.iter().cloned());
}
