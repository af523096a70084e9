//! How people open this tablet.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, named_params};
use stackside_core::id::PersonId;

use super::{number, parsed_or_null, sql, time_text};
use crate::error::Error;

/// A person's PIN and wrong tries.
#[derive(Debug, Clone, Default)]
pub struct Pin {
    /// Argon2id (PHC).
    pub hash: Option<String>,
    /// Which secret was mixed into the hash: [`crate::store::key_id`]; nothing for one of an older release.
    pub pepper: Option<String>,
    /// The hash of the personal code that set it.
    pub used_code: Option<String>,
    /// Wrong tries in a row.
    pub wrong: u64,
    /// When the last one was: wall clock, boot clock, which boot.
    pub wrong_at: Option<(DateTime<Utc>, u64, String)>,
}

/// A person's row; an empty one if there is none.
pub fn get(connection: &Connection, person: &PersonId) -> Result<Pin, Error> {
    let found = connection
        .query_row(
            "SELECT hash, pepper, used_code, wrong, wrong_at, wrong_ms, wrong_boot FROM pin WHERE person = :person",
            named_params! {":person": person.as_str()},
            |row| {
                let at: Option<DateTime<Utc>> = parsed_or_null(row, "wrong_at")?;
                let wrong_at = match at {
                    Some(at) => Some((at, number(row, "wrong_ms")?, row.get("wrong_boot")?)),
                    None => None,
                };
                let wrong = number(row, "wrong")?;
                let (hash, pepper) = (row.get("hash")?, row.get("pepper")?);
                Ok(Pin { hash, pepper, used_code: row.get("used_code")?, wrong, wrong_at })
            },
        )
        .optional()?;
    Ok(found.unwrap_or_default())
}

/// Writes a person's row.
pub fn put(connection: &Connection, person: &PersonId, pin: &Pin) -> Result<(), Error> {
    let (at, ms, boot) = match &pin.wrong_at {
        Some((at, ms, boot)) => (Some(time_text(*at)), Some(sql(*ms)), Some(boot)),
        None => (None, None, None),
    };
    connection.execute(
        "INSERT INTO pin (person, hash, pepper, used_code, wrong, wrong_at, wrong_ms, wrong_boot)
         VALUES (:person, :hash, :pepper, :code, :wrong, :at, :ms, :boot)
         ON CONFLICT (person) DO UPDATE SET hash = excluded.hash, pepper = excluded.pepper,
             used_code = excluded.used_code, wrong = excluded.wrong, wrong_at = excluded.wrong_at, wrong_ms = excluded.wrong_ms,
             wrong_boot = excluded.wrong_boot",
        named_params! {
            ":person": person.as_str(), ":hash": pin.hash, ":pepper": pin.pepper, ":code": pin.used_code,
            ":wrong": sql(pin.wrong), ":at": at, ":ms": ms, ":boot": boot,
        },
    )?;
    Ok(())
}

/// Forgets all PINs: the tablet belongs to another operator now.
pub fn forget_all(connection: &Connection) -> Result<(), Error> {
    connection.execute("DELETE FROM pin", [])?;
    Ok(())
}
