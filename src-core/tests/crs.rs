//! Shifted coordinate systems: published vectors, the way back, and registers that name the wrong system (case 16).
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use proptest::prelude::*;
use stackside_core::crs::{System, looks_shifted, sign_ins_look_shifted};
use stackside_core::geofence::{Doubt, Fence, Fix, Position, Presence, Provider, presence};

fn at(longitude: f64, latitude: f64) -> Position {
    Position::new(longitude, latitude).unwrap()
}

fn off_by(a: &Position, b: &Position) -> f64 {
    (a.longitude - b.longitude).abs().max((a.latitude - b.latitude).abs())
}

/// WGS-84 and GCJ-02 of googollee/eviltransform, `python/test.py` (Shanghai, Shenzhen, Beijing), and of
/// wandergis/coordtransform, `test/app.js` (Tian'anmen), to all digits that they print.
const TO_GCJ: [[f64; 4]; 4] = [
    [121.5272106, 31.1774276, 121.531541859215, 31.17530398364597],
    [113.912316, 22.543847, 113.9171764808363, 22.540796131694766],
    [116.377817, 39.911954, 116.38404722455657, 39.91334545536069],
    [116.404, 39.915, 116.41024449916938, 39.91640428150164],
];

#[test]
fn positions_become_the_published_gcj_02() {
    for [lon, lat, gcj_lon, gcj_lat] in TO_GCJ {
        let (wgs, gcj) = (at(lon, lat), at(gcj_lon, gcj_lat));
        assert!(off_by(&System::Gcj02.from_wgs84(&wgs), &gcj) < 1e-12, "{wgs:?}");
        assert!(off_by(&System::Gcj02.to_wgs84(&gcj), &wgs) < 1e-11, "{gcj:?}");
    }
}

/// WGS-84, GCJ-02 and BD-09 of cities from the maps' own services, `test/fixtures/china-cities.json` of hujiulong/gcoord,
/// and the example of Alibaba Cloud's coordinate service (Hangzhou; help.aliyun.com, "坐标系转换"). The map services
/// differ from the known formula by half a metre in GCJ-02 (Alibaba's, which takes the way back in one step, by 1.8 m); BD-09
/// follows from their GCJ-02 to the last digit.
const CITIES: [(&str, [f64; 6]); 8] = [
    ("沈阳", [123.4253306, 41.8032629, 123.4314787, 41.8057023, 123.438095, 41.8114013]),
    ("那曲", [92.0499619, 31.4784436, 92.0512438, 31.4762063, 92.0576832, 31.4824421]),
    ("酒泉", [98.4937175, 39.7319946, 98.4943595, 39.7328234, 98.5008441, 39.7388949]),
    ("泉州", [118.6711365, 24.8770487, 118.6756787, 24.8741363, 118.6821251, 24.8804872]),
    ("锡林郭勒", [116.0414035, 43.9312805, 116.0482308, 43.9334573, 116.0546232, 43.9397782]),
    ("钦州", [108.6503952, 21.9828281, 108.6541485, 21.9799392, 108.6607283, 21.9856319]),
    ("郑州", [113.6192856, 34.7478004, 113.6253334, 34.7466173, 113.6317519, 34.7528605]),
    ("杭州", [120.021519, 30.281543, 120.026268, 30.279164, 120.032768, 30.285238]),
];

#[test]
fn cities_lie_where_the_maps_services_put_them() {
    for (name, [lon, lat, gcj_lon, gcj_lat, bd_lon, bd_lat]) in CITIES {
        let (wgs, gcj, bd) = (at(lon, lat), at(gcj_lon, gcj_lat), at(bd_lon, bd_lat));
        let most = if name == "杭州" { 2.0 } else { 1.0 };
        let metres = System::Gcj02.from_wgs84(&wgs).distance_m(&gcj);
        assert!(metres < most, "{name}: GCJ-02 {metres} m off");
        let shifted = System::Bd09.from_wgs84(&System::Gcj02.to_wgs84(&gcj));
        // Alibaba prints six decimals, the others seven.
        let digit = if name == "杭州" { 1e-6 } else { 2e-7 };
        assert!(off_by(&shifted, &bd) < digit, "{name}: {shifted:?}");
        for (system, there) in [(System::Gcj02, gcj), (System::Bd09, bd)] {
            let metres = system.to_wgs84(&there).distance_m(&wgs);
            assert!(metres < most, "{name}: from {} {metres} m off", system.name());
        }
    }
}

