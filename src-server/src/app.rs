//! The server as a value: its folder, its key, its database, its clock.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use axum::Router;
use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{OptionalExtension, named_params};
use stackside_core::evidence::PublicKey;
use stackside_core::id::{OperatorId, PersonId};
use stackside_core::trust::{Recovery, Signed, Statement};

use crate::access::Role;
use crate::api::Files;
use crate::definition::Shelf;
use crate::guard::Guard;
use crate::import::{ImportError, ImportReport};
use crate::metrics::Metrics;
use crate::recovery::{self, RecoveryError};
use crate::secret::{self, SecretError, ServerKey};
use crate::store::{Store, StoreError};
use crate::turns::Turns;
use crate::{api, import, register, routes};

/// How long a one-time enrolment code holds.
const CODE_HOLDS: TimeDelta = TimeDelta::minutes(15);

/// Where the server keeps its things.
#[derive(Debug, Clone)]
pub struct Config {
    /// The data folder: key, database, files.
    pub data: PathBuf,
}

/// Tells the time; tests bring their own.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// Why the server's folder could not be opened, or did not do it.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The data folder is not one, or cannot be made.
    #[error("the data folder `{}`: {source}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// No key, or no randomness.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// No recovery key, or one that is none.
    #[error(transparent)]
    Recovery(#[from] RecoveryError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No such row in the register.
    #[error("no {table} with id `{id}`")]
    NotFound {
        /// The table.
        table: &'static str,
        /// The id asked for.
        id: String,
    },
    /// Partial uploads could not be let go of.
    #[error("abandoned uploads: {0}")]
    Uploads(String),
    /// The login is taken.
    #[error("there is a login `{0}` already")]
    LoginTaken(String),
    /// The login is no login, or the password no password.
    #[error("{0}")]
    Account(&'static str),
}

impl OpenError {
    /// What a person can do about it, if anything plain.
    pub fn advice(&self) -> Option<&'static str> {
        match self {
            Self::Folder { .. } => Some("name a folder that this user may write to with --data"),
            Self::Secret(SecretError::Missing(_)) => {
                Some("make one with: stackside-server --data DIR keys new")
            }
            Self::Secret(SecretError::Exists(_)) => {
                Some("it is never replaced: certificates and receipts hold only under it")
            }
            Self::Secret(SecretError::Open(_)) => Some("chmod 600 the file"),
            Self::Secret(SecretError::Broken(_)) => Some("bring the key back from a backup"),
            Self::Recovery(error) => error.advice(),
            Self::Store(StoreError::Newer { .. } | StoreError::Migration(_)) => {
                Some("use the version of stackside-server that wrote it last")
            }
            Self::NotFound { .. } => {
                Some("import the register first: stackside-server --data DIR import FOLDER")
            }
            _ => None,
        }
    }
}

/// The server without its socket.
#[derive(Clone)]
pub struct App(Arc<Parts>);

struct Parts {
    data: PathBuf,
    key: ServerKey,
    store: Store,
    files: Files,
    shelf: Shelf,
    clock: Clock,
    guard: Guard,
    turns: Turns,
    metrics: Metrics,
    machine_token: OnceLock<String>,
    history: u32,
    // Replaced by `reload_recovery`, read for each tablet that asks.
    recovery: RwLock<Option<Signed<Recovery>>>,
}

impl App {
    /// Makes the server's key, never replacing one, and a recovery key if the folder names no recipient yet.
    pub fn new_key(config: &Config) -> Result<PublicKey, OpenError> {
        make_folder(&config.data)?;
        let public = ServerKey::create(&config.data)?.public().clone();
        if recovery::recipient(&config.data)?.is_none() {
            recovery::create(&config.data)?;
        }
        Ok(public)
    }

    /// The public half of a data folder's key; nothing else of the folder is opened.
    pub fn server_key(config: &Config) -> Result<PublicKey, OpenError> {
        Ok(ServerKey::load(&config.data)?.public().clone())
    }

    /// Opens a data folder and brings its database to this version.
    pub fn open(config: &Config) -> Result<Self, OpenError> {
        Self::open_with_clock(config, Arc::new(Utc::now))
    }

