//! Building blocks that know nothing of the app; each with its CSS beside it.

pub mod camera;
pub mod chips;
pub mod choice;
pub mod dialog;
pub mod digits;
pub mod door;
pub mod facts;
pub mod fence_map;
pub mod field;
pub mod icon;
pub mod input;
pub mod notice;
pub mod pad;
pub mod page;
pub mod progress;
pub mod row;
pub mod search;
pub mod signature;
pub mod states;
pub mod steps;
pub mod tone;
pub mod verdict;
