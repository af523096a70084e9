//! Where people signed in at points: what the register is held against.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rusqlite::{Transaction, named_params};
use stackside_core::act::{Act, SignedIn};
use stackside_core::geofence::Fix;

use crate::store::StoreError;

/// How many sign-ins of a point say enough.
const MOST: i64 = 20;

/// The deciding fixes of the latest sign-ins, by point.
pub(crate) fn latest_fixes(tx: &Transaction<'_>) -> Result<BTreeMap<String, Vec<Fix>>, StoreError> {
    fixes(tx, None, "")
}

/// The deciding fixes of the latest sign-ins at a point, from a day on: so a page reads no year's visits.
pub(crate) fn latest_fixes_at(
    tx: &Transaction<'_>,
    point: &str,
    since: NaiveDate,
) -> Result<Vec<Fix>, StoreError> {
    Ok(fixes(tx, Some(point), &since.to_string())?.remove(point).unwrap_or_default())
}

fn fixes(
    tx: &Transaction<'_>,
    point: Option<&str>,
    since: &str,
) -> Result<BTreeMap<String, Vec<Fix>>, StoreError> {
    let mut query = tx.prepare_cached(
        "SELECT latest.point, entry.body FROM (
             SELECT point, device, log, seq,
                 ROW_NUMBER() OVER (PARTITION BY point ORDER BY signed_in_ms DESC) AS place
             FROM visit WHERE day >= :since AND (:point IS NULL OR point = :point)
                 AND NOT EXISTS (SELECT 1 FROM void_visit WHERE void_visit.visit = visit.id)
         ) AS latest
         JOIN entry ON entry.device = latest.device AND entry.log = latest.log AND entry.seq = latest.seq
         WHERE latest.place <= :most",
    )?;
    let rows = query.query_map(named_params! { ":point": point, ":since": since, ":most": MOST }, |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
    })?;
    let mut fixes: BTreeMap<String, Vec<Fix>> = BTreeMap::new();
    for row in rows {
        let (point, body) = row?;
        // A body of a newer app may hold more than this version reads.
        let Ok(Act::SignedIn(SignedIn { presence, .. })) = serde_json::from_str(&body) else { continue };
        fixes.entry(point).or_default().extend(presence.fix);
    }
    Ok(fixes)
}
