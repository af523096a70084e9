//! The handlers behind the commands, one file for each part of the app.

mod answer;
mod app;
mod bottle;
mod confirmation;
mod correct;
mod countersign;
mod day;
mod due;
mod elsewhere;
mod fault;
mod handover;
mod history;
mod known;
mod pause;
mod people;
mod photo;
mod plate;
mod plausible;
mod point;
mod position;
mod record;
mod review;
mod sign;
mod standing;
mod sync;
mod view;
mod visit;
mod void;

pub(crate) use fault::note as note_fault;
pub(crate) use record::words;
pub(crate) use review::draw as draw_review;
