//! The area in which a sign-in is "inside".

use geo::{Contains, Distance, Euclidean, LineString, Point as GeoPoint, Polygon, Validation};
use serde::{Deserialize, Serialize};

use super::{Position, metres};

/// The area in which a sign-in is "inside", WGS-84.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "shape", rename_all = "snake_case")]
pub enum Fence {
    /// All places within a distance.
    Circle {
        /// Its middle.
        center: Position,
        /// Its radius, metres.
        #[serde(with = "metres")]
        #[cfg_attr(feature = "openapi", schema(value_type = String))]
        radius_m: f64,
    },
    /// A ring and what is cut out of it.
    Polygon {
        /// The outer ring, not closed, three corners or more.
        outer: Vec<Position>,
        /// Areas inside the ring that do not belong to it.
        #[serde(default)]
        holes: Vec<Vec<Position>>,
    },
}

/// Why a fence is not one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FenceError {
    /// A radius that is not above zero.
    #[error("the radius is above zero")]
    Radius,
    /// A ring with fewer than three different corners.
    #[error("a ring has three corners or more")]
    Ring,
    /// Rings that cross, or a hole outside: what is inside would depend on how one counts.
    #[error("a ring does not cross itself or another, and holes lie within the outer ring")]
    Crossing,
}

impl Fence {
    /// Refuses fences without an inside, and those whose inside is a matter of opinion.
    pub fn check(&self) -> Result<(), FenceError> {
        let (outer, holes) = match self {
            Self::Circle { radius_m, .. } if *radius_m > 0.0 => return Ok(()),
            Self::Circle { .. } => return Err(FenceError::Radius),
            Self::Polygon { outer, holes } => (outer, holes),
        };
        let different = |ring: &Vec<Position>| {
            let first_of_its_kind = |(index, corner): &(usize, &Position)| !ring[..*index].contains(corner);
            ring.iter().enumerate().filter(first_of_its_kind).count()
        };
        if std::iter::once(outer).chain(holes).any(|ring| different(ring) < 3) {
            return Err(FenceError::Ring);
        }
        let degrees = |corner: &Position| (corner.longitude, corner.latitude);
        if area(outer, holes, degrees).is_valid() { Ok(()) } else { Err(FenceError::Crossing) }
    }

    /// Distance from `place` to the boundary in metres, positive inside.
    pub fn signed_distance_m(&self, place: &Position) -> f64 {
        match self {
            Self::Circle { center, radius_m } => radius_m - center.distance_m(place),
            Self::Polygon { outer, holes } => {
                let area = area(outer, holes, |corner| corner.metres_from(place));
                let here = GeoPoint::new(0.0, 0.0);
                let boundary = std::iter::once(area.exterior())
                    .chain(area.interiors())
                    .map(|line| Euclidean.distance(&here, line))
                    .fold(f64::INFINITY, f64::min);
                if area.contains(&here) { boundary } else { -boundary }
            }
        }
    }
}

/// Rings in a plane, closed, without corners that stand twice in a row.
fn area(outer: &[Position], holes: &[Vec<Position>], plane: impl Fn(&Position) -> (f64, f64)) -> Polygon {
    let ring = |corners: &[Position]| {
        let mut line: Vec<(f64, f64)> = corners.iter().map(&plane).collect();
        line.dedup();
        if line.first() != line.last() || line.len() == 1 {
            line.extend(line.first().copied());
        }
        LineString::from(line)
    };
    Polygon::new(ring(outer), holes.iter().map(|hole| ring(hole)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hole_in_a_fence_is_outside() {
        let at = |east: f64, north: f64| Position::new(121.5 + east * 1e-3, 31.0 + north * 1e-3).unwrap();
        let square = |half: f64| vec![at(-half, -half), at(half, -half), at(half, half), at(-half, half)];
        let fence = Fence::Polygon { outer: square(3.0), holes: vec![square(1.0)] };
        assert!(
            (fence.signed_distance_m(&at(0.0, 0.0)) + 95.5).abs() < 1.0,
            "in the hole, 95 m from its east edge"
        );
        assert!((fence.signed_distance_m(&at(0.0, 2.0)) - 110.9).abs() < 1.0, "between hole and ring");
        assert!((fence.signed_distance_m(&at(0.0, 5.0)) + 221.7).abs() < 1.0, "beyond the ring");
    }

    #[test]
    fn a_fence_without_a_clear_inside_is_refused() {
        use FenceError::*;
        let ring = |corners: &[(f64, f64)]| -> Vec<Position> {
            let at = |(x, y): &(f64, f64)| Position::new(121.5 + x * 1e-3, 31.0 + y * 1e-3).unwrap();
            corners.iter().map(at).collect()
        };
        let square = [(0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0)];
        let small = |x: f64| ring(&[(x, 1.0), (x + 1.0, 1.0), (x + 1.0, 2.0), (x, 2.0)]);
        let closed: Vec<_> = square.iter().chain([&square[0]]).copied().collect();
        let twice: Vec<_> = square.iter().flat_map(|corner| [*corner; 2]).collect();
        for (corners, holes, want, why) in [
            (&square[..], vec![], Ok(()), "a square"),
            (&closed, vec![], Ok(()), "closed by its first corner"),
            (&twice, vec![], Ok(()), "each corner twice"),
            (&square, vec![small(1.0), small(2.5)], Ok(()), "two holes"),
            (&[(0.0, 0.0), (1.0, 0.0)], vec![], Err(Ring), "a line"),
            (&[(0.0, 0.0), (1.0, 0.0), (0.0, 0.0), (1.0, 0.0)], vec![], Err(Ring), "a line to and fro"),
            (&[(0.0, 0.0), (4.0, 4.0), (4.0, 0.0), (0.0, 4.0)], vec![], Err(Crossing), "a bow tie"),
            (&square, vec![small(5.0)], Err(Crossing), "a hole outside"),
            (&square, vec![small(3.5)], Err(Crossing), "a hole across the ring"),
            (&square, vec![small(1.0), small(1.5)], Err(Crossing), "holes across each other"),
        ] {
            let fence = Fence::Polygon { outer: ring(corners), holes };
            assert_eq!(fence.check(), want, "{why}");
        }
        let circle = |radius_m| Fence::Circle { center: Position::new(121.5, 31.0).unwrap(), radius_m };
        assert_eq!((circle(0.0).check(), circle(f64::NAN).check()), (Err(Radius), Err(Radius)));
    }
}
