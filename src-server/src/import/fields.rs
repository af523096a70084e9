//! Reads the fields of one row, each under its name, and remembers every complaint with its line.

use std::collections::BTreeSet;
use std::ops::Range;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use stackside_core::crs::System;
use stackside_core::geofence::{Fence, Position};
use stackside_core::plate::PlateCode;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Complaint;

/// The longest text of a field.
const MAX_TEXT: usize = 400;

/// A file's text, for lines, and what is wrong with it so far.
pub(super) struct File<'t> {
    pub(super) name: &'t str,
    pub(super) text: &'t str,
    pub(super) complaints: Vec<Complaint>,
    /// The system of its coordinates: they come out as WGS-84.
    pub(super) system: System,
    /// The codes of plates that stand in it so far.
    pub(super) plates: BTreeSet<PlateCode>,
}

impl File<'_> {
    /// The line of a place in the text, from 1.
    pub(super) fn line(&self, offset: usize) -> usize {
        1 + self.text.as_bytes()[..offset.min(self.text.len())].iter().filter(|byte| **byte == b'\n').count()
    }
    pub(super) fn complain(&mut self, offset: usize, field: &str, reason: impl Into<String>) {
        let line = self.line(offset);
        let complaint =
            Complaint { file: self.name.to_owned(), line, field: field.to_owned(), reason: reason.into() };
        self.complaints.push(complaint);
    }
}

/// One table of a file, read field by field. What cannot be read is complained of and comes as nothing.
pub(super) struct Fields<'f, 't, 'v> {
    pub(super) file: &'f mut File<'t>,
    table: &'v DeTable<'v>,
    span: Range<usize>,
    prefix: String,
    read: BTreeSet<&'static str>,
}

impl<'f, 't, 'v> Fields<'f, 't, 'v> {
    pub(super) fn new(
        file: &'f mut File<'t>,
        table: &'v DeTable<'v>,
        span: Range<usize>,
        prefix: &str,
    ) -> Self {
        Self { file, table, span, prefix: prefix.to_owned(), read: BTreeSet::new() }
    }

    /// Complains of fields that nobody asked for: a typing error must not pass for a missing value.
    pub(super) fn finish(self) {
        for (key, _) in self.table.iter() {
            let name: &str = key.get_ref();
            if !self.read.contains(name) {
                let field = format!("{}{name}", self.prefix);
                self.file.complain(key.span().start, &field, "unknown field");
            }
        }
    }

    /// The line on which a field stands, or its row begins.
    pub(super) fn line_of(&self, field: &str) -> usize {
        self.file.line(self.table.get(field).map_or(self.span.start, |value| value.span().start))
    }

    pub(super) fn complain(&mut self, field: &str, reason: impl Into<String>) {
        let offset = self.table.get(field).map_or(self.span.start, |value| value.span().start);
        let name = format!("{}{field}", self.prefix);
        self.file.complain(offset, &name, reason);
    }

    fn value(&mut self, field: &'static str) -> Option<&'v Spanned<DeValue<'v>>> {
        self.read.insert(field);
        self.table.get(field)
    }

