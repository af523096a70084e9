//! What a new version of a record says differently, by its form: for the screen and the portal.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{AnswerKey, Answers, FieldType, Form, Section};

/// One place where two versions differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// Its key in the new version; in the old one of what is gone.
    pub key: AnswerKey,
    /// What happened there.
    pub change: Change,
    /// What stood there; nothing if it was empty.
    pub old: Option<String>,
    /// What stands there now.
    pub new: Option<String>,
}

/// What happened to an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It says something else.
    Answer,
    /// Its line of a table is new.
    LineAdded,
    /// Its line of a table is gone.
    LineRemoved,
}

/// The differences between two versions in the order of their form: fields, then the table by its lines. Lines are
/// compared by what they say, so that one taken out does not change all below it. Answers that the form does not know
/// come last.
pub fn differences(form: Option<&Form>, old: &Answers, new: &Answers) -> Vec<Difference> {
    let mut found = vec![];
    let mut known = BTreeSet::new();
    for section in form.map(|form| form.sections.as_slice()).unwrap_or_default() {
        let keys = old.0.keys().chain(new.0.keys()).filter(|key| key.section == section.id);
        let rows: BTreeSet<Option<&str>> = keys.map(|key| key.row.as_deref()).collect();
        for row in rows {
            let block = Block { section, row, old, new };
            block.fields(&mut found);
            block.lines(&mut found);
        }
        known.insert(section.id.as_str());
    }
    let is_left = |key: &&AnswerKey| {
        let field = form.and_then(|form| form.field_of(key));
        !known.contains(key.section.as_str()) || field.is_none()
    };
    let left: BTreeSet<&AnswerKey> = old.0.keys().chain(new.0.keys()).filter(is_left).collect();
    found.extend(left.into_iter().filter_map(|key| difference(key, old.text(key), new.text(key))));
    found
}

fn difference(key: &AnswerKey, old: Option<&str>, new: Option<&str>) -> Option<Difference> {
    let (text, key) = (|text: Option<&str>| text.map(str::to_owned), key.clone());
    (old != new).then(|| Difference { key, change: Change::Answer, old: text(old), new: text(new) })
}

/// Pairs of lines that are held against each other, at most: a thousand lines in both versions.
const MOST_COMPARED: usize = 1_000_000;

/// One block of a section in both versions.
struct Block<'a> {
    section: &'a Section,
    row: Option<&'a str>,
    old: &'a Answers,
    new: &'a Answers,
}

/// What a line of a table says, by its columns, and its number.
struct Line<'a> {
    number: u16,
    says: BTreeMap<&'a str, &'a str>,
}

/// A line of the old version and the one of the new that faces it.
type Pair<'l, 'a> = (Option<&'l Line<'a>>, Option<&'l Line<'a>>);

impl<'a> Block<'a> {
    fn key(&self, field: &str) -> AnswerKey {
        AnswerKey::new(&self.section.id, self.row, field)
    }

    fn fields(&self, found: &mut Vec<Difference>) {
        for field in &self.section.fields {
            let key = self.key(&field.id);
            found.extend(difference(&key, self.old.text(&key), self.new.text(&key)));
        }
    }

