//! Which rulebook judges.

use chrono::{NaiveDate, Utc};
use stackside_core::clock::shanghai_date;
use stackside_core::definition::Definitions;
use stackside_core::rulebook::{Rulebook, in_force};

/// The nation's where none is named.
const NATION: &str = "CN";

/// A choice of rules.
#[derive(clap::Args)]
pub struct Choice {
    /// The rulebook of a jurisdiction, such as CN-31, laid over the national one; without it the national one.
    #[arg(long, value_name = "ID")]
    rulebook: Option<String>,
    /// The day of the work, such as 2026-11-23; without it today.
    #[arg(long)]
    date: Option<NaiveDate>,
}

impl Choice {
    /// The day of the work.
    pub fn date(&self) -> NaiveDate {
        self.date.unwrap_or_else(|| shanghai_date(Utc::now()))
    }

    /// The rules that hold there on the day.
    pub fn rules(&self, definitions: &Definitions) -> Result<Rulebook, String> {
        let books = &definitions.rulebooks;
        let id = self.rulebook.as_deref().unwrap_or(NATION);
        let Some(book) = books.iter().find(|book| book.id.as_str() == id) else {
            let known: Vec<&str> = books.iter().map(|book| book.id.as_str()).collect();
            return Err(format!("no rulebook `{id}`: {}", known.join(", ")));
        };
        let rules = in_force(books, &book.jurisdiction, self.date()).map_err(|error| error.to_string())?;
        if rules.id == book.id {
            Ok(rules)
        } else {
            Err(format!("rulebook `{id}` does not hold on {}", self.date()))
        }
    }
}
