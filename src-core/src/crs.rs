//! Coordinate systems of registers: WGS-84, and the two shifted ones of Chinese maps. Everything inside the app is WGS-84;
//! what comes in is converted once, on import.

use serde::{Deserialize, Serialize};

use crate::geofence::{Fix, Position, Provider};

/// The system that coordinates of a register are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum System {
    /// What satellites say. CGCS2000, in which official surveys are written, is the same to within a metre.
    #[serde(rename = "WGS-84", alias = "CGCS2000")]
    Wgs84,
    /// 国测局坐标: WGS-84 shifted by up to some 700 m; Amap (高德) and Tencent maps.
    #[serde(rename = "GCJ-02")]
    Gcj02,
    /// 百度坐标: GCJ-02 shifted once more, by some 1 000 m; Baidu maps.
    #[serde(rename = "BD-09")]
    Bd09,
}

impl System {
    /// Its name, as files write it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wgs84 => "WGS-84",
            Self::Gcj02 => "GCJ-02",
            Self::Bd09 => "BD-09",
        }
    }

    /// The WGS-84 position of coordinates in this system: what [`System::from_wgs84`] turns into them, to 10⁻¹²°.
    pub fn to_wgs84(self, there: &Position) -> Position {
        let at = degrees(there);
        if !is_shifted_at(at) {
            return *there;
        }
        match self {
            Self::Wgs84 => *there,
            Self::Gcj02 => position(back(gcj02, at), there),
            Self::Bd09 => position(back(gcj02, back(bd09, at)), there),
        }
    }

    /// A WGS-84 position in this system.
    pub fn from_wgs84(self, place: &Position) -> Position {
        let at = degrees(place);
        if !is_shifted_at(at) {
            return *place;
        }
        match self {
            Self::Wgs84 => *place,
            Self::Gcj02 => position(gcj02(at), place),
            Self::Bd09 => position(bd09(gcj02(at)), place),
        }
    }
}

/// Degrees east and north.
type Degrees = (f64, f64);

fn degrees(place: &Position) -> Degrees {
    (place.longitude, place.latitude)
}

/// A place next to `near`, which is on the globe; so is every shifted one, far from its poles and its date line.
fn position((longitude, latitude): Degrees, near: &Position) -> Position {
    Position::new(longitude, latitude).unwrap_or(*near)
}

/// The rectangle in which maps are shifted; beyond it the systems are one.
fn is_shifted_at((longitude, latitude): Degrees) -> bool {
    (72.004..=137.8347).contains(&longitude) && (0.8293..=55.8271).contains(&latitude)
}

/// Krasovsky's ellipsoid: half its long axis in metres, and the square of its eccentricity.
const SEMI_MAJOR_M: f64 = 6_378_245.0;
const ECCENTRICITY_2: f64 = 0.006_693_421_622_965_943;

/// WGS-84 to GCJ-02, as it became known: polynomials and waves around 105° E, 35° N, in metres.
fn gcj02((longitude, latitude): Degrees) -> Degrees {
    let (x, y) = (longitude - 105.0, latitude - 35.0);
    let wave = |height: f64, turns: f64, of: f64| height * (turns * std::f64::consts::PI * of).sin();
    let fine = wave(20.0, 6.0, x) + wave(20.0, 2.0, x);
    let long = |of: f64, last: [f64; 2]| {
        let rough = wave(last[0], 1.0 / 12.0, of) + wave(last[1], 1.0 / 30.0, of);
        (fine + wave(20.0, 1.0, of) + wave(40.0, 1.0 / 3.0, of) + rough) * 2.0 / 3.0
    };
    let root = x.abs().sqrt();
    let east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + long(x, [150.0, 300.0]);
    let north_m =
        -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + long(y, [160.0, 320.0]);
    let (sin, cos) = latitude.to_radians().sin_cos();
    let flat = 1.0 - ECCENTRICITY_2 * sin * sin;
    let east_radius_m = SEMI_MAJOR_M / flat.sqrt() * cos;
    let north_radius_m = SEMI_MAJOR_M * (1.0 - ECCENTRICITY_2) / (flat * flat.sqrt());
    (longitude + (east_m / east_radius_m).to_degrees(), latitude + (north_m / north_radius_m).to_degrees())
}

