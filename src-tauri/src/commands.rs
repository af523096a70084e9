//! One Tauri command for each command of the contract. `(async)` keeps the handlers off the window's thread.

use stackside_core::command::*;
use stackside_device::{Door, Handle};
use tauri::{Builder, Runtime, State};

macro_rules! hand_on {
    ($($name:ident: $type:ident,)+) => {
        /// The commands that the shell answers.
        pub const NAMES: &[&str] = &[$(stringify!($name)),+];

        $(
            #[tauri::command(async)]
            fn $name(args: $type, door: State<'_, Door>) -> Result<<$type as Command>::Reply, CommandError> {
                door.device()?.handle(args)
            }
        )+

        /// Registers all commands, for the real app and for tests on the mock runtime alike.
        pub fn with_commands<R: Runtime>(builder: Builder<R>) -> Builder<R> {
            builder.invoke_handler(tauri::generate_handler![$($name),+])
        }
    };
}
stackside_core::for_each_command!(hand_on);
