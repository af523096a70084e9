//! Sync as decisions over values (design.md §6): what a failure means and what comes next.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Why sending did not get through, by what can be done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendFailure {
    /// No contact; not counted.
    Offline,
    /// An answer that is not our server's: a captive portal's page, a bare 200.
    NotOurServer,
    /// The server asked to wait, or failed itself.
    Later {
        /// How long it asked to wait.
        after: Option<Duration>,
    },
    /// The token is not accepted any more.
    Revoked,
    /// The server certificate does not hold.
    Untrusted,
    /// The server certificate holds, but not at the time that this tablet's clock shows.
    WrongClock,
    /// The server takes no entries of this app's version any more; what was recorded waits for a newer one.
    TooOld,
    /// The server holds another entry under the same number.
    Fork,
    /// More at once than the server, or something before it, takes.
    TooLarge,
    /// Anything that sending again cannot cure.
    Refused {
        /// The server's reason.
        reason: String,
    },
    /// This tablet has no space left to note what was sent.
    DiskFull,
    /// Something on this tablet is broken; the server said nothing against it.
    Broken,
}

/// What the loop does after a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NextStep {
    /// Wait until there is contact.
    WaitForNetwork,
    /// Try again after a while.
    RetryIn(Duration),
    /// Go on in a new log; a person is told.
    NewLog,
    /// A person must look.
    ShowToUser,
}

/// What sync says of itself; the words are the screen's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum SyncTrouble {
    /// None.
    #[default]
    None,
    /// No contact.
    Offline,
    /// Something else answers: a login page of a network.
    NotOurServer,
    /// The server is busy or broken.
    ServerBusy,
    /// This tablet was struck off.
    Revoked,
    /// The server's certificate does not hold.
    Untrusted,
    /// By this tablet's clock the server's certificate is not valid yet, or not any more.
    WrongClock,
    /// The app must be updated before anything is sent.
    TooOld,
    /// The log forked; it went on in a new one.
    Forked,
    /// One item is larger than the server takes.
    TooLarge,
    /// The server refused.
    Refused {
        /// Its reason.
        reason: String,
    },
    /// This tablet has no space left.
    DiskFull,
    /// Something on this tablet is broken.
    Broken,
}

const SHORTEST: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_secs(300);

/// What to do after `attempts` failures in a row; `jitter` is 0.0 to 1.0 and spreads the tablets of a city.
pub fn next_step(failure: &SendFailure, attempts: u32, jitter: f64) -> NextStep {
    match failure {
        SendFailure::Offline => NextStep::WaitForNetwork,
        // What failed on this tablet may have been one write of a disk.
        SendFailure::NotOurServer | SendFailure::DiskFull | SendFailure::Broken => {
            NextStep::RetryIn(pause(None, attempts, jitter))
        }
        SendFailure::Later { after } => NextStep::RetryIn(pause(*after, attempts, jitter)),
        SendFailure::Fork => NextStep::NewLog,
        SendFailure::Revoked
        | SendFailure::Untrusted
        | SendFailure::WrongClock
        | SendFailure::TooOld
        | SendFailure::TooLarge
        | SendFailure::Refused { .. } => NextStep::ShowToUser,
    }
}

fn pause(after: Option<Duration>, attempts: u32, jitter: f64) -> Duration {
    let grown = SHORTEST.saturating_mul(1 << attempts.min(10)).min(LONGEST);
    after.unwrap_or_default().max(grown.mul_f64(0.5 + jitter.clamp(0.0, 1.0) / 2.0))
}

/// What kind of network there is, as far as the machine can tell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum NetworkKind {
    /// It cannot tell.
    #[default]
    Unknown,
    /// Wi-Fi or a cable: nobody pays by the byte.
    Free,
    /// A mobile network.
    Metered,
}

/// Whether photos go out now. Where the machine cannot tell they do: evidence that waits for ever is lost.
pub const fn photos_may_go(only_on_wifi: bool, network: NetworkKind) -> bool {
    !(only_on_wifi && matches!(network, NetworkKind::Metered))
}

