//! One visit: who was where when, what was recorded, and the evidence for each of it.

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use axum::routing::get;
use rusqlite::{OptionalExtension, Transaction, named_params};
use stackside_core::act::{Act, SignedIn, Strokes};
use stackside_core::clock::TimeProof;
use stackside_core::evidence::Entry;
use stackside_core::geofence::{Doubt, Provider};
use stackside_core::hash::Hash;
use stackside_core::id::VisitId;
use stackside_core::register::Point;

use super::record::{self, Part};
use super::{Frame, Language, failed, not_found, page, presence_pill, shown_ms, sketch};
use crate::access::PersonCaller;
use crate::api::Files;
use crate::route::{Access, Route};
use crate::store::StoreError;
use crate::words::Words;
use crate::{App, register};

pub(super) fn routes() -> Vec<Route> {
    vec![Route::new(Method::GET, "/visits/{id}", Access::Person, get(show))]
}

/// Where an entry stands in its log, and when it was received.
struct Evidence {
    seq: i64,
    hash: String,
    received: String,
}

struct PhotoView {
    sha256: String,
    short: String,
    is_held: bool,
    is_imported: bool,
}

struct RecordView {
    title: String,
    standard: String,
    version: u32,
    rulebook: String,
    technician: String,
    signed_at: String,
    proof: &'static str,
    parts: Vec<Part>,
    signature: Option<String>,
    photos: Vec<PhotoView>,
    evidence: Evidence,
}

struct Fact {
    label: &'static str,
    value: String,
}

struct Head {
    id: String,
    operator: String,
    point: String,
    technician: String,
    device: String,
    log: String,
    signed_in_ms: i64,
    signed_out_ms: Option<i64>,
    proof: String,
    presence: String,
    seq: i64,
    out: Option<(String, i64)>,
}

#[derive(Template)]
#[template(path = "visit.html")]
struct VisitPage {
    frame: Frame,
    day: String,
    tone: &'static str,
    presence: &'static str,
    facts: Vec<Fact>,
    sketch: String,
    has_fork: bool,
    device: String,
    sign_in: Option<Evidence>,
    sign_out: Option<Evidence>,
    records: Vec<RecordView>,
    photos: Vec<PhotoView>,
}

