//! The record on the screen: its answers as typed, what the rules say to them, and where the person is.

use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use leptos::prelude::*;
use stackside_core::command::{GetRecord, PhotoLine, Place, RecordLine, RecordView, SavePlace};
use stackside_core::form::{
    Answer, AnswerError, AnswerKey, Answers, Block, Field, FieldType, Judge, Origin, Override, Problem, Unit,
    blocks, check, check_answer,
};
use stackside_core::judge::{Verdict, fill_computed, judge};
use wasm_bindgen::JsCast;

use super::saves::{SaveState, Saves};
use super::{is_pad_type, is_signed};
use crate::{shell, texts};

/// Pause before reading again what was overtaken by typing.
const READ_AGAIN: Duration = Duration::from_millis(700);

/// What stands in the middle of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The block of this number.
    Block(usize),
    /// The photos.
    Photos,
}

/// The record on the screen.
#[derive(Clone, Copy)]
pub struct Draft {
    view: StoredValue<Arc<RecordView>>,
    /// The answers as they stand in the fields.
    pub answers: RwSignal<Answers>,
    /// The photos.
    pub photos: RwSignal<Vec<PhotoLine>>,
    /// The record's line: send state.
    pub line: RwSignal<RecordLine>,
    /// What is shown.
    pub part: RwSignal<Part>,
    /// The field that has, or had last, the focus.
    pub target: RwSignal<Option<AnswerKey>>,
    /// The prefilled value that is being replaced.
    pub replacing: RwSignal<Option<AnswerKey>>,
    /// Whether all is in the store.
    pub state: RwSignal<SaveState>,
    /// What the rules say.
    pub verdicts: Memo<Vec<Verdict>>,
    /// What stands in the way of signing.
    pub problems: Memo<Vec<Problem>>,
    saves: StoredValue<Arc<Saves>>,
}

impl Draft {
    /// Starts from what the store has.
    pub fn new(read: Arc<RecordView>) -> Self {
        let answers = RwSignal::new(read.answers.clone());
        let photos = RwSignal::new(read.photos.clone());
        let state = RwSignal::new(SaveState::Saved);
        let signed = is_signed(&read);
        let by_rules = Arc::clone(&read);
        let verdicts = Memo::new(move |_| match signed {
            true => by_rules.verdicts.clone(),
            false => answers
                .with(|answers| judge(&by_rules.form, answers, &by_rules.instruments, &by_rules.rulebook)),
        });
        let by_form = Arc::clone(&read);
        let problems = Memo::new(move |_| {
            if signed {
                return vec![];
            }
            let slots: Vec<String> =
                photos.with(|photos| photos.iter().filter_map(|photo| photo.slot.clone()).collect());
            let RecordView { form, instruments, bottles, .. } = &*by_form;
            answers.with(|answers| check(form, answers, instruments, bottles, &slots, Utc::now()))
        });
        Self {
            answers,
            photos,
            line: RwSignal::new(read.line.clone()),
            part: RwSignal::new(Part::Block(0)),
            target: RwSignal::new(None),
            replacing: RwSignal::new(None),
            state,
            verdicts,
            problems,
            saves: StoredValue::new(Arc::new(Saves::new(read.line.id, answers, state))),
            view: StoredValue::new(read),
        }
    }

    /// The record as it was read.
    pub fn view(self) -> Arc<RecordView> {
        self.view.get_value()
    }
    /// True once nothing may change any more.
    pub fn is_signed(self) -> bool {
        self.view.with_value(|view| is_signed(view))
    }
    /// The screen's path.
    pub fn path(self) -> String {
        self.view.with_value(|view| format!("/record/{}", view.line.id))
    }

