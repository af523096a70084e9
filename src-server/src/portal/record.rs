//! A signed record as a table: labels from the version of the form that it was filled with.

use stackside_core::act::RecordSigned;
use stackside_core::form::{self, Answer, AnswerKey, Field, FieldType, Form, Label, Section, Unit};
use stackside_core::judge::{Outcome, Verdict};

use crate::words::{EN, Words};

/// A part of a record: a caption, its rows, its verdicts.
pub(super) struct Part {
    pub(super) caption: String,
    pub(super) rows: Vec<Line>,
    pub(super) verdicts: Vec<Judged>,
}

pub(super) struct Line {
    pub(super) label: String,
    pub(super) value: String,
    pub(super) unit: String,
    /// What stood there before, and why it was replaced.
    pub(super) replaced: Option<(String, String)>,
}

pub(super) struct Judged {
    pub(super) of: String,
    pub(super) tone: &'static str,
    pub(super) outcome: &'static str,
    pub(super) figures: Vec<String>,
    pub(super) clause: String,
    pub(super) to_be_checked: bool,
}

/// The form of a record, in the very version that it was filled with.
pub(super) fn form_of(content: &RecordSigned) -> Option<Form> {
    let forms = form::built_in().ok()?;
    forms.into_iter().find(|form| form.code == content.form && form.version == content.form_version)
}

/// The text of a label in the language of `words`.
pub(super) fn text<'l>(label: &'l Label, words: &Words) -> &'l str {
    if words.code == EN.code { &label.en } else { &label.zh }
}

/// The record's parts in the order of the form; without the form, as they came. `name` names an instrument by its id.
pub(super) fn parts(
    content: &RecordSigned,
    form: Option<&Form>,
    words: &Words,
    name: impl Fn(&str) -> String,
) -> Vec<Part> {
    let Some(form) = form else {
        let rows =
            content.answers.0.iter().map(|(key, answer)| line(key.to_string(), answer, None, String::new()));
        let verdicts = content.verdicts.iter().map(|verdict| judged(verdict, None, words)).collect();
        return vec![Part { caption: words.unknown_form.to_owned(), rows: rows.collect(), verdicts }];
    };
    let mut parts = vec![];
    for section in &form.sections {
        let mut blocks: Vec<Option<&str>> = vec![];
        for key in content.answers.0.keys().filter(|key| key.section == section.id) {
            if !blocks.contains(&key.row.as_deref()) {
                blocks.push(key.row.as_deref());
            }
        }
        // As they were judged: in the order of the official table.
        blocks.sort_by_key(|block| content.verdicts.iter().position(|v| v.row.as_deref() == *block));
        for block in blocks {
            let caption =
                text(&section.label, words).replace("{name}", &block.map(&name).unwrap_or_default());
            let of_block =
                |verdict: &&Verdict| verdict.section == section.id && verdict.row.as_deref() == block;
            let verdicts: Vec<Judged> = content
                .verdicts
                .iter()
                .filter(of_block)
                .map(|verdict| judged(verdict, Some(section), words))
                .collect();
            let rows: Vec<Line> = section
                .fields
                .iter()
                .filter_map(|field| row(content, section, field, block, words))
                .collect();
            // A block that only the register filled was not worked on.
            let is_worked_on = block.is_none() || !verdicts.is_empty() || typed(content, section, block);
            if !rows.is_empty() && is_worked_on {
                parts.push(Part { caption, rows, verdicts });
            }
        }
    }
    parts
}

fn typed(content: &RecordSigned, section: &Section, block: Option<&str>) -> bool {
    content.answers.0.iter().any(|(key, answer)| {
        key.section == section.id && key.row.as_deref() == block && answer.origin == form::Origin::Typed
    })
}

fn row(
    content: &RecordSigned,
    section: &Section,
    field: &Field,
    block: Option<&str>,
    words: &Words,
) -> Option<Line> {
    let key = AnswerKey::new(&section.id, block, &field.id);
    let answer = content.answers.0.get(&key)?;
    if answer.text.trim().is_empty() {
        return None;
    }
    let group = field.group.as_ref().and_then(|id| section.groups.iter().find(|group| group.id == *id));
    let label = match group {
        Some(group) => format!("{} · {}", text(&group.label, words), text(&field.label, words)),
        None => text(&field.label, words).to_owned(),
    };
    let unit = match &field.unit {
        Some(Unit::Fixed(unit)) => unit.clone(),
        Some(Unit::Field(other)) => content.answers.text(&key.sibling(other)).unwrap_or_default().to_owned(),
        None => String::new(),
    };
    let choice = field.choices.iter().find(|choice| choice.value == answer.text);
    let shown = match (choice, field.kind, answer.text.as_str()) {
        (Some(choice), _, _) => Some(text(&choice.label, words)),
        (None, FieldType::Computed, "yes") => Some(if words.code == EN.code { "yes" } else { "是" }),
        (None, FieldType::Computed, "no") => Some(if words.code == EN.code { "no" } else { "否" }),
        _ => None,
    };
    Some(line(label, answer, shown, unit))
}

fn line(label: String, answer: &Answer, shown: Option<&str>, unit: String) -> Line {
    let replaced = answer.replaced.as_ref().map(|over| (over.original.clone(), over.reason.clone()));
    Line { label, value: shown.unwrap_or(&answer.text).to_owned(), unit, replaced }
}

fn judged(verdict: &Verdict, section: Option<&Section>, words: &Words) -> Judged {
    let group = section.and_then(|section| section.groups.iter().find(|group| group.id == verdict.group));
    let (tone, outcome) = match verdict.outcome {
        Outcome::Pass => ("ok", words.pass),
        Outcome::FailValid => ("warn", words.fail_valid),
        Outcome::Fail => ("bad", words.fail),
        Outcome::OutOfControl => ("bad", words.out_of_control),
        Outcome::Incomplete => ("idle", words.incomplete),
        Outcome::NotJudged => ("idle", words.not_judged),
    };
    let figures = verdict.figures.iter().map(|figure| {
        let (shown, unit, pass) = (&figure.shown, &figure.unit, figure.pass);
        let out = figure.out_of_control.map(|out| format!("，{} > ±{out}", words.out_of_control_beyond));
        format!("{shown} {unit}（{} ±{pass}{}）", words.limit, out.unwrap_or_default())
    });
    Judged {
        of: group.map_or_else(|| verdict.group.clone(), |group| text(&group.label, words).to_owned()),
        tone,
        outcome,
        figures: figures.collect(),
        clause: verdict.rule.as_ref().map(|rule| text(&rule.clause, words).to_owned()).unwrap_or_default(),
        to_be_checked: verdict.rule.as_ref().is_some_and(|rule| rule.to_be_checked),
    }
}
