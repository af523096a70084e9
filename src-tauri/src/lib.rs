//! The shell: hands commands on to the device and its events to the screens. It has no rules of its own.

mod commands;

use stackside_core::command::Event;
use stackside_device::Device;
use tauri::{App, Emitter, Manager, Runtime};
use tokio::sync::broadcast::error::RecvError;

pub use commands::{NAMES, with_commands};

/// The name under which the screens hear [`Event`]s.
pub const EVENT: &str = "stackside";

/// Gives an app its device: from now on its commands answer and its screens hear events.
pub fn attach<R: Runtime>(app: &App<R>, device: Device) {
    let mut events = device.events();
    app.manage(device);
    let screens = app.handle().clone();
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
