//! What a function is given: collected from a form's answers, or read from texts by the parameters' names.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use serde::Deserialize;

use super::function::{ComputeError, Function, Param, Shape};
use crate::decimal::{self, NumberError};

/// What a function is given, by the parameters' names. Blank lines of a list stay blank.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Args {
    /// Single numbers.
    pub numbers: BTreeMap<&'static str, Decimal>,
    /// Lists of numbers.
    pub lists: BTreeMap<&'static str, Vec<Option<Decimal>>>,
    /// Lists of words.
    pub word_lists: BTreeMap<&'static str, Vec<Option<String>>>,
    /// Single words.
    pub words: BTreeMap<&'static str, String>,
}

/// An argument as a file writes it. Numbers are texts, so that none passes through a binary float.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Given {
    /// One value.
    One(String),
    /// A list; an empty text and nothing are a blank line.
    List(Vec<Option<String>>),
    /// Anything else.
    Other(serde::de::IgnoredAny),
}

/// An argument that is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}`{}: {fault}", .line.map(|line| format!(" line {line}")).unwrap_or_default())]
pub struct ArgError {
    /// The parameter, as it was written.
    pub name: String,
    /// In which line of a list, from 1.
    pub line: Option<usize>,
    /// What is wrong.
    pub fault: ArgFault,
}

/// What is wrong with an argument.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArgFault {
    /// The function has no such parameter.
    #[error("no such parameter")]
    Unknown,
    /// It is given twice.
    #[error("given twice")]
    Twice,
    /// A list where one value is taken, one value where a list is, or no text.
    #[error("not {}", .0.words())]
    WrongType(Shape),
    /// Not a number.
    #[error(transparent)]
    Number(#[from] NumberError),
    /// A control character.
    #[error("a control character")]
    ControlCharacter,
    /// It has to be there.
    #[error("missing")]
    Missing,
}

impl ArgError {
    fn new(name: &str, fault: impl Into<ArgFault>) -> Self {
        Self { name: name.to_owned(), line: None, fault: fault.into() }
    }
}

impl Args {
    /// Reads the arguments of a function by name, as people type them; all that is wrong is told.
    pub fn read(
        function: Function,
        given: impl IntoIterator<Item = (String, Given)>,
    ) -> Result<Self, Vec<ArgError>> {
        let takes = function.signature().takes;
        let (mut args, mut errors) = (Self::default(), Vec::new());
        let mut seen = BTreeSet::new();
        for (name, value) in given {
            let Some(param) = takes.iter().find(|param| param.name == name) else {
                errors.push(ArgError::new(&name, ArgFault::Unknown));
                continue;
            };
            if !seen.insert(param.name) {
                errors.push(ArgError::new(param.name, ArgFault::Twice));
            } else {
                args.take(param, value, &mut errors);
            }
        }
        let is_told = |param: &&Param| errors.iter().any(|error| error.name == param.name);
        let missing = takes.iter().filter(|param| !param.optional && !args.has(param) && !is_told(param));
        let missing: Vec<_> = missing.map(|param| ArgError::new(param.name, ArgFault::Missing)).collect();
        errors.extend(missing);
        if errors.is_empty() { Ok(args) } else { Err(errors) }
    }

    fn take(&mut self, param: &Param, value: Given, errors: &mut Vec<ArgError>) {
        let name = param.name;
        match (param.shape, value) {
            (Shape::Number, Given::One(text)) => match decimal::parse(&text) {
                Ok(number) => drop(self.numbers.insert(name, number)),
                Err(_) if text.trim().is_empty() => {}
                Err(why) => errors.push(ArgError::new(name, why)),
            },
            (Shape::Word, Given::One(text)) => {
                errors.extend(control_character(name, &text));
                if !text.trim().is_empty() {
                    self.words.insert(name, text.trim().to_owned());
                }
            }
            (Shape::Numbers, Given::List(texts)) => {
                let mut list = Vec::with_capacity(texts.len());
                for (line, text) in (1..).zip(&texts) {
                    let number = filled(text).map(decimal::parse).transpose();
                    list.push(number.unwrap_or_else(|why| {
                        errors.push(ArgError { line: Some(line), ..ArgError::new(name, why) });
                        None
                    }));
                }
                self.lists.insert(name, list);
            }
            (Shape::Words, Given::List(texts)) => {
                errors.extend(texts.iter().flatten().find_map(|text| control_character(name, text)));
                let words = texts.iter().map(|text| filled(text).map(str::to_owned)).collect();
                self.word_lists.insert(name, words);
            }
            (shape, _) => errors.push(ArgError::new(name, ArgFault::WrongType(shape))),
        }
    }

