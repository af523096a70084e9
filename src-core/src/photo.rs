//! A photo of a visit: what it shows, where it came from, how far it got.

use serde::{Deserialize, Serialize};

/// The most pixels of a photo: more neither helps an inspector nor fits a tablet's memory.
pub const MAX_PIXELS: u64 = 16_000_000;
/// The most bytes of one piece that crosses from the screen to the device (Android's IPC is JSON text).
pub const PIECE_BYTES: usize = 512 * 1024;
/// The most bytes of a whole photo.
pub const MAX_BYTES: u64 = 40 * 1024 * 1024;

/// Where the pixels came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhotoSource {
    /// The camera inside the app.
    Camera,
    /// A file that a person chose; marked wherever the photo is shown.
    Imported,
    /// No photo but a PDF that a form's field asks for.
    Document,
}

/// What a file that is to be a photo is; anything else is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhotoFormat {
    /// JPEG.
    Jpeg,
    /// PNG: some WebViews take photos so.
    Png,
}

impl PhotoFormat {
    /// Tells a photo by its first bytes.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
            Some(Self::Jpeg)
        } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            Some(Self::Png)
        } else {
            None
        }
    }
    /// The format of a media type.
    pub fn of_media_type(media_type: &str) -> Option<Self> {
        [Self::Jpeg, Self::Png].into_iter().find(|format| format.media_type() == media_type)
    }
    /// The media type on the wire.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }
}

/// A document's media type on the wire.
pub const DOCUMENT_TYPE: &str = "application/pdf";

/// Tells a PDF by its first bytes.
pub fn is_document(bytes: &[u8]) -> bool {
    bytes.starts_with(b"%PDF-")
}

/// Where a photo's original is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Original {
    /// On this tablet.
    Here,
    /// On the server; here it gave way to new photos.
    Uploaded,
    /// It gave way here, and the server lost it since.
    Lost,
}

/// How far an item got on its way to the server (待发 / 发送中 / 已收妥 / 被退回).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SendState {
    /// On this device only.
    Waiting,
    /// On its way.
    Sending,
    /// The server's receipt names it.
    Held,
    /// Refused: a person must look.
    Refused,
}