    fn required<T>(&mut self, field: &'static str, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        if self.table.get(field).is_none() {
            self.read.insert(field);
            self.complain(field, "missing");
            return None;
        }
        read(self)
    }

    /// A text that may be left out, but not empty.
    pub(super) fn optional_text(&mut self, field: &'static str) -> Option<String> {
        let value = self.value(field)?;
        let Some(text) = value.get_ref().as_str() else {
            self.complain(field, format!("a text, not {}", kind_of(value.get_ref())));
            return None;
        };
        let text = text.trim();
        if text.is_empty() || text.chars().count() > MAX_TEXT || text.chars().any(char::is_control) {
            self.complain(field, format!("1 to {MAX_TEXT} characters, without control characters"));
            return None;
        }
        Some(text.to_owned())
    }

    pub(super) fn text(&mut self, field: &'static str) -> Option<String> {
        self.required(field, |fields| fields.optional_text(field))
    }

    /// A text that is read as something: an id, a word of a list.
    fn parsed<T: DeserializeOwned>(&mut self, field: &'static str) -> Option<T> {
        let text = self.optional_text(field)?;
        match serde_json::from_value(serde_json::Value::String(text)) {
            Ok(value) => Some(value),
            Err(error) => {
                self.complain(field, error.to_string());
                None
            }
        }
    }

    /// An id or a word of a list.
    pub(super) fn word<T: DeserializeOwned>(&mut self, field: &'static str) -> Option<T> {
        self.required(field, |fields| fields.parsed(field))
    }

    /// Ids or words in a list; empty if it is left out.
    pub(super) fn words<T: DeserializeOwned>(&mut self, field: &'static str) -> Option<Vec<T>> {
        let Some(value) = self.value(field) else { return Some(vec![]) };
        let Some(list) = value.get_ref().as_array() else {
            self.complain(field, format!("a list, not {}", kind_of(value.get_ref())));
            return None;
        };
        let read = |item: &Spanned<DeValue<'_>>| {
            let text = item.get_ref().as_str().unwrap_or_default().to_owned();
            serde_json::from_value(serde_json::Value::String(text)).map_err(|error| error.to_string())
        };
        match list.iter().map(read).collect() {
            Ok(words) => Some(words),
            Err(reason) => {
                self.complain(field, reason);
                None
            }
        }
    }

    /// A whole number above zero, as text.
    pub(super) fn optional_count(&mut self, field: &'static str) -> Option<u32> {
        let number = self.optional_decimal(field)?;
        let count = u32::try_from(number).ok().filter(|count| *count > 0 && number.fract().is_zero());
        if count.is_none() {
            self.complain(field, "a whole number above zero");
        }
        count
    }

    pub(super) fn optional_word<T: DeserializeOwned>(&mut self, field: &'static str) -> Option<T> {
        self.parsed(field)
    }

    /// True or false; false if it is left out.
    pub(super) fn flag(&mut self, field: &'static str) -> bool {
        let Some(value) = self.value(field) else { return false };
        value.get_ref().as_bool().unwrap_or_else(|| {
            self.complain(field, format!("true or false, not {}", kind_of(value.get_ref())));
            false
        })
    }

    pub(super) fn optional_decimal(&mut self, field: &'static str) -> Option<Decimal> {
        let value = self.value(field)?;
        if value.get_ref().is_float() || value.get_ref().is_integer() {
            self.complain(field, "write numbers as text, such as \"0.5\", so that they stay exact");
            return None;
        }
        let text = self.optional_text(field)?;
        match stackside_core::decimal::parse(&text) {
            Ok(number) => Some(number),
            Err(error) => {
                self.complain(field, error.to_string());
                None
            }
        }
    }

    pub(super) fn decimal(&mut self, field: &'static str) -> Option<Decimal> {
        self.required(field, |fields| fields.optional_decimal(field))
    }

    /// `2027-03-02`, as a TOML date or a text.
    pub(super) fn date(&mut self, field: &'static str) -> Option<NaiveDate> {
        self.required(field, |fields| {
            let value = fields.value(field)?.get_ref();
            let text = match (value.as_str(), value.as_datetime()) {
                (Some(text), _) => text.to_owned(),
                (None, Some(date)) => date.to_string(),
                (None, None) => String::new(),
            };
            let date = text.parse().ok();
            if date.is_none() {
                fields.complain(field, "a date such as 2027-03-02");
            }
            date
        })
    }

    /// A table within the row, read by `read`.
    pub(super) fn table<T>(
        &mut self,
        field: &'static str,
        read: impl FnOnce(&mut Fields<'_, 't, 'v>) -> Option<T>,
    ) -> Option<T> {
        let value = self.value(field)?;
        let Some(table) = value.get_ref().as_table() else {
            self.complain(field, format!("a table, not {}", kind_of(value.get_ref())));
            return None;
        };
        let prefix = format!("{}{field}.", self.prefix);
        let mut fields = Fields::new(self.file, table, value.span(), &prefix);
        let done = read(&mut fields);
        fields.finish();
        done
    }

    pub(super) fn position(&mut self, field: &'static str) -> Option<Position> {
        self.required(field, |fields| fields.table(field, |place| place.place()))
    }

    fn place(&mut self) -> Option<Position> {
        let (longitude, latitude) = (self.coordinate("longitude"), self.coordinate("latitude"));
        let (longitude, latitude) = (longitude?, latitude?);
        let place = Position::new(longitude, latitude)
            .map_err(|error| self.complain("longitude", error.to_string()))
            .ok();
        place.map(|place| self.file.system.to_wgs84(&place))
    }

    fn coordinate(&mut self, field: &'static str) -> Option<f64> {
        self.decimal(field)?.to_string().parse().ok()
    }

    pub(super) fn fence(&mut self, field: &'static str) -> Option<Fence> {
        self.required(field, |fields| fields.table(field, |fence| fence.shape()))
    }

    fn shape(&mut self) -> Option<Fence> {
        let fence = match self.text("shape")?.as_str() {
            "circle" => {
                let (center, radius) = (self.position("center"), self.coordinate("radius_m"));
                Fence::Circle { center: center?, radius_m: radius? }
            }
            "polygon" => {
                let outer = self.required("outer", |fields| fields.ring("outer"));
                let holes = self.holes("holes");
                Fence::Polygon { outer: outer?, holes: holes? }
            }
            other => {
                self.complain("shape", format!("`circle` or `polygon`, not `{other}`"));
                return None;
            }
        };
        match fence.check() {
            Ok(()) => Some(fence),
            Err(error) => {
                let field = if matches!(fence, Fence::Circle { .. }) { "radius_m" } else { "outer" };
                self.complain(field, error.to_string());
                None
            }
        }
    }

    fn ring(&mut self, field: &'static str) -> Option<Vec<Position>> {
        let value = self.value(field)?;
        self.corners(field, value)
    }

    fn holes(&mut self, field: &'static str) -> Option<Vec<Vec<Position>>> {
        let Some(value) = self.value(field) else { return Some(vec![]) };
        let Some(rings) = value.get_ref().as_array() else {
            self.complain(field, "a list of rings");
            return None;
        };
        rings.iter().map(|ring| self.corners(field, ring)).collect()
    }

    fn corners(&mut self, field: &'static str, value: &'v Spanned<DeValue<'v>>) -> Option<Vec<Position>> {
        let Some(corners) = value.get_ref().as_array() else {
            self.complain(field, "a list of corners");
            return None;
        };
        let prefix = format!("{}{field}.", self.prefix);
        let mut ring = vec![];
        for corner in corners.iter() {
            let Some(table) = corner.get_ref().as_table() else {
                self.file.complain(corner.span().start, &prefix, "a corner has longitude and latitude");
                return None;
            };
            let mut fields = Fields::new(self.file, table, corner.span(), &prefix);
            let place = fields.place();
            fields.finish();
            ring.push(place?);
        }
        Some(ring)
    }
}

fn kind_of(value: &DeValue<'_>) -> &'static str {
    value.type_str()
}
