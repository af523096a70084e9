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
        SendFailure::NotOurServer | SendFailure::DiskFull => NextStep::RetryIn(pause(None, attempts, jitter)),
        SendFailure::Later { after } => NextStep::RetryIn(pause(*after, attempts, jitter)),
        SendFailure::Fork => NextStep::NewLog,
        SendFailure::Revoked
        | SendFailure::Untrusted
        | SendFailure::WrongClock
        | SendFailure::TooOld
        | SendFailure::Refused { .. }
        | SendFailure::Broken => NextStep::ShowToUser,
    }
}

fn pause(after: Option<Duration>, attempts: u32, jitter: f64) -> Duration {
    let grown = SHORTEST.saturating_mul(1 << attempts.min(10)).min(LONGEST);
    after.unwrap_or_default().max(grown.mul_f64(0.5 + jitter.clamp(0.0, 1.0) / 2.0))
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
        assert_eq!(next_step(&SendFailure::Broken, 0, 0.5), NextStep::ShowToUser);
        let soon = NextStep::RetryIn(Duration::from_secs(2));
        assert_eq!(next_step(&SendFailure::DiskFull, 0, 1.0), soon, "space may come back");
    }
}
