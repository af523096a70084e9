//! A visit: 签到, what is in it, 离场.

use stackside_core::act::{Act, FileRef, SignedIn};
use stackside_core::command::{CommandError, Event, GetVisit, SignIn, SignOut, VisitView};
use stackside_core::form::AnswerError;
use stackside_core::geofence::{Fix, WINDOW_MS, presence};
use stackside_core::id::{PhotoId, VisitId};
use stackside_core::record::RecordState;
use stackside_core::register::Person;
use stackside_core::visit::VisitState;

use crate::device::{Device, Handle, Inner, closed, new_id};
use crate::error::Error;
use crate::store::entry::Subject;
use crate::store::photo::{self, Photo, PhotoState};
use crate::store::visit::{self, Visit};
use crate::store::{record, register};
use crate::witness::Told;

/// The longest reason for anything, in characters.
pub(super) const LONGEST_REASON: usize = 500;

impl Inner {
    fn sign_in(&self, person: &Person, command: SignIn) -> Result<VisitId, Error> {
        let SignIn { point, reason, photo, plate } = command;
        let (open, point, discharger_name) = self.store.read(|c| {
            let point = register::point(c, &point)?;
            let name = register::discharger_name(c, &point.discharger)?;
            Ok((visit::open(c, &person.id)?, point, name))
        })?;
        if let Some(open) = open {
            return Err(CommandError::VisitOpen { visit: open.id }.into());
        }
        // It takes its time: what the clocks and the position say is of the moment of the sign-in.
        let scan = plate.map(|id| self.scan_plate(person, id, &point.id)).transpose()?;
        let clocks = self.clocks()?;
        let fixes = self.tracker.samples().fixes;
        let verdict = presence(&point.fence, &fixes, clocks.boot_ms);
        let reason = reason.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        if let Some(reason) = &reason {
            check_words("reason", reason, LONGEST_REASON)?;
        }
        let photo = photo.map(|id| self.photo_of_sign_in(id, person)).transpose()?;
        if verdict.needs_reason() && (reason.is_none() || photo.is_none()) {
            return Err(CommandError::ReasonNeeded.into());
        }
        let id = VisitId::new(new_id());
        let act = Act::SignedIn(SignedIn {
            visit: id,
            point: point.id.clone(),
            technician: person.id.clone(),
            fixes,
            presence: verdict.clone(),
            reason: reason.filter(|_| verdict.needs_reason()),
            photo: photo.as_ref().map(|(_, file)| file.clone()),
            plate: scan,
        });
        let subject = Subject { point: Some(point.id.to_string()), record: None };
        let visit = Visit {
            id,
            person: person.id.clone(),
            point,
            discharger_name,
            state: VisitState::Open,
            signed_in_at: clocks.best_time().0,
            signed_out_at: None,
            presence: verdict,
        };
        self.bear_witness(Some(&person.id), &clocks, vec![Told::of(act, subject)], |t, entries| {
            // Two sign-ins at once: the second finds the first here.
            if let Some(open) = visit::open(t, &person.id)? {
                return Err(CommandError::VisitOpen { visit: open.id }.into());
            }
            visit::add(t, &visit, entries.last().ok_or_else(|| Error::broken("no entry was made"))?)?;
            let photos = photo.map(|(photo, _)| photo).into_iter().chain(plate);
            photos.into_iter().try_for_each(|photo| photo::set_visit(t, photo, id))
        })?;
        Ok(id)
    }

    /// A kept photo of this person that belongs to no visit yet.
    fn photo_of_sign_in(&self, id: PhotoId, person: &Person) -> Result<(PhotoId, FileRef), Error> {
        let found = self.store.read(|c| photo::of_person(c, id, &person.id))?;
        match found {
            Photo { state: PhotoState::Kept, visit: None, record: None, file: Some(file), .. } => {
                let file =
                    FileRef { sha256: file.sha256, size_bytes: file.size_bytes, media_type: file.media_type };
                Ok((id, file))
            }
            _ => Err(Error::not_found("photo")),
        }
    }

    /// The samples that still say something about now.
    pub(super) fn fresh_fixes(&self) -> Vec<Fix> {
        let now_ms = self.clock.boot_ms();
        let fixes = self.tracker.samples().fixes;
        fixes.into_iter().filter(|fix| now_ms.saturating_sub(fix.boot_ms) <= WINDOW_MS).collect()
    }

    fn sign_out(&self, person: &Person, id: VisitId) -> Result<(), Error> {
        let visit = self.store.read(|c| visit::of_person(c, id, &person.id))?;
        let clocks = self.clocks()?;
        let fixes = self.fresh_fixes();
        let verdict = presence(&visit.point.fence, &fixes, clocks.boot_ms);
        // What was shown stays visible. Nothing that fails here may keep a technician at a station.
        let findings = self.store.read(|c| self.findings(c, &visit)).unwrap_or_else(|error| {
            tracing::error!(%error, "a visit was not checked before it was left");
            vec![]
        });
        let act = Act::SignedOut { visit: id, fixes, presence: verdict, findings };
        let subject = Subject { point: Some(visit.point.id.to_string()), record: None };
        self.bear_witness(Some(&person.id), &clocks, vec![Told::of(act, subject)], |t, _| {
            if visit::of_person(t, id, &person.id)?.state == VisitState::Closed {
                return Err(closed());
            }
            let drafts =
                record::of_visit(t, id)?.iter().filter(|record| record.state == RecordState::Draft).count();
            if drafts > 0 {
                return Err(CommandError::DraftsLeft { drafts }.into());
            }
            visit::close(t, id, clocks.best_time().0)
        })
    }
}

/// Refuses control characters and what is longer than anyone means.
pub(super) fn check_words(field: &str, text: &str, longest: usize) -> Result<(), Error> {
    if text.chars().any(char::is_control) {
        return Err(Error::invalid(field, AnswerError::ControlCharacter));
    }
    if text.chars().count() > longest {
        return Err(Error::invalid(field, AnswerError::TooLong));
    }
    Ok(())
}

impl Handle<SignIn> for Device {
    fn handle(&self, command: SignIn) -> Result<VisitId, CommandError> {
        let person = self.0.person()?;
        let visit = self.0.sign_in(&person, command)?;
        self.0.tell(Event::Store);
        self.0.sync.wake();
        Ok(visit)
    }
}

impl Handle<GetVisit> for Device {
    fn handle(&self, GetVisit { visit }: GetVisit) -> Result<VisitView, CommandError> {
        let person = self.0.person()?;
        Ok(self.0.visit_view(visit, &person)?)
    }
}

impl Handle<SignOut> for Device {
    fn handle(&self, SignOut { visit }: SignOut) -> Result<(), CommandError> {
        let person = self.0.person()?;
        self.0.sign_out(&person, visit)?;
        self.0.tracker.stop();
        self.0.tell(Event::Store);
        self.0.sync.wake();
        Ok(())
    }
}
