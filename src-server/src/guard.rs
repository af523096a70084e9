//! Slows guessing down: by the name that is guessed at, and by the address that it comes from.

use std::collections::HashMap;
use std::convert::Infallible;
use std::hash::{BuildHasher, Hash, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};

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
    fn key(self) -> Option<IpAddr> {
        Some(match self.0? {
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
            address => address,
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
pub(crate) struct Guard {
    names: Failures,
    addresses: Failures,
    // The minute, and the wrong enrolment codes in it, from anywhere.
    wrong_codes: Mutex<(i64, u32)>,
}

impl Default for Guard {
    fn default() -> Self {
        Self {
            names: Failures::new(FREE_BY_NAME),
            addresses: Failures::new(FREE_BY_ADDRESS),
            wrong_codes: Mutex::default(),
        }
    }
}

impl Guard {
    /// How long whoever guesses at `name` from `address` has to wait from `now` on, if at all.
    pub(crate) fn wait(&self, name: &str, address: Address, now: DateTime<Utc>) -> Option<TimeDelta> {
        self.names.wait(name, now).max(address.key().and_then(|key| self.addresses.wait(key, now)))
    }
    /// Remembers a failure.
    pub(crate) fn failed(&self, name: &str, address: Address, now: DateTime<Utc>) {
        self.names.add(name, now);
        if let Some(key) = address.key() {
            self.addresses.add(key, now);
        }
    }
    /// Forgets all failures of `name`, and one of the address: the one that was counted before the answer was known. Whoever
    /// knows one password must not guess at all others for it.
    pub(crate) fn succeeded(&self, name: &str, address: Address) {
        self.names.forget(name);
        if let Some(key) = address.key() {
            self.addresses.take_back(key);
        }
    }
    /// Counts an enrolment code from `address` as wrong before the answer is known, so that guesses at the same time do not
    /// slip past. Or tells how long to wait: too many wrong ones from there, or in this minute from anywhere.
    pub(crate) fn try_code(&self, address: Address, now: DateTime<Utc>) -> Option<TimeDelta> {
        let mut codes = self.codes_of(now);
        let rest = (codes.1 >= WRONG_CODES).then(|| TimeDelta::seconds(60 - now.timestamp() % 60));
        let wait = rest.max(address.key().and_then(|key| self.addresses.wait(key, now)));
        if wait.is_none() {
            codes.1 += 1;
            if let Some(key) = address.key() {
                self.addresses.add(key, now);
            }
        }
        wait
    }
    /// Takes back what [`Guard::try_code`] counted: the code was not wrong.
    pub(crate) fn was_no_guess(&self, address: Address, now: DateTime<Utc>) {
        let mut codes = self.wrong_codes.lock().unwrap_or_else(PoisonError::into_inner);
        // The minute may be another one by now.
        if codes.0 == now.timestamp() / 60 {
            codes.1 = codes.1.saturating_sub(1);
        }
        if let Some(key) = address.key() {
            self.addresses.take_back(key);
        }
    }
    fn codes_of(&self, now: DateTime<Utc>) -> MutexGuard<'_, (i64, u32)> {
        let mut codes = self.wrong_codes.lock().unwrap_or_else(PoisonError::into_inner);
        let minute = now.timestamp() / 60;
        if codes.0 != minute {
            *codes = (minute, 0);
        }
        codes
    }
}

/// Failures in a row, by whom.
struct Failures {
    /// So many cost nothing.
    free: u32,
    // By a hash: what is guessed at may be as long as a request, and is nobody's to read here.
    rows: Mutex<HashMap<u64, Row>>,
    hasher: RandomState,
}

struct Row {
    count: u32,
    last: DateTime<Utc>,
    /// The one before the last: what is taken back begins no wait.
    before: DateTime<Utc>,
}

impl Failures {
    fn new(free: u32) -> Self {
        Self { free, rows: Mutex::default(), hasher: RandomState::new() }
    }
    fn rows(&self) -> MutexGuard<'_, HashMap<u64, Row>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
    /// The wait that the last of `free` failures or more began; it doubles with each further one.
    fn wait(&self, key: impl Hash, now: DateTime<Utc>) -> Option<TimeDelta> {
        let rows = self.rows();
        let Row { count, last, .. } = rows.get(&self.hasher.hash_one(key))?;
        let steps = count.checked_sub(self.free)?;
        let until = *last + TimeDelta::seconds(1_i64 << steps.min(10));
        (until > now).then(|| until - now)
    }
    fn add(&self, key: impl Hash, now: DateTime<Utc>) {
        let key = self.hasher.hash_one(key);
        let mut rows = self.rows();
        if rows.len() >= REMEMBERED && !rows.contains_key(&key) {
            self.make_room(&mut rows, now);
        }
        let row = rows.entry(key).or_insert(Row { count: 0, last: now, before: now });
        row.count = if now - row.last < FORGOTTEN { row.count.saturating_add(1) } else { 1 };
        (row.before, row.last) = (row.last, now);
    }
    /// Whoever invents names must not wash away who has to wait: those go last, and then the oldest half of them.
    fn make_room(&self, rows: &mut HashMap<u64, Row>, now: DateTime<Utc>) {
        rows.retain(|_, row| row.count >= self.free && now - row.last < FORGOTTEN);
        if rows.len() < REMEMBERED {
            return;
        }
        let mut oldest: Vec<(DateTime<Utc>, u64)> = rows.iter().map(|(key, row)| (row.last, *key)).collect();
        oldest.sort_unstable();
        for (_, key) in &oldest[..oldest.len() / 2] {
            rows.remove(key);
        }
    }
    fn take_back(&self, key: impl Hash) {
        if let Some(row) = self.rows().get_mut(&self.hasher.hash_one(key)) {
            row.count = row.count.saturating_sub(1);
            row.last = row.before;
        }
    }
    fn forget(&self, key: impl Hash) {
        self.rows().remove(&self.hasher.hash_one(key));
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
    fn a_right_answer_begins_no_wait_for_the_others_of_an_office() {
        let (guard, office) = (Guard::default(), from("192.0.2.1"));
        let mut now = DateTime::UNIX_EPOCH;
        for _ in 0..FREE_BY_ADDRESS {
            assert_eq!(guard.try_code(office, now), None);
            now += TimeDelta::seconds(60);
        }
        assert_eq!(guard.try_code(office, now), None, "the wait was over");
        guard.was_no_guess(office, now);
        assert_eq!(guard.try_code(office, now), None, "it was right: the next may try at once");
    }

    #[test]
    fn what_is_taken_back_in_the_next_minute_forgives_nothing_there() {
        let guard = Guard::default();
        let (before, now) = (DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH + TimeDelta::seconds(60));
        for host in 1..=WRONG_CODES {
            assert_eq!(guard.try_code(from(&format!("192.0.2.{host}")), now), None);
        }
        guard.was_no_guess(from("198.51.100.1"), before);
        assert!(guard.try_code(from("198.51.100.2"), now).is_some());
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
        assert_eq!(guard.try_code(from("2001:db8:0:1::3"), now), None);
        assert_eq!(guard.wait("new", from("2001:db8:0:1:ffff::2"), now), Some(TimeDelta::seconds(1)));
        assert_eq!(guard.try_code(from("2001:db8:0:1::2"), now), Some(TimeDelta::seconds(1)));
        assert_eq!(guard.wait("new", from("2001:db8:0:2::1"), now), None);
        assert_eq!(guard.try_code(from("192.0.2.1"), now), None);
    }

    #[test]
    fn a_code_that_was_right_leaves_no_trace() {
        let (guard, now) = (Guard::default(), "2026-11-23T06:00:00Z".parse().unwrap());
        for _ in 0..100 {
            assert_eq!(guard.try_code(from("192.0.2.1"), now), None);
            guard.was_no_guess(from("192.0.2.1"), now);
        }
    }

    #[test]
    fn whoever_invents_names_washes_nobody_away_who_has_to_wait() {
        let (guard, nowhere) = (Guard::default(), Address(None));
        let now: DateTime<Utc> = "2026-11-23T06:00:00Z".parse().unwrap();
        let fail = |name: &str, times: u32, at| (0..times).for_each(|_| guard.failed(name, nowhere, at));
        fail("anna", 14, now);
        (0..REMEMBERED).for_each(|n| fail(&format!("once {n}"), 1, now));
        assert_eq!(guard.wait("anna", nowhere, now), Some(TimeDelta::seconds(512)));
        let later = now + TimeDelta::seconds(1);
        (0..REMEMBERED / 2).for_each(|n| fail(&format!("often {n}"), 5, later));
        let last = later + TimeDelta::seconds(1);
        (0..REMEMBERED / 2).for_each(|n| fail(&format!("more often {n}"), 5, last));
        assert!(guard.names.rows().len() <= REMEMBERED);
        assert_eq!(guard.wait("anna", nowhere, last), None, "the oldest half is gone");
        assert!(guard.wait("more often 0", nowhere, last).is_some());
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
