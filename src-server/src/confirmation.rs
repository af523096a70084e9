//! 排污单位确认: what a visit's representative is shown here, what was answered, and where that stands.

use chrono::DateTime;
use rusqlite::{OptionalExtension, Row, Transaction, named_params};
use stackside_core::act::{Act, SignedIn};
use stackside_core::clock::TimeProof;
use stackside_core::confirmation::{
    Answer, Confirmed, Content, Given, PortalConfirmation, RecordTold, Representative, Standing, VisitTold,
    standing,
};
use stackside_core::evidence::Entry;
use stackside_core::form::Form;
use stackside_core::hash::Hash;
use stackside_core::proven::ProvenTime;
use stackside_core::record::{History, Stamp};
use stackside_core::trust::Signed;
use stackside_core::wire::ConfirmationElsewhere;

use crate::history::{HeldRecord, read_entry};
use crate::store::StoreError;
use crate::{definition, register};

/// An answer, whoever signed it.
pub(crate) struct Known {
    pub(crate) content: Content,
    pub(crate) answer: Answer,
    pub(crate) by: Representative,
    pub(crate) at: ProvenTime,
    pub(crate) is_in_portal: bool,
}

/// A visit, as far as its confirmation goes.
pub(crate) struct HeldVisit {
    pub(crate) operator: String,
    pub(crate) content: Content,
    pub(crate) standing: Standing,
    /// All answers, the first one first.
    pub(crate) known: Vec<Known>,
}

struct Head {
    operator: String,
    technician: String,
    signed_in: ProvenTime,
    entry: Entry,
}

struct Work {
    history: History,
    form: Option<Form>,
    signer: String,
}

impl HeldVisit {
    /// Nothing for a visit that is not held, or whose sign-in this version does not read.
    pub(crate) fn read(tx: &Transaction<'_>, visit: &str) -> Result<Option<Self>, StoreError> {
        let Some(head) = head(tx, visit)? else { return Ok(None) };
        let (Ok(header), Ok(Act::SignedIn(act))) = (head.entry.read_header(), head.entry.read_act()) else {
            return Ok(None);
        };
        let content = content(tx, &head, &Stamp::of(&head.entry, &header), &act)?;
        let known = known(tx, visit, &head.operator)?;
        let given: Vec<Given<'_>> = known
            .iter()
            .map(|one| Given { content: &one.content, answer: &one.answer, at: one.at })
            .collect();
        let changed = last_change(tx, visit, &head.operator)?.unwrap_or(head.signed_in);
        let standing = standing(&content, changed, &given);
        Ok(Some(Self { operator: head.operator, content, standing, known }))
    }
}

fn head(tx: &Transaction<'_>, visit: &str) -> Result<Option<Head>, StoreError> {
    let read = |row: &Row<'_>| {
        Ok(Head {
            entry: read_entry(row)?,
            operator: row.get(3)?,
            technician: row.get(4)?,
            signed_in: proven(row.get(5)?, &row.get::<_, String>(6)?),
        })
    };
    let query = "SELECT entry.header, entry.signature, entry.body, visit.operator, visit.technician,
             visit.signed_in_ms, visit.proof
         FROM visit JOIN entry ON entry.device = visit.device AND entry.log = visit.log AND entry.seq = visit.seq
         WHERE visit.id = :visit";
    Ok(tx.prepare_cached(query)?.query_row(named_params! { ":visit": visit }, read).optional()?)
}

fn content(
    tx: &Transaction<'_>,
    head: &Head,
    sign_in: &Stamp,
    act: &SignedIn,
) -> Result<Content, StoreError> {
    let point = register::point(tx, act.point.as_str())?;
    let discharger = match &point {
        Some(point) => name(tx, "discharger", point.discharger.as_str())?,
        None => String::new(),
    };
    let instruments = register::instruments_of(tx, act.point.as_str())?;
    let works = works(tx, &act.visit.to_string(), &head.operator)?;
    let records = works.iter().map(|work| RecordTold {
        history: &work.history,
        form: work.form.as_ref(),
        instruments: &instruments,
        signer: &work.signer,
    });
    Ok(Content::of(VisitTold {
        sign_in,
        act,
        point: point.as_ref().map_or(act.point.as_str(), |point| &point.name),
        discharger: &discharger,
        technician: &name(tx, "person", &head.technician)?,
        records: records.collect(),
    }))
}

/// The signed records of a visit; of its own operator only, whatever another's entries name.
fn works(tx: &Transaction<'_>, visit: &str, operator: &str) -> Result<Vec<Work>, StoreError> {
    let mut query =
        tx.prepare_cached("SELECT id FROM record WHERE visit = :visit AND operator = :operator")?;
    let ids = query
        .query_map(named_params! { ":visit": visit, ":operator": operator }, |row| row.get::<_, String>(0))?;
    let mut works = vec![];
    for id in ids {
        let held = HeldRecord::read(tx, &id?)?;
        let Some(history) = held.and_then(|held| held.history()) else { continue };
        let content = &history.newest().content;
        let form = definition::form(tx, content.form.as_str(), content.form_version)?;
        let signer = name(tx, "person", content.technician.as_str())?;
        works.push(Work { history, form, signer });
    }
    Ok(works)
}

/// The name of a row of the register; its id where there is none.
fn name(tx: &Transaction<'_>, table: &str, id: &str) -> Result<String, StoreError> {
    let query = format!("SELECT row ->> '$.name' FROM {table} WHERE id = :id");
    let found = tx.query_row(&query, named_params! { ":id": id }, |row| row.get(0)).optional()?;
    Ok(found.unwrap_or_else(|| id.to_owned()))
}

