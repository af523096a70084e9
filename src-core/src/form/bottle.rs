//! Gas bottles and standard solutions that take the place of others, and the records that name them.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{AnswerError, AnswerKey, Answers, BottleValue, FieldType, Form, Prefill, Section, check_text};
use crate::decimal;
use crate::id::PointId;
use crate::register::Bottle;

/// The bottles that a record puts in place: one for each line of a table whose columns take the values of a new bottle.
/// A line without number, concentration or validity names none; uncertainty and pressure are 0 where the form does not
/// ask for them.
pub fn recorded_bottles(form: &Form, answers: &Answers, point: &PointId) -> Vec<Bottle> {
    let tables = form.sections.iter().filter_map(|section| Some((section, number_column(section)?)));
    let mut bottles = Vec::new();
    for (section, number) in tables {
        let numbers = answers
            .0
            .keys()
            .filter(|key| key.section == section.id && key.line.is_some() && key.field == number);
        bottles.extend(numbers.filter_map(|key| bottle_of(section, answers, key, point)));
    }
    bottles
}

/// The least and greatest concentration of any unit.
const CONCENTRATIONS: (Decimal, Decimal) =
    (Decimal::from_parts(1, 0, 0, false, 9), Decimal::from_parts(1_000_000, 0, 0, false, 0));
const PERCENT: (Decimal, Decimal) = (Decimal::ZERO, Decimal::ONE_HUNDRED);

/// Refuses a new bottle that cannot be put in place, with its field and the reason.
pub fn check_new_bottle(
    bottle: &Bottle,
    known: &[Bottle],
    today: NaiveDate,
) -> Result<(), (&'static str, AnswerError)> {
    for (field, text) in
        [("substance", &bottle.substance), ("unit", &bottle.unit), ("supplier", &bottle.supplier)]
    {
        check_text(FieldType::Text, text).map_err(|why| (field, why))?;
    }
    if bottle.substance.trim().is_empty() {
        return Err(("substance", AnswerError::Missing));
    }
    if known.iter().any(|other| other.id == bottle.id) {
        return Err(("number", AnswerError::KnownBottle));
    }
    for (field, value, (low, high)) in [
        ("concentration", bottle.concentration, CONCENTRATIONS),
        ("uncertainty_percent", bottle.uncertainty_percent, PERCENT),
        ("pressure_mpa", bottle.pressure_mpa, PERCENT),
    ] {
        if !(low..=high).contains(&value) {
            let (low, high) = (low.to_string(), high.to_string());
            return Err((field, AnswerError::OutOfBounds { low, high }));
        }
    }
    if bottle.valid_until < today { Err(("valid_until", AnswerError::Expired)) } else { Ok(()) }
}

impl Form {
    /// The section whose lines record replaced bottles.
    pub fn bottle_section(&self) -> Option<&Section> {
        self.sections.iter().find(|section| number_column(section).is_some())
    }
}

fn number_column(section: &Section) -> Option<&str> {
    column(section, BottleValue::Number)
}

fn column(section: &Section, value: BottleValue) -> Option<&str> {
    let takes = Some(Prefill::Bottle(value));
    section.columns.iter().find(|column| column.prefill == takes).map(|column| column.id.as_str())
}

fn bottle_of(section: &Section, answers: &Answers, line: &AnswerKey, point: &PointId) -> Option<Bottle> {
    let text = |value| answers.text(&line.sibling(column(section, value)?));
    let number = |value| decimal::parse(text(value)?).ok();
    let words = |value| text(value).unwrap_or_default().to_owned();
    Some(Bottle {
        id: text(BottleValue::Number)?.parse().ok()?,
        point: point.clone(),
        substance: words(BottleValue::Substance),
        concentration: number(BottleValue::Concentration)?,
        unit: words(BottleValue::Unit),
        uncertainty_percent: number(BottleValue::Uncertainty).unwrap_or_default(),
        supplier: words(BottleValue::Supplier),
        valid_until: text(BottleValue::ValidUntil)?.parse().ok()?,
        pressure_mpa: number(BottleValue::Pressure).unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::{blocks, built_in, prefill_new_bottle};

    #[test]
    fn what_a_new_bottle_prefills_is_read_back_as_that_bottle() {
        let point: PointId = "DA001".parse().unwrap();
        let bottle = Bottle {
            id: "B-9".parse().unwrap(),
            point: point.clone(),
            substance: "SO2".into(),
            concentration: "81.5".parse().unwrap(),
            unit: "mg/m³".into(),
            uncertainty_percent: "2".parse().unwrap(),
            supplier: "气体厂".into(),
            valid_until: "2027-06-30".parse().unwrap(),
            pressure_mpa: "9.5".parse().unwrap(),
        };
        let forms = built_in().unwrap();
        for (code, asks_for_pressure) in [("HJ75-G8", true), ("HJ355-G", false)] {
            let form = forms.iter().find(|form| form.code.as_str() == code).unwrap();
            let section = form.bottle_section().unwrap();
            let blocks = blocks(form, &[]);
            let block = blocks.iter().find(|block| block.section.id == section.id).unwrap();
            let mut answers = prefill_new_bottle(block, 2, &bottle);
            let found = recorded_bottles(form, &answers, &point);
            if asks_for_pressure {
                assert_eq!(found, std::slice::from_ref(&bottle), "{code}");
            } else {
                assert_eq!(
                    (found.len(), &found[0].id, found[0].pressure_mpa.is_zero()),
                    (1, &bottle.id, true)
                );
            }
            answers.0.retain(|_, answer| answer.text != "81.5");
            assert_eq!(recorded_bottles(form, &answers, &point), [], "{code}");
        }
    }
}
