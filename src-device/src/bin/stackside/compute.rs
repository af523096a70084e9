//! `stackside compute`: one function, by its arguments' names.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use stackside_core::definition::Definitions;
use stackside_core::judge::{Args, Figure, Filled, Function, Judged, Outcome, RuleRef, Rules};
use stackside_core::register::InstrumentKind;

use crate::Report;
use crate::input::{self, Values};
use crate::rules::Choice;
use crate::show::{self, Wrong};

/// What a computation takes.
#[derive(clap::Args)]
pub struct Computation {
    /// The function, such as `accuracy` or `standard_dry`: see docs/forms.md.
    function: Function,
    /// Its arguments by name, JSON: numbers as texts, {"last": "0.4", …}; `for` says what the rule is looked up by:
    /// {"for": {"kind": "gas", "factor": "SO2", "unit": "μmol/mol", "group": "zero"}}. `-` is standard input.
    args: PathBuf,
    #[command(flatten)]
    rulebook: Choice,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

/// What the rule is looked up by.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Subject {
    kind: Option<InstrumentKind>,
    factor: Option<String>,
    unit: Option<String>,
    #[serde(default)]
    group: String,
}

#[derive(Default)]
struct File {
    subject: Subject,
    values: Values,
}

impl<'de> Deserialize<'de> for File {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = File;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with arguments")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<File, A::Error> {
                let mut file = File::default();
                while let Some(name) = map.next_key::<String>()? {
                    match name.as_str() {
                        "for" => file.subject = map.next_value()?,
                        _ => file.values.take(name, &mut map)?,
                    }
                }
                Ok(file)
            }
        }
        reader.deserialize_map(Reader)
    }
}

/// A filled value: a text, or texts by line.
#[derive(Serialize)]
#[serde(untagged)]
enum Said {
    One(String),
    List(Vec<Option<String>>),
}

impl Said {
    fn of(filled: &Filled) -> Self {
        match filled {
            Filled::Number(value) => Self::One(value.normalize().to_string()),
            Filled::Word(word) => Self::One(word.clone()),
            Filled::Numbers(values) => {
                Self::List(values.iter().map(|value| Some((*value)?.normalize().to_string())).collect())
            }
            Filled::Against(values) => {
                Self::List(values.iter().map(|pair| Some(pair.as_ref()?.0.normalize().to_string())).collect())
            }
            Filled::Words(words) => Self::List(words.iter().map(|word| word.map(str::to_owned)).collect()),
        }
    }
    fn text(&self) -> String {
        match self {
            Self::One(text) => text.clone(),
            Self::List(texts) => {
                let texts = texts.iter().map(|text| text.as_deref().unwrap_or("–"));
                texts.collect::<Vec<_>>().join("  ")
            }
        }
    }
}

/// What came of it.
#[derive(Serialize)]
struct Computed<'a> {
    function: &'static str,
    /// Nothing for a plain formula.
    outcome: Option<Outcome>,
    fills: BTreeMap<&'static str, Said>,
    figures: &'a [Figure],
    rule: Option<&'a RuleRef>,
    problems: &'a [Wrong],
}

impl Computation {
    /// Computes, and says what came of it.
    pub fn run(self) -> Result<Report, String> {
        let File { subject, values } = input::read_json(&self.args)?;
        let definitions = Definitions::built_in().map_err(|error| error.to_string())?;
        let book = self.rulebook.rules(&definitions)?;
        let rules = Rules {
            book: Some(&book),
            kind: subject.kind,
            factor: subject.factor.as_deref(),
            unit: subject.unit.as_deref(),
            group: &subject.group,
        };
        let (judged, problems) = match Args::read(self.function, values.0) {
            Err(errors) => (None, errors.iter().map(Wrong::of_argument).collect()),
            Ok(args) => match self.function.run(&args, &rules) {
                Ok(judged) => {
                    let problems: Vec<Wrong> = judged.trouble.iter().map(Wrong::of_computing).collect();
                    (Some(judged), problems)
                }
                Err(error) => (None, vec![Wrong::of_computing(&error)]),
            },
        };
        self.report(judged, problems)
    }

    fn report(&self, judged: Option<Judged>, problems: Vec<Wrong>) -> Result<Report, String> {
        let complaints: Vec<String> = problems.iter().map(Wrong::line).collect();
        let fills = judged.iter().flat_map(|judged| &judged.fills);
        let fills: BTreeMap<&str, Said> = fills.map(|(name, filled)| (*name, Said::of(filled))).collect();
        let outcome = judged.as_ref().and_then(|judged| judged.quantity.map(|_| judged.outcome));
        let figures = judged.as_ref().map_or(&[][..], |judged| &judged.figures);
        let rule = judged.as_ref().and_then(|judged| judged.rule.as_ref());
        if self.json {
            let function = self.function.name();
            let text =
                show::json(&Computed { function, outcome, fills, figures, rule, problems: &problems })?;
            return Ok(Report { text, complaints: show::counted(&complaints), ..Report::default() });
        }
        let mut rows: Vec<Vec<String>> =
            fills.iter().map(|(name, said)| vec![(*name).to_owned(), said.text()]).collect();
        if let Some(outcome) = outcome {
            rows.push(vec!["verdict".to_owned(), show::outcome(outcome).to_owned()]);
        }
        for figure in figures {
            let [figure, limit] = show::figure(figure);
            rows.push(vec!["judged".to_owned(), format!("{figure}, limit {limit}")]);
        }
        if let Some(rule) = rule {
            let [clause, id] = show::rule(Some(rule));
            rows.push(vec!["clause".to_owned(), clause]);
            rows.push(vec!["rule".to_owned(), id]);
        }
        Ok(Report { text: show::table(&rows), complaints, ..Report::default() })
    }
}
