//! The way from a shell to its device. Where the data folder cannot be opened, the screens are told why, and every further
//! command tries again: what stood in the way may be gone.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use stackside_core::command::{CommandError, OpenTrouble};

use crate::device::{Device, OpenError};
use crate::store::StoreError;

type Open = dyn Fn() -> Result<Device, OpenError> + Send;

/// A device that is open, or may be opened later.
#[derive(Clone)]
pub struct Door(Arc<Mutex<Leaf>>);

enum Leaf {
    Shut(Box<Open>),
    Open(Device),
    Closed,
}

impl Door {
    /// A door that is opened by the first command; `open` is tried until it works.
    pub fn new(open: impl Fn() -> Result<Device, OpenError> + Send + 'static) -> Self {
        Self(Arc::new(Mutex::new(Leaf::Shut(Box::new(open)))))
    }

    /// The device, opened first where it is not. Blocks until it is.
    pub fn device(&self) -> Result<Device, CommandError> {
        let mut leaf = self.leaf();
        let open = match &*leaf {
            Leaf::Open(device) => return Ok(device.clone()),
            Leaf::Closed => return Err(CommandError::Closed),
            Leaf::Shut(open) => open,
        };
        match open() {
            Ok(device) => {
                *leaf = Leaf::Open(device.clone());
                Ok(device)
            }
            Err(error) => {
                tracing::error!(%error, "the data folder was not opened");
                Err(CommandError::NotOpened { why: trouble(&error) })
            }
        }
    }

    /// Closes the device, if it is open. It is not opened again.
    pub fn close(&self) {
        if let Leaf::Open(device) = std::mem::replace(&mut *self.leaf(), Leaf::Closed) {
            device.close();
        }
    }

    fn leaf(&self) -> MutexGuard<'_, Leaf> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl From<Device> for Door {
    fn from(device: Device) -> Self {
        Self(Arc::new(Mutex::new(Leaf::Open(device))))
    }
}

/// What a technician can do about it.
fn trouble(error: &OpenError) -> OpenTrouble {
    match error {
        OpenError::InUse { .. } => OpenTrouble::InUse,
        OpenError::Folder { source, .. } if crate::error::is_full(source) => OpenTrouble::DiskFull,
        OpenError::Store { source, .. } => match source {
            StoreError::Newer { .. } => OpenTrouble::NewerApp,
            StoreError::KeyMissing | StoreError::WrongKey => OpenTrouble::NoKey,
            StoreError::Io(source) if crate::error::is_full(source) => OpenTrouble::DiskFull,
            StoreError::Sqlite(source)
                if source.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull) =>
            {
                OpenTrouble::DiskFull
            }
            _ => OpenTrouble::Other,
        },
        _ => OpenTrouble::Other,
    }
}
