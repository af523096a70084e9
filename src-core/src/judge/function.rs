//! The functions that judge and compute: few, named, with what they take and fill (docs/forms.md). A form's judge, the
//! command line and the tests all call them here.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Args, Judged, Quantity, Rules, formula, gas, water};

/// What a function takes in one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One number.
    Number,
    /// A list of numbers, by line.
    Numbers,
    /// A list of words, by line.
    Words,
    /// One word or time.
    Word,
}

impl Shape {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Number => "one number as a text",
            Self::Numbers => "a list of numbers as texts",
            Self::Words => "a list of words",
            Self::Word => "one word",
        }
    }
}

/// One parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Param {
    /// Its name.
    pub name: &'static str,
    /// What it takes.
    pub shape: Shape,
    /// True if it may be left out.
    pub optional: bool,
}

/// What a function takes and fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature {
    /// What it takes.
    pub takes: &'static [Param],
    /// What it fills: the name, and true for a list by line.
    pub fills: &'static [(&'static str, bool)],
    /// What it gives a verdict over, so that a form may judge by it; nothing for a plain formula.
    pub judges: Option<Quantity>,
}

const fn number(name: &'static str) -> Param {
    Param { name, shape: Shape::Number, optional: false }
}
const fn numbers(name: &'static str) -> Param {
    Param { name, shape: Shape::Numbers, optional: false }
}
const fn optional(param: Param) -> Param {
    Param { optional: true, ..param }
}
const fn words(name: &'static str) -> Param {
    Param { name, shape: Shape::Words, optional: false }
}
const fn word(name: &'static str) -> Param {
    Param { name, shape: Shape::Word, optional: false }
}

