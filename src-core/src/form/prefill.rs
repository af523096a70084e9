//! What is known is there already: register, last record of the same instrument, clock, defaults (design.md §3).

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Answer, Answers, Block, Field, Form, Origin, blocks};
use crate::clock::{shanghai_date, shown_time};
use crate::fault::{Fault, Step, StepKind};
use crate::id::{InstrumentId, RecordId};
use crate::register::{Bottle, Discharger, Instrument, InstrumentKind, Operator, Person, Point, same_factor};

/// Where a field's value comes from: `register:discharger.name`, `last:span.after`, `fault:noticed_at`, `clock:date`,
/// `value:0`.
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
    /// What a fault knows, where a form is opened from one.
    Fault(FaultValue),
    /// A value of the new bottle, where a replaced one is recorded.
    Bottle(BottleValue),
    /// Always the same.
    Value(String),
}

macro_rules! named_values {
    ($(#[$doc:meta])* $type:ident: $($name:ident = $text:literal),+ $(,)?) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $type { $(#[doc = concat!("`", $text, "`")] $name),+ }
        impl $type {
            const ALL: &'static [(Self, &'static str)] = &[$((Self::$name, $text)),+];
            fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().find(|(_, known)| *known == name).map(|(value, _)| *value)
            }
            fn name(self) -> &'static str {
                Self::ALL.iter().find(|(known, _)| *known == self).map_or("", |(_, name)| name)
            }
        }
    };
}
named_values! {
    /// A value of a gas bottle or standard solution.
    BottleValue:
    Number = "number",
    Substance = "substance",
    Concentration = "concentration",
    Unit = "unit",
    Uncertainty = "uncertainty_percent",
    Supplier = "supplier",
    ValidUntil = "valid_until",
    Pressure = "pressure_mpa",
}
named_values! {
    /// What a fault knows.
    FaultValue:
    NoticedAt = "noticed_at",
    ReportedAt = "reported_at",
    ReportedTo = "reported_to",
    ArrivedAt = "arrived_at",
    RepairedAt = "repaired_at",
    ProvedAt = "proved_at",
    BackAt = "back_at",
    MonitoredFrom = "monitored_from",
    IsMonitored = "is_monitored",
    Part = "part",
    FaultInstrument = "instrument",
    Description = "description",
    Repair = "repair",
}
named_values! {
    /// A value of the register that a form can name.
    RegisterValue:
    DischargerName = "discharger.name",
    DischargerAddress = "discharger.address",
    DischargerCreditCode = "discharger.credit_code",
    OperatorName = "operator.name",
    OperatorOffice = "operator.office",
    PointName = "point.name",
    PointNumber = "point.number",
    PointLocation = "point.location",
    SystemMaker = "point.system_maker",
    Installer = "point.installer",
    ReferenceOxygen = "point.reference_oxygen_percent",
    VelocityCoefficient = "point.velocity_coefficient",
    DuctArea = "point.duct_area_m2",
    PitotCoefficient = "point.pitot_coefficient",
    GasMaker = "gas.manufacturer",
    GasModel = "gas.model",
    ParticulateMaker = "particulate.manufacturer",
    ParticulateModel = "particulate.model",
    Factor = "instrument.factor",
    Brand = "instrument.brand",
    Model = "instrument.model",
    Manufacturer = "instrument.manufacturer",
    SerialNo = "instrument.serial_no",
    DetectionLimit = "instrument.detection_limit",
    Principle = "instrument.principle",
    RangeLow = "instrument.range_low",
    RangeHigh = "instrument.range_high",
    InstrumentUnit = "instrument.unit",
    BottleId = "bottle.id",
    BottleConcentration = "bottle.concentration",
    ZeroBottleConcentration = "zero_bottle.concentration",
    PersonName = "person.name",
    PersonPost = "person.post",
    CertificateNo = "person.certificate_no",
}

/// Why a text is not a source of values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not `register:…`, `last:…`, `fault:…`, `bottle:…`, `clock:date`, `clock:time` or `value:…` with a known name"
)]
pub struct PrefillError(String);

