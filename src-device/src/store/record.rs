//! Records and their answers.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use stackside_core::evidence::Header;
use stackside_core::form::{Answer, AnswerKey, Answers, Form, Label, LastDone, Origin, Override};
use stackside_core::id::{FormCode, LogId, PersonId, PointId, RecordId, VisitId};
use stackside_core::judge::Verdict;
use stackside_core::record::RecordState;
use stackside_core::register::{Bottle, Instrument};
use stackside_core::rulebook::Rulebook;

use super::listed::{self, Listing};
use super::{json, json_or_null, parsed, parsed_or_null, sql, time_text};
use crate::error::Error;

/// The title of a record's form: of many records, without the rest of it.
pub fn title(connection: &Connection, id: RecordId) -> Result<Option<Label>, Error> {
    let mut statement =
        connection.prepare_cached("SELECT definition -> '$.title' AS title FROM record WHERE id = :id")?;
    let read = |row: &Row<'_>| json(row, "title");
    Ok(statement.query_row(named_params! {":id": id.to_string()}, read).optional()?)
}

/// One version of a record, without its answers.
#[derive(Debug, Clone)]
pub struct Record {
    /// Which version: the first one's is the record's.
    pub id: RecordId,
    /// The record that it corrects; nothing in the first version.
    pub original: Option<RecordId>,
    /// Its number, from 1.
    pub version: u32,
    /// Why it corrects the version before.
    pub reason: Option<String>,
    /// Its visit; nothing for desk work.
    pub visit: Option<VisitId>,
    /// Its point.
    pub point: PointId,
    /// Who fills or signed it.
    pub person: PersonId,
    /// That person's name.
    pub person_name: String,
    /// The definition it was begun with.
    pub form: Form,
    /// The rulebook it was pinned to.
    pub rulebook: Rulebook,
    /// Draft or signed.
    pub state: RecordState,
    /// When it was begun.
    pub begun_at: DateTime<Utc>,
    /// When it was signed.
    pub signed_at: Option<DateTime<Utc>>,
    /// Of a signed version and of a correction: what stood at the point when the record was signed first.
    pub site: Option<SignedSite>,
    /// Once signed.
    pub seal: Option<Seal>,
}

impl Record {
    /// The record's id: that of its first version.
    pub fn root(&self) -> RecordId {
        self.original.unwrap_or(self.id)
    }
}

/// The point of a record as it was when that was signed.
#[derive(Debug, Clone, Default)]
pub struct SignedSite {
    /// Its instruments.
    pub instruments: Vec<Instrument>,
    /// Its bottles.
    pub bottles: Vec<Bottle>,
    /// When the form's items had last been done there.
    pub last_done: LastDone,
}

/// What a signed version was signed with.
#[derive(Debug, Clone)]
pub struct Seal {
    /// The verdicts as signed.
    pub verdicts: Vec<Verdict>,
    /// The entry's log.
    pub log: LogId,
    /// The entry's number.
    pub seq: u64,
}

const COLUMNS: &str =
    "SELECT id, visit, point, person, person_name, definition, rulebook, state, begun_at, signed_at,
    verdicts, instruments, bottles, last_done, log, seq, original, version, reason FROM record";

fn read(row: &Row<'_>) -> rusqlite::Result<Record> {
    let state: String = row.get("state")?;
    let seal = match json_or_null(row, "verdicts")? {
        Some(verdicts) => Some(Seal { verdicts, log: parsed(row, "log")?, seq: super::number(row, "seq")? }),
        None => None,
    };
    let site = match json_or_null(row, "instruments")? {
        Some(instruments) => Some(SignedSite {
            instruments,
            bottles: json(row, "bottles")?,
            last_done: json_or_null(row, "last_done")?.unwrap_or_default(),
        }),
        None => None,
    };
    Ok(Record {
        id: parsed(row, "id")?,
        original: parsed_or_null(row, "original")?,
        version: row.get("version")?,
        reason: row.get("reason")?,
        visit: parsed_or_null(row, "visit")?,
        point: parsed(row, "point")?,
        person: parsed(row, "person")?,
        person_name: row.get("person_name")?,
        form: json(row, "definition")?,
        rulebook: json(row, "rulebook")?,
        state: if state == "draft" { RecordState::Draft } else { RecordState::Signed },
        begun_at: parsed(row, "begun_at")?,
        signed_at: parsed_or_null(row, "signed_at")?,
        site,
        seal,
    })
}

