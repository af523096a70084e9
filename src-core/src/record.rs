//! A record (运维记录): one filled form of a visit. Draft, then signed, then only corrected.

use serde::{Deserialize, Serialize};

/// Where a record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordState {
    /// Being filled.
    Draft,
    /// Signed; never changed again.
    Signed,
}