impl TryFrom<String> for Prefill {
    type Error = PrefillError;
    fn try_from(text: String) -> Result<Self, PrefillError> {
        match text.split_once(':') {
            Some(("register", name)) => RegisterValue::named(name).map(Self::Register),
            Some(("fault", name)) => FaultValue::named(name).map(Self::Fault),
            Some(("bottle", name)) => BottleValue::named(name).map(Self::Bottle),
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
            Prefill::Register(value) => format!("register:{}", value.name()),
            Prefill::Fault(value) => format!("fault:{}", value.name()),
            Prefill::Bottle(value) => format!("bottle:{}", value.name()),
            Prefill::Last(fields) => format!("last:{}", fields.join("|")),
            Prefill::Date => "clock:date".into(),
            Prefill::Time => "clock:time".into(),
            Prefill::Value(value) => format!("value:{value}"),
        }
    }
}

/// Tells the last signed record of a form.
pub type LastRecord<'a> = dyn Fn(Option<&InstrumentId>) -> Option<(RecordId, Answers)> + 'a;

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
    pub person: &'a Person,
    /// The moment.
    pub now: DateTime<Utc>,
    /// The last signed record of the form that worked on an instrument, with its answers; for nothing the last one at
    /// the point.
    pub last: &'a LastRecord<'a>,
    /// The fault that the form is about, where it is opened from one.
    pub fault: Option<&'a Fault>,
}

/// The answers that are there before anyone types, those of the table lines that are shown too.
pub fn prefill(form: &Form, source: &Source<'_>) -> Answers {
    let mut answers = Answers::default();
    for block in blocks(form, source.instruments) {
        let last = (source.last)(block.instrument.map(|instrument| &instrument.id));
        for field in block.fields() {
            if let Some(answer) = source.answer(field, &block, last.as_ref()) {
                answers.0.insert(block.key(&field.id), answer);
            }
        }
        let shown = block.section.lines.as_ref().map_or(0, |lines| lines.shown);
        for line in 1..=shown {
            answers.0.extend(prefill_line(&block, line, source).0);
        }
    }
    answers
}

/// The answers of one more line of a table before anyone types.
pub fn prefill_line(block: &Block<'_>, line: u16, source: &Source<'_>) -> Answers {
    let answers = block.columns().filter_map(|column| {
        Some((block.key(&column.id).in_line(line), source.answer(column, block, None)?))
    });
    Answers(answers.collect())
}

/// The answers of a line that records a replaced bottle.
pub fn prefill_new_bottle(block: &Block<'_>, line: u16, bottle: &Bottle) -> Answers {
    let answers = block.columns().filter_map(|column| {
        let Some(Prefill::Bottle(value)) = &column.prefill else { return None };
        let answer = Answer::given(bottle.value(*value), Origin::Register);
        Some((block.key(&column.id).in_line(line), answer))
    });
    Answers(answers.filter(|(_, answer)| !answer.text.is_empty()).collect())
}

impl Bottle {
    fn value(&self, value: BottleValue) -> String {
        match value {
            BottleValue::Number => self.id.to_string(),
            BottleValue::Substance => self.substance.clone(),
            BottleValue::Concentration => self.concentration.to_string(),
            BottleValue::Unit => self.unit.clone(),
            BottleValue::Uncertainty => self.uncertainty_percent.to_string(),
            BottleValue::Supplier => self.supplier.clone(),
            BottleValue::ValidUntil => self.valid_until.to_string(),
            BottleValue::Pressure => self.pressure_mpa.to_string(),
        }
    }
}

impl Fault {
    fn value(&self, value: FaultValue) -> Option<String> {
        use StepKind::{Arrived, BackInService, ManualMonitoring, Noticed, Proved, Repaired, Reported};
        let time = |kind| self.at(kind).map(shown_time);
        let words = |kind| self.standing(kind).next().map(|one| one.step.words.clone());
        let instrument = || match &self.standing(Noticed).next()?.step.step {
            Step::Noticed { instrument, .. } => instrument.as_ref().map(ToString::to_string),
            _ => None,
        };
        match value {
            FaultValue::NoticedAt => time(Noticed),
            FaultValue::ReportedAt => time(Reported),
            FaultValue::ReportedTo => words(Reported),
            FaultValue::ArrivedAt => time(Arrived),
            FaultValue::RepairedAt => time(Repaired),
            FaultValue::ProvedAt => time(Proved),
            FaultValue::BackAt => time(BackInService),
            FaultValue::MonitoredFrom => time(ManualMonitoring),
            FaultValue::IsMonitored => time(ManualMonitoring).map(|_| "yes".to_owned()),
            FaultValue::Part => self.part().map(|part| part.name().to_owned()),
            FaultValue::FaultInstrument => instrument(),
            FaultValue::Description => words(Noticed),
            FaultValue::Repair => words(Repaired),
        }
    }
}

