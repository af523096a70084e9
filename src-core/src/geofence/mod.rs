//! Fixes, fences, presence: was someone really there (design.md §4).

mod fence;

use geo::{Bearing, Distance, Geodesic, Point as GeoPoint};
use serde::{Deserialize, Serialize};

pub use fence::{Fence, FenceError};

/// Android's accuracy is the 68 % radius; times this it is the 95 % radius (Rayleigh).
pub const RADIUS_95: f64 = 1.62;
/// The verdict uses samples of this many milliseconds before now.
pub const WINDOW_MS: u64 = 60_000;
/// A sign-in farther than this from the fence is pointed out by the authorities' own checks, metres.
pub const FAR_M: f64 = 500.0;

/// A place, WGS-84. Written as decimal strings with 7 decimals (1 cm), so that its bytes can be signed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "PositionText", into = "PositionText")]
pub struct Position {
    /// Degrees east, −180 to 180.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub longitude: f64,
    /// Degrees north, −90 to 90.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub latitude: f64,
}

/// Why numbers are not a place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PositionError {
    /// Not written as a decimal.
    #[error("`{0}` is not a coordinate")]
    NotANumber(String),
    /// Outside the globe.
    #[error("longitude is −180 to 180, latitude −90 to 90")]
    OutOfRange,
}

#[derive(Serialize, Deserialize)]
struct PositionText {
    longitude: String,
    latitude: String,
}

impl Position {
    /// A place of the globe.
    pub fn new(longitude: f64, latitude: f64) -> Result<Self, PositionError> {
        let inside = (-180.0..=180.0).contains(&longitude) && (-90.0..=90.0).contains(&latitude);
        inside.then_some(Self { longitude, latitude }).ok_or(PositionError::OutOfRange)
    }
    /// Geodesic distance in metres (Karney).
    pub fn distance_m(&self, other: &Self) -> f64 {
        Geodesic.distance(self.point(), other.point())
    }
    fn point(&self) -> GeoPoint {
        GeoPoint::new(self.longitude, self.latitude)
    }
    /// Metres east and north of `origin`: azimuthal equidistant, so true in distance and direction from there.
    pub fn metres_from(&self, origin: &Self) -> (f64, f64) {
        let distance = origin.distance_m(self);
        if distance == 0.0 {
            return (0.0, 0.0);
        }
        let bearing = Geodesic.bearing(origin.point(), self.point()).to_radians();
        (distance * bearing.sin(), distance * bearing.cos())
    }
}

/// A coordinate, metre or other measured float as text with `decimals`; never `-0`.
pub fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    match text.strip_prefix('-') {
        Some(digits) if digits.chars().all(|c| c == '0' || c == '.') => digits.to_owned(),
        _ => text,
    }
}

impl From<Position> for PositionText {
    fn from(position: Position) -> Self {
        Self { longitude: fixed(position.longitude, 7), latitude: fixed(position.latitude, 7) }
    }
}
impl TryFrom<PositionText> for Position {
    type Error = PositionError;
    fn try_from(text: PositionText) -> Result<Self, PositionError> {
        let number = |text: String| match text.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(value),
            _ => Err(PositionError::NotANumber(text)),
        };
        Self::new(number(text.longitude)?, number(text.latitude)?)
    }
}

/// Metres as a string with one decimal, for signed bodies.
mod metres {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(value: &f64, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&super::fixed(*value, 1))
    }
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
        let text = String::deserialize(from)?;
        text.parse::<f64>().ok().filter(|v| v.is_finite()).ok_or_else(|| D::Error::custom("not metres"))
    }
}

/// What made a fix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    /// Satellites.
    Gps,
    /// Cells and Wi-Fi: never enough for "inside".
    Network,
    /// A recorded track played back on a development machine; judged like satellites, and named wherever it is shown.
    Replay,
}

