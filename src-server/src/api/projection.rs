//! Draws visits, records and file references from entries. Odd content (an unknown point, a visit twice, a kind of a
//! newer app) is never a reason to fail: the entry itself is kept and can be drawn anew.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Transaction, named_params};
use stackside_core::act::{
    Act, Appealed, Countersigned, FileRef, PhotoTaken, RecordSigned, SignedIn, Voided,
};
use stackside_core::clock::shanghai_date;
use stackside_core::confirmation::Confirmed;
use stackside_core::evidence::{Entry, Header};
use stackside_core::form::done_items;
use stackside_core::geofence::Presence;
use stackside_core::hash::Hash;
use stackside_core::id::{OperatorId, RecordId, VisitId};
use stackside_core::pause::{Halt, KnownHalt};
use stackside_core::photo::PhotoSource;

use super::settle::settle;
use crate::history::{HeldRecord, read_entry};
use crate::store::{StoreError, integer};
use crate::{definition, faults, register, review};

struct Place<'e> {
    tx: &'e Transaction<'e>,
    header: &'e Header,
    operator: &'e OperatorId,
    time_ms: i64,
    /// The date of it in Asia/Shanghai.
    day: String,
    proof: &'static str,
}

/// Draws what `entry` says into the tables that people and tablets ask, with the tablet's own time: see [`super::settle`].
pub(super) fn project(
    tx: &Transaction<'_>,
    header: &Header,
    entry: &Entry,
    hash: Hash,
    operator: &OperatorId,
) -> Result<(), StoreError> {
    let Ok(act) = entry.read_act() else { return Ok(()) };
    let (time, proof) = header.clocks.best_time();
    let (time_ms, day) = (time.timestamp_millis(), shanghai_date(time).to_string());
    let place = Place { tx, header, operator, time_ms, day, proof: proof.name() };
    match &act {
        Act::SignedIn(signed_in) => place.visit(signed_in)?,
        Act::PhotoTaken(photo) => place.photo(photo)?,
        Act::RecordSigned(record) => place.record(record, hash)?,
        Act::RecordCorrected(act) => place.correction(&act.content, hash)?,
        Act::Countersigned(act) => place.countersignature(act, hash)?,
        Act::Voided(act) => place.void(act, hash)?,
        Act::Appealed(act) => place.appeal(act, hash)?,
        Act::FaultStep(step) => faults::draw(tx, header, operator, step)?,
        Act::Confirmed(act) => place.confirmation(act, hash)?,
        Act::Paused(halt) => place.halt(halt, false, hash)?,
        Act::Resumed(halt) => place.halt(halt, true, hash)?,
        Act::SignedOut { visit, .. } => place.sign_out(*visit)?,
        Act::Enrolled { .. }
        | Act::Recovered { .. }
        | Act::ClockJumped { .. }
        | Act::ZoneChanged { .. }
        | Act::Restarted { .. } => {}
    }
    Ok(())
}

/// Draws what an older server had kept without understanding all of it: the list that a migration leaves.
pub(crate) fn redraw(tx: &Transaction<'_>) -> Result<(), StoreError> {
    let mut query = tx.prepare(
        "SELECT entry.header, entry.signature, entry.body, log.operator FROM redraw
         JOIN entry USING (device, log, seq) JOIN log USING (device, log) ORDER BY entry.rowid",
    )?;
    let rows = query.query_map([], |row| Ok((read_entry(row)?, row.get::<_, String>(3)?)))?;
    let mut first_drawn = BTreeMap::new();
    for row in rows {
        let (entry, operator) = row?;
        if let (Ok(header), Ok(operator)) = (entry.read_header(), operator.parse()) {
            project(tx, &header, &entry, entry.hash(), &operator)?;
            first_drawn.entry((header.device, header.log)).or_insert(header.seq);
        }
    }
    for (place, first) in first_drawn {
        settle(tx, place, first)?;
    }
    tx.execute("DELETE FROM redraw", [])?;
    Ok(())
}

