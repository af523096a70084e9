//! Distances and insides on the ellipsoid, computed without `geo`: Vincenty's inverse, edges as they run on the
//! ellipsoid, the winding number by azimuths. Slow and plain, to hold the app's own computation against.

use stackside_core::geofence::{Fence, Position};

const A: f64 = 6_378_137.0;
const F: f64 = 1.0 / 298.257_223_563;
const E2: f64 = F * (2.0 - F);

/// Metres between two places and the direction of the second as seen from the first, radians from north (Vincenty 1975).
pub fn inverse(from: &Position, to: &Position) -> (f64, f64) {
    let b = A * (1.0 - F);
    let reduced = |degrees: f64| ((1.0 - F) * degrees.to_radians().tan()).atan().sin_cos();
    let ((su1, cu1), (su2, cu2)) = (reduced(from.latitude), reduced(to.latitude));
    let l = (to.longitude - from.longitude).to_radians();
    let mut lambda = l;
    for _ in 0..100 {
        let (sl, cl) = lambda.sin_cos();
        let sin_sigma = (cu2 * sl).hypot(cu1 * su2 - su1 * cu2 * cl);
        if sin_sigma == 0.0 {
            return (0.0, 0.0);
        }
        let cos_sigma = su1 * su2 + cu1 * cu2 * cl;
        let sigma = sin_sigma.atan2(cos_sigma);
        let sin_alpha = cu1 * cu2 * sl / sin_sigma;
        let cos2_alpha = 1.0 - sin_alpha * sin_alpha;
        let cos_2m = if cos2_alpha == 0.0 { 0.0 } else { cos_sigma - 2.0 * su1 * su2 / cos2_alpha };
        let c = F / 16.0 * cos2_alpha * (4.0 + F * (4.0 - 3.0 * cos2_alpha));
        let m = cos_2m + c * cos_sigma * (2.0 * cos_2m * cos_2m - 1.0);
        let next = l + (1.0 - c) * F * sin_alpha * (sigma + c * sin_sigma * m);
        let step = (next - lambda).abs();
        lambda = next;
        if step < 1e-15 {
            let u2 = cos2_alpha * (A * A - b * b) / (b * b);
            let big_a = 1.0 + u2 / 16384.0 * (4096.0 + u2 * (u2 * (320.0 - 175.0 * u2) - 768.0));
            let big_b = u2 / 1024.0 * (256.0 + u2 * (u2 * (74.0 - 47.0 * u2) - 128.0));
            let first = cos_sigma * (2.0 * cos_2m * cos_2m - 1.0);
            let second =
                big_b / 6.0 * cos_2m * (4.0 * sin_sigma * sin_sigma - 3.0) * (4.0 * cos_2m * cos_2m - 3.0);
            let delta = big_b * sin_sigma * (cos_2m + big_b / 4.0 * (first - second));
            let azimuth = (cu2 * sl).atan2(cu1 * su2 - su1 * cu2 * cl);
            return (b * big_a * (sigma - delta), azimuth);
        }
    }
    panic!("Vincenty's series does not settle between {from:?} and {to:?}");
}

type Vector = [f64; 3];

fn cartesian(place: &Position) -> Vector {
    let ((sin_lat, cos_lat), (sin_lon, cos_lon)) =
        (place.latitude.to_radians().sin_cos(), place.longitude.to_radians().sin_cos());
    let n = A / (1.0 - E2 * sin_lat * sin_lat).sqrt();
    [n * cos_lat * cos_lon, n * cos_lat * sin_lon, n * (1.0 - E2) * sin_lat]
}

/// The place on the ellipsoid under a point that lies at most some metres below it.
fn under([x, y, z]: Vector) -> Position {
    let p = x.hypot(y);
    let mut lat = z.atan2(p * (1.0 - E2));
    for _ in 0..6 {
        let n = A / (1.0 - E2 * lat.sin().powi(2)).sqrt();
        let height = p / lat.cos() - n;
        lat = z.atan2(p * (1.0 - E2 * n / (n + height)));
    }
    Position::new(y.atan2(x).to_degrees(), lat.to_degrees()).unwrap()
}

/// The place at `t` (0 to 1) of an edge: under the chord, which over some kilometres is the geodesic to a micrometre.
pub fn along(from: &Position, to: &Position, t: f64) -> Position {
    let (a, b) = (cartesian(from), cartesian(to));
    under(std::array::from_fn(|i| a[i] + (b[i] - a[i]) * t))
}

/// Metres from a place to the nearest point of an edge, by narrowing down where on the edge it is.
fn to_edge(place: &Position, from: &Position, to: &Position) -> f64 {
    let at = |t: f64| inverse(place, &along(from, to, t)).0;
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..45 {
        let third = (high - low) / 3.0;
        let (left, right) = (low + third, high - third);
        if at(left) <= at(right) {
            high = right;
        } else {
            low = left;
        }
    }
    [0.0, f64::midpoint(low, high), 1.0].map(at).into_iter().fold(f64::INFINITY, f64::min)
}

fn edges(ring: &[Position]) -> impl Iterator<Item = (&Position, &Position)> {
    ring.iter().zip(ring.iter().cycle().skip(1))
}

/// How often a ring goes round a place: the turns of the look at its corners, added up.
fn winding(place: &Position, ring: &[Position]) -> i64 {
    let turned: f64 = edges(ring)
        .map(|(from, to)| {
            let turn = inverse(place, to).1 - inverse(place, from).1;
            turn - (turn / std::f64::consts::TAU).round() * std::f64::consts::TAU
        })
        .sum();
    (turned / std::f64::consts::TAU).round() as i64
}

/// Metres to the boundary, positive inside.
pub fn signed_distance_m(fence: &Fence, place: &Position) -> f64 {
    match fence {
        Fence::Circle { center, radius_m } => radius_m - inverse(center, place).0,
        Fence::Polygon { outer, holes } => {
            let rings = || std::iter::once(outer).chain(holes);
            let boundary = rings()
                .flat_map(|ring| edges(ring).map(|(from, to)| to_edge(place, from, to)))
                .fold(f64::INFINITY, f64::min);
            let is_inside = winding(place, outer) != 0 && holes.iter().all(|hole| winding(place, hole) == 0);
            if is_inside { boundary } else { -boundary }
        }
    }
}
