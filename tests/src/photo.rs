//! Photos made at run time: they look like nothing, but weigh and compress like a photo of a panel.

use std::sync::LazyLock;

use image::{ColorType, ImageFormat};

use crate::Result;
use crate::chance::Chance;

/// 4000 × 3000 pixels, some 2 to 6 MB.
pub fn jpeg_12_megapixels(seed: u64) -> Result<Vec<u8>> {
    jpeg(4000, 3000, seed)
}

/// A small JPEG with so many bytes in all: noise after its end makes it as long, and unlike every other.
pub fn jpeg_of(bytes: usize, chance: &mut Chance) -> Result<Vec<u8>> {
    static SMALL: LazyLock<std::result::Result<Vec<u8>, String>> =
        LazyLock::new(|| jpeg(64, 48, 1).map_err(|error| error.to_string()));
    let mut photo = SMALL.clone()?;
    photo.extend(chance.bytes(bytes.saturating_sub(photo.len())));
    Ok(photo)
}

/// A JPEG of soft shades, panel-like blocks and sensor noise.
pub fn jpeg(width: u32, height: u32, seed: u64) -> Result<Vec<u8>> {
    let mut noise = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut pixels = vec![0; width as usize * height as usize * 3];
    for (y, row) in pixels.chunks_exact_mut(width as usize * 3).enumerate() {
        for (x, pixel) in row.chunks_exact_mut(3).enumerate() {
            // xorshift: quick, and the same everywhere.
            noise ^= noise << 13;
            noise ^= noise >> 7;
            noise ^= noise << 17;
            let shade = (x / 23 + y / 31) & 0x7f;
            let block = if (x / 160 + y / 120) % 3 == 0 { 48 } else { 0 };
            for (channel, value) in pixel.iter_mut().enumerate() {
                let grain = (noise >> (channel * 8)) & 0x3f;
                *value = (shade + block + channel * 9 + grain as usize) as u8;
            }
        }
    }
    // Through a file: the encoder is then the image crate's own, optimised even in a debug build.
    let file = tempfile::Builder::new().suffix(".jpg").tempfile()?;
    image::save_buffer_with_format(file.path(), &pixels, width, height, ColorType::Rgb8, ImageFormat::Jpeg)?;
    Ok(std::fs::read(file.path())?)
}

#[cfg(test)]
mod tests {
    // Named in full: the module is part of a benchmark too, where there is no test.
    #[test]
    fn a_twelve_megapixel_photo_weighs_what_a_camera_makes() {
        let bytes = super::jpeg_12_megapixels(7).unwrap();
        assert!((2_000_000..6_000_000).contains(&bytes.len()), "{} bytes", bytes.len());
        assert_eq!(image::load_from_memory(&bytes).unwrap().width(), 4000);
    }
}
