//! Brings a database of any released version to this one.
#![allow(missing_docs, reason = "the macro below makes items of its own")]

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::StoreError;

refinery::embed_migrations!("../migrations/server");

/// Refuses a database that a newer server wrote, before anything here touches it.
pub(super) fn refuse_newer(path: &Path) -> Result<(), StoreError> {
    let mut wal = path.as_os_str().to_owned();
    wal.push("-wal");
    if !path.exists() {
        return Ok(());
    }
    // Plain read-only would still make -wal and -shm files beside a database that must stay untouched.
    let has_wal = Path::new(&wal).metadata().is_ok_and(|wal| wal.len() > 0);
    let name = path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let uri = format!("file:{name}?mode=ro{}", if has_wal { "" } else { "&immutable=1" });
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    let connection = Connection::open_with_flags(uri, flags)?;
    if !connection.table_exists(None, "refinery_schema_history")? {
        return Ok(());
    }
    let sql = "SELECT COALESCE(MAX(version), 0) FROM refinery_schema_history";
    let found: i64 = connection.query_row(sql, [], |row| row.get(0))?;
    let steps = migrations::runner();
    let known = steps.get_migrations().iter().map(|step| i64::from(step.version())).max().unwrap_or(0);
    if found > known { Err(StoreError::Newer { found, known }) } else { Ok(()) }
}

/// Runs the missing steps, all or none.
pub(super) fn run(connection: &mut Connection) -> Result<(), StoreError> {
    migrations::runner().set_grouped(true).run(connection).map_err(Box::new)?;
    Ok(())
}
