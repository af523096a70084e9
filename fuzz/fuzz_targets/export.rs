//! Exports as an auditor gets them: judged, never trusted without a key.
#![no_main]

use libfuzzer_sys::fuzz_target;
use stackside_core::verify::Verdict;
use stackside_device::export::check;

fuzz_target!(|bytes: &[u8]| {
    let report = check(bytes, None).unwrap();
    assert_ne!(report.verdict, Verdict::Trusted);
    assert_eq!(report.failure.is_some(), report.verdict == Verdict::Broken, "{report:?}");
});
