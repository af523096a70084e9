//! `stackside forms`.

use std::path::{Path, PathBuf};

use serde::Serialize;
use stackside_core::definition::{Definition, DefinitionKind, Definitions};
use stackside_core::form::{Field, Form, Label, Section, Unit};
use stackside_device::Device;

use crate::input::{self, FormName, word};
use crate::{Report, enrol, show};

/// What can be done with definitions.
#[derive(clap::Subcommand)]
pub enum Action {
    /// All forms that ship; with a data folder those that a tablet knows.
    List {
        /// A tablet's data folder.
        #[arg(long)]
        data: Option<PathBuf>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// One form with its fields.
    Show {
        /// CODE or CODE@VERSION; without a version the newest national one.
        form: FormName,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Read definitions of forms and rulebooks, and say what is wrong with each. A file may build on those before it.
    Check {
        /// The files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Take a form or rulebook over into a tablet's data folder, whole or not at all.
    Import {
        /// The file.
        file: PathBuf,
        /// The data folder.
        #[arg(long)]
        data: PathBuf,
    },
}

impl Action {
    /// Does it.
    pub fn run(self) -> Result<Report, String> {
        let definitions = Definitions::built_in().map_err(|error| error.to_string())?;
        match self {
            Self::List { data: None, json } => list(&definitions.forms, json).map(Report::text),
            Self::List { data: Some(data), json } => {
                let known = on_tablet(data, |device| Ok(device.definitions()))?;
                list(&known.forms, json).map(Report::text)
            }
            Self::Show { form, json } => {
                let form = find(&definitions, &form)?;
                if json { show::json(form) } else { Ok(shown(form)) }.map(Report::text)
            }
            Self::Check { files } => Ok(check(definitions, &files)),
            Self::Import { file, data } => import(&file, data).map(Report::text),
        }
    }
}

/// Does something with a tablet that is there: a mistyped folder must not become one.
fn on_tablet<T>(data: PathBuf, act: impl FnOnce(&Device) -> Result<T, String>) -> Result<T, String> {
    if !data.is_dir() {
        return Err(format!("{}: no such data folder", data.display()));
    }
    let device = Device::open(enrol::config(data)).map_err(|error| error.to_string())?;
    let done = act(&device);
    device.close();
    done
}

fn import(path: &Path, data: PathBuf) -> Result<String, String> {
    let definition = read(path)?;
    on_tablet(data, |device| device.import(&definition).map_err(|error| error.to_string()))?;
    Ok(format!("{}: the {} is taken over", definition.file, word(&definition.kind)))
}

fn read(path: &Path) -> Result<Definition, String> {
    let text = input::read(path)?;
    Ok(Definition { kind: DefinitionKind::of(&text), file: input::name(path), text })
}

/// A form by its name.
pub fn find<'a>(definitions: &'a Definitions, name: &FormName) -> Result<&'a Form, String> {
    let FormName { code, version } = name;
    definitions.form(code, *version).ok_or_else(|| match version {
        Some(version) => format!("no form `{code}` version {version}: see `stackside forms list`"),
        None => format!("no form `{code}`: see `stackside forms list`"),
    })
}

/// A form in the list.
#[derive(Serialize)]
struct Line<'a> {
    code: &'a str,
    version: u32,
    jurisdiction: &'a str,
    valid_from: String,
    medium: Option<String>,
    basis: String,
    standard: &'a Label,
    title: &'a Label,
    sections: usize,
    fields: usize,
}

impl<'a> Line<'a> {
    fn of(form: &'a Form) -> Self {
        Self {
            code: form.code.as_str(),
            version: form.version,
            jurisdiction: form.jurisdiction.as_str(),
            valid_from: form.valid_from.to_string(),
            medium: form.medium.as_ref().map(word),
            basis: word(&form.basis),
            standard: &form.standard,
            title: &form.title,
            sections: form.sections.len(),
            fields: form.sections.iter().map(|section| section.fields.len() + section.columns.len()).sum(),
        }
    }
}

