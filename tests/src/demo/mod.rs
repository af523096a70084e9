//! `make demo`: the main job without a person and without a browser. Server, network and tablet are programs of their
//! own; what the tablet made is read back from the server and compared.

mod line;
mod report;

use std::io::Write;
use std::path::Path;
use std::time::Instant;

use stackside_core::act::FileRef;
use stackside_core::command::{GetRecord, GetSync, GetVisit, RecordView, SyncNow, SyncView};
use stackside_core::geofence::Presence;
use stackside_core::hash::Hash;
use stackside_core::id::VisitId;
use stackside_core::judge::Outcome;
use stackside_core::wire::RecordElsewhere;

use crate::reader::{Reader, Visitor};
use crate::server::ServerProgram;
use crate::shell::Shell;
use crate::tablet::HostProgram;
use crate::technician::{
    CALIBRATION, calibrate, enrol, finish_form, first_unlock, open_form, sign, sign_in, sign_out,
    sync_until_held, sync_until_known, take_photo,
};
use crate::wait::until;
use crate::{Result, city, photo, program};
use line::Line;
pub use line::run as run_proxy;
pub use report::Report;
use report::{Checks, Drift, Entries, Photo, factor};

/// How fast the track is walked.
const WALK_SPEED: f64 = 20.0;
/// The line is cut after this part of the photo.
const CUT_AT_PERCENT: u64 = 40;
/// What may go up beside the photo itself: entries, requests, and one piece that the cut made worthless.
const OVERHEAD_BYTES: u64 = 1024 * 1024;
const LOGIN: &str = "demo-admin";

fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// All three programs, and where they keep their things.
struct Parts {
    server: ServerProgram,
    line: Line,
    tablet: HostProgram,
    password: String,
}

impl Parts {
    fn start(folder: &Path) -> Result<Self> {
        let (data, ui) = (folder.join("tablet"), folder.join("ui"));
        std::fs::create_dir_all(&data)?;
        std::fs::create_dir_all(&ui)?;
        std::fs::write(ui.join("index.html"), "<!doctype html><title>Stackside</title>")?;
        let server = ServerProgram::start(&folder.join("server"))?;
        let password = Hash::of(folder.to_string_lossy().as_bytes()).short() + "-demo";
        let user = ["user", "add", "--login", LOGIN, "--role", "operator_admin", "--org", city::OPERATOR];
        server.run(&[&user[..], &["--password-stdin"]].concat(), Some(&password))?;
        let line = Line::start(server.url())?;
        let tablet = HostProgram::start(&data, &ui, WALK_SPEED)?;
        Ok(Self { server, line, tablet, password })
    }
}

/// Does the visit and compares both sides. With `tamper` a byte of the photo is turned over on the server's disk.
pub fn run(tamper: bool) -> Result<Report> {
    let start = Instant::now();
    program::build()?;
    let folder = tempfile::Builder::new().prefix("stackside-demo-").tempdir()?;
    let mut parts = Parts::start(folder.path())?;
    say("server, network and tablet run");

    let code = parts.server.person_code(city::PERSON)?;
    enrol(&parts.tablet, parts.line.url(), &parts.server.enrol_code()?)?;
    sync_until_known(&parts.tablet, city::PERSON)?;
    first_unlock(&parts.tablet, city::PERSON, &code)?;
    say("enrolled, PIN set");

    let visit = sign_in(&parts.tablet, city::POINT)?;
    say("walked to the stack, signed in");
    parts.line.down()?;
    let record = open_form(&parts.tablet, visit)?;
    for (factor, readings) in CALIBRATION {
        calibrate(&parts.tablet, record, factor, readings)?;
    }
    finish_form(&parts.tablet, record)?;
    let jpeg = photo::jpeg_12_megapixels(20_261_123)?;
    let taken = take_photo(&parts.tablet, record, "reading", &jpeg)?;
    sign(&parts.tablet, visit, record)?;
    say(&format!("without network: G.4 filled, photo of {} bytes taken, signed", jpeg.len()));

    lose_the_network_in_the_photo(&mut parts, jpeg.len() as u64)?;
    parts.line.up()?;
    let before = sync_until_held(&parts.tablet)?;
    sign_out(&parts.tablet, visit)?;
    let sync = sync_until_held(&parts.tablet)?;
    say(&format!(
        "network again: {} entries and all files held by the server, signed out",
        sync.entries_held
    ));

    let record = parts.tablet.call(&GetRecord { record })?;
    if tamper {
        turn_over_a_byte(&parts.server.file(taken.sha256)?)?;
        say("tampered with the photo on the server's disk");
    }
    let report = compare(&mut parts, visit, &record, &jpeg, (&before, &sync), start)?;
    say("read back from the server and compared");
    Ok(report)
}

/// The line comes back and is cut within the photo's bytes.
fn lose_the_network_in_the_photo(parts: &mut Parts, size_bytes: u64) -> Result<()> {
    parts.line.cut_after(size_bytes * CUT_AT_PERCENT / 100)?;
    parts.tablet.call(&SyncNow {})?;
    let (line, tablet) = (&mut parts.line, &parts.tablet);
    until("cut of the line", || {
        if line.traffic()?.cuts > 0 {
            return Ok(Some(()));
        }
        if !tablet.call(&GetSync {})?.line.running {
            tablet.call(&SyncNow {})?;
        }
        Ok(None)
    })?;
    let view = parts.tablet.call(&GetSync {})?;
    if view.line.files_waiting == 0 {
        return Err("the photo was held before the line was cut".into());
    }
    say(&format!("network lost after {CUT_AT_PERCENT} % of the photo"));
    Ok(())
}

