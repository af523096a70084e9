//! What the app does with a machine: store, photos, sync, position, keys.
