//! The copies of a photo that screens show: one that fills a screen and bears the mark, and a thumbnail. The original is
//! read and never written.

use std::io::Cursor;
use std::panic::catch_unwind;

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits, RgbImage};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use stackside_core::photo::{MAX_PIXELS, PhotoFormat};
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use super::{image_format, mark};

/// The longer side of the copy that fills a screen, pixels.
pub const SHOWN: u32 = 2048;
/// The longer side of a thumbnail, pixels.
pub const THUMBNAIL: u32 = 480;
/// The most memory that one picture may take: 16 megapixels of RGBA and some more.
const MAX_ALLOC: u64 = 160 * 1024 * 1024;
/// Of 100. Text on panels stays sharp, and a copy takes some 300 kB.
const QUALITY: u8 = 80;

/// Both copies, as JPEG.
#[derive(Debug)]
pub struct Copies {
    /// With the mark, at most [`SHOWN`] pixels long.
    pub shown: Vec<u8>,
    /// At most [`THUMBNAIL`] pixels long.
    pub thumbnail: Vec<u8>,
}

/// Why a photo has no copies: its pixels cannot be read. It is evidence all the same.
#[derive(Debug, thiserror::Error)]
#[error("the picture cannot be read: {0}")]
pub struct Unreadable(String);

impl Unreadable {
    fn of(error: impl std::fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// Makes the copies of an original, upright. `lines` are what the mark says.
pub fn copies(original: &[u8], format: PhotoFormat, lines: &[String]) -> Result<Copies, Unreadable> {
    // Files come from outside, and no decoder's slip may end the thread that looks after the tablet.
    let made = catch_unwind(|| make(original, format, lines));
    made.unwrap_or_else(|_| Err(Unreadable("the decoder gave up".to_owned())))
}

fn make(original: &[u8], format: PhotoFormat, lines: &[String]) -> Result<Copies, Unreadable> {
    let (full, orientation) = decode(original, format)?;
    let mut shown = upright(shrink(full, SHOWN)?, orientation);
    let thumbnail = encode(&shrink(shown.clone(), THUMBNAIL)?)?;
    mark::draw(&mut shown, lines);
    Ok(Copies { shown: encode(&shown)?, thumbnail })
}

/// The pixels of a photo as they lie in its file, and which way is up.
pub(crate) fn decode(original: &[u8], format: PhotoFormat) -> Result<(RgbImage, Orientation), Unreadable> {
    match format {
        PhotoFormat::Jpeg => match decode_colours(original)? {
            Some(decoded) => Ok(decoded),
            None => decode_any(original, format),
        },
        PhotoFormat::Png => decode_any(original, format),
    }
}

/// What cameras make: a JPEG in YCbCr. Its decoder is asked itself, for the way through `image` copies 36 MB once more.
fn decode_colours(original: &[u8]) -> Result<Option<(RgbImage, Orientation)>, Unreadable> {
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(original), options);
    decoder.decode_headers().map_err(Unreadable::of)?;
    if decoder.input_colorspace() != Some(ColorSpace::YCbCr) {
        return Ok(None);
    }
    let (width, height) = decoder.dimensions().ok_or_else(|| Unreadable("no dimensions".to_owned()))?;
    let (width, height) = bounded(width, height)?;
    let exif = decoder.exif().and_then(|exif| Orientation::from_exif_chunk(exif));
    let pixels = decoder.decode().map_err(Unreadable::of)?;
    let full =
        RgbImage::from_raw(width, height, pixels).ok_or_else(|| Unreadable("too few pixels".to_owned()))?;
    // A photo whose EXIF makes no sense is shown as its pixels lie.
    Ok(Some((full, exif.unwrap_or(Orientation::NoTransforms))))
}

fn decode_any(original: &[u8], format: PhotoFormat) -> Result<(RgbImage, Orientation), Unreadable> {
    let mut reader = ImageReader::with_format(Cursor::new(original), image_format(format));
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_ALLOC);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(Unreadable::of)?;
    let (width, height) = decoder.dimensions();
    bounded(width as usize, height as usize)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    Ok((DynamicImage::from_decoder(decoder).map_err(Unreadable::of)?.into_rgb8(), orientation))
}

fn bounded(width: usize, height: usize) -> Result<(u32, u32), Unreadable> {
    let side = |length: usize| u32::try_from(length).map_err(Unreadable::of);
    let (width, height) = (side(width)?, side(height)?);
    match u64::from(width) * u64::from(height) {
        ..=MAX_PIXELS => Ok((width, height)),
        _ => Err(Unreadable("too many pixels".to_owned())),
    }
}

/// Makes the longer side at most `longest`; never larger than it was.
fn shrink(full: RgbImage, longest: u32) -> Result<RgbImage, Unreadable> {
    let (width, height) = full.dimensions();
    let side = width.max(height);
    if side <= longest {
        return Ok(full);
    }
    let scaled = |length: u32| {
        let scaled = (u64::from(length) * u64::from(longest) + u64::from(side) / 2) / u64::from(side);
        u32::try_from(scaled).unwrap_or(longest).max(1)
    };
    let (to_width, to_height) = (scaled(width), scaled(height));
    let from = ImageRef::new(width, height, full.as_raw(), PixelType::U8x3).map_err(Unreadable::of)?;
    let mut to = Image::new(to_width, to_height, PixelType::U8x3);
    let how = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3));
    Resizer::new().resize(&from, &mut to, &how).map_err(Unreadable::of)?;
    RgbImage::from_raw(to_width, to_height, to.into_vec()).ok_or_else(|| Unreadable("resized".to_owned()))
}

