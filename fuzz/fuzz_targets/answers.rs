//! Answers of any kind in any form: checked, judged and filled without a panic, and the same when they are read again.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use stackside_core::definition::Definitions;
use stackside_core::form::{Answers, LastDone, Site, check, done_items};
use stackside_core::judge::judge;
use stackside_core::register::Instrument;

static DEFINITIONS: LazyLock<Definitions> = LazyLock::new(|| Definitions::built_in().unwrap());
static INSTRUMENTS: LazyLock<Vec<Instrument>> =
    LazyLock::new(|| serde_json::from_str(include_str!("../instruments.json")).unwrap());

fuzz_target!(|data: &[u8]| {
    // The first byte chooses the form.
    let Some((choice, text)) = data.split_first() else { return };
    let Ok(answers) = serde_json::from_slice::<Answers>(text) else { return };
    let form = &DEFINITIONS.forms[usize::from(*choice) % DEFINITIONS.forms.len()];
    let rulebook = &DEFINITIONS.rulebooks[0];
    let site = Site {
        instruments: &INSTRUMENTS,
        bottles: &[],
        last_done: &LastDone::new(),
        begun_on: "2026-11-23".parse().unwrap(),
        photo_slots: &[],
        now: "2026-11-23T06:00:00Z".parse().unwrap(),
    };
    let _ = check(form, &answers, &site);
    let _ = done_items(form, &answers);
    let mut filled = answers.clone();
    let verdicts = judge(form, &answers, &INSTRUMENTS, rulebook).fill(form, &mut filled);
    let again = judge(form, &filled, &INSTRUMENTS, rulebook).fill(form, &mut filled.clone());
    assert_eq!(verdicts, again, "computed fields change no verdict");
    let text = serde_json::to_string(&filled).unwrap();
    assert_eq!(serde_json::from_str::<Answers>(&text).unwrap(), filled);
});
