//! Definitions that come from outside: forms and rulebooks of a city or an operator, laid beside those that ship.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::calendar::{CalendarError, WorkDays};
use crate::form::{self, Form, FormError};
use crate::id::{FormCode, Jurisdiction};
use crate::register::{Instrument, Medium};
use crate::rulebook::{self, Rulebook, RulebookError};

/// A file as a city or an operator wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Definition {
    /// What it is.
    pub kind: DefinitionKind,
    /// Its name, for complaints.
    pub file: String,
    /// Its text, TOML.
    pub text: String,
}

/// What a file defines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DefinitionKind {
    /// A form, or an overlay of one.
    Form,
    /// A rulebook.
    Rulebook,
}

impl DefinitionKind {
    /// What a file looks like: a rulebook has an `id` of its own, all else is read as a form.
    pub fn of(text: &str) -> Self {
        if key_line(text, "id").is_some() { Self::Rulebook } else { Self::Form }
    }
}

/// The line, from 1, of a key that stands before the first table of a file.
pub(crate) fn key_line(text: &str, key: &str) -> Option<usize> {
    let head = text.lines().take_while(|line| !line.trim_start().starts_with('['));
    let is_it = |line: &str| {
        line.trim_start().strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('='))
    };
    head.enumerate().find(|(_, line)| is_it(line)).map(|(index, _)| index + 1)
}

/// What the reader of TOML complains about, and in which line, from 1.
pub(crate) fn complaint(text: &str, error: &toml::de::Error) -> (usize, String) {
    let start = error.span().map_or(0, |span| span.start.min(text.len()));
    let line = text.as_bytes()[..start].iter().filter(|byte| **byte == b'\n').count() + 1;
    (line, error.message().lines().collect::<Vec<_>>().join(", "))
}

