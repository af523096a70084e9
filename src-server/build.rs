//! Cargo does not notice a new SQL file by itself.
fn main() {
    println!("cargo:rerun-if-changed=../migrations/server");
}
