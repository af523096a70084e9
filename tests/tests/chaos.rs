//! A tablet whose network lies three times out of ten. `STACKSIDE_SEED` chooses how, `STACKSIDE_OPERATIONS` says for how
//! long; `make torture` has 100 000.

#![expect(clippy::print_stdout, reason = "it tells what it went through")]

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use stackside_core::command::{GetSync, SyncNow};
use stackside_core::hash::Hash;
use stackside_core::id::VisitId;
use stackside_core::sync::SyncTrouble;
use stackside_tests::chance::{self, Chance};
use stackside_tests::chaos::{ChaosProxy, Fate};
use stackside_tests::hurry::{Hurry, memory_bytes};
use stackside_tests::server::Server;
use stackside_tests::shell::Shell;
use stackside_tests::tablet::Tablet;
use stackside_tests::technician::{sign_in, sign_out, snap, sync_until_held};
use stackside_tests::{Result, chain, city};

/// So long a server may say nothing: what trickles or is lost costs it each time.
const SILENCE: Duration = Duration::from_millis(400);
const FAULTS_PERCENT: u64 = 30;
const MOST_MEMORY: u64 = 400 * 1024 * 1024;

/// One thing that a technician does; photos are noted.
fn operate(
    tablet: &Tablet,
    visit: &mut VisitId,
    chance: &mut Chance,
    photos: &mut BTreeSet<Hash>,
) -> Result<()> {
    if chance.below(5) < 3 {
        let size = 2000 + chance.below(30_000);
        let jpeg = chance.jpeg_of(size as usize)?;
        photos.insert(snap(tablet, *visit, &jpeg)?.sha256);
    } else {
        sign_out(tablet, *visit)?;
        *visit = sign_in(tablet, city::POINT)?;
    }
    tablet.call(&SyncNow {})?;
    Ok(())
}

fn live_through_it(seed: u64, operations: u64) -> Result<()> {
    let start = Instant::now();
    let server = Server::start()?;
    let network = ChaosProxy::start(server.address(), seed)?;
    let hurry = Hurry::new(SILENCE);
    let (tablet, mut visit) = Tablet::in_a_hurry(&server, &network.url(), city::PERSON, hurry.clone())?;
    let (mut chance, mut photos) = (Chance(seed ^ 1), BTreeSet::new());
    network.faults(FAULTS_PERCENT);
    for n in 0..operations {
        operate(&tablet, &mut visit, &mut chance, &mut photos)?;
        // Without this the network would see few long batches instead of many short ones.
        while n % 4 == 3 && tablet.call(&GetSync {})?.line.files_waiting > 8 {
            tablet.call(&SyncNow {})?;
            std::thread::yield_now();
        }
    }
    let view = sync_until_held(&tablet)?;
    let (requests, met) = network.tally();
    let (_, memory) = memory_bytes("self")?;
    println!(
        "{operations} operations, {requests} requests, {} entries, {} photos in {:?}; {} MiB; would have waited {:?}\n{met:?}",
        view.entries_held,
        photos.len(),
        start.elapsed(),
        memory >> 20,
        hurry.waited(),
    );

    let held = chain::on_server(&server.app, tablet.id()?)?;
    let kinds = chain::kinds(&held, server.app.public_key())?;
    assert_eq!(kinds.len() as u64, view.entries_held, "each entry is held, once");
    assert_ne!(view.line.trouble, SyncTrouble::Forked);
    assert_eq!(chain::count(&server.app, "SELECT COUNT(*) FROM fork")?, 0);
    assert_eq!(chain::count(&server.app, "SELECT COUNT(*) FROM file")?, photos.len() as u64);
    for sha256 in &photos {
        let name = sha256.to_string();
        let bytes = std::fs::read(server.folder().join("files").join(&name[..2]).join(&name))?;
        assert_eq!(Hash::of(&bytes), *sha256, "what lies on the server is the photo");
    }
    for (fault, met) in met {
        assert!(operations < 1000 || met > 0, "{fault:?} never happened");
    }
    assert!(memory < MOST_MEMORY, "{memory} bytes of memory");
    Ok(())
}

#[test]
fn whatever_a_network_does_each_entry_and_photo_arrives_once_and_whole() {
    let seed = chance::seed();
    let operations = chance::number("STACKSIDE_OPERATIONS").unwrap_or(1000);
    live_through_it(seed, operations)
        .unwrap_or_else(|error| panic!("{error}; again with STACKSIDE_SEED={seed}"));
}

#[test]
fn every_single_fault_is_survived_by_itself() {
    // The faults are drawn evenly: a few seeds with nothing but faults meet each of them at first, second and third place.
    for seed in 0..4 {
        let server = Server::start().unwrap();
        let network = ChaosProxy::start(server.address(), seed).unwrap();
        let hurry = Hurry::new(SILENCE);
        let (tablet, visit) = Tablet::in_a_hurry(&server, &network.url(), city::PERSON, hurry).unwrap();
        network.faults(70);
        let jpeg = Chance(seed).jpeg_of(20_000).unwrap();
        snap(&tablet, visit, &jpeg).unwrap();
        sync_until_held(&tablet).unwrap();
        let (_, met) = network.tally();
        assert!(met.iter().any(|(fate, met)| *fate != Fate::Delay && *met > 0), "{met:?}");
    }
}
