//! The folders `form` and `rulebook` of an import: validated as tablets validate them, overlays after what they extend.

use std::path::Path;

use stackside_core::definition::{Definition, DefinitionError, DefinitionKind, Definitions};
use stackside_core::form::FormError;
use stackside_core::rulebook::RulebookError;

use super::{Complaint, ImportError, io};
use crate::definition::{Held, name_of};

/// The longest file: with room to spare for the longest form, and short enough for a page of changes.
const MAX_BYTES: usize = 512 * 1024;

/// Reads the files of both folders, by name.
pub(super) fn read(folder: &Path) -> Result<Vec<Definition>, ImportError> {
    let mut found = vec![];
    for kind in [DefinitionKind::Form, DefinitionKind::Rulebook] {
        let place = folder.join(name_of(kind));
        if !place.is_dir() {
            continue;
        }
        let mut names = vec![];
        for file in std::fs::read_dir(&place).map_err(io(&place))? {
            names.push(file.map_err(io(&place))?.file_name().to_string_lossy().into_owned());
        }
        names.sort();
        for name in names.into_iter().filter(|name| name.ends_with(".toml")) {
            let path = place.join(&name);
            let text = std::fs::read_to_string(&path).map_err(io(&path))?;
            found.push(Definition { kind, file: format!("{}/{name}", name_of(kind)), text });
        }
    }
    Ok(found)
}

/// Adds all to `known`; those that were not known yet come back, in the order in which they are to be read.
pub(super) fn check(
    known: &mut Definitions,
    given: &[Definition],
    complaints: &mut Vec<Complaint>,
) -> Vec<Held> {
    let mut new = vec![];
    let mut waiting: Vec<&Definition> = given.iter().collect();
    while !waiting.is_empty() {
        let mut later: Vec<(&Definition, DefinitionError)> = vec![];
        let before = waiting.len();
        for definition in waiting {
            match add(known, definition) {
                Ok(held) => new.extend(held),
                // What it extends may come with a later file.
                Err(error @ DefinitionError::Form(FormError::NoBase { .. })) => {
                    later.push((definition, error));
                }
                Err(error) => complaints.push(complaint(definition, &error)),
            }
        }
        if later.len() == before {
            complaints.extend(later.iter().map(|(definition, error)| complaint(definition, error)));
            return new;
        }
        waiting = later.into_iter().map(|(definition, _)| definition).collect();
    }
    new
}

/// Adds one; nothing comes back for one that says what is known already.
fn add(known: &mut Definitions, definition: &Definition) -> Result<Option<Held>, DefinitionError> {
    let before = known.forms.len() + known.rulebooks.len();
    known.add(definition)?;
    if known.forms.len() + known.rulebooks.len() == before {
        return Ok(None);
    }
    let named = match definition.kind {
        DefinitionKind::Form => known.forms.last().map(|form| (form.code.to_string(), form.version)),
        DefinitionKind::Rulebook => known.rulebooks.last().map(|book| (book.id.to_string(), book.version)),
    };
    Ok(named.map(|(code, version)| Held { code, version, definition: definition.clone() }))
}

/// Refuses what is too long before it is read.
pub(super) fn too_long(definition: &Definition) -> Option<Complaint> {
    let is_too_long = definition.text.len() > MAX_BYTES;
    is_too_long.then(|| at(definition, 1, "file", &format!("a definition has {MAX_BYTES} bytes or fewer")))
}

fn at(definition: &Definition, line: usize, field: &str, reason: &str) -> Complaint {
    let (file, field, reason) = (definition.file.clone(), field.to_owned(), reason.to_owned());
    Complaint { file, line, field, reason }
}

fn complaint(definition: &Definition, error: &DefinitionError) -> Complaint {
    match error {
        DefinitionError::Form(FormError::Shape { line, message, .. })
        | DefinitionError::Rulebook(RulebookError::Shape { line, message, .. }) => {
            at(definition, *line, "file", message)
        }
        DefinitionError::Form(FormError::Meaning { line, section, message, .. }) => {
            at(definition, *line, section, message)
        }
        DefinitionError::Rulebook(RulebookError::Meaning { line, rule, message, .. }) => {
            at(definition, *line, rule, message)
        }
        DefinitionError::Form(FormError::NoBase { line, code, version, .. }) => {
            let reason = format!("no form `{code}` version {version} in these files or on the server");
            at(definition, *line, "extends", &reason)
        }
        DefinitionError::Form(FormError::Twice { line, code, version, .. }) => {
            at(definition, *line, "version", &changed(code.as_str(), *version))
        }
        DefinitionError::Rulebook(RulebookError::Twice { line, id, version, .. }) => {
            at(definition, *line, "version", &changed(id.as_str(), *version))
        }
        DefinitionError::Calendar(error) => at(definition, error.line, "file", &error.message),
        DefinitionError::Rulebook(error @ RulebookError::NoneHolds { .. }) => {
            at(definition, 1, "file", &error.to_string())
        }
    }
}

fn changed(code: &str, version: u32) -> String {
    format!("`{code}` version {version} is there already and says otherwise: a change is a new version")
}
