//! What kind of network there is.

use stackside_core::sync::NetworkKind;

/// Tells what kind of network there is; Android has its own.
pub trait Network: Send + Sync {
    /// What it is at this moment.
    fn kind(&self) -> NetworkKind;
}

/// A desktop is not told.
#[derive(Debug)]
pub(crate) struct NotTold;

impl Network for NotTold {
    fn kind(&self) -> NetworkKind {
        NetworkKind::Unknown
    }
}
