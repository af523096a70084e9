//! Handing over what no server holds: nothing that is there already is touched.

use std::sync::atomic::Ordering;

use stackside_core::command::{CommandError, GiveHandover, HandoverTrouble};
use stackside_device::Handle;

use super::world::World;

fn with_unsent_work() -> World {
    let world = World::unlocked();
    world.until_all_is_held();
    world.server.tell(|script| script.portal = true);
    world.sign_in();
    world
}

#[test]
fn a_second_handover_under_the_same_name_leaves_the_first_as_it_is() {
    let world = with_unsent_work();
    let given = world.device.handle(GiveHandover {}).unwrap();
    let first = std::fs::read(&given.file).unwrap();
    // The clock stands still: the name is the same.
    world.device.handle(GiveHandover {}).unwrap_err();
    assert_eq!(std::fs::read(&given.file).unwrap(), first);
    world.clock.pass(1);
    assert_ne!(world.device.handle(GiveHandover {}).unwrap().file, given.file);
}

#[test]
fn a_handover_does_not_take_the_space_of_text() {
    let world = with_unsent_work();
    world.free_bytes.store(1024, Ordering::SeqCst);
    let why = HandoverTrouble::NoRoom;
    assert_eq!(world.device.handle(GiveHandover {}).unwrap_err(), CommandError::Handover { why });
    assert!(!world.folder.path().join("exports").read_dir().is_ok_and(|mut files| files.next().is_some()));
    let stick = tempfile::tempdir().unwrap();
    let given = world.device.give_over(&stick.path().join("unsent.age")).unwrap();
    assert!(given.entries > 0, "a full tablet gets its work out");
}