/// Adds a draft with its prefilled answers.
pub fn add(connection: &Connection, record: &Record, answers: &Answers, words: &str) -> Result<(), Error> {
    connection.execute(
        "INSERT INTO record (id, visit, point, person, person_name, form, form_version, definition, rulebook, state,
                             begun_at, words)
         VALUES (:id, :visit, :point, :person, :person_name, :form, :version, :definition, :rulebook, 'draft',
                 :begun, :words)",
        named_params! {
            ":id": record.id.to_string(), ":visit": record.visit.map(|id| id.to_string()), ":point": record.point.as_str(),
            ":person": record.person.as_str(), ":person_name": record.person_name,
            ":form": record.form.code.as_str(), ":version": record.form.version,
            ":definition": serde_json::to_string(&record.form)?, ":rulebook": serde_json::to_string(&record.rulebook)?,
            ":begun": time_text(record.begun_at), ":words": words,
        },
    )?;
    for (key, answer) in &answers.0 {
        put_answer(connection, record.id, key, answer, None)?;
    }
    let listing = Listing {
        record: record.id,
        point: &record.point,
        form: &record.form.code,
        drafter: Some(&record.person),
        at: record.begun_at,
        elsewhere: false,
        words: None,
    };
    listed::put(connection, &listing)
}

/// A version of a record, of any state and person.
pub fn find(connection: &Connection, id: RecordId) -> Result<Option<Record>, Error> {
    let sql = format!("{COLUMNS} WHERE id = :id");
    Ok(connection.query_row(&sql, named_params! {":id": id.to_string()}, read).optional()?)
}

/// A version that this person may see: signed, or an own draft.
pub fn of_person(connection: &Connection, id: RecordId, person: &PersonId) -> Result<Record, Error> {
    find(connection, id)?
        .filter(|record| record.state == RecordState::Signed || record.person == *person)
        .ok_or_else(|| Error::not_found("record"))
}

