//! Forms, overlays and rulebooks as files: taken over whole, or refused with a complaint.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use stackside_core::definition::{Definition, DefinitionKind, Definitions};

static BUILT_IN: LazyLock<Definitions> = LazyLock::new(|| Definitions::built_in().unwrap());

fuzz_target!(|text: &str| {
    for kind in [DefinitionKind::Form, DefinitionKind::Rulebook] {
        let mut all = BUILT_IN.clone();
        let before = all.forms.len() + all.rulebooks.len();
        match all.add(&Definition { kind, file: "fuzz.toml".into(), text: text.to_owned() }) {
            Ok(()) => {}
            Err(error) => {
                assert!(error.to_string().contains("fuzz.toml"), "the complaint names the file: {error}");
                assert_eq!(all.forms.len() + all.rulebooks.len(), before, "refused whole");
            }
        }
    }
});
