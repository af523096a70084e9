//! What the plausibility checks point out in a visit: the same code that the tablet runs before it is left, over all that the
//! server knows of the technician.

use chrono::{DateTime, Days, NaiveDate, Utc};
use rusqlite::{OptionalExtension, Transaction, named_params};
use stackside_core::act::{Act, RecordSigned, SignedIn};
use stackside_core::id::{RecordId, VisitId};
use stackside_core::plausible::{self, Finding, Limits, Stay};
use stackside_core::register::{Instrument, Point};

use super::kept;
use super::record::Library;
use super::visit::Head;
use crate::access::PersonCaller;
use crate::history::HeldRecord;
use crate::register;
use crate::store::StoreError;

/// A finding in words.
pub(super) struct Found {
    /// What about.
    pub(super) place: String,
    pub(super) text: String,
    /// The page of what it is about.
    pub(super) link: Option<String>,
    /// True if the tablet pointed it out before the visit was left.
    pub(super) was_shown: bool,
}

/// What is found in a visit now, and what the tablet pointed out besides when it was left.
pub(super) fn of_visit(
    tx: &Transaction<'_>,
    library: &Library,
    caller: &PersonCaller,
    head: &Head,
    point: Option<&Point>,
    signed_in: &SignedIn,
    shown: &[Finding],
) -> Result<Vec<Found>, StoreError> {
    let fix = signed_in.presence.fix.as_ref().map(|fix| fix.position);
    // Of a point that nobody registered nobody knows where it stands.
    let Some(station) = point.map(|point| point.position).or(fix) else { return Ok(vec![]) };
    let stay = Stay {
        visit: head.id,
        station,
        fix,
        signed_in_at: moment(head.signed_in_ms),
        signed_out_at: head.signed_out_ms.map(moment),
    };
    let records = records(tx, head)?;
    let checked: Vec<_> = records
        .iter()
        .map(|(content, signed_at)| plausible::Record {
            id: content.record,
            form: library.form(content.form.as_str(), content.form_version),
            answers: &content.answers,
            signed_at: Some(*signed_at),
        })
        .collect();
    let instruments = register::instruments_of(tx, signed_in.point.as_str())?;
    let visit = plausible::Visit {
        stay: &stay,
        distance_m: signed_in.presence.distance_m,
        instruments: &instruments,
        records: &checked,
        now: stay.signed_out_at.unwrap_or(stay.signed_in_at),
    };
    let found = plausible::findings(&visit, &others(tx, head)?, &Limits::default());
    let is_gone = |one: &&Finding| !found.iter().any(|other| other.is_same(one));
    let gone = shown.iter().filter(is_gone);
    let words = Worded { tx, library, caller, records: &records, instruments: &instruments };
    found
        .iter()
        .map(|one| words.found(one, shown.iter().any(|other| other.is_same(one))))
        .chain(gone.map(|one| words.found(one, true)))
        .collect()
}

fn moment(ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(ms).unwrap_or_default()
}

/// The technician's other visits of the days around that count, from any tablet.
fn others(tx: &Transaction<'_>, head: &Head) -> Result<Vec<Stay>, StoreError> {
    let Ok(day) = head.day.parse::<NaiveDate>() else { return Ok(vec![]) };
    let mut query = tx.prepare_cached(
        "SELECT id, point, device, log, seq, signed_in_ms, signed_out_ms FROM visit
         WHERE technician = :technician AND operator = :operator AND id <> :id AND day BETWEEN :from AND :to
             AND NOT EXISTS (SELECT 1 FROM void_visit WHERE void_visit.visit = visit.id)
         ORDER BY abs(signed_in_ms - :time) LIMIT 50",
    )?;
    let mut rows = query.query(named_params! {
        ":technician": head.technician,
        ":operator": head.operator,
        ":id": head.id.to_string(),
        ":from": day.checked_sub_days(Days::new(1)).unwrap_or(day).to_string(),
        ":to": day.checked_add_days(Days::new(1)).unwrap_or(day).to_string(),
        ":time": head.signed_in_ms,
    })?;
    let mut stays = vec![];
    while let Some(row) = rows.next()? {
        let (device, log): (String, String) = (row.get(2)?, row.get(3)?);
        let (Ok(visit), Some(point), Some(Act::SignedIn(act))) = (
            row.get::<_, String>(0)?.parse(),
            register::point(tx, &row.get::<_, String>(1)?)?,
            kept::act(tx, (&device, &log), row.get(4)?)?,
        ) else {
            continue;
        };
        stays.push(Stay {
            visit,
            station: point.position,
            fix: act.presence.fix.map(|fix| fix.position),
            signed_in_at: moment(row.get(5)?),
            signed_out_at: row.get::<_, Option<i64>>(6)?.map(moment),
        });
    }
    Ok(stays)
}

