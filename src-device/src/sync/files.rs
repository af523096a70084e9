//! Files go out by tus 1.0, smallest first, after the entries that name them. Held only by the server's word for hash
//! and length.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{CONTENT_TYPE, LOCATION};
use reqwest::{Method, Response, Url};
use stackside_core::command::Event;
use stackside_core::sync::SendFailure;
use stackside_core::wire::{MissingReply, MissingRequest, WireErrorCode};

use super::contact::{self, Refusal, Server, broken};
use crate::device::Inner;
use crate::store::file::{self, Sendable};

/// Bytes of one PATCH: what a cut costs at most.
const PIECE: u64 = 512 * 1024;
/// How many hashes are asked for at once.
const ASKED: usize = 200;
/// How often one file is begun anew in a round: its address may be gone, or its hash did not hold at the server.
const BEGINNINGS: u32 = 2;

/// Sends the files that the server lacks.
pub(super) async fn send(device: &Inner, server: &Server) -> Result<(), SendFailure> {
    let files = device.store.read(file::to_send).map_err(broken)?;
    let lacking = ask(device, server, &files).await?;
    for sendable in lacking {
        upload(device, server, &sendable).await?;
        device.sync.set(|progress| progress.sending = None);
        device.tell(Event::Sync);
    }
    Ok(())
}

/// Notes what the server holds; the rest, smallest first.
async fn ask(device: &Inner, server: &Server, files: &[Sendable]) -> Result<Vec<Sendable>, SendFailure> {
    let mut lacking = Vec::new();
    for group in files.chunks(ASKED) {
        let request = MissingRequest { files: group.iter().map(|sendable| sendable.file.sha256).collect() };
        let reply: MissingReply = contact::json(server.post("/api/v1/files/missing").json(&request)).await?;
        let at = device.clock.wall().to_utc();
        let noted = device.store.write(|t| {
            let mut noted = Vec::new();
            for held in &reply.held {
                if file::set_held(t, held.sha256, held.size_bytes, at)? {
                    noted.push(held.sha256);
                }
            }
            Ok(noted)
        });
        let noted = noted.map_err(broken)?;
        lacking.extend(group.iter().filter(|sendable| !noted.contains(&sendable.file.sha256)).cloned());
    }
    Ok(lacking)
}

async fn upload(device: &Inner, server: &Server, sendable: &Sendable) -> Result<(), SendFailure> {
    let sha256 = sendable.file.sha256;
    let path = device.files.path(sendable.kind, sha256);
    let Ok(mut source) = File::open(&path) else {
        let gone = match sendable.gone_at {
            Some(_) => "it gave way on this tablet after the server had confirmed it, and the server lost it",
            None => "the file is gone from this tablet",
        };
        tracing::error!(sha256 = %sha256.short(), gone, "a file cannot be sent");
        return device.store.write(|t| file::refuse(t, sha256, gone)).map_err(broken);
    };
    let mut address = sendable.upload.clone();
    for _ in 0..BEGINNINGS {
        let begun = match address.take() {
            Some(address) => resume(server, &address).await?.map(|offset| (address, offset)),
            None => None,
        };
        let (url, offset) = match begun {
            Some(begun) => begun,
            None => match create(server, sendable).await? {
                Ok(url) => (url, 0),
                Err(refusal) => return refused(device, sendable, &refusal),
            },
        };
        note(device, sendable, Some(&url), offset)?;
        match push(device, server, sendable, &url, offset, &mut source).await? {
            Ok(()) if ask(device, server, std::slice::from_ref(sendable)).await?.is_empty() => return Ok(()),
            // All bytes are there and the server does not say that it holds them: they changed on the way.
            Ok(()) => {}
            Err(refusal) if matches!(refusal.status.as_u16(), 404 | 409 | 410 | 460) => {}
            Err(refusal) => return refused(device, sendable, &refusal),
        }
        note(device, sendable, None, 0)?;
    }
    Err(SendFailure::Later { after: None })
}

