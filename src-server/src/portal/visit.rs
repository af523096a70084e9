//! One visit: who was where when, what was recorded, and the evidence for each of it.

use askama::Template;
use axum::http::Method;
use chrono::{DateTime, Days};
use rusqlite::{OptionalExtension, Transaction, named_params};
use stackside_core::act::{Act, SignedIn};
use stackside_core::clock::{TimeProof, shanghai_date};
use stackside_core::crs::sign_ins_look_shifted;
use stackside_core::geofence::{Doubt, Provider};
use stackside_core::id::VisitId;
use stackside_core::plausible::Finding;
use stackside_core::proven::day_of_visit;
use stackside_core::record::Stamp;
use stackside_core::register::Point;

use super::confirmations::state_pill;
use super::findings::{self, Found};
use super::kept::{self, Evidence, Gallery};
use super::plates::may_print;
use super::record::{self, Card, Library};
use super::{Frame, Language, page_of, presence_pill, shown_ms, sketch};
use crate::access::PersonCaller;
use crate::api::{PLATE, times_of_visit};
use crate::confirmation::HeldVisit;
use crate::history::read_entry;
use crate::route::{Access, Route};
use crate::store::StoreError;
use crate::words::Words;
use crate::{App, register, sign_ins};

pub(super) fn routes() -> Vec<Route> {
    vec![Route::new(Method::GET, "/visits/{id}", Access::Person, page_of(load))]
}

struct Fact {
    label: &'static str,
    value: String,
}

/// A visit as its row has it.
pub(super) struct Head {
    pub(super) id: VisitId,
    pub(super) operator: String,
    point: String,
    pub(super) technician: String,
    device: String,
    log: String,
    pub(super) day: String,
    pub(super) signed_in_ms: i64,
    pub(super) signed_out_ms: Option<i64>,
    proof: TimeProof,
    presence: String,
    seq: i64,
    out: Option<(String, i64)>,
}

#[derive(Template)]
#[template(path = "visit.html")]
struct VisitPage {
    frame: Frame,
    id: VisitId,
    day: String,
    tone: &'static str,
    presence: &'static str,
    facts: Vec<Fact>,
    sketch: String,
    /// What the point's coordinates look like, if not like WGS-84.
    shifted: Option<String>,
    /// Who voided it when, and why.
    void: Option<String>,
    /// Where the discharger's confirmation stands: tone, word, and whether it came late.
    confirmation: Option<(&'static str, &'static str, bool)>,
    has_fork: bool,
    findings: Vec<Found>,
    /// The point, where it has a plate that the reader may print.
    plate_of: Option<String>,
    device: String,
    sign_in: Option<Evidence>,
    sign_out: Option<Evidence>,
    records: Vec<Card>,
    gallery: Gallery,
}

fn load(
    tx: &Transaction<'_>,
    app: &App,
    caller: &PersonCaller,
    language: Language,
    id: VisitId,
) -> Result<Option<VisitPage>, StoreError> {
    let words = language.words;
    let Some(head) = head(tx, caller, id)? else { return Ok(None) };
    let point = register::point(tx, &head.point)?;
    let place = (head.device.as_str(), head.log.as_str());
    let signed_in = match kept::act(tx, place, head.seq)? {
        Some(Act::SignedIn(act)) => Some(act),
        _ => None,
    };
    let title = point.as_ref().map_or_else(|| head.point.clone(), |point| point.name.clone());
    let frame = Frame::new(language, title, Some(caller), &format!("/visits/{id}"));
    let (tone, presence) = presence_pill(words, &head.presence);
    let fence = point.as_ref().map(|point| &point.fence);
    let fix = signed_in.as_ref().and_then(|act| act.presence.fix.as_ref());
    let sign_out = match &head.out {
        Some((log, seq)) => kept::evidence(tx, (&head.device, log), *seq)?,
        None => None,
    };
    let library = Library::open(app, tx, words)?;
    let findings = match &signed_in {
        Some(act) => {
            let shown = shown(tx, &head)?;
            findings::of_visit(tx, &library, caller, &head, point.as_ref(), act, &shown)?
        }
        None => vec![],
    };
    let visit = id.to_string();
    let mut photos = kept::photos_of_visit(tx, &library.files, &visit, &head.operator)?;
    for photo in photos.iter_mut().filter(|photo| photo.slot.as_deref() == Some(PLATE)) {
        photo.caption = words.plate.to_owned();
    }
    Ok(Some(VisitPage {
        id,
        day: head.day.clone(),
        tone,
        presence,
        facts: facts(tx, words, &head, point.as_ref(), signed_in.as_ref())?,
        sketch: sketch::draw(fence, fix, words.north),
        shifted: shifted(tx, words, point.as_ref(), head.signed_in_ms)?,
        void: void_of_visit(tx, words, &head)?,
        confirmation: HeldVisit::read(tx, &visit)?.map(|held| {
            let (tone, word) = state_pill(words, held.standing.state.name());
            (tone, word, held.standing.is_late)
        }),
        has_fork: tx.query_row(
            "SELECT EXISTS (SELECT 1 FROM fork WHERE device = :device)",
            named_params! { ":device": head.device },
            |row| row.get(0),
        )?,
        sign_in: kept::evidence(tx, place, head.seq)?,
        sign_out,
        records: record::of_visit(tx, &library, &visit, &head.operator)?,
        gallery: Gallery { words, photos },
        findings,
        plate_of: point
            .as_ref()
            .filter(|point| {
                point.plate.is_some()
                    && may_print(caller.role)
                    && caller.organisation == point.operator.as_str()
            })
            .map(|point| point.id.to_string()),
        device: head.device,
        frame,
    }))
}

