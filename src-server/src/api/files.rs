//! Whole files by what they hold: which are lacking, and their bytes again.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{self, Request, State};
use axum::http::{HeaderValue, Method, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Json};
use rusqlite::{OptionalExtension, Transaction, named_params};
use stackside_core::hash::Hash;
use stackside_core::photo::{DOCUMENT_TYPE, PhotoFormat, is_document};
use stackside_core::wire::{HeldFile, MissingReply, MissingRequest};
use tokio::sync::watch;
use tower_http::services::ServeFile;
use uuid::Uuid;

use super::{ApiError, document, read_json};
use crate::App;
use crate::access::DeviceCaller;
use crate::route::{Access, Route};

/// The folder of whole files in the data folder: `files/ab/abcdef…`.
pub(crate) const FILES: &str = "files";
/// A line that says nothing for so long is dead; what arrived is kept.
const SILENCE: Duration = Duration::from_secs(60);
/// As [`SILENCE`], once its tablet is back on another line: only what has arrived already is still taken in.
const LAST_BYTES: Duration = Duration::from_millis(200);
/// How long a tablet that is back waits for its old line to be let go of.
const HANDOVER: Duration = Duration::from_secs(2);
/// The most hashes that are asked after at once.
const MAX_ASKED: usize = 10_000;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::POST, "/api/v1/files/missing", Access::Device, post(missing)),
        Route::new(Method::GET, "/api/v1/files/{sha256}", Access::Device, get(read)),
    ]
}

/// The folders of files, whole and in part.
#[derive(Debug, Clone)]
pub(crate) struct Files {
    whole: PathBuf,
    parts: PathBuf,
    // Prevents two requests from writing one file.
    busy: Arc<Busy>,
}

/// Uploads that a request is writing; `true` tells it that its tablet is back on another line.
type Busy = Mutex<HashMap<Uuid, watch::Sender<bool>>>;

/// An upload that this request alone may write.
pub(crate) struct Claim {
    upload: Uuid,
    is_back: watch::Receiver<bool>,
    busy: Arc<Busy>,
}
impl Claim {
    /// Over once a line that says nothing has to be taken for dead.
    pub(crate) async fn silence(&self) {
        let mut is_back = self.is_back.clone();
        let back = async {
            // Never an error: the sender lives in `busy` as long as this claim.
            let _ = is_back.wait_for(|is_back| *is_back).await;
            tokio::time::sleep(LAST_BYTES).await;
        };
        tokio::select! {
            () = back => {}
            () = tokio::time::sleep(SILENCE) => {}
        }
    }
}
impl Drop for Claim {
    fn drop(&mut self) {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.upload);
    }
}

impl Files {
    /// Makes the folders.
    pub(crate) fn open(data: &Path) -> std::io::Result<Self> {
        let files = Self { whole: data.join(FILES), parts: data.join("uploads"), busy: Arc::default() };
        std::fs::create_dir_all(&files.whole)?;
        std::fs::create_dir_all(&files.parts)?;
        Ok(files)
    }
    /// Where a whole file lies.
    pub(crate) fn whole(&self, sha256: &Hash) -> PathBuf {
        let name = sha256.to_string();
        self.whole.join(&name[..2]).join(&name)
    }
    /// Where an upload lies until it is whole.
    pub(crate) fn part(&self, upload: Uuid) -> PathBuf {
        self.parts.join(upload.to_string())
    }
    /// The right to write an upload; nothing while another request has it.
    pub(crate) fn claim(&self, upload: Uuid) -> Option<Claim> {
        let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        if busy.contains_key(&upload) {
            return None;
        }
        let (sender, is_back) = watch::channel(false);
        busy.insert(upload, sender);
        Some(Claim { upload, is_back, busy: self.busy.clone() })
    }
    /// As [`Files::claim`], for a tablet that may be back before its old line is known to be dead: the request on that
    /// line is told to keep what it has and to end.
    pub(crate) async fn take_over(&self, upload: Uuid) -> Option<Claim> {
        let deadline = tokio::time::Instant::now() + HANDOVER;
        loop {
            if let Some(claim) = self.claim(upload) {
                return Some(claim);
            }
            let mut gone = {
                let busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
                let Some(sender) = busy.get(&upload) else { continue };
                sender.send_replace(true);
                sender.subscribe()
            };
            // The sender goes with the claim.
            let gone = async { while gone.changed().await.is_ok() {} };
            tokio::time::timeout_at(deadline, gone).await.ok()?;
        }
    }
    /// True if the bytes are there, by their number.
    pub(crate) fn has(&self, sha256: &Hash, size_bytes: u64) -> bool {
        std::fs::metadata(self.whole(sha256)).is_ok_and(|file| file.is_file() && file.len() == size_bytes)
    }
    /// The length of a file if an operator holds it whole: row and bytes.
    pub(crate) fn held(
        &self,
        tx: &Transaction<'_>,
        sha256: &Hash,
        operator: &str,
    ) -> Result<Option<u64>, rusqlite::Error> {
        let size: Option<i64> = tx
            .prepare_cached("SELECT size_bytes FROM file WHERE sha256 = :sha256 AND operator = :operator")?
            .query_row(named_params! { ":sha256": sha256.to_string(), ":operator": operator }, |row| {
                row.get(0)
            })
            .optional()?;
        Ok(size.map(i64::unsigned_abs).filter(|size| self.has(sha256, *size)))
    }
    /// Streams a whole file, a photo to be shown and anything else as a download.
    pub(crate) async fn answer(&self, sha256: &Hash, request: Request) -> FileAnswer {
        let path = self.whole(sha256);
        let mut start = [0; 16];
        let read = tokio::fs::File::open(&path).await;
        let Ok(mut file) = read else { return FileAnswer::Gone };
        let length = tokio::io::AsyncReadExt::read(&mut file, &mut start).await.unwrap_or(0);
        let format = PhotoFormat::of(&start[..length]);
        let document = is_document(&start[..length]).then_some(DOCUMENT_TYPE);
        let Ok(response) = ServeFile::new(path).try_call(request).await else { return FileAnswer::Gone };
        let mut response = response.map(Body::new);
        if response.status().is_client_error() {
            return FileAnswer::Bytes(response);
        }
        let headers = response.headers_mut();
        let photo = format.map(PhotoFormat::media_type);
        let media_type = photo.or(document).unwrap_or("application/octet-stream");
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        if format.is_none() {
            headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
        }
        // By its name it never changes; but only this person's browser may keep it.
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=86400, immutable"));
        FileAnswer::Bytes(response)
    }
}

