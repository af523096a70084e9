//! Who is asking, and what that person or device may see.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::TimeDelta;
use rusqlite::{OptionalExtension, Transaction, named_params};
use stackside_core::id::{DeviceId, Jurisdiction, OperatorId};
use stackside_core::wire::WireErrorCode;

use crate::api::ApiError;
use crate::app::OpenError;
use crate::secret;
use crate::store::StoreError;
use crate::watch::bearer;
use crate::{App, portal};

/// The cookie that holds the session's token.
pub(crate) const SESSION: &str = "stackside_session";

/// How often it is noted at most that a device was here.
const NOTED_EVERY: TimeDelta = TimeDelta::minutes(1);

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

impl PersonCaller {
    /// True for those who accept and return what they may see.
    pub(crate) const fn may_review(&self) -> bool {
        matches!(self.role, Role::OperatorAdmin | Role::Supervisor | Role::Regulator)
    }

    /// What a person may see, as one SQL condition over `work` (a visit or a record) and the `point` that it names.
    /// Parameter `:organisation`.
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
    let Some(token) = bearer(request.headers()).map(secret::token_hash) else {
        return unknown_device().into_response();
    };
    let now = app.now().timestamp_millis();
    let found = app.store().read(move |tx| {
        let query = "SELECT id, operator, COALESCE(contact_ms, 0) < :noted FROM device
                     WHERE token_hash = :hash AND revoked_ms IS NULL";
        let values = named_params! { ":hash": token, ":noted": now - NOTED_EVERY.num_milliseconds() };
        let row = tx
            .query_row(query, values, |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get(2)?))
            })
            .optional()?;
        Ok::<_, ApiError>(row.and_then(|(id, operator, is_news)| {
            Some((DeviceCaller { device: id.parse().ok()?, operator: operator.parse().ok()? }, is_news))
        }))
    });
    match found.await {
        Ok(Some((caller, is_news))) => {
            let device = caller.device;
            let Some(_turn) = app.turns().take(device) else {
                return ApiError::wait(TimeDelta::seconds(1), "too many requests of this device at once")
                    .into_response();
            };
            if is_news
                && let Err(error) = note_contact(&app, device, app_version(request.headers()), now).await
            {
                // What the call is for may go all the same: on a full disk a tablet still hears and reads.
                tracing::warn!(%error, %device, "a contact was not noted");
            }
            request.extensions_mut().insert(caller);
            let mut response = next.run(request).await;
            response.extensions_mut().insert(device);
            response
        }
        Ok(None) => unknown_device().into_response(),
        Err(error) => error.into_response(),
    }
}

/// Notes that a device was here, and with which app.
async fn note_contact(
    app: &App,
    device: DeviceId,
    app_version: Option<String>,
    now: i64,
) -> Result<(), StoreError> {
    app.store()
        .write(move |tx| {
            tx.execute(
                "UPDATE device SET contact_ms = :now, app_version = COALESCE(:version, app_version)
                 WHERE id = :id",
                named_params! { ":now": now, ":version": app_version, ":id": device.to_string() },
            )?;
            Ok(())
        })
        .await
}

/// As the app names itself with every request.
fn app_version(headers: &HeaderMap) -> Option<String> {
    let agent = headers.get(header::USER_AGENT)?.to_str().ok()?;
    let version = agent.strip_prefix("stackside/")?;
    (version.len() <= 40).then(|| version.to_owned())
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
