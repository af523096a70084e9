//! Brings a database of any released version to this one.
#![allow(missing_docs, reason = "the macro below makes items of its own")]

use rusqlite::Connection;

use super::StoreError;

refinery::embed_migrations!("../migrations/server");

/// Runs the missing steps, all or none. A database of a newer version is refused, untouched.
pub(super) fn run(connection: &mut Connection) -> Result<(), StoreError> {
    migrations::runner().set_grouped(true).run(connection).map_err(Box::new)?;
    Ok(())
}
