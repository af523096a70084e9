//! A visit (运维活动): from sign-in to sign-out of one technician at one point.

use serde::{Deserialize, Serialize};

/// Where a visit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VisitState {
    /// Signed in, not yet out.
    Open,
    /// Signed out.
    Closed,
}

/// The steps of a visit's one line: 签到 → 填表 → 拍照 → 签名 → 企业确认 → 离场.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VisitStep {
    /// 签到.
    SignIn,
    /// 填表.
    Fill,
    /// 拍照.
    Photo,
    /// 签名.
    Sign,
    /// 离场.
    SignOut,
}

/// What is known of a visit's work, as far as its steps depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VisitWork {
    /// Where the visit stands.
    pub state: VisitState,
    /// Records still in draft.
    pub drafts: usize,
    /// Drafts without anything missing.
    pub finished: usize,
    /// Signed records.
    pub signed: usize,
    /// Photos kept.
    pub photos: usize,
}

impl VisitWork {
    /// The step that comes next; nothing once signed out.
    pub fn next_step(&self) -> Option<VisitStep> {
        match self {
            Self { state: VisitState::Closed, .. } => None,
            Self { drafts: 0, signed: 0, .. } => Some(VisitStep::Fill),
            Self { drafts, finished, .. } if finished < drafts => Some(VisitStep::Fill),
            Self { photos: 0, .. } => Some(VisitStep::Photo),
            Self { drafts: 1.., .. } => Some(VisitStep::Sign),
            _ => Some(VisitStep::SignOut),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_step_follows_from_the_work() {
        use VisitStep::*;
        let open = |drafts, finished, signed, photos| VisitWork {
            state: VisitState::Open,
            drafts,
            finished,
            signed,
            photos,
        };
        for (work, want, why) in [
            (open(0, 0, 0, 0), Some(Fill), "nothing done"),
            (open(1, 0, 0, 3), Some(Fill), "a draft with gaps"),
            (open(1, 1, 0, 0), Some(Photo), "all filled, no photo"),
            (open(1, 1, 0, 1), Some(Sign), "ready to sign"),
            (open(1, 0, 1, 1), Some(Fill), "a second form begun"),
            (open(0, 0, 1, 1), Some(SignOut), "all signed"),
            (VisitWork { state: VisitState::Closed, ..open(0, 0, 1, 1) }, None, "gone"),
        ] {
            assert_eq!(work.next_step(), want, "{why}");
        }
    }
}