/// GCJ-02 to BD-09: turned and stretched a little around 0°, 0°, then moved.
fn bd09((longitude, latitude): Degrees) -> Degrees {
    let turns = std::f64::consts::PI * 3000.0 / 180.0;
    let length = longitude.hypot(latitude) + 0.000_02 * (latitude * turns).sin();
    let angle = latitude.atan2(longitude) + 0.000_003 * (longitude * turns).cos();
    (length * angle.cos() + 0.0065, length * angle.sin() + 0.006)
}

/// What `forward` turns into `there`. Each step divides the error by 50 and more: the shifts change by less than 2 % of the
/// way that one goes.
fn back(forward: impl Fn(Degrees) -> Degrees, there: Degrees) -> Degrees {
    let mut here = there;
    for _ in 0..20 {
        let (longitude, latitude) = forward(here);
        let off = (longitude - there.0, latitude - there.1);
        here = (here.0 - off.0, here.1 - off.1);
        if off.0.abs().max(off.1.abs()) < 1e-12 {
            break;
        }
    }
    here
}

/// A shift below this cannot be told from the size of a plant, metres.
const LEAST_SHIFT_M: f64 = 60.0;
/// How much of the shift may stay unexplained: a technician signs in somewhere at the plant, not at its coordinates.
const UNEXPLAINED: f64 = 0.25;

/// The system that a position which was declared WGS-84 seems to be in, by where it was observed to be: converted from
/// that system it lies where it was observed, to a quarter of the shift. Nothing if it may well be WGS-84.
pub fn looks_shifted(declared: &Position, observed: &Position) -> Option<System> {
    let fit = |system: System| {
        let meant = system.to_wgs84(declared);
        let shift_m = declared.distance_m(&meant);
        let left_m = meant.distance_m(observed);
        (shift_m >= LEAST_SHIFT_M && left_m <= UNEXPLAINED * shift_m).then_some((left_m, system))
    };
    let fits = [System::Gcj02, System::Bd09].into_iter().filter_map(fit);
    fits.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, system)| system)
}

/// The fewest sign-ins that say something about a register.
pub const LEAST_SIGN_INS: usize = 3;
/// A fix with a larger 68 % radius says nothing about a shift of some hundred metres.
const TELLING_ACCURACY_M: f64 = 100.0;

/// [`looks_shifted`] by the deciding fixes of sign-ins at a point: true satellite fixes, three or more, whose median shows
/// the shift, and of which two thirds show the same one each for itself.
pub fn sign_ins_look_shifted<'f>(
    declared: &Position,
    fixes: impl IntoIterator<Item = &'f Fix>,
) -> Option<System> {
    let tells = |fix: &&Fix| {
        let is_accurate = fix.accuracy_m > 0.0 && fix.accuracy_m <= TELLING_ACCURACY_M;
        is_accurate && !fix.mocked && fix.provider != Provider::Network
    };
    let places: Vec<Position> = fixes.into_iter().filter(tells).map(|fix| fix.position).collect();
    if places.len() < LEAST_SIGN_INS {
        return None;
    }
    let observed = Position::new(
        median(places.iter().map(|place| place.longitude)),
        median(places.iter().map(|place| place.latitude)),
    );
    let system = looks_shifted(declared, &observed.ok()?)?;
    let agree = places.iter().filter(|place| looks_shifted(declared, place) == Some(system)).count();
    (agree >= LEAST_SIGN_INS && 3 * agree >= 2 * places.len()).then_some(system)
}

/// The middle of some numbers, one at least; of an even count the lower of both middles.
fn median(numbers: impl Iterator<Item = f64>) -> f64 {
    let mut numbers: Vec<f64> = numbers.collect();
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len().saturating_sub(1) / 2).copied().unwrap_or(f64::NAN)
}
