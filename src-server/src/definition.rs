//! Forms and rulebooks: those that ship, and those that were imported.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use rusqlite::{OptionalExtension, Transaction, named_params};
use stackside_core::definition::{Definition, DefinitionKind, Definitions};
use stackside_core::form::Form;

use crate::store::{StoreError, integer};

/// Those that ship, read once.
static BUILT_IN: LazyLock<Definitions> = LazyLock::new(|| {
    Definitions::built_in().unwrap_or_else(|error| {
        tracing::error!(%error, "the definitions that ship cannot be read");
        Definitions::default()
    })
});

/// The name of a kind in SQL and, as a folder, in an import.
pub(crate) const fn name_of(kind: DefinitionKind) -> &'static str {
    match kind {
        DefinitionKind::Form => "form",
        DefinitionKind::Rulebook => "rulebook",
    }
}

/// A definition that was taken over: what names it for ever, and its file.
pub(crate) struct Held {
    pub(crate) code: String,
    pub(crate) version: u32,
    pub(crate) definition: Definition,
}

impl Held {
    /// Its code and version, for people.
    pub(crate) fn name(&self) -> String {
        format!("{} v{}", self.code, self.version)
    }
    /// Its id among the changes that go down to tablets.
    pub(crate) fn id(&self) -> String {
        format!("{}/{}/{}", name_of(self.definition.kind), self.code, self.version)
    }
}

/// All definitions, read once and again after each import.
#[derive(Debug, Default)]
pub(crate) struct Shelf(
    // The last one's place and all of them. Prevents two pages from reading the same files at once.
    Mutex<Option<(i64, Arc<Definitions>)>>,
);

impl Shelf {
    /// All definitions as they stand. One that this version no longer reads is left out and told in the log: its
    /// records are shown as they came.
    pub(crate) fn all(&self, tx: &Transaction<'_>) -> Result<Arc<Definitions>, StoreError> {
        let last: i64 =
            tx.query_row("SELECT COALESCE(MAX(place), 0) FROM definition", [], |row| row.get(0))?;
        let mut shelf = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*shelf {
            Some((place, all)) if *place == last => Ok(all.clone()),
            _ => {
                let all = Arc::new(read_all(tx)?);
                *shelf = Some((last, all.clone()));
                Ok(all)
            }
        }
    }
}

/// Those that ship with the imported ones behind them.
pub(crate) fn read_all(tx: &Transaction<'_>) -> Result<Definitions, StoreError> {
    let mut all = BUILT_IN.clone();
    for held in imported(tx)? {
        if let Err(error) = all.add(&held.definition) {
            tracing::warn!(%error, "an imported definition cannot be read any more");
        }
    }
    Ok(all)
}

/// A form in one version: of those that ship, else of the imported ones.
pub(crate) fn form(tx: &Transaction<'_>, code: &str, version: u32) -> Result<Option<Form>, StoreError> {
    if let Some(form) = BUILT_IN.form(code, Some(version)) {
        return Ok(Some(form.clone()));
    }
    let is_imported = tx.query_row(
        "SELECT EXISTS (SELECT 1 FROM definition WHERE kind = 'form' AND code = :code AND version = :version)",
        named_params! { ":code": code, ":version": version },
        |row| row.get(0),
    )?;
    Ok(if is_imported { read_all(tx)?.form(code, Some(version)).cloned() } else { None })
}

/// The imported ones, in the order in which they are read.
pub(crate) fn imported(tx: &Transaction<'_>) -> Result<Vec<Held>, StoreError> {
    let mut query = tx.prepare("SELECT kind, code, version, file, text FROM definition ORDER BY place")?;
    let rows = query.query_map([], row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// One of the imported ones, by its [`Held::id`].
pub(crate) fn find(tx: &Transaction<'_>, id: &str) -> Result<Option<Held>, StoreError> {
    let query = "SELECT kind, code, version, file, text FROM definition
                 WHERE kind || '/' || code || '/' || version = :id";
    Ok(tx.query_row(query, named_params! { ":id": id }, row).optional()?)
}

fn row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Held> {
    let kind = match row.get_ref(0)?.as_str()? {
        "rulebook" => DefinitionKind::Rulebook,
        _ => DefinitionKind::Form,
    };
    let definition = Definition { kind, file: row.get(3)?, text: row.get(4)? };
    Ok(Held { code: row.get(1)?, version: row.get(2)?, definition })
}

/// Keeps one behind those that are there.
pub(crate) fn keep(tx: &Transaction<'_>, held: &Held) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO definition (kind, code, version, file, text) VALUES (:kind, :code, :version, :file, :text)",
        named_params! {
            ":kind": name_of(held.definition.kind),
            ":code": held.code,
            ":version": integer(held.version.into()),
            ":file": held.definition.file,
            ":text": held.definition.text,
        },
    )?;
    Ok(())
}
