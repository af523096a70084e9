//! Takes a photo from the screen to the device: journaled first, then in pieces, then checked against length and hash.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use stackside_core::command::{
    AbandonPhoto, AddPhotoPiece, BeginPhoto, CommandError, FinishPhoto, GetStorage, PhotoLine,
};
use stackside_core::hash::Hash;
use stackside_core::id::PhotoId;
use stackside_core::photo::{MAX_BYTES, PIECE_BYTES, PhotoFormat, is_document};
use stackside_core::storage::Storage;

use wasm_bindgen_futures::JsFuture;

use crate::shell::call;

/// How much space there is; nothing where the device does not tell, which is no reason to take no photo.
pub async fn storage() -> Option<Storage> {
    Some(call(&GetStorage {}).await.ok()?.storage)
}

/// Journals a photo that is about to be taken.
pub async fn begin(begin: &BeginPhoto) -> Result<PhotoId, CommandError> {
    call(begin).await
}

/// Sends a photo's bytes from `sent` on, which counts what is kept; `told` hears it in per cent.
pub async fn send(
    photo: PhotoId,
    bytes: &[u8],
    sent: &mut usize,
    told: impl Fn(u32),
) -> Result<PhotoLine, CommandError> {
    if PhotoFormat::of(bytes).is_none() {
        return Err(CommandError::NotAPhoto);
    }
    send_pieces(photo, bytes, sent, told).await
}

/// Journals a PDF and sends it; what cannot be one is refused before.
pub async fn send_document(
    begin: &BeginPhoto,
    bytes: &[u8],
    told: impl Fn(u32),
) -> Result<PhotoLine, CommandError> {
    if !is_document(bytes) {
        return Err(CommandError::NotAPhoto);
    }
    if u64::try_from(bytes.len()).map_or(true, |size| size > MAX_BYTES) {
        return Err(CommandError::PhotoTooLarge);
    }
    let document = call(begin).await?;
    let sent = send_pieces(document, bytes, &mut 0, told).await;
    if sent.is_err() {
        abandon(document);
    }
    sent
}

async fn send_pieces(
    photo: PhotoId,
    bytes: &[u8],
    sent: &mut usize,
    told: impl Fn(u32),
) -> Result<PhotoLine, CommandError> {
    let size_bytes = u64::try_from(bytes.len()).map_err(|_| CommandError::PhotoTooLarge)?;
    if size_bytes > MAX_BYTES {
        return Err(CommandError::PhotoTooLarge);
    }
    while let Some(piece) = bytes.get(*sent..).filter(|rest| !rest.is_empty()) {
        let piece = &piece[..piece.len().min(PIECE_BYTES)];
        let offset = u64::try_from(*sent).map_err(|_| CommandError::PhotoTooLarge)?;
        told(u32::try_from(offset * 100 / size_bytes.max(1)).unwrap_or(0));
        call(&AddPhotoPiece { photo, offset, base64: STANDARD.encode(piece) }).await?;
        *sent += piece.len();
    }
    told(100);
    call(&FinishPhoto { photo, size_bytes, sha256: Hash::of(bytes) }).await
}

/// A piece of a file; empty behind its end.
pub async fn piece(file: &web_sys::File, offset: u64, length: usize) -> Result<Vec<u8>, CommandError> {
    #[expect(clippy::cast_precision_loss, reason = "exact up to 9 petabytes")]
    let (from, to) = (offset as f64, (offset + length as u64) as f64);
    let piece = file.slice_with_f64_and_f64(from, to).map_err(|_| CommandError::Internal)?;
    let bytes = JsFuture::from(piece.array_buffer()).await.map_err(|_| CommandError::Internal)?;
    Ok(js_sys::Uint8Array::new(&bytes).to_vec())
}

/// A file's length.
pub fn size(file: &web_sys::File) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a length is whole and not negative"
    )]
    let size = file.size() as u64;
    size
}

/// Bytes as they cross to the device.
pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Drops a photo that nobody wants; start-up finds what this misses.
pub fn abandon(photo: PhotoId) {
    leptos::task::spawn_local(async move {
        let _ = call(&AbandonPhoto { photo }).await;
    });
}
