//! A technician's work on any tablet, one step to a function.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use stackside_core::act::{StrokePoint, Strokes};
use stackside_core::clock::shown_time;
use stackside_core::command::{
    AddPhotoPiece, AppState, BeginPhoto, CommandError, Enrol, FinishPhoto, GetPoint, GetPosition, GetRecord,
    GetState, GetSync, OpenRecord, PhotoLine, RecordView, SaveAnswer, SetPin, SignIn, SignOut, SignRecords,
    StartPosition, StopPosition, SyncNow, SyncView, Unlock, Workplace,
};
use stackside_core::form::{AnswerKey, Origin};
use stackside_core::geofence::{Presence, PresenceVerdict};
use stackside_core::hash::Hash;
use stackside_core::id::{InstrumentId, PhotoId, RecordId, VisitId};
use stackside_core::photo::{PIECE_BYTES, PhotoSource};

use crate::shell::{Shell, ShellError};
use crate::wait::until;
use crate::{Result, city};

/// The PIN of everyone here.
pub const PIN: &str = "135790";

/// Readings of one analyser: what is typed, by field.
pub type Readings<'a> = &'a [(&'a str, &'a str)];

/// SO2 by D1 of the vectors: a pass. NOX by D5: not passed, data valid.
pub const CALIBRATION: [(&str, Readings<'static>); 2] = [
    (
        "SO2",
        &[
            ("range.low", "0"),
            ("range.high", "500"),
            ("zero.last_after", "0.4"),
            ("zero.before", "6.9"),
            ("zero.after", "0.2"),
            ("span.last_after", "449.1"),
            ("span.before", "447.0"),
            ("span.after", "450.2"),
        ],
    ),
    (
        "NOX",
        &[
            ("range.low", "0"),
            ("range.high", "500"),
            ("zero.last_after", "0.5"),
            ("zero.before", "1.5"),
            ("zero.after", "0.3"),
            ("span.last_after", "399.2"),
            ("span.before", "386.4"),
            ("span.after", "400.1"),
        ],
    ),
];

/// Makes a new tablet one of the demo's operator.
pub fn enrol(shell: &impl Shell, server: &str, code: &str) -> Result<AppState> {
    Ok(shell.call(&Enrol { server: server.to_owned(), code: code.to_owned() })?)
}

/// The first unlock of a person: personal code, then a PIN.
pub fn first_unlock(shell: &impl Shell, person: &str, code: &str) -> Result<AppState> {
    let (person, code, pin) = (person.parse()?, code.to_owned(), PIN.to_owned());
    Ok(shell.call(&SetPin { person, code, pin })?)
}

/// Unlocks with the PIN.
pub fn unlock(shell: &impl Shell, person: &str) -> Result<AppState> {
    Ok(shell.call(&Unlock { person: person.parse()?, pin: PIN.to_owned() })?)
}

/// Looks at the position until the verdict is inside.
pub fn walk_in(shell: &impl Shell, point: &str) -> Result<PresenceVerdict> {
    shell.call(&StartPosition {})?;
    let point: stackside_core::id::PointId = point.parse()?;
    until("verdict of presence inside", || {
        let view = shell.call(&GetPosition { point: point.clone() })?;
        Ok((view.verdict.presence == Presence::Inside).then_some(view.verdict))
    })
}

/// 签到, once inside.
pub fn sign_in(shell: &impl Shell, point: &str) -> Result<VisitId> {
    walk_in(shell, point)?;
    let visit = shell.call(&SignIn { point: point.parse()?, reason: None, photo: None, plate: None })?;
    shell.call(&StopPosition {})?;
    Ok(visit)
}

/// Opens form HJ75-G4.
pub fn open_form(shell: &impl Shell, visit: VisitId) -> Result<RecordId> {
    Ok(shell.call(&OpenRecord { place: Workplace::Visit(visit), form: city::FORM.parse()? })?)
}

/// The instrument of the demo's stack that measures a factor.
pub fn analyser(shell: &impl Shell, factor: &str) -> Result<InstrumentId> {
    let view = shell.call(&GetPoint { point: city::POINT.parse()? })?;
    let found = view.instruments.into_iter().find(|instrument| instrument.factor == factor);
    Ok(found.ok_or_else(|| format!("no analyser of {factor} at the demo's stack"))?.id)
}

/// Saves one answer, with a reason where it replaces a prefilled one; one that stands there already is left alone.
pub fn answer(shell: &impl Shell, view: &RecordView, key: &AnswerKey, text: &str) -> Result<()> {
    let before = view.answers.0.get(key);
    if before.is_some_and(|answer| answer.text == text) {
        return Ok(());
    }
    let prefilled =
        before.is_some_and(|answer| matches!(answer.origin, Origin::Register | Origin::Last { .. }));
    let reason = prefilled.then(|| "演示：现场读数".to_owned());
    shell.call(&SaveAnswer { record: view.line.id, key: key.clone(), text: text.to_owned(), reason })?;
    Ok(())
}

/// Fills the block of an analyser.
pub fn calibrate(shell: &impl Shell, record: RecordId, factor: &str, readings: Readings<'_>) -> Result<()> {
    let instrument = analyser(shell, factor)?;
    let view = shell.call(&GetRecord { record })?;
    for (field, text) in readings {
        answer(shell, &view, &AnswerKey::new("analyser", Some(instrument.as_str()), field), text)?;
    }
    Ok(())
}

/// Fills the end of the form, with the time that the tablet shows.
pub fn finish_form(shell: &impl Shell, record: RecordId) -> Result<()> {
    let view = shell.call(&GetRecord { record })?;
    let now = shell.call(&GetPosition { point: view.line.point.clone() })?.now;
    answer(shell, &view, &"footer/cal_end".parse()?, &shown_time(now))
}

/// Begins a photo of a record's slot and hands over the first pieces.
pub fn begin_photo(
    shell: &impl Shell,
    record: RecordId,
    slot: &str,
    bytes: &[u8],
    pieces: usize,
) -> Result<PhotoId> {
    let slot = Some(slot.to_owned());
    let photo = shell.call(&BeginPhoto {
        visit: None,
        record: Some(record),
        slot,
        source: PhotoSource::Camera,
        name: None,
    })?;
    for (n, piece) in bytes.chunks(PIECE_BYTES).enumerate().take(pieces) {
        let offset = (n * PIECE_BYTES) as u64;
        shell.call(&AddPhotoPiece { photo, offset, base64: STANDARD.encode(piece) })?;
    }
    Ok(photo)
}

/// Takes a photo for a record's slot.
pub fn take_photo(shell: &impl Shell, record: RecordId, slot: &str, bytes: &[u8]) -> Result<PhotoLine> {
    let photo = begin_photo(shell, record, slot, bytes, usize::MAX)?;
    Ok(shell.call(&FinishPhoto { photo, size_bytes: bytes.len() as u64, sha256: Hash::of(bytes) })?)
}

/// Takes a photo of the visit, of no record's.
pub fn snap(shell: &impl Shell, visit: VisitId, bytes: &[u8]) -> Result<PhotoLine> {
    let source = PhotoSource::Camera;
    let photo =
        shell.call(&BeginPhoto { visit: Some(visit), record: None, slot: None, source, name: None })?;
    for (n, piece) in bytes.chunks(PIECE_BYTES).enumerate() {
        let offset = (n * PIECE_BYTES) as u64;
        shell.call(&AddPhotoPiece { photo, offset, base64: STANDARD.encode(piece) })?;
    }
    Ok(shell.call(&FinishPhoto { photo, size_bytes: bytes.len() as u64, sha256: Hash::of(bytes) })?)
}

/// A signature as a hand draws it.
pub fn strokes() -> Strokes {
    let point = |n: i32| StrokePoint {
        x: 60 + n * 9,
        y: 120 + (n % 7) * 14,
        t_ms: u32::try_from(n).unwrap_or_default() * 16,
        pressure: 500,
    };
    Strokes {
        width: 900,
        height: 260,
        strokes: vec![(0..24).map(point).collect(), (30..52).map(point).collect()],
    }
}

/// Signs a record.
pub fn sign(shell: &impl Shell, visit: VisitId, record: RecordId) -> Result<()> {
    Ok(shell.call(&SignRecords {
        place: Workplace::Visit(visit),
        records: vec![record],
        strokes: strokes(),
    })?)
}

/// A drift record with its photo, finished.
pub fn filled_record(shell: &impl Shell, visit: VisitId, jpeg: &[u8]) -> Result<RecordId> {
    let record = open_form(shell, visit)?;
    for (factor, readings) in CALIBRATION {
        calibrate(shell, record, factor, readings)?;
    }
    finish_form(shell, record)?;
    take_photo(shell, record, "reading", jpeg)?;
    Ok(record)
}

/// As [`filled_record`], and signed.
pub fn signed_record(shell: &impl Shell, visit: VisitId, jpeg: &[u8]) -> Result<RecordId> {
    let record = filled_record(shell, visit, jpeg)?;
    sign(shell, visit, record)?;
    Ok(record)
}

/// 离场.
pub fn sign_out(shell: &impl Shell, visit: VisitId) -> Result<()> {
    Ok(shell.call(&SignOut { visit })?)
}

/// Asks for contact until the server holds everything.
pub fn sync_until_held(shell: &impl Shell) -> Result<SyncView> {
    shell.call(&SyncNow {})?;
    until("receipt for everything", || {
        let view = shell.call(&GetSync {})?;
        let held = view.line.entries_waiting == 0 && view.line.files_waiting == 0;
        if !held && !view.line.running {
            shell.call(&SyncNow {})?;
        }
        Ok(held.then_some(view))
    })
}

/// Asks for contact until someone is known here.
pub fn sync_until_known(shell: &impl Shell, person: &str) -> Result<AppState> {
    until("person on the tablet", || {
        let state = shell.call(&GetState {})?;
        let known = state.people.iter().any(|line| line.id.as_str() == person);
        Ok(known.then_some(state))
    })
}

/// The device's reason, where it gave one.
pub fn refusal<T>(done: std::result::Result<T, ShellError>) -> Option<CommandError> {
    match done {
        Err(ShellError::Command { error, .. }) => Some(error),
        _ => None,
    }
}
