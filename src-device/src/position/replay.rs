//! Plays a GPX track back as positions, for machines without satellites.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use stackside_core::geofence::{Fix, Position, Provider};

use super::{PositionSource, Sink};
use crate::clock::Clock;

/// After its end a track stays at its last point, once a second.
const STAY: Duration = Duration::from_secs(1);

/// Why a file is no track to play.
#[derive(Debug, thiserror::Error)]
pub enum TrackError {
    /// The file cannot be read.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// It is no GPX.
    #[error("not a GPX file: {0}")]
    Form(String),
    /// A point lacks something, or there is none.
    #[error("point {point}: {what}")]
    Point {
        /// From 1.
        point: usize,
        /// What is wrong with it.
        what: &'static str,
    },
    /// Not above zero.
    #[error("the speed is a number above zero")]
    Speed,
}

#[derive(Debug, Clone)]
struct Step {
    /// Since the start of the replay.
    after: Duration,
    position: Position,
    accuracy_m: f64,
    satellites: Option<u32>,
}

/// A track, played by its own times.
pub struct Replay {
    steps: Arc<Vec<Step>>,
    clock: Arc<dyn Clock>,
    // Which run may go on: a thread of an older run ends when it sees another number.
    run: Arc<(Mutex<u64>, Condvar)>,
}

impl Replay {
    /// Reads the tracks of a file. Each point needs a time and a `hdop`, read as metres of accuracy. Where the file's
    /// own `metadata` has a time before the first point, reading began then: the first fix comes late.
    pub fn open(file: &Path, speed: f64, clock: Arc<dyn Clock>) -> Result<Self, TrackError> {
        if !(speed.is_finite() && speed > 0.0) {
            return Err(TrackError::Speed);
        }
        let gpx = gpx::read(BufReader::new(File::open(file)?))
            .map_err(|error| TrackError::Form(error.to_string()))?;
        let points = gpx.tracks.iter().flat_map(|track| &track.segments).flat_map(|segment| &segment.points);
        let mut steps = Vec::new();
        let began = gpx.metadata.as_ref().and_then(|about| moment(about.time));
        let mut first: Option<DateTime<Utc>> = None;
        for (index, point) in points.enumerate() {
            let wrong = |what| TrackError::Point { point: index + 1, what };
            let time = moment(point.time).ok_or(wrong("no time"))?;
            let first = *first.get_or_insert_with(|| began.map_or(time, |began| began.min(time)));
            let since = (time - first).to_std().map_err(|_| wrong("earlier than the first"))?;
            let accuracy_m =
                point.hdop.filter(|hdop| hdop.is_finite() && *hdop >= 0.0).ok_or(wrong("no hdop"))?;
            let position =
                Position::new(point.point().x(), point.point().y()).map_err(|_| wrong("no such place"))?;
            let satellites = point.sat.and_then(|number| u32::try_from(number).ok());
            steps.push(Step { after: since.div_f64(speed), position, accuracy_m, satellites });
        }
        if steps.is_empty() {
            return Err(TrackError::Point { point: 1, what: "there is none" });
        }
        Ok(Self { steps: Arc::new(steps), clock, run: Arc::default() })
    }
}

fn moment(time: Option<gpx::Time>) -> Option<DateTime<Utc>> {
    time?.format().ok()?.parse().ok()
}

impl PositionSource for Replay {
    fn start(&self, sink: Sink) {
        let mine = next_run(&self.run);
        let (steps, clock, run) = (Arc::clone(&self.steps), Arc::clone(&self.clock), Arc::clone(&self.run));
        let play = move || {
            let begun = Instant::now();
            let mut at = Duration::ZERO;
            for index in 0.. {
                let Some(step) = steps.get(index).or(steps.last()) else { return };
                at = if index < steps.len() { step.after } else { at + STAY };
                if !waited_until(&run, mine, begun + at) {
                    return;
                }
                sink(Fix {
                    position: step.position,
                    accuracy_m: step.accuracy_m,
                    provider: Provider::Replay,
                    mocked: false,
                    boot_ms: clock.boot_ms(),
                    // The track's times are those of its recording: they prove nothing about now.
                    satellite_time: None,
                    satellites: step.satellites,
                });
            }
        };
        if let Err(error) = std::thread::Builder::new().name("replay".into()).spawn(play) {
            tracing::error!(%error, "the track is not played");
        }
    }
    fn stop(&self) {
        next_run(&self.run);
    }
}

