//! Records: opening a form, saving answers.

use rusqlite::Connection;
use stackside_core::clock::shanghai_date;
use stackside_core::command::{CommandError, Event, GetRecord, OpenRecord, RecordView, SaveAnswer};
use stackside_core::decimal;
use stackside_core::form::{
    Answer, AnswerError, AnswerKey, Field, FieldType, Form, Origin, Override, Prefill, Source, blocks,
    prefill,
};
use stackside_core::id::{FormCode, RecordId, VisitId};
use stackside_core::record::RecordState;
use stackside_core::register::{Bottle, Instrument, Person, Point};
use stackside_core::rulebook::in_force;
use stackside_core::visit::VisitState;

use super::visit::check_text;
use crate::device::{Device, Handle, Inner, closed, new_id};
use crate::error::Error;
use crate::store::record::{self, Record};
use crate::store::{last, register, visit};

const LONGEST_ANSWER: usize = 4_000;
const LONGEST_REASON: usize = 500;
/// The field that takes over a bottle's concentration.
const FROM_BOTTLE: &str = "register:bottle.concentration";

impl Inner {
    fn open_record(&self, person: &Person, visit: VisitId, code: &FormCode) -> Result<RecordId, Error> {
        let clocks = self.clocks()?;
        let now = clocks.best_time().0;
        self.store.write(|t| {
            let visit = visit::of_person(t, visit, &person.id)?;
            if visit.state == VisitState::Closed {
                return Err(closed());
            }
            if let Some(draft) = record::draft(t, visit.id, code.as_str())? {
                return Ok(draft);
            }
            let point = &visit.point;
            let date = shanghai_date(now);
            let form = self
                .forms
                .iter()
                .filter(|form| form.code == *code && form.valid_from <= date)
                .filter(|form| form.medium == point.medium && form.jurisdiction.covers(&point.jurisdiction))
                .max_by_key(|form| form.version)
                .ok_or_else(|| Error::not_found("form"))?;
            let rulebook = in_force(&self.rulebooks, &point.jurisdiction, date).map_err(Error::broken)?;
            let answers = filled(t, form, point, person, now)?;
            let record = Record {
                id: RecordId::new(new_id()),
                visit: visit.id,
                point: point.id.clone(),
                person: person.id.clone(),
                person_name: person.name.clone(),
                form: form.clone(),
                rulebook,
                state: RecordState::Draft,
                begun_at: now,
                signed_at: None,
                seal: None,
            };
            let words = words(form, &point.name, &visit.discharger_name);
            record::add(t, &record, &answers, &words)?;
            Ok(record.id)
        })
    }

    /// True if other answers changed with it.
    fn save_answer(&self, person: &Person, command: SaveAnswer) -> Result<(Answer, bool), Error> {
        let SaveAnswer { record, key, text, reason } = command;
        let reason = reason.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        if let Some(reason) = &reason {
            check_text("reason", reason, LONGEST_REASON)?;
        }
        self.store.write(|t| {
            let record = record::of_person(t, record, &person.id)?;
            if record.state != RecordState::Draft {
                return Err(closed());
            }
            let instruments = register::instruments(t, &record.point)?;
            let field = field_of(&record.form, &instruments, &key)
                .ok_or_else(|| Error::invalid(&key, AnswerError::NoSuchField))?;
            let text = as_stored(field, text).map_err(|why| Error::invalid(&key, why))?;
            let before = record::answer(t, record.id, &key)?;
            let (answer, original_origin) =
                replaced(field, before, text, reason).map_err(|why| Error::invalid(&key, why))?;
            record::put_answer(t, record.id, &key, &answer, original_origin.as_ref())?;
            let mut others = false;
            if field.kind == FieldType::Bottle {
                let bottles = register::bottles(t, &record.point)?;
                if let Some(bottle) = bottles.iter().find(|bottle| bottle.id.as_str() == answer.text.trim()) {
                    others = take_bottle(t, &record, &instruments, &key, bottle)?;
                }
            }
            Ok((answer, others))
        })
    }
}

/// What a search finds a record by, lower case.
pub(crate) fn words(form: &Form, point_name: &str, discharger_name: &str) -> String {
    let (title, standard) = (&form.title, &form.standard);
    format!(
        "{point_name}\n{discharger_name}\n{}\n{}\n{}\n{}\n{}",
        form.code, title.zh, title.en, standard.zh, standard.en
    )
    .to_lowercase()
}

