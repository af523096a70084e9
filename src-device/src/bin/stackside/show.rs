//! Output for people: aligned columns, verdicts in words; and the same as JSON.

use serde::Serialize;
use stackside_core::decimal::NumberError;
use stackside_core::form::{AnswerError, Problem};
use stackside_core::judge::{ArgError, ArgFault, ComputeError, Figure, Measure, Outcome, RuleRef};

/// So many complaints are printed; the rest is counted.
const MOST_LINES: usize = 100;

/// The first complaints, and how many there are besides.
pub fn first(complaints: &[String]) -> impl Iterator<Item = String> {
    let more = complaints.len().saturating_sub(MOST_LINES);
    let rest = (more > 0).then(|| format!("and {more} more"));
    complaints.iter().take(MOST_LINES).cloned().chain(rest)
}

/// How many complaints there are, where the JSON says which.
pub fn counted(complaints: &[String]) -> Vec<String> {
    match complaints.len() {
        0 => vec![],
        1 => vec!["1 problem".to_owned()],
        many => vec![format!("{many} problems")],
    }
}

/// As JSON.
pub fn json(value: &impl Serialize) -> Result<String, String> {
    serde_json::to_string_pretty(value).map_err(|error| error.to_string())
}

/// Columns under each other, two blanks apart; the last one is as long as it is.
pub fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widest = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| width(cell)).max();
    let widths: Vec<usize> = (0..columns).map(|column| widest(column).unwrap_or(0)).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, wide) in row.iter().zip(&widths) {
            line.push_str(cell);
            line.push_str(&" ".repeat(wide - width(cell) + 2));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// How many columns of a terminal a text takes: Chinese takes two each.
fn width(text: &str) -> usize {
    let is_wide =
        |c: char| matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ff60}');
    text.chars().map(|c| if is_wide(c) { 2 } else { 1 }).sum()
}

/// A verdict in words.
pub fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::NotJudged => "not judged",
        Outcome::Pass => "pass",
        Outcome::Incomplete => "incomplete",
        Outcome::FailValid => "fail, data valid",
        Outcome::Fail => "fail",
        Outcome::OutOfControl => "out of control",
    }
}

/// A figure and its limits.
pub fn figure(figure: &Figure) -> [String; 2] {
    let unit = match figure.unit.as_str() {
        "" => String::new(),
        unit => format!(" {unit}"),
    };
    let limit = match (figure.by, figure.low) {
        (Measure::Between, Some(low)) => format!("{low} to {}", figure.pass),
        (Measure::AtLeast | Measure::PairsPassed, _) => format!("≥ {}", figure.pass),
        (Measure::AtMost | Measure::RelativeAccuracy, _) => format!("≤ {}", figure.pass),
        _ => format!("±{}", figure.pass),
    };
    let beyond = figure.out_of_control.map(|limit| format!(", out of control beyond ±{limit}"));
    [format!("{}{unit}", figure.shown), format!("{limit}{}{unit}", beyond.unwrap_or_default())]
}

/// Where the rule that judged is written.
pub fn rule(rule: Option<&RuleRef>) -> [String; 2] {
    let Some(rule) = rule else { return [String::new(), String::new()] };
    let mark = if rule.to_be_checked { " (basis to be checked)" } else { "" };
    [format!("{}{mark}", rule.clause.en), format!("{}@{} {}", rule.rulebook, rule.version, rule.id)]
}

/// One thing that is wrong with what was handed in.
#[derive(Serialize)]
pub struct Wrong {
    /// The answer or argument.
    pub field: String,
    /// What is wrong.
    pub reason: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<&'static str>,
}

impl Wrong {
    /// Something that needs no advice.
    pub fn new(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { field: field.into(), reason: reason.into(), advice: None }
    }

    /// An argument that is refused.
    pub fn of_argument(error: &ArgError) -> Self {
        let ArgError { name, line, fault } = error;
        let field = line.map_or_else(|| name.clone(), |line| format!("{name}/@{line}"));
        let advice = match fault {
            ArgFault::Number(why) => number_advice(*why),
            ArgFault::WrongType(_) => Some(QUOTES),
            _ => None,
        };
        Self { advice, ..Self::new(field, fault.to_string()) }
    }

    /// What stood in the way of computing.
    pub fn of_computing(error: &ComputeError) -> Self {
        let field = match error {
            ComputeError::Zero { param, line } => {
                line.map_or_else(|| (*param).to_owned(), |line| format!("{param}/@{line}"))
            }
            ComputeError::Missing(param) | ComputeError::Invalid(param) => (*param).to_owned(),
            _ => String::new(),
        };
        Self::new(field, error.to_string())
    }

    /// An answer that is not valid.
    pub fn of_answer(problem: &Problem) -> Self {
        let advice = match &problem.error {
            AnswerError::Number { why } => number_advice(*why),
            AnswerError::UnknownInstrument => Some("name it under `instruments`"),
            _ => None,
        };
        Self { advice, ..Self::new(problem.key.to_string(), problem.error.to_string()) }
    }

    /// In one line.
    pub fn line(&self) -> String {
        let advice = self.advice.map(|advice| format!("; {advice}")).unwrap_or_default();
        match self.field.as_str() {
            "" => format!("{}{advice}", self.reason),
            field => format!("{}: {}{advice}", field.escape_debug(), self.reason),
        }
    }
}

/// For a value that is no text.
pub const QUOTES: &str = "numbers stand in quotes, so that no digit is lost";

fn number_advice(why: NumberError) -> Option<&'static str> {
    match why {
        NumberError::Comma => Some("write 12.5, or 125"),
        NumberError::Exponent => Some("write 1000, or 0.001"),
        NumberError::NotANumber => Some("write digits with a dot, such as 12.5"),
        NumberError::TooLong => None,
    }
}
