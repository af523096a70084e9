//! A record's versions: what changed, who, when, why, and what was done with each.

use rusqlite::Connection;
use stackside_core::act::{Act, Countersigned, Voided};
use stackside_core::clock::TimeProof;
use stackside_core::command::{
    CommandError, CountersignatureLine, GetHistory, GetVersion, HistoryView, Marks, RecordView, StampLine,
    VersionLine, VoidLine,
};
use stackside_core::evidence::Entry;
use stackside_core::form::{Form, differences};
use stackside_core::id::{PersonId, RecordId, VisitId};
use stackside_core::photo::SendState;
use stackside_core::record::{History, Stamp, Version};
use stackside_core::register::{Instrument, Person};

use super::known::own_signed;
use super::view::name_of;
use crate::device::{Device, Handle, Inner};
use crate::error::Error;
use crate::store::record::Record;
use crate::store::{entry, last, register, review, version, voided};

/// A signed record with all that is known to have been done with it later, here and elsewhere.
pub(super) fn history_of(c: &Connection, record: RecordId) -> Result<History, Error> {
    let own = entry::of_record(c, record)?;
    let elsewhere = last::elsewhere(c, record)?;
    let begun = own.iter().find_map(History::begin).or_else(|| Some(elsewhere.as_ref()?.history()));
    let begun = begun.ok_or_else(|| Error::not_found("record"))?;
    let of_visit = begun.first().content.visit.map(|visit| void_entry(c, visit)).transpose()?.flatten();
    let from_server = elsewhere.map(|row| row.later).unwrap_or_default();
    Ok(begun.go_on(own.iter().chain(&of_visit).chain(&from_server)))
}

/// As [`history_of`]; nothing where the entry that signed it is lost with a damaged database, and it is still shown.
pub(super) fn history_if_known(c: &Connection, record: RecordId) -> Result<Option<History>, Error> {
    match history_of(c, record) {
        Err(Error::Command(CommandError::NotFound { .. })) => Ok(None),
        known => known.map(Some),
    }
}

/// The entry of this tablet that voided a visit.
fn void_entry(c: &Connection, visit: VisitId) -> Result<Option<Entry>, Error> {
    let Some((log, seq)) = voided::entry(c, &visit.to_string())? else { return Ok(None) };
    entry::at(c, log, seq)
}

/// What lists show of what was done with a version later.
pub(super) fn marks(c: &Connection, record: &Record, person: &PersonId) -> Result<Marks, Error> {
    let root = record.root();
    if record.original.is_none() && record.seal.is_none() {
        return Ok(Marks::of_draft());
    }
    let mut marks = Marks {
        version: record.version,
        versions: 1,
        is_countersigned: false,
        is_void: voided::is_void(c, root)?,
        correction: version::correction(c, root, person)?,
        review: Default::default(),
    };
    // Most records are signed once and left alone: nothing more is read of them.
    if entry::is_gone_on(c, root)?
        && let Some(history) = history_if_known(c, root)?
    {
        let shown = history.version(record.version);
        marks.versions = history.corrections() + 1;
        marks.is_countersigned = shown.is_some_and(|version| !version.countersigned.is_empty());
    }
    // What was said of the newest version says nothing of an older one.
    if marks.version == marks.versions {
        marks.review = review::state(c, root)?;
    }
    Ok(marks)
}

/// As [`marks`], of a record from elsewhere.
pub(super) fn marks_of(c: &Connection, history: &History, shown: u32) -> Result<Marks, Error> {
    let is_newest = shown == history.corrections() + 1;
    Ok(Marks {
        version: shown,
        versions: history.corrections() + 1,
        is_countersigned: history.version(shown).is_some_and(|version| !version.countersigned.is_empty()),
        is_void: history.voided().is_some(),
        correction: None,
        review: match is_newest {
            true => review::state(c, history.first().content.record)?,
            false => Default::default(),
        },
    })
}

impl Inner {
    fn history_view(&self, person: &Person, id: RecordId) -> Result<HistoryView, Error> {
        self.store.read(|c| {
            let history = history_of(c, id)?;
            let roles = self.roles(c, &history)?;
            let shown = self.shown_in(c, &history)?;
            let (form, instruments) = (shown.as_ref().map(|(form, _)| form), shown.as_ref().map(|(_, i)| i));
            let reviews = review::of_record(c, id)?;
            let mut versions = vec![];
            let mut before: Option<&Version> = None;
            for (version, number) in history.versions().zip(1..) {
                let line = self.version_line(c, form, before, version, number)?;
                versions.push(VersionLine { reviews: self.reviews_of(c, version, &reviews, form)?, ..line });
                before = Some(version);
            }
            versions.reverse();
            Ok(HistoryView {
                line: self.signed_line(c, id, &person.id)?,
                instruments: instruments.cloned().unwrap_or_default(),
                form: form.cloned(),
                versions,
                voided: history.voided().map(|voided| self.void_line(c, voided)).transpose()?,
                is_own: own_signed(c, id, &person.id).is_ok(),
                roles,
                people: self.people(c)?,
                me: person.name.clone(),
            })
        })
    }

