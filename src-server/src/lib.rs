//! The supervision system.
