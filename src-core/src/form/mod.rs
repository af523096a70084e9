//! Form definitions as data, the same for screen, device and server (design.md §3, docs/forms.md).

mod answer;
mod block;
mod bottle;
mod check;
mod definition;
mod difference;
mod field;
mod item;
mod prefill;
mod read;

pub use answer::{Answer, AnswerError, AnswerKey, AnswerKeyError, Answers, Origin, Override};
pub use block::{Block, blocks, is_asked};
pub use bottle::{check_new_bottle, recorded_bottles};
pub use check::{Problem, Site, check, check_answer, check_text, is_required, kept_file};
pub use definition::{
    Basis, Condition, Form, Group, Label, Lines, PhotoSlot, Purpose, Repeat, Section, Serves,
};
pub use difference::{Change, Difference, differences};
pub use field::{Bounds, Check, Choice, Field, FieldType, Suggestion, Unit};
pub use item::{LastDone, done_items, is_due, item_of, suggestion_item};
pub use prefill::{
    BottleValue, LastRecord, Prefill, PrefillError, RegisterValue, Source, prefill, prefill_line,
    prefill_new_bottle,
};
pub use read::{FormError, read_all};

macro_rules! forms {
    ($($file:literal),+ $(,)?) => {
        /// The forms that ship with this version: file name and text.
        pub const BUILT_IN: &[(&str, &str)] = &[$(($file, include_str!(concat!("../../forms/", $file)))),+];
    };
}
forms!(
    "hj75-g1.toml",
    "hj75-g2.toml",
    "hj75-g3.toml",
    "hj75-g4.toml",
    "hj75-g4-v2.toml",
    "hj75-g5.toml",
    "hj75-g6.toml",
    "hj75-g7.toml",
    "hj75-g8.toml",
    "hj75-t1.toml",
    "hj75-t2.toml",
    "hj75-t3.toml",
    "hj1286-nmhc.toml",
    "hj355-a.toml",
    "hj355-b.toml",
    "hj355-c.toml",
    "hj355-d.toml",
    "hj355-e.toml",
    "hj355-f.toml",
    "hj355-g.toml",
    "hj355-h.toml",
    "hj355-i.toml",
    "hj355-j.toml",
    "hj355-reagent.toml",
    "hj355-waste.toml",
    "om-quality.toml",
    "om-patrol.toml",
    "om-fault.toml",
    "om-abnormal.toml",
    "om-report.toml",
    "om-filing.toml",
    "om-review.toml",
    "om-archive.toml",
);

/// Reads the forms that ship with this version.
pub fn built_in() -> Result<Vec<Form>, FormError> {
    read_all(BUILT_IN.iter().copied())
}
