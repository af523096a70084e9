//! Every form that ships: opened, filled, signed, shown.

use std::collections::BTreeSet;

use stackside_core::command::*;
use stackside_core::form::{Answers, built_in};
use stackside_core::record::RecordState;

use stackside_device::Handle;

use super::city;
use super::filler::fill;

#[test]
fn every_definition_that_ships_is_opened_filled_signed_and_shown() {
    let world = city::world();
    let mut signed = BTreeSet::new();
    for (point, ..) in city::POINTS {
        let visit = world.sign_in_at(point);
        let place = Workplace::Visit(visit);
        let forms = world.device.handle(GetVisit { visit }).unwrap().forms;
        assert!(!forms.is_empty(), "{point}");
        for form in forms {
            let record = world.open(place.clone(), form.code.as_str()).unwrap();
            fill(&world, record);
            let draft = world.record(record);
            assert_eq!((draft.line.problems, draft.line.state), (0, RecordState::Draft), "{}", form.code);
            world
                .sign_at(place.clone(), &[record])
                .unwrap_or_else(|error| panic!("{}: {error:?}", form.code));
            let shown = world.record(record);
            assert_eq!(shown.line.state, RecordState::Signed);
            assert_eq!(
                (shown.form, shown.verdicts.len()),
                (draft.form, draft.verdicts.len()),
                "{}",
                form.code
            );
            let by_hand = |view: &Answers| view.0.values().filter(|answer| answer.is_by_hand()).count();
            assert_eq!(
                by_hand(&shown.answers),
                by_hand(&draft.answers),
                "{}: nothing typed is lost",
                form.code
            );
            signed.insert(form.code);
        }
        world.device.handle(SignOut { visit }).unwrap();
    }
    let all: BTreeSet<_> = built_in().unwrap().into_iter().map(|form| form.code).collect();
    assert_eq!(signed, all);
}