fn turn_over_a_byte(file: &Path) -> Result<()> {
    let mut bytes = std::fs::read(file)?;
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    Ok(std::fs::write(file, bytes)?)
}

fn compare(
    parts: &mut Parts,
    visit: VisitId,
    record: &RecordView,
    jpeg: &[u8],
    (before, sync): (&SyncView, &SyncView),
    start: Instant,
) -> Result<Report> {
    let mut checks = Checks::default();
    let view = parts.tablet.call(&GetVisit { visit })?;
    checks.hold(view.presence.presence == Presence::Inside, "presence is not inside");

    let reader = Reader::enrol(parts.server.url(), &parts.server.enrol_code()?)?;
    let copies = reader.records()?;
    let copy = copies.iter().find(|copy| copy.content.record == record.line.id);
    checks.hold(copies.len() == 1, format!("the server has {} records, not 1", copies.len()));
    let drifts = compare_record(&mut checks, record, copy);

    // Anything but the bytes themselves is a disagreement, an error of the server too.
    let sha256 = Hash::of(jpeg);
    let back = reader.file(sha256).ok();
    let server_sha256 = back.as_deref().map(Hash::of);
    checks.hold(back.as_deref() == Some(jpeg), "the photo on the server is not the photo on the tablet");
    if let Some(copy) = copy {
        let photos: Vec<Hash> = copy.content.photos.iter().map(|file| file.sha256).collect();
        checks.hold(photos == [sha256], "the signed record does not name the photo");
        let FileRef { sha256, size_bytes, .. } = copy.content.signature;
        let strokes = reader.file(sha256).unwrap_or_default();
        let same = Hash::of(&strokes) == sha256 && strokes.len() as u64 == size_bytes;
        checks.hold(same, "the signature on the server is not the one that was drawn");
    }
    let page =
        Visitor::log_in(parts.server.url(), LOGIN, &parts.password)?.page(&format!("/visits/{visit}"))?;
    checks.hold(page.contains(&record.form.title.zh), "the portal's page does not show the record");
    for drift in drifts.iter().filter_map(|drift| drift.drift.as_deref()) {
        checks.hold(page.contains(drift), format!("the portal's page does not show {drift}"));
    }

    let made = sync.entries_held + sync.line.entries_waiting;
    checks.hold(sync.entries_held == made, "an entry is not held");
    checks.hold(sync.entries_held > before.entries_held, "signing out made no entry");
    let traffic = parts.line.traffic()?;
    let resumed_at = traffic.resumed_at();
    checks.hold(traffic.cuts == 1, format!("the line was cut {} times", traffic.cuts));
    checks.hold(resumed_at.is_some_and(|at| at > 0), "the photo was sent from its beginning again");
    let most = jpeg.len() as u64 + OVERHEAD_BYTES;
    checks.hold(
        traffic.sent_bytes <= most,
        format!("{} bytes were sent, more than {most}", traffic.sent_bytes),
    );

    Ok(Report {
        visit,
        presence: view.presence.presence,
        drifts,
        entries: Entries { made, held: sync.entries_held },
        photo: Photo {
            bytes: jpeg.len() as u64,
            sha256,
            server_bytes: back.as_ref().map(|bytes| bytes.len() as u64),
            server_sha256,
        },
        bytes_sent: traffic.sent_bytes,
        cuts: traffic.cuts,
        resumed_at,
        seconds: (start.elapsed().as_secs_f64() * 10.0).round() / 10.0,
        disagreements: checks.failed(),
    })
}

/// The drifts of the record as the tablet has them, beside the server's copy.
fn compare_record(checks: &mut Checks, record: &RecordView, copy: Option<&RecordElsewhere>) -> Vec<Drift> {
    let content = copy.map(|copy| &copy.content);
    checks.hold(content.is_some(), "the server's changes do not hold the record");
    if let Some(content) = content {
        checks.hold(content.answers == record.answers, "the answers differ");
        checks.hold(content.verdicts == record.verdicts, "the verdicts differ");
    }
    let drifts: Vec<Drift> = record
        .verdicts
        .iter()
        .map(|verdict| Drift {
            analyser: factor(&record.instruments, verdict.row.as_deref()),
            quantity: verdict.quantity,
            drift: verdict.figures.first().map(|figure| figure.shown.clone()),
            verdict: verdict.outcome,
            verdict_on_server: content
                .and_then(|content| {
                    content.verdicts.iter().find(|v| (&v.row, &v.group) == (&verdict.row, &verdict.group))
                })
                .map(|verdict| verdict.outcome),
        })
        .collect();
    for (analyser, drift, outcome) in [("SO2", "+1.30", Outcome::Pass), ("NOX", "−2.56", Outcome::FailValid)]
    {
        let found = drifts.iter().any(|d| {
            d.analyser == analyser
                && d.drift.as_deref() == Some(drift)
                && d.verdict_on_server == Some(outcome)
        });
        checks.hold(found, format!("no drift {drift} of {analyser} with the right verdict on the server"));
    }
    drifts
}
