//! What a file that is to be a photo or a document is, and the copies of a photo that screens show.

mod copies;
mod mark;

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use image::{ImageFormat, ImageReader};
use stackside_core::command::CommandError;
use stackside_core::photo::{DOCUMENT_TYPE, MAX_PIXELS, PhotoFormat, is_document};

use crate::error::Error;
pub(crate) use copies::decode;
pub use copies::{Copies, SHOWN, THUMBNAIL, Unreadable, copies};

/// Tells a photo by its first bytes and its header; refuses what is none or has too many pixels.
pub fn examine(path: &Path) -> Result<PhotoFormat, Error> {
    let mut start = [0; 16];
    let read = File::open(path)?.read(&mut start)?;
    let format = PhotoFormat::of(&start[..read]).ok_or(CommandError::NotAPhoto)?;
    let reader = ImageReader::with_format(BufReader::new(File::open(path)?), image_format(format));
    let (width, height) = reader.into_dimensions().map_err(|_| CommandError::NotAPhoto)?;
    if width == 0 || height == 0 {
        return Err(CommandError::NotAPhoto.into());
    }
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(CommandError::PhotoTooLarge.into());
    }
    Ok(format)
}

/// The media type of a document; refuses what is none.
pub fn examine_document(path: &Path) -> Result<&'static str, Error> {
    let mut start = [0; 16];
    let read = File::open(path)?.read(&mut start)?;
    if is_document(&start[..read]) { Ok(DOCUMENT_TYPE) } else { Err(CommandError::NotAPhoto.into()) }
}

fn image_format(format: PhotoFormat) -> ImageFormat {
    match format {
        PhotoFormat::Jpeg => ImageFormat::Jpeg,
        PhotoFormat::Png => ImageFormat::Png,
    }
}
