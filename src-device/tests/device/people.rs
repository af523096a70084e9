//! PINs, personal codes, the lock.

use stackside_core::command::{CommandError, GetToday, Lock, Place, SavePlace, SetPin, Unlock};

use stackside_device::Handle;

use super::world::{CODE, PIN, World, person};

#[test]
fn a_personal_code_sets_a_pin_once_and_only_a_pin_opens() {
    let world = World::enrolled();
    let set = |code: &str, pin: &str| {
        world.device.handle(SetPin { person: person(), code: code.into(), pin: pin.into() })
    };
    assert_eq!(world.device.handle(GetToday {}).unwrap_err(), CommandError::Locked);
    for bad in ["12345", "1234567890123", "12345a", "１２３４５６"] {
        assert_eq!(set(CODE, bad).unwrap_err(), CommandError::PinForm, "{bad}");
    }
    assert_eq!(set("111111", PIN).unwrap_err(), CommandError::WrongPin { wait_s: 0 });
    let state = set(CODE, PIN).unwrap();
    assert_eq!(state.person.as_ref().unwrap().id, person());
    assert!(state.person.unwrap().code_hash.is_none() && state.people.iter().any(|line| line.has_pin));
    world.device.handle(GetToday {}).unwrap();
    world.device.handle(Lock {}).unwrap();
    assert_eq!(set(CODE, PIN).unwrap_err(), CommandError::WrongPin { wait_s: 0 }, "used");
    world.unlock();
}

#[test]
fn wrong_tries_cost_a_growing_wait_that_survives_a_kill_and_a_moved_clock() {
    let world = World::unlocked();
    let wrong = |world: &World, pin: &str| {
        world.device.handle(Unlock { person: person(), pin: pin.into() }).unwrap_err()
    };
    for _ in 0..3 {
        assert_eq!(wrong(&world, "000000"), CommandError::WrongPin { wait_s: 0 });
    }
    assert_eq!(wrong(&world, "000000"), CommandError::WrongPin { wait_s: 30 });
    let world = world.after_a_kill();
    assert_eq!(wrong(&world, PIN), CommandError::WrongPin { wait_s: 30 }, "not even the right one");
    world.clock.set_wall_forward(3600);
    assert_eq!(wrong(&world, PIN), CommandError::WrongPin { wait_s: 30 });
    world.clock.pass(30);
    world.unlock();
}

#[test]
fn the_app_comes_back_to_the_persons_place_after_a_kill() {
    let world = World::unlocked();
    let place = Place { path: "/record/1".into(), field: Some("header/location".parse().unwrap()) };
    world.device.handle(SavePlace { place: place.clone() }).unwrap();
    let world = world.after_a_kill();
    assert_eq!(world.unlock().place, Some(place));
}
