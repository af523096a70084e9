//! One file per screen: reads, calls, arranges.

pub mod confirm;
pub mod countersign_dialog;
pub mod differences;
pub mod enrol;
pub mod fault;
pub mod findings;
pub mod form_list;
pub mod handover;
pub mod history;
pub mod photo;
pub mod point;
pub mod points;
pub mod record;
pub mod record_row;
pub mod records;
pub mod review;
pub mod settings;
pub mod sign_dialog;
pub mod sign_in;
pub mod signing;
pub mod storage;
pub mod sync;
pub mod today;
pub mod unlock;
pub mod visit;
pub mod void_dialog;
