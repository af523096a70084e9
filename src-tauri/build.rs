//! Reads tauri.conf.json; says in one line what to do where the screens are not built.

fn main() {
    println!("cargo::rerun-if-changed=../src-ui/dist");
    if !std::path::Path::new("../src-ui/dist/index.html").exists() {
        println!("cargo::error=the screens are not there: build the screens first: make ui");
        return;
    }
    if let Err(error) = tauri_build::try_build(tauri_build::Attributes::new()) {
        println!("cargo::error={}", format!("{error:#}").replace('\n', " "));
    }
}