fn list(forms: &[Form], json: bool) -> Result<String, String> {
    let lines: Vec<Line<'_>> = forms.iter().map(Line::of).collect();
    if json {
        return show::json(&lines);
    }
    let head = ["code", "version", "where", "medium", "basis", "sections", "fields", "title"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    rows.extend(lines.iter().map(|line| {
        vec![
            line.code.to_owned(),
            line.version.to_string(),
            line.jurisdiction.to_owned(),
            line.medium.clone().unwrap_or_else(|| "both".to_owned()),
            line.basis.clone(),
            line.sections.to_string(),
            line.fields.to_string(),
            format!("{} · {}", line.title.zh, line.title.en),
        ]
    }));
    Ok(show::table(&rows))
}

fn shown(form: &Form) -> String {
    let mut text = format!(
        "{}@{} {} · {}\n{} · {}, basis: {}, in {} from {}\n",
        form.code,
        form.version,
        form.title.zh,
        form.title.en,
        form.standard.zh,
        form.standard.en,
        word(&form.basis),
        form.jurisdiction,
        form.valid_from,
    );
    for section in &form.sections {
        text.push_str(&format!("\n{}\n", heading(section)));
        let fields = section.fields.iter().map(|field| row(field, ""));
        let columns = section.columns.iter().map(|column| row(column, "@LINE/"));
        text.push_str(&show::table(&fields.chain(columns).collect::<Vec<_>>()));
    }
    if !form.photos.is_empty() {
        text.push_str("\nphotos\n");
        let rows = form.photos.iter().map(|slot| {
            let needed = if slot.required { "required" } else { "" };
            vec![
                format!("  {}", slot.id),
                needed.to_owned(),
                format!("{} · {}", slot.label.zh, slot.label.en),
            ]
        });
        text.push_str(&show::table(&rows.collect::<Vec<_>>()));
    }
    text
}

fn heading(section: &Section) -> String {
    let mut heading = format!("{}: {} · {}", section.id, section.label.zh, section.label.en);
    if let Some(repeat) = &section.repeat {
        let kinds: Vec<String> = repeat.kinds.iter().map(word).collect();
        let factors = repeat.factors.join(", ");
        let of = if factors.is_empty() { String::new() } else { format!(" for {factors}") };
        heading.push_str(&format!("; once for each {}{of}", kinds.join(" or ")));
    }
    if let Some(lines) = &section.lines {
        heading.push_str(&format!("; table of {} to {} lines", lines.at_least, lines.at_most));
    }
    let judges = section.judges.iter().map(|judge| format!("{} ({})", judge.group, judge.function.name()));
    let judges: Vec<String> = judges.collect();
    if !judges.is_empty() {
        heading.push_str(&format!("; judged: {}", judges.join(", ")));
    }
    heading
}

fn row(field: &Field, before: &str) -> Vec<String> {
    let unit = match &field.unit {
        Some(Unit::Fixed(unit)) => unit.clone(),
        Some(Unit::Field(other)) => format!("as {other}"),
        None => field.choices.iter().map(|choice| choice.value.as_str()).collect::<Vec<_>>().join("|"),
    };
    vec![
        format!("  {before}{}", field.id),
        word(&field.kind),
        if field.required { "required".to_owned() } else { String::new() },
        unit,
        format!("{} · {}", field.label.zh, field.label.en),
    ]
}

fn check(mut definitions: Definitions, files: &[PathBuf]) -> Report {
    let mut report = Report::default();
    for path in files {
        let added = read(path).and_then(|definition| {
            definitions.add(&definition).map_err(|error| error.to_string()).map(|()| definition)
        });
        match added {
            Ok(Definition { file, kind, .. }) => {
                report.text.push_str(&format!("{file}: a {} that can be taken over\n", word(&kind)));
            }
            Err(complaint) => report.complaints.push(complaint),
        }
    }
    report
}
