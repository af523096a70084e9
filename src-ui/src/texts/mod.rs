//! All words on screen: Chinese first, English beside it. Nothing else in `src-ui` holds words for people.

mod common;
mod confirmation;
mod due;
mod error;
mod fault;
mod field;
mod form;
mod handover;
mod history;
mod place;
mod plate;
mod plausible;
mod review;
mod storage;
mod sync;
mod verdict;
mod visit;

use std::cell::Cell;

use chrono::{DateTime, Utc};
use stackside_core::command::Language;
use stackside_core::form::Label;

pub use common::*;
pub use confirmation::*;
pub use due::*;
pub use error::*;
pub use fault::*;
pub use field::*;
pub use form::*;
pub use handover::*;
pub use history::*;
pub use place::*;
pub use plate::*;
pub use plausible::*;
pub use review::*;
pub use storage::*;
pub use sync::*;
pub use verdict::*;
pub use visit::*;

/// A text in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text {
    pub zh: &'static str,
    pub en: &'static str,
}

thread_local! {
    // The app is drawn anew when the language changes, so no text has to listen for it.
    static LANGUAGE: Cell<Language> = const { Cell::new(Language::Zh) };
}

/// Sets the language in which everything is drawn from now on.
pub fn set_language(language: Language) {
    LANGUAGE.set(language);
}

/// The language in which the app is drawn.
pub fn language() -> Language {
    LANGUAGE.get()
}

impl Text {
    /// The text in the language of the app.
    pub fn get(self) -> &'static str {
        pick(self.zh, self.en)
    }
}

/// One of two texts, by the language of the app.
pub fn pick<T>(zh: T, en: T) -> T {
    match language() {
        Language::Zh => zh,
        Language::En => en,
    }
}

/// A label of a form or rule in the language of the app.
pub fn label(label: &Label) -> &str {
    pick(&label.zh, &label.en)
}

/// `11-23 14:05` this year, `2025-11-23 14:05` otherwise; Asia/Shanghai.
pub fn short_time(time: DateTime<Utc>) -> String {
    let full = stackside_core::clock::shown_time(time);
    let this_year = stackside_core::clock::shown_time(Utc::now());
    match full.split_once('-') {
        Some((year, rest)) if this_year.starts_with(year) => rest.to_owned(),
        _ => full,
    }
}

/// Declares texts: `NAME: "中文", "English";`.
macro_rules! texts {
    ($($name:ident: $zh:literal, $en:literal;)+) => {
        $(pub const $name: $crate::texts::Text = $crate::texts::Text { zh: $zh, en: $en };)+
    };
}
pub(crate) use texts;
