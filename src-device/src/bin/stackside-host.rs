//! The development host.
fn main() {}
