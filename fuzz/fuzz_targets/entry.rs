//! Entries as a server takes them: header, signature and body are three lines.
#![no_main]

use libfuzzer_sys::fuzz_target;
use stackside_core::evidence::Entry;
use stackside_core::wire::{ChangesReply, EntriesRequest};

fuzz_target!(|text: &str| {
    let mut lines = text.splitn(3, '\n').map(str::to_owned);
    if let (Some(header), Some(signature), Some(body)) = (lines.next(), lines.next(), lines.next()) {
        let entry = Entry { header, signature: signature.into(), body };
        if let Ok(header) = entry.read_header() {
            assert_eq!(stackside_core::canonical::to_text(&header).ok().as_ref(), Some(&entry.header));
            let _ = header.is_over(&entry.body);
        }
        let _ = entry.read_act();
        let _ = entry.hash();
    }
    let _ = serde_json::from_str::<EntriesRequest>(text);
    let _ = serde_json::from_str::<ChangesReply>(text);
});
