//! One visit, from enrolment to sign-out, on a tablet that may fail at any moment. It goes on from wherever it is, and what
//! the screen has called saved has to be there.

use std::collections::BTreeMap;
use std::sync::Arc;

use stackside_core::command::{AppState, GetRecord, GetState, GetSync, GetToday, GetVisit, RecordView};
use stackside_core::form::AnswerKey;
use stackside_core::hash::Hash;
use stackside_core::id::{RecordId, VisitId};
use stackside_core::record::RecordState;
use stackside_core::visit::VisitState;

use crate::reader::Reader;
use crate::server::Server;
use crate::shell::Shell;
use crate::technician::*;
use crate::{Result, city};

const REMARK: &str = "更换采样滤芯后校准，读数稳定。";
/// The acts of the whole visit, in their order.
const ACTS: [&str; 5] = ["enrolled", "signed_in", "photo_taken", "record_signed", "signed_out"];

/// How answers are typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typing {
    /// Each key is saved.
    Keys,
    /// Each answer is saved once it is whole.
    Answers,
}

/// The visit, and what the screen has called saved of it.
pub struct Work {
    code: String,
    typing: Typing,
    jpeg: Arc<Vec<u8>>,
    enrolled: bool,
    has_pin: bool,
    visit: Option<VisitId>,
    record: Option<RecordId>,
    answers: BTreeMap<AnswerKey, String>,
    /// On its way: there or not there.
    on_the_way: Option<(AnswerKey, String)>,
    is_photographing: bool,
    photo: Option<Hash>,
    signed: bool,
    signed_out: bool,
    entries_held: u64,
}

impl Work {
    /// Work for the demo's technician, not begun yet.
    pub fn new(server: &Server, typing: Typing, jpeg: Arc<Vec<u8>>) -> Result<Self> {
        Ok(Self {
            code: server.person_code(city::PERSON)?,
            typing,
            jpeg,
            enrolled: false,
            has_pin: false,
            visit: None,
            record: None,
            answers: BTreeMap::new(),
            on_the_way: None,
            is_photographing: false,
            photo: None,
            signed: false,
            signed_out: false,
            entries_held: 0,
        })
    }
    /// True once a screen was told that the tablet is enrolled.
    pub fn is_enrolled(&self) -> bool {
        self.enrolled
    }
    /// True while a photo is taken: the camera goes on with it by itself.
    pub fn is_photographing(&self) -> bool {
        self.is_photographing
    }

    /// To the end: what was acknowledged is there, and the visit goes on from where it is.
    pub fn go_on(&mut self, shell: &impl Shell, server: &Server) -> Result<()> {
        self.is_photographing = false;
        self.open_the_tablet(shell, server)?;
        let visit = self.be_in_the_visit(shell)?;
        let record = self.have_the_record(shell, visit)?;
        let view = self.look_at(shell, record)?;
        if view.line.state == RecordState::Draft {
            self.fill(shell, &view)?;
            finish_form(shell, record)?;
            if self.photo.is_none() {
                self.is_photographing = true;
                self.photo = Some(take_photo(shell, record, "reading", &self.jpeg)?.sha256);
                self.is_photographing = false;
            }
            sign(shell, visit, record)?;
        }
        self.signed = true;
        self.entries_held = sync_until_held(shell)?.entries_held;
        if shell.call(&GetVisit { visit })?.state == VisitState::Open {
            sign_out(shell, visit)?;
        }
        self.signed_out = true;
        self.entries_held = sync_until_held(shell)?.entries_held;
        Ok(())
    }

    fn open_the_tablet(&mut self, shell: &impl Shell, server: &Server) -> Result<AppState> {
        let state = shell.call(&GetState {})?;
        hold(!self.enrolled || state.enrolment.is_some(), "the enrolment is gone")?;
        if state.enrolment.is_none() {
            enrol(shell, &server.url(), &server.enrol_code()?)?;
        }
        self.enrolled = true;
        let state = sync_until_known(shell, city::PERSON)?;
        let me = state.people.iter().find(|line| line.id.as_str() == city::PERSON);
        let has_pin = me.is_some_and(|line| line.has_pin);
        hold(!self.has_pin || has_pin, "the PIN is gone")?;
        let state = match has_pin {
            true => unlock(shell, city::PERSON)?,
            false => first_unlock(shell, city::PERSON, &self.code)?,
        };
        self.has_pin = true;
        Ok(state)
    }

    fn be_in_the_visit(&mut self, shell: &impl Shell) -> Result<VisitId> {
        let open: Vec<VisitId> = shell.call(&GetToday {})?.visits.iter().map(|visit| visit.id).collect();
        let visit = match (self.visit, open.as_slice()) {
            (None, []) => sign_in(shell, city::POINT)?,
            (None, [visit]) => *visit,
            (Some(visit), []) if shell.call(&GetVisit { visit })?.state == VisitState::Closed => visit,
            (Some(visit), [there]) if visit == *there && !self.signed_out => visit,
            (visit, open) => return Err(format!("the visit is {visit:?}, open are {open:?}").into()),
        };
        self.visit = Some(visit);
        Ok(visit)
    }

