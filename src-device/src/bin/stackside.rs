//! Command line of the device.
fn main() {}
