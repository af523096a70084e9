//! The register as it comes down: operators, dischargers, people, points, instruments, bottles.

use rusqlite::{Connection, OptionalExtension, ToSql, named_params};
use serde::Serialize;
use serde::de::DeserializeOwned;
use stackside_core::id::{DischargerId, OperatorId, PersonId, PointId};
use stackside_core::plan::PlanItem;
use stackside_core::register::{
    Bottle, Discharger, Instrument, Medium, Operator, Person, Point, in_table_order,
};
use stackside_core::wire::Removed;

use super::json;
use crate::error::Error;

/// Takes an operator as it came.
pub fn put_operator(connection: &Connection, row: &Operator) -> Result<(), Error> {
    put(connection, "operator", &[("id", &row.id.as_str())], row)
}
/// Takes a discharger as it came.
pub fn put_discharger(connection: &Connection, row: &Discharger) -> Result<(), Error> {
    put(connection, "discharger", &[("id", &row.id.as_str())], row)
}
/// Takes a person as it came.
pub fn put_person(connection: &Connection, row: &Person) -> Result<(), Error> {
    let columns: [(&str, &dyn ToSql); 3] =
        [("id", &row.id.as_str()), ("operator", &row.operator.as_str()), ("name", &row.name)];
    put(connection, "person", &columns, row)
}
/// Takes a point as it came.
pub fn put_point(connection: &Connection, row: &Point) -> Result<(), Error> {
    let medium = match row.medium {
        Medium::Gas => "gas",
        Medium::Water => "water",
    };
    let columns: [(&str, &dyn ToSql); 5] = [
        ("id", &row.id.as_str()),
        ("discharger", &row.discharger.as_str()),
        ("medium", &medium),
        ("name", &row.name),
        ("number", &row.number),
    ];
    put(connection, "point", &columns, row)
}
/// Takes an instrument as it came.
pub fn put_instrument(connection: &Connection, row: &Instrument) -> Result<(), Error> {
    put(connection, "instrument", &[("id", &row.id.as_str()), ("point", &row.point.as_str())], row)
}
/// Takes a bottle as it came.
pub fn put_bottle(connection: &Connection, row: &Bottle) -> Result<(), Error> {
    put(connection, "bottle", &[("id", &row.id.as_str()), ("point", &row.point.as_str())], row)
}
/// Takes a line of the plan as it came.
pub fn put_plan(connection: &Connection, row: &PlanItem) -> Result<(), Error> {
    put(connection, "plan", &[("id", &row.id.as_str()), ("point", &row.point.as_str())], row)
}

fn put<T: Serialize>(
    connection: &Connection,
    table: &str,
    columns: &[(&str, &dyn ToSql)],
    row: &T,
) -> Result<(), Error> {
    let text = serde_json::to_string(row)?;
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).chain(["row"]).collect();
    let places: Vec<String> = (1..=names.len()).map(|number| format!("?{number}")).collect();
    let updates: Vec<String> = names.iter().skip(1).map(|name| format!("{name} = excluded.{name}")).collect();
    let sql = format!(
        "INSERT INTO {table} ({}) VALUES ({}) ON CONFLICT (id) DO UPDATE SET {}",
        names.join(", "),
        places.join(", "),
        updates.join(", ")
    );
    let values: Vec<&dyn ToSql> =
        columns.iter().map(|(_, value)| *value).chain([&text as &dyn ToSql]).collect();
    connection.prepare_cached(&sql)?.execute(&values[..])?;
    Ok(())
}

/// Drops a row that is gone. Visits and records keep what they need of it.
pub fn remove(connection: &Connection, row: &Removed) -> Result<(), Error> {
    let (table, id) = match row {
        Removed::Operator(id) => ("operator", id.as_str()),
        Removed::Discharger(id) => ("discharger", id.as_str()),
        Removed::Person(id) => ("person", id.as_str()),
        Removed::Point(id) => ("point", id.as_str()),
        Removed::Instrument(id) => ("instrument", id.as_str()),
        Removed::Bottle(id) => ("bottle", id.as_str()),
        Removed::Plan(id) => ("plan", id.as_str()),
    };
    connection.execute(&format!("DELETE FROM {table} WHERE id = :id"), named_params! {":id": id})?;
    Ok(())
}