#[test]
fn beyond_the_shifted_rectangle_nothing_moves() {
    for (longitude, latitude) in [(139.7, 35.7), (2.35, 48.86), (-74.0, 40.7), (71.4, 51.2), (103.8, 0.5)] {
        let place = at(longitude, latitude);
        for system in [System::Wgs84, System::Gcj02, System::Bd09] {
            assert_eq!((system.to_wgs84(&place), system.from_wgs84(&place)), (place, place));
        }
    }
}

#[test]
fn systems_are_read_by_the_names_that_registers_use() {
    for (text, want) in [
        ("WGS-84", Some(System::Wgs84)),
        ("CGCS2000", Some(System::Wgs84)),
        ("GCJ-02", Some(System::Gcj02)),
        ("BD-09", Some(System::Bd09)),
        ("wgs", None),
        ("Beijing 1954", None),
    ] {
        assert_eq!(serde_json::from_value(text.into()).ok(), want, "{text}");
    }
    for system in [System::Wgs84, System::Gcj02, System::Bd09] {
        assert_eq!(serde_json::to_value(system).unwrap(), system.name());
    }
}

/// Sanya to Mohe, away from the rectangle's edges.
fn china() -> impl Strategy<Value = Position> {
    (74.0..135.0, 18.0..53.5).prop_map(|(longitude, latitude)| at(longitude, latitude))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_way_back_is_exact(place in china()) {
        for system in [System::Gcj02, System::Bd09] {
            let back = system.to_wgs84(&system.from_wgs84(&place));
            prop_assert!(off_by(&back, &place) < 1e-9, "{}: {back:?}", system.name());
            let there = system.from_wgs84(&system.to_wgs84(&place));
            prop_assert!(off_by(&there, &place) < 1e-9, "{}: {there:?}", system.name());
        }
    }

    #[test]
    fn a_converted_fence_judges_as_the_one_that_was_drawn(
        place in china(), east in -300.0..300.0, north in -300.0..300.0,
    ) {
        let beside = |east: f64, north: f64| at(
            place.longitude + east / 111_320.0 / place.latitude.to_radians().cos(),
            place.latitude + north / 111_320.0,
        );
        let corners = [(-200.0, -150.0), (200.0, -150.0), (0.0, 200.0)];
        let true_ring: Vec<Position> = corners.iter().map(|(e, n)| beside(*e, *n)).collect();
        for system in [System::Gcj02, System::Bd09] {
            let drawn = true_ring.iter().map(|corner| system.from_wgs84(corner));
            let outer = drawn.map(|corner| system.to_wgs84(&corner)).collect();
            let converted = Fence::Polygon { outer, holes: vec![] };
            let meant = Fence::Polygon { outer: true_ring.clone(), holes: vec![] };
            let here = beside(east, north);
            let (got, want) = (converted.signed_distance_m(&here), meant.signed_distance_m(&here));
            prop_assert!((got - want).abs() < 0.001, "{got} m, meant {want} m");
        }
    }

    #[test]
    fn a_shift_is_named_for_what_it_is(place in china(), east in -15.0..15.0, north in -15.0..15.0) {
        let per_degree = 111_320.0;
        let seen = at(
            place.longitude + east / per_degree / place.latitude.to_radians().cos(),
            place.latitude + north / per_degree,
        );
        prop_assert_eq!(looks_shifted(&place, &seen), None, "WGS-84 that is WGS-84");
        for system in [System::Gcj02, System::Bd09] {
            let declared = system.from_wgs84(&place);
            // Where the shift is small nothing can be told, and nothing is.
            if declared.distance_m(&place) > 90.0 {
                prop_assert_eq!(looks_shifted(&declared, &seen), Some(system));
            }
        }
    }
}

