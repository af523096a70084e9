//! `stackside judge`: the answers of a form, checked and judged as the device does when it signs.

use std::collections::BTreeSet;
use std::path::PathBuf;

use chrono::Utc;
use serde::Serialize;
use stackside_core::definition::Definitions;
use stackside_core::form::{
    Answer, AnswerError, AnswerKey, Answers, Field, FieldType, Form, LastDone, Origin, Prefill, Problem,
    RegisterValue, Site, blocks, check, check_text,
};
use stackside_core::judge::{self, Given, Verdict, problems};
use stackside_core::register::Instrument;
use stackside_core::rulebook::Rulebook;

use crate::Report;
use crate::answers::File;
use crate::forms::find;
use crate::input::{self, FormName, Values};
use crate::rules::Choice;
use crate::show::{self, QUOTES, Wrong};

/// What a judgement takes.
#[derive(clap::Args)]
pub struct Judgement {
    /// CODE or CODE@VERSION of the form; without a version the newest national one.
    form: FormName,
    /// The answers, JSON: {"section/field": "text", …}, or {"answers": {…}, "instruments": [{"id": "A1", "kind": "gas",
    /// "factor": "SO2", "unit": "μmol/mol", "range_low": "0", "range_high": "500"}]}. `-` is standard input.
    answers: PathBuf,
    #[command(flatten)]
    rulebook: Choice,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

/// What came of it.
#[derive(Serialize)]
struct Judged<'a> {
    form: &'a str,
    version: u32,
    rulebook: &'a str,
    rulebook_version: u32,
    verdicts: Vec<Verdict>,
    problems: Vec<Wrong>,
}

impl Judgement {
    /// Checks and judges.
    pub fn run(self) -> Result<Report, String> {
        let definitions = Definitions::built_in().map_err(|error| error.to_string())?;
        let form = find(&definitions, &self.form)?;
        let rulebook = self.rulebook.rules(&definitions)?;
        let File { answers, instruments } = input::read_json(&self.answers)?;
        let (answers, mut wrong) = taken(form, &instruments, answers);
        let is_understood = wrong.is_empty();
        let judgement = judge::judge(form, &answers, &instruments, &rulebook);
        let missing = self.missing(form, &answers, &instruments);
        let mut all: Vec<Problem> = missing.into_iter().chain(problems(&judgement.verdicts)).collect();
        let mut seen = BTreeSet::new();
        all.retain(|problem| seen.insert(problem.key.clone()));
        let refused: BTreeSet<String> = wrong.iter().map(|wrong| wrong.field.clone()).collect();
        wrong.extend(all.iter().map(Wrong::of_answer).filter(|wrong| !refused.contains(&wrong.field)));
        // A verdict over a file that was not understood would say more than is known.
        let verdicts = if is_understood { judgement.verdicts } else { vec![] };
        self.report(form, &rulebook, verdicts, wrong)
    }

    /// What is not valid or missing. Photos and bottles are not in the file.
    fn missing(&self, form: &Form, answers: &Answers, instruments: &[Instrument]) -> Vec<Problem> {
        let site = Site {
            instruments,
            bottles: &[],
            last_done: &LastDone::new(),
            begun_on: self.rulebook.date(),
            photo_slots: &[],
            now: Utc::now(),
        };
        let mut problems = check(form, answers, &site);
        problems.retain(|problem| {
            !matches!(problem.error, AnswerError::PhotoMissing | AnswerError::UnknownBottle)
        });
        problems
    }

    fn report(
        &self,
        form: &Form,
        rulebook: &Rulebook,
        verdicts: Vec<Verdict>,
        problems: Vec<Wrong>,
    ) -> Result<Report, String> {
        let complaints: Vec<String> = problems.iter().map(Wrong::line).collect();
        if self.json {
            let text = show::json(&Judged {
                form: form.code.as_str(),
                version: form.version,
                rulebook: rulebook.id.as_str(),
                rulebook_version: rulebook.version,
                verdicts,
                problems,
            })?;
            return Ok(Report { text, complaints: show::counted(&complaints), ..Report::default() });
        }
        let mut text = format!(
            "{}@{} {} · {}, judged by {}@{}\n",
            form.code, form.version, form.title.zh, form.title.en, rulebook.id, rulebook.version
        );
        text.push_str(&show::table(&verdicts.iter().flat_map(rows).collect::<Vec<_>>()));
        Ok(Report { text, complaints, ..Report::default() })
    }
}

