//! Slows guessing down: by the name that is guessed at, and by the address that it comes from.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};
use chrono::{DateTime, TimeDelta, Utc};

use crate::serve::Peer;

/// Failures of one name that cost nothing.
const FREE_BY_NAME: u32 = 5;
/// Failures from one address that cost nothing: a whole office may stand behind it.
const FREE_BY_ADDRESS: u32 = 20;
/// After this long without one, failures are forgotten.
const FORGOTTEN: TimeDelta = TimeDelta::hours(1);
/// Names or addresses remembered at once: invented ones must not fill the memory.
const REMEMBERED: usize = 10_000;
/// Wrong enrolment codes a minute: at this pace eight digits that hold for 15 minutes are not guessed.
const WRONG_CODES: u32 = 60;

/// Where a request comes from: the other end, or whom a proxy on this machine names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Address(Option<IpAddr>);

impl Address {
    pub(crate) fn of(extensions: &Extensions, headers: &HeaderMap) -> Self {
        let Some(&Peer { address, .. }) = extensions.get() else { return Self(None) };
        // Only the last one was written by our proxy; what stands before it came with the request.
        let named = headers.get_all("x-forwarded-for").iter().next_back();
        let named: Option<IpAddr> =
            named.and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
        let named = named.filter(|_| address.is_loopback()).map(|named| named.to_canonical());
        Self(Some(named.unwrap_or(address)))
    }
    /// One household or office: in IPv6 whoever has one address has 2^64.
    fn key(self) -> Option<String> {
        Some(match self.0? {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => format!("{:x?}", &address.segments()[..4]),
        })
    }
}

impl<S: Sync> FromRequestParts<S> for Address {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.extensions, &parts.headers))
    }
}

/// What was guessed wrong.
#[derive(Default)]
pub(crate) struct Guard {
    names: Failures,
    addresses: Failures,
    // The minute, and the wrong enrolment codes in it, from anywhere.
    wrong_codes: Mutex<(i64, u32)>,
}

impl Guard {
    /// How long whoever guesses at `name` from `address` has to wait from `now` on, if at all.
    pub(crate) fn wait(&self, name: &str, address: Address, now: DateTime<Utc>) -> Option<TimeDelta> {
        self.names.wait(name, FREE_BY_NAME, now).max(self.wait_of(address, now))
    }
    fn wait_of(&self, address: Address, now: DateTime<Utc>) -> Option<TimeDelta> {
        self.addresses.wait(&address.key()?, FREE_BY_ADDRESS, now)
    }
    /// Remembers a failure.
    pub(crate) fn failed(&self, name: &str, address: Address, now: DateTime<Utc>) {
        self.names.add(name, now);
        self.failed_from(address, now);
    }
    fn failed_from(&self, address: Address, now: DateTime<Utc>) {
        if let Some(key) = address.key() {
            self.addresses.add(&key, now);
        }
    }
    /// Forgets all failures of `name`, and one of the address: the one that was counted before the answer was known. Whoever
    /// knows one password must not guess at all others for it.
    pub(crate) fn succeeded(&self, name: &str, address: Address) {
        self.names.forget(name);
        if let Some(key) = address.key() {
            self.addresses.take_back(&key);
        }
    }
    /// How long enrolment from `address` has to wait: too many wrong codes from there, or in this minute from anywhere.
    pub(crate) fn codes_wait(&self, address: Address, now: DateTime<Utc>) -> Option<TimeDelta> {
        let (minute, count) = *self.wrong_codes.lock().unwrap_or_else(PoisonError::into_inner);
        let is_full = minute == now.timestamp() / 60 && count >= WRONG_CODES;
        let rest = is_full.then(|| TimeDelta::seconds(60 - now.timestamp() % 60));
        rest.max(self.wait_of(address, now))
    }
    /// Remembers a wrong enrolment code.
    pub(crate) fn wrong_code(&self, address: Address, now: DateTime<Utc>) {
        self.failed_from(address, now);
        let mut codes = self.wrong_codes.lock().unwrap_or_else(PoisonError::into_inner);
        let minute = now.timestamp() / 60;
        *codes = if codes.0 == minute { (minute, codes.1.saturating_add(1)) } else { (minute, 1) };
    }
}

