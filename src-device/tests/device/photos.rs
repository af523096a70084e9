//! Photos: pieces, damage, what is none.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use stackside_core::command::*;
use stackside_core::hash::Hash;
use stackside_core::photo::PIECE_BYTES;

use stackside_device::Handle;

use super::world::{World, jpeg};

fn png_of(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::GrayImage::new(width, height).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

#[test]
fn a_photo_arrives_in_pieces_and_is_kept_by_its_hash_with_an_upright_thumbnail() {
    let world = World::unlocked();
    let visit = world.sign_in();
    let mut bytes = jpeg(1200, 900);
    // What follows the end of a picture belongs to the original all the same.
    bytes.resize(bytes.len() + PIECE_BYTES, 7);
    let line = world.photo(Some(visit), None, None, &bytes).unwrap();
    let name = line.sha256.to_string();
    let kept = world.folder.path().join("photos").join(&name[..2]).join(&name);
    let sealed = std::fs::read(kept).unwrap();
    assert!(sealed.starts_with(b"age-encryption.org/v1"), "sealed");
    world.until_all_is_held();
    assert_eq!(world.server.ask(|script| script.files[&line.sha256].clone()), bytes, "byte for byte");
    let small = STANDARD.decode(world.device.handle(GetThumbnail { photo: line.id }).unwrap()).unwrap();
    let small = image::load_from_memory(&small).unwrap();
    assert_eq!((small.width(), small.height()), (480, 360));
    let again = FinishPhoto { photo: line.id, size_bytes: line.size_bytes, sha256: line.sha256 };
    assert_eq!(world.device.handle(again).unwrap().id, line.id, "asked twice");
    assert_eq!(world.kinds().last().unwrap(), "photo_taken");
}

#[test]
fn a_photo_is_looked_at_with_its_mark_and_its_original_stays_what_it_was() {
    let world = World::unlocked();
    let visit = world.sign_in();
    let bytes = jpeg(2400, 1800);
    let line = world.photo(Some(visit), None, None, &bytes).unwrap();
    let look = |photo| {
        let view = world.device.handle(GetPhoto { photo }).unwrap();
        let jpeg = STANDARD.decode(view.jpeg.clone().unwrap()).unwrap();
        (image::load_from_memory(&jpeg).unwrap().into_rgb8(), view)
    };
    let (shown, view) = look(line.id);
    assert!(view.is_marked);
    assert_eq!((view.line.id, shown.dimensions()), (line.id, (2048, 1536)));
    // The band along the lower edge is dark, with light letters.
    let band: Vec<u8> =
        (1450..1536).flat_map(|y| (0..700).map(move |x| (x, y))).map(|(x, y)| shown[(x, y)][0]).collect();
    assert!(band.iter().filter(|red| **red > 200).count() > 500, "no letters");

    // The same bytes again are another photo, with a mark of its own.
    world.clock.pass(90);
    let again = world.photo(Some(visit), None, None, &bytes).unwrap();
    assert_eq!(again.sha256, line.sha256);
    assert_ne!(look(again.id).0, shown, "another time is on it");
}

#[test]
fn pixels_that_cannot_be_read_are_evidence_without_a_picture() {
    let world = World::unlocked();
    let visit = world.sign_in();
    // A PNG whose header promises what does not follow.
    let line = world.photo(Some(visit), None, None, &png_of(500, 400)[..60]).unwrap();
    assert_eq!(world.device.handle(GetPhoto { photo: line.id }).unwrap().jpeg, None);
    let missing = world.device.handle(GetThumbnail { photo: line.id }).unwrap_err();
    assert_eq!(missing, CommandError::NotFound { what: "photo".into() });
    world.until_all_is_held();
    assert!(world.server.ask(|script| script.files.contains_key(&line.sha256)));
}

#[test]
fn bytes_that_are_no_whole_photo_are_refused() {
    let world = World::unlocked();
    let visit = world.sign_in();
    for (bytes, want, why) in [
        (b"GIF89a not a photo".to_vec(), CommandError::NotAPhoto, "another format"),
        (b"\xff\xd8\xff and no header".to_vec(), CommandError::NotAPhoto, "a magic number alone"),
        (vec![], CommandError::NotAPhoto, "nothing"),
        (png_of(4001, 4000), CommandError::PhotoTooLarge, "more than 16 megapixels"),
    ] {
        assert_eq!(world.photo(Some(visit), None, None, &bytes).unwrap_err(), want, "{why}");
    }
    let bytes = jpeg(20, 20);
    let photo = world.begin_photo(Some(visit), None, None);
    world.pieces(photo, &bytes);
    let size_bytes = bytes.len() as u64;
    for (size_bytes, sha256) in [(size_bytes, Hash::of(b"x")), (size_bytes + 1, Hash::of(&bytes))] {
        let damaged = world.device.handle(FinishPhoto { photo, size_bytes, sha256 }).unwrap_err();
        assert_eq!(damaged, CommandError::PhotoDamaged);
    }
    assert_eq!(world.kinds(), ["enrolled", "signed_in"]);
}

#[test]
fn a_piece_has_its_place_and_a_largest_size() {
    let world = World::unlocked();
    let visit = world.sign_in();
    let photo = world.begin_photo(Some(visit), None, None);
    let piece = |offset, bytes: &[u8]| {
        world.device.handle(AddPhotoPiece { photo, offset, base64: STANDARD.encode(bytes) })
    };
    piece(0, &[1; 10]).unwrap();
    assert_eq!(piece(0, &[1; 10]).unwrap_err(), CommandError::PhotoDamaged, "twice");
    assert_eq!(piece(11, &[1; 10]).unwrap_err(), CommandError::PhotoDamaged, "a gap");
    assert_eq!(piece(10, &[1; PIECE_BYTES + 1]).unwrap_err(), CommandError::PhotoTooLarge);
    let not_base64 = AddPhotoPiece { photo, offset: 10, base64: "***".into() };
    assert_eq!(world.device.handle(not_base64).unwrap_err(), CommandError::PhotoDamaged);
    world.device.handle(AbandonPhoto { photo }).unwrap();
    assert_eq!(piece(10, &[1]).unwrap_err(), CommandError::NotFound { what: "photo".into() });
}
