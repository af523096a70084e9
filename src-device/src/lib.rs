//! What the app does with a machine: store, photos, sync, position, keys.
//!
//! [`Device`] holds all handlers behind the commands; a shell only hands on. Handlers block and may be called from any
//! thread, but not from inside an async context without `spawn_blocking`.

pub mod archive;
mod care;
pub mod clock;
mod darkroom;
mod definitions;
mod device;
mod door;
mod error;
pub mod export;
mod files;
mod handle;
pub mod handover;
#[cfg(feature = "host")]
pub mod host;
pub mod http;
pub mod key_copy;
pub mod keys;
mod network;
pub mod photo;
pub mod plate;
pub mod position;
pub mod seal;
mod space;
mod start;
pub mod store;
mod sync;
mod witness;

pub use definitions::ImportError;
pub use device::{Config, Device, Handle, OpenError, Parts, Positions};
pub use door::Door;
pub use error::Error;
pub use network::Network;
pub use space::FreeBytes;
pub use sync::Patience;
