//! Killing the device's process at any moment of a whole visit loses nothing that was acknowledged. The moments are
//! random: `STACKSIDE_SEED` chooses them, `STACKSIDE_KILLS` says how many there are. A hundred take less than two minutes;
//! `make torture` has 5 000.

#![expect(clippy::unwrap_used, reason = "what helps a test is a test")]

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::Value;
use stackside_core::evidence::Entry;
use stackside_device::store::{Database, FILE_NAME};
use stackside_tests::chance::Chance;
use stackside_tests::program::Killer;
use stackside_tests::server::Server;
use stackside_tests::shell::{Reply, Shell, ShellError};
use stackside_tests::tablet::HostProgram;
use stackside_tests::work::{Typing, Work};
use stackside_tests::{Result, chain, chance, photo};

/// At once: the moments are better spent on what is saved.
const WALK_SPEED: f64 = 2000.0;
const KILLS: u64 = 100;

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

struct Journey {
    server: Server,
    mortal: Mortal,
    folder: tempfile::TempDir,
    work: Work,
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
        let work = Work::new(&server, Typing::Keys, jpeg)?;
        let mortal = Mortal { tablet, fate: Mutex::new(fate) };
        Ok(Self { server, mortal, folder, work, evidence: vec![] })
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
        // The key stays where it is.
        let database = Database::of(&data(self.folder.path()))?.connect(&copy.path().join(FILE_NAME))?;
        if !database.table_exists(None, "entry")? {
            return if self.work.is_enrolled() { Err("the database is gone".into()) } else { Ok(()) };
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
        self.work.check_acts(&kinds)?;
        self.evidence = now;
        Ok(())
    }

    fn live(&mut self) -> Result<()> {
        self.work.go_on(&self.mortal, &self.server)
    }

    /// The one visit lies whole on the server, each act once.
    fn compare(&mut self) -> Result<()> {
        self.work.compare(&self.mortal, &self.server)?;
        self.mortal.tablet.kill()?;
        self.look_at_the_evidence()?;
        self.work.check_all_acts(&chain::kinds(&self.evidence, self.server.app.public_key())?)
    }
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