/// A file's bytes, or that they are not there.
pub(crate) enum FileAnswer {
    /// They stream, or there are none in the range that was asked for.
    Bytes(Response),
    /// The file went missing on disk.
    Gone,
}

/// Which of these files does the server lack?
#[utoipa::path(post, path = "/api/v1/files/missing", request_body = MissingRequest, responses(
    (status = 200, description = "Those that it lacks, and those that it holds with their lengths", body = MissingReply),
))]
pub(super) async fn missing(
    State(app): State<App>,
    Extension(caller): Extension<DeviceCaller>,
    body: Body,
) -> Result<Json<MissingReply>, ApiError> {
    let request: MissingRequest = read_json(body).await?;
    if request.files.len() > MAX_ASKED {
        return Err(ApiError::too_large(format!("no more than {MAX_ASKED} hashes at once")));
    }
    let files = app.files().clone();
    app.store()
        .read(move |tx| {
            let mut reply = MissingReply { missing: vec![], held: vec![] };
            for sha256 in request.files {
                match files.held(tx, &sha256, caller.operator.as_str())? {
                    Some(size_bytes) => reply.held.push(HeldFile { sha256, size_bytes }),
                    None => reply.missing.push(sha256),
                }
            }
            Ok(Json(reply))
        })
        .await
}

/// A whole file of the device's operator again; `Range` and conditional requests as HTTP has them.
#[utoipa::path(get, path = "/api/v1/files/{sha256}", operation_id = "file", params(
    ("sha256" = Hash, Path, description = "The file's hash"),
), responses(
    (status = 200, description = "Its bytes", content(
        (document::Bytes = "image/jpeg"), (document::Bytes = "image/png"), (document::Bytes = "application/pdf"),
        (document::Bytes = "application/octet-stream"),
    )),
    (status = 206, description = "The part that `Range` names"),
    (status = 304, description = "Not changed since"),
    (status = 404, description = "`not_found`: no such file of this operator"),
    (status = 412, description = "Changed since"),
    (status = 416, description = "`Range` names no part of it"),
))]
pub(super) async fn read(
    State(app): State<App>,
    Extension(caller): Extension<DeviceCaller>,
    extract::Path(sha256): extract::Path<String>,
    request: Request,
) -> Result<Response, ApiError> {
    let unknown = || ApiError::not_found("no such file of this operator");
    let sha256: Hash = sha256.parse().map_err(|_| unknown())?;
    let files = app.files().clone();
    let held = app
        .store()
        .read(move |tx| Ok::<_, ApiError>(files.held(tx, &sha256, caller.operator.as_str())?))
        .await?;
    held.ok_or_else(unknown)?;
    match app.files().answer(&sha256, request).await {
        FileAnswer::Bytes(response) => Ok(response.into_response()),
        FileAnswer::Gone => Err(unknown()),
    }
}
