//! Who confirms for a discharger, and what has to be known of them.

use serde::{Deserialize, Serialize};

use super::Answer;
use crate::form::AnswerError;

/// The longest name or post, in characters.
const LONGEST_NAME: usize = 100;
/// The longest reason of an objection, in characters.
const LONGEST_REASON: usize = 500;

/// Who confirms for a discharger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Representative {
    /// 姓名.
    pub name: String,
    /// 岗位.
    pub post: String,
    /// 电话.
    pub phone: String,
}

impl Representative {
    /// With stray spaces taken away; refused by the name of the first field that does not do, and why.
    pub fn of(name: &str, post: &str, phone: &str) -> Result<Self, (&'static str, AnswerError)> {
        let name = words("name", name, LONGEST_NAME, AnswerError::Missing)?;
        let post = words("post", post, LONGEST_NAME, AnswerError::Missing)?;
        Ok(Self { name, post, phone: read_phone(phone).map_err(|why| ("phone", why))? })
    }
}

/// The answer with its reason trimmed; an objection needs one.
pub fn check_answer(answer: &Answer) -> Result<Answer, (&'static str, AnswerError)> {
    Ok(match answer {
        Answer::Confirms => Answer::Confirms,
        Answer::Objects { reason } => {
            Answer::Objects { reason: words("reason", reason, LONGEST_REASON, AnswerError::ReasonMissing)? }
        }
    })
}

fn words(
    field: &'static str,
    text: &str,
    longest: usize,
    missing: AnswerError,
) -> Result<String, (&'static str, AnswerError)> {
    let text = text.trim();
    if text.is_empty() {
        return Err((field, missing));
    }
    if text.chars().any(char::is_control) {
        return Err((field, AnswerError::ControlCharacter));
    }
    if text.chars().count() > longest {
        return Err((field, AnswerError::TooLong));
    }
    Ok(text.to_owned())
}

/// A mobile number of China (11 digits from 13 to 19, `+86` before it or not) or a landline with its area code (`0551-1234567`,
/// an extension behind another `-`). Full-width digits, spaces and dashes are as good as plain ones.
fn read_phone(text: &str) -> Result<String, AnswerError> {
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).map(plain_sign).collect();
    if plain.is_empty() {
        return Err(AnswerError::Missing);
    }
    let number = plain.strip_prefix("+86").or_else(|| plain.strip_prefix("0086")).unwrap_or(&plain);
    let number = number.trim_start_matches('-');
    let is = |text: &str, lengths: std::ops::RangeInclusive<usize>| {
        lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let mobile: String = number.chars().filter(|c| *c != '-').collect();
    let starts_as_mobile = matches!(mobile.as_bytes(), [b'1', b'3'..=b'9', ..]);
    if starts_as_mobile && is(&mobile, 11..=11) {
        return Ok(mobile);
    }
    let parts: Vec<&str> = number.split('-').collect();
    let is_area = |area: &str| area.starts_with('0') && !area.starts_with("00") && is(area, 3..=4);
    let is_landline = match parts.as_slice() {
        [all] => all.starts_with('0') && !all.starts_with("00") && is(all, 10..=12),
        [area, local] => is_area(area) && is(local, 7..=8),
        [area, local, extension] => is_area(area) && is(local, 7..=8) && is(extension, 1..=6),
        _ => false,
    };
    if is_landline { Ok(number.to_owned()) } else { Err(AnswerError::NotAPhone) }
}

fn plain_sign(sign: char) -> char {
    match sign {
        '０'..='９' => char::from_u32(sign as u32 - '０' as u32 + '0' as u32).unwrap_or(sign),
        '＋' => '+',
        '－' | '—' | '–' | '（' | '）' | '(' | ')' => '-',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_number_of_china_is_taken_however_it_is_typed() {
        for (typed, want) in [
            ("13812345678", Ok("13812345678")),
            (" 138 1234 5678 ", Ok("13812345678")),
            ("138-1234-5678", Ok("13812345678")),
            ("+86 13812345678", Ok("13812345678")),
            ("+86-138-1234-5678", Ok("13812345678")),
            ("１３８１２３４５６７８", Ok("13812345678")),
            ("0551-62345678", Ok("0551-62345678")),
            ("010-12345678", Ok("010-12345678")),
            ("055162345678", Ok("055162345678")),
            ("0551-62345678-801", Ok("0551-62345678-801")),
            ("", Err(AnswerError::Missing)),
            ("  ", Err(AnswerError::Missing)),
            ("1381234567", Err(AnswerError::NotAPhone)),
            ("12812345678", Err(AnswerError::NotAPhone)),
            ("138123456789", Err(AnswerError::NotAPhone)),
            ("62345678", Err(AnswerError::NotAPhone)),
            ("551-62345678", Err(AnswerError::NotAPhone)),
            ("0551-6234", Err(AnswerError::NotAPhone)),
            ("110", Err(AnswerError::NotAPhone)),
            ("张三", Err(AnswerError::NotAPhone)),
            ("1381234567八", Err(AnswerError::NotAPhone)),
        ] {
            assert_eq!(read_phone(typed).as_deref(), want.as_ref().map(|want| *want), "{typed:?}");
        }
    }

    #[test]
    fn what_is_missing_of_a_representative_is_named() {
        let long = "长".repeat(101);
        for (name, post, phone, want) in [
            ("", "环保专员", "13812345678", ("name", AnswerError::Missing)),
            (" \t", "环保专员", "13812345678", ("name", AnswerError::Missing)),
            ("李四", "", "13812345678", ("post", AnswerError::Missing)),
            ("李四", "环保专员", "", ("phone", AnswerError::Missing)),
            ("李四", "环保专员", "12", ("phone", AnswerError::NotAPhone)),
            ("李\u{7}四", "环保专员", "13812345678", ("name", AnswerError::ControlCharacter)),
            (&long, "环保专员", "13812345678", ("name", AnswerError::TooLong)),
        ] {
            assert_eq!(Representative::of(name, post, phone), Err(want), "{name} {post} {phone}");
        }
        let objects = |reason: &str| Answer::Objects { reason: reason.to_owned() };
        assert_eq!(check_answer(&objects(" ")), Err(("reason", AnswerError::ReasonMissing)));
        assert_eq!(check_answer(&objects(" 未更换 ")), Ok(objects("未更换")));
    }
}
