//! The record on the screen: its answers as typed, what the rules say to them, and what lies over it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use leptos::prelude::*;
use stackside_core::command::{GetRecord, GetVersion, PhotoLine, RecordLine, RecordView, Workplace};
use stackside_core::form::{
    Answer, AnswerError, AnswerKey, Answers, Block, Field, Origin, Override, Problem, Site, blocks, check,
    check_answer,
};
use stackside_core::id::RecordId;
use stackside_core::judge::problems;
use stackside_core::register::Bottle;

use super::is_signed;
use super::paper::Paper;
use super::saves::{SaveState, Saves, What};
use crate::shell;

/// Pause before reading again: what is typed goes first.
const READ_AGAIN: Duration = Duration::from_millis(700);

/// What stands in the middle of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The block of this number.
    Block(usize),
    /// The photos.
    Photos,
}

/// What lies over the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Over {
    /// The list of what is missing.
    Missing,
    /// A prefilled value is replaced.
    Replace(AnswerKey),
    /// A bottle is replaced.
    Bottle(AnswerKey),
    /// A second person signs.
    Signature(AnswerKey),
    /// Times for the lines of a block.
    Times(usize),
    /// A line goes.
    RemoveLine(AnswerKey),
    /// A photo for a slot.
    Camera(String),
    /// Desk work or a correction is signed.
    Sign,
    /// A correction is dropped.
    Discard,
    /// A returned record stands as it is.
    Appeal,
}

/// A field with its place.
#[derive(Debug, Clone)]
pub struct Spot {
    /// Its answer.
    pub key: AnswerKey,
    /// The field or column.
    pub field: Arc<Field>,
}

/// The record on the screen.
#[derive(Clone, Copy)]
pub struct Draft {
    view: StoredValue<Arc<RecordView>>,
    /// The answers with their verdicts.
    pub paper: Paper,
    /// The photos.
    pub photos: RwSignal<Vec<PhotoLine>>,
    /// The point's bottles.
    pub bottles: RwSignal<Vec<Bottle>>,
    /// The record's line: send state.
    pub line: RwSignal<RecordLine>,
    /// What a reviewer said.
    pub review: RwSignal<Option<stackside_core::command::ReviewLine>>,
    /// What is shown.
    pub part: RwSignal<Part>,
    /// The field that has, or had last, the focus.
    pub target: RwSignal<Option<AnswerKey>>,
    /// What lies over the screen.
    pub over: RwSignal<Option<Over>>,
    /// Whether all is in the store.
    pub state: RwSignal<SaveState>,
    /// What is wrong in the block that is shown, as it stands.
    wrong: Memo<BTreeMap<AnswerKey, AnswerError>>,
    /// What stands in the way of signing, a moment after the last change.
    pub problems: Memo<Vec<Problem>>,
    /// Lines that were added to a block's table and have no answer yet.
    pub added: RwSignal<BTreeMap<usize, u16>>,
    /// Of a correction: why.
    pub reason: RwSignal<String>,
    /// The records that replaced bottles made.
    pub made: RwSignal<BTreeMap<AnswerKey, RecordId>>,
    slots: Memo<Vec<String>>,
    saves: StoredValue<Arc<Saves>>,
    is_reading: StoredValue<bool>,
}

