//! 复核: a second person signs a version of a record, here or on the tablet that it came from.

use rusqlite::Connection;
use stackside_core::act::{Act, Countersigned};
use stackside_core::command::{CommandError, Countersign, Event};
use stackside_core::form::AnswerError;
use stackside_core::record::{History, Role, open_roles};
use stackside_core::register::Person;

use super::history::history_of;
use super::sign::check_strokes;
use super::visit::check_words;
use crate::device::{Device, Handle, Inner, closed};
use crate::error::Error;
use crate::store::entry::Subject;
use crate::store::file::{self, FileKind};
use crate::store::{register, version};
use crate::witness::Told;

const LONGEST_NAME: usize = 100;

impl Inner {
    fn countersign(&self, person: &Person, command: Countersign) -> Result<(), Error> {
        let Countersign { record, field, name, strokes } = command;
        check_strokes(&strokes)?;
        let name = name.trim().to_owned();
        check_words("name", &name, LONGEST_NAME)?;
        if name.is_empty() {
            return Err(Error::invalid("name", AnswerError::Missing));
        }
        let (history, role) = self.store.read(|c| {
            let history = history_of(c, record)?;
            let roles = self.roles(c, &history)?;
            let role = roles.into_iter().find(|role| role.field == field).ok_or_else(closed)?;
            refuse_signer(c, &history, person, &name)?;
            Ok((history, role))
        })?;
        let clocks = self.clocks()?;
        let signature = self.keep_strokes(&strokes)?;
        let newest = history.newest();
        let content = &newest.content;
        let act = Act::Countersigned(Box::new(Countersigned {
            record,
            visit: content.visit,
            point: content.point.clone(),
            version: newest.stamp.entry.clone(),
            role: role.label,
            field,
            person: (name == person.name).then(|| person.id.clone()),
            name,
            signature: signature.clone(),
        }));
        let subject = Subject { point: Some(content.point.to_string()), record: Some(record.to_string()) };
        self.bear_witness(Some(&person.id), &clocks, vec![Told::of(act, subject)], |t, entries| {
            let entry = entries.last().ok_or_else(|| Error::broken("no entry was made"))?;
            // Corrected, voided or countersigned meanwhile: it would not be what was seen. The entry itself is there already.
            let now = history_of(t, record)?;
            let is_as_seen = now.voided().is_none()
                && now.newest().stamp == newest.stamp
                && now.newest().countersigned.len() == newest.countersigned.len() + 1;
            if !is_as_seen {
                return Err(closed());
            }
            file::add(t, &signature, FileKind::Signature, clocks.best_time().0, entry.log, entry.seq)
        })
    }

    /// As what a second person can sign the newest version of a record.
    pub(super) fn roles(&self, c: &Connection, history: &History) -> Result<Vec<Role>, Error> {
        let newest = history.newest();
        let content = &newest.content;
        if history.voided().is_some() {
            return Ok(vec![]);
        }
        if let Some(own) = version::newest(c, content.record)? {
            let instruments = own.site.map(|site| site.instruments).unwrap_or_default();
            return Ok(open_roles(&own.form, &instruments, newest));
        }
        let definitions = self.definitions();
        let form = definitions.form(content.form.as_str(), Some(content.form_version));
        let instruments = register::instruments(c, &content.point)?;
        Ok(form.map(|form| open_roles(form, &instruments, newest)).unwrap_or_default())
    }
}

/// Two people are two people by their names, or by their PINs where they have the same name.
fn refuse_signer(c: &Connection, history: &History, person: &Person, name: &str) -> Result<(), Error> {
    let signer = &history.newest().content.technician;
    let signed_by = register::person(c, signer)?.map(|row| row.name);
    let is_another_at_the_tablet = person.id != *signer && person.name == name;
    if signed_by.as_deref() == Some(name) && !is_another_at_the_tablet {
        return Err(CommandError::SameSigner.into());
    }
    Ok(())
}

impl Handle<Countersign> for Device {
    fn handle(&self, command: Countersign) -> Result<(), CommandError> {
        let person = self.0.person()?;
        self.0.countersign(&person, command)?;
        self.0.tell(Event::Store);
        self.0.sync.wake();
        Ok(())
    }
}
