//! The register comes in from files, one per table: all of it, or with every error by file, line and field nothing.

mod fields;
mod tables;

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use rusqlite::Transaction;

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
    /// No file of the register in the folder.
    #[error("`{}` holds no file of the register, such as point.toml", .0.display())]
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
    /// New rows: table and id.
    pub added: Vec<(&'static str, String)>,
    /// Rows that differ from the ones held.
    pub changed: Vec<(&'static str, String)>,
    /// Rows that are held just so.
    pub unchanged: usize,
}

/// A row that is ready to be kept.
struct Row {
    table: Table,
    id: String,
    json: String,
    /// Rows that must be there: field, line, table, id.
    references: Vec<(&'static str, usize, Table, String)>,
    file: String,
}

/// Imports a folder in one transaction; with `dry_run` only says what would change.
pub fn import(store: &Store, folder: &Path, dry_run: bool) -> Result<ImportReport, ImportError> {
    let (rows, mut complaints) = read(folder)?;
    let given: BTreeSet<(Table, &str)> = rows.iter().map(|row| (row.table, row.id.as_str())).collect();
    let dangling = |tx: &Transaction<'_>| -> Result<Vec<Complaint>, StoreError> {
        let mut complaints = vec![];
        for row in &rows {
            for (field, line, table, id) in &row.references {
                if !given.contains(&(*table, id.as_str())) && register::row(tx, *table, id)?.is_none() {
                    complaints.push(Complaint {
                        file: row.file.clone(),
                        line: *line,
                        field: (*field).to_owned(),
                        reason: format!(
                            "no {} with id `{id}` in these files or in the register",
                            table.name()
                        ),
                    });
                }
            }
        }
        Ok(complaints)
    };
    complaints.extend(store.read_now::<_, StoreError>(|tx| dangling(tx))?);
    if !complaints.is_empty() {
        complaints.sort();
        return Err(ImportError::Files(complaints));
    }
    if dry_run {
        return Ok(store.read_now::<_, StoreError>(|tx| compare(tx, &rows))?);
    }
    Ok(store.write_now::<_, StoreError>(|tx| {
        let report = compare(tx, &rows)?;
        for row in &rows {
            register::keep(tx, row.table, &row.id, &row.json)?;
        }
        let mut operators = tx.prepare("SELECT id FROM operator ORDER BY id")?;
        let operators = operators.query_map([], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?;
        for operator in operators {
            register::announce(tx, &operator)?;
        }
        Ok(report)
    })?)
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

fn read(folder: &Path) -> Result<(Vec<Row>, Vec<Complaint>), ImportError> {
    let io = |path: &Path| {
        let path = path.to_owned();
        move |source| ImportError::Io { path, source }
    };
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
    if rows.is_empty() && complaints.is_empty() {
        return Err(ImportError::Empty(folder.to_owned()));
    }
    Ok((rows, complaints))
}