/// The true place of the station of case 16, near Datong.
fn station() -> Position {
    at(112.9, 40.0)
}

fn fix(accuracy_m: f64, provider: Provider, mocked: bool) -> Fix {
    Fix {
        position: station(),
        accuracy_m,
        provider,
        mocked,
        boot_ms: 0,
        satellite_time: None,
        satellites: None,
    }
}

/// What a register in `system`, read as `read_as`, makes of the station: its position and fence.
fn register(system: System, read_as: System) -> (Position, Fence) {
    let position = read_as.to_wgs84(&system.from_wgs84(&station()));
    (position, Fence::Circle { center: position, radius_m: 120.0 })
}

/// Case 16 of the field lessons: the three registers against a WGS-84 fix.
#[test]
fn a_register_judges_alike_whatever_system_it_names() {
    use Presence::*;
    for system in [System::Wgs84, System::Gcj02, System::Bd09] {
        let (position, fence) = register(system, system);
        for (fix, want, doubt) in [
            (fix(5.0, Provider::Gps, false), Inside, None),
            (fix(50.0, Provider::Gps, false), Inside, None),
            (fix(500.0, Provider::Gps, false), Unsure, None),
            (fix(5.0, Provider::Gps, true), Unsure, Some(Doubt::Mocked)),
            (fix(5.0, Provider::Network, false), Unsure, Some(Doubt::NetworkOnly)),
        ] {
            let verdict = presence(&fence, std::slice::from_ref(&fix), 0);
            assert_eq!((verdict.presence, verdict.doubt), (want, doubt), "{} {fix:?}", system.name());
        }
        assert_eq!(sign_ins_look_shifted(&position, &vec![fix(5.0, Provider::Gps, false); 9]), None);
    }
}

#[test]
fn a_register_that_names_the_wrong_system_is_found_out_by_true_and_accurate_sign_ins_only() {
    use Presence::*;
    for system in [System::Gcj02, System::Bd09] {
        let (declared, fence) = register(system, System::Wgs84);
        let found = Some(system);
        for (fix, count, verdict, want) in [
            (fix(5.0, Provider::Gps, false), 3, Outside, found),
            (fix(50.0, Provider::Gps, false), 3, Outside, found),
            (fix(5.0, Provider::Gps, false), 2, Outside, None),
            // BD-09 lies more than a kilometre off here: even so coarse a fix is outside.
            (
                fix(500.0, Provider::Gps, false),
                9,
                if system == System::Bd09 { Outside } else { Unsure },
                None,
            ),
            (fix(5.0, Provider::Gps, true), 9, Outside, None),
            (fix(5.0, Provider::Network, false), 9, Outside, None),
        ] {
            let of_one = presence(&fence, std::slice::from_ref(&fix), 0);
            assert_eq!(of_one.presence, verdict, "{} {fix:?}", system.name());
            assert_eq!(
                sign_ins_look_shifted(&declared, &vec![fix; count]),
                want,
                "{} × {count}",
                system.name()
            );
        }
        // Some who signed in from home change nothing; many do: then it is not the register.
        let elsewhere = Fix { position: at(112.95, 40.05), ..fix(5.0, Provider::Gps, false) };
        let mixed =
            |far: usize| [vec![fix(5.0, Provider::Gps, false); 4], vec![elsewhere.clone(); far]].concat();
        assert_eq!(sign_ins_look_shifted(&declared, &mixed(2)), found);
        assert_eq!(sign_ins_look_shifted(&declared, &mixed(3)), None);
    }
}
