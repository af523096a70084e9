//! One point: what the register says of it, its instruments, bottles and last records.

use chrono::{NaiveDate, Utc};
use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::{use_navigate, use_params_map};
use rust_decimal::Decimal;
use stackside_core::clock::shanghai_date;
use stackside_core::command::{FormLine, GetPoint, OpenRecord, PointView, Workplace};
use stackside_core::geofence::fixed;
use stackside_core::id::PointId;
use stackside_core::register::{Bottle, Instrument};

use super::fault::FaultsHere;
use super::form_list::FormList;
use super::pause::Pauses;
use super::points::medium_icon;
use super::record_row::RecordRow;
use super::tasks::Tasks;
use crate::app::Shared;
use crate::components::facts::{Fact, Facts};
use crate::components::icon::{Glyph, Icon};
use crate::components::page::Page;
use crate::components::row::{Row, Rows};
use crate::components::states::Empty;
use crate::components::tone::{Pill, Tone};
use crate::live::{live_if, show};
use crate::texts;

/// The screen.
#[component]
pub fn PointScreen() -> impl IntoView {
    let params = use_params_map();
    let id =
        Memo::new(move |_| params.with(|params| params.get("id").and_then(|id| id.parse::<PointId>().ok())));
    let point = live_if(move || id.get().map(|point| GetPoint { point }));
    let of = move |pick: fn(&PointView) -> String| {
        point.with(|point| match point {
            Some(Ok(point)) => Some(pick(point)),
            _ => None,
        })
    };
    let title = Signal::derive(move || of(|view| view.point.name.clone()).unwrap_or_default());
    let subtitle = Signal::derive(move || of(|view| view.discharger.name.clone()));
    view! {
        <Page title subtitle back="/points">
            {move || id.get().map(|point| view! { <FaultsHere point /> })}
            {show(
                point,
                |view| {
                    let (to, words, icon) = match view.open_visit {
                        Some(visit) => (format!("/visit/{visit}"), texts::GO_ON_VISIT, Icon::Right),
                        None => (format!("/sign-in/{}", view.point.id), texts::SIGN_IN, Icon::Site),
                    };
                    view! {
                        <div class="point">
                            <div class="point__side">
                                <section class="card">
                                    <div class="card__head">
                                        <Glyph icon=medium_icon(view.point.medium) />
                                        <h2>{texts::POINT_FACTS.get()}</h2>
                                        <span class="end">{texts::medium(view.point.medium).get()}</span>
                                    </div>
                                    <Facts facts=point_facts(&view) />
                                </section>
                                <section class="card">
                                    <div class="card__head">
                                        <h2>{texts::DUE_HERE.get()}</h2>
                                    </div>
                                    <Tasks
                                        due=view.due.clone()
                                        open=view.open_visit.iter().map(|visit| (view.point.id.clone(), *visit)).collect()
                                    />
                                </section>
                                <Pauses view=view.clone() />
                                {(!view.forms.is_empty()).then(|| view! { <DeskRecords point=view.point.id.clone() forms=view.forms.clone() /> })}
                                <section class="card">
                                    <div class="card__head">
                                        <h2>{texts::LAST_RECORDS.get()}</h2>
                                    </div>
                                    {match view.records.is_empty() {
                                        true => view! { <Empty icon=Icon::Book text=texts::NO_RECORD_HERE.get() /> }.into_any(),
                                        false => view! {
                                            <Rows>{view.records.clone().into_iter().map(|line| view! { <RecordRow line /> }).collect_view()}</Rows>
                                        }
                                        .into_any(),
                                    }}
                                </section>
                            </div>
                            <div class="point__side">
                                <section class="card">
                                    <div class="card__head">
                                        <h2>{texts::INSTRUMENTS.get()}</h2>
                                        <span class="end num">{view.instruments.len()}</span>
                                    </div>
                                    {match view.instruments.is_empty() {
                                        true => view! { <Empty icon=Icon::Chart text=texts::NO_INSTRUMENT.get() /> }.into_any(),
                                        false => view
                                            .instruments
                                            .into_iter()
                                            .map(|instrument| view! { <OneInstrument instrument /> })
                                            .collect_view()
                                            .into_any(),
                                    }}
                                </section>
                                {(!view.bottles.is_empty()).then(|| view! { <Bottles bottles=view.bottles /> })}
                            </div>
                            <div class="point__go">
                                <A href=to attr:class="btn btn--main btn--big">
                                    <Glyph icon />
                                    {words.get()}
                                </A>
                            </div>
                        </div>
                    }
                },
            )}
        </Page>
    }
}

