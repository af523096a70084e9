//! The QR plate at a station house: a second proof of presence, where a station has one (design.md §4). docs/plates.md
//! describes the payload for those who print plates.

use serde::{Deserialize, Serialize};

use crate::id::PointId;
use crate::register::Point;

/// What stands before the code in a plate's QR code. Capital letters and digits make the smallest one.
const PREFIX: &str = "STACKSIDE:PLATE:1:";
/// The longest text of a QR code that is kept as it was read, characters.
pub const MAX_TEXT: usize = 200;

/// The code of a plate: 6 to 40 capital letters, digits and dashes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(pattern = "^[A-Z0-9-]{6,40}$"))]
#[serde(try_from = "String", into = "String")]
pub struct PlateCode(String);

/// It is no plate's code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a plate's code is 6 to 40 capital letters, digits and dashes")]
pub struct PlateCodeError;

impl PlateCode {
    /// As it is printed below the QR code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// What its QR code holds.
    pub fn payload(&self) -> String {
        format!("{PREFIX}{}", self.0)
    }
    /// The code in what was read; nothing if that is no plate.
    pub fn of_payload(text: &str) -> Option<Self> {
        text.trim().strip_prefix(PREFIX)?.to_owned().try_into().ok()
    }
}

impl TryFrom<String> for PlateCode {
    type Error = PlateCodeError;
    fn try_from(text: String) -> Result<Self, PlateCodeError> {
        let is_plain = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-';
        if (6..=40).contains(&text.len()) && text.chars().all(is_plain) {
            Ok(Self(text))
        } else {
            Err(PlateCodeError)
        }
    }
}

impl std::str::FromStr for PlateCode {
    type Err = PlateCodeError;
    fn from_str(text: &str) -> Result<Self, PlateCodeError> {
        text.to_owned().try_into()
    }
}

impl From<PlateCode> for String {
    fn from(code: PlateCode) -> Self {
        code.0
    }
}

/// What a photo of a plate says of where it was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum PlateVerdict {
    /// The plate of the point.
    Matches,
    /// The plate of another point that the tablet knows.
    OtherPoint {
        /// Which.
        point: PointId,
    },
    /// A plate of no point that the tablet knows, or one of this point that has been replaced since.
    UnknownPlate,
    /// A QR code, but not a plate's.
    NotAPlate,
    /// No QR code could be read in the photo.
    Unreadable,
    /// What a newer app says and this program does not know.
    #[serde(other)]
    Newer,
}

/// Judges what was read at a point; `known` are the points of the operator, this one too.
pub fn judge(read: Option<&str>, point: &PointId, known: &[Point]) -> PlateVerdict {
    let Some(text) = read else { return PlateVerdict::Unreadable };
    let Some(code) = PlateCode::of_payload(text) else { return PlateVerdict::NotAPlate };
    let has_it = |one: &&Point| one.plate.as_ref() == Some(&code);
    match known.iter().filter(has_it).min_by_key(|one| one.id != *point) {
        Some(one) if one.id == *point => PlateVerdict::Matches,
        Some(other) => PlateVerdict::OtherPoint { point: other.id.clone() },
        None => PlateVerdict::UnknownPlate,
    }
}

/// What was read, fit to be kept: without control characters, and not longer than [`MAX_TEXT`].
pub fn kept_text(read: &str) -> String {
    read.chars().filter(|c| !c.is_control()).take(MAX_TEXT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn point(id: &str, plate: Option<&str>) -> Point {
        serde_json::from_value(json!({
            "id": id, "discharger": "D", "operator": "O", "name": id, "number": id, "medium": "gas",
            "jurisdiction": "CN", "location": "", "position": {"longitude": "120", "latitude": "30"},
            "fence": {"shape": "circle", "center": {"longitude": "120", "latitude": "30"}, "radius_m": "100"},
            "system_maker": "", "installer": "", "plate": plate,
        }))
        .unwrap()
    }

    #[test]
    fn a_plate_says_of_which_point_it_is() {
        let known = [point("A", Some("AAAA-1111")), point("B", Some("BBBB-2222")), point("C", None)];
        let other = |id: &str| PlateVerdict::OtherPoint { point: id.parse().unwrap() };
        for (read, want) in [
            (Some("STACKSIDE:PLATE:1:AAAA-1111"), PlateVerdict::Matches),
            (Some(" STACKSIDE:PLATE:1:AAAA-1111\n"), PlateVerdict::Matches),
            (Some("STACKSIDE:PLATE:1:BBBB-2222"), other("B")),
            (Some("STACKSIDE:PLATE:1:CCCC-3333"), PlateVerdict::UnknownPlate),
            (Some("STACKSIDE:PLATE:2:AAAA-1111"), PlateVerdict::NotAPlate),
            (Some("STACKSIDE:PLATE:1:aaaa-1111"), PlateVerdict::NotAPlate),
            (Some("https://weixin.qq.com/r/x"), PlateVerdict::NotAPlate),
            (Some(""), PlateVerdict::NotAPlate),
            (None, PlateVerdict::Unreadable),
        ] {
            assert_eq!(judge(read, &"A".parse().unwrap(), &known), want, "{read:?}");
        }
        let twins = [point("A", Some("AAAA-1111")), point("B", Some("AAAA-1111"))];
        let read = Some("STACKSIDE:PLATE:1:AAAA-1111");
        assert_eq!(judge(read, &"B".parse().unwrap(), &twins), PlateVerdict::Matches, "two of one code");
    }

    #[test]
    fn a_code_survives_its_payload_and_nothing_else_is_one() {
        let code: PlateCode = "DA001-7K2M".parse().unwrap();
        assert_eq!(PlateCode::of_payload(&code.payload()), Some(code));
        for text in ["", "AB-12", "DA001 7K2M", "da001-7k2m", "烟囱-000001", &"A".repeat(41)] {
            assert!(text.parse::<PlateCode>().is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_kept_of_a_text_is_short_and_plain() {
        assert_eq!(kept_text("a\u{0}b\nc"), "abc");
        assert_eq!(kept_text(&"烟".repeat(5_000)).chars().count(), MAX_TEXT);
    }
}