impl Draft {
    /// Starts from what the store has.
    pub fn new(read: Arc<RecordView>) -> Self {
        let paper = Paper::new(&read);
        let photos = RwSignal::new(read.photos.clone());
        let bottles = RwSignal::new(read.bottles.clone());
        let state = RwSignal::new(SaveState::Saved);
        let slots = Memo::new(move |_| {
            photos.with(|photos| photos.iter().filter_map(|photo| photo.slot.clone()).collect::<Vec<_>>())
        });
        let view = StoredValue::new(Arc::clone(&read));
        let all = Memo::new(move |_| {
            paper.calm.track();
            view.with_value(|view| match is_signed(view) {
                true => vec![],
                false => bottles.with(|bottles| {
                    slots.with(|slots| all_problems(view, paper, &site(view, bottles, slots)))
                }),
            })
        });
        let part = RwSignal::new(Part::Block(0));
        // One for all fields: a key that changes no complaint then stirs none of them.
        let wrong = Memo::new(move |_| {
            let Part::Block(index) = part.get() else { return BTreeMap::new() };
            view.with_value(|view| match blocks(&view.form, &view.instruments).get(index) {
                Some(block) if !is_signed(view) => bottles.with(|bottles| {
                    slots.with(|slots| wrong_answers(block, paper, &site(view, bottles, slots)))
                }),
                _ => BTreeMap::new(),
            })
        });
        Self {
            view,
            paper,
            photos,
            bottles,
            line: RwSignal::new(read.line.clone()),
            review: RwSignal::new(read.review.clone()),
            part,
            target: RwSignal::new(None),
            over: RwSignal::new(None),
            state,
            wrong,
            problems: all,
            added: RwSignal::default(),
            reason: RwSignal::new(read.correction.as_ref().map(|of| of.reason.clone()).unwrap_or_default()),
            made: RwSignal::default(),
            slots,
            saves: StoredValue::new(Arc::new(Saves::new(read.line.id, paper, state))),
            is_reading: StoredValue::new(false),
        }
    }

    /// The record as it was read.
    pub fn view(self) -> Arc<RecordView> {
        self.view.get_value()
    }
    /// Runs with the record as it was read.
    pub fn with_view<T>(self, run: impl FnOnce(&RecordView) -> T) -> T {
        self.view.with_value(|view| run(view))
    }
    /// True once nothing may change any more.
    pub fn is_signed(self) -> bool {
        self.view.with_value(|view| is_signed(view))
    }
    /// Which record.
    pub fn id(self) -> RecordId {
        self.view.with_value(|view| view.line.id)
    }
    /// The screen's path.
    pub fn path(self) -> String {
        format!("/record/{}", self.id())
    }
    /// Where the work is: the visit, or the point for desk work.
    pub fn place(self) -> Workplace {
        self.with_view(|view| match view.line.visit {
            Some(visit) => Workplace::Visit(visit),
            None => Workplace::Point(view.line.point.clone()),
        })
    }
    /// True for a draft that corrects a signed record.
    pub fn is_correction(self) -> bool {
        self.with_view(|view| view.correction.is_some())
    }
    /// True for what is signed on its own: desk work and corrections. All else is signed with its visit.
    pub fn is_signed_here(self) -> bool {
        self.with_view(|view| view.line.visit.is_none() || view.correction.is_some())
    }
    /// The path of where the work is: of a correction, the record's versions.
    pub fn home(self) -> String {
        if let Some(of) = self.with_view(|view| view.correction.as_ref().map(|correction| correction.of)) {
            return format!("/record/{of}/history");
        }
        match self.place() {
            Workplace::Visit(visit) => format!("/visit/{visit}"),
            Workplace::Point(point) => format!("/point/{point}"),
        }
    }

