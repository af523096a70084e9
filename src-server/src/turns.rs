//! How many requests of one tablet are answered at once: one that has gone mad takes neither the memory nor the database
//! from the others.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use stackside_core::id::DeviceId;

/// The app sends one or two at a time; connections that broke unnoticed may hold some more for a while.
pub(crate) const AT_ONCE: usize = 16;

/// The requests that are being answered now, by device.
#[derive(Clone, Default)]
pub(crate) struct Turns(Arc<Mutex<HashMap<DeviceId, usize>>>);

/// A request's turn, until it is dropped.
pub(crate) struct Turn {
    turns: Turns,
    device: DeviceId,
}

impl Turns {
    /// A turn for a device; nothing if it has [`AT_ONCE`] already.
    pub(crate) fn take(&self, device: DeviceId) -> Option<Turn> {
        let mut taken = self.taken();
        let mine = taken.entry(device).or_default();
        if *mine == AT_ONCE {
            return None;
        }
        *mine += 1;
        Some(Turn { turns: self.clone(), device })
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<DeviceId, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut taken = self.turns.taken();
        match taken.get_mut(&self.device) {
            Some(mine) if *mine > 1 => *mine -= 1,
            _ => drop(taken.remove(&self.device)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tablet_with_too_many_requests_at_once_waits_and_others_do_not() {
        let turns = Turns::default();
        let [mad, calm] = [1, 2].map(|n| DeviceId::new(uuid::Uuid::from_u128(n)));
        let mut held: Vec<Turn> = (0..AT_ONCE).map_while(|_| turns.take(mad)).collect();
        assert_eq!(held.len(), AT_ONCE);
        assert!(turns.take(mad).is_none());
        assert!(turns.take(calm).is_some());
        held.pop();
        held.push(turns.take(mad).unwrap());
        assert!(turns.take(mad).is_none());
        drop(held);
        assert!(turns.taken().is_empty(), "nothing is remembered of who is gone");
    }
}
