//! The handlers behind the commands, one file for each part of the app.

mod answer;
mod app;
mod bottle;
mod correct;
mod countersign;
mod day;
mod due;
mod elsewhere;
mod handover;
mod history;
mod known;
mod people;
mod photo;
mod plate;
mod plausible;
mod point;
mod position;
mod record;
mod sign;
mod standing;
mod sync;
mod view;
mod visit;
mod void;

pub(crate) use record::words;
