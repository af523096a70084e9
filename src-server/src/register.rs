//! The register's rows, and what of them each operator's tablets are told (the `change` table).

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension, Transaction, named_params};
use serde::de::DeserializeOwned;
use stackside_core::definition::DefinitionKind;
use stackside_core::hash::Hash;
use stackside_core::id::{OperatorId, PersonId};
use stackside_core::pause::KnownHalt;
use stackside_core::register::{Instrument, Operator, Person, Point};
use stackside_core::wire::{Change, Removed};

use crate::store::StoreError;
use crate::{definition, faults};

/// The kind of a definition in `change`.
pub(crate) const DEFINITION: &str = "definition";
/// The kind of a confirmation in `change`.
pub(crate) const CONFIRMATION: &str = "confirmation";
/// The kind of what rests or goes on in `change`.
pub(crate) const HALT: &str = "halt";

/// The kind of a review in `change`.
pub(crate) const REVIEW: &str = "review";

/// A table of the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    /// 运维机构.
    Operator,
    /// 排污单位.
    Discharger,
    /// 运维人员.
    Person,
    /// 监测点位.
    Point,
    /// 仪器.
    Instrument,
    /// 标气瓶.
    Bottle,
    /// 运维计划.
    Plan,
}

impl Table {
    /// All of them, each after those that it refers to.
    pub const ALL: [Self; 7] = [
        Self::Operator,
        Self::Discharger,
        Self::Person,
        Self::Point,
        Self::Instrument,
        Self::Bottle,
        Self::Plan,
    ];

    /// Its name in SQL, in `change` and, with `.toml`, in an import.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Discharger => "discharger",
            Self::Person => "person",
            Self::Point => "point",
            Self::Instrument => "instrument",
            Self::Bottle => "bottle",
            Self::Plan => "plan",
        }
    }

    /// The rows that an operator's tablets see.
    const fn visible(self) -> &'static str {
        match self {
            Self::Operator => "SELECT id, row, NULL FROM operator WHERE id = :operator",
            Self::Discharger => {
                "SELECT id, row, NULL FROM discharger
                 WHERE id IN (SELECT discharger FROM point WHERE operator = :operator)"
            }
            Self::Person => "SELECT id, row, code_hash FROM person WHERE operator = :operator",
            Self::Point => "SELECT id, row, NULL FROM point WHERE operator = :operator",
            Self::Instrument => {
                "SELECT id, row, NULL FROM instrument
                 WHERE point IN (SELECT id FROM point WHERE operator = :operator)"
            }
            Self::Bottle => {
                "SELECT id, row, NULL FROM bottle WHERE point IN (SELECT id FROM point WHERE operator = :operator)"
            }
            Self::Plan => {
                "SELECT id, row, NULL FROM plan WHERE point IN (SELECT id FROM point WHERE operator = :operator)"
            }
        }
    }
}

/// Writes a row of the register; the personal code of a person stays.
pub fn keep(tx: &Transaction<'_>, table: Table, id: &str, row: &str) -> Result<(), StoreError> {
    let name = table.name();
    tx.execute(
        &format!("INSERT INTO {name} (id, row) VALUES (:id, :row) ON CONFLICT (id) DO UPDATE SET row = excluded.row"),
        named_params! { ":id": id, ":row": row },
    )?;
    Ok(())
}

/// The JSON of a row.
pub fn row(tx: &Transaction<'_>, table: Table, id: &str) -> Result<Option<String>, StoreError> {
    let query = format!("SELECT row FROM {} WHERE id = :id", table.name());
    Ok(tx.query_row(&query, named_params! { ":id": id }, |row| row.get(0)).optional()?)
}

/// A row as the domain's type.
fn read<T: DeserializeOwned>(tx: &Transaction<'_>, table: Table, id: &str) -> Result<Option<T>, StoreError> {
    Ok(row(tx, table, id)?.map(|text| serde_json::from_str(&text)).transpose()?)
}

/// An operator.
pub fn operator(tx: &Transaction<'_>, id: &OperatorId) -> Result<Option<Operator>, StoreError> {
    read(tx, Table::Operator, id.as_str())
}

/// A point.
pub fn point(tx: &Transaction<'_>, id: &str) -> Result<Option<Point>, StoreError> {
    read(tx, Table::Point, id)
}

/// An instrument.
pub fn instrument(tx: &Transaction<'_>, id: &str) -> Result<Option<Instrument>, StoreError> {
    read(tx, Table::Instrument, id)
}