/// How many bytes go out in one request, between two limits: what got through decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Portion {
    bytes: usize,
    least: usize,
    most: usize,
}

impl Portion {
    /// Begins with the most.
    pub const fn between(least: usize, most: usize) -> Self {
        Self { bytes: most, least, most }
    }
    /// How many now.
    pub const fn bytes(self) -> usize {
        self.bytes
    }
    /// Twice as many after a portion that got through, half as many after one that was cut.
    pub fn learn(&mut self, got_through: bool) {
        let next = if got_through { self.bytes.saturating_mul(2) } else { self.bytes / 2 };
        self.bytes = next.clamp(self.least, self.most);
    }
}

impl From<&SendFailure> for SyncTrouble {
    fn from(failure: &SendFailure) -> Self {
        match failure {
            SendFailure::Offline => Self::Offline,
            SendFailure::NotOurServer => Self::NotOurServer,
            SendFailure::Later { .. } => Self::ServerBusy,
            SendFailure::Revoked => Self::Revoked,
            SendFailure::Untrusted => Self::Untrusted,
            SendFailure::WrongClock => Self::WrongClock,
            SendFailure::TooOld => Self::TooOld,
            SendFailure::Fork => Self::Forked,
            SendFailure::TooLarge => Self::TooLarge,
            SendFailure::Refused { reason } => Self::Refused { reason: reason.clone() },
            SendFailure::DiskFull => Self::DiskFull,
            SendFailure::Broken => Self::Broken,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn photos_wait_only_where_they_are_told_to_and_the_network_is_known_to_cost() {
        use NetworkKind::{Free, Metered, Unknown};
        for (only_on_wifi, network, want) in
            [(false, Metered, true), (true, Metered, false), (true, Free, true), (true, Unknown, true)]
        {
            assert_eq!(photos_may_go(only_on_wifi, network), want, "{only_on_wifi} {network:?}");
        }
    }

    #[test]
    fn a_portion_halves_with_each_cut_and_doubles_with_each_success_within_its_limits() {
        let mut portion = Portion::between(100, 1000);
        let mut bytes = |got_through| {
            portion.learn(got_through);
            portion.bytes()
        };
        assert_eq!([false, false, true].map(&mut bytes), [500, 250, 500]);
        assert_eq!([false, false, false, false].map(&mut bytes), [250, 125, 100, 100]);
        assert_eq!([true, true, true, true, true].map(&mut bytes), [200, 400, 800, 1000, 1000]);
    }

    #[test]
    fn waiting_grows_and_never_undercuts_what_the_server_asked_for() {
        let later = |after| SendFailure::Later { after };
        let wait = |attempts, jitter| match next_step(&later(None), attempts, jitter) {
            NextStep::RetryIn(pause) => pause,
            other => panic!("{other:?}"),
        };
        assert_eq!(wait(0, 1.0), Duration::from_secs(2));
        assert_eq!(wait(0, 0.0), Duration::from_secs(1));
        assert_eq!(wait(3, 1.0), Duration::from_secs(16));
        assert_eq!(wait(60, 1.0), LONGEST);
        let asked = Some(Duration::from_secs(900));
        assert_eq!(next_step(&later(asked), 0, 0.0), NextStep::RetryIn(Duration::from_secs(900)));
        assert_eq!(next_step(&SendFailure::Offline, 9, 0.5), NextStep::WaitForNetwork);
        assert_eq!(next_step(&SendFailure::Revoked, 0, 0.5), NextStep::ShowToUser);
        let soon = NextStep::RetryIn(Duration::from_secs(2));
        assert_eq!(next_step(&SendFailure::Broken, 0, 1.0), soon, "a disk may fail once");
        assert_eq!(next_step(&SendFailure::DiskFull, 0, 1.0), soon, "space may come back");
    }
}
