//! A tablet: a device in this process with a scripted position, or the development host as a program.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use serde_json::Value;
use stackside_core::command::{CommandError, GetState};
use stackside_core::geofence::{Fix, Position, Provider};
use stackside_core::id::{DeviceId, VisitId};
use stackside_device::clock::{Clock, SystemClock};
use stackside_device::position::{PositionSource, Sink};
use stackside_device::{Config, Device, Parts, Patience, Positions};
use tempfile::TempDir;

use crate::program::{Killer, Process, bin};
use crate::server::Server;
use crate::shell::{Reply, Shell};
use crate::technician::sign_in;
use crate::{Result, city, http};

/// What the satellites tell of the time, if anything.
type Satellites = Arc<dyn Fn() -> Option<DateTime<Utc>> + Send + Sync>;

/// A position that stays where it is told to: one good fix as soon as someone looks.
struct Standing {
    clock: Arc<dyn Clock>,
    satellites: Satellites,
    place: Arc<Mutex<Position>>,
}

impl PositionSource for Standing {
    fn start(&self, sink: Sink) {
        let Ok(place) = self.place.lock() else { return };
        sink(Fix {
            position: *place,
            accuracy_m: 4.0,
            provider: Provider::Gps,
            mocked: false,
            boot_ms: self.clock.boot_ms(),
            satellite_time: (self.satellites)(),
            satellites: Some(12),
        });
    }
    fn stop(&self) {}
}

/// A device in this process.
pub struct Tablet {
    device: Device,
    clock: Arc<dyn Clock>,
    satellites: Satellites,
    place: Arc<Mutex<Position>>,
    folder: Arc<TempDir>,
}

impl Tablet {
    /// A new one, that stands at `place` whenever it looks.
    pub fn new(place: Position) -> Result<Self> {
        Self::open(Arc::new(tempfile::tempdir()?), place, Parts::default())
    }
    /// As [`Tablet::in_a_visit`], one that waits as `patience` says.
    pub fn in_a_hurry(
        server: &Server,
        url: &str,
        person: &str,
        patience: Arc<dyn Patience>,
    ) -> Result<(Self, VisitId)> {
        let parts = Parts { patience: Some(patience), ..Parts::default() };
        Self::open(Arc::new(tempfile::tempdir()?), city::PLACE, parts)?.begin(server, url, person)
    }
    /// One with clocks of the test's, and what the satellites tell of the time, if anything.
    pub fn with_clock(
        place: Position,
        clock: Arc<dyn Clock>,
        satellites: impl Fn() -> Option<DateTime<Utc>> + Send + Sync + 'static,
    ) -> Result<Self> {
        let place = Arc::new(Mutex::new(place));
        Self::start(Arc::new(tempfile::tempdir()?), clock, Arc::new(satellites), place, Parts::default())
    }
    /// Ends the app and starts it again on the same folder; whoever was at it has to unlock.
    pub fn start_again(self) -> Result<Self> {
        self.device.close();
        let (clock, satellites) = (Arc::clone(&self.clock), Arc::clone(&self.satellites));
        Self::start(Arc::clone(&self.folder), clock, satellites, Arc::clone(&self.place), Parts::default())
    }
    /// One of `person` that is enrolled through `url`, unlocked and in a visit at the demo's stack.
    pub fn in_a_visit(server: &Server, url: &str, person: &str) -> Result<(Self, VisitId)> {
        Self::new(city::PLACE)?.begin(server, url, person)
    }
    /// One in a folder that may have been another's, with parts of its own beside clock and positions.
    pub fn open(folder: Arc<TempDir>, place: Position, parts: Parts) -> Result<Self> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new()?);
        let wall = Arc::clone(&clock);
        let satellites = Arc::new(move || Some(wall.wall().to_utc()));
        Self::start(folder, clock, satellites, Arc::new(Mutex::new(place)), parts)
    }
    fn begin(self, server: &Server, url: &str, person: &str) -> Result<(Self, VisitId)> {
        server.take_in(&self, url, person)?;
        let visit = sign_in(&self, city::POINT)?;
        Ok((self, visit))
    }
    fn start(
        folder: Arc<TempDir>,
        clock: Arc<dyn Clock>,
        satellites: Satellites,
        place: Arc<Mutex<Position>>,
        parts: Parts,
    ) -> Result<Self> {
        let source = Standing {
            clock: Arc::clone(&clock),
            satellites: Arc::clone(&satellites),
            place: Arc::clone(&place),
        };
        let config = Config {
            data: folder.path().to_owned(),
            positions: Positions::None,
            model: "tablet of a test".into(),
        };
        let parts = Parts { clock: Some(Arc::clone(&clock)), positions: Some(Box::new(source)), ..parts };
        Ok(Self { device: Device::open_with(config, parts)?, clock, satellites, place, folder })
    }
    /// Its id, once it is enrolled.
    pub fn id(&self) -> Result<DeviceId> {
        Ok(self.call(&GetState {})?.enrolment.ok_or("the tablet is nobody's")?.device)
    }
    /// Carries it elsewhere.
    pub fn carry_to(&self, to: Position) {
        if let Ok(mut place) = self.place.lock() {
            *place = to;
        }
    }
    /// Its data folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
    /// The device.
    pub fn device(&self) -> &Device {
        &self.device
    }
}