    fn lines(&self, found: &mut Vec<Difference>) {
        let (old, new) = (self.lines_of(self.old), self.lines_of(self.new));
        for (before, after) in self.aligned(&old, &new) {
            for column in &self.section.columns {
                let of = |line: Option<&Line<'a>>| {
                    let Line { number, says } = line?;
                    Some((self.key(&column.id).in_line(*number), says.get(column.id.as_str()).copied()))
                };
                let text = |text: Option<&str>| text.map(str::to_owned);
                match (of(before), of(after)) {
                    (Some((_, old)), Some((key, new))) => found.extend(difference(&key, old, new)),
                    (Some((key, old @ Some(_))), None) => {
                        found.push(Difference {
                            key,
                            change: Change::LineRemoved,
                            old: text(old),
                            new: None,
                        });
                    }
                    (None, Some((key, new @ Some(_)))) => {
                        found.push(Difference { key, change: Change::LineAdded, old: None, new: text(new) });
                    }
                    _ => {}
                }
            }
        }
    }

    /// The lines that say something, by their numbers.
    fn lines_of(&self, answers: &'a Answers) -> Vec<Line<'a>> {
        let mut lines: BTreeMap<u16, BTreeMap<&str, &str>> = BTreeMap::new();
        for (key, answer) in answers.of_block(&self.section.id, self.row) {
            let text = answer.text.trim();
            if let (Some(line), false) = (key.line, text.is_empty()) {
                lines.entry(line).or_default().insert(&key.field, text);
            }
        }
        lines.into_iter().map(|(number, says)| Line { number, says }).collect()
    }

    /// Old and new lines side by side: equal ones face each other as far as their order allows; those between face each
    /// other in turn, and what is left over is gone or new.
    fn aligned<'l>(&self, old: &'l [Line<'a>], new: &'l [Line<'a>]) -> Vec<Pair<'l, 'a>> {
        let mut pairs = vec![];
        let (mut from_old, mut from_new) = (0, 0);
        let ends = [(old.len(), new.len())];
        for (in_old, in_new) in self.common(old, new).into_iter().chain(ends) {
            let (gone, come) = (&old[from_old..in_old], &new[from_new..in_new]);
            pairs.extend((0..gone.len().max(come.len())).map(|index| (gone.get(index), come.get(index))));
            if in_old < old.len() && in_new < new.len() {
                pairs.push((old.get(in_old), new.get(in_new)));
            }
            (from_old, from_new) = (in_old + 1, in_new + 1);
        }
        pairs
    }

    /// The longest series of lines that say the same in both: their places.
    fn common(&self, old: &[Line<'a>], new: &[Line<'a>]) -> Vec<(usize, usize)> {
        // Of tables that no hand fills, which only a forged record has, the lines face each other by their places.
        if old.len().saturating_mul(new.len()) > MOST_COMPARED {
            return vec![];
        }
        let is_same = |i: usize, j: usize| self.said(&old[i]).eq(self.said(&new[j]));
        // Of the lines from i and from j on.
        let mut longest = vec![vec![0_usize; new.len() + 1]; old.len() + 1];
        for i in (0..old.len()).rev() {
            for j in (0..new.len()).rev() {
                longest[i][j] = if is_same(i, j) {
                    longest[i + 1][j + 1] + 1
                } else {
                    longest[i + 1][j].max(longest[i][j + 1])
                };
            }
        }
        let (mut common, mut i, mut j) = (vec![], 0, 0);
        while i < old.len() && j < new.len() {
            if is_same(i, j) {
                common.push((i, j));
                (i, j) = (i + 1, j + 1);
            } else if longest[i + 1][j] >= longest[i][j + 1] {
                i += 1;
            } else {
                j += 1;
            }
        }
        common
    }

    /// What a person says in a line: computed figures follow from it.
    fn said<'l>(&'l self, line: &'l Line<'a>) -> impl Iterator<Item = (&'l &'a str, &'l &'a str)> {
        line.says
            .iter()
            .filter(|(id, _)| self.section.column(id).is_none_or(|column| column.kind != FieldType::Computed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::{Answer, built_in};

    fn answers(given: &[(&str, &str)]) -> Answers {
        let one = |(key, text): &(&str, &str)| (key.parse().unwrap(), Answer::typed(*text));
        Answers(given.iter().map(one).collect())
    }

    /// As `key old → new`, with + and − for lines.
    fn shown(found: &[Difference]) -> Vec<String> {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let one = |found: &Difference| {
            let mark = match found.change {
                Change::Answer => "",
                Change::LineAdded => "+",
                Change::LineRemoved => "−",
            };
            format!("{mark}{} {}→{}", found.key, text(&found.old), text(&found.new))
        };
        found.iter().map(one).collect()
    }

    fn compare(form: &str, old: &[(&str, &str)], new: &[(&str, &str)]) -> Vec<String> {
        let forms = built_in().unwrap();
        let form = forms.iter().rev().find(|known| known.code.as_str() == form);
        shown(&differences(form, &answers(old), &answers(new)))
    }

    #[test]
    fn a_new_version_says_what_it_says_differently() {
        for (old, new, want, why) in [
            (&[("footer/remark", "a")][..], &[("footer/remark", "a")][..], &[][..], "nothing"),
            (&[("footer/remark", "a ")], &[("footer/remark", "a")], &[], "a space is nothing"),
            (&[("footer/remark", "a")], &[("footer/remark", "b")], &["footer/remark a→b"], "another word"),
            (&[], &[("footer/remark", "b")], &["footer/remark →b"], "given now"),
            (&[("footer/remark", "a")], &[("footer/remark", "")], &["footer/remark a→"], "taken away"),
            (
                &[("analyser/A/zero.before", "6.9"), ("analyser/B/zero.before", "1")],
                &[("analyser/A/zero.before", "7.1"), ("analyser/C/zero.before", "1")],
                &["analyser/A/zero.before 6.9→7.1", "analyser/B/zero.before 1→", "analyser/C/zero.before →1"],
                "instrument by instrument",
            ),
            (
                &[("analyser/A/zero.before", "1"), ("footer/remark", "x")],
                &[("analyser/A/zero.before", "2"), ("footer/remark", "y"), ("gone/field", "z")],
                &["analyser/A/zero.before 1→2", "footer/remark x→y", "gone/field →z"],
                "in the order of the form, unknown answers last",
            ),
        ] {
            assert_eq!(compare("HJ75-G4", old, new), want, "{why}");
        }
    }

    #[test]
    fn lines_of_a_table_are_compared_by_what_they_say() {
        let forms = built_in().unwrap();
        let form = forms.iter().find(|form| form.code.as_str() == "HJ75-G8").unwrap();
        let section = form.sections.iter().find(|section| section.lines.is_some()).unwrap();
        let mut typed = section.columns.iter().filter(|column| column.kind != FieldType::Computed);
        let (a, b) = (typed.next().unwrap(), typed.next().unwrap());
        let table = |lines: &[(&str, &str)]| {
            let cells = lines.iter().zip(1..).flat_map(|((one, two), line)| {
                let key = |id: &str| AnswerKey::new(&section.id, None, id).in_line(line);
                [(key(&a.id), Answer::typed(*one)), (key(&b.id), Answer::typed(*two))]
            });
            Answers(cells.collect())
        };
        let (old, s, a, b) = (table(&[("1", "x"), ("2", "y"), ("3", "z")]), &section.id, &a.id, &b.id);
        for (new, want, why) in [
            (table(&[("1", "x"), ("2", "y"), ("3", "z")]), vec![], "the same"),
            (
                table(&[("2", "y"), ("3", "z")]),
                vec![format!("−{s}/@1/{a} 1→"), format!("−{s}/@1/{b} x→")],
                "the first is gone; those below moved up",
            ),
            (
                table(&[("1", "x"), ("9", "n"), ("2", "y"), ("3", "z")]),
                vec![format!("+{s}/@2/{a} →9"), format!("+{s}/@2/{b} →n")],
                "one in between is new",
            ),
            (table(&[("1", "x"), ("2", "Y"), ("3", "z")]), vec![format!("{s}/@2/{b} y→Y")], "one cell"),
            (
                table(&[("2", "Y"), ("3", "z"), ("4", "w")]),
                vec![
                    format!("{s}/@1/{a} 1→2"),
                    format!("{s}/@1/{b} x→Y"),
                    format!("−{s}/@2/{a} 2→"),
                    format!("−{s}/@2/{b} y→"),
                    format!("+{s}/@3/{a} →4"),
                    format!("+{s}/@3/{b} →w"),
                ],
                "around what stayed",
            ),
        ] {
            assert_eq!(shown(&differences(Some(form), &old, &new)), want, "{why}");
        }
    }

    #[test]
    fn a_table_that_no_hand_fills_takes_no_memory_to_compare() {
        let table = |text: &str| {
            let line = |line| (AnswerKey::new("gas", None, "bottle").in_line(line), Answer::typed(text));
            Answers((1..=u16::MAX).map(line).collect())
        };
        let forms = built_in().unwrap();
        let form = forms.iter().find(|form| form.code.as_str() == "HJ75-G8").unwrap();
        let mut form = form.clone();
        let section = form.sections.iter_mut().find(|section| section.lines.is_some()).unwrap();
        section.id = "gas".into();
        section.columns[0].id = "bottle".into();
        assert_eq!(differences(Some(&form), &table("a"), &table("b")).len(), usize::from(u16::MAX));
    }

    #[test]
    fn without_its_form_a_record_differs_key_by_key() {
        let (old, new) = (answers(&[("a/@1/b", "1")]), answers(&[("a/@1/b", "2"), ("c/d", "3")]));
        assert_eq!(shown(&differences(None, &old, &new)), ["a/@1/b 1→2", "c/d →3"]);
    }
}