/// The records of a visit in their first versions, in the order in which they were begun.
pub fn of_visit(connection: &Connection, visit: VisitId) -> Result<Vec<Record>, Error> {
    let sql = format!("{COLUMNS} WHERE visit = :visit AND original IS NULL ORDER BY begun_at, id");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(named_params! {":visit": visit.to_string()}, read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The drafts of a visit whose forms record replaced bottles.
pub fn replacements(connection: &Connection, visit: VisitId) -> Result<Vec<Record>, Error> {
    // Every form is a large text: those that name no new bottle are not read.
    let sql = format!(
        "{COLUMNS} WHERE visit = :visit AND state = 'draft' AND instr(definition, '\"bottle:number\"') > 0
         ORDER BY begun_at, id"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(named_params! {":visit": visit.to_string()}, read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A person's draft of a form in a visit or, without one, at a point.
pub fn draft(
    connection: &Connection,
    person: &PersonId,
    visit: Option<VisitId>,
    point: &PointId,
    form: &FormCode,
) -> Result<Option<RecordId>, Error> {
    let sql = "SELECT id FROM record
         WHERE person = :person AND visit IS :visit AND point = :point AND form = :form AND state = 'draft'
           AND original IS NULL";
    let params = named_params! {
        ":person": person.as_str(), ":visit": visit.map(|id| id.to_string()), ":point": point.as_str(),
        ":form": form.as_str(),
    };
    Ok(connection.query_row(sql, params, |row| parsed(row, "id")).optional()?)
}

/// The answers of a record.
pub fn answers(connection: &Connection, record: RecordId) -> Result<Answers, Error> {
    let mut statement = connection
        .prepare_cached("SELECT key, text, origin, original, reason FROM answer WHERE record = :record")?;
    let rows = statement.query_map(named_params! {":record": record.to_string()}, |row| {
        let key: AnswerKey = parsed(row, "key")?;
        Ok((key, read_answer(row)?))
    })?;
    Ok(Answers(rows.collect::<Result<_, _>>()?))
}

fn read_answer(row: &Row<'_>) -> rusqlite::Result<Answer> {
    let original: Option<String> = row.get("original")?;
    let reason: Option<String> = row.get("reason")?;
    let replaced = original.zip(reason).map(|(original, reason)| Override { original, reason });
    Ok(Answer { text: row.get("text")?, origin: json(row, "origin")?, replaced })
}

/// One answer, and where the value came from that it replaced.
pub fn answer(
    connection: &Connection,
    record: RecordId,
    key: &AnswerKey,
) -> Result<Option<(Answer, Option<Origin>)>, Error> {
    let sql = "SELECT text, origin, original, original_origin, reason FROM answer WHERE record = :record AND key = :key";
    let params = named_params! {":record": record.to_string(), ":key": key.to_string()};
    let read = |row: &Row<'_>| Ok((read_answer(row)?, json_or_null(row, "original_origin")?));
    Ok(connection.query_row(sql, params, read).optional()?)
}

/// Writes one answer of a draft.
pub fn put_answer(
    connection: &Connection,
    record: RecordId,
    key: &AnswerKey,
    answer: &Answer,
    original_origin: Option<&Origin>,
) -> Result<(), Error> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO answer (record, key, text, origin, original, original_origin, reason)
         VALUES (:record, :key, :text, :origin, :original, :original_origin, :reason)
         ON CONFLICT (record, key) DO UPDATE SET text = excluded.text, origin = excluded.origin,
             original = excluded.original, original_origin = excluded.original_origin, reason = excluded.reason",
    )?;
    let replaced = answer.replaced.as_ref();
    statement.execute(named_params! {
        ":record": record.to_string(), ":key": key.to_string(), ":text": answer.text,
        ":origin": serde_json::to_string(&answer.origin)?,
        ":original": replaced.map(|replaced| &replaced.original),
        ":original_origin": original_origin.map(serde_json::to_string).transpose()?,
        ":reason": replaced.map(|replaced| &replaced.reason),
    })?;
    Ok(())
}

/// Takes a line out of a table of a draft; `block` is any key of its block. Those below move up, with their photos;
/// photos of the line itself stay in the record, without a place.
pub fn remove_line(
    connection: &Connection,
    record: RecordId,
    block: &AnswerKey,
    gone: u16,
) -> Result<(), Error> {
    let id = record.to_string();
    let all = answers(connection, record)?;
    let slots: Vec<AnswerKey> = super::photo::of_record(connection, record)?
        .into_iter()
        .filter_map(|photo| photo.slot?.parse().ok())
        .filter(|key: &AnswerKey| key.section == block.section && key.row == block.row)
        .collect();
    let answered = all.of_block(&block.section, block.row.as_deref()).map(|(key, _)| key);
    let mut keys: Vec<&AnswerKey> = answered.chain(&slots).filter(|key| key.line >= Some(gone)).collect();
    // From the top: what stood above has made room.
    keys.sort_by_key(|key| key.line);
    for key in keys {
        let above =
            key.line.filter(|line| *line > gone).map(|line| key.clone().in_line(line - 1).to_string());
        let params = named_params! {":record": id, ":key": key.to_string(), ":to": above};
        let moved = if above.is_some() {
            "UPDATE answer SET key = :to WHERE record = :record AND key = :key"
        } else {
            "DELETE FROM answer WHERE record = :record AND key = :key AND :to IS NULL"
        };
        connection.execute(moved, params)?;
        connection.execute("UPDATE photo SET slot = :to WHERE record = :record AND slot = :key", params)?;
    }
    Ok(())
}

/// Makes a draft a signed record: its answers as signed, and what it was signed with.
pub fn sign(
    connection: &Connection,
    record: RecordId,
    answers: &Answers,
    verdicts: &[Verdict],
    site: &SignedSite,
    at: DateTime<Utc>,
    entry: &Header,
) -> Result<(), Error> {
    let id = record.to_string();
    let mut kept = connection.prepare_cached("DELETE FROM answer WHERE record = :record AND key = :key")?;
    for key in self::answers(connection, record)?.0.keys().filter(|key| !answers.0.contains_key(key)) {
        kept.execute(named_params! {":record": id, ":key": key.to_string()})?;
    }
    for (key, answer) in &answers.0 {
        let before = self::answer(connection, record, key)?;
        if before.as_ref().map(|(before, _)| before) != Some(answer) {
            put_answer(connection, record, key, answer, before.and_then(|(_, origin)| origin).as_ref())?;
        }
    }
    let changed = connection.execute(
        "UPDATE record SET state = 'signed', signed_at = :at, verdicts = :verdicts, instruments = :instruments,
                           bottles = :bottles, last_done = :last_done, log = :log, seq = :seq
         WHERE id = :id AND state = 'draft'",
        named_params! {
            ":id": id, ":at": time_text(at), ":verdicts": serde_json::to_string(verdicts)?,
            ":instruments": serde_json::to_string(&site.instruments)?,
            ":bottles": serde_json::to_string(&site.bottles)?,
            ":last_done": serde_json::to_string(&site.last_done)?,
            ":log": entry.log.to_string(), ":seq": sql(entry.seq),
        },
    )?;
    if changed == 1 { Ok(()) } else { Err(Error::broken("a draft was gone while it was signed")) }
}