    /// [`App::open`] with a clock of one's own.
    pub fn open_with_clock(config: &Config, clock: Clock) -> Result<Self, OpenError> {
        make_folder(&config.data)?;
        let key = ServerKey::load(&config.data)?;
        let store = Store::open(&config.data)?;
        store.write_now(api::redraw)?;
        let history = store.history()?;
        let recovery = RwLock::new(signed_recovery(&config.data, &key)?);
        let files = Files::open(&config.data)
            .map_err(|source| OpenError::Folder { path: config.data.clone(), source })?;
        Ok(Self(Arc::new(Parts {
            data: config.data.clone(),
            key,
            store,
            files,
            shelf: Shelf::default(),
            clock,
            guard: Guard::default(),
            turns: Turns::default(),
            metrics: Metrics::default(),
            machine_token: OnceLock::new(),
            history,
            recovery,
        })))
    }

    /// All routes, ready to be served.
    pub fn router(&self) -> Router {
        routes::router(self)
    }

    /// The key that signs certificates and receipts.
    pub fn public_key(&self) -> &PublicKey {
        self.0.key.public()
    }

    /// Reads the register, forms and rulebooks from a folder; with `dry_run` only says what would change.
    pub fn import(&self, folder: &Path, dry_run: bool) -> Result<ImportReport, ImportError> {
        import::import(&self.0.store, folder, dry_run)
    }

    /// Makes a one-time code that takes a tablet in for an operator; it holds for 15 minutes.
    pub fn enrol_code(&self, operator: &OperatorId) -> Result<String, OpenError> {
        let code = secret::code()?;
        self.0.store.write_now(|tx| {
            let known: bool = sql(tx.query_row(
                "SELECT EXISTS (SELECT 1 FROM operator WHERE id = :id)",
                named_params! { ":id": operator.as_str() },
                |row| row.get(0),
            ))?;
            if !known {
                return Err(OpenError::NotFound { table: "operator", id: operator.to_string() });
            }
            sql(tx.execute(
                "INSERT INTO enrol_code (code_hash, operator, expires_ms) VALUES (:hash, :operator, :expires)",
                named_params! {
                    ":hash": self.0.key.code_hash(&code),
                    ":operator": operator.as_str(),
                    ":expires": (self.now() + CODE_HOLDS).timestamp_millis(),
                },
            ))?;
            Ok(code)
        })
    }

    /// Makes a one-time personal code; its hash travels to the operator's tablets.
    pub fn person_code(&self, person: &PersonId) -> Result<String, OpenError> {
        let code = secret::code()?;
        let hash = secret::password_hash(&code)?;
        self.0.store.write_now(|tx| {
            let operator: Option<String> = sql(tx
                .query_row(
                    "UPDATE person SET code_hash = :hash WHERE id = :id RETURNING operator",
                    named_params! { ":hash": hash, ":id": person.as_str() },
                    |row| row.get(0),
                )
                .optional())?;
            let Some(operator) = operator else {
                return Err(OpenError::NotFound { table: "person", id: person.to_string() });
            };
            register::announce(tx, &operator)?;
            Ok(code)
        })
    }

    /// Adds a person who may log in to the portal. `organisation` is an operator, a discharger or a jurisdiction, by
    /// the role.
    pub fn add_user(
        &self,
        login: &str,
        role: Role,
        organisation: &str,
        password: &str,
    ) -> Result<(), OpenError> {
        let plain = |c: char| c.is_alphanumeric() || "._-@".contains(c);
        if login.is_empty() || login.chars().count() > 64 || !login.chars().all(plain) {
            return Err(OpenError::Account("a login is 1 to 64 letters, digits, `.`, `_`, `-` or `@`"));
        }
        if password.chars().count() < 8 {
            return Err(OpenError::Account("a password has 8 characters or more"));
        }
        let hash = secret::password_hash(password)?;
        self.0.store.write_now(|tx| {
            role.check_organisation(tx, organisation)?;
            let added = sql(tx.execute(
                "INSERT INTO account (login, role, organisation, password_hash, created_ms)
                 VALUES (:login, :role, :organisation, :hash, :now) ON CONFLICT DO NOTHING",
                named_params! {
                    ":login": login,
                    ":role": role.as_str(),
                    ":organisation": organisation,
                    ":hash": hash,
                    ":now": self.now().timestamp_millis(),
                },
            ))?;
            if added == 0 { Err(OpenError::LoginTaken(login.to_owned())) } else { Ok(()) }
        })
    }

