//! PINs, personal codes, the lock.

use std::path::Path;

use argon2::{Argon2, Params, PasswordHasher};
use stackside_core::command::{
    CommandError, GetState, GetToday, Language, Lock, LockAfter, Place, SavePlace, SaveSettings, SetPin,
    Settings, StillHere, Unlock,
};

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

#[test]
fn a_pin_of_an_older_release_opens_and_is_hashed_anew_with_a_secret_of_the_key_store() {
    let world = World::unlocked();
    let params = Params::new(19 * 1024, 2, 1, None).unwrap();
    let old = Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
    let old = old.hash_password(PIN.as_bytes()).unwrap().to_string();
    let stored = || -> (String, Option<String>) {
        let sql = "SELECT hash, pepper FROM pin";
        world.database().query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
    };
    world.database().execute("UPDATE pin SET hash = ?1, pepper = NULL", [&old]).unwrap();
    world.device.handle(Lock {}).unwrap();
    let wrong = Unlock { person: person(), pin: "000000".into() };
    assert!(world.device.handle(wrong).is_err());
    assert_eq!(stored(), (old.clone(), None));
    world.unlock();
    let (hash, pepper) = stored();
    assert!(hash != old && pepper.is_some());
    world.device.handle(Lock {}).unwrap();
    world.unlock();
    assert_eq!(stored().0, hash, "once is enough");
}

#[test]
fn without_the_secret_of_the_key_store_a_pin_is_set_again_and_never_guessed() {
    let world = World::unlocked();
    world.device.handle(Lock {}).unwrap();
    let secret = world.folder.path().join("keys/pins.secret");
    for lose in
        [|secret: &Path| std::fs::write(secret, "half a secr"), |secret: &Path| std::fs::remove_file(secret)]
    {
        lose(&secret).unwrap();
        let state = world.device.handle(GetState {}).unwrap();
        assert!(state.people.iter().all(|line| !line.has_pin), "the screen asks for a personal code");
    }
    let right = Unlock { person: person(), pin: PIN.into() };
    assert_eq!(world.device.handle(right).unwrap_err(), CommandError::WrongPin { wait_s: 0 });
}

#[test]
fn a_tablet_that_nobody_touches_locks_and_comes_back_to_the_same_place() {
    let world = World::unlocked();
    let visit = world.sign_in();
    let record = world.open_record(visit);
    let place = Place { path: format!("/record/{record}"), field: None };
    world.device.handle(SavePlace { place: place.clone() }).unwrap();
    world.save(record, "footer/remark", "还没写完").unwrap();
    let minutes = |minutes: i64| world.clock.pass(minutes * 60);
    for _ in 0..3 {
        minutes(14);
        world.device.handle(StillHere {}).unwrap();
    }
    minutes(14);
    // What screens ask by themselves is no touch.
    world.device.handle(GetToday {}).unwrap();
    minutes(1);
    assert_eq!(world.device.handle(GetToday {}).unwrap_err(), CommandError::Locked);
    world.device.handle(StillHere {}).unwrap();
    assert!(world.device.handle(GetState {}).unwrap().person.is_none(), "a touch opens nothing");
    assert_eq!(world.unlock().place, Some(place));
    let answers = world.record(record).answers;
    assert_eq!(answers.text(&"footer/remark".parse().unwrap()), Some("还没写完"));

    let settings = Settings { lock_after: LockAfter::Five, ..Settings::default() };
    world.device.handle(SaveSettings { settings }).unwrap();
    minutes(5);
    assert_eq!(world.device.handle(GetToday {}).unwrap_err(), CommandError::Locked);
    let never = Settings { lock_after: LockAfter::Sixty, ..settings };
    let change = |settings| world.device.handle(SaveSettings { settings });
    assert_eq!(
        change(never).unwrap_err(),
        CommandError::Locked,
        "whoever finds it locked cannot keep it open"
    );
    change(Settings { language: Language::En, ..settings }).unwrap();
    world.unlock();
}
