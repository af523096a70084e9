//! A disk that fails below SQLite at any call of a whole visit loses nothing that was acknowledged: a call that fails, a
//! disk without space, a power cut that takes unflushed writes or half of a page. `make test` fails at some dozens of
//! calls, in less than a minute; `make torture` at every `STACKSIDE_STRIDE`th of them. `STACKSIDE_SEED` chooses the rest.

#![expect(clippy::unwrap_used, reason = "what helps a test is a test")]

mod disk;

use std::sync::Arc;

use serde_json::Value;
use stackside_core::command::{CommandError, GetState};
use stackside_core::evidence::Header;
use stackside_core::export::Export;
use stackside_device::export::{Selection, check};
use stackside_device::{Parts, archive};
use stackside_tests::chance::Chance;
use stackside_tests::server::Server;
use stackside_tests::shell::{Reply, Shell, ShellError};
use stackside_tests::tablet::Tablet;
use stackside_tests::wait::until;
use stackside_tests::work::{Typing, Work, hold};
use stackside_tests::{Result, chance, city, photo};
use tempfile::TempDir;

use disk::{Disk, Fault};

/// For each fault, where there is no stride.
const TRIALS: u64 = 12;
/// So often a fault may be met before a visit has to get on.
const MOST_TRIES: u32 = 12;

/// A tablet on a disk: without power nobody answers.
struct Powered {
    tablet: Tablet,
    disk: &'static Disk,
}

impl Shell for Powered {
    fn ask(&self, name: &'static str, args: Value) -> Reply {
        let reply = self.tablet.ask(name, args);
        if self.disk.is_off() { Err("the power is off".to_owned()) } else { reply }
    }
}

struct Trial {
    fault: Option<Fault>,
    disk: &'static Disk,
    server: Server,
    folder: Arc<TempDir>,
    work: Work,
    /// The headers of the log as they were last seen.
    evidence: Vec<String>,
}

impl Trial {
    fn begin(jpeg: Arc<Vec<u8>>, planned: Option<(u64, Fault)>) -> Result<Self> {
        let server = Server::start()?;
        let work = Work::new(&server, Typing::Answers, jpeg)?;
        let (disk, folder) = (Disk::new(), Arc::new(tempfile::tempdir()?));
        if let Some((call, fault)) = planned {
            disk.plan(call, fault);
        }
        Ok(Self { fault: planned.map(|(_, fault)| fault), disk, server, folder, work, evidence: vec![] })
    }

    fn open(&self) -> Result<Powered> {
        let parts = Parts { vfs: Some(self.disk.name().to_owned()), ..Parts::default() };
        Ok(Powered { tablet: Tablet::open(Arc::clone(&self.folder), city::PLACE, parts)?, disk: self.disk })
    }

    /// Lives until the visit is over; each may end at the fault.
    fn run(&mut self, chance: &mut Chance) -> Result<()> {
        for _ in 0..MOST_TRIES {
            let is_over = match self.open() {
                Ok(powered) => self.live(&powered, chance)?,
                Err(_) if self.disk.met().is_some() => false,
                Err(error) => return Err(error),
            };
            until("end of all connections", || Ok((!self.disk.is_in_use()).then_some(())))?;
            if self.work.is_photographing() {
                // A photo that finds no room at a start either is attached at a later one, beside the one taken meanwhile.
                self.disk.make_room();
            }
            if self.disk.is_off() {
                self.disk.power_on(|end| chance.below(end))?;
            }
            if is_over {
                return self.look_back();
            }
        }
        Err("the visit does not get on".into())
    }

    fn live(&mut self, powered: &Powered, chance: &mut Chance) -> Result<bool> {
        self.look_at_the_evidence(powered).or_else(|error| self.excuse(error))?;
        loop {
            let Err(error) = self.work.go_on(powered, &self.server) else { return Ok(true) };
            self.excuse(error)?;
            // The technician tries again, or starts the app anew.
            if self.disk.is_off() || self.work.is_photographing() || chance.below(2) == 0 {
                return Ok(false);
            }
        }
    }

