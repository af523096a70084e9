//! 今日: open visits and what is due.

use chrono::{DateTime, Utc};
use rusqlite::Connection;
use stackside_core::clock::shanghai_date;
use stackside_core::command::{CommandError, DueLine, GetToday, Today};
use stackside_core::due::{self, Due};
use stackside_core::form::Form;
use stackside_core::id::{InstrumentId, PointId};
use stackside_core::register::{Instrument, Person};
use stackside_core::rulebook::{Rulebook, in_force};

use crate::device::{Device, Handle, Inner};
use crate::error::Error;
use crate::store::{last, listed, register, visit};

impl Handle<GetToday> for Device {
    fn handle(&self, _: GetToday) -> Result<Today, CommandError> {
        let person = self.0.person()?;
        Ok(self.0.today(&person)?)
    }
}

impl Inner {
    fn today(&self, person: &Person) -> Result<Today, Error> {
        let now = self.now()?;
        let open = self.store.read(|c| visit::open(c, &person.id))?;
        let visits = open.map(|open| self.visit_view(open.id, person)).transpose()?.into_iter().collect();
        let (mut due, awaited) =
            self.store.read(|c| Ok((self.due_lines(c, now)?, self.awaited(c, &person.id, now)?)))?;
        due::sort(&mut due, |line| &line.due);
        Ok(Today { date: shanghai_date(now), visits, awaited, due })
    }

    fn due_lines(&self, c: &Connection, now: DateTime<Utc>) -> Result<Vec<DueLine>, Error> {
        let (date, definitions) = (shanghai_date(now), self.definitions());
        let mut lines = Vec::new();
        for point in register::points(c)? {
            let rules = in_force(&definitions.rulebooks, &point.jurisdiction, date).map_err(Error::broken)?;
            let instruments = register::instruments(c, &point.id)?;
            let discharger_name = register::discharger_name(c, &point.discharger)?;
            for form in definitions.forms_at(&point.jurisdiction, point.medium, &instruments, date) {
                for due in duties(c, form, &point.id, &instruments, &rules, now)? {
                    let mine = instruments.iter().filter(|one| due.instruments.contains(&one.id));
                    lines.push(DueLine {
                        factors: mine.map(|instrument| instrument.factor.clone()).collect(),
                        point_name: point.name.clone(),
                        discharger_name: discharger_name.clone(),
                        title: form.title.clone(),
                        due,
                    });
                }
            }
        }
        Ok(lines)
    }
}

/// The duties that a form fulfils at a point, the most urgent first.
pub(super) fn duties(
    c: &Connection,
    form: &Form,
    point: &PointId,
    instruments: &[Instrument],
    rules: &Rulebook,
    now: DateTime<Utc>,
) -> Result<Vec<Due>, Error> {
    if !rules.periods.iter().any(|rule| rule.form == form.code) {
        return Ok(vec![]);
    }
    // A closure cannot hand an error up, so the last dates are read first.
    let mut done = vec![(None, listed::last_at_point(c, point, &form.code, None)?)];
    for instrument in instruments {
        done.push((Some(&instrument.id), last::of_instrument(c, &instrument.id, &form.code)?));
    }
    let last_done = |id: Option<&InstrumentId>| done.iter().find(|(of, _)| *of == id)?.1.map(|(_, at)| at);
    Ok(due::due(&form.code, point, instruments, last_done, rules, now))
}