impl Place<'_> {
    fn visit(&self, act: &SignedIn) -> Result<(), StoreError> {
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
                ":day": self.day,
                ":proof": self.proof,
                ":presence": match act.presence.presence {
                    Presence::Inside => "inside",
                    Presence::Outside => "outside",
                    Presence::Unsure => "unsure",
                },
            },
        )?;
        let visit = Some(act.visit);
        let reference = Reference { role: "sign_in", visit, ..Reference::default() };
        self.files(act.photo.iter(), reference)?;
        let Some(plate) = &act.plate else { return Ok(()) };
        let (source, first_place) = (Some(source_name(plate.source)), usize::from(act.photo.is_some()));
        self.files([&plate.photo], Reference { source, slot: Some(PLATE), first_place, ..reference })
    }

    fn halt(&self, halt: &Halt, goes_on: bool, entry: Hash) -> Result<(), StoreError> {
        let said = KnownHalt { entry, goes_on, halt: halt.clone() };
        register::keep_halt(self.tx, self.operator, &said)
    }

    fn sign_out(&self, visit: VisitId) -> Result<(), StoreError> {
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

    fn photo(&self, act: &PhotoTaken) -> Result<(), StoreError> {
        let (role, source) = match act.source {
            PhotoSource::Document => ("document", source_name(act.source)),
            PhotoSource::Camera | PhotoSource::Imported => ("photo", source_name(act.source)),
        };
        let reference = Reference { role, visit: act.visit, record: act.record, ..Reference::default() };
        let slot = act.slot.as_deref();
        self.files([&act.file], Reference { source: Some(source), slot, ..reference })
    }

    fn record(&self, act: &RecordSigned, hash: Hash) -> Result<(), StoreError> {
        if !self.record_row(act)? {
            return Ok(());
        }
        self.files_of_record(act)?;
        self.draw_newest(act.record, hash)
    }

    fn correction(&self, content: &RecordSigned, hash: Hash) -> Result<(), StoreError> {
        self.later_act(&content.record.to_string())?;
        self.files_of_record(content)?;
        self.draw_newest(content.record, hash)
    }

    fn countersignature(&self, act: &Countersigned, hash: Hash) -> Result<(), StoreError> {
        self.later_act(&act.record.to_string())?;
        let (visit, record) = (act.visit, Some(act.record));
        self.files([&act.signature], Reference { role: "signature", visit, record, ..Reference::default() })?;
        self.draw_newest(act.record, hash)
    }

    fn appeal(&self, act: &Appealed, hash: Hash) -> Result<(), StoreError> {
        self.later_act(&act.record.to_string())?;
        let (visit, record) = (act.visit, Some(act.record));
        self.files([&act.signature], Reference { role: "signature", visit, record, ..Reference::default() })?;
        self.draw_newest(act.record, hash)
    }

    fn void(&self, act: &Voided, hash: Hash) -> Result<(), StoreError> {
        let (visit, record) = (act.visit, act.record);
        self.files([&act.signature], Reference { role: "signature", visit, record, ..Reference::default() })?;
        if let Some(record) = record {
            self.later_act(&record.to_string())?;
            return self.draw_newest(record, hash);
        }
        let Some(visit) = visit else { return Ok(()) };
        self.later_act(&visit.to_string())?;
        let mut records = self.tx.prepare("SELECT id FROM record WHERE visit = :visit")?;
        let records = records
            .query_map(named_params! { ":visit": visit.to_string() }, |row| row.get::<_, String>(0))?;
        for record in records {
            if let Ok(record) = record?.parse() {
                self.draw_newest(record, hash)?;
            }
        }
        Ok(())
    }

    fn confirmation(&self, act: &Confirmed, hash: Hash) -> Result<(), StoreError> {
        self.tx.execute(
            "INSERT INTO confirmation (id, visit, operator, device, log, seq, made_ms, proof)
             VALUES (:id, :visit, :operator, :device, :log, :seq, :time, :proof) ON CONFLICT DO NOTHING",
            named_params! {
                ":id": hash.to_string(),
                ":visit": act.visit.to_string(),
                ":operator": self.operator.as_str(),
                ":device": self.header.device.to_string(),
                ":log": self.header.log.to_string(),
                ":seq": integer(self.header.seq),
                ":time": self.time_ms,
                ":proof": self.proof,
            },
        )?;
        let reference = Reference { role: "signature", visit: Some(act.visit), ..Reference::default() };
        self.files([&act.signature], reference)?;
        register::announce_confirmation(self.tx, self.operator.as_str(), &hash.to_string())
    }

    /// Notes that something was done later with a record or a visit.
    fn later_act(&self, subject: &str) -> Result<(), StoreError> {
        self.tx.execute(
            "INSERT INTO later_act (device, log, seq, subject, operator, kind)
             VALUES (:device, :log, :seq, :subject, :operator, :kind) ON CONFLICT DO NOTHING",
            named_params! {
                ":device": self.header.device.to_string(),
                ":log": self.header.log.to_string(),
                ":seq": integer(self.header.seq),
                ":subject": subject,
                ":operator": self.operator.as_str(),
                ":kind": self.header.kind,
            },
        )?;
        Ok(())
    }

    /// Draws what a record's newest version worked on, and tells the tablets. Nothing for a record that has not come yet: it
    /// is drawn when it does.
    fn draw_newest(&self, record: RecordId, hash: Hash) -> Result<(), StoreError> {
        let id = record.to_string();
        let held = HeldRecord::read(self.tx, &id)?.filter(|held| held.operator == self.operator.as_str());
        let Some(history) = held.and_then(|held| held.history()) else { return Ok(()) };
        for table in ["record_instrument", "record_item"] {
            let delete = format!("DELETE FROM {table} WHERE record = :record");
            self.tx.execute(&delete, named_params! { ":record": id })?;
        }
        self.worked_on(&history.newest().content)?;
        review::draw(self.tx, &id, &history)?;
        register::announce_record(self.tx, &id, &hash.to_string())?;
        Ok(())
    }

    fn files_of_record(&self, act: &RecordSigned) -> Result<(), StoreError> {
        let reference = Reference { visit: act.visit, record: Some(act.record), ..Reference::default() };
        let (photos, signature) = (act.photos.len(), 1);
        self.files(&act.photos, Reference { role: "record", ..reference })?;
        self.files([&act.signature], Reference { role: "signature", first_place: photos, ..reference })?;
        let first_place = photos + signature;
        self.files(&act.files, Reference { role: "attachment", first_place, ..reference })
    }

    /// Writes what a record worked on: the point, instruments, items of an inspection; when, as its row is settled.
    fn worked_on(&self, act: &RecordSigned) -> Result<(), StoreError> {
        let by_hand = act.answers.0.iter().filter(|(_, answer)| answer.is_by_hand());
        let instruments: BTreeSet<&str> =
            by_hand.filter_map(|(key, _)| key.row.as_deref()).chain(std::iter::once("")).collect();
        let form = definition::form(self.tx, act.form.as_str(), act.form_version)?;
        let items: BTreeSet<String> = form.iter().flat_map(|form| done_items(form, &act.answers)).collect();
        let instruments = instruments.into_iter().map(|one| ("record_instrument", "instrument", one));
        let items = items.iter().map(|item| ("record_item", "item", item.as_str()));
        for (table, column, name) in instruments.chain(items) {
            let insert = format!(
                "INSERT INTO {table} (record, point, form, {column}, signed_ms)
                 VALUES (:record, :point, :form, :name, (SELECT signed_ms FROM record WHERE id = :record))
                 ON CONFLICT DO NOTHING"
            );
            self.tx.prepare_cached(&insert)?.execute(named_params! {
                ":record": act.record.to_string(),
                ":point": act.point.as_str(),
                ":form": act.form.as_str(),
                ":name": name,
            })?;
        }
        Ok(())
    }

    /// Writes the row of a record; false if another entry had drawn a record of this id before.
    fn record_row(&self, act: &RecordSigned) -> Result<bool, StoreError> {
        self.tx.execute(
            "INSERT INTO record (id, operator, visit, point, technician, form, form_version, device, log, seq,
                 signed_ms, day, proof, own_point)
             VALUES (:id, :operator, :visit, :point, :technician, :form, :form_version, :device, :log, :seq,
                 :time, :day, :proof, EXISTS (SELECT 1 FROM point WHERE id = :point AND operator = :operator))
             ON CONFLICT DO NOTHING",
            named_params! {
                ":id": act.record.to_string(),
                ":operator": self.operator.as_str(),
                ":visit": act.visit.map(|visit| visit.to_string()),
                ":point": act.point.as_str(),
                ":technician": act.technician.as_str(),
                ":form": act.form.as_str(),
                ":form_version": act.form_version,
                ":device": self.header.device.to_string(),
                ":log": self.header.log.to_string(),
                ":seq": integer(self.header.seq),
                ":time": self.time_ms,
                ":day": self.day,
                ":proof": self.proof,
            },
        )?;
        let is_mine = self.tx.query_row(
            "SELECT EXISTS (SELECT 1 FROM record
                            WHERE id = :id AND device = :device AND log = :log AND seq = :seq)",
            named_params! {
                ":id": act.record.to_string(),
                ":device": self.header.device.to_string(),
                ":log": self.header.log.to_string(),
                ":seq": integer(self.header.seq),
            },
            |row| row.get(0),
        )?;
        Ok(is_mine)
    }

    fn files<'f>(
        &self,
        files: impl IntoIterator<Item = &'f FileRef>,
        reference: Reference<'_>,
    ) -> Result<(), StoreError> {
        for (index, file) in files.into_iter().enumerate() {
            self.tx.execute(
                "INSERT INTO file_reference (device, log, seq, place, operator, visit, record, role, sha256,
                     size_bytes, media_type, source, slot)
                 VALUES (:device, :log, :seq, :place, :operator, :visit, :record, :role, :sha256,
                     :size_bytes, :media_type, :source, :slot)
                 ON CONFLICT DO NOTHING",
                named_params! {
                    ":device": self.header.device.to_string(),
                    ":log": self.header.log.to_string(),
                    ":seq": integer(self.header.seq),
                    ":place": integer((reference.first_place + index) as u64),
                    ":operator": self.operator.as_str(),
                    ":visit": reference.visit.map(|id| id.to_string()),
                    ":record": reference.record.map(|id| id.to_string()),
                    ":role": reference.role,
                    ":sha256": file.sha256.to_string(),
                    // A size beyond what SQLite counts is nonsense of the sender's, not a reason to refuse evidence.
                    ":size_bytes": integer(file.size_bytes),
                    ":media_type": file.media_type,
                    ":source": reference.source,
                    ":slot": reference.slot,
                },
            )?;
        }
        Ok(())
    }
}

/// The slot of the photo of a station's plate.
pub(crate) const PLATE: &str = "plate";

fn source_name(source: PhotoSource) -> &'static str {
    match source {
        PhotoSource::Camera => "camera",
        PhotoSource::Imported => "imported",
        PhotoSource::Document => "document",
    }
}

/// What an entry's files are to it.
#[derive(Clone, Copy, Default)]
struct Reference<'a> {
    role: &'a str,
    visit: Option<VisitId>,
    record: Option<RecordId>,
    source: Option<&'a str>,
    slot: Option<&'a str>,
    first_place: usize,
}
