//! Presence over random fences against an independent computation (tests/reference).
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

mod reference;

use proptest::prelude::*;
use stackside_core::geofence::{Doubt, Fence, Fix, Position, Presence, Provider, RADIUS_95, presence};

/// Metres by which both may differ for a fence of up to 16 km and a fix up to 23 km from its middle. An edge is straight
/// in the app's projection around the fix, and a geodesic in the reference: at distance D the projection stretches across
/// the look by D²/6R², 2·10⁻⁶ at 23 km, which bends the longest edges by some millimetres (3.4 mm was the most of 3 000
/// cases). A coordinate is kept to 1 cm, so less than that decides nothing.
const TOLERANCE_M: f64 = 0.01;
/// For circles both are lengths of geodesics: Karney's is good to nanometres, Vincenty's series to 0.1 mm.
const CIRCLE_TOLERANCE_M: f64 = 0.0001;

/// A place some metres east and north of another, roughly: only the result's coordinates matter.
fn beside(origin: &Position, east: f64, north: f64) -> Position {
    let per_degree = 111_320.0;
    let longitude = origin.longitude + east / (per_degree * origin.latitude.to_radians().cos());
    Position::new(longitude, origin.latitude + north / per_degree).unwrap()
}

/// Sanya to Mohe, the Pamirs to the Ussuri.
fn china() -> impl Strategy<Value = Position> {
    (73.5..135.0, 18.0..53.5).prop_map(|(longitude, latitude)| Position::new(longitude, latitude).unwrap())
}

/// 15 m to 8 km, small ones as often as large ones.
fn size_m() -> impl Strategy<Value = f64> {
    (15.0_f64.ln()..8_000.0_f64.ln()).prop_map(f64::exp)
}

type Plane = Vec<(f64, f64)>;

/// Corners around a middle at random distances, less than half a turn apart: convex or not, never crossing themselves,
/// with the middle inside.
fn star() -> impl Strategy<Value = Plane> {
    prop::collection::vec((0.5..1.0, 0.25..1.0), 3..11).prop_map(|corners| {
        let whole: f64 = corners.iter().map(|(turn, _)| turn).sum();
        let mut angle = 0.0;
        let at = |(turn, radius): (f64, f64)| {
            angle += turn / whole * std::f64::consts::TAU;
            (radius * angle.cos(), radius * angle.sin())
        };
        corners.into_iter().map(at).collect()
    })
}

/// A yard around another's: U, with a random depth and thickness.
fn horseshoe() -> impl Strategy<Value = Plane> {
    (0.1..0.9, 0.1..0.6).prop_map(|(wall, floor)| {
        let inner = 1.0 - wall;
        vec![
            (-1.0, -1.0),
            (1.0, -1.0),
            (1.0, 1.0),
            (inner, 1.0),
            (inner, -1.0 + floor),
            (-inner, -1.0 + floor),
            (-inner, 1.0),
            (-1.0, 1.0),
        ]
    })
}

