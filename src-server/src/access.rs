//! Who is asking, and what that person or device may see.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{OptionalExtension, Transaction, named_params};
use stackside_core::id::{DeviceId, Jurisdiction, OperatorId};
use stackside_core::wire::WireErrorCode;

use crate::api::ApiError;
use crate::app::OpenError;
use crate::secret;
use crate::store::StoreError;
use crate::{App, portal};

/// The cookie that holds the session's token.
pub(crate) const SESSION: &str = "stackside_session";

/// What a person is here for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// 运维机构管理员.
    OperatorAdmin,
    /// 督查人员 of the operator.
    Supervisor,
    /// 排污单位.
    Discharger,
    /// 巡查单位.
    PatrolInspector,
    /// 管理部门.
    Regulator,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::OperatorAdmin, Self::Supervisor, Self::Discharger, Self::PatrolInspector, Self::Regulator];

    /// As it is stored and typed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OperatorAdmin => "operator_admin",
            Self::Supervisor => "supervisor",
            Self::Discharger => "discharger",
            Self::PatrolInspector => "patrol_inspector",
            Self::Regulator => "regulator",
        }
    }

    fn of(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }

    /// Refuses an organisation that the role cannot belong to.
    pub(crate) fn check_organisation(self, tx: &Transaction<'_>, id: &str) -> Result<(), OpenError> {
        let (table, query) = match self {
            Self::OperatorAdmin | Self::Supervisor => {
                ("operator", "SELECT EXISTS (SELECT 1 FROM operator WHERE id = :id)")
            }
            Self::Discharger => ("discharger", "SELECT EXISTS (SELECT 1 FROM discharger WHERE id = :id)"),
            Self::PatrolInspector | Self::Regulator => {
                let national = id == "CN" || id.starts_with("CN-");
                return match id.parse::<Jurisdiction>() {
                    Ok(_) if national => Ok(()),
                    _ => Err(OpenError::Account("a jurisdiction is `CN`, or `CN-` and digits")),
                };
            }
        };
        let known: bool = tx
            .query_row(query, named_params! { ":id": id }, |row| row.get(0))
            .map_err(|error| OpenError::Store(error.into()))?;
        if known { Ok(()) } else { Err(OpenError::NotFound { table, id: id.to_owned() }) }
    }
}

impl std::str::FromStr for Role {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let names = || Self::ALL.map(Self::as_str).join(", ");
        Self::of(text).ok_or_else(|| format!("one of {}", names()))
    }
}

/// An enrolled device, by its token.
#[derive(Debug, Clone)]
pub(crate) struct DeviceCaller {
    pub(crate) device: DeviceId,
    pub(crate) operator: OperatorId,
}

/// A person who is logged in.
#[derive(Debug, Clone)]
pub(crate) struct PersonCaller {
    pub(crate) login: String,
    pub(crate) role: Role,
    pub(crate) organisation: String,
}

/// What a person may see, as one SQL condition over `work` (a visit or a record) and the `point` that it names. Parameter
/// `:organisation`.
impl PersonCaller {
    pub(crate) const fn visible(&self) -> &'static str {
        match self.role {
            Role::OperatorAdmin | Role::Supervisor => "work.operator = :organisation",
            Role::Discharger => "point.discharger = :organisation",
            Role::PatrolInspector | Role::Regulator => "covers(:organisation, point.jurisdiction)",
        }
    }
}

/// Lets a request on only with the token of a device that is not struck off.
pub(crate) async fn require_device(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let header = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let Some(token) = header.and_then(|value| value.strip_prefix("Bearer ")).map(secret::token_hash) else {
        return unknown_device().into_response();
    };
    let found = app.store().read(move |tx| {
        let query = "SELECT id, operator FROM device WHERE token_hash = :hash AND revoked_ms IS NULL";
        let row = tx
            .query_row(query, named_params! { ":hash": token }, |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
            })
            .optional()?;
        Ok::<_, ApiError>(row.and_then(|(id, operator)| {
            Some(DeviceCaller { device: id.parse().ok()?, operator: operator.parse().ok()? })
        }))
    });
    match found.await {
        Ok(Some(caller)) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Ok(None) => unknown_device().into_response(),
        Err(error) => error.into_response(),
    }
}

fn unknown_device() -> ApiError {
    ApiError::new(StatusCode::UNAUTHORIZED, WireErrorCode::Revoked, "no such device, or struck off")
}

/// Lets a request on only with a session; sends everyone else to the login.
pub(crate) async fn require_person(State(app): State<App>, mut request: Request, next: Next) -> Response {
    match person(&app, request.headers()).await {
        Ok(Some(caller)) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Ok(None) => Redirect::to("/login").into_response(),
        Err(error) => portal::failed(&error, request.headers()),
    }
}

