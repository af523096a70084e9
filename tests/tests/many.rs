//! Many tablets at once. `STACKSIDE_TABLETS` says how many; `make torture` has 50.

#![expect(clippy::unwrap_used, reason = "what helps a test is a test")]

use std::collections::BTreeSet;
use std::time::Instant;

use stackside_core::command::GetSync;
use stackside_core::hash::Hash;
use stackside_core::sync::SyncTrouble;
use stackside_tests::chance::{Chance, number};
use stackside_tests::hurry::memory_bytes;
use stackside_tests::proxy::CutProxy;
use stackside_tests::server::Server;
use stackside_tests::shell::Shell;
use stackside_tests::tablet::Tablet;
use stackside_tests::technician::{sign_in, sign_out, snap, sync_until_held};
use stackside_tests::wait::until;
use stackside_tests::{chain, city};

const ENTRIES: u64 = 200;
const PHOTOS: u64 = 20;
const MOST_MEMORY: u64 = 600 * 1024 * 1024;

/// A tablet with a long day behind it, that it could not send yet.
fn full(server: &Server, line: &CutProxy, n: u64) -> (Tablet, BTreeSet<Hash>) {
    let (tablet, mut visit) = Tablet::in_a_visit(server, &line.url(), city::PERSON).unwrap();
    line.down();
    let (mut chance, mut photos) = (Chance(n), BTreeSet::new());
    for _ in 0..PHOTOS {
        let size = 20_000 + chance.below(40_000);
        let jpeg = chance.jpeg_of(size as usize).unwrap();
        photos.insert(snap(&tablet, visit, &jpeg).unwrap().sha256);
    }
    while tablet.call(&GetSync {}).unwrap().line.entries_waiting < ENTRIES {
        sign_out(&tablet, visit).unwrap();
        visit = sign_in(&tablet, city::POINT).unwrap();
    }
    (tablet, photos)
}

#[test]
fn many_tablets_with_a_long_day_each_hand_it_over_at_once() {
    let tablets = number("STACKSIDE_TABLETS").unwrap_or(10);
    let server = Server::start().unwrap();
    // Each has a line of its own, so that one after the other is filled while the others wait.
    let lines: Vec<CutProxy> = (0..tablets).map(|_| CutProxy::start(server.address()).unwrap()).collect();
    let full: Vec<_> = (0..).zip(&lines).map(|(n, line)| full(&server, line, n)).collect();
    let (before, _) = memory_bytes("self").unwrap();

    let start = Instant::now();
    lines.iter().for_each(CutProxy::up);
    std::thread::scope(|scope| {
        for (tablet, _) in &full {
            scope.spawn(|| {
                sync_until_held(tablet).unwrap();
                until("end of all trouble", || {
                    let trouble = tablet.call(&GetSync {})?.line.trouble;
                    Ok((trouble == SyncTrouble::None).then_some(()))
                })
                .unwrap();
            });
        }
    });
    let took = start.elapsed();
    let (_, most) = memory_bytes("self").unwrap();
    let entries = chain::count(&server.app, "SELECT COUNT(*) FROM entry").unwrap();
    println!(
        "{tablets} tablets: {entries} entries and {} photos in {took:?}; memory {} MiB, before {} MiB",
        tablets * PHOTOS,
        most >> 20,
        before >> 20
    );
    for (tablet, photos) in &full {
        let held = chain::on_server(&server.app, tablet.id().unwrap()).unwrap();
        assert!(chain::kinds(&held, server.app.public_key()).unwrap().len() as u64 >= ENTRIES);
        for sha256 in photos {
            let name = sha256.to_string();
            let bytes = std::fs::read(server.folder().join("files").join(&name[..2]).join(&name)).unwrap();
            assert_eq!(Hash::of(&bytes), *sha256);
        }
    }
    assert_eq!(chain::count(&server.app, "SELECT COUNT(*) FROM file").unwrap(), tablets * PHOTOS);
    assert!(most < MOST_MEMORY, "{most} bytes of memory");
}
