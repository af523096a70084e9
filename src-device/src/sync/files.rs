//! Files go out by tus 1.0, smallest first, after the entries that name them. Held only by the server's word for hash
//! and length.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{CONTENT_TYPE, LOCATION};
use reqwest::{Method, Response, StatusCode, Url};
use stackside_core::command::{Event, Settings};
use stackside_core::hash::Hash;
use stackside_core::sync::{SendFailure, photos_may_go};
use stackside_core::wire::{MissingReply, MissingRequest, WireErrorCode};

use super::contact::{self, Refusal, Server, broken};
use super::entries;
use crate::device::Inner;
use crate::error::Error;
use crate::files::is_damage;
use crate::store::file::{self, FileKind, Sendable};
use crate::store::setting;

/// How many hashes are asked for at once.
const ASKED: usize = 200;
/// How often one file is begun anew in a round: its address may be gone, or its hash did not hold at the server.
const BEGINNINGS: u32 = 2;

/// Sends the files that the server lacks.
pub(super) async fn send(device: &Inner, server: &Server) -> Result<(), SendFailure> {
    let files = device.files_to_send().map_err(broken)?;
    let lacking = ask(device, server, &files).await?;
    let begun = device.clock.boot_ms();
    device.sync.set(|progress| progress.moved = Some((begun, 0)));
    for sendable in lacking {
        if !device.may_go(&sendable).map_err(broken)? {
            continue;
        }
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
        let at = device.now().map_err(broken)?;
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
    let refuse = |reason: &str| {
        tracing::error!(sha256 = %sha256.short(), reason, "a file cannot be sent");
        device.store.write(|t| file::refuse(t, sha256, reason)).map_err(broken)
    };
    let source = match device.files.read(&path) {
        Ok(Some(source)) if Hash::of(&source) == sha256 => source,
        // The server would find it out at the end of each try.
        Ok(Some(source)) => {
            let is_shorter = (source.len() as u64) < sendable.file.size_bytes;
            return refuse(if is_shorter { file::SHORTER } else { file::DAMAGED });
        }
        Ok(None) => return refuse(if sendable.gone_at.is_some() { file::GAVE_WAY } else { file::GONE }),
        Err(error) if is_damage(&error) => return refuse(file::DAMAGED),
        Err(error) => return Err(broken(error.into())),
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
                Ok(begun) => begun,
                Err(refusal) => return refused(device, sendable, &refusal),
            },
        };
        note(device, sendable, Some(&url), offset)?;
        match push(device, server, sendable, &url, offset, &source).await? {
            Ok(Pushed::Stopped) => return Ok(()),
            Ok(Pushed::Whole) => {
                if ask(device, server, std::slice::from_ref(sendable)).await?.is_empty() {
                    return Ok(());
                }
                // All bytes are there and the server does not say that it holds them: they changed on the way.
            }
            // It moved on meanwhile: a reply that was lost, or bytes that came late. It is asked where it stands.
            Err(refusal) if refusal.status == StatusCode::CONFLICT => {
                address = Some(url);
                continue;
            }
            Err(refusal) if matches!(refusal.status.as_u16(), 404 | 410 | 460) => {}
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
            let reason = match (&refusal.error, refusal.is_too_large()) {
                (Some(error), false) => error.message.as_str(),
                _ => file::TOO_LARGE,
            };
            device.store.write(|t| file::refuse(t, sendable.file.sha256, reason)).map_err(broken)
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

/// Where it goes up, and how much of it is there: the same bytes from before an address was lost.
async fn create(server: &Server, sendable: &Sendable) -> Result<Result<(String, u64), Refusal>, SendFailure> {
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
        Ok(response) => {
            let url = location(&base, &response).ok_or(SendFailure::NotOurServer)?;
            Ok((url, offset(&response).unwrap_or(0).min(file.size_bytes)))
        }
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

/// How far a push came.
enum Pushed {
    /// All bytes are there.
    Whole,
    /// A person lets it wait, or the network is another one now.
    Stopped,
}

async fn push(
    device: &Inner,
    server: &Server,
    sendable: &Sendable,
    url: &str,
    mut at: u64,
    source: &[u8],
) -> Result<Result<Pushed, Refusal>, SendFailure> {
    let size = sendable.file.size_bytes;
    while at < size {
        let most = device.sync.portions().files.bytes();
        let piece = piece_of(source, at, most).to_vec();
        let length = piece.len() as u64;
        let call = server
            .tus(Method::PATCH, url)
            .header(CONTENT_TYPE, "application/offset+octet-stream")
            .header("Upload-Offset", at)
            .body(piece);
        let sent = contact::call(call).await;
        let got_through = match &sent {
            Ok(Ok(_)) => true,
            Ok(Err(refusal)) if !refusal.is_too_large() => true,
            _ => false,
        };
        device.sync.learn(|portions| &mut portions.files, got_through);
        let response = match sent? {
            Ok(response) => response,
            // Something before our server takes no piece of this length: a shorter one.
            Err(refusal)
                if refusal.is_too_large()
                    && refusal.code().is_none()
                    && device.sync.portions().files.bytes() < most =>
            {
                continue;
            }
            Err(refusal) => return Ok(Err(refusal)),
        };
        let now_at =
            offset(&response).filter(|now| *now > at && *now <= size).ok_or(SendFailure::NotOurServer)?;
        contact::count(device, length)?;
        device.sync.set(|progress| {
            progress.moved = progress.moved.map(|(since, bytes)| (since, bytes + (now_at - at)));
        });
        at = now_at;
        note(device, sendable, Some(url), at)?;
        if device.has_entries_to_send() {
            entries::send(device, server).await?;
        }
        if !device.may_go(sendable).map_err(broken)? {
            return Ok(Ok(Pushed::Stopped));
        }
    }
    Ok(Ok(Pushed::Whole))
}

impl Inner {
    /// The files that go out now.
    pub(super) fn files_to_send(&self) -> Result<Vec<Sendable>, Error> {
        let mut files = self.store.read(file::to_send)?;
        let (paused, wifi) = (self.paused()?, self.waits_for_wifi()?);
        files.retain(|sendable| may_go(sendable, &paused, wifi));
        Ok(files)
    }
    /// As the rule stands at this moment.
    fn may_go(&self, sendable: &Sendable) -> Result<bool, Error> {
        Ok(may_go(sendable, &self.paused()?, self.waits_for_wifi()?))
    }
    /// The files that a person lets wait.
    pub(crate) fn paused(&self) -> Result<BTreeSet<Hash>, Error> {
        Ok(self.store.read(|c| setting::get(c, setting::PAUSED))?.unwrap_or_default())
    }
    /// True while photos wait for Wi-Fi.
    pub(crate) fn waits_for_wifi(&self) -> Result<bool, Error> {
        let settings: Option<Settings> = self.store.read(|c| setting::get(c, setting::SCREEN))?;
        let only_on_wifi = settings.is_some_and(|settings| settings.photos_on_wifi_only);
        Ok(!photos_may_go(only_on_wifi, self.network.kind()))
    }
}

/// False while a person lets a file wait, or it waits for Wi-Fi. Signatures are small and go with the entries.
fn may_go(sendable: &Sendable, paused: &BTreeSet<Hash>, waits_for_wifi: bool) -> bool {
    !paused.contains(&sendable.file.sha256) && (sendable.kind == FileKind::Signature || !waits_for_wifi)
}

/// What goes out next; nothing behind the end.
fn piece_of(source: &[u8], at: u64, most: usize) -> &[u8] {
    let rest = usize::try_from(at).ok().and_then(|at| source.get(at..)).unwrap_or_default();
    &rest[..rest.len().min(most)]
}
