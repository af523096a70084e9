//! Exports of a real tablet with a real server's receipts: clean ones hold, forged ones are named at their place.
#![expect(clippy::unwrap_used, reason = "what helps a test is a test")]

mod clean;
mod forge;
mod program;
mod tamper;
mod world;
