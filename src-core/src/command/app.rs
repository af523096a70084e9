//! What comes back about the app itself: whose tablet it is, who is at it, how it looks.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::SyncLine;
use crate::form::AnswerKey;
use crate::id::{DeviceId, PersonId};
use crate::register::Person;

/// What the device tells the screen without being asked: to look again, no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// Something in the store changed.
    Store,
    /// Sync moved on.
    Sync,
    /// A new position sample.
    Position,
}

/// What the app needs to draw its first screen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AppState {
    /// The app's version.
    pub version: String,
    /// Nothing until the tablet is enrolled.
    pub enrolment: Option<Enrolment>,
    /// Who may open the app.
    pub people: Vec<PersonLine>,
    /// Who opened it.
    pub person: Option<Person>,
    /// Language, theme, Wi-Fi rule.
    pub settings: Settings,
    /// Where the person was.
    pub place: Option<Place>,
    /// What start-up found and mended, until the technician has read it.
    pub recovered: Option<Recovered>,
    /// The sync line.
    pub sync: SyncLine,
}

/// Whose tablet it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolment {
    /// The operator's name.
    pub operator: String,
    /// The server's address.
    pub server: String,
    /// The device's id.
    pub device: DeviceId,
    /// Last day of the certificate.
    pub valid_until: DateTime<Utc>,
}

/// A person on the unlock screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonLine {
    /// Who.
    pub id: PersonId,
    /// Name.
    pub name: String,
    /// 岗位.
    pub post: String,
    /// False until a PIN was set on this tablet.
    pub has_pin: bool,
}

/// Where a person is in the app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The screen's path, such as `/record/…`.
    pub path: String,
    /// The field that has the focus.
    pub field: Option<AnswerKey>,
}

/// Settings of the tablet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// 中文 or English.
    pub language: Language,
    /// Light or dark.
    pub theme: Theme,
    /// Photos on Wi-Fi only.
    pub photos_on_wifi_only: bool,
    /// When the app locks by itself.
    #[serde(default)]
    pub lock_after: LockAfter,
}

/// After how long without a touch the app locks. There is no "never": a tablet that lies about is anyone's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LockAfter {
    /// 5 minutes.
    Five,
    /// 15 minutes.
    #[default]
    Fifteen,
    /// 30 minutes.
    Thirty,
    /// An hour.
    Sixty,
}

impl LockAfter {
    /// Its length in milliseconds.
    pub fn ms(self) -> u64 {
        let minutes = match self {
            Self::Five => 5,
            Self::Fifteen => 15,
            Self::Thirty => 30,
            Self::Sixty => 60,
        };
        minutes * 60_000
    }
}

/// Language of the screens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// 中文.
    #[default]
    Zh,
    /// English.
    En,
}

/// Colours of the screens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// For sunlight.
    #[default]
    Light,
    /// For the station house.
    Dark,
}

/// What start-up mended after an unclean end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovered {
    /// Photos whose file was whole and that were attached.
    pub photos_attached: u32,
    /// Photos that were begun and never arrived whole.
    pub photos_incomplete: u32,
    /// Photos whose file is gone.
    pub photos_missing: u32,
    /// The database was damaged, and what was done about it.
    #[serde(default)]
    pub database: Option<Mended>,
}

impl Recovered {
    /// Together with what a later start found. A photo that is gone is found gone at each start.
    pub fn and(self, later: Self) -> Self {
        Self {
            photos_attached: self.photos_attached + later.photos_attached,
            photos_incomplete: self.photos_incomplete + later.photos_incomplete,
            photos_missing: self.photos_missing.max(later.photos_missing),
            database: later.database.or(self.database),
        }
    }
}

/// A damaged database was put aside, and another is in its place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mended {
    /// When the backup was made that was taken; nothing if there was no sound one.
    pub backup_at: Option<DateTime<Utc>>,
    /// Entries of the evidence log that were saved from the damaged file beyond the backup.
    pub entries: u64,
    /// Answers that were saved from it.
    pub answers: u64,
}
