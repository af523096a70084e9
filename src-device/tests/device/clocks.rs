//! What happens to the clocks stands in the log, and moves no time.

use stackside_core::act::Act;
use stackside_core::clock::{TimeProof, shanghai_date};
use stackside_core::command::{GetVisit, SignIn};
use stackside_device::Handle;

use super::world::{World, point};

const DAY: i64 = 86_400;

/// What the log says of clocks, in order.
fn told(world: &World) -> Vec<Act> {
    let of_clocks =
        |act: &Act| matches!(act, Act::ClockJumped { .. } | Act::ZoneChanged { .. } | Act::Restarted { .. });
    world.entries().iter().map(|(_, entry)| entry.read_act().unwrap()).filter(of_clocks).collect()
}

fn jump(moved_ms: i64) -> Act {
    Act::ClockJumped { moved_ms }
}

#[test]
fn each_thing_that_clocks_do_is_an_entry_before_the_next_act() {
    type Story = fn(&World);
    let stories: [(&str, Story, Vec<Act>); 7] = [
        ("an hour asleep", |world| world.pass(3600), vec![]),
        ("30 seconds off", |world| world.clock.set_wall_forward(30), vec![]),
        ("an hour back", |world| world.clock.set_wall_forward(-3600), vec![jump(-3_600_000)]),
        (
            "another zone",
            |world| world.clock.set_zone(0),
            vec![Act::ZoneChanged { from_minutes: 480, to_minutes: 0 }],
        ),
        ("off for a minute", |world| world.clock.restart(60), vec![Act::Restarted { wall_moved_ms: 60_000 }]),
        (
            "off, and a day back",
            |world| world.clock.restart(60 - DAY),
            vec![Act::Restarted { wall_moved_ms: (60 - DAY) * 1000 }],
        ),
        (
            "all of it",
            |world| {
                world.clock.restart(60);
                world.clock.set_zone(9);
            },
            vec![
                Act::Restarted { wall_moved_ms: 60_000 },
                Act::ZoneChanged { from_minutes: 480, to_minutes: 540 },
            ],
        ),
    ];
    for (name, happens, want) in stories {
        let world = World::unlocked();
        world.until_all_is_held();
        happens(&world);
        world.sign_in();
        assert_eq!(told(&world), want, "{name}");
        assert_eq!(world.kinds().last().unwrap(), "signed_in", "{name}");
    }
}

#[test]
fn one_day_back_fill_and_forward_again_is_told_before_anything_is_signed() {
    let world = World::unlocked();
    let visit = world.sign_in();
    let record = world.open_record(visit);
    world.until_all_is_held();
    world.clock.set_wall_forward(-DAY);
    world.fill(visit, record);
    world.clock.set_wall_forward(DAY);
    world.save(record, "footer/remark", "补填").unwrap();
    world.sign(visit, &[record]).unwrap();
    world.until_all_is_held();
    assert_eq!(told(&world), [jump(-DAY * 1000), jump(DAY * 1000)]);
    world.save(world.open_record(visit), "footer/remark", "一切正常").unwrap();
    assert_eq!(told(&world).len(), 2, "told once");
}

#[test]
fn a_day_is_right_by_satellite_time_whatever_the_wall_clock_says() {
    let world = World::unlocked();
    world.stand_at_the_point();
    let satellites = world.clock_wall().to_utc();
    world.fix_at(120.0, 30.0, Some(satellites));
    let visit =
        world.device.handle(SignIn { point: point(), reason: None, photo: None, plate: None }).unwrap();
    world.clock.set_wall_forward(3 * DAY);
    let record = world.open_record(visit);
    world.fill(visit, record);
    world.sign(visit, &[record]).unwrap();
    let (header, _) = world.entries().pop().unwrap();
    let (time, proof) = header.clocks.best_time();
    assert_eq!((header.kind.as_str(), proof), ("record_signed", TimeProof::Satellite));
    assert_eq!(shanghai_date(time), shanghai_date(satellites));
    assert_eq!(header.clocks.wall.to_utc(), satellites + chrono::TimeDelta::days(3), "what it said is kept");
    let view = world.device.handle(GetVisit { visit }).unwrap();
    assert_eq!((view.day, view.day_proof), (shanghai_date(satellites), TimeProof::Satellite));
}

#[test]
fn a_restart_in_the_middle_of_a_visit_leaves_its_time_unproven_until_the_next_fix() {
    let world = World::unlocked();
    world.stand_at_the_point();
    world.fix_at(120.0, 30.0, Some(world.clock_wall().to_utc()));
    let visit =
        world.device.handle(SignIn { point: point(), reason: None, photo: None, plate: None }).unwrap();
    let record = world.open_record(visit);
    world.clock.restart(300);
    let world = world.after_a_kill();
    world.unlock();
    world.fill(visit, record);
    world.sign(visit, &[record]).unwrap();
    assert_eq!(told(&world), [Act::Restarted { wall_moved_ms: 300_000 }]);
    let (header, _) = world.entries().pop().unwrap();
    assert_eq!(header.clocks.best_time().1, TimeProof::Unproven);
}
