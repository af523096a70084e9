//! Form definitions as data, the same for screen, device and server (design.md §3).

mod answer;
mod check;
mod definition;
mod prefill;

pub use answer::{Answer, AnswerError, AnswerKey, AnswerKeyError, Answers, Origin, Override};
pub use check::{Block, Problem, blocks, check, check_answer};
pub use definition::{
    Basis, Bounds, Choice, Condition, Field, FieldType, Form, FormError, Group, Judge, Label, PhotoSlot,
    Repeat, Section, Serves, Unit,
};
pub use prefill::{Prefill, PrefillError, RegisterValue, Source, prefill};

/// The forms that ship with this version: file name and text.
pub const BUILT_IN: &[(&str, &str)] = &[("hj75-g4.toml", include_str!("../../forms/hj75-g4.toml"))];

/// Reads the forms that ship with this version.
pub fn built_in() -> Result<Vec<Form>, FormError> {
    BUILT_IN.iter().map(|(file, text)| Form::from_toml(file, text)).collect()
}
