//! A route with who may use it, in one value: what is declared is what is enforced.

use axum::http::Method;
use axum::routing::MethodRouter;

use crate::App;

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anyone.
    Public,
    /// An enrolled device, by its token.
    Device,
    /// Whoever has the token for machines; this machine itself where there is none.
    Machine,
    /// A person who is logged in; what is shown is limited to the person's organisation.
    Person,
}

/// One route.
pub struct Route {
    /// Its method.
    pub method: Method,
    /// Its path, as axum writes it.
    pub path: &'static str,
    /// Who may use it.
    pub access: Access,
    pub(crate) handler: MethodRouter<App>,
}

impl Route {
    pub(crate) fn new(
        method: Method,
        path: &'static str,
        access: Access,
        handler: MethodRouter<App>,
    ) -> Self {
        Self { method, path, access, handler }
    }
}

/// All routes of this server.
pub fn all() -> Vec<Route> {
    crate::routes::all()
}
