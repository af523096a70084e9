//! Forms and rulebooks that were taken over, beside those that ship.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, named_params};
use stackside_core::definition::{Definition, DefinitionKind, Definitions};

use super::time_text;
use crate::error::Error;

/// Where a definition came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DefinitionSource {
    /// The operator's server.
    Server,
    /// A file on this machine.
    File,
}

impl DefinitionSource {
    fn text(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::File => "file",
        }
    }
}

/// Keeps a definition behind those that are there.
pub fn add(
    connection: &Connection,
    definition: &Definition,
    source: DefinitionSource,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let kind = match definition.kind {
        DefinitionKind::Form => "form",
        DefinitionKind::Rulebook => "rulebook",
    };
    connection.execute(
        "INSERT INTO definition (number, kind, file, text, source, taken_at)
         SELECT COALESCE(MAX(number), 0) + 1, :kind, :file, :text, :source, :at FROM definition",
        named_params! {
            ":kind": kind, ":file": definition.file, ":text": definition.text, ":source": source.text(),
            ":at": time_text(at),
        },
    )?;
    Ok(())
}

/// All of them, in the order in which they were taken over.
pub fn all(connection: &Connection) -> Result<Vec<Definition>, Error> {
    let mut statement = connection.prepare("SELECT kind, file, text FROM definition ORDER BY number")?;
    let rows = statement.query_map([], |row| {
        let kind: String = row.get("kind")?;
        let kind = if kind == "form" { DefinitionKind::Form } else { DefinitionKind::Rulebook };
        Ok(Definition { kind, file: row.get("file")?, text: row.get("text")? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Those that ship and those that were taken over. One that no longer holds beside a newer app's own is left out.
pub fn known(connection: &Connection) -> Result<Definitions, Error> {
    let mut known = Definitions::built_in()?;
    for definition in all(connection)? {
        if let Err(error) = known.add(&definition) {
            tracing::error!(%error, "a stored definition is left out");
        }
    }
    Ok(known)
}

/// Forgets what came from a server that the tablet no longer belongs to; it comes down anew.
pub fn forget_server(connection: &Connection) -> Result<(), Error> {
    connection.execute("DELETE FROM definition WHERE source = 'server'", [])?;
    Ok(())
}
