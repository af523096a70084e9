//! Draws visits, records and file references from entries. Odd content (an unknown point, a visit twice, a kind of a
//! newer app) is never a reason to fail: the entry itself is kept and can be drawn anew.

use std::collections::BTreeSet;

use rusqlite::{Transaction, named_params};
use stackside_core::act::{Act, FileRef, PhotoTaken, RecordSigned, SignedIn};
use stackside_core::clock::{TimeProof, shanghai_date};
use stackside_core::evidence::{Entry, Header};
use stackside_core::form::Origin;
use stackside_core::geofence::Presence;
use stackside_core::hash::Hash;
use stackside_core::id::{OperatorId, RecordId, VisitId};
use stackside_core::photo::PhotoSource;

use super::ApiError;
use crate::register;
use crate::store::integer;

struct Place<'e> {
    tx: &'e Transaction<'e>,
    header: &'e Header,
    operator: &'e OperatorId,
    time_ms: i64,
    proof: &'static str,
}

/// Draws what `entry` says into the tables that people and tablets ask.
pub(super) fn project(
    tx: &Transaction<'_>,
    header: &Header,
    entry: &Entry,
    hash: Hash,
    operator: &OperatorId,
) -> Result<(), ApiError> {
    let Ok(act) = entry.read_act() else { return Ok(()) };
    let (time, proof) = header.clocks.best_time();
    let proof = match proof {
        TimeProof::Satellite => "satellite",
        TimeProof::Unproven => "unproven",
    };
    let place = Place { tx, header, operator, time_ms: time.timestamp_millis(), proof };
    match &act {
        Act::SignedIn(signed_in) => place.visit(signed_in, shanghai_date(time).to_string())?,
        Act::PhotoTaken(photo) => place.photo(photo)?,
        Act::RecordSigned(record) => place.record(record, hash)?,
        Act::SignedOut { visit, .. } => place.sign_out(*visit)?,
        Act::Enrolled { .. } | Act::Recovered { .. } | Act::ClockJumped { .. } => {}
    }
    Ok(())
}

impl Place<'_> {
    fn visit(&self, act: &SignedIn, day: String) -> Result<(), ApiError> {
        self.tx.execute(
            "INSERT INTO visit (id, operator, point, technician, device, log, seq, signed_in_ms, day, proof, presence)
             VALUES (:id, :operator, :point, :technician, :device, :log, :seq, :time, :day, :proof, :presence)
             ON CONFLICT DO NOTHING",
            named_params! {
                ":id": act.visit.to_string(),
                ":operator": self.operator.as_str(),
                ":point": act.point.as_str(),
                ":technician": act.technician.as_str(),
                ":device": self.header.device.to_string(),
                ":log": self.header.log.to_string(),
                ":seq": integer(self.header.seq),
                ":time": self.time_ms,
                ":day": day,
                ":proof": self.proof,
                ":presence": match act.presence.presence {
                    Presence::Inside => "inside",
                    Presence::Outside => "outside",
                    Presence::Unsure => "unsure",
                },
            },
        )?;
        self.files(act.photo.iter(), "sign_in", Some(act.visit), None, None, 0)
    }

    fn sign_out(&self, visit: VisitId) -> Result<(), ApiError> {
        self.tx.execute(
            "UPDATE visit SET signed_out_ms = :time, out_log = :log, out_seq = :seq
             WHERE id = :visit AND device = :device AND signed_out_ms IS NULL",
            named_params! {
                ":time": self.time_ms,
                ":log": self.header.log.to_string(),
                ":seq": integer(self.header.seq),
                ":visit": visit.to_string(),
                ":device": self.header.device.to_string(),
            },
        )?;
        Ok(())
    }

    fn photo(&self, act: &PhotoTaken) -> Result<(), ApiError> {
        let source = match act.source {
            PhotoSource::Camera => "camera",
            PhotoSource::Imported => "imported",
            PhotoSource::Document => "document",
        };
        self.files([&act.file], "photo", act.visit, act.record, Some(source), 0)
    }

    fn record(&self, act: &RecordSigned, hash: Hash) -> Result<(), ApiError> {
        // Desk work has no row yet: the entry is kept, and drawn once the table takes it.
        let Some(visit) = act.visit else { return Ok(()) };
        let added = self.tx.execute(
            "INSERT INTO record (id, operator, visit, point, technician, form, form_version, device, log, seq,
                 signed_ms, proof, own_point)
             VALUES (:id, :operator, :visit, :point, :technician, :form, :form_version, :device, :log, :seq,
                 :time, :proof, EXISTS (SELECT 1 FROM point WHERE id = :point AND operator = :operator))
             ON CONFLICT DO NOTHING",
            named_params! {
                ":id": act.record.to_string(),
                ":operator": self.operator.as_str(),
                ":visit": visit.to_string(),
                ":point": act.point.as_str(),
                ":technician": act.technician.as_str(),
                ":form": act.form.as_str(),
                ":form_version": act.form_version,
                ":device": self.header.device.to_string(),
                ":log": self.header.log.to_string(),
                ":seq": integer(self.header.seq),
                ":time": self.time_ms,
                ":proof": self.proof,
            },
        )?;
        if added == 0 {
            return Ok(());
        }
        let rows = act.answers.0.iter().filter(|(_, answer)| matches!(answer.origin, Origin::Typed));
        let worked_on: BTreeSet<&str> =
            rows.filter_map(|(key, _)| key.row.as_deref()).chain(std::iter::once("")).collect();
        for instrument in worked_on {
            self.tx.execute(
                "INSERT INTO record_instrument (record, point, form, instrument, signed_ms)
                 VALUES (:record, :point, :form, :instrument, :time)",
                named_params! {
                    ":record": act.record.to_string(),
                    ":point": act.point.as_str(),
                    ":form": act.form.as_str(),
                    ":instrument": instrument,
                    ":time": self.time_ms,
                },
            )?;
        }
        let (visit, record) = (Some(visit), Some(act.record));
        self.files(&act.photos, "record", visit, record, None, 0)?;
        self.files([&act.signature], "signature", visit, record, None, act.photos.len())?;
        register::announce_record(self.tx, &act.record.to_string(), &hash.to_string())?;
        Ok(())
    }

    fn files<'f>(
        &self,
        files: impl IntoIterator<Item = &'f FileRef>,
        role: &str,
        visit: Option<VisitId>,
        record: Option<RecordId>,
        source: Option<&str>,
        first_place: usize,
    ) -> Result<(), ApiError> {
        for (index, file) in files.into_iter().enumerate() {
            self.tx.execute(
                "INSERT INTO file_reference (device, log, seq, place, operator, visit, record, role, sha256,
                     size_bytes, media_type, source)
                 VALUES (:device, :log, :seq, :place, :operator, :visit, :record, :role, :sha256,
                     :size_bytes, :media_type, :source)
                 ON CONFLICT DO NOTHING",
                named_params! {
                    ":device": self.header.device.to_string(),
                    ":log": self.header.log.to_string(),
                    ":seq": integer(self.header.seq),
                    ":place": integer((first_place + index) as u64),
                    ":operator": self.operator.as_str(),
                    ":visit": visit.map(|id| id.to_string()),
                    ":record": record.map(|id| id.to_string()),
                    ":role": role,
                    ":sha256": file.sha256.to_string(),
                    // A size beyond what SQLite counts is nonsense of the sender's, not a reason to refuse evidence.
                    ":size_bytes": integer(file.size_bytes),
                    ":media_type": file.media_type,
                    ":source": source,
                },
            )?;
        }
        Ok(())
    }
}
