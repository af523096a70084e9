//! What is where, and the button.

use std::collections::BTreeSet;

use rusqlite::Connection;
use stackside_core::clock::shanghai_date;
use stackside_core::command::{
    CommandError, Event, FileTrouble, GetStorage, GetSync, PauseFile, RetryFile, StorageView, SyncItem,
    SyncLine, SyncNow, SyncSubject, SyncView,
};
use stackside_core::hash::Hash;
use stackside_core::photo::{Original, SendState};
use stackside_core::review::ReviewState;

use crate::device::{Device, Handle, Inner};
use crate::error::Error;
use crate::store::file::{FileKind, Sendable};
use crate::store::setting::{self, Contact};
use crate::store::{entry, file, photo, record, register, review};

const ITEMS: u32 = 50;

impl Inner {
    pub(super) fn sync_line(&self) -> Result<SyncLine, Error> {
        let progress = self.sync.progress();
        self.store.read(|c| {
            let contact: Option<Contact> = setting::get(c, setting::CONTACT)?;
            Ok(SyncLine {
                entries_waiting: entry::counts(c)?.1,
                files_waiting: file::waiting(c)?.0,
                last_contact: contact.map(|contact| contact.at),
                running: progress.running,
                trouble: progress.trouble,
            })
        })
    }

    fn sync_view(&self) -> Result<SyncView, Error> {
        let line = self.sync_line()?;
        let today = shanghai_date(self.clock.wall().to_utc()).to_string();
        let rate_bytes_s = self.sync.progress().rate_bytes_s(self.clock.boot_ms());
        let (paused, waits_for_wifi) = (self.paused()?, self.waits_for_wifi()?);
        self.store.read(|c| {
            let mut items = Vec::new();
            for held in [false, true] {
                let mut group = Vec::new();
                for line in entry::latest(c, held, ITEMS)? {
                    group.push(self.entry_item(c, line)?);
                }
                for file in file::latest(c, held, ITEMS)? {
                    group.push(self.file_item(c, file, &paused)?);
                }
                group.sort_by_key(|item: &SyncItem| std::cmp::Reverse(item.at));
                items.extend(group);
            }
            items.truncate(ITEMS as usize);
            let (_, sent_bytes, total_bytes) = file::waiting(c)?;
            Ok(SyncView {
                line,
                items,
                entries_held: entry::counts(c)?.0,
                accepted: review::standing(c, ReviewState::Accepted, 0)?.1,
                returned: review::standing(c, ReviewState::Returned, 0)?.1,
                sent_bytes,
                total_bytes,
                sent_today_bytes: setting::traffic(c, &today)?,
                sent_month_bytes: setting::traffic(c, &today[..7])?,
                rate_bytes_s,
                left_s: rate_bytes_s.map(|rate| total_bytes.saturating_sub(sent_bytes).div_ceil(rate)),
                waits_for_wifi,
            })
        })
    }

    fn entry_item(&self, c: &Connection, line: entry::Line) -> Result<SyncItem, Error> {
        let title = match line.record.as_deref().and_then(|id| id.parse().ok()) {
            Some(id) => record::title(c, id)?,
            None => None,
        };
        let point_name = match line.point.as_deref().and_then(|id| id.parse().ok()) {
            Some(id) => register::point(c, &id).ok().map(|point| point.name),
            None => None,
        };
        let send = self.entry_state(c, line.log, line.seq)?;
        let review = self.review_of_entry(c, &line)?;
        Ok(SyncItem {
            what: SyncSubject::Entry { seq: line.seq, kind: line.kind, title },
            send,
            at: line.at,
            sent_bytes: if send == SendState::Held { line.size_bytes } else { 0 },
            total_bytes: line.size_bytes,
            point_name,
            held_at: line.held_at,
            is_lost: false,
            file: None,
            paused: false,
            reason: None,
            review,
        })
    }

    fn file_item(&self, c: &Connection, file: Sendable, paused: &BTreeSet<Hash>) -> Result<SyncItem, Error> {
        let of = photo::of_hash(c, file.file.sha256)?.into_iter().next();
        let visit = match of.as_ref().and_then(|photo| photo.visit.map(|visit| (visit, &photo.person))) {
            Some((visit, person)) => crate::store::visit::of_person(c, visit, person).ok(),
            None => None,
        };
        let what = match (file.kind, &of) {
            (FileKind::Photo | FileKind::Document, of) => {
                SyncSubject::Photo { photo: of.as_ref().map(|of| of.id) }
            }
            (FileKind::Signature, _) => SyncSubject::Signature,
        };
        Ok(SyncItem {
            what,
            send: self.file_state(&file),
            at: file.made_at,
            sent_bytes: file.sent_bytes,
            total_bytes: file.file.size_bytes,
            point_name: visit.map(|visit| visit.point.name),
            held_at: file.held_at,
            is_lost: file.original() == Original::Lost,
            file: Some(file.file.sha256),
            paused: paused.contains(&file.file.sha256),
            reason: file.refused.map(trouble),
            review: None,
        })
    }
}

/// What a file's row says of why it was refused, as the screen can put it in words.
fn trouble(reason: String) -> FileTrouble {
    match reason.as_str() {
        file::GONE | file::SHORTER | file::DAMAGED | file::GAVE_WAY => FileTrouble::Gone,
        file::TOO_LARGE => FileTrouble::TooLarge,
        _ => FileTrouble::Refused { reason },
    }
}

impl Handle<GetStorage> for Device {
    fn handle(&self, _: GetStorage) -> Result<StorageView, CommandError> {
        Ok(self.0.storage_view()?)
    }
}

impl Handle<GetSync> for Device {
    fn handle(&self, _: GetSync) -> Result<SyncView, CommandError> {
        Ok(self.0.sync_view()?)
    }
}

impl Handle<SyncNow> for Device {
    fn handle(&self, _: SyncNow) -> Result<(), CommandError> {
        self.0.enrolled()?;
        self.0.sync.clear_fork();
        self.0.sync.wake();
        self.0.tell(Event::Sync);
        Ok(())
    }
}

impl Handle<PauseFile> for Device {
    fn handle(&self, PauseFile { sha256, paused }: PauseFile) -> Result<(), CommandError> {
        self.0.person()?;
        self.0.store.write(|t| {
            let mut all: BTreeSet<Hash> = setting::get(t, setting::PAUSED)?.unwrap_or_default();
            match paused {
                true => all.insert(sha256),
                false => all.remove(&sha256),
            };
            setting::put(t, setting::PAUSED, &all)
        })?;
        if !paused {
            self.0.sync.wake();
        }
        self.0.tell(Event::Sync);
        Ok(())
    }
}

impl Handle<RetryFile> for Device {
    fn handle(&self, RetryFile { sha256 }: RetryFile) -> Result<(), CommandError> {
        self.0.person()?;
        self.0.store.write(|t| file::offer(t, sha256))?;
        self.0.sync.wake();
        self.0.tell(Event::Sync);
        Ok(())
    }
}
