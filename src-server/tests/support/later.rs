//! What is done with a signed record later: corrected, countersigned, voided.

use stackside_core::act::{Act, Countersigned, EntryRef, RecordCorrected, RecordSigned, Voided};
use stackside_core::evidence::Entry;
use stackside_core::form::{Answer, Label};

use super::file;
use super::forms::strokes;

fn named(entry: &Entry) -> EntryRef {
    let header = entry.read_header().unwrap();
    EntryRef { device: header.device, log: header.log, seq: header.seq, hash: entry.hash() }
}

/// A new version of a record, with these answers besides.
pub fn corrected(entry: &Entry, content: &RecordSigned, answers: &[(&str, &str)]) -> Act {
    let mut content = content.clone();
    for (key, text) in answers {
        content.answers.0.insert(key.parse().unwrap(), Answer::typed(*text));
    }
    Act::RecordCorrected(Box::new(RecordCorrected {
        version: named(entry), reason: "抄错".into(), content
    }))
}

/// A second person's signature over a version.
pub fn countersigned(entry: &Entry, content: &RecordSigned) -> Act {
    Act::Countersigned(Box::new(Countersigned {
        record: content.record,
        visit: content.visit,
        point: content.point.clone(),
        version: named(entry),
        role: Label { zh: "核查人".into(), en: "Checked by".into() },
        field: None,
        name: "王主任".into(),
        person: None,
        signature: file(&strokes(), "application/json"),
    }))
}

/// A record that counts no more, or all of its visit.
pub fn voided(entry: &Entry, content: &RecordSigned, is_of_visit: bool) -> Act {
    Act::Voided(Box::new(Voided {
        record: (!is_of_visit).then_some(content.record),
        visit: content.visit,
        point: content.point.clone(),
        version: named(entry),
        reason: "测错了仪器".into(),
        technician: "demo-tech-a".parse().unwrap(),
        signature: file(&strokes(), "application/json"),
    }))
}