/// Failures in a row, by whom.
#[derive(Default)]
struct Failures(Mutex<HashMap<String, Row>>);

struct Row {
    count: u32,
    last: DateTime<Utc>,
}

impl Failures {
    /// The wait that the last of `free` failures or more began; it doubles with each further one.
    fn wait(&self, key: &str, free: u32, now: DateTime<Utc>) -> Option<TimeDelta> {
        let rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Row { count, last } = rows.get(key)?;
        let steps = count.checked_sub(free)?;
        let until = *last + TimeDelta::seconds(1_i64 << steps.min(10));
        (until > now).then(|| until - now)
    }
    fn add(&self, key: &str, now: DateTime<Utc>) {
        let mut rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if rows.len() >= REMEMBERED {
            rows.retain(|_, row| now - row.last < FORGOTTEN);
        }
        if rows.len() >= REMEMBERED {
            rows.clear();
        }
        let row = rows.entry(key.to_owned()).or_insert(Row { count: 0, last: now });
        row.count = if now - row.last < FORGOTTEN { row.count.saturating_add(1) } else { 1 };
        row.last = now;
    }
    fn take_back(&self, key: &str) {
        if let Some(row) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get_mut(key) {
            row.count = row.count.saturating_sub(1);
        }
    }
    fn forget(&self, key: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::*;

    fn from(text: &str) -> Address {
        Address(Some(text.parse().unwrap()))
    }

    #[test]
    fn the_fifth_failure_of_a_name_begins_a_wait_that_grows() {
        let (guard, now, nowhere) =
            (Guard::default(), "2026-11-23T06:00:00Z".parse().unwrap(), Address(None));
        for (failure, want) in
            [(1, None), (4, None), (5, Some(1)), (6, Some(2)), (9, Some(16)), (40, Some(1024))]
        {
            guard.succeeded("a", nowhere);
            for _ in 0..failure {
                guard.failed("a", nowhere, now);
            }
            assert_eq!(
                guard.wait("a", nowhere, now),
                want.map(TimeDelta::seconds),
                "after failure {failure}"
            );
            assert_eq!(guard.wait("b", nowhere, now), None);
        }
    }

    #[test]
    fn an_address_that_tries_many_names_or_codes_waits_and_its_neighbours_do_not() {
        let (guard, now) = (Guard::default(), "2026-11-23T06:00:00Z".parse().unwrap());
        for n in 0..19 {
            guard.failed(&n.to_string(), from("2001:db8:0:1::1"), now);
        }
        assert_eq!(guard.wait("new", from("2001:db8:0:1::2"), now), None);
        guard.wrong_code(from("2001:db8:0:1::3"), now);
        assert_eq!(guard.wait("new", from("2001:db8:0:1:ffff::2"), now), Some(TimeDelta::seconds(1)));
        assert_eq!(guard.codes_wait(from("2001:db8:0:1::2"), now), Some(TimeDelta::seconds(1)));
        assert_eq!(guard.wait("new", from("2001:db8:0:2::1"), now), None);
        assert_eq!(guard.codes_wait(from("192.0.2.1"), now), None);
    }

    #[test]
    fn only_a_proxy_on_this_machine_is_believed_whom_it_speaks_for() {
        for (peer, forwarded, want) in [
            ("192.0.2.1", None, "192.0.2.1"),
            ("192.0.2.1", Some("198.51.100.7"), "192.0.2.1"),
            ("127.0.0.1", Some("198.51.100.7"), "198.51.100.7"),
            ("127.0.0.1", Some("127.0.0.1, 198.51.100.7"), "198.51.100.7"),
            ("127.0.0.1", Some("nonsense"), "127.0.0.1"),
            ("::1", None, "::1"),
            ("::ffff:192.0.2.1", None, "192.0.2.1"),
            ("::ffff:127.0.0.1", Some("::ffff:198.51.100.7"), "198.51.100.7"),
        ] {
            let (mut extensions, mut headers) = (Extensions::new(), HeaderMap::new());
            extensions.insert(Peer::of(SocketAddr::new(peer.parse().unwrap(), 443), false));
            if let Some(forwarded) = forwarded {
                headers.insert("x-forwarded-for", forwarded.parse().unwrap());
            }
            assert_eq!(Address::of(&extensions, &headers), from(want), "{peer} {forwarded:?}");
        }
    }
}
