//! 今日: open visits and what is due, of all points by one look at the store, or of one point.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use rusqlite::Connection;
use stackside_core::clock::shanghai_date;
use stackside_core::command::{CommandError, DueLine, GetToday, Today};
use stackside_core::due::{self, Done, Due, Place};
use stackside_core::form::Form;
use stackside_core::id::{DischargerId, Jurisdiction, PersonId, PointId};
use stackside_core::pause::{Pause, pauses};
use stackside_core::plan::PlanItem;
use stackside_core::register::{Instrument, Person, Point, in_table_order};
use stackside_core::rulebook::{Rulebook, in_force};

use crate::device::{Device, Handle, Inner};
use crate::error::Error;
use crate::store::{due as stored, halt, register, visit};

impl Handle<GetToday> for Device {
    fn handle(&self, _: GetToday) -> Result<Today, CommandError> {
        let person = self.0.person()?;
        Ok(self.0.today(&person)?)
    }
}

/// What is due at a point, with the forms that fulfil it.
pub(super) struct PointDue<'a> {
    pub point: &'a Point,
    pub instruments: &'a [Instrument],
    pub forms: Vec<&'a Form>,
    pub due: Vec<Due>,
}

/// What the due dates of points rest on, read once.
struct Known {
    plan: BTreeMap<PointId, Vec<PlanItem>>,
    pauses: BTreeMap<PointId, Vec<Pause>>,
    done: BTreeMap<PointId, Done>,
    instruments: BTreeMap<PointId, Vec<Instrument>>,
}

impl Known {
    fn of(c: &Connection, point: Option<&PointId>) -> Result<Self, Error> {
        let instruments = match point {
            Some(point) => register::instruments(c, point)?,
            None => register::all_instruments(c)?,
        };
        let said = by_point(halt::all(c, point)?, |said| &said.halt.point);
        let in_order = |(point, all)| (point, in_table_order(all));
        Ok(Self {
            plan: by_point(register::plan(c, point)?, |item| &item.point),
            pauses: said.into_iter().map(|(point, said)| (point, pauses(&said))).collect(),
            done: stored::done(c, point)?,
            instruments: by_point(instruments, |one| &one.point).into_iter().map(in_order).collect(),
        })
    }
}

fn by_point<T>(rows: Vec<T>, point: impl Fn(&T) -> &PointId) -> BTreeMap<PointId, Vec<T>> {
    let mut all: BTreeMap<PointId, Vec<T>> = BTreeMap::new();
    for row in rows {
        all.entry(point(&row).clone()).or_default().push(row);
    }
    all
}

impl Inner {
    fn today(&self, person: &Person) -> Result<Today, Error> {
        let now = self.now()?;
        let open = self.store.read(|c| visit::open(c, &person.id))?;
        let visits = open.map(|open| self.visit_view(open.id, person)).transpose()?.into_iter().collect();
        let (mut due, awaited) = self.store.read(|c| {
            let due = self.due_lines(c, &register::points(c)?, None, person, now)?;
            Ok((due, self.awaited(c, &person.id, now)?))
        })?;
        due::sort(&mut due, |line| &line.due);
        Ok(Today { date: shanghai_date(now), visits, awaited, due })
    }

    /// What is due at one point, as lines of a screen.
    pub(super) fn due_at(
        &self,
        c: &Connection,
        point: &Point,
        person: &Person,
        now: DateTime<Utc>,
    ) -> Result<Vec<DueLine>, Error> {
        self.due_lines(c, std::slice::from_ref(point), Some(&point.id), person, now)
    }

    fn due_lines(
        &self,
        c: &Connection,
        points: &[Point],
        only: Option<&PointId>,
        person: &Person,
        now: DateTime<Utc>,
    ) -> Result<Vec<DueLine>, Error> {
        let names: BTreeMap<PersonId, String> = register::people(c, &person.operator)?
            .into_iter()
            .map(|person| (person.id, person.name))
            .collect();
        let mut dischargers: BTreeMap<DischargerId, String> = BTreeMap::new();
        for point in points {
            if !dischargers.contains_key(&point.discharger) {
                let name = register::discharger_name(c, &point.discharger)?;
                dischargers.insert(point.discharger.clone(), name);
            }
        }
        let mut lines = Vec::new();
        self.each_due(c, points, only, now, |at| {
            let discharger_name = dischargers.get(&at.point.discharger).cloned().unwrap_or_default();
            for due in at.due {
                let Some(form) = at.forms.iter().find(|form| form.code == due.form) else { continue };
                let mine = at.instruments.iter().filter(|one| due.instruments.contains(&one.id));
                let name = |id: &PersonId| names.get(id).cloned().unwrap_or_else(|| id.to_string());
                lines.push(DueLine {
                    factors: mine.map(|instrument| instrument.factor.clone()).collect(),
                    point_name: at.point.name.clone(),
                    discharger_name: discharger_name.clone(),
                    title: form.title.clone(),
                    needs_visit: form.needs_visit,
                    is_mine: due.persons.is_empty() || due.persons.contains(&person.id),
                    person_names: due.persons.iter().map(name).collect(),
                    due,
                });
            }
        })?;
        Ok(lines)
    }

    /// Tells of the duties of each point, what hurts most first; `only` if there is one point.
    pub(super) fn each_due(
        &self,
        c: &Connection,
        points: &[Point],
        only: Option<&PointId>,
        now: DateTime<Utc>,
        mut tell: impl FnMut(PointDue<'_>),
    ) -> Result<(), Error> {
        let (date, definitions) = (shanghai_date(now), self.definitions());
        let known = Known::of(c, only)?;
        let nothing = Done::default();
        let mut books: BTreeMap<&Jurisdiction, Rulebook> = BTreeMap::new();
        for point in points {
            if !books.contains_key(&point.jurisdiction) {
                let book = in_force(&definitions.rulebooks, &point.jurisdiction, date);
                books.insert(&point.jurisdiction, book.map_err(Error::broken)?);
            }
            let Some(rules) = books.get(&point.jurisdiction) else { continue };
            let instruments = known.instruments.get(&point.id).map_or(&[][..], Vec::as_slice);
            let forms = definitions.forms_at(&point.jurisdiction, point.medium, instruments, date);
            let place = Place {
                point: &point.id,
                instruments,
                forms: &forms,
                rules,
                plan: known.plan.get(&point.id).map_or(&[][..], Vec::as_slice),
                pauses: known.pauses.get(&point.id).map_or(&[][..], Vec::as_slice),
                done: known.done.get(&point.id).unwrap_or(&nothing),
                work: &definitions.work,
            };
            let due = due::due(&place, now);
            tell(PointDue { point, instruments, forms, due });
        }
        Ok(())
    }
}
