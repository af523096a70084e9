//! Reads what can be read of a damaged database, row by row, into the one that takes its place.

use std::collections::BTreeMap;

use rusqlite::types::Value;
use rusqlite::{Connection, ErrorCode, params_from_iter};
use stackside_core::act::Act;
use stackside_core::evidence::{Entry, PublicKey};
use stackside_core::id::{DeviceId, LogId};

use super::database::Database;
use super::entry::{self, Subject};
use super::is_damage;
use super::setting::{self, Enrolled};
use crate::error::Error;

/// Settings that belong to the backup: where the sync of its rows stood.
const SETTINGS_OF_THE_BACKUP: &str =
    "'cursor', 'wire', 'history', 'clean_end', 'backup', 'mended', 'key_copy'";

/// What was saved beyond the backup.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Rescued {
    pub entries: u64,
    pub answers: u64,
}

/// Saves what is newer than in `new`. A row that cannot be read, or does not fit, is left where it is.
pub(super) fn rescue(damaged: &Database, new: &mut Connection) -> Result<Rescued, Error> {
    let mut old = match Old::open(damaged) {
        Ok(old) => old,
        Err(error) if is_damage(&error) => {
            tracing::error!(%error, "nothing can be read of the damaged database");
            return Ok(Rescued::default());
        }
        Err(error) => return Err(error.into()),
    };
    // Rows come in the order of their tables; one that names another may come before it.
    new.pragma_update(None, "foreign_keys", false)?;
    let transaction = new.transaction()?;
    let mut rescued = Rescued::default();
    for table in tables(&transaction)? {
        let count = table.copy(&mut old, &transaction)?;
        if table.name == "answer" {
            rescued.answers = count;
        }
    }
    rescued.entries = entries(&mut old, &transaction)?;
    // Without its record an answer is nobody's; the damaged file has it still.
    transaction.execute("DELETE FROM answer WHERE record NOT IN (SELECT id FROM record)", [])?;
    transaction.commit()?;
    Ok(rescued)
}

/// The damaged database. Encrypted, it reads nothing any more over a connection that has met one bad page.
struct Old<'a> {
    database: &'a Database,
    connection: Connection,
}

impl<'a> Old<'a> {
    fn open(database: &'a Database) -> Result<Self, rusqlite::Error> {
        Ok(Self { connection: database.connect_to_read(database.file())?, database })
    }

    fn has_column(&self, table: &str, column: &str) -> bool {
        self.connection.column_exists(None, table, column).unwrap_or(false)
    }

    /// Hands on the rows up to one that cannot be read: the first and last rowid, and whether that was all.
    fn rows(&mut self, select: &str, take: &mut impl FnMut(&[Value])) -> (Option<i64>, Option<i64>, bool) {
        let (mut first, mut last) = (None, None);
        let mut read = || -> Result<(), rusqlite::Error> {
            let mut statement = self.connection.prepare(select)?;
            let width = statement.column_count();
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let number: i64 = row.get(0)?;
                let values = (1..width).map(|index| row.get(index)).collect::<Result<Vec<Value>, _>>()?;
                take(&values);
                first.get_or_insert(number);
                last = Some(number);
            }
            Ok(())
        };
        let is_whole = read().is_ok();
        if !is_whole && let Ok(anew) = Self::open(self.database) {
            *self = anew;
        }
        (first, last, is_whole)
    }
}

struct Table {
    name: String,
    columns: Vec<String>,
    key: Vec<String>,
}

/// All tables but the evidence, which has to hold, and the list, which is made anew. Answers come before the records that seal them.
fn tables(new: &Connection) -> Result<Vec<Table>, Error> {
    let mut names = new.prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'
             AND name NOT IN ('refinery_schema_history', 'entry') AND name NOT LIKE 'listed%' ORDER BY name = 'record', name",
    )?;
    let names = names.query_map([], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?;
    names.into_iter().map(|name| Table::of(new, name)).collect()
}