impl Shell for Tablet {
    fn ask(&self, name: &'static str, args: Value) -> Reply {
        Ok(self.device.dispatch(name, args))
    }
}

impl Drop for Tablet {
    fn drop(&mut self) {
        self.device.close();
    }
}

/// The development host as a program, with the demo's track.
pub struct HostProgram {
    process: Process,
    data: PathBuf,
    ui: PathBuf,
    url: String,
    speed: f64,
}

const TOKEN: &str = "token-of-a-test-0123456789abcdef";

impl HostProgram {
    /// Starts it on a data folder; screens are not needed, so `ui` may be empty.
    pub fn start(data: &Path, ui: &Path, speed: f64) -> Result<Self> {
        let (process, url) = Self::launch(data, ui, speed, |_| ())?;
        Ok(Self { process, data: data.to_owned(), ui: ui.to_owned(), url, speed })
    }
    fn launch(data: &Path, ui: &Path, speed: f64, born: impl FnOnce(Killer)) -> Result<(Process, String)> {
        let gpx = city::root().join("demo/walk-to-stack.gpx");
        let (data, ui, gpx) = (data.to_string_lossy(), ui.to_string_lossy(), gpx.to_string_lossy());
        let speed = speed.to_string();
        let args = ["--data", &data, "--gpx", &gpx, "--gpx-speed", &speed, "--ui", &ui];
        let args = [&args[..], &["--listen", "127.0.0.1:0", "--token", TOKEN]].concat();
        let process = Process::start(&bin("stackside-host")?, &args)?;
        born(process.killer());
        let url = process.address()?;
        Ok((process, url))
    }
    /// Ends it as a dead battery would and starts it again on the same folder.
    pub fn kill_and_restart(&mut self) -> Result<()> {
        self.restart(|_| ())
    }
    /// As [`HostProgram::kill_and_restart`]; `born` hears of the new process before it is ready, and may end it.
    pub fn restart(&mut self, born: impl FnOnce(Killer)) -> Result<()> {
        self.process.kill()?;
        (self.process, self.url) = Self::launch(&self.data, &self.ui, self.speed, born)?;
        Ok(())
    }
    /// Ends it as a dead battery would.
    pub fn kill(&mut self) -> Result<()> {
        self.process.kill()
    }
    /// A second way to ask it, for another thread.
    pub fn client(&self) -> HostClient {
        HostClient { url: self.url.clone() }
    }
}

impl Shell for HostProgram {
    fn ask(&self, name: &'static str, args: Value) -> Reply {
        self.client().ask(name, args)
    }
}

/// Asks a development host.
pub struct HostClient {
    url: String,
}

impl Shell for HostClient {
    fn ask(&self, name: &'static str, args: Value) -> Reply {
        let story = |error: &dyn std::fmt::Display| error.to_string();
        let client = http::client().map_err(|error| story(&error))?;
        let call =
            client.post(format!("{}/ipc/{name}", self.url)).header("x-stackside-token", TOKEN).json(&args);
        let answer = http::send(call).map_err(|error| story(&error))?;
        match answer.status.as_u16() {
            200 | 204 if answer.body.is_empty() => Ok(Ok(Value::Null)),
            200 => serde_json::from_slice(&answer.body).map(Ok).map_err(|error| story(&error)),
            422 => {
                serde_json::from_slice::<CommandError>(&answer.body).map(Err).map_err(|error| story(&error))
            }
            status => Err(format!("{status}: {}", answer.text())),
        }
    }
}
