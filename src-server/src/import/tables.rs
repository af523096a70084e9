//! What each table of the register asks for.

use std::collections::BTreeSet;

use serde::Serialize;
use stackside_core::crs::System;
use stackside_core::id::{
    BottleId, DischargerId, FormCode, InstrumentId, OperatorId, PersonId, PlanId, PointId,
};
use stackside_core::plan::PlanItem;
use stackside_core::plate::PlateCode;
use stackside_core::register::{
    Bottle, Discharger, Instrument, InstrumentKind, Medium, Operator, Person, Point, Sampler,
};
use stackside_core::rulebook::Every;
use toml::de::DeTable;

use super::fields::{Fields, File};
use super::{Complaint, Row};
use crate::register::Table;

/// Reads one file: good rows to `rows`, all that is wrong to `complaints`.
pub(super) fn read(
    table: Table,
    name: &str,
    text: &str,
    rows: &mut Vec<Row>,
    complaints: &mut Vec<Complaint>,
) {
    let mut file = File { name, text, complaints: vec![], system: System::Wgs84, plates: BTreeSet::new() };
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        file.complain(error.span().map_or(0, |span| span.start), "file", error.message());
    }
    if errors.is_empty() {
        read_rows(table, &mut file, document.get_ref(), rows);
    }
    complaints.append(&mut file.complaints);
}

fn read_rows<'v>(table: Table, file: &mut File<'_>, document: &'v DeTable<'v>, rows: &mut Vec<Row>) {
    for (key, _) in document.iter() {
        let known: &[&str] = if table == Table::Point { &["crs", "row"] } else { &["row"] };
        let name: &str = key.get_ref();
        if !known.contains(&name) {
            file.complain(key.span().start, name, "unknown field: rows begin with [[row]]");
        }
    }
    if table == Table::Point {
        read_system(file, document);
    }
    let Some(value) = document.get("row") else {
        file.complain(0, "row", "no [[row]] in this file");
        return;
    };
    let Some(list) = value.get_ref().as_array() else {
        file.complain(value.span().start, "row", "rows begin with [[row]]");
        return;
    };
    for item in list.iter() {
        let Some(fields) = item.get_ref().as_table() else {
            file.complain(item.span().start, "row", "rows begin with [[row]]");
            continue;
        };
        let before = file.complaints.len();
        let mut fields = Fields::new(file, fields, item.span(), "");
        let row = read_row(table, &mut fields);
        fields.finish();
        let Some(row) = row.filter(|_| file.complaints.len() == before) else { continue };
        if rows.iter().any(|other| other.table == table && other.id == row.id) {
            file.complain(item.span().start, "id", format!("`{}` stands here twice", row.id));
        } else {
            rows.push(row);
        }
    }
}

/// A point's place means nothing without the system that its coordinates are in.
fn read_system<'v>(file: &mut File<'_>, document: &'v DeTable<'v>) {
    const KNOWN: &str = "`WGS-84`, `CGCS2000`, `GCJ-02` or `BD-09`";
    let Some(value) = document.get("crs") else {
        file.complain(0, "crs", format!("missing: name the coordinate system, {KNOWN}"));
        return;
    };
    let name = value.get_ref().as_str().unwrap_or_default();
    match serde_json::from_value(name.into()) {
        Ok(system) => file.system = system,
        Err(_) => file.complain(value.span().start, "crs", format!("{KNOWN}, not `{name}`")),
    }
}

fn read_row(table: Table, f: &mut Fields<'_, '_, '_>) -> Option<Row> {
    match table {
        Table::Operator => operator(f),
        Table::Discharger => discharger(f),
        Table::Person => person(f),
        Table::Point => point(f),
        Table::Instrument => instrument(f),
        Table::Bottle => bottle(f),
        Table::Plan => plan(f),
    }
}