impl Drop for Replay {
    fn drop(&mut self) {
        self.stop();
    }
}

fn next_run(run: &(Mutex<u64>, Condvar)) -> u64 {
    let mut number = run.0.lock().unwrap_or_else(PoisonError::into_inner);
    *number += 1;
    run.1.notify_all();
    *number
}

/// False if the run ended before.
fn waited_until(run: &(Mutex<u64>, Condvar), mine: u64, until: Instant) -> bool {
    let mut number = run.0.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if *number != mine || left.is_zero() {
            return *number == mine;
        }
        number = run.1.wait_timeout(number, left).unwrap_or_else(PoisonError::into_inner).0;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;
    use crate::clock::SystemClock;

    fn track(points: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        let text = format!(
            r#"<?xml version="1.0"?><gpx version="1.1" creator="test" xmlns="http://www.topografix.com/GPX/1/1">
            <trk><trkseg>{points}</trkseg></trk></gpx>"#
        );
        std::fs::write(file.path(), text).unwrap();
        file
    }
    fn open(points: &str, speed: f64) -> Result<Replay, TrackError> {
        Replay::open(track(points).path(), speed, Arc::new(SystemClock::new().unwrap()))
    }
    const TWO: &str = r#"<trkpt lat="30" lon="120"><time>2026-01-01T00:00:00Z</time><hdop>12.5</hdop></trkpt>
        <trkpt lat="31" lon="121"><time>2026-01-01T00:01:00Z</time><hdop>4</hdop></trkpt>"#;

    #[test]
    fn a_track_is_played_by_its_own_times_and_proves_no_time() {
        let replay = open(TWO, 1000.0).unwrap();
        let (sink, fixes) = mpsc::channel();
        replay.start(Arc::new(move |fix| drop(sink.send(fix))));
        let (first, second) = (fixes.recv().unwrap(), fixes.recv().unwrap());
        assert_eq!((first.accuracy_m, first.position.longitude), (12.5, 120.0));
        assert_eq!((second.accuracy_m, second.provider), (4.0, Provider::Replay));
        assert!(second.boot_ms - first.boot_ms >= 55 && second.satellite_time.is_none());
        assert_eq!(fixes.recv().unwrap().position, second.position, "it stays at its end");
        replay.stop();
        while fixes.recv().is_ok() {}
    }

    #[test]
    fn the_first_fix_comes_late_where_the_recording_began_before_it() {
        let with = |time: &str| {
            let file = track(TWO);
            let text = std::fs::read_to_string(file.path()).unwrap();
            let about = format!("<metadata><time>{time}</time></metadata><trk>");
            std::fs::write(file.path(), text.replacen("<trk>", &about, 1)).unwrap();
            let replay = Replay::open(file.path(), 1.0, Arc::new(SystemClock::new().unwrap())).unwrap();
            replay.steps.iter().map(|step| step.after.as_secs()).collect::<Vec<_>>()
        };
        assert_eq!(with("2025-12-31T23:59:30Z"), [30, 90]);
        assert_eq!(with("2026-01-01T08:00:00Z"), [0, 60], "that is when the file was written");
    }

    #[test]
    fn a_point_that_lacks_something_is_an_error_and_no_default() {
        for (points, speed, what) in [
            ("", 1.0, "there is none"),
            (&TWO.replace("<hdop>4</hdop>", ""), 1.0, "no hdop"),
            (&TWO.replace("<time>2026-01-01T00:01:00Z</time>", ""), 1.0, "no time"),
            (&TWO.replace("2026-01-01T00:01", "2025-01-01T00:01"), 1.0, "earlier than the first"),
            (TWO, 0.0, "speed"),
            (TWO, f64::NAN, "speed"),
        ] {
            let error = open(points, speed).err().unwrap().to_string();
            assert!(error.contains(what), "{error}");
        }
    }
}
