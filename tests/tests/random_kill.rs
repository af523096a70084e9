//! Killing the device's process at any moment of a whole visit loses nothing that was acknowledged. The moments are
//! random: `STACKSIDE_SEED` chooses them, `STACKSIDE_KILLS` says how many there are. A hundred take less than two minutes;
//! `make torture` has 5 000.

#![expect(clippy::unwrap_used, reason = "what helps a test is a test")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::Value;
use stackside_core::command::{GetRecord, GetState, GetSync, GetToday, GetVisit};
use stackside_core::evidence::Entry;
use stackside_core::form::AnswerKey;
use stackside_core::hash::Hash;
use stackside_core::id::{RecordId, VisitId};
use stackside_core::record::RecordState;
use stackside_core::visit::VisitState;
use stackside_tests::chance::Chance;
use stackside_tests::program::Killer;
use stackside_tests::reader::Reader;
use stackside_tests::server::Server;
use stackside_tests::shell::{Reply, Shell, ShellError};
use stackside_tests::tablet::HostProgram;
use stackside_tests::technician::*;
use stackside_tests::{Result, chain, chance, city, photo};

/// At once: the moments are better spent on what is saved.
const WALK_SPEED: f64 = 2000.0;
const KILLS: u64 = 100;
const REMARK: &str = "更换采样滤芯后校准，读数稳定。";

/// When the process dies: after so many calls, and then a moment, which falls into a call or between two.
struct Fate {
    calls: u64,
    pause: Duration,
    killer: Option<Killer>,
    dying: Option<JoinHandle<()>>,
}

impl Fate {
    fn strike(&mut self) {
        let (Some(killer), pause) = (self.killer.take(), self.pause) else { return };
        self.dying = Some(std::thread::spawn(move || {
            std::thread::sleep(pause);
            killer.kill().unwrap();
        }));
    }
}

/// A tablet that dies when its time has come.
struct Mortal {
    tablet: HostProgram,
    fate: Mutex<Fate>,
}

impl Shell for Mortal {
    fn ask(&self, name: &'static str, args: Value) -> Reply {
        {
            let mut fate = self.fate.lock().unwrap();
            match fate.calls.checked_sub(1) {
                Some(left) => fate.calls = left,
                None => fate.strike(),
            }
        }
        self.tablet.ask(name, args)
    }
}

/// What the screen has called saved.
#[derive(Default)]
struct Saved {
    enrolled: bool,
    has_pin: bool,
    visit: Option<VisitId>,
    record: Option<RecordId>,
    answers: BTreeMap<AnswerKey, String>,
    /// On its way: there or not there.
    typing: Option<(AnswerKey, String)>,
    photo: Option<Hash>,
    signed: bool,
    signed_out: bool,
    entries_held: u64,
}

struct Journey {
    server: Server,
    mortal: Mortal,
    folder: tempfile::TempDir,
    code: String,
    jpeg: Arc<Vec<u8>>,
    saved: Saved,
    /// The evidence as it lay on the disk after the last death.
    evidence: Vec<Entry>,
}

fn data(folder: &Path) -> PathBuf {
    folder.join("tablet")
}

impl Journey {
    fn begin(jpeg: Arc<Vec<u8>>) -> Result<Self> {
        let server = Server::start()?;
        let folder = tempfile::tempdir()?;
        std::fs::write(folder.path().join("index.html"), "<!doctype html>")?;
        let tablet = HostProgram::start(&data(folder.path()), folder.path(), WALK_SPEED)?;
        let fate = Fate { calls: u64::MAX, pause: Duration::ZERO, killer: None, dying: None };
        let code = server.person_code(city::PERSON)?;
        let mortal = Mortal { tablet, fate: Mutex::new(fate) };
        Ok(Self { server, mortal, folder, code, jpeg, saved: Saved::default(), evidence: vec![] })
    }