async fn show(
    State(app): State<App>,
    Extension(caller): Extension<PersonCaller>,
    language: Language,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Response {
    let Ok(id) = id.parse::<VisitId>() else { return not_found(&headers) };
    let files = app.files().clone();
    match app.store().read(move |tx| load(tx, &files, &caller, language, id)).await {
        Ok(Some(visit)) => page(StatusCode::OK, language, &visit),
        Ok(None) => not_found(&headers),
        Err(error) => failed(&error, &headers),
    }
}

fn load(
    tx: &Transaction<'_>,
    files: &Files,
    caller: &PersonCaller,
    language: Language,
    id: VisitId,
) -> Result<Option<VisitPage>, StoreError> {
    let words = language.words;
    let Some(head) = head(tx, caller, id)? else { return Ok(None) };
    let point = register::point(tx, &head.point)?;
    let place = (head.device.as_str(), head.log.as_str());
    let signed_in = match act(tx, place, head.seq)? {
        Some(Act::SignedIn(act)) => Some(act),
        _ => None,
    };
    let title = point.as_ref().map_or_else(|| head.point.clone(), |point| point.name.clone());
    let frame = Frame::new(language, title, Some(caller), &format!("/visits/{}", head.id));
    let (tone, presence) = presence_pill(words, &head.presence);
    let fence = point.as_ref().map(|point| &point.fence);
    let fix = signed_in.as_ref().and_then(|act| act.presence.fix.as_ref());
    let sign_out = match &head.out {
        Some((log, seq)) => evidence(tx, (&head.device, log), *seq)?,
        None => None,
    };
    Ok(Some(VisitPage {
        day: shown_ms(head.signed_in_ms).split(' ').next().unwrap_or_default().to_owned(),
        tone,
        presence,
        facts: facts(tx, words, &head, point.as_ref(), signed_in.as_ref())?,
        sketch: sketch::draw(fence, fix, words.north),
        has_fork: tx.query_row(
            "SELECT EXISTS (SELECT 1 FROM fork WHERE device = :device)",
            named_params! { ":device": head.device },
            |row| row.get(0),
        )?,
        sign_in: evidence(tx, place, head.seq)?,
        sign_out,
        records: records(tx, files, words, &head)?,
        photos: photos(tx, files, &head, None)?,
        device: head.device,
        frame,
    }))
}

fn head(tx: &Transaction<'_>, caller: &PersonCaller, id: VisitId) -> Result<Option<Head>, StoreError> {
    let query = format!(
        "SELECT visit.id, visit.operator, visit.point, visit.technician, visit.device, visit.log,
             visit.signed_in_ms, visit.signed_out_ms, visit.proof, visit.presence, visit.seq,
             visit.out_log, visit.out_seq
         FROM visit LEFT JOIN point ON point.id = visit.point WHERE visit.id = :id AND {}",
        caller.visible()
    );
    let parameters = named_params! { ":id": id.to_string(), ":organisation": caller.organisation };
    let head = tx.query_row(&query, parameters, |row| {
        Ok(Head {
            id: row.get(0)?,
            operator: row.get(1)?,
            point: row.get(2)?,
            technician: row.get(3)?,
            device: row.get(4)?,
            log: row.get(5)?,
            signed_in_ms: row.get(6)?,
            signed_out_ms: row.get(7)?,
            proof: row.get(8)?,
            presence: row.get(9)?,
            seq: row.get(10)?,
            out: row.get::<_, Option<String>>(11)?.zip(row.get(12)?),
        })
    });
    Ok(head.optional()?)
}

fn facts(
    tx: &Transaction<'_>,
    words: &'static Words,
    head: &Head,
    point: Option<&Point>,
    signed_in: Option<&SignedIn>,
) -> Result<Vec<Fact>, StoreError> {
    let mut facts = vec![];
    let mut fact = |label, value: String| {
        if !value.is_empty() {
            facts.push(Fact { label, value });
        }
    };
    match point {
        Some(point) => {
            fact(words.discharger, name_of(tx, "discharger", point.discharger.as_str())?);
            fact(words.point, format!("{}（{}）", point.name, point.number));
        }
        None => fact(words.point, format!("{}（{}）", head.point, words.unknown_point)),
    }
    fact(words.technician, technician(tx, &head.technician, &head.operator)?);
    let proof = if head.proof == "satellite" { words.proven } else { words.unproven };
    fact(words.signed_in, format!("{}（{proof}）", shown_ms(head.signed_in_ms)));
    fact(words.signed_out, head.signed_out_ms.map_or_else(|| words.still_there.to_owned(), shown_ms));
    let Some(act) = signed_in else { return Ok(facts) };
    if let Some(metres) = act.presence.distance_m {
        fact(words.distance, format!("{metres:.1} m（{}）", words.distance_note));
    }
    if let Some(radius) = act.presence.radius_95_m() {
        fact(words.accuracy, format!("{radius:.1} m"));
    }
    if let Some(fix) = &act.presence.fix {
        let provider = match fix.provider {
            Provider::Gps => words.gps,
            Provider::Network => words.network,
            Provider::Replay => words.replay,
        };
        fact(words.provider, provider.to_owned());
    }
    let doubt = act.presence.doubt.map(|doubt| match doubt {
        Doubt::NoFix => words.no_fix,
        Doubt::Mocked => words.mocked,
        Doubt::NetworkOnly => words.network_only,
    });
    fact(words.presence, doubt.unwrap_or_default().to_owned());
    fact(words.reason, act.reason.clone().unwrap_or_default());
    Ok(facts)
}

fn records(
    tx: &Transaction<'_>,
    files: &Files,
    words: &'static Words,
    head: &Head,
) -> Result<Vec<RecordView>, StoreError> {
    let mut query = tx.prepare(
        "SELECT id, device, log, seq, technician FROM record WHERE visit = :visit AND operator = :operator
         ORDER BY signed_ms, id",
    )?;
    let rows = query.query_map(named_params! { ":visit": head.id, ":operator": head.operator }, |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
    })?;
    let mut views = vec![];
    for row in rows {
        let (id, device, log, seq, person): (String, String, String, i64, String) = row?;
        let Some(entry) = entry(tx, (&device, &log), seq)? else { continue };
        let (Ok(header), Ok(Act::RecordSigned(content))) = (entry.read_header(), entry.read_act()) else {
            continue;
        };
        let Some(evidence) = evidence(tx, (&device, &log), seq)? else { continue };
        let form = record::form_of(&content);
        let name = |instrument: &str| match register::instrument(tx, instrument) {
            Ok(Some(instrument)) => instrument.factor,
            _ => instrument.to_owned(),
        };
        let (time, proof) = header.clocks.best_time();
        views.push(RecordView {
            title: form
                .as_ref()
                .map_or(content.form.to_string(), |f| record::text(&f.title, words).to_owned()),
            standard: form.as_ref().map(|f| record::text(&f.standard, words).to_owned()).unwrap_or_default(),
            version: content.form_version,
            rulebook: format!("{} v{}", content.rulebook, content.rulebook_version),
            technician: technician(tx, &person, &head.operator)?,
            signed_at: stackside_core::clock::shown_time(time),
            proof: match proof {
                TimeProof::Satellite => words.proven,
                TimeProof::Unproven => words.unproven,
            },
            parts: record::parts(&content, form.as_ref(), words, name),
            signature: signature(tx, files, &content.signature.sha256, &head.operator)?,
            photos: photos(tx, files, head, Some(&id))?,
            evidence,
        });
    }
    Ok(views)
}

