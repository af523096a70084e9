//! Formulas that stand behind no form: conversions of HJ 75 §4.6, means and loads of HJ 355.

use chrono::NaiveDateTime;
use rust_decimal::Decimal;

use super::function::{ComputeError, Filled, mean_of, sum};
use super::{Args, Judged, Rules};
use crate::calendar::WorkDays;
use crate::rulebook::Every;

type Computed = Result<Judged, ComputeError>;

const fn of(digits: u32, scale: u32) -> Decimal {
    Decimal::from_parts(digits, 0, 0, false, scale)
}

/// The volume of one mole in the standard state, L.
const MOLAR_VOLUME: Decimal = of(224, 1);
/// The standard state: K and Pa.
const STANDARD_K: Decimal = of(273, 0);
const STANDARD_PA: Decimal = of(101_325, 0);
/// O2 in the air as the standards have it, %.
const AIR_OXYGEN: Decimal = of(21, 0);
/// Of the values due, so many percent make a mean (HJ 355 F9, F10).
const ENOUGH_PERCENT: Decimal = of(75, 0);

fn filled(name: &'static str, value: Option<Decimal>) -> Computed {
    let value = value.ok_or(ComputeError::Overflow)?;
    Ok(Judged::computed(vec![(name, Filled::Number(value))]))
}

/// Refuses to divide by a difference that is zero.
fn not_zero(value: Decimal, param: &'static str) -> Result<Decimal, ComputeError> {
    if value.is_zero() { Err(ComputeError::Zero { param, line: None }) } else { Ok(value) }
}

pub(super) fn mean(args: &Args, _: &Rules<'_>) -> Computed {
    filled("mean", Some(mean_of(&args.values("values"))?))
}

pub(super) fn weighted_mean(args: &Args, _: &Rules<'_>) -> Computed {
    let pairs = args.pairs("values", "weights");
    let have = super::function::count(pairs.len());
    if let Some(due) = args.numbers.get("due") {
        let share = due.checked_mul(ENOUGH_PERCENT).and_then(|x| x.checked_div(Decimal::ONE_HUNDRED));
        let least = share.ok_or(ComputeError::Overflow)?.ceil();
        if Decimal::from(have) < least {
            let least = u16::try_from(least).unwrap_or(u16::MAX);
            return Err(ComputeError::TooFew { have, least });
        }
    }
    let products: Option<Vec<Decimal>> =
        pairs.iter().map(|(_, value, weight)| value.checked_mul(*weight)).collect();
    let total = sum(products.ok_or(ComputeError::Overflow)?.into_iter())?;
    let weight = not_zero(sum(pairs.iter().map(|(_, _, weight)| *weight))?, "weights")?;
    filled("mean", total.checked_div(weight))
}

pub(super) fn load(args: &Args, _: &Rules<'_>) -> Computed {
    let product = args.number("concentration")?.checked_mul(args.number("flow")?);
    filled("load", product.and_then(|product| product.checked_div(Decimal::ONE_THOUSAND)))
}

pub(super) fn volume_to_mass(args: &Args, _: &Rules<'_>) -> Computed {
    filled("mass", mass(args.number("volume")?, args.number("molar_mass")?))
}

fn mass(volume: Decimal, molar_mass: Decimal) -> Option<Decimal> {
    molar_mass.checked_mul(volume)?.checked_div(MOLAR_VOLUME)
}

/// Molar masses, g/mol.
const NO: Decimal = of(30, 0);
const NO2: Decimal = of(46, 0);

pub(super) fn nox_from_volume(args: &Args, _: &Rules<'_>) -> Computed {
    let volume = args.number("no")?.checked_add(args.number("no2")?);
    filled("mass", volume.and_then(|volume| mass(volume, NO2)))
}

pub(super) fn nox_from_mass(args: &Args, _: &Rules<'_>) -> Computed {
    let (no, no2) = (args.number("no")?, args.number("no2")?);
    filled("mass", no.checked_mul(NO2).and_then(|x| x.checked_div(NO)).and_then(|x| x.checked_add(no2)))
}

/// The pressure and the temperature of the gas against the standard state, and its dry part.
fn state(args: &Args) -> Result<(Decimal, Decimal, Decimal), ComputeError> {
    let pressure = args.number("air_pressure")?.checked_add(args.number("static_pressure")?);
    let pressure = not_zero(pressure.ok_or(ComputeError::Overflow)?, "air_pressure")?;
    let kelvin = args.number("temperature")?.checked_add(STANDARD_K).ok_or(ComputeError::Overflow)?;
    Ok((pressure, not_zero(kelvin, "temperature")?, dry_part(args)?))
}

fn dry_part(args: &Args) -> Result<Decimal, ComputeError> {
    let dry = Decimal::ONE.checked_sub(args.number("moisture")?).ok_or(ComputeError::Overflow)?;
    if dry > Decimal::ZERO { Ok(dry) } else { Err(ComputeError::Invalid("moisture")) }
}