/// Forms that need no visit.
#[component]
fn DeskRecords(point: PointId, forms: Vec<FormLine>) -> impl IntoView {
    let shared = Shared::get();
    let navigate = use_navigate();
    let fill = move |form| {
        let (navigate, place) = (navigate.clone(), Workplace::Point(point.clone()));
        shared.run(OpenRecord { place, form }, move |record| {
            navigate(&format!("/record/{record}"), Default::default());
        });
    };
    view! {
        <section class="card">
            <div class="card__head">
                <h2>{texts::DESK_RECORDS.get()}</h2>
                <span class="end">{texts::DESK_RECORDS_WHY.get()}</span>
            </div>
            <FormList forms on_fill=fill />
        </section>
    }
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn with_unit(value: Option<Decimal>, unit: &str) -> Option<String> {
    value.map(|value| format!("{value} {unit}").trim_end().to_owned())
}

fn point_facts(view: &PointView) -> Vec<Fact> {
    let (point, discharger) = (&view.point, &view.discharger);
    vec![
        (texts::POINT_NUMBER.get(), some(&point.number)),
        (texts::LOCATION.get(), some(&point.location)),
        (texts::DISCHARGER.get(), some(&discharger.name)),
        (texts::CREDIT_CODE.get(), some(&discharger.credit_code)),
        (texts::ADDRESS.get(), some(&discharger.address)),
        (texts::SYSTEM_MAKER.get(), some(&point.system_maker)),
        (texts::INSTALLER.get(), some(&point.installer)),
        (texts::REFERENCE_OXYGEN.get(), with_unit(point.reference_oxygen_percent, "%")),
        (texts::VELOCITY_COEFFICIENT.get(), with_unit(point.velocity_coefficient, "")),
        (texts::DUCT_AREA.get(), with_unit(point.duct_area_m2, "m²")),
        (texts::PITOT.get(), with_unit(point.pitot_coefficient, "")),
        (
            texts::POSITION.get(),
            Some(format!("{}°, {}°", fixed(point.position.longitude, 5), fixed(point.position.latitude, 5))),
        ),
    ]
}

#[component]
fn OneInstrument(instrument: Instrument) -> impl IntoView {
    let name = texts::factor(&instrument.factor);
    let what = instrument.sampling.map_or_else(
        || texts::kind(instrument.kind).get().to_owned(),
        |sampling| texts::sampling(sampling).get().to_owned(),
    );
    let range = match (instrument.range_low, instrument.range_high) {
        (Some(low), Some(high)) => Some(format!("{low} – {high} {}", instrument.unit)),
        _ => None,
    };
    let first = vec![
        (texts::RANGE.get(), range),
        (texts::SERIAL.get(), some(&instrument.serial_no)),
        (texts::BRAND_MODEL.get(), Some(format!("{} {}", instrument.brand, instrument.model))),
        (texts::PRINCIPLE.get(), some(&instrument.principle)),
    ];
    let is_auto = instrument.auto_calibration;
    view! {
        <article class="point__instrument">
            <header class="point__head">
                <h3>{name}</h3>
                <span class="point__kind">{what}</span>
                {is_auto.then(|| view! { <Pill tone=Tone::Info text=texts::AUTO_CALIBRATION.get() /> })}
            </header>
            <Facts facts=first />
            <details class="point__more">
                <summary>{texts::MORE.get()}</summary>
                <Facts facts=more_facts(&instrument) />
            </details>
        </article>
    }
}

fn more_facts(instrument: &Instrument) -> Vec<Fact> {
    let made = if instrument.imported { texts::IMPORTED_MADE } else { texts::HOME_MADE };
    let mut facts = vec![
        (texts::MAKER.get(), some(&instrument.manufacturer)),
        (texts::DETECTION_LIMIT.get(), with_unit(instrument.detection_limit, &instrument.unit)),
        (texts::ORIGIN.get(), some(made.get())),
        (texts::CONSTRUCTION.get(), some(&instrument.construction_state)),
        (texts::LICENCE.get(), instrument.licence_no.clone()),
        (texts::TEST_REPORT.get(), instrument.test_report_no.clone()),
        (texts::OPERATOR_BEFORE.get(), instrument.operator_before.clone()),
    ];
    if let Some(sampler) = &instrument.sampler {
        facts.extend([
            (texts::FUNCTIONS.get(), some(&sampler.functions)),
            (texts::OUTLET_TYPE.get(), some(&sampler.outlet_type)),
            (texts::MIXED_SAMPLING.get(), some(texts::yes_no(sampler.mixed_sampling))),
            (texts::REFRIGERATED.get(), some(texts::yes_no(sampler.refrigerated))),
        ]);
    }
    facts
}

#[component]
fn Bottles(bottles: Vec<Bottle>) -> impl IntoView {
    let today = shanghai_date(Utc::now());
    view! {
        <section class="card">
            <div class="card__head">
                <h2>{texts::BOTTLES.get()}</h2>
                <span class="end num">{bottles.len()}</span>
            </div>
            <Rows>{bottles.into_iter().map(|bottle| view! { <OneBottle bottle today /> }).collect_view()}</Rows>
        </section>
    }
}

#[component]
fn OneBottle(bottle: Bottle, today: NaiveDate) -> impl IntoView {
    let left = (bottle.valid_until - today).num_days();
    let tone = match left {
        ..0 => Tone::Bad,
        0..=30 => Tone::Warn,
        _ => Tone::Idle,
    };
    let title = format!("{} {} {}", texts::factor(&bottle.substance), bottle.concentration, bottle.unit);
    let detail = [
        bottle.id.to_string(),
        bottle.supplier.clone(),
        format!("±{} %", bottle.uncertainty_percent),
        format!("{} MPa", bottle.pressure_mpa),
    ];
    view! {
        <Row icon=Icon::Bottle tone title detail=detail.join(" · ")>
            <Pill tone text=texts::bottle_validity(bottle.valid_until, today) />
        </Row>
    }
}