/// One position sample (定位).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fix {
    /// Where.
    #[serde(flatten)]
    pub position: Position,
    /// 68 % radius, metres.
    #[serde(with = "metres")]
    pub accuracy_m: f64,
    /// What made it.
    pub provider: Provider,
    /// True if the system says that an app made the position up.
    pub mocked: bool,
    /// Boot clock when it was taken, milliseconds.
    pub boot_ms: u64,
    /// Satellite time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub satellite_time: Option<chrono::DateTime<chrono::Utc>>,
    /// Satellites used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub satellites: Option<u32>,
}

/// Whether the technician was inside the fence, as far as the fixes tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// 在围栏内: with its 95 % radius.
    Inside,
    /// 在围栏外: with its 95 % radius.
    Outside,
    /// 无法判定.
    Unsure,
}

/// Why a presence is not what its distance alone would say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// No sample within the window that says how accurate it is.
    NoFix,
    /// Only mocked samples.
    Mocked,
    /// Only cells and Wi-Fi.
    NetworkOnly,
}

/// The verdict over a sign-in's samples.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PresenceVerdict {
    /// The verdict.
    pub presence: Presence,
    /// Why it is not "inside" although the distance may say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doubt: Option<Doubt>,
    /// The fix that decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
    /// Metres to the boundary, positive inside; nothing without a fix.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "optional_metres")]
    pub distance_m: Option<f64>,
}

mod optional_metres {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(value: &Option<f64>, to: S) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => super::metres::serialize(value, to),
            None => to.serialize_none(),
        }
    }
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<f64>, D::Error> {
        let read = |text: String| text.parse::<f64>().ok().filter(|v| v.is_finite());
        Option::<String>::deserialize(from)?
            .map(|text| read(text).ok_or_else(|| D::Error::custom("not metres")))
            .transpose()
    }
}

impl PresenceVerdict {
    /// The 95 % radius of the deciding fix, metres.
    pub fn radius_95_m(&self) -> Option<f64> {
        self.fix.as_ref().map(|fix| fix.accuracy_m * RADIUS_95)
    }
    /// True if the technician has to give a reason and a photo (design.md §4: never blocked, marked for ever).
    pub fn needs_reason(&self) -> bool {
        self.presence != Presence::Inside
    }
}

