//! Inspected items and consumables: when each was last done, and which are due now.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{AnswerKey, Answers, Field, FieldType, Form};

/// When items of a form were last done at a point, by the name of the item ([`item_of`], [`suggestion_item`]).
pub type LastDone = BTreeMap<String, NaiveDate>;

/// The name of an inspected item, the same in every version of the form.
pub fn item_of(key: &AnswerKey) -> String {
    key.to_string()
}

/// The name of a consumable that a table's column suggests.
pub fn suggestion_item(section: &str, column: &str, value: &str) -> String {
    format!("{section}/{column}={value}")
}

/// True if an item with a longest interval has to be done on `today`: it was never done, or its end is nearer than a
/// seventh of the interval. So a 30-day item is opened by the last of the weekly visits that still is in time.
pub fn is_due(every_days: u32, last: Option<NaiveDate>, today: NaiveDate) -> bool {
    let Some(last) = last else { return true };
    let early = every_days / 7;
    (today - last).num_days() >= i64::from(every_days.saturating_sub(early))
}

/// The items that a record did: inspected ones with an answer, and consumables by their suggested names.
pub fn done_items<'a>(form: &'a Form, answers: &'a Answers) -> impl Iterator<Item = String> + use<'a> {
    answers
        .0
        .iter()
        .filter(|(_, answer)| !answer.text.trim().is_empty())
        .filter_map(|(key, answer)| done_item(form.field_of(key)?, key, answer.text.trim()))
}

fn done_item(field: &Field, key: &AnswerKey, text: &str) -> Option<String> {
    if field.kind == FieldType::Check {
        // What could not be done is not done.
        return (!text.starts_with("impossible")).then(|| item_of(key));
    }
    let is_known = field.suggestions.iter().any(|suggestion| suggestion.value == text);
    is_known.then(|| suggestion_item(&key.section, &key.field, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_opened_by_the_last_visit_that_is_in_time() {
        let day = |n: u64| NaiveDate::from_ymd_opt(2026, 11, 1).unwrap() + chrono::Days::new(n);
        for (every, last, today, want) in [
            (7, None, 0, true),
            (7, Some(0), 5, false),
            (7, Some(0), 6, true),
            (7, Some(0), 7, true),
            (1, Some(0), 0, false),
            (1, Some(0), 1, true),
            // Weekly visits: on day 21 it can wait for day 28, which is still in time.
            (30, Some(0), 21, false),
            (30, Some(0), 28, true),
            (90, Some(0), 77, false),
            (90, Some(0), 84, true),
        ] {
            assert_eq!(is_due(every, last.map(day), day(today)), want, "{every} {last:?} {today}");
        }
    }
}
