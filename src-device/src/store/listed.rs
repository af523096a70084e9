//! 台账: every record known here, newest first, and the words that a search finds it by.
//!
//! Both are made from `record` and `record_elsewhere`: where they are lost, [`remake`] makes them anew.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, Statement, named_params};
use stackside_core::form::{Answers, Field, FieldType, Form};
use stackside_core::id::{FormCode, PersonId, PointId, RecordId};
use stackside_core::wire::RecordElsewhere;

use super::{definition, json, last, parsed, parsed_or_null, record};
use crate::error::Error;

/// What the list holds of a record.
pub struct Listing<'a> {
    /// Which.
    pub record: RecordId,
    /// Its point.
    pub point: &'a PointId,
    /// Its form.
    pub form: &'a FormCode,
    /// Whose draft it is; nothing once it is signed.
    pub drafter: Option<&'a PersonId>,
    /// When it was signed; begun, of a draft.
    pub at: DateTime<Utc>,
    /// True if it came from another tablet.
    pub elsewhere: bool,
    /// What a search finds it by; nothing for a draft, whose answers are looked through as they stand.
    pub words: Option<String>,
}

/// So many records can stand in the list with the same second.
const IN_A_SECOND: i64 = 256;

/// Puts a record into the list, or anew if it is there. A record that was made here does not give way to its copy.
pub fn put(c: &Connection, new: &Listing<'_>) -> Result<(), Error> {
    let id = new.record.to_string();
    let before: Option<(i64, bool)> = c
        .prepare_cached("SELECT number, elsewhere FROM listed WHERE record = :record")?
        .query_row(named_params! {":record": id}, |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    match before {
        Some((_, false)) if new.elsewhere => return Ok(()),
        Some((number, _)) => take_out(c, number)?,
        None => {}
    }
    let number = free_number(c, new.at)?;
    c.prepare_cached(
        "INSERT INTO listed (number, record, point, form, drafter, at, elsewhere)
         VALUES (:number, :record, :point, :form, :drafter, :at, :elsewhere)",
    )?
    .execute(named_params! {
        ":number": number, ":record": id, ":point": new.point.as_str(), ":form": new.form.as_str(),
        ":drafter": new.drafter.map(PersonId::as_str), ":at": super::time_text(new.at), ":elsewhere": new.elsewhere,
    })?;
    if let Some(words) = &new.words {
        c.prepare_cached("INSERT INTO listed_words (rowid, words) VALUES (:number, :words)")?
            .execute(named_params! {":number": number, ":words": split(words)})?;
    }
    Ok(())
}

fn take_out(c: &Connection, number: i64) -> Result<(), Error> {
    for table in ["listed WHERE number", "listed_words WHERE rowid"] {
        c.prepare_cached(&format!("DELETE FROM {table} = :number"))?
            .execute(named_params! {":number": number})?;
    }
    Ok(())
}

/// The next number that is free at a time: the numbers order the list.
fn free_number(c: &Connection, at: DateTime<Utc>) -> Result<i64, Error> {
    let mut statement = c.prepare_cached(
        "SELECT COALESCE(MAX(number) + 1, :first) FROM listed WHERE number >= :first AND number < :end",
    )?;
    let mut first = at.timestamp() * IN_A_SECOND;
    loop {
        let end = first + IN_A_SECOND;
        let free: i64 =
            statement.query_row(named_params! {":first": first, ":end": end}, |row| row.get(0))?;
        if free < end {
            return Ok(free);
        }
        first = end;
    }
}

/// Puts a signed record of this tablet into the list.
pub fn put_signed(
    c: &Connection,
    id: RecordId,
    (point, form): (&PointId, &Form),
    answers: &Answers,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let names = names(c, "record WHERE id", id)?;
    let words = Some(words(&names, Some(form), answers));
    put(c, &Listing { record: id, point, form: &form.code, drafter: None, at, elsewhere: false, words })
}

/// Puts a record from elsewhere into the list.
pub fn put_elsewhere(c: &Connection, row: &RecordElsewhere, form: Option<&Form>) -> Result<(), Error> {
    let content = &row.content;
    let names = names(c, "record_elsewhere WHERE record", content.record)?;
    let history = row.history();
    let listing = Listing {
        record: content.record,
        point: &content.point,
        form: &content.form,
        drafter: None,
        at: row.signed_at,
        elsewhere: true,
        words: Some(words(&names, form, &history.newest().content.answers)),
    };
    put(c, &listing)
}

fn names(c: &Connection, of: &str, id: RecordId) -> Result<String, Error> {
    let mut statement = c.prepare_cached(&format!("SELECT words FROM {of} = :id"))?;
    Ok(statement.query_row(named_params! {":id": id.to_string()}, |row| row.get(0))?)
}

/// Signed records and the person's own drafts, newest first, and how many there are in all; of all points or of one.
pub fn list(
    c: &Connection,
    person: &PersonId,
    point: Option<&PointId>,
    offset: u32,
    limit: u32,
) -> Result<(Vec<RecordId>, u64), Error> {
    // Counted apart: the index of numbers is small, and others' drafts are few.
    let here = if point.is_some() { " AND point = :point" } else { " AND :point IS NULL" };
    let count = format!(
        "SELECT (SELECT COUNT(*) FROM listed WHERE TRUE{here})
              - (SELECT COUNT(*) FROM listed WHERE drafter IS NOT NULL AND drafter <> :person{here})"
    );
    let point = point.map(PointId::as_str);
    let params = named_params! {":person": person.as_str(), ":point": point};
    let total: i64 = c.prepare_cached(&count)?.query_row(params, |row| row.get(0))?;
    let rows = format!(
        "SELECT record FROM listed WHERE (drafter IS NULL OR drafter = :person){here}
         ORDER BY number DESC LIMIT {limit} OFFSET {offset}"
    );
    let mut statement = c.prepare(&rows)?;
    let rows = statement.query_map(params, |row| parsed(row, "record"))?;
    Ok((rows.collect::<Result<_, _>>()?, u64::try_from(total).unwrap_or(0)))
}

/// As [`list`], of those that hold all words of a search: any sequence of Chinese characters, and beginnings of other
/// words, in the names of point, discharger and form and in the answers.
pub fn search(
    c: &Connection,
    person: &PersonId,
    wanted: &str,
    offset: u32,
    limit: u32,
) -> Result<(Vec<RecordId>, u64), Error> {
    let Some(query) = query(wanted) else { return Ok((vec![], 0)) };
    let drafts = drafts_with(c, person, wanted)?;
    let signed: i64 = c
        .prepare_cached("SELECT COUNT(*) FROM listed_words WHERE listed_words MATCH :query")?
        .query_row(named_params! {":query": query}, |row| row.get(0))?;
    let mut statement = c.prepare_cached(
        "SELECT record FROM
             (SELECT rowid AS number FROM listed_words WHERE listed_words MATCH :query
              UNION ALL SELECT value FROM json_each(:drafts) ORDER BY number DESC LIMIT :limit OFFSET :offset)
             JOIN listed USING (number) ORDER BY number DESC",
    )?;
    let params = named_params! {
        ":query": query, ":drafts": serde_json::to_string(&drafts)?, ":limit": limit, ":offset": offset,
    };
    let rows = statement.query_map(params, |row| parsed(row, "record"))?.collect::<Result<_, _>>()?;
    Ok((rows, u64::try_from(signed).unwrap_or(0) + drafts.len() as u64))
}

/// The numbers of a person's drafts in which all words stand. They are few, and change with each key.
fn drafts_with(c: &Connection, person: &PersonId, wanted: &str) -> Result<Vec<i64>, Error> {
    let mut statement = c.prepare_cached(
        "SELECT number, record, words, definition FROM listed JOIN record ON record.id = listed.record
         WHERE drafter = :person",
    )?;
    let mut rows = statement.query(named_params! {":person": person.as_str()})?;
    let wanted = wanted.to_lowercase();
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let form: Form = json(row, "definition")?;
        let answers = record::answers(c, parsed(row, "record")?)?;
        let text = words(&row.get::<_, String>("words")?, Some(&form), &answers).to_lowercase();
        if wanted.split_whitespace().all(|word| text.contains(word)) {
            found.push(row.get("number")?);
        }
    }
    Ok(found)
}

