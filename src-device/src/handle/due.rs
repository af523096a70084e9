//! 今日: open visits and what is due.

use stackside_core::clock::shanghai_date;
use stackside_core::command::{CommandError, DueLine, GetToday, Today};
use stackside_core::due;
use stackside_core::register::Person;
use stackside_core::rulebook::in_force;

use crate::device::{Device, Handle, Inner};
use crate::error::Error;
use crate::store::{last, register, visit};

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
        let date = shanghai_date(now);
        let definitions = self.definitions();
        let mut lines: Vec<DueLine> = self.store.read(|c| {
            let mut lines = Vec::new();
            for point in register::points(c)? {
                let rules =
                    in_force(&definitions.rulebooks, &point.jurisdiction, date).map_err(Error::broken)?;
                let instruments = register::instruments(c, &point.id)?;
                let discharger_name = register::discharger_name(c, &point.discharger)?;
                for form in definitions.forms_at(&point.jurisdiction, point.medium, &instruments, date) {
                    // A closure cannot hand an error up, so the last dates are read first.
                    let mut done = Vec::new();
                    for instrument in &instruments {
                        done.push((&instrument.id, last::of_instrument(c, &instrument.id, &form.code)?));
                    }
                    let last_done = |id: &_| done.iter().find(|(of, _)| *of == id)?.1.map(|(_, at)| at);
                    for duty in due::due(&form.code, &point.id, &instruments, last_done, &rules, now) {
                        let factors = instruments
                            .iter()
                            .filter(|instrument| duty.instruments.contains(&instrument.id))
                            .map(|instrument| instrument.factor.clone())
                            .collect();
                        lines.push(DueLine {
                            title: form.title.clone(),
                            due: duty,
                            point_name: point.name.clone(),
                            discharger_name: discharger_name.clone(),
                            factors,
                        });
                    }
                }
            }
            Ok(lines)
        })?;
        due::sort(&mut lines, |line| &line.due);
        Ok(Today { date, visits, due: lines })
    }
}
