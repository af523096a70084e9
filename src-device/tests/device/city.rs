//! Points of every kind, for what the forms differ by.

use serde_json::{Value, json};

use super::world::World;

/// An instrument: kind, factor, sampling.
type Stands = (&'static str, &'static str, Option<&'static str>);

/// Each point and what stands there: id, medium, instruments.
pub const POINTS: &[(&str, &str, &[Stands])] = &[
    (
        "GAS-E",
        "gas",
        &[
            ("gas", "SO2", Some("extractive")),
            ("gas", "NOX", Some("extractive")),
            ("gas", "O2", Some("extractive")),
            ("gas", "CO", Some("extractive")),
            ("particulate", "PM", None),
            ("velocity", "velocity", None),
            ("temperature", "temperature", None),
            ("humidity", "humidity", None),
            ("data_logger", "logger", None),
        ],
    ),
    ("GAS-V", "gas", &[("gas", "SO2", Some("dilution")), ("gas", "CO2", Some("dilution"))]),
    ("GAS-D", "gas", &[("gas", "SO2", Some("direct")), ("particulate", "PM", None)]),
    ("NMHC", "gas", &[("gas", "NMHC", Some("extractive")), ("velocity", "velocity", None)]),
    (
        "WATER",
        "water",
        &[
            ("water_analyser", "COD", None),
            ("water_analyser", "NH3-N", None),
            ("water_analyser", "TP", None),
            ("water_analyser", "TN", None),
            ("water_analyser", "PH", None),
            ("temperature", "temperature", None),
            ("flow_meter", "flow", None),
            ("sampler", "sampler", None),
            ("data_logger", "logger", None),
        ],
    ),
];

fn unit(kind: &str, factor: &str) -> &'static str {
    match (kind, factor) {
        ("gas", "O2") => "%",
        ("gas" | "particulate", _) => "mg/m³",
        ("velocity", _) => "m/s",
        ("temperature", _) => "℃",
        ("humidity", _) => "%",
        ("water_analyser", "PH") => "无量纲",
        ("water_analyser", _) => "mg/L",
        ("flow_meter", _) => "m³/h",
        _ => "",
    }
}

/// The register's rows of the city.
pub fn changes() -> Vec<Value> {
    let mut rows = vec![];
    for (point, medium, instruments) in POINTS {
        rows.push(json!({"kind": "point", "row": {
            "id": point, "discharger": "D1", "operator": "OP1", "name": format!("{point} 点位"), "number": point,
            "medium": medium, "jurisdiction": "CN", "location": "30 m",
            "position": {"longitude": "120", "latitude": "30"},
            "fence": {"shape": "circle", "center": {"longitude": "120", "latitude": "30"}, "radius_m": "100"},
            "system_maker": "甲厂", "installer": "乙厂", "velocity_coefficient": "1.05", "duct_area_m2": "12.5"}}));
        for (kind, factor, sampling) in *instruments {
            rows.push(json!({"kind": "instrument", "row": {
                "id": format!("{point}-{factor}"), "point": point, "kind": kind, "factor": factor,
                "sampling": sampling, "brand": "甲", "model": "M1", "manufacturer": "甲厂", "serial_no": "1",
                "principle": "原理", "unit": unit(kind, factor), "range_low": "0", "range_high": "200",
                "detection_limit": "0.5", "construction_state": "已验收"}}));
        }
        let (substance, of) = if *medium == "gas" { ("SO2", "mg/m³") } else { ("COD", "mg/L") };
        rows.push(json!({"kind": "bottle", "row": {
            "id": format!("{point}-B"), "point": point, "substance": substance, "concentration": "100", "unit": of,
            "uncertainty_percent": "1", "supplier": "厂", "valid_until": "2027-06-30", "pressure_mpa": "9"}}));
    }
    rows
}

/// A tablet that knows the city, with someone at it.
pub fn world() -> World {
    let world = World::unlocked();
    world.bring(changes());
    world
}