pub(super) fn standard_dry(args: &Args, _: &Rules<'_>) -> Computed {
    let (pressure, kelvin, dry) = state(args)?;
    let concentration = args.number("concentration")?;
    let value = (concentration.checked_mul(STANDARD_PA))
        .and_then(|x| x.checked_mul(kelvin))
        .and_then(|x| x.checked_div(pressure))
        .and_then(|x| x.checked_div(STANDARD_K))
        .and_then(|x| x.checked_div(dry));
    filled("concentration", value)
}

pub(super) fn oxygen_dry(args: &Args, _: &Rules<'_>) -> Computed {
    filled("dry", args.number("wet")?.checked_div(dry_part(args)?))
}

pub(super) fn moisture(args: &Args, _: &Rules<'_>) -> Computed {
    let dry = not_zero(args.number("dry")?, "dry")?;
    filled("moisture", args.number("wet")?.checked_div(dry).and_then(|x| Decimal::ONE.checked_sub(x)))
}

pub(super) fn excess_air(args: &Args, _: &Rules<'_>) -> Computed {
    let rest = AIR_OXYGEN.checked_sub(args.number("oxygen")?).ok_or(ComputeError::Overflow)?;
    filled("factor", AIR_OXYGEN.checked_div(not_zero(rest, "oxygen")?))
}

pub(super) fn corrected(args: &Args, _: &Rules<'_>) -> Computed {
    let rest = AIR_OXYGEN.checked_sub(args.number("oxygen")?).ok_or(ComputeError::Overflow)?;
    let reference = AIR_OXYGEN.checked_sub(args.number("reference_oxygen")?).ok_or(ComputeError::Overflow)?;
    let rest = not_zero(rest, "oxygen")?;
    let value = args.number("concentration")?.checked_mul(reference).and_then(|x| x.checked_div(rest));
    filled("concentration", value)
}

pub(super) fn velocity(args: &Args, _: &Rules<'_>) -> Computed {
    filled("velocity", args.number("coefficient")?.checked_mul(args.number("velocity")?))
}

pub(super) fn wet_flow(args: &Args, _: &Rules<'_>) -> Computed {
    let value = args.number("area")?.checked_mul(args.number("velocity")?);
    filled("flow", value.and_then(|x| x.checked_mul(of(3600, 0))))
}

pub(super) fn standard_flow(args: &Args, _: &Rules<'_>) -> Computed {
    let (pressure, kelvin, dry) = state(args)?;
    let value = (args.number("flow")?.checked_mul(STANDARD_K))
        .and_then(|x| x.checked_mul(pressure))
        .and_then(|x| x.checked_mul(dry))
        .and_then(|x| x.checked_div(kelvin))
        .and_then(|x| x.checked_div(STANDARD_PA));
    filled("flow", value)
}

pub(super) fn emission_rate(args: &Args, _: &Rules<'_>) -> Computed {
    let product = args.number("concentration")?.checked_mul(args.number("flow")?);
    filled("rate", product.and_then(|x| x.checked_div(of(1_000_000, 0))))
}

pub(super) fn velocity_coefficient(args: &Args, _: &Rules<'_>) -> Computed {
    let area = not_zero(args.number("area_cms")?, "area_cms")?;
    let velocity = not_zero(args.number("velocity_cms")?, "velocity_cms")?;
    let value = (args.number("area_rm")?.checked_mul(args.number("velocity_rm")?))
        .and_then(|x| x.checked_div(area))
        .and_then(|x| x.checked_div(velocity));
    filled("coefficient", value)
}

pub(super) fn period_end(args: &Args, _: &Rules<'_>) -> Computed {
    let from = args.words.get("from").map_or("", String::as_str);
    let from =
        NaiveDateTime::parse_from_str(from, "%Y-%m-%d %H:%M").map_err(|_| ComputeError::Invalid("from"))?;
    let length = |name: &'static str| match args.numbers.get(name) {
        None => Ok(None),
        Some(length) => u32::try_from(*length).map(Some).map_err(|_| ComputeError::Invalid(name)),
    };
    let every = match (length("hours")?, length("days")?, length("months")?) {
        (Some(hours), None, None) => Every::Hours(hours),
        (None, Some(days), None) => Every::Days(days),
        (None, None, Some(months)) => Every::Months(months),
        _ => return Err(ComputeError::Missing("hours")),
    };
    let end = every.end(from, &WorkDays::default()).ok_or(ComputeError::Overflow)?;
    let shape = if matches!(every, Every::Hours(_)) { "%Y-%m-%d %H:%M" } else { "%Y-%m-%d %H:%M:%S" };
    Ok(Judged::computed(vec![("end", Filled::Word(end.format(shape).to_string()))]))
}
