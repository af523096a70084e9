//! Points, and the list of all records.

use stackside_core::command::{
    CommandError, GetPoint, GetPoints, GetRecords, PointLine, PointView, RecordsPage,
};

use super::bottle::bottles;
use crate::device::{Device, Handle};
use crate::error::Error;
use crate::store::{halt, listed, register, visit};

const PAGE: u32 = 50;
const RECORDS_OF_POINT: u32 = 20;

impl Handle<GetPoints> for Device {
    fn handle(&self, GetPoints { search }: GetPoints) -> Result<Vec<PointLine>, CommandError> {
        self.0.person()?;
        let here = self.0.tracker.samples().fixes.last().map(|fix| fix.position);
        let wanted = search.trim().to_lowercase();
        let mut lines = self.0.store.read(|c| {
            let mut lines = Vec::new();
            for point in register::points(c)? {
                let discharger_name = register::discharger_name(c, &point.discharger)?;
                let words = [&point.name, &point.number, &point.location, &discharger_name];
                if !wanted.is_empty() && !words.iter().any(|text| text.to_lowercase().contains(&wanted)) {
                    continue;
                }
                lines.push(PointLine {
                    instruments: u32::try_from(register::instruments(c, &point.id)?.len())
                        .unwrap_or(u32::MAX),
                    distance_m: here.map(|here| here.distance_m(&point.position)),
                    last_record: listed::last_signed_at(c, &point.id)?,
                    discharger_name,
                    point,
                });
            }
            Ok(lines)
        })?;
        if here.is_some() {
            let metres = |line: &PointLine| line.distance_m.unwrap_or(f64::INFINITY);
            lines.sort_by(|a, b| metres(a).total_cmp(&metres(b)));
        }
        Ok(lines)
    }
}

impl Handle<GetPoint> for Device {
    fn handle(&self, GetPoint { point }: GetPoint) -> Result<PointView, CommandError> {
        let person = self.0.person()?;
        Ok(self.0.store.read(|c| {
            let now = self.0.clocks_within(c)?.best_time().0;
            let point = register::point(c, &point)?;
            let discharger =
                register::discharger(c, &point.discharger)?.ok_or_else(|| Error::not_found("discharger"))?;
            let (listed, _) = listed::list(c, &person.id, Some(&point.id), 0, RECORDS_OF_POINT)?;
            Ok(PointView {
                instruments: register::instruments(c, &point.id)?,
                bottles: bottles(c, &point.id, None)?,
                records: self.0.record_lines(c, &listed, &person.id)?,
                forms: self.0.forms_at(c, &point, false)?,
                pauses: halt::of_point(c, &point.id)?.into_iter().filter(|one| one.until.is_none()).collect(),
                due: self.0.due_at(c, &point, &person, now)?,
                open_visit: visit::open_at(c, &person.id, &point.id)?,
                discharger,
                point,
            })
        })?)
    }
}

impl Handle<GetRecords> for Device {
    fn handle(&self, GetRecords { search, page }: GetRecords) -> Result<RecordsPage, CommandError> {
        let person = self.0.person()?;
        Ok(self.0.store.read(|c| {
            let (offset, wanted) = (page.saturating_mul(PAGE), search.trim());
            let (listed, total) = match wanted {
                "" => listed::list(c, &person.id, None, offset, PAGE)?,
                _ => listed::search(c, &person.id, wanted, offset, PAGE)?,
            };
            Ok(RecordsPage { records: self.0.record_lines(c, &listed, &person.id)?, total })
        })?)
    }
}
