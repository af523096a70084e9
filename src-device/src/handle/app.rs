//! The app's state, settings and place.

use stackside_core::command::{
    AppState, CommandError, Enrol, Enrolment, Event, GetState, PersonLine, SavePlace, SaveSettings,
    SeenRecovered, Settings,
};
use stackside_core::form::AnswerError;

use crate::device::{Device, Handle, Inner};
use crate::error::Error;
use crate::keys::Purpose;
use crate::store::{pin, register, setting};

const LONGEST_PATH: usize = 512;

impl Inner {
    /// What the screen needs to draw itself.
    pub fn state(&self) -> Result<AppState, Error> {
        let enrolled = self.enrolment()?;
        let person = match self.person() {
            Ok(person) => Some(person),
            Err(Error::Command(CommandError::Locked | CommandError::NotEnrolled)) => None,
            Err(error) => return Err(error),
        };
        let sync = self.sync_line()?;
        // Without it PINs are not known any more and are set anew; the app opens.
        let pepper = self.keys.secret(Purpose::Pins).unwrap_or_else(|error| {
            tracing::error!(%error, "the secret of the PINs cannot be read");
            None
        });
        self.store.read(|c| {
            let mut people = Vec::new();
            let mut enrolment = None;
            if let Some(enrolled) = enrolled {
                for person in register::people(c, &enrolled.operator)? {
                    let has_pin = pin::get(c, &person.id)?.is_known(pepper.as_ref());
                    people.push(PersonLine { id: person.id, name: person.name, post: person.post, has_pin });
                }
                let operator = register::operator(c, &enrolled.operator)?;
                enrolment = Some(Enrolment {
                    operator: operator.map_or_else(|| enrolled.operator.to_string(), |row| row.name),
                    server: enrolled.server,
                    device: enrolled.device,
                    valid_until: enrolled.valid_until,
                });
            }
            let place = match &person {
                Some(person) => setting::get(c, &format!("{}{}", setting::PLACE, person.id))?,
                None => None,
            };
            Ok(AppState {
                version: env!("CARGO_PKG_VERSION").to_owned(),
                enrolment,
                people,
                // The code's hash is the device's business, not the screen's.
                person: person.map(|person| stackside_core::register::Person { code_hash: None, ..person }),
                settings: setting::get(c, setting::SCREEN)?.unwrap_or_default(),
                place,
                recovered: setting::get(c, setting::RECOVERED)?,
                sync,
            })
        })
    }
}

impl Handle<GetState> for Device {
    fn handle(&self, _: GetState) -> Result<AppState, CommandError> {
        Ok(self.0.state()?)
    }
}

impl Handle<SavePlace> for Device {
    fn handle(&self, SavePlace { place }: SavePlace) -> Result<(), CommandError> {
        let person = self.0.person()?;
        if place.path.len() > LONGEST_PATH || place.path.chars().any(char::is_control) {
            return Err(CommandError::Invalid { field: "place".into(), why: AnswerError::TooLong });
        }
        let name = format!("{}{}", setting::PLACE, person.id);
        Ok(self.0.store.write(|t| setting::put(t, &name, &place))?)
    }
}

impl Handle<SeenRecovered> for Device {
    fn handle(&self, _: SeenRecovered) -> Result<AppState, CommandError> {
        self.0.person()?;
        self.0.store.write(|t| setting::remove(t, setting::RECOVERED))?;
        Ok(self.0.state()?)
    }
}

impl Handle<SaveSettings> for Device {
    fn handle(&self, SaveSettings { settings }: SaveSettings) -> Result<AppState, CommandError> {
        // How it looks may be chosen at the lock; when it locks, and what goes out, only by who can open it.
        let before = self.0.settings()?;
        let looks_only =
            Settings { language: settings.language, theme: settings.theme, ..before } == settings;
        if !looks_only {
            self.0.person()?;
        }
        self.0.store.write(|t| setting::put(t, setting::SCREEN, &settings))?;
        self.0.tell(Event::Store);
        Ok(self.0.state()?)
    }
}

impl Handle<Enrol> for Device {
    fn handle(&self, Enrol { server, code }: Enrol) -> Result<AppState, CommandError> {
        crate::sync::enrol(&self.0, &server, &code)?;
        self.0.tell(Event::Store);
        Ok(self.0.state()?)
    }
}