fn proven(ms: i64, proof: &str) -> ProvenTime {
    ProvenTime { at: DateTime::from_timestamp_millis(ms).unwrap_or_default(), proof: TimeProof::named(proof) }
}

/// When the work of a visit last changed: the last of its records, corrections and voids in the order in which they were made.
fn last_change(tx: &Transaction<'_>, visit: &str, operator: &str) -> Result<Option<ProvenTime>, StoreError> {
    let mut query = tx.prepare_cached(
        "SELECT record.signed_ms AS made, record.proof, entry.rowid AS place FROM record
         JOIN entry ON entry.device = record.device AND entry.log = record.log AND entry.seq = record.seq
         WHERE record.visit = :visit AND record.operator = :operator
         UNION ALL
         SELECT later_act.made_ms, later_act.proof, entry.rowid FROM record
         JOIN later_act ON later_act.subject IN (record.id, record.visit) AND later_act.operator = record.operator
             AND later_act.kind IN ('record_corrected', 'voided') AND later_act.made_ms IS NOT NULL
         JOIN entry ON entry.device = later_act.device AND entry.log = later_act.log AND entry.seq = later_act.seq
         WHERE record.visit = :visit AND record.operator = :operator
         ORDER BY place DESC LIMIT 1",
    )?;
    let read = |row: &Row<'_>| Ok(proven(row.get(0)?, &row.get::<_, String>(1)?));
    Ok(query.query_row(named_params! { ":visit": visit, ":operator": operator }, read).optional()?)
}

const KEPT: &str =
    "SELECT entry.header, entry.signature, entry.body, confirmation.statement, confirmation.made_ms,
         confirmation.proof
     FROM confirmation LEFT JOIN entry ON entry.device = confirmation.device AND entry.log = confirmation.log
         AND entry.seq = confirmation.seq";

/// The answers about a visit, in the order in which they were given.
fn known(tx: &Transaction<'_>, visit: &str, operator: &str) -> Result<Vec<Known>, StoreError> {
    let mut query = tx.prepare_cached(&format!(
        "{KEPT} WHERE confirmation.visit = :visit AND confirmation.operator = :operator
         ORDER BY confirmation.made_ms, confirmation.rowid"
    ))?;
    let rows = query.query_map(named_params! { ":visit": visit, ":operator": operator }, |row| {
        Ok((elsewhere(row)?, proven(row.get(4)?, &row.get::<_, String>(5)?)))
    })?;
    let mut known = vec![];
    for row in rows {
        let (kept, at) = row?;
        known.extend(match kept {
            Some(ConfirmationElsewhere::Tablet(entry)) => match entry.read_act() {
                Ok(Act::Confirmed(act)) => {
                    let Confirmed { content, answer, by, .. } = *act;
                    Some(Known { content, answer, by, at, is_in_portal: false })
                }
                _ => None,
            },
            Some(ConfirmationElsewhere::Portal(signed)) => signed.read_unverified().ok().map(|word| {
                let PortalConfirmation { content, answer, by, .. } = word;
                Known { content, answer, by, at, is_in_portal: true }
            }),
            None => None,
        });
    }
    Ok(known)
}

/// From the first four columns of [`KEPT`].
fn elsewhere(row: &Row<'_>) -> rusqlite::Result<Option<ConfirmationElsewhere>> {
    Ok(match row.get::<_, Option<String>>(3)? {
        Some(statement) => serde_json::from_str(&statement).ok().map(ConfirmationElsewhere::Portal),
        None => Some(ConfirmationElsewhere::Tablet(read_entry(row)?)),
    })
}

/// A confirmation as it goes down to tablets.
pub(crate) fn find(tx: &Transaction<'_>, id: &str) -> Result<Option<ConfirmationElsewhere>, StoreError> {
    let query = format!("{KEPT} WHERE confirmation.id = :id");
    Ok(tx.query_row(&query, named_params! { ":id": id }, elsewhere).optional()?.flatten())
}

/// Draws where the confirmation of a visit stands.
pub(crate) fn draw(tx: &Transaction<'_>, visit: &str) -> Result<(), StoreError> {
    let Some(HeldVisit { standing, .. }) = HeldVisit::read(tx, visit)? else { return Ok(()) };
    tx.prepare_cached(
        "INSERT INTO confirmation_standing (visit, state, day, is_late) VALUES (:visit, :state, :day, :late)
         ON CONFLICT (visit) DO UPDATE SET state = excluded.state, day = excluded.day, is_late = excluded.is_late",
    )?
    .execute(named_params! {
        ":visit": visit,
        ":state": standing.state.name(),
        ":day": standing.day.to_string(),
        ":late": standing.is_late,
    })?;
    Ok(())
}

/// Keeps an answer that was given here, and tells the tablets.
pub(crate) fn keep(
    tx: &Transaction<'_>,
    operator: &str,
    word: &PortalConfirmation,
    signed: &Signed<PortalConfirmation>,
) -> Result<(), StoreError> {
    let (id, visit) = (Hash::of(signed.text.as_bytes()).to_string(), word.visit.to_string());
    tx.execute(
        "INSERT INTO confirmation (id, visit, operator, statement, made_ms, proof)
         VALUES (:id, :visit, :operator, :statement, :made, :proof) ON CONFLICT DO NOTHING",
        named_params! {
            ":id": id,
            ":visit": visit,
            ":operator": operator,
            ":statement": serde_json::to_string(signed)?,
            ":made": word.server_time.timestamp_millis(),
            ":proof": TimeProof::Receipt.name(),
        },
    )?;
    register::announce_confirmation(tx, operator, &id)?;
    draw(tx, &visit)
}
