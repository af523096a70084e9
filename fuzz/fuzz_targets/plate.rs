//! What a QR code at a station may hold, and pictures that may hold one.
#![no_main]

use std::panic::catch_unwind;

use image::GrayImage;
use libfuzzer_sys::fuzz_target;
use stackside_core::plate::{MAX_TEXT, PlateCode, kept_text};
use stackside_device::plate::text_in;

// The reader has assertions of its own, which the app catches; what gets past that still ends the run.
fuzz_target!(init: std::panic::set_hook(Box::new(|_| ())), |bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    if let Some(code) = PlateCode::of_payload(&text) {
        assert_eq!(PlateCode::of_payload(&code.payload()), Some(code));
    }
    assert!(kept_text(&text).chars().count() <= MAX_TEXT);
    let Some((width, rows)) = bytes.split_first() else { return };
    let width = u32::from(*width) + 1;
    let height = rows.len() as u32 / width;
    if let Some(picture) = GrayImage::from_raw(width, height, rows[..(width * height) as usize].to_vec()) {
        let _ = catch_unwind(|| text_in(picture));
    }
});
