//! Draws a photo's mark: lines of text on a dark band along its lower edge.

use std::sync::OnceLock;

use ab_glyph::{Font, FontRef, FontVec, GlyphId, PxScale, ScaleFont, point};
use image::{Rgb, RgbImage};

/// GB 2312 and the signs around it, from Noto Sans SC (OFL): fonts/README.md.
const FONT: &[u8] = include_bytes!("../../fonts/NotoSansSC-GB2312.otf");
/// Where systems keep the whole font: Android, Debian. For names with rarer characters.
const WHOLE_FONTS: [&str; 3] = [
    "/system/fonts/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/system/fonts/NotoSansSC-Regular.otf",
];
/// Simplified Chinese, in a collection that begins with Japanese.
const SIMPLIFIED: u32 = 2;
/// Stands for a character that no font has, so that a reader sees that one is missing.
const MISSING: char = '□';

/// A line's height by the longer side of the picture, and its bounds in pixels.
const LINES_PER_SIDE: f32 = 44.0;
const SMALLEST: f32 = 12.0;
const LARGEST: f32 = 48.0;
/// Of a line's height.
const LEADING: f32 = 1.3;
const MARGIN: f32 = 0.6;
/// How much of the picture shines through the band.
const BAND: f32 = 0.45;
const INK: f32 = 245.0;

struct Fonts {
    own: FontRef<'static>,
    whole: OnceLock<Option<FontVec>>,
}

/// Nothing where the font that ships cannot be read: then no mark is drawn.
fn fonts() -> Option<&'static Fonts> {
    static FONTS: OnceLock<Option<Fonts>> = OnceLock::new();
    let read = || Some(Fonts { own: FontRef::try_from_slice(FONT).ok()?, whole: OnceLock::new() });
    FONTS.get_or_init(read).as_ref()
}

fn whole_font() -> Option<FontVec> {
    let read = |path: &&str| {
        let bytes = std::fs::read(path).ok()?;
        let at = if path.ends_with(".ttc") { SIMPLIFIED } else { 0 };
        FontVec::try_from_vec_and_index(bytes, at).ok()
    };
    WHOLE_FONTS.iter().find_map(read)
}

impl Fonts {
    /// The glyph of a character, and whether it is of the whole font.
    fn glyph(&self, character: char) -> (GlyphId, Option<&FontVec>) {
        let own = self.own.glyph_id(character);
        if own.0 != 0 {
            return (own, None);
        }
        let whole = self.whole.get_or_init(whole_font).as_ref();
        match whole.map(|font| (font.glyph_id(character), font)) {
            Some((id, font)) if id.0 != 0 => (id, Some(font)),
            _ => (self.own.glyph_id(MISSING), None),
        }
    }

    fn advance(&self, character: char, size: f32) -> f32 {
        match self.glyph(character) {
            (id, None) => self.own.as_scaled(PxScale::from(size)).h_advance(id),
            (id, Some(whole)) => whole.as_scaled(PxScale::from(size)).h_advance(id),
        }
    }

    fn width(&self, line: &str, size: f32) -> f32 {
        line.chars().map(|character| self.advance(character, size)).sum()
    }

    fn draw(&self, picture: &mut RgbImage, line: &str, size: f32, left: f32, top: f32) {
        let scale = PxScale::from(size);
        let baseline = top + self.own.as_scaled(scale).ascent();
        let mut x = left;
        for character in line.chars() {
            let (id, whole) = self.glyph(character);
            let glyph = id.with_scale_and_position(scale, point(x, baseline));
            let outline = match whole {
                None => self.own.outline_glyph(glyph),
                Some(font) => font.outline_glyph(glyph),
            };
            if let Some(outline) = outline {
                let bounds = outline.px_bounds();
                outline.draw(|dx, dy, cover| {
                    blend(
                        picture,
                        bounds.min.x as i64 + i64::from(dx),
                        bounds.min.y as i64 + i64::from(dy),
                        cover,
                    );
                });
            }
            x += self.advance(character, size);
        }
    }
}

/// Draws the lines; those that are too long are set smaller, so that nothing is cut off.
pub fn draw(picture: &mut RgbImage, lines: &[String]) {
    let Some(fonts) = fonts().filter(|_| !lines.is_empty()) else { return };
    let (width, height) = (picture.width() as f32, picture.height() as f32);
    let size = (width.max(height) / LINES_PER_SIDE).clamp(SMALLEST, LARGEST);
    let (step, margin) = (size * LEADING, size * MARGIN);
    let band = step * lines.len() as f32 + margin;
    darken(picture, band);
    let room = (width - 2.0 * margin).max(1.0);
    for (number, line) in lines.iter().enumerate() {
        let wide = fonts.width(line, size);
        let fitted = if wide > room { size * room / wide } else { size };
        let top = height - band + margin / 2.0 + step * number as f32 + (size - fitted) / 2.0;
        fonts.draw(picture, line, fitted, margin, top);
    }
}

fn darken(picture: &mut RgbImage, band: f32) {
    let rows = (band.ceil() as u32).min(picture.height());
    let from = (picture.height() - rows) as usize * picture.width() as usize * 3;
    for value in &mut picture.as_mut()[from..] {
        *value = (f32::from(*value) * BAND) as u8;
    }
}

fn blend(picture: &mut RgbImage, x: i64, y: i64, cover: f32) {
    let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y)) else { return };
    if let Some(Rgb(pixel)) = picture.get_pixel_mut_checked(x, y) {
        for value in pixel {
            *value = (f32::from(*value) + (INK - f32::from(*value)) * cover.clamp(0.0, 1.0)) as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pixels that are lighter than a darkened grey.
    fn inked(lines: &[&str]) -> usize {
        let mut picture = RgbImage::from_pixel(1600, 400, Rgb([128; 3]));
        draw(&mut picture, &lines.iter().map(|&line| line.to_owned()).collect::<Vec<_>>());
        picture.pixels().filter(|pixel| pixel[0] > 160).count()
    }

    #[test]
    fn chinese_is_drawn_and_a_character_of_no_font_shows_as_a_box() {
        assert_eq!(inked(&[]), 0);
        assert!(inked(&["鑫晟热电 1# 烟囱"]) > inked(&["1# "]) + 500);
        // Of a private use area: no font has it.
        assert_eq!(inked(&["\u{f8ff}"]), inked(&["□"]));
        assert!(inked(&["□"]) > 20);
    }

    #[test]
    fn a_line_that_is_too_long_is_set_smaller_and_stays_inside() {
        let mut picture = RgbImage::new(600, 400);
        draw(&mut picture, &["长".repeat(80)]);
        let is_inked = |x: u32| (0..400).any(|y| picture.get_pixel(x, y)[0] > 0);
        assert!(!is_inked(0) && !is_inked(599), "cut off");
        assert!(is_inked(40) && is_inked(560), "nothing is drawn");
        let mut tiny = RgbImage::new(1, 1);
        draw(&mut tiny, &["字".to_owned(), "字".to_owned()]);
    }
}
