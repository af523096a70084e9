//! The shell: hands commands on to the device and its events to the screens. It has no rules of its own.

mod commands;

use stackside_core::command::Event;
use stackside_device::{Config, Device, Door};
use tauri::{App, AppHandle, Emitter, Manager, Runtime};
use tokio::sync::broadcast::error::RecvError;

pub use commands::{NAMES, with_commands};

/// The name under which the screens hear [`Event`]s.
pub const EVENT: &str = "stackside";

/// Gives an app the door to its device: from now on its commands answer and, once it is open, its screens hear events.
pub fn attach<R: Runtime>(app: &App<R>, config: Config) -> Door {
    let screens = app.handle().clone();
    let door = Door::new(move || {
        let device = Device::open(config.clone())?;
        hear(&device, screens.clone());
        Ok(device)
    });
    app.manage(door.clone());
    door
}

fn hear<R: Runtime>(device: &Device, screens: AppHandle<R>) {
    let mut events = device.events();
    tauri::async_runtime::spawn(async move {
        loop {
            let event = match events.recv().await {
                Ok(event) => event,
                // Some were missed: looking at everything again makes up for them.
                Err(RecvError::Lagged(_)) => Event::Store,
                Err(RecvError::Closed) => break,
            };
            if screens.emit(EVENT, event).is_err() {
                break; // no window is left to hear it
            }
        }
    });
}
