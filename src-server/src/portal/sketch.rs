//! The place of a sign-in as a drawing: fence, fix, accuracy, scale, north. Only numbers go into it.

use std::fmt::Write;

use stackside_core::geofence::{Fence, Fix, Position, RADIUS_95};

/// Width and height of the drawing.
const SIZE: f64 = 320.0;
/// Room around what is drawn.
const MARGIN: f64 = 28.0;

/// Metres to the drawing's own units.
struct Scale {
    west: f64,
    south: f64,
    per_metre: f64,
}

impl Scale {
    fn of(boxes: &[(f64, f64, f64)]) -> Self {
        let low = |pick: fn(&(f64, f64, f64)) -> f64| {
            boxes.iter().map(|b| pick(b) - b.2).fold(f64::INFINITY, f64::min)
        };
        let high = |pick: fn(&(f64, f64, f64)) -> f64| {
            boxes.iter().map(|b| pick(b) + b.2).fold(f64::NEG_INFINITY, f64::max)
        };
        let (west, east, south, north) = (low(|b| b.0), high(|b| b.0), low(|b| b.1), high(|b| b.1));
        let span = (east - west).max(north - south).max(1.0);
        let (middle_east, middle_north) = (f64::midpoint(west, east), f64::midpoint(south, north));
        Self {
            west: middle_east - span / 2.0,
            south: middle_north - span / 2.0,
            per_metre: (SIZE - 2.0 * MARGIN) / span,
        }
    }
    fn x(&self, east: f64) -> f64 {
        MARGIN + (east - self.west) * self.per_metre
    }
    fn y(&self, north: f64) -> f64 {
        SIZE - MARGIN - (north - self.south) * self.per_metre
    }
}

/// Draws a place; `north` is the word for it. Nothing without a fence or a fix.
pub(super) fn draw(fence: Option<&Fence>, fix: Option<&Fix>, north: &str) -> String {
    let origin = match (fence, fix) {
        (Some(Fence::Circle { center, .. }), _) => *center,
        (Some(Fence::Polygon { outer, .. }), _) if !outer.is_empty() => outer[0],
        (_, Some(fix)) => fix.position,
        _ => return String::new(),
    };
    let at = |place: &Position| place.metres_from(&origin);
    let mut boxes = vec![];
    match fence {
        Some(Fence::Circle { center, radius_m }) => {
            let (east, north) = at(center);
            boxes.push((east, north, *radius_m));
        }
        Some(Fence::Polygon { outer, .. }) => boxes.extend(outer.iter().map(|place| {
            let (east, north) = at(place);
            (east, north, 0.0)
        })),
        None => {}
    }
    if let Some(fix) = fix {
        let (east, north) = at(&fix.position);
        boxes.push((east, north, fix.accuracy_m * RADIUS_95));
    }
    let scale = Scale::of(&boxes);
    let mut svg =
        format!(r#"<svg class="sketch" viewBox="0 0 {SIZE} {SIZE}" role="img" aria-labelledby="sketch">"#);
    match fence {
        Some(Fence::Circle { center, radius_m }) => {
            let (east, north) = at(center);
            circle(&mut svg, "sketch__fence", &scale, (east, north), radius_m * scale.per_metre);
        }
        Some(Fence::Polygon { outer, holes }) => {
            let mut path = String::new();
            for ring in std::iter::once(outer).chain(holes) {
                for (index, place) in ring.iter().enumerate() {
                    let (east, north) = at(place);
                    let letter = if index == 0 { 'M' } else { 'L' };
                    let _ = write!(path, "{letter}{:.1} {:.1}", scale.x(east), scale.y(north));
                }
                path.push('Z');
            }
            let _ = write!(svg, r#"<path class="sketch__fence" fill-rule="evenodd" d="{path}"/>"#);
        }
        None => {}
    }
    if let Some(fix) = fix {
        let place = at(&fix.position);
        circle(&mut svg, "sketch__accuracy", &scale, place, fix.accuracy_m * RADIUS_95 * scale.per_metre);
        circle(&mut svg, "sketch__fix", &scale, place, 5.0);
    }
    bar(&mut svg, scale.per_metre);
    let arrow = SIZE - 20.0;
    let _ = write!(
        svg,
        r#"<path class="sketch__line" d="M{arrow} 44V14M{} 22L{arrow} 12L{} 22"/><text x="{arrow}" y="62" text-anchor="middle">{}</text></svg>"#,
        arrow - 6.0,
        arrow + 6.0,
        askama::filters::escape(north, askama::filters::Html)
            .map(|text| text.to_string())
            .unwrap_or_default(),
    );
    svg
}

fn circle(svg: &mut String, class: &str, scale: &Scale, (east, north): (f64, f64), radius: f64) {
    let (x, y) = (scale.x(east), scale.y(north));
    let _ = write!(svg, r#"<circle class="{class}" cx="{x:.1}" cy="{y:.1}" r="{radius:.1}"/>"#);
}

/// A bar of a round length, at most a third of the drawing.
fn bar(svg: &mut String, per_metre: f64) {
    let lengths = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1e3, 2e3, 5e3, 1e4, 1e5, 1e6, 1e7];
    let fits = |metres: &&f64| **metres * per_metre <= SIZE / 3.0;
    let Some(metres) = lengths.iter().rev().find(fits) else { return };
    let (y, end) = (SIZE - 12.0, 14.0 + metres * per_metre);
    let _ = write!(
        svg,
        r#"<path class="sketch__line" d="M14 {} V{y} H{end:.1} V{}"/><text x="{:.1}" y="{}">{metres} m</text>"#,
        y - 6.0,
        y - 6.0,
        end + 6.0,
        y + 2.0,
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sketch_holds_fence_fix_scale_and_north_and_no_words_of_others() {
        let at = |east: f64, north: f64| Position::new(112.9 + east, 40.0 + north).unwrap();
        let fix = Fix {
            position: at(0.001, 0.0),
            accuracy_m: 10.0,
            provider: stackside_core::geofence::Provider::Replay,
            mocked: false,
            boot_ms: 0,
            satellite_time: None,
            satellites: None,
        };
        let ring = vec![at(0.0, 0.0), at(0.01, 0.0), at(0.0, 0.01)];
        for fence in [
            Fence::Circle { center: at(0.0, 0.0), radius_m: 120.0 },
            Fence::Polygon { outer: ring.clone(), holes: vec![ring] },
        ] {
            let svg = draw(Some(&fence), Some(&fix), "<北>");
            for part in ["sketch__fence", "sketch__accuracy", "sketch__fix", " m</text>", "&#60;北&#62;"] {
                assert!(svg.contains(part), "{part} in {svg}");
            }
            assert!(!svg.contains("NaN"), "{svg}");
        }
        assert_eq!(draw(None, None, "北"), "");
    }
}