    /// Runs with the block and field of a key; nothing if the form has none such.
    pub fn field<T>(self, key: &AnswerKey, run: impl FnOnce(&Block<'_>, &Field) -> T) -> Option<T> {
        self.view.with_value(|view| {
            let all = blocks(&view.form, &view.instruments);
            let block = all.iter().find(|block| block.holds(key))?;
            Some(run(block, block.field_of(key)?))
        })
    }
    /// Runs with a block by its number.
    pub fn block<T>(self, index: usize, run: impl FnOnce(&Block<'_>) -> T) -> Option<T> {
        self.view.with_value(|view| blocks(&view.form, &view.instruments).get(index).map(run))
    }
    /// The number of the block that a key belongs to; of a key without an instrument the section's first one.
    pub fn block_of(self, key: &AnswerKey) -> Option<usize> {
        self.view.with_value(|view| {
            let all = blocks(&view.form, &view.instruments);
            all.iter()
                .position(|block| block.holds(key) || (block.section.id == key.section && key.row.is_none()))
        })
    }
    /// Runs with the answers and all that they are checked against; tracks.
    pub fn with_site<T>(self, run: impl FnOnce(&Answers, &Site<'_>) -> T) -> T {
        self.view.with_value(|view| {
            self.bottles.with(|bottles| {
                self.slots.with(|slots| {
                    self.paper.answers.with(|answers| run(answers, &site(view, bottles, slots)))
                })
            })
        })
    }

    /// An answer's text; tracks.
    pub fn text(self, key: &AnswerKey) -> String {
        let text = |answers: &Answers| answers.0.get(key).map(|answer| answer.text.clone());
        self.paper.answers.with(text).unwrap_or_default()
    }
    /// True for a value that was known before anyone typed and asks for a reason to be replaced.
    pub fn is_given(self, key: &AnswerKey) -> bool {
        self.paper.answers.with_untracked(|answers| answers.0.get(key).is_some_and(is_given))
    }
    /// What is wrong with an answer as it stands; a gap is not wrong while the form is being filled. Tracks.
    pub fn error(self, key: &AnswerKey) -> Option<AnswerError> {
        let error = self.wrong.with(|wrong| wrong.get(key).cloned())?;
        if self.is_half_typed(key) { None } else { Some(error) }
    }
    /// True for a lone sign or point, or a × without its word, in the field that is being typed: no reason to complain
    /// yet. Tracks.
    pub fn is_half_typed(self, key: &AnswerKey) -> bool {
        matches!(self.text(key).trim(), "-" | "." | "-." | "－" | "−" | "<" | "bad" | "impossible")
            && self.target.with(|target| target.as_ref() == Some(key))
    }

    /// Takes what was typed; it is in the store a moment later.
    pub fn type_in(self, key: &AnswerKey, text: String) {
        if self.is_signed() {
            return;
        }
        self.paper.change(key, |answers| {
            let answer = answers.0.entry(key.clone()).or_insert_with(|| Answer::typed(""));
            answer.text.clone_from(&text);
            if !is_given(answer) {
                answer.origin = Origin::Typed;
            }
        });
        self.saves.with_value(|saves| saves.put(&What::Answer(key.clone()), text, None));
    }
    /// Takes what was typed as the reason of a correction.
    pub fn type_reason(self, text: String) {
        self.reason.set(text.clone());
        self.saves.with_value(|saves| saves.put(&What::Reason, text, None));
    }
    /// Takes what a button says; it is sent at once.
    pub fn put(self, key: &AnswerKey, text: String) {
        self.type_in(key, text);
        self.save_now(key);
    }
    /// Replaces a prefilled value.
    pub fn replace(self, key: &AnswerKey, text: String, reason: String) {
        self.paper.change(key, |answers| {
            let answer = answers.0.entry(key.clone()).or_insert_with(|| Answer::typed(""));
            let original =
                answer.replaced.take().map_or_else(|| answer.text.clone(), |replaced| replaced.original);
            answer.text.clone_from(&text);
            answer.replaced = Some(Override { original, reason: reason.clone() });
        });
        self.saves.with_value(|saves| saves.put(&What::Answer(key.clone()), text, Some(reason)));
        self.save_now(key);
    }
    /// Sends a field's answer without waiting.
    pub fn save_now(self, key: &AnswerKey) {
        self.saves.with_value(|saves| saves.send(&What::Answer(key.clone())));
    }
    /// Sends all that waits.
    pub fn flush(self) {
        let _ = self.saves.try_with_value(|saves| saves.flush());
    }
    /// Sends again what failed.
    pub fn retry(self) {
        self.saves.with_value(|saves| saves.retry());
    }
    /// True while something is on its way to the store.
    pub fn is_busy(self) -> bool {
        self.saves.try_with_value(|saves| saves.is_busy()).unwrap_or(false)
    }

    /// Reads the record anew before long, once however often it is asked for, and not while something is typed.
    pub fn read_soon(self) {
        if self.is_reading.try_get_value() != Some(false) {
            return;
        }
        self.is_reading.set_value(true);
        set_timeout(
            move || match self.is_reading.try_set_value(false) {
                Some(_) => (), // the screen is gone
                None if self.is_busy() => self.read_soon(),
                None => self.read_again(),
            },
            READ_AGAIN,
        );
    }
    /// Reads the record anew: photos, bottles, send state, and answers that changed with another one. What was typed
    /// meanwhile stays, and then it reads again.
    pub fn read_again(self) {
        let Some(puts) = self.saves.try_with_value(|saves| saves.puts()) else { return };
        let record = self.id();
        let number = self.with_view(|view| is_signed(view).then_some(view.line.marks.version));
        leptos::task::spawn_local(async move {
            let read = match number {
                Some(number) => shell::call(&GetVersion { record, number }).await,
                None => shell::call(&GetRecord { record }).await,
            };
            let Ok(read) = read else { return };
            let RecordView { photos, line, answers, bottles, review, .. } = read;
            refresh(self.photos, photos);
            refresh(self.bottles, bottles);
            refresh(self.line, line);
            refresh(self.review, review);
            if self.saves.try_with_value(|saves| saves.take_all(answers, puts)) == Some(false) {
                self.read_soon();
            }
        });
    }
}

fn refresh<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, new: T) {
    if signal.try_with_untracked(|old| *old != new) == Some(true) {
        signal.set(new);
    }
}

fn site<'a>(view: &'a RecordView, bottles: &'a [Bottle], slots: &'a [String]) -> Site<'a> {
    Site {
        instruments: &view.instruments,
        bottles,
        last_done: &view.last_done,
        begun_on: view.begun_on,
        photo_slots: slots,
        now: Utc::now(),
    }
}