fn upright(picture: RgbImage, orientation: Orientation) -> RgbImage {
    let mut picture = DynamicImage::from(picture);
    picture.apply_orientation(orientation);
    picture.into_rgb8()
}

fn encode(picture: &RgbImage) -> Result<Vec<u8>, Unreadable> {
    let side = |length: u32| u16::try_from(length).map_err(Unreadable::of);
    let (width, height) = (side(picture.width())?, side(picture.height())?);
    let mut jpeg = Vec::new();
    let mut encoder = Encoder::new(&mut jpeg, QUALITY);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.encode(picture.as_raw(), width, height, ColorType::Rgb).map_err(Unreadable::of)?;
    Ok(jpeg)
}

#[cfg(test)]
mod tests {
    use image::{ImageFormat, Rgb};

    use super::*;

    fn jpeg(width: u32, height: u32) -> Vec<u8> {
        // Red on the left, blue on the right.
        let picture =
            RgbImage::from_fn(
                width,
                height,
                |x, _| if x < width / 2 { Rgb([220, 0, 0]) } else { Rgb([0, 0, 220]) },
            );
        let mut bytes = Cursor::new(vec![]);
        picture.write_to(&mut bytes, ImageFormat::Jpeg).unwrap();
        bytes.into_inner()
    }

    /// An EXIF segment that says nothing but the orientation, put behind the start of a JPEG.
    fn turned(jpeg: &[u8], orientation: u8) -> Vec<u8> {
        let tiff =
            [b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0", &[orientation, 0, 0, 0, 0, 0, 0, 0][..]]
                .concat();
        let segment = [b"Exif\0\0", &tiff[..]].concat();
        let length = u16::try_from(segment.len() + 2).unwrap().to_be_bytes();
        [&jpeg[..2], b"\xff\xe1", &length, &segment, &jpeg[2..]].concat()
    }

    fn sizes(original: &[u8]) -> [(u32, u32); 2] {
        let copies = copies(original, PhotoFormat::Jpeg, &["1# 烟囱".to_owned()]).unwrap();
        [copies.shown, copies.thumbnail].map(|jpeg| {
            let picture = image::load_from_memory(&jpeg).unwrap();
            (picture.width(), picture.height())
        })
    }

    #[test]
    fn copies_are_bounded_and_never_larger_than_the_original() {
        assert_eq!(sizes(&jpeg(4000, 3000)), [(2048, 1536), (480, 360)]);
        assert_eq!(sizes(&jpeg(600, 1200)), [(600, 1200), (240, 480)]);
        assert_eq!(sizes(&jpeg(30, 20)), [(30, 20), (30, 20)]);
        assert_eq!(sizes(&jpeg(3000, 1)), [(2048, 1), (480, 1)]);
    }

    #[test]
    fn copies_stand_upright_as_the_camera_was_held() {
        let original = turned(&jpeg(800, 400), 6);
        assert_eq!(sizes(&original), [(400, 800), (240, 480)]);
        let made = copies(&original, PhotoFormat::Jpeg, &[]).unwrap();
        let upright = image::load_from_memory(&made.thumbnail).unwrap().into_rgb8();
        // Turned to the right: what was left is up.
        let (up, down) = (upright.get_pixel(120, 40), upright.get_pixel(120, 440));
        assert!(up[0] > 150 && down[2] > 150, "{up:?} {down:?}");
    }

    #[test]
    fn the_mark_is_on_the_large_copy_and_not_on_the_thumbnail() {
        let original = jpeg(2048, 1536);
        let make = |lines: &[String]| copies(&original, PhotoFormat::Jpeg, lines).unwrap();
        let (plain, marked) = (make(&[]), make(&["演示热电厂 · 1# 烟囱".to_owned()]));
        assert_ne!(plain.shown, marked.shown);
        assert_eq!(plain.thumbnail, marked.thumbnail);
    }

    #[test]
    fn what_cannot_be_read_has_no_copies_and_stops_nothing() {
        let whole = jpeg(300, 200);
        let mut noise = 7_u32;
        for turn in 0..400_usize {
            let mut bytes = whole.clone();
            for _ in 0..8 {
                noise ^= noise << 13;
                noise ^= noise >> 17;
                noise ^= noise << 5;
                let at = 2 + noise as usize % (bytes.len() - 2);
                bytes[at] = (noise >> 24) as u8;
            }
            bytes.truncate(bytes.len() - (turn % 7) * 100);
            // Some are read in spite of it; none ends in a panic.
            let _ = copies(&bytes, PhotoFormat::Jpeg, &[]);
        }
        copies(b"\xff\xd8\xff and no header", PhotoFormat::Jpeg, &[]).unwrap_err();
        copies(b"", PhotoFormat::Png, &[]).unwrap_err();
    }
}
