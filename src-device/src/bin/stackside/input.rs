//! Files that people hand in: read whole or refused, in bounded time and memory.

use std::fmt;
use std::io::Read;
use std::path::Path;

use serde::de::{DeserializeOwned, Deserializer, Error as _, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use stackside_core::judge::Given;

/// No record of a form, and no definition, is as large.
const MOST_BYTES: u64 = 5 * 1024 * 1024;
/// No table of a form has as many values.
const MOST_VALUES: usize = 10_000;

/// Reads a text file; `-` is standard input.
pub fn read(path: &Path) -> Result<String, String> {
    let name = name(path);
    let failed = |error: std::io::Error| format!("{name}: {}", error.to_string().to_lowercase());
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        std::io::stdin().lock().take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
    } else {
        let file = std::fs::File::open(path).map_err(failed)?;
        file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
    }
    if bytes.len() as u64 > MOST_BYTES {
        return Err(format!("{name}: larger than {} MB", MOST_BYTES / 1024 / 1024));
    }
    String::from_utf8(bytes).map_err(|_| format!("{name}: not a text in UTF-8"))
}

/// Reads a file of JSON.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, String> {
    let text = read(path)?;
    serde_json::from_str(text.trim_start_matches('\u{feff}'))
        .map_err(|error| format!("{}: {error}", name(path)))
}

/// A file as complaints name it.
pub fn name(path: &Path) -> String {
    if path == Path::new("-") { "standard input".to_owned() } else { path.display().to_string() }
}

/// Named values in the order of the file, those that are there twice too.
#[derive(Default)]
pub struct Values(pub Vec<(String, Given)>);

impl Values {
    /// Takes the next one; more than anyone has is refused.
    pub fn take<'de, A: MapAccess<'de>>(&mut self, name: String, map: &mut A) -> Result<(), A::Error> {
        let value: Given = map.next_value()?;
        if let Given::List(list) = &value
            && list.len() > MOST_VALUES
        {
            return Err(A::Error::custom(format!("`{name}`: more than {MOST_VALUES} values")));
        }
        self.0.push((name, value));
        if self.0.len() > MOST_VALUES {
            return Err(A::Error::custom(format!("more than {MOST_VALUES} values")));
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Values;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with texts")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Values, A::Error> {
                let mut values = Values::default();
                while let Some(name) = map.next_key()? {
                    values.take(name, &mut map)?;
                }
                Ok(values)
            }
        }
        reader.deserialize_map(Reader)
    }
}

/// `CODE` or `CODE@VERSION`.
#[derive(Debug, Clone)]
pub struct FormName {
    /// The form's code.
    pub code: String,
    /// Its version; nothing for the newest national one.
    pub version: Option<u32>,
}

impl std::str::FromStr for FormName {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let (code, version) = match text.split_once('@') {
            None => (text, None),
            Some((code, version)) => {
                (code, Some(version.parse().map_err(|_| format!("`{version}` is no version: CODE@VERSION"))?))
            }
        };
        Ok(Self { code: code.to_owned(), version })
    }
}

/// An enum's word as the data files write it.
pub fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}