/// The last signed record of a form at a point that counts, own or from elsewhere; signed before `before`, if given.
pub fn last_at_point(
    c: &Connection,
    point: &PointId,
    form: &FormCode,
    before: Option<DateTime<Utc>>,
) -> Result<Option<(RecordId, DateTime<Utc>)>, Error> {
    let sql = "SELECT record, at FROM listed
         WHERE point = :point AND form = :form AND drafter IS NULL AND (:before IS NULL OR at < :before)
           AND record NOT IN (SELECT subject FROM voided)
         ORDER BY number DESC LIMIT 1";
    let params = named_params! {
        ":point": point.as_str(), ":form": form.as_str(), ":before": before.map(super::time_text),
    };
    let read = |row: &Row<'_>| Ok((parsed(row, "record")?, parsed(row, "at")?));
    Ok(c.prepare_cached(sql)?.query_row(params, read).optional()?)
}

/// When someone last signed a record at a point that counts.
pub fn last_signed_at(c: &Connection, point: &PointId) -> Result<Option<DateTime<Utc>>, Error> {
    let sql = "SELECT at FROM listed WHERE point = :point AND drafter IS NULL
           AND record NOT IN (SELECT subject FROM voided)
         ORDER BY number DESC LIMIT 1";
    let params = named_params! {":point": point.as_str()};
    Ok(c.prepare_cached(sql)?.query_row(params, |row| parsed(row, "at")).optional()?)
}

