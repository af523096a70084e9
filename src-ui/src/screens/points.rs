//! 站点: the operator's points by distance, with search.

use leptos::prelude::*;
use stackside_core::command::{GetPoints, PointLine, StartPosition, StopPosition};
use stackside_core::register::Medium;

use crate::app::Shared;
use crate::components::icon::{Glyph, Icon};
use crate::components::page::Page;
use crate::components::row::{Row, Rows};
use crate::components::search::SearchBox;
use crate::components::states::Empty;
use crate::components::tone::{Pill, Tone};
use crate::live::{live, show};
use crate::{shell, texts};

/// The screen.
#[component]
pub fn PointsScreen() -> impl IntoView {
    let shared = Shared::get();
    let search = RwSignal::new(String::new());
    let points = live(move || {
        shared.position.track();
        GetPoints { search: search.get() }
    });
    view! {
        <Page title=texts::POINTS.get().to_owned()>
            <div class="points__top">
                <SearchBox label=texts::FIND_POINT_BY.get() on_search=move |text| search.set(text) />
                <Locate />
            </div>
            {show(points, move |points| match points.is_empty() {
                false => view! {
                    <section class="card" aria-label=texts::POINTS.get()>
                        <Rows>{points.into_iter().map(|line| view! { <OnePoint line /> }).collect_view()}</Rows>
                    </section>
                }
                .into_any(),
                true => {
                    let is_search = search.with_untracked(|search| !search.is_empty());
                    let text = if is_search { texts::NOTHING_FOUND } else { texts::NO_POINT };
                    view! { <Empty icon=Icon::Site text=text.get() /> }.into_any()
                }
            })}
        </Page>
    }
}

#[component]
fn OnePoint(line: PointLine) -> impl IntoView {
    let icon = medium_icon(line.point.medium);
    let title = line.point.name.clone();
    let detail = [
        line.discharger_name.clone(),
        texts::medium(line.point.medium).get().to_owned(),
        line.point.number.clone(),
        texts::instruments(line.instruments),
        texts::last_record(line.last_record),
    ];
    let distance = line
        .distance_m
        .map(|metres| view! { <Pill tone=Tone::Info icon=Icon::Site text=texts::distance(metres) /> });
    view! {
        <Row icon tone=Tone::Idle title detail=detail.join(" · ") to=format!("/point/{}", line.point.id)>
            {distance}
        </Row>
    }
}

/// The sign of gas or water.
pub fn medium_icon(medium: Medium) -> Icon {
    match medium {
        Medium::Gas => Icon::Logo,
        Medium::Water => Icon::Drop,
    }
}

/// Reads positions as long as the person wants, visibly, and not beyond this screen.
#[component]
fn Locate() -> impl IntoView {
    let shared = Shared::get();
    let running = RwSignal::new(false);
    let stop = move || {
        if running.try_get_untracked() == Some(true) {
            running.set(false);
            leptos::task::spawn_local(async {
                // Nothing to be done here if it fails: the device stops by itself.
                let _ = shell::call(&StopPosition {}).await;
            });
        }
    };
    on_cleanup(stop);
    let start = move || {
        running.set(true);
        leptos::task::spawn_local(async move {
            if let Err(error) = shell::call(&StartPosition {}).await {
                running.try_set(false);
                shared.fail(&error);
            }
        });
    };
    move || match running.get() {
        false => view! {
            <button class="btn" on:click=move |_| start()>
                <Glyph icon=Icon::Site />
                {texts::LOCATE.get()}
            </button>
        }
        .into_any(),
        true => view! {
            <span class="points__running" role="status">
                <span class="points__pulse" aria-hidden="true"></span>
                {texts::LOCATING.get()}
            </span>
            <button class="btn" on:click=move |_| stop()>{texts::STOP.get()}</button>
        }
        .into_any(),
    }
}
