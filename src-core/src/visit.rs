//! A visit (运维活动): from sign-in to sign-out of one technician at one point.

use serde::{Deserialize, Serialize};

use crate::confirmation::State;

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
    /// 企业确认.
    Confirm,
    /// 离场.
    SignOut,
}

impl VisitStep {
    /// All of them, in order.
    pub const ALL: [Self; 6] =
        [Self::SignIn, Self::Fill, Self::Photo, Self::Sign, Self::Confirm, Self::SignOut];
}

/// What is known of a visit's work, as far as its steps depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Where the discharger's confirmation stands.
    pub confirmation: State,
}

/// What a step of a visit still lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// No form was begun.
    NoForm,
    /// So many drafts have gaps.
    Gaps(usize),
    /// No photo was taken.
    NoPhoto,
    /// So many drafts are not signed.
    Unsigned(usize),
    /// Nobody confirmed.
    Unconfirmed,
    /// The discharger objects: it has to be corrected.
    Objection,
    /// It was changed after it was confirmed.
    ConfirmAnew,
    /// The technician is still there.
    StillThere,
}

impl VisitWork {
    /// The step that comes next; nothing once signed out.
    pub fn next_step(&self) -> Option<VisitStep> {
        if self.state == VisitState::Closed {
            return None;
        }
        VisitStep::ALL.into_iter().find(|step| self.lack(*step).is_some())
    }

    /// What a step still lacks; nothing if it is done.
    pub fn lack(&self, step: VisitStep) -> Option<Lack> {
        let Self { state, drafts, finished, signed, photos, confirmation } = *self;
        match step {
            VisitStep::SignIn => None,
            VisitStep::Fill | VisitStep::Sign if drafts + signed == 0 => Some(Lack::NoForm),
            VisitStep::Fill => (finished < drafts).then(|| Lack::Gaps(drafts - finished)),
            VisitStep::Photo => (photos == 0).then_some(Lack::NoPhoto),
            VisitStep::Sign => (drafts > 0).then_some(Lack::Unsigned(drafts)),
            VisitStep::Confirm => match confirmation {
                State::Confirmed => None,
                State::Nothing if signed == 0 && state == VisitState::Closed => None,
                State::Nothing | State::Open => Some(Lack::Unconfirmed),
                State::Objected => Some(Lack::Objection),
                State::Outdated => Some(Lack::ConfirmAnew),
            },
            VisitStep::SignOut => (state == VisitState::Open).then_some(Lack::StillThere),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_step_follows_from_the_work() {
        use VisitStep::*;
        let open = |drafts, finished, signed, photos, confirmation| VisitWork {
            state: VisitState::Open,
            drafts,
            finished,
            signed,
            photos,
            confirmation,
        };
        let left = |work| VisitWork { state: VisitState::Closed, ..work };
        for (work, want, lack, why) in [
            (open(0, 0, 0, 0, State::Nothing), Some(Fill), Some(Lack::NoForm), "nothing done"),
            (open(2, 1, 0, 3, State::Nothing), Some(Fill), Some(Lack::Gaps(1)), "a draft with gaps"),
            (open(1, 1, 0, 0, State::Nothing), Some(Photo), Some(Lack::NoPhoto), "all filled, no photo"),
            (open(1, 1, 0, 1, State::Nothing), Some(Sign), Some(Lack::Unsigned(1)), "ready to sign"),
            (open(1, 0, 1, 1, State::Confirmed), Some(Fill), Some(Lack::Gaps(1)), "a second form begun"),
            (open(0, 0, 1, 1, State::Open), Some(Confirm), Some(Lack::Unconfirmed), "all signed"),
            (
                open(0, 0, 1, 1, State::Objected),
                Some(Confirm),
                Some(Lack::Objection),
                "not so, says the discharger",
            ),
            (open(0, 0, 1, 1, State::Outdated), Some(Confirm), Some(Lack::ConfirmAnew), "corrected since"),
            (open(0, 0, 1, 1, State::Confirmed), Some(SignOut), Some(Lack::StillThere), "all done"),
            (left(open(0, 0, 1, 1, State::Open)), None, None, "gone"),
        ] {
            assert_eq!(work.next_step(), want, "{why}");
            assert_eq!(want.and_then(|step| work.lack(step)), lack, "{why}");
        }
        let begun = open(0, 0, 0, 0, State::Nothing);
        assert_eq!(begun.lack(Sign), Some(Lack::NoForm), "nothing was signed yet");
        let gone = left(open(0, 0, 1, 1, State::Open));
        assert_eq!(gone.lack(Confirm), Some(Lack::Unconfirmed), "it can still be confirmed");
    }
}