/// Judges presence by the best sample of the last 60 s: true before mocked, satellites before cells, then the smallest
/// accuracy. Only an unmocked satellite fix can be inside. A sample without an accuracy (Android gives 0) says nothing: it is
/// kept, but decides nothing. One that came while this was asked may be a little ahead of `now_boot_ms`.
pub fn presence(fence: &Fence, fixes: &[Fix], now_boot_ms: u64) -> PresenceVerdict {
    let is_telling = |fix: &&Fix| {
        let is_fresh = now_boot_ms.abs_diff(fix.boot_ms) <= WINDOW_MS;
        is_fresh && fix.accuracy_m.is_finite() && fix.accuracy_m > 0.0
    };
    let fresh = fixes.iter().filter(is_telling);
    let worth = |fix: &Fix| (fix.mocked, fix.provider == Provider::Network);
    let best = fresh.min_by(|a, b| worth(a).cmp(&worth(b)).then(a.accuracy_m.total_cmp(&b.accuracy_m)));
    let Some(fix) = best else {
        return PresenceVerdict {
            presence: Presence::Unsure,
            doubt: Some(Doubt::NoFix),
            fix: None,
            distance_m: None,
        };
    };
    let distance = fence.signed_distance_m(&fix.position);
    let radius = fix.accuracy_m * RADIUS_95;
    let doubt = match worth(fix) {
        (true, _) => Some(Doubt::Mocked),
        (false, true) => Some(Doubt::NetworkOnly),
        (false, false) => None,
    };
    let presence = if distance <= -radius {
        Presence::Outside
    } else if distance >= radius && doubt.is_none() {
        Presence::Inside
    } else {
        Presence::Unsure
    };
    PresenceVerdict { presence, doubt, fix: Some(fix.clone()), distance_m: Some(distance) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEGREE_NORTH_M: f64 = 110_850.0; // near 31° N; the tests allow for its half metre

    fn fix(metres_north: f64, accuracy_m: f64) -> Fix {
        Fix {
            position: Position::new(121.5, 31.0 + metres_north / DEGREE_NORTH_M).unwrap(),
            accuracy_m,
            provider: Provider::Gps,
            mocked: false,
            boot_ms: 100_000,
            satellite_time: None,
            satellites: Some(9),
        }
    }
    fn circle() -> Fence {
        Fence::Circle { center: Position::new(121.5, 31.0).unwrap(), radius_m: 100.0 }
    }

    #[test]
    fn presence_follows_from_distance_and_accuracy() {
        use Presence::*;
        for (north, accuracy, want, why) in [
            (0.0, 5.0, Inside, "in the middle"),
            (60.0, 20.0, Inside, "40 m inside, 32.4 m of error"),
            (60.0, 26.0, Unsure, "40 m inside, 42.1 m of error"),
            (0.0, 500.0, Unsure, "a fix that covers all"),
            (140.0, 20.0, Outside, "40 m outside, 32.4 m of error"),
            (140.0, 50.0, Unsure, "40 m outside, 81 m of error"),
            (600.0, 5.0, Outside, "far away"),
        ] {
            let verdict = presence(&circle(), &[fix(north, accuracy)], 100_000);
            assert_eq!(verdict.presence, want, "{why}");
            assert_eq!(verdict.doubt, None, "{why}");
        }
    }

    #[test]
    fn a_mocked_or_network_fix_is_never_inside() {
        let mocked = Fix { mocked: true, ..fix(0.0, 3.0) };
        let network = Fix { provider: Provider::Network, ..fix(0.0, 3.0) };
        for (fixes, presence_want, doubt) in [
            (vec![mocked.clone()], Presence::Unsure, Some(Doubt::Mocked)),
            (vec![network.clone()], Presence::Unsure, Some(Doubt::NetworkOnly)),
            (vec![], Presence::Unsure, Some(Doubt::NoFix)),
            (vec![Fix { boot_ms: 30_000, ..fix(0.0, 3.0) }], Presence::Unsure, Some(Doubt::NoFix)),
            (vec![Fix { boot_ms: 170_000, ..fix(0.0, 3.0) }], Presence::Unsure, Some(Doubt::NoFix)),
            (vec![Fix { boot_ms: 100_200, ..fix(0.0, 3.0) }], Presence::Inside, None),
            (vec![fix(0.0, 0.0)], Presence::Unsure, Some(Doubt::NoFix)),
            (vec![fix(0.0, -1.0), fix(0.0, f64::NAN)], Presence::Unsure, Some(Doubt::NoFix)),
            (vec![fix(400.0, 0.0), fix(0.0, 30.0)], Presence::Inside, None),
            (vec![network, mocked, fix(0.0, 30.0)], Presence::Inside, None),
        ] {
            let verdict = presence(&circle(), &fixes, 100_000);
            assert_eq!((verdict.presence, verdict.doubt), (presence_want, doubt), "{fixes:?}");
        }
    }

    #[test]
    fn the_best_of_the_last_minute_decides() {
        let verdict = presence(&circle(), &[fix(0.0, 30.0), fix(10.0, 4.0), fix(20.0, 9.0)], 100_000);
        assert_eq!(verdict.fix.unwrap().accuracy_m, 4.0);
    }

    #[test]
    fn positions_that_floats_print_badly_are_written_plainly() {
        for (value, want) in [
            (31.9999996, "31.9999996"),
            (-0.0000004, "-0.0000004"),
            (121.4999995, "121.4999995"),
            (-0.00000001, "0.0000000"),
        ] {
            assert_eq!(fixed(value, 7), want);
        }
        let position = Position::new(121.4999995, -0.00000004).unwrap();
        let text = serde_json::to_string(&position).unwrap();
        assert_eq!(text, r#"{"longitude":"121.4999995","latitude":"0.0000000"}"#);
        assert!(serde_json::from_str::<Position>(r#"{"longitude":"181","latitude":"0"}"#).is_err());
        assert!(serde_json::from_str::<Position>(r#"{"longitude":"NaN","latitude":"0"}"#).is_err());
    }
}
