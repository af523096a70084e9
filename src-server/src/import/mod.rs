//! The register comes in from files, one per table, forms and rulebooks from files of their own: all of it, or with every
//! error by file, line and field nothing.

mod definitions;
mod fields;
mod shifted;
mod tables;

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use rusqlite::Transaction;
use stackside_core::definition::Definition;

use crate::definition::{self, Held};
use crate::register::{self, Table};
use crate::store::{Store, StoreError};

/// What is wrong at one place of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Complaint {
    /// The file's name.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The field, such as `fence.outer`.
    pub field: String,
    /// What is wrong, in words.
    pub reason: String,
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}: {}", self.file, self.line, self.field, self.reason)
    }
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A file or the folder cannot be read.
    #[error("`{}`: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// No file of the register and no definition in the folder.
    #[error("`{}` holds no file of the register, such as point.toml, and no folder form or rulebook", .0.display())]
    Empty(PathBuf),
    /// All that is wrong in the files.
    #[error("{} errors in the files", .0.len())]
    Files(Vec<Complaint>),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What an import did, or would do. Rows of the database that no file names stay as they are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// New rows: table and id; new definitions: kind, code and version.
    pub added: Vec<(&'static str, String)>,
    /// Rows that differ from the ones held.
    pub changed: Vec<(&'static str, String)>,
    /// Rows that are held just so.
    pub unchanged: usize,
    /// What a person should look at; it stands in the way of nothing.
    pub warnings: Vec<Complaint>,
}

/// A row that is ready to be kept.
#[derive(Clone)]
struct Row {
    table: Table,
    id: String,
    json: String,
    /// Rows that must be there: field, line, table, id.
    references: Vec<(&'static str, usize, Table, String)>,
    file: String,
    /// Where its position stands, or the row begins.
    line: usize,
}

/// What a folder holds.
struct Given {
    rows: Vec<Row>,
    definitions: Vec<Definition>,
    complaints: Vec<Complaint>,
}

/// Imports a folder in one transaction; with `dry_run` only says what would change.
pub fn import(store: &Store, folder: &Path, dry_run: bool) -> Result<ImportReport, ImportError> {
    let given = read(folder)?;
    if dry_run {
        return store.read_now(|tx| Ok(check(tx, given)?.0));
    }
    store.write_now(|tx| {
        let rows = given.rows.clone();
        let (report, new) = check(tx, given)?;
        for row in &rows {
            register::keep(tx, row.table, &row.id, &row.json)?;
        }
        for held in &new {
            definition::keep(tx, held)?;
        }
        let mut operators = tx.prepare("SELECT id FROM operator ORDER BY id").map_err(StoreError::from)?;
        let operators = operators.query_map([], |row| row.get(0)).map_err(StoreError::from)?;
        let operators = operators.collect::<Result<Vec<String>, _>>().map_err(StoreError::from)?;
        for operator in operators {
            register::announce(tx, &operator)?;
        }
        Ok(report)
    })
}

/// What an import would do, and the definitions that are new to it; or everything that is wrong.
fn check(tx: &Transaction<'_>, given: Given) -> Result<(ImportReport, Vec<Held>), ImportError> {
    let Given { rows, definitions, mut complaints } = given;
    complaints.extend(dangling(tx, &rows)?);
    let mut known = definition::read_all(tx)?;
    let new = definitions::check(&mut known, &definitions, &mut complaints);
    if !complaints.is_empty() {
        complaints.sort();
        return Err(ImportError::Files(complaints));
    }
    let mut report = compare(tx, &rows)?;
    report.warnings = shifted::warnings(tx, &rows)?;
    report.unchanged += definitions.len() - new.len();
    let name = |held: &Held| (definition::name_of(held.definition.kind), held.name());
    report.added.extend(new.iter().map(name));
    Ok((report, new))
}

/// Rows that name others which are nowhere.
fn dangling(tx: &Transaction<'_>, rows: &[Row]) -> Result<Vec<Complaint>, StoreError> {
    let given: BTreeSet<(Table, &str)> = rows.iter().map(|row| (row.table, row.id.as_str())).collect();
    let mut complaints = vec![];
    for row in rows {
        for (field, line, table, id) in &row.references {
            if !given.contains(&(*table, id.as_str())) && register::row(tx, *table, id)?.is_none() {
                complaints.push(Complaint {
                    file: row.file.clone(),
                    line: *line,
                    field: (*field).to_owned(),
                    reason: format!("no {} with id `{id}` in these files or in the register", table.name()),
                });
            }
        }
    }
    Ok(complaints)
}

fn compare(tx: &Transaction<'_>, rows: &[Row]) -> Result<ImportReport, StoreError> {
    let mut report = ImportReport::default();
    for row in rows {
        let place = (row.table.name(), row.id.clone());
        match register::row(tx, row.table, &row.id)? {
            None => report.added.push(place),
            Some(held) if held != row.json => report.changed.push(place),
            Some(_) => report.unchanged += 1,
        }
    }
    Ok(report)
}

fn io(path: &Path) -> impl Fn(std::io::Error) -> ImportError + use<> {
    let path = path.to_owned();
    move |source| ImportError::Io { path: path.clone(), source }
}

fn read(folder: &Path) -> Result<Given, ImportError> {
    let (mut rows, mut complaints) = (vec![], vec![]);
    let mut names = BTreeSet::new();
    for file in std::fs::read_dir(folder).map_err(io(folder))? {
        names.insert(file.map_err(io(folder))?.file_name().to_string_lossy().into_owned());
    }
    let file_of = |table: Table| format!("{}.toml", table.name());
    for table in Table::ALL {
        let name = file_of(table);
        if !names.remove(&name) {
            continue;
        }
        let path = folder.join(&name);
        let text = std::fs::read_to_string(&path).map_err(io(&path))?;
        tables::read(table, &name, &text, &mut rows, &mut complaints);
    }
    for name in names.iter().filter(|name| name.ends_with(".toml")) {
        let known = Table::ALL.map(file_of).join(", ");
        complaints.push(Complaint {
            file: name.clone(),
            line: 1,
            field: "file".to_owned(),
            reason: format!("no table of the register; they are {known}"),
        });
    }
    let (definitions, long): (Vec<Definition>, Vec<Definition>) = definitions::read(folder)?
        .into_iter()
        .partition(|definition| definitions::too_long(definition).is_none());
    complaints.extend(long.iter().filter_map(definitions::too_long));
    if rows.is_empty() && definitions.is_empty() && complaints.is_empty() {
        return Err(ImportError::Empty(folder.to_owned()));
    }
    Ok(Given { rows, definitions, complaints })
}