fn void_of_visit(
    tx: &Transaction<'_>,
    words: &'static Words,
    head: &Head,
) -> Result<Option<String>, StoreError> {
    let entry = tx
        .query_row(
            "SELECT entry.header, entry.signature, entry.body FROM void_visit JOIN entry USING (device, log, seq)
             WHERE void_visit.visit = :visit ORDER BY entry.rowid LIMIT 1",
            named_params! { ":visit": head.id.to_string() },
            read_entry,
        )
        .optional()?;
    let Some(entry) = entry else { return Ok(None) };
    match (entry.read_header(), entry.read_act()) {
        (Ok(header), Ok(Act::Voided(act))) => {
            record::void_line(tx, words, &head.operator, &(Stamp::of(&entry, &header), *act)).map(Some)
        }
        _ => Ok(None),
    }
}

/// What the tablet pointed out before the visit was left.
fn shown(tx: &Transaction<'_>, head: &Head) -> Result<Vec<Finding>, StoreError> {
    let Some((log, seq)) = &head.out else { return Ok(vec![]) };
    Ok(match kept::act(tx, (&head.device, log), *seq)? {
        Some(Act::SignedOut { findings, .. }) => findings,
        _ => vec![],
    })
}

/// A word on a point whose sign-ins, up to half a year before this one and since, lie off by the shift of a Chinese map.
fn shifted(
    tx: &Transaction<'_>,
    words: &Words,
    point: Option<&Point>,
    signed_in_ms: i64,
) -> Result<Option<String>, StoreError> {
    let time = DateTime::from_timestamp_millis(signed_in_ms);
    let (Some(point), Some(time)) = (point, time) else { return Ok(None) };
    let since = shanghai_date(time) - Days::new(180);
    let fixes = sign_ins::latest_fixes_at(tx, point.id.as_str(), since)?;
    let system = sign_ins_look_shifted(&point.position, &fixes);
    Ok(system.map(|system| words.looks_shifted.replace("{system}", system.name())))
}

fn head(tx: &Transaction<'_>, caller: &PersonCaller, id: VisitId) -> Result<Option<Head>, StoreError> {
    let query = format!(
        "SELECT work.operator, work.point, work.technician, work.device, work.log,
             work.signed_in_ms, work.signed_out_ms, work.proof, work.presence, work.seq,
             work.out_log, work.out_seq, work.day
         FROM visit AS work LEFT JOIN point ON point.id = work.point WHERE work.id = :id AND {}",
        caller.visible()
    );
    let parameters = named_params! { ":id": id.to_string(), ":organisation": caller.organisation };
    let head = tx.query_row(&query, parameters, |row| {
        Ok(Head {
            id,
            operator: row.get(0)?,
            point: row.get(1)?,
            technician: row.get(2)?,
            device: row.get(3)?,
            log: row.get(4)?,
            signed_in_ms: row.get(5)?,
            signed_out_ms: row.get(6)?,
            proof: TimeProof::named(&row.get::<_, String>(7)?),
            presence: row.get(8)?,
            seq: row.get(9)?,
            out: row.get::<_, Option<String>>(10)?.zip(row.get(11)?),
            day: row.get(12)?,
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
            fact(words.discharger, kept::discharger(tx, point.discharger.as_str())?);
            fact(words.point, format!("{}{}", point.name, words.bracketed(&point.number)));
        }
        None => fact(words.point, format!("{}{}", head.point, words.bracketed(words.unknown_point))),
    }
    fact(words.technician, kept::technician(tx, &head.technician, &head.operator)?);
    let proof = words.proof(head.proof);
    fact(words.signed_in, format!("{}{}", shown_ms(head.signed_in_ms), words.bracketed(proof)));
    fact(words.signed_out, head.signed_out_ms.map_or_else(|| words.still_there.to_owned(), shown_ms));
    if let Some((signed_in, signed)) = times_of_visit(tx, &head.id.to_string())? {
        let (day, proof) = day_of_visit(signed_in, signed);
        let note = format!("{}{}{}", words.day_of_visit_note, words.semicolon, words.proof(proof));
        fact(words.day_of_visit, format!("{day}{}", words.bracketed(&note)));
    }
    let Some(act) = signed_in else { return Ok(facts) };
    if let Some(metres) = act.presence.distance_m {
        fact(words.distance, format!("{metres:.1} m{}", words.bracketed(words.distance_note)));
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
    let said = act.plate.as_ref().map(|plate| words.plate_verdict(&plate.verdict));
    fact(words.plate, said.unwrap_or_default().to_owned());
    Ok(facts)
}
