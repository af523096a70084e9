//! What was done at a point, as far as any tablet told.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use crate::form::LastDone;
use crate::id::{FormCode, InstrumentId};

/// When records of each form were last signed at a point, of each instrument and of the whole point; in whatever order
/// they were heard of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Done {
    forms: BTreeMap<FormCode, BTreeMap<Option<InstrumentId>, DateTime<Utc>>>,
    items: BTreeMap<FormCode, LastDone>,
}

impl Done {
    /// A signed record that counts worked on an instrument; nothing for the record as a whole.
    pub fn note(&mut self, form: FormCode, instrument: Option<InstrumentId>, at: DateTime<Utc>) {
        let last = self.forms.entry(form).or_default().entry(instrument).or_insert(at);
        *last = at.max(*last);
    }

    /// A record that counts did an item of its form.
    pub fn note_item(&mut self, form: FormCode, item: String, on: NaiveDate) {
        let last = self.items.entry(form).or_default().entry(item).or_insert(on);
        *last = on.max(*last);
    }

    /// When a form was last signed for an instrument, or for nothing at the point.
    pub fn last(&self, form: &FormCode, instrument: Option<&InstrumentId>) -> Option<DateTime<Utc>> {
        let instruments = self.forms.get(form)?;
        instruments.get(&instrument.cloned()).copied()
    }

    /// When an item was last done.
    pub(super) fn last_item(&self, form: &FormCode, item: &str) -> Option<NaiveDate> {
        self.items.get(form)?.get(item).copied()
    }
}