/// The instruments of a point.
pub fn instruments_of(tx: &Transaction<'_>, point: &str) -> Result<Vec<Instrument>, StoreError> {
    let mut query = tx.prepare("SELECT row FROM instrument WHERE point = :point ORDER BY id")?;
    let rows = query.query_map(named_params! { ":point": point }, |row| row.get::<_, String>(0))?;
    rows.map(|row| Ok(serde_json::from_str(&row?)?)).collect()
}

/// A person with the hash of the personal code.
fn person(tx: &Transaction<'_>, id: &PersonId) -> Result<Option<Person>, StoreError> {
    let Some(mut person) = read::<Person>(tx, Table::Person, id.as_str())? else { return Ok(None) };
    person.code_hash = tx.query_row(
        "SELECT code_hash FROM person WHERE id = :id",
        named_params! { ":id": id.as_str() },
        |row| row.get(0),
    )?;
    Ok(Some(person))
}

/// Compares what an operator's tablets were told with what they should see, and queues the difference.
pub fn announce(tx: &Transaction<'_>, operator: &str) -> Result<(), StoreError> {
    for table in Table::ALL {
        let mut seen = BTreeSet::new();
        let mut rows = tx.prepare(table.visible())?;
        let mut rows = rows.query(named_params! { ":operator": operator })?;
        while let Some(row) = rows.next()? {
            let (id, text, code): (String, String, Option<String>) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let hash = Hash::of(format!("{text}{}", code.unwrap_or_default()).as_bytes()).to_string();
            tell(tx, operator, table.name(), &id, &hash)?;
            seen.insert(id);
        }
        let mut told =
            tx.prepare("SELECT id FROM change WHERE operator = :operator AND kind = :kind AND hash <> ''")?;
        let told =
            told.query_map(named_params! { ":operator": operator, ":kind": table.name() }, |row| row.get(0))?;
        for id in told.collect::<Result<Vec<String>, _>>()? {
            if !seen.contains(&id) {
                tell(tx, operator, table.name(), &id, "")?;
            }
        }
    }
    announce_definitions(tx, operator)?;
    let mut halts = tx.prepare(
        "SELECT halt.entry FROM halt JOIN point ON point.id = halt.point AND point.operator = :operator
         WHERE halt.operator = :operator ORDER BY halt.rowid",
    )?;
    let halts = halts.query_map(named_params! { ":operator": operator }, |row| row.get(0))?;
    for entry in halts.collect::<Result<Vec<String>, _>>()? {
        tell(tx, operator, HALT, &entry, &entry)?;
    }
    // Records of points that were taken over, or registered after their first records came.
    let mut records = tx.prepare(
        "SELECT record.id, COALESCE((
             SELECT later.hash FROM later_act JOIN entry AS later USING (device, log, seq)
             WHERE later_act.subject IN (record.id, record.visit) AND later_act.operator = record.operator
             ORDER BY later.rowid DESC LIMIT 1), entry.hash) FROM record
         JOIN point ON point.id = record.point AND point.operator = :operator
         JOIN entry ON entry.device = record.device AND entry.log = record.log AND entry.seq = record.seq
         WHERE record.own_point OR record.operator = :operator ORDER BY record.signed_ms",
    )?;
    let records = records
        .query_map(named_params! { ":operator": operator }, |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<Vec<(String, String)>, _>>()?;
    for (id, hash) in records {
        tell(tx, operator, "record", &id, &hash)?;
    }
    faults::announce(tx, operator, None)
}

/// Queues definitions that are new, for every operator. Records that name a form which is new here are queued anew behind
/// it, so that a tablet never has a record before its form.
fn announce_definitions(tx: &Transaction<'_>, operator: &str) -> Result<(), StoreError> {
    for held in definition::imported(tx)? {
        let hash = Hash::of(held.definition.text.as_bytes()).to_string();
        if tell(tx, operator, DEFINITION, &held.id(), &hash)? && held.definition.kind == DefinitionKind::Form
        {
            tx.execute(
                "DELETE FROM change WHERE operator = :operator AND kind = 'record'
                     AND id IN (SELECT id FROM record WHERE form = :form AND form_version = :version)",
                named_params! { ":operator": operator, ":form": held.code, ":version": held.version },
            )?;
        }
    }
    Ok(())
}

/// Queues a record that just came for the tablets of its point's operator. Records that somebody else made at the point
/// are kept, but become nobody's baseline.
pub fn announce_record(tx: &Transaction<'_>, record: &str, hash: &str) -> Result<(), StoreError> {
    let operator: Option<String> = tx
        .query_row(
            "SELECT operator FROM record WHERE id = :id AND own_point",
            named_params! { ":id": record },
            |row| row.get(0),
        )
        .optional()?;
    match operator {
        Some(operator) => tell(tx, &operator, "record", record, hash).map(drop),
        None => Ok(()),
    }
}

