//! Single values of this tablet.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, named_params};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use stackside_core::clock::{Clocks, HeardTime};
use stackside_core::evidence::PublicKey;
use stackside_core::id::{DeviceId, OperatorId};
use stackside_core::trust::{Certificate, Signed};

use crate::error::Error;

/// [`Enrolled`].
pub const ENROLMENT: &str = "enrolment";
/// To whom the tablet seals what only its operator may open: [`crate::seal::Recipient`], as text. Nothing while the
/// server names nobody.
pub const RECIPIENT: &str = "recipient";
/// [`crate::key_copy::Left`].
pub const KEY_COPY: &str = "key_copy";
/// [`stackside_core::command::Settings`].
pub const SCREEN: &str = "screen";
/// Where the next page of changes starts: `u64`.
pub const CURSOR: &str = "cursor";
/// The wire version of the app that the cursor is of.
pub const WIRE: &str = "wire";
/// [`Contact`].
pub const CONTACT: &str = "contact";
/// [`ReceiptCame`].
pub const RECEIPT_CAME: &str = "receipt_came";
/// [`stackside_core::wire::Health::history`] of the last contact: `u32`.
pub const HISTORY: &str = "history";
/// `true` once the app ended by itself.
pub const CLEAN_END: &str = "clean_end";
/// [`LastBackup`].
pub const BACKUP: &str = "backup";
/// [`stackside_core::command::Mended`], until a new log has told of it.
pub const MENDED: &str = "mended";
/// [`stackside_core::command::Recovered`], until the technician has read it.
pub const RECOVERED: &str = "recovered";
/// Files that a person lets wait: a set of [`stackside_core::hash::Hash`].
pub const PAUSED: &str = "paused";
/// A person's place: the prefix of the name.
pub const PLACE: &str = "place:";

/// Whose tablet it is. The token is in the key store.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Enrolled {
    /// This device.
    pub device: DeviceId,
    /// Its operator.
    pub operator: OperatorId,
    /// The server's address, without a slash at its end.
    pub server: String,
    /// The key that signs certificates and receipts.
    pub server_key: PublicKey,
    /// The server's word for this device.
    pub certificate: Signed<Certificate>,
    /// Its last day.
    pub valid_until: DateTime<Utc>,
}

/// The last contact with our server.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Contact {
    /// By the device's wall clock.
    pub at: DateTime<Utc>,
    /// The clocks at that moment.
    pub clocks: Clocks,
}

/// When the last receipt came.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReceiptCame {
    /// In which start of the machine.
    pub boot_id: String,
    /// The server's time in it, and the boot clock when it came.
    pub heard: HeardTime,
}

/// The last backup.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LastBackup {
    /// Which device the tablet was then.
    pub device: DeviceId,
    /// The clocks at that moment.
    pub clocks: Clocks,
}

/// Reads a value.
pub fn get<T: DeserializeOwned>(connection: &Connection, name: &str) -> Result<Option<T>, Error> {
    let text: Option<String> = connection
        .query_row("SELECT value FROM setting WHERE name = :name", named_params! {":name": name}, |row| {
            row.get(0)
        })
        .optional()?;
    Ok(text.map(|text| serde_json::from_str(&text)).transpose()?)
}

/// Writes a value.
pub fn put<T: Serialize>(connection: &Connection, name: &str, value: &T) -> Result<(), Error> {
    connection.execute(
        "INSERT INTO setting (name, value) VALUES (:name, :value)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        named_params! {":name": name, ":value": serde_json::to_string(value)?},
    )?;
    Ok(())
}

/// Takes a value away.
pub fn remove(connection: &Connection, name: &str) -> Result<(), Error> {
    connection.execute("DELETE FROM setting WHERE name = :name", named_params! {":name": name})?;
    Ok(())
}

/// Adds what went out today.
pub fn add_traffic(connection: &Connection, day: &str, sent_bytes: u64) -> Result<(), Error> {
    connection.execute(
        "INSERT INTO traffic (day, sent_bytes) VALUES (:day, :bytes)
         ON CONFLICT (day) DO UPDATE SET sent_bytes = sent_bytes + excluded.sent_bytes",
        named_params! {":day": day, ":bytes": super::sql(sent_bytes)},
    )?;
    Ok(())
}

/// What went out on the days that begin with `date`: a day, or a month.
pub fn traffic(connection: &Connection, date: &str) -> Result<u64, Error> {
    let sql =
        "SELECT COALESCE(SUM(sent_bytes), 0) AS sent FROM traffic WHERE day >= :date AND day < :date || '~'";
    Ok(connection.query_row(sql, named_params! {":date": date}, |row| super::number(row, "sent"))?)
}