async fn person(app: &App, headers: &HeaderMap) -> Result<Option<PersonCaller>, StoreError> {
    let Some(token) = cookie(headers, SESSION).map(secret::token_hash) else { return Ok(None) };
    let now = app.now().timestamp_millis();
    app.store()
        .read(move |tx| {
            let query = "SELECT account.login, account.role, account.organisation FROM session
                         JOIN account ON account.login = session.login
                         WHERE session.token_hash = :hash AND session.expires_ms > :now";
            let row = tx
                .query_row(query, named_params! { ":hash": token, ":now": now }, |row| {
                    Ok((row.get(0)?, row.get::<_, String>(1)?, row.get(2)?))
                })
                .optional()?;
            Ok(row.and_then(|(login, role, organisation)| {
                Some(PersonCaller { login, role: Role::of(&role)?, organisation })
            }))
        })
        .await
}

/// The value of a cookie.
pub(crate) fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|text| text.split(';')).find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then_some(value)
    })
}

/// True if the page that sent this form is ours. Browsers send an Origin with every form.
pub(crate) fn is_same_origin(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text(header::HOST);
    match text(header::ORIGIN).and_then(|origin| origin.split_once("://")) {
        Some((_, from)) => host.is_some_and(|host| host == from),
        None => false,
    }
}

/// Slows guessing down: the fifth failure in a row begins a wait that doubles with each further one.
#[derive(Default)]
pub(crate) struct Guard {
    logins: Mutex<HashMap<String, Failures>>,
    // The minute, and the wrong enrolment codes in it, from anywhere.
    wrong_codes: Mutex<(i64, u32)>,
}

struct Failures {
    count: u32,
    last: DateTime<Utc>,
}

/// Failures that cost nothing.
const FREE_FAILURES: u32 = 5;
/// After this long without one, failures are forgotten.
const FORGOTTEN: TimeDelta = TimeDelta::hours(1);
/// Names remembered at once: invented logins must not fill the memory.
const REMEMBERED: usize = 10_000;
/// Wrong enrolment codes a minute: at this pace eight digits that hold for 15 minutes are not guessed.
const WRONG_CODES: u32 = 60;

impl Guard {
    /// How long `name` has to wait from `now` on, if at all.
    pub(crate) fn wait(&self, name: &str, now: DateTime<Utc>) -> Option<TimeDelta> {
        let failures = self.logins.lock().unwrap_or_else(PoisonError::into_inner);
        let Failures { count, last } = failures.get(name)?;
        let steps = count.checked_sub(FREE_FAILURES)?;
        let until = *last + TimeDelta::seconds(1_i64 << steps.min(10));
        (until > now).then(|| until - now)
    }
    /// Remembers a failure.
    pub(crate) fn failed(&self, name: &str, now: DateTime<Utc>) {
        let mut failures = self.logins.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() >= REMEMBERED {
            failures.retain(|_, failure| now - failure.last < FORGOTTEN);
        }
        if failures.len() >= REMEMBERED {
            failures.clear();
        }
        let failure = failures.entry(name.to_owned()).or_insert(Failures { count: 0, last: now });
        failure.count = if now - failure.last < FORGOTTEN { failure.count.saturating_add(1) } else { 1 };
        failure.last = now;
    }
    /// True while too many wrong enrolment codes came in this minute.
    pub(crate) fn codes_wait(&self, now: DateTime<Utc>) -> bool {
        let (minute, count) = *self.wrong_codes.lock().unwrap_or_else(PoisonError::into_inner);
        minute == now.timestamp() / 60 && count >= WRONG_CODES
    }
    /// Remembers a wrong enrolment code.
    pub(crate) fn wrong_code(&self, now: DateTime<Utc>) {
        let mut codes = self.wrong_codes.lock().unwrap_or_else(PoisonError::into_inner);
        let minute = now.timestamp() / 60;
        *codes = if codes.0 == minute { (minute, codes.1.saturating_add(1)) } else { (minute, 1) };
    }
    /// Forgets all failures of `name`.
    pub(crate) fn succeeded(&self, name: &str) {
        self.logins.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fifth_failure_begins_a_wait_that_grows() {
        let (guard, now) = (Guard::default(), "2026-11-23T06:00:00Z".parse().unwrap());
        for (failure, want) in
            [(1, None), (4, None), (5, Some(1)), (6, Some(2)), (9, Some(16)), (40, Some(1024))]
        {
            guard.succeeded("a");
            for _ in 0..failure {
                guard.failed("a", now);
            }
            assert_eq!(guard.wait("a", now), want.map(TimeDelta::seconds), "after failure {failure}");
            assert_eq!(guard.wait("b", now), None);
        }
    }
}