type References = Vec<(&'static str, usize, Table, String)>;

fn row<T: Serialize>(
    f: &mut Fields<'_, '_, '_>,
    table: Table,
    id: &str,
    value: &T,
    references: References,
) -> Option<Row> {
    let json = serde_json::to_string(value).map_err(|error| f.complain("id", error.to_string())).ok()?;
    let line = f.line_of("position");
    Some(Row { table, id: id.to_owned(), json, references, file: f.file.name.to_owned(), line })
}

// In each of these every field is read before the first `?`, so that all complaints come at once.

fn operator(f: &mut Fields<'_, '_, '_>) -> Option<Row> {
    let (id, name, credit_code) = (f.word::<OperatorId>("id"), f.text("name"), f.text("credit_code"));
    let (legal_person, office) = (f.text("legal_person"), f.text("office"));
    let value = Operator {
        id: id?,
        name: name?,
        credit_code: credit_code?,
        legal_person: legal_person?,
        office: office?,
    };
    row(f, Table::Operator, value.id.as_str(), &value, vec![])
}

fn discharger(f: &mut Fields<'_, '_, '_>) -> Option<Row> {
    let (id, name) = (f.word::<DischargerId>("id"), f.text("name"));
    let (credit_code, address) = (f.text("credit_code"), f.text("address"));
    let value = Discharger { id: id?, name: name?, credit_code: credit_code?, address: address? };
    row(f, Table::Discharger, value.id.as_str(), &value, vec![])
}

fn person(f: &mut Fields<'_, '_, '_>) -> Option<Row> {
    let (id, operator) = (f.word::<PersonId>("id"), f.word::<OperatorId>("operator"));
    let (name, post) = (f.text("name"), f.text("post"));
    let (certificate_no, certificate_until) = (f.text("certificate_no"), f.date("certificate_until"));
    let value = Person {
        id: id?,
        operator: operator?,
        name: name?,
        post: post?,
        certificate_no: certificate_no?,
        certificate_until: certificate_until?,
        code_hash: None,
    };
    let references = vec![("operator", f.line_of("operator"), Table::Operator, value.operator.to_string())];
    row(f, Table::Person, value.id.as_str(), &value, references)
}

fn point(f: &mut Fields<'_, '_, '_>) -> Option<Row> {
    let id = f.word::<PointId>("id");
    let (discharger, operator) = (f.word::<DischargerId>("discharger"), f.word::<OperatorId>("operator"));
    let (name, number, medium) = (f.text("name"), f.text("number"), f.word::<Medium>("medium"));
    let (jurisdiction, location) = (f.word("jurisdiction"), f.text("location"));
    let (position, fence) = (f.position("position"), f.fence("fence"));
    let (system_maker, installer) = (f.text("system_maker"), f.text("installer"));
    let gas = |f: &mut Fields<'_, '_, '_>, field: &'static str| match medium {
        Some(Medium::Gas) => f.decimal(field).map(Some),
        _ => Some(f.optional_decimal(field)),
    };
    let (oxygen, velocity) = (gas(f, "reference_oxygen_percent"), gas(f, "velocity_coefficient"));
    let (area, pitot) = (gas(f, "duct_area_m2"), gas(f, "pitot_coefficient"));
    let plate: Option<PlateCode> = f.optional_word("plate");
    if let Some(code) = &plate
        && !f.file.plates.insert(code.clone())
    {
        f.complain("plate", format!("`{}` is another point's", code.as_str()));
    }
    let value = Point {
        id: id?,
        discharger: discharger?,
        operator: operator?,
        name: name?,
        number: number?,
        medium: medium?,
        jurisdiction: jurisdiction?,
        location: location?,
        position: position?,
        fence: fence?,
        system_maker: system_maker?,
        installer: installer?,
        reference_oxygen_percent: oxygen?,
        velocity_coefficient: velocity?,
        duct_area_m2: area?,
        pitot_coefficient: pitot?,
        plate,
    };
    let references = vec![
        ("discharger", f.line_of("discharger"), Table::Discharger, value.discharger.to_string()),
        ("operator", f.line_of("operator"), Table::Operator, value.operator.to_string()),
    ];
    row(f, Table::Point, value.id.as_str(), &value, references)
}

fn instrument(f: &mut Fields<'_, '_, '_>) -> Option<Row> {
    let (id, point) = (f.word::<InstrumentId>("id"), f.word::<PointId>("point"));
    let (kind, factor) = (f.word::<InstrumentKind>("kind"), f.text("factor"));
    let sampling = f.optional_word("sampling");
    let (auto_calibration, imported) = (f.flag("auto_calibration"), f.flag("imported"));
    let (brand, model, manufacturer) = (f.text("brand"), f.text("model"), f.text("manufacturer"));
    let (serial_no, principle) = (f.text("serial_no"), f.text("principle"));
    let measures = !matches!(kind, Some(InstrumentKind::Sampler | InstrumentKind::DataLogger));
    let unit = if measures { f.text("unit") } else { Some(f.optional_text("unit").unwrap_or_default()) };
    let range = |f: &mut Fields<'_, '_, '_>, field: &'static str| match measures {
        true => f.decimal(field).map(Some),
        false => Some(f.optional_decimal(field)),
    };
    let (range_low, range_high) = (range(f, "range_low"), range(f, "range_high"));
    if let (Some(Some(low)), Some(Some(high))) = (range_low, range_high)
        && high <= low
    {
        f.complain("range_high", format!("the range is reversed or empty: {low} to {high}"));
    }
    if kind == Some(InstrumentKind::Gas) && sampling.is_none() {
        f.complain("sampling", "missing: `extractive`, `dilution` or `direct`");
    }
    let detection_limit = f.optional_decimal("detection_limit");
    let construction_state = f.text("construction_state");
    let (licence_no, test_report_no) = (f.optional_text("licence_no"), f.optional_text("test_report_no"));
    let operator_before = f.optional_text("operator_before");
    let sampler = f.table("sampler", |s| {
        let (functions, outlet_type) = (s.text("functions"), s.text("outlet_type"));
        let (mixed_sampling, refrigerated) = (s.flag("mixed_sampling"), s.flag("refrigerated"));
        Some(Sampler { functions: functions?, outlet_type: outlet_type?, mixed_sampling, refrigerated })
    });
    if kind == Some(InstrumentKind::Sampler) && sampler.is_none() {
        f.complain("sampler", "missing: functions, outlet_type, mixed_sampling, refrigerated (M2)");
    }
    let value = Instrument {
        id: id?,
        point: point?,
        kind: kind?,
        factor: factor?,
        sampling,
        auto_calibration,
        brand: brand?,
        model: model?,
        manufacturer: manufacturer?,
        serial_no: serial_no?,
        principle: principle?,
        unit: unit?,
        range_low: range_low?,
        range_high: range_high?,
        detection_limit,
        imported,
        construction_state: construction_state?,
        licence_no,
        test_report_no,
        operator_before,
        sampler,
    };
    let references = vec![("point", f.line_of("point"), Table::Point, value.point.to_string())];
    row(f, Table::Instrument, value.id.as_str(), &value, references)
}

fn bottle(f: &mut Fields<'_, '_, '_>) -> Option<Row> {
    let (id, point) = (f.word::<BottleId>("id"), f.word::<PointId>("point"));
    let (substance, concentration, unit) = (f.text("substance"), f.decimal("concentration"), f.text("unit"));
    let (uncertainty_percent, supplier) = (f.decimal("uncertainty_percent"), f.text("supplier"));
    let (valid_until, pressure_mpa) = (f.date("valid_until"), f.decimal("pressure_mpa"));
    let value = Bottle {
        id: id?,
        point: point?,
        substance: substance?,
        concentration: concentration?,
        unit: unit?,
        uncertainty_percent: uncertainty_percent?,
        supplier: supplier?,
        valid_until: valid_until?,
        pressure_mpa: pressure_mpa?,
    };
    let references = vec![("point", f.line_of("point"), Table::Point, value.point.to_string())];
    row(f, Table::Bottle, value.id.as_str(), &value, references)
}

fn plan(f: &mut Fields<'_, '_, '_>) -> Option<Row> {
    let (id, point) = (f.word::<PlanId>("id"), f.word::<PointId>("point"));
    let (persons, instruments) = (f.words::<PersonId>("persons"), f.words::<InstrumentId>("instruments"));
    let (form, from) = (f.word::<FormCode>("form"), f.date("from"));
    let every = match (f.optional_count("days"), f.optional_count("months")) {
        (Some(days), None) => Some(Every::Days(days)),
        (None, Some(months)) => Some(Every::Months(months)),
        _ => {
            f.complain("days", "one of `days` and `months`");
            None
        }
    };
    let value = PlanItem {
        id: id?,
        point: point?,
        persons: persons?,
        instruments: instruments?,
        form: form?,
        every: every?,
        from: from?,
    };
    let mut references = vec![("point", f.line_of("point"), Table::Point, value.point.to_string())];
    let (persons, instruments) = (f.line_of("persons"), f.line_of("instruments"));
    references.extend(value.persons.iter().map(|id| ("persons", persons, Table::Person, id.to_string())));
    references.extend(
        value.instruments.iter().map(|id| ("instruments", instruments, Table::Instrument, id.to_string())),
    );
    row(f, Table::Plan, value.id.as_str(), &value, references)
}
