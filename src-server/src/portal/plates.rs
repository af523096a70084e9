//! The QR plates of an operator's stations, to be printed: one to a sheet.

use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::Response;
use axum::routing::get;
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use rusqlite::{Transaction, named_params};
use serde::Deserialize;
use stackside_core::plate::PlateCode;
use stackside_core::register::Point;

use super::{Frame, Language, failed, kept, not_found, page};
use crate::App;
use crate::access::{PersonCaller, Role};
use crate::route::{Access, Route};
use crate::store::StoreError;

pub(super) fn routes() -> Vec<Route> {
    vec![Route::new(Method::GET, "/plates", Access::Person, get(show))]
}

#[derive(Deserialize)]
struct Which {
    /// One point; all of them without it.
    point: Option<String>,
}

#[derive(Template)]
#[template(path = "plates.html")]
struct PlatesPage {
    frame: Frame,
    plates: Vec<Plate>,
}

struct Plate {
    discharger: String,
    point: String,
    number: String,
    code: String,
    picture: String,
}

async fn show(
    State(app): State<App>,
    Extension(caller): Extension<PersonCaller>,
    language: Language,
    headers: HeaderMap,
    uri: Uri,
    Query(Which { point }): Query<Which>,
) -> Response {
    // Plates are put up by the operator. Who may see a visit sees its photo of one: docs/plates.md.
    if !may_print(caller.role) {
        return not_found(&headers);
    }
    let words = language.words;
    // As it was asked for: an id may hold signs that an address does not.
    let asked = uri.query().and_then(|query| query.split('&').find(|part| part.starts_with("point=")));
    let here = asked.map_or_else(|| "/plates".to_owned(), |asked| format!("/plates?{asked}"));
    let frame = Frame::new(language, words.plates, Some(&caller), &here);
    let is_one = point.is_some();
    match app.store().read(move |tx| plates(tx, &caller, point.as_deref())).await {
        Ok(plates) if is_one && plates.is_empty() => not_found(&headers),
        Ok(plates) => page(StatusCode::OK, language, &PlatesPage { frame, plates }),
        Err(error) => failed(&error, &headers),
    }
}

/// True for those who put plates up.
pub(super) fn may_print(role: Role) -> bool {
    matches!(role, Role::OperatorAdmin | Role::Supervisor)
}

fn plates(tx: &Transaction<'_>, caller: &PersonCaller, of: Option<&str>) -> Result<Vec<Plate>, StoreError> {
    let mut query = tx.prepare(
        "SELECT row FROM point WHERE operator = :operator AND row ->> '$.plate' IS NOT NULL
             AND (:point IS NULL OR id = :point)
         ORDER BY discharger, row ->> '$.number', id",
    )?;
    let rows = query.query_map(named_params! { ":operator": caller.organisation, ":point": of }, |row| {
        row.get::<_, String>(0)
    })?;
    let mut plates = vec![];
    for row in rows {
        let point: Point = serde_json::from_str(&row?)?;
        let Some(code) = &point.plate else { continue };
        plates.push(Plate {
            discharger: kept::discharger(tx, point.discharger.as_str())?,
            picture: picture(code),
            code: code.as_str().to_owned(),
            point: point.name,
            number: point.number,
        });
    }
    Ok(plates)
}

/// The code as an SVG.
fn picture(code: &PlateCode) -> String {
    drawn(&code.payload())
}

/// A text as a QR code in SVG; it survives scratches that hide a quarter of it.
pub(super) fn drawn(text: &str) -> String {
    match QrCode::with_error_correction_level(text, EcLevel::Q) {
        Ok(drawn) => {
            let text = drawn.render::<svg::Color<'_>>().min_dimensions(320, 320).build();
            text.find("<svg").map(|start| text[start..].to_owned()).unwrap_or_default()
        }
        Err(error) => {
            tracing::error!(%error, "a QR code was not drawn");
            String::new()
        }
    }
}