    fn has(&self, param: &Param) -> bool {
        match param.shape {
            Shape::Number => self.numbers.contains_key(param.name),
            Shape::Numbers => self.list(param.name).iter().any(Option::is_some),
            Shape::Words => self.word_lists.contains_key(param.name),
            Shape::Word => self.words.contains_key(param.name),
        }
    }

    pub(super) fn check(&self, takes: &'static [Param]) -> Result<(), ComputeError> {
        match takes.iter().find(|param| !param.optional && !self.has(param)) {
            Some(missing) => Err(ComputeError::Missing(missing.name)),
            None => Ok(()),
        }
    }

    /// A number that was checked to be there.
    pub(super) fn number(&self, name: &'static str) -> Result<Decimal, ComputeError> {
        self.numbers.get(name).copied().ok_or(ComputeError::Missing(name))
    }

    /// A list; empty if it is not there.
    pub(super) fn list(&self, name: &str) -> &[Option<Decimal>] {
        self.lists.get(name).map_or(&[], Vec::as_slice)
    }

    /// The lines in which both lists have a number, with their numbers from 1.
    pub(super) fn pairs(&self, a: &str, b: &str) -> Vec<(u16, Decimal, Decimal)> {
        let lines = (1_u16..).zip(self.list(a).iter().zip(self.list(b)));
        lines.filter_map(|(line, (a, b))| Some((line, (*a)?, (*b)?))).collect()
    }

    /// The numbers of a list without its blanks.
    pub(super) fn values(&self, name: &str) -> Vec<Decimal> {
        self.list(name).iter().flatten().copied().collect()
    }
}

fn filled(text: &Option<String>) -> Option<&str> {
    text.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

fn control_character(name: &'static str, text: &str) -> Option<ArgError> {
    text.chars().any(char::is_control).then(|| ArgError::new(name, ArgFault::ControlCharacter))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Args, Vec<String>> {
        let given: BTreeMap<String, Given> = serde_json::from_str(json).unwrap();
        let read = Args::read(Function::WeightedMean, given);
        read.map_err(|errors| errors.iter().map(ArgError::to_string).collect())
    }

    #[test]
    fn numbers_are_read_as_people_type_them_and_blanks_stay_blank() {
        let args = read(r#"{"values": ["+1", "", null, "１．５"], "weights": [" 2 "]}"#).unwrap();
        assert_eq!(args.list("values"), [Some(1.into()), None, None, Some(Decimal::new(15, 1))]);
        assert_eq!(args.pairs("values", "weights"), [(1, 1.into(), 2.into())]);
    }

    #[test]
    fn all_that_is_wrong_is_told() {
        let errors =
            read(r#"{"values": ["1", "1,5", "1e3", "a\u0000"], "due": ["24"], "of": "1"}"#).unwrap_err();
        assert_eq!(
            errors,
            [
                "`due`: not one number as a text",
                "`of`: no such parameter",
                "`values` line 2: a comma is not a decimal point",
                "`values` line 3: no exponents: write the number out",
                "`values` line 4: not a number",
                "`weights`: missing",
            ]
        );
        assert_eq!(
            read(r#"{"values": [1], "weights": []}"#).unwrap_err()[0],
            "`values`: not a list of numbers as texts"
        );
    }
}
