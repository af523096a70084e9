//! The app without its machine: no clock, disk, network or window. Time, new ids and positions come in as arguments.
//!
//! The same code judges on the screen while typing, on the device when signing, and on the server.

pub mod act;
pub mod calendar;
pub mod canonical;
pub mod clock;
pub mod command;
pub mod confirmation;
pub mod crs;
pub mod decimal;
pub mod definition;
pub mod due;
pub mod evidence;
pub mod export;
pub mod fault;
pub mod form;
pub mod geofence;
pub mod hash;
pub mod id;
pub mod judge;
pub mod mark;
pub mod pause;
pub mod photo;
pub mod plan;
pub mod plate;
pub mod plausible;
pub mod proven;
pub mod record;
pub mod register;
pub mod review;
pub mod rulebook;
pub mod storage;
pub mod sync;
pub mod trust;
pub mod verify;
pub mod visit;
pub mod wire;
