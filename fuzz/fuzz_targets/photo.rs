//! Photos as they arrive, with whatever EXIF: examined, turned upright, marked and made small, or refused.
#![no_main]

use libfuzzer_sys::fuzz_target;
use stackside_device::photo::{copies, examine};
use tempfile::TempDir;

thread_local! {
    static FOLDER: TempDir = tempfile::tempdir().unwrap();
}

// A decoder's slip is caught where copies are made; what gets past that still ends the run.
fuzz_target!(init: std::panic::set_hook(Box::new(|_| ())), |bytes: &[u8]| {
    let path = FOLDER.with(|folder| folder.path().join("photo"));
    std::fs::write(&path, bytes).unwrap();
    if let Ok(format) = examine(&path)
        && let Ok(made) = copies(bytes, format, &["DA001 1# 烟囱".to_owned(), "2026-11-23 14:05".to_owned()])
    {
        for copy in [made.shown, made.thumbnail] {
            assert!(copy.starts_with(&[0xff, 0xd8]), "a copy is a JPEG");
        }
    }
});
