//! A photo or document of a visit or a record that the person may see.

use axum::Extension;
use axum::extract::{Path, Request, State};
use axum::http::Method;
use axum::response::Response;
use axum::routing::get;
use rusqlite::named_params;
use stackside_core::hash::Hash;

use super::{failed, not_found};
use crate::App;
use crate::access::PersonCaller;
use crate::api::FileAnswer;
use crate::route::{Access, Route};
use crate::store::StoreError;

pub(super) fn routes() -> Vec<Route> {
    vec![Route::new(Method::GET, "/files/{sha256}", Access::Person, get(show))]
}

async fn show(
    State(app): State<App>,
    Extension(caller): Extension<PersonCaller>,
    Path(sha256): Path<String>,
    request: Request,
) -> Response {
    let headers = request.headers().clone();
    let Ok(sha256) = sha256.parse::<Hash>() else { return not_found(&headers) };
    let files = app.files().clone();
    let held = app.store().read(move |tx| {
        // What a visit names, and what a record of desk work names.
        let of = |table: &str, reference: &str| {
            format!(
                "SELECT work.operator FROM {table} AS work
                 LEFT JOIN point ON point.id = work.point
                 JOIN file_reference AS file ON file.{reference} = work.id AND file.operator = work.operator
                 WHERE file.sha256 = :sha256 AND {}",
                caller.visible()
            )
        };
        let mut query = tx.prepare(&format!("{} UNION {}", of("visit", "visit"), of("record", "record")))?;
        let operators = query.query_map(
            named_params! { ":sha256": sha256.to_string(), ":organisation": caller.organisation },
            |row| row.get::<_, String>(0),
        )?;
        for operator in operators {
            if files.held(tx, &sha256, &operator?)?.is_some() {
                return Ok(true);
            }
        }
        Ok::<_, StoreError>(false)
    });
    match held.await {
        Ok(true) => match app.files().answer(&sha256, request).await {
            FileAnswer::Bytes(response) => response,
            FileAnswer::Gone => not_found(&headers),
        },
        Ok(false) => not_found(&headers),
        Err(error) => failed(&error, &headers),
    }
}