macro_rules! functions {
    ($($(#[$doc:meta])* $name:ident / $text:literal $judges:expr; ($($take:expr),*) -> [$($fill:literal $list:literal),*] = $run:path;)+) => {
        /// The functions by name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Function { $($(#[$doc])* $name),+ }

        impl Function {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Its name in definitions and on the command line.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }

            /// What it takes and fills.
            pub fn signature(self) -> Signature {
                match self {
                    $(Self::$name => Signature { takes: const { &[$($take),*] }, fills: &[$(($fill, $list)),*], judges: $judges }),+
                }
            }

            /// Computes, and judges where the rules have a limit.
            pub fn run(self, args: &Args, rules: &Rules<'_>) -> Result<Judged, ComputeError> {
                args.check(self.signature().takes)?;
                match self { $(Self::$name => $run(args, rules)),+ }
            }
        }
    };
}

functions! {
    /// HJ 75 formula 4.1: drift since the last adjustment, % of the range.
    Drift / "drift" Some(Quantity::Zero); (number("last"), number("before"), number("low"), number("high"))
        -> ["figure" false, "normal" false] = gas::judge_drift;
    /// HJ 75 T1: the largest change of a drift test over days, % of the range.
    DriftTest / "drift_test" Some(Quantity::DriftTest); (optional(numbers("start")), numbers("final"), number("low"), number("high"))
        -> ["change" true, "largest" false, "figure" false, "normal" false] = gas::drift_test;
    /// HJ 75 formula 4.2.
    IndicationError / "indication_error" Some(Quantity::IndicationError); (number("nominal"), numbers("readings"), number("low"), number("high"))
        -> ["mean" false, "figure" false, "normal" false] = gas::indication_error;
    /// HJ 75 formula 4.3, s.
    ResponseTime / "response_time" Some(Quantity::ResponseTime); (numbers("lag"), numbers("rise"))
        -> ["times" true, "mean" false, "normal" false] = gas::response_time;
    /// HJ 75 formulas 4.4 and 4.5: relative accuracy, relative or absolute error, by the mean of the reference method.
    Accuracy / "accuracy" Some(Quantity::Accuracy); (numbers("rm"), numbers("cems"))
        -> ["mean_rm" false, "mean_cems" false, "difference" true, "absolute" false, "relative" false, "ra" false, "error" false, "figure" false, "normal" false] = gas::accuracy;
    /// HJ 355 formula F1.
    StandardCheck / "standard_check" Some(Quantity::StandardCheck); (number("standard"), number("reading"))
        -> ["figure" false, "normal" false] = water::standard_check;
    /// HJ 355 formulas F2, F3, F7, F12.
    RealSample / "real_sample" Some(Quantity::RealSample); (numbers("online"), numbers("reference_1"), optional(numbers("reference_2")), optional(words("substitute")))
        -> ["reference" true, "error" true, "pass" true, "passed" false, "normal" false] = water::real_sample;
    /// HJ 355 formula F4.
    AbsoluteError / "absolute_error" Some(Quantity::AbsoluteError); (numbers("online"), numbers("reference"))
        -> ["figure" false, "normal" false] = water::absolute_error;
    /// HJ 355 formula F5, mm.
    Level / "level" Some(Quantity::Level); (numbers("portable"), numbers("online"))
        -> ["difference" true, "figure" false, "normal" false] = water::level;
    /// HJ 355 formula F6.
    Flow / "flow" Some(Quantity::Flow); (number("portable"), number("online")) -> ["figure" false, "normal" false] = water::flow;
    /// HJ 355 formula F13.
    Agreement / "agreement" Some(Quantity::Agreement); (number("analyser"), number("other"))
        -> ["figure" false, "normal" false] = water::agreement;
    /// HJ 355 formula F14.
    RangeRatio / "range_ratio" Some(Quantity::RangeRatio); (number("high"), number("limit"))
        -> ["figure" false, "normal" false] = water::range_ratio;
    /// HJ 355 formula F8.
    ValidRate / "valid_rate" Some(Quantity::ValidRate); (number("valid"), number("due"))
        -> ["figure" false, "normal" false] = water::valid_rate;
    /// HJ 75 formula 4.7.
    CaptureRate / "capture_rate" Some(Quantity::CaptureRate); (number("quarter_h"), number("invalid_h"), number("shutdown_h"))
        -> ["figure" false, "normal" false] = gas::capture_rate;
    /// The plain mean.
    Mean / "mean" None; (numbers("values")) -> ["mean" false] = formula::mean;
    /// HJ 355 formulas F9, F10: the mean weighted by flow; refused below 75 % of the values due.
    WeightedMean / "weighted_mean" None; (numbers("values"), numbers("weights"), optional(number("due")))
        -> ["mean" false] = formula::weighted_mean;
    /// HJ 355 formula F11, kg from mg/L and m³.
    Load / "load" None; (number("concentration"), number("flow")) -> ["load" false] = formula::load;
    /// HJ 75 §4.6: mg/m³ from μmol/mol and g/mol.
    VolumeToMass / "volume_to_mass" None; (number("volume"), number("molar_mass")) -> ["mass" false] = formula::volume_to_mass;
    /// HJ 75 §4.6: NOx as NO2, mg/m³ from μmol/mol.
    NoxFromVolume / "nox_from_volume" None; (number("no"), number("no2")) -> ["mass" false] = formula::nox_from_volume;
    /// HJ 75 §4.6: NOx as NO2, mg/m³ from mg/m³.
    NoxFromMass / "nox_from_mass" None; (number("no"), number("no2")) -> ["mass" false] = formula::nox_from_mass;
    /// HJ 75 §4.6: dry concentration in the standard state.
    StandardDry / "standard_dry" None; (number("concentration"), number("air_pressure"), number("static_pressure"), number("temperature"), number("moisture"))
        -> ["concentration" false] = formula::standard_dry;
    /// HJ 75 §4.6: dry O2 from wet, %.
    OxygenDry / "oxygen_dry" None; (number("wet"), number("moisture")) -> ["dry" false] = formula::oxygen_dry;
    /// HJ 75 §4.6: moisture from wet and dry O2, as a fraction.
    Moisture / "moisture" None; (number("wet"), number("dry")) -> ["moisture" false] = formula::moisture;
    /// HJ 75 §4.6: 21 / (21 − O2).
    ExcessAir / "excess_air" None; (number("oxygen")) -> ["factor" false] = formula::excess_air;
    /// HJ 75 §4.6: concentration at the reference oxygen.
    Corrected / "corrected" None; (number("concentration"), number("oxygen"), number("reference_oxygen"))
        -> ["concentration" false] = formula::corrected;
    /// HJ 75 §4.6: mean velocity, m/s.
    Velocity / "velocity" None; (number("coefficient"), number("velocity")) -> ["velocity" false] = formula::velocity;
    /// HJ 75 §4.6: wet flow, m³/h.
    WetFlow / "wet_flow" None; (number("area"), number("velocity")) -> ["flow" false] = formula::wet_flow;
    /// HJ 75 §4.6: dry flow in the standard state, m³/h.
    StandardFlow / "standard_flow" None; (number("flow"), number("temperature"), number("air_pressure"), number("static_pressure"), number("moisture"))
        -> ["flow" false] = formula::standard_flow;
    /// HJ 75 §4.6: kg/h.
    EmissionRate / "emission_rate" None; (number("concentration"), number("flow")) -> ["rate" false] = formula::emission_rate;
    /// HJ 75 §4.6: velocity field coefficient.
    VelocityCoefficient / "velocity_coefficient" None; (number("area_rm"), number("area_cms"), number("velocity_rm"), number("velocity_cms"))
        -> ["coefficient" false] = formula::velocity_coefficient;
    /// HJ 355 formula F15, design.md §3: when a period ends.
    PeriodEnd / "period_end" None; (word("from"), optional(number("hours")), optional(number("days")), optional(number("months")))
        -> ["end" false] = formula::period_end;
}

impl std::str::FromStr for Function {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .iter()
            .copied()
            .find(|one| one.name() == text)
            .ok_or_else(|| format!("no function `{text}`"))
    }
}