    fn have_the_record(&mut self, shell: &impl Shell, visit: VisitId) -> Result<RecordId> {
        let record = match (self.record, shell.call(&GetVisit { visit })?.records.as_slice()) {
            (None, []) => open_form(shell, visit)?,
            (None, [line]) => line.id,
            (Some(record), [line]) if line.id == record => record,
            (record, lines) => return Err(format!("the record is {record:?}, there are {lines:?}").into()),
        };
        self.record = Some(record);
        Ok(record)
    }

    /// All of the record that was acknowledged is there.
    fn look_at(&mut self, shell: &impl Shell, record: RecordId) -> Result<RecordView> {
        let view = shell.call(&GetRecord { record })?;
        hold(!self.signed || view.line.state == RecordState::Signed, "the signature is gone")?;
        let there = |key: &AnswerKey| view.answers.text(key).unwrap_or_default();
        if let Some((key, text)) = self.on_the_way.take()
            && there(&key) == text
        {
            self.answers.insert(key, text);
        }
        for (key, text) in &self.answers {
            hold(there(key) == text, &format!("{key} is {:?}, not {text:?}", there(key)))?;
        }
        let photos: Vec<Hash> = view.photos.iter().map(|photo| photo.sha256).collect();
        let sha256 = Hash::of(&self.jpeg);
        let is_there = photos == [sha256];
        hold(is_there || (photos.is_empty() && self.photo.is_none()), &format!("photos: {photos:?}"))?;
        self.photo = is_there.then_some(sha256);
        let held = shell.call(&GetSync {})?.entries_held;
        hold(held >= self.entries_held, "what was held is not held any more")?;
        Ok(view)
    }

    fn fill(&mut self, shell: &impl Shell, view: &RecordView) -> Result<()> {
        for (key, text) in readings() {
            let typed = view.answers.text(&key).unwrap_or_default();
            let from = if text.starts_with(typed) { typed.chars().count() } else { 0 };
            let whole = text.chars().count();
            let lengths = match self.typing {
                Typing::Keys => from + 1..=whole,
                Typing::Answers if from == whole => continue,
                Typing::Answers => whole..=whole,
            };
            for length in lengths {
                let part: String = text.chars().take(length).collect();
                self.on_the_way = Some((key.clone(), part.clone()));
                answer(shell, view, &key, &part)?;
                self.answers.insert(key.clone(), part);
            }
        }
        self.on_the_way = None;
        Ok(())
    }

    /// The acts of a log's entries: each at most once, none that was acknowledged is missing.
    pub fn check_acts(&self, kinds: &[String]) -> Result<()> {
        let saved = [self.enrolled, self.visit.is_some(), self.photo.is_some(), self.signed, self.signed_out];
        for (is_saved, kind) in saved.into_iter().zip(ACTS) {
            let count = kinds.iter().filter(|there| *there == kind).count();
            if count > 1 || (is_saved && count == 0) {
                return Err(format!("{count} entries `{kind}`; acknowledged: {is_saved}").into());
            }
        }
        Ok(())
    }

    /// At the end each act is there once.
    pub fn check_all_acts(&self, kinds: &[String]) -> Result<()> {
        hold(kinds == ACTS, &format!("entries: {kinds:?}"))
    }

    /// At the end the one visit lies whole on the server.
    pub fn compare(&self, shell: &impl Shell, server: &Server) -> Result<()> {
        let record = self.record.ok_or("no record")?;
        let answers = shell.call(&GetRecord { record })?.answers;
        for (key, text) in readings() {
            hold(answers.text(&key) == Some(text), &format!("{key} is not {text}"))?;
        }
        hold(self.entries_held == ACTS.len() as u64, "an entry is not held")?;
        let reader = Reader::enrol(&server.url(), &server.enrol_code()?)?;
        let copies = reader.records()?;
        let ids: Vec<RecordId> = copies.iter().map(|copy| copy.content.record).collect();
        hold(ids == [record], &format!("records on the server: {ids:?}"))?;
        hold(copies[0].content.answers == answers, "the answers on the server differ")?;
        hold(reader.file(Hash::of(&self.jpeg))? == *self.jpeg, "the photo on the server differs")
    }
}

/// What is typed.
fn readings() -> Vec<(AnswerKey, &'static str)> {
    let of = |factor: &str, field: &str| AnswerKey::new("analyser", Some(&format!("DA001-{factor}")), field);
    let mut all: Vec<_> = CALIBRATION
        .iter()
        .flat_map(|(factor, readings)| readings.iter().map(|(field, text)| (of(factor, field), *text)))
        .filter(|(key, _)| !key.to_string().contains("/range."))
        .collect();
    all.push((AnswerKey::new("footer", None, "remark"), REMARK));
    all
}

/// The error says what does not hold.
pub fn hold(holds: bool, what: &str) -> Result<()> {
    if holds { Ok(()) } else { Err(what.to_owned().into()) }
}