/// Forgets the records from elsewhere.
pub fn clear_elsewhere(c: &Connection) -> Result<(), Error> {
    c.execute("DELETE FROM listed_words WHERE rowid IN (SELECT number FROM listed WHERE elsewhere)", [])?;
    c.execute("DELETE FROM listed WHERE elsewhere", [])?;
    Ok(())
}

/// Lists the records of a database that is older than the list.
pub fn fill(c: &mut Connection) -> Result<(), Error> {
    let is_empty: bool = c.query_row(
        "SELECT NOT EXISTS (SELECT 1 FROM listed)
             AND EXISTS (SELECT 1 FROM record UNION ALL SELECT 1 FROM record_elsewhere)",
        [],
        |row| row.get(0),
    )?;
    if is_empty { remake(c) } else { Ok(()) }
}

/// Makes the list anew.
pub fn remake(c: &mut Connection) -> Result<(), Error> {
    let t = c.transaction()?;
    t.execute_batch("DELETE FROM listed; DELETE FROM listed_words;")?;
    list_own(&t)?;
    list_elsewhere(&t)?;
    Ok(t.commit()?)
}

fn list_own(c: &Connection) -> Result<(), Error> {
    let mut all = c.prepare(
        "SELECT id, point, person, definition, begun_at, signed_at FROM record WHERE original IS NULL
         ORDER BY begun_at, id",
    )?;
    each(&mut all, |row| {
        let (record, point): (RecordId, PointId) = (parsed(row, "id")?, parsed(row, "point")?);
        let form: Form = json(row, "definition")?;
        match parsed_or_null(row, "signed_at")? {
            Some(at) => {
                let answers = last::answers(c, record)?.unwrap_or_default();
                put_signed(c, record, (&point, &form), &answers, at)
            }
            None => {
                let (drafter, at) = (parsed(row, "person")?, parsed(row, "begun_at")?);
                let (drafter, form) = (Some(&drafter), &form.code);
                put(c, &Listing { record, point: &point, form, drafter, at, elsewhere: false, words: None })
            }
        }
    })
}

