//! What the demo found on both sides, and whether they agree.

use serde::Serialize;
use stackside_core::geofence::Presence;
use stackside_core::hash::Hash;
use stackside_core::id::VisitId;
use stackside_core::judge::{Outcome, Quantity};
use stackside_core::register::Instrument;

/// The demo's last line.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The visit.
    pub visit: VisitId,
    /// Presence at sign-in.
    pub presence: Presence,
    /// Each judged group.
    pub drifts: Vec<Drift>,
    /// Links of the evidence log.
    pub entries: Entries,
    /// The photo on both sides.
    pub photo: Photo,
    /// Bytes that went up through the proxy in all.
    pub bytes_sent: u64,
    /// How often the line was cut.
    pub cuts: u32,
    /// Where the photo went on after the cut.
    pub resumed_at: Option<u64>,
    /// How long all of it took.
    pub seconds: f64,
    /// What does not agree; empty if the demo went well.
    pub disagreements: Vec<String>,
}

/// One judged group, as the tablet and the server have it.
#[derive(Debug, Serialize)]
pub struct Drift {
    /// The analyser's factor.
    pub analyser: String,
    /// Zero or span.
    pub quantity: Quantity,
    /// % F.S. as shown.
    pub drift: Option<String>,
    /// What the tablet says.
    pub verdict: Outcome,
    /// What the server's copy says.
    pub verdict_on_server: Option<Outcome>,
}

/// How many entries.
#[derive(Debug, Serialize)]
pub struct Entries {
    /// Made on the tablet.
    pub made: u64,
    /// Sent, and held by the server's receipt.
    pub held: u64,
}

/// The photo on both sides.
#[derive(Debug, Serialize)]
pub struct Photo {
    /// Its length on the tablet.
    pub bytes: u64,
    /// Its hash there.
    pub sha256: Hash,
    /// The length of what the server gives back.
    pub server_bytes: Option<u64>,
    /// The hash of what the server gives back.
    pub server_sha256: Option<Hash>,
}

/// Notes what does not hold.
#[derive(Debug, Default)]
pub struct Checks(Vec<String>);

impl Checks {
    /// Notes `what` unless it holds.
    pub fn hold(&mut self, holds: bool, what: impl Into<String>) {
        if !holds {
            self.0.push(what.into());
        }
    }
    /// What does not hold.
    pub fn failed(self) -> Vec<String> {
        self.0
    }
}

/// The factor of an instrument, by its id.
pub fn factor(instruments: &[Instrument], id: Option<&str>) -> String {
    let found = instruments.iter().find(|instrument| Some(instrument.id.as_str()) == id);
    found.map(|instrument| instrument.factor.clone()).unwrap_or_default()
}
