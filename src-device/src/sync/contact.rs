//! The server: what it is asked, and what its failures mean.

use std::error::Error as _;
use std::time::Duration;

use chrono::Utc;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use rusqlite::Connection;
use rustls::CertificateError;
use serde::de::DeserializeOwned;
use stackside_core::sync::SendFailure;
use stackside_core::wire::{Health, SERVICE, WireError, WireErrorCode};

use crate::device::Inner;
use crate::error::Error;
use crate::key_copy::Left;
use crate::store::setting::{self, Contact, Enrolled};
use crate::store::{entry, file};

/// The server of this tablet.
pub(super) struct Server {
    pub enrolled: Enrolled,
    client: Client,
    token: String,
}

/// An answer that is not the one asked for.
pub(super) struct Refusal {
    pub status: StatusCode,
    /// What our server says; nothing from anyone else.
    pub error: Option<WireError>,
    after: Option<Duration>,
}

impl Server {
    /// Nothing until the tablet is enrolled.
    pub fn of(device: &Inner) -> Result<Option<Self>, SendFailure> {
        let Some(enrolled) = device.enrolment().map_err(broken)? else { return Ok(None) };
        let token = device.keys.token(enrolled.device).map_err(|error| broken(error.into()))?;
        let client = crate::http::client_that_waits(None, device.sync.patience.silence())
            .map_err(|error| broken(Error::broken(error)))?;
        Ok(Some(Self { enrolled, client, token }))
    }

    /// Is there contact, and is it our server? A network's login page is none.
    pub async fn greet(&self, device: &Inner) -> Result<Health, SendFailure> {
        let health = greet(&self.client, &self.enrolled.server).await?;
        let clocks = device.clocks().map_err(broken)?;
        let contact = Contact { at: device.clock.wall().to_utc(), clocks };
        let note = |t: &Connection| {
            setting::put(t, setting::CONTACT, &contact)?;
            let known: u32 = setting::get(t, setting::HISTORY)?.unwrap_or_default();
            if known == health.history {
                return Ok(());
            }
            tracing::warn!("the server was restored from a backup: it is asked what it holds");
            entry::offer_again(t)?;
            file::offer_again(t)?;
            if let Some(left) = setting::get::<Left>(t, setting::KEY_COPY)? {
                setting::put(t, setting::KEY_COPY, &Left { sent_by: None, ..left })?;
            }
            // Its changes are counted anew: what has our number by now may be something else.
            setting::put(t, setting::CURSOR, &0_u64)?;
            setting::put(t, setting::HISTORY, &health.history)
        };
        device.store.write(|t| note(t)).map_err(broken)?;
        Ok(health)
    }

    pub fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(self.url(path)).bearer_auth(&self.token)
    }
    pub fn post(&self, path: &str) -> RequestBuilder {
        self.client.post(self.url(path)).bearer_auth(&self.token)
    }
    /// A call of tus on the address of an upload.
    pub fn tus(&self, method: reqwest::Method, url: &str) -> RequestBuilder {
        self.client.request(method, url).bearer_auth(&self.token).header("Tus-Resumable", "1.0.0")
    }
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.enrolled.server)
    }
}

/// Asks an address whether it is a Stackside server.
pub(super) async fn greet(client: &Client, server: &str) -> Result<Health, SendFailure> {
    let health: Health = json(client.get(format!("{server}/api/v1/health"))).await?;
    if health.service == SERVICE { Ok(health) } else { Err(SendFailure::NotOurServer) }
}

/// Calls and reads a JSON answer; anything else with a good status is not our server's.
pub(super) async fn json<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, SendFailure> {
    let response = call(request).await?.map_err(|refusal| refusal.failure())?;
    let bytes = response.bytes().await.map_err(|error| failure(&error))?;
    serde_json::from_slice(&bytes).map_err(|_| SendFailure::NotOurServer)
}

/// Calls; an answer with another status than 2xx is a refusal.
pub(super) async fn call(request: RequestBuilder) -> Result<Result<Response, Refusal>, SendFailure> {
    let response = request.send().await.map_err(|error| failure(&error))?;
    let status = response.status();
    if status.is_success() {
        return Ok(Ok(response));
    }
    let after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    let is_json = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.starts_with("application/json"));
    let error = match response.bytes().await {
        Ok(bytes) if is_json => serde_json::from_slice(&bytes).ok(),
        _ => None,
    };
    Ok(Err(Refusal { status, error, after: after.map(Duration::from_secs) }))
}

impl Refusal {
    pub fn failure(&self) -> SendFailure {
        let later = || SendFailure::Later { after: self.after };
        match &self.error {
            Some(error) => match error.code {
                WireErrorCode::Revoked => SendFailure::Revoked,
                WireErrorCode::Fork => SendFailure::Fork,
                WireErrorCode::TooOld => SendFailure::TooOld,
                WireErrorCode::TooLarge => SendFailure::TooLarge,
                WireErrorCode::Internal => later(),
                _ => SendFailure::Refused { reason: error.to_string() },
            },
            None => match self.status.as_u16() {
                401 => SendFailure::Revoked,
                413 => SendFailure::TooLarge,
                408 | 425 | 429 | 500..=599 => later(),
                _ => SendFailure::NotOurServer,
            },
        }
    }
    /// By our server or by something before it.
    pub fn is_too_large(&self) -> bool {
        self.status == StatusCode::PAYLOAD_TOO_LARGE
    }
    pub fn code(&self) -> Option<WireErrorCode> {
        self.error.as_ref().map(|error| error.code)
    }
}

/// What a call that got no answer means.
pub(super) fn failure(error: &reqwest::Error) -> SendFailure {
    let mut source = error.source();
    while let Some(inner) = source {
        if let Some(rustls::Error::InvalidCertificate(error)) = inner.downcast_ref() {
            return certificate(error);
        }
        // The source of an `io::Error` is that of what it wraps, not what it wraps.
        source = match inner.downcast_ref::<std::io::Error>() {
            Some(io) => io.get_ref().map(|wrapped| wrapped as _),
            None => inner.source(),
        };
    }
    if error.is_decode() { SendFailure::NotOurServer } else { SendFailure::Offline }
}

/// What is wrong with a server's certificate. Much more often than a server's certificate a tablet's clock is out of date.
fn certificate(error: &CertificateError) -> SendFailure {
    match error {
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => SendFailure::WrongClock,
        _ => SendFailure::Untrusted,
    }
}

/// It failed on this device. That is no word of the server: nothing that waits counts as refused for it.
pub(super) fn broken(error: Error) -> SendFailure {
    if error.is_disk_full() {
        tracing::warn!("the disk is full: sync waits");
        return SendFailure::DiskFull;
    }
    tracing::error!(%error, "sync failed on this device");
    SendFailure::Broken
}

/// Counts what went out.
pub(super) fn count(device: &Inner, sent_bytes: u64) -> Result<(), SendFailure> {
    let day = stackside_core::clock::shanghai_date(device.clock.wall().with_timezone(&Utc)).to_string();
    device.store.write(|t| setting::add_traffic(t, &day, sent_bytes)).map_err(broken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_out_of_its_time_points_at_the_clock_and_any_other_fault_does_not() {
        for (error, want) in [
            (CertificateError::NotValidYet, SendFailure::WrongClock),
            (CertificateError::Expired, SendFailure::WrongClock),
            (CertificateError::UnknownIssuer, SendFailure::Untrusted),
            (CertificateError::NotValidForName, SendFailure::Untrusted),
            (CertificateError::Revoked, SendFailure::Untrusted),
        ] {
            assert_eq!(certificate(&error), want, "{error:?}");
        }
    }
}