    /// Lets pass what the fault has to be called; anything else is a failure.
    fn excuse(&self, error: Box<dyn std::error::Error + Send + Sync>) -> Result<()> {
        let is_said = match (error.downcast_ref(), self.fault) {
            (Some(ShellError::Gone { .. }), Some(Fault::PowerCut)) => self.disk.is_off(),
            (Some(ShellError::Command { error, .. }), Some(Fault::Error)) => {
                *error == CommandError::DiskFailed
            }
            (Some(ShellError::Command { error, .. }), Some(Fault::Full)) => *error == CommandError::DiskFull,
            _ => false,
        };
        if is_said { Ok(()) } else { Err(error) }
    }

    /// Nothing of the log is gone or changed, the chain holds, and the database was never damaged.
    fn look_at_the_evidence(&mut self, powered: &Powered) -> Result<()> {
        if !self.work.is_enrolled() {
            return Ok(());
        }
        let recovered = powered.call(&GetState {})?.recovered.and_then(|found| found.database);
        hold(recovered.is_none(), "the database was damaged")?;
        let mut bytes = vec![];
        if let Err(error) = powered.tablet.device().export(Selection::Log(None), &mut bytes) {
            // Neither the disk's fault nor a missing log can be told apart here; the next look finds it.
            return if self.disk.met().is_some() { Ok(()) } else { Err(error.into()) };
        }
        let report = check(&bytes[..], Some(self.server.app.public_key()))?;
        hold(report.failure.is_none(), &format!("{report:?}"))?;
        let contents = archive::read(&bytes[..]).map_err(|_| "the export cannot be read")?;
        let export =
            Export::read(contents.texts, contents.files).map_err(|failure| format!("{failure:?}"))?;
        hold(export.headers.starts_with(&self.evidence), "evidence is gone or changed")?;
        self.evidence = export.headers;
        self.work.check_acts(&self.kinds()?)
    }

    fn kinds(&self) -> Result<Vec<String>> {
        let kind = |text: &String| Ok(serde_json::from_str::<Header>(text)?.kind);
        self.evidence.iter().map(kind).collect()
    }

    /// The disk is whole again: the one visit is there and on the server, each act once.
    fn look_back(&mut self) -> Result<()> {
        self.disk.stay_whole();
        let powered = self.open()?;
        self.look_at_the_evidence(&powered)?;
        self.work.go_on(&powered, &self.server)?;
        self.work.compare(&powered, &self.server)?;
        self.work.check_all_acts(&self.kinds()?)
    }
}

/// A visit with a fault at a call; the disk that it was on.
fn trial(seed: u64, jpeg: &Arc<Vec<u8>>, planned: Option<(u64, Fault)>) -> &'static Disk {
    let told = || format!("{planned:?}, STACKSIDE_SEED={seed}");
    let mut trial =
        Trial::begin(Arc::clone(jpeg), planned).unwrap_or_else(|error| panic!("{}: {error}", told()));
    let done = trial.run(&mut Chance(seed));
    done.unwrap_or_else(|error| panic!("{} at {:?}: {error}", told(), trial.disk.met()));
    trial.disk
}

#[test]
fn a_disk_that_fails_at_any_call_ends_with_one_whole_visit_on_the_server() {
    let seed = chance::seed();
    let jpeg = Arc::new(photo::jpeg(320, 240, 5).unwrap());
    let calls = trial(seed, &jpeg, None).calls();
    assert!(calls > 10 * TRIALS, "{calls} calls are no visit");
    let stride = chance::number("STACKSIDE_STRIDE").unwrap_or((calls / TRIALS).max(1));
    let mut chance = Chance(seed);
    let (mut planned, mut met) = (0, 0);
    for fault in [Fault::Error, Fault::Full, Fault::PowerCut] {
        let first = 1 + chance.below(stride);
        for call in (first..calls).step_by(usize::try_from(stride).unwrap()) {
            planned += 1;
            met += u32::from(trial(seed, &jpeg, Some((call, fault))).met().is_some());
        }
    }
    // Where a busy machine made the first visit wait, and ask, for longer, the others are over before the last calls.
    assert!(met * 2 > planned, "{met} of {planned} faults were met");
}