    /// The form and the instruments that a record is shown with.
    fn shown_in(&self, c: &Connection, history: &History) -> Result<Option<(Form, Vec<Instrument>)>, Error> {
        let content = &history.newest().content;
        if let Some(own) = version::newest(c, content.record)? {
            return Ok(Some((own.form, own.site.map(|site| site.instruments).unwrap_or_default())));
        }
        let definitions = self.definitions();
        let form = definitions.form(content.form.as_str(), Some(content.form_version)).cloned();
        let instruments = register::instruments(c, &content.point)?;
        Ok(form.map(|form| (form, instruments)))
    }

    fn version_line(
        &self,
        c: &Connection,
        form: Option<&Form>,
        before: Option<&Version>,
        version: &Version,
        number: u32,
    ) -> Result<VersionLine, Error> {
        let content = &version.content;
        let photos_before = before.map(|before| before.content.photos.as_slice()).unwrap_or_default();
        let is_new = |photo: &&stackside_core::act::FileRef| !photos_before.contains(photo);
        let added = content.photos.iter().filter(is_new).count();
        let mut countersignatures = vec![];
        for (stamp, act) in &version.countersigned {
            countersignatures.push(self.countersignature_line(c, stamp, act)?);
        }
        Ok(VersionLine {
            number,
            stamp: self.stamp_line(c, &version.stamp)?,
            reason: version.reason.clone(),
            verdict: content.verdicts.iter().map(|verdict| verdict.outcome).max(),
            differences: match before {
                Some(before) => differences(form, &before.content.answers, &content.answers),
                None => vec![],
            },
            photos_added: match before {
                Some(_) => u32::try_from(added).unwrap_or(u32::MAX),
                None => 0,
            },
            countersignatures,
            reviews: vec![],
        })
    }

    fn countersignature_line(
        &self,
        c: &Connection,
        stamp: &Stamp,
        act: &Countersigned,
    ) -> Result<CountersignatureLine, Error> {
        Ok(CountersignatureLine {
            role: act.role.clone(),
            name: act.name.clone(),
            is_by_pin: act.person.is_some(),
            stamp: self.stamp_line(c, stamp)?,
        })
    }

    pub(super) fn void_line(
        &self,
        c: &Connection,
        (stamp, act): &(Stamp, Voided),
    ) -> Result<VoidLine, Error> {
        Ok(VoidLine {
            stamp: self.stamp_line(c, stamp)?,
            reason: act.reason.clone(),
            is_of_visit: act.record.is_none(),
        })
    }

    /// Who voided a visit, and why.
    pub(super) fn void_of_visit(&self, c: &Connection, visit: VisitId) -> Result<Option<VoidLine>, Error> {
        let Some(entry) = void_entry(c, visit)? else { return Ok(None) };
        match (entry.read_header(), entry.read_act()) {
            (Ok(header), Ok(Act::Voided(act))) => {
                self.void_line(c, &(Stamp::of(&entry, &header), *act)).map(Some)
            }
            _ => Err(Error::broken("the entry that voids a visit cannot be read")),
        }
    }

    pub(super) fn stamp_line(&self, c: &Connection, stamp: &Stamp) -> Result<StampLine, Error> {
        let entry = stamp.entry.clone();
        // What another tablet did came from the server.
        let send = match entry::hash(c, entry.log, entry.seq)? {
            Some(_) => self.entry_state(c, entry.log, entry.seq)?,
            None => SendState::Held,
        };
        let person_name = match &stamp.technician {
            Some(technician) => name_of(c, technician)?,
            None => String::new(),
        };
        let is_proven = stamp.proof == TimeProof::Satellite;
        Ok(StampLine { at: stamp.at, is_proven, person_name, entry, send })
    }
}

impl Handle<GetHistory> for Device {
    fn handle(&self, GetHistory { record }: GetHistory) -> Result<HistoryView, CommandError> {
        let person = self.0.person()?;
        Ok(self.0.history_view(&person, record)?)
    }
}

impl Handle<GetVersion> for Device {
    fn handle(&self, GetVersion { record, number }: GetVersion) -> Result<RecordView, CommandError> {
        let person = self.0.person()?;
        Ok(self.0.version_view(record, number, &person.id)?)
    }
}
