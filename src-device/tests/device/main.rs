//! The device through its commands, on real files and against a scripted server.
#![expect(clippy::unwrap_used, reason = "clippy allows it in tests only, not in their helpers")]

mod answers;
mod backups;
mod bottles;
mod city;
mod clocks;
mod confirmations;
mod corrections;
mod damaged;
mod definitions;
mod desk;
mod door;
mod export;
mod faults;
mod field;
mod filler;
mod forms;
mod full;
#[cfg(feature = "host")]
mod handover;
mod host;
mod idle;
mod inspections;
mod keys;
mod people;
mod photos;
mod plates;
mod plausible;
mod released;
mod reviews;
mod sealed;
mod search;
mod server;
mod signing;
mod space;
mod start;
mod sync;
mod vault;
mod world;
