//! A drawn sketch of a sign-in: fence, station, track, position with its error, scale, north. No tiles.

use leptos::prelude::*;
use stackside_core::geofence::{Fence, Fix, Position, RADIUS_95};

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;

use crate::texts;

/// Until the page says how much room there is.
const ROOM: (f64, f64) = (620.0, 560.0);
const MARGIN: f64 = 56.0;
const SCALE_BAR_PX: f64 = 150.0;
/// So that a lone fence of a few metres does not fill the sketch.
const LEAST_SPAN_M: f64 = 20.0;

/// Metres to pixels: everything fits, north is up.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Frame {
    /// Width and height on the screen, so that words keep their size.
    room: (f64, f64),
    middle: (f64, f64),
    pixels_per_m: f64,
}

impl Frame {
    fn around(places: &[(f64, f64)], room: (f64, f64)) -> Self {
        let ends = |pick: fn(&(f64, f64)) -> f64| {
            let fold = places
                .iter()
                .map(pick)
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
            if fold.0 <= fold.1 { fold } else { (0.0, 0.0) }
        };
        let (x, y) = (ends(|place| place.0), ends(|place| place.1));
        let fit = |(low, high): (f64, f64), room: f64| {
            (room - 2.0 * MARGIN).max(MARGIN) / (high - low).max(LEAST_SPAN_M)
        };
        Self {
            room,
            middle: (f64::midpoint(x.0, x.1), f64::midpoint(y.0, y.1)),
            pixels_per_m: fit(x, room.0).min(fit(y, room.1)),
        }
    }
    fn at(&self, (east, north): (f64, f64)) -> (f64, f64) {
        let x = self.room.0 / 2.0 + (east - self.middle.0) * self.pixels_per_m;
        let y = self.room.1 / 2.0 - (north - self.middle.1) * self.pixels_per_m;
        (x, y)
    }
    fn path(&self, places: &[(f64, f64)], end: &str) -> String {
        let mut path = String::new();
        for (index, place) in places.iter().enumerate() {
            let (x, y) = self.at(*place);
            path += &format!("{}{x:.1} {y:.1}", if index == 0 { "M" } else { "L" });
        }
        path + end
    }
    /// The longest round length that the scale bar has room for, and its pixels.
    fn scale(&self) -> (f64, f64) {
        let room = SCALE_BAR_PX / self.pixels_per_m;
        let power = 10_f64.powf(room.log10().floor());
        let metres = [5.0, 2.0, 1.0]
            .into_iter()
            .map(|step| step * power)
            .find(|metres| *metres <= room)
            .unwrap_or(power);
        (metres, metres * self.pixels_per_m)
    }
}

/// How many pixels the sketch has: it is drawn for them, so that words and lines keep their size.
fn watch_room(canvas: NodeRef<leptos::svg::Svg>) -> RwSignal<(f64, f64)> {
    let room = RwSignal::new(ROOM);
    let watching = StoredValue::new_local(None);
    Effect::new(move || {
        let Some(canvas) = canvas.get() else { return };
        let watched = canvas.clone();
        let changed = Closure::<dyn Fn()>::new(move || {
            let frame = watched.get_bounding_client_rect();
            let now = (frame.width().round(), frame.height().round());
            if now.0 > 0.0 && now.1 > 0.0 && room.try_get_untracked().is_some_and(|old| old != now) {
                room.set(now);
            }
        });
        let Ok(observer) = web_sys::ResizeObserver::new(changed.as_ref().unchecked_ref()) else { return };
        observer.observe(&canvas);
        watching.set_value(Some((observer, changed)));
    });
    on_cleanup(move || {
        let _ = watching.try_update_value(|watching| {
            if let Some((observer, _)) = watching.take() {
                observer.disconnect();
            }
        });
    });
    room
}