    /// Lets go of uploads that nobody went on with for seven days; tells how many. `serve` does it by itself.
    pub fn drop_abandoned_uploads(&self) -> Result<u64, OpenError> {
        api::drop_abandoned(self).map_err(|error| OpenError::Uploads(error.to_string()))
    }

    /// Writes the recovery copies of tablets' keys into a folder, each as `DEVICE.RECEIVED.HASH.age`; tells how many.
    pub fn write_key_copies(&self, to: &Path) -> Result<usize, OpenError> {
        let folder = |source| OpenError::Folder { path: to.to_owned(), source };
        let copies = self.0.store.read_now(|tx| {
            let mut copies = sql(tx.prepare(
                "SELECT device || '.' || received_ms || '.' || substr(sha256, 1, 8) || '.age', sealed FROM key_copy",
            ))?;
            let rows = sql(copies.query_map([], |row| Ok((row.get(0)?, row.get(1)?))))?;
            Ok::<_, OpenError>(sql(rows.collect::<Result<Vec<(String, Vec<u8>)>, _>>())?)
        })?;
        std::fs::create_dir_all(to).map_err(folder)?;
        for (name, sealed) in &copies {
            std::fs::write(to.join(name), sealed).map_err(folder)?;
        }
        Ok(copies.len())
    }

    /// Lets only machines with a token read the metrics, wherever they are; once for each server.
    pub fn allow_machines(&self, token: &str) {
        // A second token would be a mistake of the program, and the first one holds.
        let _ = self.0.machine_token.set(secret::token_hash(token));
    }
    /// Whether it is the token for machines; nothing if this server has none. Compared by its hash, so that time tells
    /// nothing of it.
    pub(crate) fn is_machine_token(&self, token: Option<&str>) -> Option<bool> {
        let known = self.0.machine_token.get()?;
        Some(token.is_some_and(|token| *known == secret::token_hash(token)))
    }

    /// The server's clock.
    pub fn now(&self) -> DateTime<Utc> {
        (self.0.clock)()
    }

    /// Which history the database is of: another one since it was restored from a backup.
    pub(crate) fn history(&self) -> u32 {
        self.0.history
    }

    /// To whom tablets seal what only the operator may open.
    pub fn recovery(&self) -> Option<Signed<Recovery>> {
        self.0.recovery.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads anew to whom tablets seal; on an error the recipient before stays in force.
    pub fn reload_recovery(&self) -> Result<(), OpenError> {
        let new = signed_recovery(&self.0.data, &self.0.key)?;
        let mut recovery = self.0.recovery.write().unwrap_or_else(PoisonError::into_inner);
        if new.is_none() && recovery.is_some() {
            // A file that went missing is no decision to leave no copies any more.
            return Err(RecoveryError::Missing.into());
        }
        *recovery = new;
        Ok(())
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    pub(crate) fn key(&self) -> &ServerKey {
        &self.0.key
    }
    pub(crate) fn files(&self) -> &Files {
        &self.0.files
    }
    pub(crate) fn shelf(&self) -> &Shelf {
        &self.0.shelf
    }
    pub(crate) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }
    pub(crate) fn guard(&self) -> &Guard {
        &self.0.guard
    }
    pub(crate) fn turns(&self) -> &Turns {
        &self.0.turns
    }
}

fn signed_recovery(data: &Path, key: &ServerKey) -> Result<Option<Signed<Recovery>>, RecoveryError> {
    let Some(recipient) = recovery::recipient(data)? else { return Ok(None) };
    let recovery = Recovery { statement: Recovery::NAME.to_owned(), recipient };
    Signed::make(&recovery, key.public(), key).map(Some).map_err(|_| RecoveryError::Recipient)
}

fn make_folder(path: &Path) -> Result<(), OpenError> {
    let made = match path.exists() && !path.is_dir() {
        true => Err(std::io::ErrorKind::NotADirectory.into()),
        false => std::fs::create_dir_all(path),
    };
    made.map_err(|source| OpenError::Folder { path: path.to_owned(), source })
}

fn sql<T>(done: rusqlite::Result<T>) -> Result<T, StoreError> {
    Ok(done?)
}