/// Why nothing could be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ComputeError {
    /// A value is missing.
    #[error("`{0}` is missing")]
    Missing(&'static str),
    /// A reference is zero, where it is divided by.
    #[error("`{param}` is zero")]
    Zero {
        /// Which.
        param: &'static str,
        /// In which line, from 1.
        line: Option<u16>,
    },
    /// The width of the range is not above zero.
    #[error("the upper end of a range lies above its lower end")]
    EmptyRange,
    /// Too few values.
    #[error("{have} of {least} values")]
    TooFew {
        /// There are.
        have: u16,
        /// Needed.
        least: u16,
    },
    /// The numbers are larger than decimals hold.
    #[error("out of the range of decimals")]
    Overflow,
    /// A word is none that the function knows.
    #[error("`{0}` is not valid")]
    Invalid(&'static str),
}

/// What a function fills into one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filled {
    /// A number, unrounded.
    Number(Decimal),
    /// A word.
    Word(String),
    /// Numbers by line.
    Numbers(Vec<Option<Decimal>>),
    /// Numbers by line, each with its limit.
    Against(Vec<Option<(Decimal, Decimal)>>),
    /// Words by line.
    Words(Vec<Option<&'static str>>),
}

/// The mean of some numbers.
pub(super) fn mean_of(values: &[Decimal]) -> Result<Decimal, ComputeError> {
    let count = Decimal::from(values.len());
    sum(values.iter().copied())?.checked_div(count).ok_or(ComputeError::TooFew { have: 0, least: 1 })
}

/// The sum, if decimals hold it.
pub(super) fn sum(values: impl Iterator<Item = Decimal>) -> Result<Decimal, ComputeError> {
    let mut total = Decimal::ZERO;
    for value in values {
        total = total.checked_add(value).ok_or(ComputeError::Overflow)?;
    }
    Ok(total)
}

/// `part` of `whole` in percent.
pub(super) fn percent(part: Decimal, whole: Decimal, zero: ComputeError) -> Result<Decimal, ComputeError> {
    if whole.is_zero() {
        return Err(zero);
    }
    let hundredfold = part.checked_mul(Decimal::ONE_HUNDRED).ok_or(ComputeError::Overflow)?;
    hundredfold.checked_div(whole).ok_or(ComputeError::Overflow)
}

/// `a − b`, if decimals hold it.
pub(super) fn less(a: Decimal, b: Decimal) -> Result<Decimal, ComputeError> {
    a.checked_sub(b).ok_or(ComputeError::Overflow)
}

/// The width of a range.
pub(super) fn width(args: &Args) -> Result<Decimal, ComputeError> {
    let width = less(args.number("high")?, args.number("low")?)?;
    if width > Decimal::ZERO { Ok(width) } else { Err(ComputeError::EmptyRange) }
}

/// A count as small as tables are.
pub(super) fn count(values: usize) -> u16 {
    u16::try_from(values).unwrap_or(u16::MAX)
}