/// Why a file is not taken over. Refused whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DefinitionError {
    /// A broken form.
    #[error(transparent)]
    Form(#[from] FormError),
    /// A broken rulebook.
    #[error(transparent)]
    Rulebook(#[from] RulebookError),
    /// A broken calendar of working days.
    #[error(transparent)]
    Calendar(#[from] CalendarError),
}

/// All forms and rulebooks that are known here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Definitions {
    /// The forms, in the order in which they were read.
    pub forms: Vec<Form>,
    /// The rulebooks.
    pub rulebooks: Vec<Rulebook>,
    /// The working days.
    pub work: WorkDays,
}

impl Definitions {
    /// Those that ship with this version.
    pub fn built_in() -> Result<Self, DefinitionError> {
        let (forms, rulebooks) = (form::built_in()?, rulebook::built_in()?);
        Ok(Self { forms, rulebooks, work: WorkDays::built_in()? })
    }

    /// Takes one more over; nothing changes if it is refused. A form version or rulebook version that is known already is
    /// refused, unless it says the very same.
    pub fn add(&mut self, definition: &Definition) -> Result<(), DefinitionError> {
        let Definition { kind, file, text } = definition;
        match kind {
            DefinitionKind::Form => match Form::read(file, text, &self.forms) {
                Err(FormError::Twice { code, version, .. })
                    if self.is_same_form(file, text, &code, version) => {}
                read => self.forms.push(read?),
            },
            DefinitionKind::Rulebook => {
                let book = Rulebook::from_toml(file, text)?;
                let known =
                    self.rulebooks.iter().find(|one| one.id == book.id && one.version == book.version);
                match known {
                    Some(same) if *same == book => {}
                    Some(_) => {
                        let (file, id, version) = (file.clone(), book.id, book.version);
                        let line = key_line(text, "version").unwrap_or(1);
                        return Err(RulebookError::Twice { file, line, id, version }.into());
                    }
                    None => self.rulebooks.push(book),
                }
            }
        }
        Ok(())
    }

    fn is_same_form(&self, file: &str, text: &str, code: &FormCode, version: u32) -> bool {
        let is_it = |form: &&Form| form.code == *code && form.version == version;
        let others: Vec<Form> = self.forms.iter().filter(|form| !is_it(form)).cloned().collect();
        Form::read(file, text, &others).ok().as_ref() == self.forms.iter().find(is_it)
    }

    /// The forms that can be begun at a point on a day: of each code the one of the narrowest jurisdiction, of these the
    /// newest version.
    pub fn forms_at(
        &self,
        place: &Jurisdiction,
        medium: Medium,
        instruments: &[Instrument],
        date: NaiveDate,
    ) -> Vec<&Form> {
        let rank = |form: &Form| (form.jurisdiction.as_str().len(), form.version);
        let mut chosen: Vec<&Form> = Vec::new();
        let holding =
            self.forms.iter().filter(|form| form.valid_from <= date && form.jurisdiction.covers(place));
        for form in holding.filter(|form| form.fits(medium, instruments)) {
            match chosen.iter_mut().find(|other| other.code == form.code) {
                Some(other) if rank(form) > rank(other) => *other = form,
                Some(_) => {}
                None => chosen.push(form),
            }
        }
        chosen
    }

    /// A form by code and version; without a version the newest of its national ones.
    pub fn form(&self, code: &str, version: Option<u32>) -> Option<&Form> {
        let mine = self.forms.iter().filter(|form| form.code.as_str().eq_ignore_ascii_case(code));
        match version {
            Some(version) => mine.into_iter().find(|form| form.version == version),
            None => mine.min_by_key(|form| (form.jurisdiction.as_str().len(), u32::MAX - form.version)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CITY: &str = r#"
extends = "HJ355-B"
extends_version = 1
version = 101
jurisdiction = "CN-1402"
valid_from = "2026-01-01"
basis = "proposal"
[[section]]
id = "sampling"
[[section.field]]
id = "flume"
label = { zh = "量水堰槽", en = "Weir or flume" }
type = "check"
every_days = 7
"#;

    fn city() -> Definition {
        Definition { kind: DefinitionKind::Form, file: "city.toml".into(), text: CITY.into() }
    }

    #[test]
    fn a_citys_overlay_is_offered_in_the_city_from_its_day_on_and_nowhere_else() {
        let mut all = Definitions::built_in().unwrap();
        all.add(&city()).unwrap();
        let version = |place: &str, date: &str| {
            let forms = all.forms_at(&place.parse().unwrap(), Medium::Water, &[], date.parse().unwrap());
            forms.iter().find(|form| form.code.as_str() == "HJ355-B").unwrap().version
        };
        assert_eq!(version("CN-1402", "2026-11-23"), 101);
        assert_eq!(version("CN-1402", "2025-12-31"), 1);
        assert_eq!(version("CN-31", "2026-11-23"), 1);
    }

    #[test]
    fn the_same_file_twice_is_once_and_a_changed_one_under_its_version_is_refused() {
        let mut all = Definitions::built_in().unwrap();
        all.add(&city()).unwrap();
        let before = all.clone();
        all.add(&city()).unwrap();
        let changed = Definition { text: CITY.replace("every_days = 7", "every_days = 9"), ..city() };
        assert!(all.add(&changed).unwrap_err().to_string().contains("is there already"));
        let broken = Definition { text: CITY.replace("check", "cheque"), ..city() };
        let said = all.add(&broken).unwrap_err().to_string();
        assert!(said.starts_with("city.toml: line 13: unknown variant `cheque`, expected "), "{said}");
        assert!(!said.contains('\n'), "{said}");
        let book = Definition { kind: DefinitionKind::Rulebook, ..city() };
        assert!(all.add(&book).is_err());
        assert_eq!(all, before);
    }

    #[test]
    fn a_file_shows_what_it_is_and_where_it_is_wrong() {
        assert_eq!(DefinitionKind::of(CITY), DefinitionKind::Form);
        assert_eq!(DefinitionKind::of("# Rules\nid = \"CN-31\""), DefinitionKind::Rulebook);
        assert_eq!(DefinitionKind::of("[[section]]\nid = \"a\""), DefinitionKind::Form);
        for (from, to, want) in [
            (
                "= \"HJ355-B\"",
                "= \"HJ355-Q\"",
                "city.toml: line 2: extends `HJ355-Q` version 1, which is not there",
            ),
            ("= 101", "= 1", "city.toml: line 4: `HJ355-B` version 1 is there already"),
            ("basis", "bias", "city.toml: line 7: unknown field `bias`"),
            ("= \"2026-01-01\"", "= 2026", "city.toml: line 6: invalid type"),
            ("CN-1402\"", "CN-1402", "city.toml: line 5: invalid basic string"),
            ("id = \"flume\"", "", "city.toml: line 10: missing field `id`"),
        ] {
            let definition = Definition { text: CITY.replacen(from, to, 1), ..city() };
            let said = Definitions::built_in().unwrap().add(&definition).unwrap_err().to_string();
            assert!(said.starts_with(want), "{said}");
        }
    }

    #[test]
    fn a_point_is_offered_the_forms_that_fit_its_instruments() {
        let all = Definitions::built_in().unwrap();
        let forms = all.forms_at(&"CN".parse().unwrap(), Medium::Gas, &[], "2026-11-23".parse().unwrap());
        let codes: Vec<&str> = forms.iter().map(|form| form.code.as_str()).collect();
        // Without an extractive analyser there is no G.1; of G.4 the newer version is offered.
        assert!(!codes.contains(&"HJ75-G1") && !codes.contains(&"HJ355-B") && codes.contains(&"OM-PATROL"));
        assert_eq!(forms.iter().find(|form| form.code.as_str() == "HJ75-G4").unwrap().version, 2);
    }
}