/// The photos of a record, or those of the visit that no record names.
fn photos(
    tx: &Transaction<'_>,
    files: &Files,
    head: &Head,
    record: Option<&str>,
) -> Result<Vec<PhotoView>, StoreError> {
    let mut query = tx.prepare(
        "SELECT sha256, MAX(source = 'imported') FROM file_reference
         WHERE visit = :visit AND operator = :operator AND role <> 'signature'
         GROUP BY sha256 HAVING MAX(record) IS :record ORDER BY MIN(seq)",
    )?;
    let parameters = named_params! { ":visit": head.id, ":operator": head.operator, ":record": record };
    let rows = query.query_map(parameters, |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut views = vec![];
    for row in rows {
        let (sha256, imported): (String, Option<bool>) = row?;
        let Ok(hash) = sha256.parse::<Hash>() else { continue };
        let is_held = files.held(tx, &hash, &head.operator)?.is_some();
        views.push(PhotoView { sha256, short: hash.short(), is_held, is_imported: imported == Some(true) });
    }
    Ok(views)
}

/// The strokes of a signature as a drawing; nothing while the file has not arrived.
fn signature(
    tx: &Transaction<'_>,
    files: &Files,
    sha256: &Hash,
    operator: &str,
) -> Result<Option<String>, StoreError> {
    /// Larger than any signature.
    const MAX: u64 = 4 * 1024 * 1024;
    if files.held(tx, sha256, operator)?.is_none_or(|size| size > MAX) {
        return Ok(None);
    }
    let strokes: Option<Strokes> =
        std::fs::read(files.whole(sha256)).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    Ok(strokes.map(|strokes| {
        let lines: String = strokes
            .strokes
            .iter()
            .map(|stroke| {
                let points: Vec<String> =
                    stroke.iter().map(|point| format!("{},{}", point.x, point.y)).collect();
                format!(r#"<polyline points="{}"/>"#, points.join(" "))
            })
            .collect();
        let (width, height) = (strokes.width, strokes.height);
        format!(r#"<svg class="signature" viewBox="0 0 {width} {height}" aria-hidden="true">{lines}</svg>"#)
    }))
}

fn technician(tx: &Transaction<'_>, id: &str, operator: &str) -> Result<String, StoreError> {
    let name: Option<String> = tx
        .query_row(
            "SELECT name FROM person WHERE id = :id AND operator = :operator",
            named_params! { ":id": id, ":operator": operator },
            |row| row.get(0),
        )
        .optional()?;
    Ok(name.unwrap_or_else(|| id.to_owned()))
}

fn name_of(tx: &Transaction<'_>, table: &'static str, id: &str) -> Result<String, StoreError> {
    let query = format!("SELECT name FROM {table} WHERE id = :id");
    let name: Option<String> =
        tx.query_row(&query, named_params! { ":id": id }, |row| row.get(0)).optional()?;
    Ok(name.unwrap_or_else(|| id.to_owned()))
}

fn evidence(
    tx: &Transaction<'_>,
    (device, log): (&str, &str),
    seq: i64,
) -> Result<Option<Evidence>, StoreError> {
    let row = tx.query_row(
        "SELECT hash, received_ms FROM entry WHERE device = :device AND log = :log AND seq = :seq",
        named_params! { ":device": device, ":log": log, ":seq": seq },
        |row| Ok(Evidence { seq, hash: row.get(0)?, received: shown_ms(row.get(1)?) }),
    );
    Ok(row.optional()?)
}

fn entry(tx: &Transaction<'_>, (device, log): (&str, &str), seq: i64) -> Result<Option<Entry>, StoreError> {
    let row = tx.query_row(
        "SELECT header, signature, body FROM entry WHERE device = :device AND log = :log AND seq = :seq",
        named_params! { ":device": device, ":log": log, ":seq": seq },
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    );
    let Some((header, signature, body)): Option<(String, String, String)> = row.optional()? else {
        return Ok(None);
    };
    let value = serde_json::json!({ "header": header, "signature": signature, "body": body });
    Ok(Some(serde_json::from_value(value)?))
}

fn act(tx: &Transaction<'_>, place: (&str, &str), seq: i64) -> Result<Option<Act>, StoreError> {
    Ok(entry(tx, place, seq)?.and_then(|entry| entry.read_act().ok()))
}