    /// The next life, with its end laid down. False if it ended before it was ready.
    fn be_born(&mut self, end: Option<(u64, Duration)>) -> Result<bool> {
        let fate = self.mortal.fate.get_mut().unwrap();
        let (calls, pause) = end.unwrap_or((u64::MAX, Duration::ZERO));
        *fate = Fate { calls, pause, killer: None, dying: None };
        let born = |killer| {
            fate.killer = end.is_some().then_some(killer);
            // A life without calls ends while the app starts.
            if calls == 0 {
                fate.strike();
            }
        };
        match self.mortal.tablet.restart(born) {
            Ok(()) => Ok(true),
            Err(_) if self.mortal.fate.get_mut().unwrap().dying.is_some() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Waits until it is dead.
    fn die(&mut self) -> Result<()> {
        let fate = self.mortal.fate.get_mut().unwrap();
        fate.strike();
        let dying = fate.dying.take().ok_or("nobody kills it")?;
        dying.join().map_err(|_| "the killer failed")?;
        self.look_at_the_evidence()
    }

    /// The evidence on the disk of a dead tablet: nothing of it is gone or changed, and the chain holds.
    fn look_at_the_evidence(&mut self) -> Result<()> {
        let copy = tempfile::tempdir()?;
        for name in ["stackside.sqlite", "stackside.sqlite-wal"] {
            let from = data(self.folder.path()).join(name);
            if from.exists() {
                std::fs::copy(from, copy.path().join(name))?;
            }
        }
        let database = rusqlite::Connection::open(copy.path().join("stackside.sqlite"))?;
        if !database.table_exists(None, "entry")? {
            return if self.saved.enrolled { Err("the database is gone".into()) } else { Ok(()) };
        }
        let mut statement =
            database.prepare("SELECT header, signature, body FROM entry ORDER BY log, seq")?;
        let text = |row: &rusqlite::Row<'_>| Ok([row.get(0)?, row.get(1)?, row.get(2)?]);
        let rows = statement.query_map([], text)?.collect::<std::result::Result<Vec<[String; 3]>, _>>()?;
        let mut now = Vec::new();
        for [header, signature, body] in rows {
            now.push(Entry { header, signature: serde_json::from_value(signature.into())?, body });
        }
        if !now.starts_with(&self.evidence) {
            return Err("evidence is gone or changed".into());
        }
        let kinds = chain::kinds(&now, self.server.app.public_key())?;
        let saved = &self.saved;
        for (is_saved, kind) in [
            (saved.enrolled, "enrolled"),
            (saved.visit.is_some(), "signed_in"),
            (saved.photo.is_some(), "photo_taken"),
            (saved.signed, "record_signed"),
            (saved.signed_out, "signed_out"),
        ] {
            let count = kinds.iter().filter(|there| *there == kind).count();
            if count > 1 || (is_saved && count == 0) {
                return Err(format!("{count} entries `{kind}`; acknowledged: {is_saved}").into());
            }
        }
        self.evidence = now;
        Ok(())
    }

    /// One life: what was acknowledged is there, and the visit goes on from where it is.
    fn live(&mut self) -> Result<()> {
        let (mortal, saved) = (&self.mortal, &mut self.saved);
        let mut state = mortal.call(&GetState {})?;
        hold(!saved.enrolled || state.enrolment.is_some(), "the enrolment is gone")?;
        if state.enrolment.is_none() {
            enrol(mortal, &self.server.url(), &self.server.enrol_code()?)?;
        }
        saved.enrolled = true;
        state = sync_until_known(mortal, city::PERSON)?;
        let me = state.people.iter().find(|line| line.id.as_str() == city::PERSON);
        let has_pin = me.is_some_and(|line| line.has_pin);
        hold(!saved.has_pin || has_pin, "the PIN is gone")?;
        match has_pin {
            true => drop(unlock(mortal, city::PERSON)?),
            false => drop(first_unlock(mortal, city::PERSON, &self.code)?),
        }
        saved.has_pin = true;

        let open: Vec<VisitId> = mortal.call(&GetToday {})?.visits.iter().map(|visit| visit.id).collect();
        let visit = match (saved.visit, open.as_slice()) {
            (None, []) => sign_in(mortal, city::POINT)?,
            (None, [visit]) => *visit,
            (Some(visit), []) if mortal.call(&GetVisit { visit })?.state == VisitState::Closed => visit,
            (Some(visit), [there]) if visit == *there && !saved.signed_out => visit,
            (visit, open) => return Err(format!("the visit is {visit:?}, open are {open:?}").into()),
        };
        saved.visit = Some(visit);
        let record = match (saved.record, mortal.call(&GetVisit { visit })?.records.as_slice()) {
            (None, []) => open_form(mortal, visit)?,
            (None, [line]) => line.id,
            (Some(record), [line]) if line.id == record => record,
            (record, lines) => return Err(format!("the record is {record:?}, there are {lines:?}").into()),
        };
        saved.record = Some(record);
        let view = mortal.call(&GetRecord { record })?;
        hold(!saved.signed || view.line.state == RecordState::Signed, "the signature is gone")?;
        let there = |key: &AnswerKey| view.answers.text(key).unwrap_or_default().to_owned();
        if let Some((key, text)) = saved.typing.take()
            && there(&key) == text
        {
            saved.answers.insert(key, text);
        }
        for (key, text) in &saved.answers {
            hold(there(key) == *text, &format!("{key} is {:?}, not {text:?}", there(key)))?;
        }
        let photos: Vec<Hash> = view.photos.iter().map(|photo| photo.sha256).collect();
        let sha256 = Hash::of(&self.jpeg);
        let is_there = photos == [sha256];
        hold(is_there || (photos.is_empty() && saved.photo.is_none()), &format!("photos: {photos:?}"))?;
        saved.photo = is_there.then_some(sha256);
        let held = mortal.call(&GetSync {})?.entries_held;
        hold(held >= saved.entries_held, "what was held is not held any more")?;

        if view.line.state == RecordState::Draft {
            for (key, text) in readings() {
                let typed = there(&key);
                let from = if text.starts_with(&typed) { typed.chars().count() } else { 0 };
                for length in from + 1..=text.chars().count() {
                    let part: String = text.chars().take(length).collect();
                    saved.typing = Some((key.clone(), part.clone()));
                    answer(mortal, &view, &key, &part)?;
                    saved.answers.insert(key.clone(), part);
                }
            }
            saved.typing = None;
            finish_form(mortal, record)?;
            if !is_there {
                saved.photo = Some(take_photo(mortal, record, "reading", &self.jpeg)?.sha256);
            }
            sign(mortal, visit, record)?;
        }
        saved.signed = true;
        saved.entries_held = sync_until_held(mortal)?.entries_held;
        if mortal.call(&GetVisit { visit })?.state == VisitState::Open {
            sign_out(mortal, visit)?;
        }
        saved.signed_out = true;
        saved.entries_held = sync_until_held(mortal)?.entries_held;
        Ok(())
    }

    /// The one visit lies whole on the server, each act once.
    fn compare(&mut self) -> Result<()> {
        let record = self.saved.record.ok_or("no record")?;
        let answers = self.mortal.call(&GetRecord { record })?.answers;
        for (key, text) in readings() {
            hold(answers.text(&key) == Some(text), &format!("{key} is not {text}"))?;
        }
        self.mortal.tablet.kill()?;
        self.look_at_the_evidence()?;
        let kinds = chain::kinds(&self.evidence, self.server.app.public_key())?;
        let once = ["enrolled", "signed_in", "photo_taken", "record_signed", "signed_out"];
        hold(kinds == once, &format!("entries: {kinds:?}"))?;
        hold(self.saved.entries_held == 5, "an entry is not held")?;
        let reader = Reader::enrol(&self.server.url(), &self.server.enrol_code()?)?;
        let copies = reader.records()?;
        let ids: Vec<RecordId> = copies.iter().map(|copy| copy.content.record).collect();
        hold(ids == [record], &format!("records on the server: {ids:?}"))?;
        hold(copies[0].content.answers == answers, "the answers on the server differ")?;
        hold(reader.file(Hash::of(&self.jpeg))? == *self.jpeg, "the photo on the server differs")
    }
}

/// What is typed, key by key.
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

fn hold(holds: bool, what: &str) -> Result<()> {
    if holds { Ok(()) } else { Err(what.to_owned().into()) }
}

/// One visit with so many kills at most, and the kills that are left once it was over.
fn visit(chance: &mut Chance, jpeg: Arc<Vec<u8>>, mut kills: u64) -> Result<u64> {
    let mut journey = Journey::begin(jpeg)?;
    let mut is_over = false;
    while kills > 0 && !is_over {
        kills -= 1;
        // Some lives end while the app starts. Of the others most end soon after a call began: the product makes long
        // pauses rare.
        let calls = if chance.below(8) == 0 { 0 } else { 4 + chance.below(20) };
        let pause = chance.below(1000) * chance.below(1000) / 10;
        let told = |error| format!("killed after {calls} calls and {pause} µs, {kills} to go: {error}");
        if journey.be_born(Some((calls, Duration::from_micros(pause)))).map_err(told)? {
            let lived = journey.live();
            let is_struck = journey.mortal.fate.get_mut().unwrap().dying.is_some();
            match lived {
                Ok(()) => is_over = true,
                Err(error) if is_struck && matches!(error.downcast_ref(), Some(ShellError::Gone { .. })) => {}
                Err(error) => return Err(told(error).into()),
            }
        }
        journey.die().map_err(told)?;
    }
    journey.be_born(None)?;
    journey.live()?;
    journey.compare()?;
    Ok(kills)
}

fn run(seed: u64, mut kills: u64) -> Result<()> {
    let (mut chance, jpeg) = (Chance(seed), Arc::new(photo::jpeg(3000, 2000, 5)?));
    while kills > 0 {
        kills = visit(&mut chance, Arc::clone(&jpeg), kills)?;
    }
    Ok(())
}

#[test]
fn a_tablet_that_dies_at_random_moments_ends_with_one_whole_visit_on_the_server() {
    let seed = chance::seed();
    run(seed, chance::number("STACKSIDE_KILLS").unwrap_or(KILLS))
        .unwrap_or_else(|error| panic!("{error}; again with STACKSIDE_SEED={seed}"));
}
