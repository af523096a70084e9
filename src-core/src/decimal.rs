//! Numbers as technicians type them: decimals, never binary floats (design.md §3).

use rust_decimal::{Decimal, RoundingStrategy};

/// Why a typed text is not a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum NumberError {
    /// `12,5`: it may mean 12.5 or 125, so a person decides.
    #[error("a comma is not a decimal point")]
    Comma,
    /// `1e3`.
    #[error("no exponents: write the number out")]
    Exponent,
    /// Anything else that is no digit, dot or sign in its place.
    #[error("not a number")]
    NotANumber,
    /// More digits than a decimal holds.
    #[error("too many digits")]
    TooLong,
}

/// What was typed, with full-width digits, dots and signs made narrow, and stray spaces and a leading plus removed.
pub fn normalised(typed: &str) -> String {
    let narrow: String = typed
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '\u{3000}')
        .map(|c| match c {
            '０'..='９' => char::from_u32(c as u32 - '０' as u32 + '0' as u32).unwrap_or(c),
            '．' | '。' => '.',
            '－' | '−' | '–' => '-',
            '＋' => '+',
            '，' => ',',
            '＜' => '<',
            _ => c,
        })
        .collect();
    narrow.strip_prefix('+').map(str::to_owned).unwrap_or(narrow)
}

/// Reads a typed number exactly.
pub fn parse(typed: &str) -> Result<Decimal, NumberError> {
    let text = normalised(typed);
    if text.contains(',') {
        return Err(NumberError::Comma);
    }
    let digits = text.strip_prefix('-').unwrap_or(&text);
    if digits.starts_with(|c: char| c.is_ascii_digit()) && digits.contains(['e', 'E']) {
        return Err(NumberError::Exponent);
    }
    let dots = digits.matches('.').count();
    let plain = dots <= 1 && digits.chars().all(|c| c.is_ascii_digit() || c == '.');
    if !plain || !digits.contains(|c: char| c.is_ascii_digit()) {
        return Err(NumberError::NotANumber);
    }
    Decimal::from_str_exact(&text).map_err(|_| NumberError::TooLong)
}

/// Rounds half to even (GB/T 8170) and shows exactly `decimals` of them.
pub fn rounded(value: Decimal, decimals: u32) -> String {
    let value = value.round_dp_with_strategy(decimals, RoundingStrategy::MidpointNearestEven);
    let value = if value.is_zero() { Decimal::ZERO } else { value };
    format!("{value:.*}", decimals as usize)
}

/// Shows a judged figure with as many more decimals as it takes to differ from `limits` when it does (design.md §3):
/// 2.504 against 2.5 is `2.504`, not `2.50`.
pub fn shown_against(value: Decimal, limits: &[Decimal], decimals: u32) -> String {
    let hides = |places: u32| {
        let round = |v: Decimal| v.round_dp_with_strategy(places, RoundingStrategy::MidpointNearestEven);
        limits.iter().any(|limit| value.abs() != *limit && round(value.abs()) == round(*limit))
    };
    let places = (decimals..=28).find(|places| !hides(*places)).unwrap_or(28);
    rounded(value, places)
}

/// As [`shown_against`], with the sign always there and a true minus: `+1.30`, `−2.56`.
pub fn signed_against(value: Decimal, limits: &[Decimal], decimals: u32) -> String {
    let text = shown_against(value, limits, decimals);
    match text.strip_prefix('-') {
        Some(digits) => format!("\u{2212}{digits}"),
        None if value.is_zero() || text.chars().all(|c| "0.".contains(c)) => text,
        None => format!("+{text}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_a_technician_types_it() {
        let table: &[(&str, Result<&str, NumberError>)] = &[
            ("12.5", Ok("12.5")),
            ("１２．５", Ok("12.5")),
            (" 1 2.5\u{3000}", Ok("12.5")),
            ("+3", Ok("3")),
            ("＋３", Ok("3")),
            ("－0.4", Ok("-0.4")),
            ("−0.4", Ok("-0.4")),
            (".5", Ok("0.5")),
            ("5.", Ok("5")),
            ("12,5", Err(NumberError::Comma)),
            ("12，5", Err(NumberError::Comma)),
            ("1e3", Err(NumberError::Exponent)),
            ("1E-3", Err(NumberError::Exponent)),
            ("12a", Err(NumberError::NotANumber)),
            ("", Err(NumberError::NotANumber)),
            ("-", Err(NumberError::NotANumber)),
            (".", Err(NumberError::NotANumber)),
            ("1.2.3", Err(NumberError::NotANumber)),
            ("--1", Err(NumberError::NotANumber)),
            ("NaN", Err(NumberError::NotANumber)),
            ("<0.5", Err(NumberError::NotANumber)),
            ("99999999999999999999999999999999", Err(NumberError::TooLong)),
        ];
        for (typed, want) in table {
            let want = want.map(|text| Decimal::from_str_exact(text).unwrap());
            assert_eq!(parse(typed), want, "{typed:?}");
        }
    }

    #[test]
    fn a_figure_shows_enough_decimals_to_differ_from_its_limit() {
        let number = |text: &str| Decimal::from_str_exact(text).unwrap();
        for (value, limit, want) in [
            ("1.3", "2.5", "1.30"),
            ("2.5", "2.5", "2.50"),
            ("2.504", "2.5", "2.504"),
            ("2.500001", "2.5", "2.500001"),
            ("-2.5001", "2.5", "-2.5001"),
            ("0.125", "2.5", "0.12"),
            ("0.135", "2.5", "0.14"),
            ("-0.001", "2.5", "0.00"),
        ] {
            assert_eq!(shown_against(number(value), &[number(limit)], 2), want, "{value}");
        }
        assert_eq!(signed_against(number("-2.56"), &[], 2), "−2.56");
        assert_eq!(signed_against(number("1.3"), &[], 2), "+1.30");
        assert_eq!(signed_against(number("-0.001"), &[], 2), "0.00");
    }
}
