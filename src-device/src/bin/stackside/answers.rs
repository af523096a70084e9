//! The file of `stackside judge`: answers, and the instruments that they are about.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};
use stackside_core::decimal;
use stackside_core::register::{Instrument, InstrumentKind, Sampling};

use crate::input::Values;

/// No point has as many instruments.
const MOST_INSTRUMENTS: usize = 100;

/// A file of answers.
#[derive(Default)]
pub struct File {
    /// The answers by their keys.
    pub answers: Values,
    /// The instruments of the point.
    pub instruments: Vec<Instrument>,
}

/// What judging asks of an instrument.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Short {
    id: String,
    kind: InstrumentKind,
    factor: String,
    #[serde(default)]
    unit: String,
    range_low: Option<String>,
    range_high: Option<String>,
    sampling: Option<Sampling>,
}

impl Short {
    fn whole(self) -> Result<Instrument, String> {
        let wrong = |what: String| format!("instrument `{}`: {what}", self.id.escape_debug());
        let number = |name: &str, text: &Option<String>| {
            let number = text.as_deref().map(decimal::parse).transpose();
            number.map_err(|error| wrong(format!("`{name}`: {error}")))
        };
        Ok(Instrument {
            range_low: number("range_low", &self.range_low)?,
            range_high: number("range_high", &self.range_high)?,
            id: self.id.parse().map_err(|_| wrong("not an id".to_owned()))?,
            point: "cli".parse().map_err(|_| wrong("not at a point".to_owned()))?,
            kind: self.kind,
            factor: self.factor,
            sampling: self.sampling,
            auto_calibration: false,
            unit: self.unit,
            brand: String::new(),
            model: String::new(),
            manufacturer: String::new(),
            serial_no: String::new(),
            principle: String::new(),
            detection_limit: None,
            imported: false,
            construction_state: String::new(),
            licence_no: None,
            test_report_no: None,
            operator_before: None,
            sampler: None,
        })
    }
}

impl<'de> Deserialize<'de> for File {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = File;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with answers")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<File, A::Error> {
                let mut file = File::default();
                while let Some(name) = map.next_key::<String>()? {
                    match name.as_str() {
                        "answers" => file.answers.0.append(&mut map.next_value::<Values>()?.0),
                        "instruments" => {
                            file.instruments = instruments(map.next_value()?).map_err(A::Error::custom)?
                        }
                        _ => file.answers.take(name, &mut map)?,
                    }
                }
                Ok(file)
            }
        }
        reader.deserialize_map(Reader)
    }
}

fn instruments(short: Vec<Short>) -> Result<Vec<Instrument>, String> {
    if short.len() > MOST_INSTRUMENTS {
        return Err(format!("more than {MOST_INSTRUMENTS} instruments"));
    }
    let mut instruments: Vec<Instrument> = Vec::new();
    for one in short {
        let one = one.whole()?;
        if instruments.iter().any(|other| other.id == one.id) {
            return Err(format!("instrument `{}`: there twice", one.id));
        }
        instruments.push(one);
    }
    Ok(instruments)
}
