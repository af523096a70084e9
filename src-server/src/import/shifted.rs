//! Points whose coordinates look as if they were in another system than their file names: a warning, never a refusal.

use std::collections::BTreeMap;

use rusqlite::Transaction;
use stackside_core::crs::{System, looks_shifted, sign_ins_look_shifted};
use stackside_core::geofence::{Fence, Position};
use stackside_core::register::Point;

use super::{Complaint, Row};
use crate::register::Table;
use crate::sign_ins;
use crate::store::StoreError;

/// One warning for each point of the files at most, by the best witness: sign-ins that came, then its own fence, then
/// the other points of its discharger.
pub(super) fn warnings(tx: &Transaction<'_>, rows: &[Row]) -> Result<Vec<Complaint>, StoreError> {
    let mut points: Vec<(&Row, Point)> = vec![];
    for row in rows.iter().filter(|row| row.table == Table::Point) {
        points.push((row, serde_json::from_str(&row.json)?));
    }
    if points.is_empty() {
        return Ok(vec![]);
    }
    let mut others: BTreeMap<String, Point> = BTreeMap::new();
    for held in held_points(tx)?.into_iter().chain(points.iter().map(|(_, point)| point.clone())) {
        others.insert(held.id.to_string(), held);
    }
    let fixes = sign_ins::latest_fixes(tx)?;
    let mut warnings = vec![];
    for (row, point) in &points {
        let seen = fixes.get(point.id.as_str()).map(Vec::as_slice).unwrap_or_default();
        let witness = sign_ins_look_shifted(&point.position, seen)
            .map(|system| (system, "sign-ins there lie where it would be if its coordinates were".to_owned()))
            .or_else(|| against_fence(point))
            .or_else(|| against_others(point, others.values()));
        if let Some((system, why)) = witness {
            let reason = format!("looks shifted (坐标疑似 {0} 偏移): {why} {0}; check crs", system.name());
            let (file, line) = (row.file.clone(), row.line);
            warnings.push(Complaint { file, line, field: "position".to_owned(), reason });
        }
    }
    Ok(warnings)
}

fn held_points(tx: &Transaction<'_>) -> Result<Vec<Point>, StoreError> {
    let mut query = tx.prepare("SELECT row FROM point")?;
    let rows = query.query_map([], |row| row.get::<_, String>(0))?;
    rows.map(|row| Ok(serde_json::from_str(&row?)?)).collect()
}

/// One of both was drawn on a shifted map: the station house lies outside its own fence, by the shift.
fn against_fence(point: &Point) -> Option<(System, String)> {
    if point.fence.signed_distance_m(&point.position) >= 0.0 {
        return None;
    }
    let middle = middle(&point.fence)?;
    let of_position = looks_shifted(&point.position, &middle)
        .map(|system| (system, "it would lie within its own fence if its coordinates were".to_owned()));
    let of_fence = || {
        looks_shifted(&middle, &point.position).map(|system| {
            (system, "its fence would lie around it if the fence's coordinates were".to_owned())
        })
    };
    of_position.or_else(of_fence)
}

fn middle(fence: &Fence) -> Option<Position> {
    match fence {
        Fence::Circle { center, .. } => Some(*center),
        Fence::Polygon { outer, .. } => {
            let count = outer.len() as f64;
            let mean = |of: fn(&Position) -> f64| outer.iter().map(of).sum::<f64>() / count;
            Position::new(mean(|p| p.longitude), mean(|p| p.latitude)).ok()
        }
    }
}

/// The points of one discharger stand at one plant: one that lies off by just the shift may have come from another map.
fn against_others<'p>(point: &Point, others: impl Iterator<Item = &'p Point>) -> Option<(System, String)> {
    others.filter(|other| other.discharger == point.discharger && other.id != point.id).find_map(|other| {
        let system = looks_shifted(&point.position, &other.position)?;
        Some((system, format!("it would lie beside point {} if its coordinates were", other.id)))
    })
}