impl Table {
    fn of(new: &Connection, name: String) -> Result<Self, Error> {
        let mut info = new.prepare("SELECT name, pk FROM pragma_table_info(?1)")?;
        let rows =
            info.query_map([&name], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)? > 0)))?;
        let all = rows.collect::<Result<Vec<_>, _>>()?;
        let key = all.iter().filter(|(_, is_key)| *is_key).map(|(name, _)| name.clone()).collect();
        Ok(Self { name, columns: all.into_iter().map(|(name, _)| name).collect(), key })
    }

    /// Copies the rows that can be read, over older ones; returns how many were new or another than before.
    fn copy(&self, old: &mut Old<'_>, new: &Connection) -> Result<u64, Error> {
        // An older schema lacks columns; they keep their defaults.
        let has = |column: &&String| old.has_column(&self.name, column);
        let columns: Vec<&String> = self.columns.iter().filter(has).collect();
        if columns.is_empty() {
            return Ok(0);
        }
        let list = columns.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
        let marks = vec!["?"; columns.len()].join(", ");
        let others = columns.iter().filter(|name| !self.key.contains(name));
        let (mut sets, mut differs) = (vec![], vec![]);
        for name in others {
            sets.push(format!("\"{name}\" = excluded.\"{name}\""));
            differs.push(format!("\"{}\".\"{name}\" IS NOT excluded.\"{name}\"", self.name));
        }
        let then = if sets.is_empty() {
            "NOTHING".to_owned()
        } else {
            format!("UPDATE SET {} WHERE {}", sets.join(", "), differs.join(" OR "))
        };
        let mut put = new.prepare(&format!(
            "INSERT INTO \"{}\" ({list}) VALUES ({marks}) ON CONFLICT ({}) DO {then}",
            self.name,
            self.key.join(", ")
        ))?;
        let (mut changed, mut failed) = (0, None);
        let is_setting = self.name == "setting";
        let not =
            if is_setting { format!(" AND name NOT IN ({SETTINGS_OF_THE_BACKUP})") } else { String::new() };
        readable(old, &format!("SELECT rowid, {list} FROM \"{}\" WHERE rowid", self.name), &not, |row| {
            match put.execute(params_from_iter(row)) {
                Ok(rows) => changed += rows as u64,
                // What does not fit (a seal that holds, a second open visit) stays as the backup has it.
                Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {}
                Err(error) => failed = Some(error),
            }
        });
        failed.map_or(Ok(changed), |error| Err(error.into()))
    }
}

/// Hands on all rows that can be read, without their rowid, which is the first column. Behind a row that cannot be read
/// it looks further and further away, and from there back.
fn readable(old: &mut Old<'_>, select: &str, and: &str, mut take: impl FnMut(&[Value])) {
    let (mut after, mut step) = (0_i64, 1_i64);
    // Below this number all rows were read or cannot be.
    let mut done = 0_i64;
    loop {
        let forward = format!("{select} > {after}{and} ORDER BY rowid");
        let (first, last, is_whole) = old.rows(&forward, &mut take);
        if let Some(first) = first.filter(|first| first - 1 > done && after > done) {
            let back = format!("{select} > {done} AND rowid < {first}{and} ORDER BY rowid DESC");
            old.rows(&back, &mut take);
        }
        match (last, after.checked_add(step)) {
            _ if is_whole => return,
            (Some(last), _) => (after, done, step) = (last, last, 1),
            (None, Some(next)) => (after, step) = (next, step.saturating_mul(2)),
            (None, None) => return,
        }
    }
}

/// Saves the entries that the new database lacks, each only if its device's key signed it as it stands.
fn entries(old: &mut Old<'_>, new: &Connection) -> Result<u64, Error> {
    let mut keys: BTreeMap<(DeviceId, LogId), PublicKey> = BTreeMap::new();
    let mut rescued = 0;
    let mut failed = None;
    let select = "SELECT rowid, header, signature, body, point, record FROM entry WHERE rowid";
    readable(old, select, "", |row| match take_entry(new, &mut keys, row) {
        Ok(true) => rescued += 1,
        Ok(false) => {}
        Err(error) => failed = Some(error),
    });
    failed.map_or(Ok(rescued), Err)
}

fn take_entry(
    new: &Connection,
    keys: &mut BTreeMap<(DeviceId, LogId), PublicKey>,
    row: &[Value],
) -> Result<bool, Error> {
    let [Value::Text(header), Value::Text(signature), Value::Text(body), point, record] = row else {
        return Ok(false);
    };
    let entry = Entry { header: header.clone(), signature: signature.clone().into(), body: body.clone() };
    let Ok(header) = entry.read_header() else { return Ok(false) };
    let place = (header.device, header.log);
    if let Some(key) = certified(&entry) {
        keys.insert(place, key);
    }
    if !keys.contains_key(&place)
        && let Some(first) = entry::at(new, header.log, 1)?
        && let Some(key) = certified(&first)
    {
        keys.insert(place, key);
    }
    if keys.get(&place).is_none_or(|key| entry.verify(key).is_err())
        || entry::hash(new, header.log, header.seq)?.is_some()
    {
        return Ok(false);
    }
    if !entry::has_log(new, header.log)? {
        // Another tablet's log that this one carries must never become the current one.
        let enrolled: Option<Enrolled> = setting::get(new, setting::ENROLMENT)?;
        match enrolled.is_none_or(|enrolled| enrolled.device == header.device) {
            true => entry::open_log(new, header.log, header.device)?,
            false => entry::carry_log(new, header.log, header.device)?,
        }
    }
    let text = |value: &Value| match value {
        Value::Text(text) => Some(text.clone()),
        _ => None,
    };
    entry::add(new, &entry, &header, &Subject { point: text(point), record: text(record) })?;
    Ok(true)
}

/// The key that a log's first entry names. It is this tablet's own file: the server checks the certificate.
fn certified(entry: &Entry) -> Option<PublicKey> {
    let act: Act = entry.read_act().ok()?;
    Some(act.certificate()?.read_unverified().ok()?.public_key)
}
