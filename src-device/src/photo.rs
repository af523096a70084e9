//! What a file that is to be a photo or a document is, and its thumbnail.

use std::fs::File;
use std::io::{BufReader, Cursor, Read};
use std::path::Path;

use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use stackside_core::command::CommandError;
use stackside_core::photo::{DOCUMENT_TYPE, MAX_PIXELS, PhotoFormat, is_document};

use crate::error::Error;

/// The longer side of a thumbnail, pixels.
const THUMBNAIL: u32 = 480;
/// The most memory that decoding may take: 16 megapixels of RGBA and some more.
const MAX_ALLOC: u64 = 160 * 1024 * 1024;

/// Tells a photo by its first bytes and its header; refuses what is none or has too many pixels.
pub fn examine(path: &Path) -> Result<PhotoFormat, Error> {
    let mut start = [0; 16];
    let read = File::open(path)?.read(&mut start)?;
    let format = PhotoFormat::of(&start[..read]).ok_or(CommandError::NotAPhoto)?;
    let (width, height) = reader(path, format)?.into_dimensions().map_err(|_| CommandError::NotAPhoto)?;
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

/// A small JPEG of a photo, upright.
pub fn thumbnail(path: &Path, format: PhotoFormat) -> Result<Vec<u8>, Error> {
    let mut decoder = reader(path, format)?.into_decoder().map_err(|_| CommandError::NotAPhoto)?;
    let orientation = decoder.orientation().map_err(|_| CommandError::NotAPhoto)?;
    let full = DynamicImage::from_decoder(decoder).map_err(|_| CommandError::NotAPhoto)?;
    let mut small = full.thumbnail(THUMBNAIL, THUMBNAIL);
    small.apply_orientation(orientation);
    let mut bytes = Vec::new();
    DynamicImage::from(small.to_rgb8())
        .write_to(&mut Cursor::new(&mut bytes), ImageFormat::Jpeg)
        .map_err(|error| Error::broken(format!("thumbnail: {error}")))?;
    Ok(bytes)
}

fn reader(path: &Path, format: PhotoFormat) -> Result<ImageReader<BufReader<File>>, Error> {
    let format = match format {
        PhotoFormat::Jpeg => ImageFormat::Jpeg,
        PhotoFormat::Png => ImageFormat::Png,
    };
    let mut reader = ImageReader::with_format(BufReader::new(File::open(path)?), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_ALLOC);
    reader.limits(limits);
    Ok(reader)
}
