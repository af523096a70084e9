//! Who is at the tablet: PINs, personal codes, the lock.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use chrono::TimeDelta;
use stackside_core::command::{AppState, CommandError, Event, Lock, SetPin, StillHere, Unlock};
use stackside_core::id::PersonId;
use stackside_core::register::Person;

use crate::device::{Device, Handle, Inner};
use crate::error::Error;
use crate::keys::{Purpose, Secret};
use crate::store::key_id;
use crate::store::pin::{self, Pin};
use crate::store::register;

/// The first tries cost no wait: thumbs in gloves slip.
const FREE_TRIES: u64 = 3;
const LONGEST_WAIT_S: u64 = 3600;

/// Seconds to wait after a number of wrong tries in a row: 0, 0, 0, then 30, 60, 120 … one hour.
fn wait_after(wrong: u64) -> u64 {
    match wrong.checked_sub(FREE_TRIES) {
        None | Some(0) => 0,
        Some(more) => (30_u64 << (more - 1).min(16)).min(LONGEST_WAIT_S),
    }
}

/// Argon2id as OWASP asks for it; with a secret of the key store mixed in, a copy of the database alone is not enough to
/// guess six digits.
fn argon2(pepper: Option<&Secret>) -> Result<Argon2<'_>, Error> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(Error::broken)?;
    match pepper {
        None => Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params)),
        Some(pepper) => Argon2::new_with_secret(pepper.bytes(), Algorithm::Argon2id, Version::V0x13, params)
            .map_err(Error::broken),
    }
}

fn holds(hash: &str, secret: &str, pepper: Option<&Secret>) -> Result<bool, Error> {
    let hash = PasswordHash::new(hash).map_err(|_| Error::broken("a stored hash is none"))?;
    Ok(argon2(pepper)?.verify_password(secret.as_bytes(), &hash).is_ok())
}

impl Pin {
    /// True if the PIN is one that this tablet can check: the secret that was mixed into it is still there.
    pub fn is_known(&self, pepper: Option<&Secret>) -> bool {
        let is_ours = |id: &String| pepper.is_some_and(|pepper| *id == key_id(pepper));
        self.hash.is_some() && self.pepper.as_ref().is_none_or(is_ours)
    }

    fn holds(&self, pin: &str, pepper: Option<&Secret>) -> Result<bool, Error> {
        match &self.hash {
            Some(hash) if self.is_known(pepper) => holds(hash, pin, pepper.filter(|_| self.pepper.is_some())),
            _ => Ok(false),
        }
    }
}

impl Inner {
    /// The secret for PINs, made when it is first needed.
    fn pepper(&self) -> Result<Secret, Error> {
        if let Some(pepper) = self.keys.secret(Purpose::Pins)? {
            return Ok(pepper);
        }
        let pepper = Secret::random()?;
        self.keys.save_secret(Purpose::Pins, &pepper)?;
        Ok(pepper)
    }

    fn hashed(&self, pin: &str, known: Pin) -> Result<Pin, Error> {
        let pepper = self.pepper()?;
        let hash = argon2(Some(&pepper))?.hash_password(pin.as_bytes()).map_err(Error::broken)?.to_string();
        Ok(Pin { hash: Some(hash), pepper: Some(key_id(&pepper)), ..known })
    }

    fn member(&self, id: &PersonId) -> Result<Person, Error> {
        let enrolled = self.enrolled()?;
        let found = self.store.read(|c| register::person(c, id))?;
        found.filter(|person| person.operator == enrolled.operator).ok_or_else(|| Error::not_found("person"))
    }

    /// Seconds that are left to wait after wrong tries. The wall clock counts only across a restart: setting it
    /// forward must not shorten the wait.
    fn wait_left(&self, pin: &Pin) -> u64 {
        let wait = wait_after(pin.wrong);
        let Some((at, ms, boot)) = &pin.wrong_at else { return 0 };
        let passed = if *boot == self.clock.boot_id() {
            self.clock.boot_ms().saturating_sub(*ms) / 1000
        } else {
            u64::try_from((self.clock.wall().to_utc() - at).max(TimeDelta::zero()).num_seconds()).unwrap_or(0)
        };
        wait.saturating_sub(passed)
    }

    /// Tries a secret: counts and waits when it is wrong.
    fn try_secret(
        &self,
        id: &PersonId,
        holds: impl FnOnce(&Pin) -> Result<bool, Error>,
    ) -> Result<Pin, Error> {
        let mut pin = self.store.read(|c| pin::get(c, id))?;
        let left = self.wait_left(&pin);
        if left > 0 {
            return Err(wrong(left));
        }
        if holds(&pin)? {
            return Ok(pin);
        }
        pin.wrong += 1;
        pin.wrong_at = Some((self.clock.wall().to_utc(), self.clock.boot_ms(), self.clock.boot_id()));
        self.store.write(|t| pin::put(t, id, &pin))?;
        Err(wrong(wait_after(pin.wrong)))
    }

    fn enter(&self, id: PersonId, pin: Pin) -> Result<AppState, Error> {
        self.store.write(|t| pin::put(t, &id, &Pin { wrong: 0, wrong_at: None, ..pin }))?;
        self.touch(id);
        self.tell(Event::Store);
        self.state()
    }
}

fn wrong(wait_s: u64) -> Error {
    CommandError::WrongPin { wait_s: u32::try_from(wait_s).unwrap_or(u32::MAX) }.into()
}

impl Handle<Unlock> for Device {
    fn handle(&self, Unlock { person, pin }: Unlock) -> Result<AppState, CommandError> {
        let person = self.0.member(&person)?;
        let pepper = self.0.keys.secret(Purpose::Pins).map_err(Error::from)?;
        let known = self.0.try_secret(&person.id, |known| known.holds(&pin, pepper.as_ref()))?;
        let known = match known.pepper {
            Some(_) => known,
            // Set by an older release. Where it cannot be hashed anew now, it is at the next time.
            None => self.0.hashed(&pin, known.clone()).unwrap_or_else(|error| {
                tracing::warn!(%error, "a PIN keeps its old hash");
                known
            }),
        };
        Ok(self.0.enter(person.id, known)?)
    }
}

impl Handle<SetPin> for Device {
    fn handle(&self, SetPin { person, code, pin }: SetPin) -> Result<AppState, CommandError> {
        if !(6..=12).contains(&pin.len()) || !pin.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(CommandError::PinForm);
        }
        let person = self.0.member(&person)?;
        let known = self.0.try_secret(&person.id, |known| match &person.code_hash {
            // A code works once: its hash is remembered with the PIN that it set.
            Some(hash) if known.used_code.as_ref() != Some(hash) => holds(hash, code.trim(), None),
            _ => Ok(false),
        })?;
        let new = self.0.hashed(&pin, Pin { used_code: person.code_hash.clone(), ..known })?;
        Ok(self.0.enter(person.id, new)?)
    }
}

impl Handle<Lock> for Device {
    fn handle(&self, _: Lock) -> Result<AppState, CommandError> {
        self.0.leave();
        Ok(self.0.state()?)
    }
}

impl Handle<StillHere> for Device {
    fn handle(&self, _: StillHere) -> Result<(), CommandError> {
        Ok(self.0.touch_again()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_with_wrong_tries_and_ends_at_an_hour() {
        for (wrong, want) in
            [(0, 0), (1, 0), (3, 0), (4, 30), (5, 60), (6, 120), (11, 3600), (u64::MAX, 3600)]
        {
            assert_eq!(wait_after(wrong), want, "{wrong} wrong tries");
        }
    }
}