impl Source<'_> {
    fn answer(&self, field: &Field, block: &Block<'_>, last: Option<&(RecordId, Answers)>) -> Option<Answer> {
        let (text, origin) = match field.prefill.as_ref()? {
            Prefill::Register(value) => (self.register(*value, block)?, Origin::Register),
            Prefill::Last(fields) => {
                let (record, answers) = last?;
                let found = fields.iter().find_map(|field| answers.text(&block.key(field)))?;
                (found.to_owned(), Origin::Last { record: *record })
            }
            Prefill::Date => (shanghai_date(self.now).to_string(), Origin::Default),
            Prefill::Time => (shown_time(self.now), Origin::Default),
            Prefill::Value(value) => (value.clone(), Origin::Default),
            Prefill::Fault(value) => (self.fault?.value(*value)?, Origin::Default),
            Prefill::Bottle(_) => return None,
        };
        (!text.is_empty()).then(|| Answer::given(text, origin))
    }

    fn register(&self, value: RegisterValue, block: &Block<'_>) -> Option<String> {
        let of_kind = |kind| self.instruments.iter().find(|i| i.kind == kind);
        let number = |value: Option<Decimal>| value.map(|value| value.to_string());
        let instrument = block.instrument;
        let today = shanghai_date(self.now);
        let bottle = |substance: &str| {
            let fits = |b: &&Bottle| same_factor(&b.substance, substance);
            let usable = self.bottles.iter().filter(fits).find(|b| b.valid_until >= today);
            usable.or_else(|| self.bottles.iter().find(fits))
        };
        match value {
            RegisterValue::DischargerName => Some(self.discharger.name.clone()),
            RegisterValue::DischargerAddress => Some(self.discharger.address.clone()),
            RegisterValue::DischargerCreditCode => Some(self.discharger.credit_code.clone()),
            RegisterValue::OperatorName => Some(self.operator.name.clone()),
            RegisterValue::OperatorOffice => Some(self.operator.office.clone()),
            RegisterValue::PointName => Some(self.point.name.clone()),
            RegisterValue::PointNumber => Some(self.point.number.clone()),
            RegisterValue::SystemMaker => Some(self.point.system_maker.clone()),
            RegisterValue::Installer => Some(self.point.installer.clone()),
            RegisterValue::ReferenceOxygen => number(self.point.reference_oxygen_percent),
            RegisterValue::VelocityCoefficient => number(self.point.velocity_coefficient),
            RegisterValue::DuctArea => number(self.point.duct_area_m2),
            RegisterValue::PitotCoefficient => number(self.point.pitot_coefficient),
            RegisterValue::PointLocation => Some(self.point.location.clone()),
            RegisterValue::GasMaker => of_kind(InstrumentKind::Gas).map(|i| i.manufacturer.clone()),
            RegisterValue::GasModel => of_kind(InstrumentKind::Gas).map(|i| i.model.clone()),
            RegisterValue::ParticulateMaker => {
                of_kind(InstrumentKind::Particulate).map(|i| i.manufacturer.clone())
            }
            RegisterValue::ParticulateModel => of_kind(InstrumentKind::Particulate).map(|i| i.model.clone()),
            RegisterValue::Factor => instrument.map(|i| i.factor.clone()),
            RegisterValue::Brand => instrument.map(|i| i.brand.clone()),
            RegisterValue::Model => instrument.map(|i| i.model.clone()),
            RegisterValue::Manufacturer => instrument.map(|i| i.manufacturer.clone()),
            RegisterValue::SerialNo => instrument.map(|i| i.serial_no.clone()),
            RegisterValue::DetectionLimit => number(instrument?.detection_limit),
            RegisterValue::Principle => instrument.map(|i| i.principle.clone()),
            RegisterValue::RangeLow => number(instrument?.range_low),
            RegisterValue::RangeHigh => number(instrument?.range_high),
            RegisterValue::InstrumentUnit => instrument.map(|i| i.unit.clone()),
            RegisterValue::BottleId => bottle(&instrument?.factor).map(|b| b.id.to_string()),
            RegisterValue::BottleConcentration => {
                bottle(&instrument?.factor).map(|b| b.concentration.to_string())
            }
            RegisterValue::ZeroBottleConcentration => bottle("ZERO").map(|b| b.concentration.to_string()),
            RegisterValue::PersonName => Some(self.person.name.clone()),
            RegisterValue::PersonPost => Some(self.person.post.clone()),
            RegisterValue::CertificateNo => Some(self.person.certificate_no.clone()),
        }
    }
}