/// A file that the server does not take is left for a person; the others go on.
fn refused(device: &Inner, sendable: &Sendable, refusal: &Refusal) -> Result<(), SendFailure> {
    match refusal.code() {
        Some(WireErrorCode::Refused | WireErrorCode::TooLarge) => {
            let reason = refusal.error.as_ref().map(ToString::to_string).unwrap_or_default();
            device.store.write(|t| file::refuse(t, sendable.file.sha256, &reason)).map_err(broken)
        }
        _ => Err(refusal.failure()),
    }
}

fn note(device: &Inner, sendable: &Sendable, url: Option<&str>, offset: u64) -> Result<(), SendFailure> {
    let sha256 = sendable.file.sha256;
    device.store.write(|t| file::set_progress(t, sha256, url, offset)).map_err(broken)?;
    device.sync.set(|progress| progress.sending = Some((sha256, offset)));
    device.tell(Event::Sync);
    Ok(())
}

async fn create(server: &Server, sendable: &Sendable) -> Result<Result<String, Refusal>, SendFailure> {
    let file = &sendable.file;
    let metadata = format!(
        "sha256 {},type {}",
        STANDARD.encode(file.sha256.to_string()),
        STANDARD.encode(&file.media_type)
    );
    let base = server.url("/api/v1/files");
    let call = server
        .tus(Method::POST, &base)
        .header("Upload-Length", file.size_bytes)
        .header("Upload-Metadata", metadata);
    Ok(match contact::call(call).await? {
        Ok(response) => Ok(location(&base, &response).ok_or(SendFailure::NotOurServer)?),
        Err(refusal) => Err(refusal),
    })
}

/// Where an upload goes on. The token must not leave our server.
fn location(base: &str, response: &Response) -> Option<String> {
    let base: Url = base.parse().ok()?;
    let url = base.join(response.headers().get(LOCATION)?.to_str().ok()?).ok()?;
    (url.origin() == base.origin()).then(|| url.to_string())
}

/// How much the server holds; nothing if it does not know the upload any more.
async fn resume(server: &Server, url: &str) -> Result<Option<u64>, SendFailure> {
    // The address was stored under an enrolment; another one may be in force now.
    if !url.starts_with(&server.url("/")) {
        return Ok(None);
    }
    match contact::call(server.tus(Method::HEAD, url)).await? {
        Ok(response) => Ok(Some(offset(&response).ok_or(SendFailure::NotOurServer)?)),
        Err(refusal) if matches!(refusal.status.as_u16(), 403 | 404 | 410) => Ok(None),
        Err(refusal) => Err(refusal.failure()),
    }
}

fn offset(response: &Response) -> Option<u64> {
    response.headers().get("Upload-Offset")?.to_str().ok()?.parse().ok()
}

async fn push(
    device: &Inner,
    server: &Server,
    sendable: &Sendable,
    url: &str,
    mut at: u64,
    source: &mut File,
) -> Result<Result<(), Refusal>, SendFailure> {
    let size = sendable.file.size_bytes;
    while at < size {
        let piece = read_piece(source, at).map_err(|error| broken(error.into()))?;
        let length = piece.len() as u64;
        if length == 0 {
            let shorter = "the file is shorter than it was";
            device.store.write(|t| file::refuse(t, sendable.file.sha256, shorter)).map_err(broken)?;
            return Err(SendFailure::Refused { reason: shorter.to_owned() });
        }
        let call = server
            .tus(Method::PATCH, url)
            .header(CONTENT_TYPE, "application/offset+octet-stream")
            .header("Upload-Offset", at)
            .body(piece);
        let response = match contact::call(call).await? {
            Ok(response) => response,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let now_at =
            offset(&response).filter(|now| *now > at && *now <= size).ok_or(SendFailure::NotOurServer)?;
        contact::count(device, length)?;
        at = now_at;
        note(device, sendable, Some(url), at)?;
    }
    Ok(Ok(()))
}

fn read_piece(source: &mut File, at: u64) -> std::io::Result<Vec<u8>> {
    source.seek(SeekFrom::Start(at))?;
    let mut piece = Vec::new();
    source.take(PIECE).read_to_end(&mut piece)?;
    Ok(piece)
}
