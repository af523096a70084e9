//! Journeys through device and server together.
