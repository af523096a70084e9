//! The window.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::path::PathBuf;

use stackside_device::{Config, Positions};
use stackside_tauri::{attach, with_commands};
use tauri::{Manager, RunEvent};

/// How fast a recorded track is walked.
const GPX_SPEED: f64 = 1.0;

fn main() {
    if let Err(error) = run() {
        eprintln!("stackside: {error}");
        std::process::exit(1);
    }
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    let unset = |name| std::env::var_os(name).is_none_or(|value| value.is_empty());
    if cfg!(target_os = "linux") && unset("DISPLAY") && unset("WAYLAND_DISPLAY") {
        return Err("no display: start it in a desktop, or use stackside-host and a browser".into());
    }
    // The window comes with `run`: whatever fails before is told in one line.
    let app = with_commands(tauri::Builder::default()).build(tauri::generate_context!())?;
    let data = match std::env::var_os("STACKSIDE_DATA") {
        Some(folder) => PathBuf::from(folder),
        None => app.path().app_data_dir()?,
    };
    let positions = match std::env::var_os("STACKSIDE_GPX") {
        Some(file) => Positions::Gpx { file: file.into(), speed: GPX_SPEED },
        None => Positions::None,
    };
    let model = format!("{} {}", std::env::consts::OS, std::env::consts::ARCH);
    let door = attach(&app, Config { data, positions, model });
    // The screens say it too, and what to do.
    if let Err(error) = door.device() {
        eprintln!("stackside: {error}");
    }
    app.run(move |_, event| {
        if let RunEvent::Exit = event {
            door.close();
        }
    });
    Ok(())
}
