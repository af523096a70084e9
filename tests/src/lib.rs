//! Journeys through device and server together: builders and fakes for the tests in `tests/`, and the demo.

pub mod chain;
pub mod chance;
pub mod chaos;
pub mod clock;
pub mod conversation;
pub mod demo;
pub mod draft;
pub mod http;
pub mod hurry;
pub mod photo;
pub mod program;
pub mod proxy;
pub mod reader;
pub mod server;
pub mod shell;
pub mod tablet;
pub mod technician;
pub mod wait;
pub mod work;

/// What goes wrong while building or asking; the text names the thing.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// The demo city's ids (demo/).
pub mod city {
    /// 运维机构.
    pub const OPERATOR: &str = "demo-operator";
    /// A technician.
    pub const PERSON: &str = "demo-tech-a";
    /// Another.
    pub const OTHER_PERSON: &str = "demo-tech-b";
    /// The stack that the track walks to.
    pub const POINT: &str = "demo-stack-1";
    /// Where its station house stands.
    pub const PLACE: stackside_core::geofence::Position =
        stackside_core::geofence::Position { longitude: 112.9, latitude: 40.0 };
    /// The form that is filled there.
    pub const FORM: &str = "HJ75-G4";

    /// The repository's root.
    pub fn root() -> &'static std::path::Path {
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(std::path::Path::new("."))
    }
}
