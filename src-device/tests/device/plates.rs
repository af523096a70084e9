//! The QR plate at a station house: read by the device, kept with the sign-in, in the way of nothing.

use std::io::Cursor;

use image::{DynamicImage, GrayImage, ImageFormat, Luma, RgbImage};
use qrcode::{EcLevel, QrCode};
use serde_json::json;
use stackside_core::act::{Act, SignedIn};
use stackside_core::command::*;
use stackside_core::id::PhotoId;
use stackside_core::plate::PlateVerdict;
use stackside_device::Handle;

use super::world::{World, jpeg, point, register};

fn bytes(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A plate as a camera sees it: `text` in squares of some pixels, somewhere on a large wall.
fn wall(text: &str, square: u32, (width, height): (u32, u32)) -> GrayImage {
    let code = QrCode::with_error_correction_level(text, EcLevel::Q).unwrap();
    let (side, squares) = (code.width(), code.to_colors());
    let mut wall = GrayImage::from_fn(width, height, |x, y| Luma([150 + ((x * 7 + y * 13) % 40) as u8]));
    let quiet = 4 * square;
    let from = (width / 3, height / 4);
    let plate = side as u32 * square + 2 * quiet;
    for (x, y) in (0..plate).flat_map(|y| (0..plate).map(move |x| (x, y))) {
        let at = |n: u32| n.checked_sub(quiet).map(|n| (n / square) as usize).filter(|n| *n < side);
        let dark =
            matches!((at(x), at(y)), (Some(x), Some(y)) if squares[y * side + x] == qrcode::Color::Dark);
        wall.put_pixel(from.0 + x, from.1 + y, Luma([if dark { 30 } else { 225 }]));
    }
    wall
}

fn photo_of(text: &str) -> Vec<u8> {
    bytes(wall(text, 8, (1600, 1200)), ImageFormat::Jpeg)
}

/// A tablet whose register knows the plates of two points.
fn world() -> World {
    let world = World::unlocked();
    let with_plate = |id: &str, plate: &str| {
        let mut row = register().into_iter().find(|row| row["kind"] == "point").unwrap();
        row["row"]["id"] = json!(id);
        row["row"]["plate"] = json!(plate);
        row
    };
    world.bring(vec![with_plate("DA001", "AAAA-1111"), with_plate("DA002", "BBBB-2222")]);
    world
}

fn keep(world: &World, bytes: &[u8]) -> PhotoId {
    world.photo(None, None, None, bytes).unwrap().id
}

fn read(world: &World, bytes: &[u8]) -> PlateVerdict {
    world.device.handle(ReadPlate { point: point(), photo: keep(world, bytes) }).unwrap()
}

#[test]
fn the_device_reads_a_plate_in_a_photo_and_says_whose_it_is() {
    let world = world();
    let other = PlateVerdict::OtherPoint { point: "DA002".parse().unwrap() };
    for (name, photo, want) in [
        ("this point's", photo_of("STACKSIDE:PLATE:1:AAAA-1111"), PlateVerdict::Matches),
        ("another's", photo_of("STACKSIDE:PLATE:1:BBBB-2222"), other),
        ("nobody's", photo_of("STACKSIDE:PLATE:1:CCCC-3333"), PlateVerdict::UnknownPlate),
        ("an advertisement", photo_of("https://example.com/"), PlateVerdict::NotAPlate),
        (
            "as much as a code holds",
            bytes(wall(&"x".repeat(1_000), 4, (1600, 1200)), ImageFormat::Jpeg),
            PlateVerdict::NotAPlate,
        ),
        ("no code at all", jpeg(400, 300), PlateVerdict::Unreadable),
        ("one dot", bytes(GrayImage::new(1, 1), ImageFormat::Png), PlateVerdict::Unreadable),
        ("a strip", bytes(RgbImage::new(4_000, 1), ImageFormat::Png), PlateVerdict::Unreadable),
        (
            "twelve megapixels, turned",
            bytes(
                image::imageops::rotate90(&wall("STACKSIDE:PLATE:1:AAAA-1111", 24, (4_000, 3_000))),
                ImageFormat::Jpeg,
            ),
            PlateVerdict::Matches,
        ),
    ] {
        assert_eq!(read(&world, &photo), want, "{name}");
    }
}

#[test]
fn a_picture_that_breaks_off_is_a_plate_that_cannot_be_read() {
    let world = world();
    let whole = photo_of("STACKSIDE:PLATE:1:AAAA-1111");
    let photo = keep(&world, &whole[..whole.len() / 8]);
    let reply = world.device.handle(ReadPlate { point: point(), photo }).unwrap();
    assert!(matches!(reply, PlateVerdict::Unreadable | PlateVerdict::Matches), "{reply:?}");
    let missing = world.device.handle(ReadPlate {
        point: point(),
        photo: serde_json::from_value(json!(uuid::Uuid::nil())).unwrap(),
    });
    assert!(matches!(missing, Err(CommandError::NotFound { .. })), "{missing:?}");
}

#[test]
fn what_a_plate_said_is_kept_with_the_sign_in_and_a_wrong_one_blocks_nothing() {
    for (text, want) in [
        ("STACKSIDE:PLATE:1:AAAA-1111", PlateVerdict::Matches),
        ("STACKSIDE:PLATE:1:CCCC-3333", PlateVerdict::UnknownPlate),
    ] {
        let world = world();
        world.stand_at_the_point();
        let photo = photo_of(text);
        let plate = Some(keep(&world, &photo));
        let visit = world.device.handle(SignIn { point: point(), reason: None, photo: None, plate }).unwrap();
        let act = world.entries().pop().unwrap().1.read_act().unwrap();
        let Act::SignedIn(SignedIn { plate: Some(scan), .. }) = &act else { panic!("{act:?}") };
        assert_eq!((&scan.verdict, scan.text.as_deref()), (&want, Some(text)));
        assert_eq!(act.files(), [&scan.photo], "the photo goes with it");
        let view = world.device.handle(GetVisit { visit }).unwrap();
        assert_eq!(view.plate, Some(want));
        assert_eq!(view.photos.len(), 1, "and is the visit's");
        world.until_all_is_held();
    }
}