/// The answers that are there before anyone types.
fn filled(
    c: &Connection,
    form: &Form,
    point: &Point,
    person: &Person,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<stackside_core::form::Answers, Error> {
    let instruments = register::instruments(c, &point.id)?;
    let mut lasts = Vec::new();
    for instrument in &instruments {
        if let Some((record, _)) = last::of_instrument(c, &instrument.id, &form.code)?
            && let Some(answers) = last::answers(c, record)?
        {
            lasts.push((&instrument.id, (record, answers)));
        }
    }
    let discharger =
        register::discharger(c, &point.discharger)?.ok_or_else(|| Error::not_found("discharger"))?;
    let operator = register::operator(c, &point.operator)?.ok_or_else(|| Error::not_found("operator"))?;
    Ok(prefill(
        form,
        &Source {
            discharger: &discharger,
            operator: &operator,
            point,
            instruments: &instruments,
            bottles: &register::bottles(c, &point.id)?,
            person_name: &person.name,
            now,
            last: &|id| lasts.iter().find(|(of, _)| *of == id).map(|(_, last)| last.clone()),
        },
    ))
}

fn field_of<'a>(form: &'a Form, instruments: &'a [Instrument], key: &AnswerKey) -> Option<&'a Field> {
    let blocks = blocks(form, instruments);
    let block = blocks.iter().find(|block| block.key(&key.field) == *key)?;
    block.fields().find(|field| field.id == key.field)
}

/// The text as it is kept; numbers without the typist's full-width digits and spaces. What is not valid yet stays as
/// typed.
fn as_stored(field: &Field, text: String) -> Result<String, AnswerError> {
    if field.kind == FieldType::Computed {
        return Err(AnswerError::Computed);
    }
    let text = text.replace("\r\n", "\n");
    let multi_line = field.kind == FieldType::LongText;
    if text.chars().any(|c| c.is_control() && !(multi_line && c == '\n')) {
        return Err(AnswerError::ControlCharacter);
    }
    if text.chars().count() > LONGEST_ANSWER {
        return Err(AnswerError::TooLong);
    }
    let is_number = field.kind == FieldType::Decimal && decimal::parse(&text).is_ok();
    Ok(if is_number { decimal::normalised(&text) } else { text })
}

/// The answer after `text` took the place of what was there; and where the replaced value came from.
fn replaced(
    field: &Field,
    before: Option<(Answer, Option<Origin>)>,
    text: String,
    reason: Option<String>,
) -> Result<(Answer, Option<Origin>), AnswerError> {
    let Some((before, original_origin)) = before else { return Ok((Answer::typed(text), None)) };
    let same = |a: &str, b: &str| {
        let number = |text: &str| decimal::parse(text).ok().filter(|_| field.kind == FieldType::Decimal);
        a == b || number(a).is_some_and(|a| number(b) == Some(a))
    };
    // What stood there before anyone typed, and where that came from.
    let prefilled = match (&before.replaced, &before.origin) {
        (Some(replaced), _) => Some((replaced.original.clone(), original_origin.unwrap_or(Origin::Register))),
        (None, origin @ (Origin::Register | Origin::Last { .. })) => {
            Some((before.text.clone(), origin.clone()))
        }
        (None, Origin::Default) if before.text == text => return Ok((before, None)),
        (None, Origin::Default | Origin::Typed) => None,
    };
    let Some((original, origin)) = prefilled else { return Ok((Answer::typed(text), None)) };
    if same(&original, &text) {
        return Ok((Answer { text: original, origin, replaced: None }, None));
    }
    let reason =
        reason.or(before.replaced.map(|replaced| replaced.reason)).ok_or(AnswerError::ReasonMissing)?;
    let answer = Answer { text, origin: Origin::Typed, replaced: Some(Override { original, reason }) };
    Ok((answer, Some(origin)))
}

/// Another bottle was chosen: its concentration takes the place of the one before, unless that was typed.
fn take_bottle(
    c: &Connection,
    record: &Record,
    instruments: &[Instrument],
    key: &AnswerKey,
    bottle: &Bottle,
) -> Result<bool, Error> {
    let mut changed = false;
    let blocks = blocks(&record.form, instruments);
    let Some(block) = blocks.iter().find(|block| block.key(&key.field) == *key) else { return Ok(false) };
    let is_concentration = |prefill: &Prefill| String::from(prefill.clone()) == FROM_BOTTLE;
    for field in block.fields().filter(|field| field.prefill.as_ref().is_some_and(is_concentration)) {
        let key = block.key(&field.id);
        let by_hand = |answer: &Answer| {
            answer.replaced.is_some() || answer.origin == Origin::Typed && !answer.text.trim().is_empty()
        };
        if record::answer(c, record.id, &key)?.is_some_and(|(answer, _)| by_hand(&answer)) {
            continue;
        }
        let text = bottle.concentration.to_string();
        record::put_answer(
            c,
            record.id,
            &key,
            &Answer { text, origin: Origin::Register, replaced: None },
            None,
        )?;
        changed = true;
    }
    Ok(changed)
}

impl Handle<OpenRecord> for Device {
    fn handle(&self, OpenRecord { visit, form }: OpenRecord) -> Result<RecordId, CommandError> {
        let person = self.0.person()?;
        let record = self.0.open_record(&person, visit, &form)?;
        self.0.tell(Event::Store);
        Ok(record)
    }
}

impl Handle<GetRecord> for Device {
    fn handle(&self, GetRecord { record }: GetRecord) -> Result<RecordView, CommandError> {
        let person = self.0.person()?;
        Ok(self.0.record_view(record, &person.id)?)
    }
}

impl Handle<SaveAnswer> for Device {
    fn handle(&self, command: SaveAnswer) -> Result<Answer, CommandError> {
        let person = self.0.person()?;
        let (answer, others) = self.0.save_answer(&person, command)?;
        // While someone types, a screen that reads everything anew at each answer would stutter.
        if others {
            self.0.tell(Event::Store);
        }
        Ok(answer)
    }
}
