//! What the server did since it started and how it stands, as Prometheus reads it.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::StatusCode;
use rusqlite::Transaction;

use crate::store::StoreError;

/// A count that only grows.
#[derive(Debug, Default)]
pub(crate) struct Count(AtomicU64);

impl Count {
    /// Adds `n`.
    pub(crate) fn add(&self, n: u64) {
        self.0.fetch_add(n, Ordering::Relaxed);
    }
    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Counts since the start.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    /// Batches of entries that were answered with a receipt.
    pub(crate) batches: Count,
    /// Entries that were new.
    pub(crate) entries: Count,
    /// Entries that contradict those held.
    pub(crate) forks: Count,
    /// Bytes of batches, unpacked.
    pub(crate) batch_bytes: Count,
    /// Files that came to their end.
    pub(crate) uploads: Count,
    /// Bytes of files.
    pub(crate) upload_bytes: Count,
    answers: [Count; 5],
    /// Callers that were told to wait.
    pub(crate) told_to_wait: Count,
}

impl Metrics {
    /// Counts an answer by the first digit of its status.
    pub(crate) fn answered(&self, status: StatusCode) {
        let class = usize::from(status.as_u16() / 100);
        if let Some(count) = class.checked_sub(1).and_then(|class| self.answers.get(class)) {
            count.add(1);
        }
        if status == StatusCode::TOO_MANY_REQUESTS {
            self.told_to_wait.add(1);
        }
    }

    /// The page, with what the database holds.
    pub(crate) fn page(&self, totals: &Totals) -> String {
        let mut page = String::new();
        for (name, help, count) in [
            ("batches_total", "Batches of entries answered with a receipt", &self.batches),
            ("entries_total", "New entries", &self.entries),
            ("forks_total", "Entries that contradict those held", &self.forks),
            ("batch_bytes_total", "Bytes of batches, unpacked", &self.batch_bytes),
            ("uploads_total", "Files that came to their end", &self.uploads),
            ("upload_bytes_total", "Bytes of files", &self.upload_bytes),
            ("told_to_wait_total", "Answers 429", &self.told_to_wait),
        ] {
            one(&mut page, name, help, "counter", count.get());
        }
        head(&mut page, "answers_total", "Answers by the class of their status", "counter");
        for (class, count) in (1..).zip(&self.answers) {
            // Writing to a text does not fail.
            let _ = writeln!(page, "stackside_answers_total{{status=\"{class}xx\"}} {}", count.get());
        }
        for (name, help, count) in [
            ("open_uploads", "Files that are still coming up", totals.open_uploads),
            ("held_entries", "Entries held", totals.entries),
            ("held_files", "Files held", totals.files),
            ("held_file_bytes", "Bytes of files held", totals.file_bytes),
            ("devices", "Enrolled tablets that are not struck off", totals.devices),
        ] {
            one(&mut page, name, help, "gauge", count);
        }
        page
    }
}

fn head(page: &mut String, name: &str, help: &str, kind: &str) {
    let _ = writeln!(page, "# HELP stackside_{name} {help}\n# TYPE stackside_{name} {kind}");
}

fn one(page: &mut String, name: &str, help: &str, kind: &str, count: u64) {
    head(page, name, help, kind);
    let _ = writeln!(page, "stackside_{name} {count}");
}

/// What the database holds now.
pub(crate) struct Totals {
    open_uploads: u64,
    entries: u64,
    files: u64,
    file_bytes: u64,
    devices: u64,
}

impl Totals {
    /// Counts it.
    pub(crate) fn count(tx: &Transaction<'_>) -> Result<Self, StoreError> {
        let query = "SELECT
            (SELECT COUNT(*) FROM upload WHERE NOT EXISTS (
                SELECT 1 FROM file WHERE file.sha256 = upload.sha256 AND file.operator = upload.operator)),
            (SELECT COUNT(*) FROM entry), (SELECT COUNT(*) FROM file),
            (SELECT COALESCE(SUM(size_bytes), 0) FROM file),
            (SELECT COUNT(*) FROM device WHERE revoked_ms IS NULL)";
        Ok(tx.query_row(query, [], |row| {
            let count = |index| row.get::<_, i64>(index).map(i64::unsigned_abs);
            Ok(Self {
                open_uploads: count(0)?,
                entries: count(1)?,
                files: count(2)?,
                file_bytes: count(3)?,
                devices: count(4)?,
            })
        })?)
    }
}