fn list_elsewhere(c: &Connection) -> Result<(), Error> {
    let definitions = definition::known(c)?;
    let mut all = c.prepare("SELECT row FROM record_elsewhere ORDER BY signed_at, record")?;
    each(&mut all, |row| {
        let row: RecordElsewhere = json(row, "row")?;
        let content = &row.content;
        put_elsewhere(c, &row, definitions.form(content.form.as_str(), Some(content.form_version)))
    })
}

/// Lists each row that can be read: one that cannot must not keep the others out, nor the app closed.
fn each(all: &mut Statement<'_>, mut list: impl FnMut(&Row<'_>) -> Result<(), Error>) -> Result<(), Error> {
    let mut rows = all.query([])?;
    while let Some(row) = rows.next()? {
        match list(row) {
            Err(error) if !error.is_disk_full() && !error.is_disk_failure() => {
                tracing::error!(%error, "a record is not listed");
            }
            listed => listed?,
        }
    }
    Ok(())
}

/// What a search finds a record by: names, and the answers as they are read.
fn words(names: &str, form: Option<&Form>, answers: &Answers) -> String {
    let mut words = names.to_owned();
    for (key, answer) in &answers.0 {
        let field = form.and_then(|form| form.field_of(key));
        for text in shown(field, &answer.text) {
            words.push('\n');
            words.push_str(text);
        }
    }
    words
}

/// An answer's words as the screen shows them.
fn shown<'a>(field: Option<&'a Field>, text: &'a str) -> Vec<&'a str> {
    let Some(field) = field else { return vec![text] };
    match field.kind {
        // Behind hash and length.
        FieldType::File => text.splitn(3, ' ').skip(2).collect(),
        FieldType::Signature | FieldType::Photo => vec![],
        kind if kind.has_choices() => {
            let chosen = text.split('|').map(str::trim);
            let choice = |value: &str| field.choices.iter().find(|choice| choice.value == value);
            chosen
                .flat_map(|value| match choice(value) {
                    Some(choice) => vec![choice.label.zh.as_str(), choice.label.en.as_str()],
                    None => vec![value],
                })
                .collect()
        }
        _ => vec![text],
    }
}

/// Characters that are written without spaces between words.
fn stands_alone(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Each Chinese character as a word of its own, so that a phrase of them finds any sequence.
fn split(text: &str) -> String {
    let mut apart = String::with_capacity(text.len() * 2);
    for c in text.chars() {
        let alone = stands_alone(c);
        if alone {
            apart.push(' ');
        }
        apart.push(c);
        if alone {
            apart.push(' ');
        }
    }
    apart
}

/// A search as FTS5 reads it: a phrase for each word; nothing if there is no letter or digit in it.
fn query(wanted: &str) -> Option<String> {
    let is_word = |word: &&str| word.chars().any(char::is_alphanumeric);
    let phrases: Vec<String> = wanted
        .split_whitespace()
        .filter(is_word)
        .map(|word| {
            let begins = word.chars().rfind(|c| c.is_alphanumeric()).is_some_and(|c| !stands_alone(c));
            format!("\"{}\"{}", split(word).replace('"', " "), if begins { " *" } else { "" })
        })
        .collect();
    (!phrases.is_empty()).then(|| phrases.join(" AND "))
}

#[cfg(test)]
mod tests {
    use super::{query, split};

    #[test]
    fn chinese_characters_are_words_of_their_own() {
        assert_eq!(split("1#烟囱 SO2").split_whitespace().collect::<Vec<_>>(), ["1#", "烟", "囱", "SO2"]);
    }

    #[test]
    fn a_search_is_a_phrase_for_each_word_and_cannot_break_out_of_it() {
        for (wanted, is) in [
            ("烟囱", Some("\" 烟  囱 \"")),
            ("烟囱 so2", Some("\" 烟  囱 \" AND \"so2\" *")),
            ("\" OR x", Some("\"OR\" * AND \"x\" *")),
            ("a\"b", Some("\"a b\" *")),
            ("#，", None),
            ("  ", None),
        ] {
            assert_eq!(query(wanted).as_deref(), is, "{wanted}");
        }
    }
}