/// The visit's records that count, each as it says now and when it was signed first: a correction may come days later.
fn records(tx: &Transaction<'_>, head: &Head) -> Result<Vec<(RecordSigned, DateTime<Utc>)>, StoreError> {
    let mut query = tx.prepare_cached(
        "SELECT id, signed_ms FROM record WHERE visit = :visit AND operator = :operator
             AND NOT EXISTS (SELECT 1 FROM void_record WHERE void_record.record = record.id)
         ORDER BY signed_ms, id",
    )?;
    let mut rows =
        query.query(named_params! { ":visit": head.id.to_string(), ":operator": head.operator })?;
    let mut records = vec![];
    while let Some(row) = rows.next()? {
        let held = HeldRecord::read(tx, &row.get::<_, String>(0)?)?;
        if let Some(history) = held.and_then(|held| held.history()) {
            records.push((history.newest().content.clone(), moment(row.get(1)?)));
        }
    }
    Ok(records)
}

/// What it takes to say what a finding is about.
struct Worded<'w> {
    tx: &'w Transaction<'w>,
    library: &'w Library,
    caller: &'w PersonCaller,
    records: &'w [(RecordSigned, DateTime<Utc>)],
    instruments: &'w [Instrument],
}

impl Worded<'_> {
    fn found(&self, finding: &Finding, was_shown: bool) -> Result<Found, StoreError> {
        let words = self.library.words;
        let (place, link) = if let Some(other) = finding.other_visit() {
            self.other_visit(other)?
        } else if let Some(record) = finding.record() {
            (self.record(record, finding), Some(format!("/records/{record}")))
        } else if let Finding::NoIdentity { instrument, .. } = finding {
            (self.factor(instrument.as_str()), None)
        } else {
            (words.visit.to_owned(), None)
        };
        Ok(Found { place, text: words.finding(finding), link, was_shown })
    }

    /// Another visit by its point; one that the reader may not see only as such.
    fn other_visit(&self, other: VisitId) -> Result<(String, Option<String>), StoreError> {
        let query = format!(
            "SELECT COALESCE(point.row ->> '$.name', work.point) FROM visit AS work
             LEFT JOIN point ON point.id = work.point WHERE work.id = :id AND {}",
            self.caller.visible()
        );
        let parameters =
            named_params! { ":id": other.to_string(), ":organisation": self.caller.organisation };
        let point: Option<String> = self.tx.query_row(&query, parameters, |row| row.get(0)).optional()?;
        Ok(match point {
            Some(point) => (point, Some(format!("/visits/{other}"))),
            None => (self.library.words.other_visit.to_owned(), None),
        })
    }

    fn record(&self, record: RecordId, finding: &Finding) -> String {
        let words = self.library.words;
        let Some((content, _)) = self.records.iter().find(|(content, _)| content.record == record) else {
            return words.records.to_owned();
        };
        let form = self.library.form(content.form.as_str(), content.form_version);
        let field = finding.key().map(|key| {
            let field = form.and_then(|form| form.field_of(key));
            field.map_or_else(
                || key.to_string(),
                |field| words.pick(&field.label.zh, &field.label.en).to_owned(),
            )
        });
        let factor = finding.key().and_then(|key| key.row.as_deref()).map(|id| self.factor(id));
        let title = self.library.title(content.form.as_str(), content.form_version);
        [Some(title), factor, field].into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }

    fn factor(&self, instrument: &str) -> String {
        let found = self.instruments.iter().find(|one| one.id.as_str() == instrument);
        found.map_or(instrument, |one| &one.factor).to_owned()
    }
}