/// What is wrong in a block, or keeps it from being judged; tracks.
fn wrong_answers(block: &Block<'_>, paper: Paper, site: &Site<'_>) -> BTreeMap<AnswerKey, AnswerError> {
    let of_rules = paper.verdicts.with(|verdicts| {
        let mine = |problem: &Problem| block.holds(&problem.key);
        problems(verdicts).filter(mine).map(|problem| (problem.key, problem.error)).collect::<Vec<_>>()
    });
    let of_answers = paper.answers.with(|answers| {
        let check = |(key, field): (AnswerKey, &Field)| {
            let error = check_answer(field, &key, answers, site).err()?;
            Some((key, error))
        };
        block.asked(answers).into_iter().filter_map(check).collect::<Vec<_>>()
    });
    // The first of a field counts; what the answer itself has wrong comes before what the rules say.
    let mut wrong: BTreeMap<_, _> = of_rules.into_iter().rev().chain(of_answers).collect();
    wrong.retain(|key, error| !is_gap(error, key));
    wrong
}

/// What is missing or wrong, and what stands in the way of a verdict.
fn all_problems(view: &RecordView, paper: Paper, site: &Site<'_>) -> Vec<Problem> {
    let mut all = paper.answers.with_untracked(|answers| check(&view.form, answers, site));
    paper.verdicts.with_untracked(|verdicts| {
        for problem in problems(verdicts) {
            if all.iter().all(|known| known.key != problem.key) {
                all.push(problem);
            }
        }
    });
    all
}

/// True for what is only missing, and for times of a table that were made beforehand: nothing is wrong yet.
fn is_gap(error: &AnswerError, key: &AnswerKey) -> bool {
    match error {
        AnswerError::Missing
        | AnswerError::PhotoMissing
        | AnswerError::TooFewLines { .. }
        | AnswerError::NoBlock => true,
        AnswerError::InTheFuture => key.line.is_some(),
        _ => false,
    }
}

/// True for what comes in the course of the work, a word on a fault too.
pub fn is_still_ahead(problem: &Problem) -> bool {
    problem.error == AnswerError::RemarkMissing || is_gap(&problem.error, &problem.key)
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