/// Metres from the middle to the nearest edge in the plane, for holes that lie within.
fn room(ring: &Plane) -> f64 {
    let edge = |(a, b): ((f64, f64), (f64, f64))| {
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let t = (-(a.0 * dx + a.1 * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
        (a.0 + t * dx).hypot(a.1 + t * dy)
    };
    let closed = ring.iter().copied().zip(ring.iter().copied().cycle().skip(1));
    closed.map(edge).fold(f64::INFINITY, f64::min)
}

fn ring_at(
    origin: &Position,
    ring: &Plane,
    scale: f64,
    (east, north): (f64, f64),
    turn: f64,
) -> Vec<Position> {
    let (sin, cos) = turn.sin_cos();
    let place = |(x, y): &(f64, f64)| {
        beside(origin, east + scale * (x * cos - y * sin), north + scale * (x * sin + y * cos))
    };
    ring.iter().map(place).collect()
}

fn polygon() -> impl Strategy<Value = (Fence, Position, f64)> {
    let outer = prop_oneof![
        (star(), prop::collection::vec(star(), 0..=2)),
        horseshoe().prop_map(|ring| (ring, vec![])),
    ];
    (china(), size_m(), outer, 0.0..6.3, any::<[bool; 3]>()).prop_map(
        |(origin, size, (outer, holes), turn, [is_reversed, is_closed, is_hole_reversed])| {
            let free = room(&outer) * size;
            let several = holes.len() > 1;
            let cut = |(index, hole): (usize, &Plane)| {
                // Two holes lie side by side.
                let (east, scale) = match (several, index) {
                    (false, _) => (0.0, 0.8 * free),
                    (true, 0) => (-0.5 * free, 0.4 * free),
                    (true, _) => (0.5 * free, 0.4 * free),
                };
                let mut ring = ring_at(&origin, hole, scale, (east, 0.0), turn);
                if is_hole_reversed {
                    ring.reverse();
                }
                ring
            };
            let mut ring = ring_at(&origin, &outer, size, (0.0, 0.0), turn);
            if is_reversed {
                ring.reverse();
            }
            if is_closed {
                // As GeoJSON writes rings.
                ring.push(ring[0]);
            }
            (Fence::Polygon { outer: ring, holes: holes.iter().enumerate().map(cut).collect() }, origin, size)
        },
    )
}

fn circle() -> impl Strategy<Value = (Fence, Position, f64)> {
    (china(), size_m()).prop_map(|(center, size)| (Fence::Circle { center, radius_m: size }, center, size))
}

/// A fence with a place: somewhere around it, or close to an edge of it.
fn fence_and_place() -> impl Strategy<Value = (Fence, Position)> {
    let fence = prop_oneof![3 => polygon(), 1 => circle()];
    let spot = (-2.0..2.0, -2.0..2.0, any::<bool>(), any::<prop::sample::Index>(), 0.0..1.0, -20.0..20.0);
    (fence, spot).prop_map(|((fence, origin, size), (east, north, is_at_edge, edge, t, off))| {
        let anywhere = beside(&origin, east * size, north * size);
        let place = match &fence {
            Fence::Polygon { outer, .. } if is_at_edge => {
                let first = edge.index(outer.len());
                let on = reference::along(&outer[first], &outer[(first + 1) % outer.len()], t);
                beside(&on, off, east)
            }
            _ => anywhere,
        };
        (fence, place)
    })
}

fn tolerance(fence: &Fence) -> f64 {
    if matches!(fence, Fence::Circle { .. }) { CIRCLE_TOLERANCE_M } else { TOLERANCE_M }
}

fn fix(position: Position, accuracy_m: f64, provider: Provider, mocked: bool) -> Fix {
    Fix { position, accuracy_m, provider, mocked, boot_ms: 500_000, satellite_time: None, satellites: None }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_distance_to_a_fence_is_that_of_the_ellipsoid((fence, place) in fence_and_place()) {
        prop_assert_eq!(fence.check(), Ok(()));
        let (got, want) = (fence.signed_distance_m(&place), reference::signed_distance_m(&fence, &place));
        prop_assert!((got - want).abs() <= tolerance(&fence), "{got} m, by the reference {want} m: {fence:?}");
    }

    #[test]
    fn the_verdict_is_the_rule_over_the_reference_distance(
        (fence, place) in fence_and_place(),
        accuracy in (0.5_f64.ln()..600.0_f64.ln()).prop_map(f64::exp),
        provider in prop_oneof![Just(Provider::Gps), Just(Provider::Network), Just(Provider::Replay)],
        mocked in any::<bool>(),
    ) {
        let verdict = presence(&fence, &[fix(place, accuracy, provider, mocked)], 500_000);
        let (d, radius) = (reference::signed_distance_m(&fence, &place), RADIUS_95 * accuracy);
        let is_trusted = !mocked && provider != Provider::Network;
        let slack = tolerance(&fence);
        match verdict.presence {
            Presence::Inside => prop_assert!(is_trusted && d >= radius - slack, "inside at {d} m ± {radius} m"),
            Presence::Outside => prop_assert!(d <= slack - radius, "outside at {d} m ± {radius} m"),
            Presence::Unsure => {
                prop_assert!(d > -radius - slack, "unsure at {d} m ± {radius} m");
                prop_assert!(!is_trusted || d < radius + slack, "unsure at {d} m ± {radius} m");
            }
        }
        let doubt = match (mocked, provider) {
            (true, _) => Some(Doubt::Mocked),
            (false, Provider::Network) => Some(Doubt::NetworkOnly),
            _ => None,
        };
        prop_assert_eq!(verdict.doubt, doubt);
    }

    #[test]
    fn what_is_written_is_what_was_judged((fence, place) in fence_and_place()) {
        // Coordinates are kept to 1e-7°, at most 8 mm from what they were; corners and fix may each move so.
        let text = serde_json::to_string(&fence).unwrap();
        let kept: Fence = serde_json::from_str(&text).unwrap();
        let seen: Position = serde_json::from_str(&serde_json::to_string(&place).unwrap()).unwrap();
        // A circle's radius is written to 0.1 m.
        let rounding = if matches!(fence, Fence::Circle { .. }) { 0.05 } else { 0.0 };
        let moved = kept.signed_distance_m(&seen) - fence.signed_distance_m(&place);
        // A sliver's sign may turn where the place lies on its boundary: then both are next to nothing.
        prop_assert!(moved.abs() <= rounding + 0.025, "{moved} m");
    }
}

/// A fix in another city: the projection bends far edges, but keeps the length to each corner, so an edge can be off by
/// its own bend only. 0.1 % of the distance is nothing where the verdict turns on whether a fix is some metres or a
/// province away.
#[test]
fn a_fix_far_away_is_as_far_as_the_reference_says() {
    let origin = Position::new(112.9, 40.0).unwrap();
    let ring = [(-1.0, -1.0), (1.0, -0.8), (0.2, 0.1), (0.9, 1.0), (-1.0, 0.9)];
    let fence = Fence::Polygon {
        outer: ring_at(&origin, &ring.to_vec(), 4_000.0, (0.0, 0.0), 0.3),
        holes: vec![ring_at(&origin, &star_of_three(), 500.0, (-1_500.0, 0.0), 0.0)],
    };
    for (longitude, latitude) in [(113.5, 40.2), (116.4, 39.9), (121.5, 31.2), (87.6, 43.8), (110.2, 20.0)] {
        let place = Position::new(longitude, latitude).unwrap();
        let (got, want) = (fence.signed_distance_m(&place), reference::signed_distance_m(&fence, &place));
        assert!(
            want < -10_000.0 && (got - want).abs() <= want.abs() * 1e-3,
            "{got} m, by the reference {want} m"
        );
        let verdict = presence(&fence, &[fix(place, 500.0, Provider::Gps, false)], 500_000);
        assert_eq!(verdict.presence, Presence::Outside);
    }
}

fn star_of_three() -> Plane {
    vec![(1.0, 0.0), (-0.5, 0.8), (-0.5, -0.8)]
}

/// The reference itself, against published lengths: the test lines of Vincenty's series as Geoscience Australia gives
/// them (Flinders Peak to Buninyong, GDA94: 54 972.271 m, 306° 52' 05.37"; GRS80, which differs by less than a millimetre).
#[test]
fn the_reference_gives_a_published_line() {
    let dms = |d: f64, m: f64, s: f64| d + m / 60.0 + s / 3600.0;
    let flinders = Position::new(dms(144.0, 25.0, 29.52440), -dms(37.0, 57.0, 3.72030)).unwrap();
    let buninyong = Position::new(dms(143.0, 55.0, 35.38390), -dms(37.0, 39.0, 10.15610)).unwrap();
    let (metres, azimuth) = reference::inverse(&flinders, &buninyong);
    assert!((metres - 54_972.271).abs() < 0.001, "{metres}");
    assert!((azimuth.to_degrees().rem_euclid(360.0) - dms(306.0, 52.0, 5.37)).abs() < 1e-5, "{azimuth}");
}
