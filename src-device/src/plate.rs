//! Reads the QR code in a photo of a station's plate: here and not in the web view, which proves nothing.

use std::panic::{AssertUnwindSafe, catch_unwind};

use image::{DynamicImage, GrayImage};
use rxing::BarcodeFormat;
use rxing::helpers::detect_in_luma;
use stackside_core::photo::PhotoFormat;
use stackside_core::plate::kept_text;

use crate::photo;

/// The longer sides of the picture that is searched, pixels. A plate that fills a tenth of the first has enough for each of
/// its squares; a blurred one is found in the second.
const SEARCHED: [u32; 2] = [1600, 800];

/// The text of the QR code in a photo, as it may be kept; nothing if none can be read. Decoder and reader are large programs with
/// assertions of their own: no picture may end the app.
pub fn read(original: &[u8], format: PhotoFormat) -> Option<String> {
    let found = catch_unwind(AssertUnwindSafe(|| {
        let (full, _) = photo::decode(original, format).ok()?;
        let full = DynamicImage::from(full).into_luma8();
        SEARCHED.iter().find_map(|side| search(&full, *side))
    }));
    found.ok().flatten()
}

fn search(full: &GrayImage, side: u32) -> Option<String> {
    let longer = full.width().max(full.height());
    let scaled = |length: u32| {
        u32::try_from(u64::from(length) * u64::from(side) / u64::from(longer)).unwrap_or(side).max(1)
    };
    let small = match longer > side {
        true => image::imageops::thumbnail(full, scaled(full.width()), scaled(full.height())),
        false => full.clone(),
    };
    text_in(small)
}

/// The text of the QR code in a picture without colours; the reader may panic.
pub fn text_in(picture: GrayImage) -> Option<String> {
    let (width, height) = picture.dimensions();
    let found = detect_in_luma(picture.into_raw(), width, height, Some(BarcodeFormat::QR_CODE)).ok()?;
    Some(kept_text(found.getText()))
}
