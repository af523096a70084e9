//! When duties rest: the source of a point is shut down, or an instrument is out of service.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::hash::Hash;
use crate::id::{InstrumentId, PersonId, PointId};

/// Said by the technician: from `at` on, work here rests or goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Halt {
    /// Where.
    pub point: PointId,
    /// The instrument that is out of service; nothing if the source is shut down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instrument: Option<InstrumentId>,
    /// Since when.
    pub at: DateTime<Utc>,
    /// Why, in the technician's words.
    pub reason: String,
    /// Who says so.
    pub technician: PersonId,
}

/// A halt or its end, as any tablet's log holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KnownHalt {
    /// The hash of its entry.
    pub entry: Hash,
    /// True if work goes on from then, false if it rests.
    pub goes_on: bool,
    /// What was said.
    pub halt: Halt,
}

/// A time in which duties rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// The instrument that is out of service; nothing if the source is shut down.
    pub instrument: Option<InstrumentId>,
    /// Its first moment.
    pub since: DateTime<Utc>,
    /// When work went on; nothing while it rests.
    pub until: Option<DateTime<Utc>>,
    /// Why.
    pub reason: String,
}

/// The pauses of one point from all that was said there, the same whichever tablet tells of it first: a halt within a
/// halt changes nothing, nor does an end without one.
pub fn pauses(said: &[KnownHalt]) -> Vec<Pause> {
    let mut in_order: Vec<&KnownHalt> = said.iter().collect();
    // At the same moment the end comes last: a halt that was taken back at once is none.
    in_order.sort_by_key(|one| (one.halt.at, one.goes_on, one.entry));
    in_order.dedup_by_key(|one| one.entry);
    let mut pauses: Vec<Pause> = Vec::new();
    for KnownHalt { goes_on, halt, .. } in in_order {
        let open =
            pauses.iter_mut().find(|pause| pause.instrument == halt.instrument && pause.until.is_none());
        match (open, goes_on) {
            (Some(open), true) => open.until = Some(halt.at),
            (None, false) => pauses.push(Pause {
                instrument: halt.instrument.clone(),
                since: halt.at,
                until: None,
                reason: halt.reason.clone(),
            }),
            (Some(_), false) | (None, true) => {}
        }
    }
    pauses.retain(|pause| pause.until != Some(pause.since));
    pauses
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(number: u8, goes_on: bool, instrument: Option<&str>, day: u32) -> KnownHalt {
        KnownHalt {
            entry: Hash::of(&[number]),
            goes_on,
            halt: Halt {
                point: "P".parse().unwrap(),
                instrument: instrument.map(|id| id.parse().unwrap()),
                at: format!("2026-11-{day:02}T00:00:00Z").parse().unwrap(),
                reason: format!("{number}"),
                technician: "Z".parse().unwrap(),
            },
        }
    }

    #[test]
    fn two_tablets_that_hear_of_halts_in_another_order_know_the_same_pauses() {
        let all = [
            said(1, false, None, 3),
            said(2, false, None, 5),
            said(3, true, None, 9),
            said(4, true, None, 10),
            said(5, false, Some("A1"), 4),
            said(6, false, None, 12),
            said(7, true, None, 12),
        ];
        let days = |pause: &Pause| {
            let day = |at: DateTime<Utc>| at.format("%-d").to_string();
            (pause.instrument.is_some(), day(pause.since), pause.until.map(day))
        };
        let want = vec![(false, "3".to_owned(), Some("9".to_owned())), (true, "4".to_owned(), None)];
        let mut turned = all.to_vec();
        for _ in 0..all.len() {
            turned.rotate_left(1);
            // One of them comes twice: from the own log and from the server.
            let heard: Vec<KnownHalt> = turned.iter().chain([&turned[0]]).cloned().collect();
            assert_eq!(pauses(&heard).iter().map(days).collect::<Vec<_>>(), want);
        }
    }
}