/// Forgets the register of an operator that the tablet no longer belongs to; it comes down anew.
pub fn clear(connection: &Connection) -> Result<(), Error> {
    for table in [
        "operator",
        "discharger",
        "person",
        "point",
        "instrument",
        "bottle",
        "plan",
        "record_elsewhere",
        "review",
        "review_state",
        "fault",
    ] {
        connection.execute(&format!("DELETE FROM {table}"), [])?;
    }
    connection.execute("DELETE FROM halt WHERE elsewhere", [])?;
    super::listed::clear_elsewhere(connection)
}

fn one<T: DeserializeOwned>(connection: &Connection, table: &str, id: &str) -> Result<Option<T>, Error> {
    let sql = format!("SELECT row FROM {table} WHERE id = :id");
    let mut statement = connection.prepare_cached(&sql)?;
    Ok(statement.query_row(named_params! {":id": id}, |row| json(row, "row")).optional()?)
}

fn many<T: DeserializeOwned>(
    connection: &Connection,
    sql: &str,
    params: impl rusqlite::Params,
) -> Result<Vec<T>, Error> {
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(params, |row| json(row, "row"))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// An operator.
pub fn operator(connection: &Connection, id: &OperatorId) -> Result<Option<Operator>, Error> {
    one(connection, "operator", id.as_str())
}
/// A discharger.
pub fn discharger(connection: &Connection, id: &DischargerId) -> Result<Option<Discharger>, Error> {
    one(connection, "discharger", id.as_str())
}
/// A discharger's name; its id where the register has not come down yet.
pub fn discharger_name(connection: &Connection, id: &DischargerId) -> Result<String, Error> {
    Ok(discharger(connection, id)?.map_or_else(|| id.to_string(), |row| row.name))
}
/// A person.
pub fn person(connection: &Connection, id: &PersonId) -> Result<Option<Person>, Error> {
    one(connection, "person", id.as_str())
}
/// The people of an operator, by name.
pub fn people(connection: &Connection, operator: &OperatorId) -> Result<Vec<Person>, Error> {
    let sql = "SELECT row FROM person WHERE operator = :operator ORDER BY name, id";
    many(connection, sql, named_params! {":operator": operator.as_str()})
}
/// A point; `Err` if it is not there (any more).
pub fn point(connection: &Connection, id: &PointId) -> Result<Point, Error> {
    one(connection, "point", id.as_str())?.ok_or_else(|| Error::not_found("point"))
}
/// All points, by name.
pub fn points(connection: &Connection) -> Result<Vec<Point>, Error> {
    many(connection, "SELECT row FROM point ORDER BY name, id", [])
}
/// The instruments of a point, in the order of the official tables.
pub fn instruments(connection: &Connection, point: &PointId) -> Result<Vec<Instrument>, Error> {
    let sql = "SELECT row FROM instrument WHERE point = :point";
    many(connection, sql, named_params! {":point": point.as_str()}).map(in_table_order)
}
/// The lines of the plan at all points, or at one.
pub fn plan(connection: &Connection, point: Option<&PointId>) -> Result<Vec<PlanItem>, Error> {
    let sql = "SELECT row FROM plan WHERE :point IS NULL OR point = :point ORDER BY id";
    many(connection, sql, named_params! {":point": point.map(PointId::as_str)})
}
/// The instruments of all points.
pub fn all_instruments(connection: &Connection) -> Result<Vec<Instrument>, Error> {
    many(connection, "SELECT row FROM instrument", [])
}
/// The bottles of a point.
pub fn bottles(connection: &Connection, point: &PointId) -> Result<Vec<Bottle>, Error> {
    let sql = "SELECT row FROM bottle WHERE point = :point ORDER BY id";
    many(connection, sql, named_params! {":point": point.as_str()})
}
