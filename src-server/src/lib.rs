//! The supervision system: takes evidence from tablets, keeps it, shows it to people.
//!
//! [`App`] is the server without its socket: `serve` and tests put its [`App::router`] where they like.

pub mod access;
mod api;
mod app;
pub mod backup;
mod confirmation;
mod definition;
mod faults;
mod guard;
mod history;
pub mod import;
mod metrics;
mod plan;
mod portal;
pub mod recovery;
pub mod register;
mod review;
pub mod route;
mod routes;
pub mod secret;
mod serve;
mod sign_ins;
pub mod store;
mod turns;
mod watch;
mod words;

pub use api::document as openapi;
pub use app::{App, Clock, Config, OpenError};
pub use serve::{ServeError, Tls, TlsError, serve};