/// A verdict, one row for each of its figures.
fn rows(verdict: &Verdict) -> Vec<Vec<String>> {
    let place: Vec<&str> =
        [Some(verdict.section.as_str()), verdict.row.as_deref(), Some(verdict.group.as_str())]
            .into_iter()
            .flatten()
            .collect();
    let [clause, rule] = show::rule(verdict.rule.as_ref());
    let row = |[figure, limit]: [String; 2]| {
        let outcome = show::outcome(verdict.outcome).to_owned();
        vec![place.join("/"), outcome, figure, limit, clause.clone(), rule.clone()]
    };
    if verdict.figures.is_empty() {
        return vec![row([String::new(), String::new()])];
    }
    verdict.figures.iter().map(|figure| row(show::figure(figure))).collect()
}

/// The answers that the form has a place for, with what the instruments say already; and what is wrong with the rest.
fn taken(form: &Form, instruments: &[Instrument], values: Values) -> (Answers, Vec<Wrong>) {
    let (mut answers, mut wrong) = (Answers::default(), Vec::new());
    let mut seen = BTreeSet::new();
    for (name, given) in values.0 {
        let key: AnswerKey = match name.parse() {
            Ok(key) => key,
            Err(_) => {
                wrong.push(Wrong::new(name, "no such field"));
                continue;
            }
        };
        let Given::One(text) = given else {
            wrong.push(Wrong { advice: Some(QUOTES), ..Wrong::new(name, "not a text") });
            continue;
        };
        if !seen.insert(key.clone()) {
            wrong.push(Wrong::new(name, "given twice"));
            continue;
        }
        match place(form, instruments, &key).and_then(|field| check_text(field.kind, &text)) {
            Ok(()) => drop(answers.0.insert(key, Answer::typed(text))),
            Err(error) => wrong.push(Wrong::of_answer(&Problem { key, error })),
        }
    }
    let known = known(form, instruments, &answers);
    for (key, answer) in known {
        answers.0.entry(key).or_insert(answer);
    }
    (answers, wrong)
}

/// The field of an answer.
fn place<'a>(form: &'a Form, instruments: &[Instrument], key: &AnswerKey) -> Result<&'a Field, AnswerError> {
    let section = form.section(&key.section).ok_or(AnswerError::NoSuchField)?;
    if let (Some(_), Some(row)) = (&section.repeat, &key.row)
        && !instruments.iter().any(|instrument| instrument.id.as_str() == row)
    {
        return Err(AnswerError::UnknownInstrument);
    }
    if let (Some(lines), Some(line)) = (&section.lines, key.line)
        && line > lines.at_most
    {
        return Err(AnswerError::TooManyLines { most: lines.at_most });
    }
    let has = blocks(form, instruments).iter().any(|block| block.field_of(key).is_some());
    let field = if key.line.is_some() { section.column(&key.field) } else { section.field(&key.field) };
    match field.filter(|_| has) {
        Some(field) if field.kind == FieldType::Computed => Err(AnswerError::Computed),
        Some(field) => Ok(field),
        None => Err(AnswerError::NoSuchField),
    }
}

/// What stands in the form before anyone types: the instruments' own values, and what is always the same.
fn known(form: &Form, instruments: &[Instrument], answers: &Answers) -> Vec<(AnswerKey, Answer)> {
    let mut known = Vec::new();
    for block in blocks(form, instruments) {
        for (key, field) in block.asked(answers) {
            if key.line.is_some_and(|line| !block.is_line_used(answers, line)) {
                continue;
            }
            let of = |instrument: &Instrument| match field.prefill {
                Some(Prefill::Register(RegisterValue::Factor)) => Some(instrument.factor.clone()),
                Some(Prefill::Register(RegisterValue::InstrumentUnit)) => Some(instrument.unit.clone()),
                Some(Prefill::Register(RegisterValue::RangeLow)) => Some(instrument.range_low?.to_string()),
                Some(Prefill::Register(RegisterValue::RangeHigh)) => Some(instrument.range_high?.to_string()),
                _ => None,
            };
            let answer = match &field.prefill {
                Some(Prefill::Value(value)) => Some(Answer::given(value.clone(), Origin::Default)),
                _ => block.instrument.and_then(of).map(|text| Answer::given(text, Origin::Register)),
            };
            known.extend(answer.filter(|answer| !answer.text.is_empty()).map(|answer| (key, answer)));
        }
    }
    known
}
