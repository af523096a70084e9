//! What was done at points, as far as due dates need it, in two reads: of all points at once, or of one.

use std::collections::BTreeMap;

use rusqlite::{Connection, named_params};
use stackside_core::due::Done;
use stackside_core::id::PointId;

use super::{parsed, parsed_or_null};
use crate::error::Error;

/// What was last done at each point, or at one.
pub fn done(c: &Connection, point: Option<&PointId>) -> Result<BTreeMap<PointId, Done>, Error> {
    let here = if point.is_some() { "= :point" } else { "<> COALESCE(:point, '')" };
    let params = named_params! {":point": point.map(PointId::as_str)};
    let mut all: BTreeMap<PointId, Done> = BTreeMap::new();
    let mut of_forms = c.prepare_cached(&format!(
        "SELECT point, form, NULL AS instrument, signed_at FROM point_last WHERE point {here}
         UNION ALL
         SELECT instrument.point, form, instrument, signed_at FROM instrument
         JOIN instrument_last ON instrument_last.instrument = instrument.id WHERE instrument.point {here}"
    ))?;
    let mut rows = of_forms.query(params)?;
    while let Some(row) = rows.next()? {
        let done = all.entry(parsed(row, "point")?).or_default();
        done.note(parsed(row, "form")?, parsed_or_null(row, "instrument")?, parsed(row, "signed_at")?);
    }
    let mut of_items =
        c.prepare_cached(&format!("SELECT point, form, item, done_on FROM item_done WHERE point {here}"))?;
    let mut rows = of_items.query(params)?;
    while let Some(row) = rows.next()? {
        let done = all.entry(parsed(row, "point")?).or_default();
        done.note_item(parsed(row, "form")?, row.get("item")?, parsed(row, "done_on")?);
    }
    Ok(all)
}
