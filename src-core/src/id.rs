//! Ids as types of their own: what the authorities' register names, and what a device makes.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Why a text is not an id of the register.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an id: 1 to 64 letters, digits, `.`, `_`, `#` or `-`")]
pub struct IdError {
    /// The text as it came.
    pub text: String,
}

macro_rules! register_ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(min_length = 1, max_length = 64))]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The id as the register writes it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                let fits = (1..=64).contains(&text.chars().count())
                    && text.chars().all(|c| c.is_alphanumeric() || "._#-".contains(c));
                if fits { Ok(Self(text)) } else { Err(IdError { text }) }
            }
        }
        impl std::str::FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::try_from(text.to_owned())
            }
        }
        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

macro_rules! device_ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Takes an id that a device made (UUIDv7).
            pub const fn new(uuid: Uuid) -> Self {
                Self(uuid)
            }
            /// The id's 128 bits.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }
        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                text.parse().map(Self)
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

register_ids! {
    /// 运维机构: firm that maintains the monitors.
    OperatorId,
    /// 排污单位: enterprise that owns the outlets.
    DischargerId,
    /// 监测点位: one stack or one outfall.
    PointId,
    /// 仪器: analyser, meter, sampler or logger at a point.
    InstrumentId,
    /// A person of the register.
    PersonId,
    /// 标气瓶: a gas bottle's number.
    BottleId,
    /// 运维计划: a line of the operator's plan.
    PlanId,
    /// A form definition's code, such as `HJ75-G4`.
    FormCode,
    /// A rulebook's id: the jurisdiction that it serves, such as `CN` or `CN-31`.
    RulebookId,
    /// A jurisdiction: `CN`, or `CN-` and the two digits of a province, further digits for a city.
    Jurisdiction,
}

device_ids! {
    /// An enrolled tablet.
    DeviceId,
    /// One evidence log of a device.
    LogId,
    /// 运维活动: from sign-in to sign-out of one technician at one point.
    VisitId,
    /// 运维记录: one filled form.
    RecordId,
    /// A photo, from before the shutter on.
    PhotoId,
    /// 审核: what a supervisor said of one version of a record.
    ReviewId,
    /// 故障: from noticing to return to service.
    FaultId,
}

impl RulebookId {
    /// That of the nation.
    pub fn nation() -> Self {
        Self("CN".to_owned())
    }
}

impl Jurisdiction {
    /// Everywhere.
    pub fn nation() -> Self {
        Self("CN".to_owned())
    }
    /// True if a rule of `self` holds at a place of `other`: the nation for all, a province for its cities.
    pub fn covers(&self, other: &Self) -> bool {
        other.0 == self.0
            || (other.0.starts_with(&self.0) && (self.0 == "CN" || other.0.len() > self.0.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_register_id_is_short_and_plain() {
        for good in ["DA001", "演示-1#", "demo.point_1"] {
            assert!(good.parse::<PointId>().is_ok(), "{good}");
        }
        for bad in ["", "a b", "a/b", "a\0", "../x", &"x".repeat(65)] {
            assert!(bad.parse::<PointId>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_wider_jurisdiction_covers_a_narrower_one() {
        let of = |text: &str| -> Jurisdiction { text.parse().unwrap() };
        for (wide, narrow, covers) in [
            ("CN", "CN-31", true),
            ("CN-42", "CN-4201", true),
            ("CN-31", "CN", false),
            ("CN-31", "CN-42", false),
        ] {
            assert_eq!(of(wide).covers(&of(narrow)), covers, "{wide} {narrow}");
        }
    }
}