    /// Runs with the block and field of a key; nothing if the form has none such.
    pub fn field<T>(self, key: &AnswerKey, run: impl FnOnce(&Block<'_>, &Field) -> T) -> Option<T> {
        self.view.with_value(|view| {
            let all = blocks(&view.form, &view.instruments);
            let block = all.iter().find(|block| block.key(&key.field) == *key)?;
            let field = block.fields().find(|field| field.id == key.field)?;
            Some(run(block, field))
        })
    }
    /// Runs with a block by its number.
    pub fn block<T>(self, index: usize, run: impl FnOnce(&Block<'_>) -> T) -> Option<T> {
        self.view.with_value(|view| blocks(&view.form, &view.instruments).get(index).map(run))
    }
    fn block_of(self, key: &AnswerKey) -> Option<usize> {
        self.view.with_value(|view| {
            let all = blocks(&view.form, &view.instruments);
            all.iter().position(|block| {
                block.section.id == key.section && (key.row.is_none() || block.key(&key.field) == *key)
            })
        })
    }

    /// An answer's text; tracks.
    pub fn text(self, key: &AnswerKey) -> String {
        self.answers.with(|answers| answers.0.get(key).map(|answer| answer.text.clone()).unwrap_or_default())
    }
    /// True for a value that was known before anyone typed and asks for a reason to be replaced.
    pub fn is_given(self, key: &AnswerKey) -> bool {
        self.answers.with_untracked(|answers| answers.0.get(key).is_some_and(is_given))
    }
    /// True for a number that is typed.
    pub fn is_number(self, key: &AnswerKey) -> bool {
        self.field(key, |_, field| is_pad_type(field.kind)) == Some(true) && !self.is_given(key)
    }
    /// True if a field belongs to a part.
    pub fn is_in(self, key: &AnswerKey, part: Part) -> bool {
        matches!(part, Part::Block(index) if self.block_of(key) == Some(index))
    }
    /// True if a part has numbers to type.
    pub fn has_numbers(self, part: Part) -> bool {
        let Part::Block(index) = part else { return false };
        self.block(index, |block| block.fields().any(|field| is_pad_type(field.kind))) == Some(true)
    }

    /// What is wrong with a field as it stands; a gap is not wrong while the form is being filled. Tracks.
    pub fn complaint(self, key: &AnswerKey) -> Option<String> {
        if self.is_signed() {
            return None;
        }
        let error = self.view.with_value(|view| {
            let all = blocks(&view.form, &view.instruments);
            let block = all.iter().find(|block| block.key(&key.field) == *key)?;
            let field = block.fields().find(|field| field.id == key.field)?;
            self.answers.with(|answers| check_answer(field, key, answers, &view.bottles, Utc::now()).err())
        })?;
        (error != AnswerError::Missing && !self.is_half_typed(key)).then(|| texts::answer_error(&error))
    }
    /// True for a lone sign or point in the field that is being typed: no reason to complain yet. Tracks.
    pub fn is_half_typed(self, key: &AnswerKey) -> bool {
        matches!(self.text(key).as_str(), "-" | "." | "-." | "－" | "−")
            && self.target.with(|target| target.as_ref() == Some(key))
    }

    /// The unit of a number; tracks.
    pub fn unit(self, key: &AnswerKey) -> Option<String> {
        let unit = self.field(key, |_, field| field.unit.clone())??;
        let unit = match unit {
            Unit::Fixed(unit) => unit,
            Unit::Field(other) => self.text(&key.sibling(&other)),
        };
        Some(unit).filter(|unit| !unit.is_empty())
    }
    /// Group, field and unit in one line; tracks.
    pub fn pad_title(self, key: &AnswerKey) -> String {
        let names = self.field(key, |block, field| {
            let group =
                field.group.as_ref().and_then(|id| block.section.groups.iter().find(|group| group.id == *id));
            let group = group.map(|group| texts::label(&group.label).to_owned());
            (group, texts::label(&field.label).to_owned())
        });
        let (group, name) = names.unwrap_or_default();
        group.into_iter().chain([name]).chain(self.unit(key)).collect::<Vec<_>>().join(" · ")
    }
    /// What a number may be; tracks.
    pub fn allowed(self, key: &AnswerKey) -> Option<String> {
        let bounds = self.field(key, |_, field| field.bounds.clone())??;
        let (low, high) = self.answers.with(|answers| bounds.ends(key, answers))?;
        Some(texts::allowed(low, high))
    }
    /// The reading after the last adjustment, for the other readings of its row; tracks.
    pub fn last_value(self, key: &AnswerKey) -> Option<String> {
        let last = self.field(key, |block, field| {
            let group = field.group.as_deref()?;
            let judge = block.section.judges.iter().find(|judge| judge.group() == group)?;
            let Judge::Drift { last, .. } = judge;
            (*last != field.id).then(|| last.clone())
        })??;
        Some(self.text(&key.sibling(&last))).filter(|text| !text.is_empty())
    }
    /// A computed field's text: from the verdicts as they stand. Tracks.
    pub fn computed(self, key: &AnswerKey) -> String {
        let mut shown = Answers::default();
        self.view.with_value(|view| {
            self.verdicts.with(|verdicts| fill_computed(&view.form, &mut shown, verdicts))
        });
        shown.text(key).map(str::to_owned).unwrap_or_default()
    }

    /// Takes what was typed; it is in the store a moment later.
    pub fn type_in(self, key: &AnswerKey, text: String) {
        if self.is_signed() {
            return;
        }
        self.answers.update(|answers| {
            let answer = answers.0.entry(key.clone()).or_insert_with(|| Answer::typed(""));
            answer.text.clone_from(&text);
            if !is_given(answer) {
                answer.origin = Origin::Typed;
            }
        });
        self.saves.with_value(|saves| saves.put(key, text, None));
    }
    /// Replaces a prefilled value.
    pub fn replace(self, key: &AnswerKey, text: String, reason: String) {
        self.answers.update(|answers| {
            let answer = answers.0.entry(key.clone()).or_insert_with(|| Answer::typed(""));
            let original =
                answer.replaced.take().map_or_else(|| answer.text.clone(), |replaced| replaced.original);
            answer.text.clone_from(&text);
            answer.replaced = Some(Override { original, reason: reason.clone() });
        });
        self.saves.with_value(|saves| {
            saves.put(key, text, Some(reason));
            saves.send(key);
        });
    }
    /// Sends a field's answer without waiting.
    pub fn save_now(self, key: &AnswerKey) {
        self.saves.with_value(|saves| saves.send(key));
    }
    /// Sends all that waits.
    pub fn flush(self) {
        let _ = self.saves.try_with_value(|saves| saves.flush());
    }
    /// Sends again what failed.
    pub fn retry(self) {
        self.saves.with_value(|saves| saves.retry());
    }

    /// Reads the record anew: photos, send state, and answers that changed with another one. What was typed meanwhile
    /// stays, and then it reads again.
    pub fn read_again(self) {
        let record = self.view.with_value(|view| view.line.id);
        let puts = self.saves.with_value(|saves| saves.puts());
        leptos::task::spawn_local(async move {
            let Ok(read) = shell::call(&GetRecord { record }).await else { return };
            let RecordView { photos, line, answers, .. } = read;
            if self.photos.try_with_untracked(|old| *old != photos) == Some(true) {
                self.photos.set(photos);
            }
            if self.line.try_with_untracked(|old| *old != line) == Some(true) {
                self.line.set(line);
            }
            if self.saves.try_with_value(|saves| saves.take_all(answers, puts)) == Some(false) {
                set_timeout(
                    move || {
                        if self.saves.try_with_value(|_| ()).is_some() {
                            self.read_again();
                        }
                    },
                    READ_AGAIN,
                );
            }
        });
    }

    /// The focus came to a field: the pad types there, and the app comes back there.
    pub fn entered(self, key: &AnswerKey) {
        if self.target.with_untracked(|target| target.as_ref() == Some(key)) {
            return;
        }
        self.target.set(Some(key.clone()));
        let place = Place { path: self.path(), field: Some(key.clone()) };
        leptos::task::spawn_local(async move {
            // Losing the place loses no work: not worth a word.
            let _ = shell::call(&SavePlace { place }).await;
        });
    }

    /// Shows a field and puts the focus there.
    pub fn go_to(self, key: &AnswerKey) {
        if key.section == "photo" {
            self.part.set(Part::Photos);
            return;
        }
        let Some(index) = self.block_of(key) else { return };
        self.part.set(Part::Block(index));
        let key = self.block(index, |block| block.key(&key.field)).unwrap_or_else(|| key.clone());
        let id = dom_id(&key);
        // Drawn in the next frame.
        request_animation_frame(move || {
            let element = document().get_element_by_id(&id);
            if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok())
            {
                let _ = element.focus();
                element.scroll_into_view_with_bool(false);
            }
        });
    }

    /// On to the next field that has to be typed; behind the last one the photos.
    pub fn go_on(self) {
        let here = self.target.get_untracked();
        if let Some(here) = &here {
            self.save_now(here);
        }
        let Part::Block(shown) = self.part.get_untracked() else { return };
        let next = self.view.with_value(|view| {
            let all = blocks(&view.form, &view.instruments);
            let keys = all.iter().enumerate().flat_map(|(index, block)| {
                block.fields().map(move |field| {
                    (index, block.key(&field.id), field.required && field.kind != FieldType::Computed)
                })
            });
            self.answers.with_untracked(|answers| {
                // From the field with the focus if it is on the screen, otherwise from the start of what is shown.
                let from = here.filter(|key| self.block_of(key) == Some(shown));
                let mut is_behind = false;
                keys.filter(|(index, key, _)| {
                    let was_behind = is_behind;
                    is_behind = is_behind || from.as_ref().map_or(*index >= shown, |from| from == key);
                    if from.is_some() { was_behind } else { is_behind }
                })
                .find(|(_, key, must)| *must && answers.text(key).is_none())
                .map(|(_, key, _)| key)
            })
        });
        match next {
            Some(key) => self.go_to(&key),
            None => self.part.set(Part::Photos),
        }
    }

    /// Where to begin: the first block to work on.
    pub fn first_part(self) -> Part {
        let index = self.view.with_value(|view| {
            let all = blocks(&view.form, &view.instruments);
            all.iter().position(|block| {
                self.answers.with_untracked(|answers| {
                    block.fields().any(|field| {
                        field.required
                            && field.kind != FieldType::Computed
                            && answers.text(&block.key(&field.id)).is_none()
                    })
                })
            })
        });
        Part::Block(index.unwrap_or(0))
    }
}

/// True for a value from the register or the last record, replaced or not.
pub fn is_given(answer: &Answer) -> bool {
    let is_known =
        matches!(answer.origin, Origin::Register | Origin::Last { .. }) && !answer.text.trim().is_empty();
    is_known || answer.replaced.is_some()
}

/// A field's id in the page.
pub fn dom_id(key: &AnswerKey) -> String {
    format!("field-{key}")
}
