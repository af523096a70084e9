//! Forms and rulebooks: those that ship, and those that were taken over from the server or a file.

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use chrono::{DateTime, Utc};
use rusqlite::Transaction;
use stackside_core::command::Event;
use stackside_core::definition::{Definition, DefinitionError, Definitions};

use crate::device::{Device, Inner};
use crate::error::Error;
use crate::store::Store;
use crate::store::definition::{self, DefinitionSource};

/// What is known now. Handlers read it; it is replaced whole.
pub(crate) struct Known {
    now: RwLock<Arc<Definitions>>,
    // Between reading what is known and writing what is known next, nobody else may take one over.
    turn: Mutex<()>,
}

impl Known {
    /// Those that ship and those in the database.
    pub fn read(store: &Store) -> Result<Self, Error> {
        let known = store.read(definition::known)?;
        Ok(Self { now: RwLock::new(Arc::new(known)), turn: Mutex::default() })
    }
}

/// Definitions while a transaction may add to them.
pub(crate) struct Growing {
    pub all: Arc<Definitions>,
    source: DefinitionSource,
    at: DateTime<Utc>,
}

impl Growing {
    /// Takes one more over, if it holds; one that says the very same as a known one adds nothing.
    pub fn add(&mut self, t: &Transaction<'_>, new: &Definition) -> Result<(), Error> {
        let count = |all: &Definitions| all.forms.len() + all.rulebooks.len();
        let before = count(&self.all);
        Arc::make_mut(&mut self.all).add(new)?;
        if count(&self.all) > before {
            definition::add(t, new, self.source, self.at)?;
        }
        Ok(())
    }
}

impl Inner {
    /// The forms and rulebooks that are known now.
    pub fn definitions(&self) -> Arc<Definitions> {
        Arc::clone(&self.known.now.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// One transaction that may take definitions over: known once it is committed, or not at all.
    pub fn define<T>(
        &self,
        source: DefinitionSource,
        act: impl FnOnce(&Transaction<'_>, &mut Growing) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let _turn = self.known.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let mut growing = Growing { all: self.definitions(), source, at: self.clock.wall().to_utc() };
        let done = self.store.write(|t| act(t, &mut growing))?;
        *self.known.now.write().unwrap_or_else(PoisonError::into_inner) = growing.all;
        Ok(done)
    }

    /// Reads anew what is known, after stored definitions went.
    pub fn reread_definitions(&self) -> Result<(), Error> {
        let _turn = self.known.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let read = Known::read(&self.store)?.now.into_inner().unwrap_or_else(PoisonError::into_inner);
        *self.known.now.write().unwrap_or_else(PoisonError::into_inner) = read;
        Ok(())
    }
}

/// Why a file with a definition is not taken over.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It is broken; the text names file, line and reason.
    #[error(transparent)]
    Definition(DefinitionError),
    /// It could not be kept.
    #[error(transparent)]
    Store(Error),
}

impl Device {
    /// Takes a form or rulebook over from a file, whole or not at all.
    pub fn import(&self, new: &Definition) -> Result<(), ImportError> {
        self.0.define(DefinitionSource::File, |t, known| known.add(t, new)).map_err(|error| match error {
            Error::Definition(error) => ImportError::Definition(error),
            other => ImportError::Store(other),
        })?;
        self.0.tell(Event::Store);
        Ok(())
    }

    /// The forms and rulebooks that are known now: those that ship, and those that were taken over.
    pub fn definitions(&self) -> Arc<Definitions> {
        self.0.definitions()
    }
}
