//! What is known is there already: register, last record of the same instrument, clock, defaults (design.md §3).

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Answer, AnswerKey, Answers, Block, Form, Origin, blocks};
use crate::clock::{shanghai_date, shown_time};
use crate::id::{InstrumentId, RecordId};
use crate::register::{Bottle, Discharger, Instrument, InstrumentKind, Operator, Point};

/// Where a field's value comes from: `register:discharger.name`, `last:span.after`, `clock:date`, `value:0`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Prefill {
    /// A value of the register.
    Register(RegisterValue),
    /// The first of these fields that the last signed record of the same instrument has.
    Last(Vec<String>),
    /// Today's date.
    Date,
    /// The time now.
    Time,
    /// Always the same.
    Value(String),
}

macro_rules! register_values {
    ($($name:ident = $text:literal),+ $(,)?) => {
        /// A value of the register that a form can name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum RegisterValue { $(#[doc = concat!("`", $text, "`")] $name),+ }
        impl RegisterValue {
            const ALL: &'static [(Self, &'static str)] = &[$((Self::$name, $text)),+];
        }
    };
}
register_values! {
    DischargerName = "discharger.name",
    OperatorName = "operator.name",
    PointLocation = "point.location",
    GasMaker = "gas.manufacturer",
    GasModel = "gas.model",
    ParticulateMaker = "particulate.manufacturer",
    ParticulateModel = "particulate.model",
    Principle = "instrument.principle",
    RangeLow = "instrument.range_low",
    RangeHigh = "instrument.range_high",
    InstrumentUnit = "instrument.unit",
    BottleId = "bottle.id",
    BottleConcentration = "bottle.concentration",
    ZeroBottleConcentration = "zero_bottle.concentration",
    PersonName = "person.name",
}

/// Why a text is not a source of values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not `register:…`, `last:…`, `clock:date`, `clock:time` or `value:…` with a known name")]
pub struct PrefillError(String);

impl TryFrom<String> for Prefill {
    type Error = PrefillError;
    fn try_from(text: String) -> Result<Self, PrefillError> {
        match text.split_once(':') {
            Some(("register", name)) => RegisterValue::ALL
                .iter()
                .find(|(_, known)| *known == name)
                .map(|(value, _)| Self::Register(*value)),
            Some(("last", fields)) if !fields.is_empty() => {
                Some(Self::Last(fields.split('|').map(str::to_owned).collect()))
            }
            Some(("clock", "date")) => Some(Self::Date),
            Some(("clock", "time")) => Some(Self::Time),
            Some(("value", value)) => Some(Self::Value(value.to_owned())),
            _ => None,
        }
        .ok_or(PrefillError(text))
    }
}
impl From<Prefill> for String {
    fn from(prefill: Prefill) -> String {
        match prefill {
            Prefill::Register(value) => {
                let name =
                    RegisterValue::ALL.iter().find(|(known, _)| *known == value).map_or("", |(_, name)| name);
                format!("register:{name}")
            }
            Prefill::Last(fields) => format!("last:{}", fields.join("|")),
            Prefill::Date => "clock:date".into(),
            Prefill::Time => "clock:time".into(),
            Prefill::Value(value) => format!("value:{value}"),
        }
    }
}

/// All that is known when a form is opened.
pub struct Source<'a> {
    /// Who owns the outlet.
    pub discharger: &'a Discharger,
    /// Who maintains the monitors.
    pub operator: &'a Operator,
    /// The point.
    pub point: &'a Point,
    /// Its instruments.
    pub instruments: &'a [Instrument],
    /// Its gas bottles.
    pub bottles: &'a [Bottle],
    /// Who fills the form.
    pub person_name: &'a str,
    /// The moment.
    pub now: DateTime<Utc>,
    /// The last signed record of a form that worked on an instrument, with its answers.
    pub last: &'a dyn Fn(&InstrumentId) -> Option<(RecordId, Answers)>,
}

/// The answers that are there before anyone types.
pub fn prefill(form: &Form, source: &Source<'_>) -> Answers {
    let mut answers = Answers::default();
    for block in blocks(form, source.instruments) {
        let last = block.instrument.and_then(|instrument| (source.last)(&instrument.id));
        for field in block.fields() {
            let Some(from) = &field.prefill else { continue };
            let found = match from {
                Prefill::Register(value) => {
                    source.register(*value, &block).map(|text| (text, Origin::Register))
                }
                Prefill::Last(fields) => last.as_ref().and_then(|(record, answers)| {
                    let found = fields.iter().find_map(|field| answers.text(&block.key(field)));
                    Some((found?.to_owned(), Origin::Last { record: *record }))
                }),
                Prefill::Date => Some((shanghai_date(source.now).to_string(), Origin::Default)),
                Prefill::Time => Some((shown_time(source.now), Origin::Default)),
                Prefill::Value(value) => Some((value.clone(), Origin::Default)),
            };
            if let Some((text, origin)) = found.filter(|(text, _)| !text.is_empty()) {
                let key: AnswerKey = block.key(&field.id);
                answers.0.insert(key, Answer { text, origin, replaced: None });
            }
        }
    }
    answers
}

impl Source<'_> {
    fn register(&self, value: RegisterValue, block: &Block<'_>) -> Option<String> {
        let of_kind = |kind| self.instruments.iter().find(|i| i.kind == kind);
        let number = |value: Option<Decimal>| value.map(|value| value.to_string());
        let instrument = block.instrument;
        let today = shanghai_date(self.now);
        let bottle = |substance: &str| {
            let fits = |b: &&Bottle| b.substance == substance;
            let usable = self.bottles.iter().filter(fits).find(|b| b.valid_until >= today);
            usable.or_else(|| self.bottles.iter().find(fits))
        };
        match value {
            RegisterValue::DischargerName => Some(self.discharger.name.clone()),
            RegisterValue::OperatorName => Some(self.operator.name.clone()),
            RegisterValue::PointLocation => Some(self.point.location.clone()),
            RegisterValue::GasMaker => of_kind(InstrumentKind::Gas).map(|i| i.manufacturer.clone()),
            RegisterValue::GasModel => of_kind(InstrumentKind::Gas).map(|i| i.model.clone()),
            RegisterValue::ParticulateMaker => {
                of_kind(InstrumentKind::Particulate).map(|i| i.manufacturer.clone())
            }
            RegisterValue::ParticulateModel => of_kind(InstrumentKind::Particulate).map(|i| i.model.clone()),
            RegisterValue::Principle => instrument.map(|i| i.principle.clone()),
            RegisterValue::RangeLow => number(instrument?.range_low),
            RegisterValue::RangeHigh => number(instrument?.range_high),
            RegisterValue::InstrumentUnit => instrument.map(|i| i.unit.clone()),
            RegisterValue::BottleId => bottle(&instrument?.factor).map(|b| b.id.to_string()),
            RegisterValue::BottleConcentration => {
                bottle(&instrument?.factor).map(|b| b.concentration.to_string())
            }
            RegisterValue::ZeroBottleConcentration => bottle("ZERO").map(|b| b.concentration.to_string()),
            RegisterValue::PersonName => Some(self.person_name.to_owned()),
        }
    }
}