/// The sketch. Words about it stand beside it.
#[component]
pub fn FenceMap(
    /// The fence.
    fence: Fence,
    /// The station house.
    station: Position,
    /// All samples: the track.
    #[prop(into)]
    fixes: Signal<Vec<Fix>>,
    /// The one that decides.
    #[prop(into)]
    best: Signal<Option<Fix>>,
) -> impl IntoView {
    let canvas = NodeRef::<leptos::svg::Svg>::new();
    let room = watch_room(canvas);
    let metres = move |place: &Position| place.metres_from(&station);
    let rings: Vec<Vec<(f64, f64)>> = match &fence {
        Fence::Circle { .. } => vec![],
        Fence::Polygon { outer, holes } => {
            std::iter::once(outer).chain(holes).map(|ring| ring.iter().map(metres).collect()).collect()
        }
    };
    let circle = match &fence {
        Fence::Circle { center, radius_m } => Some((metres(center), *radius_m)),
        Fence::Polygon { .. } => None,
    };
    let fixed: Vec<(f64, f64)> = rings
        .iter()
        .flatten()
        .copied()
        .chain(circle.into_iter().flat_map(|(middle, radius)| square(middle, radius)))
        .chain([(0.0, 0.0)])
        .collect();
    let track = Memo::new(move |_| {
        fixes.with(|fixes| fixes.iter().map(|fix| metres(&fix.position)).collect::<Vec<_>>())
    });
    let here = Memo::new(move |_| {
        best.with(|best| best.as_ref().map(|fix| (metres(&fix.position), fix.accuracy_m * RADIUS_95)))
    });
    let frame = Memo::new(move |_| {
        let mut places = fixed.clone();
        track.with(|track| places.extend(track));
        places.extend(here.get().into_iter().flat_map(|(middle, radius)| square(middle, radius)));
        Frame::around(&places, room.get())
    });
    let area = move || {
        let frame = frame.get();
        let path: String = rings.iter().map(|ring| frame.path(ring, "Z")).collect();
        let circle = circle.map(|(middle, radius)| (frame.at(middle), radius * frame.pixels_per_m));
        view! {
            <path class="fence-map__fence" fill-rule="evenodd" d=path />
            {circle.map(|((x, y), r)| view! { <circle class="fence-map__fence" cx=x cy=y r=r /> })}
        }
    };
    let house = move || {
        let (x, y) = frame.get().at((0.0, 0.0));
        view! {
            <path class="fence-map__house" d=format!("M{:.1} {:.1}v-14l14-11l14 11v14z", x - 14.0, y + 12.0) />
            // Above the house: the person often stands at it.
            <text class="fence-map__word" x=x y=y - 22.0 text-anchor="middle">{texts::STATION.get()}</text>
        }
    };
    let person = move || {
        let frame = frame.get();
        here.get().map(|(middle, radius)| {
            let ((x, y), r) = (frame.at(middle), radius * frame.pixels_per_m);
            view! {
                <circle class="fence-map__error" cx=x cy=y r=r />
                <circle class="fence-map__here" cx=x cy=y r="11" />
            }
        })
    };
    let scale = move || {
        let frame = frame.get();
        let (metres, pixels) = frame.scale();
        let (left, right, y) = (28.0, 28.0 + pixels, frame.room.1 - 28.0);
        view! {
            <path class="fence-map__line" d=format!("M{left} {y}H{right:.1}M{left} {}V{}M{right:.1} {}V{}", y - 7.0, y + 7.0, y - 7.0, y + 7.0) />
            <text class="fence-map__word" x=f64::midpoint(left, right) y=y - 12.0 text-anchor="middle">{round_length(metres)}</text>
        }
    };
    let north = move || {
        let x = room.get().0 - 36.0;
        view! {
            <path class="fence-map__line" d=format!("M{x} 72V26M{} 38L{x} 24L{} 38", x - 9.0, x + 9.0) />
            <text class="fence-map__word" x=x y="94" text-anchor="middle">{texts::NORTH.get()}</text>
        }
    };
    view! {
        <svg
            class="fence-map"
            node_ref=canvas
            viewBox=move || {
                let (width, height) = room.get();
                format!("0 0 {width} {height}")
            } role="img" aria-label=texts::FENCE_MAP.get()>
            <defs>
                <pattern id="fence-map-grid" width="40" height="40" patternUnits="userSpaceOnUse">
                    <path class="fence-map__grid" d="M40 0H0V40" />
                </pattern>
            </defs>
            <rect x="-2000" y="-2000" width="5000" height="5000" fill="url(#fence-map-grid)" />
            {area}
            {house}
            <path class="fence-map__track" d=move || track.with(|track| frame.get().path(track, "")) />
            {person}
            {scale}
            {north}
        </svg>
    }
}

fn square((x, y): (f64, f64), half: f64) -> [(f64, f64); 2] {
    [(x - half, y - half), (x + half, y + half)]
}

fn round_length(metres: f64) -> String {
    if metres >= 1000.0 { format!("{} km", metres / 1000.0) } else { format!("{metres} m") }
}