/// Queues a review for the tablets of the operator that made its record.
pub fn announce_review(tx: &Transaction<'_>, operator: &str, id: &str) -> Result<(), StoreError> {
    // A review never changes: its id says all of it.
    tell(tx, operator, REVIEW, id, id).map(drop)
}

/// Queues a confirmation for the tablets of its visit's operator.
pub fn announce_confirmation(tx: &Transaction<'_>, operator: &str, id: &str) -> Result<(), StoreError> {
    tell(tx, operator, CONFIRMATION, id, id).map(drop)
}

/// Keeps what a tablet said of its operator's point, and queues it for the others. What somebody else says of a point is kept
/// and tells nobody anything.
pub fn keep_halt(tx: &Transaction<'_>, operator: &OperatorId, said: &KnownHalt) -> Result<(), StoreError> {
    let entry = said.entry.to_string();
    tx.execute(
        "INSERT INTO halt (entry, operator, point, row) VALUES (:entry, :operator, :point, :row)
         ON CONFLICT DO NOTHING",
        named_params! {
            ":entry": entry, ":operator": operator.as_str(), ":point": said.halt.point.as_str(),
            ":row": serde_json::to_string(said)?,
        },
    )?;
    let is_own = point(tx, said.halt.point.as_str())?.is_some_and(|point| point.operator == *operator);
    if is_own {
        tell(tx, operator.as_str(), HALT, &entry, &entry)?;
    }
    Ok(())
}

/// What was said by its entry.
pub(crate) fn halt(tx: &Transaction<'_>, entry: &str) -> Result<Option<KnownHalt>, StoreError> {
    let query = "SELECT row FROM halt WHERE entry = :entry";
    let row =
        tx.query_row(query, named_params! { ":entry": entry }, |row| row.get::<_, String>(0)).optional()?;
    Ok(row.map(|text| serde_json::from_str(&text)).transpose()?)
}

/// Takes a row out of the register. Tablets are told by [`announce`].
pub fn remove(tx: &Transaction<'_>, table: Table, id: &str) -> Result<(), StoreError> {
    let query = format!("DELETE FROM {} WHERE id = :id", table.name());
    tx.execute(&query, named_params! { ":id": id })?;
    Ok(())
}

/// Queues a change; false if it was told already.
pub(crate) fn tell(
    tx: &Transaction<'_>,
    operator: &str,
    kind: &str,
    id: &str,
    hash: &str,
) -> Result<bool, StoreError> {
    let known: bool = tx
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM change
                            WHERE operator = :operator AND kind = :kind AND id = :id AND hash = :hash)",
        )?
        .query_row(
            named_params! { ":operator": operator, ":kind": kind, ":id": id, ":hash": hash },
            |row| row.get(0),
        )?;
    if known {
        return Ok(false);
    }
    tx.execute(
        "DELETE FROM change WHERE operator = :operator AND kind = :kind AND id = :id",
        named_params! { ":operator": operator, ":kind": kind, ":id": id },
    )?;
    tx.execute(
        "INSERT INTO change (operator, kind, id, hash) VALUES (:operator, :kind, :id, :hash)",
        named_params! { ":operator": operator, ":kind": kind, ":id": id, ":hash": hash },
    )?;
    Ok(true)
}

/// A register row as it goes down to tablets; `is_gone` for one that they no longer see.
pub(crate) fn change(
    tx: &Transaction<'_>,
    table: Table,
    id: &str,
    is_gone: bool,
) -> Result<Option<Change>, StoreError> {
    if is_gone {
        let removed =
            serde_json::from_value::<Removed>(serde_json::json!({ "table": table.name(), "id": id }))?;
        return Ok(Some(Change::Removed(removed)));
    }
    Ok(match table {
        Table::Operator => read(tx, table, id)?.map(Change::Operator),
        Table::Discharger => read(tx, table, id)?.map(Change::Discharger),
        Table::Person => match id.parse() {
            Ok(id) => person(tx, &id)?.map(Change::Person),
            Err(_) => None,
        },
        Table::Point => read(tx, table, id)?.map(Change::Point),
        Table::Instrument => read(tx, table, id)?.map(Change::Instrument),
        Table::Bottle => read(tx, table, id)?.map(Change::Bottle),
        Table::Plan => read(tx, table, id)?.map(Change::Plan),
    })
}
